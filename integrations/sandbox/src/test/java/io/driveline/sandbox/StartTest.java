package io.driveline.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.driveline.api.ApiApplication;
import io.driveline.grpc.GrpcApplication;
import io.driveline.servers.FreePort;
import io.driveline.servers.mongodb.EmbeddedMongo;
import io.driveline.servers.rabbitmq.EmbeddedBroker;
import io.driveline.webhook.WebhookApplication;
import io.driveline.worker.WorkerApplication;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How an app starts, fails to start, and ends, as a process of its own. */
class StartTest {

  private static final Map<String, Class<?>> APPS =
      Map.of(
          "worker", WorkerApplication.class,
          "grpc", GrpcApplication.class,
          "api", ApiApplication.class,
          "webhook", WebhookApplication.class);
  private static final long PATIENCE_SECONDS = 120;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "worker, DRIVELINE_MONGODB_URI,     '', is missing",
    "worker, DRIVELINE_MONGODB_URI,     mongodb://127.0.0.1/?w=1, must not ask for weaker writes",
    "worker, DRIVELINE_RABBITMQ_URI,    x,  must be of the form",
    "worker, DRIVELINE_WORKER_LEASE,    -1, must be a time",
    "worker, DRIVELINE_LIVEMODE,        maybe, must be true or false",
    "worker, DRIVELINE_GRPC_ADDRESS,    localhost, must be of the form host:50051",
    "worker, DRIVELINE_WORKER_CONSUMERS, 0, must be a whole number from 1",
    "worker, DRIVELINE_WORKER_PREFETCH, abc, must be a whole number from 1",
    "worker, DRIVELINE_WORKER_SWEEP_PERIOD, 1s, must be a whole number from 1",
    "worker, DRIVELINE_MANAGEMENT_PORT, x,  must be a whole number",
    "worker, DRIVELINE_ADDRESS,         203.0.113.1, must be an address of this machine",
    "grpc,   DRIVELINE_REDIS_URI,       '', is missing",
    "grpc,   DRIVELINE_GRPC_PORT,       70000, must be a whole number",
    "api,    DRIVELINE_GRPC_ADDRESS,    '', is missing",
    "api,    DRIVELINE_API_KEYS_ADMIN,  short, ': a key must have 16 or more'",
    "webhook, DRIVELINE_WEBHOOK_SECRETS, '', is missing",
    "webhook, DRIVELINE_RABBITMQ_URI,   '', is missing",
    "webhook, DRIVELINE_ROUTES,         /nowhere, must be a folder",
  })
  void endsWithOneLineForAWrongSetting(String app, String variable, String value, String complaint)
      throws Exception {
    Map<String, String> settings = settings();
    settings.put(variable, value);

    assertThat(failed(app, settings))
        .singleElement()
        .asString()
        .startsWith("driveline-" + app + ": ")
        .contains(variable)
        .contains(complaint);
  }

  @ParameterizedTest
  @CsvSource({
    "worker, DRIVELINE_MANAGEMENT_PORT",
    "grpc,   DRIVELINE_MANAGEMENT_PORT",
    "grpc,   DRIVELINE_GRPC_PORT",
    "api,    DRIVELINE_API_PORT",
    "webhook, DRIVELINE_MANAGEMENT_PORT",
  })
  void endsWithOneLineForAPortThatIsTaken(String app, String variable) throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Map<String, String> settings = settings();
      settings.put(variable, String.valueOf(taken.getLocalPort()));

      assertThat(failed(app, settings))
          .singleElement()
          .asString()
          .startsWith("driveline-" + app + ": port " + taken.getLocalPort() + " cannot be opened")
          .endsWith(variable);
    }
  }

  @Test
  void endsWithOneLineForARouteThatDoesNotStart() throws Exception {
    Map<String, String> settings = settings();
    settings.put("DRIVELINE_API_CONTRACT", "file:/nowhere.yaml");

    // Before it, it may have said that the stores are away, as they are here.
    assertThat(failed("api", settings))
        .last()
        .asString()
        .startsWith("driveline-api: route api-get-contract does not start: ")
        .contains("/nowhere.yaml");
  }

  @Test
  void startsAndEndsCalmlyAndKeepsHawtioClosedWithoutAPassword() throws Exception {
    try (EmbeddedMongo mongo = EmbeddedMongo.start(null, 0);
        EmbeddedBroker broker = EmbeddedBroker.start(0)) {
      Map<String, String> settings = settings();
      settings.put("DRIVELINE_MONGODB_URI", mongo.uri());
      settings.put("DRIVELINE_RABBITMQ_URI", broker.uri());
      // A machine that is busy must not look like an outage.
      settings.put("DRIVELINE_RABBITMQ_CONNECT_TIMEOUT", "60s");
      Path log = folder.resolve("log");
      Process worker = start("worker", settings, log);
      try {
        String up =
            "(?s).*driveline-worker is up: \\d+ routes, management http://127.0.0.1:%s/actuator.*"
                .formatted(settings.get("DRIVELINE_MANAGEMENT_PORT"));
        await()
            .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
            .until(() -> !worker.isAlive() || Files.readString(log).matches(up));

        HttpResponse<String> hawtio =
            HttpClient.newHttpClient()
                .send(
                    HttpRequest.newBuilder(
                            URI.create(
                                "http://127.0.0.1:%s/actuator/hawtio"
                                    .formatted(settings.get("DRIVELINE_MANAGEMENT_PORT"))))
                        .build(),
                    HttpResponse.BodyHandlers.ofString());
        assertThat(hawtio.statusCode()).isEqualTo(403);
        assertThat(hawtio.body()).contains("DRIVELINE_MANAGEMENT_PASSWORD");

        worker.destroy(); // SIGTERM
        assertThat(worker.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(worker.exitValue()).isEqualTo(128 + 15);
        assertThat(Files.readAllLines(log))
            .hasSizeLessThan(10)
            .allMatch(line -> line.contains(" INFO "));
      } finally {
        worker.destroyForcibly();
      }
    }
  }

  @Test
  void staysReadyAndSaysOnceThatAStoreIsAwayAndASettingIsUnknown() throws Exception {
    Map<String, String> settings = settings();
    settings.put("DRIVELINE_WORKER_CONSUMER", "4");
    Path log = folder.resolve("log");
    Process worker = start("worker", settings, log);
    try {
      await()
          .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
          .until(() -> !worker.isAlive() || ready(settings) == 200);
      await()
          .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
          .until(
              () -> {
                String told = Files.readString(log);
                return told.contains("MongoDB is away")
                    && told.contains("RabbitMQ cannot")
                    && told.contains("did you mean DRIVELINE_WORKER_CONSUMERS?");
              });
      assertThat(worker.isAlive()).isTrue();
      assertThat(Files.readAllLines(log))
          .noneMatch(line -> line.startsWith("\tat ") || line.contains(" ERROR "))
          .filteredOn(line -> line.contains(" WARN "))
          .hasSize(3);
    } finally {
      worker.destroyForcibly();
    }
  }

  private static int ready(Map<String, String> settings) throws InterruptedException {
    try {
      return HttpClient.newHttpClient()
          .send(
              HttpRequest.newBuilder(
                      URI.create(
                          "http://127.0.0.1:%s/actuator/health/readiness"
                              .formatted(settings.get("DRIVELINE_MANAGEMENT_PORT"))))
                  .build(),
              HttpResponse.BodyHandlers.discarding())
          .statusCode();
    } catch (IOException e) {
      return 0; // does not listen yet
    }
  }

  /** What an app said that must end with 1. */
  private List<String> failed(String app, Map<String, String> settings) throws Exception {
    Path log = folder.resolve("log");
    Process process = start(app, settings, log);
    try {
      assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(1);
      return Files.readAllLines(log);
    } finally {
      process.destroyForcibly();
    }
  }

  private static Process start(String app, Map<String, String> settings, Path log)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                classPath(),
                APPS.get(app).getName())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().putAll(settings);
    return builder.start();
  }

  /**
   * All four apps', without the logging of the sandbox and of tests: an app has none of its own.
   */
  private static String classPath() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> !Files.exists(Path.of(entry, "logback.xml")))
        .filter(entry -> !Files.exists(Path.of(entry, "logback-test.xml")))
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** Of stores that are away, on ports of its own. */
  private static Map<String, String> settings() {
    Map<String, String> settings =
        new HashMap<>(
            Map.of(
                "DRIVELINE_ADDRESS", "127.0.0.1",
                "DRIVELINE_MONGODB_URI", "mongodb://127.0.0.1:1",
                "DRIVELINE_RABBITMQ_URI", "amqp://guest:guest@127.0.0.1:1/default",
                "DRIVELINE_REDIS_URI", "redis://127.0.0.1:1",
                "DRIVELINE_GRPC_ADDRESS", "127.0.0.1:1",
                "DRIVELINE_WEBHOOK_SECRETS", "whsec_test",
                "DRIVELINE_API_KEYS_ADMIN", "dk_0123456789abcdef"));
    for (String port : List.of("GRPC", "API", "WEBHOOK", "MANAGEMENT")) {
      settings.put("DRIVELINE_" + port + "_PORT", String.valueOf(FreePort.orAny(0)));
    }
    return settings;
  }
}
