package io.driveline.system;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.driveline.sandbox.RunningSandbox;
import io.driveline.sandbox.StartException;
import io.driveline.sandbox.UpOptions;
import io.driveline.sandbox.stripe.Poster;
import io.driveline.sandbox.stripe.SampleEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.ThreadLocalRandom;

/** A sandbox on ports of its own, and what its users do with it. */
final class Driveline implements AutoCloseable {

  static final String SECRET = "whsec_sandbox";
  static final String KEY = "dk_sandbox_admin";

  private static final int TRIES = 20;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final RunningSandbox sandbox;
  private final ByteArrayOutputStream told;
  private final HttpClient http = HttpClient.newHttpClient();

  private Driveline(RunningSandbox sandbox, ByteArrayOutputStream told) {
    this.sandbox = sandbox;
    this.told = told;
  }

  /** One with the given stores; null for an embedded one each. */
  static Driveline start(Path routes, String mongodb, String rabbitmq, String redis)
      throws StartException {
    ByteArrayOutputStream told = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(told, true, StandardCharsets.UTF_8);
    for (int tries = 1; ; tries++) {
      int offset = ThreadLocalRandom.current().nextInt(1_000, 9_000);
      try {
        return new Driveline(
            RunningSandbox.start(
                new UpOptions(false, null, routes, offset, mongodb, rabbitmq, redis, null), out),
            told);
      } catch (StartException e) {
        // A port of this offset may be taken; anything else is no matter of chance.
        if (tries == TRIES || !e.getMessage().contains("is taken")) {
          throw e;
        }
      }
    }
  }

  RunningSandbox sandbox() {
    return sandbox;
  }

  /** What the sandbox has printed. */
  String told() {
    return told.toString(StandardCharsets.UTF_8);
  }

  /** Posts an event, signed, and gives the answer's status. */
  int post(SampleEvent event) throws IOException, InterruptedException {
    return new Poster(sandbox.webhook(), Clock.systemUTC()).post(event, SECRET);
  }

  /** GET with the admin key. */
  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(sandbox.api().resolve(path))
            .header("Authorization", "Bearer " + KEY)
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** GET without a key, from any of its ports. */
  HttpResponse<String> open(int port, String path) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** The JSON of an answer that must be 200. */
  JsonNode json(String path) throws IOException, InterruptedException {
    HttpResponse<String> answer = get(path);
    if (answer.statusCode() != 200) {
      throw new AssertionError(path + " answered " + answer.statusCode() + ": " + answer.body());
    }
    return JSON.readTree(answer.body());
  }

  /** An event's state; "unseen" while it is not in the ledger. */
  String state(String eventId) throws IOException, InterruptedException {
    HttpResponse<String> answer = get("/api/v1/events/" + eventId);
    return answer.statusCode() == 404
        ? "unseen"
        : JSON.readTree(answer.body()).path("state").asText();
  }

  @Override
  public void close() {
    sandbox.close();
  }
}
