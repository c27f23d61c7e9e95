package io.driveline.api.events;

import io.driveline.api.rest.RequestParameters;
import io.driveline.events.EventState;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
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

  private static final Pattern TYPE = Pattern.compile("[A-Za-z0-9_.]{1,120}(\\.\\*)?");
  private static final List<String> STATES =
      Arrays.stream(EventState.values()).map(EventState::text).toList();

  /** {@code GET /events}. */
  public void list(Exchange exchange) {
    RequestParameters request =
        RequestParameters.of(
            exchange, "state", "type", "object", "account", "livemode", "limit", "cursor");
    Document filter = new Document();
    request.oneOf("state", STATES).ifPresent(state -> filter.append("state", state));
    request
        .text("type", TYPE, "an event type, such as invoice.paid, or a group of them, invoice.*")
        .ifPresent(type -> filter.append("type", type(type)));
    request.id("object").ifPresent(id -> filter.append("object.id", id));
    request.account().ifPresent(account -> filter.append("account", account(account)));
    request.livemode().ifPresent(livemode -> filter.append("livemode", livemode));
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
        STATES.stream().filter(state -> !state.equals(EventState.APPLIED.text())).toList();
    return List.of(
        new Document("$match", new Document("state", new Document("$in", counted))),
        new Document(
            "$group", new Document("_id", "$state").append("count", new Document("$sum", 1))));
  }

  /** A range, not a regular expression: the index serves it, and no text can be a pattern. */
  private static Object type(String type) {
    if (!type.endsWith(".*")) {
      return type;
    }
    String prefix = type.substring(0, type.length() - 1);
    String next = prefix.substring(0, prefix.length() - 1) + (char) ('.' + 1);
    return new Document("$gte", prefix).append("$lt", next);
  }

  /** An event of the platform itself has no account: null matches a missing field. */
  private static String account(String account) {
    return account.equals("platform") ? null : account;
  }
}
