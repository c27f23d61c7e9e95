package io.driveline.api.events;

import io.driveline.api.rest.RequestParameters;
import io.driveline.events.EventState;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.mongodb.MongoDbConstants;
import org.bson.Document;
import org.springframework.stereotype.Component;

/** Turns a REST request for events into what {@code mongodb:} is to find. */
@Component("eventQueries")
class EventQueries {

  private static final Document NEWEST_FIRST = new Document("received", -1).append("_id", -1);

  /** How many events the page was to have: one more is read, to know whether there are more. */
  static final String LIMIT = "driveline.limit";

  /** {@code GET /events}. */
  public void list(Exchange exchange) {
    RequestParameters request =
        RequestParameters.of(exchange, EventFilters.andAlso("limit", "cursor"));
    Document filter = EventFilters.read(request).query();
    request.text("cursor").map(EventCursor::read).ifPresent(cursor -> cursor.narrow(filter));
    int limit = request.limit();

    Message message = exchange.getMessage();
    message.setHeader(MongoDbConstants.CRITERIA, filter);
    message.setHeader(MongoDbConstants.SORT_BY, NEWEST_FIRST);
    message.setHeader(
        MongoDbConstants.FIELDS_PROJECTION, new Document("payload", 0).append("steps", 0));
    message.setHeader(MongoDbConstants.LIMIT, limit + 1);
    exchange.setProperty(LIMIT, limit);
  }

  /** {@code GET /events/{id}}. */
  public void one(Exchange exchange) {
    RequestParameters request = RequestParameters.of(exchange);
    exchange
        .getMessage()
        .setHeader(MongoDbConstants.CRITERIA, new Document("_id", request.path("id")));
  }

  /** {@code GET /stats/counts}: how many events there are in each state but applied. */
  public List<Document> perState(Exchange exchange) {
    RequestParameters.of(exchange);
    List<String> counted =
        EventFilters.STATES.stream()
            .filter(state -> !state.equals(EventState.APPLIED.text()))
            .toList();
    return List.of(
        new Document("$match", new Document("state", new Document("$in", counted))),
        new Document(
            "$group", new Document("_id", "$state").append("count", new Document("$sum", 1))));
  }
}
