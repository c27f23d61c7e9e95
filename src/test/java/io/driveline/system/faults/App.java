package io.driveline.system.faults;

import io.driveline.servers.FreePort;
import io.driveline.servers.Suspension;
import io.driveline.system.AppProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One app of the fleet, in one process after another. */
final class App implements Victim {

  private static final int GRACE_SECONDS = 60;

  private final String name;
  private final String app;
  private final List<String> classes;
  private final Path folder;
  private final Map<String, String> settings;
  private final int management = FreePort.orAny(0);
  private AppProcess running;
  private boolean wanted;

  /**
   * @param name its own, such as {@code worker-1}
   * @param app which of the four it is
   * @param classes its class path and main class
   * @param folder where its output goes
   */
  App(String name, String app, List<String> classes, Path folder, Map<String, String> settings) {
    this.name = name;
    this.app = app;
    this.classes = classes;
    this.folder = folder;
    this.settings = settings;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public synchronized void start() throws IOException {
    running = AppProcess.start(app, classes, folder, management, settings);
    wanted = true;
  }

  @Override
  public synchronized void kill() throws InterruptedException {
    wanted = false;
    running.kill();
  }

  /** Whether it takes work. */
  boolean isReady() throws Exception {
    AppProcess now = running();
    return now.process().isAlive() && now.isReady();
  }

  /** Whether it takes work, and sees every store that it needs. */
  boolean isHealthy() throws Exception {
    return isReady() && running().isHealthy();
  }

  /** See {@link AppProcess#metric}; it begins at 0 again with each process. */
  double metric(String metric, String label) throws IOException, InterruptedException {
    return running().metric(metric, label);
  }

  private synchronized AppProcess running() {
    return running;
  }

  /**
   * SIGTERM.
   *
   * @return whether it ended within its grace period; if not it is killed
   */
  boolean terminate() throws InterruptedException {
    Process process;
    synchronized (this) {
      wanted = false;
      process = running.process();
    }
    process.destroy();
    boolean ended = process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS);
    if (!ended) {
      process.destroyForcibly().waitFor();
    }
    return ended;
  }

  @Override
  public synchronized void suspend() {
    Suspension.suspend(running.process());
  }

  @Override
  public synchronized void resume() {
    Suspension.resume(running.process());
  }

  /**
   * Starts it again if it ended and nobody wanted that, as Kubernetes does.
   *
   * @return how it ended; null if it did not
   */
  synchronized Integer revive() throws IOException {
    if (!wanted || running.process().isAlive()) {
      return null;
    }
    int status = running.process().exitValue();
    start();
    return status;
  }

  /** Ends it for good, at once. */
  synchronized void end() {
    wanted = false;
    if (running != null) {
      running.process().destroyForcibly();
    }
  }
}
