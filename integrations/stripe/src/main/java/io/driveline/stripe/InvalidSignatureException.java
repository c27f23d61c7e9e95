package io.driveline.stripe;

/** A body that Stripe did not sign, or not now. The message is short and safe to show. */
public final class InvalidSignatureException extends Exception {

  private static final long serialVersionUID = 1L;

  InvalidSignatureException(String message) {
    super(message, null, false, false); // no trace: anyone can send such
  }
}
