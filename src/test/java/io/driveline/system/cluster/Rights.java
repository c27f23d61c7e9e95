package io.driveline.system.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * What each service account may do: every verb on every resource that the API server lists is asked
 * for each of them, as {@code kubectl auth can-i} asks.
 */
final class Rights implements Proof {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** What an app needs beyond what everyone may; an app that is not here needs nothing. */
  private static final Map<String, Set<Right>> NEEDED =
      Map.of(
          "driveline-worker",
          Set.of(
              new Right("get", "coordination.k8s.io", "leases", "driveline-worker"),
              new Right("create", "coordination.k8s.io", "leases", ""),
              new Right("create", "coordination.k8s.io", "leases", "driveline-worker"),
              new Right("update", "coordination.k8s.io", "leases", "driveline-worker"),
              new Right("list", "", "pods", "")));

  /** Of another namespace: it may do what every account may, whatever the cluster's version. */
  private static final Account STRANGER = new Account("default", "stranger");

  /** What Kubernetes lets it do: ask who it is and what it may do, and whom the cluster trusts. */
  private static final Set<Right> EVERYONE =
      Set.of(
          new Right("get", "certificates.k8s.io", "clustertrustbundles", ""),
          new Right("list", "certificates.k8s.io", "clustertrustbundles", ""),
          new Right("watch", "certificates.k8s.io", "clustertrustbundles", ""),
          new Right("create", "authentication.k8s.io", "selfsubjectreviews", ""),
          new Right("create", "authorization.k8s.io", "selfsubjectaccessreviews", ""),
          new Right("create", "authorization.k8s.io", "selfsubjectrulesreviews", ""));

  /** Verbs that no resource lists as its own. */
  private static final Set<String> SPECIAL =
      Set.of("*", "bind", "escalate", "impersonate", "approve", "sign", "use");

  private static final int AT_ONCE = 8;

  /**
   * One thing that an account may do.
   *
   * @param resource with its subresource, such as {@code pods/exec}
   * @param name of the only object that it may do it to; empty for any
   */
  record Right(String verb, String group, String resource, String name) {

    @Override
    public String toString() {
      return verb
          + " "
          + resource
          + (group.isEmpty() ? "" : " of " + group)
          + (name.isEmpty() ? "" : " named " + name);
    }
  }

  private record Account(String namespace, String name) {}

  private record Resource(String group, String name, boolean isNamespaced) {}

  @Override
  public void show(Cluster cluster, Report report) throws Exception {
    List<Account> accounts =
        cluster.list("get", "serviceaccounts").stream()
            .map(account -> new Account(Cluster.NAMESPACE, Cluster.name(account)))
            .toList();
    report.tried(
        "each service account may do what its app needs, and nothing more",
        () -> askAll(cluster, accounts));
    report.tried(
        "no binding but the worker's own names an account of the namespace",
        () -> {
          Set<String> bindings = bindings(cluster.kubectl());
          Wrong.unless(
              bindings.equals(Set.of("RoleBinding driveline/driveline-worker")),
              "these do: " + bindings);
          return "";
        });
    report.tried(
        "with its token, the worker may list pods and create a lease, and not read a Secret",
        () -> {
          Kubectl worker = withToken(cluster, "driveline-worker");
          may(worker, true, "list pods", "get", "pods");
          may(worker, true, "create a lease", "create", "-f", lease(cluster).toString());
          may(worker, false, "read another lease", "get", "lease", "stranger");
          may(worker, false, "delete a lease", "delete", "lease", "stranger");
          may(worker, false, "read a Secret", "get", "secrets");
          may(worker, false, "list pods elsewhere", "get", "pods", "--namespace=kube-system");
          cluster.tell("delete", "lease", "stranger");
          return "";
        });
    report.tried(
        "with its token, api may not even list pods",
        () -> {
          Kubectl api = withToken(cluster, "driveline-api");
          may(api, false, "list pods", "get", "pods");
          may(api, false, "create a lease", "create", "-f", lease(cluster).toString());
          return "";
        });
  }

