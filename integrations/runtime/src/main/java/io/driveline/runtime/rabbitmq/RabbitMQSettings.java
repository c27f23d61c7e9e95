package io.driveline.runtime.rabbitmq;

import java.net.URI;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How to reach RabbitMQ: {@code driveline.rabbitmq.*}.
 *
 * @param uri {@code amqp://user:password@host:port/vhost}, or {@code amqps:}; required
 * @param confirmTimeout how long a publisher waits for the broker's confirm, from the moment it
 *     hands the message over; 5 s, at least 100 ms
 * @param connectTimeout how long one attempt to connect may take; 1 s
 * @param reconnectDelay the pause between two attempts to connect; 500 ms
 */
@ConfigurationProperties("driveline.rabbitmq")
public record RabbitMQSettings(
    String uri,
    @DefaultValue("5s") Duration confirmTimeout,
    @DefaultValue("1s") Duration connectTimeout,
    @DefaultValue("500ms") Duration reconnectDelay) {

  private static final Duration SHORTEST = Duration.ofMillis(100);

  /**
   * @throws IllegalArgumentException if a value is missing or out of range; the message names the
   *     variable and never quotes the URI, which holds a password
   */
  public RabbitMQSettings {
    if (uri == null || uri.isBlank()) {
      throw new IllegalArgumentException(
          "DRIVELINE_RABBITMQ_URI is missing; give amqp://user:password@host:port/vhost");
    }
    if (!isAmqp(uri)) {
      throw new IllegalArgumentException(
          "DRIVELINE_RABBITMQ_URI is not of the form amqp://user:password@host:port/vhost");
    }
    atLeast("DRIVELINE_RABBITMQ_CONFIRM_TIMEOUT", confirmTimeout);
    atLeast("DRIVELINE_RABBITMQ_CONNECT_TIMEOUT", connectTimeout);
    atLeast("DRIVELINE_RABBITMQ_RECONNECT_DELAY", reconnectDelay);
  }

  private static boolean isAmqp(String uri) {
    try {
      URI parsed = URI.create(uri);
      return ("amqp".equals(parsed.getScheme()) || "amqps".equals(parsed.getScheme()))
          && parsed.getHost() != null;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static void atLeast(String variable, Duration value) {
    if (value.compareTo(SHORTEST) < 0) {
      throw new IllegalArgumentException(variable + " is less than 100 ms");
    }
  }

  /** Without the URI: it holds a password. */
  @Override
  public String toString() {
    return "RabbitMQSettings[confirmTimeout=" + confirmTimeout + "]";
  }
}
