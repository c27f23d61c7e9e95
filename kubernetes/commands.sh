# shellcheck shell=bash
# What ./driveline does with a cluster, over kubectl. ./driveline reads this, in the checkout's root.

apps=(grpc api webhook worker)
stores=(mongodb rabbitmq redis clickhouse)
namespace=driveline
# The oldest that supports Kubernetes 1.30; from 1.22 on its kustomize reads these files.
kubectl_minor=29
# All that the overlays make, and nothing that somebody else made in the namespace.
ours=(-l 'app.kubernetes.io/part-of in (driveline,driveline-stores)')

kubernetes_usage_of() {
  case $1 in
    deploy)
      cat <<'END'
Usage: ./driveline deploy [local|production|DIR] [--yes]

Applies an overlay (local, unless told) to the cluster of kubectl's current context, and waits until all
of it is ready: up to 15 minutes for each app, 10 for each store. DIR is an overlay of your own. What it
needs and the cluster does not have is said before anything is applied.

  --yes            do not ask; it asks unless it is the local overlay on a cluster of this machine

The local overlay's Secrets are made when they are not there (kubernetes/overlays/local/secrets.sh).
Needs kubectl 1.29 or later. Ends with 0 when all is ready, 1 if not, 2 if asked wrongly.
END
      ;;
    undeploy)
      cat <<'END'
Usage: ./driveline undeploy [--volumes] [--yes]

Deletes what deploy made: the apps first, each of which finishes what it holds, then the stores and the
rest. The namespace, the volumes and the Secrets that you made stay, so that a deploy goes on where it was.

  --volumes        the base's stores' volumes too: the ledger, the mirror, the facts, for ever
  --yes            do not ask
END
      ;;
    logs)
      cat <<'END'
Usage: ./driveline logs <app> [--follow]

The last 100 lines of each pod of api, grpc, webhook or worker; or of a store of the base: mongodb,
rabbitmq, redis or clickhouse.

  --follow, -f     and what comes, until Ctrl-C
END
      ;;
    rollback)
      cat <<'END'
Usage: ./driveline rollback <api|grpc|webhook|worker> [--to REVISION]
       ./driveline rollback all [--yes]

An app goes back to what it ran before its last change: image, settings and route files; then it waits
until that is ready. 'all' shows each app's revisions and asks, because each goes back by one change of
its own: an app that the last deploy did not change would go back too far.

  --to REVISION    to this one of kubectl -n driveline rollout history deployment/driveline-<app>
  --yes            do not ask

Stores and Secrets are left as they are. The next deploy brings what its files say.
END
      ;;
    status)
      cat <<'END'
Usage: ./driveline status

What of Driveline is in the cluster: versions, pods, autoscalers, disruption budgets, addresses, volumes.
END
      ;;
  esac
}

kubernetes_command() {
  local command=$1
  shift
  "kubernetes_$command" "$@"
}

refuse() {
  say "driveline: $1"
  exit "${2:-2}"
}

no_option() { refuse "$1 has no option $2; see ./driveline $1 --help"; }

is_one_of() {
  local word=$1 each
  shift
  for each in "$@"; do [ "$each" != "$word" ] || return 0; done
  return 1
}

# Prints a command, to be pasted into any shell, and runs it.
run() {
  local word shown=
  for word in "$@"; do
    case $word in
      *[!a-zA-Z0-9_./:=,@+-]*) shown="$shown '$word'" ;;
      *) shown="$shown $word" ;;
    esac
  done
  say "+$shown"
  "$@"
}

# kubectl, always with the context that was told at the start.
kube() { run kubectl --context "$context" "$@"; }
kube_in() { kube -n "$namespace" "$@"; }

# Asks and prints nothing of it.
look() { kubectl --context "$context" "$@" 2>/dev/null; }

find_kubectl() {
  command -v kubectl >/dev/null || refuse "no kubectl found; install kubectl 1.$kubectl_minor or later" 1
  local version
  version=$(minor_of clientVersion "$(kubectl version --client -o json 2>/dev/null || true)")
  [ "${version:-0}" -ge "$kubectl_minor" ] ||
    refuse "kubectl 1.${version:-?} is too old; install 1.$kubectl_minor or later" 1
}

# The minor version out of kubectl's JSON; providers write 30+.
minor_of() {
  printf '%s' "$2" | tr -d ' \n' | sed -n "s/.*\"$1\":{[^}]*\"minor\":\"\([0-9]*\)[^}]*}.*/\1/p"
}

