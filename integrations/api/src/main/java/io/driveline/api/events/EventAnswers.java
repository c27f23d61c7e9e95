package io.driveline.api.events;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.driveline.api.rest.Answers;
import io.driveline.api.rest.ProblemException;
import io.driveline.events.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.bson.Document;
import org.springframework.stereotype.Component;

/** Turns what the ledger holds into JSON. */
@Component("eventAnswers")
class EventAnswers {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /** Answers a page of events. */
  public void list(Exchange exchange) {
    List<?> found = exchange.getMessage().getBody(List.class);
    int limit = exchange.getProperty(EventQueries.LIMIT, Integer.class);
    List<Document> page = found.stream().limit(limit).map(Document.class::cast).toList();
    Answers.json(
        exchange,
        new Document("data", page.stream().map(EventAnswers::summary).toList())
            .append(
                "nextCursor", found.size() > limit ? EventCursor.of(page.getLast()).text() : null));
  }

  /** Answers one event with everything that is known of it. */
  public void one(Exchange exchange) {
    Document event = exchange.getMessage().getBody(Document.class);
    if (event == null) {
      throw ProblemException.notFound(
          "Driveline has not seen this event, or not yet: an event shows once it is taken up.");
    }
    Document answer = summary(event);
    answer.append("error", plain(event.get("error")));
    answer.append("steps", plain(event.getList("steps", Document.class, List.of())));
    String payload = event.getString("payload");
    boolean json = isJson(payload);
    if (payload != null && !json) {
      answer.append("payloadText", payload);
    }
    String members = Json.write(answer);
    Answers.text(
        exchange,
        members.substring(0, members.length() - 1)
            + ",\"payload\":"
            + (json ? payload.strip() : "null")
            + "}");
  }

  private static Document summary(Document event) {
    Object created = event.get("created");
    Document object = event.get("object", Document.class);
    return new Document("id", event.getString("_id"))
        .append("type", event.getString("type"))
        .append("state", event.getString("state"))
        .append("reason", event.getString("reason"))
        .append("account", event.getString("account"))
        .append("livemode", event.getBoolean("livemode"))
        .append(
            "object",
            object == null
                ? null
                : new Document("type", object.getString("type"))
                    .append("id", object.getString("id")))
        .append(
            "created",
            created instanceof Number seconds
                ? Instant.ofEpochSecond(seconds.longValue()).toString()
                : null)
        .append("received", plain(event.get("received")))
        .append("applied", plain(event.get("applied")))
        .append("due", plain(event.get("due")))
        .append("apiVersion", event.getString("apiVersion"))
        .append("endpoint", event.getString("endpoint"))
        .append("secret", event.getString("secret"))
        .append("testOnLive", event.getBoolean("testOnLive", false))
        .append("superseded", event.getBoolean("superseded", false))
        .append("claims", event.get("claims", 0))
        .append("attempts", event.get("attempts", 0))
        .append("generation", event.get("generation", 0))
        .append("owner", event.getString("owner"));
  }

  private static boolean isJson(String payload) {
    if (payload == null) {
      return false;
    }
    try {
      return JSON.readTree(payload).isContainerNode();
    } catch (JsonProcessingException e) {
      return false;
    }
  }

  /** Times as ISO 8601 in UTC; the rest as it is. */
  private static Object plain(Object value) {
    return switch (value) {
      case null -> null;
      case Date date -> date.toInstant().toString();
      case Map<?, ?> map -> {
        Document document = new Document();
        map.forEach((key, element) -> document.append(String.valueOf(key), plain(element)));
        yield document;
      }
      case List<?> list -> {
        List<Object> elements = new ArrayList<>(list.size());
        list.forEach(element -> elements.add(plain(element)));
        yield elements;
      }
      default -> value;
    };
  }
}
