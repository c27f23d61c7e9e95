package io.driveline.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoCredential;
import com.mongodb.MongoSecurityException;
import com.mongodb.MongoTimeoutException;
import com.mongodb.ServerAddress;
import com.mongodb.bulk.BulkWriteError;
import com.mongodb.bulk.BulkWriteResult;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.model.IndexOptions;
import io.driveline.events.Envelope;
import io.driveline.events.EventState;
import io.driveline.events.Intake;
import io.driveline.events.Ledger;
import io.driveline.events.LedgerEntry;
import io.driveline.events.Mirror;
import io.driveline.events.StripeEvent;
import io.driveline.servers.mongodb.EmbeddedMongo;
import io.driveline.servers.rabbitmq.EmbeddedBroker;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.CamelContext;
import org.apache.camel.Message;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.AdviceWith;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.test.spring.junit5.CamelSpringBootTest;
import org.bson.BsonDocument;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.AmqpConnectException;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** What becomes of an event whose step fails; the failing step is put into the real routes. */
@CamelSpringBootTest
@DirtiesContext
@SpringBootTest(
    classes = WorkerApplication.class,
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
    properties = {
      WorkerApplication.CONFIG_NAME,
      "driveline.worker.retry-delay=1",
      "driveline.worker.outage-delay=1",
      "driveline.worker.retry-first=50ms",
      "driveline.worker.sweep-period=100",
      "driveline.worker.max-attempts=5",
      "driveline.grpc.address=127.0.0.1:1"
    })
class WorkerErrorsTest {

  private static EmbeddedMongo mongo;
  private static EmbeddedBroker broker;

  /** Routes and the steps in them that a test may let fail. */
  private static final String[][] FAILING = {
    {"worker-resume-due-events", "find-due-events"},
    {"worker-apply-event", "read-envelope"},
    {"worker-apply-event", "claim-in-ledger"},
    {"worker-mirror-object", "write-mirror"},
    {"worker-publish-change", "changes-exchange"},
    {"worker-park-event", "park-event"},
    {"worker-retry-later", "retry-later"}
  };

  private static final String BEHIND = "mock:behind-the-announcement";

  @Autowired private CamelContext camel;
  @Autowired private ProducerTemplate producer;
  @Autowired private Ledger ledger;

  @DynamicPropertySource
  static void stores(DynamicPropertyRegistry settings) throws Exception {
    mongo = EmbeddedMongo.start(null, 0);
    broker = EmbeddedBroker.start(0);
    settings.add("driveline.mongodb.uri", mongo::uri);
    settings.add("driveline.rabbitmq.uri", broker::uri);
  }

  @BeforeEach
  void putAMockBeforeTheStepsThatFail() throws Exception {
    for (String[] step : FAILING) {
      String mock = "mock:" + step[1];
      if (camel.hasEndpoint(mock) == null) {
        AdviceWith.adviceWith(
            camel, step[0], false, advice -> advice.weaveById(step[1]).before().to(mock));
      }
    }
    if (camel.hasEndpoint(BEHIND) == null) {
      AdviceWith.adviceWith(
          camel,
          "worker-apply-event",
          false,
          advice -> advice.weaveById("to-announce").after().to(BEHIND));
    }
  }

  /** Closes the stores with the application's beans: after its routes, which would miss them. */
  @TestConfiguration(proxyBeanMethods = false)
  static class Stores {

    @Bean
    AutoCloseable stores() {
      return () -> {
        broker.close();
        mongo.close();
      };
    }
  }

  @AfterEach
  void mendEverything() {
    MockEndpoint.resetMocks(camel);
  }

  @Test
  void aPassingFaultIsRetriedInTheRouteAndThenThroughTheLedgerUntilItIsOver() {
    int failing = 4 + 4 + 1; // two turns with three retries each, and one try of the third
    AtomicInteger tries = fail("write-mirror", failing, new IllegalStateException("not now"));

    send("evt_passing");

    LedgerEntry entry = ended("evt_passing");
    assertThat(entry.state()).isEqualTo(EventState.APPLIED);
    assertThat(entry.steps())
        .extracting(step -> step.getString("step"))
        .containsExactly(
            "claim", "retry", "claim", "retry", "claim", "mirror", "announce", "refresh", "finish");
    assertThat(entry.claims()).isEqualTo(3);
    assertThat(tries).hasValue(failing + 1);
  }

