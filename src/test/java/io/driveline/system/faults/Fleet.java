package io.driveline.system.faults;

import io.driveline.servers.Gate;
import io.driveline.system.Checkout;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/** The apps: one webhook, one api, one grpc and two workers; what ends by itself is revived. */
final class Fleet implements AutoCloseable {

  static final String SECRET = "whsec_fault_suite";
  static final String KEY = "dk_fault_suite_admin";

  /** A cached copy whose refresh was left out may be as old as this. */
  static final Duration CACHE_TTL = Duration.ofSeconds(10);

  /** What the poison ends a worker with. */
  static final int POISONED = 86;

  /** The poison, what breaks promises, and what answers badly; for the workers and grpc. */
  private static final String BROKEN = "io/driveline/system/faults/broken";

  /** A port that no app has, until one is started. */
  private static final int NOWHERE = 1;

  private static final Duration WATCH = Duration.ofMillis(200);

  private final App webhook;
  private final App api;
  private final App grpc;
  private final List<App> workers;

  /** As behind a Service of Kubernetes: an address stays, and processes come and go. */
  private final Gate webhookService = Gate.to(NOWHERE);

  private final Gate apiService = Gate.to(NOWHERE);
  private final Gate grpcService = Gate.to(NOWHERE);
  private final Path poison;
  private final Path badAnswers;
  private final Thread guard = Thread.ofPlatform().daemon().name("guard").unstarted(this::guard);
  private final Queue<String> crashes = new ConcurrentLinkedQueue<>();
  private final AtomicInteger poisoned = new AtomicInteger();
  private volatile boolean closed;

  private Fleet(Stores stores, Breakage breakage, Path folder) throws Exception {
    poison = folder.resolve("poison-works");
    badAnswers = folder.resolve("grpc-answers");
    Path broken = broken(folder);
    Path output = Files.createDirectories(folder.resolve("apps"));
    Map<String, String> common =
        Map.of(
            "DRIVELINE_LIVEMODE",
            "false",
            "DRIVELINE_MONGODB_URI",
            stores.mongodb(),
            "DRIVELINE_RABBITMQ_URI",
            stores.rabbitmq(),
            "DRIVELINE_GRPC_ADDRESS",
            "127.0.0.1:" + grpcService.port());
    webhook =
        new App(
            "webhook",
            "webhook",
            classes(folder, "webhook", null),
            output,
            with(common, "DRIVELINE_WEBHOOK_SECRETS", SECRET),
            "DRIVELINE_WEBHOOK_PORT",
            webhookService);
    api =
        new App(
            "api",
            "api",
            classes(folder, "api", null),
            output,
            with(
                common,
                "DRIVELINE_API_KEYS_ADMIN",
                KEY,
                // A machine that starts one app after another is slow; a lost call is to be told.
                "DRIVELINE_API_GRPC_TIMEOUT",
                "10s"),
            "DRIVELINE_API_PORT",
            apiService);
    grpc =
        new App(
            "grpc",
            "grpc",
            classes(folder, "grpc", broken),
            output,
            with(
                Map.of(),
                "SPRING_MAIN_SOURCES",
                "io.driveline.system.faults.broken.BadAnswers",
                "FAULTS_GRPC",
                badAnswers.toString(),
                "DRIVELINE_LIVEMODE",
                "false",
                "DRIVELINE_MONGODB_URI",
                stores.mongodb(),
                "DRIVELINE_REDIS_URI",
                stores.redis(),
                "DRIVELINE_GRPC_CACHE_TTL",
                CACHE_TTL.toSeconds() + "s",
                "DRIVELINE_GRPC_HOST",
                "127.0.0.1"),
            "DRIVELINE_GRPC_PORT",
            grpcService);
    Map<String, String> working =
        with(
            common,
            "DRIVELINE_WORKER_LEASE",
            "5s",
            "DRIVELINE_WORKER_SWEEP_PERIOD",
            "500",
            "DRIVELINE_WORKER_RETRY_FIRST",
            "1s",
            "DRIVELINE_WORKER_RETRY_MOST",
            "5s",
            "DRIVELINE_WORKER_OUTAGE_DELAY_MOST",
            "2000",
            "DRIVELINE_WORKER_MAX_CLAIMS",
            "3",
            "SPRING_MAIN_SOURCES",
            "io.driveline.system.faults.broken.Poison,io.driveline.system.faults.broken.Sabotage",
            "FAULTS_POISON",
            poison.toString());
    if (breakage != null) {
      working.put("FAULTS_BREAK", breakage.text());
    }
    if (breakage == Breakage.AUTO_ACKS) {
      working.put("DRIVELINE_ROUTES", AutoAcks.routes(folder).toString());
    }
    List<String> workerClasses = classes(folder, "worker", broken);
    workers =
        List.of(
            new App("worker-1", "worker", workerClasses, output, working, null, null),
            new App("worker-2", "worker", workerClasses, output, working, null, null));
  }

