package io.driveline.grpc.server;

import java.time.Duration;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.component.grpc.GrpcConfiguration;
import org.apache.camel.component.grpc.GrpcEndpoint;

/** An endpoint whose consumer is {@link ServingGrpcConsumer}. */
final class ServingGrpcEndpoint extends GrpcEndpoint {

  private final Duration drain;

  ServingGrpcEndpoint(
      String uri, ServingGrpcComponent component, GrpcConfiguration configuration, Duration drain) {
    super(uri, component, configuration);
    this.drain = drain;
  }

  @Override
  public Consumer createConsumer(Processor processor) throws Exception {
    ServingGrpcConsumer consumer = new ServingGrpcConsumer(this, processor, drain);
    configureConsumer(consumer);
    return consumer;
  }
}
