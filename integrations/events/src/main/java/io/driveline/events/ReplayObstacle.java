package io.driveline.events;

/** Why an event is not replayed. */
public enum ReplayObstacle {
  /** A worker is at it right now. */
  HELD,
  /** A worker will take it up anyway. */
  DUE,
  /** What Stripe sent is no longer kept. */
  NO_PAYLOAD,
  /** It was no event of Stripe's in the first place. */
  UNREADABLE
}
