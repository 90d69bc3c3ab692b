// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/control/Control.h"
#include "core/images/Vulnerabilities.h"

// What makes the fault of a workload worse or harmless: facts beside the fault itself. The fixed severity of a control
// presumes none of them.
namespace plimsoll::control {

struct Circumstances {
    std::string exposure; // the way from outside to it: "load balancer -> Service shop/web"; "" when there is none
    std::string nodeTakeover; // why its containers are the node: "container web runs privileged"; "" when they are not
    std::string identity; // what its token may do that takes over the cluster: "create pods"; "" when nothing
    std::string takeover; // confirmed steps that lead from it to the administrator; "" when there are none
    bool isIdle = false; // scaled to zero: nothing of it runs
};

// By WorkloadId. Independent of which controls are in scope.
std::vector<Circumstances> circumstancesOf(const Context& context);

// The same for the ranking of vulnerabilities, with the Secrets that each workload holds. By WorkloadId.
std::vector<images::Standing> standingsOf(
    const cluster::Cluster& cluster, std::span<const Circumstances> circumstances);

// The severity of a control's failure on a workload under these circumstances, one step from the fixed one at most, and
// a reason for each that counts. A circumstance that is the fault itself does not count, nor does any for inventory
// (info) and for availability.
struct EffectiveSeverity {
    Severity severity;
    std::vector<std::string> reasons;
};
EffectiveSeverity effectiveSeverity(std::string_view control, Severity fixed, const Circumstances& circumstances);

} // namespace plimsoll::control
