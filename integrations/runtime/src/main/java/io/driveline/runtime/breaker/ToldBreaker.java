package io.driveline.runtime.breaker;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes circuit breakers that tell of an outage once, and once that it is over. */
public final class ToldBreaker {

  private static final Logger LOG = LoggerFactory.getLogger(ToldBreaker.class);

  private ToldBreaker() {}

  /**
   * A closed one.
   *
   * @param name for the log
   * @param opened called when an outage begins; half open and open again is the same outage
   * @param closed called when it is over
   */
  public static CircuitBreaker of(
      String name, CircuitBreakerConfig config, Runnable opened, Runnable closed) {
    CircuitBreaker breaker = CircuitBreaker.of(name, config);
    breaker
        .getEventPublisher()
        .onStateTransition(
            event -> {
              switch (event.getStateTransition()) {
                case CLOSED_TO_OPEN -> opened.run();
                case HALF_OPEN_TO_CLOSED -> closed.run();
                default -> LOG.debug("{}", event); // each of its tries
              }
            });
    return breaker;
  }
}
