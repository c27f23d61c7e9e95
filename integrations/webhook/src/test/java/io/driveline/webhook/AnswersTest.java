package io.driveline.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.driveline.servers.mongodb.EmbeddedMongo;
import io.driveline.servers.rabbitmq.EmbeddedBroker;
import io.driveline.webhook.body.MemoryBudget;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a caller is answered, with both stores there. */
class AnswersTest {

  private static final int LIMIT = 64 * 1024;

  private static EmbeddedMongo mongo;
  private static EmbeddedBroker broker;
  private static RunningWebhook webhook;

  @BeforeAll
  static void start() {
    mongo = EmbeddedMongo.start(null, 0);
    broker = EmbeddedBroker.start(0);
    webhook = RunningWebhook.start(mongo.uri(), broker.uri(), "webhook.max-body=" + LIMIT + "B");
  }

  @AfterAll
  static void stop() throws Exception {
    webhook.close();
    broker.close();
    mongo.close();
  }

  @AfterEach
  void nothingStaysReserved() {
    org.awaitility.Awaitility.await()
        .until(() -> webhook.context.getBean(MemoryBudget.class).used() == 0);
  }

  private static void refused(HttpResponse<String> answer, int status, String reason) {
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
    assertThat(answer.body()).isEqualTo("{\"error\":\"" + reason + "\"}");
  }

  @Test
  void takesWhatStripesSdkSigned() {
    HttpResponse<String> answer = webhook.post(RunningWebhook.event("evt_sdk"));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("{\"received\":true}");
  }

  @ParameterizedTest
  @CsvSource({
    "/webhook/v1/stripe, whsec_second",
    "/webhook/v1/stripe/default, whsec_first",
    "/webhook/v1/stripe/connect, whsec_connect",
    "/webhook/v1/stripe?endpoint=connect, whsec_first"
  })
  void takesEverySecretInForceOfAnEndpoint(String path, String secret) {
    String body = RunningWebhook.event("evt_secrets");

    assertThat(
            webhook
                .post(path, body, RunningWebhook.signature(body, secret, Instant.now()))
                .statusCode())
        .isEqualTo(200);
  }

  @Test
  void refusesASecretOfAnotherEndpoint() {
    String body = RunningWebhook.event("evt_other");

    refused(
        webhook.post(
            RunningWebhook.PATH,
            body,
            RunningWebhook.signature(body, RunningWebhook.CONNECT, Instant.now())),
        400,
        "no signature matches the body and a secret in force");
  }

