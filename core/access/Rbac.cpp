// SPDX-License-Identifier: Apache-2.0
#include "core/access/Access.h"

#include <algorithm>
#include <unordered_map>

namespace plimsoll::access {

namespace {

using cluster::Cluster;

// A text of a request as the cluster knows it, so that rules are compared by id. An empty text may be stored as the
// interned empty string or as no string, hence the flag; a text that occurs nowhere matches nothing but "*".
struct Wanted {
    StringId id;
    bool isEmpty = false;

    Wanted(const Cluster& cluster, std::string_view text)
        : id(cluster.id(text))
        , isEmpty(text.empty())
    {
    }
};

struct ResolvedRequest {
    const Request& request;
    StringId star;
    Wanted verb, apiGroup, combined, anySub, name;
    bool hasSubresource = false;

    ResolvedRequest(const Cluster& cluster, const Request& asked)
        : request(asked)
        , star(cluster.id("*"))
        , verb(cluster, asked.verb)
        , apiGroup(cluster, asked.apiGroup)
        , combined(cluster, asked.subresource.empty() ? asked.resource : asked.resource + '/' + asked.subresource)
        , anySub(cluster, "*/" + asked.subresource)
        , name(cluster, asked.name)
        , hasSubresource(!asked.subresource.empty())
    {
    }
};

bool holds(const Cluster& cluster, std::span<const StringId> list, const Wanted& wanted)
{
    return std::ranges::any_of(list, [&](StringId id) {
        if (wanted.isEmpty)
            return cluster.text(id).empty();
        return id && id == wanted.id;
    });
}

bool holdsStar(std::span<const StringId> list, StringId star)
{
    return star && std::ranges::find(list, star) != list.end();
}

bool allowsByIds(const Cluster& cluster, const cluster::PolicyRule& rule, const ResolvedRequest& wanted)
{
    if (!holdsStar(rule.verbs, wanted.star) && !holds(cluster, rule.verbs, wanted.verb))
        return false;
    if (!wanted.request.path.empty())
        return !rule.nonResourceUrls.empty() && ruleAllows(cluster, rule, wanted.request);
    return (holdsStar(rule.apiGroups, wanted.star) || holds(cluster, rule.apiGroups, wanted.apiGroup))
        && (holdsStar(rule.resources, wanted.star) || holds(cluster, rule.resources, wanted.combined)
            || (wanted.hasSubresource && holds(cluster, rule.resources, wanted.anySub)))
        && (rule.resourceNames.empty() || holds(cluster, rule.resourceNames, wanted.name));
}

struct SubjectUse {
    bool isRoleBinding = false; // first, so that ClusterRoleBindings come first in order
    std::uint32_t binding = 0;
    std::uint32_t subject = 0;
    auto operator<=>(const SubjectUse&) const = default;
};

} // namespace

struct Rbac::Private {
    // By user name (User and ServiceAccount subjects alike) and by group; the uses of one name are in order.
    std::unordered_map<std::string, std::vector<SubjectUse>> ofUser;
    std::unordered_map<std::string, std::vector<SubjectUse>> ofGroup;
};

Rbac::Rbac(std::shared_ptr<const Cluster> cluster)
    : m_cluster(std::move(cluster))
    , m_private(std::make_unique<Private>())
{
    const auto bindings = m_cluster->roleBindings();
    for (std::uint32_t index = 0; index < bindings.size(); ++index) {
        const cluster::RoleBinding& binding = bindings[index];
        for (std::uint32_t at = 0; at < binding.subjects.size(); ++at) {
            const cluster::Subject& subject = binding.subjects[at];
            const std::string_view kind = m_cluster->text(subject.kind);
            const std::string_view ns = m_cluster->text(subject.ns);
            const std::string name(m_cluster->text(subject.name));
            const SubjectUse use { !binding.isClusterRoleBinding, index, at };
            if (kind == "User")
                m_private->ofUser[name].push_back(use);
            else if (kind == "Group")
                m_private->ofGroup[name].push_back(use);
            else if (kind == "ServiceAccount" && !ns.empty())
                m_private->ofUser[serviceAccountUser(ns, name).name].push_back(use);
        }
    }
}

Rbac::~Rbac() = default;

std::optional<Grant> Rbac::allows(const User& user, const Request& request) const
{
    std::vector<SubjectUse> uses;
    const auto collect = [&](const auto& table, const std::string& name) {
        const auto found = table.find(name);
        if (found != table.end())
            uses.insert(uses.end(), found->second.begin(), found->second.end());
    };
    collect(m_private->ofUser, user.name);
    for (const std::string& group : user.groups)
        collect(m_private->ofGroup, group);
    std::ranges::sort(uses);

    const ResolvedRequest wanted(*m_cluster, request);
    for (const SubjectUse& use : uses) {
        const cluster::RoleBinding& binding = m_cluster->roleBindings()[use.binding];
        // A RoleBinding counts for requests in its own namespace alone, never for those without one.
        if (use.isRoleBinding
            && (request.ns.empty() || m_cluster->text(m_cluster->object(binding.object).ns) != request.ns))
            continue;
        const cluster::Role* role = grantedRole(*m_cluster, binding);
        if (!role)
            continue;
        const auto rule = std::ranges::find_if(
            role->rules, [&](const cluster::PolicyRule& one) { return allowsByIds(*m_cluster, one, wanted); });
        if (rule != role->rules.end())
            return Grant { use.binding, binding.role, static_cast<std::uint32_t>(rule - role->rules.begin()),
                use.subject };
    }
    if (isSystemMaster(user))
        return Grant { Grant::none, Grant::none, Grant::none, Grant::none };
    return std::nullopt;
}

bool Rbac::isSystemMaster(const User& user) const
{
    return std::ranges::find(user.groups, "system:masters") != user.groups.end();
}

User Rbac::serviceAccountUser(std::string_view ns, std::string_view name)
{
    std::string fullName = "system:serviceaccount:";
    fullName.append(ns).append(1, ':').append(name);
    return { .name = std::move(fullName),
        .groups = { "system:serviceaccounts", "system:serviceaccounts:" + std::string(ns), "system:authenticated" } };
}

} // namespace plimsoll::access
