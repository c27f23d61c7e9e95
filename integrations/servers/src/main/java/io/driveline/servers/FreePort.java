package io.driveline.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for servers that cannot choose one themselves. They lie below those that systems give to
 * outgoing connections: while such a server is down, one of these could take its port, even a
 * client's that looks for that very server and then talks to itself.
 */
public final class FreePort {

  private static final int FIRST = 10_000;
  private static final int LAST = 32_000;
  private static final int TRIES = 1_000;

  private FreePort() {}

  /** The port itself, or one that was free just now where it is 0. */
  public static int orAny(int port) {
    if (port != 0) {
      return port;
    }
    for (int tries = 1; ; tries++) {
      int candidate = ThreadLocalRandom.current().nextInt(FIRST, LAST);
      try (ServerSocket socket = new ServerSocket(candidate, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (IOException e) {
        if (tries == TRIES) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }
}
