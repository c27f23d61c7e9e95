package io.driveline.webhook;

import io.driveline.events.MalformedEventException;
import io.driveline.stripe.InvalidSignatureException;
import io.driveline.webhook.body.BodyTooLargeException;
import io.driveline.webhook.body.BodyTooSlowException;
import io.micrometer.core.instrument.MeterRegistry;
import org.apache.camel.Exchange;

/** Bean {@code posts}: counts what became of them, by endpoint. */
final class Posts {

  private final MeterRegistry meters;

  Posts(MeterRegistry meters) {
    this.meters = meters;
  }

  /** RabbitMQ has it, or the ledger. */
  public void kept(Exchange exchange) {
    count(exchange, HandOver.isInLedger(exchange) ? "ledger" : "queued");
  }

  /** It was refused, or could not be kept. */
  public void refused(Exchange exchange) {
    count(
        exchange,
        switch (exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class)) {
          case UnknownEndpointException e -> "unknown-endpoint";
          case InvalidSignatureException e -> "bad-signature";
          case MalformedEventException e -> "malformed";
          case BodyTooLargeException e -> "too-large";
          case BodyTooSlowException e -> "too-slow";
          default -> "not-kept";
        });
  }

  /** There was no room for one to this endpoint; null for one that does not exist. */
  void noRoom(Endpoint endpoint) {
    count(endpoint, "overloaded");
  }

  private void count(Exchange exchange, String outcome) {
    count(Endpoints.of(exchange), outcome);
  }

  /** Only endpoints that exist: anyone can invent others, and each would stay in memory. */
  private void count(Endpoint endpoint, String outcome) {
    meters
        .counter(
            "driveline.webhook.posts",
            "endpoint",
            endpoint == null ? "none" : endpoint.name(),
            "outcome",
            outcome)
        .increment();
  }
}
