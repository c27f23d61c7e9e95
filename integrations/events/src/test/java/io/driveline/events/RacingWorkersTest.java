package io.driveline.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.MongoCommandException;
import com.mongodb.MongoWriteException;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.ReplaceOptions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Workers that race for one object, over a server. */
class RacingWorkersTest {

  private static final long SECOND = 1000;
  private static final Intake INTAKE = new Intake("ep", "s", Instant.EPOCH, false);

  @RegisterExtension static final MongoOfTests MONGO = new MongoOfTests();

  private Ledger ledger;
  private ObjectHistory history;

  @BeforeEach
  void empty() {
    MONGO.ledger().drop();
    MONGO.mirror().drop();
    ledger = new Ledger(MONGO.ledger(), Clock.systemUTC());
    history = new ObjectHistory(MONGO.ledger());
  }

  @RepeatedTest(40)
  void endInTheLastStateOfTheSecond(RepetitionInfo repetition) throws Exception {
    List<StripeEvent> events = new ArrayList<>();
    List<Integer> names = new ArrayList<>(List.of(0, 1, 2, 3, 4, 5));
    Collections.shuffle(names, new Random(repetition.getCurrentRepetition()));
    events.add(customer("evt_before", SECOND - 1, "s0", null));
    for (int i = 0; i < 6; i++) {
      // After three changes it is back where it began: then the second before is needed, too.
      events.add(customer("evt_" + names.get(i), SECOND, "s" + (i + 1) % 3, "s" + i % 3));
    }

    CyclicBarrier together = new CyclicBarrier(events.size());
    try (ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      for (StripeEvent event : events) {
        running.add(
            workers.submit(
                () -> {
                  together.await();
                  claim(event);
                  path(event).run();
                  return null;
                }));
      }
      for (Future<?> worker : running) {
        worker.get();
      }
    }

    Document mirror = store().find(events.getFirst().object());
    assertThat(mirror.getString("name")).isEqualTo("s0");
    Document about = mirror.get(Mirror.ABOUT, Document.class);
    assertThat(about.getBoolean("tied")).isFalse();
    assertThat(about.get("known", Number.class).intValue()).isEqualTo(7);
    String last = "evt_" + Math.max(names.get(2), names.get(5));
    assertThat(about.getString("event")).isEqualTo(last);
  }

  @Test
  void oneThatKnewLessCannotOverwriteOneThatKnewMore() {
    StripeEvent x = customer("evt_x", SECOND, "x", "b");
    StripeEvent a = customer("evt_a", SECOND, "a", "x");
    StripeEvent b = customer("evt_b", SECOND, "b", "a");
    StripeEvent before = customer("evt_0", SECOND - 1, "x", null);
    claim(before);
    claim(x);
    path(x).run();

    claim(a);
    WritePath slow = path(a);
    slow.step(); // its first write is refused
    slow.step(); // it sees x and a, and decides for a
    claim(b);
    path(b).run(); // sees all, decides for x, which is there already
    slow.run();

    assertThat(store().find(x.object()).getString("name")).isEqualTo("x");
  }

  private void claim(StripeEvent event) {
    assertThat(ledger.claim(event, INTAKE, "worker", Duration.ofMinutes(1))).isPresent();
  }

  private WritePath path(StripeEvent event) {
    return new WritePath(store(), WritePath.settlement(history), event);
  }

  private static StripeEvent customer(String id, long created, String name, String before) {
    return TestEvents.event(
        id,
        "customer",
        "updated",
        created,
        new Document("name", name),
        before == null ? null : new Document("name", before));
  }

  private static WritePath.Store store() {
    MongoCollection<Document> customers = MONGO.mirror().getCollection("customer");
    return new WritePath.Store() {
      @Override
      public boolean upsert(Bson filter, Document document) {
        try {
          customers.replaceOne(filter, document, new ReplaceOptions().upsert(true));
          return true;
        } catch (MongoWriteException | MongoCommandException e) {
          assertThat(e.getCode()).isEqualTo(11000);
          return false;
        }
      }

      @Override
      public Document find(ObjectKey object) {
        return customers.find(new Document("_id", object.mirrorId())).first();
      }

      @Override
      public boolean replace(Bson filter, Document document) {
        return customers.replaceOne(filter, document).getMatchedCount() == 1;
      }
    };
  }
}
