package io.driveline.system.faults;

import io.driveline.servers.FreePort;
import io.driveline.servers.Gate;
import io.driveline.servers.JavaProcess;
import io.driveline.servers.Suspension;
import io.driveline.system.AppProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One app of the fleet, in one process after another. */
final class App implements Victim {

  /** A Deployment's terminationGracePeriodSeconds, less the seconds of its preStop. */
  private static final int GRACE_SECONDS = 35;

  private static final Duration START = Duration.ofSeconds(180);

  /** In which a process on a busy machine gets to what a signal asks of it. */
  private static final Duration HEARD = Duration.ofSeconds(30);

  private static final int OK = 200;

  private final String name;
  private final String app;
  private final List<String> classes;
  private final Path folder;
  private final Map<String, String> settings;
  private final String portVariable;
  private final Gate service;
  private Started running;
  private boolean wanted;

  /**
   * @param name its own, such as {@code worker-1}
   * @param app which of the four it is
   * @param classes its class path and main class
   * @param folder where its output goes
   * @param portVariable the setting of its public port; null if it has none
   * @param service where its clients find it, whichever process it is just now; null with the port
   */
  App(
      String name,
      String app,
      List<String> classes,
      Path folder,
      Map<String, String> settings,
      String portVariable,
      Gate service) {
    this.name = name;
    this.app = app;
    this.classes = classes;
    this.folder = folder;
    this.settings = settings;
    this.portVariable = portVariable;
    this.service = service;
  }

  /**
   * One process of it.
   *
   * @param port its public one; 0 if it has none
   */
  private record Started(AppProcess app, int port) {

    private Process process() {
      return app.process();
    }

    private boolean isReady() throws Exception {
      return process().isAlive() && app.isReady();
    }
  }

  /** Starts a process on ports of its own, and does not wait. */
  private Started launch() throws IOException {
    Map<String, String> own = new HashMap<>(settings);
    int port = service == null ? 0 : FreePort.orAny(0);
    if (service != null) {
      own.put(portVariable, String.valueOf(port));
    }
    return new Started(AppProcess.start(app, classes, folder, FreePort.orAny(0), own), port);
  }

  private synchronized void put(Started started) {
    running = started;
    wanted = true;
    if (service != null) {
      service.moveTo(started.port());
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public synchronized void start() throws IOException {
    put(launch());
  }

  @Override
  public synchronized void kill() throws InterruptedException {
    wanted = false;
    running.app().kill();
  }

  /** Whether it takes work. */
  boolean isReady() throws Exception {
    return running().isReady();
  }

  /** Whether it takes work, and sees every store that it needs. */
  boolean isHealthy() throws Exception {
    return isReady() && running().app().isHealthy();
  }

  /** See {@link AppProcess#metric}; it begins at 0 again with each process. */
  double metric(String metric, String label) throws IOException, InterruptedException {
    return running().app().metric(metric, label);
  }

  private synchronized Started running() {
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
    return terminate(process);
  }

  /**
   * Puts a new process in the place of the running one, as a rolling update does: when the new one
   * is ready, new connections are led to it, and after a while the old one is told to end.
   *
   * @param leaving how long the old one goes on then: its preStop
   * @param gracefully SIGTERM; if not, SIGKILL
   * @param request one that the old one has half of when it is told to end; null for none
   * @return what went wrong
   */
  List<String> replace(Duration leaving, boolean gracefully, byte[] request) throws Exception {
    Started next = launch();
    long end = System.nanoTime() + START.toNanos();
    while (!next.isReady()) {
      if (!next.process().isAlive() || System.nanoTime() - end > 0) {
        next.process().destroyForcibly();
        return List.of("a new " + name + " does not get ready");
      }
      Thread.sleep(100);
    }
    Started old = running();
    put(next);
    Thread.sleep(leaving);
    List<String> wrong = new ArrayList<>();
    try (HalfSent half = request == null ? null : HalfSent.begin(old.port(), request)) {
      if (gracefully) {
        old.process().destroy();
        // Only a process that knows of its end shows what that does to its requests.
        if (half != null && !Waiting.until(HEARD, () -> !listens(old.port()))) {
          wrong.add(name + " goes on listening after SIGTERM");
        }
      } else {
        old.process().destroyForcibly().waitFor();
      }
      int status = half == null ? OK : half.end();
      if (status != OK) {
        wrong.add("a request that was under way when " + name + " was told to end got " + status);
      }
    }
    if (gracefully) {
      if (!terminate(old.process())) {
        wrong.add(name + " did not end within its grace period");
      } else if (old.process().exitValue() != JavaProcess.TERMINATED) {
        wrong.add(name + " ended with " + old.process().exitValue() + " on SIGTERM");
      }
    }
    return wrong;
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean terminate(Process process) throws InterruptedException {
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
