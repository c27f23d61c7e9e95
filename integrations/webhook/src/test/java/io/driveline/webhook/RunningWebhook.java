package io.driveline.webhook;

import com.stripe.net.Webhook;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;

/** The app as it starts in production, on ports of its own, and what its callers do with it. */
final class RunningWebhook implements AutoCloseable {

  static final String SECRET = "whsec_first";
  static final String ROLLED = "whsec_second";
  static final String CONNECT = "whsec_connect";
  static final String TRIAL = "whsec_trial";
  static final String PATH = "/webhook/v1/stripe";

  /** What Stripe itself would wait is longer; this is what a promise of ours is. */
  static final Duration PROMPTLY = Duration.ofSeconds(2);

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  final ConfigurableApplicationContext context;
  final int port;

  private RunningWebhook(ConfigurableApplicationContext context) {
    this.context = context;
    this.port = ((ServletWebServerApplicationContext) context).getWebServer().getPort();
  }

  static RunningWebhook start(String mongodbUri, String rabbitmqUri, String... more) {
    return start(List.of(), mongodbUri, rabbitmqUri, more);
  }

  /** With somebody who is told of the steps of the start. */
  static RunningWebhook start(
      List<ApplicationListener<?>> listeners,
      String mongodbUri,
      String rabbitmqUri,
      String... more) {
    List<String> args = new ArrayList<>();
    args.add("--driveline.mongodb.uri=" + mongodbUri);
    args.add("--driveline.rabbitmq.uri=" + rabbitmqUri);
    args.add("--driveline.address=127.0.0.1");
    args.add("--driveline.webhook.port=0");
    args.add("--driveline.management.port=0");
    args.add("--driveline.webhook.secrets=" + SECRET + "," + ROLLED);
    args.add("--driveline.webhook.secrets.connect=" + CONNECT);
    args.add("--driveline.webhook.secrets.trial=" + TRIAL);
    args.add("--driveline.webhook.test-endpoints=trial");
    for (String setting : more) {
      args.add("--driveline." + setting);
    }
    return new RunningWebhook(
        new SpringApplicationBuilder(WebhookApplication.class)
            .properties(WebhookApplication.CONFIG_NAME)
            .listeners(listeners.toArray(ApplicationListener[]::new))
            .run(args.toArray(String[]::new)));
  }

  /** A header as Stripe's own SDK computes it. */
  static String signature(String body, String secret, Instant at) {
    try {
      return "t="
          + at.getEpochSecond()
          + ",v1="
          + Webhook.Util.computeHmacSha256(secret, at.getEpochSecond() + "." + body);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static String event(String id) {
    return event(id, true);
  }

  static String event(String id, boolean livemode) {
    return """
        {"id":"%s","object":"event","type":"customer.updated","created":1700000000,
         "livemode":%s,"api_version":"2025-09-30.clover",
         "data":{"object":{"id":"cus_1","object":"customer","name":"Zoë"}}}"""
        .formatted(id, livemode);
  }

  HttpResponse<String> post(String body) {
    return post(PATH, body, signature(body, SECRET, Instant.now()));
  }

  HttpResponse<String> post(String path, String body, String... signatures) {
    HttpRequest.Builder request =
        request(path).POST(HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8));
    for (String signature : signatures) {
      request.header("Stripe-Signature", signature);
    }
    return send(request.header("Content-Type", "application/json; charset=utf-8"));
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .timeout(Duration.ofSeconds(20));
  }

  HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** A connection of which the test says every byte. */
  Socket socket() throws IOException {
    Socket socket = new Socket("127.0.0.1", port);
    socket.setSoTimeout(20_000);
    return socket;
  }

  double posts(String endpoint, String outcome) {
    return context
        .getBean(MeterRegistry.class)
        .counter("driveline.webhook.posts", "endpoint", endpoint, "outcome", outcome)
        .count();
  }

  @Override
  public void close() {
    context.close();
  }
}
