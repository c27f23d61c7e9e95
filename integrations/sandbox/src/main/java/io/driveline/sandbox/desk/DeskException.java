package io.driveline.sandbox.desk;

/** What a command ends with, told in one line. */
final class DeskException extends Exception {

  private static final long serialVersionUID = 1L;

  private final int exitCode;

  /**
   * @param exitCode 1 for what went wrong, 2 for what was asked wrongly
   * @param message one line for a person
   */
  DeskException(int exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  int exitCode() {
    return exitCode;
  }
}
