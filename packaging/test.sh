#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, builds, and runs the tests.
# Usage: [PLIMSOLL_PRESET=dev] packaging/test.sh [CTEST ARGUMENTS...]
set -euo pipefail
cd "$(dirname "$0")/.."

preset=${PLIMSOLL_PRESET:-dev}
packaging/setup.sh poppler-utils qpdf # with these the tests look into the PDF
cmake --preset "$preset" >/dev/null
cmake --build --preset "$preset"
ctest --preset "$preset" "$@"
