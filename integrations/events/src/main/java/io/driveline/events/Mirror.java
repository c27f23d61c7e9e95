package io.driveline.events;

import java.time.Instant;
import java.util.Date;
import java.util.Objects;
import org.bson.Document;
import org.bson.conversions.Bson;

/** The mirror's documents: Stripe's object as it came, and beside it what Driveline knows of it. */
public final class Mirror {

  /** The database that holds a collection per object type. */
  public static final String DATABASE = "stripe";

  /** The sub-document with version, event, account, mode, and flags. */
  public static final String ABOUT = "_driveline";

  /** The version, for filters. */
  public static final String VERSION = ABOUT + ".version";

  /** The event that set the state, for filters. */
  public static final String EVENT = ABOUT + ".event";

  /** How many of the object's events were known when the state was settled, for filters. */
  public static final String KNOWN = ABOUT + ".known";

  /** Whether the last of several events of one second could not be told, for filters. */
  public static final String TIED = ABOUT + ".tied";

  private Mirror() {}

  /**
   * The document that an event leaves in the mirror as long as it is the only one of its second.
   *
   * @param event one that has a place there
   * @param now Driveline's clock, for {@code updatedAt}; it takes no part in the order
   */
  public static Document document(StripeEvent event, Instant now) {
    return document(event, false, 1, now);
  }

  /**
   * The document of the last event of its second.
   *
   * @param tied whether it could not be told that it is the last
   * @param known how many of the object's events, up to and in this second, were known at least
   */
  static Document document(StripeEvent event, boolean tied, long known, Instant now) {
    return document(
        event.object(),
        event.snapshot(),
        about(event.object(), event.created(), event.id(), event.deleted(), tied, known)
            .append("apiVersion", event.apiVersion())
            .append("updatedAt", Date.from(now)));
  }

  /**
   * The document of an object fetched from Stripe. It names no event, and knows of none: those of
   * the very second of the answer settle it among themselves.
   */
  static Document document(ObjectKey object, Fetched fetched, Instant now) {
    boolean deleted = Boolean.TRUE.equals(fetched.snapshot().get("deleted"));
    return document(
        object,
        fetched.snapshot(),
        about(object, fetched.date(), null, deleted, false, 0)
            .append("apiVersion", fetched.apiVersion())
            .append("updatedAt", Date.from(now)));
  }

  /** Matches an older state of the object. */
  static Bson older(ObjectKey object, long version) {
    return new Document("_id", object.mirrorId()).append(VERSION, new Document("$lt", version));
  }

  /**
   * Matches a state of that second which was settled with less knowledge.
   *
   * @param known null for one of which it is not said
   */
  static Bson knowingLess(ObjectKey object, long version, Long known) {
    return new Document("_id", object.mirrorId())
        .append(VERSION, version)
        .append(KNOWN, known == null ? null : new Document("$lt", known));
  }

  private static Document about(
      ObjectKey key, long version, String event, boolean deleted, boolean tied, long known) {
    return new Document("version", version)
        .append("event", event)
        .append("account", key.account())
        .append("livemode", key.livemode())
        .append("id", key.id())
        .append("deleted", deleted)
        .append("tied", tied)
        .append("known", known);
  }

  private static Document document(ObjectKey key, Document snapshot, Document about) {
    about.values().removeIf(Objects::isNull);
    Document document = new Document(snapshot);
    document.put("_id", key.mirrorId());
    document.put(ABOUT, about);
    return document;
  }
}
