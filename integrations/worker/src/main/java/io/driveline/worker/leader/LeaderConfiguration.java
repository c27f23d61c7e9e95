package io.driveline.worker.leader;

import io.driveline.runtime.settings.Settings;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** The election, which Camel finds by its type, and its two metrics. */
@Configuration(proxyBeanMethods = false)
class LeaderConfiguration {

  private static final double MILLIS = 1_000;

  @Bean
  LeaderElection leaderElection(Environment environment, Clock clock) {
    LeaderSettings settings =
        LeaderSettings.from(
            new Settings(environment), environment.containsProperty("KUBERNETES_SERVICE_HOST"));
    return settings.lease()
        ? new LeaseElection(LeaseElection::client, clock)
        : new FileElection(settings.lockFolder(), FileElection.INTERVAL, clock);
  }

  @Bean
  MeterBinder leaderMetrics(LeaderElection election) {
    return meters -> {
      Gauge.builder("driveline.leader", election, known -> known.leads() ? 1 : 0)
          .description("Whether this worker is the leader of all workers")
          .register(meters);
      Gauge.builder(
              "driveline.leaderless", election, known -> known.leaderless().toMillis() / MILLIS)
          .description("How long this worker has known of no leader; 0 while there is one")
          .baseUnit("seconds")
          .register(meters);
    };
  }
}
