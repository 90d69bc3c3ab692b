// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/assess/Assessment.h"

namespace plimsoll::assess::detail {

// Fills effectiveSeverity and severityReasons of the findings whose object is a workload.
void weighFindings(const control::Context& context, Assessment& assessment);

} // namespace plimsoll::assess::detail
