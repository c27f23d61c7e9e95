package io.driveline.sandbox.desk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import io.driveline.api.ApiApplication;
import io.driveline.events.Claim;
import io.driveline.events.Envelope;
import io.driveline.events.Failure;
import io.driveline.events.Intake;
import io.driveline.events.Ledger;
import io.driveline.events.LedgerEntry;
import io.driveline.events.Mirror;
import io.driveline.events.StripeEvent;
import io.driveline.servers.FreePort;
import io.driveline.servers.mongodb.EmbeddedMongo;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** The commands against the api app; the test is the worker. */
class DeskTest {

  private static final String KEY = "dk_sandbox_admin";
  private static final String READER = "dk_sandbox_reader";
  private static final Duration LEASE = Duration.ofMinutes(1);
  private static final Instant RECEIVED = Instant.parse("2026-01-02T03:04:05Z");
  private static final Intake INTAKE = new Intake("stripe", "stripe#1", RECEIVED, false);

  private static EmbeddedMongo mongo;
  private static MongoClient client;
  private static ConfigurableApplicationContext api;
  private static String url;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final Ledger ledger = new Ledger(client.getDatabase(Ledger.DATABASE), Clock.systemUTC());

  @BeforeAll
  static void start() {
    mongo = EmbeddedMongo.start(null, 0);
    client = MongoClients.create(mongo.uri());
    new Ledger(client.getDatabase(Ledger.DATABASE), Clock.systemUTC()).createIndexes();
    int port = FreePort.orAny(0);
    url = "http://127.0.0.1:" + port;
    api =
        new SpringApplicationBuilder(ApiApplication.class)
            .properties("spring.config.name=driveline-api")
            .run(
                "--logging.level.root=WARN",
                "--driveline.address=127.0.0.1",
                "--driveline.mongodb.uri=" + mongo.uri(),
                "--driveline.rabbitmq.uri=amqp://127.0.0.1:1",
                "--driveline.grpc.address=127.0.0.1:1",
                "--driveline.api.port=" + port,
                "--driveline.api.keys.read=" + READER,
                "--driveline.api.keys.admin=" + KEY,
                "--driveline.api.replay-rate=100000",
                "--driveline.management.port=0");
  }

  @AfterAll
  static void stop() {
    api.close();
    client.close();
    mongo.close();
  }

  @BeforeEach
  void empty() {
    events().deleteMany(new Document());
    client.getDatabase(Mirror.DATABASE).drop();
  }

  private static MongoCollection<Document> events() {
    return client.getDatabase(Ledger.DATABASE).getCollection(Ledger.COLLECTION);
  }

  private static StripeEvent event(String id, long created) {
    try {
      return Envelope.read(
          """
          {"id":"%s","type":"invoice.paid","created":%d,
           "data":{"object":{"id":"in_%s","object":"invoice","total":5}}}"""
              .formatted(id, created, id)
              .getBytes(StandardCharsets.UTF_8));
    } catch (io.driveline.events.MalformedEventException e) {
      throw new AssertionError(e);
    }
  }

  private void parked(String id, String reason) {
    ledger.park(
        ledger.claim(event(id, 10), INTAKE, "worker-1", LEASE).orElseThrow(), Failure.of(reason));
  }

