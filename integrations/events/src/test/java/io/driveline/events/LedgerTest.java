package io.driveline.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import io.driveline.servers.mongodb.EmbeddedMongo;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LedgerTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration LEASE = Duration.ofSeconds(60);
  private static final Intake INTAKE = new Intake("default", "default#1", START, false);

  private EmbeddedMongo mongo;
  private MongoClient client;
  private Ledger ledger;

  @BeforeEach
  void start() {
    mongo = EmbeddedMongo.start(null, 0);
    client = MongoClients.create(mongo.uri());
    ledger = at(Duration.ZERO);
    ledger.createIndexes();
  }

  @AfterEach
  void stop() {
    client.close();
    mongo.close();
  }

  private Ledger at(Duration later) {
    return new Ledger(
        client.getDatabase(Ledger.DATABASE), Clock.fixed(START.plus(later), ZoneOffset.UTC));
  }

  private static StripeEvent event(String id) throws MalformedEventException {
    return Envelope.read(
        """
        {"id":"%s","type":"customer.updated","created":1700000000,
         "data":{"object":{"id":"cus_1","object":"customer"}}}"""
            .formatted(id)
            .getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void oneOfManyRacingWorkersGetsAnEvent() throws Exception {
    StripeEvent event = event("evt_1");
    List<Callable<Optional<Claim>>> workers = new ArrayList<>();
    for (int i = 0; i < 32; i++) {
      String owner = "worker-" + i;
      workers.add(() -> ledger.claim(event, INTAKE, owner, LEASE));
    }
    int winners = 0;
    try (var pool = Executors.newFixedThreadPool(32)) {
      for (Future<Optional<Claim>> claim : pool.invokeAll(workers)) {
        winners += claim.get().isPresent() ? 1 : 0;
      }
    }

    assertThat(winners).isOne();
    assertThat(ledger.find("evt_1")).get().extracting(LedgerEntry::claims).isEqualTo(1);
  }

  @Test
  void aFinishedEventIsNeverClaimedAgain() throws Exception {
    Claim claim = ledger.claim(event("evt_1"), INTAKE, "a", LEASE).orElseThrow();
    ledger.noteMirrored(claim, false, false);
    ledger.markApplied(claim);

    assertThat(at(LEASE.multipliedBy(9)).claim(event("evt_1"), INTAKE, "b", LEASE)).isEmpty();
    LedgerEntry entry = ledger.find("evt_1").orElseThrow();
    assertThat(entry.state()).isEqualTo(EventState.APPLIED);
    assertThat(entry.due()).isNull();
    assertThat(entry.steps())
        .extracting(step -> step.getString("step"))
        .containsExactly("claim", "mirror", "finish");
  }

  @Test
  void aWorkerThatSleptCannotWriteOverTheOneThatTookOver() throws Exception {
    Claim slept = ledger.claim(event("evt_1"), INTAKE, "a", LEASE).orElseThrow();
    Ledger later = at(LEASE);
    Claim tookOver = later.claim(event("evt_1"), INTAKE, "a", LEASE).orElseThrow();

    assertThat(tookOver.number()).isEqualTo(2);
    assertThatExceptionOfType(LostClaimException.class).isThrownBy(() -> later.markApplied(slept));
    assertThatExceptionOfType(LostClaimException.class)
        .isThrownBy(() -> later.retryLater(slept, Failure.of("x"), LEASE));
    later.markApplied(tookOver);
  }

  @Test
  void whoTakesOverAnnouncesWhatTheFirstFoundOut() throws Exception {
    Claim first = ledger.claim(event("evt_1"), INTAKE, "a", LEASE).orElseThrow();
    assertThat(ledger.noteMirrored(first, false, false)).isFalse();

    Ledger later = at(LEASE);
    Claim second = later.claim(event("evt_1"), INTAKE, "b", LEASE).orElseThrow();
    assertThat(second.superseded()).isFalse();
    assertThat(later.noteMirrored(second, true, false)).isFalse();
  }

  @Test
  void anEventKeptWhileTheQueueWasDownIsDueAtOnce() throws Exception {
    assertThat(ledger.keep(event("evt_1"), INTAKE)).isTrue();
    assertThat(ledger.keep(event("evt_1"), INTAKE)).isFalse();

    assertThat(ledger.due(10)).extracting(LedgerEntry::id).containsExactly("evt_1");
    assertThat(ledger.due(10).getFirst().payload()).contains("\"cus_1\"");
    assertThat(ledger.claim(event("evt_1"), INTAKE, "a", LEASE)).isPresent();
    assertThat(ledger.due(10)).isEmpty();
    assertThat(at(LEASE).due(10)).hasSize(1);
  }

  @Test
  void aFailedEventIsDueAfterItsPause() throws Exception {
    Claim claim = ledger.claim(event("evt_1"), INTAKE, "a", LEASE).orElseThrow();
    ledger.retryLater(claim, Failure.of(new IllegalStateException("boom")), LEASE);

    assertThat(ledger.due(10)).isEmpty();
    LedgerEntry entry = at(LEASE).due(10).getFirst();
    assertThat(entry.state()).isEqualTo(EventState.RETRYING);
    assertThat(entry.attempts()).isEqualTo(1);
    assertThat(entry.reason()).isEqualTo("IllegalStateException: boom");
  }

  @Test
  void aParkedEventWaitsForAPerson() throws Exception {
    Claim claim = ledger.claim(event("evt_1"), INTAKE, "a", LEASE).orElseThrow();
    ledger.park(claim, Failure.of("no way"));

    assertThat(at(LEASE.multipliedBy(9)).due(10)).isEmpty();
    assertThat(ledger.find("evt_1"))
        .get()
        .satisfies(
            entry -> {
              assertThat(entry.state()).isEqualTo(EventState.PARKED);
              assertThat(entry.reason()).isEqualTo("no way");
            });
  }

  @Test
  void aDeadLetterIsNotParkedWhileAWorkerHoldsItOrOnceItIsDone() throws Exception {
    Claim claim = ledger.claim(event("evt_1"), INTAKE, "a", LEASE).orElseThrow();
    Failure dead = Failure.of("dead letter");

    assertThat(ledger.parkUnclaimed("evt_1", event("evt_1"), "", INTAKE, dead)).isFalse();
    ledger.markApplied(claim);
    assertThat(ledger.parkUnclaimed("evt_1", event("evt_1"), "", INTAKE, dead)).isFalse();
    assertThat(ledger.parkUnclaimed("message_1", null, "garbage", INTAKE, dead)).isTrue();
    assertThat(ledger.find("message_1"))
        .get()
        .extracting(LedgerEntry::payload)
        .isEqualTo("garbage");
  }

  @Test
  void hasAnIndexForEachQueryAndMakesNoneTwice() {
    ledger.createIndexes();

    List<Document> keys = new ArrayList<>();
    client
        .getDatabase(Ledger.DATABASE)
        .getCollection(Ledger.COLLECTION)
        .listIndexes()
        .forEach(index -> keys.add(index.get("key", Document.class)));
    assertThat(keys)
        .containsExactlyInAnyOrder(
            Document.parse("{_id: 1}"),
            Document.parse("{due: 1}"),
            Document.parse("{'object.key': 1, created: 1}"),
            Document.parse("{received: -1, _id: -1}"),
            Document.parse("{state: 1, received: -1, _id: -1}"),
            Document.parse("{type: 1, received: -1, _id: -1}"),
            Document.parse("{'object.id': 1, received: -1, _id: -1}"));
  }
}
