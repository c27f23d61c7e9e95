package io.driveline.runtime.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.driveline.runtime.settings.WrongSettingException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.ServiceStatus;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.impl.engine.DefaultShutdownStrategy;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.support.DefaultConsumer;
import org.apache.camel.support.DefaultEndpoint;
import org.apache.camel.support.service.ServiceSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** On the three files of {@code src/test/resources/routes/sample}. */
class RouteReloadTest {

  private static final String GREETING =
      """
      - route:
          id: sample-greet
          description: Greets.
          routeConfigurationId: sample-errors
          from:
            id: from-greet
            uri: direct
            parameters:
              name: greet
            steps:
              - setBody:
                  id: greeting
                  expression:
                    simple:
                      expression: "good day ${body}"
      """;

  private static final String FAILING =
      """
      - route:
          id: sample-greet
          description: Fails.
          routeConfigurationId: sample-errors
          from:
            id: from-greet
            uri: direct
            parameters:
              name: greet
            steps:
              - throwException:
                  id: fail
                  exceptionType: java.lang.IllegalStateException
                  message: no greeting today
      """;

  @TempDir private Path folder;
  private Path app;
  private final Gate gate = new Gate();
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private DefaultCamelContext camel;
  private RouteReload reload;

  /** A bean that the routes name; being a service, a trial that stopped it would be seen. */
  public static final class Gate extends ServiceSupport implements CamelContextAware {

    private final CountDownLatch entered = new CountDownLatch(1);
    private volatile CountDownLatch open = new CountDownLatch(0);

    private CamelContext context;

    @Override
    public CamelContext getCamelContext() {
      return context;
    }

    @Override
    public void setCamelContext(CamelContext context) {
      this.context = context;
    }

    /** Lets one through when it is open. */
    public void pass() throws InterruptedException {
      entered.countDown();
      open.await(10, TimeUnit.SECONDS);
    }
  }

  /** Component {@code unstartable:}. */
  @Component("unstartable")
  public static final class Unstartable extends DefaultComponent {

    @Override
    protected Endpoint createEndpoint(String uri, String rest, Map<String, Object> parameters) {
      return new DefaultEndpoint(uri, this) {
        @Override
        public Producer createProducer() {
          throw new UnsupportedOperationException();
        }

        @Override
        public Consumer createConsumer(Processor processor) {
          return new DefaultConsumer(this, processor) {
            @Override
            protected void doStart() {
              throw new IllegalStateException("cannot start");
            }
          };
        }
      };
    }
  }

  @BeforeEach
  void watchTheLog() throws IOException {
    app = Files.createDirectories(folder.resolve("sample"));
    log.start();
    ((Logger) LoggerFactory.getLogger(RouteReload.class)).setLevel(Level.INFO);
    ((Logger) LoggerFactory.getLogger(RouteReload.class)).addAppender(log);
  }

  @AfterEach
  void stop() throws IOException {
    ((Logger) LoggerFactory.getLogger(RouteReload.class)).detachAppender(log);
    threads.shutdownNow();
    if (camel != null) {
      camel.close();
    }
  }

  private void start() throws Exception {
    camel = new DefaultCamelContext();
    camel.disableJMX();
    camel.getRegistry().bind("gate", gate);
    RouteSource source = new RouteSource("sample", folder);
    RouteLoading loading = new RouteLoading(source, new HttpMappings(List.of()), false);
    loading.beforeApplicationStart(camel);
    camel.start();
    gate.start();
    reload = loading.reload();
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(app.resolve(name), text);
  }

