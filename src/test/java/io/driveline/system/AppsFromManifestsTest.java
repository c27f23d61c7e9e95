package io.driveline.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.driveline.sandbox.stripe.SampleEvent;
import io.driveline.sandbox.stripe.SampleObjects;
import io.driveline.servers.FreePort;
import io.driveline.servers.Gate;
import io.driveline.servers.mongodb.EmbeddedMongo;
import io.driveline.servers.rabbitmq.EmbeddedBroker;
import io.driveline.servers.redis.EmbeddedRedis;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.yaml.snakeyaml.Yaml;

/**
 * The apps are what their Deployments say: each is started by its command, its arguments and its
 * environment alone, on the ports of the manifests, and asked as a kubelet, a Service and
 * Prometheus would ask it.
 *
 * <p>The Secrets are those of {@code secrets.sh}, but for the addresses of the stores: embedded
 * ones stand for those of the cluster, and nothing for ClickHouse, without which the api must do.
 * The AOT cache belongs to the image, too: here its flag names a file that is not there, which the
 * JVM passes over.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "needs /proc, and more than one loopback address")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AppsFromManifestsTest {

  private static final Duration PATIENCE = Duration.ofSeconds(180);
  private static final Path BASE = Manifest.KUBERNETES.resolve("base");
  private static final Path MONITORING = Manifest.KUBERNETES.resolve("components/monitoring");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String CLOSED = "http://127.0.0.1:1";

  /** A metric of an alert that the apps are to have, and the app, if it says which. */
  private static final Pattern APPS_METRIC =
      Pattern.compile(
          "\\b((?:driveline|camel|rabbitmq|http)_\\w+)(?:\\{(?:app=\"([^\"]+)\")?[^}]*})?");

  private enum App {
    GRPC,
    API,
    WEBHOOK,
    WORKER;

    private String shortName() {
      return name().toLowerCase(Locale.ROOT);
    }

    private String fullName() {
      return "driveline-" + shortName();
    }

    private Manifest deployment() {
      return find("Deployment").orElseThrow();
    }

    private Optional<Manifest> find(String kind) {
      return Manifest.below(BASE.resolve(fullName())).stream()
          .filter(object -> object.kind().equals(kind))
          .findFirst();
    }
  }

  private final Map<App, Path> folders = new EnumMap<>(App.class);
  private final Map<App, Pod> pods = new EnumMap<>(App.class);
  private final HttpClient http = HttpClient.newHttpClient();
  private int lastAddress;
  private String network;
  private LocalSettings overlay;
  private Path hosts;
  private EmbeddedMongo mongo;
  private EmbeddedBroker broker;
  private EmbeddedRedis redis;

  @BeforeAll
  void startAll(@TempDir Path folder) throws Exception {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    network = "127.%d.%d.".formatted(random.nextInt(1, 255), random.nextInt(256));
    mongo = EmbeddedMongo.start(null, 0);
    broker = EmbeddedBroker.start(0);
    redis = EmbeddedRedis.start(0, null);
    overlay = LocalSettings.generate(Files.createDirectory(folder.resolve("overlay")));
    moveStore("driveline-mongodb", "uri", mongo.uri());
    moveStore("driveline-rabbitmq", "uri", broker.uri());
    moveStore("driveline-redis", "uri", redis.uri());
    moveStore("driveline-clickhouse", "url", CLOSED);
    Map<App, String> addresses =
        Arrays.stream(App.values()).collect(Collectors.toMap(app -> app, app -> address()));
    hosts = Files.writeString(folder.resolve("hosts"), services(addresses));
    for (App app : App.values()) {
      Path extracted = folder.resolve(app.shortName());
      Path jar = Checkout.extract(app.shortName(), extracted);
      Files.move(jar, jar.resolveSibling(Pod.jar(app.deployment())));
      folders.put(app, extracted);
      pods.put(app, start(app, addresses.get(app), environment(app)));
    }
    for (App app : App.values()) {
      awaitPass(app, "startupProbe");
    }
  }

  /** Another address for a store whose Secret has one. */
  private void moveStore(String secret, String key, String uri) {
    String before = overlay.secrets().get(secret).put(key, uri);
    assertThat(before).startsWith(URI.create(uri).getScheme() + "://");
  }

  private synchronized String address() {
    return network + ++lastAddress;
  }

  /** What DNS says of the Services: here, the address of the one pod behind each. */
  private static String services(Map<App, String> addresses) {
    StringBuilder hosts = new StringBuilder("127.0.0.1 localhost\n");
    addresses.forEach(
        (app, address) ->
            app.find("Service")
                .ifPresent(
                    service ->
                        hosts.append(address).append(' ').append(service.name()).append('\n')));
    return hosts.toString();
  }

  private Map<String, String> environment(App app) {
    return Pod.environment(app.deployment(), overlay);
  }

  private Pod start(App app, String address, Map<String, String> environment) throws IOException {
    return Pod.start(app.deployment(), address, folders.get(app), environment, hosts);
  }

  private void awaitPass(App app, String probe) {
    awaitPass(pods.get(app), probe);
  }

  private static void awaitPass(Pod pod, String probe) {
    await(probe)
        .atMost(PATIENCE)
        .until(
            () -> {
              if (!pod.isAlive()) {
                throw new AssertionError("it ended with " + pod.awaitEnd() + ":\n" + pod.output());
              }
              return pod.passes(probe);
            });
  }

  @AfterAll
  void stopAll() throws IOException {
    pods.values().forEach(Pod::close);
    redis.close();
    broker.close();
    mongo.close();
  }

  @ParameterizedTest
  @EnumSource
  void itPassesEveryProbe(App app) {
    awaitPass(app, "livenessProbe");
    awaitPass(app, "readinessProbe");
  }

  @ParameterizedTest
  @EnumSource
  void itListensOnItsContainersPortsAndOnNoOthers(App app) throws IOException {
    awaitPass(app, "readinessProbe");
    Pod pod = pods.get(app);
    assertThat(pod.listening()).containsExactlyInAnyOrderElementsOf(pod.ports().values());
    app.find("Service")
        .ifPresent(
            service ->
                service
                    .at("/spec/ports")
                    .forEach(
                        port ->
                            assertThat(pod.port(port.get("targetPort")))
                                .isEqualTo(port.get("port").asInt())));
  }

  @ParameterizedTest
  @EnumSource
  void prometheusGetsItsMetricsWhereItIsTold(App app) throws Exception {
    awaitPass(app, "readinessProbe");
    HttpResponse<String> scrape = scrape(app);
    assertThat(scrape.statusCode()).isEqualTo(200);
    assertThat(scrape.body()).contains("app=\"" + app.fullName() + "\"", "camel_");
    // The ServiceMonitor finds the same, through the Service that it names.
    Manifest monitor = monitoring("ServiceMonitor");
    JsonNode served = monitoring("Service").at("/spec/ports/0");
    assertThat(monitor.at("/spec/endpoints/0/port")).isEqualTo(served.get("name"));
    JsonNode annotations = annotations(app);
    assertThat(pods.get(app).port(served.get("targetPort")))
        .isEqualTo(annotations.get("prometheus.io/port").asInt());
    assertThat(monitor.text("/spec/endpoints/0/path"))
        .isEqualTo(annotations.get("prometheus.io/path").asText());
  }

  private HttpResponse<String> scrape(App app) throws Exception {
    JsonNode annotations = annotations(app);
    URI pod = pods.get(app).at(annotations.get("prometheus.io/port").asInt());
    return get(pod.resolve(annotations.get("prometheus.io/path").asText()), null);
  }

  private static JsonNode annotations(App app) {
    for (JsonNode patch : Manifest.kustomization(MONITORING).get("patches")) {
      if (patch.at("/target/name").asText().equals(app.fullName())) {
        Object operations = new Yaml().load(patch.get("patch").asText());
        return JSON.valueToTree(operations).at("/0/value");
      }
    }
    throw new AssertionError("no annotations for " + app.fullName());
  }

  private static Manifest monitoring(String kind) {
    return Manifest.below(MONITORING).stream()
        .filter(object -> object.kind().equals(kind))
        .findFirst()
        .orElseThrow();
  }

  private HttpResponse<String> get(URI uri, String key) throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(PATIENCE);
    if (key != null) {
      request.header("Authorization", "Bearer " + key);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  @ParameterizedTest
  @EnumSource
  void eachOfItsVariablesIsASettingThatItKnows(App app) throws IOException {
    awaitPass(app, "readinessProbe");
    await().atMost(PATIENCE).until(() -> pods.get(app).output().contains(" is up: "));
    assertThat(pods.get(app).output()).doesNotContain("is no setting");
  }

  /** By the names of the Services, with the secret and the key of the Secrets. */
  @Test
  void anEventGoesTheWholeWayThroughTheFour() throws Exception {
    for (App app : App.values()) {
      awaitPass(app, "readinessProbe");
    }
    SampleEvent event = SampleObjects.event("invoice.paid", "manifest", 1_700_000_000L);
    Client client =
        new Client(
            ingress(App.WEBHOOK, "/webhook/v1/stripe"),
            ingress(App.API, "/"),
            secret("driveline-api", "DRIVELINE_API_KEYS_ADMIN"));
    assertThat(client.post(event, secret("driveline-webhook", "DRIVELINE_WEBHOOK_SECRETS")))
        .isEqualTo(200);
    await().atMost(PATIENCE).until(() -> client.state(event.id()).equals("applied"));
    assertThat(client.json("/api/v1/objects/invoice/" + event.objectId()).path("id").asText())
        .isEqualTo(event.objectId());
    alertsFindTheirMetrics();
  }

  /** An alert over a metric that nobody has would be silent for ever. */
  private void alertsFindTheirMetrics() throws Exception {
    Map<String, String> scrapes = new TreeMap<>();
    for (App app : App.values()) {
      scrapes.put(app.fullName(), scrape(app).body());
    }
    List<MatchResult> named =
        AlertsTest.alerts().stream()
            .flatMap(alert -> APPS_METRIC.matcher(alert.get("expr").asText()).results())
            .toList();
    assertThat(named).hasSizeGreaterThan(10);
    for (MatchResult metric : named) {
      String scraped =
          metric.group(2) == null
              ? String.join("\n", scrapes.values())
              : scrapes.get(metric.group(2));
      assertThat(scraped.lines().anyMatch(line -> line.startsWith(metric.group(1) + "{")))
          .as("%s", metric.group())
          .isTrue();
    }
  }

  private String secret(String name, String key) {
    return overlay.secrets().get(name).get(key);
  }

  /** Where the ingress passes a path to, if it goes by the name of the Service's port. */
  private URI ingress(App app, String path) {
    JsonNode served = app.find("Service").orElseThrow().at("/spec/ports/0");
    Pod pod = pods.get(app);
    return pod.at(pod.port(served.get("targetPort"))).resolve(path);
  }

  @ParameterizedTest
  @EnumSource
  void aMissingValueEndsItsStartWithOneLine(App app) throws Exception {
    List<String> required =
        environment(app).keySet().stream().filter(name -> isRequired(name, app)).toList();
    assertThat(required).contains("DRIVELINE_MONGODB_URI").hasSizeGreaterThan(1);
    // One is enough to see it; the apps' own tests have the others.
    String missing = required.getLast();
    Map<String, String> environment = environment(app);
    environment.remove(missing);
    try (Pod pod = start(app, address(), environment)) {
      assertThat(pod.awaitEnd()).isEqualTo(1);
      assertThat(told(pod)).singleElement().asString().startsWith(app.fullName() + ": " + missing);
    }
  }

  /** All that it printed, but for what the JVM says of its options. */
  private static List<String> told(Pod pod) throws IOException {
    List<String> told = new ArrayList<>(pod.output().lines().toList());
    told.removeIf(line -> line.startsWith("Picked up ") || line.contains("[aot"));
    return told;
  }

  /** Whether docs/settings.md says so. */
  private static boolean isRequired(String variable, App app) {
    return Pattern.compile(
            "^\\| `[^`]+` \\| `" + variable + "` \\| [^|]*required(?: in (?<apps>[^|]+))? \\|",
            Pattern.MULTILINE)
        .matcher(Manifest.text(Checkout.ROOT.resolve("docs/settings.md")))
        .results()
        .anyMatch(
            row ->
                row.group("apps") == null
                    || List.of(row.group("apps").split("\\W+")).contains(app.shortName()));
  }

  @Test
  void theWebhookIsReadyAsLongAsRabbitMQOrMongoDBIsThere() throws Exception {
    Map<String, String> environment = environment(App.WEBHOOK);
    int mongoPort = FreePort.orAny(0);
    EmbeddedMongo own = EmbeddedMongo.start(null, mongoPort);
    URI rabbitmq = URI.create(broker.uri());
    Pod webhook = null;
    Gate gate = Gate.to(rabbitmq.getPort());
    try {
      environment.put("DRIVELINE_MONGODB_URI", own.uri());
      environment.put(
          "DRIVELINE_RABBITMQ_URI",
          broker.uri().replace(":" + rabbitmq.getPort() + "/", ":" + gate.port() + "/"));
      webhook = start(App.WEBHOOK, address(), environment);
      awaitPass(webhook, "readinessProbe");

      own.close();
      assertThat(webhook.passes("readinessProbe")).isTrue();

      gate.close();
      Pod cut = webhook;
      await().atMost(PATIENCE).until(() -> !cut.passes("readinessProbe"));
      assertThat(webhook.passes("livenessProbe")).isTrue();

      own = EmbeddedMongo.start(null, mongoPort);
      awaitPass(webhook, "readinessProbe");
    } finally {
      gate.close();
      own.close();
      if (webhook != null) {
        webhook.close();
      }
    }
  }

  /** The last one, as it ends what the others ask. */
  @ParameterizedTest
  @EnumSource
  @Order(Integer.MAX_VALUE)
  void itEndsCleanlyWithinItsGracePeriod(App app) throws Exception {
    awaitPass(app, "readinessProbe");
    assertThat(pods.get(app).terminate()).isIn(0, 143);
  }
}
