package io.driveline.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.InsertOneModel;
import io.driveline.events.Claim;
import io.driveline.events.EventState;
import io.driveline.events.Failure;
import io.driveline.events.Ledger;
import io.driveline.events.LedgerEntry;
import io.driveline.events.Mirror;
import io.driveline.events.StripeEvent;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bson.Document;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SharedApi.class)
class ReplayTest {

  private static final String MANY = "/api/v1/events/replay";

  private final ApiProcess api;
  private final Stores stores;

  ReplayTest(ApiProcess api, Stores stores) {
    this.api = api;
    this.stores = stores;
  }

  @BeforeEach
  void empty() {
    ledger().deleteMany(new Document());
    stores.client().getDatabase(Mirror.DATABASE).drop();
  }

  private MongoCollection<Document> ledger() {
    return stores.client().getDatabase(Ledger.DATABASE).getCollection(Ledger.COLLECTION);
  }

  private static String event(String id, long created, String object, String more) {
    return """
        {"id":"%s","type":"invoice.paid","created":%d,"livemode":false,
         "data":{"object":{"id":"%s","object":"invoice"%s}}}"""
        .formatted(id, created, object, more);
  }

  private void applied(String id, long created, String object, String more) {
    stores.ledger(Duration.ZERO).markApplied(stores.claim(event(id, created, object, more), 0));
  }

  private void parked(String id, long created, String object, String more) {
    stores
        .ledger(Duration.ZERO)
        .park(stores.claim(event(id, created, object, more), 0), Failure.of("no way"));
  }

  private void mirrored(String json) {
    StripeEvent event = Stores.event(json);
    stores
        .client()
        .getDatabase(Mirror.DATABASE)
        .getCollection("invoice")
        .insertOne(Mirror.document(event, Stores.NOW));
  }

  private LedgerEntry entry(String id) {
    return stores.ledger(Duration.ZERO).find(id).orElseThrow();
  }

  private ApiProcess.Answer one(String id) {
    return api.send("POST", "/api/v1/events/" + id + "/replay", "Bearer " + ApiProcess.WRITE);
  }

