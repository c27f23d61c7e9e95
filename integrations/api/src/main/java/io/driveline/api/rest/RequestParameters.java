package io.driveline.api.rest;

import io.driveline.events.Json;
import io.driveline.events.MalformedEventException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.bson.Document;

/**
 * What a request asks for, read from its path and its query or body, each value checked. What is
 * not known is refused: a misspelt filter that is ignored would answer another question than the
 * one asked.
 */
public final class RequestParameters {

  /** The exchange property that says, for a person, among which objects one was looked for. */
  public static final String LOOKED_AMONG = "driveline.looked-among";

  private static final List<String> FLAG = List.of("true", "false");
  private static final int MAX_TEXT = 500;
  // What the envelope lets into the ledger and the mirror, and nothing else.
  private static final Pattern TYPE = Pattern.compile("[A-Za-z0-9_.]{1,120}");
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_.\\-]{1,255}");
  private static final Pattern UNIX_SECONDS = Pattern.compile("\\d{1,10}");
  private static final Pattern DATE = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");
  private static final Instant LAST = Instant.parse("2100-01-01T00:00:00Z");
  private static final String ID_ALLOWED =
      "1 to 255 letters, digits, _, - or ., as Stripe gives it";

  private final Map<String, String> query;
  private final Exchange exchange;

  private RequestParameters(Map<String, String> query, Exchange exchange) {
    this.query = query;
    this.exchange = exchange;
  }

  /**
   * Reads the request of an exchange.
   *
   * @param known the names of the query parameters that this operation has
   * @throws ProblemException 400 for any other parameter, one given twice, or bad encoding
   */
  public static RequestParameters of(Exchange exchange, String... known) {
    Map<String, String> query = new HashMap<>();
    String raw = exchange.getMessage().getHeader(Exchange.HTTP_QUERY, String.class);
    for (String pair : raw == null ? new String[0] : raw.split("&")) {
      if (pair.isEmpty()) {
        continue;
      }
      int equals = pair.indexOf('=');
      String name = decode(equals < 0 ? pair : pair.substring(0, equals));
      if (!List.of(known).contains(name)) {
        throw unknown("query parameter", known);
      }
      if (query.put(name, equals < 0 ? "" : decode(pair.substring(equals + 1))) != null) {
        throw ProblemException.badParameter(name, "given once");
      }
    }
    return new RequestParameters(Collections.unmodifiableMap(query), exchange);
  }

  /**
   * Reads the request of an exchange whose parameters are the members of a JSON object, its body.
   *
   * @param known the names of the members that this operation has
   * @throws ProblemException 400 for any other member, a value that is no text, number or flag, a
   *     body that is no JSON object, or any query parameter
   */
  public static RequestParameters ofBody(Exchange exchange, String... known) {
    of(exchange);
    String body = exchange.getMessage().getBody(String.class);
    Map<String, String> members = new HashMap<>();
    if (body != null && !body.isBlank()) {
      read(body)
          .forEach(
              (name, value) -> {
                if (!List.of(known).contains(name)) {
                  throw unknown("member", known);
                }
                if (value instanceof String
                    || value instanceof Number
                    || value instanceof Boolean) {
                  members.put(name, String.valueOf(value));
                } else if (value != null) {
                  throw ProblemException.badParameter(name, "a text, a number, true or false");
                }
              });
    }
    return new RequestParameters(Collections.unmodifiableMap(members), exchange);
  }

  private static ProblemException unknown(String what, String... known) {
    return ProblemException.unknownParameter(what, new TreeSet<>(List.of(known)));
  }

  private static Document read(String body) {
    try {
      return Json.read(body.getBytes(StandardCharsets.UTF_8));
    } catch (MalformedEventException e) {
      throw ProblemException.badRequest("The request cannot be read: " + e.getMessage() + ".");
    }
  }

  /** A part of the path. */
  public String path(String name) {
    String raw = exchange.getMessage().getHeader(name, String.class);
    // A plus is itself in a path, other than in a query.
    String value = raw == null ? "" : decode(raw.replace("+", "%2B"));
    if (value.isEmpty() || value.length() > MAX_TEXT || hasControl(value)) {
      throw ProblemException.badParameter(name, "1 to " + MAX_TEXT + " printable characters");
    }
    return value;
  }

  /** Stripe's object type, from the path. */
  public String objectType(String name) {
    String type = path(name);
    if (!TYPE.matcher(type).matches() || type.startsWith("system.")) {
      throw ProblemException.badParameter(name, "one of Stripe's object types, such as customer");
    }
    return type;
  }

  /** The id of an object, from the path. */
  public String objectId(String name) {
    String id = path(name);
    if (!ID.matcher(id).matches()) {
      throw ProblemException.badParameter(name, ID_ALLOWED);
    }
    return id;
  }

  /** The id of an object, from the query. */
  public Optional<String> id(String name) {
    return text(name, ID, ID_ALLOWED);
  }

  /** Some text; empty where the parameter is missing. */
  public Optional<String> text(String name) {
    String value = query.get(name);
    if (value == null) {
      return Optional.empty();
    }
    if (value.isEmpty()) {
      throw ProblemException.badParameter(name, "given a value, or left out");
    }
    if (value.isBlank() || value.length() > MAX_TEXT || hasControl(value)) {
      throw ProblemException.badParameter(name, "1 to " + MAX_TEXT + " printable characters");
    }
    return Optional.of(value);
  }

  /** Text of a certain form. */
  public Optional<String> text(String name, Pattern form, String allowed) {
    Optional<String> value = text(name);
    if (value.isPresent() && !form.matcher(value.get()).matches()) {
      throw ProblemException.badParameter(name, allowed);
    }
    return value;
  }

  /** One of some words. */
  public Optional<String> oneOf(String name, List<String> words) {
    Optional<String> value = text(name);
    if (value.isPresent() && !words.contains(value.get())) {
      throw ProblemException.badParameter(name, "one of " + String.join(", ", words));
    }
    return value;
  }

  /** A connected account: {@code acct_…}, or {@code platform} for the platform's own. */
  public Optional<String> account() {
    return text("account", ID, "the id of a connected account, such as acct_123, or platform");
  }

  /** Live mode or test mode. */
  public Optional<Boolean> livemode() {
    return oneOf("livemode", FLAG).map(Boolean::valueOf);
  }

  /** Yes or no; no where it is missing. */
  public boolean flag(String name) {
    return oneOf(name, FLAG).map(Boolean::valueOf).orElse(false);
  }

  /** A moment: a date (its begin, UTC), a time in ISO 8601, or Unix seconds; 1970 to 2100. */
  public Optional<Instant> time(String name) {
    return text(name).map(text -> time(name, text));
  }

  private static Instant time(String name, String text) {
    try {
      Instant time;
      if (UNIX_SECONDS.matcher(text).matches()) {
        time = Instant.ofEpochSecond(Long.parseLong(text));
      } else if (DATE.matcher(text).matches()) {
        time = LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
      } else {
        // A plus sign in a query is a space once it is decoded.
        time = OffsetDateTime.parse(text.replace(' ', '+')).toInstant();
      }
      if (!time.isBefore(Instant.EPOCH) && !time.isAfter(LAST)) {
        return time;
      }
    } catch (DateTimeException e) {
      // Answered below, as any other value that is not a time.
    }
    throw ProblemException.badParameter(
        name,
        "a date, such as 2026-01-31, a time, such as 2026-01-31T12:00:00Z, or Unix seconds,"
            + " from 1970 to 2100");
  }

  /** How many entries a page may have: 1 to 100, otherwise 20. */
  public int limit() {
    return limit(20, 100);
  }

  /**
   * How many entries a page may have.
   *
   * @param otherwise where the request does not say
   * @param most the greatest allowed
   */
  public int limit(int otherwise, int most) {
    Optional<String> value = text("limit");
    if (value.isEmpty()) {
      return otherwise;
    }
    try {
      int limit = Integer.parseInt(value.get());
      if (limit >= 1 && limit <= most) {
        return limit;
      }
    } catch (NumberFormatException e) {
      // Answered below, as any other value that is not a limit.
    }
    throw ProblemException.badParameter("limit", "a number from 1 to " + most);
  }

  private static boolean hasControl(String value) {
    return value.chars().anyMatch(Character::isISOControl);
  }

  private static String decode(String encoded) {
    try {
      return URLDecoder.decode(encoded, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw ProblemException.badRequest("The address has a percent sign that encodes nothing.");
    }
  }
}
