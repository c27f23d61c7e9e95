package io.driveline.events;

/** A body that is no event of Stripe's. The message is short, safe to show, and never quotes it. */
public final class MalformedEventException extends Exception {

  private static final long serialVersionUID = 1L;

  /**
   * @param message what is wrong
   */
  public MalformedEventException(String message) {
    super(message, null, false, false); // no trace: it is the sender's mistake, and anyone can send
  }
}
