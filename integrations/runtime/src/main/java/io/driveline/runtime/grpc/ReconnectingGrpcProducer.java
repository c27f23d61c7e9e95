package io.driveline.runtime.grpc;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import java.lang.reflect.Field;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.component.grpc.GrpcConfiguration;
import org.apache.camel.component.grpc.GrpcEndpoint;
import org.apache.camel.component.grpc.GrpcProducer;

/**
 * A channel of gRPC's backs off up to two minutes from a server that is away, which its builder
 * does not let one change; so every second a channel that waits is told to wait no longer. Camel
 * keeps the channel to itself (field {@code channel} of 4.17's GrpcProducer).
 */
final class ReconnectingGrpcProducer extends GrpcProducer {

  private static final long PERIOD_SECONDS = 1;

  private ScheduledExecutorService watch;

  ReconnectingGrpcProducer(GrpcEndpoint endpoint, GrpcConfiguration configuration) {
    super(endpoint, configuration);
  }

  @Override
  protected void doStart() throws Exception {
    super.doStart();
    Field field = GrpcProducer.class.getDeclaredField("channel");
    field.setAccessible(true);
    ManagedChannel channel = (ManagedChannel) field.get(this);
    watch =
        getEndpoint()
            .getCamelContext()
            .getExecutorServiceManager()
            .newSingleThreadScheduledExecutor(this, "grpc-reconnect");
    watch.scheduleWithFixedDelay(
        () -> {
          if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
            channel.resetConnectBackoff();
          }
        },
        PERIOD_SECONDS,
        PERIOD_SECONDS,
        TimeUnit.SECONDS);
  }

  @Override
  protected void doStop() throws Exception {
    getEndpoint().getCamelContext().getExecutorServiceManager().shutdownNow(watch);
    super.doStop();
  }
}
