package io.driveline.system.faults;

import com.mongodb.MongoException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/** Looks again and again at the objects that change, and sees each version that fell. */
final class Watch implements AutoCloseable {

  private static final Duration PERIOD = Duration.ofMillis(500);

  /** How long an object is looked at after its last event: longer than any fault lasts. */
  private static final Duration MEMORY = Duration.ofSeconds(90);

  private final Mirrors mirrors;
  private final Load load;
  private final Map<Life, Long> highest = new ConcurrentHashMap<>();
  private final Queue<String> fallen = new ConcurrentLinkedQueue<>();
  private final Thread thread = Thread.ofPlatform().daemon().name("watch").unstarted(this::run);
  private volatile boolean closed;

  Watch(Mirrors mirrors, Load load) {
    this.mirrors = mirrors;
    this.load = load;
  }

  void start() {
    thread.start();
  }

  private void run() {
    while (!closed) {
      try {
        look(load.living(MEMORY));
      } catch (MongoException e) {
        // MongoDB is away; what it has then is looked at when it is back.
      }
      LockSupport.parkNanos(PERIOD.toNanos());
    }
  }

  private void look(List<Life> living) {
    Map<Life, Long> now = mirrors.versions(living);
    for (Life life : living) {
      Long before = highest.get(life);
      Long version = now.get(life);
      if (version == null) {
        if (before != null) {
          fallen.add(life + " was at " + before + ", and is gone");
          highest.remove(life);
        }
        continue;
      }
      if (before != null && version < before) {
        fallen.add(life + " fell from " + before + " to " + version);
      }
      highest.put(life, version);
    }
    highest.keySet().retainAll(living);
  }

  /** What fell, and how far. */
  List<String> fallen() {
    return List.copyOf(fallen);
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
