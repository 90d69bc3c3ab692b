// SPDX-License-Identifier: Apache-2.0
#include "core/access/Escalation.h"

#include <algorithm>
#include <array>

namespace plimsoll::access {

namespace {

using cluster::Cluster;

constexpr std::string_view rbacApi = "rbac.authorization.k8s.io";

bool has(std::span<const std::string_view> list, std::string_view wanted)
{
    return std::ranges::find(list, wanted) != list.end();
}

bool hasAll(std::span<const std::string_view> list, std::span<const std::string_view> wanted)
{
    return std::ranges::all_of(wanted, [&](std::string_view one) { return has(list, one); });
}

bool resourcesCover(std::span<const std::string_view> owner, std::span<const std::string_view> wanted)
{
    return has(owner, "*") || std::ranges::all_of(wanted, [&](std::string_view one) {
        if (has(owner, one))
            return true;
        const std::size_t slash = one.find('/');
        return slash != std::string_view::npos && has(owner, "*" + std::string(one.substr(slash)));
    });
}

bool urlCovers(std::string_view owner, std::string_view wanted)
{
    if (owner == wanted)
        return true;
    if (!owner.ends_with('*'))
        return false;
    while (owner.ends_with('*'))
        owner.remove_suffix(1);
    return wanted.starts_with(owner);
}

std::vector<std::string_view> textsOf(const Cluster& cluster, std::span<const StringId> ids)
{
    std::vector<std::string_view> out;
    out.reserve(ids.size());
    for (const StringId id : ids)
        out.push_back(cluster.text(id));
    return out;
}

Escalation decideByRules(
    const Rbac& rbac, const User& user, std::string_view ns, std::span<const RuleText> wanted, Decision verb)
{
    Escalation out;
    if (verb.answer == Answer::Yes) {
        out.by = Escalation::By::Verb;
        out.verb = std::move(verb);
        return out;
    }
    const std::vector<RuleText> owner = rulesFor(rbac, user, ns);
    out.missing = uncovered(owner, wanted);
    out.by = out.missing.empty() ? Escalation::By::Covered : Escalation::By::Nobody;
    out.verb = std::move(verb);
    return out;
}

} // namespace

RuleText textOf(const Cluster& cluster, const cluster::PolicyRule& rule)
{
    return { .verbs = textsOf(cluster, rule.verbs),
        .apiGroups = textsOf(cluster, rule.apiGroups),
        .resources = textsOf(cluster, rule.resources),
        .resourceNames = textsOf(cluster, rule.resourceNames),
        .nonResourceUrls = textsOf(cluster, rule.nonResourceUrls) };
}

std::vector<RuleText> textOf(const Cluster& cluster, std::span<const cluster::PolicyRule> rules)
{
    std::vector<RuleText> out;
    out.reserve(rules.size());
    for (const cluster::PolicyRule& rule : rules)
        out.push_back(textOf(cluster, rule));
    return out;
}

std::vector<RuleText> atomsOf(const RuleText& rule)
{
    std::vector<RuleText> out;
    for (const std::string_view group : rule.apiGroups)
        for (const std::string_view resource : rule.resources)
            for (const std::string_view verb : rule.verbs) {
                RuleText atom;
                atom.verbs = { verb };
                atom.apiGroups = { group };
                atom.resources = { resource };
                if (rule.resourceNames.empty())
                    out.push_back(atom);
                for (const std::string_view name : rule.resourceNames) {
                    atom.resourceNames = { name };
                    out.push_back(atom);
                }
            }
    for (const std::string_view url : rule.nonResourceUrls)
        for (const std::string_view verb : rule.verbs) {
            RuleText atom;
            atom.verbs = { verb };
            atom.nonResourceUrls = { url };
            out.push_back(std::move(atom));
        }
    return out;
}

bool covers(const RuleText& owner, const RuleText& atom)
{
    if (!has(owner.verbs, "*") && !hasAll(owner.verbs, atom.verbs))
        return false;
    if (!has(owner.apiGroups, "*") && !hasAll(owner.apiGroups, atom.apiGroups))
        return false;
    if (!resourcesCover(owner.resources, atom.resources))
        return false;
    const bool areUrlsCovered = std::ranges::all_of(atom.nonResourceUrls, [&](std::string_view wanted) {
        return std::ranges::any_of(owner.nonResourceUrls, [&](std::string_view url) { return urlCovers(url, wanted); });
    });
    if (!areUrlsCovered)
        return false;
    return owner.resourceNames.empty()
        || (!atom.resourceNames.empty() && hasAll(owner.resourceNames, atom.resourceNames));
}

std::vector<RuleText> uncovered(std::span<const RuleText> owner, std::span<const RuleText> wanted)
{
    std::vector<RuleText> out;
    for (const RuleText& rule : wanted)
        for (RuleText& atom : atomsOf(rule))
            if (std::ranges::none_of(owner, [&](const RuleText& one) { return covers(one, atom); }))
                out.push_back(std::move(atom));
    return out;
}

std::vector<RuleText> rulesFor(const Rbac& rbac, const User& user, std::string_view ns)
{
    const Cluster& cluster = rbac.cluster();
    std::vector<RuleText> out;
    for (const SubjectUse& use : rbac.principal(user).uses) {
        if (use.isRoleBinding && (ns.empty() || cluster.text(use.ns) != ns))
            continue;
        const cluster::Role* role = grantedRole(cluster, cluster.roleBindings()[use.binding]);
        if (!role)
            continue;
        std::ranges::move(textOf(cluster, role->rules), std::back_inserter(out));
    }
    return out;
}

Escalation mayWriteRole(const Authorizers& authorizers, const User& user, const RoleWrite& role)
{
    if (authorizers.rbac().isSystemMaster(user)) {
        Escalation out;
        out.by = Escalation::By::SystemMasters;
        return out;
    }
    const std::string ns = role.isClusterRole ? std::string() : role.ns;
    const Decision verb = authorizers.decide(user,
        { .verb = "escalate",
            .apiGroup = std::string(rbacApi),
            .resource = role.isClusterRole ? "clusterroles" : "roles",
            .ns = ns,
            .name = role.name });
    std::vector<RuleText> wanted = role.rules;
    if (role.hasAggregationRule) {
        RuleText everything, everyUrl;
        everything.verbs = everything.apiGroups = everything.resources = { "*" };
        everyUrl.verbs = everyUrl.nonResourceUrls = { "*" };
        wanted.push_back(std::move(everything));
        wanted.push_back(std::move(everyUrl));
    }
    return decideByRules(authorizers.rbac(), user, ns, wanted, verb);
}

Escalation mayBind(const Authorizers& authorizers, const User& user, std::string_view roleKind,
    std::string_view roleName, std::string_view ns)
{
    Escalation out;
    if (authorizers.rbac().isSystemMaster(user)) {
        out.by = Escalation::By::SystemMasters;
        return out;
    }
    const bool isClusterRole = roleKind == "ClusterRole";
    Decision verb = authorizers.decide(user,
        { .verb = "bind",
            .apiGroup = std::string(rbacApi),
            .resource = isClusterRole ? "clusterroles" : "roles",
            .ns = std::string(ns),
            .name = std::string(roleName) });
    const Cluster& cluster = authorizers.cluster();
    const cluster::ObjectId object = cluster.find(roleKind, isClusterRole ? std::string_view() : ns, roleName);
    const auto role = std::ranges::find(cluster.roles(), object, &cluster::Role::object);
    if (!object || role == cluster.roles().end() || (ns.empty() && !isClusterRole)) {
        out.by = verb.answer == Answer::Yes ? Escalation::By::Verb : Escalation::By::Nobody;
        out.verb = std::move(verb);
        return out;
    }
    return decideByRules(authorizers.rbac(), user, ns, textOf(cluster, role->rules), std::move(verb));
}

std::span<const std::string_view> execVerbs(
    const Server& server, std::string_view resource, std::string_view subresource)
{
    static constexpr std::array<std::string_view, 2> both { "create", "get" };
    if (resource == "nodes" && subresource == "proxy")
        return both;
    if (resource != "pods" || (subresource != "exec" && subresource != "attach" && subresource != "portforward"))
        return {};
    return std::span(both).first(server.isExecByGetAllowed ? 2 : 1);
}

std::optional<Decision> mayExec(
    const Authorizers& authorizers, const User& user, std::string_view ns, std::string_view pod)
{
    for (const std::string_view verb : execVerbs(authorizers.server(), "pods", "exec")) {
        Decision decision = authorizers.decide(user,
            { .verb = std::string(verb),
                .resource = "pods",
                .subresource = "exec",
                .ns = std::string(ns),
                .name = std::string(pod) });
        if (decision.answer == Answer::Yes)
            return decision;
    }
    return std::nullopt;
}

} // namespace plimsoll::access