# Tells which cluster it is, and ends if it does not answer.
find_cluster() {
  local answer
  # kubectl itself passes over one that is not there.
  case ${KUBECONFIG:-} in
    '' | *:*) ;;
    [!/]*) KUBECONFIG=$called_from/$KUBECONFIG ;;
  esac
  case ${KUBECONFIG:-} in
    '' | *:*) ;;
    *) [ -r "$KUBECONFIG" ] || refuse "KUBECONFIG names $KUBECONFIG, which is not there" 1 ;;
  esac
  context=$(kubectl config current-context 2>/dev/null) ||
    refuse "kubectl has no current context; choose one with kubectl config use-context, or make a cluster (docs/kubernetes.md)" 1
  server=$(look config view --minify -o 'jsonpath={.clusters[0].cluster.server}' || true)
  say "Context $context, cluster $server"
  answer=$(look version -o json --request-timeout=10s) ||
    refuse "the cluster does not answer: kubectl --context $context version" 1
  server_minor=$(minor_of serverVersion "$answer")
}

confirm() {
  local said
  printf '%s [y/N] ' "$1" >&2
  if ! read -r said; then
    say ""
    refuse "nobody can be asked here: give --yes"
  fi
  case $said in
    [yY] | [yY][eE][sS]) ;;
    *) refuse "nothing was done" 1 ;;
  esac
}

is_of_this_machine() {
  case $context in
    # The one of ./driveline cluster up.
    driveline) [[ $server = https://127.0.0.1:* ]] ;;
    kind-* | minikube | docker-desktop | rancher-desktop | orbstack | colima | k3d-*) ;;
    *) return 1 ;;
  esac
}

