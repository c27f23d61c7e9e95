package io.driveline.runtime.settings;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.springframework.core.env.Environment;

/**
 * Looks at all the settings that are given, before anything is started. Routes read many of their
 * placeholders without any check: a wrong one would end the start with a message of Camel's, or
 * quietly stop the flow of events.
 */
public final class GivenSettings {

  private static final String PREFIX = "DRIVELINE_";

  /** Read by {@code ./driveline events} and {@code replay}, not by an app. */
  private static final Set<String> OF_THE_SCRIPT = Set.of("DRIVELINE_API_KEY");

  /** What Kubernetes sets in every pod for a service that is called driveline-something. */
  private static final Pattern OF_KUBERNETES =
      Pattern.compile(".*_SERVICE_(HOST|PORT(_.*)?)|.*_PORT_\\d+_(TCP|UDP)(_.*)?|DRIVELINE_PORT");

  /** A row of the one table of settings, docs/settings.md, which the jar has. */
  private static final Pattern ROW =
      Pattern.compile("^\\| `driveline\\.[^`]+` \\| `(DRIVELINE_[^`]+)` \\|", Pattern.MULTILINE);

  private static final String NAMED_FREELY = "<";
  private static final int FAR = 4;
  private static final int DAY_MILLIS = 86_400_000;
  private static final int MOST_MILLIS = Integer.MAX_VALUE;

  /**
   * Whole numbers that only routes read.
   *
   * @param least the smallest allowed
   * @param most the greatest allowed
   */
  private record Range(int least, int most) {}

  private static final Map<String, Range> IN_ROUTES =
      Map.ofEntries(
          Map.entry("driveline.webhook.retry-after", new Range(1, 86_400)),
          Map.entry("driveline.worker.consumers", new Range(1, 1_000)),
          Map.entry("driveline.worker.prefetch", new Range(1, 65_535)),
          Map.entry("driveline.worker.sweep-period", new Range(1, DAY_MILLIS)),
          Map.entry("driveline.worker.retry-delay", new Range(1, DAY_MILLIS)),
          Map.entry("driveline.worker.removal-period", new Range(1, MOST_MILLIS)),
          Map.entry("driveline.worker.outage-delay", new Range(1, DAY_MILLIS)),
          Map.entry("driveline.worker.outage-delay-most", new Range(1, DAY_MILLIS)),
          Map.entry("driveline.grpc.max-concurrent-calls", new Range(1, 1_000_000)),
          Map.entry("driveline.grpc.max-message-size", new Range(1, Integer.MAX_VALUE)),
          Map.entry("driveline.grpc.max-connection-age", new Range(1, MOST_MILLIS)),
          Map.entry("driveline.grpc.max-connection-age-grace", new Range(1, MOST_MILLIS)),
          Map.entry("driveline.grpc.permit-keep-alive-time", new Range(1, MOST_MILLIS)),
          Map.entry("driveline.api.facts-batch", new Range(1, 1_000_000)),
          Map.entry("driveline.api.facts-interval", new Range(1, DAY_MILLIS)),
          Map.entry("driveline.api.facts-prefetch", new Range(1, 65_535)),
          Map.entry("driveline.api.facts-retry", new Range(1, DAY_MILLIS)),
          Map.entry("driveline.api.prepare-interval", new Range(1, DAY_MILLIS)));

  private final Settings settings;

  /**
   * @param environment where the settings are
   */
  public GivenSettings(Environment environment) {
    this.settings = new Settings(environment);
  }

  /**
   * Checks what no record of settings checks.
   *
   * @throws WrongSettingException for the first that is wrong
   */
  public void check() {
    settings.flag("driveline.livemode", true);
    settings.flag("driveline.routes-reload", false);
    settings.flag("driveline.management.metrics-login", false);
    IN_ROUTES.keySet().stream().sorted().forEach(this::checkNumber);
  }

  private void checkNumber(String name) {
    Range range = IN_ROUTES.get(name);
    settings.number(name, range.least(), range.least(), range.most());
  }

  /** Whether {@link #check()} looks at it. */
  static boolean checksNumber(String name) {
    return IN_ROUTES.containsKey(name);
  }

  /**
   * Finds variables that look like settings and are none: most often misspelt ones. No reason not
   * to start: they may be somebody else's.
   *
   * @param variables the names of all environment variables
   * @return a sentence for each
   */
  public static List<String> unknown(Collection<String> variables) {
    Set<String> known = known();
    Set<String> families =
        known.stream()
            .filter(name -> name.contains(NAMED_FREELY))
            .map(name -> name.substring(0, name.indexOf(NAMED_FREELY)))
            .collect(Collectors.toSet());
    return variables.stream()
        .filter(name -> name.startsWith(PREFIX))
        .filter(name -> !known.contains(name) && !OF_THE_SCRIPT.contains(name))
        .filter(name -> families.stream().noneMatch(name::startsWith))
        .filter(name -> !OF_KUBERNETES.matcher(name).matches())
        .sorted()
        .map(name -> name + " is no setting and changes nothing" + nearest(name, known))
        .toList();
  }

  private static String nearest(String name, Set<String> known) {
    return known.stream()
        .filter(candidate -> distance(name, candidate) < FAR)
        .min(Comparator.comparingInt(candidate -> distance(name, candidate)))
        .map(candidate -> "; did you mean " + candidate + "?")
        .orElse("; docs/settings.md lists those that there are");
  }

  private static Set<String> known() {
    try (InputStream table = GivenSettings.class.getResourceAsStream("settings.md")) {
      return ROW.matcher(new String(table.readAllBytes(), StandardCharsets.UTF_8))
          .results()
          .map((MatchResult row) -> row.group(1))
          .collect(Collectors.toCollection(TreeSet::new));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How many letters are to be changed, put in or left out to make one of the other. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
