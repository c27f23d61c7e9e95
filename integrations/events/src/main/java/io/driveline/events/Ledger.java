package io.driveline.events;

import com.mongodb.ErrorCategory;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoWriteException;
import com.mongodb.WriteConcern;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.ReturnDocument;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bson.Document;

/**
 * Every event once: what came, who holds it, what became of it. One field schedules everything:
 * {@code due} is the end of a lease, the time of the next try, or the time of a replay; a finished
 * event has none.
 *
 * <p>Writes are majority and journaled: what this class has said survives the loss of a server.
 */
public final class Ledger {

  /** The database. */
  public static final String DATABASE = "driveline";

  /** The collection. */
  public static final String COLLECTION = "events";

  private static final long INDEX_MINUTES = 30;

  private static final String DUE = "due";
  private static final String STATE = "state";
  private static final String OWNER = "owner";
  private static final String CLAIMS = "claims";
  private static final String REASON = "reason";
  private static final String STEPS = "steps";

  private final MongoCollection<Document> events;
  private final Clock clock;

  /**
   * @param database {@value #DATABASE}
   * @param clock for received, due and done; never for the order of events
   */
  public Ledger(MongoDatabase database, Clock clock) {
    this.events =
        database
            .getCollection(COLLECTION)
            .withWriteConcern(WriteConcern.MAJORITY.withJournal(true));
    this.clock = clock;
  }

  /** Creates what the ledger's queries need; does nothing where it is there. */
  public void createIndexes() {
    // Over a large ledger this takes longer than any other operation may.
    MongoCollection<Document> patient =
        events.withTimeout(INDEX_MINUTES, java.util.concurrent.TimeUnit.MINUTES);
    patient.createIndex(new Document(DUE, 1));
    patient.createIndex(new Document("object.key", 1).append("created", 1));
    // For people who look for events, the newest received first, of all or with one of these.
    patient.createIndex(new Document("received", -1).append("_id", -1));
    for (String filter : List.of(STATE, "type", "object.id")) {
      patient.createIndex(new Document(filter, 1).append("received", -1).append("_id", -1));
    }
  }

  /**
   * Keeps an event that cannot go through the queue: received, and due at once.
   *
   * @return false if the ledger has it already
   */
  public boolean keep(StripeEvent event, Intake intake) {
    try {
      events.insertOne(
          described(event, intake)
              .append("_id", event.id())
              .append(STATE, EventState.RECEIVED.text())
              .append(DUE, now())
              .append(CLAIMS, 0));
      return true;
    } catch (MongoWriteException e) {
      if (e.getError().getCategory() == ErrorCategory.DUPLICATE_KEY) {
        return false;
      }
      throw e;
    }
  }

