package io.driveline.webhook;

/** A post to an endpoint that is not configured. */
final class UnknownEndpointException extends Exception {

  private static final long serialVersionUID = 1L;

  UnknownEndpointException() {
    super("there is no such endpoint", null, false, false); // no trace: anyone can ask
  }
}
