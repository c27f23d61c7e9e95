package io.driveline.api.events;

import io.driveline.api.rest.Answers;
import io.driveline.api.rest.ProblemException;
import io.driveline.events.Json;
import io.driveline.events.LedgerEntry;
import io.driveline.events.MalformedEventException;
import io.driveline.events.ObjectKey;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.apache.camel.Exchange;
import org.bson.Document;
import org.springframework.stereotype.Component;

/** Turns what the ledger holds into JSON. */
@Component("eventAnswers")
class EventAnswers {

  /** Answers a page of events: what was found, which is one more where there is a next page. */
  public void list(Exchange exchange) {
    List<LedgerEntry> found = new ArrayList<>();
    for (Object document : exchange.getMessage().getBody(Iterable.class)) {
      found.add(LedgerEntry.from((Document) document));
    }
    int limit = exchange.getProperty(EventQueries.LIMIT, Integer.class);
    List<LedgerEntry> page = found.stream().limit(limit).toList();
    Answers.json(
        exchange,
        new Document("data", page.stream().map(EventAnswers::summary).toList())
            .append("next", found.size() > limit ? EventCursor.of(page.getLast()).text() : null));
  }

  /** Answers one event with everything that is known of it. */
  public void one(Exchange exchange) {
    Document found = exchange.getMessage().getBody(Document.class);
    if (found == null) {
      throw ProblemException.notFound(
          "Driveline has not seen this event, or not yet: an event shows once it is taken up.");
    }
    LedgerEntry event = LedgerEntry.from(found);
    Document answer =
        summary(event)
            .append("error", event.error() == null ? null : plain(event.error()))
            .append("steps", event.steps().stream().map(EventAnswers::plain).toList());
    String payload = event.payload();
    boolean json = isJson(payload);
    if (payload != null && !json) {
      answer.append("payloadText", payload);
    }
    // Stripe's own text goes in as it came: read and written again, a number might change.
    String members = Json.write(answer);
    Answers.text(
        exchange,
        members.substring(0, members.length() - 1)
            + ",\"payload\":"
            + (json ? payload.strip() : "null")
            + "}");
  }

  static Document summary(LedgerEntry event) {
    // A message that was no event has neither type nor mode nor time.
    boolean readable = event.type() != null;
    return new Document("id", event.id())
        .append("type", event.type())
        .append("state", event.state().text())
        .append("reason", event.reason())
        .append("account", event.account())
        .append("livemode", readable ? event.livemode() : null)
        .append("object", object(event.object()))
        .append("created", readable ? text(Instant.ofEpochSecond(event.created())) : null)
        .append("received", text(event.received()))
        .append("applied", text(event.applied()))
        .append("due", text(event.due()))
        .append("apiVersion", event.apiVersion())
        .append("endpoint", event.endpoint())
        .append("secret", event.secret())
        .append("testOnLive", event.testOnLive())
        .append("superseded", event.superseded())
        .append("claims", event.claims())
        .append("attempts", event.attempts())
        .append("generation", event.generation())
        .append("owner", event.owner());
  }

  private static Document object(ObjectKey key) {
    return key == null ? null : new Document("type", key.type()).append("id", key.id());
  }

  private static String text(Instant time) {
    return time == null ? null : time.toString();
  }

  private static boolean isJson(String payload) {
    if (payload == null) {
      return false;
    }
    try {
      Json.read(payload.getBytes(StandardCharsets.UTF_8));
      return true;
    } catch (MalformedEventException e) {
      return false;
    }
  }

  /** Times as ISO 8601 in UTC; the rest as it is. */
  private static Document plain(Document stored) {
    Document answer = new Document(stored);
    answer.replaceAll((name, value) -> value instanceof Date date ? text(date.toInstant()) : value);
    return answer;
  }
}
