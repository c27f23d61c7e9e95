package io.driveline.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each alert says something that there is, and has a section that tells what to do. */
class AlertsTest {

  private static final Path DOCS = Checkout.ROOT.resolve("docs");
  private static final Pattern METRIC = Pattern.compile("\\bdriveline_\\w+");
  private static final Pattern ROUTE = Pattern.compile("routeId=~?\"([^\"]+)\"");
  private static final Pattern OF_ROUTE = Pattern.compile("(?m)^- route:\\n    id: (\\S+)$");

  static List<JsonNode> alerts() {
    List<Manifest> rules =
        Manifest.below(Manifest.KUBERNETES.resolve("components/monitoring")).stream()
            .filter(object -> object.kind().equals("PrometheusRule"))
            .toList();
    assertThat(rules).hasSize(1);
    return Manifest.items(rules.getFirst().at("/spec/groups/0/rules"));
  }

  private static Set<String> named(Pattern pattern) {
    return alerts().stream()
        .flatMap(alert -> pattern.matcher(alert.get("expr").asText()).results())
        .map(found -> found.group(found.groupCount()))
        .collect(Collectors.toSet());
  }

  @Test
  void everyAlertHasASectionOfTheRunbooksAndEverySectionAnAlert() {
    List<String> names = alerts().stream().map(alert -> alert.get("alert").asText()).toList();
    List<String> sections =
        Manifest.text(DOCS.resolve("runbooks.md"))
            .lines()
            .filter(line -> line.startsWith("## "))
            .map(line -> line.substring(3))
            .toList();

    assertThat(names).hasSizeGreaterThan(10).doesNotHaveDuplicates();
    assertThat(sections).containsExactlyElementsOf(names);
  }

  @Test
  void everyAlertPointsToItsSectionAndTellsHowBadItIs() {
    for (JsonNode alert : alerts()) {
      String name = alert.get("alert").asText();
      assertThat(alert.at("/annotations/runbook").asText())
          .isEqualTo("docs/runbooks.md#" + name.toLowerCase(Locale.ROOT));
      assertThat(alert.at("/annotations/summary").asText()).as(name).isNotEmpty();
      assertThat(alert.at("/labels/severity").asText()).as(name).isIn("critical", "warning");
    }
  }

  @Test
  void everyMetricOfOursInAnAlertIsDocumented() {
    assertThat(named(METRIC)).isNotEmpty();
    assertThat(METRIC.matcher(Manifest.text(DOCS.resolve("watch.md"))).results())
        .extracting(MatchResult::group)
        .containsAll(named(METRIC));
  }

  @Test
  void everyRouteInAnAlertIsARoute() {
    Set<String> routes =
        Manifest.files(Checkout.ROOT.resolve("routes"), ".camel.yaml").stream()
            .flatMap(file -> OF_ROUTE.matcher(Manifest.text(file)).results())
            .map(found -> found.group(1))
            .collect(Collectors.toSet());

    assertThat(named(ROUTE).stream().flatMap(ids -> Stream.of(ids.split("\\|"))))
        .isNotEmpty()
        .allSatisfy(id -> assertThat(routes).contains(id));
  }
}