  @ParameterizedTest
  @ValueSource(ints = {-301, 301})
  void refusesStaleAndFutureSignatures(int seconds) {
    String body = RunningWebhook.event("evt_time");
    Instant at = Instant.now().plusSeconds(seconds + Integer.signum(seconds) * 5);

    refused(
        webhook.post(
            RunningWebhook.PATH, body, RunningWebhook.signature(body, RunningWebhook.SECRET, at)),
        400,
        seconds < 0 ? "the signature is too old" : "the signature is from the future");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "t=abc,v1=00",
        "v1",
        "t=1,t=2,v1=00",
        "t=,v1=",
        "t=99999999999999999999,v1=00",
        "nonsense",
        ",,,,",
        "t=1700000000",
        "t=1700000000,v0=0000000000000000000000000000000000000000000000000000000000000000"
      })
  void refusesMalformedHeaders(String header) {
    String body = RunningWebhook.event("evt_header");

    refused(
        webhook.post(RunningWebhook.PATH, body, header),
        400,
        "the Stripe-Signature header is malformed");
  }

  @Test
  void refusesNoHeaderALongOneAndTwo() {
    String body = RunningWebhook.event("evt_headers");
    String good = RunningWebhook.signature(body, RunningWebhook.SECRET, Instant.now());

    refused(webhook.post(RunningWebhook.PATH, body), 400, "the Stripe-Signature header is missing");
    refused(
        webhook.post(RunningWebhook.PATH, body, good + ",v1=" + "0".repeat(5000)),
        400,
        "the Stripe-Signature header is too long");
    refused(
        webhook.post(RunningWebhook.PATH, body, good, good),
        400,
        "the Stripe-Signature header is malformed");
  }

  @Test
  void takesTheOneGoodSignatureAmongSeveral() {
    String body = RunningWebhook.event("evt_several");
    String good = RunningWebhook.signature(body, RunningWebhook.SECRET, Instant.now());
    String wrong = ",v1=" + "0".repeat(64);

    assertThat(
            webhook
                .post(RunningWebhook.PATH, body, good.replace(",v1=", wrong + ",v1=") + ",v0=abc")
                .statusCode())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{|the body is not valid JSON, line 1",
        "[]|the body is not a JSON object",
        "''|the body is not a JSON object",
        "{\"id\":\"evt_1\"}|\\\"type\\\" is missing or malformed"
      })
  void refusesASignedBodyThatIsNoEvent(String body, String reason) {
    refused(webhook.post(body), 400, reason);
  }

  @Test
  void takesEventsThatTheWorkerWillSkip() {
    assertThat(
            webhook
                .post(
                    """
                    {"id":"evt_up","object":"event","type":"invoice.upcoming","created":1,
                     "data":{"object":{"object":"invoice"}}}""")
                .statusCode())
        .isEqualTo(200);
    assertThat(
            webhook
                .post(
                    """
                    {"id":"evt_thin","object":"v2.core.event","type":"v1.billing.meter.error",
                     "created":"2026-01-01T00:00:00.000Z","livemode":true}""")
                .statusCode())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/webhook/v1/stripe/nobody",
        "/webhook/v1/stripe/CONNECT",
        "/webhook/v1/stripe/connect/more",
        "/webhook/v1/stripe/"
      })
  void knowsNoOtherEndpoint(String path) {
    String body = RunningWebhook.event("evt_where");

    refused(
        webhook.post(
            path, body, RunningWebhook.signature(body, RunningWebhook.SECRET, Instant.now())),
        404,
        "there is no such endpoint");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/error",
        "/webhook",
        "/webhook/v1",
        "/webhook/v1/other",
        "/webhook/v1/stripes",
        "/actuator/health",
        "/webhook/v1//stripe",
        "/webhook/v1/stripe;a=b",
        "/login",
        "/webhook/v1/health/x"
      })
  void knowsNoOtherPath(String path) {
    refused(webhook.send(webhook.request(path).GET()), 404, "Not Found");
    refused(
        webhook.send(webhook.request(path).POST(BodyPublishers.ofString("x"))), 404, "Not Found");
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /webhook/v1/stripe, POST",
    "PUT, /webhook/v1/stripe/connect, POST",
    "DELETE, /webhook/v1/stripe, POST",
    "BREW, /webhook/v1/stripe, POST",
    "POST, /webhook/v1/health, GET"
  })
  void saysWhichMethodIsAllowed(String method, String path, String allowed) {
    HttpResponse<String> answer =
        webhook.send(
            webhook
                .request(path)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .method(method, BodyPublishers.ofString("a=b")));

    refused(answer, 405, "Method Not Allowed");
    assertThat(answer.headers().firstValue("Allow")).hasValue(allowed);
  }

  @Test
  void takesWhatIsAsLargeAsTheLimitAndNoMore() {
    String event = RunningWebhook.event("evt_large");
    String largest =
        event + " ".repeat(LIMIT - event.getBytes(java.nio.charset.StandardCharsets.UTF_8).length);

    assertThat(webhook.post(largest).statusCode()).isEqualTo(200);
    refused(webhook.post(largest + " "), 413, "the body is larger than 65536 bytes");
    refused(webhook.post(" ".repeat(2 * LIMIT)), 413, "the body is larger than 65536 bytes");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "a/b"})
  void readsTheBodyWhateverItsTypeSays(String type) {
    String body = RunningWebhook.event("evt_typed");

    assertThat(
            webhook
                .send(
                    webhook
                        .request(RunningWebhook.PATH)
                        .header("Content-Type", type)
                        .header(
                            "Stripe-Signature",
                            RunningWebhook.signature(body, RunningWebhook.SECRET, Instant.now()))
                        .POST(BodyPublishers.ofString(body)))
                .statusCode())
        .isEqualTo(200);
  }

  @Test
  void showsNothingOfTheRequestInAnAnswer() {
    String body = RunningWebhook.event("evt_echo");
    for (String signature :
        new String[] {
          RunningWebhook.signature(body, RunningWebhook.SECRET, Instant.now()), "t=1"
        }) {
      HttpResponse<String> answer =
          webhook.send(
              webhook
                  .request(RunningWebhook.PATH + "?q=echo-query")
                  .header("X-Echo", "echo-header")
                  .header("Authorization", "Bearer echo-token")
                  .header("Stripe-Signature", signature)
                  .POST(BodyPublishers.ofString(body)));

      assertThat(answer.headers().map().keySet())
          .isSubsetOf(
              "cache-control",
              "connection",
              "content-length",
              "content-type",
              "date",
              "expires",
              "pragma",
              "transfer-encoding",
              "vary",
              "x-content-type-options",
              "x-frame-options",
              "x-xss-protection");
      assertThat(answer.headers().map().toString() + answer.body())
          .doesNotContain("echo", "evt_echo", "Zoë");
      assertThat(answer.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
    }
  }

  @Test
  void countsByEndpointAndOutcome() {
    double queued = webhook.posts("default", "queued");
    double forged = webhook.posts("connect", "bad-signature");
    double unknown = webhook.posts("none", "unknown-endpoint");

    webhook.post(RunningWebhook.event("evt_count"));
    webhook.post(RunningWebhook.PATH + "/connect", "{}", "t=1");
    webhook.post(RunningWebhook.PATH + "/nobody", "{}", "t=1");

    assertThat(webhook.posts("default", "queued")).isEqualTo(queued + 1);
    assertThat(webhook.posts("connect", "bad-signature")).isEqualTo(forged + 1);
    assertThat(webhook.posts("none", "unknown-endpoint")).isEqualTo(unknown + 1);
  }

  @Test
  void isHealthy() {
    HttpResponse<String> answer = webhook.send(webhook.request("/webhook/v1/health").GET());

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("{\"status\":\"UP\"}");
  }
}
