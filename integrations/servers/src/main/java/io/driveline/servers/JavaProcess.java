package io.driveline.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A main class of the test's class path in a JVM of its own, to be ended as Kubernetes ends one.
 */
public final class JavaProcess implements AutoCloseable {

  /** What SIGTERM leaves, if the process ends by itself. */
  public static final int TERMINATED = 143;

  private static final long GRACE_SECONDS = 30;

  private final Process process;
  private final Path log;

  private JavaProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /**
   * Starts it, and does not wait.
   *
   * @param main the name of the class
   * @param log where its output goes
   * @param options of the JVM
   * @param variables of its environment, which has no other {@code DRIVELINE_*}
   */
  public static JavaProcess start(
      String main, Path log, List<String> options, Map<String, String> variables)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main);
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("DRIVELINE_"));
    builder.environment().putAll(variables);
    return new JavaProcess(builder.start(), log);
  }

  /** Whether it runs. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** What it printed. */
  public String told() throws IOException {
    return Files.readString(log);
  }

  /** SIGTERM; it may take its time to end. */
  public void terminate() {
    process.destroy();
  }

  /**
   * Waits for its end, as long as Kubernetes does.
   *
   * @return its exit code
   * @throws IllegalStateException if it would be killed now
   */
  public int awaitEnd() throws InterruptedException, IOException {
    if (!process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException("it does not end within the grace period:\n" + told());
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
