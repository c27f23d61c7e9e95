package io.driveline.sandbox;

import io.driveline.events.Json;
import io.driveline.events.MalformedEventException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import org.bson.Document;

/** Reads the REST API, as its users do. */
final class ApiClient {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final HttpClient http = HttpClient.newHttpClient();
  private final URI api;
  private final String key;

  ApiClient(URI api, String key) {
    this.api = api;
    this.key = key;
  }

  /** One event; empty while it was not seen. */
  Optional<Document> event(String id) throws IOException, InterruptedException {
    HttpResponse<byte[]> answer =
        http.send(
            HttpRequest.newBuilder(api.resolve("/api/v1/events/" + id))
                .timeout(TIMEOUT)
                .header("Authorization", "Bearer " + key)
                .build(),
            HttpResponse.BodyHandlers.ofByteArray());
    if (answer.statusCode() == 404) {
      return Optional.empty();
    }
    if (answer.statusCode() != 200) {
      throw new IOException("the API answered " + answer.statusCode());
    }
    try {
      return Optional.of(Json.read(answer.body()));
    } catch (MalformedEventException e) {
      throw new IOException("the API answered no JSON", e);
    }
  }
}
