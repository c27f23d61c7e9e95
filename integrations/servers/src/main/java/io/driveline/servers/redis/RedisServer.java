package io.driveline.servers.redis;

import io.driveline.servers.FreePort;
import io.driveline.servers.KilledServer;
import io.driveline.servers.Suspension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** A real Redis of its own, where redis-server is installed; it keeps nothing. */
public final class RedisServer implements KilledServer, AutoCloseable {

  private static final Path BINARY = Path.of("/usr/bin/redis-server");
  private static final Duration START = Duration.ofSeconds(20);
  private static final Duration POLL = Duration.ofMillis(50);

  private final Path home;
  private final int port = FreePort.orAny(0);
  private Process server;

  /** Whether the server is installed here. */
  public static boolean isInstalled() {
    return Files.isExecutable(BINARY);
  }

  /** A server that is not started yet, with its log in {@code home}. */
  public RedisServer(Path home) {
    this.home = home;
  }

  /** What clients connect to. */
  public String uri() {
    return "redis://127.0.0.1:" + port;
  }

  /** Starts it, and waits until it answers. */
  @Override
  public void start() {
    try {
      server =
          new ProcessBuilder(
                  BINARY.toString(),
                  "--bind",
                  "127.0.0.1",
                  "--port",
                  String.valueOf(port),
                  "--save",
                  "",
                  "--dir",
                  home.toString())
              .redirectErrorStream(true)
              .redirectOutput(
                  ProcessBuilder.Redirect.appendTo(home.resolve("redis-server.log").toFile()))
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    long end = System.nanoTime() + START.toNanos();
    while (!listens()) {
      if (!server.isAlive() || System.nanoTime() > end) {
        throw new IllegalStateException("Redis does not start; see " + home);
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
  }

  /** As a crash does. */
  @Override
  public void kill() {
    server.destroyForcibly();
    try {
      server.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Lets it hang: connected, and silent. */
  @Override
  public void suspend() {
    Suspension.suspend(server);
  }

  /** Lets it go on. */
  @Override
  public void resume() {
    Suspension.resume(server);
  }

  private boolean listens() {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() {
    if (server != null && server.isAlive()) {
      kill();
    }
  }
}
