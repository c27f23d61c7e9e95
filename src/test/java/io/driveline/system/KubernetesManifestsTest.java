package io.driveline.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The files of {@code kubernetes/base/} say what the cluster is to be. What kustomize makes of
 * them, and what a control plane says to that, is not asked here.
 */
class KubernetesManifestsTest {

  private static final Path BASE = Manifest.KUBERNETES.resolve("base");
  private static final List<Manifest> OBJECTS = Manifest.below(BASE);

  /** The table. A port of 0 is none; every app needs a setting to start, {@code asks}. */
  private enum App {
    API(3001, 3101, 2, 10, 1, "300m", "512Mi", "1000m", "1Gi", "MONGODB_URI RABBITMQ_URI"),
    GRPC(50051, 3151, 2, 8, 1, "300m", "512Mi", "1000m", "1Gi", "MONGODB_URI REDIS_URI"),
    WEBHOOK(3003, 3103, 2, 6, 1, "200m", "288Mi", "500m", "512Mi", "MONGODB_URI RABBITMQ_URI"),
    WORKER(0, 3105, 3, 10, 2, "300m", "512Mi", "1000m", "1Gi", "MONGODB_URI RABBITMQ_URI");

    private final int port;
    private final int management;
    private final int least;
    private final int most;
    private final int available;
    private final Map<String, String> requests;
    private final Map<String, String> limits;
    private final Set<String> asks;

    App(
        int port,
        int management,
        int least,
        int most,
        int available,
        String cpu,
        String memory,
        String cpuLimit,
        String memoryLimit,
        String asks) {
      this.port = port;
      this.management = management;
      this.least = least;
      this.most = most;
      this.available = available;
      this.requests = Map.of("cpu", cpu, "memory", memory);
      this.limits = Map.of("cpu", cpuLimit, "memory", memoryLimit);
      this.asks = Set.of(asks.split(" "));
    }

    private String shortName() {
      return name().toLowerCase(Locale.ROOT);
    }

    private String fullName() {
      return "driveline-" + shortName();
    }

    private Manifest deployment() {
      return one("Deployment", fullName());
    }

    private JsonNode container() {
      return deployment().at("/spec/template/spec/containers/0");
    }
  }

  private static Manifest one(String kind, String name) {
    List<Manifest> found =
        OBJECTS.stream()
            .filter(object -> object.kind().equals(kind) && object.name().equals(name))
            .toList();
    assertThat(found).as(kind + " " + name).hasSize(1);
    return found.getFirst();
  }

  private static List<Manifest> all(String... kinds) {
    return OBJECTS.stream().filter(object -> Set.of(kinds).contains(object.kind())).toList();
  }

  private static Map<String, String> strings(JsonNode map) {
    Map<String, String> strings = new TreeMap<>();
    map.properties().forEach(entry -> strings.put(entry.getKey(), entry.getValue().asText()));
    return strings;
  }

  @ParameterizedTest
  @EnumSource
  void anAppHasItsPortsAndNoOthers(App app) {
    List<Integer> ports =
        Manifest.items(app.container().at("/ports")).stream()
            .map(port -> port.get("containerPort").asInt())
            .toList();
    assertThat(ports)
        .containsExactlyElementsOf(
            app.port == 0 ? List.of(app.management) : List.of(app.port, app.management));
    if (app.port == 0) {
      assertThat(all("Service")).extracting(Manifest::name).doesNotContain(app.fullName());
    } else {
      JsonNode served = one("Service", app.fullName()).at("/spec/ports");
      assertThat(served).hasSize(1);
      assertThat(served.at("/0/port").asInt()).isEqualTo(app.port);
      assertThat(served.at("/0/targetPort")).isEqualTo(app.container().at("/ports/0/name"));
    }
    // The same as the app has by itself, as nothing here sets it.
    assertThat(Manifest.text(Checkout.ROOT.resolve("docs/settings.md")))
        .contains(app.shortName() + " " + app.management);
  }

  @ParameterizedTest
  @EnumSource
  void anAppAsksForWhatTheTableSaysAndTakesNoMore(App app) {
    assertThat(strings(app.container().at("/resources/requests")))
        .containsExactlyInAnyOrderEntriesOf(app.requests);
    assertThat(strings(app.container().at("/resources/limits")))
        .containsExactlyInAnyOrderEntriesOf(app.limits);
  }

