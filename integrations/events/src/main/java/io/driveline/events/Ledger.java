package io.driveline.events;

import com.mongodb.ErrorCategory;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoWriteException;
import com.mongodb.WriteConcern;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.client.model.UpdateOptions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.bson.Document;

/**
 * Every event once: what came, who holds it, what became of it. One field schedules everything:
 * {@code due} is the end of a lease, the time of the next try, or the time of a replay; a finished
 * event has none, unless its announcement is still owed.
 *
 * <p>Writes are majority and journaled: what this class has said survives the loss of a server.
 */
public final class Ledger {

  /** The database. */
  public static final String DATABASE = "driveline";

  /** The collection. */
  public static final String COLLECTION = "events";

  private static final long INDEX_MINUTES = 30;

  /** Of an event that fails for days the newest steps are kept. */
  private static final int STEPS_KEPT = 100;

  /** Old payloads are removed so many at a time. */
  private static final int REMOVAL_BATCH = 1_000;

  private static final String DUE = "due";
  private static final String STATE = "state";
  private static final String OWNER = "owner";
  private static final String CLAIMS = "claims";
  private static final String UNFINISHED = "unfinished";
  private static final String ATTEMPTS = "attempts";
  private static final String REASON = "reason";

  /** How often in a row an event's announcement could not be made. */
  private static final String OWED = "owed";

  private static final String ERROR = "error";
  private static final String STEPS = "steps";
  private static final String FINISH = "finish";
  private static final String PARK = "park";
  private static final String PAYLOAD = "payload";

  /** When an event was finished whose payload is still there. */
  private static final String PAYLOAD_SINCE = "payloadSince";

  /** States of what a worker has still to do something for. */
  private static final List<EventState> OPEN =
      List.of(EventState.RECEIVED, EventState.APPLYING, EventState.RETRYING);

  /** States of what is done; with a due time, its announcement is still owed. */
  private static final List<EventState> DONE = List.of(EventState.APPLIED, EventState.SKIPPED);

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

  /**
   * Creates what the ledger's queries need; does nothing where it is there. While MongoDB is away,
   * it fails as soon as any other operation does.
   */
  public void createIndexes() {
    events.listIndexes().first(); // with the usual patience: the next one would wait for a server
    // Over a large ledger this takes longer than any other operation may.
    MongoCollection<Document> patient = events.withTimeout(INDEX_MINUTES, TimeUnit.MINUTES);
    // Partial: what is finished and has no due time is most of the ledger, and never looked for.
    patient.createIndex(new Document(STATE, 1).append(DUE, 1), partial(DUE));
    patient.createIndex(new Document(PAYLOAD_SINCE, 1), partial(PAYLOAD_SINCE));
    patient.createIndex(new Document("object.key", 1).append("created", 1));
    // For replays, which go in the order in which Stripe made the events.
    patient.createIndex(new Document("created", 1).append("_id", 1));
    // For people who look for events, the newest received first, of all or with one of these.
    patient.createIndex(new Document("received", -1).append("_id", -1));
    for (String filter : List.of(STATE, "type", "object.id", "customer")) {
      patient.createIndex(new Document(filter, 1).append("received", -1).append("_id", -1));
    }
  }

