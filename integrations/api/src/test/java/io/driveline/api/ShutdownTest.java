package io.driveline.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.driveline.servers.FreePort;
import io.driveline.servers.Gate;
import io.driveline.servers.JavaProcess;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGTERM for the app in a process of its own, amid requests. */
class ShutdownTest {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir Path folder;

  @Test
  void requestsInFlightEndWithTheirAnswerAndNewOnesAreNotLetIn() throws Exception {
    int port = FreePort.orAny(0);
    try (Stores stores = new Stores(folder);
        HttpClient http = HttpClient.newHttpClient()) {
      stores.startMongodb();
      stores.keep(
          "{\"id\":\"evt_slow\",\"type\":\"balance.available\",\"created\":1,"
              + "\"data\":{\"object\":{\"object\":\"balance\"}}}",
          0);
      URI mongodb = URI.create(stores.settings().get("driveline.mongodb.uri"));
      try (Gate gate = Gate.to(mongodb.getPort());
          JavaProcess app =
              JavaProcess.start(
                  ApiApplication.class.getName(),
                  folder.resolve("api.log"),
                  List.of("-Xmx256m"),
                  variables(stores, port, gate))) {
        await()
            .atMost(PATIENCE)
            .ignoreExceptionsInstanceOf(IOException.class)
            .until(() -> http.send(request(port), text()).statusCode() == 200);
        gate.hold("evt_slow");
        CompletableFuture<HttpResponse<String>> slow = http.sendAsync(request(port), text());
        await().atMost(PATIENCE).until(gate::holds);

        app.terminate();

        await().atMost(PATIENCE).until(() -> !listens(port));
        assertThat(slow).isNotDone();
        gate.release();

        HttpResponse<String> answer = slow.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("evt_slow");
        assertThat(app.awaitEnd()).isEqualTo(JavaProcess.TERMINATED);
        assertThat(app.told()).doesNotContain("Exception");
      }
    }
  }

  private static Map<String, String> variables(Stores stores, int port, Gate gate) {
    Map<String, String> variables = new HashMap<>();
    variables.put("DRIVELINE_MONGODB_URI", "mongodb://127.0.0.1:" + gate.port());
    variables.put("DRIVELINE_MONGODB_TIMEOUT", "60s");
    variables.put("DRIVELINE_RABBITMQ_URI", stores.settings().get("driveline.rabbitmq.uri"));
    variables.put("DRIVELINE_GRPC_ADDRESS", stores.settings().get("driveline.grpc.address"));
    variables.put("DRIVELINE_ADDRESS", "127.0.0.1");
    variables.put("DRIVELINE_API_PORT", String.valueOf(port));
    variables.put("DRIVELINE_API_KEYS_READ", ApiProcess.READ);
    variables.put("DRIVELINE_MANAGEMENT_PORT", "0");
    return variables;
  }

  private static HttpRequest request(int port) {
    return HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + port + "/api/v1/events/evt_slow"))
        .header("Authorization", "Bearer " + ApiProcess.READ)
        .build();
  }

  private static HttpResponse.BodyHandler<String> text() {
    return HttpResponse.BodyHandlers.ofString();
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }
}
