package io.driveline.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.driveline.servers.mongodb.EmbeddedMongo;
import io.driveline.servers.rabbitmq.EmbeddedBroker;
import io.driveline.webhook.body.MemoryBudget;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Clients that say every byte themselves, and not as they should. */
class SlowAndBrokenPostsTest {

  private static final int LIMIT = 64 * 1024;

  private static EmbeddedMongo mongo;
  private static EmbeddedBroker broker;
  private static RunningWebhook webhook;

  @BeforeAll
  static void start() {
    mongo = EmbeddedMongo.start(null, 0);
    broker = EmbeddedBroker.start(0);
    webhook =
        RunningWebhook.start(
            mongo.uri(),
            broker.uri(),
            "webhook.max-body=" + LIMIT + "B",
            "webhook.memory=" + 8 * LIMIT + "B",
            "webhook.body-timeout=2s");
  }

  @AfterAll
  static void stop() throws Exception {
    webhook.close();
    broker.close();
    mongo.close();
  }

  @AfterEach
  void nothingStaysReserved() {
    await()
        .untilAsserted(
            () -> assertThat(webhook.context.getBean(MemoryBudget.class).used()).isZero());
  }

  private static String head(String... headers) {
    return "POST /webhook/v1/stripe HTTP/1.1\r\nHost: localhost\r\n"
        + String.join("\r\n", headers)
        + "\r\n\r\n";
  }

  private static void say(Socket socket, String text) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  /** The first line of the answer. */
  private static String answer(Socket socket) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = socket.getInputStream().read();
        b >= 0 && b != '\r';
        b = socket.getInputStream().read()) {
      line.write(b);
    }
    return line.toString(StandardCharsets.US_ASCII).strip();
  }

  @Test
  void refusesAnAnnouncedBodyOverTheLimitWithoutItsComing() throws Exception {
    for (String length : List.of("65537", "10000000000")) {
      try (Socket socket = webhook.socket()) {
        say(socket, head("Content-Length: " + length));
        assertThat(answer(socket)).isEqualTo("HTTP/1.1 413");
      }
    }
  }

  @Test
  void refusesAChunkedBodyAsSoonAsItIsOverTheLimit() throws Exception {
    try (Socket socket = webhook.socket()) {
      say(socket, head("Transfer-Encoding: chunked"));
      say(socket, "ffffff\r\n" + "x".repeat(LIMIT + 1));
      assertThat(answer(socket)).isEqualTo("HTTP/1.1 413");
    }
  }

  @Test
  void takesAChunkedBody() throws Exception {
    String body = RunningWebhook.event("evt_chunked").replace("Zoë", "Zoe");
    try (Socket socket = webhook.socket()) {
      say(
          socket,
          head(
              "Transfer-Encoding: chunked",
              "Stripe-Signature: "
                  + RunningWebhook.signature(body, RunningWebhook.SECRET, Instant.now())));
      for (String part : body.split("(?<=,)")) {
        say(socket, Integer.toHexString(part.length()) + "\r\n" + part + "\r\n");
      }
      say(socket, "0\r\n\r\n");
      assertThat(answer(socket)).isEqualTo("HTTP/1.1 200");
    }
  }

  @Test
  void refusesABodyThatDripsInForLongerThanItMay() throws Exception {
    try (Socket socket = webhook.socket()) {
      say(socket, head("Content-Length: 1000"));
      Thread drip =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      while (true) {
                        say(socket, "x");
                        Thread.sleep(50);
                      }
                    } catch (IOException | InterruptedException e) {
                      // answered
                    }
                  });
      assertThat(answer(socket)).isEqualTo("HTTP/1.1 408");
      drip.interrupt();
    }
  }

  @Test
  void refusesABodyThatStops() throws Exception {
    try (Socket socket = webhook.socket()) {
      say(socket, head("Content-Length: 1000") + "{");
      assertThat(answer(socket)).isEqualTo("HTTP/1.1 408");
    }
  }

  @Test
  void takesABodyFromAClientThatClosesItsHalf() throws Exception {
    String body = RunningWebhook.event("evt_half");
    try (Socket socket = webhook.socket()) {
      say(
          socket,
          head(
                  "Content-Length: " + body.getBytes(StandardCharsets.UTF_8).length,
                  "Stripe-Signature: "
                      + RunningWebhook.signature(body, RunningWebhook.SECRET, Instant.now()))
              + body);
      socket.shutdownOutput();
      assertThat(answer(socket)).isEqualTo("HTTP/1.1 200");
    }
  }

  @Test
  void outlivesClientsThatGoAwayAmidTheirBody() throws Exception {
    for (int i = 0; i < 50; i++) {
      try (Socket socket = webhook.socket()) {
        say(socket, head("Content-Length: 50000") + "x".repeat(20_000));
      }
    }
    await().until(() -> webhook.context.getBean(MemoryBudget.class).used() == 0);
    assertThat(webhook.post(RunningWebhook.event("evt_outlived")).statusCode()).isEqualTo(200);
  }

  @Test
  void refusesPostsWhileTheOthersTakeUpTheMemoryAndTakesThemAfterwards() throws Exception {
    // Anew with each look: a slow client has its time, after which it holds no memory any more.
    await().until(() -> refusedAmidSlowClients(RunningWebhook.event("evt_crowded")));
    await().until(() -> webhook.post(RunningWebhook.event("evt_crowded")).statusCode() == 200);
  }

  private static boolean refusedAmidSlowClients(String event) throws Exception {
    List<Socket> slow = new ArrayList<>();
    try {
      for (int i = 0; i < 12; i++) {
        Socket socket = webhook.socket();
        slow.add(socket);
        say(socket, head("Content-Length: 60000") + "x".repeat(1000));
      }
      var answer = webhook.post(event);
      return answer.statusCode() == 503 && answer.headers().firstValue("Retry-After").isPresent();
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
    }
  }

  @Test
  void answersWhatIsNoHttpWithoutShowingIt() throws Exception {
    for (String request :
        List.of(
            "G@RBAGE /echo HTTP/1.1\r\nHost: a\r\n\r\n",
            "POST /webhook/v1/stripe HTTP/1.1\r\nHost: a\r\nX: " + "echo".repeat(5000) + "\r\n\r\n",
            "POST /webhook%2Fv1/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
            head("Content-Length: echo"),
            head("Content-Length: 3", "Content-Length: 4") + "echo")) {
      try (Socket socket = webhook.socket()) {
        say(socket, request);
        socket.shutdownOutput();
        String answer =
            new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        assertThat(answer).startsWith("HTTP/1.1 400").contains("{\"error\":\"Bad Request\"}");
        assertThat(answer).doesNotContain("echo", "Tomcat");
      }
    }
  }
}
