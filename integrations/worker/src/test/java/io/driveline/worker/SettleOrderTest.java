package io.driveline.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.client.MongoClient;
import io.driveline.events.Fetched;
import io.driveline.events.Json;
import io.driveline.events.Ledger;
import io.driveline.events.LedgerEntry;
import io.driveline.events.Mirror;
import io.driveline.events.Refetch;
import io.driveline.servers.mongodb.EmbeddedMongo;
import io.driveline.servers.rabbitmq.EmbeddedBroker;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.test.spring.junit5.CamelSpringBootTest;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.bean.override.convention.TestBean;

/** Events of one second, through the real routes to the mirror. */
@CamelSpringBootTest
@DirtiesContext
@SpringBootTest(
    classes = WorkerApplication.class,
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
    properties = {WorkerApplication.CONFIG_NAME, "driveline.grpc.address=127.0.0.1:1"})
class SettleOrderTest {

  private static final long SECOND = 1000;

  /** The one object that the Stripe of this test answers for. */
  private static final String FETCHABLE = "cus_fetched";

  private static EmbeddedMongo mongo;
  private static EmbeddedBroker broker;

  @Autowired private ProducerTemplate producer;
  @Autowired private Ledger ledger;
  @Autowired private MongoClient client;
  @Autowired private MeterRegistry meters;
  @TestBean private Refetch refetch;

  @DynamicPropertySource
  static void stores(DynamicPropertyRegistry settings) throws Exception {
    mongo = EmbeddedMongo.start(null, 0);
    broker = EmbeddedBroker.start(0);
    settings.add("driveline.mongodb.uri", mongo::uri);
    settings.add("driveline.rabbitmq.uri", broker::uri);
  }

  /** Closes the stores with the application's beans: after its routes, which would miss them. */
  @TestConfiguration(proxyBeanMethods = false)
  static class Surroundings {

    @Bean
    AutoCloseable stores() {
      return () -> {
        broker.close();
        mongo.close();
      };
    }
  }

  /** Stands for Stripe, to which there is no way yet. */
  static Refetch refetch() {
    return object ->
        object.id().equals(FETCHABLE)
            ? Optional.of(
                new Fetched(
                    new Document("id", FETCHABLE)
                        .append("object", "customer")
                        .append("name", "fetched"),
                    SECOND + 5,
                    "2025-09-30.clover"))
            : Optional.empty();
  }

  @Test
  void theLastOfASecondWinsWhicheverComesLast() {
    send("evt_c", "cus_row", SECOND, "third", "second");
    send("evt_a", "cus_row", SECOND, "first", "none");
    send("evt_b", "cus_row", SECOND, "second", "first");

    Document mirror = mirrored("cus_row");
    assertThat(mirror.getString("name")).isEqualTo("third");
    assertThat(about(mirror).getString("event")).isEqualTo("evt_c");
    assertThat(about(mirror).getBoolean("tied")).isFalse();
    assertThat(outcome("evt_c")).isEqualTo("written");
    assertThat(outcome("evt_b")).isEqualTo("superseded");
    assertThat(entry("evt_b").superseded()).isTrue();
    assertThat(entry("evt_c").superseded()).isFalse();
  }

  @Test
  void anEventOfTheSecondBeforeDecidesWhereASecondBeganAndEnded() {
    double tied = tied();
    send("evt_there", "cus_loop", SECOND, "y", "x");
    send("evt_back", "cus_loop", SECOND, "x", "y");
    assertThat(mirrored("cus_loop").getString("name")).isEqualTo("y");
    assertThat(about(mirrored("cus_loop")).getBoolean("tied")).isTrue();
    assertThat(outcome("evt_back")).isEqualTo("superseded, tied");
    assertThat(tied()).isEqualTo(tied + 1);

    send("evt_before", "cus_loop", SECOND - 7, "x", null);

    assertThat(mirrored("cus_loop").getString("name")).isEqualTo("x");
    assertThat(about(mirrored("cus_loop")).getString("event")).isEqualTo("evt_back");
    assertThat(about(mirrored("cus_loop")).getBoolean("tied")).isFalse();
    assertThat(outcome("evt_before")).isEqualTo("superseded");
  }

  @Test
  void aRepeatedEventChangesNothing() {
    send("evt_once_1", "cus_once", SECOND, "first", "none");
    send("evt_once_2", "cus_once", SECOND, "second", "first");
    Document before = mirrored("cus_once");

    send("evt_once_1", "cus_once", SECOND, "first", "none");

    assertThat(mirrored("cus_once")).isEqualTo(before);
    assertThat(entry("evt_once_1").claims()).isEqualTo(1);
  }

