// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/assess/Assessment.h"
#include "core/control/Control.h"

namespace plimsoll::assess::detail {

// Joins what other tools said, in files and in the cluster, to its objects. The context's engines are there; its scans
// are not yet.
void joinEvidence(const control::Context& context, const Inputs& inputs, Assessment& assessment);

} // namespace plimsoll::assess::detail
