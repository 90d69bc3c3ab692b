// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/cluster/Cluster.h"

// The front of core/network: which policies select which pods, and who enforces them.
// Source: NetworkPolicy v1 (networking.k8s.io) of Kubernetes 1.36, types.go and defaults.go.
namespace plimsoll::network {

enum class Direction : std::uint8_t { Ingress, Egress };
std::string_view toText(Direction direction); // "ingress", "egress"

bool hasDirection(const cluster::NetworkPolicy& policy, Direction direction);
std::span<const cluster::NetworkPolicyRule> rulesOf(const cluster::NetworkPolicy& policy, Direction direction);

// Labels and requirements as text: of objects whose strings the cluster's pool does not hold.
using TextLabels = std::vector<std::pair<std::string, std::string>>;
struct TextRequirement {
    std::string key;
    cluster::Requirement::Operator op = cluster::Requirement::Operator::Invalid;
    std::vector<std::string> values;
};

// One rule of a CiliumNetworkPolicy or CiliumClusterwideNetworkPolicy as far as it isolates pods.
// Source: Cilium 1.18 pkg/policy/api/rule.go (Sanitize: a direction with rules denies all else by default, unless
// enableDefaultDeny says otherwise) and Documentation/security/policy.
struct CiliumRule {
    StringId ns; // the pods it selects are in this namespace; none = in every one
    std::vector<TextRequirement> selector; // all must hold
    bool ingress = false; // isolates that direction
    bool egress = false;
    bool isReadable = true; // false: it selects by what the objects do not tell (labels of namespaces, identities)
};

// A policy object of another API (Cilium, Calico, Antrea, AdminNetworkPolicy ...) that may restrict pods.
struct OtherPolicy {
    cluster::ObjectId object;
    StringId ns; // none = every namespace
    bool isComputed = false; // what it isolates is in PolicyIndex; else nobody here can tell
    std::vector<CiliumRule> rules;
};
// In order of kind, namespace and name. Reads the raw text of the objects.
std::vector<OtherPolicy> otherPolicies(const cluster::Cluster& cluster);

// The policies of each namespace.
// Owns: the other policies, and indices of NetworkPolicies; the cluster must outlive it. Threads: immutable.
class PolicyIndex {
public:
    explicit PolicyIndex(const cluster::Cluster& cluster);

    // Indices into Cluster::networkPolicies(), in name order. ns none = objects whose manifests name no namespace.
    std::span<const std::uint32_t> policiesOf(StringId ns) const;
    std::span<const OtherPolicy> others() const { return m_others; }
    // A pod is isolated in a direction as soon as one policy selects it with that direction.
    bool isolates(StringId ns, std::span<const cluster::Label> labels, Direction direction) const;
    bool isolates(StringId ns, const TextLabels& labels, Direction direction) const;
    // Is there a policy whose selection concerns the namespace as such: of its own, or of the cluster for all its pods?
    bool hasPolicyFor(StringId ns) const;
    // The first policy that may concern the namespace in a way that is not computed; nullptr if there is none.
    const OtherPolicy* unknownFor(StringId ns) const;

private:
    bool isSelectedByPolicy(StringId ns, std::span<const cluster::Label> labels, Direction direction) const;
    bool isSelectedByRule(StringId ns, const TextLabels& labels, Direction direction) const;

    const cluster::Cluster* m_cluster;
    std::unordered_map<StringId, std::vector<std::uint32_t>> m_byNamespace;
    std::vector<OtherPolicy> m_others;
};

// How the pods of a workload stand to the policies. Without live pods, its template counts as one pod.
struct Isolation {
    std::uint32_t pods = 0; // judged: not finished
    std::uint32_t hostNetwork = 0; // of them in the network of the node, where policies do not apply
    std::uint32_t isolated = 0; // of the others
    bool isTemplate = false;

    std::uint32_t open() const { return pods - hostNetwork - isolated; }
};
Isolation isolationOf(
    const cluster::Cluster& cluster, const PolicyIndex& index, const cluster::Workload& workload, Direction direction);

// The labels that pods of a workload get: of its template, or its own when it is a bare Pod. Reads the raw text.
TextLabels templateLabels(const cluster::Cluster& cluster, cluster::ObjectId workload);
// JSON Pointer of those labels in the workload.
std::string labelsPointer(const cluster::Cluster& cluster, cluster::ObjectId workload);

// What enforces NetworkPolicies: recognised by the images of DaemonSets.
struct Plugin {
    enum class Enforcement : std::uint8_t { Yes, No, Unknown };
    cluster::WorkloadId workload;
    std::string name; // "Calico"
    Enforcement enforcement = Enforcement::Unknown;
    std::string reason; // why not, or why it cannot be told
    std::string imagePointer; // of the image that tells, relative to the pod spec
    StringId image;
};
std::vector<Plugin> networkPlugins(const cluster::Cluster& cluster);

} // namespace plimsoll::network