  @ParameterizedTest
  @EnumSource
  void theAutoscalerAloneSetsTheReplicas(App app) {
    assertThat(app.deployment().at("/spec/replicas").isMissingNode()).isTrue();
    Manifest autoscaler = one("HorizontalPodAutoscaler", app.fullName());
    assertThat(autoscaler.text("/spec/scaleTargetRef/kind")).isEqualTo("Deployment");
    assertThat(autoscaler.text("/spec/scaleTargetRef/name")).isEqualTo(app.fullName());
    assertThat(autoscaler.at("/spec/minReplicas").asInt()).isEqualTo(app.least);
    assertThat(autoscaler.at("/spec/maxReplicas").asInt()).isEqualTo(app.most);
    assertThat(Manifest.items(autoscaler.at("/spec/metrics")))
        .extracting(metric -> metric.at("/resource/name").asText())
        .containsExactly("cpu", "memory");
    assertThat(Manifest.items(autoscaler.at("/spec/metrics")))
        .extracting(metric -> metric.at("/resource/target/averageUtilization").asInt())
        .containsExactly(70, 80);
  }

  @ParameterizedTest
  @EnumSource
  void aDrainLeavesAsManyPodsAsTheTableSays(App app) {
    Manifest budget = one("PodDisruptionBudget", app.fullName());
    assertThat(budget.at("/spec/minAvailable").asInt()).isEqualTo(app.available);
    assertThat(budget.at("/spec/selector/matchLabels"))
        .isEqualTo(app.deployment().at("/spec/selector/matchLabels"));
    assertThat(app.least).as("or no drain would end").isGreaterThan(app.available);
  }

  @ParameterizedTest
  @EnumSource
  void anUpdateReplacesOnePodAfterTheOther(App app) {
    Manifest deployment = app.deployment();
    assertThat(deployment.text("/spec/strategy/type")).isEqualTo("RollingUpdate");
    assertThat(strings(deployment.at("/spec/strategy/rollingUpdate")))
        .containsExactlyInAnyOrderEntriesOf(Map.of("maxSurge", "1", "maxUnavailable", "0"));
    JsonNode apart =
        deployment.at(
            "/spec/template/spec/affinity/podAntiAffinity"
                + "/preferredDuringSchedulingIgnoredDuringExecution/0/podAffinityTerm");
    assertThat(apart.at("/topologyKey").asText()).isEqualTo("kubernetes.io/hostname");
    assertThat(apart.at("/labelSelector")).isEqualTo(deployment.at("/spec/selector"));
  }

  /** A row of docs/run-the-apps.md, How a stop ends: the app, and its seconds to be added up. */
  private static final Pattern STOP =
      Pattern.compile("^\\| (\\w+) \\| .* \\| ((?:\\d+ s(?: \\+ )?)+) \\|$", Pattern.MULTILINE);

  @ParameterizedTest
  @EnumSource
  void aPodIsNotKilledBeforeItsAppHasEnded(App app) {
    List<Integer> parts =
        STOP.matcher(Manifest.text(Checkout.ROOT.resolve("docs/run-the-apps.md")))
            .results()
            .filter(row -> row.group(1).equals(app.shortName()))
            .flatMap(row -> Stream.of(row.group(2).split(" s(?: \\+ )?")))
            .map(Integer::valueOf)
            .toList();
    assertThat(parts).isEqualTo(stop(app));
    int stop = parts.stream().mapToInt(Integer::intValue).sum();
    int before = app.container().at("/lifecycle/preStop/sleep/seconds").asInt();
    assertThat(grace(app)).isGreaterThanOrEqualTo(before + stop);
    if (app.port != 0) {
      assertThat(before).as("who has a Service leaves it first").isPositive();
    }
  }

