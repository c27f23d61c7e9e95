package io.driveline.webhook;

import io.driveline.stripe.InvalidSignatureException;
import io.driveline.stripe.WebhookSignature;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.component.platform.http.springboot.PlatformHttpMessage;

/**
 * Bean {@code signatures}: refuses a body that Stripe did not sign for this endpoint, or not now.
 */
final class SignatureCheck {

  private static final String HEADER = "Stripe-Signature";

  private final Duration tolerance;
  private final Clock clock;

  SignatureCheck(Duration tolerance, Clock clock) {
    this.tolerance = tolerance;
    this.clock = clock;
  }

  /** Notes the time and the secret that matched. */
  public void verify(Exchange exchange) throws InvalidSignatureException {
    Instant now = clock.instant();
    Endpoint endpoint = Endpoints.of(exchange);
    int matched =
        WebhookSignature.verify(
            header(exchange),
            exchange.getMessage().getBody(byte[].class),
            endpoint.secrets(),
            now,
            tolerance);
    new Received(endpoint, endpoint.secretName(matched), now, null).keepIn(exchange);
  }

  /** From the request itself: two such headers are one malformed one. */
  private static String header(Exchange exchange) {
    List<String> values =
        Collections.list(
            exchange.getMessage(PlatformHttpMessage.class).getRequest().getHeaders(HEADER));
    return values.isEmpty() ? null : String.join(",", values);
  }
}
