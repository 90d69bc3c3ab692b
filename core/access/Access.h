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
//
//   Access.h       rules, bindings and the index of both: RBAC's own answer
//   Authorizers.h  the whole chain: system:masters, Node, RBAC, and what of it the source cannot show
//   Escalation.h   covers(), writing roles and bindings, impersonation, exec by version
//   Questions.h    who can, effective permissions, compare, what a binding gives, dead and broad grants
//   Groups.h       users' groups that the cluster does not hold
//
// Source: Kubernetes 1.36 plugin/pkg/auth/authorizer/rbac, pkg/apis/rbac/v1/evaluation_helpers.go,
//         pkg/registry/rbac/validation/rule.go.
namespace plimsoll::access {

// The attributes of one request (authorizer.Attributes).
struct Request {
    std::string verb = {}; // "get", or the lower-case HTTP method for a path
    std::string apiGroup = {}; // "" = core
    std::string resource = {}; // "pods"
    std::string subresource = {};
    std::string ns = {}; // "" = cluster scope or all namespaces
    std::string name = {}; // "" = none
    std::string path = {}; // non-resource URL; then resource is empty
};

struct User {
    std::string name;
    std::vector<std::string> groups; // exactly as authenticated; none are implied
};

// Why a request is allowed: the binding, its role and the rule of it. All four are none when no binding says so and the
// group system:masters alone allows.
struct Grant {
    static constexpr std::uint32_t none = 0xFFFFFFFFu;
    std::uint32_t binding = 0; // index into Cluster::roleBindings()
    std::uint32_t role = 0; // index into Cluster::roles()
    std::uint32_t rule = 0; // index into Role::rules
    std::uint32_t subject = 0; // index into RoleBinding::subjects: the one that matched
    bool operator==(const Grant&) const = default;
};

// Does one rule grant a request? resource and subresource joined as RBAC does ("pods/exec"). Exact strings; "*" only as
// a whole element; "*/sub" for subresources; a list of resourceNames does not match a request without a name.
// This is the plain truth by text; Rbac answers the same faster.
bool ruleAllows(const cluster::Cluster& cluster, const cluster::PolicyRule& rule, const Request& request);

// Does a subject of a binding mean this user? Exact names; a ServiceAccount is the user name
// system:serviceaccount:NS:NAME; unknown kinds mean nobody; the apiGroup is not compared.
bool subjectMatches(const cluster::Cluster& cluster, const cluster::Subject& subject, const User& user);

// The role whose rules a binding grants; nullptr when it does not exist, or when a ClusterRoleBinding names a Role (the
// API server reports that as an error and grants nothing).
const cluster::Role* grantedRole(const cluster::Cluster& cluster, const cluster::RoleBinding& binding);

// One permission as it is asked of rules without having an object in mind.
struct Permission {
    std::string_view verb;
    std::string_view apiGroup;
    std::string_view resource; // "pods"; never "*"
    std::string_view subresource; // "exec", "" = none
};

enum class Reach : std::uint8_t {
    None,
    Named, // only for the rule's resourceNames
    All,
};

// How far one rule grants a permission, ignoring where it is bound. A rule with resourceNames never grants what carries
// no name: create of a top-level resource and deletecollection. It does grant create of a subresource (pods/exec).
Reach reach(const cluster::Cluster& cluster, const cluster::PolicyRule& rule, const Permission& permission);
// The same through a binding: what has no namespace is not granted by a RoleBinding. Exceptions: `bind` on clusterroles
// is asked in the binding's namespace, and a Namespace object is addressed in its own namespace.
Reach reach(const cluster::Cluster& cluster, const cluster::RoleBinding& binding, const cluster::PolicyRule& rule,
    const Permission& permission);

// Is a built-in resource authorised without a namespace? Custom resources are taken as namespaced.
bool isClusterScoped(std::string_view apiGroup, std::string_view resource);

// A binding that grants a permission to its subjects, and the rules that do.
struct Holding {
    std::uint32_t binding = 0; // index into Cluster::roleBindings()
    std::uint32_t role = 0; // index into Cluster::roles()
    Reach reach = Reach::None; // the widest of the rules
    std::vector<std::uint32_t> rules; // indices into Role::rules
};
// Who holds a permission anywhere: in order of Cluster::roleBindings().
std::vector<Holding> holdings(const cluster::Cluster& cluster, const Permission& permission);

// One subject of a binding that means somebody. In order: ClusterRoleBindings, then RoleBindings by namespace and name.
struct SubjectUse {
    bool isRoleBinding = false;
    std::uint32_t binding = 0; // index into Cluster::roleBindings()
    std::uint32_t subject = 0; // index into RoleBinding::subjects
    StringId ns = {}; // of a RoleBinding
    auto operator<=>(const SubjectUse&) const = default;
};

// A user with its bindings looked up once, for many requests. Valid as long as the Rbac that made it.
struct Principal {
    User user;
    std::vector<SubjectUse> uses; // sorted
    bool isSystemMaster = false;
};

// The index of roles and bindings of a cluster. Immutable; keeps the cluster alive.
class Rbac {
public:
    explicit Rbac(std::shared_ptr<const cluster::Cluster> cluster);
    ~Rbac();

    const cluster::Cluster& cluster() const { return *m_cluster; }
    Principal principal(const User& user) const;
    std::optional<Grant> allows(const Principal& principal, const Request& request) const;

    // Every use of a binding that grants the request, whoever the subject is: the first rule of each binding.
    std::vector<Grant> grants(const Request& request) const;

    // RBAC's answer alone plus the system:masters group; nothing = no opinion (denied unless another authorizer
    // allows). Of several grants that of the first binding is returned: ClusterRoleBindings first, then the
    // RoleBindings of the request's namespace, each in name order.
    std::optional<Grant> allows(const User& user, const Request& request) const;
    bool isSystemMaster(const User& user) const;
    // The first role with the very same rules: an index into Cluster::roles().
    std::uint32_t alikeRole(std::uint32_t role) const;

    // The implied groups of a service account.
    static User serviceAccountUser(std::string_view ns, std::string_view name);

private:
    std::shared_ptr<const cluster::Cluster> m_cluster;
    struct Private;
    std::unique_ptr<Private> m_private;
};

} // namespace plimsoll::access
