package io.driveline.system.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The production overlay in a namespace of its own, with Secrets made as docs/kubernetes.md tells.
 */
final class ProductionOverlay implements Proof {

  private static final Map<String, List<String>> SECRETS = secrets();

  private static Map<String, List<String>> secrets() {
    Map<String, List<String>> secrets = new LinkedHashMap<>();
    secrets.put(
        "driveline-mongodb", List.of("uri=mongodb://user:password@mongodb.example.com:27017"));
    secrets.put(
        "driveline-rabbitmq",
        List.of("uri=amqp://user:password@rabbitmq.example.com:5672/driveline"));
    secrets.put("driveline-redis", List.of("uri=redis://user:password@redis.example.com:6379"));
    secrets.put(
        "driveline-clickhouse",
        List.of("url=http://clickhouse.example.com:8123", "username=user", "password=password"));
    secrets.put("driveline-webhook", List.of("DRIVELINE_WEBHOOK_SECRETS=whsec_test"));
    secrets.put("driveline-api", List.of("DRIVELINE_API_KEYS_ADMIN=dk_test"));
    secrets.put("driveline-management", List.of("password=password"));
    return secrets;
  }

  @Override
  public void show(Cluster cluster, Report report) throws Exception {
    if (!cluster.isOwn() && !hasTypes(cluster)) {
      report.leftOut(
          "the production overlay",
          "this cluster has not all of cert-manager's and the Prometheus Operator's types");
      return;
    }
    cluster.removeNamespace();
    report.tried(
        "the namespace and the Secrets are made as docs/kubernetes.md tells",
        () -> {
          if (cluster.isOwn()) {
            makeTypes(cluster);
          }
          makeSecrets(cluster);
          return "";
        });
    report.tried(
        "an overlay on top of production, with monitoring, is applied without a warning",
        () -> cluster.apply(overlay(cluster)).lines().count() + " objects");
    if (cluster.isOwn()) {
      report.tried(
          "a field that a Certificate does not have is refused",
          () -> {
            Kubectl.Answer answer =
                cluster
                    .kubectl()
                    .feed(
                        """
                        apiVersion: cert-manager.io/v1
                        kind: Certificate
                        metadata: {name: stranger, namespace: driveline}
                        spec: {secretName: stranger, issuerRef: {name: any}, dnsName: [example.com]}
                        """,
                        "apply",
                        "--dry-run=server",
                        "--validate=strict",
                        "-f",
                        "-");
            Wrong.unless(answer.err().contains("unknown field \"spec.dnsName\""), answer.reason());
            return "";
          });
    }
    if (!cluster.isSimulated()) {
      report.leftOut("its pods are ready", "these nodes need images that they can pull");
      return;
    }
    report.tried("all its pods are admitted and ready", () -> Pods.areReady(cluster));
    report.tried(
        "it brings no store, and no port of a node",
        () -> {
          Wrong.unless(cluster.list("get", "statefulsets,pvc").isEmpty(), "it has a store");
          Wrong.unless(
              cluster.list("get", "services").stream()
                  .allMatch(service -> service.at("/spec/type").asText().equals("ClusterIP")),
              "it opens a port");
          return "";
        });
    report.tried(
        "the worker's pods are spread over the zones",
        () -> {
          Set<String> nodes = new TreeSet<>();
          cluster
              .list("get", "pods", "-l", "app.kubernetes.io/name=driveline-worker")
              .forEach(pod -> nodes.add(pod.at("/spec/nodeName").asText()));
          Wrong.unless(nodes.size() == 3, "they are on " + nodes);
          return "";
        });
  }

  private static boolean hasTypes(Cluster cluster) {
    return cluster
        .kubectl()
        .ask(
            "get",
            "crd",
            "certificates.cert-manager.io",
            "servicemonitors.monitoring.coreos.com",
            "prometheusrules.monitoring.coreos.com")
        .isGood();
  }

  private static void makeTypes(Cluster cluster) {
    cluster.kubectl().tell("apply", "-f", ControlPlane.CUSTOM_RESOURCES.toString());
    cluster.kubectl().tell("wait", "--for=condition=Established", "crd", "--all", "--timeout=30s");
  }

  private static void makeSecrets(Cluster cluster) throws IOException {
    Path namespace = cluster.kubernetes().resolve("base/namespace/namespace.yaml");
    cluster.kubectl().tell("apply", "-f", namespace.toString());
    for (Map.Entry<String, List<String>> secret : SECRETS.entrySet()) {
      Path file = cluster.kubernetes().resolve(secret.getKey() + ".env");
      Files.write(file, secret.getValue());
      cluster.tell("create", "secret", "generic", secret.getKey(), "--from-env-file=" + file);
    }
  }

  private static Path overlay(Cluster cluster) throws IOException {
    return cluster.overlay(
        "ours",
        """
        resources: [../overlays/production]
        components: [../components/monitoring]
        images:
          - {name: driveline-api, newName: registry.example.com/driveline-api, newTag: 0.1.0}
          - {name: driveline-grpc, newName: registry.example.com/driveline-grpc, newTag: 0.1.0}
          - {name: driveline-webhook, newName: registry.example.com/driveline-webhook, newTag: 0.1.0}
          - {name: driveline-worker, newName: registry.example.com/driveline-worker, newTag: 0.1.0}
        patches:
          - target: {kind: NetworkPolicy, name: external-mongodb}
            patch: |-
              - op: add
                path: /spec/egress/0/to
                value: [{ipBlock: {cidr: 10.20.0.0/16}}]
        """);
  }
}
