package io.driveline.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.driveline.servers.Gate;
import io.driveline.servers.mongodb.EmbeddedMongo;
import io.driveline.servers.rabbitmq.RabbitMQServer;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.core.env.Environment;

/**
 * Posts go on while a store goes away and comes back. Each 200 is found in the queue or in the
 * ledger; in both only where RabbitMQ had a message before it fell silent, and may have kept it.
 */
@EnabledIf("io.driveline.servers.rabbitmq.RabbitMQServer#isInstalled")
class OutagesTest {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int SOME = 30;

  @TempDir static Path folder;
  private static RabbitMQServer rabbit;
  private static EmbeddedMongo mongo;
  private static int mongoPort;
  private static Gate gate;
  private static RunningWebhook webhook;

  /** What a test took out of the queue meanwhile. */
  private Kept taken = Kept.NOTHING;

  @BeforeAll
  static void start() {
    rabbit = new RabbitMQServer(folder);
    rabbit.start();
    startMongo(0);
    mongoPort = mongo.port();
    gate = Gate.to(mongoPort);
    webhook = RunningWebhook.start("mongodb://127.0.0.1:" + gate.port(), rabbit.uri());
  }

  @AfterAll
  static void stop() {
    webhook.close();
    gate.close();
    mongo.close();
    rabbit.close();
  }

  private static void startMongo(int port) {
    mongo = EmbeddedMongo.start(folder.resolve("mongodb"), port);
  }

