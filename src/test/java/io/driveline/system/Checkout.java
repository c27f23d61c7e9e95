package io.driveline.system;

import java.nio.file.Files;
import java.nio.file.Path;

/** The checkout that is being tested. */
public final class Checkout {

  /** Its root, wherever in it the tests were started. */
  public static final Path ROOT = root();

  private Checkout() {}

  private static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.isExecutable(folder.resolve("driveline"))) {
      folder = folder.getParent();
      if (folder == null) {
        throw new IllegalStateException("the tests must run in a checkout of Driveline");
      }
    }
    return folder;
  }

  /** An app's own jar, as {@code ./driveline run} and a container have it. */
  public static Path jar(String app) {
    Path jar =
        ROOT.resolve(
            "integrations/%1$s/target/driveline-%1$s-0.1.0-SNAPSHOT-app.jar".formatted(app));
    if (!Files.exists(jar)) {
      throw new IllegalStateException(
          jar.getFileName() + " is not built: run ./driveline test, which does it first");
    }
    return jar;
  }
}
