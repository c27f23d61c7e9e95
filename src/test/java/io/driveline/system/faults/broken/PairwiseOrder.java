package io.driveline.system.faults.broken;

import com.mongodb.client.MongoClient;
import java.util.ArrayList;
import java.util.List;
import org.bson.Document;

/**
 * Of the events of one second the ledger shows two: the one that the mirror has, and the one that
 * this thread has claimed. Stored against incoming is how others do it.
 */
final class PairwiseOrder implements Interposed.Change {

  private final MongoClient mongo;
  private final ThreadLocal<String> claimed = new ThreadLocal<>();

  PairwiseOrder(MongoClient mongo) {
    this.mongo = mongo;
  }

  @Override
  public void before(String collection, String method, Document filter) {
    if (!collection.equals("events")) {
      return;
    }
    if (method.equals("findOneAndUpdate")) {
      claimed.set(filter.getString("_id"));
    }
    if (method.equals("find")
        && filter.get("object.key") instanceof String key
        && filter.get("created") instanceof Number) {
      filter.append("_id", new Document("$in", pair(key)));
    }
  }

  private List<String> pair(String key) {
    List<String> pair = new ArrayList<>();
    if (claimed.get() != null) {
      pair.add(claimed.get());
    }
    int colon = key.indexOf(':');
    Document stored =
        mongo
            .getDatabase("stripe")
            .getCollection(key.substring(0, colon))
            .find(new Document("_id", key.substring(colon + 1)))
            .first();
    if (stored != null) {
      pair.add(stored.get("_driveline", Document.class).getString("event"));
    }
    return pair;
  }
}
