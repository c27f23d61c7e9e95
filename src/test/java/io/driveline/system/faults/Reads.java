package io.driveline.system.faults;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Reads objects as a client does: the API asks the grpc app, and that its cache. */
final class Reads {

  private static final Duration ANSWER = Duration.ofSeconds(5);

  private final URI api;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(ANSWER).build();

  Reads(URI api) {
    this.api = api;
  }

  /** Whether a client gets the state that the object's last event left. */
  boolean hasLast(Life life) throws InterruptedException {
    try {
      HttpResponse<byte[]> answer =
          http.send(
              HttpRequest.newBuilder(
                      api.resolve("/api/v1/objects/" + life.type() + "/" + life.id()))
                  .header("Authorization", "Bearer " + Fleet.KEY)
                  .timeout(ANSWER)
                  .build(),
              HttpResponse.BodyHandlers.ofByteArray());
      if (answer.statusCode() != 200) {
        return false;
      }
      ObjectNode object = (ObjectNode) Canonical.JSON.readTree(answer.body());
      object.remove("_driveline");
      return Canonical.digest(object) == Canonical.digest(life.last());
    } catch (IOException e) {
      return false;
    }
  }
}
