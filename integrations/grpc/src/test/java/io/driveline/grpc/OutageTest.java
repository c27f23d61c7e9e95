package io.driveline.grpc;

import static io.driveline.grpc.RunningApp.customer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.driveline.billing.v1.GetEventRequest;
import io.driveline.billing.v1.GetObjectRequest;
import io.driveline.billing.v1.ListObjectsRequest;
import io.driveline.billing.v1.RefreshObjectRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The billing service while MongoDB and Redis come and go. */
class OutageTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path folder;

  @Test
  void startsWithoutItsStoresSaysUnavailableAndComesRightByItself() throws Exception {
    try (Stores stores = Stores.stopped(folder);
        RunningApp app = RunningApp.start(stores.mongodbUri(), stores.redisUri())) {
      assertUnavailable(() -> name(app));
      assertUnavailable(
          () ->
              app.client()
                  .listObjects(ListObjectsRequest.newBuilder().setType("customer").build()));
      assertUnavailable(
          () -> app.client().getEvent(GetEventRequest.newBuilder().setId("evt_1").build()));

      stores.startMongodb();
      stores.mirror(Stores.customer("evt_1", "cus_1", 1, "without a cache"));
      await()
          .atMost(PATIENCE)
          .ignoreExceptionsInstanceOf(StatusRuntimeException.class)
          .until(() -> name(app).equals("without a cache"));
      assertUnavailable(() -> refresh(app));

      stores.startRedis();
      await()
          .atMost(PATIENCE)
          .ignoreExceptionsInstanceOf(StatusRuntimeException.class)
          .until(
              () -> {
                refresh(app);
                return true;
              });
      stores.mirror(Stores.customer("evt_2", "cus_1", 2, "not refreshed"));
      assertThat(name(app)).isEqualTo("without a cache");

      stores.stopRedis();
      assertThat(name(app)).isEqualTo("not refreshed");
    }
  }

  private static String name(RunningApp app) {
    return app.client()
        .getObject(GetObjectRequest.newBuilder().setKey(customer("cus_1")).build())
        .getObject()
        .getContent()
        .getFieldsOrThrow("name")
        .getStringValue();
  }

  private static void refresh(RunningApp app) {
    app.client().refreshObject(RefreshObjectRequest.newBuilder().setKey(customer("cus_1")).build());
  }

  private static void assertUnavailable(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
  }
}
