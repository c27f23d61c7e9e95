package io.driveline.webhook.body;

/** A body over the limit. */
public final class BodyTooLargeException extends RefusedBodyException {

  private static final long serialVersionUID = 1L;

  BodyTooLargeException(int limit) {
    super("the body is larger than " + limit + " bytes");
  }
}
