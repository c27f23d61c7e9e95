package io.driveline.worker;

/** An event was claimed so often without an end that it may be what ends its workers. */
final class ClaimsUsedUpException extends Exception {

  private static final long serialVersionUID = 1L;

  ClaimsUsedUpException(int claims) {
    super("claimed " + claims + " times without an end: it may be what ends its worker");
  }
}
