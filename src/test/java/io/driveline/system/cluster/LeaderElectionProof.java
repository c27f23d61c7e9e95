package io.driveline.system.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.driveline.servers.mongodb.EmbeddedMongo;
import io.driveline.servers.rabbitmq.EmbeddedBroker;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.rbac.Role;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Proves the election of the workers' leader on an API server: two worker processes from the
 * worker's jar, who know nothing of it but a kubeconfig with a token of service account {@code
 * driveline-worker}, bound by the Role of {@code kubernetes/base}.
 *
 * <p>The API server is somebody else's: no control plane is started or stopped here. It needs no
 * nodes, scheduler or kubelet: there is a pod object for each process, and the proof tells its
 * state as a kubelet would.
 */
public final class LeaderElectionProof {

  /** For a start on a busy machine, a lease's duration, and the looks for it. */
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  /** A worker begins the election anew when it has known of no leader for a minute. */
  private static final Duration LONG_PATIENCE = Duration.ofSeconds(240);

  private static final String REMOVAL = "routeId=\"worker-remove-old-payloads\"";

  private final LeaderElectionNamespace place;
  private final LeaderElectionWorker one;
  private final LeaderElectionWorker other;
  private final Consumer<String> told;

  private LeaderElectionProof(
      LeaderElectionNamespace place,
      LeaderElectionWorker one,
      LeaderElectionWorker other,
      Consumer<String> told) {
    this.place = place;
    this.one = one;
    this.other = other;
    this.told = told;
  }

  /**
   * Runs all of it, in about four minutes.
   *
   * @param kubeconfig an administrator's
   * @param namespace where no worker runs. It, the service account, the Role and the RoleBinding
   *     are made where they are not there, and what was made is taken away again
   * @param folder for the processes' output and their kubeconfig
   * @param told gets a line for each thing that was seen, and what the workers printed if one does
   *     not hold
   * @throws AssertionError for the first thing that does not hold
   */
  public static void run(Path kubeconfig, String namespace, Path folder, Consumer<String> told)
      throws Exception {
    try (EmbeddedMongo mongo = EmbeddedMongo.start(null, 0);
        EmbeddedBroker broker = EmbeddedBroker.start(0);
        LeaderElectionNamespace place = LeaderElectionNamespace.prepare(kubeconfig, namespace)) {
      Map<String, String> settings =
          Map.of(
              "KUBECONFIG",
              place.workersKubeconfig(folder).toString(),
              "DRIVELINE_WORKER_LEADER_ELECTION",
              "kubernetes",
              "DRIVELINE_WORKER_REMOVAL_PERIOD",
              "500",
              "DRIVELINE_MONGODB_URI",
              mongo.uri(),
              "DRIVELINE_RABBITMQ_URI",
              broker.uri(),
              "DRIVELINE_GRPC_ADDRESS",
              "127.0.0.1:1");
      try (LeaderElectionWorker one = new LeaderElectionWorker("one", place, folder, settings);
          LeaderElectionWorker other = new LeaderElectionWorker("other", place, folder, settings)) {
        LeaderElectionProof proof = new LeaderElectionProof(place, one, other, told);
        try {
          proof.electsOne();
          proof.anotherTakesOverFromOneThatIsKilled();
          proof.anotherTakesOverFromOneThatIsStopped();
          proof.anotherTakesOverFromOneThatLivesAndIsNotReady();
          proof.oneThatMayNotRenewStopsAndTheElectionRecovers();
        } catch (Exception | AssertionError e) {
          told.accept(one.output() + other.output());
          throw e;
        }
      }
    }
  }

  private void electsOne() throws Exception {
    one.start();
    other.start();
    LeaderElectionWorker leader = awaitLeader(PATIENCE, one, other);
    LeaderElectionWorker follower = leader == one ? other : one;
    await("the leader removes").atMost(PATIENCE).until(() -> leader.count(REMOVAL) > 2);

    await("the other is up").atMost(PATIENCE).until(follower::isReady);
    await("both know").atMost(PATIENCE).until(() -> one.leaderless() + other.leaderless() == 0);

    assertThat(follower.count(REMOVAL)).as("removals of the follower").isZero();
    assertThat(place.client().leases().inNamespace(place.namespace()).list().getItems())
        .extracting(lease -> lease.getMetadata().getName())
        .as("leases")
        .containsExactly(LeaderElectionNamespace.NAME);
    assertThat(holder()).isEqualTo(leader.pod());
    assertThat(one.output() + other.output())
        .as("what the election reads is not refused")
        .doesNotContain("Unable to retrieve");
    told.accept("one of two workers leads and removes, by one Lease that its pod holds");
  }

