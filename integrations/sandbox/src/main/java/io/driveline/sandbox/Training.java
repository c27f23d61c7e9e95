package io.driveline.sandbox;

import io.driveline.sandbox.stripe.Poster;
import io.driveline.sandbox.stripe.SampleObjects;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Makes an app's AOT cache: starts the app from its folder as its image does, with the other three
 * and the stores around it, has it do what it is there for, and stops it, whereupon it writes down
 * what it loaded. The images' build runs this, on the runtime of the image.
 */
final class Training {

  private static final String CACHE = "app.aot";
  private static final Path FLAGS = Path.of("jvm.options");

  private static final Duration START = Duration.ofMinutes(3);
  private static final Duration STOP = Duration.ofMinutes(4);
  private static final Duration ANSWER = Duration.ofSeconds(20);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final int TRIES = 20;
  private static final int ROUNDS = 40;

  /** Nothing listens there: the driver is loaded all the same. */
  private static final String NO_CLICKHOUSE = "http://127.0.0.1:9";

  private final HttpClient http = HttpClient.newHttpClient();
  private final String app;
  private final Path folder;
  private final RunningSandbox sandbox;

  private Training(String app, Path folder, RunningSandbox sandbox) {
    this.app = app;
    this.folder = folder;
    this.sandbox = sandbox;
  }

  /**
   * Trains one app.
   *
   * @param args the app, and the folder with its {@code app.jar} and its {@code jvm.options}
   */
  static void run(List<String> args, PrintStream out) throws Exception {
    if (args.size() != 2) {
      throw new UsageException("train takes an app and its folder");
    }
    String app = args.get(0);
    Path folder = Path.of(args.get(1)).toAbsolutePath();
    try (RunningSandbox sandbox = around(app, out)) {
      new Training(app, folder, sandbox).train();
    }
    out.printf("%s: %,d bytes%n", CACHE, Files.size(folder.resolve(CACHE)));
  }

  private static RunningSandbox around(String app, PrintStream out) throws StartException {
    for (int tries = 1; ; tries++) {
      try {
        // Where a build has no network of its own, the usual ports may be another's.
        int offset = ThreadLocalRandom.current().nextInt(1_000, 9_000);
        return RunningSandbox.startBut(
            app,
            new UpOptions(false, null, null, offset, null, null, null, NO_CLICKHOUSE, null),
            out);
      } catch (StartException e) {
        if (tries == TRIES || !e.getMessage().contains(" taken")) {
          throw e;
        }
      }
    }
  }

  private void train() throws Exception {
    File output = Files.createTempFile("training", ".log").toFile();
    ProcessBuilder builder =
        new ProcessBuilder(command()).directory(folder.toFile()).redirectErrorStream(true);
    builder.environment().putAll(settings());
    Process process = builder.redirectOutput(output).start();
    try {
      awaitReady(process);
      work();
      process.destroy();
      if (!process.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
        throw new StartException("does not stop");
      }
      if (!Files.exists(folder.resolve(CACHE))) {
        throw new StartException("wrote no cache");
      }
    } catch (StartException | IOException e) {
      throw new StartException(
          "training of " + app + ": " + e.getMessage() + "\n" + Files.readString(output.toPath()));
    } finally {
      process.destroyForcibly();
      Files.delete(output.toPath());
    }
  }

