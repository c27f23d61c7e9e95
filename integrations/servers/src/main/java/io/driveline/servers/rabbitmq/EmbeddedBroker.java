package io.driveline.servers.rabbitmq;

import io.driveline.servers.FreePort;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.qpid.server.SystemLauncher;

/**
 * An AMQP 0-9-1 broker on 127.0.0.1 in this process, Apache Qpid, in memory. Confirms, mandatory
 * returns, topics, prefetch and durable queues are real; RabbitMQ's own arguments (quorum, TTL,
 * dead letters, delivery limit) are accepted and do nothing.
 */
public final class EmbeddedBroker implements AutoCloseable {

  private final SystemLauncher launcher;
  private final Path folder;
  private final int port;

  private EmbeddedBroker(SystemLauncher launcher, Path folder, int port) {
    this.launcher = launcher;
    this.folder = folder;
    this.port = port;
  }

  /**
   * Starts a broker, with a user guest, password guest, and one virtual host.
   *
   * @param port 0 for any that is free
   * @throws IllegalStateException if it does not start, for example because the port is taken
   */
  public static EmbeddedBroker start(int port) {
    // Qpid reads these as system properties only; without them it closes the connection of who
    // declares a quorum queue.
    System.setProperty("queue.behaviourOnUnknownDeclareArgument", "IGNORE");
    System.setProperty("exchange.behaviourOnUnknownDeclareArgument", "IGNORE");
    int chosen = FreePort.orAny(port);
    SystemLauncher launcher = new SystemLauncher();
    try {
      Path folder = Files.createTempDirectory("driveline-broker");
      launcher.startup(
          Map.of(
              "type",
              "Memory",
              "initialConfigurationLocation",
              configuration(folder, chosen),
              "startupLoggedToSystemOut",
              "false",
              "context",
              Map.of("qpid.work_dir", folder.toString())));
      return new EmbeddedBroker(launcher, folder, chosen);
    } catch (Exception e) {
      launcher.shutdown();
      throw new IllegalStateException("the broker does not start on port " + chosen, e);
    }
  }

  private static String configuration(Path folder, int port) throws IOException {
    try (InputStream template = EmbeddedBroker.class.getResourceAsStream("broker.json")) {
      String json = new String(template.readAllBytes(), StandardCharsets.UTF_8);
      Path file = folder.resolve("broker.json");
      Files.writeString(file, json.replace("@port@", String.valueOf(port)));
      return file.toUri().toString();
    }
  }

  /** What clients connect to. */
  public String uri() {
    return "amqp://guest:guest@127.0.0.1:" + port + "/default";
  }

  @Override
  public void close() throws IOException {
    launcher.shutdown();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
