package io.driveline.events;

import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bson.Document;

/**
 * One event as the ledger holds it: what came, how, and what became of it.
 *
 * @param id Stripe's event id
 * @param type Stripe's event type
 * @param account the connected account; null for the platform
 * @param livemode live mode or test mode
 * @param created when Stripe made it, Unix seconds
 * @param apiVersion Stripe's API version; null if unknown
 * @param object what it is about; null if that has no place in the mirror
 * @param endpoint the webhook endpoint that took it in; null if none did
 * @param secret names the secret that matched; null if none did
 * @param testOnLive a test-mode event on a live endpoint
 * @param received when it came in
 * @param applied when it was finished; null before
 * @param state where it stands
 * @param due when a worker may take it up (again); null once it is finished or parked, unless its
 *     announcement is owed
 * @param owner the worker that holds it or held it last; null before the first
 * @param claims how often a worker took it up
 * @param unfinished how many claims in a row came to no end, because their workers died
 * @param attempts how often it failed since the last claim that succeeded
 * @param generation how often it was replayed
 * @param superseded a newer state was there already: the mirror stayed as it was
 * @param reason why it is skipped, retrying or parked; null otherwise
 * @param error the last failure: message, digest, at; null if there was none
 * @param steps what was done, in order: step, at, ms, by, outcome
 * @param payload the body as it came; null once it is removed
 */
public record LedgerEntry(
    String id,
    String type,
    String account,
    boolean livemode,
    long created,
    String apiVersion,
    ObjectKey object,
    String endpoint,
    String secret,
    boolean testOnLive,
    Instant received,
    Instant applied,
    EventState state,
    Instant due,
    String owner,
    int claims,
    int unfinished,
    int attempts,
    int generation,
    boolean superseded,
    String reason,
    Document error,
    List<Document> steps,
    String payload) {

  /** Reads a document of the ledger, which may be one of an unreadable message. */
  public static LedgerEntry from(Document stored) {
    String account = stored.getString("account");
    boolean livemode = stored.getBoolean("livemode", false);
    Document object = stored.get("object", Document.class);
    return new LedgerEntry(
        stored.getString("_id"),
        stored.getString("type"),
        account,
        livemode,
        stored.get("created", 0L),
        stored.getString("apiVersion"),
        object == null
            ? null
            : new ObjectKey(account, livemode, object.getString("type"), object.getString("id")),
        stored.getString("endpoint"),
        stored.getString("secret"),
        stored.getBoolean("testOnLive", false),
        instant(stored, "received"),
        instant(stored, "applied"),
        EventState.of(stored.getString("state")),
        instant(stored, "due"),
        stored.getString("owner"),
        stored.getInteger("claims", 0),
        stored.getInteger("unfinished", 0),
        stored.getInteger("attempts", 0),
        stored.getInteger("generation", 0),
        stored.getBoolean("superseded", false),
        stored.getString("reason"),
        stored.get("error", Document.class),
        stored.getList("steps", Document.class, List.of()),
        stored.getString("payload"));
  }

  private static Instant instant(Document stored, String field) {
    return stored.get(field) instanceof Date date ? date.toInstant() : null;
  }
}
