package io.driveline.worker;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;

/**
 * Whether the worker's loop turns: the sweep for due events, which runs every second, and tries
 * again every few seconds while MongoDB is away.
 */
final class SweepHealth implements HealthIndicator {

  private static final Duration LONGEST = Duration.ofSeconds(60);

  private final Clock clock;
  private volatile Instant last;

  SweepHealth(Clock clock) {
    this.clock = clock;
  }

  void turned() {
    last = clock.instant();
  }

  @Override
  public Health health() {
    Instant seen = last;
    if (seen == null) {
      return Health.down().withDetail("sweep", "has not begun yet").build();
    }
    Health.Builder health =
        Duration.between(seen, clock.instant()).compareTo(LONGEST) < 0
            ? Health.up()
            : Health.down();
    return health.withDetail("lastSweep", seen.toString()).build();
  }
}
