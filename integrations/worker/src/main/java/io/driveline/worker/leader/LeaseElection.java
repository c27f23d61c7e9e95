package io.driveline.worker.leader;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.camel.cluster.CamelClusterEventListener;
import org.apache.camel.cluster.CamelClusterMember;
import org.apache.camel.cluster.CamelClusterView;
import org.apache.camel.component.kubernetes.KubernetesConfiguration;
import org.apache.camel.component.kubernetes.cluster.KubernetesClusterService;
import org.apache.camel.component.kubernetes.cluster.KubernetesClusterView;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Elects by the Lease {@code driveline-worker}, among the ready pods of that name. A leader that
 * could not renew it for ten seconds begins nothing more; another waits for fifteen before it
 * begins. So no two of them begin at once. But what is under way goes on to its end; and a process
 * that stood still for longer than the lease, a lease that somebody deletes, which is free to take
 * then, or a clock that is set back can make two lead for a moment.
 *
 * <p>Camel's election ends for good in a worker whose renewal fails in the middle, such as by a
 * conflict; if its pod stays ready, that is the end of everyone's, as the lease still names it.
 * Here who knows of no leader for a minute begins anew.
 */
final class LeaseElection extends KubernetesClusterService
    implements LeaderElection,
        CamelClusterEventListener.Leadership,
        CamelClusterEventListener.Membership {

  private static final Logger LOG = LoggerFactory.getLogger(LeaseElection.class);

  /** The lease is called by the two, and the Role names it. */
  private static final String LEASE_PREFIX = "driveline";

  private static final Map<String, String> PODS =
      Map.of("app.kubernetes.io/name", "driveline-worker");

  /** A server that is silent holds up a look for seconds, and not for a minute. */
  private static final int CALL_MILLIS = 3_000;

  private static final int REPETITIONS = 2;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration LOOK = Duration.ofSeconds(15);

  private final Clock clock;
  private final Supplier<KubernetesClient> clients;
  private ScheduledExecutorService watch;

  /** Null while a leader is known. */
  private volatile Instant leaderlessSince;

  private volatile Instant begun;

  LeaseElection(Supplier<KubernetesClient> clients, Clock clock) {
    this.clock = clock;
    this.clients = clients;
    this.leaderlessSince = clock.instant();
    this.begun = leaderlessSince;
    setId("worker-leader");
    setKubernetesResourceName(LEASE_PREFIX);
    setClusterLabels(PODS);
  }

  /**
   * A client of the cluster that this process runs in, or that KUBECONFIG names. Connects to nobody
   * yet.
   */
  static KubernetesClient client() {
    Config config = Config.autoConfigure(null);
    config.setConnectionTimeout(CALL_MILLIS);
    config.setRequestTimeout(CALL_MILLIS);
    config.setRequestRetryBackoffLimit(REPETITIONS);
    return new KubernetesClientBuilder()
        .withConfig(config)
        .withHttpClientFactory(new JdkHttpClientFactory())
        .build();
  }

  @Override
  public boolean leads() {
    return isLeader(GROUP);
  }

  @Override
  public Duration leaderless() {
    Instant since = leaderlessSince;
    return since == null ? Duration.ZERO : Duration.between(since, clock.instant());
  }

  @Override
  protected KubernetesClusterView createView(String group) {
    View view = new View(group);
    if (group.equals(GROUP)) {
      view.addEventListener(this);
    }
    return view;
  }

  /** Closes its client when it stops, and so needs another when it starts again. */
  private final class View extends KubernetesClusterView {

    private final KubernetesConfiguration configuration;

    View(String group) {
      this(group, new KubernetesConfiguration());
    }

    private View(String group, KubernetesConfiguration configuration) {
      super(
          LeaseElection.this.getCamelContext(),
          LeaseElection.this,
          configuration,
          lockConfigWithGroupNameAndDefaults(group));
      this.configuration = configuration;
    }

    @Override
    protected void doStart() throws Exception {
      configuration.setKubernetesClient(clients.get());
      super.doStart();
    }
  }

  @Override
  public void leadershipChanged(CamelClusterView view, CamelClusterMember leader) {
    look(view);
  }

  @Override
  public void memberAdded(CamelClusterView view, CamelClusterMember member) {
    look(view);
  }

  @Override
  public void memberRemoved(CamelClusterView view, CamelClusterMember member) {
    look(view);
  }

  /** The lease may name a pod that is gone: it leads nobody. */
  private void look(CamelClusterView view) {
    boolean known =
        view.getLeader()
            .filter(
                leader ->
                    view.getMembers().stream()
                        .anyMatch(member -> member.getId().equals(leader.getId())))
            .isPresent();
    if (known) {
      leaderlessSince = null;
    } else if (leaderlessSince == null) {
      leaderlessSince = clock.instant();
    }
  }

  @Override
  protected void doStart() throws Exception {
    super.doStart();
    watch =
        getCamelContext()
            .getExecutorServiceManager()
            .newSingleThreadScheduledExecutor(this, "LeaderWatch");
    watch.scheduleWithFixedDelay(
        this::beginAnew, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  protected void doStop() throws Exception {
    if (watch != null) {
      getCamelContext().getExecutorServiceManager().shutdownNow(watch);
      watch = null;
    }
    super.doStop();
  }

  private void beginAnew() {
    Duration leaderless = leaderless();
    if (leaderless.compareTo(PATIENCE) < 0
        || Duration.between(begun, clock.instant()).compareTo(PATIENCE) < 0) {
      return;
    }
    begun = clock.instant();
    LOG.warn("No leader has been known for {} s: the election begins anew", leaderless.toSeconds());
    try {
      stopView(GROUP);
      startView(GROUP);
    } catch (Exception e) {
      LOG.warn("The election does not begin: {}", e.getMessage());
    }
  }
}
