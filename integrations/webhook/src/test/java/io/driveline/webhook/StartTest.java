package io.driveline.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.web.servlet.context.ServletWebServerInitializedEvent;
import org.springframework.context.ApplicationListener;

class StartTest {

  private static final String NOWHERE = "127.0.0.1:1";

  @Test
  void saysThatItIsStartingUntilItsRoutesAreThere() {
    List<HttpResponse<String>> early = new ArrayList<>();
    ApplicationListener<ServletWebServerInitializedEvent> whenItListens =
        event -> {
          if (event.getApplicationContext().getServerNamespace() == null) {
            int port = event.getWebServer().getPort();
            early.add(send(port, RunningWebhook.PATH, "POST"));
            early.add(send(port, "/webhook/v1/health", "GET"));
          }
        };
    try (RunningWebhook webhook =
        RunningWebhook.start(List.of(whenItListens), "mongodb://" + NOWHERE, "amqp://" + NOWHERE)) {
      assertThat(early)
          .hasSize(2)
          .allSatisfy(
              answer -> {
                assertThat(answer.statusCode()).isEqualTo(503);
                assertThat(answer.headers().firstValue("Retry-After")).hasValue("5");
                assertThat(answer.body())
                    .isEqualTo("{\"error\":\"the webhook is starting; send it again\"}");
              });
      assertThat(send(webhook.port, RunningWebhook.PATH + "/nobody", "POST").statusCode())
          .isEqualTo(404);
      assertThat(send(webhook.port, "/webhook/v1/other", "GET").statusCode()).isEqualTo(404);
    }
  }

  private static HttpResponse<String> send(int port, String path, String method) {
    String body = RunningWebhook.event("evt_early");
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
              .method(method, HttpRequest.BodyPublishers.ofString(body))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
