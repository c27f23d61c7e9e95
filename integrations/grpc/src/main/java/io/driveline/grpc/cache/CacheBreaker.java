package io.driveline.grpc.cache;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One breaker for all that goes to Redis: while it is away, a call should not wait for its time-out
 * again and again. Five failures open it; every two seconds it lets two calls try.
 */
public final class CacheBreaker {

  private static final Logger LOG = LoggerFactory.getLogger(CacheBreaker.class);

  private CacheBreaker() {}

  /** A closed one, which says once that Redis is away, and once that it is back. */
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
    AtomicReference<String> failure = new AtomicReference<>();
    breaker.getEventPublisher().onError(event -> failure.set(reason(event.getThrowable())));
    breaker
        .getEventPublisher()
        .onStateTransition(
            event -> {
              switch (event.getStateTransition()) {
                // Half open and open again is the same outage.
                case CLOSED_TO_OPEN ->
                    LOG.warn("Redis is away, MongoDB answers meanwhile: {}", failure.get());
                case HALF_OPEN_TO_CLOSED -> LOG.info("Redis is back");
                default -> LOG.debug("The way to Redis: {}", event.getStateTransition());
              }
            });
    return breaker;
  }

  /** What began it says most, in one line. */
  private static String reason(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
  }
}
