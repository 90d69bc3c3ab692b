// SPDX-License-Identifier: Apache-2.0
// Why a request is denied or allowed, in words.
#include <algorithm>
#include <unordered_map>

#include "core/access/Authorizers.h"
#include "core/base/Text.h"

namespace plimsoll::access {

namespace {

using cluster::Cluster;
using cluster::PolicyRule;

bool hasWord(const Cluster& cluster, std::span<const StringId> list, std::string_view wanted)
{
    return std::ranges::any_of(list, [&](StringId id) { return cluster.text(id) == wanted; });
}

// How far a clause is from a fit: a grant that lacks the name only is nearer than one of another resource.
int weightOf(Clause clause)
{
    switch (clause) {
    case Clause::Name:
        return 1;
    case Clause::Scope:
        return 2;
    case Clause::Verb:
        return 3;
    case Clause::ApiGroup:
        return 4;
    case Clause::Role:
        return 5;
    case Clause::Resource:
    case Clause::Url:
        return 6;
    }
    std::unreachable();
}

int distanceOf(std::span<const Clause> failed)
{
    int sum = 0;
    for (const Clause clause : failed)
        sum += weightOf(clause);
    return sum;
}

// A rule is asked clause by clause with a copy of the request that fits it in all others.
std::vector<Clause> failedClauses(const Cluster& cluster, const PolicyRule& rule, const Request& request)
{
    std::vector<Clause> out;
    if (!hasWord(cluster, rule.verbs, "*") && !hasWord(cluster, rule.verbs, request.verb))
        out.push_back(Clause::Verb);
    if (!request.path.empty()) {
        PolicyRule any = rule;
        if (!any.verbs.empty()) {
            Request alike = request;
            alike.verb = cluster.text(any.verbs.front());
            if (!ruleAllows(cluster, any, alike))
                out.push_back(Clause::Url);
        }
        return out;
    }
    if (!hasWord(cluster, rule.apiGroups, "*") && !hasWord(cluster, rule.apiGroups, request.apiGroup))
        out.push_back(Clause::ApiGroup);
    const std::string combined
        = request.subresource.empty() ? request.resource : request.resource + '/' + request.subresource;
    if (!hasWord(cluster, rule.resources, "*") && !hasWord(cluster, rule.resources, combined)
        && (request.subresource.empty() || !hasWord(cluster, rule.resources, "*/" + request.subresource)))
        out.push_back(Clause::Resource);
    if (!rule.resourceNames.empty() && !hasWord(cluster, rule.resourceNames, request.name))
        out.push_back(Clause::Name);
    return out;
}

struct RoleMiss {
    std::uint32_t rule = Grant::none;
    std::vector<Clause> failed;
    int distance = 1000;
};

RoleMiss nearestOfRole(const Cluster& cluster, const cluster::Role& role, const Request& request)
{
    RoleMiss best;
    for (std::uint32_t at = 0; at < role.rules.size(); ++at) {
        const PolicyRule& rule = role.rules[at];
        if (request.path.empty() ? rule.resources.empty() : rule.nonResourceUrls.empty())
            continue;
        std::vector<Clause> failed = failedClauses(cluster, rule, request);
        const int distance = distanceOf(failed);
        if (distance < best.distance)
            best = { at, std::move(failed), distance };
    }
    return best;
}

std::string listed(const Cluster& cluster, std::span<const StringId> list)
{
    constexpr std::size_t shown = 8;
    std::vector<std::string> words;
    for (const StringId id : list.first(std::min(list.size(), shown)))
        words.push_back(cluster.text(id).empty() ? "\"\"" : printable(cluster.text(id)));
    if (list.size() > shown)
        words.push_back("…");
    return '[' + join(std::span<const std::string>(words), ", ") + ']';
}

std::string textOf(const Cluster& cluster, Clause clause, const Miss& miss, const Request& request)
{
    const cluster::RoleBinding& binding = cluster.roleBindings()[miss.at.binding];
    if (clause == Clause::Role)
        return "the role " + printable(cluster.text(binding.roleKind)) + ' ' + printable(cluster.text(binding.roleName))
            + (binding.isClusterRoleBinding && cluster.text(binding.roleKind) == "Role"
                    ? " cannot be bound by a ClusterRoleBinding"
                    : " does not exist");
    if (clause == Clause::Scope) {
        if (!request.path.empty())
            return "a RoleBinding never grants paths";
        return request.ns.empty()
            ? std::string("a RoleBinding grants nothing outside its namespace ")
                + printable(cluster.text(cluster.object(binding.object).ns))
            : "it holds in namespace " + printable(cluster.text(cluster.object(binding.object).ns));
    }
    const PolicyRule& rule = cluster.roles()[miss.at.role].rules[miss.at.rule];
    switch (clause) {
    case Clause::Verb:
        return "verbs " + listed(cluster, rule.verbs);
    case Clause::ApiGroup:
        return "apiGroups " + listed(cluster, rule.apiGroups);
    case Clause::Resource: {
        const std::string wild = request.resource + "/*";
        return "resources " + listed(cluster, rule.resources)
            + (hasWord(cluster, rule.resources, wild) ? " (" + printable(wild) + " is no wildcard)" : std::string());
    }
    case Clause::Name:
        return "resourceNames " + listed(cluster, rule.resourceNames)
            + (request.name.empty() ? ", and the request has no name" : "");
    case Clause::Url:
        return "nonResourceURLs " + listed(cluster, rule.nonResourceUrls);
    default:
        std::unreachable();
    }
}

std::string missText(const Cluster& cluster, const Miss& miss, const Request& request)
{
    const cluster::RoleBinding& binding = cluster.roleBindings()[miss.at.binding];
    std::string out = "the nearest grant is " + cluster.refOf(binding.object) + " to "
        + titleOf(cluster, binding.subjects[miss.at.subject]);
    if (miss.at.rule != Grant::none)
        out += ", " + cluster.refOf(cluster.roles()[miss.at.role].object) + " /rules/" + std::to_string(miss.at.rule);
    std::vector<std::string> parts;
    for (const Clause clause : miss.failed)
        parts.push_back(textOf(cluster, clause, miss, request));
    return printable(out) + ", which does not fit: " + join(std::span<const std::string>(parts), "; ");
}

} // namespace

std::optional<Miss> nearestMiss(const Cluster& cluster, const Principal& principal, const Request& request)
{
    std::optional<Miss> best;
    int bestDistance = 1000;
    // The same role is bound in many namespaces: judged once.
    constexpr std::size_t worthRemembering = 16;
    std::unordered_map<std::uint32_t, RoleMiss> known;
    for (const SubjectUse& use : principal.uses) {
        const cluster::RoleBinding& binding = cluster.roleBindings()[use.binding];
        const cluster::Role* role = grantedRole(cluster, binding);
        const bool isScopeWrong = use.isRoleBinding && (request.ns.empty() || cluster.text(use.ns) != request.ns);
        RoleMiss one { .rule = Grant::none, .failed = { Clause::Role }, .distance = weightOf(Clause::Role) };
        if (role && principal.uses.size() < worthRemembering)
            one = nearestOfRole(cluster, *role, request);
        else if (role) {
            const auto [at, isNew] = known.try_emplace(binding.role);
            if (isNew)
                at->second = nearestOfRole(cluster, *role, request);
            one = at->second;
        }
        if (isScopeWrong) {
            one.failed.push_back(Clause::Scope);
            one.distance += weightOf(Clause::Scope);
        }
        if (one.distance >= bestDistance)
            continue;
        bestDistance = one.distance;
        best = Miss { .at = { use.binding, role ? binding.role : Grant::none, one.rule, use.subject },
            .failed = std::move(one.failed) };
    }
    return best;
}

std::string titleOf(const Cluster& cluster, const cluster::Subject& subject)
{
    const std::string_view ns = cluster.text(subject.ns);
    std::string out(cluster.text(subject.kind));
    out += ' ';
    if (cluster.text(subject.kind) == "ServiceAccount" && !ns.empty())
        out += std::string(ns) + '/';
    return printable(out + std::string(cluster.text(subject.name)));
}

std::string textOf(const Request& request)
{
    if (!request.path.empty())
        return printable(request.verb + ' ' + request.path);
    std::string out = request.verb + ' ' + request.resource;
    if (!request.apiGroup.empty())
        out += '.' + request.apiGroup;
    if (!request.subresource.empty())
        out += '/' + request.subresource;
    if (!request.name.empty())
        out += " named " + request.name;
    return printable(out + (request.ns.empty() ? " in the cluster" : " in namespace " + request.ns));
}

std::string Authorizers::reason(const Decision& decision, const Request& request) const
{
    const Cluster& model = cluster();
    std::string out;
    switch (decision.by) {
    case By::SystemMasters:
        out = "the group system:masters may do everything";
        break;
    case By::AlwaysAllow:
        out = "the API server allows everything (AlwaysAllow)";
        break;
    case By::Node:
        out = "the Node authorizer allows it";
        break;
    case By::Rbac: {
        const cluster::RoleBinding& binding = model.roleBindings()[decision.grant.binding];
        out = printable(model.refOf(binding.object)) + " gives "
            + titleOf(model, binding.subjects[decision.grant.subject]) + " the role "
            + printable(model.refOf(model.roles()[decision.grant.role].object)) + ", whose /rules/"
            + std::to_string(decision.grant.rule) + " allows it";
        break;
    }
    case By::Nobody:
        out = decision.miss ? missText(model, *decision.miss, request)
                            : std::string("no binding of this user or one of its groups grants anything of the kind");
        break;
    }
    return decision.remark.empty() ? out : out + "; " + decision.remark;
}

} // namespace plimsoll::access
