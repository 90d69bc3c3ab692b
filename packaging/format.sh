#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Formats the sources as .clang-format says, with Debian 12's clang-format 14.
# Usage: packaging/format.sh [--check]   with --check only says what differs
set -euo pipefail
cd "$(dirname "$0")/.."

tool=$(command -v clang-format-14 || command -v clang-format || true)
[ -n "$tool" ] || { echo "plimsoll format: clang-format is missing: packaging/setup.sh clang-format-14" >&2; exit 1; }
arguments=(-i)
[ "${1:-}" = "--check" ] && arguments=(--dry-run -Werror)
git ls-files -z '*.cpp' '*.h' | xargs -0 -r -P2 -n20 "$tool" "${arguments[@]}"
