// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <tuple>
#include <unordered_map>

#include "core/access/Questions.h"
#include "core/base/Hash.h"

namespace plimsoll::access {

namespace {

using cluster::Cluster;

// A subject by the ids of its texts: the ids serve looking up alone.
struct SubjectKey {
    StringId kind, ns, name;
    bool operator==(const SubjectKey&) const = default;
};
struct SubjectHash {
    std::size_t operator()(const SubjectKey& key) const noexcept
    {
        return static_cast<std::size_t>(mixHash(mixHash(key.kind.index, key.ns.index), key.name.index));
    }
};

bool meansSomebody(const Cluster& cluster, const cluster::Subject& subject)
{
    const std::string_view kind = cluster.text(subject.kind);
    return kind == "User" || kind == "Group" || (kind == "ServiceAccount" && !cluster.text(subject.ns).empty());
}

std::vector<Reacher> byRbac(const Rbac& rbac, const Request& request)
{
    const Cluster& cluster = rbac.cluster();
    std::unordered_map<SubjectKey, std::uint32_t, SubjectHash> indexOf;
    std::vector<Reacher> out;
    for (const Grant& grant : rbac.grants(request)) {
        const cluster::Subject& subject = cluster.roleBindings()[grant.binding].subjects[grant.subject];
        if (!meansSomebody(cluster, subject))
            continue;
        const bool isAccount = cluster.text(subject.kind) == "ServiceAccount";
        const SubjectKey key { subject.kind, isAccount ? subject.ns : StringId(), subject.name };
        const auto [at, isNew] = indexOf.try_emplace(key, static_cast<std::uint32_t>(out.size()));
        if (isNew)
            out.push_back({ .kind = cluster.text(key.kind),
                .ns = cluster.text(key.ns),
                .name = cluster.text(key.name),
                .by = By::Rbac,
                .grants = {} });
        Reacher& reacher = out[at->second];
        // A subject that a binding names twice.
        if (reacher.grants.empty() || reacher.grants.back().binding != grant.binding)
            reacher.grants.push_back(grant);
    }
    return out;
}

bool usesMode(const Server& server, std::string_view mode)
{
    if (server.modes != Server::Modes::Flags)
        return mode != "AlwaysAllow";
    return std::ranges::any_of(server.authorizers,
        [&](const std::vector<std::string>& modes) { return std::ranges::find(modes, mode) != modes.end(); });
}

// Nodes by the rules that all have alike, or by their name.
void addNodes(const Authorizers& authorizers, const Request& request, WhoCan& out)
{
    if (!usesMode(authorizers.server(), "Node"))
        return;
    if (authorizers.nodeAllows("", request)) { // a node without a name has what all have
        out.reachers.push_back({ .kind = "Group", .ns = {}, .name = "system:nodes", .by = By::Node, .grants = {} });
        return;
    }
    if (Authorizers::isByNodesPods(request)) {
        out.isAlsoByNodesPods = request.verb == "get" || request.verb == "list" || request.verb == "watch"
            || (request.resource == "serviceaccounts" && request.subresource == "token");
        return;
    }
    const Cluster& cluster = authorizers.cluster();
    if (request.name.empty() || cluster.nodes().empty() || !authorizers.nodeAllows(request.name, request))
        return;
    for (const cluster::Node& node : cluster.nodes()) {
        const std::string_view name = cluster.text(cluster.object(node.object).name);
        if (name == request.name)
            out.reachers.push_back({ .kind = "Node", .ns = {}, .name = name, .by = By::Node, .grants = {} });
    }
}

} // namespace

WhoCan whoCan(const Authorizers& authorizers, const Request& request)
{
    WhoCan out;
    out.isEverybody = usesMode(authorizers.server(), "AlwaysAllow");
    if (usesMode(authorizers.server(), "RBAC"))
        out.reachers = byRbac(authorizers.rbac(), request);
    addNodes(authorizers, request, out);
    const auto masters = std::ranges::find_if(out.reachers,
        [](const Reacher& reacher) { return reacher.kind == "Group" && reacher.name == "system:masters"; });
    if (masters != out.reachers.end())
        masters->by = By::SystemMasters;
    else
        out.reachers.push_back(
            { .kind = "Group", .ns = {}, .name = "system:masters", .by = By::SystemMasters, .grants = {} });
    std::ranges::sort(out.reachers, [](const Reacher& a, const Reacher& b) {
        return std::tie(a.kind, a.ns, a.name, a.by) < std::tie(b.kind, b.ns, b.name, b.by);
    });
    return out;
}

} // namespace plimsoll::access
