package io.driveline.grpc;

import static io.driveline.grpc.RunningApp.customer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Timestamp;
import io.driveline.billing.v1.EventState;
import io.driveline.billing.v1.GetEventRequest;
import io.driveline.billing.v1.GetObjectRequest;
import io.driveline.billing.v1.ListObjectsRequest;
import io.driveline.billing.v1.ListObjectsResponse;
import io.driveline.billing.v1.ObjectKey;
import io.driveline.billing.v1.RefreshObjectRequest;
import io.driveline.billing.v1.StripeObject;
import io.driveline.events.StripeEvent;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** The contract, called over a real channel, with real stores. */
@ExtendWith(OutputCaptureExtension.class)
class BillingServiceTest {

  private static final long T0 = 1_700_000_000L;

  @TempDir static Path folder;
  private static Stores stores;
  private static RunningApp app;

  @BeforeAll
  static void start() throws Exception {
    stores = Stores.started(folder);
    app = RunningApp.start(stores.mongodbUri(), stores.redisUri());
  }

  @AfterAll
  static void stop() throws Exception {
    app.close();
    stores.close();
  }

  @Test
  void givesAnObjectAsTheMirrorHasIt() {
    stores.mirror(
        Stores.event(
            "evt_whole",
            T0,
            null,
            true,
            """
            {"object":"customer","id":"cus_whole","balance":9007199254740993,"rate":0.5,
             "metadata":{"$date":"x","a.b":null},"list":[1,"two",{"three":true}]}"""));

    StripeObject object = get(customer("cus_whole"));

    assertThat(object.getKey()).isEqualTo(customer("cus_whole").setLivemode(true).build());
    assertThat(object.getJson())
        .isEqualTo(
            "{\"object\":\"customer\",\"id\":\"cus_whole\",\"balance\":9007199254740993,"
                + "\"rate\":0.5,\"metadata\":{\"$date\":\"x\",\"a.b\":null},"
                + "\"list\":[1,\"two\",{\"three\":true}]}");
    assertThat(object.getContent().getFieldsOrThrow("rate").getNumberValue()).isEqualTo(0.5);
    assertThat(
            object
                .getContent()
                .getFieldsOrThrow("list")
                .getListValue()
                .getValues(2)
                .getStructValue()
                .getFieldsOrThrow("three")
                .getBoolValue())
        .isTrue();
    assertThat(
            object
                .getContent()
                .getFieldsOrThrow("metadata")
                .getStructValue()
                .getFieldsOrThrow("a.b")
                .hasNullValue())
        .isTrue();
    assertThat(object.getVersion().getVersion()).isEqualTo(T0);
    assertThat(object.getVersion().getEventId()).isEqualTo("evt_whole");
    assertThat(object.getVersion().getApiVersion()).isEqualTo("2025-09-30.clover");
    assertThat(object.getVersion().getDeleted()).isFalse();
    assertThat(object.getVersion().getTied()).isFalse();
    assertThat(object.getVersion().getUpdatedAt())
        .isEqualTo(Timestamp.newBuilder().setSeconds(1767323045).build());
  }

  @Test
  void givesFromTheCacheWhatItGaveFromTheMirror() {
    stores.mirror(Stores.customer("evt_same", "cus_same", T0, "Ann"));
    StripeObject fromMirror = get(customer("cus_same"));

    remove("cus_same");

    assertThat(get(customer("cus_same"))).isEqualTo(fromMirror);
  }

  @Test
  void servesTheCachedStateUntilItIsRefreshed() {
    stores.mirror(Stores.customer("evt_old", "cus_refresh", T0, "Old"));
    assertThat(get(customer("cus_refresh")).getJson()).contains("Old");

    stores.mirror(Stores.customer("evt_new", "cus_refresh", T0 + 1, "New"));
    assertThat(get(customer("cus_refresh")).getJson()).contains("Old");

    assertThat(refresh("cus_refresh")).isEqualTo(T0 + 1);
    assertThat(get(customer("cus_refresh")).getJson()).contains("New");
  }

  @Test
  void refreshesToAnotherStateOfTheSameSecond() {
    stores.mirror(Stores.customer("evt_a", "cus_tie", T0, "First"));
    get(customer("cus_tie"));
    refresh("cus_tie");

    stores.mirror(Stores.customer("evt_b", "cus_tie", T0, "Second"));

    assertThat(refresh("cus_tie")).isEqualTo(T0);
    assertThat(get(customer("cus_tie")).getJson()).contains("Second");
  }