  /** The image's own, but that the cache is written and not read. */
  private List<String> command() throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    Files.readAllLines(folder.resolve(FLAGS)).stream()
        .filter(flag -> !flag.startsWith("-XX:AOTCache="))
        .forEach(command::add);
    command.addAll(List.of("-XX:AOTCacheOutput=" + CACHE, "-jar", "app.jar"));
    return command;
  }

  private Map<String, String> settings() {
    Ports ports = sandbox.ports();
    Stores stores = sandbox.stores();
    return Map.ofEntries(
        Map.entry("DRIVELINE_ADDRESS", "127.0.0.1"),
        Map.entry("DRIVELINE_LIVEMODE", "false"),
        Map.entry("DRIVELINE_MONGODB_URI", stores.mongodbUri()),
        Map.entry("DRIVELINE_RABBITMQ_URI", stores.rabbitmqUri()),
        Map.entry("DRIVELINE_REDIS_URI", stores.redisUri()),
        Map.entry("DRIVELINE_CLICKHOUSE_URL", stores.clickhouseUrl()),
        Map.entry("DRIVELINE_GRPC_ADDRESS", "127.0.0.1:" + ports.grpc()),
        Map.entry("DRIVELINE_GRPC_HOST", "127.0.0.1"),
        Map.entry("DRIVELINE_GRPC_PORT", String.valueOf(ports.grpc())),
        Map.entry("DRIVELINE_API_PORT", String.valueOf(ports.api())),
        Map.entry("DRIVELINE_WEBHOOK_PORT", String.valueOf(ports.webhook())),
        Map.entry("DRIVELINE_API_KEYS_ADMIN", Apps.API_KEY),
        Map.entry("DRIVELINE_WEBHOOK_SECRETS", Apps.WEBHOOK_SECRET),
        Map.entry("DRIVELINE_MANAGEMENT_PASSWORD", Apps.LOGIN),
        // As in a pod, but nobody answers: what the worker's election needs is loaded all the same.
        Map.entry("KUBERNETES_SERVICE_HOST", "127.0.0.1"),
        Map.entry("KUBERNETES_SERVICE_PORT", "9"),
        Map.entry("DRIVELINE_MANAGEMENT_PORT", String.valueOf(management())));
  }

  private int management() {
    Ports ports = sandbox.ports();
    return switch (app) {
      case "api" -> ports.apiManagement();
      case "grpc" -> ports.grpcManagement();
      case "webhook" -> ports.webhookManagement();
      case "worker" -> ports.workerManagement();
      default -> throw new IllegalArgumentException("there is no app " + app);
    };
  }

  private void awaitReady(Process process) throws Exception {
    long end = System.nanoTime() + START.toNanos();
    while (true) {
      if (!process.isAlive()) {
        throw new StartException("ended with " + process.exitValue());
      }
      if (System.nanoTime() > end) {
        throw new StartException("is not ready after " + START.toSeconds() + " s");
      }
      try {
        if (get(managed("/actuator/health/readiness")) == 200) {
          return;
        }
      } catch (IOException e) {
        // It does not listen yet.
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
  }

  /** What each of the four does in its daily life: the whole line has it in it. */
  private void work() throws Exception {
    sandbox.playSample();
    Poster poster = new Poster(sandbox.webhook(), Clock.systemUTC());
    long now = Clock.systemUTC().instant().getEpochSecond();
    for (int round = 0; round < ROUNDS; round++) {
      String unique = "training" + round;
      poster.post(
          SampleObjects.event("payment_intent.succeeded", unique, now), Apps.WEBHOOK_SECRET);
      for (String path :
          List.of(
              "/health",
              "/objects/customer/cus_sandbox",
              "/objects/customer/cus_nobody",
              "/objects/customer?limit=5",
              "/events/evt_" + unique,
              "/events?limit=5&state=applied",
              "/stats/counts")) {
        get(URI.create(sandbox.api() + "/api/v1" + path));
      }
      get(managed("/actuator/health/liveness"));
      get(managed("/actuator/health/readiness"));
    }
    get(managed("/actuator/prometheus"));
    get(managed("/actuator/health"));
  }

  private URI managed(String path) {
    return URI.create("http://127.0.0.1:" + management() + path);
  }

  private int get(URI address) throws IOException, InterruptedException {
    return http.send(
            HttpRequest.newBuilder(address)
                .timeout(ANSWER)
                .header("Authorization", "Bearer " + Apps.API_KEY)
                .build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }
}
