package io.driveline.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.driveline.grpc.GrpcApplication;
import io.driveline.servers.FreePort;
import io.driveline.servers.browser.Browser;
import io.driveline.servers.browser.Hawtio;
import io.driveline.servers.mongodb.EmbeddedMongo;
import io.driveline.servers.rabbitmq.EmbeddedBroker;
import io.driveline.worker.WorkerApplication;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.ServiceStatus;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** The management ports of two apps that share a JVM, as all four do in the sandbox. */
class ManagementTest {

  private static final String LOGIN = basic("driveline", "a-password");
  private static final String ROUTE = "worker-refresh-cache";
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final ObjectMapper JSON = new ObjectMapper();

  private static EmbeddedMongo mongo;
  private static EmbeddedBroker broker;
  private static ConfigurableApplicationContext grpc;
  private static ConfigurableApplicationContext worker;

  @BeforeAll
  static void start() {
    mongo = EmbeddedMongo.start(null, 0);
    broker = EmbeddedBroker.start(0);
    grpc =
        app(GrpcApplication.class, "driveline-grpc", "--driveline.grpc.port=" + FreePort.orAny(0));
    worker =
        app(WorkerApplication.class, "driveline-worker", "--driveline.grpc.address=localhost:1");
  }

  private static ConfigurableApplicationContext app(Class<?> type, String name, String more) {
    return new SpringApplicationBuilder(type)
        .properties("spring.config.name=" + name)
        .run(
            "--logging.level.root=WARN",
            "--driveline.address=127.0.0.1",
            "--driveline.mongodb.uri=" + mongo.uri(),
            "--driveline.rabbitmq.uri=" + broker.uri(),
            // Away: that makes nobody unready.
            "--driveline.redis.uri=redis://127.0.0.1:1",
            "--driveline.management.port=0",
            "--driveline.management.password=a-password",
            more);
  }

  @AfterAll
  static void stop() throws Exception {
    worker.close();
    grpc.close();
    broker.close();
    mongo.close();
  }

  @Test
  void showsProbesAndMetricsToAllAndNothingElse() throws Exception {
    await().untilAsserted(() -> assertThat(get("/actuator/health/readiness")).isEqualTo(200));
    assertThat(get("/actuator/health/liveness")).isEqualTo(200);
    assertThat(get("/actuator/info")).isEqualTo(200);
    assertThat(get("/actuator/prometheus")).isEqualTo(200);
    for (String closed : List.of("/actuator", "/actuator/env", "/actuator/heapdump", "/", "/x")) {
      assertThat(get(closed)).as(closed).isEqualTo(404);
      assertThat(get(closed, "Authorization", LOGIN)).as(closed).isEqualTo(404);
    }
  }

  @Test
  void tellsTheDetailsOfHealthToTheLoginAlone() throws Exception {
    URI health = URI.create(at(grpc) + "/actuator/health");
    HttpResponse<String> open = send(HttpRequest.newBuilder(health));
    HttpResponse<String> known =
        send(HttpRequest.newBuilder(health).header("Authorization", LOGIN));

    assertThat(JSON.readTree(open.body()).has("components")).isFalse();
    JsonNode components = JSON.readTree(known.body()).path("components");
    assertThat(components.path("mongo").path("status").asText()).isEqualTo("UP");
    assertThat(components.path("redis").path("status").asText()).isEqualTo("DOWN");
    assertThat(
            send(HttpRequest.newBuilder(URI.create(at(grpc) + "/actuator/health/readiness")))
                .statusCode())
        .isEqualTo(200);
  }

  @Test
  void wantsTheLoginForHawtioAndJolokia() throws Exception {
    for (String path : List.of("/actuator/hawtio/index.html", "/actuator/jolokia/version")) {
      assertThat(get(path)).as(path).isEqualTo(401);
      assertThat(get(path, "Authorization", basic("driveline", "wrong"))).isEqualTo(401);
      assertThat(get(path, "Authorization", basic("other", "a-password"))).isEqualTo(401);
      assertThat(get(path, "Authorization", LOGIN)).as(path).isEqualTo(200);
    }
    HttpResponse<String> person =
        send(
            HttpRequest.newBuilder(URI.create(at(worker) + "/actuator/hawtio"))
                .header("Accept", "text/html"));
    assertThat(person.statusCode()).isEqualTo(302);
    assertThat(person.headers().firstValue("Location").orElseThrow()).endsWith("/login");
    assertThat(person.headers().firstValue("Set-Cookie").orElseThrow())
        .startsWith("driveline-worker=")
        .contains("HttpOnly", "SameSite=Strict");
  }

