package io.driveline.grpc.billing;

/** The caller's mistake: INVALID_ARGUMENT. The message is for the caller. */
public final class InvalidRequestException extends RuntimeException {

  /**
   * @param message names the field and what it must be; never echoes more than a number
   */
  public InvalidRequestException(String message) {
    super(message);
  }
}
