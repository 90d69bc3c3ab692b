// SPDX-License-Identifier: Apache-2.0
// Controls on admission, namespaces and quotas.
#include <algorithm>
#include <array>
#include <optional>

#include "core/base/Text.h"
#include "core/control/detail/Admission_p.h"
#include "core/control/detail/Families_p.h"
#include "core/control/detail/Outcomes_p.h"
#include "core/control/detail/PodSecurity_p.h"
#include "core/control/detail/PolicyEngines_p.h"
#include "core/format/Document.h"

namespace plimsoll::control {

using cluster::Cluster;
using cluster::ObjectId;

ObjectId clusterSubject(const Cluster& cluster)
{
    const ObjectId system = cluster.find("Namespace", "", "kube-system");
    if (!system.isNone())
        return system;
    for (const cluster::Namespace& ns : cluster.namespaces()) {
        if (!ns.object.isNone())
            return ns.object;
    }
    return {};
}

namespace {

constexpr std::string_view enforceLabel = "pod-security.kubernetes.io/enforce";
constexpr std::array<Need, 2> quotaNeeds { { { "", "Namespace" }, { "", "ResourceQuota" } } };

// The value of the label, or nothing when the namespace does not have it.
std::optional<std::string_view> enforcedLevel(const Cluster& cluster, const cluster::Namespace& ns)
{
    const auto found = std::ranges::find(ns.labels, cluster.id(enforceLabel), &cluster::Label::first);
    return found == ns.labels.end() ? std::nullopt : std::optional(cluster.text(found->second));
}

// A value that is no level is taken as restricted by Pod Security Admission (policy/api.go, ParseLevel).
bool enforcesBaseline(const Cluster& cluster, const cluster::Namespace& ns)
{
    const auto level = enforcedLevel(cluster, ns);
    return level && *level != "privileged";
}

// What would have to be in the source to say that nothing enforces a policy.
std::string missingForNothing(const Cluster& cluster)
{
    constexpr std::array<Need, 2> needs { {
        { admissionGroup, "ValidatingWebhookConfiguration" },
        { admissionGroup, "ValidatingAdmissionPolicy" },
    } };
    std::vector<std::string> missing;
    for (const Need& need : needs) {
        // An API server before 1.26 has no such policies.
        const cluster::Version& version = cluster.version();
        const bool cannotExist
            = need.kind == "ValidatingAdmissionPolicy" && version.isKnown() && !version.isAtLeast(1, 26);
        if (!cannotExist && !cluster.covers(need.group, need.kind))
            missing.emplace_back(need.kind);
    }
    return missing.empty() ? std::string() : "the source does not list " + join(missing, " and ");
}

// M01.
void judgeEngine(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    const ObjectId subject = clusterSubject(cluster);
    const auto engines = policyEngines(cluster);
    const bool hasLabels = std::ranges::any_of(
        cluster.namespaces(), [&](const cluster::Namespace& ns) { return enforcesBaseline(cluster, ns); });
    if (hasLabels || (!engines.empty() && engines.front().kind != PolicyEngine::Kind::Unknown)) {
        pass(subject, outcomes);
    } else if (!engines.empty()) {
        notAssessed(subject,
            "validating webhook " + engines.front().name
                + " sees new pods; whether it enforces a policy cannot be told from its configuration",
            outcomes);
    } else if (const std::string missing = missingForNothing(cluster); !missing.empty()) {
        notAssessed(subject, missing, outcomes);
    } else if (!subject.isNone()) {
        fail(subject,
            "nothing in the cluster refuses a dangerous pod: no namespace enforces a Pod Security Standard, no "
            "ValidatingAdmissionPolicy denies and no policy engine's webhook sees pods",
            { { subject, "/metadata/labels/" + format::pointerToken(enforceLabel), "not set in any namespace" } },
            outcomes);
    }
}

// M02.
void judgeBaseline(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    const auto engines = policyEngines(cluster);
    const auto engine = std::ranges::find(engines, PolicyEngine::Kind::Engine, &PolicyEngine::kind);
    const std::string pointer = "/metadata/labels/" + format::pointerToken(enforceLabel);
    for (const cluster::Namespace& ns : cluster.namespaces()) {
        // Components of the cluster in kube-system need what baseline forbids.
        if (ns.object.isNone() || cluster.text(ns.name) == "kube-system" || isIdleSystemNamespace(cluster, ns))
            continue;
        const auto level = enforcedLevel(cluster, ns);
        if (enforcesBaseline(cluster, ns)) {
            pass(ns.object, outcomes);
        } else if (engine != engines.end()) {
            notAssessed(ns.object,
                "no Pod Security label enforces a level, but " + engine->name
                    + " sees new pods and may do so; its policies are not computed",
                outcomes);
        } else {
            Outcome& outcome = fail(ns.object,
                level ? "the namespace enforces the level privileged, which allows everything"
                      : "the namespace enforces no Pod Security Standard",
                { { ns.object, pointer, level ? "privileged" : "not set" } }, outcomes);
            outcome.affected = std::max(podsIn(cluster, ns.name), 1u);
            outcome.patch = { ns.object, { { pointer, "\"baseline\"" } } };
        }
    }
}

// What Kubernetes itself keeps in namespace default, and what only mirrors other objects.
bool isOwnOfDefault(std::string_view kind, std::string_view name)
{
    struct Row {
        std::string_view kind;
        std::string_view name; // "" = any
    };
    constexpr std::array<Row, 9> rows { {
        { "Service", "kubernetes" },
        { "Endpoints", "" },
        { "EndpointSlice", "kubernetes" },
        { "ServiceAccount", "default" },
        { "ConfigMap", "kube-root-ca.crt" },
        { "ConfigMap", "openshift-service-ca.crt" },
        { "Event", "" },
        { "Lease", "" },
        { "PodMetrics", "" },
    } };
    return std::ranges::any_of(
        rows, [&](const Row& row) { return row.kind == kind && (row.name.empty() || row.name == name); });
}

void judgeNamespaceOf(const Cluster& cluster, ObjectId id, std::vector<Outcome>& outcomes)
{
    const cluster::Object& object = cluster.object(id);
    if (object.ns.isNone())
        notAssessed(id, "the manifest names no namespace", outcomes);
    else if (cluster.text(object.ns) == "default")
        fail(id, "stands in namespace default", { { id, "/metadata/namespace", "default" } }, outcomes);
    else
        pass(id, outcomes);
}

bool isBuiltIn(const Cluster& cluster, const cluster::Object& object)
{
    const std::string_view group = cluster.text(cluster.kindOf(object).group);
    return group.find('.') == std::string_view::npos || group.ends_with(".k8s.io");
}

// M09. Top workloads, and of the other built-in kinds in namespace default what no other object owns (custom resources
// are mostly written by controllers, beside what they are about).
void judgeDefaultNamespace(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    for (const cluster::Workload& workload : cluster.workloads())
        judgeNamespaceOf(cluster, workload.object, outcomes);
    const auto objects = cluster.objects();
    for (std::uint32_t i = 0; i < objects.size(); ++i) {
        const ObjectId id { i };
        const bool isTop = objects[i].owners.empty() && cluster.workloadOf(id).isNone() && !objects[i].isMissing;
        if (isTop && cluster.text(objects[i].ns) == "default" && isBuiltIn(cluster, objects[i])
            && !isOwnOfDefault(cluster.kindName(id), cluster.text(objects[i].name)))
            judgeNamespaceOf(cluster, id, outcomes);
    }
}

// M12.
void judgeQuota(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    const auto quotas = cluster.objectsOf("", "ResourceQuota");
    for (const cluster::Namespace& ns : cluster.namespaces()) {
        // A quota could keep the cluster's own components from starting.
        if (ns.object.isNone() || isSystemNamespace(cluster.text(ns.name)))
            continue;
        if (std::ranges::any_of(quotas, [&](ObjectId quota) { return cluster.object(quota).ns == ns.name; })) {
            pass(ns.object, outcomes);
            continue;
        }
        Outcome& outcome = fail(ns.object, "no ResourceQuota limits what the namespace may use",
            { { ns.object, "/metadata/name", "0 ResourceQuotas" } }, outcomes);
        outcome.affected = std::max(podsIn(cluster, ns.name), 1u);
    }
}

constexpr std::array<Need, 2> validatingNeeds { { { admissionGroup, "ValidatingAdmissionPolicy" },
    { admissionGroup, "ValidatingAdmissionPolicyBinding" } } };
constexpr std::array<Need, 2> webhookNeeds { { { admissionGroup, "MutatingWebhookConfiguration" },
    { admissionGroup, "ValidatingWebhookConfiguration" } } };
constexpr std::array<Need, 1> apiServiceNeeds { { { "apiregistration.k8s.io", "APIService" } } };
constexpr std::array<Need, 2> rangeNeeds { { { "", "Namespace" }, { "", "LimitRange" } } };
constexpr std::array<Need, 4> wallNeeds { { { "", "Namespace" }, { "", "LimitRange" }, { "", "ResourceQuota" },
    { "networking.k8s.io", "NetworkPolicy" } } };
constexpr std::array<Need, 2> nodeNeeds { { { "", "Node" }, { "", "Namespace" } } };
constexpr std::array<Need, 1> scalerNeeds { { { "autoscaling", "HorizontalPodAutoscaler" } } };

constexpr std::array admissionList {
    Control { .id = "PLM-M01", .evaluate = judgeEngine, .needs = namespaceNeeds },
    Control { .id = "PLM-M02", .evaluate = judgeBaseline, .needs = namespaceNeeds },
    Control { .id = "PLM-M03", .evaluate = judgeLevelVersions, .needs = namespaceNeeds },
    Control { .id = "PLM-M04", .evaluate = judgeRefusedWorkloads, .needs = namespaceNeeds },
    Control { .id = "PLM-M05", .evaluate = judgePolicyBindings, .needs = validatingNeeds },
    Control { .id = "PLM-M06", .evaluate = judgeWebhookInventory, .needs = webhookNeeds },
    Control { .id = "PLM-M07", .evaluate = judgeWebhooks, .needs = webhookNeeds },
    Control { .id = "PLM-M08", .evaluate = judgeApiServices, .needs = apiServiceNeeds },
    Control { .id = "PLM-M09", .evaluate = judgeDefaultNamespace, .needs = {} },
    Control { .id = "PLM-M10", .evaluate = judgeSystemNamespace, .needs = {} },
    Control { .id = "PLM-M11", .evaluate = judgeTeams, .needs = namespaceNeeds },
    Control { .id = "PLM-M12", .evaluate = judgeQuota, .needs = quotaNeeds },
    Control { .id = "PLM-M13", .evaluate = judgeLimitRange, .needs = rangeNeeds },
    Control { .id = "PLM-M14", .evaluate = judgePodSecurityPolicies, .needs = {} },
    Control { .id = "PLM-M15", .evaluate = judgeSecurityContextConstraints, .needs = {} },
    Control { .id = "PLM-M16", .evaluate = judgePhase, .needs = namespaceNeeds },
    Control { .id = "PLM-M17", .evaluate = judgeWalls, .needs = wallNeeds },
    Control { .id = "PLM-M18", .evaluate = judgeSharedNodes, .needs = nodeNeeds },
    Control { .id = "PLM-M19", .evaluate = judgeExceptions, .needs = {} },
    Control { .id = "PLM-M20", .evaluate = judgeAutoscalers, .needs = scalerNeeds },
    Control { .id = "PLM-M21", .evaluate = judgeOwnLimits, .needs = {} },
    Control { .id = "PLM-M22", .evaluate = judgeTolerations, .needs = {} },
    Control { .id = "PLM-M23", .evaluate = judgePriority, .needs = {} },
};

} // namespace

std::span<const Control> admissionControls()
{
    return admissionList;
}

} // namespace plimsoll::control
