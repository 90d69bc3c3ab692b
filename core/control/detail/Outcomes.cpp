// SPDX-License-Identifier: Apache-2.0
#include "core/control/detail/Outcomes_p.h"

#include <algorithm>

#include "core/base/Text.h"

namespace plimsoll::control {

bool hasHiddenNames(const cluster::Cluster& cluster)
{
    return cluster.snapshot().origin().redaction >= 2;
}

std::string containerText(const cluster::Cluster& cluster, const cluster::Container& container)
{
    return "container " + printable(cluster.text(container.name));
}

bool isSystemNamespace(std::string_view name)
{
    return name == "kube-system" || name == "kube-public" || name == "kube-node-lease";
}

bool isIdleSystemNamespace(const cluster::Cluster& cluster, const cluster::Namespace& ns)
{
    const std::string_view name = cluster.text(ns.name);
    if (name != "kube-public" && name != "kube-node-lease")
        return false;
    return std::ranges::none_of(cluster.workloads(),
        [&](const cluster::Workload& workload) { return cluster.object(workload.object).ns == ns.name; });
}

std::uint32_t podsIn(const cluster::Cluster& cluster, StringId ns)
{
    // Workloads are in order of namespace, so those of one stand together.
    const std::string_view name = cluster.text(ns);
    const auto range = std::ranges::equal_range(cluster.workloads(), name, {},
        [&](const cluster::Workload& workload) { return cluster.text(cluster.object(workload.object).ns); });
    std::uint32_t pods = 0;
    for (const cluster::Workload& workload : range)
        pods += static_cast<std::uint32_t>(workload.pods.size());
    return pods;
}

} // namespace plimsoll::control