  private void shipped(String name, String from, String to) throws IOException {
    try (var in = getClass().getResourceAsStream("/routes/sample/" + name)) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      assertThat(text).contains(from);
      write(name, text.replace(from, to));
    }
  }

  /** As often as it takes to see a change twice. */
  private void poll() {
    reload.poll();
    reload.poll();
  }

  private String ask() {
    return ask(camel);
  }

  private static String ask(CamelContext camel) {
    return camel
        .createFluentProducerTemplate()
        .to("direct:ask")
        .withBody("Ada")
        .request(String.class);
  }

  private List<String> told() {
    return log.list.stream()
        .map(line -> line.getLevel() + " " + line.getFormattedMessage())
        .toList();
  }

  private String file(String name) {
    return app.resolve(name).toString();
  }

  @Test
  void whatShipsRunsWhereTheFolderHasNothing() throws Exception {
    start();
    assertThat(ask()).isEqualTo("hello Ada");
  }

  @Test
  void aFileOfTheFolderTakesThePlaceOfTheShippedOneAtTheStart() throws Exception {
    write("greet.camel.yaml", GREETING);
    write("more.camel.yaml", GREETING.replace("greet", "wave").replace("greeting", "waving"));
    start();
    assertThat(ask()).isEqualTo("good day Ada");
    assertThat(camel.getRoute("sample-wave")).isNotNull();
  }

  @Test
  void aFolderThatIsNotThereStopsTheStart() {
    assertThatThrownBy(() -> new RouteSource("sample", folder.resolve("none")))
        .isInstanceOf(WrongSettingException.class)
        .hasMessage("DRIVELINE_ROUTES must be a folder that exists");
  }

  @Test
  void aFileThatCannotBeLoadedStopsTheStartWithItsLine() throws Exception {
    write("greet.camel.yaml", GREETING.replace("    steps:", "    stops:"));
    assertThatThrownBy(this::start)
        .isInstanceOf(WrongSettingException.class)
        .hasMessage(
            file("greet.camel.yaml")
                + ":6: from: required property 'steps' not found (and 1 more)");
  }

  @Test
  void aSavedFileChangesTheRunningRouteAndTheOthersRunOn() throws Exception {
    start();
    Object other = camel.getRoute("sample-ask");
    write("greet.camel.yaml", GREETING);
    poll();
    assertThat(ask()).isEqualTo("good day Ada");
    assertThat(camel.getRoute("sample-ask")).isSameAs(other);
    assertThat(told()).containsExactly("INFO reloaded " + file("greet.camel.yaml") + " (1 route)");
  }

  @Test
  void aDeletedFileBringsTheShippedOneBack() throws Exception {
    write("greet.camel.yaml", GREETING);
    write("more.camel.yaml", GREETING.replace("greet", "wave").replace("greeting", "waving"));
    start();
    Files.delete(app.resolve("greet.camel.yaml"));
    Files.delete(app.resolve("more.camel.yaml"));
    poll();
    assertThat(ask()).isEqualTo("hello Ada");
    assertThat(camel.getRoute("sample-wave")).isNull();
    assertThat(told())
        .containsExactly(
            "INFO removed " + file("greet.camel.yaml") + "; the shipped one runs",
            "INFO removed " + file("more.camel.yaml"));
  }

  @Test
  void aNewFileAddsItsRoutes() throws Exception {
    start();
    write("more.camel.yaml", GREETING.replace("greet", "wave").replace("greeting", "waving"));
    poll();
    assertThat(
            camel
                .createFluentProducerTemplate()
                .to("direct:wave")
                .withBody("x")
                .request(String.class))
        .isEqualTo("good day x");
  }

  @Test
  void anErrorPolicyTakesEffectInEveryRouteThatUsesIt() throws Exception {
    write("greet.camel.yaml", FAILING);
    start();
    assertThat(ask()).isEqualTo("sorry");
    shipped("errors.camel.yaml", "expression: sorry", "expression: pardon");
    poll();
    assertThat(ask()).isEqualTo("pardon");
    assertThat(told())
        .containsExactly("INFO reloaded " + file("errors.camel.yaml") + " (2 routes)");
  }

  @Test
  void aBrokenEditChangesNothingAndIsToldOnceWithFileAndLine() throws Exception {
    start();
    Object before = camel.getRoute("sample-greet");
    String greet = file("greet.camel.yaml");
    broken(GREETING.replace("id: greeting", "id: [greeting"), greet + ":13: is not YAML: ");
    broken(GREETING.replace("setBody:", "setBoddy:"), greet + ":11: property 'setBoddy' ");
    broken(GREETING.replace("simple:", "groovy:"), greet + ":14: groovy is a script");
    broken(
        GREETING.replace("name: greet", "name: other"),
        "routes/sample/ask.camel.yaml:12: no route serves direct:greet");
    broken(
        GREETING.replace("sample-errors", "errors"),
        greet + ":4: there is no routeConfiguration errors");
    broken(step("to", "uri: nowhere:x"), greet + ":11: ");
    broken(step("to", "uri: log:x?colour=red"), greet + ":11: ");
    broken(step("bean", "ref: nobody"), greet + ":11: ");
    assertThat(camel.getRoute("sample-greet")).isSameAs(before);
    assertThat(ask()).isEqualTo("hello Ada");
    assertThat(gate.isStarted()).isTrue();

    write("greet.camel.yaml", GREETING);
    poll();
    assertThat(ask()).isEqualTo("good day Ada");
  }

  @Test
  void aRefusedEditThatIsTakenBackIsToldToo() throws Exception {
    start();
    write("greet.camel.yaml", GREETING);
    poll();
    broken(GREETING.replace("simple:", "groovy:"), file("greet.camel.yaml") + ":14: groovy");
    log.list.clear();

    write("greet.camel.yaml", GREETING);
    poll();
    poll();

    assertThat(told()).containsExactly("INFO the routes are again those that run");
  }

  /** With a step before the others, on line 11. */
  private static String step(String kind, String what) {
    return GREETING.replace(
        "        - setBody:",
        "        - %s:\n            id: new-step\n            %s\n        - setBody:"
            .formatted(kind, what));
  }

  private void broken(String text, String why) throws IOException {
    log.list.clear();
    write("greet.camel.yaml", text);
    poll();
    poll();
    assertThat(told())
        .singleElement()
        .asString()
        .startsWith("WARN routes not reloaded, the running ones go on: " + why);
  }

  @Test
  void aDocumentThatARouteNamesIsReadFromTheFolderAndAgainWhenItIsSaved() throws Exception {
    write("words.yaml", "good day\n");
    write(
        "greet.camel.yaml",
        GREETING
            .replace("simple:", "constant:")
            .replace("good day ${body}", "resource:classpath:routes/sample/words.yaml"));
    start();
    assertThat(ask()).startsWith("good day");
    write("words.yaml", "good night\n");
    write(".#words.yaml", "an editor's: [");
    poll();
    assertThat(ask()).startsWith("good night");
    assertThat(told()).containsExactly("INFO reloaded " + file("words.yaml") + " (1 route)");
    write("words.yaml", "good: [\n");
    poll();
    assertThat(told())
        .hasSize(2)
        .last()
        .asString()
        .contains(file("words.yaml") + ":2: is not YAML");
    assertThat(ask()).startsWith("good night");
  }

  @Test
  void aBeanBelongsToTheRunningContextAfterATrial() throws Exception {
    start();
    // The shipped greet, which names the gate, is tried with it.
    shipped("ask.camel.yaml", "Asks for", "Begs for");
    poll();
    assertThat(told()).containsExactly("INFO reloaded " + file("ask.camel.yaml") + " (1 route)");
    assertThat(gate.getCamelContext()).isSameAs(camel);
    assertThat(gate.isStarted()).isTrue();
  }

  @Test
  void aHalfWrittenFileIsWaitedFor() throws Exception {
    start();
    write("greet.camel.yaml", GREETING.substring(0, 300));
    reload.poll();
    write("greet.camel.yaml", GREETING);
    poll();
    assertThat(told()).containsExactly("INFO reloaded " + file("greet.camel.yaml") + " (1 route)");
  }

  @Test
  void whatIsInFlightFinishesOnTheOldRoute() throws Exception {
    start();
    gate.open = new CountDownLatch(1);
    CompletableFuture<String> waiting = CompletableFuture.supplyAsync(this::ask, threads);
    gate.entered.await();
    write("greet.camel.yaml", GREETING);
    CompletableFuture<Void> swapped = CompletableFuture.runAsync(this::poll, threads);
    DefaultShutdownStrategy ending = (DefaultShutdownStrategy) camel.getShutdownStrategy();
    await().until(() -> ending.getCurrentShutdownTaskFuture() != null);
    gate.open.countDown();
    swapped.get(20, TimeUnit.SECONDS);
    assertThat(waiting.get(20, TimeUnit.SECONDS)).isEqualTo("hello Ada");
    assertThat(ask()).isEqualTo("good day Ada");
  }

  @Test
  void aStoppedRouteStaysStoppedAndCanBeStarted() throws Exception {
    start();
    camel.getRouteController().stopRoute("sample-greet");
    write("greet.camel.yaml", GREETING);
    poll();
    assertThat(camel.getRouteController().getRouteStatus("sample-greet"))
        .isEqualTo(ServiceStatus.Stopped);
    camel.getRouteController().startRoute("sample-greet");
    assertThat(ask()).isEqualTo("good day Ada");
  }

  @Test
  void aSwapThatFailsHalfWayPutsTheOldRoutesBack() throws Exception {
    start();
    // Passes every check, since the trial starts no consumer.
    write(
        "more.camel.yaml",
        GREETING
            .replace("sample-greet", "sample-unstartable")
            .replace("from-greet", "from-nowhere")
            .replace("uri: direct\n      parameters:\n        name: greet", "uri: unstartable:x")
            .replace("greeting", "again"));
    write("ask.camel.yaml", GREETING.replace("greet", "ask").replace("greeting", "answer"));
    poll();
    assertThat(told()).hasSize(1);
    assertThat(told().getFirst())
        .startsWith(
            "WARN routes not reloaded, the old ones are back: " + file("more.camel.yaml") + ":2: ")
        .endsWith("cannot start");
    assertThat(ask()).isEqualTo("hello Ada");
    assertThat(camel.getRoute("sample-unstartable")).isNull();
  }

  @Test
  void aFileThatIsRenamedIntoItsPlaceIsSeenByTheWatch() throws Exception {
    camel = new DefaultCamelContext();
    camel.disableJMX();
    camel.getRegistry().bind("gate", gate);
    RouteLoading loading =
        new RouteLoading(new RouteSource("sample", folder), new HttpMappings(List.of()), true);
    loading.beforeApplicationStart(camel);
    camel.start();
    loading.afterApplicationStart(camel);
    Path written = Files.writeString(folder.resolve("greet.tmp"), GREETING);
    Files.move(written, app.resolve("greet.camel.yaml"), StandardCopyOption.ATOMIC_MOVE);
    await().atMost(20, TimeUnit.SECONDS).until(() -> ask().equals("good day Ada"));
  }
}
