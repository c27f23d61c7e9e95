package io.driveline.webhook;

import io.driveline.events.Intake;
import io.driveline.events.Ledger;
import io.driveline.events.StripeEvent;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.springrabbit.SpringRabbitMQConstants;
import org.springframework.amqp.core.MessageDeliveryMode;

/** Bean {@code handOver}: what the worker is given, by the queue or by the ledger. */
final class HandOver {

  private static final String FAILURE = "DrivelineNotKept";
  private static final String IN_LEDGER = "DrivelineInLedger";

  private final Ledger ledger;

  HandOver(Ledger ledger) {
    this.ledger = ledger;
  }

  /** The message for the queue: the body as it came, and how it came in. */
  public void draw(Exchange exchange) {
    Received received = Received.of(exchange);
    StripeEvent event = received.event();
    Intake intake = received.intake();
    Message message = exchange.getMessage();
    message.removeHeaders("*");
    message.setHeader(SpringRabbitMQConstants.ROUTING_OVERRIDE_KEY, event.type());
    message.setHeader(SpringRabbitMQConstants.MESSAGE_ID, event.id());
    message.setHeader(SpringRabbitMQConstants.CONTENT_TYPE, "application/json");
    message.setHeader(SpringRabbitMQConstants.DELIVERY_MODE, MessageDeliveryMode.PERSISTENT);
    message.setHeader("driveline-endpoint", intake.endpoint());
    message.setHeader("driveline-secret", intake.secret());
    message.setHeader("driveline-received", intake.received().toEpochMilli());
    message.setHeader("driveline-test-on-live", intake.testOnLive());
  }

  /**
   * The second way: the worker's sweep finds it there. One that is there already is kept, too. A
   * failure is only noted: what a circuit breaker's fallback throws passes by the route's
   * onException.
   */
  public void keepInLedger(Exchange exchange) {
    Received received = Received.of(exchange);
    try {
      ledger.keep(received.event(), received.intake());
      exchange.setProperty(IN_LEDGER, true);
    } catch (RuntimeException e) {
      exchange.setProperty(FAILURE, e);
    }
  }

  /**
   * Whether the ledger failed, and RabbitMQ was not asked: the circuit breaker caught nothing, so
   * it was open.
   */
  public boolean isQueueLeft(Exchange exchange) {
    return exchange.getProperty(FAILURE) != null
        && exchange.getProperty(Exchange.EXCEPTION_CAUGHT) == null;
  }

  /** Both ways are tried: throws what the second one failed with. */
  public void requireKept(Exchange exchange) {
    RuntimeException failure = exchange.getProperty(FAILURE, RuntimeException.class);
    if (failure != null) {
      throw failure;
    }
  }

  /** Whether it was the second way that kept the event. */
  static boolean isInLedger(Exchange exchange) {
    return exchange.getProperty(IN_LEDGER, false, Boolean.class);
  }
}
