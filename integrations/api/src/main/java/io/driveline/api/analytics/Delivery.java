package io.driveline.api.analytics;

import com.rabbitmq.client.Channel;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.component.springrabbit.SpringRabbitMQConstants;

/**
 * One message as RabbitMQ delivered it.
 *
 * @param channel on which alone the tag means something
 * @param tag names the message
 */
record Delivery(Channel channel, long tag) {

  /** The property of a batch that holds its deliveries. */
  static final String PROPERTY = "driveline-deliveries";

  /** The delivery that an exchange began with. */
  static Delivery of(Exchange exchange) {
    return new Delivery(
        exchange.getProperty(SpringRabbitMQConstants.CHANNEL, Channel.class),
        exchange.getMessage().getHeader(SpringRabbitMQConstants.DELIVERY_TAG, Long.class));
  }

  /** Those of a batch, or the one of a single message. */
  @SuppressWarnings("unchecked")
  static List<Delivery> all(Exchange exchange) {
    List<Delivery> deliveries = exchange.getProperty(PROPERTY, List.class);
    return deliveries == null ? List.of(of(exchange)) : deliveries;
  }
}
