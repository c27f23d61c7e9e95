package io.driveline.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoDatabase;
import io.driveline.events.Mirror;
import io.driveline.sandbox.desk.Desk;
import io.driveline.sandbox.desk.Terminal;
import io.driveline.servers.mongodb.EmbeddedMongo;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Replays as people do them, by {@code ./driveline replay}, with a real worker behind it. */
class ReplayTest {

  /** Of the sample: it came after a newer one. */
  private static final String OVERTAKEN = "evt_sandbox_07";

  private static EmbeddedMongo mongo;
  private static MongoClient client;
  private static Driveline driveline;

  @BeforeAll
  static void start() throws Exception {
    mongo = EmbeddedMongo.start(null, 0);
    client = MongoClients.create(mongo.uri());
    driveline = Driveline.start(null, mongo.uri(), null, null);
    driveline.sandbox().playSample();
  }

  @AfterAll
  static void stop() {
    if (driveline != null) {
      driveline.close();
    }
    client.close();
    mongo.close();
  }

  /** Every object, without what tells when it was written and how much was known then. */
  private static Map<String, Document> mirrored() {
    Map<String, Document> mirrored = new TreeMap<>();
    MongoDatabase mirror = client.getDatabase(Mirror.DATABASE);
    for (String type : mirror.listCollectionNames()) {
      for (Document object : mirror.getCollection(type).find()) {
        Document about = object.get(Mirror.ABOUT, Document.class);
        about.remove("updatedAt");
        about.remove("known");
        mirrored.put(type + " " + object.getString("_id"), object);
      }
    }
    return mirrored;
  }

  private static String replay(String... args) throws InterruptedException {
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--url", driveline.sandbox().api().toString()));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        Desk.run(
            "replay",
            all,
            Map.of(),
            Client.KEY,
            new Terminal(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false,
                () -> ""));
    assertThat(code).as(err.toString(StandardCharsets.UTF_8)).isZero();
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void replayingWhatIsAppliedLeavesTheSameState() throws Exception {
    Map<String, Document> before = mirrored();

    assertThat(replay("--all", "--dry-run")).contains("0 objects of the mirror would change");
    replay("--all", "--yes");

    assertThat(before).isNotEmpty();
    assertThat(mirrored()).isEqualTo(before);
  }

  @Test
  void aDroppedCollectionComesBackWholeAsTheDryRunTold() throws Exception {
    Map<String, Document> before = mirrored();
    long lost = before.keySet().stream().filter(key -> key.startsWith("customer ")).count();
    client.getDatabase(Mirror.DATABASE).getCollection("customer").drop();
    assertThat(mirrored()).isNotEqualTo(before);

    assertThat(replay("--all", "--dry-run"))
        .contains("customer cus_sandbox (test)", "$: (nothing) -> {")
        .contains(lost + " object");
    replay("--all", "--yes");

    assertThat(mirrored()).isEqualTo(before);
    assertThat(replay("--all", "--dry-run")).contains("0 objects of the mirror would change");
  }

  @Test
  void aReplayedEventTellsItsStoryAndSaysOfItselfWhatItSaidTheFirstTime() throws Exception {
    JsonNode before = driveline.json("/api/v1/events/" + OVERTAKEN);

    replay(OVERTAKEN);

    JsonNode after = driveline.json("/api/v1/events/" + OVERTAKEN);
    assertThat(after.path("state").asText()).isEqualTo("applied");
    assertThat(after.path("superseded").asBoolean()).isTrue();
    assertThat(after.path("generation").asInt()).isEqualTo(before.path("generation").asInt() + 1);
    List<String> steps = new ArrayList<>();
    after.path("steps").forEach(step -> steps.add(step.path("step").asText()));
    assertThat(steps.subList(before.path("steps").size(), steps.size()))
        .containsExactly("replay", "claim", "mirror", "announce", "refresh", "finish");
    assertThat(after.path("steps").path(before.path("steps").size()).path("by").asText())
        .isEqualTo("admin#1");
  }
}