  private static IndexOptions partial(String field) {
    return new IndexOptions()
        .partialFilterExpression(new Document(field, new Document("$exists", true)));
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
              .append(CLAIMS, 0)
              .append(UNFINISHED, 0));
      return true;
    } catch (MongoWriteException e) {
      if (e.getError().getCategory() == ErrorCategory.DUPLICATE_KEY) {
        return false;
      }
      throw e;
    }
  }

  /**
   * Takes up an event from the queue: a new one, or one that is due. Not one that a worker took up
   * and never ended: it may be what ends its worker, and is taken up by the sweep, alone.
   *
   * @param owner this worker
   * @param lease how long no other may take it
   * @return empty if another holds it, or it is finished, or left to the sweep
   */
  public Optional<Claim> claim(StripeEvent event, Intake intake, String owner, Duration lease) {
    return claim(
        event,
        intake,
        new Document(UNFINISHED, new Document("$lt", 1)),
        intake.received(),
        owner,
        lease);
  }

  /**
   * Takes up an event that {@link #due} gave.
   *
   * @param since when it came due
   * @return empty if another was quicker
   */
  public Optional<Claim> claimDue(
      StripeEvent event, Intake intake, Instant since, String owner, Duration lease) {
    return claim(event, intake, new Document(), since, owner, lease);
  }

  private Optional<Claim> claim(
      StripeEvent event,
      Intake intake,
      Document condition,
      Instant since,
      String owner,
      Duration lease) {
    Instant now = clock.instant();
    Document step = step("claim", now, Duration.between(since, now), owner, "claimed");
    Document filter =
        new Document("_id", event.id()).append(DUE, new Document("$lte", Date.from(now)));
    filter.putAll(condition);
    Document update =
        new Document(
                "$set",
                new Document(STATE, EventState.APPLYING.text())
                    .append(OWNER, owner)
                    .append(DUE, Date.from(now.plus(lease))))
            .append("$inc", new Document(CLAIMS, 1).append(UNFINISHED, 1))
            .append("$setOnInsert", described(event, intake))
            .append("$push", pushed(List.of(step)));
    try {
      Document claimed =
          events.findOneAndUpdate(
              filter,
              update,
              new FindOneAndUpdateOptions().upsert(true).returnDocument(ReturnDocument.AFTER));
      return Optional.of(new Claim(claimed, now));
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
   * @param announceable whether announcements can be made: without, what is done but for its
   *     announcement is left alone
   */
  public List<LedgerEntry> due(int limit, boolean announceable) {
    Date now = now();
    // One query a state: each is one range of the index, however much is owed.
    return Stream.concat(OPEN.stream(), announceable ? DONE.stream() : Stream.empty())
        .flatMap(
            state ->
                events
                    .find(new Document(STATE, state.text()).append(DUE, new Document("$lte", now)))
                    .sort(new Document(DUE, 1))
                    .limit(limit)
                    .into(new ArrayList<>())
                    .stream())
        .map(LedgerEntry::from)
        .sorted(Comparator.comparing(LedgerEntry::due))
        .limit(limit)
        .toList();
  }

  /** The event as the ledger holds it. */
  public Optional<LedgerEntry> find(String id) {
    return Optional.ofNullable(events.find(new Document("_id", id)).first()).map(LedgerEntry::from);
  }

  /**
   * Notes what the write to the mirror came to, before anything is announced: who takes over after
   * a crash, or after a replay, announces the same.
   *
   * @param superseded whether the mirror holds another event's state
   * @param tied whether it could not be told that this state is the last of its second
   * @return what counts from now on: what the first claim that got here found out
   * @throws LostClaimException if another worker has taken the event over
   */
  public boolean noteMirrored(Claim claim, boolean superseded, boolean tied) {
    boolean first = claim.superseded() == null;
    boolean counts = first ? superseded : claim.superseded();
    String outcome = (superseded ? "superseded" : "written") + (tied ? ", tied" : "");
    write(claim, "mirror", outcome, new Document("superseded", counts), List.of());
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
    Document set = done(state).append(PAYLOAD_SINCE, now());
    if (reason == null) {
      write(claim, FINISH, state.text(), set, List.of(DUE, OWED, ERROR, REASON));
    } else {
      write(claim, FINISH, state.text(), set.append(REASON, reason), List.of(DUE, OWED, ERROR));
    }
  }

  /**
   * Ends an event but for its announcement, which cannot be made now: the mirror has it, and it is
   * due again only to be announced.
   *
   * @param skipReason why it has no place in the mirror; null if it has one
   * @param pause until it is due again
   * @throws LostClaimException if another worker has taken the event over
   */
  public void finishOwing(Claim claim, String skipReason, Duration pause) {
    EventState state = skipReason == null ? EventState.APPLIED : EventState.SKIPPED;
    write(
        claim,
        FINISH,
        state.text() + ", its announcement is owed",
        done(state)
            .append(DUE, Date.from(clock.instant().plus(pause)))
            .append(OWED, claim.owedBefore() + 1)
            .append(REASON, "its announcement is owed: " + claim.owed()),
        List.of(ERROR));
  }

  private Document done(EventState state) {
    return new Document(STATE, state.text())
        .append("applied", now())
        .append(UNFINISHED, 0)
        .append(ATTEMPTS, 0);
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
        "retry",
        failure.message(),
        new Document(STATE, EventState.RETRYING.text())
            .append(DUE, Date.from(clock.instant().plus(pause)))
            .append(UNFINISHED, 0)
            .append(ATTEMPTS, claim.attempts() + 1)
            .append(REASON, failure.message())
            .append(ERROR, failure.document(now())),
        List.of());
  }

  /**
   * Puts an event aside that failed for good, for a person to look at.
   *
   * @throws LostClaimException if another worker has taken the event over
   */
  public void park(Claim claim, Failure failure) {
    write(claim, PARK, failure.message(), parked(failure), List.of(DUE, PAYLOAD_SINCE));
  }

  /**
   * Puts aside a message that is no event.
   *
   * @param id a name for it
   * @param payload the message
   * @param intake how it came in
   */
  public void parkUnreadable(String id, String payload, Intake intake, Failure failure) {
    Instant now = clock.instant();
    Document step = step(PARK, now, Duration.ZERO, "-", failure.message());
    events.updateOne(
        new Document("_id", id),
        new Document("$set", parked(failure))
            .append(
                "$setOnInsert",
                new Document("received", Date.from(intake.received())).append(PAYLOAD, payload))
            .append("$push", pushed(List.of(step))),
        new UpdateOptions().upsert(true));
  }

  private Document parked(Failure failure) {
    return new Document(STATE, EventState.PARKED.text())
        .append(UNFINISHED, 0)
        .append(REASON, failure.message())
        .append(ERROR, failure.document(now()));
  }

  /**
   * Removes the payloads of events that were finished long ago; the rest of what is known of them
   * stays. What is parked or due again keeps its payload.
   *
   * @param age how long a finished event keeps its payload
   * @return of how many events it was removed
   */
  public long removePayloads(Duration age) {
    Document old =
        new Document(PAYLOAD_SINCE, new Document("$lt", Date.from(clock.instant().minus(age))));
    long removed = 0;
    while (true) {
      List<Object> ids = new ArrayList<>();
      events
          .find(old)
          .projection(new Document("_id", 1))
          .limit(REMOVAL_BATCH)
          .forEach(found -> ids.add(found.get("_id")));
      if (ids.isEmpty()) {
        return removed;
      }
      Document those = new Document("_id", new Document("$in", ids));
      those.putAll(old);
      removed +=
          events
              .updateMany(
                  those,
                  new Document("$unset", new Document(PAYLOAD, "").append(PAYLOAD_SINCE, "")))
              .getModifiedCount();
    }
  }

  /** Writes what came of the last step, and with it the steps noted before. */
  private void write(Claim claim, String step, String outcome, Document set, List<String> unset) {
    Instant now = clock.instant();
    Document update =
        new Document("$set", set).append("$push", pushed(claim.noted(now, step, outcome)));
    if (!unset.isEmpty()) {
      Document fields = new Document();
      unset.forEach(field -> fields.append(field, ""));
      update.append("$unset", fields);
    }
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
    claim.written(now);
  }

  private static Document pushed(List<Document> steps) {
    return new Document(STEPS, new Document("$each", steps).append("$slice", -STEPS_KEPT));
  }

  /** One step of an event's passport. */
  static Document step(String step, Instant at, Duration took, String by, String outcome) {
    return new Document("step", step)
        .append("at", Date.from(at))
        .append("ms", Math.max(0, took.toMillis()))
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
    if (event.customer() != null) {
      document.append("customer", event.customer());
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
        .append(PAYLOAD, event.payload());
  }

  private Date now() {
    return Date.from(clock.instant());
  }
}
