// SPDX-License-Identifier: Apache-2.0
// Grants that reach nothing, and grants that reach too much.
#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "core/access/Questions.h"
#include "core/access/detail/Rows_p.h"
#include "core/base/Text.h"

namespace plimsoll::access {

namespace {

using cluster::Cluster;

std::string at(std::string_view list, std::size_t index)
{
    return '/' + std::string(list) + '/' + std::to_string(index);
}

bool has(const std::vector<std::string_view>& list, std::string_view wanted)
{
    return std::ranges::find(list, wanted) != list.end();
}

// Why no request can match the rule; "" when one can.
std::string whyDead(const RuleText& rule)
{
    if (rule.verbs.empty())
        return "it has no verbs";
    if (!rule.nonResourceUrls.empty())
        return {};
    if (rule.resources.empty())
        return "it has no resources";
    if (rule.apiGroups.empty())
        return "it has no apiGroups; the core group is \"\"";
    const auto isNoGroup = [](std::string_view group) { return group == "core" || group == "v1"; };
    if (std::ranges::all_of(rule.apiGroups, isNoGroup))
        return "no API group is called " + printable(rule.apiGroups.front()) + "; the core group is \"\"";
    const auto isNoWildcard = [](std::string_view resource) { return resource.ends_with("/*") && resource.size() > 2; };
    if (std::ranges::all_of(rule.resources, isNoWildcard))
        return printable(rule.resources.front()) + " is no wildcard for subresources";
    const bool isNamedCreate = !rule.resourceNames.empty()
        && std::ranges::all_of(
            rule.verbs, [](std::string_view verb) { return verb == "create" || verb == "deletecollection"; })
        && std::ranges::none_of(rule.resources, [](std::string_view one) { return one.contains('/') || one == "*"; });
    return isNamedCreate ? "create and deletecollection carry no name, so resourceNames never match" : std::string();
}

class Finder {
public:
    explicit Finder(const Cluster& cluster)
        : m_cluster(cluster)
        , m_knowsAccounts(cluster.covers("", "ServiceAccount"))
        , m_knowsBindings(cluster.covers("rbac.authorization.k8s.io", "RoleBinding")
              && cluster.covers("rbac.authorization.k8s.io", "ClusterRoleBinding"))
    {
    }
    std::vector<FaultyGrant> dead();
    std::vector<FaultyGrant> broad();

private:
    void add(GrantFault fault, cluster::ObjectId object, std::string pointer, std::string text)
    {
        m_out.push_back({ fault, object, std::move(pointer), std::move(text) });
    }
    bool knowsKind(std::string_view kind) const { return m_cluster.covers("rbac.authorization.k8s.io", kind); }
    void deadBinding(const cluster::RoleBinding& binding);
    void deadSubject(const cluster::RoleBinding& binding, std::size_t index);
    void deadRole(std::uint32_t index, bool isBound);
    void broadRule(const cluster::Role& role, std::size_t index);