  /** The parts of its stop, each from where the app has it. */
  private static List<Integer> stop(App app) {
    int connections = seconds("runtime", "DrainingHttp.java", "DRAIN = Duration.ofSeconds(");
    int requests = seconds("runtime", "driveline-runtime.yaml", "timeout-per-shutdown-phase: ");
    return switch (app) {
      case API -> List.of(connections, requests, seconds("api", "driveline-api.yaml", ROUTES));
      case GRPC ->
          List.of(
              seconds("grpc", "ServingGrpcConsumer.java", "CLOSE_SECONDS = "),
              seconds("grpc", "GrpcSettings.java", "\"driveline.grpc.drain\", Duration.ofSeconds("),
              seconds("grpc", "GrpcBeans.java", "REST_OF_A_STOP = Duration.ofSeconds("));
      case WEBHOOK ->
          List.of(connections, requests, seconds("webhook", "driveline-webhook.yaml", ROUTES));
      case WORKER -> List.of(seconds("worker", "driveline-worker.yaml", ROUTES));
    };
  }

  private static final String ROUTES = "shutdown-timeout: ";

  /** The number that follows some text in a file of a module. */
  private static int seconds(String module, String file, String before) {
    return Manifest.files(Checkout.ROOT.resolve("integrations/" + module + "/src/main"), file)
        .stream()
        .flatMap(
            found ->
                Pattern.compile(Pattern.quote(before) + "(\\d+)")
                    .matcher(Manifest.text(found))
                    .results())
        .map(found -> Integer.valueOf(found.group(1)))
        .collect(Collectors.collectingAndThen(Collectors.toList(), KubernetesManifestsTest::only));
  }

  private static int only(List<Integer> numbers) {
    assertThat(numbers).hasSize(1);
    return numbers.getFirst();
  }

  private static int grace(App app) {
    return app.deployment().at("/spec/template/spec/terminationGracePeriodSeconds").asInt();
  }

  @ParameterizedTest
  @EnumSource
  void probesAskWhatTheAppAnswers(App app) {
    JsonNode container = app.container();
    if (app == App.GRPC) {
      assertThat(container.at("/livenessProbe/tcpSocket/port").asText()).isEqualTo("grpc");
      assertThat(container.at("/startupProbe/tcpSocket/port").asText()).isEqualTo("grpc");
      assertThat(container.at("/readinessProbe/grpc/port").asInt()).isEqualTo(app.port);
    } else {
      Map<String, String> paths =
          Map.of("startup", "liveness", "liveness", "liveness", "readiness", "readiness");
      paths.forEach(
          (probe, path) -> {
            JsonNode asked = container.at("/" + probe + "Probe/httpGet");
            assertThat(asked.at("/path").asText()).isEqualTo("/actuator/health/" + path);
            assertThat(asked.at("/port").asText()).isEqualTo("management");
          });
    }
    JsonNode startup = container.at("/startupProbe");
    assertThat(startup.at("/periodSeconds").asInt() * startup.at("/failureThreshold").asInt())
        .as("the slowest start that was measured took 44 s, at half a CPU")
        .isGreaterThanOrEqualTo(88);
  }

  @ParameterizedTest
  @EnumSource
  void anAppIsGivenWhatItsStartAsksFor(App app) {
    Set<String> given =
        Manifest.items(app.container().at("/env")).stream()
            .map(variable -> variable.get("name").asText())
            .collect(Collectors.toSet());
    assertThat(given).containsAll(app.asks.stream().map(name -> "DRIVELINE_" + name).toList());
    List<JsonNode> from = Manifest.items(app.container().at("/envFrom"));
    assertThat(from.getFirst().at("/configMapRef/name").asText()).isEqualTo("driveline-settings");
    assertThat(Manifest.text(BASE.resolve("namespace/settings.env")))
        .contains("DRIVELINE_GRPC_ADDRESS=driveline-grpc:50051");
    if (app == App.API || app == App.WEBHOOK) {
      assertThat(from.get(1).at("/secretRef/name").asText()).isEqualTo(app.fullName());
    } else {
      assertThat(from).hasSize(1);
    }
  }

  private static final Pattern VARIABLE = Pattern.compile("\\bDRIVELINE_[A-Z0-9_]*[A-Z0-9]");

  @Test
  void everyVariableIsASetting() {
    Set<String> settings = variables(Checkout.ROOT.resolve("docs/settings.md"));
    Set<String> used = new TreeSet<>();
    for (Path file : Manifest.files(Manifest.KUBERNETES, "")) {
      used.addAll(variables(file));
    }
    assertThat(used).hasSizeGreaterThan(10);
    assertThat(settings).containsAll(used);
  }

