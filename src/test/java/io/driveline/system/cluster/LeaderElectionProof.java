package io.driveline.system.cluster;

import io.driveline.servers.mongodb.EmbeddedMongo;
import io.driveline.servers.rabbitmq.EmbeddedBroker;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.rbac.Role;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
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
final class LeaderElectionProof {

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
   * @throws Wrong for the first thing that does not hold
   */
  static void run(Path kubeconfig, String namespace, Path folder, Consumer<String> told)
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
        } catch (Exception | Error e) {
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
    await("the leader removes", () -> leader.count(REMOVAL) > 2);

    await("the other is up", follower::isReady);
    await("both know", () -> one.leaderless() + other.leaderless() == 0);

    Wrong.unless(follower.count(REMOVAL) == 0, "the follower removes, too");
    List<String> leases =
        place.client().leases().inNamespace(place.namespace()).list().getItems().stream()
            .map(lease -> lease.getMetadata().getName())
            .toList();
    Wrong.unless(leases.equals(List.of(LeaderElectionNamespace.NAME)), "the leases are " + leases);
    Wrong.unless(leader.pod().equals(holder()), "the lease is held by " + holder());
    Wrong.unless(
        !(one.output() + other.output()).contains("Unable to retrieve"),
        "what the election reads is refused");
    told.accept("one of two workers leads and removes, by one Lease that its pod holds");
  }

  private void anotherTakesOverFromOneThatIsKilled() throws Exception {
    LeaderElectionWorker leader = awaitLeader(PATIENCE, one, other);
    LeaderElectionWorker follower = leader == one ? other : one;
    long from = System.nanoTime();
    leader.kill();
    awaitLeader(PATIENCE, follower);
    await("the new one removes", () -> follower.count(REMOVAL) > 0);
    told.accept("after kill -9 the other leads within " + seconds(from) + " s");

    leader.start();
    await("it is back", leader::isReady);
    Wrong.unless(awaitLeader(PATIENCE, one, other) == follower, "who is back leads again");
    Wrong.unless(leader.count(REMOVAL) == 0, "the one that is back removes");
  }

  private void anotherTakesOverFromOneThatIsStopped() throws Exception {
    LeaderElectionWorker leader = awaitLeader(PATIENCE, one, other);
    LeaderElectionWorker follower = leader == one ? other : one;
    long from = System.nanoTime();
    int exit = leader.stop();
    Wrong.unless(exit == 143, "SIGTERM ended it with " + exit);
    String stopped = seconds(from);
    awaitLeader(PATIENCE, follower);
    told.accept(
        "after SIGTERM, which took %s s, the other leads within %s s"
            .formatted(stopped, seconds(from)));
    leader.start();
    await("it is back", leader::isReady);
  }

  /** Both live, so that two could lead at once. */
  private void anotherTakesOverFromOneThatLivesAndIsNotReady() throws Exception {
    LeaderElectionWorker leader = awaitLeader(PATIENCE, one, other);
    LeaderElectionWorker follower = leader == one ? other : one;
    long from = System.nanoTime();
    place.tellReady(leader.pod(), false);
    await(
        "the other leads",
        () -> {
          boolean taken = follower.leads();
          if (taken && leader.leads()) {
            throw new Wrong("two workers lead");
          }
          return taken;
        });
    double removals = leader.count(REMOVAL);
    await("the new one removes", () -> follower.count(REMOVAL) > 2);
    Wrong.unless(leader.count(REMOVAL) == removals, "the one before removes, too");
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
      await("who cannot renew stops", () -> !leader.leads() && leader.leaderless() > 0);
      Wrong.unless(leader.isReady(), "who cannot renew takes no events any more");
      double removals = leader.count(REMOVAL);
      await("it has been without for a while", () -> leader.leaderless() > 20);
      Wrong.unless(leader.count(REMOVAL) == removals, "who cannot renew removes");
    } finally {
      place.restore(role);
    }
    long from = System.nanoTime();
    LeaderElectionWorker next = awaitLeader(LONG_PATIENCE, one, other);
    await("it removes", () -> next.count(REMOVAL) > 0);
    await("both know", () -> one.leaderless() + other.leaderless() == 0);
    told.accept(
        "who is refused to renew stops, and tells so; %s s after it may again there is a leader"
            .formatted(seconds(from)));
  }

  /** Waits until one leads, looking all the while that there are never two. */
  private static LeaderElectionWorker awaitLeader(
      Duration patience, LeaderElectionWorker... running) throws InterruptedException {
    List<LeaderElectionWorker> leading = new ArrayList<>();
    Cluster.await(
        "a leader",
        patience,
        true,
        () -> {
          leading.clear();
          Stream.of(running).filter(LeaderElectionWorker::leads).forEach(leading::add);
          Wrong.unless(leading.size() < 2, "two workers lead");
          return leading.size() == 1;
        });
    return leading.getFirst();
  }

  private static void await(String what, Supplier<Boolean> condition) throws InterruptedException {
    Cluster.await(what, PATIENCE, true, condition);
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
