package io.driveline.events;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.bson.Document;

/** The history of an object, as the ledger's collection has it. */
public final class LedgerHistory implements History {

  private static final String KEY = "object.key";
  private static final String CREATED = "created";

  private final MongoCollection<Document> events;

  /**
   * @param ledger {@value Ledger#DATABASE}
   */
  public LedgerHistory(MongoDatabase ledger) {
    this.events = ledger.getCollection(Ledger.COLLECTION);
  }

  @Override
  public long count(ObjectKey object, long second) {
    return events.countDocuments(
        new Document(KEY, object.text()).append(CREATED, new Document("$lte", second)));
  }

  @Override
  public List<StripeEvent> at(ObjectKey object, long second) {
    List<StripeEvent> found = new ArrayList<>();
    for (Document stored :
        events
            .find(new Document(KEY, object.text()).append(CREATED, second))
            .projection(new Document("payload", 1))) {
      if (stored.getString("payload") instanceof String payload) {
        try {
          found.add(Envelope.read(payload.getBytes(StandardCharsets.UTF_8)));
        } catch (MalformedEventException e) {
          throw new IllegalStateException("the ledger has an event that it cannot read", e);
        }
      }
    }
    return found;
  }

  @Override
  public OptionalLong before(ObjectKey object, long second) {
    Document newest =
        events
            .find(new Document(KEY, object.text()).append(CREATED, new Document("$lt", second)))
            .projection(new Document(CREATED, 1))
            .sort(new Document(CREATED, -1))
            .first();
    return newest == null
        ? OptionalLong.empty()
        : OptionalLong.of(newest.get(CREATED, Number.class).longValue());
  }
}
