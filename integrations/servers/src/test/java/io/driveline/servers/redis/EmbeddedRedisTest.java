package io.driveline.servers.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedRedisTest {

  @TempDir Path folder;

  /** Redis also takes commands as plain lines. */
  private static String first(String uri, String command) throws IOException {
    URI address = URI.create(uri);
    try (Socket socket = new Socket(address.getHost(), address.getPort());
        var lines =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
      socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.UTF_8));
      String line = lines.readLine();
      return line.startsWith("$") && !line.equals("$-1") ? lines.readLine() : line;
    }
  }

  @Test
  void keepsWhatIsStoredOverARestartWhereItHasAFolder() throws Exception {
    try (EmbeddedRedis redis = EmbeddedRedis.start(0, folder)) {
      assertThat(first(redis.uri(), "SET a b")).isEqualTo("+OK");
    }
    try (EmbeddedRedis redis = EmbeddedRedis.start(0, folder)) {
      assertThat(first(redis.uri(), "GET a")).isEqualTo("b");
    }
  }

  @Test
  void keepsNothingWithoutAFolder() throws Exception {
    try (EmbeddedRedis redis = EmbeddedRedis.start(0, null)) {
      assertThat(first(redis.uri(), "SET a b")).isEqualTo("+OK");
    }
    try (EmbeddedRedis redis = EmbeddedRedis.start(0, null)) {
      assertThat(first(redis.uri(), "GET a")).isEqualTo("$-1");
    }
  }

  /** Runs in a process of its own, which is killed. */
  public static final class Parent {

    public static void main(String[] args) throws Exception {
      System.out.println(EmbeddedRedis.start(0, null).uri());
      Thread.sleep(Duration.ofMinutes(5));
    }
  }

  @Test
  void endsWithAParentThatIsKilled() throws Exception {
    Process parent =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Parent.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      String uri =
          parent
              .inputReader()
              .lines()
              .filter(line -> line.startsWith("redis://"))
              .findFirst()
              .orElseThrow();
      assertThat(first(uri, "PING")).isEqualTo("+PONG");

      parent.destroyForcibly().waitFor();

      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () -> assertThatThrownBy(() -> first(uri, "PING")).isInstanceOf(IOException.class));
    } finally {
      parent.destroyForcibly();
    }
  }
}
