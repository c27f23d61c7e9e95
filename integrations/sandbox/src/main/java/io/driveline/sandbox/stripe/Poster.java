package io.driveline.sandbox.stripe;

import io.driveline.events.Json;
import io.driveline.events.MalformedEventException;
import io.driveline.stripe.WebhookSignature;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;

/** Posts events to a webhook, signed as Stripe signs them. */
public final class Poster {

  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private final HttpClient client;
  private final URI webhook;
  private final Clock clock;

  /**
   * @param webhook the whole address, with path
   * @param clock for the signature's time
   */
  public Poster(URI webhook, Clock clock) {
    this.client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    this.webhook = webhook;
    this.clock = clock;
  }

  /**
   * What a webhook answered.
   *
   * @param status of HTTP
   * @param reason why it took no event; empty if it did, or gave none
   */
  public record Answer(int status, String reason) {}

  /**
   * Posts one event.
   *
   * @return the status of the answer
   * @throws IOException if there was none
   */
  public int post(SampleEvent event, String secret) throws IOException, InterruptedException {
    return send(event, secret).status();
  }

  /**
   * Posts one event, and gives the whole answer.
   *
   * @throws IOException if there was none
   */
  public Answer send(SampleEvent event, String secret) throws IOException, InterruptedException {
    byte[] body = event.body().getBytes(StandardCharsets.UTF_8);
    HttpRequest request =
        HttpRequest.newBuilder(webhook)
            .timeout(TIMEOUT)
            .header("Content-Type", "application/json; charset=utf-8")
            .header("User-Agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)")
            .header("Stripe-Signature", WebhookSignature.sign(body, secret, clock.instant()))
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    HttpResponse<byte[]> answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
    return new Answer(answer.statusCode(), reason(answer.body()));
  }

  private static String reason(byte[] body) {
    try {
      return Json.read(body).get("error") instanceof String text ? text : "";
    } catch (MalformedEventException e) {
      return ""; // not Driveline's webhook
    }
  }
}
