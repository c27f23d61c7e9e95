package io.driveline.api.events;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoCollection;
import io.driveline.events.Ledger;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.bson.Document;
import org.springframework.stereotype.Component;

/** What the ledger needs so that {@link EventQueries} need not read all of it. */
@Component("eventIndexes")
class EventIndexes {

  private final MongoClient mongo;
  private final AtomicBoolean there = new AtomicBoolean();

  EventIndexes(MongoClient mongo) {
    this.mongo = mongo;
  }

  /** Creates them, once MongoDB is there; afterwards does nothing. */
  public void ensure() {
    if (there.get()) {
      return;
    }
    MongoCollection<Document> events =
        mongo.getDatabase(Ledger.DATABASE).getCollection(Ledger.COLLECTION);
    events.createIndex(index());
    for (String field : List.of("state", "type", "object.id")) {
      events.createIndex(index(field));
    }
    there.set(true);
  }

  private static Document index(String... fields) {
    Document index = new Document();
    for (String field : fields) {
      index.append(field, 1);
    }
    index.putAll(EventQueries.NEWEST_FIRST);
    return index;
  }
}
