// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>

#include "core/access/Questions.h"
#include "core/access/detail/Rows_p.h"

namespace plimsoll::access {

namespace {

using cluster::Cluster;

constexpr std::size_t noBlock = static_cast<std::size_t>(-1);

// Which block of each user holds in a namespace.
std::map<std::string_view, std::pair<std::size_t, std::size_t>> placesOf(const Permissions& a, const Permissions& b)
{
    std::map<std::string_view, std::pair<std::size_t, std::size_t>> out;
    out[""] = { noBlock, noBlock };
    const auto add = [&](const Permissions& one, bool isFirst) {
        for (std::size_t index = 0; index < one.blocks.size(); ++index) {
            const auto set = [&](std::string_view ns) {
                const auto at = out.try_emplace(ns, noBlock, noBlock).first;
                (isFirst ? at->second.first : at->second.second) = index;
            };
            if (one.blocks[index].namespaces.empty())
                set("");
            for (const std::string_view ns : one.blocks[index].namespaces)
                set(ns);
        }
    };
    add(a, true);
    add(b, false);
    return out;
}

std::span<const PermissionRow> rowsOf(const Permissions& permissions, std::size_t block)
{
    return block == noBlock ? std::span<const PermissionRow>() : permissions.blocks[block].rows;
}

// Sorts the atoms of rows by whether the other user holds them.
void divide(std::span<const PermissionRow> rows, std::span<const RuleText> other, detail::RowBuilder& only,
    detail::RowBuilder& both)
{
    for (const PermissionRow& row : rows)
        for (const RuleText& atom : atomsOf(row.what)) {
            const bool isHeld = std::ranges::any_of(other, [&](const RuleText& rule) { return covers(rule, atom); });
            (isHeld ? both : only).add(atom, row.rules);
        }
}

} // namespace

Comparison compare(const Rbac& rbac, const User& a, const User& b)
{
    const Permissions ofA = permissionsOf(rbac, a), ofB = permissionsOf(rbac, b);
    Comparison out { .isAMaster = ofA.isSystemMaster, .isBMaster = ofB.isSystemMaster, .parts = {} };
    const auto places = placesOf(ofA, ofB);
    const auto everywhere = places.at("");
    const std::vector<RuleText> wideA = detail::rulesOf(rowsOf(ofA, everywhere.first));
    const std::vector<RuleText> wideB = detail::rulesOf(rowsOf(ofB, everywhere.second));
    std::map<std::pair<std::size_t, std::size_t>, std::size_t> partOf;
    for (const auto& [ns, blocks] : places) {
        if (!ns.empty()) {
            const auto [at, isNew] = partOf.try_emplace(blocks, out.parts.size());
            if (!isNew) {
                out.parts[at->second].namespaces.push_back(ns);
                continue;
            }
        }
        const auto rowsA = rowsOf(ofA, blocks.first), rowsB = rowsOf(ofB, blocks.second);
        std::vector<RuleText> heldByA = wideA, heldByB = wideB;
        std::ranges::move(detail::rulesOf(rowsA), std::back_inserter(heldByA));
        std::ranges::move(detail::rulesOf(rowsB), std::back_inserter(heldByB));
        detail::RowBuilder onlyA, onlyB, both;
        divide(rowsA, heldByB, onlyA, both);
        divide(rowsB, heldByA, onlyB, both);
        Comparison::Part part { .namespaces = {}, .onlyA = onlyA.take(), .onlyB = onlyB.take(), .both = both.take() };
        if (!ns.empty())
            part.namespaces.push_back(ns);
        out.parts.push_back(std::move(part));
    }
    return out;
}

std::vector<Loss> lossesWithout(const Rbac& rbac, std::uint32_t index, const Membership& membership)
{
    const Cluster& cluster = rbac.cluster();
    const cluster::RoleBinding& removed = cluster.roleBindings()[index];
    std::vector<Loss> out;
    if (!grantedRole(cluster, removed))
        return out;
    const bool isInNamespace = !removed.isClusterRoleBinding;
    const StringId ns = cluster.object(removed.object).ns;
    detail::RowBuilder builder;
    detail::addRole(cluster, removed.role, isInNamespace, builder);
    const std::vector<PermissionRow> given = builder.take();
    for (std::uint32_t at = 0; at < removed.subjects.size(); ++at) {
        detail::RowBuilder others, lost;
        for (const SubjectUse& use : rbac.principal(userOf(cluster, removed.subjects[at], membership)).uses) {
            const cluster::RoleBinding& binding = cluster.roleBindings()[use.binding];
            if (use.binding == index || !grantedRole(cluster, binding))
                continue;
            if (!use.isRoleBinding || (isInNamespace && use.ns == ns))
                detail::addRole(cluster, binding.role, use.isRoleBinding, others);
        }
        const std::vector<RuleText> kept = detail::rulesOf(others.take());
        Loss loss { .subject = at, .lost = {}, .kept = 0 };
        for (const PermissionRow& row : given)
            for (const RuleText& atom : atomsOf(row.what)) {
                if (std::ranges::any_of(kept, [&](const RuleText& rule) { return covers(rule, atom); }))
                    ++loss.kept;
                else
                    lost.add(atom, row.rules);
            }
        loss.lost = lost.take();
        out.push_back(std::move(loss));
    }
    return out;
}

} // namespace plimsoll::access
