package io.driveline.system.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.driveline.servers.rabbitmq.RabbitMQServer;
import io.driveline.servers.redis.RedisServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/**
 * The short form of {@code ./driveline faults}: each app and store once, and the same questions.
 */
@EnabledIf(
    value = "areInstalled",
    disabledReason = "rabbitmq-server and redis-server are not installed here")
class FaultSuiteTest {

  private static final int RATE = 30;
  private static final long SEED = 5;

  static boolean areInstalled() {
    return RabbitMQServer.isInstalled() && RedisServer.isInstalled();
  }

  @Test
  void everyPromiseIsKeptWhileAppsAndStoresAreKilledOneAfterAnother() throws Exception {
    Outcome outcome = new FaultSuite(Options.brief(RATE, SEED), System.out).run();

    assertThat(outcome.wrong().keySet()).isEmpty();
    assertThat(outcome.accepted).isEqualTo(outcome.sent).isGreaterThan(outcome.objects);
  }
}
