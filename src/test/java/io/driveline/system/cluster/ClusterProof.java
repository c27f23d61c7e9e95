package io.driveline.system.cluster;

import java.nio.file.Files;
import java.nio.file.Path;

/** {@code ./driveline cluster test}: proves the manifests on a control plane. */
public final class ClusterProof {

  private ClusterProof() {}

  /**
   * Runs the proof.
   *
   * @param args none; KUBECONFIG names another cluster than one of the proof's own. Ends with 0 if
   *     everything held, 1 if not, 2 if the cluster cannot be used
   */
  public static void main(String[] args) throws Exception {
    Path programs =
        ControlPlane.programs()
            .orElseThrow(() -> new IllegalStateException("./driveline cluster build comes first"));
    ClusterSuite suite = new ClusterSuite(programs, System.out);
    String kubeconfig = System.getenv("KUBECONFIG");
    Report report;
    try {
      report =
          kubeconfig == null || kubeconfig.isEmpty() ? suite.onOwn() : suite.on(given(kubeconfig));
    } catch (Wrong e) {
      System.err.println("driveline: " + e.getMessage());
      System.exit(2);
      return;
    }
    System.exit(report.failed().isEmpty() ? 0 : 1);
  }

  private static Path given(String kubeconfig) {
    Wrong.unless(
        Files.isReadable(Path.of(kubeconfig)),
        "KUBECONFIG is no file that can be read: " + kubeconfig);
    return Path.of(kubeconfig).toAbsolutePath();
  }
}
