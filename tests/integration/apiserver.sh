#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A real kube-apiserver for the tests, made from Debian's own source package and kept between runs.
# Usage: apiserver.sh build        makes the program when the cache has none, and prints its path
#        apiserver.sh start DIR    starts it and etcd on free ports of loopback; DIR then holds *.kubeconfig, ca.crt,
#                                  port, audit.log and the logs of both
#        apiserver.sh stop DIR     ends both
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
version=1.20.2
cache=${XDG_CACHE_HOME:-$HOME/.cache}/plimsoll
program=$cache/kube-apiserver-$version

fail() {
    printf 'apiserver: %s\n' "$*" >&2
    exit 1
}

# The machine's own sources, asked for source packages instead; lists and archives stay in a folder of ours.
private_apt() { # folder
    mkdir -p "$1/sources" "$1/lists/partial" "$1/cache/archives/partial"
    local file
    for file in /etc/apt/sources.list.d/*.sources; do
        [ -f "$file" ] && sed 's/^Types:.*/Types: deb-src/' "$file" > "$1/sources/${file##*/}"
    done
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
        [ -f "$file" ] && sed -n 's/^deb\(-src\)\?\([[:space:]]\)/deb-src\2/p' "$file" | sort -u > "$1/sources/${file##*/}.list"
    done
    cat > "$1/apt.conf" <<CONF
Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts "$1/sources";
Dir::State::lists "$1/lists";
Dir::Cache "$1/cache";
APT::Sandbox::User "";
CONF
    export APT_CONFIG=$1/apt.conf
}

compile() { # folder
    private_apt "$1/apt"
    # A third source that has no source packages is no reason to stop: the next command tells whether ours was there.
    apt-get update -qq >&2 || true
    (cd "$1" && apt-get source -qq --download-only kubernetes >&2) || fail "the source package kubernetes cannot be had"
    dpkg-source --no-check -x "$1"/kubernetes_*.dsc "$1/kubernetes" >&2
    local tree=$1/kubernetes reflect=/usr/share/gocode/src/github.com/modern-go/reflect2
    grep -q '"\?'"$version" "$tree/debian/changelog" || fail "the source package is not version $version any more"
    # The vendored one reads structures of the runtime that Go 1.18 changed.
    rm -rf "$tree/vendor/github.com/modern-go/reflect2"
    cp -rL "$reflect" "$tree/vendor/github.com/modern-go/reflect2"
    # Its makefile and not go alone: parts of the sources are generated on the way (OpenAPI, conversions, defaults).
    mkdir -p "$tree/.go/src/k8s.io"
    ln -s "$tree" "$tree/.go/src/k8s.io/kubernetes"
    printf '%s\n' "KUBE_GIT_COMMIT=''" "KUBE_GIT_TREE_STATE=archive" "KUBE_GIT_VERSION=v$version" \
        "KUBE_GIT_MAJOR=1" "KUBE_GIT_MINOR=20" > "$1/version"
    (cd "$tree/.go/src/k8s.io/kubernetes" && env -u MAKEFLAGS GOPATH="$tree/.go" GO111MODULE=off GOFLAGS= \
        CGO_ENABLED=0 KUBE_GIT_VERSION_FILE="$1/version" make WHAT=cmd/kube-apiserver GOLDFLAGS="-s -w") >&2
    local made
    made=$(find "$tree/_output" -type f -name kube-apiserver -perm -u+x | head -n 1)
    [ -n "$made" ] || fail "the build made no kube-apiserver"
    mv "$made" "$1/kube-apiserver"
}

build() {
    mkdir -p "$cache"
    exec 9> "$cache/lock" # a second run waits for the first one and then finds its program
    flock 9
    if [ ! -x "$program" ]; then
        "$here/../../packaging/setup.sh" dpkg-dev golang-go golang-github-modern-go-reflect2-dev make rsync >&2
        local work
        work=$(mktemp -d "$cache/build.XXXXXX")
        # shellcheck disable=SC2064 # the folder of now
        trap "chmod -R u+w '$work' && rm -rf '$work'" EXIT
        compile "$work"
        "$work/kube-apiserver" --version >&2
        mv "$work/kube-apiserver" "$program"
    fi
    printf '%s\n' "$program"
}

free_ports() { # count
    python3 - "$1" <<'PY'
import socket, sys
taken = [socket.socket() for _ in range(int(sys.argv[1]))]
for one in taken:
    one.bind(("127.0.0.1", 0))
print(*[one.getsockname()[1] for one in taken])
PY
}

certificate() { # name subject extension: a key and a certificate signed by the authority of this run
    openssl req -newkey rsa:2048 -nodes -keyout "$1.key" -out "$1.csr" -subj "$2" 2> /dev/null
    openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -out "$1.crt" \
        -extfile <(printf '%s\n' "$3") 2> /dev/null
}

