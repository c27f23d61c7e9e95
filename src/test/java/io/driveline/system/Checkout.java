package io.driveline.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The checkout that is being tested. */
public final class Checkout {

  /** Its root, wherever in it the tests were started. */
  public static final Path ROOT = root();

  private static final int EXTRACT_SECONDS = 120;

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

  /**
   * Takes an app's jar apart, as a container has it: nested in one jar, classes load slowly.
   *
   * @param folder where to; it need not be there
   * @return the jar to run, with its libraries beside it
   */
  public static Path extract(String app, Path folder) throws IOException, InterruptedException {
    Path jar = jar(app);
    Files.createDirectories(folder.getParent());
    Path log = folder.resolveSibling("extract-" + app + ".log");
    Process extract =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djarmode=tools",
                "-jar",
                jar.toString(),
                "extract",
                "--force",
                "--destination",
                folder.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    if (!extract.waitFor(EXTRACT_SECONDS, TimeUnit.SECONDS) || extract.exitValue() != 0) {
      throw new IOException(jar.getFileName() + " cannot be taken apart: " + Files.readString(log));
    }
    return folder.resolve(jar.getFileName());
  }
}
