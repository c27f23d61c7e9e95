package io.driveline.webhook;

import io.driveline.events.Intake;
import io.driveline.events.StripeEvent;
import java.time.Instant;
import org.apache.camel.Exchange;

/**
 * What a route knows of a signed post.
 *
 * @param secret the name of the one that matched
 * @param event null until it is read
 */
record Received(Endpoint endpoint, String secret, Instant at, StripeEvent event) {

  private static final String PROPERTY = "DrivelineReceived";

  static Received of(Exchange exchange) {
    return exchange.getProperty(PROPERTY, Received.class);
  }

  void keepIn(Exchange exchange) {
    exchange.setProperty(PROPERTY, this);
  }

  Received with(StripeEvent read) {
    return new Received(endpoint, secret, at, read);
  }

  Intake intake() {
    return new Intake(endpoint.name(), secret, at, endpoint.live() && !event.livemode());
  }
}