  private void anotherTakesOverFromOneThatIsKilled() throws Exception {
    LeaderElectionWorker leader = awaitLeader(PATIENCE, one, other);
    LeaderElectionWorker follower = leader == one ? other : one;
    long from = System.nanoTime();
    leader.kill();
    awaitLeader(PATIENCE, follower);
    await("the new one removes").atMost(PATIENCE).until(() -> follower.count(REMOVAL) > 0);
    told.accept("after kill -9 the other leads within " + seconds(from) + " s");

    leader.start();
    await("it is back").atMost(PATIENCE).until(leader::isReady);
    assertThat(awaitLeader(PATIENCE, one, other)).isSameAs(follower);
    assertThat(leader.count(REMOVAL)).as("removals of the one that is back").isZero();
  }

  private void anotherTakesOverFromOneThatIsStopped() throws Exception {
    LeaderElectionWorker leader = awaitLeader(PATIENCE, one, other);
    LeaderElectionWorker follower = leader == one ? other : one;
    long from = System.nanoTime();
    int exit = leader.stop();
    assertThat(exit).as("how SIGTERM ended it").isEqualTo(143);
    String stopped = seconds(from);
    awaitLeader(PATIENCE, follower);
    told.accept(
        "after SIGTERM, which took %s s, the other leads within %s s"
            .formatted(stopped, seconds(from)));
    leader.start();
    await("it is back").atMost(PATIENCE).until(leader::isReady);
  }

  /** Both live, so that two could lead at once. */
  private void anotherTakesOverFromOneThatLivesAndIsNotReady() throws Exception {
    LeaderElectionWorker leader = awaitLeader(PATIENCE, one, other);
    LeaderElectionWorker follower = leader == one ? other : one;
    long from = System.nanoTime();
    place.tellReady(leader.pod(), false);
    await("the other leads")
        .atMost(PATIENCE)
        .until(
            () -> {
              boolean taken = follower.leads();
              if (taken && leader.leads()) {
                throw new AssertionError("two workers lead");
              }
              return taken;
            });
    double removals = leader.count(REMOVAL);
    await("the new one removes").atMost(PATIENCE).until(() -> follower.count(REMOVAL) > 2);
    assertThat(leader.count(REMOVAL)).as("removals of the one before").isEqualTo(removals);
    place.tellReady(leader.pod(), true);
    told.accept(
        "when its pod is not ready, the leader stops before the other begins, %s s later"
            .formatted(seconds(from)));
  }

  /** What fails in the middle of renewing ends Camel's own election for good. */
  private void oneThatMayNotRenewStopsAndTheElectionRecovers() throws Exception {
    LeaderElectionWorker leader = awaitLeader(PATIENCE, one, other);
    Role role = place.forbidUpdates();
    try {
      await("who cannot renew stops")
          .atMost(PATIENCE)
          .until(() -> !leader.leads() && leader.leaderless() > 0);
      assertThat(leader.isReady()).as("still takes events").isTrue();
      double removals = leader.count(REMOVAL);
      await("it has been without for a while")
          .atMost(PATIENCE)
          .until(() -> leader.leaderless() > 20);
      assertThat(leader.count(REMOVAL)).as("removals since").isEqualTo(removals);
    } finally {
      place.restore(role);
    }
    long from = System.nanoTime();
    LeaderElectionWorker next = awaitLeader(LONG_PATIENCE, one, other);
    await("it removes").atMost(PATIENCE).until(() -> next.count(REMOVAL) > 0);
    await("both know").atMost(PATIENCE).until(() -> one.leaderless() + other.leaderless() == 0);
    told.accept(
        "who is refused to renew stops, and tells so; %s s after it may again there is a leader"
            .formatted(seconds(from)));
  }

  /** Waits until one leads, looking all the while that there are never two. */
  private static LeaderElectionWorker awaitLeader(
      Duration patience, LeaderElectionWorker... running) {
    Callable<List<LeaderElectionWorker>> leaders =
        () -> {
          List<LeaderElectionWorker> leading =
              Stream.of(running).filter(LeaderElectionWorker::leads).toList();
          if (leading.size() > 1) {
            throw new AssertionError("two workers lead");
          }
          return leading;
        };
    return await("a leader").atMost(patience).until(leaders, found -> found.size() == 1).getFirst();
  }

  private String holder() {
    Lease lease =
        place
            .client()
            .leases()
            .inNamespace(place.namespace())
            .withName(LeaderElectionNamespace.NAME)
            .get();
    return lease.getSpec().getHolderIdentity();
  }

  private static String seconds(long from) {
    return "%.1f".formatted(Duration.ofNanos(System.nanoTime() - from).toMillis() / 1_000.0);
  }
}
