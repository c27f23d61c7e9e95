package io.driveline.system.images;

import java.io.IOException;
import java.util.List;

/** {@code ./driveline images --prove}. */
public final class Images {

  private Images() {}

  /**
   * Proves the images.
   *
   * @param args as {@code ./driveline images --help} tells; ends with 0 if all is well, 1 if not or
   *     if this machine cannot do it, 2 for a wrong option
   */
  public static void main(String[] args) throws Exception {
    ProofOptions options;
    try {
      options = ProofOptions.of(List.of(args));
    } catch (IllegalArgumentException e) {
      System.err.println("driveline: " + e.getMessage() + "; see ./driveline images --help");
      System.exit(2);
      return;
    }
    String missing = Podman.missing();
    if (missing != null) {
      System.err.println("driveline: images cannot be proven here: " + missing);
      System.exit(1);
    }
    List<String> wrong;
    try (ImagesProof proof = new ImagesProof(options, System.out)) {
      // Ctrl-C must leave no container behind; closed once, it has nothing more to close.
      Runtime.getRuntime().addShutdownHook(new Thread(proof::close));
      wrong = proof.run();
    } catch (IOException e) {
      wrong = List.of(e.getMessage());
    }
    wrong.forEach(text -> System.out.println("WRONG: " + text));
    System.out.println(wrong.isEmpty() ? "All is as it should be." : "Not proven.");
    System.exit(wrong.isEmpty() ? 0 : 1);
  }
}
