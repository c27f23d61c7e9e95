package io.driveline.api.rest;

import java.util.Locale;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.spi.HeaderFilterStrategy;

/**
 * Which HTTP headers pass between the network and the routes. Camel would send a request's headers
 * back in the answer and show them (the API key among them) wherever it shows messages; and it
 * would take any query parameter for a header. So only what is named here passes. Query parameters
 * are read from the query itself, by {@link RequestParameters}.
 */
final class PassedHeaders implements HeaderFilterStrategy {

  private static final Set<String> IN = Set.of("content-type", "accept", "idempotency-key");
  private static final Set<String> OUT =
      Set.of("allow", "cache-control", "link", "location", "retry-after");

  @Override
  public boolean applyFilterToExternalHeaders(String name, Object value, Exchange exchange) {
    return !IN.contains(name.toLowerCase(Locale.ROOT));
  }

  /** Content-Type and the status are written by the HTTP binding itself. */
  @Override
  public boolean applyFilterToCamelHeaders(String name, Object value, Exchange exchange) {
    return !OUT.contains(name.toLowerCase(Locale.ROOT));
  }
}
