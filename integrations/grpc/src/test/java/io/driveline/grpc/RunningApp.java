package io.driveline.grpc;

import io.driveline.billing.v1.BillingServiceGrpc;
import io.driveline.billing.v1.BillingServiceGrpc.BillingServiceBlockingStub;
import io.driveline.billing.v1.ObjectKey;
import io.driveline.servers.FreePort;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** The app as it is started, beside a client of it. */
final class RunningApp implements AutoCloseable {

  final int port;
  final ConfigurableApplicationContext context;
  final ManagedChannel channel;

  private RunningApp(int port, ConfigurableApplicationContext context) {
    this.port = port;
    this.context = context;
    this.channel = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
  }

  static RunningApp start(String mongodbUri, String redisUri, String... more) {
    return startAt(FreePort.orAny(0), mongodbUri, redisUri, more);
  }

  static RunningApp startAt(int port, String mongodbUri, String redisUri, String... more) {
    String[] settings = {
      "--driveline.mongodb.uri=" + mongodbUri,
      "--driveline.redis.uri=" + redisUri,
      "--driveline.grpc.host=127.0.0.1",
      "--driveline.grpc.port=" + port,
      "--driveline.management.port=0"
    };
    String[] all = new String[settings.length + more.length];
    System.arraycopy(settings, 0, all, 0, settings.length);
    System.arraycopy(more, 0, all, settings.length, more.length);
    return new RunningApp(
        port,
        new SpringApplicationBuilder(GrpcApplication.class)
            .properties("spring.config.name=driveline-grpc")
            .run(all));
  }

  /** Calls wait at most ten seconds, so that a test fails and does not hang. */
  BillingServiceBlockingStub client() {
    return BillingServiceGrpc.newBlockingStub(channel).withDeadlineAfter(10, TimeUnit.SECONDS);
  }

  CamelContext camel() {
    return context.getBean(CamelContext.class);
  }

  static ObjectKey.Builder customer(String id) {
    return ObjectKey.newBuilder().setType("customer").setId(id);
  }

  @Override
  public void close() {
    channel.shutdownNow();
    context.close();
  }
}
