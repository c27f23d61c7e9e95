package io.driveline.api.analytics;

import com.rabbitmq.client.AlreadyClosedException;
import java.io.IOException;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Says to RabbitMQ what became of the facts it delivered. When their channel is closed, RabbitMQ
 * has them back and delivers them again, which does no harm: a fact is kept once per event.
 */
@Component("factDeliveries")
class FactDeliveries {

  private static final Logger log = LoggerFactory.getLogger(FactDeliveries.class);

  /** Whether RabbitMQ still waits for an ack. */
  public boolean awaited(Exchange exchange) {
    return Delivery.all(exchange).stream().anyMatch(delivery -> delivery.channel().isOpen());
  }

  /**
   * Acks a batch or a single message. Each fact by itself: an ack of all up to the last would take
   * in a message between them that could not be dead-lettered yet.
   */
  public void ack(Exchange exchange) throws IOException {
    for (Delivery delivery : Delivery.all(exchange)) {
      try {
        // Asked first, because Spring would open another channel for the ack.
        if (delivery.channel().isOpen()) {
          delivery.channel().basicAck(delivery.tag(), false);
        }
      } catch (AlreadyClosedException e) {
        log.debug("Kept but not acked, so it comes again", e);
      }
    }
  }
}
