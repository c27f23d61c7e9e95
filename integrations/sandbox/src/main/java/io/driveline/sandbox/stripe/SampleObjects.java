package io.driveline.sandbox.stripe;

import io.driveline.events.Json;
import io.driveline.events.MalformedEventException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.bson.Document;

/** Objects of Stripe's, from templates, and events about them. */
public final class SampleObjects {

  private static final String API_VERSION = "2025-09-30.clover";

  /** Which object the events of a family are about: the longest prefix counts. */
  private static final Map<String, String> FAMILIES =
      Map.ofEntries(
          Map.entry("customer.", "customer"),
          Map.entry("customer.subscription.", "subscription"),
          Map.entry("invoice.", "invoice"),
          Map.entry("payment_intent.", "payment_intent"),
          Map.entry("payment_method.", "payment_method"),
          Map.entry("charge.", "charge"),
          Map.entry("charge.refund.", "refund"),
          Map.entry("charge.dispute.", "dispute"),
          Map.entry("refund.", "refund"),
          Map.entry("product.", "product"),
          Map.entry("price.", "price"),
          Map.entry("checkout.session.", "checkout.session"),
          Map.entry("payout.", "payout"));

  private static final Map<String, String> ID_PREFIXES =
      Map.ofEntries(
          Map.entry("customer", "cus_"),
          Map.entry("subscription", "sub_"),
          Map.entry("invoice", "in_"),
          Map.entry("payment_intent", "pi_"),
          Map.entry("payment_method", "pm_"),
          Map.entry("charge", "ch_"),
          Map.entry("refund", "re_"),
          Map.entry("dispute", "dp_"),
          Map.entry("product", "prod_"),
          Map.entry("price", "price_"),
          Map.entry("checkout.session", "cs_test_"),
          Map.entry("payout", "po_"));

  /** The status that an event of this name leaves; the template's own where none is listed. */
  private static final Map<String, String> STATUSES =
      Map.ofEntries(
          Map.entry("payment_intent.created", "requires_payment_method"),
          Map.entry("payment_intent.payment_failed", "requires_payment_method"),
          Map.entry("payment_intent.processing", "processing"),
          Map.entry("payment_intent.canceled", "canceled"),
          Map.entry("charge.failed", "failed"),
          Map.entry("charge.pending", "pending"),
          Map.entry("refund.failed", "failed"),
          Map.entry("invoice.created", "draft"),
          Map.entry("invoice.finalized", "open"),
          Map.entry("invoice.payment_failed", "open"),
          Map.entry("invoice.voided", "void"),
          Map.entry("customer.subscription.deleted", "canceled"),
          Map.entry("customer.subscription.paused", "paused"),
          Map.entry("payout.created", "pending"),
          Map.entry("payout.failed", "failed"));

  private SampleObjects() {}

  /** The families of events that can be made: {@code invoice.*} and the like, in order. */
  public static List<String> families() {
    return FAMILIES.keySet().stream().map(prefix -> prefix + "*").sorted().toList();
  }

  /**
   * An event with an object of its own.
   *
   * @param type such as {@code payment_intent.succeeded}
   * @param unique letters and digits that make the ids
   * @param created Unix seconds
   * @throws IllegalArgumentException for an event of no family known here
   */
  public static SampleEvent event(String type, String unique, long created) {
    String objectType = objectType(type);
    Document object = object(objectType, unique, created);
    if (STATUSES.containsKey(type)) {
      object.put("status", STATUSES.get(type));
    }
    if (type.equals("invoice.upcoming")) {
      object.remove("id");
    }
    return event("evt_" + unique, type, object, null, created);
  }

  /**
   * An event about an object that is given.
   *
   * @param previousAttributes the values before; null where there are none
   */
  static SampleEvent event(
      String id, String type, Document object, Document previousAttributes, long created) {
    Document data = new Document("object", object);
    if (previousAttributes != null) {
      data.append("previous_attributes", previousAttributes);
    }
    Document event =
        new Document("id", id)
            .append("object", "event")
            .append("api_version", API_VERSION)
            .append("created", created)
            .append("data", data)
            .append("livemode", false)
            .append("pending_webhooks", 1)
            .append("request", new Document("id", null).append("idempotency_key", null))
            .append("type", type);
    return new SampleEvent(
        id, type, object.getString("object"), object.getString("id"), Json.write(event));
  }

  /** An object from its template, with an id of its own. */
  static Document object(String type, String unique, long created) {
    String resource = "stripe/" + type + ".json";
    try (InputStream template =
        SampleObjects.class.getResourceAsStream("/io/driveline/sandbox/" + resource)) {
      Document object = Json.read(template.readAllBytes());
      object.put("id", ID_PREFIXES.get(type) + unique);
      if (object.containsKey("created")) {
        object.put("created", created);
      }
      return object;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (MalformedEventException e) {
      throw new IllegalStateException(resource + ": " + e.getMessage());
    }
  }

  private static String objectType(String type) {
    return FAMILIES.entrySet().stream()
        .filter(family -> type.startsWith(family.getKey()))
        .max((a, b) -> a.getKey().length() - b.getKey().length())
        .map(Map.Entry::getValue)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no sample for this type of event; there are "
                        + families().stream().collect(Collectors.joining(" "))));
  }

  static long seconds(String instant) {
    return Instant.parse(instant).getEpochSecond();
  }
}
