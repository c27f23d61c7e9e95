package io.driveline.api.analytics;

/** A message that is no fact, and will never be one. */
public final class MalformedFactException extends Exception {

  private static final long serialVersionUID = 1L;

  MalformedFactException(String message) {
    super(message);
  }
}
