#!/usr/bin/env bash
# The programs of a Kubernetes control plane, built with Go from the modules that go.mod names, once into a cache.
#
#   programs.sh build   builds them unless they are there, and prints their folder
#   programs.sh where   prints their folder, or ends with 1 if they are not built
set -euo pipefail
cd "$(dirname "$0")"
cache=${XDG_CACHE_HOME:-$HOME/.cache}/driveline/control-plane

say() { printf '%s\n' "$*" >&2; }

# Its name is made of what they are built from: a change of that is another folder.
key() { cat go.mod go.sum programs.sh check/*.go | openssl dgst -sha256 -r | cut -c1-16; }

version_of() { sed -n "s|^require $1 v||p" go.mod; }

# What `kubectl version` tells; a build from the module alone would call itself 0.0.0.
stamp() {
  local version=$1 package minor
  minor=${version#*.}
  for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
    printf -- '-X %s ' "$package.gitVersion=v$version" "$package.gitMajor=${version%%.*}" \
      "$package.gitMinor=${minor%%.*}" "$package.gitTreeState=clean" \
      "$package.gitCommit=0000000000000000000000000000000000000000" "$package.buildDate=2026-01-01T00:00:00Z"
  done
}

compile() {
  local to=$1
  export CGO_ENABLED=0 GOFLAGS=-buildvcs=false
  go build -trimpath -ldflags "-s -w $(stamp "$(version_of k8s.io/kubernetes)")" -o "$to/" \
    k8s.io/kubernetes/cmd/{kube-apiserver,kube-controller-manager,kube-scheduler,kubectl} \
    sigs.k8s.io/kwok/cmd/kwok sigs.k8s.io/metrics-server/cmd/metrics-server &&
    go build -trimpath -ldflags "-s -w" -o "$to/etcd" go.etcd.io/etcd/server/v3 &&
    go build -trimpath -ldflags "-s -w" -o "$to/check-manifests" ./check
}

build() {
  local folder=$1 started=$SECONDS
  command -v go >/dev/null || {
    say "driveline: the control plane is built with Go $(sed -n 's/^go //p' go.mod) or later, and there is no go on the PATH"
    exit 1
  }
  mkdir -p "$cache"
  # One build at a time; who waited finds it done.
  exec 9>"$cache/lock"
  if command -v flock >/dev/null; then flock 9; fi
  [ ! -d "$folder" ] || return 0
  say "Building the control plane (the first time, 10 to 20 minutes and 7 GB of Go's build cache)"
  building=$cache/building-$$
  trap 'rm -rf "$building"' EXIT
  mkdir "$building"
  compile "$building" >&2 || { say "driveline: the control plane could not be built"; exit 1; }
  # In one step: a build that broke off leaves nothing that looks like one.
  mv "$building" "$folder"
  find "$cache" -mindepth 1 -maxdepth 1 -type d ! -name run -mtime +14 -exec rm -rf {} +
  say "Built in $((SECONDS - started)) s"
}

folder=$cache/$(key)
case ${1:-} in
  build) build "$folder" ;;
  where) [ -d "$folder" ] || exit 1 ;;
  *)
    sed -n '2,5s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac
# What is used stays; what was not for two weeks goes at the next build.
touch "$folder"
printf '%s\n' "$folder"
