package io.driveline.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.client.MongoCollection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.bson.Document;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ObjectHistoryTest {

  private static final Intake INTAKE = new Intake("ep", "s", Instant.EPOCH, false);

  @RegisterExtension static final MongoOfTests MONGO = new MongoOfTests();

  private final ObjectKey object = new ObjectKey(null, false, "customer", TestEvents.ID);
  private Ledger ledger;
  private ObjectHistory history;

  @BeforeEach
  void fill() {
    MONGO.ledger().drop();
    ledger = new Ledger(MONGO.ledger(), Clock.systemUTC());
    history = new ObjectHistory(MONGO.ledger());
    keep("evt_8", "customer", 8);
    keep("evt_10a", "customer", 10);
    keep("evt_10b", "customer", 10);
    keep("evt_11", "customer", 11);
    keep("evt_other", "coupon", 10);
  }

  @Test
  void givesTheEventsOfOneObjectAndSecond() {
    assertThat(history.at(object, 10))
        .extracting(StripeEvent::id)
        .containsExactlyInAnyOrder("evt_10a", "evt_10b");
    assertThat(history.at(object, 9)).isEmpty();
    assertThat(history.at(object, 10).getFirst().snapshot().getString("name")).isEqualTo("x");
  }

  @Test
  void countsUpToAndInASecondWhateverBecameOfTheEvents() {
    ledger.claim(event("evt_8", "customer", 8), INTAKE, "worker", Duration.ofMinutes(1));
    removePayload("evt_10a");

    assertThat(history.count(object, 7)).isZero();
    assertThat(history.count(object, 10)).isEqualTo(3);
    assertThat(history.count(object, 99)).isEqualTo(4);
  }

  @Test
  void findsTheNewestSecondBefore() {
    assertThat(history.before(object, 11)).hasValue(10);
    assertThat(history.before(object, 10)).hasValue(8);
    assertThat(history.before(object, 8)).isEmpty();
  }

  @Test
  void noticesThatAPayloadIsGone() {
    assertThat(history.whole(object, 10)).isTrue();
    assertThat(history.whole(object, 9)).isTrue();

    removePayload("evt_10a");

    assertThat(history.whole(object, 10)).isFalse();
    assertThat(history.whole(object, 11)).isTrue();
    assertThat(history.at(object, 10)).extracting(StripeEvent::id).containsExactly("evt_10b");
  }

  private void keep(String id, String type, long created) {
    assertThat(ledger.keep(event(id, type, created), INTAKE)).isTrue();
  }

  private static StripeEvent event(String id, String type, long created) {
    return TestEvents.event(id, type, "updated", created, new Document("name", "x"), null);
  }

  private void removePayload(String id) {
    MongoCollection<Document> events = MONGO.ledger().getCollection(Ledger.COLLECTION);
    events.updateOne(new Document("_id", id), new Document("$unset", new Document("payload", "")));
  }
}
