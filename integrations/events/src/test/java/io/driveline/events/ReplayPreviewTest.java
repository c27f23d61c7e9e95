package io.driveline.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bson.Document;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ReplayPreviewTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Clock CLOCK = Clock.fixed(START, ZoneOffset.UTC);
  private static final Intake INTAKE = new Intake("default", "default#1", START, false);

  @RegisterExtension static final MongoOfTests MONGO = new MongoOfTests();

  private MongoDatabase database;
  private MongoDatabase mirror;
  private Ledger ledger;

  @BeforeEach
  void empty() {
    database = MONGO.ledger();
    mirror = MONGO.mirror();
    database.getCollection(Ledger.COLLECTION).drop();
    customers().drop();
    ledger = new Ledger(database, CLOCK);
  }

  private MongoCollection<Document> customers() {
    return mirror.getCollection("customer");
  }

  private static StripeEvent event(String id, long created, String object, String more) {
    try {
      return Envelope.read(
          """
          {"id":"%s","type":"customer.updated","created":%d,
           "data":{"object":{"id":"%s","object":"customer"%s}}}"""
              .formatted(id, created, object, more)
              .getBytes(StandardCharsets.UTF_8));
    } catch (MalformedEventException e) {
      throw new AssertionError(e);
    }
  }

  private StripeEvent applied(String id, long created, String object, String more) {
    StripeEvent event = event(id, created, object, more);
    ledger.markApplied(claim(event));
    return event;
  }

  private void parked(String id, long created, String object, String more) {
    ledger.park(claim(event(id, created, object, more)), Failure.of("no way"));
  }

  private Claim claim(StripeEvent event) {
    return ledger.claim(event, INTAKE, "worker-1", Duration.ofSeconds(60)).orElseThrow();
  }

  private void mirrored(StripeEvent event) {
    Document document = Mirror.document(event, START);
    customers().replaceOne(new Document("_id", document.get("_id")), document, UPSERT);
  }

  private static final com.mongodb.client.model.ReplaceOptions UPSERT =
      new com.mongodb.client.model.ReplaceOptions().upsert(true);

  private ReplayPreview.Page preview() {
    return preview(ReplayPosition.begin("replay_1", START), 100, 100);
  }

  private ReplayPreview.Page preview(ReplayPosition from, int limit, int most) {
    return new ReplayPreview(database, mirror, new ObjectHistory(database), CLOCK, most)
        .of(EventFilter.ALL, from, limit);
  }

  private static List<String> told(ReplayPreview.Diff diff) {
    return diff.changes().stream()
        .map(
            change ->
                change.path()
                    + " "
                    + (change.is() ? Json.write(change.now()) : "-")
                    + " "
                    + (change.willBe() ? Json.write(change.then()) : "-"))
        .toList();
  }

  @Test
  void appliedEventsChangeNothing() {
    applied("evt_1", 10, "cus_1", ",\"name\":\"A\"");
    mirrored(applied("evt_2", 20, "cus_1", ",\"name\":\"B\",\"rate\":1.5,\"big\":30000000000"));

    ReplayPreview.Page page = preview();

    assertThat(page.matched()).isEqualTo(2);
    assertThat(page.replayed()).isEqualTo(2);
    assertThat(page.changed()).isZero();
    assertThat(page.diffs()).isEmpty();
  }

  @Test
  void aLostObjectComesBackWholeFromItsNewestEvent() {
    applied("evt_1", 10, "cus_1", ",\"name\":\"A\"");
    applied("evt_2", 20, "cus_1", ",\"name\":\"B\"");

    ReplayPreview.Page page = preview();

    assertThat(page.changed()).isEqualTo(1);
    assertThat(page.diffs().getFirst().object())
        .isEqualTo(new ObjectKey(null, false, "customer", "cus_1"));
    assertThat(told(page.diffs().getFirst()))
        .containsExactly(
            "$ - {\"id\":\"cus_1\",\"object\":\"customer\",\"name\":\"B\",\"_driveline\":"
                + "{\"version\":20,\"event\":\"evt_2\",\"deleted\":false,\"tied\":false}}");
  }

  @Test
  void anOlderObjectIsToldPathByPath() {
    mirrored(
        applied(
            "evt_1",
            10,
            "cus_1",
            ",\"name\":\"A\",\"gone\":1,\"list\":[1,{\"x\":1}],\"metadata\":{\"a.b\":1}"));
    parked(
        "evt_2",
        20,
        "cus_1",
        ",\"name\":\"B\",\"new\":null,\"list\":[1,{\"x\":2},3],\"metadata\":{\"a.b\":2}");

    assertThat(told(preview().diffs().getFirst()))
        .containsExactlyInAnyOrder(
            "$.name \"A\" \"B\"",
            "$.gone 1 -",
            "$.new - null",
            "$.list[1].x 1 2",
            "$.list[2] - 3",
            "$.metadata['a.b'] 1 2",
            "$._driveline.version 10 20",
            "$._driveline.event \"evt_1\" \"evt_2\"");
  }

  @Test
  void anEventOlderThanTheMirrorChangesNothing() {
    parked("evt_1", 10, "cus_1", ",\"name\":\"A\"");
    mirrored(event("evt_2", 20, "cus_1", ",\"name\":\"B\""));

    assertThat(preview().changed()).isZero();
  }

  @Test
  void theOrderOfASecondDecidesThoughTheMirrorHasThatSecond() {
    mirrored(applied("evt_1", 10, "cus_1", ",\"name\":\"A\""));
    parked("evt_2", 10, "cus_1", ",\"name\":\"B\"},\"previous_attributes\":{\"name\":\"A\"");

    assertThat(told(preview().diffs().getFirst()))
        .contains("$.name \"A\" \"B\"", "$._driveline.event \"evt_1\" \"evt_2\"");
  }

  @Test
  void anEventReplayedAloneBringsBackItsOwnStateAndNotThatOfItsSecond() {
    applied("evt_1", 10, "cus_1", ",\"name\":\"A\"");
    applied("evt_2", 10, "cus_1", ",\"name\":\"B\"},\"previous_attributes\":{\"name\":\"A\"");
    EventFilter alone =
        new EventFilter("evt_1", null, null, null, null, null, null, null, null, null, null);

    assertThat(
            told(
                new ReplayPreview(database, mirror, new ObjectHistory(database), CLOCK, 100)
                    .of(alone, ReplayPosition.begin("replay_1", START), 100)
                    .diffs()
                    .getFirst()))
        .singleElement()
        .asString()
        .contains("\"name\":\"A\"");
    assertThat(told(preview().diffs().getFirst()))
        .singleElement()
        .asString()
        .contains("\"name\":\"B\"");
  }

  @Test
  void eventsThatAreLeftOutChangeNothing() {
    claim(event("evt_1", 10, "cus_1", ""));
    database
        .getCollection(Ledger.COLLECTION)
        .insertOne(
            new Document("_id", "message_1")
                .append("state", "parked")
                .append("received", java.util.Date.from(START))
                .append("payload", "no JSON"));

    ReplayPreview.Page page = preview();

    assertThat(page.replayed()).isZero();
    assertThat(page.leftOut())
        .isEqualTo(Map.of(ReplayObstacle.HELD, 1, ReplayObstacle.UNREADABLE, 1));
    assertThat(page.changed()).isZero();
  }

  @Test
  void eventsWithoutAPlaceInTheMirrorChangeNothing() {
    Claim claim = claim(event("evt_1", 10, "", ""));
    ledger.markSkipped(claim, "no id");

    assertThat(preview().replayed()).isEqualTo(1);
    assertThat(preview().changed()).isZero();
  }

  @Test
  void overItsPagesEachObjectIsCountedOnceByItsLastEvent() {
    for (int i = 0; i < 9; i++) {
      applied("evt_" + i, 10 + i, "cus_" + i % 3, ",\"n\":" + i);
    }
    List<String> told = new ArrayList<>();
    int changed = 0;
    int matched = 0;
    for (ReplayPosition at = ReplayPosition.begin("replay_1", START); at != null; ) {
      ReplayPreview.Page page = preview(at, 4, 100);
      page.diffs().forEach(diff -> told.add(diff.object().id() + told(diff)));
      changed += page.changed();
      matched += page.matched();
      at = page.next();
    }

    assertThat(matched).isEqualTo(9);
    assertThat(changed).isEqualTo(3);
    assertThat(told)
        .satisfiesExactlyInAnyOrder(
            diff -> assertThat(diff).startsWith("cus_0").contains("\"n\":6"),
            diff -> assertThat(diff).startsWith("cus_1").contains("\"n\":7"),
            diff -> assertThat(diff).startsWith("cus_2").contains("\"n\":8"));
  }

  @Test
  void onlyTheFirstDiffsAreToldAndAllAreCounted() {
    for (int i = 0; i < 250; i++) {
      applied("evt_" + i, 10, "cus_" + i, "");
    }

    ReplayPreview.Page page = preview(ReplayPosition.begin("replay_1", START), 1_000, 100);

    assertThat(page.changed()).isEqualTo(250);
    assertThat(page.diffs()).hasSize(100);
  }

  @Test
  void objectsOfOneIdInDifferentAccountsAreDifferentObjects() throws Exception {
    for (String account : List.of("acct_1", "acct_2")) {
      ledger.markApplied(
          claim(
              Envelope.read(
                  """
                  {"id":"evt_%s","type":"customer.updated","created":10,"account":"%s",
                   "data":{"object":{"id":"cus_1","object":"customer"}}}"""
                      .formatted(account, account)
                      .getBytes(StandardCharsets.UTF_8))));
    }

    assertThat(preview().diffs())
        .extracting(diff -> diff.object().account())
        .containsExactlyInAnyOrder("acct_1", "acct_2");
  }

  @Test
  void lookingChangesNothing() {
    parked("evt_1", 10, "cus_1", "");
    Document before = database.getCollection(Ledger.COLLECTION).find().first();

    preview();

    assertThat(database.getCollection(Ledger.COLLECTION).find().first()).isEqualTo(before);
    assertThat(customers().countDocuments()).isZero();
  }
}
