package io.driveline.webhook.body;

/** A body that was not taken in. The message is short and safe to show. */
public abstract class RefusedBodyException extends Exception {

  private static final long serialVersionUID = 1L;

  RefusedBodyException(String message) {
    super(message, null, false, false); // no trace: anyone can send such
  }
}
