package io.driveline.servers.clickhouse;

/** The embedded engine cannot be had on this machine; the message says why, in one line. */
public final class UnavailableException extends Exception {

  private static final long serialVersionUID = 1L;

  UnavailableException(String message) {
    super(message);
  }
}
