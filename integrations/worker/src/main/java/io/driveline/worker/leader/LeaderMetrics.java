package io.driveline.worker.leader;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/** Who leads, and since when nobody does. */
record LeaderMetrics(LeaderElection election) implements MeterBinder {

  private static final double MILLIS = 1_000;

  @Override
  public void bindTo(MeterRegistry meters) {
    Gauge.builder("driveline.leader", election, known -> known.leads() ? 1 : 0)
        .description("Whether this worker is the leader of all workers")
        .register(meters);
    Gauge.builder("driveline.leaderless", election, known -> known.leaderless().toMillis() / MILLIS)
        .description("How long this worker has known of no leader; 0 while there is one")
        .baseUnit("seconds")
        .register(meters);
  }
}
