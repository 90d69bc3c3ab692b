// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "core/network/Cilium_p.h"

namespace plimsoll::network {

using cluster::Cluster;
using cluster::Label;
using cluster::ObjectId;

namespace {

struct PolicyKind {
    std::string_view group;
    std::string_view kind;
};

constexpr std::array<PolicyKind, 11> otherKinds { {
    { "crd.antrea.io", "ClusterNetworkPolicy" },
    { "crd.antrea.io", "NetworkPolicy" },
    { "crd.projectcalico.org", "GlobalNetworkPolicy" },
    { "crd.projectcalico.org", "NetworkPolicy" },
    { "projectcalico.org", "GlobalNetworkPolicy" },
    { "projectcalico.org", "NetworkPolicy" },
    { "policy.networking.k8s.io", "AdminNetworkPolicy" },
    { "policy.networking.k8s.io", "BaselineAdminNetworkPolicy" },
    { "policy.networking.k8s.io", "ClusterNetworkPolicy" },
    { "k8s.ovn.org", "EgressFirewall" },
    { "network.openshift.io", "EgressNetworkPolicy" },
} };

// Tiered policies name the pods they concern in spec.subject; where that is only namespaces by the label of their name
// (the common form), the others are left in peace.
std::vector<StringId> namespacesOf(const Cluster& cluster, ObjectId policy)
{
    format::Document document;
    if (!cluster.snapshot().readRaw(cluster.object(policy).raw, document))
        return {};
    const format::Value subject = document.root().at("/spec/subject");
    format::Value labels = subject.at("/namespaces/matchLabels");
    if (labels.isAbsent())
        labels = subject.at("/pods/namespaceSelector/matchLabels");
    const format::Value name = labels["kubernetes.io/metadata.name"];
    if (!name.isString())
        return {};
    return { cluster.id(name.text()) }; // none when no object has that name: nothing is concerned
}

} // namespace

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

PolicyIndex::PolicyIndex(const Cluster& cluster)
    : m_cluster(&cluster)
    , m_others(otherPolicies(cluster))
{
    const auto policies = cluster.networkPolicies();
    for (std::uint32_t i = 0; i < policies.size(); ++i)
        m_byNamespace[cluster.object(policies[i].object).ns].push_back(i);
}

std::span<const std::uint32_t> PolicyIndex::policiesOf(StringId ns) const
{
    const auto found = m_byNamespace.find(ns);
    return found == m_byNamespace.end() ? std::span<const std::uint32_t>() : found->second;
}

bool PolicyIndex::isSelectedByPolicy(StringId ns, std::span<const Label> labels, Direction direction) const
{
    return std::ranges::any_of(policiesOf(ns), [&](std::uint32_t i) {
        const cluster::NetworkPolicy& policy = m_cluster->networkPolicies()[i];
        return hasDirection(policy, direction) && policy.podSelector.matches(labels);
    });
}

bool PolicyIndex::isSelectedByRule(StringId ns, const TextLabels& labels, Direction direction) const
{
    const auto selects = [&](const CiliumRule& rule) {
        return rule.isReadable && (direction == Direction::Ingress ? rule.ingress : rule.egress)
            && (rule.ns.isNone() || rule.ns == ns) && matches(rule.selector, labels);
    };
    return std::ranges::any_of(
        m_others, [&](const OtherPolicy& other) { return std::ranges::any_of(other.rules, selects); });
}

bool PolicyIndex::isolates(StringId ns, std::span<const Label> labels, Direction direction) const
{
    if (isSelectedByPolicy(ns, labels, direction))
        return true;
    if (m_others.empty())
        return false;
    TextLabels texts;
    for (const auto& [key, value] : labels)
        texts.emplace_back(m_cluster->text(key), m_cluster->text(value));
    return isSelectedByRule(ns, texts, direction);
}

bool PolicyIndex::isolates(StringId ns, const TextLabels& labels, Direction direction) const
{
    std::vector<Label> ids;
    for (const auto& [key, value] : labels) {
        // A key that no object carries and no selector names cannot decide anything.
        if (const StringId id = m_cluster->id(key); !id.isNone())
            ids.emplace_back(id, m_cluster->id(value));
    }
    return isSelectedByPolicy(ns, ids, direction) || isSelectedByRule(ns, labels, direction);
}

bool PolicyIndex::hasPolicyFor(StringId ns) const
{
    const auto isForAll = [&](const CiliumRule& rule) {
        return rule.isReadable && (rule.ingress || rule.egress) && (rule.ns.isNone() || rule.ns == ns)
            && rule.selector.empty();
    };
    return !policiesOf(ns).empty() || std::ranges::any_of(m_others, [&](const OtherPolicy& other) {
        const bool isOwn = other.ns == ns && m_cluster->object(other.object).ns == ns;
        return isOwn || std::ranges::any_of(other.rules, isForAll);
    });
}

const OtherPolicy* PolicyIndex::unknownFor(StringId ns) const
{
    const auto found = std::ranges::find_if(
        m_others, [&](const OtherPolicy& other) { return !other.isComputed && (other.ns.isNone() || other.ns == ns); });
    return found == m_others.end() ? nullptr : &*found;
}

Isolation isolationOf(
    const Cluster& cluster, const PolicyIndex& index, const cluster::Workload& workload, Direction direction)
{
    Isolation isolation;
    const cluster::Object& self = cluster.object(workload.object);
    for (const ObjectId id : workload.pods) {
        const cluster::Pod* pod = cluster.pod(id);
        if (!pod || pod->isTerminated)
            continue;
        ++isolation.pods;
        if (cluster.podSpec(pod->spec).hostNetwork)
            ++isolation.hostNetwork;
        else if (index.isolates(self.ns, cluster.object(id).labels, direction))
            ++isolation.isolated;
    }
    // A finished bare pod has nothing left that could be reached.
    if (isolation.pods > 0 || workload.specs.empty() || cluster.pod(workload.object))
        return isolation;
    isolation.isTemplate = true;
    isolation.pods = 1;
    if (cluster.podSpec(workload.specs.front().spec).hostNetwork)
        isolation.hostNetwork = 1;
    else if ((!index.policiesOf(self.ns).empty() || !index.others().empty())
        && index.isolates(self.ns, templateLabels(cluster, workload.object), direction))
        isolation.isolated = 1;
    return isolation;
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

std::vector<OtherPolicy> otherPolicies(const Cluster& cluster)
{
    std::vector<OtherPolicy> policies = ciliumPolicies(cluster);
    for (const PolicyKind& row : otherKinds) {
        const bool isTiered = row.group == "policy.networking.k8s.io";
        for (const ObjectId id : cluster.objectsOf(row.group, row.kind)) {
            const auto namespaces = isTiered ? namespacesOf(cluster, id) : std::vector<StringId>();
            if (!namespaces.empty() && namespaces.front().isNone())
                continue;
            policies.push_back({ id, namespaces.empty() ? cluster.object(id).ns : namespaces.front(), false, {} });
        }
    }
    return policies;
}

} // namespace plimsoll::network
