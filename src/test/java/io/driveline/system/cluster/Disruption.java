package io.driveline.system.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Nodes that are drained. With every node closed, no new pod can take the place of an evicted one,
 * so what is left at the end is what the disruption budgets hold.
 */
final class Disruption implements Proof {

  @Override
  public void show(Cluster cluster, Report report) throws Exception {
    List<String> nodes =
        Cluster.items(cluster.kubectl().json("get", "nodes").at("/items"))
            .map(Cluster::name)
            .toList();
    Map<String, Long> before = cluster.ready();
    try {
      report.tried(
          "drains of all nodes at once are refused at api 1, grpc 1, webhook 1, worker 2",
          () -> drainAll(cluster, nodes));
    } finally {
      nodes.forEach(node -> cluster.kubectl().tell("uncordon", node));
    }
    report.tried(
        "with the nodes open again, all replicas come back",
        () -> {
          Cluster.await("the replicas", Duration.ofSeconds(60), before, cluster::ready);
          return Pods.areReady(cluster);
        });
    String node = busiest(cluster);
    try {
      report.tried(
          "a drain of one node ends, and every app has its replicas on the others",
          () -> {
            Kubectl.Answer answer = drain(cluster, node, 150);
            Wrong.unless(answer.isGood(), answer.reason());
            Cluster.await("the replicas", Duration.ofSeconds(60), before, cluster::ready);
            List<JsonNode> left = on(cluster, node);
            Wrong.unless(left.isEmpty(), node + " still has " + left.size() + " pods");
            return answer.out().lines().filter(line -> line.endsWith("evicted")).count()
                + " pods evicted";
          });
    } finally {
      cluster.kubectl().tell("uncordon", node);
    }
  }

  private static String drainAll(Cluster cluster, List<String> nodes) throws InterruptedException {
    Map<String, Long> least = new TreeMap<>();
    for (JsonNode budget : cluster.list("get", "pdb")) {
      least.put(
          budget.at("/metadata/labels/app.kubernetes.io~1component").asText(),
          budget.at("/spec/minAvailable").asLong());
    }
    // All closed first, or a pod would go from one node to the next.
    nodes.forEach(node -> cluster.kubectl().tell("cordon", node));
    List<Thread> drains = new ArrayList<>();
    StringBuffer said = new StringBuffer();
    for (String node : nodes) {
      drains.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    Kubectl.Answer answer = drain(cluster, node, 20);
                    said.append(answer.err());
                    if (answer.isGood()) {
                      said.append(node).append(" was drained\n");
                    }
                  }));
    }
    for (Thread drain : drains) {
      drain.join();
    }
    for (String app : Cluster.APPS) {
      Wrong.unless(
          said.toString()
              .lines()
              .anyMatch(
                  line -> line.contains("driveline-" + app) && line.contains("disruption budget")),
          "no eviction of " + app + " was refused: " + said);
    }
    Map<String, Long> left = cluster.ready();
    Wrong.unless(left.equals(least), "left are " + left + ", not " + least);
    return "";
  }

  private static Kubectl.Answer drain(Cluster cluster, String node, int seconds) {
    return cluster
        .kubectl()
        .ask(
            "drain",
            node,
            "--ignore-daemonsets",
            "--delete-emptydir-data",
            "--timeout=" + seconds + "s");
  }

  /** The node with most of the apps' pods. */
  private static String busiest(Cluster cluster) {
    Map<String, Long> pods = new TreeMap<>();
    for (JsonNode pod : cluster.list("get", "pods", "-l", "app.kubernetes.io/part-of=driveline")) {
      pods.merge(pod.at("/spec/nodeName").asText(), 1L, Long::sum);
    }
    return pods.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow().getKey();
  }

  private static List<JsonNode> on(Cluster cluster, String node) {
    return cluster.list("get", "pods", "--field-selector", "spec.nodeName=" + node);
  }
}
