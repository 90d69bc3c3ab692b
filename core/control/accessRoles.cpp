// SPDX-License-Identifier: Apache-2.0
#include "core/control/detail/Access_p.h"

#include <algorithm>

#include "core/base/Text.h"

// Faults of a role itself, bound or not: wildcards.
namespace plimsoll::control {

using cluster::Cluster;
using cluster::PolicyRule;
using cluster::Role;

namespace {

bool holdsStar(const Cluster& cluster, std::span<const StringId> list)
{
    return std::ranges::any_of(list, [&](StringId id) { return cluster.text(id) == "*"; });
}

// "every resource of apps", "pods, services", "/metrics".
std::string targetText(const Cluster& cluster, const PolicyRule& rule)
{
    std::vector<std::string> texts;
    const std::vector<StringId>& list = rule.resources.empty() ? rule.nonResourceUrls : rule.resources;
    for (const StringId id : list)
        texts.push_back(
            &list == &rule.nonResourceUrls && cluster.text(id) == "*" ? "every path" : printable(cluster.text(id)));
    if (rule.resources.empty() || !holdsStar(cluster, rule.resources))
        return listText(texts, 4);
    if (holdsStar(cluster, rule.apiGroups))
        return "every resource";
    std::vector<std::string> groups;
    for (const StringId id : rule.apiGroups)
        groups.push_back(cluster.text(id).empty() ? "the core group" : printable(cluster.text(id)));
    return "every resource of " + listText(groups, 4);
}

std::string verbsText(const Cluster& cluster, const PolicyRule& rule)
{
    if (holdsStar(cluster, rule.verbs))
        return "every verb";
    std::vector<std::string> texts;
    for (const StringId id : rule.verbs)
        texts.push_back(printable(cluster.text(id)));
    return listText(texts, 4);
}

std::uint32_t bindingsOf(const Cluster& cluster, std::uint32_t role)
{
    return static_cast<std::uint32_t>(std::ranges::count(cluster.roleBindings(), role, &cluster::RoleBinding::role));
}

// Says which kinds of role the source cannot tell about.
void reportMissingRoles(const Cluster& cluster, std::vector<Outcome>& outcomes)
{
    std::vector<std::string> missing;
    for (const std::string_view kind : { "ClusterRole", "Role" })
        if (!cluster.covers(rbacGroup, kind))
            missing.push_back(std::string(kind) + 's');
    if (!missing.empty())
        outcomes.push_back(notAssessed({}, listText(missing, 2) + " are not in the source."));
}

Outcome judgedRole(
    const Cluster& cluster, std::uint32_t index, std::vector<StringId> PolicyRule::*list, std::string_view field)
{
    const Role& role = cluster.roles()[index];
    if (isKubernetesRole(cluster, role))
        return passed(role.object, "It is part of Kubernetes.");
    Outcome outcome = passed(role.object, "None of its rules has this wildcard.");
    std::vector<std::string> grants;
    for (std::uint32_t rule = 0; rule < role.rules.size(); ++rule) {
        const PolicyRule& one = role.rules[rule];
        if (!holdsStar(cluster, one.*list))
            continue;
        std::string grant = verbsText(cluster, one) + " on " + targetText(cluster, one);
        if (!one.resourceNames.empty())
            grant += " (named objects only)";
        if (std::ranges::find(grants, grant) == grants.end())
            grants.push_back(std::move(grant));
        addRuleField(cluster, role, rule, field, outcome.evidence);
        addRuleField(cluster, role, rule,
            field == "verbs" && !one.resources.empty() ? "resources"
                : field == "verbs"                     ? "nonResourceURLs"
                                                       : "apiGroups",
            outcome.evidence);
    }
    if (grants.empty())
        return outcome;
    const std::uint32_t bindings = bindingsOf(cluster, index);
    outcome.verdict = Verdict::Fail;
    outcome.affected = std::max(bindings, 1u);
    outcome.message = cluster.titleOf(role.object) + " grants " + listText(grants, 3)
        + (bindings == 0 ? " (no binding in the source names it)." : ".");
    return outcome;
}

void judgeRoles(const Cluster& cluster, std::vector<StringId> PolicyRule::*list, std::string_view field,
    std::vector<Outcome>& outcomes)
{
    reportMissingRoles(cluster, outcomes);
    for (std::uint32_t index = 0; index < cluster.roles().size(); ++index)
        outcomes.push_back(judgedRole(cluster, index, list, field));
}

} // namespace

void judgeWildcardVerb(const Context& context, std::vector<Outcome>& outcomes)
{
    judgeRoles(context.cluster, &PolicyRule::verbs, "verbs", outcomes);
}

void judgeWildcardResource(const Context& context, std::vector<Outcome>& outcomes)
{
    judgeRoles(context.cluster, &PolicyRule::resources, "resources", outcomes);
}

} // namespace plimsoll::control
