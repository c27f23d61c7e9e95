package io.driveline.events;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.bson.Document;

/**
 * The statuses that an object climbs and never falls back from, as Stripe documents them. Only such
 * types are here: a dispute, for one, may be closed and opened again, and a wrong ladder is worse
 * than none.
 */
final class Ladder {

  /** Rungs from the bottom; between the statuses of one rung an object may move either way. */
  private static final Map<String, List<List<String>>> RUNGS =
      Map.ofEntries(
          // An uncollectible invoice can still be paid or voided; these two are final.
          Map.entry(
              "invoice",
              List.of(
                  List.of("draft"),
                  List.of("open"),
                  List.of("uncollectible"),
                  List.of("paid", "void"))),
          Map.entry(
              "payment_intent",
              List.of(
                  List.of(
                      "requires_payment_method",
                      "requires_confirmation",
                      "requires_action",
                      "processing",
                      "requires_capture"),
                  List.of("succeeded", "canceled"))),
          Map.entry(
              "setup_intent",
              List.of(
                  List.of(
                      "requires_payment_method",
                      "requires_confirmation",
                      "requires_action",
                      "processing"),
                  List.of("succeeded", "canceled"))),
          Map.entry("charge", List.of(List.of("pending"), List.of("succeeded", "failed"))),
          // A payout that failed may have been shown as paid before.
          Map.entry(
              "payout",
              List.of(
                  List.of("pending"),
                  List.of("in_transit"),
                  List.of("paid"),
                  List.of("failed", "canceled"))),
          Map.entry(
              "subscription",
              List.of(
                  List.of("incomplete"),
                  List.of("trialing", "active", "past_due", "unpaid", "paused"),
                  List.of("canceled", "incomplete_expired"))),
          Map.entry(
              "subscription_schedule",
              List.of(
                  List.of("not_started"),
                  List.of("active"),
                  List.of("completed", "released", "canceled"))),
          Map.entry("checkout.session", List.of(List.of("open"), List.of("complete", "expired"))),
          Map.entry(
              "quote", List.of(List.of("draft"), List.of("open"), List.of("accepted", "canceled"))),
          Map.entry("credit_note", List.of(List.of("issued"), List.of("void"))));

  private Ladder() {}

  /**
   * How high an object of this type stands, from 0.
   *
   * @return empty for a type that has no ladder, and a status that is not on it
   */
  static OptionalInt rung(String type, Document snapshot) {
    List<List<String>> rungs = RUNGS.getOrDefault(type, List.of());
    for (int rung = 0; rung < rungs.size(); rung++) {
      if (snapshot.get("status") instanceof String status && rungs.get(rung).contains(status)) {
        return OptionalInt.of(rung);
      }
    }
    return OptionalInt.empty();
  }
}
