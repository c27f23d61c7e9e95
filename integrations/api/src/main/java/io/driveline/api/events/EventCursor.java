package io.driveline.api.events;

import io.driveline.api.rest.ProblemException;
import io.driveline.events.LedgerEntry;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import org.bson.Document;

/**
 * The last event of a page. Events are listed by when they were received, newest first, and within
 * one millisecond by id; so the next page begins at the same event however many come in meanwhile.
 *
 * @param received epoch milliseconds
 * @param id the event's id
 */
record EventCursor(long received, String id) {

  static EventCursor of(LedgerEntry event) {
    return new EventCursor(event.received().toEpochMilli(), event.id());
  }

  static EventCursor read(String text) {
    try {
      String plain = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
      int slash = plain.indexOf('/');
      return new EventCursor(Long.parseLong(plain.substring(0, slash)), plain.substring(slash + 1));
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw ProblemException.badParameter("cursor", "what the page before gave as next");
    }
  }

  String text() {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString((received + "/" + id).getBytes(StandardCharsets.UTF_8));
  }

  /** What comes after it. The range on received alone is what an index can use. */
  void narrow(Document filter) {
    Date at = new Date(received);
    filter
        .append("received", new Document("$lte", at))
        .append(
            "$or",
            List.of(
                new Document("received", new Document("$lt", at)),
                new Document("received", at).append("_id", new Document("$lt", id))));
  }
}