  @Test
  void letsNoOtherSiteCallJolokia() throws Exception {
    assertThat(
            get(
                "/actuator/jolokia/version",
                "Authorization",
                LOGIN,
                "Origin",
                "http://elsewhere.example"))
        .isEqualTo(403);
    assertThat(get("/actuator/jolokia/version", "Authorization", LOGIN, "Origin", at(worker)))
        .isEqualTo(200);
  }

  @Test
  void hasNoWayToOtherHosts() throws Exception {
    assertThat(get("/actuator/hawtio/proxy/127.0.0.1:80/x", "Authorization", LOGIN)).isEqualTo(404);
    JsonNode proxied =
        jolokia(
            """
            {"type": "read", "mbean": "java.lang:type=Memory",
             "target": {"url": "service:jmx:rmi:///jndi/rmi://127.0.0.1:1/jmxrmi"}}""");
    // It answers for itself, as if nobody had been named.
    assertThat(proxied.path("value").has("HeapMemoryUsage")).isTrue();
  }

  @Test
  void stopsAndStartsARouteThroughJolokia() throws Exception {
    CamelContext camel = worker.getBean(CamelContext.class);

    assertThat(execute(ROUTE, "stop()").path("status").asInt()).isEqualTo(200);
    assertThat(camel.getRouteController().getRouteStatus(ROUTE)).isEqualTo(ServiceStatus.Stopped);
    assertThat(execute(ROUTE, "start()").path("status").asInt()).isEqualTo(200);
    assertThat(camel.getRouteController().getRouteStatus(ROUTE)).isEqualTo(ServiceStatus.Started);
  }

  @Test
  void refusesThroughJolokiaWhatIsNotForLookingOrStopping() throws Exception {
    String context = "org.apache.camel:context=driveline-worker,type=context,name=*";
    assertRefused(context, "sendStringBody", "\"direct:apply-event\", \"{}\"");
    assertRefused(context, "stop", "");
    assertRefused(mbean(ROUTE), "remove()", "");
    assertRefused(mbean(ROUTE), "updateRouteFromXml", "\"<route/>\"");
    assertRefused("com.sun.management:type=DiagnosticCommand", "jvmtiAgentLoad", "[\"x\"]");
    assertRefused("com.sun.management:type=HotSpotDiagnostic", "dumpHeap", "\"x\", true");
    for (String secret : List.of("SystemProperties", "InputArguments")) {
      assertThat(
              jolokia(
                      """
                      {"type": "read", "mbean": "java.lang:type=Runtime", "attribute": "%s"}"""
                          .formatted(secret))
                  .path("status")
                  .asInt())
          .as(secret)
          .isEqualTo(403);
    }
    assertThat(
            jolokia(
                    """
                    {"type": "write", "mbean": "java.lang:type=Memory",
                     "attribute": "Verbose", "value": true}""")
                .path("status")
                .asInt())
        .isEqualTo(403);
  }

