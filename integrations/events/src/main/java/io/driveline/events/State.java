package io.driveline.events;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bson.Document;

/**
 * A state of an object, to be compared with others. Nulls are left out: in previous attributes
 * Stripe gives null for a key that was not there, and in a snapshot for a field that is not set.
 *
 * @param exists false before the object is created and once it is deleted
 * @param attributes the object's fields; of one that is deleted, what the deleting event carried
 */
record State(boolean exists, Map<String, Object> attributes) {

  /** Before the object is created. */
  static final State NOTHING = new State(false, Map.of());

  /** The state that an event left. */
  static State after(StripeEvent event) {
    return new State(!event.deleted(), withoutNulls(event.snapshot()));
  }

  /** The state that an event began with; null if it does not tell. */
  static State before(StripeEvent event) {
    if (Change.creates(event)) {
      return NOTHING;
    }
    return event.previousAttributes() == null
        ? null
        : new State(true, withoutNulls(overlaid(event.snapshot(), event.previousAttributes())));
  }

  /** Objects are overlaid field by field; everything else, lists included, is replaced. */
  private static Map<String, Object> overlaid(Map<String, Object> now, Map<String, Object> before) {
    Map<String, Object> overlaid = new HashMap<>(now);
    before.forEach(
        (key, value) ->
            overlaid.put(
                key,
                now.get(key) instanceof Document inner && value instanceof Document earlier
                    ? overlaid(inner, earlier)
                    : value));
    return overlaid;
  }

  private static Map<String, Object> withoutNulls(Map<?, ?> object) {
    Map<String, Object> kept = new HashMap<>();
    object.forEach(
        (key, value) -> {
          if (value != null) {
            kept.put((String) key, comparable(value));
          }
        });
    return kept;
  }

  private static Object comparable(Object value) {
    return switch (value) {
      case Map<?, ?> object -> withoutNulls(object);
      case List<?> list -> {
        List<Object> elements = new ArrayList<>(list.size());
        list.forEach(element -> elements.add(element == null ? null : comparable(element)));
        yield elements;
      }
      default -> value;
    };
  }
}