    const Cluster& m_cluster;
    const bool m_knowsAccounts, m_knowsBindings;
    std::vector<FaultyGrant> m_out;
};

void Finder::deadSubject(const cluster::RoleBinding& binding, std::size_t index)
{
    const cluster::Subject& subject = binding.subjects[index];
    const std::string_view kind = m_cluster.text(subject.kind), ns = m_cluster.text(subject.ns);
    if (kind != "ServiceAccount") {
        if (kind != "User" && kind != "Group")
            add(GrantFault::SubjectUnknownKind, binding.object, at("subjects", index),
                "the subject's kind " + printable(kind) + " means nobody");
        return;
    }
    if (ns.empty())
        add(GrantFault::SubjectUnknownKind, binding.object, at("subjects", index),
            "a service account without a namespace means nobody");
    // Each namespace gets an account "default", which manifests do not write down.
    else if (m_knowsAccounts && m_cluster.text(subject.name) != "default"
        && !m_cluster.serviceAccount(ns, m_cluster.text(subject.name)))
        add(GrantFault::AccountMissing, binding.object, at("subjects", index),
            titleOf(m_cluster, subject) + " does not exist; whoever may create it gets the role");
}

void Finder::deadBinding(const cluster::RoleBinding& binding)
{
    const std::string roleName
        = printable(m_cluster.text(binding.roleKind)) + ' ' + printable(m_cluster.text(binding.roleName));
    const cluster::Role* role = grantedRole(m_cluster, binding);
    if (binding.isClusterRoleBinding && m_cluster.text(binding.roleKind) == "Role")
        add(GrantFault::RoleOfOtherScope, binding.object, "/roleRef",
            "a ClusterRoleBinding cannot bind the " + roleName);
    else if (!role && knowsKind(m_cluster.text(binding.roleKind)))
        add(GrantFault::RoleMissing, binding.object, "/roleRef",
            "the " + roleName + " does not exist; whoever may create it decides what the subjects get");
    if (binding.subjects.empty())
        add(GrantFault::NoSubjects, binding.object, "", "the binding has no subjects");
    for (std::size_t index = 0; index < binding.subjects.size(); ++index)
        deadSubject(binding, index);
    if (!role || binding.isClusterRoleBinding)
        return;
    for (std::size_t rule = 0; rule < role->rules.size(); ++rule) {
        const RuleText text = textOf(m_cluster, role->rules[rule]);
        if (whyDead(text).empty() && detail::inNamespace(text).empty())
            add(GrantFault::RuleNeedsCluster, binding.object, "/roleRef",
                "a RoleBinding cannot give " + printable(m_cluster.refOf(role->object)) + ' ' + at("rules", rule)
                    + ": it needs a ClusterRoleBinding");
    }
}

void Finder::deadRole(std::uint32_t index, bool isBound)
{
    const cluster::Role& role = m_cluster.roles()[index];
    if (role.rules.empty() && !role.hasAggregationRule)
        add(GrantFault::NoRules, role.object, "", "the role has no rules");
    // Roles whose labels feed an aggregated role are not there to be bound.
    const bool isAggregated
        = std::ranges::any_of(m_cluster.object(role.object).labels, [&](const cluster::Label& label) {
              return m_cluster.text(label.first).starts_with("rbac.authorization.k8s.io/aggregate-to-");
          });
    if (!isBound && m_knowsBindings && !isAggregated)
        add(GrantFault::RoleUnbound, role.object, "", "no binding uses the role");
    for (std::size_t rule = 0; rule < role.rules.size(); ++rule)
        if (const std::string why = whyDead(textOf(m_cluster, role.rules[rule])); !why.empty())
            add(GrantFault::RuleMatchesNothing, role.object, at("rules", rule), "the rule matches no request: " + why);
}

std::vector<FaultyGrant> Finder::dead()
{
    std::vector<bool> isBound(m_cluster.roles().size());
    for (const cluster::RoleBinding& binding : m_cluster.roleBindings()) {
        if (grantedRole(m_cluster, binding))
            isBound[binding.role] = true;
        deadBinding(binding);
    }
    for (std::uint32_t index = 0; index < isBound.size(); ++index)
        deadRole(index, isBound[index]);
    return std::move(m_out);
}

void Finder::broadRule(const cluster::Role& role, std::size_t index)
{
    const RuleText rule = textOf(m_cluster, role.rules[index]);
    if (rule.resources.empty() || !whyDead(rule).empty())
        return;
    const bool verbs = has(rule.verbs, "*"), resources = has(rule.resources, "*"), groups = has(rule.apiGroups, "*");
    if (verbs && resources && groups && rule.resourceNames.empty()) {
        add(GrantFault::Everything, role.object, at("rules", index), "every verb on every resource");
        return;
    }
    if (verbs)
        add(GrantFault::EveryVerb, role.object, at("rules", index), "every verb, also those that are still to come");
    if (resources)
        add(GrantFault::EveryResource, role.object, at("rules", index), "every resource of the API group");
    if (groups)
        add(GrantFault::EveryGroup, role.object, at("rules", index), "every API group, also those still to come");
}

std::vector<FaultyGrant> Finder::broad()
{
    for (const cluster::RoleBinding& binding : m_cluster.roleBindings()) {
        if (!grantedRole(m_cluster, binding))
            continue;
        for (std::size_t index = 0; index < binding.subjects.size(); ++index) {
            const std::string_view kind = m_cluster.text(binding.subjects[index].kind);
            const std::string_view name = m_cluster.text(binding.subjects[index].name);
            if ((kind == "Group" && name == "system:unauthenticated") || (kind == "User" && name == "system:anonymous"))
                add(GrantFault::BoundToAnonymous, binding.object, at("subjects", index),
                    "everybody, without logging in");
            else if (kind == "Group" && (name == "system:authenticated" || name == "system:serviceaccounts"))
                add(GrantFault::BoundToEverybody, binding.object, at("subjects", index),
                    name == "system:authenticated" ? "everybody who can log in" : "every service account");
        }
    }
    for (const cluster::Role& role : m_cluster.roles())
        for (std::size_t rule = 0; rule < role.rules.size(); ++rule)
            broadRule(role, rule);
    return std::move(m_out);
}

} // namespace

std::vector<FaultyGrant> deadGrants(const Cluster& cluster)
{
    return Finder(cluster).dead();
}

std::vector<FaultyGrant> broadGrants(const Cluster& cluster)
{
    return Finder(cluster).broad();
}

} // namespace plimsoll::access
