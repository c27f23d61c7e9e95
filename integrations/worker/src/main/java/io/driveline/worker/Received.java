package io.driveline.worker;

import io.driveline.events.Intake;
import io.driveline.events.StripeEvent;
import org.apache.camel.Exchange;

/** An event on its way through the routes: what it says, and how it came in. */
record Received(StripeEvent event, Intake intake) {

  /** The exchange property that carries it. */
  static final String PROPERTY = "DrivelineReceived";

  static Received of(Exchange exchange) {
    return exchange.getProperty(PROPERTY, Received.class);
  }
}
