// SPDX-License-Identifier: Apache-2.0
// Why a request is denied or allowed, in words.
#include <algorithm>
#include <array>
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

// The clauses that failed, as bits.
using Clauses = std::uint8_t;
constexpr Clauses bitOf(Clause clause)
{
    return static_cast<Clauses>(1u << static_cast<unsigned>(clause));
}
// In the order in which they are told.
constexpr std::array clauseOrder { Clause::Role, Clause::Verb, Clause::ApiGroup, Clause::Resource, Clause::Name,
    Clause::Url, Clause::Scope };

int distanceOf(Clauses failed)
{
    int sum = 0;
    for (const Clause clause : clauseOrder)
        sum += (failed & bitOf(clause)) != 0 ? weightOf(clause) : 0;
    return sum;
}

// A request with its words looked up once: rules hold ids, and what is not in the pool is in no rule.
class WantedIds {
public:
    WantedIds(const Cluster& cluster, const Request& request)
        : m_cluster(cluster)
        , m_request(request)
        , m_star(cluster.id("*"))
        , m_verb(cluster.id(request.verb))
        , m_group(cluster.id(request.apiGroup))
        , m_resource(
              cluster.id(request.subresource.empty() ? request.resource : request.resource + '/' + request.subresource))
        , m_wildSubresource(request.subresource.empty() ? StringId() : cluster.id("*/" + request.subresource))
        , m_name(cluster.id(request.name))
    {
    }

    // Each clause by itself.
    Clauses failedBy(const PolicyRule& rule) const
    {
        Clauses out = has(rule.verbs, m_verb, m_request.verb) ? 0 : bitOf(Clause::Verb);
        if (!m_request.path.empty())
            return out | (rule.verbs.empty() || fitsUrl(rule) ? 0 : bitOf(Clause::Url));
        if (!has(rule.apiGroups, m_group, m_request.apiGroup))
            out |= bitOf(Clause::ApiGroup);
        if (!has(rule.resources, m_resource, m_request.resource) && !contains(rule.resources, m_wildSubresource))
            out |= bitOf(Clause::Resource);
        if (!rule.resourceNames.empty() && !isListed(rule.resourceNames, m_name, m_request.name))
            out |= bitOf(Clause::Name);
        return out;
    }

private:
    static bool contains(std::span<const StringId> list, StringId id)
    {
        return !id.isNone() && std::ranges::find(list, id) != list.end();
    }
    // An empty text is listed as no id or as that of "".
    bool isListed(std::span<const StringId> list, StringId id, std::string_view text) const
    {
        return text.empty() ? hasWord(m_cluster, list, text) : contains(list, id);
    }
    bool has(std::span<const StringId> list, StringId id, std::string_view text) const
    {
        return contains(list, m_star) || isListed(list, id, text);
    }
    // The rule is asked with a verb that it has.
    bool fitsUrl(const PolicyRule& rule) const
    {
        Request alike = m_request;
        alike.verb = m_cluster.text(rule.verbs.front());
        return ruleAllows(m_cluster, rule, alike);
    }

    const Cluster& m_cluster;
    const Request& m_request;
    StringId m_star, m_verb, m_group, m_resource, m_wildSubresource, m_name;
};

struct RoleMiss {
    std::uint32_t rule = Grant::none;
    Clauses failed = 0;
    int distance = 1000;
};

RoleMiss nearestOfRole(const WantedIds& wanted, const cluster::Role& role, bool isForPath)
{
    RoleMiss best;
    for (std::uint32_t at = 0; at < role.rules.size(); ++at) {
        const PolicyRule& rule = role.rules[at];
        if (isForPath ? rule.nonResourceUrls.empty() : rule.resources.empty())
            continue;
        const Clauses failed = wanted.failedBy(rule);
        const int distance = distanceOf(failed);
        if (distance < best.distance)
            best = { at, failed, distance };
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
    Clauses failed = 0;
    // The same role is bound in many namespaces: judged once.
    constexpr std::size_t worthRemembering = 16;
    std::unordered_map<std::uint32_t, RoleMiss> known;
    const WantedIds wanted(cluster, request);
    const bool isForPath = !request.path.empty();
    for (const SubjectUse& use : principal.uses) {
        const cluster::RoleBinding& binding = cluster.roleBindings()[use.binding];
        const cluster::Role* role = grantedRole(cluster, binding);
        const bool isScopeWrong = use.isRoleBinding && (request.ns.empty() || cluster.text(use.ns) != request.ns);
        RoleMiss one { .rule = Grant::none, .failed = bitOf(Clause::Role), .distance = weightOf(Clause::Role) };
        if (role && principal.uses.size() < worthRemembering)
            one = nearestOfRole(wanted, *role, isForPath);
        else if (role) {
            const auto [at, isNew] = known.try_emplace(binding.role);
            if (isNew)
                at->second = nearestOfRole(wanted, *role, isForPath);
            one = at->second;
        }
        if (isScopeWrong) {
            one.failed |= bitOf(Clause::Scope);
            one.distance += weightOf(Clause::Scope);
        }
        if (one.distance >= bestDistance)
            continue;
        bestDistance = one.distance;
        best = Miss { .at = { use.binding, role ? binding.role : Grant::none, one.rule, use.subject }, .failed = {} };
        failed = one.failed;
    }
    for (const Clause clause : clauseOrder) {
        if (best && (failed & bitOf(clause)) != 0)
            best->failed.push_back(clause);
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
