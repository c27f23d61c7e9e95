package io.driveline.webhook;

import static org.awaitility.Awaitility.await;

import io.driveline.servers.mongodb.EmbeddedMongo;
import io.driveline.servers.rabbitmq.RabbitMQServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * No test, but a measurement: how long posts take at a steady rate, with RabbitMQ there and after
 * it was stopped. It asserts nothing, since its figures are the machine's as well.
 *
 * <pre>
 * mvn -pl integrations/webhook -am test -Dtest=IntakeLoad -Dsurefire.failIfNoSpecifiedTests=false
 *   -Ddriveline.load.rate=200 -Ddriveline.load.seconds=20</pre>
 */
class IntakeLoad {

  private static final int RATE = Integer.getInteger("driveline.load.rate", 200);
  private static final int SECONDS = Integer.getInteger("driveline.load.seconds", 20);
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir static Path folder;

  private final HttpClient http = HttpClient.newHttpClient();

  /** Measured from when a post was due, so that a late answer also counts for those behind it. */
  private record Sample(long dueNanos, long tookNanos, int status) {}

  @Test
  void measuresPostsWithRabbitMQAndWithoutIt() throws Exception {
    RabbitMQServer rabbit = new RabbitMQServer(folder);
    rabbit.start();
    try (rabbit;
        EmbeddedMongo mongo = EmbeddedMongo.start(folder.resolve("mongodb"), 0);
        WebhookProcess webhook =
            WebhookProcess.start(
                folder,
                "256m",
                Map.of(
                    "DRIVELINE_MONGODB_URI", mongo.uri(),
                    "DRIVELINE_RABBITMQ_URI", rabbit.uri(),
                    "DRIVELINE_WEBHOOK_SECRETS", RunningWebhook.SECRET))) {
      await()
          .atMost(PATIENCE)
          .ignoreExceptionsInstanceOf(IOException.class)
          .until(() -> http.send(post(webhook.port, "evt_up"), discarding()).statusCode() == 200);
      run(webhook.port, "warm");
      print("RabbitMQ is there", run(webhook.port, "there"));
      rabbit.ctl("stop_app");
      List<Sample> away = run(webhook.port, "away");
      print("RabbitMQ is stopped, its first second", away, 0, 1);
      print("RabbitMQ is stopped, after that", away, 1, SECONDS);
      rabbit.ctl("start_app");
      run(webhook.port, "back");
      rabbit.suspend();
      List<Sample> silent = run(webhook.port, "silent");
      rabbit.resume();
      print("RabbitMQ is silent, its first two seconds", silent, 0, 2);
      print("RabbitMQ is silent, after that", silent, 2, SECONDS);
    }
  }

  private List<Sample> run(int port, String name) {
    List<CompletableFuture<Sample>> sent = new ArrayList<>();
    long start = System.nanoTime();
    long gap = TimeUnit.SECONDS.toNanos(1) / RATE;
    for (int i = 0; i < RATE * SECONDS; i++) {
      long due = start + i * gap;
      while (System.nanoTime() < due) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
      sent.add(
          http.sendAsync(post(port, "evt_" + name + i), discarding())
              .handle(
                  (answer, failure) ->
                      new Sample(
                          due - start,
                          System.nanoTime() - due,
                          failure == null ? answer.statusCode() : 0)));
    }
    return sent.stream().map(CompletableFuture::join).toList();
  }

  private static HttpResponse.BodyHandler<Void> discarding() {
    return HttpResponse.BodyHandlers.discarding();
  }

  private static HttpRequest post(int port, String id) {
    String body = RunningWebhook.event(id);
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + RunningWebhook.PATH))
        .header(
            "Stripe-Signature",
            RunningWebhook.signature(body, RunningWebhook.SECRET, Instant.now()))
        .POST(HttpRequest.BodyPublishers.ofString(body))
        .build();
  }

  private static void print(String what, List<Sample> samples) {
    print(what, samples, 0, SECONDS);
  }

  private static void print(String what, List<Sample> samples, int fromSecond, int toSecond) {
    Map<Integer, Integer> statuses = new TreeMap<>();
    long[] took =
        samples.stream()
            .filter(sample -> sample.dueNanos() >= TimeUnit.SECONDS.toNanos(fromSecond))
            .filter(sample -> sample.dueNanos() < TimeUnit.SECONDS.toNanos(toSecond))
            .peek(sample -> statuses.merge(sample.status(), 1, Integer::sum))
            .mapToLong(Sample::tookNanos)
            .sorted()
            .toArray();
    System.out.printf(
        Locale.ROOT,
        "%-42s %d/s: p50 %.1f ms, p99 %.1f ms, most %.1f ms; answers %s%n",
        what,
        RATE,
        took[took.length / 2] / 1e6,
        took[took.length * 99 / 100] / 1e6,
        took[took.length - 1] / 1e6,
        statuses);
  }
}
