#!/usr/bin/env bash
# A Kubernetes control plane on 127.0.0.1 without containers: etcd, API server, controller manager,
# scheduler and metrics-server are the real ones, the nodes and their pods are simulated by kwok.
#
#   control-plane.sh up PROGRAMS DIR   starts it on free ports; DIR/kubeconfig is its administrator's
#   control-plane.sh down DIR          stops it and removes DIR
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

say() { printf '%s\n' "$*" >&2; }

usage() {
  sed -n '2,6s/^# \{0,1\}//p' "$0" >&2
  exit 2
}

private_key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"; }

authority() {
  private_key "$1"
  openssl req -x509 -new -key "$1.key" -subj "/CN=driveline-$1" -days 365 -out "$1.crt" \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign
}

# certificate <authority> <name> <subject> <extensions>
certificate() {
  private_key "$2"
  openssl req -new -key "$2.key" -subj "$3" |
    openssl x509 -req -CA "$1.crt" -CAkey "$1.key" -CAcreateserial -days 365 -out "$2.crt" \
      -extfile <(printf '%s\n' "$4") 2>/dev/null
}

kubeconfig() {
  cat >"$2" <<END
apiVersion: v1
kind: Config
clusters: [{name: driveline, cluster: {server: "https://127.0.0.1:$api", certificate-authority: "$pki/ca.crt"}}]
users: [{name: $1, user: {client-certificate: "$pki/$1.crt", client-key: "$pki/$1.key"}}]
contexts: [{name: driveline, context: {cluster: driveline, user: $1}}]
current-context: driveline
END
}

identities() {
  local user
  cd "$pki"
  authority ca
  authority front
  certificate ca server /CN=kube-apiserver $'extendedKeyUsage=serverAuth\nsubjectAltName=DNS:localhost,DNS:kubernetes.default.svc,IP:127.0.0.1,IP:10.0.0.1'
  certificate ca node /CN=kwok $'extendedKeyUsage=serverAuth\nsubjectAltName=DNS:localhost,IP:127.0.0.1'
  certificate front front-proxy-client /CN=front-proxy-client extendedKeyUsage=clientAuth
  openssl genrsa -out accounts.key 2048 2>/dev/null
  openssl rsa -in accounts.key -pubout -out accounts.pub 2>/dev/null
  for user in admin:/O=system:masters/CN=admin kwok:/O=system:masters/CN=kwok \
    metrics:/O=system:masters/CN=metrics-server \
    manager:/CN=system:kube-controller-manager scheduler:/CN=system:kube-scheduler; do
    certificate ca "${user%%:*}" "${user#*:}" extendedKeyUsage=clientAuth
    kubeconfig "${user%%:*}" "$dir/${user%%:*}.kubeconfig"
  done
  cd "$dir"
  # Whole, so that it can be handed on as one file.
  "$programs/kubectl" --kubeconfig admin.kubeconfig config view --raw --flatten >kubeconfig
}

# Below the ports that the kernel gives to connections of its own.
free_port() {
  local port
  while true; do
    port=$((20000 + RANDOM % 10000))
    case " ${ports:-} " in *" $port "*) continue ;; esac
    # shellcheck disable=SC2188
    if ! (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      ports="${ports:-} $port"
      printf -v "$1" %s "$port"
      return
    fi
  done
}

start() {
  local name=$1
  shift
  nohup "$@" >"$name.log" 2>&1 </dev/null &
  echo $! >"$name.pid"
}

is_running() {
  local pid
  [ -f "$1" ] || return 1
  pid=$(cat "$1")
  # Another process may have the number by now.
  case $(ps -o args= -p "$pid" 2>/dev/null || true) in *"$dir"*) return 0 ;; *) return 1 ;; esac
}

fail() {
  say "driveline: $1"
  exit 1
}

last_words() { { grep -iE -m 1 'error|fatal|panic' "$1" || tail -n 1 "$1"; } | cut -c1-300; }

