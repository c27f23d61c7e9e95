package io.driveline.events;

import java.time.Instant;
import org.bson.Document;

/**
 * A Stripe object as the mirror holds it.
 *
 * @param key its name
 * @param version the {@code created} of the event that set this state, Unix seconds; of a state
 *     fetched from Stripe the {@code Date} of Stripe's answer
 * @param eventId the event that set this state; null if it was fetched
 * @param deleted whether Stripe says that it is gone
 * @param tied whether the order of several events of one second could not be told
 * @param apiVersion the API version in which it is rendered; null if unknown
 * @param updatedAt when the mirror was written, by Driveline's clock
 * @param json Stripe's object as it came
 */
public record MirroredObject(
    ObjectKey key,
    long version,
    String eventId,
    boolean deleted,
    boolean tied,
    String apiVersion,
    Instant updatedAt,
    String json) {

  /**
   * Reads a document of the mirror.
   *
   * @param type the collection it is from
   */
  public static MirroredObject from(String type, Document stored) {
    Document about = stored.get(Mirror.ABOUT, Document.class);
    Document object = new Document(stored);
    object.remove("_id");
    object.remove(Mirror.ABOUT);
    return new MirroredObject(
        new ObjectKey(
            about.getString("account"),
            about.getBoolean("livemode", false),
            type,
            about.getString("id")),
        about.get("version", Number.class).longValue(),
        about.getString("event"),
        about.getBoolean("deleted", false),
        about.getBoolean("tied", false),
        about.getString("apiVersion"),
        about.getDate("updatedAt").toInstant(),
        Json.write(object));
  }
}
