package io.driveline.servers.rabbitmq;

import io.driveline.servers.FreePort;
import io.driveline.servers.KilledServer;
import io.driveline.servers.Suspension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** A real RabbitMQ node of its own, where rabbitmq-server is installed. */
public final class RabbitMQServer implements KilledServer, AutoCloseable {

  private static final Path BINARIES = Path.of("/usr/lib/rabbitmq/bin");
  private static final Duration START = Duration.ofSeconds(90);
  private static final Duration POLL = Duration.ofMillis(100);

  private final Path home;
  private final int port;
  private final int distributionPort;
  private Process node;

  /** Whether the server is installed here. */
  public static boolean isInstalled() {
    return Files.isExecutable(BINARIES.resolve("rabbitmq-server"));
  }

  /** A node that is not started yet, with its data in {@code home}. */
  public RabbitMQServer(Path home) {
    this.home = home;
    this.port = FreePort.orAny(0);
    this.distributionPort = FreePort.orAny(0);
  }

  /** Where it listens on 127.0.0.1. */
  public int port() {
    return port;
  }

  /** What clients connect to. */
  public String uri() {
    return "amqp://guest:guest@127.0.0.1:" + port + "/%2F";
  }

  /** Starts it, and waits until it answers. */
  @Override
  public void start() {
    node = run("rabbitmq-server");
    // The listener opens last; rabbitmqctl fails at once while the node has no name yet.
    long end = System.nanoTime() + START.toNanos();
    while (!listens()) {
      if (!node.isAlive() || System.nanoTime() > end) {
        throw new IllegalStateException("RabbitMQ does not start; see " + home);
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
  }

  private boolean listens() {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /** The process of the node, to be suspended or killed. */
  public Process process() {
    return node;
  }

  /** Lets it hang: connected, and silent. */
  @Override
  public void suspend() {
    Suspension.suspend(node);
  }

  /** Lets it go on. */
  @Override
  public void resume() {
    Suspension.resume(node);
  }

  /** Raises the memory alarm, or takes it back: while it lasts, publishers are blocked. */
  public void memoryAlarm(boolean raised) {
    if (raised) {
      ctl("set_vm_memory_high_watermark", "absolute", "1MB");
    } else {
      ctl("set_vm_memory_high_watermark", "0.4");
    }
  }

  /** Cuts every connection that there is; new ones are taken. */
  public void cutConnections() {
    ctl("close_all_connections", "cut by a test");
  }

  /**
   * As a crash does: no goodbye to anyone. Before it, the queues must have lived for a second:
   * RabbitMQ 3.10 saves their names that much later, and a queue that is killed before never takes
   * a message again, though it was confirmed.
   */
  @Override
  public void kill() {
    awaitSavedQueues();
    List<ProcessHandle> all =
        Stream.concat(node.descendants(), Stream.of(node.toHandle())).toList();
    all.forEach(ProcessHandle::destroyForcibly);
    // Until it is gone it goes on listening, and a start would take it for the new one.
    all.forEach(process -> process.onExit().join());
  }

  private void awaitSavedQueues() {
    Path quorum =
        home.resolve(Path.of("data", "driveline-" + port + "@localhost", "quorum"))
            .resolve("driveline-" + port + "@localhost");
    long end = System.nanoTime() + START.toNanos();
    while (Files.exists(quorum)
        && newest(quorum, "config").compareTo(newest(quorum, "names.dets")) >= 0) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("RabbitMQ does not save its queues; see " + home);
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
  }

  private static FileTime newest(Path folder, String name) {
    FileTime newest = FileTime.fromMillis(0);
    try (Stream<Path> files = Files.walk(folder, 2)) {
      for (Path file : files.filter(path -> path.endsWith(name)).toList()) {
        FileTime time = Files.getLastModifiedTime(file);
        newest = time.compareTo(newest) > 0 ? time : newest;
      }
    } catch (IOException | UncheckedIOException e) {
      // A queue that is being deleted; the next look will not see it.
      return newest;
    }
    return newest;
  }

  /** Runs rabbitmqctl. */
  public void ctl(String... arguments) {
    List<String> command = new ArrayList<>(List.of("rabbitmqctl"));
    command.addAll(List.of(arguments));
    try {
      Process ctl = run(command.toArray(String[]::new));
      if (!ctl.waitFor(90, TimeUnit.SECONDS) || ctl.exitValue() != 0) {
        throw new IllegalStateException(command + " failed; see " + home);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    if (node != null && node.isAlive()) {
      kill();
    }
  }

  private Process run(String... command) {
    List<String> line = new ArrayList<>(List.of(command));
    line.set(0, BINARIES.resolve(command[0]).toString());
    ProcessBuilder builder =
        new ProcessBuilder(line)
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(home.resolve(command[0] + ".log").toFile()));
    builder
        .environment()
        .putAll(
            Map.of(
                "RABBITMQ_NODENAME", "driveline-" + port + "@localhost",
                "RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1",
                "RABBITMQ_NODE_PORT", String.valueOf(port),
                "RABBITMQ_DIST_PORT", String.valueOf(distributionPort),
                "RABBITMQ_MNESIA_BASE", home.resolve("data").toString(),
                "RABBITMQ_LOG_BASE", home.resolve("log").toString(),
                "RABBITMQ_ENABLED_PLUGINS_FILE", home.resolve("plugins").toString(),
                "HOME", home.toString()));
    try {
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
