package io.driveline.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RefreshBreakerTest {

  private final CircuitBreaker breaker = RefreshBreaker.create(Duration.ofSeconds(1));

  @Test
  void opensAfterFiveFailures() {
    for (int i = 0; i < 4; i++) {
      breaker.onError(10, TimeUnit.MILLISECONDS, new IllegalStateException());
    }
    assertThat(breaker.getState()).isEqualTo(CircuitBreaker.State.CLOSED);

    breaker.onError(10, TimeUnit.MILLISECONDS, new IllegalStateException());

    assertThat(breaker.getState()).isEqualTo(CircuitBreaker.State.OPEN);
  }

  @Test
  void opensAfterFiveAnswersThatTookHalfTheTimeOut() {
    for (int i = 0; i < 5; i++) {
      breaker.onSuccess(499, TimeUnit.MILLISECONDS);
    }
    assertThat(breaker.getState()).isEqualTo(CircuitBreaker.State.CLOSED);

    for (int i = 0; i < 5; i++) {
      breaker.onSuccess(501, TimeUnit.MILLISECONDS);
    }

    assertThat(breaker.getState()).isEqualTo(CircuitBreaker.State.OPEN);
  }

  @Test
  void oneGoodTryClosesIt() {
    breaker.transitionToOpenState();
    breaker.transitionToHalfOpenState();

    breaker.onSuccess(10, TimeUnit.MILLISECONDS);

    assertThat(breaker.getState()).isEqualTo(CircuitBreaker.State.CLOSED);
  }
}
