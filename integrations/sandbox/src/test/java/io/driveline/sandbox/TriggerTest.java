package io.driveline.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code ./driveline trigger} prints; the webhook is one that answers as it is told. */
class TriggerTest {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private HttpServer webhook;
  private volatile int status = 200;
  private volatile String answer = "{\"received\":true}";

  @BeforeEach
  void open() throws IOException {
    webhook = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    webhook.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          byte[] body = answer.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    webhook.start();
  }

  @AfterEach
  void close() {
    webhook.stop(0);
  }

  private int trigger(String type) throws Exception {
    return Trigger.run(
        List.of(type, "--to", "http://127.0.0.1:" + webhook.getAddress().getPort() + "/"),
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  @Test
  void printsTheEventAndItsObject() throws Exception {
    assertThat(trigger("invoice.paid")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).matches("evt_\\w+ {2}invoice in_\\w+\\R");
  }

  @Test
  void saysThatAnObjectHasNoId() throws Exception {
    assertThat(trigger("invoice.upcoming")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("invoice without an id");
  }

  @ParameterizedTest
  @CsvSource({
    "400, '{\"error\":\"no such type\"}', 'answered 400: no such type'",
    "502, <html>, answered 502",
  })
  void printsTheStatusAndTheReasonIfThereIsOne(int answered, String body, String told)
      throws Exception {
    status = answered;
    answer = body;

    assertThat(trigger("invoice.paid")).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .isEqualToNormalizingNewlines("driveline: the webhook " + told + "\n");
  }

  @ParameterizedTest
  @CsvSource({
    "invoice.paid --to, --to needs a value",
    "invoice.paid --secret, --secret needs a value",
    "invoice.paid --bogus, no option --bogus",
    "invoice.paid invoice.paid, takes one type",
    "invoice.paid --to x, --to must be an address",
  })
  void saysWhatIsWrongWithAnOption(String line, String told) {
    assertThatThrownBy(() -> Trigger.run(List.of(line.split(" ")), System.out, System.err))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining(told);
  }
}
