package io.driveline.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.driveline.events.Claim;
import io.driveline.events.Failure;
import io.driveline.events.Intake;
import io.driveline.events.Ledger;
import io.driveline.events.Mirror;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.bson.Document;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(SharedApi.class)
class EventsTest {

  private final ApiProcess api;
  private final Stores stores;

  EventsTest(ApiProcess api, Stores stores) {
    this.api = api;
    this.stores = stores;
  }

  @BeforeEach
  void emptyTheLedger() {
    stores
        .client()
        .getDatabase(Ledger.DATABASE)
        .getCollection(Ledger.COLLECTION)
        .deleteMany(new Document());
  }

  private static String event(String id, String type, String object, String more) {
    if (more.startsWith("@")) {
      return event(id, type, object, "").replace("1700000000", more.substring(1));
    }
    return """
        {"id":"%s","type":"%s","created":1700000000,"livemode":false%s,
         "data":{"object":{"id":"%s","object":"customer","rate":1.50}}}"""
        .formatted(id, type, more, object);
  }

  private static String event(String id) {
    return event(id, "customer.updated", "cus_1", "");
  }

  @Test
  void tellsAnEventsWholeWay() {
    Claim claim =
        stores.claim(
            event(
                "evt_1",
                "customer.updated",
                "cus_1",
                ",\"account\":\"acct_1\",\"api_version\":\"2025-09-30.clover\""),
            0);
    Ledger ledger = stores.ledger(Duration.ofMillis(250));
    ledger.noteMirrored(claim, true, false);
    claim.note(Stores.NOW.plusMillis(250), "announce", "confirmed");
    ledger.markApplied(claim);

    JsonNode event = api.get("/api/v1/events/evt_1").json();

    assertThat(event.path("id").asText()).isEqualTo("evt_1");
    assertThat(event.path("type").asText()).isEqualTo("customer.updated");
    assertThat(event.path("state").asText()).isEqualTo("applied");
    assertThat(event.path("account").asText()).isEqualTo("acct_1");
    assertThat(event.path("livemode").asBoolean(true)).isFalse();
    assertThat(event.path("apiVersion").asText()).isEqualTo("2025-09-30.clover");
    assertThat(event.path("object").toString())
        .isEqualTo("{\"type\":\"customer\",\"id\":\"cus_1\"}");
    assertThat(event.path("endpoint").asText()).isEqualTo("stripe");
    assertThat(event.path("secret").asText()).isEqualTo("stripe#1");
    assertThat(event.path("testOnLive").asBoolean(true)).isFalse();
    assertThat(event.path("superseded").asBoolean()).isTrue();
    assertThat(event.path("claims").asInt()).isEqualTo(1);
    assertThat(event.path("attempts").asInt(-1)).isZero();
    assertThat(event.path("generation").asInt(-1)).isZero();
    assertThat(event.path("owner").asText()).isEqualTo("worker-1");
    assertThat(event.path("created").asText()).isEqualTo("2023-11-14T22:13:20Z");
    assertThat(event.path("received").asText()).isEqualTo("2026-01-02T03:04:05Z");
    assertThat(event.path("applied").asText()).isEqualTo("2026-01-02T03:04:05.250Z");
    assertThat(event.path("due").isNull()).isTrue();
    assertThat(event.path("reason").isNull()).isTrue();
    assertThat(event.path("error").isNull()).isTrue();
    assertThat(event.path("steps"))
        .extracting(step -> step.path("step").asText() + " " + step.path("outcome").asText())
        .containsExactly(
            "claim claimed", "mirror superseded", "announce confirmed", "finish applied");
    assertThat(event.path("steps").path(1).path("at").asText())
        .isEqualTo("2026-01-02T03:04:05.250Z");
    assertThat(event.path("payload").path("id").asText()).isEqualTo("evt_1");
  }

  @Test
  void givesThePayloadCharacterForCharacter() {
    stores.keep(event("evt_1"), 0);

    assertThat(api.get("/api/v1/events/evt_1").text()).contains("\"payload\":" + event("evt_1"));
  }

