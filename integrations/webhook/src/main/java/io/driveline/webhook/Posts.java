package io.driveline.webhook;

import io.driveline.events.MalformedEventException;
import io.driveline.stripe.InvalidSignatureException;
import io.driveline.webhook.body.BodyTooLargeException;
import io.driveline.webhook.body.BodyTooSlowException;
import io.driveline.webhook.body.OverloadedException;
import io.micrometer.core.instrument.MeterRegistry;
import org.apache.camel.Exchange;

/** Bean {@code posts}: counts what became of them, by endpoint. */
final class Posts {

  private final MeterRegistry meters;

  Posts(MeterRegistry meters) {
    this.meters = meters;
  }

  /** RabbitMQ has it. */
  public void queued(Exchange exchange) {
    count(exchange, "queued");
  }

  /** The ledger has it. */
  public void inLedger(Exchange exchange) {
    count(exchange, "ledger");
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
          case OverloadedException e -> "overloaded";
          default -> "not-kept";
        });
  }

  /** Only endpoints that exist: anyone can invent others, and each would stay in memory. */
  private void count(Exchange exchange, String outcome) {
    Endpoint endpoint = Endpoints.of(exchange);
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