  @Test
  void refreshesNothingWhereTheMirrorHasNothing() {
    assertThat(refresh("cus_nothing")).isZero();
  }

  @Test
  void doesNotRememberThatAnObjectWasNotThere() {
    assertStatus(Status.Code.NOT_FOUND, () -> get(customer("cus_late")));

    stores.mirror(Stores.customer("evt_late", "cus_late", T0, "Late"));

    assertThat(get(customer("cus_late")).getJson()).contains("Late");
  }

  @Test
  void keepsAccountsAndModesApart() {
    String json = "{\"object\":\"customer\",\"id\":\"cus_apart\",\"name\":\"%s\"}";
    stores.mirror(Stores.event("evt_1", T0, null, true, json.formatted("platform live")));
    stores.mirror(Stores.event("evt_2", T0, null, false, json.formatted("platform test")));
    stores.mirror(Stores.event("evt_3", T0, "acct_1", true, json.formatted("account live")));

    assertThat(get(customer("cus_apart")).getJson()).contains("platform live");
    assertThat(get(customer("cus_apart").setLivemode(false)).getJson()).contains("platform test");
    assertThat(get(customer("cus_apart").setAccount("acct_1")).getJson()).contains("account live");
    assertStatus(
        Status.Code.NOT_FOUND,
        () -> get(customer("cus_apart").setAccount("acct_1").setLivemode(false)));
  }

  @Test
  void leavesOutTheStructWhereItIsNestedTooDeepForProtobufReaders() {
    String deep = "{\"a\":".repeat(40) + "1" + "}".repeat(40);
    stores.mirror(
        Stores.event(
            "evt_deep",
            T0,
            null,
            true,
            "{\"object\":\"customer\",\"id\":\"cus_deep\",\"deep\":" + deep + "}"));

    StripeObject object = get(customer("cus_deep"));

    assertThat(object.hasContent()).isFalse();
    assertThat(object.getJson()).contains(deep);
  }

  @Test
  void refusesWhatCannotNameAnObject(CapturedOutput log) {
    assertInvalid("type", () -> get(ObjectKey.newBuilder().setId("cus_1")));
    assertInvalid("type", () -> get(ObjectKey.newBuilder().setType("a b").setId("cus_1")));
    assertInvalid("type", () -> get(ObjectKey.newBuilder().setType("system.users").setId("1")));
    assertInvalid("type", () -> get(ObjectKey.newBuilder().setType("$cmd").setId("1")));
    assertInvalid("type", () -> get(ObjectKey.newBuilder().setType("a".repeat(121)).setId("1")));
    assertInvalid("id", () -> get(ObjectKey.newBuilder().setType("customer")));
    assertInvalid("id", () -> get(customer("cus/1")));
    assertInvalid("id", () -> get(customer("cus\0")));
    assertInvalid("account", () -> get(customer("cus_1").setAccount("acct_1/live")));
    assertInvalid(
        "type", () -> app.client().refreshObject(RefreshObjectRequest.getDefaultInstance()));
    assertInvalid("id", () -> app.client().getEvent(GetEventRequest.getDefaultInstance()));

    assertThat(log.getAll()).doesNotContain("\tat ");
  }

  @Test
  void listsByIdPageByPage() {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      ids.add("prod_%02d".formatted(i));
    }
    // Neighbours on both sides of the range, and of another mode, account and type.
    product("prod_05", null, false);
    product("prod_06", "acct_1", true);
    product("prod_07", "zcct_1", true);
    ids.reversed().forEach(id -> product(id, null, true));

    ListObjectsRequest.Builder request = ListObjectsRequest.newBuilder().setType("product");
    ListObjectsResponse first = app.client().listObjects(request.build());
    ListObjectsResponse second =
        app.client()
            .listObjects(request.setPageSize(5).setPageToken(first.getNextPageToken()).build());

