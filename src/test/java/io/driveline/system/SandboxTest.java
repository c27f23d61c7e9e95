package io.driveline.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import io.driveline.sandbox.Ports;
import io.driveline.sandbox.stripe.SampleEvent;
import io.driveline.sandbox.stripe.SampleObjects;
import io.driveline.servers.browser.Browser;
import io.driveline.servers.browser.Hawtio;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What the sandbox has for who edits and watches the routes. */
class SandboxTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final long CREATED = 1_700_000_000L;

  @TempDir static Path routes;
  private static Driveline driveline;
  private static ListAppender<ILoggingEvent> log;

  @BeforeAll
  static void start() throws Exception {
    copy(Checkout.ROOT.resolve("routes"), routes);
    driveline = Driveline.start(routes, null, null, null);
    log = new ListAppender<>();
    log.start();
    ((Logger) LoggerFactory.getLogger("io.driveline.runtime.routes")).addAppender(log);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (!target.startsWith(to.resolve("target"))) {
          Files.createDirectories(target.getParent());
          Files.copy(file, target);
        }
      }
    }
  }

  @AfterAll
  static void stop() {
    if (driveline != null) {
      driveline.close();
    }
  }

  private static void edit(String file, String from, String to) throws IOException {
    Path path = routes.resolve(file);
    String before = Files.readString(path);
    assertThat(before).contains(from);
    Files.writeString(path, before.replace(from, to));
  }

  private static List<String> logged(Level level) {
    return List.copyOf(log.list).stream()
        .filter(event -> event.getLevel() == level)
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  private static SampleEvent event(String unique) {
    return SampleObjects.event("invoice.paid", unique, CREATED);
  }

  private static List<String> stepsOf(SampleEvent event) throws Exception {
    assertThat(driveline.post(event)).isEqualTo(200);
    await().atMost(PATIENCE).until(() -> driveline.state(event.id()).equals("applied"));
    return driveline.json("/api/v1/events/" + event.id()).path("steps").findValuesAsText("step");
  }

  @Test
  void anEditedRouteRunsWithoutARestartAndABrokenOneChangesNothingAndSaysWhere() throws Exception {
    assertThat(stepsOf(event("before"))).contains("refresh");

    edit("worker/apply-event.camel.yaml", "skipReason} == null", "skipReason} == 'never'");
    await()
        .atMost(PATIENCE)
        .until(() -> logged(Level.INFO).stream().anyMatch(line -> line.contains("apply-event")));
    assertThat(stepsOf(event("edited"))).doesNotContain("refresh");

    edit("worker/apply-event.camel.yaml", "name: mirror-object", "name: nobody");
    await().atMost(PATIENCE).until(() -> !logged(Level.WARN).isEmpty());
    assertThat(logged(Level.WARN))
        .singleElement()
        .asString()
        .matches("(?s).*apply-event\\.camel\\.yaml:\\d+: .*nobody.*");
    assertThat(stepsOf(event("broken"))).doesNotContain("refresh");
  }

  @Test
  void anEditedErrorPolicyHoldsWithoutARestart() throws Exception {
    assertThat(driveline.post(event("forged"), "whsec_nobodys")).isEqualTo(400);

    edit("webhook/errors.camel.yaml", "expression: \"400\"", "expression: \"422\"");

    await().atMost(PATIENCE).until(() -> driveline.post(event("forged"), "whsec_nobodys") == 422);
  }

  @Test
  void theMetricsCountWhatWasApplied() throws Exception {
    double before = counted("worker-apply-event");
    stepsOf(event("counted1"));
    stepsOf(event("counted2"));

    await().atMost(PATIENCE).until(() -> counted("worker-apply-event") >= before + 2);
    Ports ports = driveline.sandbox().ports();
    for (int port : List.of(ports.apiManagement(), ports.webhookManagement())) {
      assertThat(driveline.open(port, "/actuator/prometheus").body())
          .contains("camel_exchanges_total")
          .doesNotContain("worker-apply-event");
    }
  }

  private static double counted(String route) throws Exception {
    String metrics =
        driveline
            .open(driveline.sandbox().ports().workerManagement(), "/actuator/prometheus")
            .body();
    Matcher line =
        Pattern.compile("(?m)^camel_exchanges_total\\{.*routeId=\"" + route + "\"} (.*)$")
            .matcher(metrics);
    return line.find() ? Double.parseDouble(line.group(1)) : 0;
  }

  @Test
  void oneHawtioListsFourContextsAndDrawsTheWorkersRouteWithTheMetricsCounts() throws Exception {
    assumeTrue(Browser.isInstalled(), "chromium is not installed here");
    stepsOf(event("drawn"));
    Ports ports = driveline.sandbox().ports();
    try (Browser browser = Browser.open()) {
      Hawtio hawtio =
          Hawtio.open(
              browser, "http://127.0.0.1:" + ports.workerManagement(), "sandbox", "sandbox");
      for (String app : List.of("webhook", "worker", "grpc", "api")) {
        hawtio.awaitContext("driveline-" + app);
      }
      JsonNode nodes = hawtio.draw("driveline-worker", "worker-apply-event");
      assertThat(nodes)
          .extracting(JsonNode::asText)
          .anyMatch(node -> node.contains("claim-in-ledger"))
          .anyMatch(node -> node.contains("finish-event"));

      String ask =
          "fetch('/actuator/jolokia/read/org.apache.camel:context=driveline-worker,type=routes,"
              + "name=\"worker-apply-event\"/ExchangesTotal').then(a => a.json())";
      await()
          .atMost(PATIENCE)
          .until(() -> browser.eval(ask).path("value").asDouble() == counted("worker-apply-event"));
    }
  }
}
