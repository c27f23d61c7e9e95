package io.driveline.grpc.billing;

/** A store that the call needs is away: UNAVAILABLE, try again. The message is for the caller. */
public final class UnavailableException extends RuntimeException {

  /** Routes throw it, so it takes the message alone. */
  public UnavailableException(String message) {
    super(message);
  }
}
