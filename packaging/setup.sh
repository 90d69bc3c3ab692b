#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what packaging/dependencies.txt names and is not there yet. Does nothing when all is there.
# Usage: packaging/setup.sh [PACKAGE...]   more packages, for a job that needs them
set -euo pipefail
cd "$(dirname "$0")/.."

fail() {
    printf 'plimsoll setup: %s\n' "$*" >&2
    exit 1
}

is_installed() {
    dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q '^install ok installed$'
}

command -v dpkg-query >/dev/null || fail "this is not Debian or a system made from it; install what packaging/dependencies.txt names by other means"

missing=()
for package in $(sed -e 's/#.*//' packaging/dependencies.txt | awk '{ print $1 }') "$@"; do
    is_installed "$package" || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || fail "these packages are missing and installing them needs root: ${missing[*]}"
    as_root=(sudo)
fi

echo "Installing ${#missing[@]} missing packages: ${missing[*]}" >&2
export DEBIAN_FRONTEND=noninteractive
install=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}")
# The package lists may be absent or old; they are fetched only when the first try fails.
if ! "${install[@]}" >/dev/null 2>&1; then
    "${as_root[@]}" apt-get update >&2 || fail "apt-get update failed: without a network, install these by other means: ${missing[*]}"
    "${install[@]}" >&2 || fail "apt-get install failed; what it says above is the reason. Missing: ${missing[*]}"
fi
