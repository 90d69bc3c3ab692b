// SPDX-License-Identifier: Apache-2.0
#include "core/control/detail/ImageFacts_p.h"

#include <algorithm>
#include <array>
#include <map>

#include "core/base/Text.h"
#include "core/components/Components.h"
#include "core/control/detail/Admission_p.h"
#include "core/control/detail/Outcomes_p.h"

namespace plimsoll::control {

using cluster::Cluster;
using components::Component;
using components::Instance;
using format::Value;
using State = Fact::State;

namespace {

// holds: found; otherwise the clause for its absence, if the source can tell about the kind at all.
Fact found(
    const Cluster& cluster, std::string_view group, std::string_view kind, bool holds, std::string yes, std::string no)
{
    if (holds)
        return { State::Holds, std::move(yes) };
    if (std::string gap = cluster.gap(group, kind); !gap.empty() || !cluster.covers(group, kind))
        return { State::Unknown, gap.empty() ? "the source does not hold " + std::string(kind) : std::move(gap) };
    return { State::Not, std::move(no) };
}

// A comma separated list of an API server's flag.
bool flagHolds(const Instance& instance, std::string_view flag, std::string_view wanted)
{
    const components::Setting* setting = instance.find(flag);
    if (!setting)
        return false;
    const auto parts = split(setting->value, ',');
    return std::ranges::any_of(parts, [&](std::string_view part) { return trimmed(part) == wanted; });
}

// Some API server has the value in a flag; nobody may say "not" where flags are not known.
Fact serverFlag(const Context& context, std::string_view flag, std::string_view wanted)
{
    if (!context.components)
        return { State::Unknown, "the flags of the API server are not known" };
    const auto servers = context.components->of(Component::ApiServer);
    const std::string name = "--" + std::string(flag) + ' ' + std::string(wanted);
    for (const Instance& instance : servers) {
        if (flagHolds(instance, flag, wanted))
            return { State::Holds, "the API server has " + name };
    }
    if (servers.empty())
        return { State::Unknown, context.components->absence(Component::ApiServer) };
    for (const Instance& instance : servers) {
        if (!instance.find(flag) && !instance.gap.empty())
            return { State::Unknown, instance.gap };
    }
    return { State::Not, "no API server has " + name };
}

Fact windowsNode(const Context& context, const AffectedPart& part)
{
    if (!part.component)
        return { State::Unknown, "its node is not known" };
    for (const cluster::Node& node : context.cluster.nodes()) {
        if (node.object != part.component->object)
            continue;
        const std::string_view system = context.cluster.text(node.operatingSystem);
        if (system.empty())
            return { State::Unknown, "the node does not tell its operating system" };
        const bool isWindows = system == "windows";
        return { isWindows ? State::Holds : State::Not,
            isWindows ? "the node runs Windows" : "the node runs " + printable(system) };
    }
    return { State::Unknown, "its node is not known" };
}

Fact gitRepoVolume(const Context& context, const AffectedPart&)
{
    const bool holds = std::ranges::any_of(context.cluster.podSpecs(), [&](const cluster::PodSpec& spec) {
        return std::ranges::any_of(spec.volumes,
            [&](const cluster::Volume& volume) { return context.cluster.text(volume.source) == "gitRepo"; });
    });
    return found(context.cluster, "", "Pod", holds, "a pod mounts a gitRepo volume", "no pod mounts a gitRepo volume");
}

Fact emptySeccompProfile(const Context& context, const AffectedPart&)
{
    const Cluster& cluster = context.cluster;
    const auto isEmpty = [&](const auto& security) {
        return security && security->seccompProfile && cluster.text(security->seccompProfile->type) == "Localhost"
            && cluster.text(security->seccompProfile->localhostProfile).empty();
    };
    const bool holds = std::ranges::any_of(cluster.podSpecs(), [&](const cluster::PodSpec& spec) {
        return isEmpty(spec.securityContext)
            || std::ranges::any_of(spec.containers,
                [&](const cluster::Container& container) { return isEmpty(container.securityContext); });
    });
    return found(cluster, "", "Pod", holds, "a pod names no file for its seccomp profile of type Localhost",
        "no pod has a seccomp profile of type Localhost without a name");
}

Fact mountableSecrets(const Context& context, const AffectedPart&)
{
    const Cluster& cluster = context.cluster;
    const bool holds = std::ranges::any_of(cluster.serviceAccounts(), [&](const cluster::ServiceAccount& account) {
        return cluster.annotation(cluster.object(account.object), "kubernetes.io/enforce-mountable-secrets") == "true";
    });
    return found(cluster, "", "ServiceAccount", holds, "a service account restricts which Secrets it may mount",
        "no service account restricts which Secrets it may mount");
}

Fact externalIps(const Context& context, const AffectedPart&)
{
    if (serverFlag(context, "enable-admission-plugins", "DenyServiceExternalIPs").state == State::Holds)
        return { State::Not, "the API server refuses external IPs (DenyServiceExternalIPs)" };
    const bool holds = std::ranges::any_of(
        context.cluster.services(), [](const cluster::Service& service) { return !service.externalIps.empty(); });
    return found(context.cluster, "", "Service", holds, "a Service has external IPs", "no Service has external IPs");
}

Fact aggregatedApi(const Context& context, const AffectedPart&)
{
    constexpr std::string_view group = "apiregistration.k8s.io";
    bool holds = false;
    forEachRaw(context.cluster, group, "APIService",
        [&](cluster::ObjectId, Value root) { holds = holds || root["spec"]["service"].isObject(); });
    return found(
        context.cluster, group, "APIService", holds, "an aggregated API server is registered", "none is registered");
}

Fact portworxClass(const Context& context, const AffectedPart&)
{
    constexpr std::string_view group = "storage.k8s.io";
    bool holds = false;
    forEachRaw(context.cluster, group, "StorageClass", [&](cluster::ObjectId, Value root) {
        holds = holds || root["provisioner"].text() == "kubernetes.io/portworx-volume";
    });
    return found(context.cluster, group, "StorageClass", holds, "a StorageClass uses kubernetes.io/portworx-volume",
        "no StorageClass uses kubernetes.io/portworx-volume");
}

Fact nodeWebhook(const Context& context, const AffectedPart&)
{
    constexpr std::string_view kind = "ValidatingWebhookConfiguration";
    const auto has = [](Value list, std::string_view wanted) {
        return std::ranges::any_of(
            list, [&](Value value) { return value.text() == wanted || value.text() == "*" || value.text() == "*/*"; });
    };
    bool holds = false;
    forEachRaw(context.cluster, admissionGroup, kind, [&](cluster::ObjectId, Value root) {
        for (const Value webhook : root["webhooks"]) {
            for (const Value rule : webhook["rules"])
                holds = holds
                    || (has(rule["apiGroups"], "") && has(rule["resources"], "nodes")
                        && has(rule["operations"], "UPDATE"));
        }
    });
    return found(context.cluster, admissionGroup, kind, holds, "a validating webhook sees changes to nodes",
        "no validating webhook sees changes to nodes");
}

Fact sharedGroup(const Context& context, const AffectedPart&)
{
    constexpr std::string_view group = "apiextensions.k8s.io";
    std::map<std::string, int, std::less<>> kinds;
    forEachRaw(context.cluster, group, "CustomResourceDefinition", [&](cluster::ObjectId, Value root) {
        if (root["spec"]["scope"].text() == "Namespaced")
            ++kinds[std::string(root["spec"]["group"].text())];
    });
    const bool holds = std::ranges::any_of(kinds, [](const auto& pair) { return pair.second > 1; });
    return found(context.cluster, group, "CustomResourceDefinition", holds, "a group has several custom resources",
        "no group has several custom resources");
}

Fact imagePolicyWebhook(const Context& context, const AffectedPart&)
{
    return serverFlag(context, "enable-admission-plugins", "ImagePolicyWebhook");
}

Fact resourceAllocation(const Context& context, const AffectedPart&)
{
    return serverFlag(context, "feature-gates", "DynamicResourceAllocation=true");
}

Fact nodeOwnerReferences(const Context& context, const AffectedPart&)
{
    Fact restriction = serverFlag(context, "enable-admission-plugins", "NodeRestriction");
    if (restriction.state != State::Holds)
        return restriction;
    Fact owners = serverFlag(context, "enable-admission-plugins", "OwnerReferencesPermissionEnforcement");
    if (owners.state == State::Unknown)
        return owners;
    const bool isGuarded = owners.state == State::Holds;
    return { isGuarded ? State::Not : State::Holds, std::move(owners.text) };
}

Fact readOnlyPort(const Context& context, const AffectedPart&)
{
    if (!context.components)
        return { State::Unknown, "the settings of kubelets are not known" };
    const auto kubelets = context.components->of(Component::Kubelet);
    if (kubelets.empty())
        return { State::Unknown, context.components->absence(Component::Kubelet) };
    for (const Instance& instance : kubelets) {
        const components::Setting* setting = instance.find("readOnlyPort");
        if (setting && setting->value != "0")
            return { State::Holds, "kubelets answer without login on port " + printable(setting->value) };
        if (!setting && !instance.gap.empty())
            return { State::Unknown, instance.gap };
    }
    return { State::Not, "kubelets have no read-only port" };
}

// Value of a flag of the ingress controller: "" = not given, "true" without value.
std::string ingressFlag(const Cluster& cluster, const cluster::Container& container, std::string_view flag)
{
    for (const auto* list : { &container.command, &container.args }) {
        for (const StringId id : *list) {
            std::string_view text = cluster.text(id);
            if (!text.starts_with("--"))
                continue;
            text.remove_prefix(2);
            if (text == flag)
                return "true";
            if (text.starts_with(flag) && text.size() > flag.size() && text[flag.size()] == '=')
                return std::string(text.substr(flag.size() + 1));
        }
    }
    return {};
}

Fact ingressWebhook(const Context& context, const AffectedPart& part)
{
    if (!part.container)
        return { State::Unknown, "its flags are not known" };
    const bool holds = !ingressFlag(context.cluster, *part.container, "validating-webhook").empty();
    return { holds ? State::Holds : State::Not,
        holds ? "it serves its admission webhook" : "it does not serve its admission webhook" };
}

Fact noAnnotationValidation(const Context& context, const AffectedPart& part)
{
    if (!part.container)
        return { State::Unknown, "its flags are not known" };
    constexpr std::uint32_t byDefault = 12; // since 1.12 where no flag says otherwise
    const std::string flag = ingressFlag(context.cluster, *part.container, "enable-annotation-validation");
    const bool validates = flag == "true" || (flag.empty() && part.version.isAtLeast(1, byDefault));
    return { validates ? State::Not : State::Holds,
        validates ? "it validates annotations" : "it does not validate annotations" };
}

struct Lookup {
    std::string_view name;
    Fact (*look)(const Context&, const AffectedPart&);
};
constexpr std::array<Lookup, 15> lookups { {
    { "aggregated-api", aggregatedApi },
    { "empty-seccomp-profile", emptySeccompProfile },
    { "external-ips", externalIps },
    { "git-repo-volume", gitRepoVolume },
    { "group-of-custom-resources", sharedGroup },
    { "image-policy-webhook", imagePolicyWebhook },
    { "ingress-webhook", ingressWebhook },
    { "mountable-secrets", mountableSecrets },
    { "no-annotation-validation", noAnnotationValidation },
    { "node-owner-references", nodeOwnerReferences },
    { "node-webhook", nodeWebhook },
    { "portworx-class", portworxClass },
    { "read-only-port", readOnlyPort },
    { "resource-allocation-gate", resourceAllocation },
    { "windows-node", windowsNode },
} };

} // namespace

Fact factOf(const Context& context, std::string_view condition, const AffectedPart& part)
{
    const auto lookup = std::ranges::find(lookups, condition, &Lookup::name);
    if (lookup == lookups.end())
        return { State::Unknown, "\"" + std::string(condition) + "\" is not looked up" };
    return lookup->look(context, part);
}

bool isKnownCondition(std::string_view condition)
{
    return std::ranges::find(lookups, condition, &Lookup::name) != lookups.end();
}

} // namespace plimsoll::control
