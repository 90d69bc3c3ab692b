// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "core/network/Network.h"

namespace plimsoll::network {

using cluster::Cluster;
using cluster::Label;
using cluster::ObjectId;

namespace {

struct PolicyKind {
    std::string_view group;
    std::string_view kind;
};

constexpr std::array<PolicyKind, 13> otherKinds { {
    { "cilium.io", "CiliumClusterwideNetworkPolicy" },
    { "cilium.io", "CiliumNetworkPolicy" },
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

bool PolicyIndex::isolates(StringId ns, std::span<const Label> labels, Direction direction) const
{
    return std::ranges::any_of(policiesOf(ns), [&](std::uint32_t i) {
        const cluster::NetworkPolicy& policy = m_cluster->networkPolicies()[i];
        return hasDirection(policy, direction) && policy.podSelector.matches(labels);
    });
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
    else if (!index.policiesOf(self.ns).empty()
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

std::vector<Label> templateLabels(const Cluster& cluster, ObjectId workload)
{
    const cluster::Object& object = cluster.object(workload);
    if (cluster.pod(workload))
        return object.labels;
    std::vector<Label> labels;
    format::Document document;
    if (object.isMissing || !cluster.snapshot().readRaw(object.raw, document))
        return labels;
    for (const format::Value label : document.root().at(labelsPointer(cluster, workload))) {
        // A key that no object carries and no selector names cannot decide anything.
        if (const StringId key = cluster.id(label.key()); !key.isNone())
            labels.emplace_back(key, cluster.id(label.text()));
    }
    std::ranges::sort(labels, {}, [&](const Label& label) { return cluster.text(label.first); });
    return labels;
}

std::vector<OtherPolicy> otherPolicies(const Cluster& cluster)
{
    std::vector<OtherPolicy> policies;
    for (const PolicyKind& row : otherKinds) {
        const bool isTiered = row.group == "policy.networking.k8s.io";
        for (const ObjectId id : cluster.objectsOf(row.group, row.kind)) {
            const auto namespaces = isTiered ? namespacesOf(cluster, id) : std::vector<StringId>();
            if (!namespaces.empty() && namespaces.front().isNone())
                continue;
            policies.push_back({ id, namespaces.empty() ? cluster.object(id).ns : namespaces.front() });
        }
    }
    return policies;
}

} // namespace plimsoll::network
