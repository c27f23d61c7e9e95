package io.driveline.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What {@code ./driveline deploy} and the like tell kubectl, and in which order. A script in
 * kubectl's place notes what it is told: a cluster is not needed to see what one would be told.
 */
class DeployCommandsTest {

  private static final String PARTS = "app.kubernetes.io/part-of in (driveline,driveline-stores)";
  private static final String OURS = " -l " + PARTS;

  /** What looks and changes nothing. */
  private static final List<String> LOOKS =
      List.of("version", "config", "kustomize", "get", "api-resources");

  @TempDir private Path folder;
  private Path checkout;
  private Path programs;
  private Path calls;
  private String kubeconfig;

  /** By the start of what kubectl is told: what it prints and how it ends. The first one counts. */
  private final Map<String, Answer> answers = new LinkedHashMap<>();

  private record Answer(String printed, int exit) {}

  /**
   * How a command ended.
   *
   * @param told what kubectl was told, look-ups left out, without the context
   */
  private record Ended(int exit, String out, String said, List<String> told) {

    String lastLine() {
      return said.lines().toList().getLast();
    }
  }

  @BeforeEach
  void prepare() throws IOException {
    checkout = folder.resolve("checkout");
    programs = Files.createDirectory(folder.resolve("programs"));
    calls = folder.resolve("calls");
    copy(Checkout.ROOT.resolve("driveline"));
    for (Path file : Manifest.files(Manifest.KUBERNETES, "")) {
      copy(file);
    }
    context("kind-driveline");
    answer("version --client", version("clientVersion", "32+"));
    answer("version -o", version("serverVersion", "37"));
    answer("config view", "https://127.0.0.1:6443");
    answer("kustomize", "apiVersion: v1\nkind: Namespace\n");
    answer(
        "api-resources --no-headers", types("v1 Namespace", "metrics.k8s.io/v1beta1 PodMetrics"));
    answer("api-resources", "deployments.apps\n");
    answer("-n driveline get deployments", "deployment.apps/driveline-api\n");
    answer("-n driveline get statefulsets", "statefulset.apps/mongodb\n");
    answer("get namespace", "namespace/driveline\n");
    answer("get ingressclass", "ingressclass.networking.k8s.io/nginx\n");
  }

  private void copy(Path file) throws IOException {
    Path to = checkout.resolve(Checkout.ROOT.relativize(file));
    Files.createDirectories(to.getParent());
    Files.copy(file, to);
  }

  private void context(String name) {
    answer("config current-context", name + "\n");
  }

  /** As kubectl lists them: a name, a short one where there is one, version, namespaced, kind. */
  private static String types(String... versionsAndKinds) {
    StringBuilder types = new StringBuilder();
    for (String type : versionsAndKinds) {
      String[] parts = type.split(" ");
      types.append("things   th   %s   true   %s\n".formatted(parts[0], parts[1]));
      types.append("others        %s   true   Other\n".formatted(parts[0]));
    }
    return types.toString();
  }

  private void answer(String told, String printed) {
    answers.put(told, new Answer(printed, 0));
  }

  private void fail(String told) {
    answers.put(told, new Answer("", 1));
  }

  private static String version(String side, String minor) {
    return """
        {"%s": {"major": "1", "minor": "%s", "gitVersion": "v1.%s.0"},
         "kustomizeVersion": "v5.5.0"}
        """
        .formatted(side, minor, minor);
  }

  private Ended run(String... words) throws IOException, InterruptedException {
    return runWith("", words);
  }

  /** Runs it with what is typed; nothing is the end of the input at once. */
  private Ended runWith(String typed, String... words) throws IOException, InterruptedException {
    Path kubectl = programs.resolve("kubectl");
    Files.writeString(kubectl, kubectl());
    assertThat(kubectl.toFile().setExecutable(true)).isTrue();
    return start(programs + ":" + System.getenv("PATH"), typed, words);
  }

  private String kubectl() {
    StringBuilder script = new StringBuilder("#!/usr/bin/env bash\n");
    script.append("printf '%s\\n' \"$*\" >>'").append(calls).append("'\n");
    script.append("[ \"$1\" != --context ] || shift 2\n");
    script.append("case \"$*\" in\n");
    answers.forEach(
        (told, answer) ->
            script.append(
                "'%s'*)\ncat <<'END'\n%s\nEND\nexit %d\n;;\n"
                    .formatted(told, answer.printed().stripTrailing(), answer.exit())));
    return script.append("esac\n").toString();
  }