# await <what> <command...>: until it succeeds; not once a process has ended.
await() {
  local what=$1 n pid
  shift
  for ((n = 0; n < 300; n++)); do
    if "$@" >/dev/null 2>&1; then return; fi
    for pid in *.pid; do
      is_running "$pid" || fail "the control plane's ${pid%.pid} ended: $(last_words "${pid%.pid}.log"); its log is in $dir"
    done
    sleep 0.1
  done
  fail "the control plane's $what is not ready after 30 s; its logs are in $dir"
}

control() { "$programs/kubectl" --kubeconfig "$dir/kubeconfig" "$@"; }

servers() {
  local store=http://127.0.0.1:$etcd own
  start etcd "$programs/etcd" --name=driveline --data-dir="$dir/etcd" --unsafe-no-fsync \
    --listen-client-urls="$store" --advertise-client-urls="$store" \
    --listen-peer-urls="http://127.0.0.1:$peer" --initial-advertise-peer-urls="http://127.0.0.1:$peer" \
    --initial-cluster="driveline=http://127.0.0.1:$peer"
  # Pod Security, quotas, limit ranges and service accounts are admitted by default.
  start apiserver "$programs/kube-apiserver" --etcd-servers="$store" --bind-address=127.0.0.1 \
    --advertise-address=127.0.0.1 --secure-port="$api" --endpoint-reconciler-type=none --profiling=false \
    --tls-cert-file="$pki/server.crt" --tls-private-key-file="$pki/server.key" --client-ca-file="$pki/ca.crt" \
    --service-account-issuer=https://kubernetes.default.svc --service-account-key-file="$pki/accounts.pub" \
    --service-account-signing-key-file="$pki/accounts.key" --service-cluster-ip-range=10.0.0.0/24 \
    --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction \
    --requestheader-client-ca-file="$pki/front.crt" --requestheader-allowed-names=front-proxy-client \
    --requestheader-username-headers=X-Remote-User --requestheader-group-headers=X-Remote-Group \
    --requestheader-extra-headers-prefix=X-Remote-Extra- \
    --proxy-client-cert-file="$pki/front-proxy-client.crt" --proxy-client-key-file="$pki/front-proxy-client.key"
  await "API server" control get --raw /readyz
  own=$dir/manager.kubeconfig
  # A pod's use of CPU counts at once, and autoscalers look more often: nothing here needs to warm up.
  start manager "$programs/kube-controller-manager" --kubeconfig="$own" --authentication-kubeconfig="$own" \
    --authorization-kubeconfig="$own" --bind-address=127.0.0.1 --secure-port="$manager" --leader-elect=false \
    --use-service-account-credentials=true --service-account-private-key-file="$pki/accounts.key" \
    --root-ca-file="$pki/ca.crt" --cluster-signing-cert-file="$pki/ca.crt" --cluster-signing-key-file="$pki/ca.key" \
    --horizontal-pod-autoscaler-sync-period=5s --horizontal-pod-autoscaler-cpu-initialization-period=5s \
    --horizontal-pod-autoscaler-initial-readiness-delay=1s
  own=$dir/scheduler.kubeconfig
  start scheduler "$programs/kube-scheduler" --kubeconfig="$own" --authentication-kubeconfig="$own" \
    --authorization-kubeconfig="$own" --bind-address=127.0.0.1 --secure-port="$scheduler" --leader-elect=false
  start kwok "$programs/kwok" --config="$here/simulated.yaml" --kubeconfig="$dir/kwok.kubeconfig" \
    --manage-all-nodes=true --cidr=10.244.0.0/16 --node-ip=127.0.0.1 --node-lease-duration-seconds=40 \
    --server-address="127.0.0.1:$kwok" --node-port="$kwok" \
    --tls-cert-file="$pki/node.crt" --tls-private-key-file="$pki/node.key"
  own=$dir/metrics.kubeconfig
  start metrics "$programs/metrics-server" --kubeconfig="$own" --authentication-kubeconfig="$own" \
    --authorization-kubeconfig="$own" --bind-address=127.0.0.1 --secure-port="$metrics" --cert-dir="$pki" \
    --metric-resolution=10s --kubelet-request-timeout=5s \
    --kubelet-use-node-status-port --kubelet-certificate-authority="$pki/ca.crt" --kubelet-preferred-address-types=InternalIP
}

