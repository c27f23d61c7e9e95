package io.driveline.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.driveline.servers.JavaProcess;
import io.driveline.servers.mongodb.EmbeddedMongo;
import io.driveline.servers.rabbitmq.RabbitMQServer;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** SIGTERM for the app in a process of its own, with posts in all stages. */
@EnabledIf("io.driveline.servers.rabbitmq.RabbitMQServer#isInstalled")
class ShutdownTest {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int CLIENTS = 16;

  @TempDir static Path folder;
  private static RabbitMQServer rabbit;
  private static EmbeddedMongo mongo;

  private WebhookProcess webhook;

  @BeforeAll
  static void startStores() {
    rabbit = new RabbitMQServer(folder);
    rabbit.start();
    mongo = EmbeddedMongo.start(null, 0);
  }

  @AfterAll
  static void stopStores() {
    rabbit.close();
    mongo.close();
  }

  @BeforeEach
  void start() throws Exception {
    webhook =
        WebhookProcess.start(
            folder,
            "256m",
            Map.of(
                "DRIVELINE_MONGODB_URI", mongo.uri(),
                "DRIVELINE_RABBITMQ_URI", rabbit.uri(),
                "DRIVELINE_WEBHOOK_SECRETS", RunningWebhook.SECRET));
    try (HttpClient http = HttpClient.newHttpClient()) {
      await()
          .atMost(PATIENCE)
          .ignoreExceptionsInstanceOf(IOException.class)
          .until(() -> post(http, "evt_up") == 200);
    }
    Kept.read(rabbit.uri(), mongo.uri());
  }

  @AfterEach
  void stop() {
    webhook.close();
  }

  /** Begins a post; the app has read its head when this returns. */
  private Socket begin(String body) throws IOException {
    Socket socket = new Socket("127.0.0.1", webhook.port);
    socket.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
    say(
        socket,
        "POST /webhook/v1/stripe HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
            + "Content-Length: "
            + body.getBytes(StandardCharsets.UTF_8).length
            + "\r\nStripe-Signature: "
            + RunningWebhook.signature(body, RunningWebhook.SECRET, Instant.now())
            + "\r\n\r\n");
    assertThat(line(socket)).startsWith("HTTP/1.1 100");
    assertThat(line(socket)).isEmpty();
    return socket;
  }

  private static void say(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String line(Socket socket) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = socket.getInputStream().read(); c >= 0 && c != '\n'; ) {
      line.append((char) c);
      c = socket.getInputStream().read();
    }
    return line.toString().strip();
  }

  @Test
  void answersThePostsWhoseBodiesAreStillComingAndThenEnds() throws Exception {
    String body = RunningWebhook.event("evt_slow");
    try (Socket slow = begin(body);
        Socket stuck = begin(RunningWebhook.event("evt_stuck"))) {
      say(slow, body.substring(0, 20));

      webhook.process.terminate();
      await().atMost(PATIENCE).until(() -> !webhook.listens());
      say(slow, body.substring(20));

      assertThat(line(slow)).isEqualTo("HTTP/1.1 200");
      // It has its ten seconds, shutdown or not.
      assertThat(line(stuck)).isEqualTo("HTTP/1.1 408");
    }
    assertThat(webhook.process.awaitEnd()).isEqualTo(JavaProcess.TERMINATED);
    assertThat(Kept.read(rabbit.uri(), mongo.uri()).all()).contains("evt_slow");
    assertThat(webhook.told()).doesNotContain("Exception");
  }

  @Test
  void answersWhatStillComesOnAConnectionThatWasKeptOpenAndClosesItThen() throws Exception {
    try (Socket kept = new Socket("127.0.0.1", webhook.port)) {
      kept.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
      say(kept, whole("evt_before"));
      assertThat(block(kept)).startsWith("HTTP/1.1 200").doesNotContain("Connection: close");
      assertThat(block(kept)).contains("received");

      webhook.process.terminate();
      await().atMost(PATIENCE).until(() -> !webhook.listens());
      say(kept, whole("evt_after"));

      assertThat(block(kept)).startsWith("HTTP/1.1 200").contains("Connection: close");
      // Up to the end of the connection.
      assertThat(new String(kept.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .contains("received");
    }
    assertThat(webhook.process.awaitEnd()).isEqualTo(JavaProcess.TERMINATED);
    assertThat(Kept.read(rabbit.uri(), mongo.uri()).all()).contains("evt_before", "evt_after");
  }

  private static String whole(String id) {
    String body = RunningWebhook.event(id);
    return "POST /webhook/v1/stripe HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
        + body.getBytes(StandardCharsets.UTF_8).length
        + "\r\nStripe-Signature: "
        + RunningWebhook.signature(body, RunningWebhook.SECRET, Instant.now())
        + "\r\n\r\n"
        + body;
  }

  /** Lines up to an empty one: an answer's head, or its body in chunks. */
  private static String block(Socket socket) throws IOException {
    StringBuilder block = new StringBuilder();
    for (String line = line(socket); !line.isEmpty(); line = line(socket)) {
      block.append(line).append('\n');
    }
    return block.toString();
  }

  @Test
  void keepsWhatItAnsweredAndAnswersWhatItKeptUnderLoad() throws Exception {
    ConcurrentLinkedQueue<String> answered = new ConcurrentLinkedQueue<>();
    AtomicInteger next = new AtomicInteger();
    try (HttpClient http = HttpClient.newHttpClient();
        ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < CLIENTS; i++) {
        clients.execute(
            () -> {
              try {
                for (String id = "evt_load_" + next.incrementAndGet();
                    post(http, id) == 200;
                    id = "evt_load_" + next.incrementAndGet()) {
                  answered.add(id);
                }
              } catch (IOException e) {
                // it is gone
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
      }
      await().atMost(PATIENCE).until(() -> answered.size() >= 500);
      webhook.process.terminate();
    }

    assertThat(webhook.process.awaitEnd()).isEqualTo(JavaProcess.TERMINATED);
    List<String> kept = Kept.read(rabbit.uri(), mongo.uri()).startingWith("evt_load_").all();
    assertThat(answered).containsExactlyInAnyOrderElementsOf(kept);
    assertThat(webhook.told()).doesNotContain("Exception");
  }

  private int post(HttpClient http, String id) throws IOException, InterruptedException {
    String body = RunningWebhook.event(id);
    return http.send(
            HttpRequest.newBuilder(
                    URI.create("http://127.0.0.1:" + webhook.port + RunningWebhook.PATH))
                .header(
                    "Stripe-Signature",
                    RunningWebhook.signature(body, RunningWebhook.SECRET, Instant.now()))
                .timeout(PATIENCE)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }
}
