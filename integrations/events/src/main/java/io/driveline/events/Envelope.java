package io.driveline.events;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;
import org.bson.Document;

/** Reads what Stripe posts: snapshot events of API v1, and thin events of v2. */
public final class Envelope {

  /** Stripe's object types become names of collections, and its event types routing keys. */
  private static final Pattern TYPE = Pattern.compile("[A-Za-z0-9_.]{1,120}");

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_.\\-]{1,255}");

  private static final String THIN = "v2.core.event";

  private Envelope() {}

  /**
   * Reads one event.
   *
   * @param body the raw body, UTF-8 JSON
   * @throws MalformedEventException if it is no event of Stripe's; the message says why and quotes
   *     nothing
   */
  public static StripeEvent read(byte[] body) throws MalformedEventException {
    Document event = Json.read(body);
    String id = matching(event, "id", ID);
    String type = matching(event, "type", TYPE);
    String account =
        event.get("account") == null && event.get("context") == null
            ? null
            : event.get("account") == null ? context(event) : matching(event, "account", ID);
    boolean livemode = Boolean.TRUE.equals(event.get("livemode"));
    String payload = new String(body, StandardCharsets.UTF_8);
    if (THIN.equals(event.get("object"))) {
      return new StripeEvent(
          id,
          type,
          account,
          livemode,
          thinCreated(event),
          null,
          null,
          null,
          null,
          false,
          "thin event: it carries no snapshot of its object",
          payload);
    }
    if (!(event.get("created") instanceof Number created) || created.longValue() < 0) {
      throw new MalformedEventException("\"created\" is missing or not a number of seconds");
    }
    if (!(event.get("data") instanceof Document data)) {
      throw new MalformedEventException("\"data\" is missing or not an object");
    }
    if (!(data.get("object") instanceof Document snapshot)) {
      throw new MalformedEventException("\"data.object\" is missing or not an object");
    }
    ObjectKey key = null;
    String skip = null;
    if (!(snapshot.get("object") instanceof String objectType)
        || !TYPE.matcher(objectType).matches()
        || objectType.startsWith("system.")) {
      skip = "its object has no type";
    } else {
      Optional<String> objectId = ObjectKeys.id(objectType, snapshot);
      if (objectId.isEmpty()) {
        skip = "its " + objectType + " has no id";
      } else if (!ID.matcher(objectId.get()).matches()) {
        skip = "the id of its object is malformed";
      } else {
        key = new ObjectKey(account, livemode, objectType, objectId.get());
      }
    }
    return new StripeEvent(
        id,
        type,
        account,
        livemode,
        created.longValue(),
        event.get("api_version") instanceof String version ? version : null,
        key,
        snapshot,
        data.get("previous_attributes") instanceof Document before ? before : null,
        deleted(type, key, snapshot),
        skip,
        payload);
  }

  /** A subscription that is "deleted" has only ended: Stripe still answers for it, as canceled. */
  private static boolean deleted(String type, ObjectKey key, Document snapshot) {
    return Boolean.TRUE.equals(snapshot.get("deleted"))
        || type.endsWith(".deleted") && key != null && !key.type().equals("subscription");
  }

  private static String matching(Document event, String field, Pattern pattern)
      throws MalformedEventException {
    if (event.get(field) instanceof String text && pattern.matcher(text).matches()) {
      return text;
    }
    throw new MalformedEventException("\"" + field + "\" is missing or malformed");
  }

  /** A thin event names its account in "context", as a path whose last part it is. */
  private static String context(Document event) throws MalformedEventException {
    if (event.get("context") instanceof String path) {
      String last = path.substring(path.lastIndexOf('/') + 1);
      if (ID.matcher(last).matches()) {
        return last;
      }
    }
    throw new MalformedEventException("\"context\" is malformed");
  }

  /** Thin events give their time as text, such as 2026-01-01T00:00:00.000Z. */
  private static long thinCreated(Document event) throws MalformedEventException {
    try {
      return java.time.Instant.parse(String.valueOf(event.get("created"))).getEpochSecond();
    } catch (java.time.DateTimeException e) {
      throw new MalformedEventException("\"created\" is missing or not a time");
    }
  }
}