nodes() {
  local n
  for n in 1 2 3; do
    cat <<END
---
apiVersion: v1
kind: Node
metadata:
  name: node-$n
  annotations:
    kwok.x-k8s.io/node: fake
    metrics.k8s.io/resource-metrics-path: /metrics/nodes/node-$n/metrics/resource
  labels: {kubernetes.io/hostname: node-$n, topology.kubernetes.io/zone: zone-$n}
status:
  allocatable: {cpu: "32", memory: 64Gi, pods: "110"}
  capacity: {cpu: "32", memory: 64Gi, pods: "110"}
END
  done
}

# What the stores' claims bind to, as nothing here makes volumes.
volumes() {
  local n
  cat <<END
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata:
  name: simulated
  annotations: {storageclass.kubernetes.io/is-default-class: "true"}
provisioner: kubernetes.io/no-provisioner
END
  for ((n = 1; n <= 24; n++)); do
    cat <<END
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: volume-$n}
spec:
  storageClassName: simulated
  capacity: {storage: 10Gi}
  accessModes: [ReadWriteOnce]
  hostPath: {path: /nowhere}
END
  done
}

# Where the API server finds metrics-server, which is no pod here.
metrics_api() {
  cat <<END
apiVersion: v1
kind: Service
metadata: {name: metrics-server, namespace: kube-system}
spec: {type: ExternalName, externalName: localhost}
---
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: v1beta1.metrics.k8s.io}
spec:
  group: metrics.k8s.io
  version: v1beta1
  service: {name: metrics-server, namespace: kube-system, port: $metrics}
  insecureSkipTLSVerify: true
  groupPriorityMinimum: 100
  versionPriority: 100
END
}

up() {
  programs=$1
  [ ! -e "$dir" ] || fail "a control plane is in $dir already; ./driveline cluster down removes it"
  command -v openssl >/dev/null || fail "the control plane needs openssl, for its certificates"
  command -v ps >/dev/null || fail "the control plane needs ps, to see its processes"
  umask 077
  mkdir -p "$dir/pki"
  dir=$(cd "$dir" && pwd)
  pki=$dir/pki
  cd "$dir"
  local name
  for name in etcd peer api manager scheduler kwok metrics; do free_port "$name"; done
  trap 'status=$?; [ "$status" -eq 0 ] || stop' EXIT
  identities
  servers
  { nodes; echo ---; volumes; echo ---; metrics_api; } | control apply -f - >/dev/null
  control wait --for=condition=Ready node --all --timeout=30s >/dev/null
  await "default service account" control get serviceaccount default
}

stop() {
  local name n
  # The store last, so that none of them writes errors to its end.
  for name in metrics kwok scheduler manager apiserver etcd; do
    if is_running "$dir/$name.pid"; then
      kill "$(cat "$dir/$name.pid")" 2>/dev/null || true
      for ((n = 0; n < 100; n++)); do
        is_running "$dir/$name.pid" || break
        sleep 0.1
      done
      if is_running "$dir/$name.pid"; then kill -9 "$(cat "$dir/$name.pid")" 2>/dev/null || true; fi
    fi
  done
}

case ${1:-} in
  up)
    [ $# -eq 3 ] || usage
    dir=$3
    up "$2"
    ;;
  down)
    [ $# -eq 2 ] || usage
    [ -f "$2/kubeconfig" ] || [ -d "$2/pki" ] || fail "no control plane is in $2"
    dir=$(cd "$2" && pwd)
    stop
    rm -rf "$dir"
    ;;
  *) usage ;;
esac
