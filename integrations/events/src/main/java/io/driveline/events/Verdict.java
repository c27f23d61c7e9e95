package io.driveline.events;

import org.bson.Document;
import org.bson.conversions.Bson;

/**
 * What is to be done about an event that the mirror did not take at once.
 *
 * @param kind what
 * @param superseded whether the mirror then holds another state than this event's
 * @param tied whether the mirror then holds a state of which it could not be told that it is the
 *     last of its second
 * @param filter what the mirror must still hold for {@code document} to be written; null if nothing
 *     is to be written
 * @param document what to write; null if nothing
 */
public record Verdict(Kind kind, boolean superseded, boolean tied, Bson filter, Document document) {

  /** What is to be done. */
  public enum Kind {
    /** The mirror holds something older, or nothing any more: the first write is to be repeated. */
    REPEAT,
    /** The mirror is right as it is. */
    SETTLED,
    /** A replacement; where the filter matches nothing, judge again by what is there then. */
    WRITE
  }

  static Verdict repeat() {
    return new Verdict(Kind.REPEAT, false, false, null, null);
  }

  static Verdict settled(boolean superseded, boolean tied) {
    return new Verdict(Kind.SETTLED, superseded, tied, null, null);
  }

  static Verdict write(boolean superseded, boolean tied, Bson filter, Document document) {
    return new Verdict(Kind.WRITE, superseded, tied, filter, document);
  }
}
