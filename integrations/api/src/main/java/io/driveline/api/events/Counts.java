package io.driveline.api.events;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoDatabase;
import io.driveline.api.rest.Answers;
import io.driveline.events.EventState;
import io.driveline.events.Mirror;
import java.util.List;
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
   * Answers the events per state, given as the body, and the objects per type. The mirror's
   * collections are not known beforehand, so this asks for their names; their sizes are what
   * MongoDB keeps for itself, exact but after a crash.
   */
  public void answer(Exchange exchange) {
    Document events = new Document();
    for (EventState state : EventState.values()) {
      events.append(state.text(), 0L);
    }
    for (Object group : exchange.getMessage().getBody(List.class)) {
      Document counted = (Document) group;
      if (counted.getString("_id") != null) {
        events.append(counted.getString("_id"), counted.get("count", Number.class).longValue());
      }
    }
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