  @Test
  void tellsWhyAnEventIsRetriedAndWhen() {
    Claim claim = stores.claim(event("evt_1"), 0);
    stores.ledger(Duration.ZERO).retryLater(claim, Failure.of("no luck"), Duration.ofSeconds(30));

    JsonNode event = api.get("/api/v1/events/evt_1").json();

    assertThat(event.path("state").asText()).isEqualTo("retrying");
    assertThat(event.path("reason").asText()).isEqualTo("no luck");
    assertThat(event.path("error").path("message").asText()).isEqualTo("no luck");
    assertThat(event.path("error").path("at").asText()).isEqualTo("2026-01-02T03:04:05Z");
    assertThat(event.path("due").asText()).isEqualTo("2026-01-02T03:04:35Z");
    assertThat(event.path("attempts").asInt()).isEqualTo(1);
    assertThat(event.path("applied").isNull()).isTrue();
  }

  @Test
  void tellsWhyAnEventIsSkipped() {
    Claim claim = stores.claim(event("evt_1"), 0);
    stores.ledger(Duration.ZERO).markSkipped(claim, "a thin event");

    JsonNode event = api.get("/api/v1/events/evt_1").json();

    assertThat(event.path("state").asText()).isEqualTo("skipped");
    assertThat(event.path("reason").asText()).isEqualTo("a thin event");
  }

  @Test
  void showsAParkedMessageThatWasNoEvent() {
    stores
        .ledger(Duration.ZERO)
        .parkUnreadable(
            "message-1",
            "no \"event\"",
            new Intake(null, null, Stores.NOW, false),
            Failure.of("it is not JSON"));

    JsonNode event = api.get("/api/v1/events/message-1").json();

    assertThat(event.path("state").asText()).isEqualTo("parked");
    assertThat(event.path("reason").asText()).isEqualTo("it is not JSON");
    assertThat(event.path("payload").isNull()).isTrue();
    assertThat(event.path("payloadText").asText()).isEqualTo("no \"event\"");
    assertThat(event.path("type").isNull()).isTrue();
    assertThat(event.path("livemode").isNull()).isTrue();
    assertThat(event.path("created").isNull()).isTrue();
    assertThat(ids("?state=parked")).containsExactly("message-1");
  }

  @Test
  void saysThatAnEventWasNotSeenOrNotYet() {
    ApiProcess.Answer answer = api.get("/api/v1/events/evt_unknown");

    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
    assertThat(answer.json().path("detail").asText()).contains("not seen", "not yet");
    assertThat(answer.text()).doesNotContain("evt_unknown");
  }

  @Test
  void listsEventsTheNewestReceivedFirstWithoutPayload() {
    stores.keep(event("evt_b"), 2);
    stores.keep(event("evt_a"), 1);
    stores.keep(event("evt_c"), 3);

    ApiProcess.Answer answer = api.get("/api/v1/events");

    assertThat(answer.json().path("data"))
        .extracting(event -> event.path("id").asText())
        .containsExactly("evt_c", "evt_b", "evt_a");
    assertThat(answer.json().path("next").isNull()).isTrue();
    assertThat(answer.text()).doesNotContain("payload", "steps");
  }

