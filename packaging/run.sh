#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Does the main job on the sample cluster: installs what is missing, builds, and opens the window; without a display
# it prints the assessment and writes the PDF.
# Usage: packaging/run.sh [SOURCE...]   a dump of your own instead of the sample
set -euo pipefail
start=$PWD
cd "$(dirname "$0")/.."

packaging/setup.sh
cmake --preset release >/dev/null
cmake --build --preset release --target plimsoll

plimsoll=$PWD/build/release/bin/plimsoll
sources=("$@")
[ ${#sources[@]} -gt 0 ] || sources=("$PWD/resources/sample")
report=$PWD/build/sample.pdf
[ $# -eq 0 ] || report=$PWD/build/assessment.pdf
cd "$start" # paths of one's own are meant from here

if [ -n "${DISPLAY:-}" ] || [ -n "${WAYLAND_DISPLAY:-}" ]; then
    exec "$plimsoll" "${sources[@]}"
fi

"$plimsoll" assess "${sources[@]}"
"$plimsoll" assess "${sources[@]}" --format pdf -o "$report"
echo
echo "No display here, so no window. The same assessment as a PDF: $report"
