package io.driveline.worker;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The worker's own settings, {@code driveline.worker.*}.
 *
 * @param lease how long a claimed event is this worker's alone
 * @param sweepBatch how many due events one sweep takes up at most
 * @param retryFirst the pause before the first retry that goes through the ledger
 * @param retryMost the longest pause between two retries
 */
@ConfigurationProperties("driveline.worker")
record WorkerSettings(
    @DefaultValue("60s") Duration lease,
    @DefaultValue("100") int sweepBatch,
    @DefaultValue("5s") Duration retryFirst,
    @DefaultValue("1h") Duration retryMost) {

  /** Doubles with every attempt, up to the longest. */
  Duration pause(int attempts) {
    Duration pause = retryFirst;
    for (int i = 0; i < attempts && pause.compareTo(retryMost) < 0; i++) {
      pause = pause.multipliedBy(2);
    }
    return pause.compareTo(retryMost) < 0 ? pause : retryMost;
  }
}
