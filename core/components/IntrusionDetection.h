// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/cluster/Cluster.h"

// Which agents watch the nodes of a cluster at run time, and which nodes nobody watches.
namespace plimsoll::components {

// One workload of a product, recognised by what it runs.
struct DetectionAgent {
    std::string product; // "Falco"
    std::string vendor; // "CNCF", "Isovalent", ...
    cluster::WorkloadId workload;
    std::string evidence; // the fact that decided: "image docker.io/falcosecurity/falco:0.39.2 of container falco"
    std::string pointer; // of that fact, in the workload's own object
    bool isWeak = false; // told by labels alone: the image may be a copy in a registry of one's own
    bool isOnNodes = false; // a DaemonSet or static pods: meant to be on every node
};

enum class AbsenceReason : std::uint8_t {
    NoPod, // the DaemonSet should be there, and no pod is
    NotReady, // a pod is there and not ready
    NotSelected, // node selector or affinity leaves the node out
    NotTolerated, // a taint keeps the pods away
    NodeNotReady, // the node itself does not answer
    OtherSystem, // Windows nodes, for an agent for Linux
};
std::string_view toText(AbsenceReason reason);

struct UnwatchedNode {
    cluster::ObjectId node;
    AbsenceReason reason = AbsenceReason::NoPod;
    std::string detail; // "taint node-role.kubernetes.io/control-plane:NoSchedule is not tolerated"
};

struct DetectionCoverage {
    std::string product;
    std::vector<DetectionAgent> agents; // of the product, in order of workload
    std::uint32_t watched = 0, nodes = 0; // nodes with a ready pod, of all
    std::vector<UnwatchedNode> gaps; // in order of node
};

struct IntrusionDetection {
    std::vector<DetectionCoverage> products; // those with agents on nodes first, then by name
    std::vector<UnwatchedNode> unwatched; // by no product at all; empty also when there is no agent: see products
    std::string gap; // why presence or coverage cannot be told, "" when it can

    bool hasNodeAgent() const;
};
IntrusionDetection intrusionDetection(const cluster::Cluster& cluster);

} // namespace plimsoll::components
