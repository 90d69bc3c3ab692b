// SPDX-License-Identifier: Apache-2.0
#include "core/components/detail/Placement.h"

#include <algorithm>
#include <array>

#include "core/base/Text.h"

namespace plimsoll::components {

namespace {

using format::Value;

// What the node controller says of nodes that do not answer.
bool isOfNodeDown(std::string_view key)
{
    return key == "node.kubernetes.io/not-ready" || key == "node.kubernetes.io/unreachable";
}

// Further taints that every pod of a DaemonSet tolerates.
bool isToleratedByAll(std::string_view key, std::string_view effect)
{
    constexpr std::array<std::string_view, 5> schedule { "node.kubernetes.io/disk-pressure",
        "node.kubernetes.io/memory-pressure", "node.kubernetes.io/pid-pressure", "node.kubernetes.io/unschedulable",
        "node.kubernetes.io/network-unavailable" };
    return effect == "NoSchedule" && std::ranges::count(schedule, key) > 0;
}

bool tolerates(Value toleration, std::string_view key, std::string_view value, std::string_view effect)
{
    const std::string_view wanted = toleration["effect"].text();
    if (!wanted.empty() && wanted != effect)
        return false;
    const std::string_view wantedKey = toleration["key"].text();
    if (!wantedKey.empty() && wantedKey != key)
        return false;
    if (toleration["operator"].text() == "Exists")
        return true;
    return !wantedKey.empty() && toleration["value"].text() == value;
}

struct NodeFields {
    const cluster::Cluster& cluster;
    const cluster::Object& node;

    bool hasLabel(std::string_view key) const
    {
        return std::ranges::any_of(node.labels, [&](const auto& one) { return cluster.text(one.first) == key; });
    }
    std::string_view label(std::string_view key) const { return cluster.label(node, key); }
};

bool requirementHolds(const NodeFields& node, Value requirement, bool isField)
{
    const std::string_view key = requirement["key"].text(), op = requirement["operator"].text();
    const bool has = isField ? key == "metadata.name" : node.hasLabel(key);
    const std::string_view value = isField ? node.cluster.text(node.node.name) : node.label(key);
    bool isAmong = false;
    for (const Value one : requirement["values"])
        isAmong = isAmong || one.text() == value;
    if (op == "In")
        return has && isAmong;
    if (op == "NotIn")
        return !has || !isAmong;
    if (op == "Exists")
        return has;
    if (op == "DoesNotExist")
        return !has;
    const auto left = toInteger(value), right = toInteger(requirement["values"].at("/0").text());
    return has && left && right && (op == "Gt" ? *left > *right : op == "Lt" && *left < *right);
}

// One of the terms must hold; a term without requirements matches nothing.
bool termsHold(const NodeFields& node, Value terms)
{
    for (const Value term : terms) {
        const Value expressions = term["matchExpressions"], fields = term["matchFields"];
        bool holds = expressions.size() + fields.size() > 0;
        for (const Value one : expressions)
            holds = holds && requirementHolds(node, one, false);
        for (const Value one : fields)
            holds = holds && requirementHolds(node, one, true);
        if (holds)
            return true;
    }
    return false;
}

} // namespace

std::optional<Refusal> refusalOf(
    const cluster::Cluster& cluster, Value podSpec, const cluster::Object& node, Value nodeRaw, bool isWindowsNode)
{
    const NodeFields fields { cluster, node };
    const bool isForWindows
        = podSpec["os"]["name"].text() == "windows" || podSpec["nodeSelector"]["kubernetes.io/os"].text() == "windows";
    if (isWindowsNode != isForWindows)
        return Refusal { AbsenceReason::OtherSystem,
            isWindowsNode ? "the node runs Windows, the agent is for Linux"
                          : "the node runs Linux, the agent is for Windows" };
    for (const Value one : podSpec["nodeSelector"]) {
        if (!fields.hasLabel(one.key()) || fields.label(one.key()) != one.text())
            return Refusal { AbsenceReason::NotSelected,
                "nodeSelector " + printable(one.key()) + '=' + printable(one.text()) + " leaves it out" };
    }
    const Value required = podSpec["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"];
    if (required.isObject() && !termsHold(fields, required["nodeSelectorTerms"]))
        return Refusal { AbsenceReason::NotSelected, "the required node affinity leaves it out" };
    for (const Value taint : nodeRaw["spec"]["taints"]) {
        const std::string_view key = taint["key"].text(), value = taint["value"].text();
        const std::string_view effect = taint["effect"].text();
        if (effect == "PreferNoSchedule" || isOfNodeDown(key) || isToleratedByAll(key, effect))
            continue;
        bool isTolerated = false;
        for (const Value one : podSpec["tolerations"])
            isTolerated = isTolerated || tolerates(one, key, value, effect);
        if (!isTolerated)
            return Refusal { AbsenceReason::NotTolerated,
                "the taint " + printable(key) + (value.empty() ? "" : '=' + printable(value)) + ':' + printable(effect)
                    + " is not tolerated" };
    }
    for (const Value condition : nodeRaw["status"]["conditions"]) {
        if (condition["type"].text() == "Ready" && condition["status"].text() != "True")
            return Refusal { AbsenceReason::NodeNotReady, "the node itself is not ready" };
    }
    return {};
}

} // namespace plimsoll::components