  @Test
  void refusesToReplayOneEventWithABodyThatItWouldOverlook() {
    parked("evt_1", 1, "in_1", "");

    ApiProcess.Answer answer = api.post("/api/v1/events/evt_1/replay", "{\"dryRun\":true}");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().path("detail").asText()).contains("it takes none");
    assertThat(entry("evt_1").state()).isEqualTo(EventState.PARKED);
  }

  @Test
  void makesAParkedEventDueAndTellsHowItStandsNow() {
    parked("evt_1", 1, "in_1", "");
    Instant before = Instant.now().minusMillis(1);

    ApiProcess.Answer answer = one("evt_1");

    assertThat(answer.status()).isEqualTo(202);
    JsonNode event = answer.json();
    assertThat(event.path("id").asText()).isEqualTo("evt_1");
    assertThat(event.path("state").asText()).isEqualTo("received");
    assertThat(event.path("generation").asInt()).isEqualTo(1);
    assertThat(event.path("reason").isNull()).isTrue();
    assertThat(Instant.parse(event.path("due").asText())).isBetween(before, Instant.now());
    JsonNode step = last(api.get("/api/v1/events/evt_1").json().path("steps"));
    assertThat(step.path("step").asText()).isEqualTo("replay");
    assertThat(step.path("by").asText()).isEqualTo("write#1");
    assertThat(step.path("outcome").asText()).isEqualTo("due at " + event.path("due").asText());
  }

  private static JsonNode last(JsonNode array) {
    return array.get(array.size() - 1);
  }

  @Test
  void aSecondReplayOfADueEventChangesNothing() {
    parked("evt_1", 1, "in_1", "");
    one("evt_1");

    assertThat(one("evt_1").json().path("generation").asInt()).isEqualTo(1);
    assertThat(one("evt_1").status()).isEqualTo(202);
  }

  @Test
  void saysThatThereIsNoSuchEvent() {
    ApiProcess.Answer answer = one("evt_unknown");

    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.text()).doesNotContain("evt_unknown");
  }

  @Test
  void refusesAnEventThatAWorkerHoldsAndLeavesItToIt() {
    StripeEvent event = Stores.event(event("evt_1", 1, "in_1", ""));
    Ledger now =
        new Ledger(stores.client().getDatabase(Ledger.DATABASE), java.time.Clock.systemUTC());
    Claim held = now.claim(event, Stores.intake(0), "worker-1", Duration.ofHours(1)).orElseThrow();

    ApiProcess.Answer answer = one("evt_1");

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.json().path("type").asText()).isEqualTo("urn:driveline:problem:held");
    now.markApplied(held);
    assertThat(one("evt_1").status()).isEqualTo(202);
  }

  @Test
  void takesOverAnEventWhoseLeaseIsOver() {
    stores.claim(event("evt_1", 1, "in_1", ""), 0);

    assertThat(one("evt_1").status()).isEqualTo(202);
  }

  @Test
  void refusesAnEventWithoutPayload() {
    applied("evt_1", 1, "in_1", "");
    ledger()
        .updateOne(
            new Document("_id", "evt_1"), new Document("$unset", new Document("payload", "")));

    ApiProcess.Answer answer = one("evt_1");

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.json().path("type").asText()).isEqualTo("urn:driveline:problem:no-payload");
    assertThat(answer.json().path("detail").asText()).contains("no longer kept");
  }

  @Test
  void refusesAMessageThatWasNoEvent() {
    message("message_1");

    ApiProcess.Answer answer = one("message_1");

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.json().path("type").asText()).isEqualTo("urn:driveline:problem:unreadable");
  }

  private void message(String id) {
    ledger()
        .insertOne(
            new Document("_id", id)
                .append("state", "parked")
                .append("received", Date.from(Stores.NOW))
                .append("payload", "no event"));
  }

  @ParameterizedTest
  @ValueSource(strings = {MANY, "/api/v1/events/evt_1/replay"})
  void needsAKeyThatMayWriteForDryRunsToo(String path) {
    parked("evt_1", 1, "in_1", "");
    HttpRequest.BodyPublisher body =
        HttpRequest.BodyPublishers.ofString("{\"all\":true,\"dryRun\":true}");
    String[] json = {"Content-Type", "application/json"};

    assertThat(api.send("POST", path, null, body, json).status()).isEqualTo(401);
    assertThat(api.send("POST", path, "Bearer " + ApiProcess.READ, body, json).status())
        .isEqualTo(403);
    assertThat(entry("evt_1").state()).isEqualTo(EventState.PARKED);
  }

  @Test
  void writesWhichKeyReplayedManyEvents() {
    parked("evt_1", 1, "in_1", "");
    api.send(
        "POST",
        MANY,
        "Bearer " + ApiProcess.ADMIN,
        HttpRequest.BodyPublishers.ofString("{\"state\":\"parked\"}"),
        "Content-Type",
        "application/json");

    assertThat(entry("evt_1").steps().getLast()).containsEntry("by", "admin#1");
  }

  @Test
  void replaysOnlyWhatTheFilterNamesAndCountsWhatItLeavesOut() {
    parked("evt_1", 1, "in_1", "");
    parked("evt_2", 2, "in_2", "");
    applied("evt_3", 3, "in_3", "");
    message("message_1");

    ApiProcess.Answer answer = api.post(MANY, "{\"state\":\"parked\"}");

    assertThat(answer.status()).isEqualTo(202);
    JsonNode page = answer.json();
    assertThat(page.path("matched").asInt()).isEqualTo(3);
    assertThat(page.path("replayed").asInt()).isEqualTo(2);
    assertThat(page.path("leftOut").toString())
        .isEqualTo("{\"held\":0,\"due\":0,\"noPayload\":0,\"unreadable\":1}");
    assertThat(page.path("next").isNull()).isTrue();
    assertThat(entry("evt_3").state()).isEqualTo(EventState.APPLIED);
    assertThat(entry("message_1").state()).isEqualTo(EventState.PARKED);

    JsonNode again = api.post(MANY, "{\"all\":true}").json();
    assertThat(again.path("replayed").asInt()).isEqualTo(1);
    assertThat(again.path("leftOut").path("due").asInt()).isEqualTo(2);
  }

  @Test
  void theEventsOfAReplayAreFoundByItsName() {
    parked("evt_1", 1, "in_1", "");
    applied("evt_2", 2, "in_2", "");
    String name = api.post(MANY, "{\"state\":\"parked\"}").json().path("replay").asText();

    JsonNode found = api.get("/api/v1/events?replay=" + name).json().path("data");

    assertThat(found).extracting(event -> event.path("id").asText()).containsExactly("evt_1");
  }

  @Test
  void twoAndAHalfThousandGoInTheirOrderAtTheRateOverPages() {
    List<InsertOneModel<Document>> events = new ArrayList<>();
    for (int i = 0; i < 2_500; i++) {
      String id = "evt_%04d".formatted(i);
      // Several share a second, and they were received in another order than they were made.
      events.add(
          new InsertOneModel<>(
              new Document("_id", id)
                  .append("type", "invoice.paid")
                  .append("livemode", false)
                  .append("created", 1_700_000_000L + i / 3)
                  .append("received", Date.from(Stores.NOW.minusSeconds(i * 7919 % 2_500)))
                  .append("state", "applied")
                  .append("claims", 1)
                  .append("payload", event(id, 1_700_000_000L + i / 3, "in_" + i, ""))));
    }
    ledger().bulkWrite(events);

    List<Integer> pages = new ArrayList<>();
    Instant first = null;
    Instant last = null;
    String cursor = "";
    while (cursor != null) {
      JsonNode page =
          api.post(MANY, "{\"type\":\"invoice.*\",\"limit\":1000" + cursor + "}").json();
      pages.add(page.path("replayed").asInt());
      Instant from = Instant.parse(page.path("firstDue").asText());
      assertThat(last == null || !from.isBefore(last.plusMillis(10))).isTrue();
      first = first == null ? from : first;
      last = Instant.parse(page.path("lastDue").asText());
      String next = page.path("next").isNull() ? null : page.path("next").asText();
      cursor = next == null ? null : ",\"cursor\":\"" + next + "\"";
    }

    assertThat(pages).containsExactly(1_000, 1_000, 500);
    assertThat(Duration.between(first, last)).isEqualTo(Duration.ofMillis(2_499 * 10));
    List<String> order = new ArrayList<>();
    ledger()
        .find()
        .sort(new Document("due", 1))
        .forEach(stored -> order.add(stored.getString("_id")));
    assertThat(order).hasSize(2_500).isSorted();
  }

  @Test
  void aDryRunTellsWhatWouldChangeAndARealRunIsThenTheSame() {
    mirrored(event("evt_1", 10, "in_1", ",\"total\":5"));
    applied("evt_1", 10, "in_1", ",\"total\":5");
    parked("evt_2", 20, "in_1", ",\"total\":7");
    applied("evt_3", 10, "in_lost", ",\"total\":9");
    message("message_1");

    ApiProcess.Answer answer = api.post(MANY, "{\"all\":true,\"dryRun\":true}");

    assertThat(answer.status()).isEqualTo(200);
    JsonNode told = answer.json();
    assertThat(told.path("matched").asInt()).isEqualTo(4);
    assertThat(told.path("replayed").asInt()).isEqualTo(3);
    assertThat(told.path("leftOut").path("unreadable").asInt()).isEqualTo(1);
    assertThat(told.path("objectsChanged").asInt()).isEqualTo(2);
    assertThat(told.path("diffs"))
        .extracting(diff -> diff.path("id").asText())
        .containsExactlyInAnyOrder("in_1", "in_lost");
    for (JsonNode diff : told.path("diffs")) {
      if (diff.path("id").asText().equals("in_1")) {
        assertThat(diff.path("changes"))
            .extracting(JsonNode::toString)
            .containsExactlyInAnyOrder(
                "{\"path\":\"$.total\",\"now\":5,\"then\":7}",
                "{\"path\":\"$._driveline.version\",\"now\":10,\"then\":20}",
                "{\"path\":\"$._driveline.event\",\"now\":\"evt_1\",\"then\":\"evt_2\"}");
      } else {
        assertThat(diff.path("changes").get(0).path("path").asText()).isEqualTo("$");
        assertThat(diff.path("changes").get(0).has("now")).isFalse();
        assertThat(diff.path("changes").get(0).path("then").path("total").asInt()).isEqualTo(9);
      }
    }
    assertThat(entry("evt_2").state()).isEqualTo(EventState.PARKED);

    JsonNode real = api.post(MANY, "{\"all\":true}").json();
    assertThat(real.path("matched")).isEqualTo(told.path("matched"));
    assertThat(real.path("replayed")).isEqualTo(told.path("replayed"));
    assertThat(real.path("leftOut")).isEqualTo(told.path("leftOut"));
  }

  @Test
  void aDryRunDoesNotTellValuesThatNobodyWouldRead() {
    mirrored(event("evt_1", 10, "in_1", ",\"note\":\"x\""));
    parked("evt_2", 20, "in_1", ",\"note\":\"" + "y".repeat(20_000) + "\"");

    JsonNode told = api.post(MANY, "{\"state\":\"parked\",\"dryRun\":true}").json();

    assertThat(told.path("diffs").get(0).path("changes"))
        .extracting(JsonNode::toString)
        .contains("{\"path\":\"$.note\",\"now\":\"x\",\"thenSize\":20002}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | filter is empty",
        "{} | filter is empty",
        "{\"dryRun\":true} | filter is empty",
        "{\"all\":false} | filter is empty",
        "{\"all\":true,\"state\":\"parked\"} | not both",
        "{\"all\":\"zebra\"} | Parameter all must be one of true, false",
        "{\"state\":\"parked\",\"dryRun\":\"zebra\"} | Parameter dryRun must be",
        "{\"state\":\"parked\",\"dryRun\":1} | Parameter dryRun must be",
        "{\"state\":\"zebra\"} | Parameter state must be one of",
        "{\"state\":[\"parked\"]} | Parameter state must be a text",
        "{\"state\":{\"$ne\":\"zebra\"}} | Parameter state must be a text",
        "{\"type\":\"zebra$\"} | Parameter type must be",
        "{\"type\":\"*\"} | Parameter type must be",
        "{\"customer\":\"zebra x\"} | Parameter customer must be",
        "{\"object\":\"\"} | Parameter object must be",
        "{\"account\":\"zebra/x\"} | Parameter account must be",
        "{\"livemode\":\"zebra\"} | Parameter livemode must be",
        "{\"reason\":\"\"} | Parameter reason must be",
        "{\"from\":\"zebra\"} | Parameter from must be",
        "{\"from\":1.5} | Parameter from must be",
        "{\"from\":20,\"to\":10} | Parameter to must be later than from",
        "{\"state\":\"parked\",\"limit\":0} | Parameter limit must be a number from 1 to 10000",
        "{\"state\":\"parked\",\"limit\":10001} | Parameter limit must be",
        "{\"state\":\"parked\",\"limit\":2.5} | Parameter limit must be",
        "{\"state\":\"parked\",\"cursor\":\"zebra\"} | Parameter cursor must be",
        "{\"state\":\"parked\",\"cursor\":\"YS9iL2MvZC9l\"} | Parameter cursor must be",
        "{\"zebra\":\"parked\"} | member that this operation does not take; it takes account, all",
        "{\"state\":\"parked\",\"state\":\"parked\"} | not valid JSON",
        "[\"zebra\"] | not a JSON object",
        "zebra | not valid JSON",
        "{\"state\":\"parked\" | not valid JSON",
      })
  void saysWhatIsWrongWithAReplay(String body, String told) {
    parked("evt_1", 1, "in_1", "");

    ApiProcess.Answer answer = api.post(MANY, body);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().path("detail").asText()).contains(told);
    assertThat(answer.text()).doesNotContain("zebra");
    assertThat(entry("evt_1").state()).isEqualTo(EventState.PARKED);
  }

  @ParameterizedTest
  @ValueSource(strings = {MANY + "?state=parked", "/api/v1/events/evt_1/replay?dryRun=true"})
  void refusesAQueryThatItWouldIgnore(String path) {
    parked("evt_1", 1, "in_1", "");

    assertThat(api.post(path, "{\"all\":true}").status()).isEqualTo(400);
    assertThat(entry("evt_1").state()).isEqualTo(EventState.PARKED);
  }

  @Test
  void refusesABodyThatIsTooLargeOfUnknownLengthOrNoJson() {
    String large = "{\"reason\":\"" + "x".repeat(70_000) + "\"}";

    assertThat(api.post(MANY, large).status()).isEqualTo(413);
    assertThat(
            api.send(
                    "POST",
                    MANY,
                    "Bearer " + ApiProcess.WRITE,
                    HttpRequest.BodyPublishers.ofInputStream(
                        () -> new ByteArrayInputStream(large.getBytes())),
                    "Content-Type",
                    "application/json")
                .status())
        .isEqualTo(411);
    for (String type : List.of("application/x-www-form-urlencoded", "text/plain")) {
      assertThat(
              api.send(
                      "POST",
                      MANY,
                      "Bearer " + ApiProcess.WRITE,
                      HttpRequest.BodyPublishers.ofString("{\"state\":\"parked\"}"),
                      "Content-Type",
                      type)
                  .status())
          .isEqualTo(415);
    }
  }
}
