package io.driveline.system.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * All four autoscalers at their most, in a rolling update of all four, with pods that take all of
 * their time to end: the most that the quota has to hold.
 */
final class Growth implements Proof {

  /** A good part of every app's limit, and above every autoscaler's target. */
  private static final String LOAD = "driveline/cpu=450m";

  /** 38 pods and a surge of 4 are there anyway; the rest are those that take their time to end. */
  private static final int NEAR_THE_QUOTA = 50;

  private static final Duration RISE = Duration.ofSeconds(240);

  @Override
  public void show(Cluster cluster, Report report) throws Exception {
    Map<String, Long> most = cluster.autoscalers("/spec/maxReplicas");
    cluster.tell("delete", "events", "--all");
    cluster.kubectl().tell("annotate", "node", "--all", "--overwrite", LOAD);
    try {
      report.tried(
          "under load and in a rolling update, every autoscaler goes to its most: " + most,
          () -> {
            restartAll(cluster);
            Cluster.await(
                "the autoscalers' replicas",
                RISE,
                most,
                () -> cluster.autoscalers("/status/currentReplicas"));
            return "";
          });
      report.tried(
          "at its most, all four are rolled out anew at once",
          () -> {
            String peak = rollOut(cluster);
            Wrong.unless(
                cluster.ready().equals(most), "ready are " + cluster.ready() + ", not " + most);
            return peak;
          });
      report.tried(
          "no quota refused a pod",
          () -> {
            List<String> refused = cluster.refusedPods();
            Wrong.unless(refused.isEmpty(), String.join("\n", refused));
            return "";
          });
      report.tried(
          "with a quota that is full, a refused pod is seen",
          () -> {
            String hard = tell(cluster, "{.spec.hard.pods}");
            limit(cluster, Long.toString(lasting(cluster)));
            cluster.tell("rollout", "restart", "deployment/driveline-api");
            try {
              Cluster.await(
                  "a refusal by the quota", Duration.ofSeconds(30), true, () -> isRefused(cluster));
            } finally {
              limit(cluster, hard);
            }
            return "";
          });
    } finally {
      cluster.kubectl().tell("annotate", "node", "--all", "driveline/cpu-");
    }
  }

  /** The pods that will be there when those that are ending have ended. */
  private static long lasting(Cluster cluster) {
    return cluster.list("get", "pods").stream()
        .filter(pod -> !pod.at("/metadata").has("deletionTimestamp"))
        .count();
  }

  private static boolean isRefused(Cluster cluster) {
    return cluster.refusedPods().stream().anyMatch(why -> why.contains("exceeded quota"));
  }

  private static void restartAll(Cluster cluster) {
    cluster.tell("rollout", "restart", "deployment", "-l", "app.kubernetes.io/part-of=driveline");
  }

  /** Restarts all and waits; tells the most that the quota counted in the meantime. */
  private static String rollOut(Cluster cluster) throws InterruptedException {
    Process watch =
        cluster
            .kubectl()
            .start(
                "--namespace",
                Cluster.NAMESPACE,
                "get",
                "resourcequota",
                "driveline",
                "--watch",
                "-o",
                "jsonpath={.status.used.pods} {.status.hard.pods} {.status.used.limits\\.cpu} {.status.hard.limits\\.cpu}{\"\\n\"}");
    Map<Integer, String> counts = new TreeMap<>();
    Thread reader = Thread.ofVirtual().start(() -> read(watch, counts));
    try {
      restartAll(cluster);
      List<String> wrong = new ArrayList<>();
      for (JsonNode app : cluster.list("get", "deployments")) {
        Kubectl.Answer answer =
            cluster.ask("rollout", "status", "deployment/" + Cluster.name(app), "--timeout=280s");
        if (!answer.isGood()) {
          wrong.add(Cluster.name(app) + ": " + answer.reason());
        }
      }
      Wrong.unless(wrong.isEmpty(), String.join("\n", wrong));
    } finally {
      watch.destroy();
      reader.join();
    }
    Wrong.unless(!counts.isEmpty(), "the quota told nothing");
    Wrong.unless(
        ((TreeMap<Integer, String>) counts).lastKey() >= NEAR_THE_QUOTA,
        "the rollout did not come near the quota: " + counts.values());
    int most = ((TreeMap<Integer, String>) counts).lastKey();
    String[] count = counts.get(most).split(" ");
    return "at the peak the quota counted pods %s of %s, limits.cpu %s of %s"
        .formatted((Object[]) count);
  }

  private static void read(Process watch, Map<Integer, String> counts) {
    try (BufferedReader lines = watch.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        counts.put(Integer.parseInt(line.split(" ")[0]), line);
      }
    } catch (IOException e) {
      if (watch.isAlive()) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static String tell(Cluster cluster, String path) {
    return cluster.tell("get", "resourcequota", "driveline", "-o", "jsonpath=" + path);
  }

  private static void limit(Cluster cluster, String pods) {
    cluster.tell(
        "patch",
        "resourcequota",
        "driveline",
        "--type=merge",
        "-p",
        "{\"spec\":{\"hard\":{\"pods\":\"" + pods + "\"}}}");
  }
}
