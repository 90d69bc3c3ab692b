// SPDX-License-Identifier: Apache-2.0
#include "core/snapshot/detail/Wanted.h"

#include <algorithm>
#include <array>
#include <set>

#include "core/base/Text.h"

namespace plimsoll::snapshot::detail {

using kube::Resource;

std::vector<Resource> wantedResources(const kube::Discovery& discovery)
{
    constexpr std::array computed { "metrics.k8s.io", "custom.metrics.k8s.io", "external.metrics.k8s.io" };
    std::set<std::string> newer;
    for (const Resource& resource : discovery.resources) {
        if (resource.group == "apps" || resource.group == "networking.k8s.io" || resource.group == "policy")
            newer.insert(resource.plural);
    }
    std::vector<Resource> out;
    std::ranges::copy_if(discovery.resources, std::back_inserter(out), [&](const Resource& resource) {
        return resource.isListable && resource.plural != "events"
            && std::ranges::find(computed, resource.group) == computed.end()
            && !(resource.group.empty() && resource.plural == "componentstatuses")
            && !(resource.group == "extensions" && newer.contains(resource.plural));
    });
    return out;
}

std::vector<NotCollected> unavailableOf(const kube::Discovery& discovery)
{
    std::vector<NotCollected> out;
    for (const auto& one : discovery.unavailable)
        out.push_back({ .group = one.group,
            .version = one.version,
            .plural = {},
            .kind = {},
            .ns = {},
            .reason = std::string(toText(kube::FailureReason::ServerError)),
            .httpStatus = 0,
            .message = printable(one.message),
            .missingPermission = {} });
    return out;
}

} // namespace plimsoll::snapshot::detail
