package io.driveline.servers.rabbitmq;

import io.driveline.servers.FreePort;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.qpid.server.SystemLauncher;
import org.apache.qpid.server.SystemLauncherListener;
import org.apache.qpid.server.model.BrokerImpl;
import org.apache.qpid.server.model.SystemConfig;

/**
 * An AMQP 0-9-1 broker on 127.0.0.1 in this process, Apache Qpid. Confirms, mandatory returns,
 * topics, prefetch and durable queues are real; RabbitMQ's own arguments (quorum, TTL, dead
 * letters, delivery limit) are accepted and do nothing.
 */
public final class EmbeddedBroker implements AutoCloseable {

  private final SystemLauncher launcher;
  private final Path temporary;
  private final int port;

  private EmbeddedBroker(SystemLauncher launcher, Path temporary, int port) {
    this.launcher = launcher;
    this.temporary = temporary;
    this.port = port;
  }

  /** Starts a broker that keeps nothing; see {@link #start(int, Path)}. */
  public static EmbeddedBroker start(int port) {
    return start(port, null);
  }

  /**
   * Starts a broker, with a user guest, password guest, and one virtual host.
   *
   * @param port 0 for any that is free
   * @param folder where durable queues and their persistent messages are kept; null keeps nothing
   * @throws IllegalStateException if it does not start, for example because the port is taken
   */
  public static EmbeddedBroker start(int port, Path folder) {
    // Qpid reads these as system properties only; without them it closes the connection of who
    // declares a quorum queue.
    System.setProperty("queue.behaviourOnUnknownDeclareArgument", "IGNORE");
    System.setProperty("exchange.behaviourOnUnknownDeclareArgument", "IGNORE");
    int chosen = FreePort.orAny(port);
    AtomicReference<SystemConfig<?>> system = new AtomicReference<>();
    SystemLauncher launcher =
        new SystemLauncher(
            new SystemLauncherListener.DefaultSystemLauncherListener() {
              @Override
              public void onContainerResolve(SystemConfig<?> resolved) {
                system.set(resolved);
              }
            });
    try {
      Path temporary = Files.createTempDirectory("driveline-broker");
      System.setProperty("derby.stream.error.file", temporary.resolve("derby.log").toString());
      launcher.startup(
          Map.of(
              "type",
              "Memory",
              "initialConfigurationLocation",
              configuration(temporary, folder, chosen),
              "startupLoggedToSystemOut",
              "false",
              "context",
              Map.of("qpid.work_dir", temporary.toString())));
      leaveTheEndToUs(system.get().getContainer());
      return new EmbeddedBroker(launcher, temporary, chosen);
    } catch (Exception e) {
      launcher.shutdown();
      throw new IllegalStateException("the broker does not start on port " + chosen, e);
    }
  }

  /** At the JVM's end its own hook would stop it at once, before those that it serves. */
  private static void leaveTheEndToUs(Object broker) throws ReflectiveOperationException {
    Field hook = BrokerImpl.class.getDeclaredField("_shutdownHook");
    hook.setAccessible(true);
    Runtime.getRuntime().removeShutdownHook((Thread) hook.get(broker));
  }

  private static String configuration(Path temporary, Path folder, int port) throws IOException {
    try (InputStream template = EmbeddedBroker.class.getResourceAsStream("broker.json")) {
      String json =
          new String(template.readAllBytes(), StandardCharsets.UTF_8)
              .replace("@port@", String.valueOf(port))
              .replace("@store@", folder == null ? "Memory" : "DERBY")
              .replace(
                  "@folder@", (folder == null ? temporary : folder.toAbsolutePath()).toString());
      Path file = temporary.resolve("broker.json");
      Files.writeString(file, json);
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
    try (Stream<Path> files = Files.walk(temporary)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
