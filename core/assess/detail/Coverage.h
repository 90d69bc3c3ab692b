// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "core/cluster/Cluster.h"
#include "core/control/Control.h"

namespace plimsoll::assess::detail {

// What a capture was denied of the kinds that a control of this family looks at, "" when nothing. Such a control is run
// on what there is: what fails, fails, but nothing it saw makes it pass. Controls that declare what they need are not
// asked here. Dumps do not record what they leave out, so that they have no such gaps.
std::string captureGaps(
    const cluster::Cluster& cluster, const control::Control& control, std::span<const std::string> namespaces);

} // namespace plimsoll::assess::detail
