package io.driveline.system.cluster;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The workers' leader, elected on this cluster's API server by two real worker processes. */
final class Election implements Proof {

  /** Apart from the installation, whose pods are workers too. */
  private static final String NAMESPACE = "driveline-election";

  @Override
  public void show(Cluster cluster, Report report) throws Exception {
    report.tried(
        "two worker processes elect one leader, by the rights of the Role alone",
        () -> {
          List<String> seen = new ArrayList<>();
          Path folder = Files.createTempDirectory(cluster.kubernetes(), "election");
          try {
            LeaderElectionProof.run(cluster.kubectl().kubeconfig(), NAMESPACE, folder, seen::add);
          } catch (Wrong | AssertionError e) {
            throw new Wrong(e.getMessage() + "\n" + String.join("\n", seen));
          }
          return String.join("\n", seen);
        });
  }
}
