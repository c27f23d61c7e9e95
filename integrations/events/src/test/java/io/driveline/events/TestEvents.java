package io.driveline.events;

import java.nio.charset.StandardCharsets;
import org.bson.Document;

/** Events of one object, as Stripe would post them. */
final class TestEvents {

  static final String ID = "obj_1";

  private TestEvents() {}

  /**
   * One event.
   *
   * @param objectType Stripe's object type
   * @param action the last part of the event's type
   * @param fields the object's fields but for type and id
   * @param before what it tells as previous attributes; null if nothing
   */
  static StripeEvent event(
      String id, String objectType, String action, long created, Document fields, Document before) {
    Document snapshot = new Document("object", objectType).append("id", ID);
    snapshot.putAll(fields);
    Document data = new Document("object", snapshot);
    if (before != null) {
      data.append("previous_attributes", before);
    }
    return read(
        Json.write(
            new Document("id", id)
                .append("type", objectType + "." + action)
                .append("created", created)
                .append("data", data)));
  }

  static StripeEvent read(String json) {
    try {
      return Envelope.read(json.getBytes(StandardCharsets.UTF_8));
    } catch (MalformedEventException e) {
      throw new IllegalArgumentException(json, e);
    }
  }

  /** JSON with single quotes. */
  static Document json(String text) {
    try {
      return Json.read(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    } catch (MalformedEventException e) {
      throw new IllegalArgumentException(text, e);
    }
  }
}
