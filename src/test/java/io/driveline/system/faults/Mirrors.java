package io.driveline.system.faults;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.bson.Document;

/** The suite's own look at what Driveline wrote: the ledger and the mirror, read as they are. */
final class Mirrors implements AutoCloseable {

  private static final int TIMEOUT_SECONDS = 5;
  private static final int CHUNK = 400;

  private final MongoClient client;

  Mirrors(String uri) {
    client =
        MongoClients.create(
            MongoClientSettings.builder()
                .applyConnectionString(new ConnectionString(uri))
                .timeout(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .build());
  }

  private MongoCollection<Document> ledger() {
    return client.getDatabase("driveline").getCollection("events");
  }

  /** An event as the ledger has it; null if it does not. */
  Document event(String id) {
    return ledger().find(new Document("_id", id)).first();
  }

  /** Each of these events as the ledger has it, without its payload. */
  void events(Collection<String> ids, Consumer<Document> each) {
    for (List<String> chunk : chunks(ids)) {
      ledger()
          .find(new Document("_id", new Document("$in", chunk)))
          .projection(new Document("payload", 0))
          .forEach(each);
    }
  }

  /** Everything that the ledger has of an object's events. */
  List<Document> eventsOf(Life life) {
    return ledger()
        .find(new Document("object.key", life.type() + ":" + life.mirrorId()))
        .into(new ArrayList<>());
  }

  /** The mirror's documents of these objects, one type after another. */
  Map<Life, Document> mirrored(Collection<Life> lives) {
    return read(lives, null);
  }

  /** What the mirror says of these objects' versions. */
  Map<Life, Long> versions(Collection<Life> lives) {
    Map<Life, Long> versions = new HashMap<>();
    read(lives, new Document("_driveline.version", 1))
        .forEach((life, stored) -> versions.put(life, version(stored)));
    return versions;
  }

  static long version(Document stored) {
    return about(stored).get("version", Number.class).longValue();
  }

  static Document about(Document stored) {
    return stored.get("_driveline", Document.class);
  }

  private Map<Life, Document> read(Collection<Life> lives, Document projection) {
    Map<String, Map<String, Life>> byType = new HashMap<>();
    for (Life life : lives) {
      byType.computeIfAbsent(life.type(), type -> new HashMap<>()).put(life.mirrorId(), life);
    }
    Map<Life, Document> found = new HashMap<>();
    byType.forEach(
        (type, ofType) -> {
          for (List<String> chunk : chunks(ofType.keySet())) {
            client
                .getDatabase("stripe")
                .getCollection(type)
                .find(new Document("_id", new Document("$in", chunk)))
                .projection(projection)
                .forEach(stored -> found.put(ofType.get(stored.getString("_id")), stored));
          }
        });
    return found;
  }

  /** The Stripe object in a document of the mirror, without what Driveline added. */
  static JsonNode object(Document stored) {
    try {
      ObjectNode object = (ObjectNode) Canonical.JSON.readTree(stored.toJson());
      object.remove("_id");
      object.remove("_driveline");
      return object;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<List<String>> chunks(Collection<String> ids) {
    List<String> all = new ArrayList<>(ids);
    List<List<String>> chunks = new ArrayList<>();
    for (int from = 0; from < all.size(); from += CHUNK) {
      chunks.add(all.subList(from, Math.min(from + CHUNK, all.size())));
    }
    return chunks;
  }

  @Override
  public void close() {
    client.close();
  }
}
