package io.driveline.grpc.billing;

import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import java.util.List;
import java.util.Map;

/** JSON values as protobuf's own. */
final class Structs {

  /**
   * Protobuf readers refuse messages nested deeper than 100 levels, and one level of JSON is three
   * of them: struct, entry, value.
   */
  static final int MAX_DEPTH = 30;

  private Structs() {}

  /** Whether a reader can take it: objects and lists in one another, the outermost counted. */
  static boolean fits(Object value) {
    return fits(value, MAX_DEPTH);
  }

  private static boolean fits(Object value, int depth) {
    return switch (value) {
      case Map<?, ?> map -> depth > 0 && map.values().stream().allMatch(v -> fits(v, depth - 1));
      case List<?> list -> depth > 0 && list.stream().allMatch(v -> fits(v, depth - 1));
      case null, default -> true;
    };
  }

  static Struct struct(Map<?, ?> map) {
    Struct.Builder struct = Struct.newBuilder();
    map.forEach((field, value) -> struct.putFields(String.valueOf(field), value(value)));
    return struct.build();
  }

  private static Value value(Object value) {
    Value.Builder builder = Value.newBuilder();
    switch (value) {
      case null -> builder.setNullValue(NullValue.NULL_VALUE);
      case Boolean bool -> builder.setBoolValue(bool);
      case Number number -> builder.setNumberValue(number.doubleValue());
      case Map<?, ?> map -> builder.setStructValue(struct(map));
      case List<?> list -> {
        ListValue.Builder values = ListValue.newBuilder();
        list.forEach(element -> values.addValues(value(element)));
        builder.setListValue(values);
      }
      default -> builder.setStringValue(value.toString());
    }
    return builder.build();
  }
}
