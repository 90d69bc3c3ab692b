// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/access/Authorizers.h"
#include "core/access/Escalation.h"
#include "core/access/Groups.h"

// Questions about a whole cluster. Every answer leads to bindings, roles and rules; lists are sorted by text.
// Views point into the cluster.
namespace plimsoll::access {

// A subject that may do something, and each way it gets there.
struct Reacher {
    std::string_view kind; // User, Group, ServiceAccount
    std::string_view ns; // of a ServiceAccount
    std::string_view name;
    By by = By::Rbac; // SystemMasters and Node without grants
    std::vector<Grant> grants; // in order of bindings
};
struct WhoCan {
    std::vector<Reacher> reachers; // by kind, namespace, name
    // Nodes may get the objects that their own pods refer to; which, depends on the pods.
    bool isAlsoByNodesPods = false;
    bool isEverybody = false; // the API server allows everything
};
WhoCan whoCan(const Authorizers& authorizers, const Request& request);

// A rule behind a permission.
struct RuleRef {
    std::uint32_t role = 0; // index into Cluster::roles(): of roles with the very same rules, the first
    std::uint32_t rule = 0; // index into Role::rules
    auto operator<=>(const RuleRef&) const = default;
};
// What is granted on one resource (or URL): one group and resource or one URL, and the same names.
struct PermissionRow {
    RuleText what; // verbs sorted, "*" first and then alone
    std::vector<RuleRef> rules; // where it comes from
};
// Permissions that hold in the same place.
struct PermissionBlock {
    std::vector<std::string_view> namespaces; // sorted; empty = everywhere, also outside of namespaces
    std::vector<Grant> bindings; // those that give them here; rule is none
    std::vector<PermissionRow> rows; // by group, resource, names; URLs last
};
// What a user may do by RBAC. What a RoleBinding names but cannot give (nodes, paths) is left out.
struct Permissions {
    bool isSystemMaster = false; // may do everything besides
    std::vector<PermissionBlock> blocks; // everywhere first; namespaces with alike roles are one block
};
// ns: only what holds in this namespace, "" = all.
Permissions permissionsOf(const Rbac& rbac, const User& user, std::string_view ns = {});

// What one of two users may do and the other may not, by covers(): "*" of one contains what the other lists.
struct Comparison {
    struct Part {
        std::vector<std::string_view> namespaces; // empty = everywhere
        std::vector<PermissionRow> onlyA, onlyB, both;
    };
    bool isAMaster = false, isBMaster = false;
    std::vector<Part> parts; // places where both hold the same roles are one part; everywhere first
};
Comparison compare(const Rbac& rbac, const User& a, const User& b);

// What each subject of a binding could no longer do if the binding were removed.
struct Loss {
    std::uint32_t subject = 0; // index into RoleBinding::subjects
    std::vector<PermissionRow> lost; // in the binding's namespace, or everywhere
    std::size_t kept = 0; // atoms that other bindings give as well
};
std::vector<Loss> lossesWithout(const Rbac& rbac, std::uint32_t binding, const Membership& membership = {});

// Something granted that reaches nothing, or too much.
enum class GrantFault : std::uint8_t {
    // reaching nothing
    RoleMissing, // roleRef names a role that does not exist: becomes live when somebody makes it
    RoleOfOtherScope, // a ClusterRoleBinding to a Role
    NoSubjects,
    SubjectUnknownKind, // or a ServiceAccount without a namespace in a ClusterRoleBinding
    AccountMissing, // the service account does not exist: becomes live when somebody makes it
    NoRules,
    RuleNeedsCluster, // resources without namespace, or paths, through a RoleBinding
    RuleMatchesNothing, // "pods/*", the API group "core" or "v1", create limited to names
    RoleUnbound,
    // reaching too much
    EveryVerb,
    EveryResource,
    EveryGroup,
    Everything,
    BoundToEverybody, // system:authenticated, system:serviceaccounts
    BoundToAnonymous, // system:anonymous, system:unauthenticated
};
struct FaultyGrant {
    GrantFault fault = GrantFault::NoRules;
    cluster::ObjectId object; // the binding, or the role
    std::string pointer; // "/subjects/1", "/rules/0", "/roleRef"
    std::string text; // one sentence
};
// In order of objects (bindings, then roles), then of pointers.
std::vector<FaultyGrant> deadGrants(const cluster::Cluster& cluster);
std::vector<FaultyGrant> broadGrants(const cluster::Cluster& cluster);

} // namespace plimsoll::access
