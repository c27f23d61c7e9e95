package io.driveline.api.analytics;

import io.driveline.events.Json;
import io.driveline.events.MalformedEventException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bson.Document;
import org.springframework.stereotype.Component;

/**
 * Reads a fact, as {@code io.driveline.events.Fact} writes it, into a row. It takes nothing that
 * ClickHouse could refuse: one row that is refused would hold up all the others of its batch.
 */
@Component("factReader")
class FactReader {

  private static final int MAX_TEXT = 1000;

  /**
   * Reads one message.
   *
   * @return the columns of {@code driveline.facts} by name
   * @throws MalformedFactException for a message that is no fact
   */
  public Map<String, Object> read(byte[] message) throws MalformedFactException {
    Document fact;
    try {
      fact = Json.read(message);
    } catch (MalformedEventException e) {
      throw new MalformedFactException(e.getMessage());
    }
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("eventId", required(fact, "eventId"));
    row.put("type", required(fact, "type"));
    row.put("account", text(fact, "account"));
    row.put("livemode", flag(fact, "livemode"));
    row.put("created", seconds(fact, "created"));
    row.put("apiVersion", text(fact, "apiVersion"));
    row.put("objectType", text(fact, "objectType"));
    row.put("objectId", text(fact, "objectId"));
    row.put("objectCreated", integer(fact, "objectCreated"));
    row.put("customer", text(fact, "customer"));
    row.put("currency", text(fact, "currency"));
    row.put("amount", integer(fact, "amount"));
    row.put("amountCaptured", integer(fact, "amountCaptured"));
    row.put("status", text(fact, "status"));
    return row;
  }

  private static String required(Document fact, String field) throws MalformedFactException {
    String text = text(fact, field);
    if (text.isEmpty()) {
      throw new MalformedFactException("the fact has no " + field);
    }
    return text;
  }

  /** Absent text is empty: a column without NULL is smaller and quicker. */
  private static String text(Document fact, String field) throws MalformedFactException {
    return switch (fact.get(field)) {
      case null -> "";
      case String text when text.length() <= MAX_TEXT -> text;
      default -> throw new MalformedFactException(field + " is not a text of 1000 characters");
    };
  }

  private static int flag(Document fact, String field) throws MalformedFactException {
    if (fact.get(field) instanceof Boolean flag) {
      return flag ? 1 : 0;
    }
    throw new MalformedFactException(field + " is not true or false");
  }

  private static long seconds(Document fact, String field) throws MalformedFactException {
    Long seconds = integer(fact, field);
    if (seconds == null) {
      throw new MalformedFactException("the fact has no " + field);
    }
    return seconds;
  }

  private static Long integer(Document fact, String field) throws MalformedFactException {
    return switch (fact.get(field)) {
      case null -> null;
      case Integer number -> number.longValue();
      case Long number -> number;
      default -> throw new MalformedFactException(field + " is not an integer");
    };
  }
}
