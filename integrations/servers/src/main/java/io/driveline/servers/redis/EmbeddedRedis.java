package io.driveline.servers.redis;

import io.driveline.servers.FreePort;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import redis.embedded.RedisServer;

/** A real Redis (6.2) on 127.0.0.1, from a jar, as a child process that ends with this one. */
public final class EmbeddedRedis implements AutoCloseable {

  /**
   * Ends a server whose parent was killed, which nothing else would, and removes its program where
   * that was unpacked. It ends by itself with the server.
   */
  private static final String WATCH =
      """
      trap '' INT
      while kill -0 "$1" && kill -0 "$2"; do sleep 1; done
      if ! kill -0 "$1"; then
        kill "$2"
        if [ -n "$3" ]; then rm -f "$3"; rmdir "${3%/*}"; fi
      fi
      """;

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
    startWatched(server);
    return new EmbeddedRedis(server, chosen);
  }

  /** One at a time: the new child is this server, whose process the library keeps to itself. */
  private static synchronized void startWatched(RedisServer server) throws IOException {
    Set<ProcessHandle> before = ProcessHandle.current().children().collect(Collectors.toSet());
    server.start();
    ProcessHandle.current()
        .children()
        .filter(child -> !before.contains(child))
        .filter(child -> child.info().command().orElse("").contains("redis-server"))
        .findFirst()
        .ifPresent(EmbeddedRedis::watch);
  }

  private static void watch(ProcessHandle server) {
    String program = server.info().command().orElse("");
    boolean unpacked = program.startsWith(System.getProperty("java.io.tmpdir") + "/");
    try {
      new ProcessBuilder(
              "sh",
              "-c",
              WATCH,
              "sh",
              String.valueOf(ProcessHandle.current().pid()),
              String.valueOf(server.pid()),
              unpacked ? program : "")
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start();
    } catch (IOException e) {
      // There is no shell: a kill of this process leaves the server, as before.
    }
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
