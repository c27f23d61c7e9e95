package io.driveline.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.driveline.events.Failure;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.web.servlet.context.ServletWebServerInitializedEvent;
import org.springframework.context.ApplicationListener;

/** Stores that are away, and come (back). */
class OutageTest {

  private static final List<String> EVENTS =
      List.of("/api/v1/events", "/api/v1/events/balance.available", "/api/v1/stats/counts");
  private static final List<String> OBJECTS =
      List.of("/api/v1/objects/customer", "/api/v1/objects/customer/cus_1");

  @TempDir static Path folder;

  @Test
  void startsWithoutAnyStoreSaysSoAndComesRightByItself() throws Exception {
    try (Stores stores = new Stores(folder.resolve("a"));
        ApiProcess api = new ApiProcess(stores.settings())) {
      assertThat(api.send("GET", "/api/v1/health", null).status()).isEqualTo(200);
      Stream.of(EVENTS, OBJECTS).flatMap(List::stream).forEach(path -> isAway(api, path));

      stores.startMongodb();
      stores.startBilling();
      stores.billing().put("", false, "customer", "cus_1", "{\"id\":\"cus_1\"}");
      stores.keep(
          "{\"id\":\"balance.available\",\"type\":\"balance.available\",\"created\":1,"
              + "\"data\":{\"object\":{\"object\":\"balance\"}}}",
          0);

      Stream.of(EVENTS, OBJECTS).flatMap(List::stream).forEach(path -> comesBack(api, path));
    }
  }

  @Test
  void answersWhatItCanWhileAStoreIsAwayAndTheRestOnceItIsBack() throws Exception {
    try (Stores stores = new Stores(folder.resolve("b"))) {
      stores.startMongodb();
      stores.startBilling();
      stores.billing().put("", false, "customer", "cus_1", "{\"id\":\"cus_1\"}");
      stores.keep(
          "{\"id\":\"balance.available\",\"type\":\"balance.available\",\"created\":1,"
              + "\"data\":{\"object\":{\"object\":\"balance\"}}}",
          0);
      try (ApiProcess api = new ApiProcess(stores.settings())) {
        Stream.of(EVENTS, OBJECTS).flatMap(List::stream).forEach(path -> isThere(api, path));

        stores.stopMongodb();
        EVENTS.forEach(path -> isAway(api, path));
        OBJECTS.forEach(path -> isThere(api, path));
        stores.startMongodb();
        EVENTS.forEach(path -> comesBack(api, path));

        stores.stopBilling();
        OBJECTS.forEach(path -> isAway(api, path));
        EVENTS.forEach(path -> isThere(api, path));
        stores.startBilling();
        stores.billing().put("", false, "customer", "cus_1", "{\"id\":\"cus_1\"}");
        OBJECTS.forEach(path -> comesBack(api, path));

        stores.billing().silent = true;
        OBJECTS.forEach(path -> isAway(api, path));
        stores.billing().silent = false;
        OBJECTS.forEach(path -> isThere(api, path));
      }
    }
  }

  /** It resets what it has not answered, and gRPC calls that CANCELLED, not UNAVAILABLE. */
  @Test
  void aCallThatTheGrpcAppBreaksOffAtItsEndIsAnsweredAsOneItNeverTook() throws Exception {
    try (Stores stores = new Stores(folder.resolve("e"))) {
      stores.startBilling();
      try (ApiProcess api = new ApiProcess(stores.settings())) {
        stores.billing().silent = true;
        CompletableFuture<Void> broken =
            CompletableFuture.runAsync(() -> isAway(api, "/api/v1/objects/customer"));
        await().until(() -> stores.billing().unanswered.get() == 1);

        stores.stopBilling();

        broken.get(30, TimeUnit.SECONDS);
      }
    }
  }

  @Test
  void aReplayIsRefusedWhileMongodbIsAwayAndDoneOnceItIsBack() throws Exception {
    try (Stores stores = new Stores(folder.resolve("d"))) {
      stores.startMongodb();
      stores
          .ledger(Duration.ZERO)
          .park(
              stores.claim(
                  "{\"id\":\"evt_1\",\"type\":\"balance.available\",\"created\":1,"
                      + "\"data\":{\"object\":{\"object\":\"balance\"}}}",
                  0),
              Failure.of("no way"));
      try (ApiProcess api = new ApiProcess(stores.settings())) {
        stores.stopMongodb();
        for (ApiProcess.Answer answer :
            List.of(
                api.post("/api/v1/events/replay", "{\"all\":true}"),
                api.post("/api/v1/events/evt_1/replay", ""))) {
          assertThat(answer.status()).isEqualTo(503);
          assertThat(answer.header("Retry-After")).isEqualTo("5");
        }

        stores.startMongodb();
        await()
            .atMost(Duration.ofSeconds(30))
            .until(() -> api.post("/api/v1/events/evt_1/replay", "").status() == 202);
      }
    }
  }

  @Test
  void saysThatItIsStartingUntilItsRoutesAreThere() throws Exception {
    List<HttpResponse<String>> early = new ArrayList<>();
    ApplicationListener<ServletWebServerInitializedEvent> whenItListens =
        event -> {
          if (event.getApplicationContext().getServerNamespace() == null) {
            early.add(ask(event.getWebServer().getPort(), "/api/v1/events/evt_1"));
          }
        };
    try (Stores stores = new Stores(folder.resolve("c"));
        ApiProcess api = new ApiProcess(stores.settings(), whenItListens)) {
      assertThat(early)
          .singleElement()
          .satisfies(
              answer -> {
                assertThat(answer.statusCode()).isEqualTo(503);
                assertThat(answer.headers().firstValue("Retry-After")).hasValue("1");
                assertThat(answer.body()).contains("starting");
              });
      assertThat(api.get("/api/v1/nothing").status()).isEqualTo(404);
    }
  }

  private static HttpResponse<String> ask(int port, String path) {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
              .header("Authorization", "Bearer " + ApiProcess.READ)
              .build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void isAway(ApiProcess api, String path) {
    ApiProcess.Answer answer = api.get(path);
    assertThat(answer.status()).as(path).isEqualTo(503);
    assertThat(answer.header("Retry-After")).matches("[0-9]+");
  }

  private static void isThere(ApiProcess api, String path) {
    assertThat(api.get(path).status()).as(path).isEqualTo(200);
  }

  private static void comesBack(ApiProcess api, String path) {
    await(path).atMost(Duration.ofSeconds(60)).until(() -> api.get(path).status() == 200);
  }
}
