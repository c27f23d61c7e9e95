package io.driveline.worker.leader;

import java.time.Duration;
import org.apache.camel.cluster.CamelClusterService;

/** The election, which Camel holds for {@code master:}, and what this worker knows of it. */
interface LeaderElection extends CamelClusterService {

  /** The {@code namespace} of {@code master:} in the routes: they all have one leader. */
  String GROUP = "worker";

  /** Whether this worker is the leader. */
  boolean leads();

  /** How long this worker has known of no leader, itself or another; zero while there is one. */
  Duration leaderless();
}
