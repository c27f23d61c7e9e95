package io.driveline.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.stripe.net.Webhook;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookSignatureTest {

  private static final Duration TOLERANCE = Duration.ofSeconds(300);
  private static final Instant NOW = Instant.ofEpochSecond(1_700_000_000);
  private static final String SECRET = "whsec_one";
  private static final byte[] BODY =
      "{\"id\":\"evt_1\",\"name\":\"Zoë 🐟\"}".getBytes(StandardCharsets.UTF_8);

  private static int verify(String header, byte[] body, String... secrets)
      throws InvalidSignatureException {
    return WebhookSignature.verify(header, body, List.of(secrets), NOW, TOLERANCE);
  }

  private static void refuses(String reason, String header, byte[] body) {
    assertThatExceptionOfType(InvalidSignatureException.class)
        .isThrownBy(() -> verify(header, body, SECRET))
        .withMessageContaining(reason);
  }

  @Test
  void acceptsWhatStripesOwnSdkSigns() throws Exception {
    long time = NOW.getEpochSecond();
    String v1 =
        Webhook.Util.computeHmacSha256(
            SECRET, time + "." + new String(BODY, StandardCharsets.UTF_8));

    assertThat(verify("t=" + time + ",v1=" + v1 + ",v0=" + "ab".repeat(32), BODY, SECRET)).isZero();
  }

  @Test
  void signsWhatStripesOwnSdkAccepts() throws Exception {
    String header = WebhookSignature.sign(BODY, SECRET, Instant.now());

    assertThat(
            Webhook.Signature.verifyHeader(
                new String(BODY, StandardCharsets.UTF_8), header, SECRET, 300))
        .isTrue();
  }

  @Test
  void acceptsAnySignatureForAnySecretWhileOneIsRolled() throws Exception {
    String first = WebhookSignature.sign(BODY, "whsec_new", NOW);
    String second = WebhookSignature.sign(BODY, SECRET, NOW).replaceFirst("t=\\d+,", "");

    assertThat(verify(first + "," + second, BODY, "whsec_other", SECRET)).isEqualTo(1);
    assertThat(verify(first + "," + second, BODY, SECRET, "whsec_new")).isZero();
  }

  @Test
  void refusesAnotherBodyOrSecret() {
    refuses("no signature matches", WebhookSignature.sign(BODY, "whsec_two", NOW), BODY);
    refuses("no signature matches", WebhookSignature.sign(BODY, SECRET, NOW), new byte[] {1});
  }

  @Test
  void theSchemeThatStripeFakesInTestsDoesNotCount() {
    refuses("malformed", WebhookSignature.sign(BODY, SECRET, NOW).replace("v1=", "v0="), BODY);
  }

  @Test
  void toleratesFiveMinutesEitherWayAndNoMore() throws Exception {
    for (long seconds : new long[] {-300, 300}) {
      assertThat(
              verify(WebhookSignature.sign(BODY, SECRET, NOW.plusSeconds(seconds)), BODY, SECRET))
          .isZero();
    }
    refuses("too old", WebhookSignature.sign(BODY, SECRET, NOW.minusSeconds(301)), BODY);
    refuses("from the future", WebhookSignature.sign(BODY, SECRET, NOW.plusSeconds(301)), BODY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "t=abc,v1=00",
        "v1",
        "t",
        "t=1700000000",
        "t=,v1=aa",
        "t=-1700000000,v1=aa",
        "t=99999999999999999999,v1=aa",
        "t=1700000000,v1=",
        "t=1700000000,v1=zz",
        "t=1700000000,v1=abcd",
        "t=1700000000,t=1700000000,v1=aa",
        "t=1700000000,,",
        "t=١٧٠٠٠٠٠٠٠٠,v1=aa",
      })
  void refusesMalformedHeaders(String header) {
    refuses("malformed", header, BODY);
  }

  @Test
  void refusesAMissingOrEndlessHeader() {
    refuses("missing", null, BODY);
    refuses("missing", " ", BODY);
    refuses("too long", "t=1,".repeat(2000), BODY);
  }
}
