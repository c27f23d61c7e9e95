package io.driveline.system.cluster;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Every combination of base, overlays and components, without a cluster. */
final class Combinations implements Proof {

  @Override
  public void show(Cluster cluster, Report report) throws Exception {
    report.tried(
        "every combination of base, overlays and components renders, and is read strictly",
        () -> {
          Kubectl.Answer answer = check(cluster);
          Wrong.unless(answer.isGood(), answer.reason());
          return answer.out();
        });
    report.tried(
        "a field that the API does not know is found, and a pod that is not restricted",
        () -> {
          Path base = cluster.kubernetes().resolve("base");
          isNoticed(
              cluster,
              base.resolve("driveline-api/deployment.yaml"),
              "minReadySeconds",
              "minReadySecond",
              "unknown field");
          isNoticed(
              cluster,
              base.resolve("redis/statefulset.yaml"),
              "runAsNonRoot: true",
              "runAsNonRoot: false",
              "runAsNonRoot != true");
          return "";
        });
  }

  private static Kubectl.Answer check(Cluster cluster, String... alone) {
    List<String> command = new ArrayList<>();
    command.add(cluster.programs().resolve("check-manifests").toString());
    command.add(cluster.kubernetes().toString());
    command.addAll(List.of(alone));
    return Kubectl.answer(new ProcessBuilder(command), "");
  }

  /** One word is changed, in the copy, and has to be complained of. */
  private static void isNoticed(
      Cluster cluster, Path file, String word, String wrong, String complaint) throws Exception {
    String text = Files.readString(file);
    Wrong.unless(text.contains(word), file + " has no " + word);
    Files.writeString(file, text.replace(word, wrong));
    try {
      Kubectl.Answer answer = check(cluster, "base");
      Wrong.unless(answer.err().contains(complaint), wrong + " is not noticed: " + answer.reason());
    } finally {
      Files.writeString(file, text);
    }
  }
}
