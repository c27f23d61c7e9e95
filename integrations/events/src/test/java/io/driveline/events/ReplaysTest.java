package io.driveline.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.mongodb.client.MongoDatabase;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.bson.Document;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ReplaysTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration LEASE = Duration.ofSeconds(60);
  private static final Duration LATER = Duration.ofHours(1);
  private static final Intake INTAKE = new Intake("default", "default#1", START, false);
  private static final int RATE = 100;

  @RegisterExtension static final MongoOfTests MONGO = new MongoOfTests();

  private MongoDatabase database;

  @BeforeEach
  void emptyTheLedger() {
    database = MONGO.ledger();
    database.getCollection(Ledger.COLLECTION).drop();
    ledger(Duration.ZERO).createIndexes();
  }

  private Ledger ledger(Duration later) {
    return new Ledger(database, Clock.fixed(START.plus(later), ZoneOffset.UTC));
  }

  private Replays replays() {
    return new Replays(database, Clock.fixed(START.plus(LATER), ZoneOffset.UTC), RATE);
  }

  private static StripeEvent event(String id, long created) {
    try {
      return Envelope.read(
          """
          {"id":"%s","type":"customer.updated","created":%d,
           "data":{"object":{"id":"cus_%s","object":"customer"}}}"""
              .formatted(id, created, id)
              .getBytes(StandardCharsets.UTF_8));
    } catch (MalformedEventException e) {
      throw new AssertionError(e);
    }
  }

  private Claim claim(String id, long created) {
    return ledger(Duration.ZERO).claim(event(id, created), INTAKE, "worker-1", LEASE).orElseThrow();
  }

  private void applied(String id, long created) {
    ledger(Duration.ZERO).markApplied(claim(id, created));
  }

  private void parked(String id, long created) {
    ledger(Duration.ZERO).park(claim(id, created), Failure.of("no way"));
  }

  private void message(String id) {
    events()
        .insertOne(
            new Document("_id", id)
                .append("state", "parked")
                .append("received", java.util.Date.from(START))
                .append("payload", "no JSON"));
  }

  private LedgerEntry entry(String id) {
    return ledger(LATER).find(id).orElseThrow();
  }

  private ReplayPosition begin() {
    return ReplayPosition.begin("replay_1", START.plus(LATER));
  }

  @Test
  void aParkedEventBecomesDueAndForgetsItsFailure() {
    parked("evt_1", 1);

    Replays.One replayed = replays().one("evt_1", "write#1").orElseThrow();

    assertThat(replayed.obstacle()).isNull();
    LedgerEntry entry = entry("evt_1");
    assertThat(entry.state()).isEqualTo(EventState.RECEIVED);
    assertThat(entry.due()).isEqualTo(START.plus(LATER));
    assertThat(entry.generation()).isEqualTo(1);
    assertThat(entry.attempts()).isZero();
    assertThat(entry.reason()).isNull();
    assertThat(entry.error()).isNull();
    assertThat(entry.steps().getLast())
        .containsEntry("step", "replay")
        .containsEntry("by", "write#1")
        .containsEntry("outcome", "due at 2026-01-01T01:00:00Z");
    assertThat(ledger(LATER).claim(event("evt_1", 1), INTAKE, "worker-2", LEASE)).isPresent();
  }

  @Test
  void whatAnEventCameToTheFirstTimeStaysForItsAnnouncement() {
    applied("evt_1", 1);
    events()
        .updateOne(
            new Document("_id", "evt_1"), new Document("$set", new Document("superseded", true)));
    Instant applied = entry("evt_1").applied();

    replays().one("evt_1", "write#1");

    assertThat(entry("evt_1").superseded()).isTrue();
    assertThat(entry("evt_1").applied()).isEqualTo(applied);
    assertThat(ledger(LATER).claim(event("evt_1", 1), INTAKE, "worker-2", LEASE))
        .get()
        .extracting(Claim::superseded)
        .isEqualTo(true);
  }

  @Test
  void anEventThatIsDueAlreadyStaysAsItIs() {
    parked("evt_1", 1);
    replays().one("evt_1", "write#1");

    Replays.One again = replays().one("evt_1", "write#1").orElseThrow();

    assertThat(again.obstacle()).isNull();
    assertThat(again.event().generation()).isEqualTo(1);
    assertThat(entry("evt_1").generation()).isEqualTo(1);
  }

  @Test
  void anEventThatWaitsForALaterTryComesForward() {
    ledger(Duration.ZERO).retryLater(claim("evt_1", 1), Failure.of("no luck"), Duration.ofHours(2));

    assertThat(replays().one("evt_1", "write#1")).get().extracting(Replays.One::obstacle).isNull();
    assertThat(entry("evt_1").due()).isEqualTo(START.plus(LATER));
  }

  @Test
  void aHeldEventIsRefusedUntilItsLeaseIsOver() {
    Claim held =
        ledger(LATER.minusSeconds(1))
            .claim(event("evt_1", 1), INTAKE, "worker-1", LEASE)
            .orElseThrow();
    claim("evt_2", 1);

    assertThat(replays().one("evt_1", "write#1"))
        .get()
        .extracting(Replays.One::obstacle)
        .isEqualTo(ReplayObstacle.HELD);
    ledger(LATER).markApplied(held); // nothing was taken from it
    assertThat(replays().one("evt_2", "write#1")).get().extracting(Replays.One::obstacle).isNull();
  }

  @Test
  void aWorkerThatSleptThroughAReplayHasLostItsClaim() {
    Claim slept = claim("evt_1", 1);
    replays().one("evt_1", "write#1");

    assertThatExceptionOfType(LostClaimException.class)
        .isThrownBy(() -> ledger(LATER).markApplied(slept));
  }

  @Test
  void whatHasNoPayloadOrWasNoEventIsRefused() {
    applied("evt_1", 1);
    events().updateOne(new Document("_id", "evt_1"), unset("payload"));
    message("message_1");

    assertThat(replays().one("evt_1", "write#1"))
        .get()
        .extracting(Replays.One::obstacle)
        .isEqualTo(ReplayObstacle.NO_PAYLOAD);
    assertThat(replays().one("message_1", "write#1"))
        .get()
        .extracting(Replays.One::obstacle)
        .isEqualTo(ReplayObstacle.UNREADABLE);
    assertThat(replays().one("evt_2", "write#1")).isEmpty();
  }

  @Test
  void oneOfAReplayAndAClaimThatRaceComesFirstAndTheOtherKnows() throws Exception {
    for (int i = 0; i < 20; i++) {
      String id = "evt_" + i;
      ledger(Duration.ZERO).keep(event(id, 1), INTAKE);
      ledger(Duration.ZERO).retryLater(claim(id, 1), Failure.of("no luck"), Duration.ofSeconds(1));
      Callable<Boolean> replay = () -> replays().one(id, "write#1").get().obstacle() == null;
      Callable<Boolean> claim =
          () -> ledger(LATER).claim(event(id, 1), INTAKE, "worker-2", LEASE).isPresent();
      try (var pool = Executors.newFixedThreadPool(2)) {
        var answers = pool.invokeAll(List.of(replay, claim));
        assertThat(answers.get(1).get()).as("it is due before and after").isTrue();
        assertThat(entry(id).state()).isEqualTo(EventState.APPLYING);
        assertThat(entry(id).generation()).isEqualTo(answers.get(0).get() ? 1 : 0);
      }
    }
  }

  @Test
  void manyBecomeDueAtTheRateInTheOrderInWhichStripeMadeThem() {
    applied("evt_b", 30);
    applied("evt_a", 30);
    parked("evt_c", 20);
    applied("evt_d", 40);

    Replays.Page page = replays().many(EventFilter.ALL, begin(), 100, "write#1");

    assertThat(page.matched()).isEqualTo(4);
    assertThat(page.replayed()).isEqualTo(4);
    assertThat(page.leftOut()).isEmpty();
    assertThat(page.firstDue()).isEqualTo(START.plus(LATER));
    assertThat(page.lastDue()).isEqualTo(START.plus(LATER).plusMillis(30));
    assertThat(page.next()).isNull();
    assertThat(events().find().sort(new Document("due", 1)))
        .extracting(stored -> stored.getString("_id"))
        .containsExactly("evt_c", "evt_a", "evt_b", "evt_d");
  }

  @Test
  void theRateHoldsOverPagesWhereverTheyEnd() {
    List<Instant> due = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      applied("evt_%02d".formatted(i), 1_000 + i / 7);
    }
    ReplayPosition position = begin();
    int pages = 0;
    while (position != null) {
      position = replays().many(EventFilter.ALL, position, 7, "write#1").next();
      pages++;
    }

    assertThat(pages).isEqualTo(4);
    for (int i = 0; i < 25; i++) {
      due.add(entry("evt_%02d".formatted(i)).due());
    }
    for (int i = 0; i < 25; i++) {
      assertThat(due.get(i)).isEqualTo(START.plus(LATER).plusMillis(i * 10L));
    }
  }

  @Test
  void aPageThatComesLateBeginsNowAndNotInThePast() {
    applied("evt_1", 1);
    ReplayPosition late = new ReplayPosition("replay_1", START.plus(LATER), START, null, null);

    assertThat(replays().many(EventFilter.ALL, late, 10, "write#1").firstDue())
        .isEqualTo(START.plus(LATER));
  }

  @Test
  void manyLeaveOutWhatIsHeldDueStrippedOrUnreadableAndSayHowMany() {
    parked("evt_parked", 1);
    ledger(LATER.minusSeconds(1)).claim(event("evt_held", 2), INTAKE, "worker-1", LEASE);
    claim("evt_abandoned", 3);
    ledger(Duration.ZERO).keep(event("evt_received", 4), INTAKE);
    ledger(Duration.ZERO)
        .retryLater(claim("evt_retrying", 5), Failure.of("no luck"), Duration.ofHours(2));
    applied("evt_owed", 6);
    events()
        .updateOne(
            new Document("_id", "evt_owed"),
            new Document("$set", new Document("due", java.util.Date.from(START))));
    applied("evt_stripped", 7);
    events().updateOne(new Document("_id", "evt_stripped"), unset("payload"));
    message("message_1");

    Replays.Page page = replays().many(EventFilter.ALL, begin(), 100, "write#1");

    assertThat(page.matched()).isEqualTo(8);
    assertThat(page.replayed()).isEqualTo(1);
    assertThat(page.leftOut())
        .isEqualTo(
            Map.of(
                ReplayObstacle.HELD, 1,
                ReplayObstacle.DUE, 4,
                ReplayObstacle.NO_PAYLOAD, 1,
                ReplayObstacle.UNREADABLE, 1));
    assertThat(entry("evt_parked").state()).isEqualTo(EventState.RECEIVED);
    assertThat(entry("evt_held").generation()).isZero();
  }

  @Test
  void pagesBeginWithWhatHasNoTimeAndMissNothing() {
    for (int i = 0; i < 3; i++) {
      message("message_" + i);
      parked("evt_" + i, i / 2);
    }
    int matched = 0;
    int pages = 0;
    for (ReplayPosition position = begin(); position != null; pages++) {
      Replays.Page page = replays().many(EventFilter.ALL, position, 1, "write#1");
      matched += page.matched();
      position = page.next();
    }

    assertThat(matched).isEqualTo(6);
    assertThat(pages).isEqualTo(6);
  }

  @Test
  void whatIsReceivedAfterAReplayBeganIsNoneOfItsBusiness() {
    applied("evt_1", 1);
    ReplayPosition earlier = ReplayPosition.begin("replay_1", START.minusSeconds(1));

    assertThat(replays().many(EventFilter.ALL, earlier, 10, "write#1").matched()).isZero();
  }

  @Test
  void aReplayThatBeginsAnewAfterACrashGoesOnWhereItWas() {
    for (int i = 0; i < 10; i++) {
      applied("evt_" + i, i);
    }
    replays().many(EventFilter.ALL, begin(), 4, "write#1"); // and its caller dies

    Replays.Page again = replays().many(EventFilter.ALL, begin(), 100, "write#1");

    assertThat(again.matched()).isEqualTo(10);
    assertThat(again.replayed()).isEqualTo(6);
    assertThat(again.leftOut()).isEqualTo(Map.of(ReplayObstacle.DUE, 4));
    for (int i = 0; i < 10; i++) {
      assertThat(entry("evt_" + i).generation()).isEqualTo(1);
    }
  }

  @Test
  void itsEventsBearTheNameOfTheReplay() {
    parked("evt_1", 1);
    applied("evt_2", 2);
    replays().many(filter(null, EventState.PARKED), begin(), 10, "write#1");

    assertThat(replays().many(filter("replay_1", null), begin(), 10, "x").matched()).isEqualTo(1);
  }

  private static EventFilter filter(String replay, EventState state) {
    return new EventFilter(null, null, null, null, null, null, state, null, null, null, replay);
  }

  private com.mongodb.client.MongoCollection<Document> events() {
    return database.getCollection(Ledger.COLLECTION);
  }

  private static Document unset(String field) {
    return new Document("$unset", new Document(field, ""));
  }
}
