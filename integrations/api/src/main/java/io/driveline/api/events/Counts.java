package io.driveline.api.events;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoDatabase;
import io.driveline.api.rest.Answers;
import io.driveline.events.EventState;
import io.driveline.events.Ledger;
import io.driveline.events.Mirror;
import java.util.TreeSet;
import org.apache.camel.Exchange;
import org.bson.Document;
import org.springframework.stereotype.Component;

/** How much there is. */
@Component("counts")
class Counts {

  private final MongoClient mongo;

  Counts(MongoClient mongo) {
    this.mongo = mongo;
  }

  /**
   * Answers the events per state and the objects per type.
   *
   * <p>The body has the events of each state but applied, which are most: those are what is left of
   * the size that MongoDB keeps for itself, exact but after a crash. So are the objects counted;
   * the mirror's collections are not known beforehand, so this asks for their names.
   */
  public void answer(Exchange exchange) {
    Document events = new Document();
    for (EventState state : EventState.values()) {
      events.append(state.text(), 0L);
    }
    long left =
        mongo
            .getDatabase(Ledger.DATABASE)
            .getCollection(Ledger.COLLECTION)
            .estimatedDocumentCount();
    for (Object group : exchange.getMessage().getBody(Iterable.class)) {
      Document counted = (Document) group;
      long count = counted.get("count", Number.class).longValue();
      events.append(counted.getString("_id"), count);
      left -= count;
    }
    events.append(EventState.APPLIED.text(), Math.max(0, left));
    Document objects = new Document();
    MongoDatabase mirror = mongo.getDatabase(Mirror.DATABASE);
    for (String type : mirror.listCollectionNames().into(new TreeSet<>())) {
      if (!type.startsWith("system.")) {
        objects.append(type, mirror.getCollection(type).estimatedDocumentCount());
      }
    }
    Answers.json(exchange, new Document("events", events).append("objects", objects));
  }
}
