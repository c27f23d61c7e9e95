package io.driveline.system.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;

/** The short form of {@code ./driveline images --prove}. */
class ImagesTest {

  @Test
  void theWebhooksImageStartsWithItsCacheAndServesWithinItsLimits() throws Exception {
    String missing = Podman.missing();
    assumeTrue(missing == null, "images cannot be proven here: " + missing);

    try (ImagesProof proof = new ImagesProof(ProofOptions.brief(true), System.out)) {
      assertThat(proof.run()).isEmpty();
    }
  }
}
