// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/cluster/Cluster.h"

// The front of core/access: RBAC as the API server decides it.
// Source: Kubernetes 1.36 plugin/pkg/auth/authorizer/rbac, pkg/apis/rbac/v1/evaluation_helpers.go,
//         pkg/registry/rbac/validation/rule.go.
namespace plimsoll::access {

// The attributes of one request (authorizer.Attributes).
struct Request {
    std::string verb;      // "get", or the lower-case HTTP method for a path
    std::string apiGroup;  // "" = core
    std::string resource;  // "pods"
    std::string subresource;
    std::string ns;        // "" = cluster scope or all namespaces
    std::string name;      // "" = none
    std::string path;      // non-resource URL; then resource is empty
};

struct User {
    std::string name;
    std::vector<std::string> groups; // exactly as authenticated; none are implied
};

// Why a request is allowed: the binding, its role and the rule of it.
struct Grant {
    std::uint32_t binding = 0; // index into Cluster::roleBindings()
    std::uint32_t role = 0;    // index into Cluster::roles()
    std::uint32_t rule = 0;    // index into Role::rules
    std::uint32_t subject = 0; // index into RoleBinding::subjects: the one that matched
};

// Does one rule grant a request? resource and subresource joined as RBAC does ("pods/exec"). Exact strings; "*" only as
// a whole element; "*/sub" for subresources; resourceNames never match an empty name.
bool ruleAllows(const cluster::Cluster& cluster, const cluster::PolicyRule& rule, const Request& request);

// The index of roles and bindings of a cluster. Immutable; keeps the cluster alive.
class Rbac {
public:
    explicit Rbac(std::shared_ptr<const cluster::Cluster> cluster);
    ~Rbac();

    // RBAC's answer alone plus the system:masters group; nothing = no opinion (denied unless another authorizer allows).
    std::optional<Grant> allows(const User& user, const Request& request) const;
    bool isSystemMaster(const User& user) const;

    // The implied groups of a service account.
    static User serviceAccountUser(std::string_view ns, std::string_view name);

private:
    std::shared_ptr<const cluster::Cluster> m_cluster;
    struct Private;
    std::unique_ptr<Private> m_private;
};

} // namespace plimsoll::access
