package io.driveline.events;

import java.util.Locale;

/** Where an event stands in the ledger. Stored and shown in lower case. */
public enum EventState {
  /** Kept, and waiting for a worker. */
  RECEIVED,
  /** A worker holds it, until its lease ends. */
  APPLYING,
  /** Done: the mirror has it, or something newer. */
  APPLIED,
  /** Done: it has no place in the mirror. */
  SKIPPED,
  /** Failed for the moment; it is due again later. */
  RETRYING,
  /** Failed for good; it waits for a person. */
  PARKED;

  /** As the ledger stores it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * @throws IllegalArgumentException for a text that is no state
   */
  public static EventState of(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
