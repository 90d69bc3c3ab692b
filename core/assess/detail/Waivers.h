// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/assess/Assessment.h"

namespace plimsoll::assess::detail {

// Marks the findings that waivers cover as of the date of the assessment, counts what is open and what is waived, and
// says what became of each waiver. The first waiver that covers a finding is the one that counts.
void applyWaivers(Assessment& assessment);

} // namespace plimsoll::assess::detail