  @Test
  void aPermanentFaultIsParkedAtOnceWithItsReason() {
    AtomicInteger tries =
        fail("write-mirror", Integer.MAX_VALUE, new IllegalArgumentException("no such thing"));

    send("evt_permanent");

    LedgerEntry entry = ended("evt_permanent");
    assertThat(entry.state()).isEqualTo(EventState.PARKED);
    assertThat(entry.reason()).contains("no such thing");
    assertThat(tries).hasValue(1);
  }

  @Test
  void anEventThatCouldNotBeAnnouncedIsNotFinishedBeforeItIs() {
    fail("changes-exchange", 4, new IllegalStateException("not now"));

    send("evt_announced");

    LedgerEntry entry = ended("evt_announced");
    assertThat(entry.state()).isEqualTo(EventState.APPLIED);
    assertThat(entry.steps())
        .extracting(step -> step.getString("step"))
        .containsExactly(
            "claim", "mirror", "retry", "claim", "mirror", "announce", "refresh", "finish");
  }

  @Test
  void withoutRabbitmqAnEventIsAppliedAndAnnouncedLater() {
    AtomicInteger tries =
        fail("changes-exchange", 1, new AmqpConnectException("RabbitMQ is away", null));

    send("evt_owing");

    LedgerEntry owing = ledger.find("evt_owing").orElseThrow();
    assertThat(owing.state()).isEqualTo(EventState.APPLIED);
    assertThat(owing.reason()).isEqualTo("its announcement is owed: RabbitMQ is away");
    assertThat(owing.due()).isNotNull();
    LedgerEntry entry = ended("evt_owing");
    assertThat(entry.state()).isEqualTo(EventState.APPLIED);
    assertThat(entry.reason()).isNull();
    assertThat(entry.attempts()).isZero();
    assertThat(entry.steps())
        .extracting(step -> step.getString("step") + " " + step.getString("outcome"))
        .containsExactly(
            "claim claimed",
            "mirror written",
            "announce owed: RabbitMQ is away",
            "refresh left out",
            "finish applied, its announcement is owed",
            "claim claimed",
            "mirror written",
            "announce confirmed",
            "refresh left out",
            "finish applied");
    assertThat(tries).hasValue(2);
  }

  @Test
  void whateverMongodbAnswersToTheSweepItGoesOnWhenThatIsOver() throws Exception {
    AtomicInteger looks =
        fail(
            "find-due-events",
            10,
            new MongoSecurityException(
                MongoCredential.createCredential("driveline", "admin", new char[0]), "not now"));
    await().until(() -> looks.get() > 0);

    StripeEvent event = Envelope.read(body("evt_swept").getBytes(StandardCharsets.UTF_8));
    ledger.keep(event, new Intake("default", "default#1", Instant.now(), false));

    assertThat(ended("evt_swept").state()).isEqualTo(EventState.APPLIED);
    assertThat(looks).hasValueGreaterThan(10);
  }

  @Test
  void anEventThatEndsItsWorkersIsParkedOnceItsClaimsAreUsedUp() throws Exception {
    StripeEvent event = Envelope.read(body("evt_poison").getBytes(StandardCharsets.UTF_8));
    Intake intake = new Intake("default", "default#1", Instant.now(), false);
    // Claims of workers that died, each an hour after the one before and by a clock ahead of ours,
    // so that none of them is due here before the last.
    try (MongoClient client = MongoClients.create(mongo.uri())) {
      for (int i = 1; i <= 5; i++) {
        Ledger later =
            new Ledger(
                client.getDatabase(Ledger.DATABASE),
                Clock.offset(Clock.systemUTC(), Duration.ofHours(i)));
        Duration lease = Duration.ofHours(i < 5 ? 1 : -5);
        assertThat(
                i == 1
                    ? later.claim(event, intake, "dead-worker", lease)
                    : later.claimDue(event, intake, Instant.now(), "dead-worker", lease))
            .isPresent();
      }
    }

    LedgerEntry entry = ended("evt_poison");
    assertThat(entry.state()).isEqualTo(EventState.PARKED);
    assertThat(entry.reason()).contains("claimed 5 times without an end");
    assertThat(entry.unfinished()).isZero();
  }

