package io.driveline.grpc.billing;

import io.driveline.events.ObjectKey;

/**
 * A checked question for a page of objects.
 *
 * @param type Stripe's object type
 * @param account the connected account; null for the platform
 * @param livemode live mode or test mode
 * @param tied only objects of which it could not be told that their state is the last
 * @param size how many objects at most, 1 to 100
 * @param after the mirror's {@code _id} of the last object of the page before; null at the start
 */
public record ListQuery(
    String type, String account, boolean livemode, boolean tied, int size, String after) {

  /** What the {@code _id} of every object in question begins with. */
  String scope() {
    return ObjectKey.scope(account, livemode);
  }

  /** What a page token is given over: one of another list does not fit. */
  String list() {
    return list(account, livemode, tied);
  }

  static String list(String account, boolean livemode, boolean tied) {
    return ObjectKey.scope(account, livemode) + (tied ? "tied" : "");
  }
}