  private Ended start(String path, String typed, String... words)
      throws IOException, InterruptedException {
    Path input = Files.writeString(folder.resolve("typed"), typed);
    Path out = folder.resolve("out");
    Path said = folder.resolve("said");
    List<String> command = new ArrayList<>(List.of(checkout.resolve("driveline").toString()));
    command.addAll(List.of(words));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectInput(input.toFile())
            .redirectOutput(out.toFile())
            .redirectError(said.toFile());
    builder.environment().put("PATH", path);
    builder.environment().remove("DRIVELINE_WEBHOOK_SECRETS");
    builder.environment().remove("KUBECONFIG");
    if (kubeconfig != null) {
      builder.environment().put("KUBECONFIG", kubeconfig);
    }
    Process process = builder.start();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("did not end: " + command);
    }
    return new Ended(process.exitValue(), Files.readString(out), Files.readString(said), told());
  }

  private List<String> told() throws IOException {
    if (!Files.exists(calls)) {
      return List.of();
    }
    return Files.readAllLines(calls).stream()
        .map(call -> call.replaceFirst("^--context \\S+ ", ""))
        .filter(
            call -> LOOKS.stream().noneMatch(call.replaceFirst("^-n driveline ", "")::startsWith))
        .toList();
  }

  @Test
  void deployAppliesTheLocalOverlayAndWaitsForTheStoresAndThenTheApps() throws Exception {
    Ended ended = run("deploy");

    assertThat(ended.exit()).as(ended.said()).isZero();
    assertThat(ended.told())
        .containsExactly(
            "apply -k kubernetes/overlays/local",
            "-n driveline rollout status statefulset.apps/mongodb --timeout=10m",
            "-n driveline rollout status deployment/driveline-grpc --timeout=15m",
            "-n driveline rollout status deployment/driveline-api --timeout=15m",
            "-n driveline rollout status deployment/driveline-webhook --timeout=15m",
            "-n driveline rollout status deployment/driveline-worker --timeout=15m");
  }

  @Test
  void itTellsFirstWhichClusterItIsAndThenEachCommandThatItRuns() throws Exception {
    Ended ended = run("deploy");

    assertThat(ended.said().lines())
        .first()
        .isEqualTo("Context kind-driveline, cluster https://127.0.0.1:6443");
    assertThat(ended.said().lines().filter(line -> line.startsWith("+ kubectl ")))
        .containsExactlyElementsOf(
            ended.told().stream()
                .map(told -> "+ kubectl --context kind-driveline " + told)
                .toList());
  }

  @Test
  void anotherContextChosenMeanwhileChangesNothing() throws Exception {
    run("deploy");

    assertThat(Files.readAllLines(calls))
        .filteredOn(call -> !call.matches("(version --client|config current-context|kustomize).*"))
        .isNotEmpty()
        .allMatch(call -> call.startsWith("--context kind-driveline "));
  }

  @Test
  void aCommandThatIsPrintedCanBePastedIntoAShell() throws Exception {
    Ended ended = run("undeploy", "--yes");

    assertThat(ended.said())
        .contains("-n driveline delete deployment -l '" + PARTS + "' --cascade=foreground\n");
  }

  @Test
  void theLocalSecretsAreMadeOnceAndAreThenLeftAsTheyAre() throws Exception {
    run("deploy");
    Path secrets = checkout.resolve("kubernetes/overlays/local/secrets");
    assertThat(secrets.resolve("driveline-mongodb.env")).isNotEmptyFile();
    Path ofSomebody =
        Files.writeString(
            secrets.resolve("driveline-webhook.env"), "DRIVELINE_WEBHOOK_SECRETS_SHOP=whsec_1\n");

    Ended again = run("deploy");

    assertThat(again.said()).doesNotContain("secrets.sh");
    assertThat(ofSomebody).hasContent("DRIVELINE_WEBHOOK_SECRETS_SHOP=whsec_1\n");
  }

  @Test
  void newSecretsAreNotMadeForVolumesThatHaveOldOnes() throws Exception {
    answer("-n driveline get persistentvolumeclaims", "persistentvolumeclaim/data-mongodb-0\n");

    Ended ended = run("deploy");

    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.lastLine()).contains("passwords of other Secrets", "undeploy --volumes");
    assertThat(checkout.resolve("kubernetes/overlays/local/secrets")).doesNotExist();
    assertThat(ended.told()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "deploy nowhere",
        "deploy local production",
        "deploy --force",
        "undeploy local",
        "logs",
        "logs nobody",
        "logs api worker",
        "logs api --lines",
        "rollback",
        "rollback mongodb",
        "rollback api worker",
        "rollback api --to",
        "rollback api --to newest",
        "rollback all --to 2",
        "status api",
        "images --colour",
        "images --tool make",
        "images --prove --rate 0",
        "images --prove --rate 501",
        "images --prove --rest-minutes 1441",
        "images --prove --brief --rate 5"
      })
  void whatIsAskedWronglyIsRefusedInOneLineBeforeKubectlIsAsked(String asked) throws Exception {
    Ended ended = run(asked.split(" "));

    assertThat(ended.exit()).isEqualTo(2);
    assertThat(ended.said().lines()).singleElement().asString().startsWith("driveline: ");
    assertThat(calls).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"20", "28"})
  void aKubectlThatIsTooOldIsRefused(String minor) throws Exception {
    answer("version --client", version("clientVersion", minor));

    Ended ended = run("deploy", "--yes");

    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.said())
        .isEqualTo("driveline: kubectl 1." + minor + " is too old; install 1.29 or later\n");
  }

  @Test
  void withoutKubectlItSaysWhatToInstall() throws Exception {
    for (String program : List.of("bash", "dirname")) {
      Path found = installed(program);
      Path here = programs.resolve(program);
      Files.writeString(here, "#!%s\nexec %s \"$@\"\n".formatted(installed("bash"), found));
      assertThat(here.toFile().setExecutable(true)).isTrue();
    }
    Ended ended = start(programs.toString(), "", "status");

    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.said())
        .isEqualTo("driveline: no kubectl found; install kubectl 1.29 or later\n");
  }

  private static Path installed(String program) {
    return Stream.of(System.getenv("PATH").split(":"))
        .map(place -> Path.of(place, program))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void withoutAContextOrAnAnswerNothingIsDone() throws Exception {
    fail("version -o");
    Ended silent = run("deploy", "--yes");
    assertThat(silent.exit()).isEqualTo(1);
    assertThat(silent.lastLine()).startsWith("driveline: the cluster does not answer");

    fail("config current-context");
    Ended nowhere = run("deploy", "--yes");
    assertThat(nowhere.exit()).isEqualTo(1);
    assertThat(nowhere.said())
        .startsWith("driveline: kubectl has no current context")
        .hasLineCount(1);
    assertThat(nowhere.told()).isEmpty();
  }

  @Test
  void aClusterThatIsTooOldIsRefused() throws Exception {
    answer("version -o", version("serverVersion", "29"));

    Ended ended = run("deploy");

    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.lastLine()).contains("the cluster is Kubernetes 1.29");
    assertThat(ended.told()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "cert-manager.io/v1, Certificate, cert-manager",
    "monitoring.coreos.com/v1, PrometheusRule, Prometheus Operator",
    "example.com/v1, Thing, example.com/v1 Thing",
    "v1, Thing, v1 Thing"
  })
  void whatTheClusterDoesNotKnowIsSaidBeforeAnythingIsApplied(
      String version, String kind, String named) throws Exception {
    answer(
        "kustomize",
        "apiVersion: v1\nkind: Namespace\n---\napiVersion: " + version + "\nkind: " + kind + "\n");

    Ended ended = run("deploy", "production", "--yes");

    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.lastLine()).contains(named, "nothing was applied");
    assertThat(ended.told()).isEmpty();
  }

  @Test
  void aKubeconfigThatIsNotThereIsNamed() throws Exception {
    kubeconfig = "gone";

    Ended ended = run("status");

    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.said())
        .startsWith("driveline: KUBECONFIG names ")
        .contains("/gone, which is not there")
        .hasLineCount(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"status", "logs api", "rollback api"})
  void whatIsNotInTheClusterIsSaid(String command) throws Exception {
    answer("-n driveline get deployments", "");

    Ended ended = run(command.split(" "));

    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.lastLine()).contains("namespace driveline has no app of it");
    assertThat(ended.told()).isEmpty();
  }

  @Test
  void storesOfWhichNobodySaidWhereTheyAreAreWarnedOf() throws Exception {
    answer(
        "kustomize",
        """
        apiVersion: v1
        kind: Namespace
        metadata:
          name: external-mongodb
        spec:
          egress:
          - ports:
            - port: 27017
        ---
        apiVersion: v1
        kind: Namespace
        metadata:
          name: external-redis
        spec:
          egress:
          - ports:
            - port: 6379
            to:
            - ipBlock:
                cidr: 10.20.0.0/16
        """);

    Ended ended = run("deploy", "production", "--yes");

    assertThat(ended.said().lines().filter(line -> line.startsWith("Warning: ")))
        .singleElement()
        .asString()
        .contains("on the ports of: mongodb;");
  }

  @Test
  void anOverlayThatIsNotSoundIsNotApplied() throws Exception {
    fail("kustomize");

    Ended ended = run("deploy", "production", "--yes");

    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.told()).isEmpty();
  }

  @Test
  void whatWillNotWorkIsWarnedOfInOneLineEach() throws Exception {
    answer(
        "kustomize",
        """
        apiVersion: v1
        kind: Secret
        metadata:
          name: made-here
        ---
        apiVersion: apps/v1
        spec:
          env:
            - valueFrom:
                secretKeyRef:
                  key: uri
                  name: driveline-mongodb
            - valueFrom:
                secretKeyRef:
                  key: password
                  name: driveline-management
                  optional: true
            - secretRef:
                name: driveline-webhook
            - secretRef:
                name: made-here
          ingressClassName: nginx
          host: driveline.example.com
          volumeClaimTemplates:
        """);
    answer("api-resources --no-headers", types("v1 Secret"));
    answer("get ingressclass", "");
    answer("-n driveline get secrets", "secret/driveline-webhook\n");

    Ended ended = run("deploy", "production", "--yes");

    assertThat(ended.exit()).isZero();
    assertThat(ended.said().lines().filter(line -> line.startsWith("Warning: ")))
        .satisfiesExactly(
            line -> assertThat(line).contains("no ingress class nginx"),
            line -> assertThat(line).contains("no metrics-server"),
            line -> assertThat(line).contains("no default StorageClass"),
            line -> assertThat(line).contains("no Secret driveline-mongodb"),
            line -> assertThat(line).contains("driveline.example.com"));
  }

  @ParameterizedTest
  @CsvSource({
    "deploy production, apply -k kubernetes/overlays/production",
    "undeploy, -n driveline delete",
    "rollback all, -n driveline rollout undo"
  })
  void itAsksAndDoesNothingUnlessToldYes(String asked, String first) throws Exception {
    String[] words = asked.split(" ");
    Ended no = runWith("n\n", words);
    assertThat(no.exit()).isEqualTo(1);
    assertThat(no.told()).isEmpty();
    assertThat(no.said()).contains("? ").endsWith("[y/N] driveline: nothing was done\n");

    Ended nobody = runWith("", words);
    assertThat(nobody.exit()).isEqualTo(2);
    assertThat(nobody.lastLine()).isEqualTo("driveline: nobody can be asked here: give --yes");
    assertThat(nobody.told()).isEmpty();

    assertThat(runWith("y\n", words).told()).first().asString().startsWith(first);
    Files.delete(calls);
    Ended yes = run(Stream.concat(Stream.of(words), Stream.of("--yes")).toArray(String[]::new));
    assertThat(yes.told()).first().asString().startsWith(first);
    assertThat(yes.said()).doesNotContain("[y/N]");
  }

  @Test
  void theLocalOverlayIsPutIntoSomebodysClusterOnlyAfterAsking() throws Exception {
    context("production-eu");

    Ended ended = runWith("n\n", "deploy", "local");

    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.said()).contains("Apply local to production-eu? [y/N]");
    assertThat(ended.told()).isEmpty();
  }

  @Test
  void anOverlayOfOnesOwnIsFoundFromWhereTheCommandWasGiven() throws Exception {
    Files.createDirectory(folder.resolve("ours"));
    Files.writeString(folder.resolve("ours/kustomization.yaml"), "resources: []\n");

    Ended ended = run("deploy", "ours", "--yes");

    assertThat(ended.told()).first().isEqualTo("apply -k " + folder.toRealPath() + "/ours");
    assertThat(checkout.resolve("kubernetes/overlays/local/secrets")).doesNotExist();
  }

  @Test
  void anAppThatDoesNotBecomeReadyEndsItWithOne() throws Exception {
    fail("-n driveline rollout status deployment/driveline-api");

    Ended ended = run("deploy");

    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.lastLine())
        .startsWith(
            "driveline: api did not become ready: ./driveline status, ./driveline logs api, kubectl");
  }

  @Test
  void undeployEndsTheAppsBeforeTheStoresAndTheirPoliciesAndLeavesTheVolumes() throws Exception {
    answer("api-resources", "certificates.cert-manager.io\n");

    Ended ended = run("undeploy", "--yes");

    assertThat(ended.exit()).isZero();
    assertThat(ended.told())
        .containsExactly(
            "-n driveline delete ingress,horizontalpodautoscaler,poddisruptionbudget" + OURS,
            "-n driveline delete deployment" + OURS + " --cascade=foreground",
            "-n driveline delete statefulset" + OURS + " --cascade=foreground",
            "-n driveline delete service,networkpolicy,rolebinding,role,serviceaccount,configmap,"
                + "secret,resourcequota,limitrange,certificates.cert-manager.io"
                + OURS);
  }

  @Test
  void undeployDeletesVolumesLastAndOnlyWhenTold() throws Exception {
    Ended ended = runWith("y\n", "undeploy", "--volumes");

    assertThat(ended.said()).contains("all that its stores hold, for ever? [y/N]");
    assertThat(ended.told())
        .last()
        .isEqualTo(
            "-n driveline delete persistentvolumeclaim"
                + " -l app.kubernetes.io/name in (mongodb,rabbitmq,redis,clickhouse)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"undeploy --yes", "logs api", "rollback api", "status"})
  void whereNothingIsDeployedItSaysSo(String asked) throws Exception {
    fail("get namespace");

    Ended ended = run(asked.split(" "));

    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.lastLine()).startsWith("driveline: Driveline is not in kind-driveline");
    assertThat(ended.told()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "logs api, driveline-api, ''",
    "logs mongodb, mongodb, ''",
    "logs worker --follow, driveline-worker, ' --follow'",
    "logs -f worker, driveline-worker, ' --follow'"
  })
  void logsAreThoseOfEveryPod(String asked, String name, String follow) throws Exception {
    assertThat(run(asked.split(" ")).told())
        .containsExactly(
            "-n driveline logs -l app.kubernetes.io/name="
                + name
                + " --prefix --tail=100 --max-log-requests=20"
                + follow);
  }

  @ParameterizedTest
  @CsvSource({"rollback api, ''", "rollback api --to 3, ' --to-revision=3'"})
  void rollbackTakesOneAppBackAndWaits(String asked, String revision) throws Exception {
    assertThat(run(asked.split(" ")).told())
        .containsExactly(
            "-n driveline rollout undo deployment/driveline-api" + revision,
            "-n driveline rollout status deployment/driveline-api --timeout=15m");
  }

  @Test
  void rollbackOfAllWaitsForThoseThatWentBackAndTellsThatOneDidNot() throws Exception {
    fail("-n driveline rollout undo");

    Ended ended = run("rollback", "all", "--yes");

    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.told())
        .hasSize(5)
        .first()
        .isEqualTo(
            "-n driveline rollout undo deployment/driveline-grpc deployment/driveline-api"
                + " deployment/driveline-webhook deployment/driveline-worker");
    assertThat(ended.lastLine()).contains("not every app was taken back");
  }

  @ParameterizedTest
  @ValueSource(strings = {"deploy", "undeploy", "status", "logs", "rollback"})
  void everyCommandHasAHelpOfItsOwnAndALineInTheOverview(String command) throws Exception {
    Ended help = run(command, "--help");
    assertThat(help.exit()).isZero();
    assertThat(help.out()).startsWith("Usage: ./driveline " + command);
    assertThat(run("help", command).out()).isEqualTo(help.out());
    assertThat(run("help").out()).contains("\n  " + command);
    assertThat(calls).doesNotExist();
  }
}
