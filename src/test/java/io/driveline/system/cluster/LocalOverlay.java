package io.driveline.system.cluster;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * The local overlay, with the Secrets that its own script makes, and with route files of a user's.
 */
final class LocalOverlay implements Proof {

  /** What {@link Upgrade} changes, in a component of a user's own. */
  static final String ROUTE_FILE = "mine/routes/apply-event.camel.yaml";

  static final String FIRST_ROUTE = "# the first version of a route file\n";

  private final boolean withRoutes;

  /**
   * @param withRoutes whether a user's overlay with route files is applied, or the overlay itself
   */
  LocalOverlay(boolean withRoutes) {
    this.withRoutes = withRoutes;
  }

  @Override
  public void show(Cluster cluster, Report report) throws Exception {
    Path overlay = withRoutes ? mine(cluster, "") : cluster.kubernetes().resolve("overlays/local");
    String name = withRoutes ? "the local overlay with route files" : "the local overlay";
    report.tried(
        name + " is applied without a warning",
        () -> {
          makeSecrets(cluster.kubernetes());
          return cluster.apply(overlay).lines().count() + " objects";
        });
    if (!cluster.isSimulated()) {
      report.leftOut("its pods are ready", "these nodes need images that they can pull");
      return;
    }
    report.tried("all its pods are admitted and ready", () -> Pods.areReady(cluster));
    report.tried(
        "the autoscalers set the least replicas: api 2, grpc 2, webhook 2, worker 3",
        () -> {
          Cluster.await(
              "the replicas",
              Duration.ofSeconds(30),
              cluster.autoscalers("/spec/minReplicas"),
              cluster::ready);
          return "";
        });
    report.tried(
        "applied again, it changes nothing, the replicas neither",
        () -> {
          Map<String, Long> before = generations(cluster);
          cluster.apply(overlay);
          Map<String, Long> after = generations(cluster);
          Wrong.unless(after.equals(before), before + " became " + after);
          Kubectl.Answer difference = cluster.kubectl().ask("diff", "-k", overlay.toString());
          Wrong.unless(difference.isGood(), difference.out() + difference.err());
          return "";
        });
  }

  /** A generation grows with each change of what is wanted, not with what becomes of it. */
  private static Map<String, Long> generations(Cluster cluster) {
    Map<String, Long> generations = new TreeMap<>();
    cluster
        .list("get", "deployments,statefulsets,hpa,pdb,networkpolicies,ingresses")
        .forEach(
            object ->
                generations.put(
                    object.at("/kind").asText() + " " + Cluster.name(object),
                    object.at("/metadata/generation").asLong()));
    return generations;
  }

  static void makeSecrets(Path kubernetes) {
    Path script = kubernetes.resolve("overlays/local/secrets.sh");
    Kubectl.Answer made = Kubectl.answer(new ProcessBuilder(script.toString()), "");
    Wrong.unless(made.isGood(), "secrets.sh: " + made.reason());
  }

  /** As docs/kubernetes.md tells to give route files; more may be said of the kustomization. */
  static Path mine(Cluster cluster, String more) throws Exception {
    Path routes = Files.createDirectories(cluster.kubernetes().resolve("mine/routes"));
    if (Files.notExists(cluster.kubernetes().resolve(ROUTE_FILE))) {
      Files.writeString(cluster.kubernetes().resolve(ROUTE_FILE), FIRST_ROUTE);
    }
    Files.writeString(
        routes.resolve("kustomization.yaml"),
        """
        apiVersion: kustomize.config.k8s.io/v1alpha1
        kind: Component
        configMapGenerator:
          - name: driveline-routes-worker
            namespace: driveline
            behavior: merge
            files: [apply-event.camel.yaml]
        """);
    return cluster.overlay(
        "mine",
        """
        resources: [../overlays/local]
        components: [../components/routes, routes]
        """
            + more);
  }
}