  private static String askAll(Cluster cluster, List<Account> accounts) throws Exception {
    Set<String> verbs = new TreeSet<>(SPECIAL);
    List<Resource> resources = resources(cluster.kubectl(), verbs);
    AtomicInteger asked = new AtomicInteger();
    Map<Account, Set<String>> allowed = new HashMap<>();
    Process proxy = cluster.kubectl().start("proxy", "--port=0");
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
      URI reviews =
          URI.create(
              "http://" + address(proxy) + "/apis/authorization.k8s.io/v1/subjectaccessreviews");
      List<Future<?>> answers = new ArrayList<>();
      for (Account account : Stream.concat(accounts.stream(), Stream.of(STRANGER)).toList()) {
        Set<String> found = new ConcurrentSkipListSet<>();
        allowed.put(account, found);
        for (Resource resource : resources) {
          Callable<Void> questions =
              () -> {
                for (String name : names(resource)) {
                  for (String verb : verbs) {
                    Right right = new Right(verb, resource.group(), resource.name(), name);
                    asked.incrementAndGet();
                    if (isAllowed(client, reviews, account, right, resource.isNamespaced())) {
                      found.add(right.toString());
                    }
                  }
                }
                return null;
              };
          answers.add(threads.submit(questions));
        }
      }
      for (Future<?> answer : answers) {
        answer.get();
      }
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    } finally {
      proxy.destroy();
    }
    List<String> wrong = new ArrayList<>();
    if (cluster.isOwn()) {
      compare("everyone", texts(EVERYONE), allowed.get(STRANGER), wrong);
    }
    for (Account account : accounts) {
      Set<String> needed = texts(NEEDED.getOrDefault(account.name(), Set.of()));
      needed.addAll(allowed.get(STRANGER));
      compare(account.name(), needed, allowed.get(account), wrong);
    }
    Wrong.unless(wrong.isEmpty(), String.join("\n", wrong));
    return "%d questions: %d accounts, %d resources, %d verbs"
        .formatted(asked.get(), accounts.size(), resources.size(), verbs.size());
  }

  private static Set<String> texts(Set<Right> rights) {
    Set<String> texts = new TreeSet<>();
    rights.forEach(right -> texts.add(right.toString()));
    return texts;
  }

  private static void compare(
      String who, Set<String> needed, Set<String> allowed, List<String> wrong) {
    allowed.stream()
        .filter(right -> !needed.contains(right))
        .forEach(right -> wrong.add(who + " may " + right));
    needed.stream()
        .filter(right -> !allowed.contains(right))
        .forEach(right -> wrong.add(who + " may not " + right));
  }

  /** Any object of it, and each that a right is meant for. */
  private static Set<String> names(Resource resource) {
    Set<String> names = new TreeSet<>(Set.of(""));
    NEEDED.values().stream()
        .flatMap(Set::stream)
        .filter(right -> right.group().equals(resource.group()))
        .filter(right -> right.resource().equals(resource.name()))
        .forEach(right -> names.add(right.name()));
    return names;
  }

  /**
   * All that the server lists, each once whatever its versions; their verbs are added to the set.
   */
  private static List<Resource> resources(Kubectl kubectl, Set<String> verbs) {
    Map<String, Resource> resources = new LinkedHashMap<>();
    List<String> paths = new ArrayList<>(List.of("/api/v1"));
    Cluster.items(Kubectl.parse(kubectl.tell("get", "--raw", "/apis")).at("/groups"))
        .flatMap(group -> Cluster.items(group.at("/versions")))
        .forEach(version -> paths.add("/apis/" + version.at("/groupVersion").asText()));
    for (String path : paths) {
      JsonNode list = Kubectl.parse(kubectl.tell("get", "--raw", path));
      String version = list.at("/groupVersion").asText();
      String group = version.contains("/") ? version.substring(0, version.indexOf('/')) : "";
      for (JsonNode resource : list.at("/resources")) {
        String name = resource.at("/name").asText();
        resources.putIfAbsent(
            group + "/" + name, new Resource(group, name, resource.at("/namespaced").asBoolean()));
        Cluster.items(resource.at("/verbs")).map(JsonNode::asText).forEach(verbs::add);
      }
    }
    return List.copyOf(resources.values());
  }

  /** Where {@code kubectl proxy} says that it listens. */
  private static String address(Process proxy) throws IOException {
    BufferedReader lines = proxy.inputReader();
    String line = lines.readLine();
    Wrong.unless(line != null, "kubectl proxy has not started");
    return line.substring(line.lastIndexOf(' ') + 1).strip();
  }

  private static boolean isAllowed(
      HttpClient client, URI reviews, Account account, Right right, boolean isNamespaced)
      throws IOException, InterruptedException {
    ObjectNode review =
        JSON.createObjectNode()
            .put("apiVersion", "authorization.k8s.io/v1")
            .put("kind", "SubjectAccessReview");
    ObjectNode spec = review.putObject("spec");
    spec.put("user", "system:serviceaccount:" + account.namespace() + ":" + account.name());
    spec.putArray("groups")
        .add("system:serviceaccounts")
        .add("system:serviceaccounts:" + account.namespace())
        .add("system:authenticated");
    String[] parts = right.resource().split("/", 2);
    ObjectNode asked = spec.putObject("resourceAttributes");
    asked
        .put("verb", right.verb())
        .put("group", right.group())
        .put("resource", parts[0])
        .put("name", right.name());
    if (parts.length > 1) {
      asked.put("subresource", parts[1]);
    }
    if (isNamespaced) {
      asked.put("namespace", Cluster.NAMESPACE);
    }
    HttpResponse<String> answer =
        client.send(
            HttpRequest.newBuilder(reviews)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(review.toString()))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    Wrong.unless(answer.statusCode() == 201, answer.body());
    return JSON.readTree(answer.body()).at("/status/allowed").asBoolean();
  }

  /** The bindings, of any namespace or none, whose subjects are of the namespace. */
  private static Set<String> bindings(Kubectl kubectl) {
    Set<String> found = new TreeSet<>();
    JsonNode all = kubectl.json("get", "rolebindings,clusterrolebindings", "--all-namespaces");
    for (JsonNode binding : all.at("/items")) {
      boolean isOurs =
          Cluster.items(binding.at("/subjects"))
              .anyMatch(
                  subject ->
                      subject.at("/namespace").asText().equals(Cluster.NAMESPACE)
                          || subject
                              .at("/name")
                              .asText()
                              .equals("system:serviceaccounts:" + Cluster.NAMESPACE));
      if (isOurs) {
        found.add(
            binding.at("/kind").asText()
                + " "
                + binding.at("/metadata/namespace").asText()
                + "/"
                + Cluster.name(binding));
      }
    }
    return found;
  }

  /**
   * kubectl as an account, with the token that its pods have, and nothing of the administrator's.
   */
  private static Kubectl withToken(Cluster cluster, String account) throws IOException {
    JsonNode config = cluster.kubectl().json("config", "view", "--raw", "--flatten", "--minify");
    ObjectNode user = JSON.createObjectNode();
    user.put("token", cluster.tell("create", "token", account).strip());
    ((ObjectNode) config.at("/users/0")).set("user", user);
    ((ObjectNode) config.at("/contexts/0/context")).put("namespace", Cluster.NAMESPACE);
    Path file = cluster.kubernetes().resolve(account + ".kubeconfig");
    Files.writeString(file, config.toString());
    Kubectl kubectl = new Kubectl(cluster.kubectl().program(), file);
    String whoami = kubectl.tell("auth", "whoami", "-o", "jsonpath={.status.userInfo.username}");
    Wrong.unless(
        whoami.equals("system:serviceaccount:" + Cluster.NAMESPACE + ":" + account),
        "the token is one of " + whoami);
    return kubectl;
  }

  private static Path lease(Cluster cluster) throws IOException {
    return Files.writeString(
        cluster.kubernetes().resolve("lease.yaml"),
        """
        apiVersion: coordination.k8s.io/v1
        kind: Lease
        metadata: {name: stranger}
        """);
  }

  private static void may(Kubectl kubectl, boolean allowed, String what, String... arguments) {
    Kubectl.Answer answer = kubectl.ask(arguments);
    if (allowed) {
      Wrong.unless(answer.isGood(), "it may not " + what + ": " + answer.reason());
    } else {
      Wrong.unless(answer.err().contains("Forbidden"), "it may " + what + ": " + answer.reason());
    }
  }
}
