package io.driveline.system.images;

import io.driveline.servers.FreePort;
import io.driveline.servers.clickhouse.EmbeddedClickHouse;
import io.driveline.servers.clickhouse.UnavailableException;
import io.driveline.servers.mongodb.EmbeddedMongo;
import io.driveline.servers.rabbitmq.EmbeddedBroker;
import io.driveline.servers.redis.EmbeddedRedis;
import io.driveline.system.Checkout;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * Builds the images and runs them within the limits and under the security context of their
 * Deployments, keeps them busy, leaves them alone, and says what they took and what was not right.
 */
final class ImagesProof implements AutoCloseable {

  /** What issue 6 asks of it at its limits, where nothing else runs on the machine. */
  private static final Duration WEBHOOK_READY = Duration.ofSeconds(15);

  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final String REBUILT = "rebuilt";
  private static final String ROW = "%-8s %14s %9s %9s %9s %9s %9s  %s%n";

  private final ProofOptions options;
  private final PrintStream out;
  private final Deque<AutoCloseable> started = new ArrayDeque<>();
  private final Map<String, Figures> figures = new LinkedHashMap<>();
  private final List<String> wrong = new ArrayList<>();
  private final List<Container> containers = new ArrayList<>();
  private final int webhook = FreePort.orAny(0);
  private final int api = FreePort.orAny(0);
  private final int grpc = FreePort.orAny(0);

  ImagesProof(ProofOptions options, PrintStream out) {
    this.options = options;
    this.out = out;
  }

  /** What was seen of one app. */
  private static final class Figures {
    private Duration ready;
    private Memory atStart;
    private Memory most = Memory.NONE;
    private Memory atRest;
    private long image;
    private boolean cached;
  }

  /**
   * Does all of it.
   *
   * @return what was not right; empty if all was
   */
  List<String> run() throws Exception {
    if (options.build()) {
      build(options.apps(), List.of());
      if (!options.brief()) {
        buildAgain();
      }
    }
    Map<String, String> stores = startStores();
    for (String app : options.apps()) {
      start(app, stores);
    }
    work();
    rest();
    for (Container container : containers) {
      judge(container);
    }
    tell();
    return wrong;
  }

