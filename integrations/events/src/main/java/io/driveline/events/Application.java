package io.driveline.events;

import java.time.Clock;
import java.util.Optional;
import org.bson.Document;

/** What applying an event does to the mirror, without doing it. */
final class Application {

  private final History history;
  private final Clock clock;

  Application(History history, Clock clock) {
    this.history = history;
    this.clock = clock;
  }

  /**
   * The document after an event.
   *
   * @param stored the document before it; null if there is none
   * @return the same document if the event changes nothing
   */
  Document after(StripeEvent event, Document stored) {
    Document about = stored == null ? null : stored.get(Mirror.ABOUT, Document.class);
    long version = about == null ? -1 : about.get("version", Number.class).longValue();
    if (version != event.created()) {
      return version < event.created() ? Mirror.document(event, clock.instant()) : stored;
    }
    Optional<Order.Last> last = Order.last(history, event.object(), version);
    if (last.isEmpty() || last.get().event().id().equals(about.getString("event"))) {
      return stored;
    }
    Document document = Mirror.document(last.get().event(), clock.instant());
    document.get(Mirror.ABOUT, Document.class).append("tied", last.get().tied());
    return document;
  }
}
