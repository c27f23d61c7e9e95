package io.driveline.api.analytics;

import io.driveline.servers.rabbitmq.RabbitMQServer;
import java.nio.file.Path;
import org.junit.jupiter.api.condition.EnabledIf;

@EnabledIf("io.driveline.servers.rabbitmq.RabbitMQServer#isInstalled")
class AnalyticsOnRabbitMqTest extends AnalyticsCase {

  private RabbitMQServer server;

  @Override
  String startBroker(Path home) {
    server = new RabbitMQServer(home);
    server.start();
    return server.uri();
  }

  @Override
  String brokerUri() {
    return server.uri();
  }

  @Override
  void stopBroker() {
    server.close();
  }
}
