package io.driveline.system.cluster;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * The proof on an API server that somebody names on purpose: KUBECONFIG may be that of production.
 */
@EnabledIfSystemProperty(
    named = LeaderElectionTest.KUBECONFIG,
    matches = ".+",
    disabledReason = "no cluster is named by -D" + LeaderElectionTest.KUBECONFIG)
class LeaderElectionTest {

  static final String KUBECONFIG = "driveline.proof.kubeconfig";

  @TempDir Path folder;

  @Test
  void oneWorkerLeadsAndAnotherTakesOver() throws Exception {
    LeaderElectionProof.run(
        Path.of(System.getProperty(KUBECONFIG)), "driveline-election", folder, System.out::println);
  }
}