  /**
   * Takes an event up: a new one, or one that is due.
   *
   * @param owner this worker
   * @param lease how long no other may take it
   * @return empty if another holds it or it is finished; when it is due, the sweep brings it back
   */
  public Optional<Claim> claim(StripeEvent event, Intake intake, String owner, Duration lease) {
    Instant now = clock.instant();
    Document update =
        new Document(
                "$set",
                new Document(STATE, EventState.APPLYING.text())
                    .append(OWNER, owner)
                    .append(DUE, Date.from(now.plus(lease))))
            .append("$inc", new Document(CLAIMS, 1))
            .append("$setOnInsert", described(event, intake))
            .append("$push", new Document(STEPS, step("claim", now, owner, "claimed")));
    try {
      Document claimed =
          events.findOneAndUpdate(
              new Document("_id", event.id()).append(DUE, new Document("$lte", Date.from(now))),
              update,
              new FindOneAndUpdateOptions().upsert(true).returnDocument(ReturnDocument.AFTER));
      return Optional.of(
          new Claim(
              event.id(), owner, claimed.getInteger(CLAIMS), claimed.getBoolean("superseded")));
    } catch (MongoCommandException e) {
      if (ErrorCategory.fromErrorCode(e.getErrorCode()) == ErrorCategory.DUPLICATE_KEY) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * What is due, oldest first.
   *
   * @param limit how many at most
   */
  public List<LedgerEntry> due(int limit) {
    List<LedgerEntry> due = new ArrayList<>();
    events
        .find(new Document(DUE, new Document("$lte", now())))
        .sort(new Document(DUE, 1))
        .limit(limit)
        .forEach(stored -> due.add(LedgerEntry.from(stored)));
    return due;
  }

  /** The event as the ledger holds it. */
  public Optional<LedgerEntry> find(String id) {
    return Optional.ofNullable(events.find(new Document("_id", id)).first()).map(LedgerEntry::from);
  }

  /**
   * Notes one step that was done.
   *
   * @throws LostClaimException if another worker has taken the event over
   */
  public void note(Claim claim, String step, String outcome) {
    write(claim, new Document("$push", pushed(claim, step, outcome)));
  }

  /**
   * Notes what the write to the mirror came to, before anything is announced: who takes over after
   * a crash announces the same.
   *
   * @param superseded whether the mirror holds another event's state
   * @param tied whether it could not be told that this state is the last of its second
   * @return what counts from now on: what the first claim that got here found out
   * @throws LostClaimException if another worker has taken the event over
   */
  public boolean noteMirrored(Claim claim, boolean superseded, boolean tied) {
    boolean first = claim.superseded() == null;
    boolean counts = first ? superseded : claim.superseded();
    write(
        claim,
        new Document("$set", new Document("superseded", counts))
            .append(
                "$push",
                pushed(
                    claim,
                    "mirror",
                    (superseded ? "superseded" : "written") + (tied ? ", tied" : ""))));
    return counts;
  }

  /**
   * Ends an event well.
   *
   * @throws LostClaimException if another worker has taken the event over
   */
  public void markApplied(Claim claim) {
    finish(claim, EventState.APPLIED, null);
  }

  /**
   * Ends an event that has no place in the mirror.
   *
   * @param reason why
   * @throws LostClaimException if another worker has taken the event over
   */
  public void markSkipped(Claim claim, String reason) {
    finish(claim, EventState.SKIPPED, reason);
  }

  private void finish(Claim claim, EventState state, String reason) {
    Document set = new Document(STATE, state.text()).append("applied", now()).append("attempts", 0);
    Document unset = new Document(DUE, "").append("error", "");
    if (reason == null) {
      unset.append(REASON, "");
    } else {
      set.append(REASON, reason);
    }
    write(
        claim,
        new Document("$set", set)
            .append("$unset", unset)
            .append("$push", pushed(claim, "finish", state.text())));
  }

  /**
   * Lets an event go that failed for the moment.
   *
   * @param pause until it is due again
   * @throws LostClaimException if another worker has taken the event over
   */
  public void retryLater(Claim claim, Failure failure, Duration pause) {
    write(
        claim,
        new Document(
                "$set",
                new Document(STATE, EventState.RETRYING.text())
                    .append(DUE, Date.from(clock.instant().plus(pause)))
                    .append(REASON, failure.message())
                    .append("error", failure.document(now())))
            .append("$inc", new Document("attempts", 1))
            .append("$push", pushed(claim, "retry", failure.message())));
  }

  /**
   * Puts an event aside that failed for good, for a person to look at.
   *
   * @throws LostClaimException if another worker has taken the event over
   */
  public void park(Claim claim, Failure failure) {
    write(claim, parked(failure).append("$push", pushed(claim, "park", failure.message())));
  }

  /**
   * Puts aside what no worker holds: a message that RabbitMQ gave up, or one that is no event.
   *
   * @param id the event's id, or a name for a message that has none
   * @param payload the message
   * @param intake how it came in
   * @return false if the event is finished or a worker holds it: then the ledger knows better
   */
  public boolean parkUnclaimed(
      String id, StripeEvent event, String payload, Intake intake, Failure failure) {
    Document onInsert =
        event != null
            ? described(event, intake)
            : new Document("received", Date.from(intake.received())).append("payload", payload);
    try {
      events.updateOne(
          new Document("_id", id).append(DUE, new Document("$lte", now())),
          parked(failure)
              .append("$setOnInsert", onInsert)
              .append(
                  "$push",
                  new Document(STEPS, step("park", clock.instant(), "-", failure.message()))),
          new com.mongodb.client.model.UpdateOptions().upsert(true));
      return true;
    } catch (MongoWriteException e) {
      if (e.getError().getCategory() == ErrorCategory.DUPLICATE_KEY) {
        return false;
      }
      throw e;
    }
  }

  private Document parked(Failure failure) {
    return new Document(
            "$set",
            new Document(STATE, EventState.PARKED.text())
                .append(REASON, failure.message())
                .append("error", failure.document(now())))
        .append("$unset", new Document(DUE, ""));
  }

  private void write(Claim claim, Document update) {
    long matched =
        events
            .updateOne(
                new Document("_id", claim.eventId())
                    .append(OWNER, claim.owner())
                    .append(CLAIMS, claim.number())
                    .append(STATE, EventState.APPLYING.text()),
                update)
            .getMatchedCount();
    if (matched == 0) {
      throw new LostClaimException(claim);
    }
  }

  private Document pushed(Claim claim, String step, String outcome) {
    return new Document(STEPS, step(step, clock.instant(), claim.owner(), outcome));
  }

  private static Document step(String step, Instant at, String by, String outcome) {
    return new Document("step", step)
        .append("at", Date.from(at))
        .append("by", by)
        .append("outcome", outcome);
  }

  private static Document described(StripeEvent event, Intake intake) {
    Document document = new Document("type", event.type());
    if (event.account() != null) {
      document.append("account", event.account());
    }
    document.append("livemode", event.livemode()).append("created", event.created());
    if (event.apiVersion() != null) {
      document.append("apiVersion", event.apiVersion());
    }
    if (event.object() != null) {
      document.append(
          "object",
          new Document("type", event.object().type())
              .append("id", event.object().id())
              .append("key", event.object().text()));
    }
    if (intake.endpoint() != null) {
      document.append("endpoint", intake.endpoint());
    }
    if (intake.secret() != null) {
      document.append("secret", intake.secret());
    }
    if (intake.testOnLive()) {
      document.append("testOnLive", true);
    }
    return document
        .append("received", Date.from(intake.received()))
        .append("payload", event.payload());
  }

  private Date now() {
    return Date.from(clock.instant());
  }
}
