package io.driveline.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvelopeTest {

  private static StripeEvent read(String json) throws MalformedEventException {
    return Envelope.read(json.getBytes(StandardCharsets.UTF_8));
  }

  private static String event(String type, String object) {
    return """
        {"id":"evt_1","object":"event","type":"%s","created":1700000000,"livemode":false,
         "api_version":"2025-09-30.clover","data":{"object":%s}}"""
        .formatted(type, object);
  }

  @Test
  void namesTheObjectByAccountModeTypeAndId() throws MalformedEventException {
    StripeEvent read =
        read(
            """
            {"id":"evt_1","object":"event","type":"invoice.paid","created":1700000000,
             "livemode":true,"account":"acct_9","data":{"object":{"id":"in_1","object":"invoice"},
             "previous_attributes":{"status":"open"}}}""");

    assertThat(read.object()).isEqualTo(new ObjectKey("acct_9", true, "invoice", "in_1"));
    assertThat(read.object().mirrorId()).isEqualTo("acct_9/live/in_1");
    assertThat(read.previousAttributes()).containsEntry("status", "open");
    assertThat(read.created()).isEqualTo(1_700_000_000L);
    assertThat(read.skipReason()).isNull();
  }

  @Test
  void keepsTheBodyToTheByte() throws MalformedEventException {
    String body =
        event(
            "customer.updated",
            "{ \"id\":\"cus_1\",\"object\":\"customer\",\"name\":\"Zoë \\u00e9 🐟\" }");

    assertThat(read(body).payload()).isEqualTo(body);
  }

  @Test
  void takesNothingInMetadataForAnythingElse() throws MalformedEventException {
    StripeEvent read =
        read(
            event(
                "customer.updated",
                "{\"id\":\"cus_1\",\"object\":\"customer\",\"metadata\":{\"x\":{\"$date\":1},\"a.b\":\"$c\"}}"));

    assertThat(Json.write(read.snapshot().get("metadata")))
        .isEqualTo("{\"x\":{\"$date\":1},\"a.b\":\"$c\"}");
  }

  @ParameterizedTest
  @CsvSource({
    "cash_balance, '\"customer\":\"cus_7\"', cus_7",
    "cash_balance, '\"customer\":{\"id\":\"cus_7\",\"object\":\"customer\"}', cus_7",
    "entitlements.active_entitlement_summary, '\"customer\":\"cus_7\"', cus_7",
    "balance, '\"livemode\":false', balance",
    "tax.settings, '\"status\":\"active\"', tax.settings",
  })
  void keepsOneOfAKindUnderTheOneItBelongsTo(String type, String field, String id)
      throws MalformedEventException {
    StripeEvent read = read(event("x.updated", "{\"object\":\"" + type + "\"," + field + "}"));

    assertThat(read.object().id()).isEqualTo(id);
  }

  @ParameterizedTest
  @CsvSource({
    "invoice.upcoming, '{\"object\":\"invoice\"}', its invoice has no id",
    "x.created, '{\"object\":\"account_link\",\"url\":\"u\"}', its account_link has no id",
    "x.created, '{\"id\":\"x_1\"}', its object has no type",
    "x.created, '{\"object\":\"system.users\",\"id\":\"x_1\"}', its object has no type",
    "x.created, '{\"object\":\"customer\",\"id\":\"a/b\"}', the id of its object is malformed",
  })
  void skipsWhatHasNoPlaceInTheMirrorAndSaysWhy(String type, String object, String reason)
      throws MalformedEventException {
    StripeEvent read = read(event(type, object));

    assertThat(read.object()).isNull();
    assertThat(read.skipReason()).isEqualTo(reason);
  }

  @Test
  void keepsThinEventsAndSkipsThem() throws MalformedEventException {
    StripeEvent read =
        read(
            """
            {"id":"evt_t","object":"v2.core.event","type":"v1.billing.meter.no_meter_found",
             "created":"2026-01-01T00:00:01.500Z","livemode":true,"context":"org_1/acct_2",
             "related_object":null}""");

    assertThat(read.skipReason()).startsWith("thin event");
    assertThat(read.account()).isEqualTo("acct_2");
    assertThat(read.created()).isEqualTo(1_767_225_601L);
  }

  @ParameterizedTest
  @CsvSource({
    "customer.deleted, '{\"object\":\"customer\",\"id\":\"cus_1\"}', true",
    "product.updated, '{\"object\":\"product\",\"id\":\"prod_1\",\"deleted\":true}', true",
    "customer.subscription.deleted, '{\"object\":\"subscription\",\"id\":\"sub_1\"}', false",
    "customer.updated, '{\"object\":\"customer\",\"id\":\"cus_1\"}', false",
  })
  void tellsADeletedObjectFromAnEndedSubscription(String type, String object, boolean deleted)
      throws MalformedEventException {
    assertThat(read(event(type, object)).deleted()).isEqualTo(deleted);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "null",
        "{",
        "{} {}",
        "{\"id\":\"evt_secret\"}",
        "{\"id\":7,\"type\":\"a\",\"created\":1,\"data\":{\"object\":{}}}",
        "{\"id\":\"evt_secret\",\"id\":\"evt_2\",\"type\":\"a\",\"created\":1,\"data\":{\"object\":{}}}",
        "{\"id\":\"evt_secret\",\"type\":\"a\",\"created\":\"1\",\"data\":{\"object\":{}}}",
        "{\"id\":\"evt_secret\",\"type\":\"a\",\"created\":1,\"data\":[]}",
        "{\"id\":\"evt_secret\",\"type\":\"a\",\"created\":1,\"data\":{\"object\":\"cus_1\"}}",
        "{\"id\":\"evt_secret\",\"type\":\"a b\",\"created\":1,\"data\":{\"object\":{}}}",
        "{\"id\":\"evt_secret\",\"type\":\"a\",\"created\":1,\"account\":{},\"data\":{\"object\":{}}}",
        "{\"id\":\"evt_secret\",\"type\":\"a\",\"created\":1,\"data\":{\"object\":{\"\\u0000\":1}}}",
      })
  void refusesWhatIsNoEventAndQuotesNothingOfIt(String body) {
    assertThatExceptionOfType(MalformedEventException.class)
        .isThrownBy(() -> read(body))
        .satisfies(
            e -> {
              assertThat(e.getMessage()).isNotBlank().hasSizeLessThan(120);
              assertThat(e.getMessage()).doesNotContain("evt_secret");
            });
  }

  @Test
  void refusesNestingThatMongoDbWouldRefuse() {
    String deep = "{\"a\":".repeat(120) + "1" + "}".repeat(120);

    assertThatExceptionOfType(MalformedEventException.class)
        .isThrownBy(() -> read(event("customer.updated", deep)));
  }
}
