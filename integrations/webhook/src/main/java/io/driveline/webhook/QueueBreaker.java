package io.driveline.webhook;

import io.driveline.runtime.breaker.ToldBreaker;
import io.driveline.runtime.rabbitmq.NotConfirmedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpConnectException;

/**
 * Bean {@code queueBreaker}: while RabbitMQ is silent, posts should not wait for it one after the
 * other. Ten calls, half of them failed, open it; every second it lets one call try, and what that
 * one meets decides: with two, one from before RabbitMQ came back would count against it. An answer
 * of RabbitMQ's is no reason to open it, even if it is no; nor is a connection that is known to be
 * gone, which costs a post no time: counted, it would open the breaker over messages that RabbitMQ,
 * back again, has taken.
 */
final class QueueBreaker {

  private static final Logger LOG = LoggerFactory.getLogger(QueueBreaker.class);

  private QueueBreaker() {}

  /** A closed one. */
  static CircuitBreaker create() {
    return ToldBreaker.of(
        "rabbitmq",
        CircuitBreakerConfig.custom()
            .slidingWindowSize(10)
            .minimumNumberOfCalls(10)
            .failureRateThreshold(50)
            .waitDurationInOpenState(Duration.ofSeconds(1))
            .permittedNumberOfCallsInHalfOpenState(1)
            .ignoreExceptions(NotConfirmedException.class, AmqpConnectException.class)
            .build(),
        () -> LOG.warn("RabbitMQ is silent, the ledger takes the events"),
        () -> LOG.info("RabbitMQ answers again, it takes the events"));
  }
}