  @Test
  void aFaultThatNeverPassesIsParkedOnceItsAttemptsAreUsedUp() {
    AtomicInteger tries =
        fail("write-mirror", Integer.MAX_VALUE, new IllegalStateException("never"));

    send("evt_never");

    LedgerEntry entry = ended("evt_never");
    assertThat(entry.state()).isEqualTo(EventState.PARKED);
    assertThat(entry.reason()).isEqualTo("given up after 5 attempts: IllegalStateException: never");
    assertThat(entry.error().getString("digest")).isNotEmpty();
    assertThat(tries).hasValue(5 * 4);
  }

  @Test
  void anOutageWhileAnEventIsPutAsideIsWaitedOutAndItsFirstFailureTold() {
    MongoTimeoutException away = new MongoTimeoutException("MongoDB is away");
    fail("write-mirror", 4, new IllegalStateException("not now"));
    AtomicInteger retries = fail("retry-later", 2, away);

    send("evt_retried_in_an_outage");

    LedgerEntry retried = ended("evt_retried_in_an_outage");
    assertThat(retried.state()).isEqualTo(EventState.APPLIED);
    assertThat(retries).hasValue(3);
    assertThat(retried.steps())
        .extracting(step -> step.getString("outcome"))
        .anyMatch(outcome -> outcome.contains("not now"));

    fail("write-mirror", Integer.MAX_VALUE, new IllegalArgumentException("no such thing"));
    AtomicInteger parks = fail("park-event", 2, away);

    send("evt_parked_in_an_outage");

    assertThat(ended("evt_parked_in_an_outage").reason()).contains("no such thing");
    assertThat(parks).hasValue(3);
  }

  @Test
  void whateverTheLedgerAnswersToAClaimTheEventWaitsAndIsNotLost() {
    AtomicInteger claims =
        fail("read-envelope", 3, new LedgerUnavailableException("authentication failed"));

    send("evt_no_claim");

    assertThat(ended("evt_no_claim").state()).isEqualTo(EventState.APPLIED);
    assertThat(claims).hasValue(4);
  }

  @Test
  void aPassingFaultBeforeTheClaimIsCountedLikeAnyOther() {
    fail("claim-in-ledger", 5, new IllegalStateException("a step of the user's own"));

    send("evt_before_claim");

    LedgerEntry entry = ended("evt_before_claim");
    assertThat(entry.state()).isEqualTo(EventState.APPLIED);
    assertThat(entry.steps())
        .extracting(step -> step.getString("step"))
        .containsExactly("claim", "retry", "claim", "mirror", "announce", "refresh", "finish");
  }

  @Test
  void aPermanentFaultBeforeTheClaimParksTheEventAndNotAnUnreadableMessage() {
    fail("claim-in-ledger", 1, new IllegalArgumentException("a step of the user's own"));

    send("evt_parked_before_claim");

    LedgerEntry entry = ended("evt_parked_before_claim");
    assertThat(entry.state()).isEqualTo(EventState.PARKED);
    assertThat(entry.type()).isEqualTo("customer.updated");
    assertThat(entry.reason()).contains("a step of the user's own");
  }

