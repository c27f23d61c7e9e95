package io.driveline.system.faults;

/**
 * One event that Stripe is to have sent.
 *
 * @param id the event's id
 * @param type such as {@code invoice.paid}
 * @param object the one it is about
 * @param created Unix seconds
 * @param digest of its snapshot in canonical form
 */
record Planned(String id, String type, Life object, long created, long digest) {

  /** Whether it ends the worker that takes it up. */
  boolean poisonous() {
    return id.endsWith(Traffic.POISON);
  }
}
