package io.driveline.system;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.driveline.sandbox.stripe.Poster;
import io.driveline.sandbox.stripe.SampleEvent;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;

/** What users do with a Driveline: post events, ask the API. */
class Client {

  static final String SECRET = "whsec_sandbox";
  static final String KEY = "dk_sandbox_admin";

  private static final Duration TIMEOUT = Duration.ofSeconds(15);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private final URI webhook;
  private final URI api;
  private final String key;

  Client(URI webhook, URI api) {
    this(webhook, api, KEY);
  }

  Client(URI webhook, URI api, String key) {
    this.webhook = webhook;
    this.api = api;
    this.key = key;
  }

  /** Posts an event, signed, and gives the answer's status. */
  int post(SampleEvent event) throws IOException, InterruptedException {
    return post(event, SECRET);
  }

  /** Posts an event, signed with any secret. */
  int post(SampleEvent event, String secret) throws IOException, InterruptedException {
    return new Poster(webhook, Clock.systemUTC()).post(event, secret);
  }

  /** GET from the API with the admin key. */
  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(api.resolve(path)).header("Authorization", "Bearer " + key));
  }

  /** GET without a key, from any port. */
  HttpResponse<String> open(int port, String path) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)));
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return http.send(request.timeout(TIMEOUT).build(), HttpResponse.BodyHandlers.ofString());
  }

  /** The JSON of an answer that must be 200. */
  JsonNode json(String path) throws IOException, InterruptedException {
    HttpResponse<String> answer = get(path);
    if (answer.statusCode() != 200) {
      throw new AssertionError(path + " answered " + answer.statusCode() + ": " + answer.body());
    }
    return JSON.readTree(answer.body());
  }

  /** An event's state; "unseen" while it is not in the ledger, "503" and the like on an error. */
  String state(String eventId) throws IOException, InterruptedException {
    HttpResponse<String> answer = get("/api/v1/events/" + eventId);
    return switch (answer.statusCode()) {
      case 200 -> JSON.readTree(answer.body()).path("state").asText();
      case 404 -> "unseen";
      default -> String.valueOf(answer.statusCode());
    };
  }
}
