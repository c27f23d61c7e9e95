package io.driveline.runtime.rabbitmq;

import io.driveline.runtime.settings.Settings;
import java.time.Duration;

/**
 * How to reach RabbitMQ: {@code driveline.rabbitmq.*}.
 *
 * @param uri {@code amqp://user:password@host:port/vhost}, or {@code amqps:}; required
 * @param confirmTimeout how long a publisher waits for the broker's confirm, from the moment it
 *     hands the message over; 5 s
 * @param connectTimeout how long one attempt to connect may take; 5 s
 * @param reconnectDelay the pause between two attempts to connect; 500 ms
 */
public record RabbitMQSettings(
    String uri, Duration confirmTimeout, Duration connectTimeout, Duration reconnectDelay) {

  static RabbitMQSettings from(Settings settings) {
    return new RabbitMQSettings(
        settings.uri(
            "driveline.rabbitmq.uri", "amqp://user:password@host:port/vhost", "amqp", "amqps"),
        settings.duration("driveline.rabbitmq.confirm-timeout", Duration.ofSeconds(5)),
        settings.duration("driveline.rabbitmq.connect-timeout", Duration.ofSeconds(5)),
        settings.duration("driveline.rabbitmq.reconnect-delay", Duration.ofMillis(500)));
  }

  /** Without the URI: it holds a password. */
  @Override
  public String toString() {
    return "RabbitMQSettings[confirmTimeout=" + confirmTimeout + "]";
  }
}
