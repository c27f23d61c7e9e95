package io.driveline.servers;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/**
 * A way to a server on 127.0.0.1 that a test can close for one request: what is to be in flight is
 * then in flight for as long as the test wants, and not for a time that it guesses.
 */
public final class Gate implements AutoCloseable {

  private static final int PIECE = 8 * 1024;

  private final ServerSocket listening;
  private volatile int target;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile Hold hold;

  private record Hold(String text, CountDownLatch reached, CountDownLatch released) {}

  private Gate(ServerSocket listening, int target) {
    this.listening = listening;
    this.target = target;
  }

  /**
   * An open one.
   *
   * @param port of the server, which need not be there yet
   */
  public static Gate to(int port) {
    try {
      Gate gate = new Gate(new ServerSocket(0, 0, InetAddress.getLoopbackAddress()), port);
      Thread.ofVirtual().name("gate").start(gate::accept);
      return gate;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where it listens on 127.0.0.1. */
  public int port() {
    return listening.getLocalPort();
  }

  /**
   * Leads new connections to another server from now on; those that are open stay with theirs, as
   * behind a Service of Kubernetes.
   *
   * @param port of that server, which need not be there yet
   */
  public void moveTo(int port) {
    target = port;
  }

  /**
   * From now on, the first piece of a client's that has the text in it waits here, and with it what
   * follows on its connection.
   */
  public void hold(String text) {
    hold = new Hold(text, new CountDownLatch(1), new CountDownLatch(1));
  }

  /** Whether something waits here. */
  public boolean holds() {
    return hold != null && hold.reached().getCount() == 0;
  }

  /** Lets everything through again. */
  public void release() {
    Hold held = hold;
    hold = null;
    if (held != null) {
      held.released().countDown();
    }
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket client = listening.accept();
        open.add(client);
        Thread.ofVirtual().name("gate-in").start(() -> connect(client));
      } catch (IOException e) {
        // closed
      }
    }
  }

  private void connect(Socket client) {
    try (Socket server = new Socket(InetAddress.getLoopbackAddress(), target)) {
      open.add(server);
      // Pieces of a request must not wait for one another.
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      Thread.ofVirtual().name("gate-out").start(() -> pass(server, client, false));
      pass(client, server, true);
    } catch (IOException e) {
      end(client);
    }
  }

  private void pass(Socket from, Socket to, boolean watched) {
    byte[] piece = new byte[PIECE];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int length = in.read(piece); length >= 0; length = in.read(piece)) {
        if (watched) {
          await(new String(piece, 0, length, StandardCharsets.ISO_8859_1));
        }
        out.write(piece, 0, length);
      }
    } catch (IOException e) {
      // one of the two is gone, and so goes the other
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      end(from);
      end(to);
    }
  }

  private void await(String text) throws InterruptedException {
    Hold held = hold;
    if (held != null && text.contains(held.text())) {
      held.reached().countDown();
      held.released().await();
    }
  }

  private void end(Socket socket) {
    open.remove(socket);
    try {
      socket.close();
    } catch (IOException e) {
      // it is gone
    }
  }

  @Override
  public void close() {
    release();
    try {
      listening.close();
    } catch (IOException e) {
      // it is gone
    }
    open.forEach(this::end);
  }
}
