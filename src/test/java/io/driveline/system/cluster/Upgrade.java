package io.driveline.system.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;

/**
 * One apply that gives api a new image, worker another route file, and webhook an image that does
 * not exist; and the way back from all three.
 */
final class Upgrade implements Proof {

  private static final String SECOND_ROUTE = "# the second version of a route file\n";

  @Override
  public void show(Cluster cluster, Report report) throws Exception {
    String oldRoutes = routes(cluster);
    report.tried(
        "an upgrade is applied: a new image for api, another route file for worker, no image for webhook",
        () -> {
          Files.writeString(cluster.kubernetes().resolve(LocalOverlay.ROUTE_FILE), SECOND_ROUTE);
          cluster.apply(
              LocalOverlay.mine(
                  cluster,
                  """
                  images:
                    - {name: driveline-api, newTag: 0.2.0}
                    - {name: driveline-webhook, newTag: missing}
                  patches:
                    - target: {kind: Deployment, name: driveline-webhook}
                      patch: |-
                        - {op: replace, path: /spec/progressDeadlineSeconds, value: 15}
                  """));
          return "";
        });
    report.tried(
        "the new image rolls out",
        () -> {
          rolledOut(cluster, "api");
          Wrong.unless(
              images(cluster, "api").equals(Set.of("driveline-api:0.2.0")),
              "api runs " + images(cluster, "api"));
          return "";
        });
    report.tried(
        "the changed route file makes new pods, which read it",
        () -> {
          rolledOut(cluster, "worker");
          Wrong.unless(!routes(cluster).equals(oldRoutes), "the pods still read " + oldRoutes);
          Wrong.unless(file(cluster).equals(SECOND_ROUTE), "they read: " + file(cluster));
          return "";
        });
    report.tried(
        "the image that does not exist is found by the progress deadline, and both old pods stay ready",
        () -> {
          Kubectl.Answer answer =
              cluster.ask("rollout", "status", "deployment/driveline-webhook", "--timeout=60s");
          Wrong.unless(!answer.isGood(), "it rolled out");
          Wrong.unless(answer.err().contains("exceeded its progress deadline"), answer.reason());
          Wrong.unless(cluster.ready().get("webhook") == 2, "ready are " + cluster.ready());
          Wrong.unless(
              images(cluster, "webhook").contains("driveline-webhook:missing"),
              "there is no pod of the new image");
          return "";
        });
    report.tried(
        "rollout undo brings back the image of api",
        () -> {
          undo(cluster, "api");
          rolledOut(cluster, "api");
          Wrong.unless(
              images(cluster, "api").equals(Set.of("driveline-api:0.1.0")),
              "api runs " + images(cluster, "api"));
          return "";
        });
    report.tried(
        "rollout undo brings back the old route file with the old pods",
        () -> {
          undo(cluster, "worker");
          rolledOut(cluster, "worker");
          Wrong.unless(routes(cluster).equals(oldRoutes), "the pods read " + routes(cluster));
          Wrong.unless(
              file(cluster).equals(LocalOverlay.FIRST_ROUTE), "they read: " + file(cluster));
          return "";
        });
    report.tried(
        "rollout undo ends the stuck rollout of webhook",
        () -> {
          undo(cluster, "webhook");
          rolledOut(cluster, "webhook");
          Cluster.await(
              "what webhook runs",
              Duration.ofSeconds(30),
              Set.of("driveline-webhook:0.1.0"),
              () -> images(cluster, "webhook"));
          return "";
        });
  }

  private static void undo(Cluster cluster, String app) {
    cluster.tell("rollout", "undo", "deployment/driveline-" + app);
  }

  private static void rolledOut(Cluster cluster, String app) {
    cluster.tell("rollout", "status", "deployment/driveline-" + app, "--timeout=120s");
  }

  /** The images of the pods that are not about to end. */
  private static Set<String> images(Cluster cluster, String app) {
    Set<String> images = new TreeSet<>();
    for (JsonNode pod :
        cluster.list("get", "pods", "-l", "app.kubernetes.io/name=driveline-" + app)) {
      if (!pod.at("/metadata").has("deletionTimestamp")) {
        images.add(pod.at("/spec/containers/0/image").asText());
      }
    }
    return images;
  }

  /** The ConfigMap that the worker's pods have their route files from. */
  private static String routes(Cluster cluster) {
    return cluster
        .tell(
            "get",
            "deployment/driveline-worker",
            "-o",
            "jsonpath={.spec.template.spec.volumes[?(@.name==\"routes\")].configMap.name}")
        .strip();
  }

  private static String file(Cluster cluster) {
    return cluster
        .kubectl()
        .json("--namespace", Cluster.NAMESPACE, "get", "configmap", routes(cluster))
        .at("/data/apply-event.camel.yaml")
        .asText();
  }
}
