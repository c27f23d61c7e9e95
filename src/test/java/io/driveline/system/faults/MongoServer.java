package io.driveline.system.faults;

import io.driveline.servers.FreePort;
import io.driveline.servers.Suspension;
import io.driveline.servers.mongodb.EmbeddedMongo;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** The embedded MongoDB in a process of its own, with a file: what it answered survives a kill. */
final class MongoServer implements Victim, AutoCloseable {

  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration POLL = Duration.ofMillis(50);

  private final Path folder;
  private final int port = FreePort.orAny(0);
  private Process process;

  /** One that is not started yet, with its file and its log in {@code folder}. */
  MongoServer(Path folder) {
    this.folder = folder;
  }

  String uri() {
    return "mongodb://127.0.0.1:" + port;
  }

  @Override
  public String name() {
    return "mongodb";
  }

  @Override
  public void start() throws IOException {
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+ExitOnOutOfMemoryError", // or it would go on without half of its threads
                "-Dlogback.configurationFile=io/driveline/system/faults/logback.xml",
                "-cp",
                System.getProperty("java.class.path"),
                EmbeddedMongo.class.getName(),
                String.valueOf(port),
                folder.resolve("driveline.mv.db").toString())
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(folder.resolve("mongodb.log").toFile()))
            .start();
    long end = System.nanoTime() + START.toNanos();
    while (!listens()) {
      if (!process.isAlive() || System.nanoTime() > end) {
        throw new IllegalStateException("the MongoDB does not start; see " + folder);
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

  @Override
  public void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  @Override
  public void suspend() {
    Suspension.suspend(process);
  }

  @Override
  public void resume() {
    Suspension.resume(process);
  }

  @Override
  public void close() {
    if (process != null) {
      process.destroyForcibly();
    }
  }
}
