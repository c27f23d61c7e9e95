package io.driveline.events;

import java.util.regex.Pattern;
import org.bson.Document;

/**
 * Which events of the ledger are meant. What is null does not matter; what is given counts
 * together.
 *
 * @param id Stripe's event id
 * @param type an event type, in which {@code *} may stand for one or more of the parts between its
 *     dots: {@code invoice.*}, {@code *.deleted}
 * @param customer Stripe's id of the customer that the object belongs to, or that it is; entries
 *     written before the ledger kept it are not found by it
 * @param object the id of the object
 * @param account a connected account, or {@value #PLATFORM}
 * @param livemode live mode or test mode
 * @param state where the event stands
 * @param reason what its reason contains, in capitals or not: a text, never a pattern
 * @param from made in this second or later, Unix seconds
 * @param to made before this second, Unix seconds
 * @param replay the name of the replay that took it last
 */
public record EventFilter(
    String id,
    String type,
    String customer,
    String object,
    String account,
    Boolean livemode,
    EventState state,
    String reason,
    Long from,
    Long to,
    String replay) {

  /** As an account: the platform's own events, which have none. */
  public static final String PLATFORM = "platform";

  /** What a type may look like. */
  public static final Pattern TYPE =
      Pattern.compile(
          "[A-Za-z0-9_.]{1,120}"
              + "|(?=.{1,120}$)(?=.*[A-Za-z0-9_])(\\*|[A-Za-z0-9_]+)(\\.(\\*|[A-Za-z0-9_]+))*");

  /** Every event there is. */
  public static final EventFilter ALL =
      new EventFilter(null, null, null, null, null, null, null, null, null, null, null);

  /**
   * @throws IllegalArgumentException for a type that is none
   */
  public EventFilter {
    if (type != null && !TYPE.matcher(type).matches()) {
      throw new IllegalArgumentException("not a type of event");
    }
  }

  /** Whether it leaves no event out. */
  public boolean isEmpty() {
    return equals(ALL);
  }

  /**
   * The query on the ledger's collection; it has at most one condition a field, and no operator.
   */
  public Document query() {
    Document query = new Document();
    append(query, "_id", id);
    append(query, "type", type == null ? null : types(type));
    append(query, "customer", customer);
    append(query, "object.id", object);
    if (account != null) {
      // An event of the platform itself has no account: null matches a missing field.
      query.append("account", account.equals(PLATFORM) ? null : account);
    }
    append(query, "livemode", livemode);
    append(query, "state", state == null ? null : state.text());
    append(
        query,
        "reason",
        reason == null ? null : new Document("$regex", literal(reason)).append("$options", "i"));
    if (from != null || to != null) {
      Document created = new Document();
      append(created, "$gte", from);
      append(created, "$lt", to);
      query.append("created", created);
    }
    append(query, "replay", replay);
    return query;
  }

  private static void append(Document document, String field, Object value) {
    if (value != null) {
      document.append(field, value);
    }
  }

  /** As far as it goes a range, which an index serves; a pattern only for what is left. */
  private static Object types(String type) {
    int star = type.indexOf('*');
    if (star < 0) {
      return type;
    }
    Document types = new Document();
    if (star > 0) {
      String prefix = type.substring(0, star);
      String next = prefix.substring(0, star - 1) + (char) (prefix.charAt(star - 1) + 1);
      types.append("$gte", prefix).append("$lt", next);
    }
    if (star < type.length() - 1) {
      types.append("$regex", "^" + literal(type).replace("\\*", ".+") + "$");
    }
    return types;
  }

  /** A backslash makes any sign that is no letter and no digit stand for itself. */
  private static String literal(String text) {
    return text.replaceAll("[\\p{Punct}\\s]", "\\\\$0");
  }
}
