package io.driveline.api.analytics;

import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import java.io.IOException;
import java.util.Map;
import java.util.WeakHashMap;
import org.apache.camel.Exchange;
import org.apache.camel.component.springrabbit.SpringRabbitMQConstants;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Says to RabbitMQ what became of the facts it delivered. A delivery tag means something on its own
 * channel alone; when that is closed, RabbitMQ has the messages back and delivers them again, which
 * does no harm because facts are kept once per event.
 */
@Component("factDeliveries")
class FactDeliveries {

  private static final Logger log = LoggerFactory.getLogger(FactDeliveries.class);

  private final Map<Channel, Long> numbers = new WeakHashMap<>();
  private long last;

  /** Names the channel of a delivery, so that no batch holds facts of two channels. */
  public synchronized String channel(Exchange exchange) {
    return "channel-" + numbers.computeIfAbsent(channelOf(exchange), channel -> ++last);
  }

  /** Whether RabbitMQ still waits for the ack of this batch. */
  public boolean awaited(Exchange exchange) {
    boolean open = channelOf(exchange).isOpen();
    if (!open) {
      log.info("A batch of facts is let go: RabbitMQ took it back and delivers it again");
    }
    return open;
  }

  /** Acks a batch: everything on its channel up to its last fact. */
  public void ack(Exchange exchange) throws IOException {
    try {
      channelOf(exchange).basicAck(tagOf(exchange), true);
    } catch (AlreadyClosedException e) {
      log.info("Facts were kept but not acked: their channel is closed; they come again");
    }
  }

  /** Refuses one message for good: RabbitMQ moves it to the dead letters. */
  public void reject(Exchange exchange) throws IOException {
    Exception cause = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
    log.warn("A message on the queue of facts is no fact: {}", cause.getMessage());
    try {
      channelOf(exchange).basicReject(tagOf(exchange), false);
    } catch (AlreadyClosedException e) {
      log.info("Its channel is closed; it comes again");
    }
  }

  private static Channel channelOf(Exchange exchange) {
    return exchange.getProperty(SpringRabbitMQConstants.CHANNEL, Channel.class);
  }

  private static long tagOf(Exchange exchange) {
    return exchange.getMessage().getHeader(SpringRabbitMQConstants.DELIVERY_TAG, Long.class);
  }
}
