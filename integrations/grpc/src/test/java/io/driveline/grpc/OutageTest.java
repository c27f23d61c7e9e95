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
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** The billing service while MongoDB and Redis come and go. */
@ExtendWith(OutputCaptureExtension.class)
class OutageTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final int CALLS_THAT_OPEN_THE_BREAKER = 10;

  @TempDir Path folder;

  @Test
  void startsWithoutItsStoresSaysUnavailableAndComesRightByItself(CapturedOutput output)
      throws Exception {
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
      for (int i = 0; i < CALLS_THAT_OPEN_THE_BREAKER; i++) {
        assertUnavailable(() -> refresh(app));
      }

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

      assertThat(output.getAll().lines().filter(line -> line.contains("Redis is")))
          .satisfiesExactly(
              away -> assertThat(away).contains(" WARN ", "Redis is away, MongoDB answers"),
              back -> assertThat(back).contains(" INFO ", "Redis is back"));
      assertThat(output.getAll()).doesNotContain("\tat ");
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
