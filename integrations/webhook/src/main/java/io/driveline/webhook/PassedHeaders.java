package io.driveline.webhook;

import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.spi.HeaderFilterStrategy;

/**
 * Which HTTP headers pass between the network and the routes: none comes in, since Camel would send
 * it back in the answer, and only those that a route sets go out. Status and Content-Type are
 * written by the HTTP binding itself.
 */
final class PassedHeaders implements HeaderFilterStrategy {

  private static final Set<String> OUT = Set.of("Retry-After");

  @Override
  public boolean applyFilterToExternalHeaders(String name, Object value, Exchange exchange) {
    return true;
  }

  @Override
  public boolean applyFilterToCamelHeaders(String name, Object value, Exchange exchange) {
    return !OUT.contains(name);
  }
}