  @Test
  void whatCannotBeToldIsTiedAndTheGreatestIdIsTaken() {
    double tied = tied();
    send("evt_tie_2", "cus_tie", SECOND, "two", null);
    send("evt_tie_1", "cus_tie", SECOND, "one", null);
    send("evt_tie_3", "cus_tie", SECOND, "three", null);

    assertThat(mirrored("cus_tie").getString("name")).isEqualTo("three");
    assertThat(about(mirrored("cus_tie")).getBoolean("tied")).isTrue();
    assertThat(outcome("evt_tie_2")).isEqualTo("written");
    assertThat(outcome("evt_tie_1")).isEqualTo("superseded, tied");
    assertThat(outcome("evt_tie_3")).isEqualTo("written, tied");
    assertThat(tied()).isEqualTo(tied + 2);

    send("evt_tie_4", "cus_tie", SECOND + 1, "four", null);

    assertThat(mirrored("cus_tie").getString("name")).isEqualTo("four");
    assertThat(about(mirrored("cus_tie")).getBoolean("tied")).isFalse();
  }

  @Test
  void whatCannotBeToldIsFetchedOnceWhereStripeAnswers() {
    send("evt_fetch_1", FETCHABLE, SECOND, "one", null);
    send("evt_fetch_2", FETCHABLE, SECOND, "two", null);

    Document mirror = mirrored(FETCHABLE);
    assertThat(mirror.getString("name")).isEqualTo("fetched");
    assertThat(about(mirror).get("version")).isEqualTo(SECOND + 5);
    assertThat(about(mirror)).doesNotContainKey("event");
    assertThat(about(mirror).getBoolean("tied")).isFalse();
    assertThat(entry("evt_fetch_2").superseded()).isTrue();

    send("evt_fetch_3", FETCHABLE, SECOND, "three", null);
    assertThat(mirrored(FETCHABLE)).isEqualTo(mirror);

    send("evt_fetch_4", FETCHABLE, SECOND + 6, "four", null);
    assertThat(mirrored(FETCHABLE).getString("name")).isEqualTo("four");
  }

  @Test
  void manyAtOnceEndInTheLastState() throws Exception {
    int objects = 20;
    int changes = 6;
    List<Runnable> deliveries = new ArrayList<>();
    Random random = new Random(1);
    for (int object = 0; object < objects; object++) {
      List<Integer> names = new ArrayList<>(List.of(0, 1, 2, 3, 4, 5));
      Collections.shuffle(names, random);
      for (int i = 0; i < changes; i++) {
        String event = "evt_race_%d_%d".formatted(object, names.get(i));
        String customer = "cus_race_" + object;
        String before = "s" + (i - 1);
        String after = "s" + i;
        deliveries.add(() -> send(event, customer, SECOND, after, before));
      }
    }
    Collections.shuffle(deliveries, random);
    try (ExecutorService workers = Executors.newFixedThreadPool(8)) {
      List<Future<?>> running = new ArrayList<>(deliveries.stream().map(workers::submit).toList());
      for (Future<?> delivery : running) {
        delivery.get();
      }
    }

    for (int object = 0; object < objects; object++) {
      Document mirror = mirrored("cus_race_" + object);
      assertThat(mirror.getString("name")).isEqualTo("s5");
      assertThat(about(mirror).getBoolean("tied")).isFalse();
    }
  }

  private void send(String event, String customer, long created, String name, String before) {
    Document data =
        new Document(
            "object",
            new Document("id", customer).append("object", "customer").append("name", name));
    if (before != null) {
      data.append("previous_attributes", new Document("name", before));
    }
    producer.sendBody(
        "direct:apply-event",
        Json.write(
                new Document("id", event)
                    .append("type", "customer.updated")
                    .append("created", created)
                    .append("data", data))
            .getBytes(StandardCharsets.UTF_8));
  }

  private LedgerEntry entry(String event) {
    return ledger.find(event).orElseThrow();
  }

  private String outcome(String event) {
    return entry(event).steps().stream()
        .filter(step -> step.getString("step").equals("mirror"))
        .map(step -> step.getString("outcome"))
        .findFirst()
        .orElseThrow();
  }

  private Document mirrored(String id) {
    return client
        .getDatabase(Mirror.DATABASE)
        .getCollection("customer")
        .find(new Document("_id", "platform/test/" + id))
        .first();
  }

  private static Document about(Document mirror) {
    return mirror.get(Mirror.ABOUT, Document.class);
  }

  private double tied() {
    return meters.counter("driveline.mirror.tied", "type", "customer").count();
  }
}
