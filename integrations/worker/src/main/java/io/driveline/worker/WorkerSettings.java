package io.driveline.worker;

import io.driveline.runtime.settings.Settings;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * The worker's own settings, {@code driveline.worker.*}; the rest stands as placeholders in the
 * routes.
 *
 * @param lease {@code driveline.worker.lease}, 60 s: how long a claimed event is this worker's
 *     alone
 * @param sweepBatch {@code driveline.worker.sweep-batch}, 500: how many due events one sweep takes
 *     up at most
 * @param sweepThreads {@code driveline.worker.sweep-threads}, 32: how many of them at once
 * @param refreshTimeout {@code driveline.worker.refresh-timeout}, 1 s: how long the grpc app may
 *     take to refresh its cache
 * @param retryFirst {@code driveline.worker.retry-first}, 5 s: the pause before the first retry
 *     that goes through the ledger; announcements that are owed are tried again after the same
 * @param retryMost {@code driveline.worker.retry-most}, 1 h: the longest pause between two retries
 * @param maxClaims {@code driveline.worker.max-claims}, 5: claims in a row that came to no end,
 *     because their workers died, after which an event is parked
 * @param maxAttempts {@code driveline.worker.max-attempts}, 30: failures in a row after which an
 *     event is parked
 * @param payloadRetention {@code driveline.worker.payload-retention}, 2160 h (90 days): how long a
 *     finished event keeps its payload
 */
record WorkerSettings(
    Duration lease,
    int sweepBatch,
    int sweepThreads,
    Duration refreshTimeout,
    Duration retryFirst,
    Duration retryMost,
    int maxClaims,
    int maxAttempts,
    Duration payloadRetention) {

  private static final int MOST_IN_A_SWEEP = 10_000;
  private static final int MOST_CLAIMS = 1_000;
  private static final int MOST_ATTEMPTS = 10_000;
  private static final double JITTER = 0.2;

  static WorkerSettings from(Settings settings) {
    // Named by the routes alone; asked for here, so that a start without it ends with one line.
    settings.hostAndPort("driveline.grpc.address", "host:50051");
    return new WorkerSettings(
        settings.duration("driveline.worker.lease", Duration.ofSeconds(60)),
        settings.number("driveline.worker.sweep-batch", 500, 1, MOST_IN_A_SWEEP),
        settings.number("driveline.worker.sweep-threads", 32, 1, MOST_IN_A_SWEEP),
        settings.duration("driveline.worker.refresh-timeout", Duration.ofSeconds(1)),
        settings.duration("driveline.worker.retry-first", Duration.ofSeconds(5)),
        settings.duration("driveline.worker.retry-most", Duration.ofHours(1)),
        settings.number("driveline.worker.max-claims", 5, 1, MOST_CLAIMS),
        settings.number("driveline.worker.max-attempts", 30, 1, MOST_ATTEMPTS),
        settings.duration("driveline.worker.payload-retention", Duration.ofHours(2_160)));
  }

  /**
   * The pause before the next try: doubles with every attempt, up to the longest; give or take a
   * fifth, so that what failed together does not come back together.
   *
   * @param attempts how often the event failed before
   */
  Duration pause(int attempts, RandomGenerator random) {
    Duration pause = retryFirst;
    for (int i = 0; i < attempts && pause.compareTo(retryMost) < 0; i++) {
      pause = pause.multipliedBy(2);
    }
    Duration longest = pause.compareTo(retryMost) < 0 ? pause : retryMost;
    double factor = 1 + JITTER * (2 * random.nextDouble() - 1);
    return Duration.ofMillis(Math.round(longest.toMillis() * factor));
  }
}
