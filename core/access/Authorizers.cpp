// SPDX-License-Identifier: Apache-2.0
#include "core/access/Authorizers.h"

#include <algorithm>
#include <array>

#include "core/access/detail/Node_p.h"
#include "core/base/Text.h"

namespace plimsoll::access {

namespace {

using cluster::Cluster;

constexpr std::string_view rbacGroup = "rbac.authorization.k8s.io";
constexpr std::array<std::string_view, 4> rbacKinds { "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding" };
constexpr std::size_t clusterKinds = 2; // the first of them decide requests without a namespace too

struct KindHeld {
    bool isHeld = false;
    const snapshot::PartialKind* partial = nullptr; // held for these namespaces only
};

std::vector<std::string> presumedModes()
{
    return { "Node", "RBAC" };
}

} // namespace

struct Authorizers::Private {
    explicit Private(const Cluster& cluster, const Server& server)
        : node(cluster, server)
    {
        const auto& partials = cluster.snapshot().partialKinds();
        for (std::size_t at = 0; at < rbacKinds.size(); ++at) {
            held[at].isHeld = cluster.covers(rbacGroup, rbacKinds[at]);
            for (const snapshot::PartialKind& partial : partials)
                if (partial.group == rbacGroup && partial.kind == rbacKinds[at])
                    held[at].partial = &partial;
        }
    }
    detail::NodeAuthorizer node;
    std::array<KindHeld, rbacKinds.size()> held;
};

std::optional<std::string_view> nodeOf(const User& user)
{
    constexpr std::string_view prefix = "system:node:";
    if (!user.name.starts_with(prefix) || user.name.size() == prefix.size()
        || std::ranges::find(user.groups, "system:nodes") == user.groups.end())
        return std::nullopt;
    return std::string_view(user.name).substr(prefix.size());
}

Authorizers::Authorizers(std::shared_ptr<const Rbac> rbac)
    : m_rbac(std::move(rbac))
    , m_server(serverOf(m_rbac->cluster()))
    , m_private(std::make_unique<Private>(m_rbac->cluster(), m_server))
{
}

Authorizers::~Authorizers() = default;

std::string Authorizers::missingKinds(std::string_view ns) const
{
    std::vector<std::string_view> missing;
    for (std::size_t at = 0; at < (ns.empty() ? clusterKinds : rbacKinds.size()); ++at) {
        const KindHeld& held = m_private->held[at];
        const bool isPart
            = held.partial && std::ranges::find(held.partial->namespaces, ns) == held.partial->namespaces.end();
        if (!held.isHeld || isPart)
            missing.push_back(rbacKinds[at]);
    }
    return join(std::span<const std::string_view>(missing), ", ");
}

bool Authorizers::nodeAllows(std::string_view node, const Request& request) const
{
    return m_private->node.allows(node, request);
}

bool Authorizers::isByNodesPods(const Request& request)
{
    if (request.apiGroup == "resource.k8s.io")
        return request.resource == "resourceclaims" || request.resource == "resourceslices";
    if (request.apiGroup == "storage.k8s.io")
        return request.resource == "volumeattachments";
    constexpr std::array<std::string_view, 6> related { "secrets", "configmaps", "persistentvolumeclaims",
        "persistentvolumes", "serviceaccounts", "pods" };
    return request.apiGroup.empty() && request.path.empty()
        && std::ranges::find(related, request.resource) != related.end();
}

Decision Authorizers::decide(const Principal& principal, const Request& request) const
{
    if (principal.isSystemMaster)
        return { .answer = Answer::Yes, .by = By::SystemMasters, .grant = {}, .miss = {}, .remark = {} };
    const std::optional<Grant> grant = m_rbac->allows(principal, request);
    const std::optional<std::string_view> node = nodeOf(principal.user);
    const auto inOrder = [&](std::span<const std::string> modes) {
        Decision out;
        std::string_view uncertain; // an authorizer that may have allowed, or denied, before
        for (const std::string& mode : modes) {
            if (mode == "AlwaysAllow")
                out.by = By::AlwaysAllow;
            else if (mode == "Node" && node && nodeAllows(*node, request))
                out.by = By::Node;
            else if (mode == "RBAC" && grant)
                out.by = By::Rbac;
            if (out.by != By::Nobody)
                break;
            if (mode != "Node" && mode != "RBAC" && mode != "AlwaysDeny")
                uncertain = mode;
        }
        out.answer = out.by == By::Nobody ? Answer::No : Answer::Yes;
        // ABAC never denies: before an allowing authorizer it changes nothing.
        if (!uncertain.empty() && !(out.answer == Answer::Yes && uncertain == "ABAC")) {
            out.answer = Answer::Unknown;
            out.remark = "the authorizer " + printable(uncertain) + " may decide otherwise";
        }
        return out;
    };
    Decision out;
    if (m_server.modes == Server::Modes::Flags) {
        out = inOrder(m_server.authorizers.front());
        for (const auto& modes : m_server.authorizers)
            if (inOrder(modes).answer != out.answer) {
                out.answer = Answer::Unknown;
                out.remark = "the API servers have different authorizers";
            }
    } else {
        out = inOrder(presumedModes());
        if (out.by == By::Node)
            out.remark = "presuming that the API server has the Node authorizer";
    }
    if (out.by == By::Rbac)
        out.grant = *grant;
    if (out.answer != Answer::No)
        return out;
    if (const std::string missing = missingKinds(request.ns); !missing.empty()) {
        out.answer = Answer::Unknown;
        out.remark = "the source does not hold every " + missing;
    }
    out.miss = nearestMiss(cluster(), principal, request);
    return out;
}

Decision Authorizers::decide(const User& user, const Request& request) const
{
    return decide(m_rbac->principal(user), request);
}

} // namespace plimsoll::access
