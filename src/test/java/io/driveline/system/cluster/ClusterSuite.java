package io.driveline.system.cluster;

import io.driveline.system.Checkout;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** All that is proven, in its order. */
final class ClusterSuite {

  private static final List<Proof> IN_ORDER =
      List.of(
          new LocalOverlay(true), new Rights(), new Refusals(), new Disruption(), new Upgrade());

  private final Path programs;
  private final Report report;

  ClusterSuite(Path programs, PrintStream out) {
    this.programs = programs;
    this.report = new Report(out);
  }

  /** Three control planes of its own, side by side: most of the time is spent waiting. */
  Report onOwn() throws InterruptedException {
    long started = System.nanoTime();
    Thread combinations =
        Thread.ofVirtual().start(() -> onCopy(kubernetes -> combinations(kubernetes)));
    Thread growth =
        Thread.ofVirtual()
            .start(() -> onControlPlane(List.of(new LocalOverlay(false), new Growth())));
    Thread election = Thread.ofVirtual().start(() -> onControlPlane(List.of(new Election())));
    List<Proof> rest =
        Stream.concat(IN_ORDER.stream(), Stream.of(new ProductionOverlay())).toList();
    onControlPlane(rest);
    growth.join();
    election.join();
    combinations.join();
    return end(started);
  }

  /** A cluster that was given: one after another, and away with it at the end. */
  Report on(Path kubeconfig) throws InterruptedException {
    long started = System.nanoTime();
    Kubectl kubectl = new Kubectl(programs.resolve("kubectl"), kubeconfig);
    report.say("Cluster: " + kubectl.tell("config", "current-context").strip());
    Wrong.unless(
        !kubectl.ask("get", "namespace", Cluster.NAMESPACE).isGood(),
        "this cluster has a namespace driveline already, and the test makes and deletes one; "
            + "delete it first, or give another cluster");
    onCopy(
        kubernetes -> {
          combinations(kubernetes);
          Cluster cluster =
              new Cluster(kubectl, programs, kubernetes, Cluster.isSimulated(kubectl), false);
          try {
            IN_ORDER.stream()
                .filter(proof -> cluster.isSimulated() || !needsSimulation(proof))
                .forEach(proof -> show(proof, cluster));
            if (cluster.isSimulated()) {
              show(new Growth(), cluster);
            } else {
              report.leftOut(
                  "drains, rollouts, autoscalers at their most", "that needs simulated nodes");
            }
            show(new Election(), cluster);
            show(new ProductionOverlay(), cluster);
          } finally {
            cluster.removeNamespace();
          }
        });
    return end(started);
  }

  private static boolean needsSimulation(Proof proof) {
    return proof instanceof Disruption || proof instanceof Upgrade;
  }

  private Report end(long started) {
    report.say(
        "%s; in %d s".formatted(report.total(), (System.nanoTime() - started) / 1_000_000_000));
    report.failed().forEach(claim -> report.say("FAILED: " + claim));
    return report;
  }

  private void combinations(Path kubernetes) {
    LocalOverlay.makeSecrets(kubernetes);
    show(new Combinations(), new Cluster(null, programs, kubernetes, false, true));
  }

  private void onControlPlane(List<Proof> proofs) {
    onCopy(
        kubernetes -> {
          try (ControlPlane started = ControlPlane.start(programs)) {
            Kubectl kubectl = new Kubectl(programs.resolve("kubectl"), started.kubeconfig());
            Cluster cluster = new Cluster(kubectl, programs, kubernetes, true, true);
            proofs.forEach(proof -> show(proof, cluster));
          }
        });
  }

  private void show(Proof proof, Cluster cluster) {
    try {
      proof.show(cluster, report);
    } catch (Report.Abandoned e) {
      // It is told already; the other parts may hold all the same.
    } catch (Exception | Error e) {
      // An Error, too: nobody looks at the threads that the parts run in.
      report.broke(proof.getClass().getSimpleName(), e);
    }
  }

  @FunctionalInterface
  private interface Work {
    void with(Path kubernetes) throws Exception;
  }

  /** Nothing is written to the checkout: neither Secrets nor overlays. */
  private void onCopy(Work work) {
    try {
      Path folder = Files.createTempDirectory("driveline-cluster");
      // There are Secrets in it, and Ctrl-C ends no try.
      Runtime.getRuntime().addShutdownHook(new Thread(() -> removeIfThere(folder)));
      try {
        copy(Checkout.ROOT.resolve("kubernetes"), folder.resolve("kubernetes"));
        work.with(folder.resolve("kubernetes"));
      } finally {
        remove(folder);
      }
    } catch (Exception | Error e) {
      report.broke("the cluster", e);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path path : all.sorted().toList()) {
        // Someone's own Secrets stay where they are.
        if (!path.startsWith(from.resolve("overlays/local/secrets"))) {
          Files.copy(path, to.resolve(from.relativize(path).toString()));
        }
      }
    }
  }

  private static void removeIfThere(Path folder) {
    try {
      if (Files.exists(folder)) {
        remove(folder);
      }
    } catch (IOException e) {
      System.err.println("driveline: " + folder + " stays behind: " + e.getMessage());
    }
  }

  private static void remove(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
