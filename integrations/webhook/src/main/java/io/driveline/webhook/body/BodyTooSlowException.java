package io.driveline.webhook.body;

import java.time.Duration;

/** A body that was not here in time. */
public final class BodyTooSlowException extends RefusedBodyException {

  private static final long serialVersionUID = 1L;

  BodyTooSlowException(Duration timeout) {
    super("the body did not arrive within " + timeout.toMillis() + " ms");
  }
}
