package io.driveline.events;

import com.mongodb.ReadPreference;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.bson.Document;

/**
 * An object's events in the ledger's collection. Filters are flat, and on the index {@code
 * {object.key, created}}; neither field ever changes, so an update that runs meanwhile hides no
 * event.
 */
public final class ObjectHistory implements History {

  private static final String OBJECT = "object.key";
  private static final String CREATED = "created";
  private static final String PAYLOAD = "payload";

  private final MongoDatabase ledger;
  private final MongoCollection<Document> events;

  /**
   * @param database the ledger's, {@value Ledger#DATABASE}
   */
  public ObjectHistory(MongoDatabase database) {
    this.ledger = database;
    // A secondary may lag behind the claim of the very event in question.
    this.events =
        database.getCollection(Ledger.COLLECTION).withReadPreference(ReadPreference.primary());
  }

  @Override
  public long count(ObjectKey object, long second) {
    // The command itself: the driver's countDocuments is an aggregation, for which the sandbox's
    // MongoDB knows no index.
    return ledger
        .runCommand(
            new Document("count", Ledger.COLLECTION)
                .append(
                    "query",
                    new Document(OBJECT, object.text())
                        .append(CREATED, new Document("$lte", second))))
        .get("n", Number.class)
        .longValue();
  }

  @Override
  public List<StripeEvent> at(ObjectKey object, long second) {
    List<StripeEvent> found = new ArrayList<>();
    for (Document entry : events.find(of(object, second)).projection(new Document(PAYLOAD, 1))) {
      String payload = entry.getString(PAYLOAD);
      if (payload != null) {
        found.add(read(entry.getString("_id"), payload));
      }
    }
    return found;
  }

  @Override
  public boolean whole(ObjectKey object, long second) {
    return events
            .find(of(object, second).append(PAYLOAD, new Document("$exists", false)))
            .projection(new Document("_id", 1))
            .first()
        == null;
  }

  @Override
  public OptionalLong before(ObjectKey object, long second) {
    Document newest =
        events
            .find(new Document(OBJECT, object.text()).append(CREATED, new Document("$lt", second)))
            .sort(new Document(CREATED, -1))
            .projection(new Document(CREATED, 1))
            .first();
    return newest == null
        ? OptionalLong.empty()
        : OptionalLong.of(newest.get(CREATED, Number.class).longValue());
  }

  private static Document of(ObjectKey object, long second) {
    return new Document(OBJECT, object.text()).append(CREATED, second);
  }

  private static StripeEvent read(String id, String payload) {
    try {
      return Envelope.read(payload.getBytes(StandardCharsets.UTF_8));
    } catch (MalformedEventException e) {
      throw new IllegalStateException("the ledger's own event " + id + " cannot be read", e);
    }
  }
}
