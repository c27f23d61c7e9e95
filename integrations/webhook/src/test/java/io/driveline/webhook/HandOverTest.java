package io.driveline.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import io.driveline.events.EventState;
import io.driveline.events.Ledger;
import io.driveline.events.LedgerEntry;
import io.driveline.servers.FreePort;
import io.driveline.servers.mongodb.EmbeddedMongo;
import io.driveline.servers.rabbitmq.RabbitMQServer;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** The way from a 200 to a store, on a real RabbitMQ, through its failures one after the other. */
@EnabledIf("io.driveline.servers.rabbitmq.RabbitMQServer#isInstalled")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class HandOverTest {

  private static final String QUEUE = "worker_queue_v1";
  private static final Duration RESTART = Duration.ofSeconds(60);

  @TempDir static Path folder;
  private static int mongoPort;
  private static EmbeddedMongo mongo;
  private static RabbitMQServer rabbit;
  private static MongoClient client;
  private static Ledger ledger;
  private static RunningWebhook webhook;

  @BeforeAll
  static void start() {
    mongoPort = FreePort.orAny(0);
    rabbit = new RabbitMQServer(folder);
    webhook = RunningWebhook.start("mongodb://127.0.0.1:" + mongoPort, rabbit.uri());
    client = MongoClients.create("mongodb://127.0.0.1:" + mongoPort);
    ledger = new Ledger(client.getDatabase(Ledger.DATABASE), Clock.systemUTC());
  }

  @AfterAll
  static void stop() {
    webhook.close();
    client.close();
    if (mongo != null) {
      mongo.close();
    }
    rabbit.close();
  }

  private interface OnBroker<T> {
    T with(Channel channel) throws IOException;
  }

  private static <T> T broker(OnBroker<T> step) throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri(rabbit.uri());
    try (Connection connection = factory.newConnection();
        Channel channel = connection.createChannel()) {
      return step.with(channel);
    }
  }

  /** The next message; it may take a moment until a queue that was just written has it. */
  private static GetResponse next() throws Exception {
    return broker(
        channel -> await().until(() -> channel.basicGet(QUEUE, true), found -> found != null));
  }

  private static void inLedger(String id) {
    LedgerEntry entry = ledger.find(id).orElseThrow();
    assertThat(entry.state()).isEqualTo(EventState.RECEIVED);
    assertThat(entry.due()).isNotNull();
    assertThat(entry.endpoint()).isEqualTo("default");
    assertThat(entry.secret()).isEqualTo("default#1");
    assertThat(entry.payload()).isEqualTo(RunningWebhook.event(id));
  }

  private static void takenBy(String outcome, String id) {
    double before = webhook.posts("default", outcome);
    assertThat(webhook.post(RunningWebhook.event(id)).statusCode()).isEqualTo(200);
    assertThat(webhook.posts("default", outcome)).isEqualTo(before + 1);
  }

  private static int health() {
    return webhook.send(webhook.request("/webhook/v1/health").GET()).statusCode();
  }

  @Test
  @Order(1)
  void startsWithoutEitherStoreAndSaysSo() {
    webhook.post(RunningWebhook.event("evt_none")); // the first of all is slow by itself
    for (int i = 0; i < 3; i++) {
      // Fails with an exception where the answer takes longer than two seconds.
      HttpResponse<String> answer =
          webhook.send(
              webhook
                  .request(RunningWebhook.PATH)
                  .timeout(RunningWebhook.PROMPTLY)
                  .header(
                      "Stripe-Signature",
                      RunningWebhook.signature(
                          RunningWebhook.event("evt_none"), RunningWebhook.SECRET, Instant.now()))
                  .POST(
                      java.net.http.HttpRequest.BodyPublishers.ofString(
                          RunningWebhook.event("evt_none"))));
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.headers().firstValue("Retry-After")).hasValue("5");
      assertThat(answer.body())
          .isEqualTo("{\"error\":\"the event could not be kept; send it again\"}");
    }
    assertThat(health()).isEqualTo(503);
  }

  @Test
  @Order(2)
  void keepsEventsInTheLedgerWhileThereIsMongodbAlone() {
    mongo = EmbeddedMongo.start(folder.resolve("mongodb"), mongoPort);
    await().until(() -> health() == 200);

    takenBy("ledger", "evt_ledger");
    inLedger("evt_ledger");
  }

  @Test
  @Order(3)
  void takesADuplicateThatTheLedgerHas() {
    takenBy("ledger", "evt_ledger");
  }

  @Test
  @Order(4)
  void handsOverToTheQueueOnceRabbitMQIsThere() throws Exception {
    rabbit.start();
    await()
        .atMost(RESTART)
        .until(
            () -> {
              webhook.post(RunningWebhook.event("evt_first"));
              return webhook.posts("default", "queued") > 0;
            });
    queuesAgain();
    broker(channel -> channel.queuePurge(QUEUE));
    Instant before = Instant.now();
    takenBy("queued", "evt_queue");

    GetResponse message = next();
    assertThat(new String(message.getBody(), StandardCharsets.UTF_8))
        .isEqualTo(RunningWebhook.event("evt_queue"));
    assertThat(message.getEnvelope().getRoutingKey()).isEqualTo("customer.updated");
    assertThat(message.getProps().getMessageId()).isEqualTo("evt_queue");
    assertThat(message.getProps().getContentType()).isEqualTo("application/json");
    assertThat(message.getProps().getDeliveryMode()).isEqualTo(2);
    var headers = message.getProps().getHeaders();
    assertThat(headers.keySet())
        .contains(
            "driveline-endpoint",
            "driveline-secret",
            "driveline-received",
            "driveline-test-on-live")
        .allMatch(name -> name.matches("(driveline-|spring_|x-).*"));
    assertThat(headers.get("driveline-endpoint")).hasToString("default");
    assertThat(headers.get("driveline-secret")).hasToString("default#1");
    assertThat(headers.get("driveline-test-on-live")).isEqualTo(false);
    assertThat((Long) headers.get("driveline-received"))
        .isGreaterThanOrEqualTo(before.toEpochMilli());
    assertThat(ledger.find("evt_queue")).isEqualTo(Optional.empty());
  }

  @Test
  @Order(5)
  void marksTestModeOnALiveEndpointAndNamesTheSecret() throws Exception {
    GetResponse onLive = queued("default", RunningWebhook.PATH, RunningWebhook.ROLLED);
    GetResponse onTest = queued("trial", RunningWebhook.PATH + "/trial", RunningWebhook.TRIAL);

    assertThat(onLive.getProps().getHeaders().get("driveline-test-on-live")).isEqualTo(true);
    assertThat(onLive.getProps().getHeaders().get("driveline-secret")).hasToString("default#2");
    assertThat(onTest.getProps().getHeaders().get("driveline-test-on-live")).isEqualTo(false);
    assertThat(onTest.getProps().getHeaders().get("driveline-secret")).hasToString("trial#1");
  }

  /** A test-mode event, as the queue has it; on a busy machine it may need a second try. */
  private static GetResponse queued(String endpoint, String path, String secret) throws Exception {
    broker(channel -> channel.queuePurge(QUEUE));
    String body = RunningWebhook.event("evt_test", false);
    double before = webhook.posts(endpoint, "queued");
    await()
        .until(
            () -> {
              webhook.post(path, body, RunningWebhook.signature(body, secret, Instant.now()));
              return webhook.posts(endpoint, "queued") > before;
            });
    return next();
  }

  @Test
  @Order(6)
  void keepsInTheLedgerWhatNoQueueTakes() throws Exception {
    broker(channel -> channel.queueUnbind(QUEUE, "driveline.events", "#"));
    takenBy("ledger", "evt_unroutable");
    inLedger("evt_unroutable");

    // The binding is declared again by itself.
    broker(channel -> channel.queuePurge(QUEUE));
    await()
        .until(
            () -> {
              webhook.post(RunningWebhook.event("evt_routable"));
              return broker(channel -> channel.messageCount(QUEUE)) > 0;
            });
  }

  @Test
  @Order(7)
  void keepsInTheLedgerWhatRabbitMQDoesNotTakeForWantOfMemory() {
    rabbit.ctl("set_vm_memory_high_watermark", "0");
    await()
        .atMost(RESTART)
        .until(
            () -> {
              webhook.post(RunningWebhook.event("evt_alarm"));
              return ledger.find("evt_alarm").isPresent();
            });
    takenBy("ledger", "evt_alarmed");
    inLedger("evt_alarmed");

    rabbit.ctl("set_vm_memory_high_watermark", "0.4");
    queuesAgain();
  }

  private static void queuesAgain() {
    double before = webhook.posts("default", "queued");
    await()
        .atMost(RESTART)
        .until(
            () -> {
              assertThat(webhook.post(RunningWebhook.event("evt_again")).statusCode())
                  .isEqualTo(200);
              return webhook.posts("default", "queued") > before;
            });
  }

  @Test
  @Order(8)
  void doesNotWaitForASilentRabbitMQWithOnePostAfterTheOther() {
    CircuitBreaker breaker = webhook.context.getBean("queueBreaker", CircuitBreaker.class);
    assertThat(breaker.getState()).isEqualTo(CircuitBreaker.State.CLOSED);
    rabbit.suspend();
    try {
      await()
          .atMost(RESTART)
          .until(
              () -> {
                takenBy("ledger", "evt_silent");
                return breaker.getState() != CircuitBreaker.State.CLOSED;
              });
      inLedger("evt_silent");
    } finally {
      rabbit.resume();
    }
    queuesAgain();
    assertThat(breaker.getState()).isEqualTo(CircuitBreaker.State.CLOSED);
  }

  @Test
  @Order(9)
  void losesNothingWhenRabbitMQIsKilledAmidPosts() {
    for (int i = 0; i < 40; i++) {
      if (i == 20) {
        rabbit.kill();
      }
      assertThat(webhook.post(RunningWebhook.event("evt_kill_" + i)).statusCode()).isEqualTo(200);
    }
    inLedger("evt_kill_39");
    assertThat(health()).isEqualTo(200);

    rabbit.start();
    queuesAgain();
  }

  @Test
  @Order(10)
  void takesEventsWithoutMongodb() {
    mongo.close();
    mongo = null;
    queuesAgain();
    takenBy("queued", "evt_no_mongo");
    assertThat(health()).isEqualTo(200);
  }
}
