package io.driveline.system;

import io.driveline.servers.rabbitmq.RabbitMQServer;
import io.driveline.servers.redis.RedisServer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** The same on RabbitMQ and Redis themselves. */
@EnabledIf(
    value = "areInstalled",
    disabledReason = "rabbitmq-server and redis-server are not installed here")
class WholeLineOnRealServersTest extends WholeLine {

  @TempDir static Path home;
  private RabbitMQServer rabbitmq;
  private RedisServer redis;

  static boolean areInstalled() {
    return RabbitMQServer.isInstalled() && RedisServer.isInstalled();
  }

  @Override
  Driveline startDriveline() throws Exception {
    rabbitmq = new RabbitMQServer(home);
    rabbitmq.start();
    redis = new RedisServer(home);
    redis.start();
    return Driveline.start(null, null, rabbitmq.uri(), redis.uri());
  }

  @AfterAll
  void stopServers() {
    if (rabbitmq != null) {
      rabbitmq.close();
    }
    if (redis != null) {
      redis.close();
    }
  }
}
