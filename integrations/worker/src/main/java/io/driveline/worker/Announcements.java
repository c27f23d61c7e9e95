package io.driveline.worker;

import io.driveline.events.ChangeEvent;
import io.driveline.events.Fact;
import io.driveline.events.StripeEvent;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.springrabbit.SpringRabbitMQConstants;

/** Bean {@code announcements}: the messages that tell others of an event. */
final class Announcements {

  /** The row for analytics. */
  public void fact(Exchange exchange) {
    StripeEvent event = Received.of(exchange).event();
    Message message = exchange.getMessage();
    message.setBody(Fact.of(event).toJson());
    message.setHeader(SpringRabbitMQConstants.MESSAGE_ID, event.id());
    message.setHeader(SpringRabbitMQConstants.CONTENT_TYPE, "application/json");
  }

  /** The CloudEvent for the company's own services. */
  public void change(Exchange exchange) {
    StripeEvent event = Received.of(exchange).event();
    ChangeEvent change =
        ChangeEvent.of(event, exchange.getProperty(Passport.SUPERSEDED, false, Boolean.class));
    Message message = exchange.getMessage();
    message.setBody(change.json());
    message.setHeader(SpringRabbitMQConstants.ROUTING_OVERRIDE_KEY, change.type());
    message.setHeader(SpringRabbitMQConstants.MESSAGE_ID, event.id());
    message.setHeader(SpringRabbitMQConstants.CONTENT_TYPE, ChangeEvent.CONTENT_TYPE);
  }
}