kubernetes_deploy() {
  local overlay= yes=
  while [ $# -gt 0 ]; do
    case $1 in
      --yes) yes=yes ;;
      -*) no_option deploy "$1" ;;
      *)
        [ -z "$overlay" ] || refuse "deploy takes one overlay; see ./driveline deploy --help"
        overlay=$1
        ;;
    esac
    shift
  done
  overlay=${overlay:-local}
  local folder
  case $overlay in
    local | production) folder=kubernetes/overlays/$overlay ;;
    /*) folder=$overlay ;;
    *) folder=$called_from/$overlay ;;
  esac
  [ -f "$folder/kustomization.yaml" ] ||
    refuse "there is no overlay $overlay: give local, production, or a folder with a kustomization.yaml"
  find_kubectl
  find_cluster
  [ "$overlay" != local ] || make_secrets "$folder"
  local rendered
  rendered=$(kubectl kustomize "$folder") || refuse "the overlay $overlay is not sound; nothing was applied" 1
  check_kinds "$rendered"
  warn_of_what_is_missing "$rendered"
  if [ -z "$yes" ] && ! { [ "$overlay" = local ] && is_of_this_machine; }; then
    confirm "Apply $overlay to $context?"
  fi
  kube apply -k "$folder" || refuse "not all of it was applied" 1
  await_rollout
  say "All of it is ready: ./driveline status"
  [ "$overlay" != local ] ||
    say "Its API key is in $folder/secrets/driveline-api.env; how to try it: docs/kubernetes.md, On your machine"
}

# Stores keep in their volumes the passwords that they were first started with.
make_secrets() {
  local file missing= volumes=
  for file in $(grep -o 'secrets/[a-z.-]*' "$1/kustomization.yaml"); do
    [ -s "$1/$file" ] || missing=yes
  done
  if [ -n "$missing" ] && [ ! -e "$1/secrets/mongodb.secret" ]; then
    volumes=$(look -n "$namespace" get persistentvolumeclaims -o name) ||
      refuse "the volumes in $context cannot be listed, and new Secrets would not fit old ones" 1
  fi
  if [ -n "$volumes" ]; then
    refuse "the volumes in $context have passwords of other Secrets: bring $1/secrets back, or ./driveline undeploy --volumes" 1
  fi
  if [ -n "$missing" ] || [ -n "${DRIVELINE_WEBHOOK_SECRETS:-}" ]; then
    run "$1/secrets.sh" >&2
  fi
}

# kubectl would apply all the rest, and fail at the end.
check_kinds() {
  local known type
  # Each as its version and its kind.
  known=$(look api-resources --no-headers | awk '{ print $(NF - 2) " " $NF }') || true
  while read -r type; do
    grep -qxF "$type" <<<"$known" && continue
    case $type in
      cert-manager.io/*) refuse "the cluster has no cert-manager ($type), which the overlay needs; nothing was applied" 1 ;;
      monitoring.coreos.com/*) refuse "the cluster has no Prometheus Operator ($type), which the overlay needs; nothing was applied" 1 ;;
      *) refuse "the cluster does not know $type, which the overlay needs; nothing was applied" 1 ;;
    esac
  done < <(awk '/^apiVersion: / { version = $2 } /^kind: / { print version " " $2 }' <<<"$1" | sort -u)
  if [ "${server_minor:-30}" -lt 30 ]; then
    refuse "the cluster is Kubernetes 1.$server_minor, and 1.30 is the least; nothing was applied" 1
  fi
  known_types=$known
}

warn_of_what_is_missing() {
  local class known secret
  for class in $(sed -n 's/^ *ingressClassName: //p' <<<"$1" | sort -u); do
    [ -n "$(look get ingressclass "$class" -o name)" ] ||
      say "Warning: there is no ingress class $class: nothing outside the cluster reaches the apps"
  done
  grep -q '^metrics\.k8s\.io/' <<<"$known_types" ||
    say "Warning: there is no metrics-server: the apps stay at their least replicas"
  if grep -q '^  volumeClaimTemplates:' <<<"$1" && ! look get storageclass -o json | grep -q 'is-default-class": *"true"'; then
    say "Warning: there is no default StorageClass: stores without a volume do not start"
  fi
  known=$(look -n "$namespace" get secrets -o name) || true
  for secret in $(named_secrets "$1"); do
    grep -qxF "secret/$secret" <<<"$known" ||
      say "Warning: namespace $namespace has no Secret $secret: what needs it waits for it (docs/kubernetes.md)"
  done
  local open
  open=$(open_stores "$1")
  [ -z "$open" ] ||
    say "Warning: any address is open to the apps on the ports of:$open; say where your stores are (docs/kubernetes.md)"
  if grep -q 'driveline\.example\.com' <<<"$1"; then
    say "Warning: the host is still driveline.example.com (docs/kubernetes.md)"
  fi
}

# The external stores whose policy names no address yet.
open_stores() {
  awk 'function told() { if (name ~ /^external-/ && !to) printf " %s", substr(name, 10) }
    /^---/ { told(); name = ""; to = 0; inside = 0 }
    /^metadata:/ { inside = 1; next } /^[^ ]/ { inside = 0 }
    inside && /^  name: / { name = $2 }
    /^ *-? *to:/ { to = 1 }
    END { told() }' <<<"$1"
}

# The Secrets that pods must have, without those that the overlay makes.
named_secrets() {
  local made needed
  made=$(awk '/^kind: / { kind = $2 } /^metadata:/ { inside = 1; next } /^[^ ]/ { inside = 0 }
    inside && /^  name: / && kind == "Secret" { print $2 }' <<<"$1")
  needed=$(awk '/secret(Key)?Ref:$/ { n = 3; name = ""; next }
    n > 0 && /^ *name: / { name = $2 }
    n > 0 && /^ *optional: true/ { name = "" }
    n > 0 { n-- }
    name != "" && (n == 0 || /^ *- /) { print name; name = ""; n = 0 }
    END { if (name != "") print name }' <<<"$1" | sort -u)
  comm -13 <(sort -u <<<"$made") <(printf '%s\n' "$needed") | sed '/^$/d'
}

await_rollout() {
  local each
  for each in $(look -n "$namespace" get statefulsets "${ours[@]}" -o name); do
    kube_in rollout status "$each" --timeout=10m || not_ready "${each##*/}"
  done
  for each in "${apps[@]}"; do
    await_app "$each"
  done
}

await_app() { kube_in rollout status "deployment/driveline-$1" --timeout=15m || not_ready "$1"; }

not_ready() {
  refuse "$1 did not become ready: ./driveline status, ./driveline logs $1, kubectl -n $namespace get events --field-selector type=Warning" 1
}

