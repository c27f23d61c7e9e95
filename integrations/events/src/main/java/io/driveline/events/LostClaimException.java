package io.driveline.events;

/** The lease ran out and another worker took the event over: this one must let go of it. */
public final class LostClaimException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  LostClaimException(Claim claim) {
    super("claim " + claim.number() + " of " + claim.eventId() + " was taken over");
  }
}