    assertThat(ids(first)).isEqualTo(ids.subList(0, 20));
    assertThat(ids(second)).isEqualTo(ids.subList(20, 25));
    assertThat(second.getNextPageToken()).isEmpty();
    assertThat(first.getObjects(0).getJson()).contains("\"id\":\"prod_00\"");
    assertThat(
            ids(
                app.client()
                    .listObjects(
                        ListObjectsRequest.newBuilder()
                            .setType("product")
                            .setAccount("acct_1")
                            .build())))
        .containsExactly("prod_06");
  }

  @Test
  void listsNothingOfATypeThatNeverCame() {
    ListObjectsResponse page =
        app.client().listObjects(ListObjectsRequest.newBuilder().setType("never.seen").build());

    assertThat(page).isEqualTo(ListObjectsResponse.getDefaultInstance());
  }

  @Test
  void refusesAPageTokenOfAnotherList() {
    for (int i = 0; i < 3; i++) {
      coupon("co_" + i);
    }
    ListObjectsRequest.Builder coupons =
        ListObjectsRequest.newBuilder().setType("coupon").setPageSize(2);
    String token = app.client().listObjects(coupons.build()).getNextPageToken();
    assertThat(token).isNotEmpty();

    assertInvalid("page_token", () -> list(coupons.clone().setType("plan").setPageToken(token)));
    assertInvalid("page_token", () -> list(coupons.clone().setLivemode(false).setPageToken(token)));
    assertInvalid(
        "page_token", () -> list(coupons.clone().setAccount("acct_1").setPageToken(token)));
    assertInvalid(
        "page_token",
        () -> list(coupons.clone().setPageToken(token.substring(0, token.length() - 2))));
    assertInvalid("page_token", () -> list(coupons.clone().setPageToken("%")));
    assertInvalid("page_size", () -> list(coupons.clone().setPageSize(101)));
    assertInvalid("page_size", () -> list(coupons.clone().setPageSize(-1)));
    assertThat(ids(app.client().listObjects(coupons.setPageToken(token).build())))
        .containsExactly("co_2");
  }

  @Test
  void listsWhatIsTied() {
    for (int i = 0; i < 6; i++) {
      String json = "{\"object\":\"tax_rate\",\"id\":\"txr_%d\"}".formatted(i);
      stores.mirror(Stores.event("evt_txr_" + i, T0, null, true, json));
    }
    for (int i = 1; i < 6; i += 2) {
      stores
          .client()
          .getDatabase("stripe")
          .getCollection("tax_rate")
          .updateOne(
              new Document("_id", "platform/live/txr_" + i),
              new Document("$set", new Document("_driveline.tied", true)));
    }
    ListObjectsRequest.Builder request =
        ListObjectsRequest.newBuilder().setType("tax_rate").setTied(true).setPageSize(2);

    ListObjectsResponse first = app.client().listObjects(request.build());
    String token = first.getNextPageToken();
    ListObjectsResponse second = app.client().listObjects(request.setPageToken(token).build());

    assertThat(ids(first)).containsExactly("txr_1", "txr_3");
    assertThat(first.getObjects(0).getVersion().getTied()).isTrue();
    assertThat(ids(second)).containsExactly("txr_5");
    assertThat(second.getNextPageToken()).isEmpty();
    assertInvalid("page_token", () -> list(request.setTied(false)));
  }

  @Test
  void endsAPageBeforeItIsTooLargeForAClient() {
    for (int i = 0; i < 6; i++) {
      stores.mirror(
          Stores.event(
              "evt_large" + i,
              T0,
              null,
              true,
              "{\"object\":\"file\",\"id\":\"file_%d\",\"text\":\"%s\"}"
                  .formatted(i, "x".repeat(500_000))));
    }
    List<String> seen = new ArrayList<>();
    ListObjectsRequest.Builder request =
        ListObjectsRequest.newBuilder().setType("file").setPageSize(100);
    ListObjectsResponse page;
    int pages = 0;
    do {
      page = app.client().listObjects(request.build());
      assertThat(page.getSerializedSize()).isLessThan(4 * 1024 * 1024);
      seen.addAll(ids(page));
      request.setPageToken(page.getNextPageToken());
      pages++;
    } while (!page.getNextPageToken().isEmpty());

    assertThat(seen).containsExactly("file_0", "file_1", "file_2", "file_3", "file_4", "file_5");
    assertThat(pages).isGreaterThan(1);
  }

  @Test
  void givesAnEventOfTheLedger() {
    StripeEvent event = Stores.customer("evt_kept", "cus_kept", T0, "Kept");
    stores.keep(event);

    var found = app.client().getEvent(GetEventRequest.newBuilder().setId("evt_kept").build());

    assertThat(found.getEvent().getState()).isEqualTo(EventState.EVENT_STATE_RECEIVED);
    assertThat(found.getEvent().getType()).isEqualTo("customer.updated");
    assertThat(found.getEvent().getObject())
        .isEqualTo(customer("cus_kept").setLivemode(true).build());
    assertThat(found.getEvent().getCreated().getSeconds()).isEqualTo(T0);
    assertThat(found.getEvent().hasReceived()).isTrue();
    assertThat(found.getEvent().hasApplied()).isFalse();
    assertThat(found.getEvent().getPayload()).isEqualTo(event.payload());
    assertThat(found.getEvent().getApiVersion()).isEqualTo("2025-09-30.clover");
  }

  @Test
  void doesNotKnowAnEventThatNeverCame() {
    assertStatus(
        Status.Code.NOT_FOUND,
        () -> app.client().getEvent(GetEventRequest.newBuilder().setId("evt_never").build()));
  }

  @Test
  void tellsNothingOfAFaultInside(CapturedOutput log) {
    stores
        .client()
        .getDatabase("stripe")
        .getCollection("customer")
        .insertOne(new Document("_id", "platform/live/cus_broken").append("secret", "s3cr3t"));

    assertThatThrownBy(() -> get(customer("cus_broken")))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INTERNAL);
              assertThat(e.getStatus().getDescription())
                  .startsWith("internal error; the server's log tells more under ");
              String id = e.getStatus().getDescription().replaceAll(".* ", "");
              assertThat(log.getAll()).contains(id).contains("NullPointerException");
            });
  }

  @Test
  void saysThatItServes() {
    HealthGrpc.HealthBlockingStub health = HealthGrpc.newBlockingStub(app.channel);

    assertThat(
            health
                .check(
                    HealthCheckRequest.newBuilder()
                        .setService("driveline.billing.v1.BillingService")
                        .build())
                .getStatus())
        .isEqualTo(ServingStatus.SERVING);
    assertThat(health.check(HealthCheckRequest.getDefaultInstance()).getStatus())
        .isEqualTo(ServingStatus.SERVING);
  }

  @Test
  void isFoundByReflection() throws Exception {
    ServerReflectionResponse services =
        ask(ServerReflectionRequest.newBuilder().setListServices("").build());
    ServerReflectionResponse file =
        ask(
            ServerReflectionRequest.newBuilder()
                .setFileContainingSymbol("driveline.billing.v1.BillingService")
                .build());

    assertThat(services.getListServicesResponse().getServiceList())
        .extracting(service -> service.getName())
        .contains("driveline.billing.v1.BillingService", "grpc.health.v1.Health");
    assertThat(file.getFileDescriptorResponse().getFileDescriptorProtoCount()).isPositive();
  }

  private static ServerReflectionResponse ask(ServerReflectionRequest request) throws Exception {
    CompletableFuture<ServerReflectionResponse> answer = new CompletableFuture<>();
    StreamObserver<ServerReflectionRequest> asker =
        ServerReflectionGrpc.newStub(app.channel)
            .serverReflectionInfo(
                new StreamObserver<>() {
                  @Override
                  public void onNext(ServerReflectionResponse response) {
                    answer.complete(response);
                  }

                  @Override
                  public void onError(Throwable failure) {
                    answer.completeExceptionally(failure);
                  }

                  @Override
                  public void onCompleted() {}
                });
    asker.onNext(request);
    ServerReflectionResponse response = answer.get(10, TimeUnit.SECONDS);
    asker.onCompleted();
    return response;
  }

  private static StripeObject get(ObjectKey.Builder key) {
    return app.client().getObject(GetObjectRequest.newBuilder().setKey(key).build()).getObject();
  }

  private static long refresh(String customer) {
    return app.client()
        .refreshObject(RefreshObjectRequest.newBuilder().setKey(customer(customer)).build())
        .getVersion();
  }

  private static ListObjectsResponse list(ListObjectsRequest.Builder request) {
    return app.client().listObjects(request.build());
  }

  private static List<String> ids(ListObjectsResponse page) {
    return page.getObjectsList().stream().map(object -> object.getKey().getId()).toList();
  }

  private static void product(String id, String account, boolean livemode) {
    stores.mirror(
        Stores.event(
            "evt_" + id,
            T0,
            account,
            livemode,
            "{\"object\":\"product\",\"id\":\"%s\"}".formatted(id)));
  }

  private static void coupon(String id) {
    stores.mirror(
        Stores.event(
            "evt_" + id, T0, null, true, "{\"object\":\"coupon\",\"id\":\"%s\"}".formatted(id)));
  }

  private static void remove(String customer) {
    stores
        .client()
        .getDatabase("stripe")
        .getCollection("customer")
        .deleteOne(new Document("_id", "platform/live/" + customer));
  }

  private static void assertInvalid(String field, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
              assertThat(e.getStatus().getDescription()).startsWith(field + " ");
            });
  }

  private static void assertStatus(Status.Code code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StatusRuntimeException.class, e -> assertThat(e.getStatus().getCode()).isEqualTo(code));
  }
}
