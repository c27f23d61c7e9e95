package io.driveline.servers.redis;

import io.driveline.servers.FreePort;
import java.io.IOException;
import java.nio.file.Path;
import redis.embedded.RedisServer;

/** A real Redis (6.2) on 127.0.0.1, from a jar, as a child process that ends with this one. */
public final class EmbeddedRedis implements AutoCloseable {

  private final RedisServer server;
  private final int port;

  private EmbeddedRedis(RedisServer server, int port) {
    this.server = server;
    this.port = port;
  }

  /**
   * Starts a server.
   *
   * @param port 0 for any that is free
   * @param folder where to keep what is stored; null keeps nothing
   * @throws IOException if it does not start
   */
  public static EmbeddedRedis start(int port, Path folder) throws IOException {
    int chosen = FreePort.orAny(port);
    RedisServer server =
        RedisServer.newRedisServer()
            .port(chosen)
            .bind("127.0.0.1")
            .setting("save \"\"")
            .settingIf(folder != null, "appendonly yes")
            .settingIf(folder != null, "dir \"" + folder + "\"")
            .build();
    server.start();
    return new EmbeddedRedis(server, chosen);
  }

  /** What clients connect to. */
  public String uri() {
    return "redis://127.0.0.1:" + port;
  }

  @Override
  public void close() throws IOException {
    server.stop();
  }
}
