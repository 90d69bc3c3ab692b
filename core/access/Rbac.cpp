// SPDX-License-Identifier: Apache-2.0
#include "core/access/Access.h"

#include <algorithm>
#include <tuple>
#include <unordered_map>

#include "core/base/Hash.h"

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
    Wanted verb, apiGroup, combined, anySub, name, ns;
    bool hasSubresource = false;

    ResolvedRequest(const Cluster& cluster, const Request& asked, StringId starId)
        : request(asked)
        , star(starId)
        , verb(cluster, asked.verb)
        , apiGroup(cluster, asked.apiGroup)
        , combined(cluster, asked.subresource.empty() ? asked.resource : asked.resource + '/' + asked.subresource)
        , anySub(cluster, asked.subresource.empty() ? std::string() : "*/" + asked.subresource)
        , name(cluster, asked.name)
        , ns(cluster, asked.ns)
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

// Everything of a resource rule but its resources.
bool allowsButResource(const Cluster& cluster, const cluster::PolicyRule& rule, const ResolvedRequest& wanted)
{
    return (holdsStar(rule.verbs, wanted.star) || holds(cluster, rule.verbs, wanted.verb))
        && (holdsStar(rule.apiGroups, wanted.star) || holds(cluster, rule.apiGroups, wanted.apiGroup))
        && (rule.resourceNames.empty() || holds(cluster, rule.resourceNames, wanted.name));
}

auto fieldsOf(const cluster::PolicyRule& rule)
{
    return std::tie(rule.verbs, rule.apiGroups, rule.resources, rule.resourceNames, rule.nonResourceUrls);
}

bool haveSameRules(const cluster::Role& a, const cluster::Role& b)
{
    return std::ranges::equal(a.rules, b.rules,
        [](const cluster::PolicyRule& one, const cluster::PolicyRule& two) { return fieldsOf(one) == fieldsOf(two); });
}

std::uint64_t hashOf(const cluster::Role& role)
{
    std::uint64_t hash = role.rules.size();
    for (const cluster::PolicyRule& rule : role.rules)
        for (const auto* list :
            { &rule.verbs, &rule.apiGroups, &rule.resources, &rule.resourceNames, &rule.nonResourceUrls }) {
            hash = mixHash(hash, list->size());
            for (const StringId id : *list)
                hash = mixHash(hash, id.index);
        }
    return hash;
}

struct ResourceRule {
    StringId resource;
    std::uint32_t rule = 0;
    auto operator<=>(const ResourceRule&) const = default;
};

} // namespace

struct Rbac::Private {
    // By user name (User and ServiceAccount subjects alike) and by group; the uses of one name are in order.
    std::unordered_map<std::string, std::vector<SubjectUse>> ofUser;
    std::unordered_map<std::string, std::vector<SubjectUse>> ofGroup;
    // The rules of all roles by resource, one range a role, sorted in it. The order of ids means nothing: it serves
    // looking up alone.
    std::vector<ResourceRule> resourceRules;
    std::vector<std::uint32_t> firstResourceRule; // one more than there are roles
    std::vector<std::uint32_t> grantedRole; // by binding; Grant::none when it grants nothing
    std::vector<std::uint32_t> alike; // by role
    StringId star;

    void findAlike(const Cluster& cluster);
    void indexRules(const Cluster& cluster);
    // The first rule of a role that grants the request; Grant::none when there is none.
    std::uint32_t firstRule(const Cluster& cluster, std::uint32_t role, const ResolvedRequest& wanted) const;
};

void Rbac::Private::findAlike(const Cluster& cluster)
{
    const auto roles = cluster.roles();
    std::unordered_multimap<std::uint64_t, std::uint32_t> byHash;
    for (std::uint32_t index = 0; index < roles.size(); ++index) {
        const std::uint64_t hash = hashOf(roles[index]);
        const auto [begin, end] = byHash.equal_range(hash);
        const auto same
            = std::find_if(begin, end, [&](const auto& one) { return haveSameRules(roles[one.second], roles[index]); });
        alike.push_back(same == end ? index : same->second);
        if (same == end)
            byHash.emplace(hash, index);
    }
}

void Rbac::Private::indexRules(const Cluster& cluster)
{
    star = cluster.id("*");
    for (const cluster::Role& role : cluster.roles()) {
        firstResourceRule.push_back(static_cast<std::uint32_t>(resourceRules.size()));
        for (std::uint32_t rule = 0; rule < role.rules.size(); ++rule)
            for (const StringId resource : role.rules[rule].resources)
                resourceRules.push_back({ resource, rule });
        std::sort(resourceRules.begin() + firstResourceRule.back(), resourceRules.end());
    }
    firstResourceRule.push_back(static_cast<std::uint32_t>(resourceRules.size()));
    for (const cluster::RoleBinding& binding : cluster.roleBindings())
        grantedRole.push_back(access::grantedRole(cluster, binding) ? binding.role : Grant::none);
}

