package io.driveline.worker;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import io.driveline.events.Ledger;
import io.driveline.runtime.settings.Settings;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.springframework.core.env.StandardEnvironment;

class ClaimRepositoryTest {

  @Test
  void whatMongodbAnswersToAClaimIsAReasonToWaitAndNoCauseThatChoosesAnotherPolicy()
      throws Exception {
    try (DefaultCamelContext camel = new DefaultCamelContext();
        MongoClient nobody =
            MongoClients.create("mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=50")) {
      Exchange exchange = new DefaultExchange(camel);
      exchange
          .getMessage()
          .setBody(
              """
              {"id":"evt_1","type":"customer.updated","created":1,
               "data":{"object":{"id":"cus_1","object":"customer"}}}"""
                  .getBytes(StandardCharsets.UTF_8));
      new EventReader(Clock.systemUTC()).read(exchange);
      Ledger ledger = new Ledger(nobody.getDatabase(Ledger.DATABASE), Clock.systemUTC());
      WorkerSettings settings = WorkerSettings.from(new Settings(new StandardEnvironment()));

      assertThatThrownBy(
              () -> new ClaimRepository(ledger, settings, "worker").add(exchange, "evt_1"))
          .isInstanceOf(LedgerUnavailableException.class)
          .hasNoCause();
    }
  }
}
