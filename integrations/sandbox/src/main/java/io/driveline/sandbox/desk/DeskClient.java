package io.driveline.sandbox.desk;

import io.driveline.events.Json;
import io.driveline.events.MalformedEventException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import org.bson.Document;

/** Calls the REST API, and says in one line why it does not answer as it should. */
final class DeskClient implements AutoCloseable {

  private static final Duration CONNECT = Duration.ofSeconds(5);

  /** A page of a replay is thousands of writes. */
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(CONNECT).build();
  private final URI api;
  private final String key;

  DeskClient(DeskOptions options) {
    this.api = options.api();
    this.key = options.key();
  }

  /** A page of events. */
  Document events(Map<String, String> query) throws DeskException, InterruptedException {
    return send(
        request(
            "/events?"
                + query.entrySet().stream()
                    .map(entry -> entry.getKey() + "=" + encoded(entry.getValue()))
                    .collect(Collectors.joining("&"))));
  }

  /** One event. */
  Document event(String id) throws DeskException, InterruptedException {
    return send(request("/events/" + encoded(id)));
  }

  /** Makes one event due. */
  Document replay(String id) throws DeskException, InterruptedException {
    return send(
        request("/events/" + encoded(id) + "/replay").POST(HttpRequest.BodyPublishers.noBody()));
  }

  /** Makes a page of events due, or tells what that would do. */
  Document replay(Document wish) throws DeskException, InterruptedException {
    return send(
        request("/events/replay")
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(Json.write(wish))));
  }

  private HttpRequest.Builder request(String target) throws DeskException {
    try {
      return HttpRequest.newBuilder(URI.create(api + "/api/v1" + target))
          .timeout(TIMEOUT)
          .header("Authorization", "Bearer " + key);
    } catch (IllegalArgumentException e) {
      throw new DeskException(2, "the API key has signs that no key has");
    }
  }

  private Document send(HttpRequest.Builder request) throws DeskException, InterruptedException {
    HttpResponse<byte[]> answer;
    try {
      answer = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    } catch (ConnectException e) {
      throw new DeskException(
          1, "nothing answers at " + api + "; is the sandbox up (./driveline up), or is it --url?");
    } catch (IOException e) {
      throw new DeskException(1, "no answer from " + api + ": " + e.getMessage());
    }
    Document body = read(answer);
    if (answer.statusCode() / 100 == 2 && body != null) {
      return body;
    }
    throw failure(answer.statusCode(), body == null ? null : body.getString("detail"));
  }

  private DeskException failure(int status, String detail) {
    return switch (status) {
      case 401 ->
          new DeskException(
              1, "the API does not know this key; set " + DeskOptions.KEY + ", or give --key");
      case 400 -> new DeskException(2, detail == null ? "the API refuses this" : detail);
      default ->
          new DeskException(
              1, detail == null ? "what is at " + api + " is not the API: " + status : detail);
    };
  }

  /** The JSON of the answer; null if there is none. */
  private static Document read(HttpResponse<byte[]> answer) {
    try {
      return Json.read(answer.body());
    } catch (MalformedEventException e) {
      return null;
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  @Override
  public void close() {
    http.close();
  }
}
