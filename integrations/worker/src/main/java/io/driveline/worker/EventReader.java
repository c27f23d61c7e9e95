package io.driveline.worker;

import io.driveline.events.Envelope;
import io.driveline.events.Intake;
import io.driveline.events.LedgerEntry;
import io.driveline.events.MalformedEventException;
import io.driveline.events.StripeEvent;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/** Bean {@code envelope}: reads the event that a message or an entry of the ledger holds. */
final class EventReader {

  private static final String EVENT_ID = "DrivelineEventId";
  private static final String EVENT_TYPE = "DrivelineEventType";

  private final Clock clock;

  EventReader(Clock clock) {
    this.clock = clock;
  }

  /** From the queue: the body as Stripe sent it, and headers that the webhook set. */
  public void read(Exchange exchange) throws MalformedEventException {
    Message message = exchange.getMessage();
    if (message.getBody() instanceof LedgerEntry entry) {
      byte[] payload = entry.payload().getBytes(StandardCharsets.UTF_8);
      keep(
          exchange,
          payload,
          new Intake(entry.endpoint(), entry.secret(), entry.received(), entry.testOnLive()),
          entry.due());
      return;
    }
    Long received = message.getHeader("driveline-received", Long.class);
    keep(
        exchange,
        message.getBody(byte[].class),
        new Intake(
            message.getHeader("driveline-endpoint", String.class),
            message.getHeader("driveline-secret", String.class),
            received == null ? clock.instant() : Instant.ofEpochMilli(received),
            message.getHeader("driveline-test-on-live", false, Boolean.class)),
        null);
  }

  /**
   * Makes the message the event again, for the steps of a user's own: the body as Stripe sent it,
   * and headers with its id and type. Whatever the steps before left is gone.
   */
  public void restore(Exchange exchange) {
    StripeEvent event = Received.of(exchange).event();
    Message message = exchange.getMessage();
    message.removeHeaders("*");
    message.setHeader(EVENT_ID, event.id());
    message.setHeader(EVENT_TYPE, event.type());
    message.setBody(event.payload());
  }

  private static void keep(Exchange exchange, byte[] payload, Intake intake, Instant due)
      throws MalformedEventException {
    Received received = new Received(Envelope.read(payload), intake, due);
    exchange.setProperty(Received.PROPERTY, received);
    exchange.getMessage().setHeader(EVENT_ID, received.event().id());
    exchange.getMessage().setHeader(EVENT_TYPE, received.event().type());
  }
}
