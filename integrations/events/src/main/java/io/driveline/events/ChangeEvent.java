package io.driveline.events;

import java.time.Instant;
import org.bson.Document;

/**
 * What the company's own services hear of an event: a CloudEvent 1.0 in structured JSON.
 *
 * @param type such as {@code billing.invoice.paid}; also its routing key
 * @param json the whole CloudEvent
 */
public record ChangeEvent(String type, String json) {

  /** The content type of structured CloudEvents. */
  public static final String CONTENT_TYPE = "application/cloudevents+json";

  /**
   * Draws the change event from an event.
   *
   * @param superseded whether the mirror held a newer state already
   */
  public static ChangeEvent of(StripeEvent event, boolean superseded) {
    String type = "billing." + event.type();
    Document data = new Document("object", event.snapshot());
    if (event.previousAttributes() != null) {
      data.append("previous_attributes", event.previousAttributes());
    }
    Document cloudEvent =
        new Document("specversion", "1.0")
            .append("id", event.id())
            .append("source", "/stripe/" + ObjectKey.scope(event.account(), event.livemode()))
            .append("type", type)
            .append("time", Instant.ofEpochSecond(event.created()).toString())
            .append("datacontenttype", "application/json");
    if (event.object() != null) {
      cloudEvent.append("subject", event.object().type() + "/" + event.object().id());
    }
    cloudEvent
        .append("livemode", event.livemode())
        .append("superseded", superseded)
        .append("data", data);
    return new ChangeEvent(type, Json.write(cloudEvent));
  }
}
