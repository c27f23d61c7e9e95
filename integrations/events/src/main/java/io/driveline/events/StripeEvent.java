package io.driveline.events;

import org.bson.Document;

/**
 * One event of Stripe's, read from the body it came in. {@link Envelope} makes it.
 *
 * @param id Stripe's event id, {@code evt_…}
 * @param type such as {@code invoice.paid}; the routing key
 * @param account the connected account it belongs to; null for the platform
 * @param livemode live mode or test mode
 * @param created when Stripe made it, Unix seconds; the version of the snapshot
 * @param apiVersion the API version in which the snapshot is rendered; null if unknown
 * @param object which object it is about; null if it has no place in the mirror
 * @param snapshot the object at the event's time; null for thin events
 * @param previousAttributes the values before, on {@code *.updated}; null where there are none
 * @param deleted whether the object is gone with this event
 * @param skipReason why it has no place in the mirror; null if it has one
 * @param payload the body, unchanged
 */
public record StripeEvent(
    String id,
    String type,
    String account,
    boolean livemode,
    long created,
    String apiVersion,
    ObjectKey object,
    Document snapshot,
    Document previousAttributes,
    boolean deleted,
    String skipReason,
    String payload) {

  /** The customer that it is about or whose object it is about; null if there is none. */
  public String customer() {
    if (object != null && object.type().equals("customer")) {
      return object.id();
    }
    return snapshot == null ? null : ObjectKeys.reference(snapshot.get("customer")).orElse(null);
  }
}