  private int run(boolean interactive, String answer, String command, String... args)
      throws InterruptedException {
    List<String> all = new ArrayList<>(List.of(args));
    if (!all.contains("--url")) {
      all.addAll(List.of("--url", url));
    }
    return Desk.run(
        command,
        all,
        Map.of(),
        KEY,
        new Terminal(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            interactive,
            () -> answer));
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  private static List<LedgerEntry> due() {
    return events()
        .find(new Document("due", new Document("$lte", Date.from(Instant.now()))))
        .sort(new Document("due", 1))
        .map(LedgerEntry::from)
        .into(new ArrayList<>());
  }

  /** What the worker does: takes up what is due, and ends it one way or the other. */
  private CompletableFuture<Void> worker(int many, Consumer<Claim> end) {
    return CompletableFuture.runAsync(
        () -> {
          int[] done = {0};
          await()
              .atMost(Duration.ofSeconds(30))
              .until(
                  () -> {
                    for (LedgerEntry due : due()) {
                      Claim claim =
                          ledger
                              .claim(event(due.id(), due.created()), INTAKE, "worker-2", LEASE)
                              .orElseThrow();
                      end.accept(claim);
                      done[0]++;
                    }
                    return done[0] == many;
                  });
        });
  }

  private void parkAgain(Claim claim) {
    ledger.park(claim, Failure.of("still no way"));
  }

  private void putOff(Claim claim) {
    ledger.retryLater(claim, Failure.of("not now"), Duration.ofHours(1));
  }

  @Test
  void showsEventsInColumns() throws Exception {
    parked("evt_1", "no way");
    parked("evt_long_2", "line one\nline \u001b[31mtwo");

    assertThat(run(false, "", "events", "--state", "parked")).isZero();

    assertThat(out())
        .isEqualToNormalizingNewlines(
            """
            ID          TYPE          OBJECT         STATE   RECEIVED              CLAIMS  REASON
            evt_long_2  invoice.paid  in_evt_long_2  parked  2026-01-02T03:04:05Z  1       line one line  [31mtwo
            evt_1       invoice.paid  in_evt_1       parked  2026-01-02T03:04:05Z  1       no way
            """);
    assertThat(err()).isEmpty();
  }

  @Test
  void showsAsManyEventsAsAskedForAndSaysThatThereAreMore() throws Exception {
    for (int i = 0; i < 130; i++) {
      parked("evt_" + i, "no way");
    }

    assertThat(run(false, "", "events", "--limit", "120")).isZero();

    assertThat(out().lines()).hasSize(121);
    assertThat(err()).contains("There are more");
  }

  @Test
  void saysThatThereAreNoSuchEvents() throws Exception {
    assertThat(run(false, "", "events", "--reason", ".*")).isZero();

    assertThat(out()).isEmpty();
    assertThat(err()).isEqualToNormalizingNewlines("No such events.\n");
  }

  @Test
  void saysInOneLineWhatIsWrong() throws Exception {
    assertThat(run(false, "", "events", "--state", "zebra")).isEqualTo(2);
    assertThat(run(false, "", "events", "--key", "dk_nobodys_key_at_all")).isEqualTo(1);
    assertThat(run(false, "", "events", "--url", "http://127.0.0.1:1")).isEqualTo(1);
    assertThat(run(false, "", "replay", "--all", "--yes", "--key", READER)).isEqualTo(1);
    assertThat(run(false, "", "replay", "evt_unknown")).isEqualTo(1);
    assertThat(run(false, "", "replay", "evt_unknown", "--dry-run")).isEqualTo(1);
    assertThat(run(false, "", "replay")).isEqualTo(2);
    assertThat(run(false, "", "replay", "--all")).isEqualTo(2);

    assertThat(out()).isEmpty();
    assertThat(err().lines())
        .satisfiesExactly(
            line -> assertThat(line).contains("Parameter state must be one of"),
            line -> assertThat(line).contains("does not know this key", "DRIVELINE_API_KEY"),
            line -> assertThat(line).contains("nothing answers at http://127.0.0.1:1", "up"),
            line -> assertThat(line).contains("may only read"),
            line -> assertThat(line).contains("has not seen this event"),
            line -> assertThat(line).contains("has not seen this event"),
            line -> assertThat(line).contains("needs one of"),
            line -> assertThat(line).contains("--yes"))
        .allMatch(line -> line.startsWith("driveline: "));
  }

  @Test
  void replaysOneEventAndWaitsUntilItIsDone() throws Exception {
    parked("evt_1", "no way");
    CompletableFuture<Void> worker = worker(1, ledger::markApplied);

    assertThat(run(false, "", "replay", "evt_1")).isZero();

    worker.join();
    assertThat(out()).contains("evt_1  invoice.paid", "applied");
  }

  @Test
  void endsWithOneWhereAnEventIsParkedAgain() throws Exception {
    parked("evt_1", "no way");
    CompletableFuture<Void> worker = worker(1, this::parkAgain);

    assertThat(run(false, "", "replay", "evt_1")).isEqualTo(1);

    worker.join();
    assertThat(out()).contains("parked", "still no way");
  }

  @Test
  void doesNotWaitForWhatFailedAndIsTriedAgainInAnHour() throws Exception {
    parked("evt_1", "no way");
    CompletableFuture<Void> worker = worker(1, this::putOff);
    assertThat(run(false, "", "replay", "evt_1")).isEqualTo(1);
    worker.join();
    assertThat(out()).contains("retrying", "not now");

    parked("evt_2", "no way");
    worker = worker(1, this::putOff);
    assertThat(run(false, "", "replay", "--state", "parked", "--yes")).isEqualTo(1);
    worker.join();
    assertThat(out()).contains("1 of 1 event failed, and will be tried again", "evt_2  not now");
  }

  @Test
  void aDryRunShowsWhatWouldChangeAndChangesNothing() throws Exception {
    parked("evt_1", "no way");

    assertThat(run(false, "", "replay", "--state", "parked", "--dry-run")).isZero();

    assertThat(out())
        .contains("invoice in_evt_1 (test)", "  $: (nothing) -> {\"id\":\"in_evt_1\"")
        .endsWith(
            "1 event: 1 would be replayed; 1 object of the mirror would change."
                + System.lineSeparator());
    assertThat(ledger.find("evt_1")).get().extracting(LedgerEntry::generation).isEqualTo(0);
  }

  @Test
  void replaysManyOverPagesAndWaitsUntilAllAreDone() throws Exception {
    List<Document> documents = new ArrayList<>();
    for (int i = 0; i < 1_200; i++) {
      StripeEvent event = event("evt_" + i, 10 + i);
      documents.add(
          new Document("_id", event.id())
              .append("type", event.type())
              .append("livemode", false)
              .append("created", event.created())
              .append("received", Date.from(RECEIVED))
              .append("state", "applied")
              .append("claims", 1)
              .append("payload", event.payload()));
    }
    events().insertMany(documents);
    CompletableFuture<Void> worker = worker(1_200, ledger::markApplied);

    assertThat(run(false, "", "replay", "--type", "invoice.*", "--yes")).isZero();

    worker.join();
    assertThat(err()).contains("1,200 events: 1,200 replayed, as replay_");
    assertThat(out()).isEqualToNormalizingNewlines("1,200 events done.\n");
    assertThat(events().countDocuments(new Document("generation", 1))).isEqualTo(1_200);
  }

  @Test
  void tellsWhichAreParkedAgain() throws Exception {
    parked("evt_1", "no way");
    parked("evt_2", "no way");
    CompletableFuture<Void> worker = worker(2, this::parkAgain);

    assertThat(run(false, "", "replay", "--all", "--yes")).isEqualTo(1);

    worker.join();
    assertThat(out())
        .contains("2 of 2 events parked again: ./driveline events --state parked --replay replay_")
        .contains("evt_1  still no way", "evt_2  still no way");
  }

  @Test
  void asksAtATerminalAndDoesNothingWithoutAYes() throws Exception {
    parked("evt_1", "no way");

    assertThat(run(true, "", "replay", "--state", "parked")).isEqualTo(1);

    assertThat(err())
        .contains("1 event: 1 would be replayed; 1 object of the mirror would change.")
        .endsWith("Replay them? [y/N] ");
    assertThat(ledger.find("evt_1")).get().extracting(LedgerEntry::generation).isEqualTo(0);
  }

  @Test
  void drawsABarAtATerminalAndBeginsAfterAYes() throws Exception {
    parked("evt_1", "no way");
    CompletableFuture<Void> worker = worker(1, ledger::markApplied);

    assertThat(run(true, "Y", "replay", "--state", "parked")).isZero();

    worker.join();
    assertThat(err()).contains("[##############################] 1 event made due");
    assertThat(out()).isEqualToNormalizingNewlines("1 event done.\n");
  }
}
