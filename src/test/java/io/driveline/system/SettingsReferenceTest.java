package io.driveline.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.driveline.runtime.settings.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/settings.md} has every setting that the code, the routes and the apps' files read.
 */
class SettingsReferenceTest {

  /** {@code {{driveline.worker.prefetch:16}}} in a route. */
  private static final Pattern IN_ROUTE =
      Pattern.compile("\\{\\{(driveline\\.[a-z0-9.-]+)(?::([^}]*))?}}");

  /** {@code ${driveline.api.port:3001}} in an app's file. */
  private static final Pattern IN_FILE =
      Pattern.compile("\\$\\{(driveline\\.[a-z0-9.-]+)(?::([^}]*))?}");

  /** {@code "driveline.worker.lease", Duration.ofSeconds(60)} in Java that reads settings. */
  private static final Pattern IN_JAVA =
      Pattern.compile(
          "\"(driveline\\.[a-z0-9.-]+)\"(?=(?:,\\s*([A-Za-z0-9_.]+(?:\\([0-9_]+\\))?))?)");

  /** A row of the table: the setting, its variable, its default, and what it does. */
  private static final Pattern ROW =
      Pattern.compile("^\\| `(driveline\\.[^`]+)` \\| `([^`]+)` \\| ([^|]*) \\| ([^|]+) \\|$");

  private static final Pattern FACTORY =
      Pattern.compile("(?:Duration|DataSize)\\.of([A-Za-z]+)\\(([0-9_]+)\\)");
  private static final Map<String, String> UNITS =
      Map.of(
          "Millis",
          "ms",
          "Seconds",
          "s",
          "Minutes",
          "m",
          "Hours",
          "h",
          "Bytes",
          "B",
          "Kilobytes",
          "KB",
          "Megabytes",
          "MB");

  /** Each app has a default of its own. */
  private static final String BY_APP = "driveline.management.port";

  private record Documented(String variable, String otherwise) {}

  @Test
  void theReferenceListsExactlyTheSettingsThatAreRead() {
    Map<String, String> read = read();
    Map<String, Documented> documented = documented();

    assertThat(read).hasSizeGreaterThan(40);
    assertThat(documented.keySet())
        .allMatch(
            name ->
                read.containsKey(name.replace(".<endpoint>", ""))
                    || read.containsKey(family(name)));
    assertThat(read.keySet())
        .allMatch(
            name ->
                documented.containsKey(name)
                    || documented.keySet().stream().anyMatch(row -> family(row).equals(name)));
  }

  /** {@code driveline.api.keys.} of {@code driveline.api.keys.admin}, as the code reads it. */
  private static String family(String name) {
    return name.substring(0, name.lastIndexOf('.') + 1);
  }

  @Test
  void theReferenceNamesEachVariableAsTheAppsReadIt() {
    documented()
        .forEach(
            (name, row) ->
                assertThat(row.variable().toUpperCase(Locale.ROOT))
                    .isEqualTo(Settings.variable(name)));
  }

  @Test
  void theReferenceHasTheDefaultsOfTheCode() {
    Map<String, Documented> documented = documented();
    read()
        .forEach(
            (name, otherwise) -> {
              if (!otherwise.isEmpty() && !name.equals(BY_APP)) {
                assertThat(documented.get(name).otherwise())
                    .as(name)
                    .startsWith("`" + otherwise + "`");
              }
            });
  }

  private static Map<String, Documented> documented() {
    Map<String, Documented> rows = new TreeMap<>();
    for (String line : text(Checkout.ROOT.resolve("docs/settings.md")).split("\n")) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        rows.put(row.group(1), new Documented(row.group(2), row.group(3)));
      }
    }
    return rows;
  }

  /** Every setting with its default; an empty text where there is none to be seen. */
  private static Map<String, String> read() {
    Map<String, String> read = new TreeMap<>();
    for (Path file : files(Checkout.ROOT.resolve("routes"), ".yaml")) {
      IN_ROUTE.matcher(text(file)).results().forEach(found -> add(read, found, 1, 2));
    }
    for (Path file : files(Checkout.ROOT.resolve("integrations"), ".yaml")) {
      IN_FILE.matcher(text(file)).results().forEach(found -> add(read, found, 1, 2));
    }
    for (Path file : files(Checkout.ROOT.resolve("integrations"), ".java")) {
      String code = text(file);
      if (!code.contains("Settings settings") && !code.contains("new Settings(")) {
        continue;
      }
      IN_JAVA
          .matcher(code)
          .results()
          .forEach(
              found -> {
                String value = found.group(2) == null ? "" : value(found.group(2), code);
                read.merge(found.group(1), value, (a, b) -> a.isEmpty() ? b : a);
              });
    }
    read.remove("driveline.app");
    return read;
  }

  private static void add(Map<String, String> read, MatchResult found, int name, int otherwise) {
    String value = found.group(otherwise) == null ? "" : found.group(otherwise);
    String before = read.merge(found.group(name), value, (a, b) -> a.isEmpty() ? b : a);
    if (!value.isEmpty() && !found.group(name).equals(BY_APP)) {
      assertThat(before).as(found.group(name) + " has one default").isEqualTo(value);
    }
  }

  /** {@code Duration.ofSeconds(60)} as {@code 60s}; a constant is looked up in its file. */
  private static String value(String expression, String code) {
    Matcher constant =
        Pattern.compile("\\b" + Pattern.quote(expression) + "\\s*=\\s*([^;]+);").matcher(code);
    String known = constant.find() ? constant.group(1).strip() : expression;
    Matcher factory = FACTORY.matcher(known);
    if (factory.matches()) {
      return factory.group(2).replace("_", "") + UNITS.get(factory.group(1));
    }
    return known.matches("[0-9_]+|true|false") ? known.replace("_", "") : "";
  }

  private static List<Path> files(Path folder, String suffix) {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(file -> file.toString().endsWith(suffix))
          .filter(file -> !file.toString().contains("/target/"))
          .filter(file -> !file.toString().contains("/src/test/"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
