package io.driveline.webhook.body;

import java.util.concurrent.atomic.AtomicLong;

/** The memory that all posts may take up together: anyone can post, and only memory kills. */
public final class MemoryBudget {

  private final long limit;
  private final AtomicLong used = new AtomicLong();

  /**
   * @param limit in bytes
   */
  public MemoryBudget(long limit) {
    this.limit = limit;
  }

  /** Takes some, or nothing at all where there is not enough. */
  boolean reserve(long bytes) {
    long now;
    do {
      now = used.get();
      if (now + bytes > limit) {
        return false;
      }
    } while (!used.compareAndSet(now, now + bytes));
    return true;
  }

  void release(long bytes) {
    used.addAndGet(-bytes);
  }

  /** What is taken, in bytes. */
  public long used() {
    return used.get();
  }
}
