package io.driveline.system.cluster;

/** What the namespace does not take in. */
final class Refusals implements Proof {

  private static final String RESTRICTED =
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: stranger, namespace: driveline}
      spec:
        automountServiceAccountToken: false
        securityContext: {runAsNonRoot: true, runAsUser: 1000, seccompProfile: {type: RuntimeDefault}}
        containers:
          - name: stranger
            image: stranger
            securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
      """;

  private static final String SERVICE =
      """
      apiVersion: v1
      kind: Service
      metadata: {name: stranger, namespace: driveline}
      spec: {type: %s, ports: [{port: 80}]}
      """;

  @Override
  public void show(Cluster cluster, Report report) throws Exception {
    report.tried(
        "a pod that is restricted is taken in",
        () -> {
          Kubectl.Answer answer = apply(cluster, RESTRICTED);
          Wrong.unless(answer.isGood() && answer.err().isBlank(), answer.reason());
          return "";
        });
    String policy = "violates PodSecurity \"restricted:latest\"";
    refused(
        cluster,
        report,
        "a pod that may run as root",
        RESTRICTED.replace("runAsNonRoot: true, runAsUser: 1000, ", ""),
        policy);
    refused(
        cluster,
        report,
        "a pod that keeps its capabilities",
        RESTRICTED.replace(", capabilities: {drop: [ALL]}", ""),
        policy);
    refused(
        cluster,
        report,
        "a pod that may escalate",
        RESTRICTED.replace("allowPrivilegeEscalation: false, ", ""),
        policy);
    refused(
        cluster,
        report,
        "a pod without a seccomp profile",
        RESTRICTED.replace(", seccompProfile: {type: RuntimeDefault}", ""),
        policy);
    refused(
        cluster,
        report,
        "a pod on its node's network",
        RESTRICTED.replace("spec:\n", "spec:\n  hostNetwork: true\n"),
        policy);
    refused(
        cluster,
        report,
        "a container with more than the LimitRange's most",
        RESTRICTED.replace(
            "image: stranger\n",
            "image: stranger\n      resources: {limits: {cpu: 2, memory: 1Gi}}\n"),
        "maximum cpu usage per Container is 1");
    refused(
        cluster, report, "a load balancer", SERVICE.formatted("LoadBalancer"), "exceeded quota");
    refused(
        cluster,
        report,
        "one more port of the nodes",
        SERVICE.formatted("NodePort"),
        "exceeded quota");
    refused(
        cluster,
        report,
        "a volume beyond the quota",
        """
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {name: stranger, namespace: driveline}
        spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
        """,
        "exceeded quota");
  }

  private static void refused(
      Cluster cluster, Report report, String what, String object, String why)
      throws Report.Abandoned {
    report.tried(
        what + " is refused",
        () -> {
          Kubectl.Answer answer = apply(cluster, object);
          Wrong.unless(!answer.isGood(), "it was taken in");
          Wrong.unless(answer.err().contains(why), answer.reason());
          return "";
        });
  }

  private static Kubectl.Answer apply(Cluster cluster, String object) {
    return cluster.kubectl().feed(object, "apply", "--dry-run=server", "-f", "-");
  }
}