  @Test
  void goesOnWhereThePageBeforeEndedThoughEventsComeInMeanwhile() {
    // All but one in one millisecond: a cursor of the time alone would skip or repeat some.
    for (int i = 0; i < 7; i++) {
      stores.keep(event("evt_" + i), 0);
    }
    stores.keep(event("evt_old"), -10);
    List<String> seen = new ArrayList<>();
    String cursor = "";
    for (int page = 0; page < 4; page++) {
      JsonNode answer = api.get("/api/v1/events?limit=2" + cursor).json();
      answer.path("data").forEach(event -> seen.add(event.path("id").asText()));
      cursor = "&cursor=" + answer.path("next").asText();
      assertThat(answer.path("next").isNull()).isEqualTo(page == 3);
      stores.keep(event("evt_new_" + page), 60 + page);
    }

    assertThat(seen)
        .containsExactly("evt_6", "evt_5", "evt_4", "evt_3", "evt_2", "evt_1", "evt_0", "evt_old");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "?state=received | evt_live evt_connected evt_invoice evt_invoices",
        "?state=applying | evt_applying",
        "?state=parked | ''",
        "?type=customer.updated | evt_live evt_connected evt_applying",
        "?type=invoice.* | evt_invoice",
        "?type=invoice | ''",
        "?object=cus_2 | evt_connected",
        "?account=acct_1 | evt_connected",
        "?account=platform | evt_live evt_invoice evt_invoices evt_applying",
        "?livemode=true | evt_live",
        "?livemode=false | evt_connected evt_invoice evt_invoices evt_applying",
        "?livemode=false&type=customer.*&state=received | evt_connected",
      })
  void listsOnlyWhatTheFiltersTogetherName(String query, String expected) {
    stores.claim(event("evt_applying"), 0);
    stores.keep(event("evt_invoices", "invoiceitem.created", "ii_1", ""), 1);
    stores.keep(event("evt_invoice", "invoice.paid", "in_1", ""), 2);
    stores.keep(event("evt_connected", "customer.updated", "cus_2", ",\"account\":\"acct_1\""), 3);
    stores.keep(event("evt_live").replace("\"livemode\":false", "\"livemode\":true"), 4);

    assertThat(String.join(" ", ids(query))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "?type=*.created | evt_sub evt_created",
        "?type=customer.*.created | evt_sub",
        "?type=customer.* | evt_sub evt_created evt_parked",
        "?type=*.subscription.* | evt_sub",
        "?type=*.CREATED | ''",
        "?type=customer.*d | refused",
        "?customer=cus_1 | evt_parked",
        "?customer=cus_9 | ''",
        "?reason=CONTAINS+.*+LITERALLY | evt_parked",
        "?reason=.* | evt_parked",
        "?reason=a.*literally | ''",
        "?reason=%5C | evt_parked",
        "?reason=(x)%5B%5D%7B%7D%5E$%7C%3F%2B | evt_parked",
        "?id=evt_sub | evt_sub",
        "?from=1700000000 | evt_created evt_parked",
        "?from=1700000001 | evt_created",
        "?to=1700000001 | evt_sub evt_parked",
        "?from=1700000000&to=1700000001 | evt_parked",
        "?from=2023-11-14T22:13:20Z&to=2023-11-14T22:13:20.001Z | evt_parked",
        "?from=2023-11-14T23:13:19.5%2B01:00&to=1700000001 | evt_parked",
        "?from=2023-11-15 | ''",
        "?to=2023-11-15 | evt_sub evt_created evt_parked",
        "?replay=replay_1 | ''",
      })
  void findsEventsAsAReplayDoes(String query, String expected) {
    stores.keep(event("evt_sub", "customer.subscription.created", "cus_2", at(-1)), 3);
    stores.keep(event("evt_created", "customer.created", "cus_3", at(60)), 2);
    stores
        .ledger(Duration.ZERO)
        .park(
            stores.claim(event("evt_parked"), 1),
            Failure.of("It contains .* literally, and (x)[]{}^$|?+ and a \\"));
    // As the ledger stores it from now on.
    stores
        .client()
        .getDatabase(Ledger.DATABASE)
        .getCollection(Ledger.COLLECTION)
        .updateOne(
            new Document("_id", "evt_parked"),
            new Document("$set", new Document("customer", "cus_1")));

    if (expected.equals("refused")) {
      assertThat(api.get("/api/v1/events" + query).status()).isEqualTo(400);
    } else {
      assertThat(String.join(" ", ids(query))).isEqualTo(expected);
    }
  }

  /** Made some seconds earlier or later than the others. */
  private static String at(int seconds) {
    return "@" + (1700000000 + seconds);
  }

  @Test
  void countsEventsByStateAndObjectsByType() {
    stores.keep(event("evt_1"), 0);
    stores.keep(event("evt_2"), 0);
    Ledger ledger = stores.ledger(Duration.ZERO);
    for (String id : List.of("evt_3", "evt_4", "evt_5")) {
      Claim claim = stores.claim(event(id), 0);
      ledger.noteMirrored(claim, false, false);
      ledger.markApplied(claim);
    }
    ledger.park(stores.claim(event("evt_6"), 0), Failure.of("no way"));
    stores
        .client()
        .getDatabase(Mirror.DATABASE)
        .getCollection("billing_portal.session")
        .insertOne(new Document("_id", "platform/test/bps_1"));

    JsonNode counts = api.get("/api/v1/stats/counts").json();

    assertThat(counts.path("events").toString())
        .isEqualTo(
            "{\"received\":2,\"applying\":0,\"applied\":3,\"skipped\":0,\"retrying\":0,"
                + "\"parked\":1}");
    assertThat(counts.path("objects").toString()).isEqualTo("{\"billing_portal.session\":1}");
  }

  private List<String> ids(String query) {
    List<String> ids = new ArrayList<>();
    api.get("/api/v1/events" + query)
        .json()
        .path("data")
        .forEach(event -> ids.add(event.path("id").asText()));
    return ids;
  }
}
