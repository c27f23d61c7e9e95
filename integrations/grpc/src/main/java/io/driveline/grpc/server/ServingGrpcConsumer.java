package io.driveline.grpc.server;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.NegotiationType;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Processor;
import org.apache.camel.component.grpc.GrpcAuthType;
import org.apache.camel.component.grpc.GrpcConfiguration;
import org.apache.camel.support.DefaultConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A gRPC server that feeds one route. Camel's consumer keeps its server private and cancels the
 * calls in flight when it stops; this one takes the same endpoint options (limits, keep-alive,
 * connection age) and ends in order: health says NOT_SERVING, no new connection is taken, clients
 * are told to go elsewhere, the calls in flight finish or their time is up, and then the rest is
 * closed.
 */
final class ServingGrpcConsumer extends DefaultConsumer {

  private static final Logger LOG = LoggerFactory.getLogger(ServingGrpcConsumer.class);

  /**
   * In which a connection ends by itself: its client hears of the end, and what it sent before that
   * is answered. Left are those on which somebody watches health, or calls for long.
   */
  private static final long CLOSE_SECONDS = 2;

  private final ServingGrpcEndpoint endpoint;
  private final Duration drain;
  private Server server;
  private HealthStatusManager health;
  private CallsInFlight calls;
  private ExecutorService executor;

  ServingGrpcConsumer(ServingGrpcEndpoint endpoint, Processor processor, Duration drain) {
    super(endpoint, processor);
    this.endpoint = endpoint;
    this.drain = drain;
  }

  @Override
  protected void doStart() throws Exception {
    super.doStart();
    GrpcConfiguration options = endpoint.getConfiguration();
    if (options.getNegotiationType() == NegotiationType.TLS
        || options.getAuthenticationType() != GrpcAuthType.NONE) {
      throw new IllegalArgumentException("from: grpc serves plaintext without authentication only");
    }
    health = new HealthStatusManager();
    calls = new CallsInFlight();
    executor = Executors.newVirtualThreadPerTaskExecutor();
    ServerServiceDefinition service =
        new RoutedService(endpoint, getProcessor()).define(descriptor());
    server = build(options, service);
    try {
      server.start();
    } catch (IOException e) {
      executor.close();
      throw new IllegalStateException(
          "Cannot serve gRPC on "
              + options.getHost()
              + ":"
              + options.getPort()
              + ", it may be taken (DRIVELINE_GRPC_HOST, DRIVELINE_GRPC_PORT): "
              + e.getMessage(),
          e);
    }
    health.setStatus(service.getServiceDescriptor().getName(), ServingStatus.SERVING);
    LOG.info("Serving gRPC on {}:{}", options.getHost(), server.getPort());
  }

  @Override
  protected void doStop() throws Exception {
    if (server != null) {
      health.enterTerminalState();
      server.shutdown();
      // Not to be left out where no call is in flight here: one may be on its way.
      if (!server.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        int cut = calls.awaitNone(drain);
        if (cut > 0) {
          LOG.warn("Ending {} gRPC calls that did not finish within {}", cut, drain);
        }
        server.shutdownNow();
        server.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
      }
      executor.shutdown();
      server = null;
    }
    super.doStop();
  }

  private Server build(GrpcConfiguration options, ServerServiceDefinition service) {
    return NettyServerBuilder.forAddress(
            new InetSocketAddress(options.getHost(), options.getPort()))
        .executor(executor)
        .addService(ServerInterceptors.intercept(service, calls))
        .addService(health.getHealthService())
        .addService(ProtoReflectionServiceV1.newInstance())
        .addService(reflectionForOlderClients())
        .maxInboundMessageSize(options.getMaxMessageSize())
        .maxInboundMetadataSize(options.getMaxInboundMetadataSize())
        .maxConcurrentCallsPerConnection(options.getMaxConcurrentCallsPerConnection())
        .flowControlWindow(options.getFlowControlWindow())
        .keepAliveTime(options.getKeepAliveTime(), TimeUnit.MILLISECONDS)
        .keepAliveTimeout(options.getKeepAliveTimeout(), TimeUnit.MILLISECONDS)
        .permitKeepAliveTime(options.getPermitKeepAliveTime(), TimeUnit.MILLISECONDS)
        .permitKeepAliveWithoutCalls(options.isPermitKeepAliveWithoutCalls())
        .maxConnectionIdle(options.getMaxConnectionIdle(), TimeUnit.MILLISECONDS)
        .maxConnectionAge(options.getMaxConnectionAge(), TimeUnit.MILLISECONDS)
        .maxConnectionAgeGrace(options.getMaxConnectionAgeGrace(), TimeUnit.MILLISECONDS)
        .build();
  }

  /** grpcurl before 1.9 and many desktop clients ask for v1alpha only. */
  @SuppressWarnings("deprecation")
  private static BindableService reflectionForOlderClients() {
    return io.grpc.protobuf.services.ProtoReflectionService.newInstance();
  }

  /** Camel names a service by its Java package; the generated class beside it knows the rest. */
  private ServiceDescriptor descriptor() throws ReflectiveOperationException {
    String generated = endpoint.getServicePackage() + "." + endpoint.getServiceName() + "Grpc";
    try {
      return (ServiceDescriptor)
          endpoint
              .getCamelContext()
              .getClassResolver()
              .resolveMandatoryClass(generated)
              .getMethod("getServiceDescriptor")
              .invoke(null);
    } catch (ClassNotFoundException e) {
      throw new IllegalArgumentException("No such gRPC service: " + generated, e);
    }
  }
}
