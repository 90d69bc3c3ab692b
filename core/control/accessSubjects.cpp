// SPDX-License-Identifier: Apache-2.0
#include "core/control/detail/Access_p.h"

#include <algorithm>
#include <array>

#include "core/base/Text.h"

// Who is who: what belongs to Kubernetes itself, and how subjects and roles are named in messages and evidence.
namespace plimsoll::control {

using cluster::Cluster;
using cluster::RoleBinding;

namespace {

constexpr std::size_t maxEvidenceSubjects = 50;

template <std::size_t count> bool contains(const std::array<std::string_view, count>& list, std::string_view text)
{
    return std::ranges::find(list, text) != list.end();
}

bool isBootstrapLabelled(const Cluster& cluster, cluster::ObjectId id)
{
    return cluster.label(cluster.object(id), "kubernetes.io/bootstrapping") == "rbac-defaults";
}

std::string_view nameOf(const Cluster& cluster, cluster::ObjectId id)
{
    return cluster.text(cluster.object(id).name);
}

std::string_view namespaceOf(const Cluster& cluster, cluster::ObjectId id)
{
    return cluster.text(cluster.object(id).ns);
}

// Does every element of a rule's list occur among the allowed texts?
template <std::size_t count>
bool within(const Cluster& cluster, std::span<const StringId> list, const std::array<std::string_view, count>& allowed)
{
    return std::ranges::all_of(list, [&](StringId id) { return contains(allowed, cluster.text(id)); });
}

// A service account of the control plane in the binding that Kubernetes makes for it.
bool isControllerAccount(std::string_view bindingName, std::string_view ns, std::string_view name)
{
    constexpr std::string_view controller = "system:controller:";
    // pkg/registry/rbac: bootstrappolicy/policy.go and namespace_policy.go of 1.36.
    constexpr std::array<std::string_view, 8> others { "bootstrap-signer", "cloud-provider", "kube-controller-manager",
        "kube-dns", "kube-scheduler", "leader-election-controller", "token-cleaner", "kube-proxy" };
    if (ns != "kube-system")
        return false;
    if (bindingName.starts_with(controller))
        return bindingName.substr(controller.size()) == name;
    return contains(others, name);
}

bool isWideGroup(std::string_view name)
{
    return name == "system:authenticated" || name == "system:unauthenticated" || name == "system:serviceaccounts"
        || name.starts_with("system:serviceaccounts:");
}

} // namespace

bool hasBootstrapRoles(const Cluster& cluster)
{
    return bool(cluster.find("ClusterRole", "", "cluster-admin"));
}

bool isBootstrapRoleName(std::string_view kind, std::string_view ns, std::string_view name)
{
    constexpr std::array<std::string_view, 4> facing { "admin", "cluster-admin", "edit", "view" };
    if (kind == "ClusterRole")
        return name.starts_with("system:") || contains(facing, name);
    if (ns != "kube-system" && ns != "kube-public")
        return false;
    return name == "extension-apiserver-authentication-reader" || name.starts_with("system:");
}

RoleState roleState(const Cluster& cluster, const RoleBinding& binding)
{
    if (access::grantedRole(cluster, binding))
        return RoleState::Present;
    const std::string_view kind = cluster.text(binding.roleKind);
    const std::string_view name = cluster.text(binding.roleName);
    if (binding.role != RoleBinding::noRole || (binding.isClusterRoleBinding && kind != "ClusterRole"))
        return RoleState::Missing; // a ClusterRoleBinding to a Role grants nothing
    if (hasBootstrapRoles(cluster))
        return cluster.covers(rbacGroup, kind) ? RoleState::Missing : RoleState::Unknown;
    if (kind == "ClusterRole" && name == "cluster-admin")
        return RoleState::KnownAdmin;
    if (isBootstrapRoleName(kind, namespaceOf(cluster, binding.object), name) || !cluster.covers(rbacGroup, kind))
        return RoleState::Unknown;
    return RoleState::Missing;
}

bool isKubernetesRole(const Cluster& cluster, const cluster::Role& role)
{
    return isBootstrapLabelled(cluster, role.object)
        && isBootstrapRoleName(role.isClusterRole ? "ClusterRole" : "Role", namespaceOf(cluster, role.object),
            nameOf(cluster, role.object));
}

bool isDiscoveryOnly(const Cluster& cluster, const cluster::Role& role, Audience audience)
{
    constexpr std::array<std::string_view, 9> open { "/healthz", "/livez", "/readyz", "/version", "/version/",
        "/.well-known", "/.well-known/*", "/.well-known/openid-configuration", "/openid/v1/jwks" };
    constexpr std::array<std::string_view, 8> discovery { "/api", "/api/*", "/apis", "/apis/*", "/openapi",
        "/openapi/*", "/swagger*", "/" };
    constexpr std::array<std::string_view, 2> reading { "get", "head" };
    constexpr std::array<std::string_view, 1> create { "create" };
    constexpr std::array<std::string_view, 2> groups { "authentication.k8s.io", "authorization.k8s.io" };
    constexpr std::array<std::string_view, 3> aboutOneself { "selfsubjectaccessreviews", "selfsubjectrulesreviews",
        "selfsubjectreviews" };
    const bool isLoggedIn = audience == Audience::Authenticated;
    return std::ranges::all_of(role.rules, [&](const cluster::PolicyRule& rule) {
        const bool readsPaths = rule.resources.empty() && within(cluster, rule.verbs, reading)
            && std::ranges::all_of(rule.nonResourceUrls, [&](StringId url) {
                   const std::string_view path = cluster.text(url);
                   return contains(open, path) || (isLoggedIn && contains(discovery, path));
               });
        return readsPaths
            || (isLoggedIn && rule.nonResourceUrls.empty() && within(cluster, rule.verbs, create)
                && within(cluster, rule.apiGroups, groups) && within(cluster, rule.resources, aboutOneself));
    });
}

bool isKubernetesSubject(const Cluster& cluster, const RoleBinding& binding, const cluster::Subject& subject)
{
    const std::string_view bindingName = nameOf(cluster, binding.object);
    const std::string_view roleName = cluster.text(binding.roleName);
    const bool isAdminBinding = bindingName == "cluster-admin" && roleName == "cluster-admin";
    const bool namesOwnRole
        = roleName.starts_with("system:") || roleName == "extension-apiserver-authentication-reader";
    if (!isBootstrapLabelled(cluster, binding.object)
        || !(isAdminBinding || (bindingName.starts_with("system:") && namesOwnRole)))
        return false;
    const cluster::Role* role = access::grantedRole(cluster, binding);
    if (role && !isKubernetesRole(cluster, *role))
        return false;

    const std::string_view kind = cluster.text(subject.kind);
    const std::string_view name = cluster.text(subject.name);
    if (isAdminBinding || name == "system:masters")
        return isAdminBinding && kind == "Group" && name == "system:masters";
    if (kind == "ServiceAccount")
        return isControllerAccount(bindingName, cluster.text(subject.ns), name);
    if (kind == "Group" && isWideGroup(name)) {
        if (name == "system:serviceaccounts" && roleName == "system:service-account-issuer-discovery")
            return true;
        const Audience audience = name == "system:unauthenticated" ? Audience::Anonymous : Audience::Authenticated;
        if (role)
            return isDiscoveryOnly(cluster, *role, audience);
        return roleName == "system:public-info-viewer"
            || (audience == Audience::Authenticated
                && (roleName == "system:basic-user" || roleName == "system:discovery"));
    }
    return name.starts_with("system:") && name != "system:anonymous" && !name.starts_with("system:serviceaccount:");
}

bool isControlPlane(const Cluster& cluster, const cluster::Subject& subject)
{
    const std::string_view kind = cluster.text(subject.kind);
    const std::string_view name = cluster.text(subject.name);
    return (kind == "Group" && name == "system:masters")
        || (kind == "User" && name == "system:kube-controller-manager");
}

std::vector<std::uint32_t> foreignSubjects(const Cluster& cluster, const RoleBinding& binding)
{
    std::vector<std::uint32_t> found;
    for (std::uint32_t index = 0; index < binding.subjects.size(); ++index) {
        const cluster::Subject& subject = binding.subjects[index];
        if (!isControlPlane(cluster, subject) && !isKubernetesSubject(cluster, binding, subject))
            found.push_back(index);
    }
    return found;
}

std::string subjectText(const Cluster& cluster, const cluster::Subject& subject)
{
    const std::string_view kind = cluster.text(subject.kind);
    std::string text = printable(kind) + ' ';
    if (kind == "ServiceAccount" && !cluster.text(subject.ns).empty())
        text += printable(cluster.text(subject.ns)) + '/';
    return text + printable(cluster.text(subject.name));
}

std::string listText(std::span<const std::string> pieces, std::size_t limit)
{
    const std::size_t shown = pieces.size() <= limit ? pieces.size() : limit;
    std::string text;
    for (std::size_t index = 0; index < shown; ++index) {
        if (index > 0)
            text += index + 1 == pieces.size() ? " and " : ", ";
        text += pieces[index];
    }
    if (shown < pieces.size())
        text += " and " + std::to_string(pieces.size() - shown) + " more";
    return text;
}

std::string subjectsText(const Cluster& cluster, const RoleBinding& binding, std::span<const std::uint32_t> subjects)
{
    std::vector<std::string> texts;
    for (const std::uint32_t index : subjects)
        texts.push_back(subjectText(cluster, binding.subjects[index]));
    return listText(texts, 3);
}

std::string roleText(const Cluster& cluster, const RoleBinding& binding)
{
    return printable(cluster.text(binding.roleKind)) + ' ' + printable(cluster.text(binding.roleName));
}

std::string namespaceText(const Cluster& cluster, const RoleBinding& binding)
{
    if (binding.isClusterRoleBinding)
        return "in every namespace";
    const std::string_view ns = namespaceOf(cluster, binding.object);
    return ns.empty() ? "in the binding's namespace" : "in namespace " + printable(ns);
}

std::string joinTexts(const Cluster& cluster, std::span<const StringId> ids)
{
    std::vector<std::string> texts;
    for (const StringId id : ids)
        texts.push_back(cluster.text(id).empty() ? "\"\"" : printable(cluster.text(id)));
    return join(texts, ", ");
}

void addSubjects(const Cluster& cluster, const RoleBinding& binding, std::span<const std::uint32_t> subjects,
    std::vector<Evidence>& evidence)
{
    for (const std::uint32_t index : subjects.first(std::min(subjects.size(), maxEvidenceSubjects)))
        evidence.push_back(
            { binding.object, "/subjects/" + std::to_string(index), subjectText(cluster, binding.subjects[index]) });
}

void addRoleRef(const Cluster& cluster, const RoleBinding& binding, std::vector<Evidence>& evidence)
{
    evidence.push_back({ binding.object, "/roleRef/name", roleText(cluster, binding) });
}

void addRuleField(const Cluster& cluster, const cluster::Role& role, std::uint32_t rule, std::string_view field,
    std::vector<Evidence>& evidence)
{
    const cluster::PolicyRule& from = role.rules[rule];
    const std::vector<StringId>& list = field == "verbs" ? from.verbs
        : field == "resources"                           ? from.resources
        : field == "apiGroups"                           ? from.apiGroups
        : field == "resourceNames"                       ? from.resourceNames
                                                         : from.nonResourceUrls;
    evidence.push_back({ role.object, "/rules/" + std::to_string(rule) + '/' + std::string(field),
        std::string(field) + ": " + joinTexts(cluster, list) });
}

Outcome passed(cluster::ObjectId object, std::string message)
{
    Outcome outcome;
    outcome.object = object;
    outcome.message = std::move(message);
    return outcome;
}

Outcome notAssessed(cluster::ObjectId object, std::string missing)
{
    Outcome outcome = passed(object, std::move(missing));
    outcome.verdict = Verdict::NotAssessed;
    return outcome;
}

Outcome failed(
    const Cluster& cluster, const RoleBinding& binding, std::span<const std::uint32_t> subjects, std::string message)
{
    Outcome outcome = passed(binding.object, std::move(message));
    outcome.verdict = Verdict::Fail;
    outcome.affected = static_cast<std::uint32_t>(subjects.size());
    addSubjects(cluster, binding, subjects, outcome.evidence);
    addRoleRef(cluster, binding, outcome.evidence);
    return outcome;
}

bool isIn(const RoleBinding& binding, Bindings bindings)
{
    switch (bindings) {
    case Bindings::ClusterRoleBindings:
        return binding.isClusterRoleBinding;
    case Bindings::RoleBindings:
        return !binding.isClusterRoleBinding;
    case Bindings::Both:
        return true;
    }
    return true;
}

void reportMissingBindings(const Cluster& cluster, Bindings bindings, std::vector<Outcome>& outcomes)
{
    std::vector<std::string> missing;
    if (bindings != Bindings::RoleBindings && !cluster.covers(rbacGroup, "ClusterRoleBinding"))
        missing.push_back("ClusterRoleBindings");
    if (bindings != Bindings::ClusterRoleBindings && !cluster.covers(rbacGroup, "RoleBinding"))
        missing.push_back("RoleBindings");
    if (!missing.empty())
        outcomes.push_back(notAssessed({}, listText(missing, 2) + " are not in the source."));
}

} // namespace plimsoll::control
