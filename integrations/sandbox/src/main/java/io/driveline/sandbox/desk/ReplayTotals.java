package io.driveline.sandbox.desk;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.bson.Document;

/** What the pages of a replay, or of its dry run, come to together. */
final class ReplayTotals {

  private static final Map<String, String> REASONS = new LinkedHashMap<>();

  static {
    REASONS.put("held", "a worker is at it");
    REASONS.put("due", "due anyway");
    REASONS.put("noPayload", "payload no longer kept");
    REASONS.put("unreadable", "was no event");
  }

  private final Map<String, Long> leftOut = new LinkedHashMap<>();
  private long matched;
  private long replayed;
  private long changed;

  void add(Document page) {
    matched += page.get("matched", Number.class).longValue();
    replayed += page.get("replayed", Number.class).longValue();
    if (page.get("objectsChanged") instanceof Number objects) {
      changed += objects.longValue();
    }
    page.get("leftOut", Document.class)
        .forEach((why, number) -> leftOut.merge(why, ((Number) number).longValue(), Long::sum));
  }

  long matched() {
    return matched;
  }

  long replayed() {
    return replayed;
  }

  long changed() {
    return changed;
  }

  /** {@code , 3 left out (2 due anyway, 1 was no event)}; empty if none is. */
  String leftOut() {
    long sum = leftOut.values().stream().mapToLong(Long::longValue).sum();
    if (sum == 0) {
      return "";
    }
    return ", "
        + Terminal.number(sum)
        + " left out ("
        + leftOut.entrySet().stream()
            .filter(entry -> entry.getValue() > 0)
            .map(
                entry ->
                    Terminal.number(entry.getValue())
                        + " "
                        + REASONS.getOrDefault(entry.getKey(), entry.getKey()))
            .collect(Collectors.joining(", "))
        + ")";
  }
}
