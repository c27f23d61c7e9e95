package io.driveline.events;

import com.mongodb.WriteConcern;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.BulkWriteOptions;
import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.WriteModel;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Date;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bson.Document;

/**
 * Sends events the whole way again. A replay is one write to the ledger: received, and due, now or
 * a little later. What an event came to before, whether it was superseded above all, stays written:
 * it must be announced with the same data as the first time.
 *
 * <p>Every write stands alone and is conditional, majority and journaled. Who dies on the way and
 * begins anew leaves out what is due already.
 */
public final class Replays {

  private static final int TRIES = 3;

  /** As many as the ledger keeps. */
  private static final int STEPS_KEPT = 100;

  /** Why it failed, and since when its payload is of no more use: that is not to be removed now. */
  private static final Document FORGOTTEN =
      new Document("reason", "").append("error", "").append("payloadSince", "");

  private static final BulkWriteOptions UNORDERED = new BulkWriteOptions().ordered(false);
  private static final Document THERE = new Document("$exists", true);
  private static final Document MISSING = new Document("$exists", false);

  private final MongoCollection<Document> events;
  private final Clock clock;
  private final int rate;

  /**
   * @param ledger {@value Ledger#DATABASE}
   * @param clock for what is due and what a worker holds
   * @param rate how many events of a replay of many become due per second
   */
  public Replays(MongoDatabase ledger, Clock clock, int rate) {
    this.events =
        ledger
            .getCollection(Ledger.COLLECTION)
            .withWriteConcern(WriteConcern.MAJORITY.withJournal(true));
    this.clock = clock;
    this.rate = rate;
  }

  /**
   * What became of the wish to replay one event.
   *
   * @param event as it stands now, without its payload
   * @param obstacle why nothing was done; null if it was made due, or was due already
   */
  public record One(LedgerEntry event, ReplayObstacle obstacle) {}

  /**
   * Makes one event due now, whatever its state. One that waits for a later time comes forward; one
   * that is received and due already stays as it is.
   *
   * @param by who wants it, for the event's passport
   * @return empty if the ledger does not have it
   */
  public Optional<One> one(String id, String by) {
    Document stored = null;
    for (int i = 0; i < TRIES; i++) {
      Instant now = now();
      Document written = write(id, now, by);
      if (written != null) {
        return Optional.of(new One(LedgerEntry.from(written), null));
      }
      stored = events.find(new Document("_id", id)).first();
      if (stored == null) {
        return Optional.empty();
      }
      if (waits(stored, now)) {
        return Optional.of(new One(LedgerEntry.from(stored), null));
      }
      ReplayObstacle obstacle =
          ReplayCandidate.obstacle(stored, stored.get("payload") != null, now);
      if (obstacle != null && obstacle != ReplayObstacle.DUE) {
        return Optional.of(new One(LedgerEntry.from(stored), obstacle));
      }
      // Its worker let it go between the two: it can be had now.
    }
    return Optional.of(new One(LedgerEntry.from(stored), ReplayObstacle.HELD));
  }

  /** Received, and a worker may take it up: a replay would change nothing. */
  private static boolean waits(Document stored, Instant now) {
    return EventState.RECEIVED.text().equals(stored.getString("state"))
        && stored.getDate("due") != null
        && !stored.getDate("due").toInstant().isAfter(now);
  }

  private Document write(String id, Instant now, String by) {
    Date at = Date.from(now);
    return events.findOneAndUpdate(
        new Document("_id", id)
            .append("type", THERE)
            .append("payload", THERE)
            .append(
                "$nor",
                List.of(
                    new Document("state", EventState.APPLYING.text())
                        .append("due", new Document("$gt", at)),
                    new Document("state", EventState.RECEIVED.text())
                        .append("due", new Document("$lte", at)))),
        update(now, now, by, new Document()),
        new FindOneAndUpdateOptions()
            .returnDocument(ReturnDocument.AFTER)
            .projection(new Document("payload", 0)));
  }

  /**
   * What became of a page of a replay of many.
   *
   * @param matched how many events the filter matched
   * @param replayed how many of them were made due
   * @param leftOut how many were not, and why
   * @param firstDue when the first of them is due; null if none is
   * @param lastDue when the last of them is due; null if none is
   * @param next where the next page begins; null if this was the last
   */
  public record Page(
      int matched,
      int replayed,
      Map<ReplayObstacle, Integer> leftOut,
      Instant firstDue,
      Instant lastDue,
      ReplayPosition next) {}

  /**
   * Makes a page of events due, one after the other at the rate, and in the order in which Stripe
   * made them. Events that are held, due, unreadable or without payload are left out.
   *
   * @param from where it begins; the due times go on where those of the page before ended
   * @param limit how many events it looks at, at most
   * @param by who wants it, for the events' passports
   */
  public Page many(EventFilter filter, ReplayPosition from, int limit, String by) {
    ReplayScan scan = new ReplayScan(events, clock, filter, from, limit);
    Instant start = latest(from.nextDue(), now());
    Map<ReplayObstacle, Integer> leftOut = new EnumMap<>(ReplayObstacle.class);
    int matched = 0;
    int planned = 0;
    int replayed = 0;
    for (List<ReplayCandidate> step = scan.next(); !step.isEmpty(); step = scan.next()) {
      matched += step.size();
      List<WriteModel<Document>> writes = new ArrayList<>();
      for (ReplayCandidate candidate : step) {
        if (candidate.obstacle() == null) {
          writes.add(write(candidate.id(), due(start, planned++), by, from.replay()));
        } else {
          leftOut.merge(candidate.obstacle(), 1, Integer::sum);
        }
      }
      int written = writes.isEmpty() ? 0 : events.bulkWrite(writes, UNORDERED).getMatchedCount();
      replayed += written;
      if (written < writes.size()) {
        // Somebody else replayed them between the two.
        leftOut.merge(ReplayObstacle.DUE, writes.size() - written, Integer::sum);
      }
    }
    ReplayPosition rest = scan.rest();
    return new Page(
        matched,
        replayed,
        leftOut,
        replayed == 0 ? null : start,
        replayed == 0 ? null : due(start, planned - 1),
        rest == null ? null : rest.nextDue(due(start, planned)));
  }

  private WriteModel<Document> write(String id, Instant due, String by, String replay) {
    return new UpdateOneModel<>(
        new Document("_id", id)
            .append("type", THERE)
            .append("payload", THERE)
            .append("due", MISSING),
        update(now(), due, by, new Document("replay", replay)));
  }

  private static Document update(Instant now, Instant due, String by, Document more) {
    Document set =
        new Document("state", EventState.RECEIVED.text())
            .append("due", Date.from(due))
            .append("attempts", 0)
            .append("unfinished", 0);
    set.putAll(more);
    return new Document("$set", set)
        .append("$inc", new Document("generation", 1))
        .append("$unset", FORGOTTEN)
        .append(
            "$push",
            new Document(
                "steps",
                new Document("$each", List.of(step(now, due, by))).append("$slice", -STEPS_KEPT)));
  }

  private static Document step(Instant now, Instant due, String by) {
    return new Document("step", "replay")
        .append("at", Date.from(now))
        .append("ms", 0L)
        .append("by", by)
        .append("outcome", "due at " + due);
  }

  private Instant due(Instant start, int number) {
    return start.plusMillis(number * 1000L / rate);
  }

  /** In milliseconds, as MongoDB keeps times. */
  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  private static Instant latest(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }
}
