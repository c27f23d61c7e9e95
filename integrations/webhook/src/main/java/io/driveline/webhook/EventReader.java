package io.driveline.webhook;

import io.driveline.events.Envelope;
import io.driveline.events.MalformedEventException;
import org.apache.camel.Exchange;

/** Bean {@code envelope}: reads the event in a signed body. */
final class EventReader {

  /** Leaves the body as it is: what is handed over is what was signed. */
  public void read(Exchange exchange) throws MalformedEventException {
    byte[] body = exchange.getMessage().getBody(byte[].class);
    Received.of(exchange).with(Envelope.read(body)).keepIn(exchange);
  }
}
