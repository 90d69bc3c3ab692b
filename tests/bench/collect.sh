#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Collecting against kubectl, side by side on a server with 15,000 pods and 10,000 other objects; then with a round
# trip of 20 ms more. Takes several minutes and some 4 GB of memory for the seeding.
# Usage: collect.sh [BUILD_FOLDER [SERVER_FOLDER]]   a seeded server that runs already is used as it is
set -euo pipefail
cd "$(dirname "$0")/../.."
build=${1:-build/release}
work=$(mktemp -d)
server=${2:-$work/server}
proxy=
started=

clean() {
    [ -z "$proxy" ] || kill "$proxy" 2> /dev/null || true
    [ -z "$started" ] || tests/integration/apiserver.sh stop "$server"
    rm -rf "$work"
}
trap clean EXIT

command -v kubectl > /dev/null || packaging/setup.sh kubernetes-client
[ -x /usr/bin/time ] || packaging/setup.sh time
if [ ! -f "$server/apiserver.pid" ]; then
    started=yes
    tests/integration/apiserver.sh start "$server"
    "$build/tests/bench/plimsoll_generate" 15000 1 > "$work/dump.json"
    python3 tests/bench/seed_cluster.py "$server" "$work/dump.json" 10000
    rm "$work/dump.json"
fi

kinds=$(kubectl --kubeconfig "$server/admin.kubeconfig" api-resources --verbs=list -o name | paste -sd,)
measure() { # label command...
    local label=$1
    shift
    sync
    /usr/bin/time -o "$work/time" -f '%e %M' "$@" > "$work/out" 2> "$work/err" || { tail -n 3 "$work/err" >&2; exit 1; }
    read -r seconds kilobytes < <(tail -n 1 "$work/time")
    printf '%-24s %7.2f s  %6d MB\n' "$label" "$seconds" "$((kilobytes / 1024))"
}
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.3f", a / b }'; }

compare() { # kubeconfig label
    local round kubectl_best= plimsoll_best=
    for round in 1 2 3; do
        measure "kubectl$2 ($round)" kubectl --kubeconfig "$1" get "$kinds" -A -o json
        json=$(stat -c %s "$work/out")
        kubectl_best=$(printf '%s\n' $kubectl_best "$seconds" | sort -n | head -n 1)
        measure "plimsoll$2 ($round)" "$build/bin/plimsoll" collect cluster --kubeconfig "$1" -o "$work/x.plimsoll"
        plimsoll_best=$(printf '%s\n' $plimsoll_best "$seconds" | sort -n | head -n 1)
    done
    echo "time$2, best of 3: $(ratio "$plimsoll_best" "$kubectl_best") of kubectl (wanted: at most 0.5)"
}

compare "$server/admin.kubeconfig" ""
snapshot=$(stat -c %s "$work/x.plimsoll")
echo "size: $snapshot of $json bytes, 1/$((json / snapshot)) (wanted: at most 1/12)"

python3 tests/bench/delay_proxy.py "$(cat "$server/port")" 10 > "$work/proxy" &
proxy=$!
until [ -s "$work/proxy" ]; do sleep 0.1; done
sed -e "s/127.0.0.1:[0-9]*/127.0.0.1:$(cat "$work/proxy")/" "$server/admin.kubeconfig" > "$server/far.kubeconfig"
compare "$server/far.kubeconfig" ", 20 ms"
