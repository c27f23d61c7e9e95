package io.driveline.system.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;

/** The steady load: every delivery at its time, however slow the ones before it are answered. */
final class Load implements AutoCloseable {

  private static final long TICK_NANOS = 5_000_000;

  private final Traffic traffic;
  private final Posts posts;
  private final double rate;
  private final Queue<Delivery> waiting = new PriorityQueue<>();
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<Life, Long> living = new ConcurrentHashMap<>();
  private final Thread clock = Thread.ofPlatform().name("load").unstarted(this::run);
  private volatile boolean ending;
  private volatile boolean closed;
  private long begin;

  /**
   * @param rate events a second, duplicates not counted
   */
  Load(Traffic traffic, Posts posts, double rate) {
    this.traffic = traffic;
    this.posts = posts;
    this.rate = rate;
  }

  void start() {
    begin = System.nanoTime();
    clock.start();
  }

  /** Begins no further object, and comes back once every delivery has been sent off. */
  void end() throws InterruptedException {
    ending = true;
    clock.join();
  }

  /** Objects with a delivery in the last while, or one to come. */
  List<Life> living(Duration since) {
    long oldest = System.nanoTime() - since.toNanos();
    living.values().removeIf(last -> last - oldest < 0);
    return new ArrayList<>(living.keySet());
  }

  private void run() {
    double nextSeconds = 0;
    while (!closed) {
      long now = System.nanoTime() - begin;
      while (!ending && nextSeconds * 1e9 <= now) {
        List<Delivery> life = traffic.next(Duration.ofNanos((long) (nextSeconds * 1e9)));
        waiting.addAll(life);
        long last = life.stream().mapToLong(delivery -> delivery.at().toNanos()).max().orElse(now);
        living.put(life.getFirst().event().object(), begin + last);
        nextSeconds += life.stream().map(Delivery::event).distinct().count() / rate;
      }
      while (!waiting.isEmpty() && waiting.peek().at().toNanos() <= now) {
        Delivery due = waiting.poll();
        executor.submit(() -> posts.post(due));
      }
      if (ending && waiting.isEmpty()) {
        return;
      }
      LockSupport.parkNanos(TICK_NANOS);
    }
  }

  @Override
  public void close() {
    closed = true;
    executor.shutdownNow();
  }
}
