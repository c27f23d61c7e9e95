package io.driveline.events;

import java.util.List;
import java.util.OptionalLong;

/** The events of one object that the ledger knows, as the order of a second needs them. */
public interface History {

  /**
   * How many events of this object there are, made up to and in this second, whatever has become of
   * them. It only grows, so it tells which of two looks saw more.
   *
   * @param second Unix seconds, Stripe's clock
   */
  long count(ObjectKey object, long second);

  /**
   * The events of this object that were made in this second, in any order, but for those whose
   * payload is removed.
   */
  List<StripeEvent> at(ObjectKey object, long second);

  /** Whether no event of this object and second has lost its payload. */
  boolean whole(ObjectKey object, long second);

  /** The newest second before this one in which there is an event of this object. */
  OptionalLong before(ObjectKey object, long second);
}
