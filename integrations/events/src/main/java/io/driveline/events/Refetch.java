package io.driveline.events;

import java.util.Optional;

/** Asks Stripe for an object as it is now, where its events do not tell their order. */
@FunctionalInterface
public interface Refetch {

  /**
   * Fetches one object.
   *
   * @return empty where it cannot be fetched: a deleted one, or no way to Stripe
   */
  Optional<Fetched> fetch(ObjectKey object);
}
