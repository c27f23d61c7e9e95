package io.driveline.events;

import java.time.Instant;
import org.bson.Document;

/**
 * An event that a replay's filter matches.
 *
 * @param id the event's id
 * @param created when Stripe made it, Unix seconds; null for a message that was no event
 * @param object what it is about; null if that has no place in the mirror
 * @param obstacle why it is not replayed; null if it is
 */
record ReplayCandidate(String id, Long created, ObjectKey object, ReplayObstacle obstacle) {

  static ReplayCandidate of(Document stored, boolean payload, Instant now) {
    Document object = stored.get("object", Document.class);
    return new ReplayCandidate(
        stored.getString("_id"),
        stored.get("created", Number.class) instanceof Number created ? created.longValue() : null,
        object == null
            ? null
            : new ObjectKey(
                stored.getString("account"),
                stored.getBoolean("livemode", false),
                object.getString("type"),
                object.getString("id")),
        obstacle(stored, payload, now));
  }

  static ReplayObstacle obstacle(Document stored, boolean payload, Instant now) {
    if (stored.getString("type") == null) {
      return ReplayObstacle.UNREADABLE;
    }
    if (!payload) {
      return ReplayObstacle.NO_PAYLOAD;
    }
    if (stored.getDate("due") == null) {
      return null;
    }
    boolean held =
        EventState.APPLYING.text().equals(stored.getString("state"))
            && stored.getDate("due").toInstant().isAfter(now);
    return held ? ReplayObstacle.HELD : ReplayObstacle.DUE;
  }
}
