package io.driveline.system;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A Deployment's one container as a process of this machine: its command, its arguments and its
 * environment, and nothing else. Not its image, user and limits, which need a container.
 *
 * <p>What is added: an address of its own for {@code DRIVELINE_ADDRESS}, where a pod has its own
 * network and binds to all of it; and a file of hosts, where a pod has the cluster's DNS.
 */
final class Pod implements AutoCloseable {

  /** Of a socket in {@code /proc/net/tcp}. */
  private static final String LISTENING = "0A";

  private static final int HEXADECIMAL = 16;

  private final JsonNode spec;
  private final String address;
  private final Process process;
  private final Path output;

  private Pod(JsonNode spec, String address, Process process, Path output) {
    this.spec = spec;
    this.address = address;
    this.process = process;
    this.output = output;
  }

  /**
   * Starts it, and does not wait.
   *
   * @param address of 127.0.0.0/8, its own
   * @param folder with the app's jar and the libraries beside it, for the image's working folder
   * @param environment see {@link #environment}
   * @param hosts names and addresses, as in {@code /etc/hosts}
   */
  static Pod start(
      Manifest deployment, String address, Path folder, Map<String, String> environment, Path hosts)
      throws IOException {
    JsonNode spec = deployment.at("/spec/template/spec");
    Path output = Files.createTempFile(hosts.getParent(), deployment.name(), ".log");
    ProcessBuilder builder = new ProcessBuilder(command(container(spec), folder));
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.environment().put("DRIVELINE_ADDRESS", address);
    builder
        .environment()
        .merge(
            "JAVA_TOOL_OPTIONS", "-Djdk.net.hosts.file=" + hosts, (own, more) -> own + " " + more);
    Process process =
        builder
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    return new Pod(spec, address, process, output);
  }

  private static JsonNode container(JsonNode spec) {
    return spec.at("/containers/0");
  }

  /** The container's own, with this JVM's java, and the folder in place of the image's. */
  private static List<String> command(JsonNode container, Path folder) {
    List<String> command = new ArrayList<>(Manifest.texts(container.path("command")));
    command.addAll(Manifest.texts(container.path("args")));
    if (!Path.of(command.getFirst()).endsWith("java")) {
      throw new IllegalStateException("only java can be started here, not " + command.getFirst());
    }
    String image = container.get("workingDir").asText() + "/";
    command.replaceAll(word -> word.replace(image, folder + "/"));
    command.set(0, Path.of(System.getProperty("java.home"), "bin", "java").toString());
    return command;
  }

  /** The jar that the command names. */
  static String jar(Manifest deployment) {
    List<String> arguments =
        Manifest.texts(container(deployment.at("/spec/template/spec")).path("args"));
    return Path.of(arguments.get(arguments.indexOf("-jar") + 1)).getFileName().toString();
  }

  /** Every variable that the Deployment gives, with its value from the ConfigMaps and Secrets. */
  static Map<String, String> environment(Manifest deployment, LocalSettings values) {
    JsonNode container = container(deployment.at("/spec/template/spec"));
    Map<String, String> environment = new TreeMap<>();
    for (JsonNode from : container.path("envFrom")) {
      environment.putAll(
          from.has("secretRef")
              ? values.secrets().get(from.at("/secretRef/name").asText())
              : values.settings().get(from.at("/configMapRef/name").asText()));
    }
    for (JsonNode variable : container.path("env")) {
      environment.put(variable.get("name").asText(), value(variable, deployment, values));
    }
    return environment;
  }

  private static String value(JsonNode variable, Manifest deployment, LocalSettings values) {
    if (variable.has("value")) {
      return variable.get("value").asText();
    }
    JsonNode from = variable.get("valueFrom");
    String value =
        switch (from.fieldNames().next()) {
          case "secretKeyRef" -> key(values.secrets(), from.get("secretKeyRef"));
          case "configMapKeyRef" -> key(values.settings(), from.get("configMapKeyRef"));
          case "fieldRef" -> field(from.at("/fieldRef/fieldPath").asText(), deployment);
          default -> null;
        };
    if (value == null) {
      throw new IllegalStateException(deployment + " has no value for " + variable);
    }
    return value;
  }

