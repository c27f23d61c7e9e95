package io.driveline.runtime.grpc;

import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.Producer;
import org.apache.camel.component.grpc.GrpcComponent;
import org.apache.camel.component.grpc.GrpcConfiguration;
import org.apache.camel.component.grpc.GrpcEndpoint;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.SynchronousDelegateProducer;

/**
 * Camel's grpc component for callers, whose channel comes back within seconds of its server: see
 * {@link ReconnectingGrpcProducer}. Routes say {@code to: grpc} as ever.
 */
// Not inherited: without it none of the endpoint's options would be known.
@Component("grpc")
public final class ReconnectingGrpcComponent extends GrpcComponent {

  @Override
  protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters)
      throws Exception {
    // Camel's own endpoint has read the options and found the interceptors.
    GrpcConfiguration configuration =
        ((GrpcEndpoint) super.createEndpoint(uri, remaining, parameters)).getConfiguration();
    return new GrpcEndpoint(uri, this, configuration) {
      @Override
      public Producer createProducer() {
        Producer producer = new ReconnectingGrpcProducer(this, configuration);
        return configuration.isSynchronous() ? new SynchronousDelegateProducer(producer) : producer;
      }
    };
  }
}