std::uint32_t Rbac::Private::firstRule(const Cluster& cluster, std::uint32_t role, const ResolvedRequest& wanted) const
{
    const std::vector<cluster::PolicyRule>& rules = cluster.roles()[role].rules;
    if (!wanted.request.path.empty() || wanted.combined.isEmpty) {
        const auto rule = std::ranges::find_if(
            rules, [&](const cluster::PolicyRule& one) { return ruleAllows(cluster, one, wanted.request); });
        return rule == rules.end() ? Grant::none : static_cast<std::uint32_t>(rule - rules.begin());
    }
    const std::span all(
        resourceRules.begin() + firstResourceRule[role], resourceRules.begin() + firstResourceRule[role + 1]);
    std::uint32_t best = Grant::none;
    const auto look = [&](StringId resource) {
        if (!resource)
            return;
        for (auto at = std::ranges::lower_bound(all, ResourceRule { resource, 0 });
             at != all.end() && at->resource == resource && at->rule < best; ++at) {
            if (allowsButResource(cluster, rules[at->rule], wanted))
                best = at->rule;
        }
    };
    look(star);
    look(wanted.combined.id);
    if (wanted.hasSubresource)
        look(wanted.anySub.id);
    return best;
}

Rbac::Rbac(std::shared_ptr<const Cluster> cluster)
    : m_cluster(std::move(cluster))
    , m_private(std::make_unique<Private>())
{
    m_private->indexRules(*m_cluster);
    m_private->findAlike(*m_cluster);
    const auto bindings = m_cluster->roleBindings();
    for (std::uint32_t index = 0; index < bindings.size(); ++index) {
        const cluster::RoleBinding& binding = bindings[index];
        for (std::uint32_t at = 0; at < binding.subjects.size(); ++at) {
            const cluster::Subject& subject = binding.subjects[at];
            const std::string_view kind = m_cluster->text(subject.kind);
            const std::string_view ns = m_cluster->text(subject.ns);
            const std::string name(m_cluster->text(subject.name));
            const SubjectUse use { .isRoleBinding = !binding.isClusterRoleBinding,
                .binding = index,
                .subject = at,
                .ns = binding.isClusterRoleBinding ? StringId() : m_cluster->object(binding.object).ns };
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

Principal Rbac::principal(const User& user) const
{
    Principal out { .user = user, .uses = {}, .isSystemMaster = isSystemMaster(user) };
    const auto collect = [&](const auto& table, const std::string& name) {
        const auto found = table.find(name);
        if (found != table.end())
            out.uses.insert(out.uses.end(), found->second.begin(), found->second.end());
    };
    collect(m_private->ofUser, user.name);
    for (const std::string& group : user.groups)
        collect(m_private->ofGroup, group);
    std::ranges::sort(out.uses);
    out.uses.erase(std::unique(out.uses.begin(), out.uses.end()), out.uses.end()); // a group given twice
    return out;
}

std::optional<Grant> Rbac::allows(const Principal& principal, const Request& request) const
{
    const ResolvedRequest wanted(*m_cluster, request, m_private->star);
    for (const SubjectUse& use : principal.uses) {
        // A RoleBinding counts for requests in its own namespace alone, never for those without one.
        if (use.isRoleBinding && (request.ns.empty() || !use.ns || use.ns != wanted.ns.id))
            continue;
        const std::uint32_t role = m_private->grantedRole[use.binding];
        if (role == Grant::none)
            continue;
        const std::uint32_t rule = m_private->firstRule(*m_cluster, role, wanted);
        if (rule != Grant::none)
            return Grant { use.binding, role, rule, use.subject };
    }
    if (principal.isSystemMaster)
        return Grant { Grant::none, Grant::none, Grant::none, Grant::none };
    return std::nullopt;
}

std::optional<Grant> Rbac::allows(const User& user, const Request& request) const
{
    return allows(principal(user), request);
}

std::vector<Grant> Rbac::grants(const Request& request) const
{
    constexpr std::uint32_t notAsked = Grant::none - 1;
    std::vector<std::uint32_t> ruleOf(m_cluster->roles().size(), notAsked);
    const ResolvedRequest wanted(*m_cluster, request, m_private->star);
    std::vector<Grant> out;
    const auto bindings = m_cluster->roleBindings();
    for (std::uint32_t index = 0; index < bindings.size(); ++index) {
        const cluster::RoleBinding& binding = bindings[index];
        const std::uint32_t role = m_private->grantedRole[index];
        if (role == Grant::none)
            continue;
        if (!binding.isClusterRoleBinding) {
            const StringId ns = m_cluster->object(binding.object).ns;
            if (request.ns.empty() || !ns || ns != wanted.ns.id)
                continue;
        }
        std::uint32_t& rule = ruleOf[role];
        if (rule == notAsked)
            rule = m_private->firstRule(*m_cluster, role, wanted);
        if (rule == Grant::none)
            continue;
        for (std::uint32_t subject = 0; subject < binding.subjects.size(); ++subject)
            out.push_back({ index, role, rule, subject });
    }
    return out;
}

std::uint32_t Rbac::alikeRole(std::uint32_t role) const
{
    return m_private->alike[role];
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