  private static String key(Map<String, Map<String, String>> all, JsonNode from) {
    return all.getOrDefault(from.get("name").asText(), Map.of()).get(from.get("key").asText());
  }

  private static String field(String path, Manifest deployment) {
    return switch (path) {
      case "metadata.name" -> deployment.name() + "-0";
      case "metadata.namespace" -> "driveline";
      default -> null;
    };
  }

  /** Calls one of its probes once, as a kubelet does. */
  boolean passes(String probe) throws IOException, InterruptedException {
    JsonNode said = container(spec).get(probe);
    Duration timeout = Duration.ofSeconds(said.path("timeoutSeconds").asInt(1));
    if (said.has("httpGet")) {
      JsonNode get = said.get("httpGet");
      int status = status(port(get.get("port")), get.get("path").asText(), timeout);
      return status >= 200 && status < 400;
    }
    if (said.has("tcpSocket")) {
      return connects(port(said.at("/tcpSocket/port")), timeout);
    }
    if (said.has("grpc")) {
      return GrpcHealth.isServing(
          address, port(said.at("/grpc/port")), said.at("/grpc/service").asText(), timeout);
    }
    throw new IllegalStateException("no such probe is known here: " + said);
  }

  private int status(int port, String path, Duration timeout) throws InterruptedException {
    try (HttpClient http = HttpClient.newBuilder().connectTimeout(timeout).build()) {
      HttpRequest request = HttpRequest.newBuilder(at(port).resolve(path)).timeout(timeout).build();
      return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    } catch (IOException e) {
      return 0;
    }
  }

  private boolean connects(int port, Duration timeout) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(address, port), Math.toIntExact(timeout.toMillis()));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Where one of its ports is. */
  URI at(int port) {
    return URI.create("http://" + address + ":" + port);
  }

  /** A port by its number or its name, as probes and Services have it. */
  int port(JsonNode numberOrName) {
    if (numberOrName.isInt()) {
      return numberOrName.asInt();
    }
    Integer port = ports().get(numberOrName.asText());
    if (port == null) {
      throw new IllegalStateException("there is no port " + numberOrName);
    }
    return port;
  }

  /** The ports that the Deployment says, by name. */
  Map<String, Integer> ports() {
    Map<String, Integer> ports = new HashMap<>();
    for (JsonNode port : container(spec).get("ports")) {
      ports.put(port.get("name").asText(), port.get("containerPort").asInt());
    }
    return ports;
  }

  /** The ports on which the process listens, whatever its Deployment says. */
  Set<Integer> listening() throws IOException {
    Path proc = Path.of("/proc", String.valueOf(process.pid()));
    Set<String> sockets = new HashSet<>();
    try (Stream<Path> files = Files.list(proc.resolve("fd"))) {
      for (Path file : files.toList()) {
        // A file may be closed by now.
        if (Files.isSymbolicLink(file)) {
          sockets.add(Files.readSymbolicLink(file).toString());
        }
      }
    }
    Set<Integer> ports = new TreeSet<>();
    for (String table : List.of("net/tcp", "net/tcp6")) {
      for (String line : Files.readAllLines(proc.resolve(table))) {
        String[] column = line.strip().split("\\s+");
        if (column[3].equals(LISTENING) && sockets.contains("socket:[" + column[9] + "]")) {
          String port = column[1].substring(column[1].lastIndexOf(':') + 1);
          ports.add(Integer.parseInt(port, HEXADECIMAL));
        }
      }
    }
    return ports;
  }

  String address() {
    return address;
  }

  /** What it printed. */
  String output() throws IOException {
    return Files.readString(output);
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /**
   * SIGTERM, and as much time as its Deployment leaves it behind the hook before the stop.
   *
   * @return its exit code; null if it would be killed now
   */
  Integer terminate() throws InterruptedException {
    process.destroy();
    int hook = container(spec).at("/lifecycle/preStop/sleep/seconds").asInt();
    int grace = spec.get("terminationGracePeriodSeconds").asInt() - hook;
    return process.waitFor(grace, TimeUnit.SECONDS) ? process.exitValue() : null;
  }

  /** Waits for an end of its own accord, and gives its exit code. */
  int awaitEnd() throws InterruptedException {
    return process.waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
