package io.driveline.worker;

import io.driveline.runtime.breaker.ToldBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bean {@code refreshBreaker}: a grpc app that is away, fails or is late must not hold up events,
 * each of which would wait for it as long as a call may take. Of the last ten calls, half of five
 * or more failed or slow ones open it; then refreshes are left out, and every two seconds one tries
 * again.
 */
final class RefreshBreaker {

  private static final Logger LOG = LoggerFactory.getLogger(RefreshBreaker.class);

  private RefreshBreaker() {}

  /**
   * A closed one.
   *
   * @param timeout how long a call may take; one of half of it is slow
   */
  static CircuitBreaker create(Duration timeout) {
    return ToldBreaker.of(
        "refresh",
        CircuitBreakerConfig.custom()
            .slidingWindowSize(10)
            .minimumNumberOfCalls(5)
            .failureRateThreshold(50)
            .slowCallRateThreshold(50)
            .slowCallDurationThreshold(timeout.dividedBy(2))
            .waitDurationInOpenState(Duration.ofSeconds(2))
            .permittedNumberOfCallsInHalfOpenState(1)
            .build(),
        () -> LOG.warn("The grpc app is of no help, cached copies are left to expire"),
        () -> LOG.info("The grpc app refreshes cached copies again"));
  }
}
