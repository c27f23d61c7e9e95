package io.driveline.servers.mongodb;

import de.bwaldvogel.mongo.MongoServer;
import java.net.InetSocketAddress;
import java.nio.file.Path;

/**
 * A MongoDB on 127.0.0.1, speaking the wire protocol as version 5.0. With a file it loses nothing
 * that it has answered, not even on kill -9.
 *
 * <p>It is an emulation: no transactions, change streams, pipeline updates, TTL or partial indexes.
 * Its logger {@code de.bwaldvogel.mongo.wire.MongoWireProtocolHandler} writes a stack trace for
 * each duplicate key of a findOneAndUpdate; turn it off.
 */
public final class EmbeddedMongo implements AutoCloseable {

  /** A reply blocks its thread until its commit: with few threads few replies could share one. */
  private static final int THREADS = 64;

  private final MongoServer server;
  private final int port;

  private EmbeddedMongo(MongoServer server, int port) {
    this.server = server;
    this.port = port;
  }

  /**
   * Starts a server.
   *
   * @param file where to keep everything; null for memory
   * @param port 0 for any that is free
   */
  public static EmbeddedMongo start(Path file, int port) {
    return serve(new DurableBackend(file, true), port);
  }

  static EmbeddedMongo serve(DurableBackend backend, int port) {
    MongoServer server = new MongoServer(backend);
    server.bind(new InetSocketAddress("127.0.0.1", port), 1, THREADS);
    return new EmbeddedMongo(server, server.getLocalAddress().getPort());
  }

  /** What drivers connect to. */
  public String uri() {
    return "mongodb://127.0.0.1:" + port;
  }

  /** Where it listens on 127.0.0.1. */
  public int port() {
    return port;
  }

  @Override
  public void close() {
    server.shutdownNow();
  }

  /**
   * Runs one as a process of its own, until it is ended.
   *
   * @param args the port, and optionally the file
   */
  public static void main(String[] args) {
    EmbeddedMongo mongo =
        start(args.length > 1 ? Path.of(args[1]) : null, Integer.parseInt(args[0]));
    Runtime.getRuntime().addShutdownHook(new Thread(mongo::close));
  }
}
