package io.driveline.events;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.bson.Document;
import org.bson.conversions.Bson;

/**
 * Which state of an object is the newer one. The version is the event's {@code created}, Stripe's
 * clock in whole seconds.
 *
 * <p>Events of one second count as newer than what is stored; the rule that orders them among each
 * other comes with the next issue, and belongs here.
 */
public final class Order {

  private Order() {}

  /**
   * What the mirror must hold for this event to be written: an older state, or one of the same
   * second. Where there is none yet the write is an insert; where there is a newer one the insert
   * fails as a duplicate (MongoDB's error 11000), and the event is superseded.
   */
  public static Bson mayReplace(StripeEvent event) {
    return new Document("_id", event.object().mirrorId())
        .append(Mirror.VERSION, new Document("$lte", event.created()));
  }

  /** What a refused write means, by what is stored. */
  public enum Verdict {
    /** A newer state is there: this event changes nothing. */
    SUPERSEDED,
    /** Two first writes raced, and the other was no newer: the write is to be repeated. */
    REPEAT
  }

  /**
   * Settles a write that {@link #mayReplace} refused.
   *
   * @param stored the mirror's document; null if it is gone meanwhile
   */
  public static Verdict settle(StripeEvent event, Document stored) {
    if (stored == null) {
      return Verdict.REPEAT;
    }
    long version =
        stored.get(Mirror.ABOUT, Document.class).get("version", Number.class).longValue();
    return version > event.created() ? Verdict.SUPERSEDED : Verdict.REPEAT;
  }

  /**
   * What a second left of an object.
   *
   * @param event the one whose snapshot is the last of its second
   * @param tied whether that could not be told, and the greatest id was taken
   */
  public record Last(StripeEvent event, boolean tied) {}

  /** The last of an object's events of one second; empty if there is none with a payload. */
  public static Optional<Last> last(History history, ObjectKey object, long second) {
    List<StripeEvent> events = history.at(object, second);
    return events.stream()
        .max(Comparator.comparing(StripeEvent::id))
        .map(event -> new Last(event, events.size() > 1));
  }
}