  static void build(List<String> apps, List<String> more) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Checkout.ROOT.resolve("kubernetes/images/build.sh").toString());
    command.addAll(List.of("--tool", "podman"));
    command.addAll(more);
    command.addAll(apps);
    ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    if (builder.start().waitFor() != 0) {
      throw new IOException("the images are not built");
    }
  }

  /** From the ground up: all layers but the last, the cache, must be the same to the byte. */
  private void buildAgain() throws IOException, InterruptedException {
    build(List.of("webhook"), List.of("--no-cache", "--tag", REBUILT));
    List<String> first = layers(Deployed.of("webhook").image());
    List<String> second = layers("driveline-webhook:" + REBUILT);
    Podman.run("rmi", "driveline-webhook:" + REBUILT);
    if (first.size() != second.size()
        || !first.subList(0, first.size() - 1).equals(second.subList(0, second.size() - 1))) {
      wrong.add("two builds of webhook have different layers: " + first + " and " + second);
    }
    out.printf("Built again: the %d layers below the AOT cache are compared%n", first.size() - 1);
  }

  private static List<String> layers(String image) throws IOException, InterruptedException {
    return List.of(
        Podman.run("image", "inspect", "--format={{range .RootFS.Layers}}{{.}} {{end}}", image)
            .split(" "));
  }

  private Map<String, String> startStores() throws IOException {
    Map<String, String> settings = new HashMap<>();
    EmbeddedMongo mongo = started(EmbeddedMongo.start(null, 0));
    settings.put("DRIVELINE_MONGODB_URI", mongo.uri());
    EmbeddedBroker broker = started(EmbeddedBroker.start(0, null));
    settings.put("DRIVELINE_RABBITMQ_URI", broker.uri());
    EmbeddedRedis redis = started(EmbeddedRedis.start(0, null));
    settings.put("DRIVELINE_REDIS_URI", redis.uri());
    if (options.apps().contains("api")) {
      try {
        EmbeddedClickHouse clickhouse = started(EmbeddedClickHouse.start(0, null));
        settings.put("DRIVELINE_CLICKHOUSE_URL", clickhouse.url());
      } catch (UnavailableException e) {
        out.println("Without analytics: " + e.getMessage());
      }
    }
    // As in a pod, but nobody answers: the worker's election goes on asking, and takes its memory.
    settings.put("KUBERNETES_SERVICE_HOST", "127.0.0.1");
    settings.put("KUBERNETES_SERVICE_PORT", "9");
    settings.putAll(
        Map.of(
            "DRIVELINE_LIVEMODE",
            "false",
            "DRIVELINE_ADDRESS",
            "127.0.0.1",
            "DRIVELINE_GRPC_HOST",
            "127.0.0.1",
            "DRIVELINE_GRPC_PORT",
            String.valueOf(grpc),
            "DRIVELINE_GRPC_ADDRESS",
            "127.0.0.1:" + grpc,
            "DRIVELINE_API_PORT",
            String.valueOf(api),
            "DRIVELINE_WEBHOOK_PORT",
            String.valueOf(webhook),
            "DRIVELINE_WEBHOOK_SECRETS",
            Work.SECRET,
            "DRIVELINE_API_KEYS_ADMIN",
            Work.KEY));
    return settings;
  }

  private synchronized <T extends AutoCloseable> T started(T part) {
    started.push(part);
    return part;
  }

  /** One after another: the time that one takes is to be its own. */
  private void start(String app, Map<String, String> settings) throws Exception {
    Container container =
        started(Container.create(Deployed.of(app), FreePort.orAny(0), grpc, settings));
    containers.add(container);
    Figures seen = new Figures();
    figures.put(app, seen);
    seen.image = container.imageBytes();
    seen.ready = container.start();
    seen.atStart = container.memory();
    seen.cached = container.usesCache();
    out.printf("%s: ready after %.1f s%n", app, seen.ready.toMillis() / 1000.0);
  }

  private void work() throws Exception {
    boolean whole = options.apps().contains("api");
    try (Work work =
        new Work(
            URI.create("http://127.0.0.1:" + webhook + "/webhook/v1/stripe"),
            whole ? URI.create("http://127.0.0.1:" + api) : null,
            options.rate())) {
      work.go(options.load(), this::look);
      work.wrong().forEach((what, times) -> wrong.add(what + " (" + times + " times)"));
      if (work.posted() == 0) {
        wrong.add("no event was taken");
      }
      if (whole && work.read() <= work.early()) {
        wrong.add("less could be read than not");
      }
      if (whole && !work.isApplied()) {
        wrong.add("the last event was not applied");
      }
      out.printf(
          "%d events were taken, %d reads answered, %d before what they asked for was applied%n",
          work.posted(), work.read(), work.early());
    }
  }

  private void look() throws IOException, InterruptedException {
    for (Container container : containers) {
      if (!container.isRunning()) {
        throw new IOException(
            container.deployed().app()
                + (container.wasKilledForMemory() ? " was killed for its memory" : " ended")
                + ":\n"
                + container.log());
      }
      Figures seen = figures.get(container.deployed().app());
      seen.most = seen.most.max(container.memory());
    }
  }

  private void rest() throws Exception {
    long end = System.nanoTime() + options.rest().toNanos();
    while (System.nanoTime() < end) {
      LockSupport.parkNanos(LOOK.toNanos());
    }
    for (Container container : containers) {
      figures.get(container.deployed().app()).atRest = container.memory();
    }
  }

  private void judge(Container container) throws IOException, InterruptedException {
    Deployed deployed = container.deployed();
    Figures seen = figures.get(deployed.app());
    if (!seen.cached) {
      wrong.add(deployed.app() + " does not use its AOT cache: its flags or its jars are others");
    }
    if (!container.isRunning()) {
      wrong.add(deployed.app() + " ended");
    }
    if (seen.most.larger() > deployed.busyBytes()) {
      wrong.add(
          "%s took %s MiB under load: more than 70 %% of its limit, %s"
              .formatted(deployed.app(), seen.most, mebi(deployed.busyBytes())));
    }
    if (seen.atRest.larger() > deployed.quietBytes()) {
      wrong.add(
          "%s has %s MiB when it is quiet: more than 75 %% of its request, %s"
              .formatted(deployed.app(), seen.atRest, mebi(deployed.quietBytes())));
    }
    // Beside the other tests of a CI run it may take longer.
    if (deployed.app().equals("webhook")
        && !options.brief()
        && seen.ready.compareTo(WEBHOOK_READY) > 0) {
      wrong.add("webhook was not ready within " + WEBHOOK_READY.toSeconds() + " s");
    }
  }

  private void tell() {
    out.printf(
        ROW,
        "app",
        "start to ready",
        "at start",
        "at most",
        "at rest",
        "may rest",
        "image",
        "AOT cache");
    for (Container container : containers) {
      Figures seen = figures.get(container.deployed().app());
      out.printf(
          ROW,
          container.deployed().app(),
          "%.1f s".formatted(seen.ready.toMillis() / 1000.0),
          seen.atStart,
          seen.most,
          seen.atRest,
          mebi(container.deployed().quietBytes()),
          mebi(seen.image),
          seen.cached ? "used" : "NOT USED");
    }
    out.println(
        "At start, at most and at rest: MiB of the container's working set, as Kubernetes counts it"
            + " (what its cgroup is charged with, without files that were not used lately), and"
            + " resident in its process (with files).");
  }

  private static String mebi(long bytes) {
    return (bytes >> 20) + " MiB";
  }

  @Override
  public synchronized void close() {
    while (!started.isEmpty()) {
      try {
        started.pop().close();
      } catch (Exception e) {
        out.println("A part did not stop: " + e.getMessage());
      }
    }
  }
}
