package io.driveline.api.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import io.driveline.api.ApiProcess;
import io.driveline.servers.rabbitmq.EmbeddedBroker;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AnalyticsOnEmbeddedBrokerTest extends AnalyticsCase {

  private EmbeddedBroker broker;

  @Override
  String startBroker(Path home) {
    broker = EmbeddedBroker.start(0);
    return broker.uri();
  }

  @Override
  String brokerUri() {
    return broker.uri();
  }

  @Override
  void stopBroker() throws Exception {
    broker.close();
  }

  @Test
  void saysThatThereIsNoAnalyticsWhereItIsNotConfigured() throws Exception {
    try (ApiProcess api = AnalyticsApp.start(brokerUri(), null, Map.of())) {
      ApiProcess.Answer answer = api.get("/api/v1/analytics/revenue");
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.json().path("type").asText()).endsWith(":not-configured");
      assertThat(api.get("/api/v1/analytics/revenue?interval=year").status()).isEqualTo(400);
    }
  }
}
