package io.driveline.events;

import java.util.Map;
import java.util.Objects;
import org.bson.Document;
import org.bson.conversions.Bson;

/** The mirror's document of one object, in memory; it reads the filters that MongoDB would get. */
final class MirrorInMemory implements WritePath.Store {

  private Document stored;

  @Override
  public boolean upsert(Bson filter, Document document) {
    if (stored != null && !matches(filter)) {
      return false;
    }
    stored = document;
    return true;
  }

  @Override
  public Document find(ObjectKey object) {
    return stored;
  }

  @Override
  public boolean replace(Bson filter, Document document) {
    if (stored == null || !matches(filter)) {
      return false;
    }
    stored = document;
    return true;
  }

  private boolean matches(Bson filter) {
    return ((Document) filter).entrySet().stream().allMatch(this::matches);
  }

  private boolean matches(Map.Entry<String, Object> condition) {
    Object value = stored;
    for (String name : condition.getKey().split("\\.")) {
      value = ((Document) value).get(name);
    }
    if (condition.getValue() instanceof Document bound) {
      return value instanceof Number number
          && bound.entrySet().stream().allMatch(limit -> matches(number.longValue(), limit));
    }
    return Objects.equals(value, condition.getValue());
  }

  private static boolean matches(long value, Map.Entry<String, Object> limit) {
    long bound = ((Number) limit.getValue()).longValue();
    return switch (limit.getKey()) {
      case "$lt" -> value < bound;
      case "$lte" -> value <= bound;
      default -> throw new IllegalArgumentException(limit.getKey());
    };
  }
}
