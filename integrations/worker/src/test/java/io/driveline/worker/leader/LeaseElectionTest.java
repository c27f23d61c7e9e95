package io.driveline.worker.leader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;

/** Without an API server; with one, see LeaderElectionProof of the system tests. */
class LeaseElectionTest {

  @Test
  void anApiServerThatIsAwayStopsNothingButTheElectionAndIsCounted() throws Exception {
    LeaseElection election =
        new LeaseElection(
            () ->
                new KubernetesClientBuilder()
                    .withConfig(
                        new ConfigBuilder()
                            .withAutoConfigure(false)
                            .withMasterUrl("http://127.0.0.1:1")
                            .withNamespace("driveline")
                            .withRequestRetryBackoffLimit(0)
                            .build())
                    .withHttpClientFactory(new JdkHttpClientFactory())
                    .build(),
            Clock.systemUTC());
    AtomicInteger alone = new AtomicInteger();
    AtomicInteger all = new AtomicInteger();
    try (DefaultCamelContext camel = new DefaultCamelContext()) {
      camel.addService(election);
      camel.addRoutes(
          new RouteBuilder() {
            @Override
            public void configure() {
              from("master:worker:timer:removal?period=50")
                  .process(exchange -> alone.incrementAndGet());
              from("timer:sweep?period=50").process(exchange -> all.incrementAndGet());
            }
          });
      camel.start();

      await().until(() -> all.get() > 5);
      await().until(() -> election.leaderless().compareTo(Duration.ofSeconds(3)) > 0);
      assertThat(election.leads()).isFalse();
      assertThat(alone).hasValue(0);
    }
  }
}
