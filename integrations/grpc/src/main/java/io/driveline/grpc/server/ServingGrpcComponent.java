package io.driveline.grpc.server;

import java.time.Duration;
import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.component.grpc.GrpcComponent;
import org.apache.camel.component.grpc.GrpcConfiguration;
import org.apache.camel.spi.annotations.Component;

/**
 * Camel's grpc component with what its server lacks: status codes from the route, health,
 * reflection, virtual threads, and a stop that lets the calls in flight finish. Routes say {@code
 * from: grpc} and {@code to: grpc} as ever; producers are Camel's own.
 */
// Not inherited: without it none of the endpoint's options would be known.
@Component("grpc")
public final class ServingGrpcComponent extends GrpcComponent {

  private final Duration drain;

  /**
   * @param drain how long a stop waits for the calls in flight; positive
   */
  public ServingGrpcComponent(Duration drain) {
    this.drain = drain;
  }

  @Override
  protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters)
      throws Exception {
    GrpcConfiguration configuration = parseConfiguration(new GrpcConfiguration(), uri);
    ServingGrpcEndpoint endpoint = new ServingGrpcEndpoint(uri, this, configuration, drain);
    setProperties(endpoint, parameters);
    return endpoint;
  }
}
