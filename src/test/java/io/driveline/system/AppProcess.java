package io.driveline.system;

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

/** One app in a process of its own, from its own jar, told everything by DRIVELINE_* alone. */
public final class AppProcess implements AutoCloseable {

  private static final HttpClient HTTP =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  private final String app;
  private final Path folder;
  private final Map<String, String> settings;
  private final Process process;
  private final Path output;
  private final int management;

  private AppProcess(
      String app,
      Path folder,
      Map<String, String> settings,
      Process process,
      Path output,
      int management) {
    this.app = app;
    this.folder = folder;
    this.settings = settings;
    this.process = process;
    this.output = output;
    this.management = management;
  }

  /**
   * Starts it, and does not wait.
   *
   * @param folder where its output goes
   * @param management the port of its health
   * @param settings further DRIVELINE_* variables
   */
  static AppProcess start(String app, Path folder, int management, Map<String, String> settings)
      throws IOException {
    return start(app, List.of("-jar", Checkout.jar(app).toString()), folder, management, settings);
  }

  /**
   * Starts it from other classes than those of its jar alone, and does not wait.
   *
   * @param classes what tells java its class path and its main class
   */
  public static AppProcess start(
      String app, List<String> classes, Path folder, int management, Map<String, String> settings)
      throws IOException {
    Path output = Files.createTempFile(folder, app, ".log");
    List<String> command =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1"));
    command.addAll(classes);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("DRIVELINE_"));
    builder.environment().put("DRIVELINE_ADDRESS", "127.0.0.1");
    builder.environment().put("DRIVELINE_MANAGEMENT_PORT", String.valueOf(management));
    builder.environment().put("DRIVELINE_WORKER_LOCK_FOLDER", folder.resolve("lock").toString());
    builder.environment().putAll(settings);
    Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    return new AppProcess(app, folder, settings, process, output, management);
  }

  /** What it printed. */
  public String output() throws IOException {
    return Files.readString(output);
  }

  /** Whether it lives and its liveness says so. */
  public boolean isLive() throws Exception {
    if (!process.isAlive()) {
      throw new AssertionError(app + " ended with " + process.exitValue() + ":\n" + output());
    }
    return status("/actuator/health/liveness") == 200;
  }

  /** Whether it takes work. */
  public boolean isReady() throws Exception {
    return status("/actuator/health/readiness") == 200;
  }

  /** Whether it sees every store that it needs. */
  public boolean isHealthy() throws Exception {
    return status("/actuator/health") == 200;
  }

  /**
   * The sum of a metric's series whose labels have a text.
   *
   * @param name as a scrape has it, such as {@code camel_exchanges_total}
   * @param label such as {@code routeId="worker-receive-events"}
   */
  public double metric(String name, String label) throws IOException, InterruptedException {
    return HTTP.send(request("/actuator/prometheus"), HttpResponse.BodyHandlers.ofLines())
        .body()
        .filter(line -> line.startsWith(name + "{") && line.contains(label))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private int status(String path) throws InterruptedException {
    try {
      return HTTP.send(request(path), HttpResponse.BodyHandlers.discarding()).statusCode();
    } catch (IOException e) {
      return 0;
    }
  }

  private HttpRequest request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + management + path))
        .timeout(Duration.ofSeconds(5))
        .build();
  }

  /** The process, to be suspended or asked how it ended. */
  public Process process() {
    return process;
  }

  /** Kill -9. */
  public void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  /** Kill -9, and another in its place. */
  AppProcess killAndStartAgain() throws IOException, InterruptedException {
    kill();
    return start(app, folder, management, settings);
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
