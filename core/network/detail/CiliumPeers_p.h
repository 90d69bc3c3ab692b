// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/network/detail/Read_p.h"

// Selectors and peers of Cilium's policies.
namespace plimsoll::network {

// What of Cilium's configuration (ConfigMap cilium-config) and the cluster decides how policies are read.
struct CiliumConfig {
    std::optional<std::string> clusterName; // nothing when it is not known
    bool doesMatchNodeLabels = false; // --enable-node-selector-labels
    std::vector<AddressRange> apiServers {}; // what the Service "kubernetes" leads to; empty when it is not known
};
CiliumConfig readCiliumConfig(const cluster::Cluster& cluster);

// An EndpointSelector. Labels have the source they come from before a colon: those of pods "k8s"; "any" or none means
// every source. Labels of the identity (namespace, service account) stand beside those of the pod.
struct CiliumSelection {
    Selection pods {};
    bool isNever = false; // no pod has such labels
    bool hasNamespace = false; // names the namespace
    bool hasNamespaceLabels = false;
    bool hasReserved = false; // asks for reserved labels: of what is no pod
    std::vector<std::string> reserved {}; // those of matchLabels: "host"
    std::string doubt {}; // why it cannot be told what it selects, as a clause
};
// The subject of a CiliumNetworkPolicy is in its own namespace, whatever its selector says of namespaces.
enum class CiliumRole : std::uint8_t { NamespacedSubject, Subject, Peer };
// Nothing with the reason in `what` when Cilium would refuse it.
std::optional<CiliumSelection> readCiliumSelector(
    format::Value selector, CiliumRole role, const CiliumConfig& config, std::string& what);

struct CiliumPeers {
    struct Doubt {
        std::vector<PeerDef> peers;
        std::string reason; // why they only may match
    };
    bool isGiven = false; // the rule names peers, be it nobody
    bool isAnyPeer = false;
    std::vector<PeerDef> peers {};
    std::vector<Doubt> doubts {};
};

struct CiliumPolicy {
    const ReadContext& context;
    const CiliumConfig& config;
    cluster::ObjectId object;
    std::optional<std::string> ns; // of a CiliumNetworkPolicy
    PolicyDefs& out;

    void problem(std::string pointer, std::string what) const
    {
        out.problems.push_back({ object, std::move(pointer), std::move(what) });
    }
};
// Of a rule of ingress, ingressDeny, egress or egressDeny.
CiliumPeers readCiliumPeers(
    const CiliumPolicy& policy, format::Value rule, const std::string& pointer, Direction direction, Action action);

} // namespace plimsoll::network
