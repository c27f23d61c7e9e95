package io.driveline.events;

import java.time.Instant;
import java.util.Date;
import org.bson.Document;

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

  private Mirror() {}

  /**
   * The document that an event leaves in the mirror.
   *
   * @param event one that has a place there
   * @param now Driveline's clock, for {@code updatedAt}; it takes no part in the order
   */
  public static Document document(StripeEvent event, Instant now) {
    ObjectKey key = event.object();
    Document about = new Document("version", event.created()).append("event", event.id());
    if (key.account() != null) {
      about.append("account", key.account());
    }
    about
        .append("livemode", key.livemode())
        .append("id", key.id())
        .append("deleted", event.deleted())
        .append("tied", false);
    if (event.apiVersion() != null) {
      about.append("apiVersion", event.apiVersion());
    }
    about.append("updatedAt", Date.from(now));
    Document document = new Document(event.snapshot());
    document.put("_id", key.mirrorId());
    document.put(ABOUT, about);
    return document;
  }
}
