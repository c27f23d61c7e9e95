package io.driveline.events;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * How far a replay of many events is. Events go in the order in which Stripe made them, and of one
 * second by id; messages that were no events have no time, and come first.
 *
 * @param replay the replay's name, which its events bear
 * @param begun when it began: events received later are none of its business
 * @param nextDue the first due time that is not given away
 * @param created of the last event that was looked at, Unix seconds; null before the first, and for
 *     a message that was no event
 * @param id of the last event that was looked at; null before the first
 */
public record ReplayPosition(
    String replay, Instant begun, Instant nextDue, Long created, String id) {

  /** Before the first event. */
  public static ReplayPosition begin(String replay, Instant now) {
    Instant begun = now.truncatedTo(ChronoUnit.MILLIS); // as MongoDB keeps times
    return new ReplayPosition(replay, begun, begun, null, null);
  }

  ReplayPosition after(ReplayCandidate last) {
    return new ReplayPosition(replay, begun, nextDue, last.created(), last.id());
  }

  ReplayPosition nextDue(Instant due) {
    return new ReplayPosition(replay, begun, due, created, id);
  }
}
