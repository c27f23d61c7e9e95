#!/usr/bin/env bash
# Builds the apps' images; ./driveline images calls it, with JAVA_HOME set and the jars built, and before
# that with "check", which looks at the options and for the tools alone.
set -euo pipefail
cd "$(dirname "$0")/../.."

images=kubernetes/images
apps=()
tag=
tool=
base=
cache=()

say() { printf '%s\n' "$*" >&2; }
fail() { say "driveline: $*"; exit 1; }
misused() { say "driveline: $*; see ./driveline images --help"; exit 2; }

is_tag() { [[ $1 =~ ^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$ ]]; }

read_options() {
  while [ $# -gt 0 ]; do
    case $1 in
      --tag | --tool | --base)
        [ $# -gt 1 ] || misused "$1 needs a value"
        case $1=$2 in
          --tag=*)
            is_tag "$2" || misused "--tag takes letters, digits, dots, dashes and underscores"
            tag=$2
            ;;
          --tool=docker | --tool=podman | --tool=buildah) tool=$2 ;;
          --base=registry | --base=local) base=$2 ;;
          --tool=*) misused "--tool takes docker, podman or buildah" ;;
          *) misused "--base takes registry or local" ;;
        esac
        shift
        ;;
      --no-cache) cache=(--no-cache) ;;
      api | grpc | webhook | worker) apps+=("$1") ;;
      *) misused "images has no option or app $1" ;;
    esac
    shift
  done
  [ ${#apps[@]} -gt 0 ] || apps=(api grpc webhook worker)
}

# Docker's client alone, without its daemon, builds nothing.
works() {
  case $1 in
    docker) docker info >/dev/null 2>&1 ;;
    *) "$1" info >/dev/null 2>&1 ;;
  esac
}

find_tool() {
  local candidate
  if [ -n "$tool" ]; then
    works "$tool" || fail "$tool does not work here: see what '$tool info' says"
    return
  fi
  for candidate in docker podman buildah; do
    if works "$candidate"; then
      tool=$candidate
      return
    fi
  done
  fail "images need docker, podman or buildah, and none of them works here (Debian: apt-get install podman)"
}

# One build; its log is shown if it fails.
build() {
  local log
  log=$(mktemp)
  case $tool in
    docker) ;;
    # Needs no right to make namespaces, and leaves no time of this build in the layers.
    *) set -- --isolation chroot --layers --timestamp "$epoch" "$@" ;;
  esac
  if ! "$tool" build --build-arg "SOURCE_DATE_EPOCH=$epoch" "$@" >"$log" 2>&1; then
    tail -n 40 "$log" >&2
    fail "the image is not built; all of it is in $log"
  fi
  rm -f "$log"
}

exists() {
  case $tool in
    buildah) buildah inspect --type image "$1" >/dev/null 2>&1 ;;
    *) "$tool" image inspect "$1" >/dev/null 2>&1 ;;
  esac
}

# The default of an ARG of the Dockerfile.
named() { sed -n "s/^ARG $1=//p" "$images/Dockerfile"; }

is_pulled() { exists "$1" || timeout 300 "$tool" pull -q "$1" >/dev/null 2>&1; }

choose_base() {
  if [ -z "$base" ]; then
    if is_pulled "$(named JDK)" && is_pulled "$(named BASE)"; then
      base=registry
    else
      say "No registry gives $(named JDK): the base is made here, by debootstrap and from $JAVA_HOME"
      base=local
    fi
  fi
  [ "$base" = registry ] || make_base
}

# A Debian from where this machine has its own packages, and the JDK of this machine.
make_base() {
  local version context
  version=$("$JAVA_HOME/bin/java" --version | sed -n '1s/^[^ ]* \([^ ]*\).*/\1/p')
  jdk_image=localhost/driveline-jdk:$version
  base_image=localhost/driveline-base:bookworm
  if ! exists "$base_image"; then
    context=$work/base
    mkdir "$context"
    make_root "$context"
    build --target base -t "$base_image" -f "$images/base.Dockerfile" "$context"
    rm -rf "$context"
  fi
  if ! exists "$jdk_image"; then
    context=$work/jdk
    # Packages of a JDK have links to files outside of it.
    cp -rL "$JAVA_HOME" "$context"
    rm -f "$context"/lib/{src.zip,ct.sym}
    build --target jdk --build-arg "BASE=$base_image" -t "$jdk_image" -f "$images/base.Dockerfile" "$context"
    rm -rf "$context"
  fi
  named_images=(--build-arg "JDK=$jdk_image" --build-arg "BASE=$base_image")
}

