package io.driveline.webhook;

import io.driveline.servers.FreePort;
import io.driveline.servers.JavaProcess;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The app in a JVM of its own, with no more memory than it has in its pod. */
final class WebhookProcess implements AutoCloseable {

  final JavaProcess process;
  final int port;

  private WebhookProcess(JavaProcess process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Configured by environment variables, as a container is. */
  static WebhookProcess start(Path folder, String heap, Map<String, String> variables)
      throws IOException {
    int port = FreePort.orAny(0);
    Map<String, String> all = new HashMap<>(variables);
    all.put("DRIVELINE_WEBHOOK_PORT", String.valueOf(port));
    all.put("DRIVELINE_MANAGEMENT_PORT", "0");
    all.put("DRIVELINE_ADDRESS", "127.0.0.1");
    return new WebhookProcess(
        JavaProcess.start(
            WebhookApplication.class.getName(),
            Files.createTempFile(folder, "webhook", ".log"),
            List.of("-Xmx" + heap, "-XX:+ExitOnOutOfMemoryError"),
            all),
        port);
  }

  String told() throws IOException {
    return process.told();
  }

  /** Whether somebody who comes now is let in. */
  boolean listens() {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() {
    process.close();
  }
}
