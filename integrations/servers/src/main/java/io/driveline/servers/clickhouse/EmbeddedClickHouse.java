package io.driveline.servers.clickhouse;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The real ClickHouse engine (chdb) in this process, with ClickHouse's HTTP interface on 127.0.0.1.
 *
 * <p>A process can have one at a time, and a folder can be used by one process at a time: both are
 * chdb's limits. The driver has to be told {@code compress=0}.
 */
public final class EmbeddedClickHouse implements AutoCloseable {

  private static final int THREADS = 8;
  private static final int BACKLOG = 50;

  private final HttpServer server;
  private final ExecutorService threads;
  private final Chdb.Connection engine;
  private final Path temporary;

  private EmbeddedClickHouse(
      HttpServer server, ExecutorService threads, Chdb.Connection engine, Path temporary) {
    this.server = server;
    this.threads = threads;
    this.engine = engine;
    this.temporary = temporary;
  }

  /**
   * Starts the engine; the first time on a machine, npm fetches it (180 MB), which may take a
   * while.
   *
   * @param port 0 for any that is free
   * @param folder where to keep what is stored; null keeps nothing
   * @throws UnavailableException if this machine cannot have the engine
   * @throws IOException if the port or the folder cannot be used
   * @throws IllegalStateException if this process has one on another folder, or another process has
   *     one on this folder
   */
  public static EmbeddedClickHouse start(int port, Path folder)
      throws UnavailableException, IOException {
    Chdb chdb = new Chdb(ChdbPackage.forThisMachine().library());
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
    Path temporary = null;
    try {
      temporary = folder == null ? Files.createTempDirectory("driveline-clickhouse") : null;
      Path data = folder == null ? temporary : Files.createDirectories(folder.toAbsolutePath());
      // The engine lives as long as one connection does.
      Chdb.Connection engine = chdb.connect(data);
      // Platform threads: a virtual one in native code would hold its carrier.
      ExecutorService threads =
          Executors.newFixedThreadPool(
              THREADS, Thread.ofPlatform().daemon().name("clickhouse-", 0).factory());
      server.setExecutor(threads);
      server.createContext("/", new HttpInterface(chdb, data));
      server.start();
      return new EmbeddedClickHouse(server, threads, engine, temporary);
    } catch (IOException | RuntimeException e) {
      server.stop(0);
      if (temporary != null) {
        ChdbPackage.delete(temporary);
      }
      throw e;
    }
  }

  /** Whether a start needs no fetch. */
  public static boolean isFetched() {
    try {
      return Files.exists(ChdbPackage.forThisMachine().file());
    } catch (UnavailableException e) {
      return false;
    }
  }

  /** What clients connect to. */
  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Ends it; what runs is finished first. */
  @Override
  public void close() throws IOException {
    server.stop(0);
    threads.close();
    engine.close();
    if (temporary != null) {
      ChdbPackage.delete(temporary);
    }
  }
}
