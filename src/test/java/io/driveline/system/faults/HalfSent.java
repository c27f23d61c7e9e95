package io.driveline.system.faults;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

/**
 * A request of which a server has one half when it is told to end, and gets the other half after
 * that. On a steady load it is chance whether a request is under way at that moment; here one is.
 */
final class HalfSent implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private final Socket socket;
  private final byte[] rest;

  private HalfSent(Socket socket, byte[] rest) {
    this.socket = socket;
    this.rest = rest;
  }

  /** Sends the first half to a port of this machine. */
  static HalfSent begin(int port, byte[] request) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
    int half = request.length / 2;
    socket.getOutputStream().write(request, 0, half);
    return new HalfSent(socket, Arrays.copyOfRange(request, half, request.length));
  }

  /**
   * Sends the other half.
   *
   * @return the status of the answer; 0 if there is none
   */
  int end() {
    try {
      socket.getOutputStream().write(rest);
      StringBuilder line = new StringBuilder();
      for (int c = socket.getInputStream().read();
          c >= 0 && c != '\n';
          c = socket.getInputStream().read()) {
        line.append((char) c);
      }
      String[] words = line.toString().split(" ");
      return words.length < 2 ? 0 : Integer.parseInt(words[1]);
    } catch (IOException e) {
      return 0;
    }
  }

  /** A request's head, which ends with an empty line. */
  static byte[] head(String... lines) {
    return (String.join("\r\n", lines) + "\r\n\r\n").getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
