package io.driveline.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import io.driveline.events.Ledger;
import io.driveline.runtime.settings.Settings;
import io.driveline.servers.mongodb.EmbeddedMongo;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.springframework.mock.env.MockEnvironment;

class ClaimRepositoryTest {

  private final WorkerSettings settings =
      WorkerSettings.from(
          new Settings(new MockEnvironment().withProperty("driveline.grpc.address", "grpc:50051")));

  @Test
  void whatMongodbAnswersToAClaimIsAReasonToWaitToldOnceAndNoCauseThatChoosesAnotherPolicy()
      throws Exception {
    try (DefaultCamelContext camel = new DefaultCamelContext();
        MongoClient nobody =
            MongoClients.create("mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=50")) {
      Exchange exchange = received(camel, "Zoë");
      Ledger ledger = new Ledger(nobody.getDatabase(Ledger.DATABASE), Clock.systemUTC());

      ClaimRepository claims = new ClaimRepository(ledger, settings, "worker");

      List<String> warnings =
          Warnings.of(
              ClaimRepository.class,
              () -> {
                for (int i = 0; i < 3; i++) {
                  assertThatThrownBy(() -> claims.add(exchange, "evt_1"))
                      .isInstanceOf(LedgerUnavailableException.class)
                      .hasNoCause();
                }
              });

      assertThat(warnings).singleElement().asString().startsWith("The ledger takes no claims");
    }
  }

  @Test
  void goesOnWithTheRenderingOfAnEventThatTheLedgerGotFirst() throws Exception {
    try (DefaultCamelContext camel = new DefaultCamelContext();
        EmbeddedMongo mongo = EmbeddedMongo.start(null, 0);
        MongoClient client = MongoClients.create(mongo.uri())) {
      Ledger ledger = new Ledger(client.getDatabase(Ledger.DATABASE), Clock.systemUTC());
      Received kept = Received.of(received(camel, "as one endpoint has it"));
      ledger.keep(kept.event(), kept.intake());
      Exchange exchange = received(camel, "as another has it");

      assertThat(new ClaimRepository(ledger, settings, "worker").add(exchange, "evt_1")).isTrue();

      assertThat(Received.of(exchange).event()).isEqualTo(kept.event());
    }
  }

  private static Exchange received(CamelContext camel, String name) throws Exception {
    Exchange exchange = new DefaultExchange(camel);
    exchange
        .getMessage()
        .setBody(
            """
            {"id":"evt_1","type":"customer.updated","created":1,
             "data":{"object":{"id":"cus_1","object":"customer","name":"%s"}}}"""
                .formatted(name)
                .getBytes(StandardCharsets.UTF_8));
    new EventReader(Clock.systemUTC()).read(exchange);
    return exchange;
  }
}
