package io.driveline.webhook;

import java.util.List;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.component.platform.http.springboot.PlatformHttpMessage;

/** Bean {@code endpoints}: finds the endpoint that a post was sent to. */
final class Endpoints {

  /** The path of the endpoint {@value Endpoint#DEFAULT}; the others' begin with it. */
  static final String PATH = "/webhook/v1/stripe";

  private static final String PROPERTY = "DrivelineEndpoint";

  private final List<Endpoint> endpoints;

  Endpoints(List<Endpoint> endpoints) {
    this.endpoints = endpoints;
  }

  /** By the path of the request. */
  public void find(Exchange exchange) throws UnknownEndpointException {
    String path = exchange.getMessage(PlatformHttpMessage.class).getRequest().getServletPath();
    exchange.setProperty(PROPERTY, at(path).orElseThrow(UnknownEndpointException::new));
  }

  Optional<Endpoint> at(String path) {
    String name =
        path.equals(PATH)
            ? Endpoint.DEFAULT
            : path.startsWith(PATH + "/") ? path.substring(PATH.length() + 1) : "";
    return endpoints.stream().filter(endpoint -> endpoint.name().equals(name)).findFirst();
  }

  /** The one that was found; null if none was. */
  static Endpoint of(Exchange exchange) {
    return exchange.getProperty(PROPERTY, Endpoint.class);
  }
}
