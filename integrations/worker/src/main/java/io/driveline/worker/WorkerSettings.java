package io.driveline.worker;

import io.driveline.runtime.settings.Settings;
import java.time.Duration;

/**
 * The worker's own settings, {@code driveline.worker.*}; the rest stands as placeholders in the
 * routes.
 *
 * @param lease {@code driveline.worker.lease}, 60 s: how long a claimed event is this worker's
 *     alone
 * @param sweepBatch {@code driveline.worker.sweep-batch}, 500: how many due events one sweep takes
 *     up at most
 * @param retryFirst {@code driveline.worker.retry-first}, 5 s: the pause before the first retry
 *     that goes through the ledger
 * @param retryMost {@code driveline.worker.retry-most}, 1 h: the longest pause between two retries
 */
record WorkerSettings(Duration lease, int sweepBatch, Duration retryFirst, Duration retryMost) {

  private static final int MOST_IN_A_SWEEP = 10_000;

  static WorkerSettings from(Settings settings) {
    return new WorkerSettings(
        settings.duration("driveline.worker.lease", Duration.ofSeconds(60)),
        settings.number("driveline.worker.sweep-batch", 500, 1, MOST_IN_A_SWEEP),
        settings.duration("driveline.worker.retry-first", Duration.ofSeconds(5)),
        settings.duration("driveline.worker.retry-most", Duration.ofHours(1)));
  }

  /** Doubles with every attempt, up to the longest. */
  Duration pause(int attempts) {
    Duration pause = retryFirst;
    for (int i = 0; i < attempts && pause.compareTo(retryMost) < 0; i++) {
      pause = pause.multipliedBy(2);
    }
    return pause.compareTo(retryMost) < 0 ? pause : retryMost;
  }
}