  @Test
  void countsEveryRouteOfItsOwnAppAsJmxDoes() throws Exception {
    List<ConfigurableApplicationContext> apps = List.of(grpc, worker);
    for (ConfigurableApplicationContext app : apps) {
      CamelContext camel = app.getBean(CamelContext.class);
      String metrics = send(request(app, "/actuator/prometheus")).body();
      assertThat(counted(metrics, camel.getName()).keySet())
          .containsExactlyInAnyOrderElementsOf(
              camel.getRoutes().stream().map(Route::getRouteId).toList());
      apps.stream()
          .filter(other -> other != app)
          .map(other -> other.getBean(CamelContext.class).getName())
          .forEach(other -> assertThat(metrics).doesNotContain(other));
    }
    // A timer goes on between two looks: some two looks agree.
    String timer = "worker-resume-due-events";
    await()
        .until(
            () -> {
              double jmx =
                  jolokia(
                          "{\"type\": \"read\", \"mbean\": %s, \"attribute\": \"ExchangesTotal\"}"
                              .formatted(JSON.writeValueAsString(mbean(timer))))
                      .path("value")
                      .asDouble();
              String metrics = send(request(worker, "/actuator/prometheus")).body();
              return jmx > 0 && jmx == counted(metrics, "driveline-worker").get(timer);
            });
  }

  @Test
  void listsBothContextsInHawtioDrawsTheWorkersRouteAndLogsOut() throws Exception {
    assumeTrue(Browser.isInstalled(), "no Chromium on the PATH");
    try (Browser browser = Browser.open()) {
      // The grpc app's Hawtio shows the worker as well.
      Hawtio hawtio = Hawtio.open(browser, at(grpc), "driveline", "a-password");
      hawtio.awaitContext("driveline-grpc");
      JsonNode nodes = hawtio.draw("driveline-worker", "worker-apply-event");
      assertThat(nodes)
          .extracting(JsonNode::asText)
          .anyMatch(node -> node.contains("from-apply-event"))
          .anyMatch(node -> node.contains("claim-in-ledger"))
          .anyMatch(node -> node.contains("finish-event"));

      browser.click("#hawtio-header-user-dropdown-toggle");
      browser.click(".pf-v5-c-menu button", "Log out");
      browser.await("location.pathname === '/login' && !!document.querySelector('#password')");
      assertThat(browser.eval("fetch('/actuator/jolokia/version').then(a => a.status)").asInt())
          .isEqualTo(401);
    }
  }

  private static Map<String, Double> counted(String metrics, String app) {
    Map<String, Double> counts = new TreeMap<>();
    Matcher line =
        Pattern.compile(
                "(?m)^camel_exchanges_total\\{app=\"%s\".*routeId=\"([^\"]+)\"} (.*)$"
                    .formatted(app))
            .matcher(metrics);
    while (line.find()) {
      counts.put(line.group(1), Double.valueOf(line.group(2)));
    }
    return counts;
  }

  private static String mbean(String route) {
    return "org.apache.camel:context=driveline-worker,type=routes,name=\"%s\"".formatted(route);
  }

  private static JsonNode execute(String route, String operation) throws Exception {
    return execute(mbean(route), operation, "");
  }

  private static void assertRefused(String mbean, String operation, String arguments)
      throws Exception {
    JsonNode answer = execute(mbean, operation, arguments);
    assertThat(answer.path("status").asInt()).as(answer.toString()).isEqualTo(403);
  }

  private static JsonNode execute(String mbean, String operation, String arguments)
      throws Exception {
    return jolokia(
        "{\"type\": \"exec\", \"mbean\": %s, \"operation\": \"%s\", \"arguments\": [%s]}"
            .formatted(JSON.writeValueAsString(mbean), operation, arguments));
  }

  private static JsonNode jolokia(String request) throws Exception {
    return JSON.readTree(
        send(request(worker, "/actuator/jolokia")
                .header("Authorization", LOGIN)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(request)))
            .body());
  }

  private static int get(String path, String... headers) throws Exception {
    HttpRequest.Builder request = request(worker, path);
    if (headers.length > 0) {
      request.headers(headers);
    }
    return send(request).statusCode();
  }

  private static HttpRequest.Builder request(ConfigurableApplicationContext app, String path) {
    return HttpRequest.newBuilder(URI.create(at(app) + path)).timeout(Duration.ofSeconds(60));
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static String at(ConfigurableApplicationContext app) {
    return "http://127.0.0.1:" + app.getEnvironment().getProperty("local.management.port");
  }

  private static String basic(String name, String password) {
    return "Basic "
        + Base64.getEncoder()
            .encodeToString((name + ":" + password).getBytes(StandardCharsets.UTF_8));
  }
}
