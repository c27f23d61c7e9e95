package io.driveline.webhook;

import io.driveline.servers.FreePort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The app in a JVM of its own, with no more memory than it has in its pod. */
final class WebhookProcess implements AutoCloseable {

  final Process process;
  final Path log;
  final int port;

  private WebhookProcess(Process process, Path log, int port) {
    this.process = process;
    this.log = log;
    this.port = port;
  }

  /** Configured by environment variables, as a container is. */
  static WebhookProcess start(Path folder, String heap, Map<String, String> variables)
      throws IOException {
    int port = FreePort.orAny(0);
    Path log = folder.resolve("webhook.log");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx" + heap);
    command.add("-XX:+ExitOnOutOfMemoryError");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(WebhookApplication.class.getName());
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().putAll(variables);
    builder.environment().put("DRIVELINE_WEBHOOK_PORT", String.valueOf(port));
    builder.environment().put("DRIVELINE_MANAGEMENT_PORT", "0");
    builder.environment().put("DRIVELINE_ADDRESS", "127.0.0.1");
    return new WebhookProcess(builder.start(), log, port);
  }

  String told() throws IOException {
    return Files.readString(log);
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
