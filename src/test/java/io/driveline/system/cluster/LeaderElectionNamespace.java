package io.driveline.system.cluster;

import io.driveline.system.Checkout;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.List;

/** What an election needs of a cluster: the account with its Role, and pods. */
final class LeaderElectionNamespace implements AutoCloseable {

  /** The lease, the service account, its Role and binding, and the pods' label. */
  static final String NAME = "driveline-worker";

  private static final Path MANIFESTS = Checkout.ROOT.resolve("kubernetes/base/driveline-worker");

  private final Config config;
  private final KubernetesClient admin;
  private final String namespace;
  private final Deque<HasMetadata> made = new ArrayDeque<>();

  private LeaderElectionNamespace(Config config, String namespace) {
    this.config = config;
    this.admin = new KubernetesClientBuilder().withConfig(config).build();
    this.namespace = namespace;
  }

  /** Makes what is not there. */
  static LeaderElectionNamespace prepare(Path kubeconfig, String namespace) throws IOException {
    LeaderElectionNamespace place =
        new LeaderElectionNamespace(Config.fromKubeconfig(kubeconfig.toFile()), namespace);
    try {
      place.make(
          new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build());
      for (String kind : List.of("serviceaccount", "role", "rolebinding")) {
        try (InputStream file = Files.newInputStream(MANIFESTS.resolve(kind + ".yaml"))) {
          for (HasMetadata object : place.admin.load(file).items()) {
            object.getMetadata().setNamespace(namespace);
            place.make(object);
          }
        }
      }
    } catch (IOException | RuntimeException e) {
      place.close();
      throw e;
    }
    return place;
  }

  private void make(HasMetadata object) {
    if (admin.resource(object).get() == null) {
      made.push(admin.resource(object).create());
    }
  }

  KubernetesClient client() {
    return admin;
  }

  String namespace() {
    return namespace;
  }

  /** A kubeconfig as a pod is told it: the address, its authority, and the account's token. */
  Path workersKubeconfig(Path folder) throws IOException {
    String token =
        admin
            .serviceAccounts()
            .inNamespace(namespace)
            .withName(NAME)
            .tokenRequest()
            .getStatus()
            .getToken();
    Path file = folder.resolve("worker.kubeconfig");
    Files.writeString(
        file,
        """
        apiVersion: v1
        kind: Config
        clusters: [{name: c, cluster: {server: "%s", certificate-authority-data: "%s"}}]
        users: [{name: u, user: {token: "%s"}}]
        contexts: [{name: x, context: {cluster: c, user: u, namespace: "%s"}}]
        current-context: x
        """
            .formatted(config.getMasterUrl(), authority(), token, namespace));
    return file;
  }

  private String authority() throws IOException {
    return config.getCaCertData() != null
        ? config.getCaCertData()
        : Base64.getEncoder().encodeToString(Files.readAllBytes(Path.of(config.getCaCertFile())));
  }

  /** What a kubelet tells of the pod, which is made if it is not there. */
  void tellReady(String name, boolean ready) {
    if (admin.pods().inNamespace(namespace).withName(name).get() == null) {
      admin.resource(pod(name)).create();
    }
    admin
        .pods()
        .inNamespace(namespace)
        .withName(name)
        .editStatus(
            pod ->
                new PodBuilder(pod)
                    .editOrNewStatus()
                    .withPhase("Running")
                    .withConditions()
                    .addNewCondition()
                    .withType("Ready")
                    .withStatus(ready ? "True" : "False")
                    .endCondition()
                    .endStatus()
                    .build());
  }

  /** One that no scheduler and so no node takes up, and that Pod Security lets in. */
  private Pod pod(String name) {
    return new PodBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace(namespace)
        .addToLabels("app.kubernetes.io/name", NAME)
        .endMetadata()
        .withNewSpec()
        .withSchedulerName("none")
        .withServiceAccountName(NAME)
        .withAutomountServiceAccountToken(false)
        .withNewSecurityContext()
        .withRunAsNonRoot(true)
        .withNewSeccompProfile()
        .withType("RuntimeDefault")
        .endSeccompProfile()
        .endSecurityContext()
        .addNewContainer()
        .withName("worker")
        .withImage("driveline-worker:0.1.0")
        .withNewSecurityContext()
        .withAllowPrivilegeEscalation(false)
        .withNewCapabilities()
        .withDrop("ALL")
        .endCapabilities()
        .endSecurityContext()
        .endContainer()
        .endSpec()
        .build();
  }

  void delete(String pod) {
    admin.pods().inNamespace(namespace).withName(pod).withGracePeriod(0).delete();
  }

  /**
   * Takes the right to renew a lease from the workers.
   *
   * @return the Role as it was
   */
  Role forbidUpdates() {
    Role role = admin.rbac().roles().inNamespace(namespace).withName(NAME).get();
    admin
        .rbac()
        .roles()
        .inNamespace(namespace)
        .withName(NAME)
        .edit(
            now -> {
              Role without = new RoleBuilder(now).build();
              without.getRules().forEach(rule -> rule.getVerbs().remove("update"));
              return without;
            });
    return role;
  }

  void restore(Role role) {
    admin
        .rbac()
        .roles()
        .inNamespace(namespace)
        .withName(NAME)
        .edit(now -> new RoleBuilder(now).withRules(role.getRules()).build());
  }

  @Override
  public void close() {
    admin.leases().inNamespace(namespace).withName(NAME).delete();
    while (!made.isEmpty()) {
      admin.resource(made.pop()).delete();
    }
    admin.close();
  }
}