  @BeforeEach
  void bothStoresTakeEvents() throws Exception {
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              double before = webhook.posts("default", "queued");
              webhook.post(RunningWebhook.event("evt_before"));
              return webhook.posts("default", "queued") > before
                  && breaker().getState() == CircuitBreaker.State.CLOSED;
            });
    kept();
  }

  private static CircuitBreaker breaker() {
    return webhook.context.getBean("queueBreaker", CircuitBreaker.class);
  }

  private static Kept kept() throws Exception {
    return Kept.read(rabbit.uri(), mongo.uri());
  }

  private static int health() {
    return webhook.send(webhook.request("/webhook/v1/health").GET()).statusCode();
  }

  private interface Step {
    void take() throws Exception;
  }

  /** Everything that is posted before, in and after the outage is answered 200, and kept. */
  private Kept isSurvived(String prefix, String meanwhile, Step begin, Step end) throws Exception {
    Posting posting = new Posting(webhook, prefix);
    try (posting) {
      posting.await(SOME, "queued");
      begin.take();
      try {
        posting.await(SOME, meanwhile);
        assertThat(health()).isEqualTo(200);
      } finally {
        end.take();
      }
      posting.await(SOME, "queued");
    }
    assertThat(posting.answers()).extracting(Posting.Answer::status).containsOnly(200);
    Kept kept = kept().after(taken).startingWith(prefix);
    assertThat(kept.all()).isEqualTo(posting.answered(200));
    assertThat(kept.inQueue()).doesNotHaveDuplicates();
    return kept;
  }

  @Test
  void takesEventsWhileRabbitMQIsStopped() throws Exception {
    isSurvived("evt_stop", "ledger", () -> rabbit.ctl("stop_app"), () -> rabbit.ctl("start_app"));
  }

  @Test
  void takesEventsWhileRabbitMQLacksMemory() throws Exception {
    isSurvived(
        "evt_memory",
        "ledger",
        () -> rabbit.ctl("set_vm_memory_high_watermark", "absolute", "1"),
        () -> rabbit.ctl("set_vm_memory_high_watermark", "0.4"));
  }

  @Test
  void takesEventsWhileRabbitMQLacksDisk() throws Exception {
    isSurvived(
        "evt_disk",
        "ledger",
        () -> rabbit.ctl("set_disk_free_limit", "1000000GB"),
        () -> rabbit.ctl("set_disk_free_limit", "50MB"));
  }

  @Test
  void takesEventsWhileRabbitMQIsSilent() throws Exception {
    isSurvived("evt_silent", "ledger", rabbit::suspend, rabbit::resume);
  }

  @Test
  void takesEventsWhileTheQueueRefusesThem() throws Exception {
    Kept kept =
        isSurvived(
            "evt_nack",
            "ledger",
            () -> limitQueue(10),
            () -> {
              // Raised, not lifted: RabbitMQ 3.10 goes on refusing a channel whose limit is gone.
              limitQueue(1_000_000);
              taken = new Kept(Kept.take(rabbit.uri(), 10), List.of());
            });

    // A refusal is an answer: what is in the ledger is not in the queue as well.
    assertThat(kept.inLedger()).doesNotContainAnyElementsOf(kept.inQueue());
  }

  private static void limitQueue(int length) {
    rabbit.ctl(
        "set_policy",
        "limit",
        "^worker_queue_v1$",
        "{\"max-length\":" + length + "}",
        "--apply-to",
        "queues");
  }

  @Test
  void doesNotNoticeThatMongodbIsAway() throws Exception {
    double inLedger = webhook.posts("default", "ledger");

    Kept kept =
        isSurvived("evt_no_mongo", "queued", () -> mongo.close(), () -> startMongo(mongoPort));

    assertThat(webhook.posts("default", "ledger")).isEqualTo(inLedger);
    assertThat(kept.inLedger()).isEmpty();
  }

  @Test
  void answers503WhileBothAreAwayAndKeepsEveryOther() throws Exception {
    assertRefusedMeanwhile(
        "evt_none",
        () -> {
          rabbit.ctl("stop_app");
          mongo.close();
        },
        () -> {
          startMongo(mongoPort);
          rabbit.ctl("start_app");
        });
  }

  @Test
  void answers503WhileBothAreSilentAndKeepsEveryOther() throws Exception {
    assertRefusedMeanwhile(
        "evt_mute",
        () -> {
          gate.hold("evt_mute");
          rabbit.suspend();
        },
        () -> {
          rabbit.resume();
          gate.release();
        });
  }

  private static void assertRefusedMeanwhile(String prefix, Step begin, Step end) throws Exception {
    Posting posting = new Posting(webhook, prefix);
    try (posting) {
      posting.await(SOME, "queued");
      begin.take();
      try {
        posting.await(SOME, "not-kept");
      } finally {
        end.take();
      }
      posting.await(SOME, "queued");
    }
    assertThat(posting.answers())
        .allSatisfy(answer -> assertThat(answer.status() == 200 || answer.retryAfter()).isTrue())
        .extracting(Posting.Answer::status)
        .containsOnly(200, 503);
    List<String> answered = posting.answered(200);
    // A 503 promises nothing: RabbitMQ may have kept what it did not confirm.
    assertThat(kept().startingWith(prefix).all()).containsAll(answered);
  }

  /**
   * One way after the other, and at most both: RabbitMQ's confirm, and one operation of MongoDB.
   */
  @Test
  void boundsBothWaysTogetherByTwoSeconds() {
    Environment settings = webhook.context.getEnvironment();
    Duration confirm = settings.getProperty("driveline.rabbitmq.confirm-timeout", Duration.class);
    Duration mongodb = settings.getProperty("driveline.mongodb.timeout", Duration.class);

    assertThat(confirm.plus(mongodb)).isLessThan(RunningWebhook.PROMPTLY);
  }

  @Test
  void asksRabbitMQAfterAllWhenTheBreakerIsOpenAndTheLedgerIsAway() throws Exception {
    mongo.close();
    breaker().transitionToForcedOpenState();
    try {
      double queued = webhook.posts("default", "queued");

      assertThat(webhook.post(RunningWebhook.event("evt_after_all")).statusCode()).isEqualTo(200);

      assertThat(webhook.posts("default", "queued")).isEqualTo(queued + 1);
    } finally {
      breaker().transitionToClosedState();
      startMongo(mongoPort);
    }
    assertThat(kept().inQueue()).contains("evt_after_all");
  }

  @Test
  void isReadyAgainWithRabbitMQAloneThoughNobodyPostsMeanwhile() {
    mongo.close();
    try {
      breaker().transitionToOpenState();

      await().atMost(PATIENCE).until(() -> health() == 200);
    } finally {
      startMongo(mongoPort);
    }
  }
}
