// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/access/Authorizers.h"

// Who may hand out rights: RBAC on RBAC, impersonation, and rights that mean more than their name.
// Source: Kubernetes 1.36 component-helpers/auth/rbac/validation/policy_comparator.go, pkg/registry/rbac/{validation,
//         role,clusterrole,rolebinding,clusterrolebinding}/policybased, apiserver/pkg/endpoints/filters/impersonation.
namespace plimsoll::access {

// A PolicyRule as text: of a role that is in the cluster, or that somebody is about to write.
// Owns: nothing; the texts are those of the cluster or the caller.
struct RuleText {
    std::vector<std::string_view> verbs, apiGroups, resources, resourceNames, nonResourceUrls;
    bool operator==(const RuleText&) const = default;
};
RuleText textOf(const cluster::Cluster& cluster, const cluster::PolicyRule& rule);
std::vector<RuleText> textOf(const cluster::Cluster& cluster, std::span<const cluster::PolicyRule> rules);

// The smallest parts of rules: one group, resource, verb and at most one name each, or one URL and verb.
std::vector<RuleText> atomsOf(const RuleText& rule);
// Whether one rule covers one atom. "*" is covered by "*" alone; an atom without a name needs a rule without names.
bool covers(const RuleText& owner, const RuleText& atom);
// The atoms of the wanted rules that no single rule of the owner covers; empty = all are covered.
std::vector<RuleText> uncovered(std::span<const RuleText> owner, std::span<const RuleText> wanted);

// All rules that RBAC gives a user for requests in a namespace ("" = outside of any); missing roles are skipped.
// What the escalation checks compare with: grants of other authorizers do not count there.
std::vector<RuleText> rulesFor(const Rbac& rbac, const User& user, std::string_view ns);

// May a user write what gives rights? Besides this it needs the plain create, update or patch.
struct Escalation {
    enum class By : std::uint8_t { Nobody, SystemMasters, Verb, Covered };
    By by = By::Nobody;
    Decision verb; // on `escalate` or `bind`, when by is Verb or Nobody
    std::vector<RuleText> missing; // when Nobody: what the user does not hold itself
    bool isAllowed() const { return by != By::Nobody; }
};
struct RoleWrite {
    bool isClusterRole = false;
    std::string ns; // of a Role
    std::string name; // "" for create: then `escalate` limited to resourceNames does not help
    std::vector<RuleText> rules;
    bool hasAggregationRule = false; // sets or keeps one: needs everything
};
Escalation mayWriteRole(const Authorizers& authorizers, const User& user, const RoleWrite& role);
// A binding in ns ("" = ClusterRoleBinding) to a role of the cluster. `bind` is asked on the role, in the binding's
// namespace. Of a role that does not exist only masters and `bind` help.
Escalation mayBind(const Authorizers& authorizers, const User& user, std::string_view roleKind,
    std::string_view roleName, std::string_view ns);

// Who somebody wants to be. Groups, uid and extra need a name.
struct Impersonated {
    std::string name;
    std::vector<std::string> groups;
    std::string uid = {};
    std::vector<std::pair<std::string, std::string>> extra = {}; // key, value
};
struct Impersonation {
    bool isAllowed = false;
    std::string mode; // "legacy", "serviceaccount", "user-info", "arbitrary-node", "associated-node"; "" when refused
    User as; // with the groups that the API server adds
    Request refused = {}; // of a refusal: the first check that failed in the last mode tried
    // A constrained mode: the impersonated user may do only what impersonate-on grants; asked for `on`.
    bool isConstrained() const { return isAllowed && mode != "legacy"; }
};
// May a user impersonate, for the request `on`? Constrained modes are tried first where the server has them.
// associatedNode: the node that a service account's token is bound to, "" when none.
Impersonation mayImpersonate(const Authorizers& authorizers, const User& user, const Impersonated& target,
    const Request& on, std::string_view associatedNode = {});

// The verbs of which each alone runs a command through a subresource: pods/exec, attach, portforward by `create`, and
// by `get` over a websocket before 1.35. Of nodes/proxy `get` and `create` both reach exec of the kubelet, in every
// version. Empty for all else.
std::span<const std::string_view> execVerbs(
    const Server& server, std::string_view resource, std::string_view subresource);
// May a user run a command in a pod ("" = any)?
std::optional<Decision> mayExec(
    const Authorizers& authorizers, const User& user, std::string_view ns, std::string_view pod);

} // namespace plimsoll::access
