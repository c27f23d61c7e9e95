package io.driveline.events;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.bson.Document;

/** What is different in two documents, by JSONPath (RFC 9535): {@code $.lines.data[0].amount}. */
final class DocumentDiff {

  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private final List<ReplayPreview.Change> changes = new ArrayList<>();

  private DocumentDiff() {}

  /**
   * Compares two documents.
   *
   * @param now may be null: there is none
   */
  static List<ReplayPreview.Change> between(Document now, Document then) {
    DocumentDiff diff = new DocumentDiff();
    if (now == null) {
      diff.changes.add(new ReplayPreview.Change("$", false, null, true, then));
    } else {
      diff.compare("$", now, then);
    }
    return diff.changes;
  }

  private void compare(String path, Object now, Object then) {
    if (now instanceof Document before && then instanceof Document after) {
      Set<String> names = new LinkedHashSet<>(before.keySet());
      names.addAll(after.keySet());
      for (String name : names) {
        member(
            path + step(name),
            before.containsKey(name),
            before.get(name),
            after.containsKey(name),
            after.get(name));
      }
    } else if (now instanceof List<?> before && then instanceof List<?> after) {
      for (int i = 0; i < Math.max(before.size(), after.size()); i++) {
        member(
            path + "[" + i + "]",
            i < before.size(),
            i < before.size() ? before.get(i) : null,
            i < after.size(),
            i < after.size() ? after.get(i) : null);
      }
    } else if (!same(now, then)) {
      changes.add(new ReplayPreview.Change(path, true, now, true, then));
    }
  }

  private void member(String path, boolean is, Object now, boolean willBe, Object then) {
    if (is && willBe) {
      compare(path, now, then);
    } else {
      changes.add(new ReplayPreview.Change(path, is, now, willBe, then));
    }
  }

  private static String step(String name) {
    return NAME.matcher(name).matches()
        ? "." + name
        : "['" + name.replace("\\", "\\\\").replace("'", "\\'") + "']";
  }

  /** A number is the same whatever its width. */
  private static boolean same(Object now, Object then) {
    if (now instanceof Number one && then instanceof Number other) {
      return isWhole(one) && isWhole(other)
          ? one.longValue() == other.longValue()
          : Double.compare(one.doubleValue(), other.doubleValue()) == 0;
    }
    return Objects.equals(now, then);
  }

  private static boolean isWhole(Number number) {
    return number instanceof Integer || number instanceof Long;
  }
}
