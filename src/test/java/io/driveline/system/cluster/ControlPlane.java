package io.driveline.system.cluster;

import io.driveline.system.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A control plane of the proof's own, on free ports of 127.0.0.1. */
final class ControlPlane implements AutoCloseable {

  private static final Path FOLDER = Checkout.ROOT.resolve("src/test/cluster");

  /** The fields of other people's types that the manifests use. */
  static final Path CUSTOM_RESOURCES = FOLDER.resolve("customresources.yaml");

  private final Path folder;
  private final Thread atExit = new Thread(this::stop);

  private ControlPlane(Path folder) {
    this.folder = folder;
  }

  /** The folder of its programs, if they are built. */
  static Optional<Path> programs() {
    Kubectl.Answer answer = Kubectl.answer(new ProcessBuilder(script("programs.sh"), "where"), "");
    return answer.isGood() ? Optional.of(Path.of(answer.out().strip())) : Optional.empty();
  }

  static ControlPlane start(Path programs) throws IOException {
    Path folder = Files.createTempDirectory("driveline-control-plane").resolve("run");
    ControlPlane started = new ControlPlane(folder);
    // Ctrl-C must not leave six processes behind.
    Runtime.getRuntime().addShutdownHook(started.atExit);
    Kubectl.Answer answer =
        Kubectl.answer(
            new ProcessBuilder(
                    script("control-plane.sh"), "up", programs.toString(), folder.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD),
            "");
    if (!answer.isGood()) {
      started.close();
      throw new Wrong(answer.reason());
    }
    return started;
  }

  Path kubeconfig() {
    return folder.resolve("kubeconfig");
  }

  @Override
  public void close() {
    stop();
    Runtime.getRuntime().removeShutdownHook(atExit);
  }

  private void stop() {
    Kubectl.answer(new ProcessBuilder(script("control-plane.sh"), "down", folder.toString()), "");
    try {
      Files.deleteIfExists(folder.getParent());
    } catch (IOException e) {
      // Something of a failed start is still in it.
    }
  }

  private static String script(String name) {
    return FOLDER.resolve(name).toString();
  }
}