  @Test
  void aUniqueIndexOfTheUsersIsNotAskedForEver() {
    try (MongoClient client = MongoClients.create(mongo.uri())) {
      client
          .getDatabase(Mirror.DATABASE)
          .getCollection("coupon")
          .createIndex(new Document("name", 1), new IndexOptions().unique(true));
    }
    for (String id : List.of("evt_unique_1", "evt_unique_2")) {
      producer.sendBody(
          "direct:apply-event",
          """
          {"id":"%s","type":"coupon.created","created":1,
           "data":{"object":{"id":"%s","object":"coupon","name":"the same"}}}"""
              .formatted(id, id.replace("evt", "co")));
    }

    assertThat(ended("evt_unique_1").state()).isEqualTo(EventState.APPLIED);
    LedgerEntry refused = ended("evt_unique_2");
    assertThat(refused.state()).isEqualTo(EventState.PARKED);
    assertThat(refused.reason()).contains("unique index");
  }

  @Test
  void aMirrorThatRefusesForAnotherReasonThanItsVersionIsNotAskedForEver() {
    AtomicInteger tries =
        fail(
            "write-mirror",
            4,
            new MongoBulkWriteException(
                BulkWriteResult.unacknowledged(),
                List.of(
                    new BulkWriteError(121, "Document failed validation", new BsonDocument(), 0)),
                null,
                new ServerAddress(),
                Set.of()));

    send("evt_refused");

    LedgerEntry entry = ended("evt_refused");
    assertThat(entry.state()).isEqualTo(EventState.APPLIED);
    assertThat(entry.steps())
        .extracting(step -> step.getString("step"))
        .containsSubsequence("claim", "retry", "claim", "mirror", "finish");
    assertThat(tries).hasValueGreaterThan(4);
  }

  @Test
  void whatComesBehindTheAnnouncementHasTheEventAsStripeSentIt() throws Exception {
    MockEndpoint behind = camel.getEndpoint(BEHIND, MockEndpoint.class);
    behind.expectedMessageCount(1);

    send("evt_own_step");

    behind.assertIsSatisfied();
    Message message = behind.getExchanges().getFirst().getMessage();
    assertThat(message.getBody(String.class)).isEqualTo(body("evt_own_step"));
    assertThat(message.getHeaders())
        .containsOnly(
            Map.entry("DrivelineEventId", "evt_own_step"),
            Map.entry("DrivelineEventType", "customer.updated"));
    assertThat(behind.getExchanges().getFirst().getProperty("DrivelineSuperseded"))
        .isEqualTo(false);
  }

  @Test
  void whatIsPutOffOrParkedLeavesOneLineEachInTheLogWithNothingOfTheEvent() {
    List<String> told =
        Warnings.of(
            Passport.class,
            () -> {
              fail("write-mirror", 4, new IllegalStateException("not now"));
              send("evt_told_retrying");
              ended("evt_told_retrying");
              fail(
                  "write-mirror", Integer.MAX_VALUE, new IllegalArgumentException("no such thing"));
              send("evt_told_parked");
              ended("evt_told_parked");
            });

    assertThat(told)
        .containsExactly(
            "evt_told_retrying failed, 1 of 5 times until it is parked; due again in 0 s:"
                + " IllegalStateException; its passport tells more",
            "evt_told_parked is parked: IllegalArgumentException; its passport tells more");
  }

  /** Lets a step fail so many times; gives the count of its tries. */
  private AtomicInteger fail(String node, int times, Exception failure) {
    AtomicInteger tries = new AtomicInteger();
    camel
        .getEndpoint("mock:" + node, MockEndpoint.class)
        .whenAnyExchangeReceived(
            exchange -> {
              if (tries.incrementAndGet() <= times) {
                throw failure;
              }
            });
    return tries;
  }

  private void send(String event) {
    producer.sendBody("direct:apply-event", body(event).getBytes(StandardCharsets.UTF_8));
  }

  private static String body(String event) {
    return """
        {"id":"%s","type":"customer.updated","created":10,
         "data":{"object":{"id":"cus_%s","object":"customer"}}}"""
        .formatted(event, event);
  }

  private LedgerEntry ended(String event) {
    return await()
        .until(
            () -> ledger.find(event).orElse(null), entry -> entry != null && entry.due() == null);
  }
}
