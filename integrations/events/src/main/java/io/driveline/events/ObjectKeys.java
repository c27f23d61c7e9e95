package io.driveline.events;

import java.util.Map;
import java.util.Optional;
import org.bson.Document;

/**
 * The key of a snapshot. Most objects have an id of Stripe's; a few that have none are still one of
 * a kind, per customer or per account, and are kept under that.
 */
final class ObjectKeys {

  private static final String BY_TYPE = "";

  /** Types without an id: the field that names the one they belong to, or the type itself. */
  private static final Map<String, String> WITHOUT_ID =
      Map.of(
          "cash_balance",
          "customer",
          "entitlements.active_entitlement_summary",
          "customer",
          "billing.credit_balance_summary",
          "customer",
          "balance",
          BY_TYPE,
          "balance_settings",
          BY_TYPE,
          "tax.settings",
          BY_TYPE);

  private ObjectKeys() {}

  static Optional<String> id(String type, Document snapshot) {
    if (snapshot.get("id") instanceof String id && !id.isEmpty()) {
      return Optional.of(id);
    }
    String owner = WITHOUT_ID.get(type);
    if (owner == null) {
      return Optional.empty();
    }
    return owner.equals(BY_TYPE) ? Optional.of(type) : reference(snapshot.get(owner));
  }

  /** A reference of Stripe's: an id, or the whole object where it was expanded. */
  static Optional<String> reference(Object value) {
    Object id = value instanceof Document expanded ? expanded.get("id") : value;
    return id instanceof String text && !text.isEmpty() ? Optional.of(text) : Optional.empty();
  }
}
