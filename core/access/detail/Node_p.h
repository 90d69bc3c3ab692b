// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "core/access/Authorizers.h"

namespace plimsoll::access::detail {

// The Node authorizer: what the pods of a node refer to, and rules that all nodes have alike.
// Source: Kubernetes 1.36 plugin/pkg/auth/authorizer/node/{node_authorizer,graph}.go,
//         plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go (NodeRules).
// Threads: any; what a node reaches is read from the raw text of its pods once, when first asked.
class NodeAuthorizer {
public:
    NodeAuthorizer(const cluster::Cluster& cluster, const Server& server);
    bool allows(std::string_view node, const Request& request) const;

private:
    using Reached = std::unordered_set<std::string>;
    struct Volume { // a PersistentVolume that is bound
        std::string name, claimNs, claimName;
        std::vector<std::pair<std::string, std::string>> secrets; // namespace, name
    };
    struct OfNode { // VolumeAttachment, ResourceSlice
        std::string resource, name, node;
    };

    const Reached& reachedBy(std::string_view node) const;
    void addPod(const cluster::Pod& pod, Reached& out) const;
    void readVolumes() const;
    bool isRelated(std::string_view node, std::string_view resource, const Request& request) const;
    bool allowsNodes(std::string_view node, const Request& request) const;
    bool allowsPods(std::string_view node, const Request& request) const;

    const cluster::Cluster& m_cluster;
    const Server& m_server;
    mutable std::mutex m_mutex;
    mutable bool m_isRead = false;
    mutable std::unordered_map<std::string, std::vector<std::uint32_t>> m_podsOf; // by node: indices into pods()
    mutable std::vector<Volume> m_volumes;
    mutable std::vector<OfNode> m_ofNode;
    mutable std::unordered_map<std::string, Reached> m_reached;
};

} // namespace plimsoll::access::detail
