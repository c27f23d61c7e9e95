package io.driveline.system.faults;

import com.mongodb.MongoException;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.bson.Document;

/** Finds out how long it takes until an event goes the whole way again. */
final class Probe {

  /** It waits this long, so that the report can tell how much too long it took. */
  static final Duration LONGEST = Duration.ofSeconds(90);

  private static final long PAUSE_MILLIS = 100;

  private final Traffic traffic;
  private final Posts posts;
  private final Mirrors mirrors;
  private final Fleet fleet;
  private final Reads reads;

  Probe(Traffic traffic, Posts posts, Mirrors mirrors, Fleet fleet) {
    this.traffic = traffic;
    this.posts = posts;
    this.mirrors = mirrors;
    this.fleet = fleet;
    this.reads = new Reads(fleet.apiAddress());
  }

  /**
   * What came of a probe.
   *
   * @param took how long it took, at most {@link #LONGEST}
   * @param missing what had not come about by then; null if nothing
   */
  record Recovery(Duration took, String missing) {}

  /** Waits until a fresh event {@link #flow flows}, and every app is there with all its stores. */
  Recovery recovery() throws Exception {
    long begin = System.nanoTime();
    Recovery flow = flow();
    if (flow.missing() != null
        || until(begin + LONGEST.toNanos(), () -> fleet.unhealthy().isEmpty())) {
      return new Recovery(since(begin), flow.missing());
    }
    return new Recovery(since(begin), String.join(", ", fleet.unhealthy()) + " not healthy");
  }

  /**
   * Posts a fresh event, and waits until it is answered 200, applied, and its object read through
   * the API.
   */
  Recovery flow() throws Exception {
    long begin = System.nanoTime();
    long end = begin + LONGEST.toNanos();
    Delivery probe = traffic.probe();
    Thread.ofVirtual().start(() -> postUntilKept(probe));
    Planned event = probe.event();
    String missing = null;
    if (!until(end, () -> posts.accepted(event.id()) != null)) {
      missing = "answered 200";
    } else if (!until(end, () -> isApplied(event))) {
      missing = "applied";
    } else if (!until(end, () -> reads.hasLast(event.object()))) {
      missing = "readable";
    }
    return new Recovery(since(begin), missing == null ? null : event.id() + " is not " + missing);
  }

  private static Duration since(long begin) {
    return Duration.ofNanos(System.nanoTime() - begin);
  }

  private void postUntilKept(Delivery probe) {
    try {
      posts.postEagerly(probe);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean until(long end, Callable<Boolean> condition) throws Exception {
    while (!condition.call()) {
      if (System.nanoTime() - end > 0) {
        return false;
      }
      Thread.sleep(PAUSE_MILLIS);
    }
    return true;
  }

  private boolean isApplied(Planned event) {
    try {
      Document stored = mirrors.event(event.id());
      return stored != null && "applied".equals(stored.getString("state"));
    } catch (MongoException e) {
      return false;
    }
  }
}
