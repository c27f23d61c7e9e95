package io.driveline.system.cluster;

import io.driveline.servers.FreePort;
import io.driveline.system.AppProcess;
import io.driveline.system.Checkout;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A worker's process, and the pod that it is taken for. */
final class LeaderElectionWorker implements AutoCloseable {

  private static final int GRACE_SECONDS = 60;

  private final String pod;
  private final LeaderElectionNamespace place;
  private final Path folder;
  private final Map<String, String> settings;
  private final int management = FreePort.orAny(0);
  private AppProcess process;

  LeaderElectionWorker(
      String name, LeaderElectionNamespace place, Path folder, Map<String, String> settings) {
    this.pod = LeaderElectionNamespace.NAME + "-proof-" + name;
    this.place = place;
    this.folder = folder;
    this.settings = new HashMap<>(settings);
    this.settings.put("HOSTNAME", pod);
  }

  String pod() {
    return pod;
  }

  /** Its pod is ready at once: an election that waits for others must not depend on how long. */
  void start() throws IOException {
    process =
        AppProcess.start(
            "worker",
            List.of("-jar", Checkout.jar("worker").toString()),
            folder,
            management,
            settings);
    place.tellReady(pod, true);
  }

  /** Kill -9; a kubelet sees it within a second. */
  void kill() throws InterruptedException {
    process.kill();
    place.tellReady(pod, false);
  }

  /**
   * SIGTERM; the pod is gone when the process is.
   *
   * @return how it ended
   */
  int stop() throws InterruptedException {
    process.process().destroy();
    if (!process.process().waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError(pod + " does not stop");
    }
    place.delete(pod);
    return process.process().exitValue();
  }

  /** Whether it can tell: it leads or not, ready or not. */
  private boolean isLive() {
    try {
      return process.isLive();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  boolean isReady() {
    try {
      return process.isLive() && process.isReady();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  boolean leads() {
    return isLive() && metric("driveline_leader", "") == 1;
  }

  double leaderless() {
    return metric("driveline_leaderless_seconds", "");
  }

  /** How often a route ran in this process. */
  double count(String route) {
    return metric("camel_exchanges_total", route);
  }

  private double metric(String name, String label) {
    try {
      return process.metric(name, label);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  String output() throws IOException {
    return process.output();
  }

  @Override
  public void close() {
    if (process != null) {
      process.close();
    }
    place.delete(pod);
  }
}
