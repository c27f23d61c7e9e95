package io.driveline.events;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.bson.conversions.Bson;

/**
 * Which state of an object is the newer one. The version is the event's {@code created}, Stripe's
 * clock in whole seconds; the events of one second are ordered together, by the states that they
 * tell: see {@link #last}. Why so: docs/decisions/0006.
 */
public final class Order {

  /** So far back a state is sought that a second may have begun with. */
  private static final int SECONDS_BACK = 100;

  private Order() {}

  /**
   * What the mirror must hold for this event to be written without a look at anything else: an
   * older state. Where there is none yet the write is an insert; otherwise the insert fails as a
   * duplicate (MongoDB's error 11000), and {@link Settlement} finds out what that means.
   */
  public static Bson mayReplace(StripeEvent event) {
    return Mirror.older(event.object(), event.created());
  }

  /**
   * What a second left of an object.
   *
   * @param event the one whose snapshot is the last of its second; of several that left the same
   *     state the one with the greatest id, so that any order of arrival gives the same
   * @param tied whether the last could not be told, and the greatest id was taken
   */
  public record Last(StripeEvent event, boolean tied) {}

  /**
   * The last of an object's events of one second.
   *
   * <p>An ordering of them is possible if each one that tells the state before follows one that
   * left that state, or is the first; what creates comes first, what deletes last; and no status
   * falls back on its type's ladder. Where all possible orderings end in one state, that is it.
   * Where they do not, the second may have ended as it began: then the state before it, which the
   * ledger's newest earlier second of the object left, tells where it began.
   *
   * @param second Unix seconds
   * @return empty if there is none with a payload, or one that has lost it: then nothing can be
   *     told, and what the mirror holds stays
   */
  public static Optional<Last> last(History history, ObjectKey object, long second) {
    List<Change> changes = changes(history, object, second);
    Set<State> ends = ends(history, object, second, changes, SECONDS_BACK);
    return changes.stream()
        .filter(change -> ends.contains(change.after()))
        .map(Change::event)
        .max(Comparator.comparing(StripeEvent::id))
        .map(event -> new Last(event, ends.size() > 1));
  }

  /** The second's changes; none if not all of them can be read. */
  private static List<Change> changes(History history, ObjectKey object, long second) {
    List<StripeEvent> events = history.at(object, second);
    // Asked afterwards: a payload that is removed between the two is noticed here.
    return history.whole(object, second) ? events.stream().map(Change::of).toList() : List.of();
  }

  private static Set<State> ends(
      History history, ObjectKey object, long second, List<Change> changes, int secondsBack) {
    if (changes.isEmpty()) {
      return Set.of();
    }
    Set<State> ends = ends(changes, Set.of());
    OptionalLong earlier =
        ends.size() > 1 && secondsBack > 0 ? history.before(object, second) : OptionalLong.empty();
    if (earlier.isEmpty()) {
      return ends;
    }
    Set<State> starts =
        ends(
            history,
            object,
            earlier.getAsLong(),
            changes(history, object, earlier.getAsLong()),
            secondsBack - 1);
    return starts.isEmpty() ? ends : ends(changes, starts);
  }

  private static Set<State> ends(List<Change> changes, Set<State> starts) {
    // Where every change tells its place, their states are proof enough; a ladder only expects.
    boolean ladder = !changes.stream().allMatch(Change::placed);
    Orderings found = Orderings.of(changes, starts, ladder);
    if (found.broken() == 0) {
      return found.ends();
    }
    // Stripe sometimes makes two Event objects for one change: the second one fits nowhere.
    List<Change> once = once(changes);
    found = Orderings.of(once, starts, ladder);
    return found.broken() == 0 || ladder ? found.ends() : Orderings.of(once, starts, true).ends();
  }

  private static List<Change> once(List<Change> changes) {
    List<Change> once = new ArrayList<>();
    for (Change change : changes) {
      if (once.stream().noneMatch(change::twin)) {
        once.add(change);
      }
    }
    return once;
  }
}