  private static Set<String> variables(Path file) {
    return VARIABLE
        .matcher(Manifest.text(file))
        .results()
        .map(found -> found.group())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void everyStoreHasItsPortsAndItsVolume() {
    Map<String, List<String>> stores =
        Map.of(
            "mongodb", List.of("10Gi", "27017"),
            "rabbitmq", List.of("5Gi", "5672", "15672"),
            "redis", List.of("5Gi", "6379"),
            "clickhouse", List.of("10Gi", "8123", "9000"));
    assertThat(all("StatefulSet")).extracting(Manifest::name).hasSameElementsAs(stores.keySet());
    stores.forEach(
        (name, facts) -> {
          Manifest store = one("StatefulSet", name);
          assertThat(store.at("/spec/replicas").asInt()).isEqualTo(1);
          List<String> found = new ArrayList<>();
          found.add(store.text("/spec/volumeClaimTemplates/0/spec/resources/requests/storage"));
          Manifest.items(one("Service", name).at("/spec/ports"))
              .forEach(port -> found.add(port.get("port").asText()));
          assertThat(found).as(name).isEqualTo(facts);
        });
    assertThat(Manifest.text(BASE.resolve("redis/redis.conf"))).contains("appendonly yes");
    assertThat(Manifest.text(BASE.resolve("mongodb/mongod.conf"))).contains("replSetName:");
  }

  @Test
  void everyPodIsHardened() {
    List<Manifest> pods = all("Deployment", "StatefulSet");
    assertThat(pods).hasSize(8);
    for (Manifest object : pods) {
      JsonNode pod = object.at("/spec/template/spec");
      JsonNode security = pod.at("/securityContext");
      assertThat(security.at("/runAsNonRoot").asBoolean()).as("%s", object).isTrue();
      assertThat(security.at("/runAsUser").asInt()).as("%s", object).isPositive();
      assertThat(security.at("/seccompProfile/type").asText())
          .as("%s", object)
          .isEqualTo("RuntimeDefault");
      assertThat(pod.at("/enableServiceLinks").asBoolean(true)).as("%s", object).isFalse();
      assertThat(pod.at("/serviceAccountName").asText()).isEqualTo(object.name());
      assertThat(pod.has("hostNetwork") || pod.has("hostPID") || pod.has("hostIPC")).isFalse();
      assertThat(pod.has("initContainers")).as("not looked at here").isFalse();
      assertThat(pod.at("/containers")).hasSize(1);
      JsonNode own = pod.at("/containers/0/securityContext");
      assertThat(own.at("/allowPrivilegeEscalation").asBoolean(true)).as("%s", object).isFalse();
      assertThat(own.at("/readOnlyRootFilesystem").asBoolean()).as("%s", object).isTrue();
      assertThat(Manifest.texts(own.at("/capabilities/drop"))).containsExactly("ALL");
      assertThat(own.at("/capabilities").has("add")).as("%s", object).isFalse();
      assertThat(Manifest.items(pod.at("/volumes")))
          .as("%s", object)
          .allMatch(volume -> !volume.has("hostPath"));
    }
    Manifest namespace = one("Namespace", "driveline");
    assertThat(strings(namespace.at("/metadata/labels")))
        .containsEntry("pod-security.kubernetes.io/enforce", "restricted");
  }

  @Test
  void onlyTheWorkerHasATokenAndItIsForLeasesAlone() {
    for (Manifest object : all("Deployment", "StatefulSet")) {
      assertThat(object.at("/spec/template/spec/automountServiceAccountToken").asBoolean(true))
          .as("%s", object)
          .isEqualTo(object.name().equals("driveline-worker"));
    }
    for (Manifest account : all("ServiceAccount")) {
      assertThat(account.at("/automountServiceAccountToken").asBoolean(true))
          .as("%s", account)
          .isFalse();
    }
    assertThat(all("ClusterRole", "ClusterRoleBinding")).isEmpty();
    assertThat(all("Role", "RoleBinding"))
        .extracting(Manifest::name)
        .containsExactlyInAnyOrder("driveline-worker", "driveline-worker");
    JsonNode subjects = one("RoleBinding", "driveline-worker").at("/subjects");
    assertThat(subjects).hasSize(1);
    assertThat(subjects.at("/0/name").asText()).isEqualTo("driveline-worker");
    assertThat(Manifest.items(one("Role", "driveline-worker").at("/rules")))
        .extracting(
            rule ->
                "%s%s%s"
                    .formatted(
                        Manifest.texts(rule.at("/resources")),
                        Manifest.texts(rule.at("/resourceNames")),
                        Manifest.texts(rule.at("/verbs"))))
        .containsExactly(
            "[leases][driveline-worker][get, update]", "[leases][][create]", "[pods][][list]");
  }

  /** What the namespace's quota counts, over all that may be there at once. */
  @Test
  void theQuotaIsTheSumOfEveryAutoscalersMostInAnUpdateAndTheStores() {
    Map<String, BigDecimal> sum = new TreeMap<>();
    for (App app : App.values()) {
      BigDecimal surge =
          new BigDecimal(app.deployment().text("/spec/strategy/rollingUpdate/maxSurge"));
      BigDecimal ending =
          BigDecimal.valueOf(grace(app))
              .divide(
                  new BigDecimal(app.deployment().text("/spec/minReadySeconds")),
                  0,
                  RoundingMode.CEILING);
      BigDecimal most =
          new BigDecimal(one("HorizontalPodAutoscaler", app.fullName()).text("/spec/maxReplicas"));
      add(sum, most.add(surge).add(ending), app.container().at("/resources"));
    }
    for (Manifest store : all("StatefulSet")) {
      add(sum, BigDecimal.ONE, store.at("/spec/template/spec/containers/0/resources"));
      sum.merge("persistentvolumeclaims", BigDecimal.ONE, BigDecimal::add);
      sum.merge(
          "requests.storage",
          Manifest.quantity(
              store.text("/spec/volumeClaimTemplates/0/spec/resources/requests/storage")),
          BigDecimal::add);
    }
    // One more pod that says nothing of its own, such as the answer to a challenge.
    JsonNode range = one("LimitRange", "driveline").at("/spec/limits/0");
    add(sum, BigDecimal.ONE, range, "defaultRequest", "default");
    sum.put("services.nodeports", BigDecimal.ZERO);
    sum.put("services.loadbalancers", BigDecimal.ZERO);

    Map<String, BigDecimal> quota = new TreeMap<>();
    strings(one("ResourceQuota", "driveline").at("/spec/hard"))
        .forEach((name, value) -> quota.put(name, Manifest.quantity(value)));
    sum.replaceAll((name, value) -> value.stripTrailingZeros());
    assertThat(quota).isEqualTo(sum);
  }

  private static void add(Map<String, BigDecimal> sum, BigDecimal pods, JsonNode resources) {
    add(sum, pods, resources, "requests", "limits");
  }

  private static void add(
      Map<String, BigDecimal> sum,
      BigDecimal pods,
      JsonNode resources,
      String requests,
      String limits) {
    sum.merge("pods", pods, BigDecimal::add);
    for (String resource : List.of("cpu", "memory")) {
      sum.merge(
          "requests." + resource,
          pods.multiply(Manifest.quantity(resources.get(requests).get(resource).asText())),
          BigDecimal::add);
      sum.merge(
          "limits." + resource,
          pods.multiply(Manifest.quantity(resources.get(limits).get(resource).asText())),
          BigDecimal::add);
    }
  }

  @Test
  void noContainerOrVolumeIsLargerThanTheLimitRangeAllows() {
    JsonNode limits = one("LimitRange", "driveline").at("/spec/limits");
    for (Manifest object : all("Deployment", "StatefulSet")) {
      for (String resource : List.of("cpu", "memory")) {
        assertThat(
                Manifest.quantity(
                    object.text("/spec/template/spec/containers/0/resources/limits/" + resource)))
            .as("%s %s", object, resource)
            .isLessThanOrEqualTo(Manifest.quantity(limits.at("/0/max/" + resource).asText()));
      }
    }
    for (Manifest store : all("StatefulSet")) {
      assertThat(
              Manifest.quantity(
                  store.text("/spec/volumeClaimTemplates/0/spec/resources/requests/storage")))
          .as("%s", store)
          .isLessThanOrEqualTo(Manifest.quantity(limits.at("/1/max/storage").asText()));
    }
  }

  /** The columns of the sum in docs/kubernetes.md, and what the quota calls them. */
  private static final List<String> COLUMNS =
      List.of("pods", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory");

  @Test
  void theDocsAddUpToTheQuota() {
    List<String> rows =
        Manifest.text(Checkout.ROOT.resolve("docs/kubernetes.md"))
            .lines()
            .dropWhile(line -> !line.startsWith("## The quota"))
            .filter(line -> line.startsWith("| ") && !line.startsWith("| |"))
            .toList();
    assertThat(rows).hasSize(App.values().length + 4 + 2);
    JsonNode hard = one("ResourceQuota", "driveline").at("/spec/hard");
    IntStream.range(0, COLUMNS.size())
        .forEach(
            column -> {
              BigDecimal sum =
                  rows.subList(0, rows.size() - 1).stream()
                      .map(row -> Manifest.quantity(result(row, column)))
                      .reduce(BigDecimal.ZERO, BigDecimal::add);
              BigDecimal quota = Manifest.quantity(hard.get(COLUMNS.get(column)).asText());
              assertThat(sum).as(COLUMNS.get(column)).isEqualByComparingTo(quota);
              assertThat(Manifest.quantity(result(rows.getLast(), column)))
                  .as(COLUMNS.get(column))
                  .isEqualByComparingTo(quota);
            });
  }

  /** What stands behind the last equals sign of a cell. */
  private static String result(String row, int column) {
    String cell = row.replace("*", "").split("\\|")[column + 2];
    return cell.substring(cell.lastIndexOf('=') + 1).strip();
  }

  private static final String INTERNET = "internet 80, internet 443";

  @Test
  void policiesLetThroughWhatTheTableSaysAndNothingElse() {
    Manifest deny = one("NetworkPolicy", "default-deny");
    assertThat(deny.at("/spec/podSelector")).isEmpty();
    assertThat(Manifest.texts(deny.at("/spec/policyTypes"))).containsExactly("Ingress", "Egress");
    assertThat(deny.at("/spec").has("ingress") || deny.at("/spec").has("egress")).isFalse();

    assertThat(allowed("ingress", all("NetworkPolicy")))
        .isEqualTo(
            edges(
                Map.of(
                    "driveline-api", "ingress-nginx 3001, prometheus 3101",
                    "driveline-grpc",
                        "driveline-api 50051, driveline-worker 50051, prometheus 3151",
                    "driveline-webhook", "ingress-nginx 3003, prometheus 3103",
                    "driveline-worker", "prometheus 3105",
                    "mongodb",
                        "driveline-api 27017, driveline-grpc 27017, driveline-webhook 27017,"
                            + " driveline-worker 27017",
                    "rabbitmq", "driveline-api 5672, driveline-webhook 5672, driveline-worker 5672",
                    "redis", "driveline-api 6379, driveline-grpc 6379",
                    "clickhouse", "driveline-api 8123")));
    assertThat(allowed("egress", all("NetworkPolicy")))
        .isEqualTo(
            edges(
                Map.of(
                    "driveline-api",
                    "mongodb 27017, redis 6379, rabbitmq 5672, clickhouse 8123,"
                        + " driveline-grpc 50051, dns 53, "
                        + INTERNET,
                    "driveline-grpc",
                    "mongodb 27017, redis 6379, dns 53, " + INTERNET,
                    "driveline-webhook",
                    "mongodb 27017, rabbitmq 5672, dns 53, " + INTERNET,
                    "driveline-worker",
                    "mongodb 27017, rabbitmq 5672, driveline-grpc 50051, dns 53,"
                        + " private 443, private 6443, "
                        + INTERNET,
                    "mongodb",
                    "dns 53",
                    "rabbitmq",
                    "dns 53",
                    "redis",
                    "dns 53",
                    "clickhouse",
                    "dns 53")));
  }

  /** What the files beside the base add to it; they take away only with a store that leaves. */
  @Test
  void componentsAndOverlaysLetThroughWhatTheyAreForAndNothingElse() {
    List<Manifest> more =
        Manifest.below(Manifest.KUBERNETES).stream()
            .filter(object -> object.kind().equals("NetworkPolicy"))
            .filter(object -> !object.file().startsWith(BASE))
            .toList();
    assertThat(more)
        .extracting(Manifest::name)
        .containsExactlyInAnyOrder(
            "external-mongodb",
            "external-rabbitmq",
            "external-redis",
            "external-clickhouse",
            "acme-challenge",
            "rabbitmq-ui");

    Map<String, Set<String>> in = allowed("ingress", more);
    assertThat(in.remove("rabbitmq")).containsExactly("anywhere 15672");
    assertThat(in.values()).allMatch(Set::isEmpty);
    Map<String, Set<String>> out = allowed("egress", more);
    out.values().removeIf(Set::isEmpty);
    assertThat(out)
        .isEqualTo(
            edges(
                Map.of(
                    "driveline-api",
                    "anywhere 27017, anywhere 5671, anywhere 5672, anywhere 6379, anywhere 8123,"
                        + " anywhere 8443",
                    "driveline-grpc",
                    "anywhere 27017, anywhere 6379",
                    "driveline-webhook",
                    "anywhere 27017, anywhere 5671, anywhere 5672",
                    "driveline-worker",
                    "anywhere 27017, anywhere 5671, anywhere 5672")));
    Manifest challenge =
        more.stream().filter(policy -> policy.name().equals("acme-challenge")).findFirst().get();
    assertThat(strings(challenge.at("/spec/podSelector/matchLabels")))
        .containsOnlyKeys("acme.cert-manager.io/http01-solver");
    assertThat(Manifest.texts(challenge.at("/spec/policyTypes"))).containsExactly("Ingress");
    assertThat(names(challenge.at("/spec/ingress/0/from/0"))).containsExactly("ingress-nginx");
  }

  private static Map<String, Set<String>> edges(Map<String, String> table) {
    Map<String, Set<String>> edges = new TreeMap<>();
    table.forEach((pod, text) -> edges.put(pod, new TreeSet<>(List.of(text.split(", ")))));
    return edges;
  }

  /** For each workload of the base, by whom or whom it may reach, over the policies together. */
  private static Map<String, Set<String>> allowed(String direction, List<Manifest> policies) {
    Map<String, Set<String>> allowed = new TreeMap<>();
    for (Manifest pod : all("Deployment", "StatefulSet")) {
      Set<String> edges = allowed.computeIfAbsent(pod.name(), name -> new TreeSet<>());
      for (Manifest policy : policies) {
        if (!selects(policy.at("/spec/podSelector"), pod)) {
          continue;
        }
        for (JsonNode rule : policy.at("/spec/" + direction)) {
          JsonNode peers = rule.path(direction.equals("ingress") ? "from" : "to");
          // Without one, a rule lets through every peer, or every port.
          List<String> names =
              peers.isEmpty()
                  ? List.of("anywhere")
                  : Manifest.items(peers).stream().flatMap(peer -> names(peer).stream()).toList();
          assertThat(rule.path("ports")).as("%s", policy).isNotEmpty();
          for (JsonNode port : rule.get("ports")) {
            String number = port.get("port").asText();
            // One policy for the management ports of all four: a pod has one of them.
            if (direction.equals("egress") || listens(pod, number)) {
              names.forEach(name -> edges.add(name + " " + number));
            }
          }
        }
      }
    }
    return allowed;
  }

  private static boolean listens(Manifest pod, String port) {
    return Manifest.items(pod.at("/spec/template/spec/containers/0/ports")).stream()
        .anyMatch(own -> own.get("containerPort").asText().equals(port));
  }

  private static List<String> names(JsonNode peer) {
    if (peer.has("ipBlock")) {
      return List.of(
          isPublic(peer.get("ipBlock"))
              ? "internet"
              : peer.at("/ipBlock/cidr").asText().endsWith("/0") ? "anywhere" : "private");
    }
    JsonNode selector = peer.get("podSelector");
    if (peer.has("namespaceSelector")) {
      String namespace =
          peer.get("namespaceSelector").at("/matchLabels/kubernetes.io~1metadata.name").asText();
      return switch (namespace) {
        case "ingress-nginx", "monitoring" ->
            List.of(selector.at("/matchLabels/app.kubernetes.io~1name").asText());
        case "kube-system" ->
            selector.at("/matchLabels/k8s-app").asText().equals("kube-dns")
                ? List.of("dns")
                : List.of("all of kube-system");
        default -> List.of("all of namespace " + namespace);
      };
    }
    return all("Deployment", "StatefulSet").stream()
        .filter(pod -> selects(selector, pod))
        .map(Manifest::name)
        .toList();
  }

  private static boolean isPublic(JsonNode block) {
    return switch (block.get("cidr").asText()) {
      case "0.0.0.0/0" ->
          new HashSet<>(Manifest.texts(block.path("except")))
              .containsAll(
                  Set.of(
                      "10.0.0.0/8",
                      "172.16.0.0/12",
                      "192.168.0.0/16",
                      "100.64.0.0/10",
                      "169.254.0.0/16",
                      "127.0.0.0/8"));
      case "2000::/3" -> true;
      default -> false;
    };
  }

  private static boolean selects(JsonNode selector, Manifest pod) {
    Map<String, String> labels = strings(pod.at("/spec/template/metadata/labels"));
    return labels.entrySet().containsAll(strings(selector.path("matchLabels")).entrySet())
        && Manifest.items(selector.path("matchExpressions")).stream()
            .allMatch(
                expression ->
                    expression.get("operator").asText().equals("In")
                        && Manifest.texts(expression.get("values"))
                            .contains(labels.get(expression.get("key").asText())));
  }

  @Test
  void everyPathHasItsAppAndStripesPostsComeThroughWhole() {
    Map<String, String> paths = new TreeMap<>();
    for (Manifest ingress : all("Ingress")) {
      for (JsonNode path : ingress.at("/spec/rules/0/http/paths")) {
        assertThat(path.get("pathType").asText()).isEqualTo("Prefix");
        paths.put(path.get("path").asText(), path.at("/backend/service/name").asText());
      }
    }
    assertThat(paths)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of("/api", "driveline-api", "/webhook", "driveline-webhook", "/", "driveline-api"));
    Map<String, String> webhook =
        strings(one("Ingress", "driveline-webhook").at("/metadata/annotations"));
    assertThat(webhook)
        .containsEntry("nginx.ingress.kubernetes.io/proxy-body-size", "1m")
        .containsEntry("nginx.ingress.kubernetes.io/proxy-request-buffering", "off");
    assertThat(webhook.keySet()).noneMatch(name -> name.contains("limit"));
  }

  @Test
  void noSecretStandsInTheFiles() {
    assertThat(Manifest.below(Manifest.KUBERNETES))
        .extracting(Manifest::kind)
        .doesNotContain("Secret");
    assertThat(Manifest.text(Checkout.ROOT.resolve(".gitignore")).lines())
        .contains("kubernetes/overlays/local/secrets/");
    JsonNode local = Manifest.kustomization(Manifest.KUBERNETES.resolve("overlays/local"));
    for (JsonNode generated : local.get("secretGenerator")) {
      assertThat(generated.has("literals")).as("%s", generated).isFalse();
      Stream.concat(
              Manifest.texts(generated.path("envs")).stream(),
              Manifest.texts(generated.path("files")).stream())
          .forEach(file -> assertThat(file).startsWith("secrets/"));
    }
  }

  @Test
  void everyObjectStandsInAFileOfItsKindThatKustomizeReads() {
    for (Manifest object : OBJECTS) {
      String file = object.file().getFileName().toString();
      assertThat(file.replaceFirst("(-\\w+)?\\.yaml$", ""))
          .as("%s", object)
          .isEqualTo(object.kind().toLowerCase(Locale.ROOT));
      assertThat(Manifest.texts(Manifest.kustomization(object.file().getParent()).get("resources")))
          .contains(file);
      assertThat(strings(object.at("/metadata/labels")))
          .as("%s", object)
          .containsKeys("app.kubernetes.io/name", "app.kubernetes.io/part-of");
    }
    JsonNode base = Manifest.kustomization(BASE);
    assertThat(base.get("namespace").asText()).isEqualTo("driveline");
    assertThat(OBJECTS.stream().map(object -> object.file().getParent().getFileName().toString()))
        .hasSameElementsAs(Manifest.texts(base.get("resources")));
  }
}
