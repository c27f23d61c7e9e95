package io.driveline.events;

import org.bson.Document;

/**
 * What analytics keeps of an event: one flat row. It depends on the event alone, so that sending it
 * again sends the same.
 *
 * @param fields in the order and under the names of the table in ClickHouse
 */
public record Fact(Document fields) {

  /** Draws the fact from an event. Fields that the object does not have are null. */
  public static Fact of(StripeEvent event) {
    Document object = event.snapshot() == null ? new Document() : event.snapshot();
    return new Fact(
        new Document("eventId", event.id())
            .append("type", event.type())
            .append("account", event.account() == null ? "" : event.account())
            .append("livemode", event.livemode())
            .append("created", event.created())
            .append("apiVersion", event.apiVersion())
            .append("objectType", text(object.get("object")))
            .append("objectId", text(object.get("id")))
            .append("objectCreated", integer(object.get("created")))
            .append("customer", ObjectKeys.reference(object.get("customer")).orElse(null))
            .append("currency", text(object.get("currency")))
            .append("amount", integer(object.get("amount")))
            .append("amountCaptured", integer(object.get("amount_captured")))
            .append("status", text(object.get("status"))));
  }

  /** One JSON object. */
  public String toJson() {
    return Json.write(fields);
  }

  private static String text(Object value) {
    return value instanceof String text ? text : null;
  }

  private static Long integer(Object value) {
    return value instanceof Integer || value instanceof Long ? ((Number) value).longValue() : null;
  }
}
