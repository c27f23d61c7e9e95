package io.driveline.servers.mongodb;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.lte;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.mongodb.ConnectionString;
import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoClientSettings;
import com.mongodb.MongoException;
import com.mongodb.client.FindIterable;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.ReplaceOneModel;
import com.mongodb.client.model.ReplaceOptions;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Date;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedMongoTest {

  private static final int WRITERS = 8;
  private static final int ACKNOWLEDGED_BEFORE_KILL = 300;

  @TempDir Path folder;

  private static MongoClient client(String uri) {
    return MongoClients.create(
        MongoClientSettings.builder()
            .applyConnectionString(new ConnectionString(uri))
            .applyToClusterSettings(c -> c.serverSelectionTimeout(20, TimeUnit.SECONDS))
            .retryWrites(false)
            .build());
  }

  @Test
  void aConditionalReplaceTakesOlderVersionsOnly() {
    try (EmbeddedMongo mongo = EmbeddedMongo.start(null, 0);
        MongoClient client = client(mongo.uri())) {
      MongoCollection<Document> mirror = client.getDatabase("stripe").getCollection("customer");
      replace(mirror, 10, "first");
      replace(mirror, 12, "second");

      assertThatExceptionOfType(MongoBulkWriteException.class)
          .isThrownBy(() -> replace(mirror, 11, "late"))
          .satisfies(e -> assertThat(e.getWriteErrors().getFirst().getCode()).isEqualTo(11000));
      assertThat(mirror.find(eq("_id", "a")).first().getString("name")).isEqualTo("second");
    }
  }

  private static void replace(MongoCollection<Document> mirror, int version, String name) {
    mirror.bulkWrite(
        List.of(
            new ReplaceOneModel<>(
                and(eq("_id", "a"), lte("version", version)),
                new Document("_id", "a").append("version", version).append("name", name),
                new ReplaceOptions().upsert(true))));
  }

  @Test
  void whatIsDueComesInOrderAndNothingElse() {
    try (EmbeddedMongo mongo = EmbeddedMongo.start(null, 0);
        MongoClient client = client(mongo.uri())) {
      MongoCollection<Document> events = client.getDatabase("driveline").getCollection("events");
      events.createIndex(new Document("due", 1));
      List<Document> documents = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        Document event = new Document("_id", i);
        documents.add(i % 3 == 0 ? event : event.append("due", (i * 7) % 500));
      }
      events.insertMany(documents);

      List<Integer> due =
          events
              .find(new Document("due", new Document("$lte", 100)))
              .sort(new Document("due", 1))
              .map(event -> event.getInteger("due"))
              .into(new ArrayList<>());

      assertThat(due)
          .isSorted()
          .hasSize(
              (int)
                  documents.stream()
                      .filter(d -> d.get("due") instanceof Integer n && n <= 100)
                      .count())
          .isNotEmpty();
    }
  }

  /** Whatever it spares: what is found, and in which order, is what it is without an index. */
  @Test
  void anIndexChangesNoAnswer() {
    List<Object> values = Arrays.asList(1, 2.5, 3L, 4, "a", "b", null, true, new Date(5));
    List<Document> documents = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      Document document = new Document("_id", "%03d".formatted(i * 7 % 300));
      if (i % 5 != 0) {
        document.append("kind", "k" + i % 3);
      }
      if (i % 11 != 0) {
        document.append("value", values.get(i % values.size()));
      }
      documents.add(document);
    }
    List<Document> filters =
        List.of(
            new Document(),
            new Document("kind", "k1"),
            new Document("kind", "k1").append("value", new Document("$gte", 2).append("$lt", 4)),
            new Document("kind", "none"),
            new Document("value", new Document("$gt", 1)),
            new Document("value", new Document("$lte", 4)),
            new Document("value", new Document("$lt", "b")),
            new Document("value", new Document("$lt", new Date(6))).append("kind", "k2"),
            new Document("value", 4),
            new Document("_id", new Document("$gt", "100").append("$lte", "200")),
            new Document("_id", new Document("$lt", "100")).append("kind", "k0"),
            new Document("$and", List.of(new Document("_id", new Document("$gte", "250")))));
    List<Document> orders =
        List.of(
            new Document("value", 1).append("_id", 1),
            new Document("value", -1).append("_id", -1),
            new Document("value", 1).append("_id", -1),
            new Document("kind", 1).append("value", 1).append("_id", 1),
            new Document("kind", -1).append("value", -1).append("_id", -1),
            new Document("_id", 1),
            new Document("_id", -1));
    try (EmbeddedMongo mongo = EmbeddedMongo.start(null, 0);
        MongoClient client = client(mongo.uri())) {
      MongoCollection<Document> plain = client.getDatabase("test").getCollection("plain");
      MongoCollection<Document> indexed = client.getDatabase("test").getCollection("indexed");
      indexed.createIndex(new Document("value", -1).append("_id", -1));
      indexed.createIndex(new Document("kind", 1).append("value", -1).append("_id", -1));
      plain.insertMany(documents);
      indexed.insertMany(documents);
      compare(plain, indexed, filters, orders);
      assertThat(ids(plain.find().sort(new Document("_id", -1)))).isSortedAccordingTo(DOWN);

      // By its greatest value it comes first, by the one within the bounds it would not.
      Document several = new Document("_id", "300").append("kind", "k1");
      several.append("value", List.of(2, 90));
      plain.insertOne(several);
      indexed.insertOne(several);
      compare(plain, indexed, filters, orders);
    }
  }

  private static void compare(
      MongoCollection<Document> plain,
      MongoCollection<Document> indexed,
      List<Document> filters,
      List<Document> orders) {
    for (Document filter : filters) {
      List<Object> wanted = ids(plain.find(filter));
      for (Document order : orders) {
        List<Object> sorted = ids(plain.find(filter).sort(order));
        assertThat(sorted).containsExactlyInAnyOrderElementsOf(wanted);
        assertThat(ids(indexed.find(filter).sort(order)))
            .as("%s by %s", filter, order)
            .containsExactlyElementsOf(sorted);
        assertThat(ids(indexed.find(filter).sort(order).skip(3).limit(7)))
            .as("%s by %s, a few of it", filter, order)
            .containsExactlyElementsOf(sorted.stream().skip(3).limit(7).toList());
      }
    }
  }

  private static final Comparator<Object> DOWN = Comparator.comparing(Object::toString).reversed();

  private static List<Object> ids(FindIterable<Document> found) {
    return found.map(document -> document.get("_id")).into(new ArrayList<>());
  }

  @Test
  void aKillLosesNothingThatWasAcknowledged() throws Exception {
    for (int round = 0; round < 3; round++) {
      assertThat(lostByKill(folder.resolve("durable-" + round), true)).isEmpty();
    }
  }

  /** The control: without the wait for the commit the same test sees losses. */
  @Test
  void theKillIsSeenWhereRepliesDoNotAwaitTheirCommit() throws Exception {
    assertThat(lostByKill(folder.resolve("hasty"), false)).isNotEmpty();
  }

  private Set<String> lostByKill(Path file, boolean awaitsCommits) throws Exception {
    int port = freePort();
    Queue<String> acknowledged = new ConcurrentLinkedQueue<>();
    Process server = MongoProcess.start(port, file, awaitsCommits);
    String uri = "mongodb://127.0.0.1:" + port;
    try (MongoClient client = client(uri);
        var writers = Executors.newFixedThreadPool(WRITERS)) {
      MongoCollection<Document> events = client.getDatabase("driveline").getCollection("events");
      events.insertOne(new Document("_id", "first"));
      for (int i = 0; i < WRITERS; i++) {
        String writer = "writer-" + i + "-";
        writers.submit(() -> writeUntilKilled(events, writer, acknowledged));
      }
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> acknowledged.size() > ACKNOWLEDGED_BEFORE_KILL);
      server.destroyForcibly().waitFor();
    }

    Process again = MongoProcess.start(port, file, awaitsCommits);
    try (MongoClient client = client(uri)) {
      Set<String> kept =
          client
              .getDatabase("driveline")
              .getCollection("events")
              .find()
              .into(new ArrayList<>())
              .stream()
              .map(event -> event.getString("_id"))
              .collect(Collectors.toSet());
      return acknowledged.stream().filter(id -> !kept.contains(id)).collect(Collectors.toSet());
    } finally {
      again.destroyForcibly().waitFor();
    }
  }

  private static void writeUntilKilled(
      MongoCollection<Document> events, String writer, Queue<String> acknowledged) {
    try {
      for (int i = 0; ; i++) {
        events.insertOne(new Document("_id", writer + i));
        acknowledged.add(writer + i);
      }
    } catch (MongoException e) {
      // the kill: what was under way is neither acknowledged nor promised
    }
  }

  private static int freePort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
