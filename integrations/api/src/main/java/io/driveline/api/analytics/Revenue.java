package io.driveline.api.analytics;

import io.driveline.api.ApiSettings;
import io.driveline.api.rest.Answers;
import io.driveline.api.rest.ProblemException;
import io.driveline.api.rest.RequestParameters;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.bson.Document;
import org.springframework.stereotype.Component;

/** The question for revenue, and its answer. */
@Component("revenue")
class Revenue {

  private static final List<String> INTERVALS = List.of("hour", "day", "week", "month");
  private static final Pattern CURRENCY = Pattern.compile("[A-Za-z]{3}");
  private static final String TIME =
      "a date, such as 2026-01-31, or a time, such as 2026-01-31T12:00:00Z, from 1970 to 2100";
  private static final Instant FIRST = Instant.EPOCH;
  private static final Instant LAST = Instant.parse("2100-01-01T00:00:00Z");

  /** More would not be looked at, and a year of hours fits. */
  private static final int MAX_ROWS = 10_000;

  private final boolean configured;
  private final boolean livemode;

  Revenue(ApiSettings settings) {
    this.configured = settings.clickhouse() != null;
    this.livemode = settings.livemode();
  }

  /**
   * {@code GET /analytics/revenue}.
   *
   * <p>Leaves the parameters of {@code revenue.sql} in the headers, the one place where {@code
   * jdbc:} looks for them; it gives them to the driver as values, never as text.
   */
  public void question(Exchange exchange) {
    RequestParameters request =
        RequestParameters.of(exchange, "from", "to", "interval", "currency", "account", "livemode");
    Instant from = time(request, "from").orElse(FIRST);
    Instant to = time(request, "to").orElse(LAST);
    if (!from.isBefore(to)) {
      throw ProblemException.badParameter("to", "later than from");
    }
    Map<String, Object> question = new LinkedHashMap<>();
    question.put("interval", request.oneOf("interval", INTERVALS).orElse("day"));
    question.put("from", from.getEpochSecond());
    question.put("to", to.getEpochSecond());
    question.put("livemode", request.livemode().orElse(livemode) ? 1 : 0);
    question.put(
        "currency",
        request
            .text("currency", CURRENCY, "three letters, such as usd")
            .map(currency -> currency.toLowerCase(Locale.ROOT))
            .orElse("*"));
    question.put(
        "account",
        request.account().map(account -> account.equals("platform") ? "" : account).orElse("*"));
    question.put("limit", MAX_ROWS + 1);
    if (!configured) {
      throw ProblemException.notConfigured(
          "This installation has no analytics: analytics is not configured.");
    }
    exchange.getMessage().setHeaders(question);
  }

  /** Answers with what ClickHouse gave. */
  public void answer(Exchange exchange) {
    List<?> rows = exchange.getMessage().getBody(List.class);
    if (rows.size() > MAX_ROWS) {
      throw ProblemException.badRequest(
          "The answer would have more than "
              + MAX_ROWS
              + " rows; narrow it by from and to, or take a longer interval.");
    }
    Answers.json(
        exchange, new Document("data", rows.stream().map(row -> row((Map<?, ?>) row)).toList()));
  }

  private static Document row(Map<?, ?> row) {
    long payments = integer(row, "payments");
    long refunds = integer(row, "refunds");
    String account = String.valueOf(row.get("account"));
    return new Document("start", Instant.ofEpochSecond(integer(row, "start")).toString())
        .append("account", account.isEmpty() ? null : account)
        .append("livemode", integer(row, "livemode") != 0)
        .append("currency", row.get("currency"))
        .append("payments", payments)
        .append("refunds", refunds)
        .append("net", payments - refunds)
        .append("paymentCount", integer(row, "paymentCount"))
        .append("refundCount", integer(row, "refundCount"));
  }

  private static long integer(Map<?, ?> row, String column) {
    return ((Number) row.get(column)).longValue();
  }

  private static Optional<Instant> time(RequestParameters request, String name) {
    return request.text(name).map(text -> time(name, text));
  }

  private static Instant time(String name, String text) {
    try {
      Instant time =
          text.length() == 10
              ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
              // A plus sign in a query is a space once it is decoded.
              : OffsetDateTime.parse(text.replace(' ', '+')).toInstant();
      if (!time.isBefore(FIRST) && !time.isAfter(LAST)) {
        return time;
      }
    } catch (DateTimeException e) {
      // Answered below, as any other value that is not a time.
    }
    throw ProblemException.badParameter(name, TIME);
  }
}
