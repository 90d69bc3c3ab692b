// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/network/Network.h"

namespace plimsoll::network {

using cluster::Cluster;
using cluster::ObjectId;

std::string_view toText(Direction direction)
{
    return direction == Direction::Ingress ? "ingress" : "egress";
}

bool hasDirection(const cluster::NetworkPolicy& policy, Direction direction)
{
    return direction == Direction::Ingress ? policy.hasIngress : policy.hasEgress;
}

std::span<const cluster::NetworkPolicyRule> rulesOf(const cluster::NetworkPolicy& policy, Direction direction)
{
    return direction == Direction::Ingress ? policy.ingress : policy.egress;
}

std::string labelsPointer(const Cluster& cluster, ObjectId workload)
{
    std::string_view spec = cluster.podSpecPointer(workload);
    constexpr std::string_view tail = "/spec";
    if (spec.ends_with(tail))
        spec.remove_suffix(tail.size());
    return std::string(spec) + "/metadata/labels";
}

TextLabels templateLabels(const Cluster& cluster, ObjectId workload)
{
    const cluster::Object& object = cluster.object(workload);
    TextLabels labels;
    format::Document document;
    if (object.isMissing || !cluster.snapshot().readRaw(object.raw, document))
        return labels;
    for (const format::Value label : document.root().at(labelsPointer(cluster, workload)))
        labels.emplace_back(label.key(), label.text());
    std::ranges::sort(labels);
    return labels;
}

} // namespace plimsoll::network
