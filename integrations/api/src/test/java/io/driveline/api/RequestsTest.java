package io.driveline.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.spi.EventNotifier;
import org.apache.camel.support.EventNotifierSupport;
import org.apache.camel.support.service.ServiceHelper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What is answered to requests that are not as they should be, and who may ask at all. */
@ExtendWith({SharedApi.class, OutputCaptureExtension.class})
class RequestsTest {

  private final ApiProcess api;

  RequestsTest(ApiProcess api) {
    this.api = api;
  }

  @Test
  void answersHealthWithoutAKeyAndNothingButThat() {
    ApiProcess.Answer answer = api.send("GET", "/api/v1/health", null);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text()).isEqualTo("{\"status\":\"UP\"}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v1/stats/counts",
        "/api/v1/objects/customer",
        "/api/v1/objects/customer/cus_1",
        "/api/v1/events",
        "/api/v1/events/evt_1",
        "/api/v1/analytics/revenue",
        "/api/v1/openapi.yaml",
        "/api/v1/there-is-no-such-path",
        "/api/v1/health/x"
      })
  void opensNothingElseWithoutAKey(String path) {
    ApiProcess.Answer none = api.send("GET", path, null);
    ApiProcess.Answer wrong = api.send("GET", path, "Bearer dk_read_0123456780");
    ApiProcess.Answer basic = api.send("GET", path, "Basic ZGs6ZGs=");

    assertThat(none.status()).isEqualTo(401);
    assertThat(none.header("WWW-Authenticate")).isEqualTo("Bearer realm=\"driveline\"");
    assertThat(wrong.status()).isEqualTo(401);
    assertThat(wrong.header("WWW-Authenticate"))
        .isEqualTo("Bearer realm=\"driveline\", error=\"invalid_token\"");
    assertThat(basic.status()).isEqualTo(401);
  }

  @ParameterizedTest
  @ValueSource(strings = {ApiProcess.READ, ApiProcess.WRITE, ApiProcess.ADMIN})
  void letsEveryKeyRead(String key) {
    assertThat(api.send("GET", "/api/v1/events", "Bearer " + key).status()).isEqualTo(200);
    assertThat(api.send("GET", "/api/v1/events", "bearer  " + key).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({"POST", "PUT", "DELETE", "PATCH"})
  void refusesChangesToAKeyThatMayOnlyRead(String method) {
    ApiProcess.Answer answer = api.send(method, "/api/v1/events", "Bearer " + ApiProcess.READ);

    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.header("WWW-Authenticate")).contains("insufficient_scope");
  }

  @ParameterizedTest
  @CsvSource({"POST", "PUT", "DELETE", "PATCH", "HEAD"})
  void answersWhichMethodsAPathTakes(String method) {
    ApiProcess.Answer answer = api.send(method, "/api/v1/events", "Bearer " + ApiProcess.WRITE);

    assertThat(answer.status()).isEqualTo(405);
    assertThat(answer.header("Allow")).isEqualTo("GET");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/api",
        "/api/v1",
        "/api/v2/events",
        "/error",
        "/actuator",
        "/actuator/health",
        "/actuator/jolokia",
        "/hawtio",
        "/hawtio/index.html",
        "/jolokia",
        "/swagger-ui.html",
        "/driveline-api.yaml",
        "/webjars/x.js",
        "/api/v10/events"
      })
  void hasNothingOutsideOfTheApiWithOrWithoutAKey(String path) {
    assertThat(api.send("GET", path, null).status()).isEqualTo(404);
    assertThat(api.send("GET", path, "Bearer " + ApiProcess.ADMIN).status()).isEqualTo(404);
    assertThat(api.send("POST", path, null).status()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v1/",
        "/api/v1/nothing",
        "/api/v1/events/evt_1/x",
        "/api/v1/error",
        "/api/v1/health/x",
        "/api/v1/objects",
        "/api/v1/objects/customer/cus_1/x",
        "/api/v1/EVENTS"
      })
  void saysThatAPathOfTheApiIsUnknown(String path) {
    ApiProcess.Answer answer = api.get(path);

    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.json().path("type").asText()).isEqualTo("urn:driveline:problem:unknown-path");
  }

  @Test
  void saysThatItAnswersInJsonOnly() {
    ApiProcess.Answer answer =
        api.send("GET", "/api/v1/events", "Bearer " + ApiProcess.READ, "Accept", "text/html");

    assertThat(answer.status()).isEqualTo(406);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/api/v1/events?limit=0 | limit | 1 to 100",
        "/api/v1/events?limit=101 | limit | 1 to 100",
        "/api/v1/events?limit=zebra | limit | 1 to 100",
        "/api/v1/events?limit= | limit | given a value, or left out",
        "/api/v1/events?state= | state | given a value, or left out",
        "/api/v1/events?limit=1&limit=2 | limit | once",
        "/api/v1/events?state=zebra | state | parked",
        "/api/v1/events?state=APPLIED | state | applied",
        "/api/v1/events?type=zebra%24 | type | invoice.paid",
        "/api/v1/events?type=.* | type | invoice.paid",
        "/api/v1/events?type=* | type | invoice.paid",
        "/api/v1/events?type=*.* | type | invoice.paid",
        "/api/v1/events?type=zebra* | type | invoice.paid",
        "/api/v1/events?type=zebra..* | type | invoice.paid",
        "/api/v1/events?customer=zebra%20x | customer | letters",
        "/api/v1/events?id=zebra%2Fx | id | letters",
        "/api/v1/events?replay=zebra%24 | replay | letters",
        "/api/v1/events?reason= | reason | given a value, or left out",
        "/api/v1/events?from=zebra | from | 2026-01-31",
        "/api/v1/events?from=-1 | from | 2026-01-31",
        "/api/v1/events?from=99999999999 | from | 2026-01-31",
        "/api/v1/events?to=2026-02-30 | to | 2026-01-31",
        "/api/v1/events?to=2026-01-31T12:00:00 | to | 2026-01-31",
        "/api/v1/events?from=2026-01-02&to=2026-01-02 | to | later than from",
        "/api/v1/events?object=zebra%20x | object | letters",
        "/api/v1/events?object=%00 | object | characters",
        "/api/v1/events?account=zebra%2Fx | account | acct_123",
        "/api/v1/events?livemode=yes | livemode | true, false",
        "/api/v1/events?cursor=zebra | cursor | gave as next",
        "/api/v1/events?cursor=%25%25 | cursor | gave as next",
        "/api/v1/objects/customer?limit=0 | limit | 1 to 100",
        "/api/v1/objects/customer?livemode=zebra | livemode | true, false",
        "/api/v1/objects/customer?tied=zebra | tied | true, false",
        "/api/v1/objects/zebra%24x | type | customer",
        "/api/v1/objects/system.users | type | customer",
        "/api/v1/objects/customer/zebra%20x | id | letters",
        "/api/v1/objects/customer/zebra+x | id | letters",
      })
  void saysWhichParameterIsWrongAndWhatItMayBe(String path, String parameter, String allowed) {
    ApiProcess.Answer answer = api.get(path);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().path("parameter").asText()).isEqualTo(parameter);
    assertThat(answer.json().path("allowed").asText()).contains(allowed);
    assertThat(answer.text()).doesNotContain("zebra");
  }

  @ParameterizedTest
  @CsvSource({
    "/api/v1/events?zebra=1, 'state, to, type'",
    "/api/v1/events/evt_1?zebra=parked, none",
    "/api/v1/stats/counts?zebra, none",
    "/api/v1/objects/customer?zebra=1, 'account, cursor, limit, livemode, tied'"
  })
  void namesTheParametersThatItKnowsWhereOneIsUnknown(String path, String allowed) {
    ApiProcess.Answer answer = api.get(path);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().path("type").asText()).endsWith("unknown-parameter");
    assertThat(answer.json().path("allowed").asText()).endsWith(allowed);
    assertThat(answer.json().path("detail").asText()).contains("query parameter", allowed);
    assertThat(answer.text()).doesNotContain("zebra");
  }

  @Test
  void saysThatTheWordBearerIsMissing() {
    ApiProcess.Answer answer = api.send("GET", "/api/v1/events", ApiProcess.READ);

    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.json().path("detail").asText()).contains("the word Bearer");
    assertThat(answer.text()).doesNotContain(ApiProcess.READ);
  }

  @Test
  void takesTheGreatestPage() {
    assertThat(api.get("/api/v1/events?limit=100").status()).isEqualTo(200);
    assertThat(api.get("/api/v1/events?limit=1").status()).isEqualTo(200);
  }

  @Test
  void letsNoKeyIntoTheRoutesWhereHawtioWouldShowIt() throws Exception {
    Set<String> seen = ConcurrentHashMap.newKeySet();
    EventNotifier headers =
        new EventNotifierSupport() {
          @Override
          public void notify(CamelEvent event) {
            if (event instanceof CamelEvent.ExchangeSendingEvent sending) {
              seen.addAll(sending.getExchange().getMessage().getHeaders().keySet());
            }
          }
        };
    ServiceHelper.startService(headers);
    api.camel().getManagementStrategy().addEventNotifier(headers);
    try {
      api.get("/api/v1/events/evt_1");
    } finally {
      api.camel().getManagementStrategy().removeEventNotifier(headers);
    }

    assertThat(seen).contains("id").doesNotContain("Authorization", "authorization", "X-Probe");
  }

  @Test
  void servesTheContractThatItKeeps() throws IOException {
    ApiProcess.Answer answer = api.get("/api/v1/openapi.yaml");

    assertThat(answer.header("Content-Type")).isEqualTo("application/yaml");
    try (var own = getClass().getResourceAsStream("/routes/api/openapi.yaml")) {
      assertThat(answer.text()).isEqualTo(new String(own.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  @Test
  void saysThatAnalyticsIsNotConfigured() {
    ApiProcess.Answer answer = api.get("/api/v1/analytics/revenue");

    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.json().path("detail").asText()).contains("analytics is not configured");
    assertThat(answer.header("Retry-After")).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /api/v1/events?x=[zebra] HTTP/1.1",
        "GET /api/v1/../../zebra HTTP/1.1",
        "GET /api/v1/%2e%2e/zebra HTTP/1.1",
        "GET /api/v1//zebra HTTP/1.1",
        "GET /api/v1/zebra;x=1 HTTP/1.1",
        "GET /api/v1/objects/customer%2Fzebra HTTP/1.1",
        "GET /api/v1/events?limit=%zebra HTTP/1.1",
        "GET /api/v1/events/%zebra HTTP/1.1",
        "GET /api/v1/events/%0D%0Azebra HTTP/1.1",
        "GET /api/v1/objects/customer/zebra%2541 HTTP/1.1",
        "zebra",
        "ZE{BRA} /api/v1/events HTTP/1.1",
        "ZEBRA /api/v1/events HTTP/1.1",
        "TRACE /api/v1/events HTTP/1.1",
      })
  void answersAProblemToWhatIsHardlyHttp(String line, CapturedOutput output) throws IOException {
    String answer = raw(line + "\r\nHost: x\r\nAuthorization: Bearer " + ApiProcess.ADMIN);

    assertThat(answer).matches("(?s)HTTP/1\\.1 (400|404|405|501) .*");
    assertThat(answer).contains("application/problem+json").doesNotContain("zebra", "ZEBRA");
    assertThat(output.getAll().lines().filter(log -> log.contains(" WARN ")).toList())
        .noneMatch(log -> !log.contains("RabbitMQ"));
    assertThat(output).doesNotContain("\tat ");
  }

  @Test
  void answersAProblemToHeadersThatAreTooLarge() throws IOException {
    String answer = raw("GET /api/v1/events HTTP/1.1\r\nHost: x\r\nX-Large: " + "x".repeat(20_000));

    assertThat(answer).startsWith("HTTP/1.1 4").contains("application/problem+json");
  }

  private String raw(String request) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", api.port())) {
      socket.setSoTimeout(10_000);
      socket
          .getOutputStream()
          .write((request + "\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }
}