kubernetes_undeploy() {
  local volumes= yes=
  while [ $# -gt 0 ]; do
    case $1 in
      --volumes) volumes=yes ;;
      --yes) yes=yes ;;
      *) no_option undeploy "$1" ;;
    esac
    shift
  done
  find_kubectl
  find_cluster
  expect_namespace
  local custom kind kinds=
  if [ -z "$yes" ]; then
    if [ -n "$volumes" ]; then
      confirm "Delete Driveline from $context, and all that its stores hold, for ever?"
    else
      confirm "Delete Driveline from $context? Its volumes stay."
    fi
  fi
  # In the foreground: it waits for the pods, which need their stores and policies until they are gone.
  kube_in delete ingress,horizontalpodautoscaler,poddisruptionbudget "${ours[@]}"
  kube_in delete deployment "${ours[@]}" --cascade=foreground
  kube_in delete statefulset "${ours[@]}" --cascade=foreground
  custom=$(look api-resources --namespaced -o name) || true
  for kind in certificates.cert-manager.io servicemonitors.monitoring.coreos.com prometheusrules.monitoring.coreos.com; do
    ! grep -qxF "$kind" <<<"$custom" || kinds=$kinds,$kind
  done
  kube_in delete "service,networkpolicy,rolebinding,role,serviceaccount,configmap,secret,resourcequota,limitrange$kinds" "${ours[@]}"
  if [ -n "$volumes" ]; then
    kube_in delete persistentvolumeclaim -l "app.kubernetes.io/name in ($(IFS=, && printf '%s' "${stores[*]}"))"
  fi
  if [ -n "$volumes" ]; then
    say "What is left, if anything, and goes with it: kubectl --context $context delete namespace $namespace"
  else
    say "The volumes and your own Secrets are left; they would go for ever with: kubectl --context $context delete namespace $namespace"
  fi
}

expect_namespace() {
  look get namespace "$namespace" -o name >/dev/null ||
    refuse "Driveline is not in $context: it has no namespace $namespace" 1
}

# After an undeploy the namespace is there still.
expect_apps() {
  expect_namespace
  local found
  found=$(look -n "$namespace" get deployments "${ours[@]}" -o name) || return 0
  [ -n "$found" ] || refuse "Driveline is not in $context: namespace $namespace has no app of it" 1
}

kubernetes_logs() {
  local app= follow=
  while [ $# -gt 0 ]; do
    case $1 in
      --follow | -f) follow=yes ;;
      -*) no_option logs "$1" ;;
      *)
        [ -z "$app" ] || refuse "logs takes one app; see ./driveline logs --help"
        app=$1
        ;;
    esac
    shift
  done
  if is_one_of "$app" "${apps[@]}"; then
    app=driveline-$app
  elif ! is_one_of "$app" "${stores[@]}"; then
    refuse "logs takes one of ${apps[*]} ${stores[*]}; see ./driveline logs --help"
  fi
  find_kubectl
  find_cluster
  expect_apps
  kube_in logs -l "app.kubernetes.io/name=$app" --prefix --tail=100 --max-log-requests=20 ${follow:+--follow}
}

kubernetes_rollback() {
  local app= revision= yes= each failed=
  while [ $# -gt 0 ]; do
    case $1 in
      --yes) yes=yes ;;
      --to)
        [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || refuse "--to needs the number of a revision; see ./driveline rollback --help"
        revision=$2
        shift
        ;;
      -*) no_option rollback "$1" ;;
      *)
        [ -z "$app" ] || refuse "rollback takes one app, or all; see ./driveline rollback --help"
        app=$1
        ;;
    esac
    shift
  done
  is_one_of "$app" all "${apps[@]}" || refuse "rollback takes one of ${apps[*]}, or all; see ./driveline rollback --help"
  [ "$app" != all ] || [ -z "$revision" ] || refuse "--to goes with one app, since each counts its own revisions"
  find_kubectl
  find_cluster
  expect_apps
  if [ "$app" != all ]; then
    kube_in rollout undo "deployment/driveline-$app" ${revision:+"--to-revision=$revision"} ||
      refuse "$app was not taken back; kubectl said above why (it has this one revision, or not that one)" 1
    await_app "$app"
    return
  fi
  kube_in get replicasets -l app.kubernetes.io/part-of=driveline -o "$revisions" |
    { read -r header || true; printf '%s\n' "${header:-}"; sort -k1,1 -k2,2n; }
  [ -n "$yes" ] || confirm "Take each app back to its revision before the newest?"
  kube_in rollout undo "${apps[@]/#/deployment/driveline-}" || failed=yes
  for each in "${apps[@]}"; do
    await_app "$each"
  done
  [ -z "$failed" ] || refuse "not every app was taken back; kubectl said above which, and why" 1
}

revisions='custom-columns=APP:.metadata.labels.app\.kubernetes\.io/component,REVISION:.metadata.annotations.deployment\.kubernetes\.io/revision,SINCE:.metadata.creationTimestamp,PODS:.status.replicas,IMAGE:.spec.template.spec.containers[0].image'

kubernetes_status() {
  [ $# -eq 0 ] || no_option status "$1"
  find_kubectl
  find_cluster
  expect_apps
  kube_in get deployments,statefulsets -o wide
  kube_in get pods -o wide
  kube_in get horizontalpodautoscalers,poddisruptionbudgets,ingresses,endpointslices,persistentvolumeclaims
}
