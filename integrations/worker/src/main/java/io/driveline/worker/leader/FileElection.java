package io.driveline.worker.leader;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.apache.camel.component.file.cluster.FileLockClusterService;

/**
 * Elects by the lock on a file, among the workers of one machine. The operating system gives up the
 * lock of a process that died; the others try for it when the leader has been silent for three
 * intervals.
 */
final class FileElection extends FileLockClusterService implements LeaderElection {

  /** Five seconds make the time to a takeover that of a lease. */
  static final Duration INTERVAL = Duration.ofSeconds(5);

  private static final int SILENT_INTERVALS = 3;

  private final Path heartbeat;
  private final Duration silence;
  private final Clock clock;
  private final Instant start;

  /**
   * @param folder where the lock is; made if it is not there
   * @param interval how often the leader shows that it is alive
   */
  FileElection(Path folder, Duration interval, Clock clock) {
    this.heartbeat = folder.resolve(GROUP + ".dat");
    this.silence = interval.multipliedBy(SILENT_INTERVALS);
    this.clock = clock;
    this.start = clock.instant();
    setId("worker-leader");
    setRoot(folder.toString());
    setAcquireLockDelay(Math.min(interval.toMillis(), 1_000), TimeUnit.MILLISECONDS);
    setAcquireLockInterval(interval.toMillis(), TimeUnit.MILLISECONDS);
    setHeartbeatTimeoutMultiplier(SILENT_INTERVALS);
  }

  @Override
  public boolean leads() {
    return isLeader(GROUP);
  }

  /**
   * Camel's view knows of no leader but its own worker. That another is alive is seen from the file
   * that the leader writes at every interval, and empties when it stops.
   */
  @Override
  public Duration leaderless() {
    Instant now = clock.instant();
    Instant last = start;
    try {
      Instant written = Files.getLastModifiedTime(heartbeat).toInstant();
      boolean alive = Files.size(heartbeat) > 0 && !written.plus(silence).isBefore(now);
      if (leads() || alive) {
        return Duration.ZERO;
      }
      last = written.isAfter(start) ? written : start;
    } catch (IOException e) {
      // No leader has ever been here, or nobody can tell.
    }
    return Duration.between(last, now);
  }
}
