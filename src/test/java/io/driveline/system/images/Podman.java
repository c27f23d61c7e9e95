package io.driveline.system.images;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Debian's podman, as it works as root on cgroups of either version, systemd or not. */
final class Podman {

  private static final List<String> PODMAN =
      List.of("podman", "--runtime=runc", "--cgroup-manager=cgroupfs");
  private static final int SECONDS = 120;

  /** The Dockerfile's; without it and without debootstrap there is nothing to build upon. */
  private static final String BASE = "docker.io/library/debian:12-slim";

  private Podman() {}

  /** Why images cannot be proven on this machine; null if they can. */
  static String missing() throws IOException, InterruptedException {
    if (!"root".equals(System.getProperty("user.name"))) {
      return "it needs root, for the limits of a container";
    }
    for (String program : List.of("podman", "runc")) {
      if (!isInstalled(program)) {
        return program + " is not installed";
      }
    }
    if (!isInstalled("debootstrap") && !isThere(BASE)) {
      return "debootstrap is not installed, and " + BASE + " is not here either";
    }
    if (!Files.exists(Path.of("/sys/fs/cgroup/memory"))
        && !Files.exists(Path.of("/sys/fs/cgroup/cgroup.controllers"))) {
      return "there are no cgroups";
    }
    try {
      run("info");
      return null;
    } catch (IOException e) {
      return "podman does not work here: " + e.getMessage().lines().findFirst().orElse("");
    }
  }

  private static boolean isThere(String image) throws InterruptedException {
    try {
      run("image", "exists", image);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean isInstalled(String program) {
    for (String folder : System.getenv("PATH").split(":")) {
      if (Files.isExecutable(Path.of(folder, program))) {
        return true;
      }
    }
    return Files.isExecutable(Path.of("/usr/sbin", program));
  }

  /**
   * Runs a command of podman's.
   *
   * @return what it printed
   * @throws IOException with what it printed, if it failed
   */
  static String run(String... command) throws IOException, InterruptedException {
    return run(List.of(command));
  }

  static String run(List<String> command) throws IOException, InterruptedException {
    List<String> whole = new ArrayList<>(PODMAN);
    whole.addAll(command);
    Path output = Files.createTempFile("podman", ".out");
    try {
      Process process =
          new ProcessBuilder(whole)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException(String.join(" ", whole) + " does not end");
      }
      String said = Files.readString(output).strip();
      if (process.exitValue() != 0) {
        throw new IOException(said.isEmpty() ? "exit " + process.exitValue() : said);
      }
      return said;
    } finally {
      Files.delete(output);
    }
  }
}
