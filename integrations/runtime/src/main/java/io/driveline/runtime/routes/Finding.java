package io.driveline.runtime.routes;

import java.util.Comparator;

/**
 * What is wrong with a route file.
 *
 * @param file how messages name the file
 * @param line from 1
 * @param text what is wrong there
 */
public record Finding(String file, int line, String text) implements Comparable<Finding> {

  private static final Comparator<Finding> ORDER =
      Comparator.comparing(Finding::file).thenComparing(Finding::line).thenComparing(Finding::text);

  @Override
  public int compareTo(Finding other) {
    return ORDER.compare(this, other);
  }

  /** One line, such as {@code routes/worker/apply-event.camel.yaml:12: bean has no id}. */
  @Override
  public String toString() {
    return file + ":" + line + ": " + text;
  }
}
