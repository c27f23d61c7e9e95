package io.driveline.system.faults;

import com.mongodb.MongoException;
import java.time.Duration;
import java.util.concurrent.Callable;

/** Looks again and again, since what is waited for is another process's. */
final class Waiting {

  private static final long BETWEEN_LOOKS = 100;

  private Waiting() {}

  /**
   * Waits until a condition holds; a MongoDB that is away does not answer it.
   *
   * @return whether it did within the time
   */
  static boolean until(Duration patience, Callable<Boolean> condition) throws Exception {
    long end = System.nanoTime() + patience.toNanos();
    while (System.nanoTime() - end < 0) {
      try {
        if (condition.call()) {
          return true;
        }
      } catch (MongoException e) {
        // not yet
      }
      Thread.sleep(BETWEEN_LOOKS);
    }
    return false;
  }
}
