// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/assess/Assessment.h"

namespace plimsoll::assess::detail {

// Fills Assessment::frameworks from its control results: a requirement fails when one of its controls does, passes when
// all of them pass, and is not assessed otherwise. What a person must decide stays manual whatever the controls say.
void scoreFrameworks(Assessment& assessment);

} // namespace plimsoll::assess::detail
