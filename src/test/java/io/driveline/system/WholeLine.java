package io.driveline.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.driveline.billing.v1.BillingServiceGrpc;
import io.driveline.billing.v1.GetObjectRequest;
import io.driveline.billing.v1.ObjectKey;
import io.driveline.sandbox.stripe.SampleEvent;
import io.driveline.sandbox.stripe.SampleObjects;
import io.driveline.sandbox.stripe.Story;
import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.StreamObserver;
import java.io.InputStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** From a signed post to a REST and a gRPC answer, on whichever stores a subclass gives. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class WholeLine {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Set<String> ENDED = Set.of("applied", "skipped", "parked");
  private static final long FIXTURES_FROM = 1_700_000_000L;

  private Driveline driveline;
  private ManagedChannel grpc;

  /** The sandbox under test, started. */
  abstract Driveline startDriveline() throws Exception;

  @BeforeAll
  void start() throws Exception {
    driveline = startDriveline();
    grpc =
        NettyChannelBuilder.forAddress("127.0.0.1", driveline.sandbox().ports().grpc())
            .usePlaintext()
            .build();
  }

  @AfterAll
  void stop() {
    if (grpc != null) {
      grpc.shutdownNow();
    }
    if (driveline != null) {
      driveline.close();
    }
  }

  @Test
  void theSampleEndsAsTheStoryTellsAndPlayingItAgainChangesNothing() throws Exception {
    driveline.sandbox().playSample();

    assertThat(driveline.told())
        .contains("duplicate")
        .contains("superseded")
        .contains("forged")
        .doesNotContain("not finished");
    assertThat(driveline.json("/api/v1/objects/customer/cus_sandbox").path("name").asText())
        .isEqualTo("Ada Lovelace");
    for (Story.Post post : Story.posts()) {
      if (post.forged()) {
        assertThat(driveline.state(post.event().id())).isEqualTo("unseen");
      } else {
        JsonNode event = driveline.json("/api/v1/events/" + post.event().id());
        assertThat(event.path("state").asText()).isEqualTo("applied");
        assertThat(event.path("claims").asInt()).isEqualTo(1);
      }
    }

    JsonNode before = sampleAsMirrored();
    driveline.sandbox().playSample();

    assertThat(sampleAsMirrored()).isEqualTo(before);
  }

  @Test
  void theRevenueIsTheSamplesToTheCentHoweverOftenItIsPlayed() throws Exception {
    assumeTrue(driveline.sandbox().hasAnalytics(), "the ClickHouse engine cannot be had here");
    driveline.sandbox().playSample();
    JsonNode revenue = revenueOfTheSample();
    driveline.sandbox().playSample();
    // Behind it in the queue: once this one counts, the sample has been counted again, too.
    SampleEvent later = SampleObjects.event("charge.succeeded", "later", FIXTURES_FROM);
    driveline.post(later);
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                driveline
                        .json("/api/v1/analytics/revenue?from=2023-01-01&to=2024-01-01")
                        .path("data")
                        .size()
                    > 0);

    assertThat(revenueOfTheSample()).isEqualTo(revenue);
  }

  private JsonNode sampleAsMirrored() throws Exception {
    ObjectNode all = JSON.createObjectNode();
    for (Story.Post post : Story.posts()) {
      SampleEvent event = post.event();
      all.set(
          event.objectId(),
          driveline.json("/api/v1/objects/" + event.objectType() + "/" + event.objectId()));
    }
    return all;
  }

  private JsonNode revenueOfTheSample() throws Exception {
    String path =
        "/api/v1/analytics/revenue?from=2026-01-01&to=2026-02-01&interval=month&currency="
            + Story.CURRENCY;
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              JsonNode row = driveline.json(path).path("data").path(0);
              assertThat(row.path("payments").asLong()).isEqualTo(Story.PAID);
              assertThat(row.path("refunds").asLong()).isEqualTo(Story.REFUNDED);
            });
    return driveline.json(path);
  }

  @Test
  void everyTypeOfStripesEndsAppliedAndReadableOrSkippedWithTheReason() throws Exception {
    Map<String, SampleEvent> posted = new LinkedHashMap<>();
    Map<String, JsonNode> last = new HashMap<>();
    int number = 0;
    for (JsonNode object : fixtures()) {
      // Seconds apart: some samples share type and id, and the last of them must win.
      SampleEvent event = fixture(++number, object);
      posted.put(event.id(), event);
      last.put(event.objectType() + "/" + event.objectId(), object);
      assertThat(driveline.post(event)).as(event.objectType()).isEqualTo(200);
    }
    assertThat(posted).hasSize(176);

    for (SampleEvent event : posted.values()) {
      await().atMost(PATIENCE).until(() -> ENDED.contains(driveline.state(event.id())));
      JsonNode seen = driveline.json("/api/v1/events/" + event.id());
      if (seen.path("state").asText().equals("skipped")) {
        assertThat(event.objectId()).as(event.objectType()).isNull();
        assertThat(seen.path("reason").asText()).contains(event.objectType());
        continue;
      }
      assertThat(seen.path("state").asText()).as(event.objectType()).isEqualTo("applied");
      String type = seen.path("object").path("type").asText();
      String id = seen.path("object").path("id").asText();
      if (event.objectId() != null) {
        assertThat(id).isEqualTo(event.objectId());
      }
      JsonNode expected = last.get(event.objectType() + "/" + event.objectId());
      assertThat(overRest(type, id)).as("REST %s %s", type, id).isEqualTo(expected);
      assertThat(overGrpc(type, id)).as("gRPC %s %s", type, id).isEqualTo(expected);
    }
  }

  private static Iterable<JsonNode> fixtures() throws Exception {
    try (InputStream file = WholeLine.class.getResourceAsStream("/stripe/fixtures3.json")) {
      return JSON.readTree(file).path("resources");
    }
  }

  private static SampleEvent fixture(int number, JsonNode object) throws Exception {
    String type = object.path("object").asText();
    // One sample's id is empty, which is no id either.
    String id = object.path("id").asText("").isEmpty() ? null : object.path("id").asText();
    ObjectNode event = JSON.createObjectNode();
    event.put("id", "evt_fixture_" + number);
    event.put("object", "event");
    event.put("type", type + ".updated");
    event.put("created", FIXTURES_FROM + number);
    event.put("livemode", false);
    event.putObject("data").set("object", object);
    return new SampleEvent(
        "evt_fixture_" + number, type + ".updated", type, id, JSON.writeValueAsString(event));
  }

  private JsonNode overRest(String type, String id) throws Exception {
    ObjectNode answer = (ObjectNode) driveline.json("/api/v1/objects/" + type + "/" + id);
    answer.remove("_driveline");
    return answer;
  }

  private JsonNode overGrpc(String type, String id) throws Exception {
    return JSON.readTree(
        BillingServiceGrpc.newBlockingStub(grpc)
            .withDeadlineAfter(10, TimeUnit.SECONDS)
            .getObject(
                GetObjectRequest.newBuilder()
                    .setKey(ObjectKey.newBuilder().setType(type).setId(id))
                    .build())
            .getObject()
            .getJson());
  }

  @Test
  void aTriggeredEventIsAppliedAndItsObjectAnswered() throws Exception {
    SampleEvent event = SampleObjects.event("payment_intent.succeeded", "t1", FIXTURES_FROM);

    assertThat(driveline.post(event)).isEqualTo(200);

    await().atMost(PATIENCE).until(() -> driveline.state(event.id()).equals("applied"));
    assertThat(overRest("payment_intent", event.objectId()).path("status").asText())
        .isEqualTo("succeeded");
  }

  @Test
  void anEventThatCameTwiceIsTakenUpOnce() throws Exception {
    SampleEvent event = SampleObjects.event("invoice.paid", "twice", FIXTURES_FROM);
    driveline.post(event);
    driveline.post(event);
    await().atMost(PATIENCE).until(() -> driveline.state(event.id()).equals("applied"));
    SampleEvent after = SampleObjects.event("invoice.paid", "after", FIXTURES_FROM);
    driveline.post(after);
    await().atMost(PATIENCE).until(() -> driveline.state(after.id()).equals("applied"));

    JsonNode seen = driveline.json("/api/v1/events/" + event.id());
    assertThat(seen.path("claims").asInt()).isEqualTo(1);
    assertThat(seen.path("steps")).hasSize(5);
  }

  @Test
  void whatHasNoPlaceInTheMirrorIsKeptAndSkippedWithTheReason() throws Exception {
    SampleEvent upcoming = SampleObjects.event("invoice.upcoming", "upcoming", FIXTURES_FROM);
    SampleEvent thin =
        new SampleEvent(
            "evt_thin",
            "v1.billing.meter.no_meter_found",
            null,
            null,
            """
            {"id":"evt_thin","object":"v2.core.event","type":"v1.billing.meter.no_meter_found",
             "livemode":false,"created":"2026-01-05T09:00:00.000Z",
             "related_object":{"id":"mtr_1","type":"billing.meter","url":"/v1/billing/meters/mtr_1"}}
            """);
    assertThat(driveline.post(upcoming)).isEqualTo(200);
    assertThat(driveline.post(thin)).isEqualTo(200);

    for (String id : List.of(upcoming.id(), thin.id())) {
      await().atMost(PATIENCE).until(() -> driveline.state(id).equals("skipped"));
      JsonNode seen = driveline.json("/api/v1/events/" + id);
      assertThat(seen.path("reason").asText()).isNotEmpty();
      assertThat(seen.path("payload").path("id").asText()).isEqualTo(id);
    }
  }

  @Test
  void anEventThatWasNotSeenIsA404ThatSaysSo() throws Exception {
    var answer = driveline.get("/api/v1/events/evt_nobody");

    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.headers().firstValue("content-type")).hasValue("application/problem+json");
    assertThat(answer.body()).contains("not seen this event");
  }

  @Test
  void withoutAKeyTheApiAnswers401() throws Exception {
    assertThat(driveline.open(driveline.sandbox().ports().api(), "/api/v1/events").statusCode())
        .isEqualTo(401);
  }

  @Test
  void theBillingServiceIsFoundByReflectionAndServes() throws Exception {
    CompletableFuture<List<String>> services = new CompletableFuture<>();
    StreamObserver<ServerReflectionRequest> ask =
        ServerReflectionGrpc.newStub(grpc)
            .serverReflectionInfo(
                new StreamObserver<>() {
                  @Override
                  public void onNext(ServerReflectionResponse answer) {
                    services.complete(
                        answer.getListServicesResponse().getServiceList().stream()
                            .map(ServiceResponse::getName)
                            .toList());
                  }

                  @Override
                  public void onError(Throwable failure) {
                    services.completeExceptionally(failure);
                  }

                  @Override
                  public void onCompleted() {}
                });
    ask.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());

    assertThat(services.get(10, TimeUnit.SECONDS)).contains("driveline.billing.v1.BillingService");
    ask.onCompleted();
    assertThat(
            HealthGrpc.newBlockingStub(grpc)
                .withDeadlineAfter(10, TimeUnit.SECONDS)
                .check(
                    HealthCheckRequest.newBuilder()
                        .setService("driveline.billing.v1.BillingService")
                        .build())
                .getStatus())
        .isEqualTo(ServingStatus.SERVING);
  }
}
