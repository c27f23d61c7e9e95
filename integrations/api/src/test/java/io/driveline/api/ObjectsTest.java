package io.driveline.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedApi.class)
class ObjectsTest {

  private final ApiProcess api;
  private final Stores stores;

  ObjectsTest(ApiProcess api, Stores stores) {
    this.api = api;
    this.stores = stores;
  }

  @AfterEach
  void calm() {
    stores.billing().failure.set(null);
  }

  @Test
  void givesAnObjectAsStripeSentItAndWhereItsStateComesFrom() {
    stores.billing().put("", false, "charge", "ch_1", "{\"id\":\"ch_1\",\"rate\":1.50, \"x\":{}}");

    ApiProcess.Answer answer = api.get("/api/v1/objects/charge/ch_1");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Content-Type")).isEqualTo("application/json");
    assertThat(answer.text())
        .startsWith("{\"id\":\"ch_1\",\"rate\":1.50, \"x\":{},\"_driveline\":{");
    assertThat(answer.json().path("_driveline").toString())
        .isEqualTo(
            "{\"type\":\"charge\",\"id\":\"ch_1\",\"account\":null,\"livemode\":false,"
                + "\"version\":1700000000,\"event\":\"evt_ch_1\",\"deleted\":false,\"tied\":false,"
                + "\"apiVersion\":null,\"updatedAt\":\"2023-11-14T22:13:21Z\"}");
  }

  @Test
  void tellsObjectsOfDifferentAccountsAndModesApart() {
    for (String account : List.of("", "acct_1")) {
      for (boolean live : List.of(true, false)) {
        String name = (account.isEmpty() ? "own" : account) + (live ? "-live" : "-test");
        stores.billing().put(account, live, "payout", "po_1", "{\"name\":\"" + name + "\"}");
      }
    }

    assertThat(payout("")).isEqualTo("own-test");
    assertThat(payout("?livemode=true")).isEqualTo("own-live");
    assertThat(payout("?livemode=false&account=platform")).isEqualTo("own-test");
    assertThat(payout("?account=acct_1")).isEqualTo("acct_1-test");
    assertThat(payout("?account=acct_1&livemode=true")).isEqualTo("acct_1-live");
    assertThat(api.get("/api/v1/objects/payout?account=acct_1&livemode=true").text())
        .contains("acct_1-live")
        .doesNotContain("own", "-test");
  }

  @Test
  void saysWhereItLookedForAnObjectThatIsNotThere() {
    assertThat(api.get("/api/v1/objects/customer/cus_none").json().path("detail").asText())
        .contains("the platform's own in test mode", "account and livemode");
    assertThat(
            api.get("/api/v1/objects/customer/cus_none?account=acct_1&livemode=true")
                .json()
                .path("detail")
                .asText())
        .contains("those of this connected account in live mode");
  }

  private String payout(String query) {
    return api.get("/api/v1/objects/payout/po_1" + query).json().path("name").asText();
  }

  @Test
  void listsObjectsPageByPage() {
    for (int i = 0; i < 5; i++) {
      stores.billing().put("", false, "plan", "plan_" + i, "{\"id\":\"plan_" + i + "\"}");
    }
    List<String> seen = new ArrayList<>();
    String cursor = "";
    for (int page = 0; page < 3; page++) {
      JsonNode answer = api.get("/api/v1/objects/plan?limit=2" + cursor).json();
      answer.path("data").forEach(object -> seen.add(object.path("id").asText()));
      assertThat(answer.path("next").isNull()).isEqualTo(page == 2);
      cursor = "&cursor=" + answer.path("next").asText();
    }

    assertThat(seen).containsExactly("plan_0", "plan_1", "plan_2", "plan_3", "plan_4");
  }

  @Test
  void listsWhatIsTied() {
    stores.billing().put("", false, "price", "price_1", "{\"id\":\"price_1\"}", false);
    stores.billing().put("", false, "price", "price_2", "{\"id\":\"price_2\"}", true);

    JsonNode tied = api.get("/api/v1/objects/price?tied=true").json().path("data");

    assertThat(tied).hasSize(1);
    assertThat(tied.path(0).path("id").asText()).isEqualTo("price_2");
    assertThat(tied.path(0).path("_driveline").path("tied").asBoolean()).isTrue();
    assertThat(api.get("/api/v1/objects/price?tied=false").json().path("data")).hasSize(2);
  }

  @Test
  void answersAnEmptyPageForATypeWithoutObjects() {
    assertThat(api.get("/api/v1/objects/issuing.card").text())
        .isEqualTo("{\"data\":[],\"next\":null}");
  }

  @Test
  void saysThatThereIsNoSuchObject() {
    ApiProcess.Answer answer = api.get("/api/v1/objects/customer/cus_unknown");

    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.text()).doesNotContain("cus_unknown");
  }

  @Test
  void refusesACursorThatTheGrpcAppDoesNotKnow() {
    stores.billing().failure.set(Status.INVALID_ARGUMENT.withDescription("page_token is foreign"));

    ApiProcess.Answer answer = api.get("/api/v1/objects/customer?cursor=foreign");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().path("parameter").asText()).isEqualTo("cursor");
    assertThat(answer.text()).doesNotContain("foreign", "page_token");
  }

  @Test
  void keepsAFaultOfTheGrpcAppToItself() {
    stores.billing().failure.set(Status.INTERNAL.withDescription("a secret of the inside"));

    ApiProcess.Answer answer = api.get("/api/v1/objects/customer/cus_1");

    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.text()).doesNotContain("secret");
  }
}