can_make_base() {
  command -v debootstrap >/dev/null || fail "a base of this machine's own needs debootstrap, which is not installed"
  [ "$(id -u)" = 0 ] || fail "a base of this machine's own needs root, as debootstrap does"
}

# The packages as debootstrap has them, without what differs from run to run or is this machine's.
make_root() {
  local root=$1/root
  can_make_base
  local mirror
  mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 'Codename: bookworm' 2>/dev/null |
    grep -m 1 '/debian/*$' || true)
  debootstrap --variant=minbase --include=libssl3 bookworm "$root" ${mirror:+"$mirror"} >"$1/log" 2>&1 ||
    { tail -n 3 "$1/log" >&2; fail "debootstrap makes no base"; }
  find "$root/usr/share/doc" -type f ! -name copyright -delete
  rm -rf "$root"/{dev,proc,sys,run,tmp,var/cache,var/log,var/lib/apt/lists}/* \
    "$root"/usr/share/{man,info,locale}/* "$root"/etc/{resolv.conf,hostname,machine-id}
  tar -C "$root" --sort=name --mtime="@$epoch" --clamp-mtime --numeric-owner -cf "$1/base.tar" .
  rm -rf "$root"
}

# The JVM's flags: what the Deployment has before -jar.
flags_of() {
  sed -n '/^ *args:$/,/^ *- -jar$/s/^ *- \(-.*\)$/\1/p' "kubernetes/base/driveline-$1/deployment.yaml" |
    grep -vx -e -jar
}

tag_of() { sed -n 's/^ *image: .*:\(.*\)$/\1/p' "kubernetes/base/driveline-$1/deployment.yaml"; }

extract() {
  "$JAVA_HOME/bin/java" -Djarmode=tools -jar "integrations/$1/target/driveline-$1-0.1.0-SNAPSHOT-app.jar" \
    extract --force --destination "$2" >/dev/null
}

# What one image is made of, and nothing else.
make_context() {
  local app=$1 context=$2
  extract "$app" "$context/app"
  mkdir -p "$context/driveline"
  mv "$context"/app/lib/driveline-*.jar "$context/driveline/"
  mv "$context/app/lib" "$context/dependencies"
  mv "$context"/app/*.jar "$context/app.jar"
  # Its manifest has the time of this minute, and keeps the rest when it gets nothing.
  "$JAVA_HOME/bin/jar" --update --file "$context/app.jar" --date "$(date -u -d "@$epoch" +%FT%TZ)" --manifest /dev/null
  flags_of "$app" >"$context/jvm.options"
  cp LICENSE "$context/"
  cp -r "$training" "$context/training"
  chmod -R u=rwX,go=rX "$context"
  # The cache holds the times of its jars, and another tool than podman would keep those of this minute.
  find "$context" -exec touch -hd "@$epoch" {} +
}

build_app() {
  local app=$1 context=$work/$1 started=$SECONDS
  local name=driveline-$app:${tag:-$(tag_of "$app")}
  local registry_name=()
  # By itself podman calls it localhost/..., which a node with the image would not find.
  [ "$tool" = docker ] || registry_name=(-t "docker.io/library/$name")
  make_context "$app" "$context"
  build ${cache[@]+"${cache[@]}"} ${named_images[@]+"${named_images[@]}"} --build-arg "APP=$app" \
    --build-arg "VERSION=${name#*:}" --build-arg "REVISION=$revision" --build-arg "CREATED=$created" \
    -t "$name" ${registry_name[@]+"${registry_name[@]}"} -f "$images/Dockerfile" "$context"
  rm -rf "$context"
  say "$name: built with $tool in $((SECONDS - started)) s"
}

checked=
if [ "${1:-}" = check ]; then
  checked=yes
  shift
fi
read_options "$@"
date -u -d @0 >/dev/null 2>&1 ||
  fail "images need the date, touch and timeout of GNU: on a Mac, brew install coreutils, and its gnubin first in PATH"
find_tool
[ "$base" != local ] || can_make_base
[ -z "$checked" ] || exit 0
# The same for every build, so that layers that are the same have the same digest.
epoch=${SOURCE_DATE_EPOCH:-$(date -u -d "$(sed -n 's/.*<project.build.outputTimestamp>\(.*\)<.*/\1/p' pom.xml)" +%s)}
revision=$(git rev-parse HEAD 2>/dev/null || true)
created=$(git log -1 --format=%cI 2>/dev/null || true)
named_images=()
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
choose_base
training=$work/training
extract sandbox "$training"
mv "$training"/*.jar "$training/sandbox.jar"
for app in "${apps[@]}"; do
  build_app "$app"
done
