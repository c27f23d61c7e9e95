package io.driveline.system.images;

import io.driveline.system.GrpcHealth;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** One app's image, running as its Deployment would have it run, but on this machine's network. */
final class Container implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration ANSWER = Duration.ofSeconds(3);
  private static final String CACHE = "/app/app.aot";
  private static final String FORGET =
      "sync; for file; do dd if=\"$file\" iflag=nocache count=0 || exit 1; done";

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(ANSWER).build();
  private final Deployed deployed;
  private final String name;
  private final int management;
  private final int grpc;
  private long pid;

  private Container(Deployed deployed, String name, int management, int grpc) {
    this.deployed = deployed;
    this.name = name;
    this.management = management;
    this.grpc = grpc;
  }

  /**
   * Makes it, and does not start it.
   *
   * @param management the port of its health
   * @param grpc the grpc app's port
   * @param settings further DRIVELINE_* variables
   */
  static Container create(Deployed deployed, int management, int grpc, Map<String, String> settings)
      throws IOException, InterruptedException {
    String name = "driveline-proof-" + ProcessHandle.current().pid() + "-" + deployed.app();
    List<String> command =
        new ArrayList<>(List.of("create", "--name=" + name, "--network=host", "--pull=never"));
    command.addAll(deployed.limits());
    // Podman's own are more than a machine that is a container itself may give.
    command.addAll(List.of("--ulimit=nofile=1024:1024", "--ulimit=nproc=4096:4096"));
    Deployed.sharedSettings().forEach(setting -> command.add("--env=" + setting));
    settings.forEach((key, value) -> command.add("--env=" + key + "=" + value));
    command.add("--env=DRIVELINE_MANAGEMENT_PORT=" + management);
    command.add("--entrypoint=" + deployed.command().getFirst());
    command.add(deployed.image());
    command.addAll(deployed.command().subList(1, deployed.command().size()));
    Podman.run(command);
    return new Container(deployed, name, management, grpc);
  }

  Deployed deployed() {
    return deployed;
  }

  /**
   * Starts it and waits until it is ready.
   *
   * @return how long that took; more than the startup probe allows is not waited for
   */
  Duration start() throws IOException, InterruptedException {
    prepare();
    long begin = System.nanoTime();
    Podman.run("start", name);
    pid = Long.parseLong(inspect("{{.State.Pid}}"));
    long end = begin + TimeUnit.SECONDS.toNanos(deployed.startSeconds());
    while (!isReady()) {
      if (!isRunning()) {
        throw new IOException(deployed.app() + " ended while it started:\n" + log());
      }
      if (System.nanoTime() > end) {
        throw new IOException(
            deployed.app()
                + " is not ready after the "
                + deployed.startSeconds()
                + " s of its startup probe:\n"
                + log());
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
    return Duration.ofNanos(System.nanoTime() - begin);
  }

  /**
   * Sees that its cache was trained with its flags, and takes its files out of the page cache.
   * Whoever reads a file first is charged for it: without this that would be the build, and the app
   * would look smaller than on a node of its own.
   */
  private void prepare() throws IOException, InterruptedException {
    Path root = Path.of(Podman.run("mount", name));
    try {
      List<String> trained = Files.readAllLines(root.resolve("app/jvm.options"));
      if (!trained.equals(deployed.flags())) {
        throw new IOException(
            deployed.app()
                + "'s image was built for "
                + trained
                + ", not for its Deployment's flags");
      }
      forgetFiles(root);
    } finally {
      Podman.run("unmount", name);
    }
  }

  private static void forgetFiles(Path root) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("sh", "-c", FORGET, "sh"));
    for (String folder : List.of("app", "opt")) {
      try (Stream<Path> files = Files.walk(root.resolve(folder))) {
        files.filter(Files::isRegularFile).map(Path::toString).forEach(command::add);
      }
    }
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (process.waitFor() != 0) {
      throw new IOException("the page cache cannot be emptied of " + root);
    }
  }

  private boolean isReady() throws InterruptedException {
    return deployed.readiness() == null
        ? GrpcHealth.isServing("127.0.0.1", grpc, "", ANSWER)
        : status(deployed.readiness()) == 200;
  }

  private int status(String path) throws InterruptedException {
    try {
      return http.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + management + path))
                  .timeout(ANSWER)
                  .build(),
              HttpResponse.BodyHandlers.discarding())
          .statusCode();
    } catch (IOException e) {
      return 0;
    }
  }

  boolean isRunning() throws IOException, InterruptedException {
    return inspect("{{.State.Running}}").equals("true");
  }

  boolean wasKilledForMemory() throws IOException, InterruptedException {
    return inspect("{{.State.OOMKilled}}").equals("true");
  }

  /** Whether the JVM has the cache mapped; it maps it only if it takes it. */
  boolean usesCache() throws IOException {
    try (Stream<String> maps = Files.lines(Path.of("/proc", String.valueOf(pid), "maps"))) {
      return maps.anyMatch(line -> line.endsWith(CACHE));
    }
  }

  /** The size of its image in bytes. */
  long imageBytes() throws IOException, InterruptedException {
    return Long.parseLong(Podman.run("image", "inspect", "--format={{.Size}}", deployed.image()));
  }

  /** What it takes at this moment. */
  Memory memory() throws IOException {
    return Memory.of(pid);
  }

  String log() throws IOException, InterruptedException {
    return Podman.run("logs", "--tail=60", name);
  }

  private String inspect(String format) throws IOException, InterruptedException {
    return Podman.run("inspect", "--format=" + format, name);
  }

  @Override
  public void close() {
    try {
      Podman.run("rm", "--force", "--time=20", name);
    } catch (IOException e) {
      System.err.println("driveline: " + name + " stays behind: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
