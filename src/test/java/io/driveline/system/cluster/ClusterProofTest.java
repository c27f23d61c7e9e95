package io.driveline.system.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** {@code ./driveline cluster test}, where the control plane's programs are built. */
@EnabledIf(
    value = "isBuilt",
    disabledReason =
        "the control plane is not built here: ./driveline cluster build does it, with Go")
class ClusterProofTest {

  static boolean isBuilt() {
    return ControlPlane.programs().isPresent();
  }

  @Test
  void theManifestsHoldOnAControlPlane() throws Exception {
    Report report = new ClusterSuite(ControlPlane.programs().orElseThrow(), System.out).onOwn();

    assertThat(report.failed()).isEmpty();
    assertThat(report.held()).hasSizeGreaterThan(30);
  }
}
