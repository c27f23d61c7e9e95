package io.driveline.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.driveline.servers.mongodb.EmbeddedMongo;
import io.driveline.servers.rabbitmq.EmbeddedBroker;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LogTest {

  /** Anyone can send them, and as many as they like. */
  @Test
  void saysNothingOfBadPosts() throws Exception {
    try (EmbeddedMongo mongo = EmbeddedMongo.start(null, 0);
        EmbeddedBroker broker = EmbeddedBroker.start(0);
        RunningWebhook webhook =
            RunningWebhook.start(mongo.uri(), broker.uri(), "webhook.body-timeout=1s")) {
      webhook.post(RunningWebhook.event("evt_before"));
      ListAppender<ILoggingEvent> log = new ListAppender<>();
      Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
      log.start();
      root.addAppender(log);
      try {
        for (int i = 0; i < 5; i++) {
          webhook.post(RunningWebhook.PATH, "{}", "t=abc");
          webhook.post("not json");
          webhook.post(RunningWebhook.PATH + "/nobody", "{}");
          webhook.post(" ".repeat(1024 * 1024 + 1));
          webhook.send(webhook.request("/other").GET());
          webhook.send(webhook.request("/webhook/v1/other").GET());
          webhook.send(
              webhook.request(RunningWebhook.PATH).method("BREW", BodyPublishers.noBody()));
          try (Socket socket = webhook.socket()) {
            socket
                .getOutputStream()
                .write(
                    "POST /webhook/v1/stripe HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx"
                        .getBytes(StandardCharsets.US_ASCII));
            if (i == 0) {
              assertThat(socket.getInputStream().read()).isPositive(); // 408
            }
          }
          try (Socket socket = webhook.socket()) {
            socket.getOutputStream().write("GARBAGE\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            socket.getInputStream().readAllBytes();
          }
        }
        for (int i = 0; i < 200; i++) {
          try (Socket socket = webhook.socket()) {
            socket.setSoLinger(true, 0); // a reset, now and then amid the answer
            socket
                .getOutputStream()
                .write(
                    ("POST /webhook/v1/stripe HTTP/1.1\r\nHost: a\r\nContent-Length: "
                            + (i % 2 == 0 ? "9" : "99999999")
                            + "\r\n\r\nx")
                        .getBytes(StandardCharsets.US_ASCII));
            Thread.yield();
          }
        }
        webhook.post(RunningWebhook.event("evt_after"));
      } finally {
        root.detachAppender(log);
      }

      List<String> above =
          log.list.stream()
              .filter(line -> line.getLevel().isGreaterOrEqual(Level.WARN))
              .map(line -> line.getLoggerName() + ": " + line.getFormattedMessage())
              .toList();
      assertThat(above).isEmpty();
      // Tomcat says once that somebody sends what is no HTTP.
      assertThat(log.list).hasSizeLessThan(3);
    }
  }
}
