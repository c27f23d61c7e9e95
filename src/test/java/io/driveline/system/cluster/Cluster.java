package io.driveline.system.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The cluster that is tried.
 *
 * @param kubectl as its administrator
 * @param programs the folder of the control plane's programs
 * @param kubernetes a copy of kubernetes/ to write overlays and Secrets into
 * @param isSimulated whether kwok makes its pods ready, and takes them for what an annotation says
 * @param isOwn whether it was started for this proof alone
 */
record Cluster(
    Kubectl kubectl, Path programs, Path kubernetes, boolean isSimulated, boolean isOwn) {

  static final String NAMESPACE = "driveline";
  static final List<String> APPS = List.of("api", "grpc", "webhook", "worker");

  private static final long BETWEEN_LOOKS = 500;

  /** Whether all nodes are kwok's. */
  static boolean isSimulated(Kubectl kubectl) {
    JsonNode nodes = kubectl.json("get", "nodes").at("/items");
    return !nodes.isEmpty()
        && items(nodes)
            .allMatch(node -> node.at("/metadata/annotations").has("kwok.x-k8s.io/node"));
  }

  static Stream<JsonNode> items(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false);
  }

  static String name(JsonNode object) {
    return object.at("/metadata/name").asText();
  }

  /** In the namespace. */
  Kubectl.Answer ask(String... arguments) {
    return kubectl.ask(inNamespace(arguments));
  }

  /** In the namespace. */
  String tell(String... arguments) {
    return kubectl.tell(inNamespace(arguments));
  }

  /** In the namespace. */
  List<JsonNode> list(String... arguments) {
    return items(kubectl.json(inNamespace(arguments)).at("/items")).toList();
  }

  private static String[] inNamespace(String... arguments) {
    return Stream.concat(Stream.of("--namespace", NAMESPACE), Stream.of(arguments))
        .toArray(String[]::new);
  }

  /** Applies an overlay as a user does, who reads the warnings. */
  String apply(Path overlay) {
    Kubectl.Answer answer = kubectl.ask("apply", "--validate=strict", "-k", overlay.toString());
    Wrong.unless(answer.isGood(), "apply: " + answer.reason());
    Wrong.unless(answer.err().isBlank(), "it is applied with a warning: " + answer.reason());
    return answer.out();
  }

  /** Writes an overlay of a user's own beside the others. */
  Path overlay(String name, String kustomization) throws IOException {
    Path folder = Files.createDirectories(kubernetes.resolve(name));
    Files.writeString(
        folder.resolve("kustomization.yaml"),
        """
        apiVersion: kustomize.config.k8s.io/v1beta1
        kind: Kustomization
        namespace: driveline
        """
            + kustomization);
    return folder;
  }

  /** The replicas of each app that are ready and not about to end. */
  Map<String, Long> ready() {
    Map<String, Long> ready = new TreeMap<>();
    APPS.forEach(app -> ready.put(app, 0L));
    for (JsonNode pod : list("get", "pods", "-l", "app.kubernetes.io/part-of=driveline")) {
      if (!pod.at("/metadata").has("deletionTimestamp") && isReady(pod)) {
        ready.merge(
            pod.at("/metadata/labels/app.kubernetes.io~1component").asText(), 1L, Long::sum);
      }
    }
    return ready;
  }

  private static boolean isReady(JsonNode pod) {
    return items(pod.at("/status/conditions"))
        .anyMatch(
            condition ->
                condition.at("/type").asText().equals("Ready")
                    && condition.at("/status").asText().equals("True"));
  }

  /** One number of each app's autoscaler. */
  Map<String, Long> autoscalers(String pointer) {
    Map<String, Long> numbers = new TreeMap<>();
    for (JsonNode autoscaler : list("get", "hpa")) {
      numbers.put(
          autoscaler.at("/metadata/labels/app.kubernetes.io~1component").asText(),
          autoscaler.at(pointer).asLong());
    }
    return numbers;
  }

  /** Why pods could not be made, since the events were last deleted. */
  List<String> refusedPods() {
    return list("get", "events", "--field-selector", "reason=FailedCreate").stream()
        .map(event -> event.at("/message").asText())
        .toList();
  }

  /** Waits until what is looked at is as it should be. */
  static <T> void await(String what, Duration most, T wanted, Supplier<T> look)
      throws InterruptedException {
    long end = System.nanoTime() + most.toNanos();
    T seen = look.get();
    while (!seen.equals(wanted)) {
      Wrong.unless(System.nanoTime() < end, what + " is " + seen + ", not " + wanted);
      Thread.sleep(BETWEEN_LOOKS);
      seen = look.get();
    }
  }

  /** Removes the namespace with all that is in it, and does not wait for the pods to end. */
  void removeNamespace() {
    kubectl.tell("delete", "namespace", NAMESPACE, "--ignore-not-found", "--wait=false");
    if (isSimulated) {
      ask("delete", "pods", "--all", "--force", "--grace-period=0");
    }
    kubectl.tell("delete", "namespace", NAMESPACE, "--ignore-not-found", "--timeout=120s");
  }
}
