package io.driveline.system.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** Waiting for what an overlay made. */
final class Pods {

  private Pods() {}

  /** Waits until each Deployment and StatefulSet has all its replicas ready, and tells how many. */
  static String areReady(Cluster cluster) {
    int pods = 0;
    for (JsonNode workload : cluster.list("get", "deployments,statefulsets")) {
      String name = workload.at("/kind").asText() + "/" + Cluster.name(workload);
      Kubectl.Answer answer = cluster.ask("rollout", "status", name, "--timeout=90s");
      Wrong.unless(answer.isGood(), name + ": " + answer.reason() + "\n" + why(cluster));
    }
    for (JsonNode pod : cluster.list("get", "pods")) {
      pods++;
      Wrong.unless(
          pod.at("/status/phase").asText().equals("Running"), Cluster.name(pod) + " does not run");
    }
    Wrong.unless(pods > 0, "there is no pod");
    return pods + " pods";
  }

  private static String why(Cluster cluster) {
    List<String> warnings = new ArrayList<>();
    for (JsonNode event : cluster.list("get", "events", "--field-selector", "type=Warning")) {
      warnings.add(event.at("/reason").asText() + " " + event.at("/message").asText());
    }
    return String.join("\n", warnings.stream().distinct().limit(5).toList());
  }
}