kubeconfig() { # name user
    cat > "$1.kubeconfig" <<CONF
apiVersion: v1
kind: Config
current-context: $1
contexts:
  - { name: $1, context: { cluster: itest, user: $1 } }
clusters:
  - { name: itest, cluster: { server: "https://127.0.0.1:$(cat port)", certificate-authority: ca.crt } }
users:
  - { name: $1, user: $2 }
CONF
}

secrets_of_this_run() {
    openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.crt -days 2 -subj "/CN=itest authority" 2> /dev/null
    certificate server "/CN=kube-apiserver" "subjectAltName=DNS:localhost,DNS:kubernetes.default.svc,IP:127.0.0.1"
    certificate admin "/O=system:masters/CN=itest-admin" "extendedKeyUsage=clientAuth"
    openssl genrsa -out serviceaccount.key 2048 2> /dev/null
    openssl rsa -in serviceaccount.key -pubout -out serviceaccount.pub 2> /dev/null
    local who
    : > tokens.csv
    for who in auditor restricted nobody; do
        openssl rand -hex 24 > "$who.token"
        printf '%s,%s,%s-uid,"%ss"\n' "$(cat $who.token)" "$who" "$who" "$who" >> tokens.csv
        kubeconfig "$who" "{ tokenFile: $who.token }"
    done
    kubeconfig admin "{ client-certificate: admin.crt, client-key: admin.key }"
    cat > encryption.yaml <<CONF
apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
  - resources: [secrets]
    providers:
      - aescbc: { keys: [{ name: first, secret: $(openssl rand -base64 32) }] }
      - identity: {}
CONF
    cat > audit.yaml <<CONF
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
  - { level: Metadata }
CONF
}

launch() {
    local etcd_port peer_port port
    read -r etcd_port peer_port port < <(free_ports 3)
    printf '%s\n' "$port" > port
    secrets_of_this_run
    local client=http://127.0.0.1:$etcd_port peer=http://127.0.0.1:$peer_port
    setsid etcd --data-dir etcd --listen-client-urls "$client" --advertise-client-urls "$client" \
        --listen-peer-urls "$peer" --initial-advertise-peer-urls "$peer" --initial-cluster "default=$peer" \
        --unsafe-no-fsync --quota-backend-bytes 4294967296 > etcd.log 2>&1 < /dev/null &
    echo $! > etcd.pid
    # Nothing leaves loopback: no admission webhook is ever called, and no controller or kubelet runs.
    setsid "$1" --etcd-servers "$client" --bind-address 127.0.0.1 --advertise-address 127.0.0.1 --secure-port "$port" \
        --tls-cert-file server.crt --tls-private-key-file server.key --client-ca-file ca.crt \
        --token-auth-file tokens.csv --authorization-mode RBAC --anonymous-auth=true \
        --service-account-issuer https://kubernetes.default.svc --service-account-key-file serviceaccount.pub \
        --service-account-signing-key-file serviceaccount.key --service-cluster-ip-range 10.96.0.0/12 \
        --encryption-provider-config encryption.yaml --audit-policy-file audit.yaml --audit-log-path audit.log \
        --disable-admission-plugins ServiceAccount,MutatingAdmissionWebhook,ValidatingAdmissionWebhook \
        --max-requests-inflight 2000 --max-mutating-requests-inflight 1000 --enable-priority-and-fairness=false \
        --allow-privileged=true > apiserver.log 2>&1 < /dev/null &
    echo $! > apiserver.pid
    local _
    for _ in $(seq 240); do
        [ "$(curl -s --cacert ca.crt --cert admin.crt --key admin.key "https://127.0.0.1:$port/readyz")" = ok ] && return 0
        kill -0 "$(cat apiserver.pid)" 2> /dev/null || return 1
        sleep 0.5
    done
    return 1
}

start() { # folder
    local binary _
    binary=$(build)
    "$here/../../packaging/setup.sh" etcd-server openssl curl python3 >&2
    mkdir -p "$1" && cd "$1"
    for _ in 1 2 3; do # another program may take a port between the choice and the start
        rm -rf etcd port
        launch "$binary" && return 0
        stop .
    done
    tail -n 5 apiserver.log etcd.log >&2
    fail "the server does not get ready"
}

stop() { # folder
    local name pid _
    for name in apiserver etcd; do
        [ -f "$1/$name.pid" ] || continue
        pid=$(cat "$1/$name.pid")
        kill "$pid" 2> /dev/null || true
        for _ in $(seq 50); do
            kill -0 "$pid" 2> /dev/null || break
            sleep 0.1
        done
        kill -9 "$pid" 2> /dev/null || true
        rm -f "$1/$name.pid"
    done
}

case ${1:-} in
build) build ;;
start) start "${2:?a folder}" ;;
stop) stop "${2:?a folder}" ;;
*) fail "usage: apiserver.sh build | start DIR | stop DIR" ;;
esac
