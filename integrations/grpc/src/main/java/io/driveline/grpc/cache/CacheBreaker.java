package io.driveline.grpc.cache;

import io.driveline.runtime.breaker.ToldBreaker;
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
    AtomicReference<String> failure = new AtomicReference<>();
    CircuitBreaker breaker =
        ToldBreaker.of(
            "redis",
            CircuitBreakerConfig.custom()
                .slidingWindowSize(10)
                .minimumNumberOfCalls(5)
                .failureRateThreshold(50)
                .waitDurationInOpenState(Duration.ofSeconds(2))
                .permittedNumberOfCallsInHalfOpenState(2)
                .build(),
            () -> LOG.warn("Redis is away, MongoDB answers meanwhile: {}", failure.get()),
            () -> LOG.info("Redis is back"));
    breaker.getEventPublisher().onError(event -> failure.set(reason(event.getThrowable())));
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
