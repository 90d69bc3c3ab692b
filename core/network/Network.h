// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
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
