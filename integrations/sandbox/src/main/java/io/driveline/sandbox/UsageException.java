package io.driveline.sandbox;

/** The command line is wrong; the message says what it may be. */
final class UsageException extends Exception {

  private static final long serialVersionUID = 1L;

  UsageException(String message) {
    super(message);
  }
}
