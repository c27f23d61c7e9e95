package io.driveline.events;

import java.util.Objects;
import java.util.OptionalInt;

/**
 * What one event did to its object.
 *
 * @param event the event
 * @param before the state that it began with; null if it does not tell
 * @param after the state that it left
 * @param rung how high its status stands on its type's {@link Ladder}; empty if it has none
 */
record Change(StripeEvent event, State before, State after, OptionalInt rung) {

  static Change of(StripeEvent event) {
    return new Change(
        event,
        State.before(event),
        State.after(event),
        Ladder.rung(event.object().type(), event.snapshot()));
  }

  static boolean creates(StripeEvent event) {
    return event.type().endsWith(".created");
  }

  /** Whether its place is known by what it tells of the state before, or by being the end. */
  boolean placed() {
    return before != null || event.deleted();
  }

  /** Whether it left another state than the one that its sibling says to have begun with. */
  boolean breaks(Change next) {
    return next.before != null && !next.before.equals(after);
  }

  /**
   * Whether it must come before another one, whatever the states say: what creates is first, what
   * deletes is last.
   *
   * @param ladder whether a status may not fall either
   */
  boolean precedes(Change other, boolean ladder) {
    if (phase() != other.phase()) {
      return phase() < other.phase();
    }
    return ladder
        && rung.isPresent()
        && other.rung.isPresent()
        && rung.getAsInt() < other.rung.getAsInt();
  }

  /** Whether Stripe made two Event objects for one change. */
  boolean twin(Change other) {
    return event.type().equals(other.event.type())
        && after.equals(other.after)
        && Objects.equals(before, other.before);
  }

  private int phase() {
    return event.deleted() ? 2 : creates(event) ? 0 : 1;
  }
}
