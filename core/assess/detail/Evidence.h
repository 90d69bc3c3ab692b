// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/assess/Assessment.h"
#include "core/control/Control.h"

namespace plimsoll::assess::detail {

// Joins what other tools said, in files and in the cluster, to its objects. Needs no engine.
void matchEvidence(const Inputs& inputs, Assessment& assessment);
// Ranks what scanners found by what the engines know. The context's scans are not there yet.
void rankEvidence(const control::Context& context, Assessment& assessment);
// Makes the attack graph. Errors: Cancelled.
Result<void> findPaths(Assessment& assessment, Progress& progress);

} // namespace plimsoll::assess::detail
