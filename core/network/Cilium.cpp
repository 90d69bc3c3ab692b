// SPDX-License-Identifier: Apache-2.0
#include "core/network/Cilium_p.h"

#include <algorithm>
#include <array>

namespace plimsoll::network {

using cluster::Cluster;
using cluster::ObjectId;
using cluster::Requirement;
using format::Value;

namespace {

constexpr std::string_view namespaceKey = "io.kubernetes.pod.namespace";

// Labels have the source they come from before a colon; pods' own are "k8s", and "any" or none means every source.
std::optional<std::string_view> ownLabel(std::string_view key)
{
    for (const std::string_view prefix : { "k8s:", "any:" }) {
        if (key.starts_with(prefix))
            key.remove_prefix(prefix.size());
    }
    // Of the identity, not of the pod: labels of the namespace, service account, cluster, reserved identities.
    if (key.starts_with("io.cilium.") || key.find(':') != std::string_view::npos)
        return std::nullopt;
    return key;
}

Requirement::Operator operatorOf(std::string_view text)
{
    constexpr std::array<std::pair<std::string_view, Requirement::Operator>, 4> names { {
        { "In", Requirement::Operator::In },
        { "NotIn", Requirement::Operator::NotIn },
        { "Exists", Requirement::Operator::Exists },
        { "DoesNotExist", Requirement::Operator::DoesNotExist },
    } };
    const auto found = std::ranges::find(names, text, [](const auto& pair) { return pair.first; });
    return found == names.end() ? Requirement::Operator::Invalid : found->second;
}

void readSelector(const Cluster& cluster, Value selector, CiliumRule& rule)
{
    for (const Value label : selector["matchLabels"]) {
        const auto key = ownLabel(label.key());
        if (!key) {
            rule.isReadable = false;
        } else if (*key == namespaceKey) {
            rule.ns = cluster.id(label.text());
            // A namespace that no object names has no pods.
            rule.ingress = rule.ingress && !rule.ns.isNone();
            rule.egress = rule.egress && !rule.ns.isNone();
        } else {
            rule.selector.push_back({ std::string(*key), Requirement::Operator::In, { std::string(label.text()) } });
        }
    }
    for (const Value expression : selector["matchExpressions"]) {
        const auto key = ownLabel(expression["key"].text());
        rule.isReadable = rule.isReadable && key && *key != namespaceKey;
        TextRequirement requirement { std::string(key.value_or("")), operatorOf(expression["operator"].text()), {} };
        for (const Value value : expression["values"])
            requirement.values.emplace_back(value.text());
        rule.selector.push_back(std::move(requirement));
    }
}

bool isolates(Value spec, std::string_view allow, std::string_view deny, std::string_view direction)
{
    const auto isSet = spec["enableDefaultDeny"][direction].asBool();
    return isSet.value_or(spec[allow].size() > 0 || spec[deny].size() > 0);
}

void addRule(const Cluster& cluster, Value spec, StringId ns, OtherPolicy& policy)
{
    const Value selector = spec["endpointSelector"];
    if (!selector.isObject())
        return; // a rule for nodes, or none
    CiliumRule rule;
    rule.ns = ns;
    rule.ingress = isolates(spec, "ingress", "ingressDeny", "ingress");
    rule.egress = isolates(spec, "egress", "egressDeny", "egress");
    readSelector(cluster, selector, rule);
    policy.isComputed = policy.isComputed && rule.isReadable;
    policy.rules.push_back(std::move(rule));
}

} // namespace

bool matches(const std::vector<TextRequirement>& selector, const TextLabels& labels)
{
    return std::ranges::all_of(selector, [&](const TextRequirement& requirement) {
        const auto label = std::ranges::find(labels, requirement.key, [](const auto& pair) { return pair.first; });
        const bool hasKey = label != labels.end();
        const bool hasValue
            = hasKey && std::ranges::find(requirement.values, label->second) != requirement.values.end();
        switch (requirement.op) {
        case Requirement::Operator::In:
            return hasValue;
        case Requirement::Operator::NotIn:
            return !requirement.values.empty() && !hasValue;
        case Requirement::Operator::Exists:
            return hasKey;
        case Requirement::Operator::DoesNotExist:
            return !hasKey;
        case Requirement::Operator::Invalid:
            return false;
        }
        return false;
    });
}

std::vector<OtherPolicy> ciliumPolicies(const Cluster& cluster)
{
    std::vector<OtherPolicy> policies;
    for (const std::string_view kind : { "CiliumClusterwideNetworkPolicy", "CiliumNetworkPolicy" }) {
        for (const ObjectId id : cluster.objectsOf("cilium.io", kind)) {
            OtherPolicy policy { id, cluster.object(id).ns, true, {} };
            format::Document document;
            if (cluster.snapshot().readRaw(cluster.object(id).raw, document)) {
                addRule(cluster, document.root()["spec"], policy.ns, policy);
                for (const Value spec : document.root()["specs"])
                    addRule(cluster, spec, policy.ns, policy);
            } else {
                policy.isComputed = false;
            }
            policies.push_back(std::move(policy));
        }
    }
    return policies;
}

} // namespace plimsoll::network
