package io.driveline.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.driveline.billing.v1.BillingServiceGrpc;
import io.driveline.billing.v1.GetEventRequest;
import io.driveline.billing.v1.GetEventResponse;
import io.driveline.servers.FreePort;
import io.driveline.servers.Gate;
import io.driveline.servers.JavaProcess;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGTERM for the app in a process of its own, amid calls. */
class ShutdownTest {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir Path folder;

  @Test
  void callsInFlightEndWithTheirAnswerAndNewOnesAreUnavailable() throws Exception {
    int port = FreePort.orAny(0);
    try (Stores stores = Stores.started(folder);
        Gate gate = Gate.to(URI.create(stores.mongodbUri()).getPort());
        JavaProcess app =
            JavaProcess.start(
                GrpcApplication.class.getName(),
                folder.resolve("grpc.log"),
                List.of("-Xmx256m"),
                Map.of(
                    "DRIVELINE_MONGODB_URI", "mongodb://127.0.0.1:" + gate.port(),
                    "DRIVELINE_MONGODB_TIMEOUT", "60s",
                    "DRIVELINE_REDIS_URI", stores.redisUri(),
                    "DRIVELINE_GRPC_HOST", "127.0.0.1",
                    "DRIVELINE_GRPC_PORT", String.valueOf(port),
                    "DRIVELINE_ADDRESS", "127.0.0.1",
                    "DRIVELINE_MANAGEMENT_PORT", "0"))) {
      stores.keep(Stores.customer("evt_slow", "cus_1", 1, "Ada"));
      ManagedChannel busy = channel(port);
      ManagedChannel fresh = channel(port);
      try {
        await()
            .atMost(PATIENCE)
            .ignoreExceptionsInstanceOf(StatusRuntimeException.class)
            .until(() -> get(busy, "evt_slow").hasEvent());
        Queue<ServingStatus> health = watch(busy);
        await().atMost(PATIENCE).until(() -> health.contains(ServingStatus.SERVING));
        gate.hold("evt_slow");
        Future<GetEventResponse> slow =
            BillingServiceGrpc.newFutureStub(busy)
                .withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .getEvent(GetEventRequest.newBuilder().setId("evt_slow").build());
        await().atMost(PATIENCE).until(gate::holds);

        app.terminate();

        await().atMost(PATIENCE).until(() -> health.contains(ServingStatus.NOT_SERVING));
        await().atMost(PATIENCE).untilAsserted(() -> assertUnavailable(fresh));
        await().atMost(PATIENCE).untilAsserted(() -> assertUnavailable(busy));
        assertThat(slow).isNotDone();
        gate.release();

        assertThat(slow.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).getEvent().getId())
            .isEqualTo("evt_slow");
        assertThat(app.awaitEnd()).isEqualTo(JavaProcess.TERMINATED);
        assertThat(app.told()).doesNotContain("Exception", "did not finish");
      } finally {
        busy.shutdownNow();
        fresh.shutdownNow();
      }
    }
  }

  private static ManagedChannel channel(int port) {
    return NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
  }

  private static GetEventResponse get(ManagedChannel channel, String id) {
    return BillingServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(10, TimeUnit.SECONDS)
        .getEvent(GetEventRequest.newBuilder().setId(id).build());
  }

  private static void assertUnavailable(ManagedChannel channel) {
    assertThatThrownBy(() -> get(channel, "evt_other"))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
  }

  private static Queue<ServingStatus> watch(ManagedChannel channel) {
    Queue<ServingStatus> told = new ConcurrentLinkedQueue<>();
    HealthGrpc.newStub(channel)
        .watch(
            HealthCheckRequest.newBuilder()
                .setService("driveline.billing.v1.BillingService")
                .build(),
            new StreamObserver<>() {
              @Override
              public void onNext(HealthCheckResponse response) {
                told.add(response.getStatus());
              }

              @Override
              public void onError(Throwable failure) {
                // the server's end
              }

              @Override
              public void onCompleted() {
                // as well
              }
            });
    return told;
  }
}
