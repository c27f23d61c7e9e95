package io.driveline.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.driveline.servers.mongodb.EmbeddedMongo;
import io.driveline.servers.rabbitmq.EmbeddedBroker;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many slow clients with large bodies against the app with the heap of its 512 MiB pod. By default
 * they stay for ten seconds; {@code -Ddriveline.flood.seconds=60} and {@code
 * -Ddriveline.flood.clients=2000} set it; with {@code -Ddriveline.flood.warm-up=0} the first posts
 * that the JVM ever sees are the flood.
 */
@Timeout(300)
class FloodTest {

  private static final int CLIENTS = Integer.getInteger("driveline.flood.clients", 2000);
  private static final int SECONDS = Integer.getInteger("driveline.flood.seconds", 10);
  private static final String HEAP = System.getProperty("driveline.flood.heap", "224m");

  private static final int WARM_UP = Integer.getInteger("driveline.flood.warm-up", 300);
  private static final int BODY = 1024 * 1024;
  private static final byte[] DRIP = new byte[8 * 1024];
  private static final long DRIP_MILLIS = 250;
  private static final long PAUSE_MILLIS = 1000;

  @TempDir static Path folder;

  private final HttpClient http = HttpClient.newHttpClient();
  private long slowest;

  @Test
  void staysAliveAndAnswersInTimeAndIsWellAfterwards() throws Exception {
    try (EmbeddedMongo mongo = EmbeddedMongo.start(null, 0);
        EmbeddedBroker broker = EmbeddedBroker.start(0);
        WebhookProcess webhook =
            WebhookProcess.start(
                folder,
                HEAP,
                Map.of(
                    "DRIVELINE_MONGODB_URI", mongo.uri(),
                    "DRIVELINE_RABBITMQ_URI", broker.uri(),
                    "DRIVELINE_WEBHOOK_SECRETS", RunningWebhook.SECRET));
        ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      await().atMost(Duration.ofMinutes(2)).until(() -> isHealthy(webhook));
      for (int i = 0; i < WARM_UP; i++) {
        answers(webhook, 200); // a JVM that has just started is slow by itself
      }

      Map<Integer, Integer> during = flood(webhook, clients);
      System.out.printf(
          "Flood of %d clients for %d s: answers %s, slowest %d ms%n",
          CLIENTS, SECONDS, during, TimeUnit.NANOSECONDS.toMillis(slowest));

      assertThat(during.keySet()).isSubsetOf(200, 503);
      await().atMost(Duration.ofSeconds(15)).until(() -> answers(webhook, 200));
      for (int i = 0; i < 50; i++) {
        assertThat(post(webhook.port).statusCode()).isEqualTo(200);
      }
      assertThat(webhook.process.isAlive()).isTrue();
      assertThat(webhook.told()).doesNotContain("OutOfMemoryError");
    }
  }

  /** How often signed posts were answered how, meanwhile. */
  private Map<Integer, Integer> flood(WebhookProcess webhook, ExecutorService clients)
      throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    try {
      AtomicInteger opened = new AtomicInteger();
      for (int i = 0; i < CLIENTS; i++) {
        clients.execute(() -> slowly(webhook.port, over, opened));
      }
      await().atMost(Duration.ofSeconds(30)).until(() -> opened.get() >= CLIENTS);
      Map<Integer, Integer> answers = new TreeMap<>();
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
      do {
        // Fails with an exception where the answer takes longer than two seconds.
        long begun = System.nanoTime();
        answers.merge(post(webhook.port).statusCode(), 1, Integer::sum);
        slowest = Math.max(slowest, System.nanoTime() - begun);
      } while (System.nanoTime() < end);
      return answers;
    } finally {
      over.countDown();
    }
  }

  private boolean isHealthy(WebhookProcess webhook) throws InterruptedException {
    assertThat(webhook.process.isAlive()).isTrue();
    try {
      return http.send(
                  HttpRequest.newBuilder(
                          URI.create("http://127.0.0.1:" + webhook.port + "/webhook/v1/health"))
                      .build(),
                  HttpResponse.BodyHandlers.discarding())
              .statusCode()
          == 200;
    } catch (IOException e) {
      return false; // not yet
    }
  }

  private boolean answers(WebhookProcess webhook, int status) throws InterruptedException {
    assertThat(webhook.process.isAlive()).isTrue();
    try {
      return post(webhook.port).statusCode() == status;
    } catch (IOException e) {
      return false; // not yet
    }
  }

  private HttpResponse<String> post(int port) throws IOException, InterruptedException {
    String body = RunningWebhook.event("evt_flood");
    return http.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + RunningWebhook.PATH))
            .timeout(RunningWebhook.PROMPTLY)
            .header(
                "Stripe-Signature",
                RunningWebhook.signature(body, RunningWebhook.SECRET, Instant.now()))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** Comes back whenever it is thrown out. */
  private static void slowly(int port, CountDownLatch over, AtomicInteger opened) {
    boolean counted = false;
    while (over.getCount() > 0) {
      try (Socket socket = new Socket("127.0.0.1", port)) {
        OutputStream out = socket.getOutputStream();
        out.write(
            ("POST /webhook/v1/stripe HTTP/1.1\r\nHost: localhost\r\nStripe-Signature: t=1,v1=00"
                    + "\r\nContent-Length: "
                    + BODY
                    + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        if (!counted) {
          counted = true;
          opened.incrementAndGet();
        }
        for (int sent = 0; sent < BODY; sent += DRIP.length) {
          out.write(DRIP);
          if (over.await(DRIP_MILLIS, TimeUnit.MILLISECONDS)) {
            return;
          }
        }
      } catch (IOException e) {
        // thrown out
      } catch (InterruptedException e) {
        return;
      }
      try {
        over.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        return;
      }
    }
  }
}
