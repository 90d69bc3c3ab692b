// SPDX-License-Identifier: Apache-2.0
#include "core/assess/detail/Coverage.h"

#include <algorithm>
#include <array>
#include <vector>

#include "core/base/Text.h"

namespace plimsoll::assess::detail {

namespace {

using control::Need;

constexpr std::string_view rbac = "rbac.authorization.k8s.io";
constexpr std::array roleKinds { Need { rbac, "ClusterRole" }, Need { rbac, "ClusterRoleBinding" },
    Need { rbac, "Role" }, Need { rbac, "RoleBinding" } };
constexpr std::array workloadKinds { Need { "", "Pod" }, Need { "", "ReplicationController" },
    Need { "apps", "DaemonSet" }, Need { "apps", "Deployment" }, Need { "apps", "ReplicaSet" },
    Need { "apps", "StatefulSet" }, Need { "batch", "CronJob" }, Need { "batch", "Job" } };
constexpr std::array secretKinds { Need { "", "Pod" }, Need { "apps", "DaemonSet" }, Need { "apps", "Deployment" },
    Need { "apps", "StatefulSet" }, Need { "batch", "CronJob" }, Need { "batch", "Job" }, Need { "", "ConfigMap" } };

// By the letter of "PLM-W01".
std::span<const Need> kindsOfFamily(std::string_view id)
{
    constexpr std::size_t letter = 4;
    switch (id.size() > letter ? id[letter] : ' ') {
    case 'R':
        return roleKinds;
    case 'S':
        return secretKinds;
    case 'W':
    case 'N':
    case 'I':
        return workloadKinds;
    default:
        return {};
    }
}

// Whether the capture says of this kind that it could not be read, or not everywhere.
bool isRecordedGap(const snapshot::Snapshot& snapshot, const Need& kind)
{
    return std::ranges::any_of(snapshot.notCollected(),
               [&](const snapshot::NotCollected& one) { return one.group == kind.group && one.kind == kind.kind; })
        || std::ranges::any_of(snapshot.partialKinds(),
            [&](const snapshot::PartialKind& one) { return one.group == kind.group && one.kind == kind.kind; });
}

} // namespace

std::string captureGaps(
    const cluster::Cluster& cluster, const control::Control& control, std::span<const std::string> namespaces)
{
    std::vector<std::string> gaps;
    for (const Need& kind : kindsOfFamily(control.id)) {
        if (!control.needs.empty() || !isRecordedGap(cluster.snapshot(), kind))
            continue;
        if (std::string gap = cluster.gap(kind.group, kind.kind, namespaces); !gap.empty())
            gaps.push_back(std::move(gap));
    }
    constexpr std::size_t shown = 3;
    if (gaps.size() > shown) {
        const std::string rest = "and " + counted(gaps.size() - shown, "further kind", "further kinds");
        gaps.resize(shown);
        gaps.push_back(rest);
    }
    return join(gaps, "; ");
}

} // namespace plimsoll::assess::detail
