package io.driveline.events;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.bson.Document;

/**
 * A worker's hold on one event. Every later write names it, so that a worker that slept past its
 * lease cannot overwrite the one that took over. Steps noted on it are written with the next write:
 * an event costs the ledger three writes, however many steps it takes.
 *
 * <p>For one thread at a time, as an exchange goes through its routes; their copies of the exchange
 * share it.
 */
public final class Claim {

  private final String eventId;
  private final String owner;
  private final int number;
  private final int unfinished;
  private final int attempts;
  private final Boolean superseded;
  private final int owedBefore;
  private final String payload;
  private final List<Document> noted = new ArrayList<>();
  private Instant since;
  private String owed;

  /**
   * @param claimed the ledger's document
   * @param at when
   */
  Claim(Document claimed, Instant at) {
    this.eventId = claimed.getString("_id");
    this.owner = claimed.getString("owner");
    this.number = claimed.getInteger("claims");
    this.unfinished = claimed.getInteger("unfinished");
    this.attempts = claimed.getInteger("attempts", 0);
    this.superseded = claimed.getBoolean("superseded");
    this.owedBefore = claimed.getInteger("owed", 0);
    this.payload = claimed.getString("payload");
    this.since = at;
  }

  /** Which event. */
  public String eventId() {
    return eventId;
  }

  /** Which worker. */
  public String owner() {
    return owner;
  }

  /** The how-manieth claim of this event it is, from 1. */
  public int number() {
    return number;
  }

  /** How many claims in a row, with this one, came to no end: their workers died. From 1. */
  public int unfinished() {
    return unfinished;
  }

  /** How often in a row the event failed before this claim. */
  public int attempts() {
    return attempts;
  }

  /** What an earlier claim found out on writing the mirror; null if none got there. */
  public Boolean superseded() {
    return superseded;
  }

  /** How often in a row before this claim the event's announcement could not be made. */
  public int owedBefore() {
    return owedBefore;
  }

  /**
   * What Stripe sent, as the ledger got it first. Stripe sends one event to several endpoints, to
   * each in its own API version; what is kept is what counts, or a replay would say another thing.
   */
  public String payload() {
    return payload;
  }

  /**
   * Notes one step that was done.
   *
   * @param at when it ended; it began when the one before it ended
   * @param step such as {@code announce}
   * @param outcome for a person
   */
  public void note(Instant at, String step, String outcome) {
    noted.add(Ledger.step(step, at, Duration.between(since, at), owner, outcome));
    since = at;
  }

  /**
   * Says that the event's announcement could not be made.
   *
   * @param why for a person
   */
  public void owe(String why) {
    owed = why;
  }

  /** Why the announcement could not be made; null if it was, or is not yet to be. */
  public String owed() {
    return owed;
  }

  /** All steps that are not written yet, with one more; it may have to be asked for again. */
  List<Document> noted(Instant at, String step, String outcome) {
    List<Document> steps = new ArrayList<>(noted);
    steps.add(Ledger.step(step, at, Duration.between(since, at), owner, outcome));
    return steps;
  }

  void written(Instant at) {
    noted.clear();
    since = at;
  }
}
