package io.driveline.system.faults;

import com.fasterxml.jackson.databind.JsonNode;

/** One object, and what it must have come to in the end: the reference, in true order. */
final class Life {

  /** What the events of the object's one crowded second tell of the states before them. */
  enum Second {
    /** It has no crowded second. */
    NONE,
    /** All of it: the order must be found. */
    COMPLETE,
    /** Nothing, but their statuses rise. */
    LADDER,
    /** Not all of it: the object may end tied. */
    MISSING
  }

  private final String type;
  private final String id;
  private final Second second;

  private JsonNode last;
  private long version;
  private boolean deleted;

  Life(String type, String id, Second second) {
    this.type = type;
    this.id = id;
    this.second = second;
  }

  String type() {
    return type;
  }

  String id() {
    return id;
  }

  Second second() {
    return second;
  }

  /** The next state, told in true order: whatever came before, this is what is now. */
  void becomes(JsonNode snapshot, long created, boolean gone) {
    last = snapshot;
    version = created;
    deleted = gone;
  }

  /** The snapshot of its last event. */
  JsonNode last() {
    return last;
  }

  /** When its last event was created. */
  long version() {
    return version;
  }

  /** Whether its last event deleted it. */
  boolean deleted() {
    return deleted;
  }

  /** The {@code _id} in the mirror's collection. */
  String mirrorId() {
    return "platform/test/" + id;
  }

  @Override
  public String toString() {
    return type + "/" + id;
  }
}