  /** Starts them all, and does not wait. */
  static Fleet start(Stores stores, Breakage breakage, Path folder) throws Exception {
    Fleet fleet = new Fleet(stores, breakage, folder);
    fleet.poison(true);
    try {
      for (App app : fleet.all()) {
        app.start();
      }
    } catch (IOException e) {
      fleet.close();
      throw e;
    }
    fleet.guard.start();
    return fleet;
  }

  /** What tells java the class path and the main class of an app. */
  private static List<String> classes(Path folder, String app, Path first) throws Exception {
    Path whole = Checkout.extract(app, folder.resolve("jars").resolve(app));
    try (JarFile opened = new JarFile(whole.toFile())) {
      String main = opened.getManifest().getMainAttributes().getValue("Main-Class");
      return List.of(
          "-cp",
          first == null ? whole.toString() : first + java.io.File.pathSeparator + whole,
          main);
    }
  }

  /** The classes for the apps, and nothing else of the tests. */
  private static Path broken(Path folder) throws IOException, URISyntaxException {
    Path classes = Path.of(Fleet.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Path target = folder.resolve("broken");
    Files.createDirectories(target.resolve(BROKEN));
    try (Stream<Path> files = Files.list(classes.resolve(BROKEN))) {
      for (Path file : files.toList()) {
        Files.copy(file, target.resolve(BROKEN).resolve(file.getFileName().toString()));
      }
    }
    return target;
  }

  private static Map<String, String> with(Map<String, String> settings, String... more) {
    Map<String, String> all = new HashMap<>(settings);
    for (int i = 0; i < more.length; i += 2) {
      all.put(more[i], more[i + 1]);
    }
    return all;
  }

  /** Whether poisonous events end their worker. */
  void poison(boolean works) throws IOException {
    if (works) {
      Files.writeString(poison, "");
    } else {
      Files.deleteIfExists(poison);
    }
  }

  /**
   * How the grpc app answers from now on.
   *
   * @param how {@code slow} or {@code failing}; empty for as it should
   */
  void grpcAnswers(String how) throws IOException {
    // Moved into place, so that no call reads half of it.
    Path written = Files.writeString(badAnswers.resolveSibling("grpc-answers.new"), how);
    Files.move(written, badAnswers, StandardCopyOption.REPLACE_EXISTING);
  }

  App webhook() {
    return webhook;
  }

  App api() {
    return api;
  }

  App grpc() {
    return grpc;
  }

  List<App> workers() {
    return workers;
  }

  /** Stores first, then what leans on them. */
  List<App> all() {
    List<App> all = new ArrayList<>(List.of(webhook, api, grpc));
    all.addAll(workers);
    return all;
  }

  URI webhookAddress() {
    return URI.create("http://127.0.0.1:" + webhookService.port() + "/webhook/v1/stripe");
  }

  URI apiAddress() {
    return URI.create("http://127.0.0.1:" + apiService.port());
  }

  /** Those that do not take work, or do not see all their stores. */
  List<String> unhealthy() throws Exception {
    List<String> unhealthy = new ArrayList<>();
    for (App app : all()) {
      if (!app.isHealthy()) {
        unhealthy.add(app.name());
      }
    }
    return unhealthy;
  }

  boolean areReady() throws Exception {
    for (App app : all()) {
      if (!app.isReady()) {
        return false;
      }
    }
    return true;
  }

  /** Apps that ended though nothing befell them. */
  List<String> crashes() {
    return List.copyOf(crashes);
  }

  /** How often the poison ended a worker. */
  int poisoned() {
    return poisoned.get();
  }

  private void guard() {
    while (!closed) {
      for (App app : all()) {
        try {
          Integer status = app.revive();
          if (status != null && status == POISONED) {
            poisoned.incrementAndGet();
          } else if (status != null) {
            crashes.add(app.name() + " ended by itself with " + status);
          }
        } catch (IOException e) {
          crashes.add(app.name() + " cannot be started: " + e.getMessage());
        }
      }
      java.util.concurrent.locks.LockSupport.parkNanos(WATCH.toNanos());
    }
  }

  @Override
  public void close() {
    closed = true;
    try {
      guard.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    all().forEach(App::end);
    List.of(webhookService, apiService, grpcService).forEach(Gate::close);
  }
}
