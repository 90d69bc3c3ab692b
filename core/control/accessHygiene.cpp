// SPDX-License-Identifier: Apache-2.0
#include "core/control/detail/Access_p.h"

#include <algorithm>
#include <array>
#include <set>

#include "core/access/Authorizers.h"
#include "core/access/Questions.h"
#include "core/base/Text.h"
#include "core/format/Document.h"

// Rights that depend on the version or the platform, roles that grow by labels, the dashboard, and what nothing uses.
namespace plimsoll::control {

using access::Reach;
using cluster::Cluster;
using cluster::Role;
using cluster::RoleBinding;

namespace {

constexpr std::array execByGet {
    Wanted { "", "pods", "exec", "get" },
    Wanted { "", "pods", "attach", "get" },
    Wanted { "", "pods", "portforward", "get" },
};
constexpr Danger execsByGet { execByGet, 0, Bindings::Both, true,
    "which over a WebSocket is all that a shell or a tunnel needs" };

constexpr std::array<std::string_view, 1> awsAuthName { "aws-auth" };
constexpr std::array awsAuth { Wanted { "", "configmaps", "", "create update patch" } };
constexpr Danger writesAwsAuth { awsAuth, 0, Bindings::Both, true, "and with aws-auth make anybody an administrator",
    "kube-system", awsAuthName };

} // namespace

// A server from 1.35 on asks for `create`, whatever the transport.
void judgeExecByGet(const Context& context, std::vector<Outcome>& outcomes)
{
    if (!context.cluster.version().isKnown()) {
        outcomes.push_back(
            notAssessed({}, "The version of the API server is not known: from 1.35 on `get` is not enough."));
        return;
    }
    if (access::serverOf(context.cluster).isExecByGetAllowed) {
        judgeDanger(execsByGet, context, outcomes);
        return;
    }
    for (const RoleBinding& binding : context.cluster.roleBindings())
        outcomes.push_back(passed(binding.object, "This API server asks for create, whatever the transport."));
}

void judgeAwsAuth(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    const bool isThere = static_cast<bool>(cluster.find("ConfigMap", "kube-system", "aws-auth"));
    if (isThere || cluster.version().text.contains("-eks-"))
        judgeDanger(writesAwsAuth, context, outcomes);
    else if (!cluster.version().isKnown() && !cluster.covers("", "ConfigMap"))
        outcomes.push_back(notAssessed({}, "Neither the version of the API server nor ConfigMaps are in the source."));
}

namespace {

bool isDashboardName(std::string_view name)
{
    return name.starts_with("kubernetes-dashboard");
}

bool isDashboardService(const Cluster& cluster, const cluster::Service& service)
{
    const cluster::Object& object = cluster.object(service.object);
    return isDashboardName(cluster.text(object.name)) || isDashboardName(cluster.label(object, "k8s-app"))
        || isDashboardName(cluster.label(object, "app.kubernetes.io/name"));
}

Outcome exposedDashboard(
    const Cluster& cluster, cluster::ObjectId object, std::string message, std::string pointer, std::string value)
{
    Outcome outcome = passed(object, cluster.titleOf(object) + std::move(message));
    outcome.verdict = Verdict::Fail;
    outcome.evidence.push_back({ object, std::move(pointer), std::move(value) });
    return outcome;
}

void judgeDashboardServices(const Cluster& cluster, std::vector<Outcome>& outcomes)
{
    for (const cluster::Service& service : cluster.services()) {
        if (!isDashboardService(cluster, service))
            continue;
        const std::string_view type = cluster.text(service.type);
        const cluster::Object& object = cluster.object(service.object);
        const bool isOut = type == "NodePort" || type == "LoadBalancer";
        outcomes.push_back(isOut
                ? exposedDashboard(cluster, service.object,
                    " makes the dashboard reachable from outside of the cluster.", "/spec/type", printable(type))
                : passed(service.object, "It is reachable from within the cluster only."));
        for (const cluster::Ingress& ingress : cluster.ingresses()) {
            const bool leadsThere = cluster.object(ingress.object).ns == object.ns
                && std::ranges::any_of(ingress.backends,
                    [&](const cluster::IngressBackend& backend) { return backend.service == object.name; });
            if (leadsThere)
                outcomes.push_back(
                    exposedDashboard(cluster, ingress.object, " leads from outside of the cluster to the dashboard.",
                        "/spec/rules", cluster.refOf(service.object)));
        }
    }
}

// More than the dashboard's own manifests give it, which read and write a few named objects and metrics.
bool isBroad(const Cluster& cluster, const RoleBinding& binding, const Role& role)
{
    constexpr std::array asked { access::Permission { "list", "", "secrets", "" },
        access::Permission { "create", "", "pods", "" }, access::Permission { "create", "", "pods", "exec" },
        access::Permission { "delete", "", "pods", "" }, access::Permission { "list", "", "pods", "" } };
    return std::ranges::any_of(role.rules, [&](const cluster::PolicyRule& rule) {
        return std::ranges::any_of(asked, [&](const access::Permission& permission) {
            return access::reach(cluster, binding, rule, permission) == Reach::All;
        });
    });
}

} // namespace

void judgeDashboard(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    judgeDashboardServices(cluster, outcomes);
    reportMissingBindings(cluster, Bindings::Both, outcomes);
    for (const RoleBinding& binding : cluster.roleBindings()) {
        std::vector<std::uint32_t> dashboards;
        for (std::uint32_t index = 0; index < binding.subjects.size(); ++index) {
            const cluster::Subject& subject = binding.subjects[index];
            if (cluster.text(subject.kind) == "ServiceAccount" && isDashboardName(cluster.text(subject.name)))
                dashboards.push_back(index);
        }
        if (dashboards.empty()) {
            outcomes.push_back(passed(binding.object, "It does not name the dashboard."));
            continue;
        }
        const RoleState state = roleState(cluster, binding);
        const Role* role = access::grantedRole(cluster, binding);
        if (state == RoleState::Unknown)
            outcomes.push_back(notAssessed(binding.object, roleText(cluster, binding) + " is not in the source."));
        else if (state == RoleState::KnownAdmin || (role && isBroad(cluster, binding, *role)))
            outcomes.push_back(failed(cluster, binding, dashboards,
                "The dashboard's service account holds " + roleText(cluster, binding) + ' '
                    + namespaceText(cluster, binding) + ": whoever reaches the dashboard may use it."));
        else
            outcomes.push_back(passed(binding.object, "It gives the dashboard what it needs for itself."));
    }
}

namespace {

Outcome unusedObject(cluster::ObjectId object, std::string message, std::string pointer)
{
    Outcome outcome = passed(object, std::move(message));
    outcome.verdict = Verdict::Fail;
    outcome.evidence.push_back({ object, std::move(pointer), "unused" });
    return outcome;
}

// Accounts that a workload runs as, and those that a binding or a token names for use from elsewhere.
std::set<std::pair<StringId, StringId>> usedAccounts(const Cluster& cluster)
{
    std::set<std::pair<StringId, StringId>> out;
    for (const cluster::Workload& workload : cluster.workloads()) {
        for (const cluster::PodSpecUse& use : workload.specs)
            out.emplace(cluster.object(workload.object).ns, cluster.podSpec(use.spec).serviceAccountName);
    }
    for (const RoleBinding& binding : cluster.roleBindings()) {
        for (const cluster::Subject& subject : binding.subjects) {
            if (cluster.text(subject.kind) == "ServiceAccount")
                out.emplace(subject.ns, subject.name);
        }
    }
    for (const cluster::Secret& secret : cluster.secrets()) {
        const cluster::Object& object = cluster.object(secret.object);
        const std::string_view account = cluster.annotation(object, "kubernetes.io/service-account.name");
        if (!account.empty())
            out.emplace(object.ns, cluster.id(account));
    }
    return out;
}

void judgeUnusedAccounts(const Cluster& cluster, std::vector<Outcome>& outcomes)
{
    for (const std::string_view kind : { "Pod", "Secret" }) {
        if (!cluster.covers("", kind)) {
            outcomes.push_back(notAssessed(
                {}, std::string(kind) + "s are not in the source: whether a service account is used cannot be told."));
            return;
        }
    }
    const auto used = usedAccounts(cluster);
    for (const cluster::ServiceAccount& account : cluster.serviceAccounts()) {
        const cluster::Object& object = cluster.object(account.object);
        // Every namespace has one, and kube-system those of the controllers, which are no pods.
        if (cluster.text(object.name) == "default" || cluster.text(object.ns) == "kube-system"
            || used.contains({ object.ns, object.name }))
            outcomes.push_back(passed(account.object, "It is used, or every cluster has it."));
        else
            outcomes.push_back(unusedObject(account.object,
                "No workload runs as it, no binding names it and no token of it is kept.", "/metadata/name"));
    }
}

} // namespace

void judgeUnused(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    reportMissingBindings(cluster, Bindings::Both, outcomes);
    std::set<std::uint32_t> unbound;
    for (const access::FaultyGrant& grant : access::deadGrants(cluster)) {
        if (grant.fault == access::GrantFault::RoleUnbound)
            unbound.insert(grant.object.index);
    }
    for (const Role& role : cluster.roles()) {
        const bool isUnused = unbound.contains(role.object.index) && !isKubernetesRole(cluster, role);
        outcomes.push_back(isUnused ? unusedObject(role.object, "No binding uses the role.", "/metadata/name")
                                    : passed(role.object, "It is bound, feeds another role, or is Kubernetes' own."));
    }
    for (const RoleBinding& binding : cluster.roleBindings()) {
        // Kubernetes makes one without subjects itself: system:node.
        const bool isOwn
            = cluster.label(cluster.object(binding.object), "kubernetes.io/bootstrapping") == "rbac-defaults"
            && isBootstrapRoleName("ClusterRole", {}, cluster.text(binding.roleName));
        outcomes.push_back(binding.subjects.empty() && !isOwn
                ? unusedObject(binding.object, "The binding has no subjects.", "/subjects")
                : passed(binding.object, "It has subjects, or Kubernetes made it so."));
    }
    judgeUnusedAccounts(cluster, outcomes);
}

namespace {

constexpr std::string_view aggregateTo = "rbac.authorization.k8s.io/aggregate-to-";

// What a rule adds that the role of this name is not meant to give; "" when nothing.
std::string addsBeyond(const Cluster& cluster, std::string_view target, const cluster::PolicyRule& rule)
{
    const auto has = [&](std::span<const StringId> list, auto... wanted) {
        return std::ranges::any_of(list, [&](StringId id) { return ((cluster.text(id) == wanted) || ...); });
    };
    if (has(rule.resources, "*") && has(rule.apiGroups, "*", ""))
        return "every resource";
    if (has(rule.verbs, "escalate", "bind", "impersonate"))
        return "the verbs " + joinTexts(cluster, rule.verbs);
    const bool reads = std::ranges::all_of(rule.verbs, [&](StringId verb) {
        const std::string_view text = cluster.text(verb);
        return text == "get" || text == "list" || text == "watch";
    });
    if (target == "view") {
        if (!reads)
            return "the verbs " + joinTexts(cluster, rule.verbs) + " to a role that only reads";
        if (has(rule.resources, "secrets", "*") && has(rule.apiGroups, "", "*"))
            return "Secrets to a role that is kept from them";
    }
    const bool touchesRoles = has(rule.apiGroups, rbacGroup, "*")
        && has(rule.resources, "roles", "rolebindings", "clusterroles", "clusterrolebindings");
    if (target != "admin" && touchesRoles && !reads)
        return "roles and bindings";
    if (has(rule.apiGroups, "", "*") && has(rule.resources, "nodes", "nodes/proxy", "persistentvolumes"))
        return "nodes and volumes of the cluster";
    return {};
}

} // namespace

// Whoever labels a ClusterRole so adds its rules to admin, edit or view, and to whoever holds these.
void judgeAggregation(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    if (!cluster.covers(rbacGroup, "ClusterRole")) {
        outcomes.push_back(notAssessed({}, "ClusterRoles are not in the source."));
        return;
    }
    for (const Role& role : cluster.roles()) {
        if (!role.isClusterRole)
            continue;
        Outcome outcome
            = passed(role.object, "It adds nothing to admin, edit and view that they are not meant to give.");
        for (const std::string_view target : { "admin", "edit", "view" }) {
            const std::string key = std::string(aggregateTo) + std::string(target);
            if (cluster.label(cluster.object(role.object), key) != "true" || isKubernetesRole(cluster, role))
                continue;
            for (std::uint32_t index = 0; index < role.rules.size(); ++index) {
                const std::string more = addsBeyond(cluster, target, role.rules[index]);
                if (more.empty())
                    continue;
                if (outcome.verdict == Verdict::Pass)
                    outcome.message = "Its label adds " + more + " for all who hold " + std::string(target) + '.';
                outcome.verdict = Verdict::Fail;
                addRuleField(cluster, role, index, "resources", outcome.evidence);
                addRuleField(cluster, role, index, "verbs", outcome.evidence);
            }
            if (outcome.verdict == Verdict::Fail)
                outcome.evidence.push_back({ role.object, format::pointerTo("/metadata/labels", key), "true" });
        }
        outcomes.push_back(std::move(outcome));
    }
}

} // namespace plimsoll::control
