package io.driveline.worker.leader;

import io.driveline.runtime.settings.Settings;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** The election, which Camel finds by its type, and its metrics. */
@Configuration(proxyBeanMethods = false)
class LeaderConfiguration {

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
  LeaderMetrics leaderMetrics(LeaderElection election) {
    return new LeaderMetrics(election);
  }
}
