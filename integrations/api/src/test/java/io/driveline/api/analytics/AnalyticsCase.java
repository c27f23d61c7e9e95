package io.driveline.api.analytics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.rabbitmq.client.GetResponse;
import io.driveline.api.ApiProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.camel.processor.aggregate.AggregateProcessor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Analytics from the queue to the answer, on the real engine; the broker is the subclass's. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class AnalyticsCase {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String PATH = "/api/v1/analytics/revenue";
  private static final String ALL_TIME = "?interval=month";

  private Path home;
  private ClickHouseOfTests clickhouse;
  private FactQueue queue;

  abstract String startBroker(Path home) throws Exception;

  abstract String brokerUri();

  abstract void stopBroker() throws Exception;

  @BeforeAll
  void startServers(@TempDir Path folder) throws Exception {
    home = folder;
    clickhouse = new ClickHouseOfTests(home.resolve("clickhouse"));
    queue = new FactQueue(startBroker(home));
  }

  @AfterAll
  void stopServers() throws Exception {
    if (queue != null) {
      queue.close();
      stopBroker();
    }
    if (clickhouse != null) {
      clickhouse.close();
    }
  }

  @BeforeEach
  void empty() throws Exception {
    clickhouse.start();
    clickhouse.execute("DROP DATABASE IF EXISTS driveline");
  }

  private ApiProcess api(Map<String, String> settings) {
    return AnalyticsApp.start(brokerUri(), clickhouse.url(), settings);
  }

  /** Each row as {@code start currency payments refunds net paymentCount refundCount}. */
  private static List<String> rows(ApiProcess api, String query) {
    ApiProcess.Answer answer = api.get(PATH + query);
    assertThat(answer.status()).isEqualTo(200);
    List<String> rows = new ArrayList<>();
    for (JsonNode row : answer.json().path("data")) {
      rows.add(
          String.join(
              " ",
              row.path("start").asText().substring(0, 13),
              row.path("currency").asText(),
              row.path("payments").asText(),
              row.path("refunds").asText(),
              row.path("net").asText(),
              row.path("paymentCount").asText(),
              row.path("refundCount").asText()));
    }
    return rows;
  }

  /** Whether a batch stands in front of ClickHouse, as the route's own figures tell. */
  private static boolean hasTakenABatch(ApiProcess api) {
    return api.camel()
            .getProcessor("gather-facts", AggregateProcessor.class)
            .getStatistics()
            .getTotalCompleted()
        > 0;
  }

  private void awaitNumber(String sql, long number) {
    await().atMost(PATIENCE).until(() -> clickhouse.number(sql), found -> found == number);
  }

  private void awaitEvents(long number) {
    await().atMost(PATIENCE).until(clickhouse::events, found -> found == number);
  }

  private static String[] customers(String prefix, int number) throws Exception {
    String[] facts = new String[number];
    for (int i = 0; i < number; i++) {
      facts[i] = FactQueue.customer(prefix + i);
    }
    return facts;
  }

  @Test
  void insertsABatchWhenItIsFullAndLeavesTheRestToRabbitMqAtAStop() throws Exception {
    try (ApiProcess _ =
        api(Map.of("driveline.api.facts-batch", "10", "driveline.api.facts-interval", "3600000"))) {
      queue.publish(customers("evt_batch_", 25));
      awaitEvents(20);
    }
    await().atMost(PATIENCE).until(() -> queue.waiting() == 5);
    assertThat(clickhouse.events()).isEqualTo(20);
    try (ApiProcess _ = api(Map.of())) {
      awaitEvents(25);
      await().atMost(PATIENCE).until(() -> queue.waiting() == 0);
    }
    assertThat(queue.waiting()).isZero();
  }

  @Test
  void insertsWhatThereIsWhenTheIntervalIsOver() throws Exception {
    try (ApiProcess _ = api(Map.of())) {
      queue.publish(customers("evt_interval_", 2_500));
      awaitEvents(2_500);
      queue.publish(customers("evt_interval_", 10));
      queue.publish(customers("evt_last_", 1));
      awaitEvents(2_501);
      awaitNumber("SELECT count() FROM driveline.facts FINAL", 2_501);
    }
    assertThat(queue.waiting()).isZero();
  }

  @Test
  void deadLettersWhatIsNoFactAndKeepsTheOthersOfItsBatch() throws Exception {
    try (ApiProcess _ = api(Map.of())) {
      queue.publish(
          FactQueue.customer("evt_before"),
          "{\"eventId\":",
          "{\"eventId\":\"evt_x\",\"type\":\"t\",\"livemode\":1,\"created\":2}",
          FactQueue.customer("evt_after"));
      awaitEvents(2);
      List<String> reasons = new ArrayList<>();
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                GetResponse dead = queue.dead();
                if (dead != null) {
                  reasons.add(String.valueOf(dead.getProps().getHeaders().get("driveline-reason")));
                }
                return reasons.size() == 2;
              });
      assertThat(reasons.get(1)).isEqualTo("livemode is not true or false");
    }
    assertThat(queue.waiting()).isZero();
    assertThat(queue.dead()).isNull();
  }

  @Test
  void waitsWhileClickHouseIsAwayAndGoesOnByItself() throws Exception {
    try (ApiProcess api = api(Map.of())) {
      clickhouse.stop();
      queue.publish(customers("evt_away_", 30));
      await().atMost(PATIENCE).until(() -> hasTakenABatch(api));
      ApiProcess.Answer answer = api.get(PATH);
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.json().path("type").asText()).endsWith(":unavailable");
      clickhouse.start();
      awaitEvents(30);
      assertThat(api.get(PATH).status()).isEqualTo(200);
    }
    assertThat(queue.waiting()).isZero();
    assertThat(queue.dead()).isNull();
  }

  @Test
  void startsAndStopsWithoutClickHouseAndLosesNothing() throws Exception {
    clickhouse.stop();
    try (ApiProcess api = api(Map.of())) {
      queue.publish(customers("evt_without_", 30));
      await().atMost(PATIENCE).until(() -> hasTakenABatch(api));
      assertThat(api.get(PATH).status()).isEqualTo(503);
    } finally {
      clickhouse.start();
    }
    await().atMost(PATIENCE).until(() -> queue.waiting() == 30);
    try (ApiProcess _ = api(Map.of())) {
      awaitEvents(30);
    }
  }

  @Test
  void losesNoFactWhenItIsKilledWhileTheyFlow() throws Exception {
    int published = 0;
    Path log = home.resolve("api.log");
    // Killed before an insert, and between an insert and its ack.
    for (boolean insertsFirst : List.of(false, true)) {
      long before = Math.max(0, clickhouse.events());
      try (InsertGate gate = new InsertGate(clickhouse.url(), 3, insertsFirst)) {
        Process api = AnalyticsApp.launch(brokerUri(), gate.url(), log);
        try {
          // It declares the queue before it looks for ClickHouse.
          awaitNumber("SELECT count() FROM driveline.revenue", 0);
          queue.publish(customers("evt_kill_" + insertsFirst + "_", 1_000));
          published += 1_000;
          assertThat(gate.reached().await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } finally {
          api.destroyForcibly().waitFor();
        }
      }
      assertThat(clickhouse.events() - before).as("the kill came in the midst").isBetween(1L, 999L);
    }
    try (ApiProcess _ = api(Map.of())) {
      awaitEvents(published);
      awaitNumber("SELECT count() FROM driveline.facts FINAL", published);
    }
    assertThat(queue.waiting()).isZero();
  }

  @Test
  void countsEachChargeAndRefundOnceInAnyOrder() throws Exception {
    String charge =
        "{\"id\":\"ch_1\",\"object\":\"charge\",\"created\":1767600000,\"currency\":\"usd\","
            + "\"amount\":4900,\"amount_captured\":%d,\"status\":\"%s\"}";
    String refund =
        "{\"id\":\"%s\",\"object\":\"refund\",\"created\":1769904000,\"currency\":\"usd\","
            + "\"amount\":1900,\"status\":\"%s\"}";
    List<String> facts =
        new ArrayList<>(
            List.of(
                FactQueue.fact(
                    "evt_1",
                    "payment_intent.succeeded",
                    charge.formatted(4900, "succeeded").replace("charge", "payment_intent")),
                FactQueue.fact("evt_2", "charge.pending", charge.formatted(4900, "pending")),
                FactQueue.fact("evt_3", "charge.succeeded", charge.formatted(0, "succeeded")),
                FactQueue.fact("evt_4", "charge.captured", charge.formatted(4900, "succeeded")),
                FactQueue.fact("evt_5", "charge.refunded", charge.formatted(4900, "succeeded")),
                FactQueue.fact(
                    "evt_6",
                    "charge.failed",
                    charge.replace("ch_1", "ch_2").formatted(4900, "failed")),
                FactQueue.fact("evt_7", "refund.created", refund.formatted("re_1", "pending")),
                FactQueue.fact("evt_8", "refund.updated", refund.formatted("re_1", "succeeded")),
                FactQueue.fact("evt_9", "refund.created", refund.formatted("re_2", "pending")),
                FactQueue.fact("evt_10", "refund.failed", refund.formatted("re_2", "failed")),
                FactQueue.fact(
                    "evt_11",
                    "charge.succeeded",
                    charge.replace("ch_1", "ch_3").formatted(700, "succeeded"),
                    "\"account\":\"acct_1\","),
                FactQueue.fact(
                    "evt_12",
                    "charge.succeeded",
                    charge
                        .replace("ch_1", "ch_4")
                        .replace("usd", "eur")
                        .formatted(3_000_000_000L, "succeeded"))));
    facts.addAll(List.copyOf(facts).subList(2, 8));
    Collections.shuffle(facts, new Random(7));
    try (ApiProcess api = api(Map.of())) {
      for (String fact : facts) {
        queue.publish(fact);
      }
      awaitEvents(12);
      assertThat(rows(api, ALL_TIME + "&account=platform&currency=USD"))
          .containsExactly(
              "2026-01-01T00 usd 4900 0 4900 1 0", "2026-02-01T00 usd 0 1900 -1900 0 1");
      assertThat(rows(api, "?interval=week&to=2026-02-01"))
          .containsExactly(
              "2026-01-05T00 eur 3000000000 0 3000000000 1 0",
              "2026-01-05T00 usd 4900 0 4900 1 0",
              "2026-01-05T00 usd 700 0 700 1 0");
      assertThat(rows(api, "?interval=hour&account=acct_1"))
          .containsExactly("2026-01-05T08 usd 700 0 700 1 0");
      assertThat(rows(api, "?from=2026-01-05T08:00:00Z&currency=eur"))
          .containsExactly("2026-01-05T00 eur 3000000000 0 3000000000 1 0");
      assertThat(rows(api, "?from=2026-01-05T08:00:01%2B00:00&currency=eur")).isEmpty();
      assertThat(rows(api, "?livemode=true")).isEmpty();

      queue.publish(facts.toArray(String[]::new));
      queue.publish(FactQueue.customer("evt_end"));
      awaitEvents(13);
      assertThat(rows(api, ALL_TIME + "&account=platform&currency=usd"))
          .containsExactly(
              "2026-01-01T00 usd 4900 0 4900 1 0", "2026-02-01T00 usd 0 1900 -1900 0 1");
      for (String wrong :
          List.of(
              "?from=yesterday",
              "?from=2026-02-01&to=2026-01-01",
              "?interval=year",
              "?currency=us'd",
              "?currency=",
              "?account=",
              "?livemode=1",
              "?form=2026-01-01",
              "?to=2026-01-01&to=2026-02-01")) {
        ApiProcess.Answer answer = api.get(PATH + wrong);
        assertThat(answer.status()).as(wrong).isEqualTo(400);
        assertThat(answer.json().path("status").asInt()).isEqualTo(400);
      }
    }
  }
}
