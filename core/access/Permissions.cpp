// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <map>

#include "core/access/Questions.h"
#include "core/access/detail/Rows_p.h"

namespace plimsoll::access {

namespace detail {

namespace {

// The verbs that RBAC asks of a resource without namespace in the namespace of a RoleBinding.
std::vector<std::string_view> verbsInNamespace(
    std::span<const std::string_view> verbs, std::string_view group, std::string_view resource)
{
    constexpr std::array<std::string_view, 4> onOne { "delete", "get", "patch", "update" };
    constexpr std::array<std::string_view, 1> bind { "bind" };
    std::span<const std::string_view> possible;
    if (group.empty() && resource == "namespaces")
        possible = onOne;
    else if (group == "rbac.authorization.k8s.io" && resource == "clusterroles")
        possible = bind;
    const bool isAll = std::ranges::find(verbs, "*") != verbs.end();
    std::vector<std::string_view> out;
    for (const std::string_view verb : possible)
        if (isAll || std::ranges::find(verbs, verb) != verbs.end())
            out.push_back(verb);
    return out;
}

void sortUnique(std::vector<std::string_view>& list)
{
    std::ranges::sort(list);
    list.erase(std::unique(list.begin(), list.end()), list.end());
}

} // namespace

void RowBuilder::addCell(Key key, const RuleText& rule, std::span<const RuleRef> from)
{
    const auto [at, isNew] = m_rows.try_emplace(std::move(key));
    PermissionRow& row = at->second;
    if (isNew) {
        const auto& [isUrl, first, second, names] = at->first;
        if (isUrl) {
            row.what.nonResourceUrls = { first };
        } else {
            row.what.apiGroups = { first };
            row.what.resources = { second };
            row.what.resourceNames = names;
        }
    }
    row.what.verbs.insert(row.what.verbs.end(), rule.verbs.begin(), rule.verbs.end());
    for (const RuleRef& ref : from)
        if (std::ranges::find(row.rules, ref) == row.rules.end())
            row.rules.push_back(ref);
}

void RowBuilder::add(const RuleText& rule, std::span<const RuleRef> from)
{
    if (rule.verbs.empty())
        return;
    std::vector<std::string_view> names = rule.resourceNames;
    sortUnique(names);
    for (const std::string_view group : rule.apiGroups)
        for (const std::string_view resource : rule.resources)
            addCell({ false, group, resource, names }, rule, from);
    for (const std::string_view url : rule.nonResourceUrls)
        addCell({ true, url, {}, {} }, rule, from);
}

std::vector<PermissionRow> RowBuilder::take()
{
    std::vector<PermissionRow> out;
    out.reserve(m_rows.size());
    for (auto& [key, row] : m_rows) {
        sortUnique(row.what.verbs);
        if (std::ranges::find(row.what.verbs, "*") != row.what.verbs.end())
            row.what.verbs = { "*" };
        std::ranges::sort(row.rules);
        out.push_back(std::move(row));
    }
    m_rows.clear();
    return out;
}

std::vector<RuleText> inNamespace(const RuleText& rule)
{
    std::vector<RuleText> out;
    for (const std::string_view group : rule.apiGroups)
        for (const std::string_view resource : rule.resources) {
            const std::string_view base = resource.substr(0, resource.find('/'));
            RuleText one;
            one.verbs = isClusterScoped(group, base) ? verbsInNamespace(rule.verbs, group, base) : rule.verbs;
            if (one.verbs.empty())
                continue;
            one.apiGroups = { group };
            one.resources = { resource };
            one.resourceNames = rule.resourceNames;
            out.push_back(std::move(one));
        }
    return out;
}

void addRole(const cluster::Cluster& cluster, std::uint32_t role, bool isInNamespace, RowBuilder& out)
{
    const std::vector<cluster::PolicyRule>& rules = cluster.roles()[role].rules;
    for (std::uint32_t at = 0; at < rules.size(); ++at) {
        const RuleText rule = textOf(cluster, rules[at]);
        const std::array from { RuleRef { role, at } };
        if (!isInNamespace) {
            out.add(rule, from);
            continue;
        }
        for (const RuleText& one : inNamespace(rule))
            out.add(one, from);
    }
}

std::vector<RuleText> rulesOf(std::span<const PermissionRow> rows)
{
    std::vector<RuleText> out;
    out.reserve(rows.size());
    for (const PermissionRow& row : rows)
        out.push_back(row.what);
    return out;
}

} // namespace detail

Permissions permissionsOf(const Rbac& rbac, const User& user, std::string_view ns)
{
    const cluster::Cluster& cluster = rbac.cluster();
    const Principal principal = rbac.principal(user);
    struct Place {
        std::vector<std::uint32_t> roles;
        std::vector<Grant> bindings;
    };
    std::map<std::string_view, Place> places; // "" = everywhere
    for (const SubjectUse& use : principal.uses) {
        const std::string_view where = use.isRoleBinding ? cluster.text(use.ns) : std::string_view();
        if (use.isRoleBinding && (where.empty() || (!ns.empty() && where != ns)))
            continue;
        const cluster::RoleBinding& binding = cluster.roleBindings()[use.binding];
        if (!grantedRole(cluster, binding))
            continue;
        Place& place = places[where];
        if (!place.bindings.empty() && place.bindings.back().binding == use.binding)
            continue; // by a second of its subjects
        place.roles.push_back(rbac.alikeRole(binding.role));
        place.bindings.push_back({ use.binding, binding.role, Grant::none, use.subject });
    }
    Permissions out { .isSystemMaster = principal.isSystemMaster, .blocks = {} };
    std::map<std::pair<bool, std::vector<std::uint32_t>>, std::size_t> blockOf;
    for (auto& [where, place] : places) {
        std::ranges::sort(place.roles);
        place.roles.erase(std::unique(place.roles.begin(), place.roles.end()), place.roles.end());
        const bool isInNamespace = !where.empty();
        const auto [at, isNew] = blockOf.try_emplace({ isInNamespace, place.roles }, out.blocks.size());
        if (isNew) {
            detail::RowBuilder builder;
            for (const std::uint32_t role : place.roles)
                detail::addRole(cluster, role, isInNamespace, builder);
            out.blocks.push_back({ .namespaces = {}, .bindings = {}, .rows = builder.take() });
        }
        PermissionBlock& block = out.blocks[at->second];
        if (isInNamespace)
            block.namespaces.push_back(where);
        block.bindings.insert(block.bindings.end(), place.bindings.begin(), place.bindings.end());
    }
    std::erase_if(out.blocks, [](const PermissionBlock& block) { return block.rows.empty(); });
    return out;
}

} // namespace plimsoll::access
