// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/control/Control.h"

// Controls on what namespaces ask of Pod Security admission.
namespace plimsoll::control {

void judgeLevelVersions(const Context& context, std::vector<Outcome>& outcomes); // M03
void judgeRefusedWorkloads(const Context& context, std::vector<Outcome>& outcomes); // M04

} // namespace plimsoll::control
