package io.driveline.events;

import java.time.Clock;
import java.util.Optional;
import org.bson.Document;

/** What applying an event does to the mirror, without doing it. */
final class Application {

  private final Settlement settlement;
  private final Clock clock;

  Application(History history, Clock clock) {
    this.settlement = new Settlement(history, object -> Optional.empty(), clock);
    this.clock = clock;
  }

  /**
   * The document after an event.
   *
   * @param stored the document before it; null if there is none
   * @return the same document if the event changes nothing
   */
  Document after(StripeEvent event, Document stored) {
    Verdict verdict = settlement.judge(event, stored);
    return switch (verdict.kind()) {
      case REPEAT -> Mirror.document(event, clock.instant());
      case SETTLED -> stored;
      case WRITE -> verdict.document();
    };
  }
}
