package io.driveline.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.MongoException;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import io.driveline.servers.mongodb.EmbeddedMongo;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

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
    Claim tookOver = later.claimDue(event("evt_1"), INTAKE, START, "a", LEASE).orElseThrow();

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
    Claim second = later.claimDue(event("evt_1"), INTAKE, START, "b", LEASE).orElseThrow();
    assertThat(second.superseded()).isFalse();
    assertThat(later.noteMirrored(second, true, false)).isFalse();
  }

  @Test
  void anEventKeptWhileTheQueueWasDownIsDueAtOnce() throws Exception {
    assertThat(ledger.keep(event("evt_1"), INTAKE)).isTrue();
    assertThat(ledger.keep(event("evt_1"), INTAKE)).isFalse();

    assertThat(ledger.due(10, true)).extracting(LedgerEntry::id).containsExactly("evt_1");
    assertThat(ledger.due(10, true).getFirst().payload()).contains("\"cus_1\"");
    assertThat(ledger.claim(event("evt_1"), INTAKE, "a", LEASE)).isPresent();
    assertThat(ledger.due(10, true)).isEmpty();
    assertThat(at(LEASE).due(10, true)).hasSize(1);
  }

  @Test
  void aFailedEventIsDueAfterItsPause() throws Exception {
    Claim claim = ledger.claim(event("evt_1"), INTAKE, "a", LEASE).orElseThrow();
    ledger.retryLater(claim, Failure.of(new IllegalStateException("boom")), LEASE);

    assertThat(ledger.due(10, true)).isEmpty();
    LedgerEntry entry = at(LEASE).due(10, true).getFirst();
    assertThat(entry.state()).isEqualTo(EventState.RETRYING);
    assertThat(entry.attempts()).isEqualTo(1);
    assertThat(entry.reason()).isEqualTo("IllegalStateException: boom");
  }

  @Test
  void aParkedEventWaitsForAPerson() throws Exception {
    Claim claim = ledger.claim(event("evt_1"), INTAKE, "a", LEASE).orElseThrow();
    ledger.park(claim, Failure.of("no way"));

    assertThat(at(LEASE.multipliedBy(9)).due(10, true)).isEmpty();
    assertThat(ledger.find("evt_1"))
        .get()
        .satisfies(
            entry -> {
              assertThat(entry.state()).isEqualTo(EventState.PARKED);
              assertThat(entry.reason()).isEqualTo("no way");
            });
  }

  @Test
  void aMessageThatIsNoEventIsParkedOnceWithWhatItSays() {
    ledger.parkUnreadable("message_1", "garbage", INTAKE, Failure.of("no event"));
    ledger.parkUnreadable("message_1", "garbage", INTAKE, Failure.of("no event"));

    LedgerEntry entry = ledger.find("message_1").orElseThrow();
    assertThat(entry.payload()).isEqualTo("garbage");
    assertThat(entry.reason()).isEqualTo("no event");
  }

  @Test
  void ofTwoRenderingsOfAnEventTheOneThatTheLedgerGotFirstCounts() throws Exception {
    ledger.keep(event("evt_1"), INTAKE);
    StripeEvent other =
        Envelope.read(
            event("evt_1")
                .payload()
                .replace("customer.updated", "customer.created")
                .getBytes(StandardCharsets.UTF_8));

    Claim claim = ledger.claim(other, INTAKE, "a", LEASE).orElseThrow();

    assertThat(claim.payload()).isEqualTo(event("evt_1").payload()).isNotEqualTo(other.payload());
  }

  @Test
  void anEventWhoseWorkerDiedIsLeftToTheSweepAndItsClaimsAreCounted() throws Exception {
    ledger.claim(event("evt_1"), INTAKE, "a", LEASE).orElseThrow();

    Ledger later = at(LEASE);
    assertThat(later.claim(event("evt_1"), INTAKE, "b", LEASE)).isEmpty();
    LedgerEntry abandoned = later.due(10, true).getFirst();
    assertThat(abandoned.unfinished()).isEqualTo(1);
    Claim second =
        later.claimDue(event("evt_1"), INTAKE, abandoned.due(), "b", LEASE).orElseThrow();
    assertThat(second.unfinished()).isEqualTo(2);

    later.retryLater(second, Failure.of("not now"), LEASE);
    Claim third = at(LEASE.multipliedBy(2)).claim(event("evt_1"), INTAKE, "b", LEASE).orElseThrow();
    assertThat(third.number()).isEqualTo(3);
    assertThat(third.unfinished()).isEqualTo(1);
    assertThat(third.attempts()).isEqualTo(1);
  }

  @Test
  void anAppliedEventThatOwesItsAnnouncementIsDueOnlyWhenItCanBeMade() throws Exception {
    Claim claim = ledger.claim(event("evt_1"), INTAKE, "a", LEASE).orElseThrow();
    ledger.noteMirrored(claim, false, false);
    claim.owe("RabbitMQ is away");
    ledger.finishOwing(claim, null, Duration.ofSeconds(5));

    LedgerEntry owing = ledger.find("evt_1").orElseThrow();
    assertThat(owing.state()).isEqualTo(EventState.APPLIED);
    assertThat(owing.reason()).isEqualTo("its announcement is owed: RabbitMQ is away");
    Ledger later = at(Duration.ofSeconds(5));
    assertThat(later.due(10, false)).isEmpty();
    assertThat(later.due(10, true)).extracting(LedgerEntry::id).containsExactly("evt_1");

    Claim again = later.claimDue(event("evt_1"), INTAKE, owing.due(), "b", LEASE).orElseThrow();
    assertThat(again.unfinished()).isEqualTo(1);
    assertThat(again.attempts()).isZero();
    assertThat(again.owedBefore()).isEqualTo(1);
    later.markApplied(again);
    assertThat(later.find("evt_1").orElseThrow())
        .satisfies(
            entry -> {
              assertThat(entry.due()).isNull();
              assertThat(entry.reason()).isNull();
            });
  }

  @Test
  void whatIsDueOfSeveralStatesComesOldestFirst() throws Exception {
    Claim owing = ledger.claim(event("evt_1"), INTAKE, "a", LEASE).orElseThrow();
    ledger.finishOwing(owing, "no place", Duration.ofSeconds(2));
    Claim failing = ledger.claim(event("evt_2"), INTAKE, "a", LEASE).orElseThrow();
    ledger.retryLater(failing, Failure.of("not now"), Duration.ofSeconds(1));
    at(Duration.ofSeconds(3)).keep(event("evt_3"), INTAKE);

    Ledger later = at(LEASE);
    assertThat(later.due(10, true))
        .extracting(LedgerEntry::id)
        .containsExactly("evt_2", "evt_1", "evt_3");
    assertThat(later.due(2, true)).extracting(LedgerEntry::id).containsExactly("evt_2", "evt_1");
  }

  @Test
  void theStepsTellWhenByWhomAndForHowLong() throws Exception {
    Claim claim = at(Duration.ofSeconds(3)).claim(event("evt_1"), INTAKE, "a", LEASE).orElseThrow();
    at(Duration.ofMillis(3_020)).noteMirrored(claim, false, false);
    claim.note(START.plusMillis(3_050), "announce", "confirmed");
    at(Duration.ofMillis(3_060)).markApplied(claim);

    assertThat(ledger.find("evt_1").orElseThrow().steps())
        .extracting(Document::toJson)
        .containsExactly(
            step("claim", 3_000, 3_000, "claimed"),
            step("mirror", 3_020, 20, "written"),
            step("announce", 3_050, 30, "confirmed"),
            step("finish", 3_060, 10, "applied"));
  }

  private static String step(String step, long after, long ms, String outcome) {
    return new Document("step", step)
        .append("at", Date.from(START.plusMillis(after)))
        .append("ms", ms)
        .append("by", "a")
        .append("outcome", outcome)
        .toJson();
  }

  @Test
  void ofAnEventThatFailsForEverTheNewestStepsAreKept() throws Exception {
    ledger.keep(event("evt_1"), INTAKE);
    for (int i = 0; i < 60; i++) {
      Claim claim = ledger.claim(event("evt_1"), INTAKE, "a", LEASE).orElseThrow();
      ledger.retryLater(claim, Failure.of("failure " + i), Duration.ZERO);
    }

    List<Document> steps = ledger.find("evt_1").orElseThrow().steps();
    assertThat(steps).hasSize(100);
    assertThat(steps.getLast().getString("outcome")).isEqualTo("failure 59");
  }

  @Test
  void removesThePayloadsOfWhatWasFinishedLongAgoAndOfNothingElse() throws Exception {
    Claim applied = ledger.claim(event("evt_1"), INTAKE, "a", LEASE).orElseThrow();
    ledger.markApplied(applied);
    Claim parked = ledger.claim(event("evt_2"), INTAKE, "a", LEASE).orElseThrow();
    ledger.park(parked, Failure.of("no way"));
    ledger.keep(event("evt_3"), INTAKE);
    Ledger later = at(Duration.ofDays(90).plusSeconds(1));
    Claim late = later.claim(event("evt_4"), INTAKE, "a", LEASE).orElseThrow();
    later.markSkipped(late, "no place");

    assertThat(at(Duration.ofDays(90)).removePayloads(Duration.ofDays(90))).isZero();
    assertThat(later.removePayloads(Duration.ofDays(90))).isOne();

    assertThat(ledger.find("evt_1").orElseThrow().payload()).isNull();
    assertThat(ledger.find("evt_1").orElseThrow().state()).isEqualTo(EventState.APPLIED);
    for (String kept : List.of("evt_2", "evt_3", "evt_4")) {
      assertThat(ledger.find(kept).orElseThrow().payload()).isNotNull();
    }
    assertThat(later.removePayloads(Duration.ofDays(90))).isZero();
  }

  @Test
  @Timeout(60) // without the usual patience, it would be half an hour
  void indexesDoNotWaitForAServerThatIsAway() {
    mongo.close();
    MongoClientSettings impatient =
        MongoClientSettings.builder()
            .applyConnectionString(new ConnectionString(mongo.uri()))
            .timeout(500, TimeUnit.MILLISECONDS)
            .build();
    try (MongoClient away = MongoClients.create(impatient)) {
      Ledger ledger = new Ledger(away.getDatabase(Ledger.DATABASE), Clock.systemUTC());

      assertThatThrownBy(ledger::createIndexes).isInstanceOf(MongoException.class);
    }
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
            Document.parse("{state: 1, due: 1}"),
            Document.parse("{payloadSince: 1}"),
            Document.parse("{'object.key': 1, created: 1}"),
            Document.parse("{created: 1, _id: 1}"),
            Document.parse("{received: -1, _id: -1}"),
            Document.parse("{state: 1, received: -1, _id: -1}"),
            Document.parse("{type: 1, received: -1, _id: -1}"),
            Document.parse("{'object.id': 1, received: -1, _id: -1}"),
            Document.parse("{customer: 1, received: -1, _id: -1}"));
  }
}
