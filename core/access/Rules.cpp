// SPDX-License-Identifier: Apache-2.0
#include "core/access/Access.h"

#include <algorithm>
#include <array>

namespace plimsoll::access {

namespace {

using cluster::Cluster;
using cluster::PolicyRule;

bool holds(const Cluster& cluster, std::span<const StringId> list, std::string_view wanted)
{
    return std::ranges::any_of(list, [&](StringId id) { return cluster.text(id) == wanted; });
}

bool holdsOrStar(const Cluster& cluster, std::span<const StringId> list, std::string_view wanted)
{
    return std::ranges::any_of(list, [&](StringId id) {
        const std::string_view text = cluster.text(id);
        return text == "*" || text == wanted;
    });
}

bool resourceMatches(
    const Cluster& cluster, const PolicyRule& rule, std::string_view resource, std::string_view subresource)
{
    std::string combined(resource);
    if (!subresource.empty())
        combined.append(1, '/').append(subresource);
    return std::ranges::any_of(rule.resources, [&](StringId id) {
        const std::string_view text = cluster.text(id);
        if (text == "*" || text == combined)
            return true;
        // "*/sub" only: "pods/*" is no wildcard for the API server.
        return !subresource.empty() && text.size() == subresource.size() + 2 && text.starts_with("*/")
            && text.ends_with(subresource);
    });
}

bool urlMatches(std::string_view rule, std::string_view path)
{
    if (rule == "*" || rule == path)
        return true;
    if (!rule.ends_with('*'))
        return false;
    while (rule.ends_with('*')) // TrimRight("*"): "/foo**" is the prefix "/foo"
        rule.remove_suffix(1);
    return path.starts_with(rule);
}

struct Scoped {
    std::string_view group;
    std::string_view resource;
};

// Built-in resources of Kubernetes 1.36 without a namespace, and the two that exist for impersonation alone.
constexpr std::array clusterScoped {
    Scoped { "", "componentstatuses" },
    Scoped { "", "groups" },
    Scoped { "", "namespaces" },
    Scoped { "", "nodes" },
    Scoped { "", "persistentvolumes" },
    Scoped { "", "users" },
    Scoped { "apiextensions.k8s.io", "customresourcedefinitions" },
    Scoped { "apiregistration.k8s.io", "apiservices" },
    Scoped { "authentication.k8s.io", "selfsubjectreviews" },
    Scoped { "authentication.k8s.io", "tokenreviews" },
    Scoped { "authentication.k8s.io", "uids" },
    Scoped { "authentication.k8s.io", "userextras" },
    Scoped { "authorization.k8s.io", "selfsubjectaccessreviews" },
    Scoped { "authorization.k8s.io", "selfsubjectrulesreviews" },
    Scoped { "authorization.k8s.io", "subjectaccessreviews" },
    Scoped { "certificates.k8s.io", "certificatesigningrequests" },
    Scoped { "certificates.k8s.io", "clustertrustbundles" },
    Scoped { "certificates.k8s.io", "signers" },
    Scoped { "internal.apiserver.k8s.io", "storageversions" },
    Scoped { "metrics.k8s.io", "nodes" },
    Scoped { "networking.k8s.io", "ingressclasses" },
    Scoped { "networking.k8s.io", "ipaddresses" },
    Scoped { "networking.k8s.io", "servicecidrs" },
    Scoped { "node.k8s.io", "runtimeclasses" },
    Scoped { "policy", "podsecuritypolicies" },
    Scoped { "rbac.authorization.k8s.io", "clusterrolebindings" },
    Scoped { "rbac.authorization.k8s.io", "clusterroles" },
    Scoped { "resource.k8s.io", "deviceclasses" },
    Scoped { "resource.k8s.io", "devicetaintrules" },
    Scoped { "resource.k8s.io", "resourceslices" },
    Scoped { "scheduling.k8s.io", "priorityclasses" },
    Scoped { "storage.k8s.io", "csidrivers" },
    Scoped { "storage.k8s.io", "csinodes" },
    Scoped { "storage.k8s.io", "storageclasses" },
    Scoped { "storage.k8s.io", "volumeattachments" },
    Scoped { "storage.k8s.io", "volumeattributesclasses" },
    Scoped { "storagemigration.k8s.io", "storageversionmigrations" },
};

// Requests whose URL cannot hold the name of an object.
bool isNameless(const Permission& permission)
{
    return permission.verb == "deletecollection" || (permission.verb == "create" && permission.subresource.empty());
}

} // namespace

bool ruleAllows(const Cluster& cluster, const PolicyRule& rule, const Request& request)
{
    if (!holdsOrStar(cluster, rule.verbs, request.verb))
        return false;
    if (!request.path.empty())
        return std::ranges::any_of(
            rule.nonResourceUrls, [&](StringId url) { return urlMatches(cluster.text(url), request.path); });
    return holdsOrStar(cluster, rule.apiGroups, request.apiGroup)
        && resourceMatches(cluster, rule, request.resource, request.subresource)
        && (rule.resourceNames.empty() || holds(cluster, rule.resourceNames, request.name));
}

bool subjectMatches(const Cluster& cluster, const cluster::Subject& subject, const User& user)
{
    const std::string_view kind = cluster.text(subject.kind);
    const std::string_view name = cluster.text(subject.name);
    if (kind == "User")
        return user.name == name;
    if (kind == "Group")
        return std::ranges::find(user.groups, name) != user.groups.end();
    if (kind != "ServiceAccount" || cluster.text(subject.ns).empty())
        return false;
    return user.name == Rbac::serviceAccountUser(cluster.text(subject.ns), name).name;
}

const cluster::Role* grantedRole(const Cluster& cluster, const cluster::RoleBinding& binding)
{
    if (binding.role == cluster::RoleBinding::noRole)
        return nullptr;
    const cluster::Role& role = cluster.roles()[binding.role];
    return binding.isClusterRoleBinding && !role.isClusterRole ? nullptr : &role;
}

Reach reach(const Cluster& cluster, const PolicyRule& rule, const Permission& permission)
{
    if (!holdsOrStar(cluster, rule.verbs, permission.verb) || !holdsOrStar(cluster, rule.apiGroups, permission.apiGroup)
        || !resourceMatches(cluster, rule, permission.resource, permission.subresource))
        return Reach::None;
    if (rule.resourceNames.empty())
        return Reach::All;
    return isNameless(permission) && !holds(cluster, rule.resourceNames, "") ? Reach::None : Reach::Named;
}

Reach reach(
    const Cluster& cluster, const cluster::RoleBinding& binding, const PolicyRule& rule, const Permission& permission)
{
    const Reach found = reach(cluster, rule, permission);
    if (found == Reach::None || binding.isClusterRoleBinding
        || !isClusterScoped(permission.apiGroup, permission.resource))
        return found;
    if (permission.verb == "bind" && permission.resource == "clusterroles")
        return found;
    if (permission.apiGroup.empty() && permission.resource == "namespaces") {
        constexpr std::array<std::string_view, 4> onOne { "get", "update", "patch", "delete" };
        const std::string_view ns = cluster.text(cluster.object(binding.object).ns);
        const bool isOwn = found == Reach::All || holds(cluster, rule.resourceNames, ns);
        return isOwn && std::ranges::find(onOne, permission.verb) != onOne.end() ? Reach::Named : Reach::None;
    }
    return Reach::None;
}

bool isClusterScoped(std::string_view apiGroup, std::string_view resource)
{
    if (apiGroup == "admissionregistration.k8s.io" || apiGroup == "flowcontrol.apiserver.k8s.io")
        return true;
    return std::ranges::any_of(
        clusterScoped, [&](const Scoped& row) { return row.group == apiGroup && row.resource == resource; });
}

std::vector<Holding> holdings(const Cluster& cluster, const Permission& permission)
{
    std::vector<Holding> found;
    const auto bindings = cluster.roleBindings();
    for (std::uint32_t index = 0; index < bindings.size(); ++index) {
        const cluster::Role* role = grantedRole(cluster, bindings[index]);
        if (!role)
            continue;
        Holding holding { .binding = index, .role = bindings[index].role, .reach = Reach::None, .rules = {} };
        for (std::uint32_t rule = 0; rule < role->rules.size(); ++rule) {
            const Reach one = reach(cluster, bindings[index], role->rules[rule], permission);
            if (one == Reach::None)
                continue;
            holding.reach = std::max(holding.reach, one);
            holding.rules.push_back(rule);
        }
        if (!holding.rules.empty())
            found.push_back(std::move(holding));
    }
    return found;
}

} // namespace plimsoll::access
