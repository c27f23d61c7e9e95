package io.driveline.grpc.billing;

/** What was asked for is not there: NOT_FOUND. The message is for the caller. */
public final class NotFoundException extends RuntimeException {

  /** Routes throw it, so it takes the message alone. */
  public NotFoundException(String message) {
    super(message);
  }
}
