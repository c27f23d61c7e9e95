package io.driveline.worker;

import io.driveline.events.Envelope;
import io.driveline.events.Intake;
import io.driveline.events.MalformedEventException;
import io.driveline.events.StripeEvent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.camel.Exchange;

/**
 * An event on its way through the routes: what it says, and how it came in.
 *
 * @param due since when the ledger has it as due; null if it comes from the queue
 */
record Received(StripeEvent event, Intake intake, Instant due) {

  /** The exchange property that carries it. */
  static final String PROPERTY = "DrivelineReceived";

  static Received of(Exchange exchange) {
    return exchange.getProperty(PROPERTY, Received.class);
  }

  /** The same with the payload that the ledger has, which may be another rendering of the event. */
  Received as(String payload) {
    if (payload == null || payload.equals(event.payload())) {
      return this;
    }
    try {
      return new Received(Envelope.read(payload.getBytes(StandardCharsets.UTF_8)), intake, due);
    } catch (MalformedEventException e) {
      throw new IllegalStateException("the ledger's own event cannot be read", e);
    }
  }
}
