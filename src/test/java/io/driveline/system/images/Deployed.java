package io.driveline.system.images;

import com.fasterxml.jackson.databind.JsonNode;
import io.driveline.system.Manifest;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One app as its Deployment has it: every figure of the proof is read from there. */
final class Deployed {

  /** What the autoscaler's 80 % of the request must be kept away from. */
  private static final BigDecimal QUIET = new BigDecimal("0.75");

  private static final BigDecimal BUSY = new BigDecimal("0.70");

  private final String app;
  private final JsonNode pod;
  private final JsonNode container;

  private Deployed(String app, JsonNode pod) {
    this.app = app;
    this.pod = pod;
    this.container = pod.at("/containers/0");
  }

  static Deployed of(String app) {
    Manifest deployment =
        Manifest.below(Manifest.KUBERNETES.resolve("base/driveline-" + app)).stream()
            .filter(object -> object.kind().equals("Deployment"))
            .findFirst()
            .orElseThrow();
    return new Deployed(app, deployment.at("/spec/template/spec"));
  }

  String app() {
    return app;
  }

  String image() {
    return container.get("image").asText();
  }

  /** The command and its arguments. */
  List<String> command() {
    List<String> command = new ArrayList<>(Manifest.texts(container.get("command")));
    command.addAll(Manifest.texts(container.get("args")));
    return command;
  }

  /** The JVM's flags: what stands before {@code -jar}. */
  List<String> flags() {
    List<String> args = Manifest.texts(container.get("args"));
    return args.subList(0, args.indexOf("-jar"));
  }

  /** What podman is to hold it to: the limits and the security context. */
  List<String> limits() {
    JsonNode security = container.get("securityContext");
    List<String> limits = new ArrayList<>();
    limits.add("--cpus=" + quantity("/resources/limits/cpu").toPlainString());
    String memory = bytes("/resources/limits/memory") + "b";
    limits.addAll(List.of("--memory=" + memory, "--memory-swap=" + memory));
    limits.add(
        "--user="
            + pod.at("/securityContext/runAsUser").asText()
            + ":"
            + pod.at("/securityContext/runAsGroup").asText());
    if (security.get("readOnlyRootFilesystem").asBoolean()) {
      limits.addAll(List.of("--read-only", "--read-only-tmpfs=false"));
    }
    if (!security.get("allowPrivilegeEscalation").asBoolean()) {
      limits.add("--security-opt=no-new-privileges");
    }
    Manifest.texts(security.at("/capabilities/drop"))
        .forEach(capability -> limits.add("--cap-drop=" + capability));
    limits.add("--workdir=" + container.get("workingDir").asText());
    // In memory here, on the node's disk there: it counts against the limit here alone.
    long size =
        Manifest.quantity(pod.at("/volumes/0/emptyDir/sizeLimit").asText()).longValueExact();
    limits.add(
        "--tmpfs="
            + container.at("/volumeMounts/0/mountPath").asText()
            + ":rw,mode=1777,size="
            + size);
    return limits;
  }

  /** How long it may take to start, in seconds. */
  int startSeconds() {
    return container.at("/startupProbe/periodSeconds").asInt()
        * container.at("/startupProbe/failureThreshold").asInt();
  }

  /** The path of its readiness on the management port; null where it is asked by gRPC. */
  String readiness() {
    JsonNode path = container.at("/readinessProbe/httpGet/path");
    return path.isMissingNode() ? null : path.asText();
  }

  /** The most that it may have when it is quiet, in bytes. */
  long quietBytes() {
    return quantity("/resources/requests/memory").multiply(QUIET).longValue();
  }

  /** The most that it may have under load. */
  long busyBytes() {
    return quantity("/resources/limits/memory").multiply(BUSY).longValue();
  }

  private long bytes(String pointer) {
    return quantity(pointer).longValueExact();
  }

  private BigDecimal quantity(String pointer) {
    return Manifest.quantity(container.at(pointer).asText());
  }

  /** The settings that the apps share in the cluster, each {@code NAME=value}. */
  static List<String> sharedSettings() throws IOException {
    Path file = Manifest.KUBERNETES.resolve("base/namespace/settings.env");
    return Files.readAllLines(file).stream().filter(line -> line.startsWith("DRIVELINE_")).toList();
  }
}
