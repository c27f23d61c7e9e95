package io.driveline.events;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import org.bson.Document;
import org.bson.conversions.Bson;

/**
 * The way of one event into the mirror, as the worker's routes take it, step by step, so that
 * others can come in between.
 */
final class WritePath {

  /** The three ways in which the routes speak to the mirror. */
  interface Store {

    /** False where it fails as a duplicate key. */
    boolean upsert(Bson filter, Document document);

    Document find(ObjectKey object);

    /** False where the filter matches nothing. */
    boolean replace(Bson filter, Document document);
  }

  private enum Next {
    FIRST_WRITE,
    LOOK,
    REPLACE,
    DONE
  }

  private final Store mirror;
  private final Settlement settlement;
  private final StripeEvent event;

  private Next next = Next.FIRST_WRITE;
  private Verdict verdict;

  WritePath(Store mirror, Settlement settlement, StripeEvent event) {
    this.mirror = mirror;
    this.settlement = settlement;
    this.event = event;
  }

  /**
   * One step.
   *
   * @return false once there is none left
   */
  boolean step() {
    next =
        switch (next) {
          case FIRST_WRITE ->
              mirror.upsert(Order.mayReplace(event), Mirror.document(event, Instant.EPOCH))
                  ? Next.DONE
                  : Next.LOOK;
          case LOOK -> {
            verdict = settlement.judge(event, mirror.find(event.object()));
            yield switch (verdict.kind()) {
              case REPEAT -> Next.FIRST_WRITE;
              case SETTLED -> Next.DONE;
              case WRITE -> Next.REPLACE;
            };
          }
          case REPLACE ->
              mirror.replace(verdict.filter(), verdict.document()) ? Next.DONE : Next.LOOK;
          case DONE -> Next.DONE;
        };
    return next != Next.DONE;
  }

  void run() {
    while (step()) {
      // on to the next
    }
  }

  static Settlement settlement(History history) {
    return new Settlement(
        history, object -> Optional.empty(), Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));
  }
}
