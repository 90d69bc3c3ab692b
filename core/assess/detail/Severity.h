// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/assess/Assessment.h"
#include "core/base/TaskPool.h"

namespace plimsoll::assess::detail {

// Fills effectiveSeverity and severityReasons of the findings whose object is a workload.
void weighFindings(const control::Context& context, Assessment& assessment, TaskPool& pool);

} // namespace plimsoll::assess::detail
