package io.driveline.grpc.cache;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One breaker for all that goes to Redis: while it is away, a call should not wait for its time-out
 * again and again. Five failures open it; every two seconds it lets two calls try.
 */
public final class CacheBreaker {

  private static final Logger LOG = LoggerFactory.getLogger(CacheBreaker.class);

  private CacheBreaker() {}

  /** A closed one, which logs when its state changes. */
  public static CircuitBreaker create() {
    CircuitBreaker breaker =
        CircuitBreaker.of(
            "redis",
            CircuitBreakerConfig.custom()
                .slidingWindowSize(10)
                .minimumNumberOfCalls(5)
                .failureRateThreshold(50)
                .waitDurationInOpenState(Duration.ofSeconds(2))
                .permittedNumberOfCallsInHalfOpenState(2)
                .build());
    breaker
        .getEventPublisher()
        .onStateTransition(
            event ->
                LOG.atLevel(
                        event.getStateTransition().getToState() == CircuitBreaker.State.OPEN
                            ? org.slf4j.event.Level.WARN
                            : org.slf4j.event.Level.INFO)
                    .log("The way to Redis: {}", event.getStateTransition()));
    breaker
        .getEventPublisher()
        .onError(event -> LOG.debug("Redis failed: {}", event.getThrowable().toString()));
    return breaker;
  }
}
