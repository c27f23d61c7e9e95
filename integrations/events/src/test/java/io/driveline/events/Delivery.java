package io.driveline.events;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.bson.Document;

/**
 * Delivers events in any order, some of them again, to three workers at a time that come in between
 * each other at any step; also between two looks at the ledger, which are no one snapshot.
 */
final class Delivery implements History {

  private static final int WORKERS = 3;

  private final HistoryInMemory ledger = new HistoryInMemory();
  private final MirrorInMemory mirror = new MirrorInMemory();
  private final Settlement settlement = WritePath.settlement(this);
  private final List<WritePath> workers = new ArrayList<>();
  private final List<StripeEvent> queue;
  private final Random random;

  private Delivery(List<StripeEvent> events, long seed) {
    random = new Random(seed);
    queue = new ArrayList<>(events);
    for (int again = random.nextInt(3); again > 0; again--) {
      queue.add(events.get(random.nextInt(events.size())));
    }
    Collections.shuffle(queue, random);
  }

  /**
   * Delivers all events, each at least once.
   *
   * @param seed for order, repetitions, and who is next
   * @return the mirror's document
   */
  static Document of(List<StripeEvent> events, long seed) {
    Delivery delivery = new Delivery(events, seed);
    while (!delivery.queue.isEmpty() || !delivery.workers.isEmpty()) {
      delivery.maybeClaim();
      delivery.maybeStep();
    }
    return delivery.mirror.find(events.getFirst().object());
  }

  private void maybeClaim() {
    if (!queue.isEmpty() && workers.size() < WORKERS && random.nextInt(3) == 0) {
      StripeEvent event = queue.removeLast();
      ledger.add(event);
      workers.add(new WritePath(mirror, settlement, event));
    }
  }

  private void maybeStep() {
    if (!workers.isEmpty()) {
      WritePath worker = workers.get(random.nextInt(workers.size()));
      if (!worker.step()) {
        workers.remove(worker);
      }
    }
  }

  @Override
  public long count(ObjectKey object, long second) {
    maybeClaim();
    return ledger.count(object, second);
  }

  @Override
  public List<StripeEvent> at(ObjectKey object, long second) {
    maybeClaim();
    return ledger.at(object, second);
  }

  @Override
  public boolean whole(ObjectKey object, long second) {
    maybeClaim();
    return ledger.whole(object, second);
  }

  @Override
  public OptionalLong before(ObjectKey object, long second) {
    maybeClaim();
    return ledger.before(object, second);
  }
}
