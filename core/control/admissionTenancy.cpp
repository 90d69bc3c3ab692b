// SPDX-License-Identifier: Apache-2.0
// Controls on what separates tenants: namespaces, limits, nodes and priorities.
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "core/admission/Admission.h"
#include "core/base/Text.h"
#include "core/control/detail/Access_p.h"
#include "core/control/detail/Admission_p.h"
#include "core/control/detail/Network_p.h"
#include "core/control/detail/Outcomes_p.h"
#include "core/network/Exposure.h"

namespace plimsoll::control {

using cluster::Cluster;
using cluster::ObjectId;
using format::Value;

namespace {

// Parts of names of what clusters run for themselves in kube-system.
constexpr std::array<std::string_view, 56> systemParts { "kube-", "coredns", "core-dns", "node-local-dns",
    "nodelocaldns", "etcd", "calico", "cilium", "flannel", "weave", "antrea", "canal", "multus", "ovn", "ovs",
    "kindnet", "romana", "cni", "tigera", "whereabouts", "metrics-server", "konnectivity", "cloud-controller",
    "cloud-node", "csi", "cluster-autoscaler", "autoscaler", "vpa-", "aws-", "ebs-", "efs-", "azure", "azuredisk",
    "gke-", "gcp-", "pdcsi", "netd", "node-problem-detector", "snapshot-controller", "storage-provisioner",
    "local-path-provisioner", "traefik", "svclb", "helm-install", "metallb", "nvidia", "device-plugin", "gpu-",
    "l7-default-backend", "event-exporter", "fluent", "tunnelfront", "omsagent", "ama-", "eks-", "kured" };

bool isSystemWorkload(const Cluster& cluster, const cluster::Workload& workload)
{
    const cluster::Object& object = cluster.object(workload.object);
    const std::string name = toLowerAscii(cluster.text(object.name));
    const bool isNamed
        = std::ranges::any_of(systemParts, [&](std::string_view part) { return name.find(part) != std::string::npos; });
    const bool isLabelled = cluster.label(object, "addonmanager.kubernetes.io/mode") != ""
        || cluster.label(object, "kubernetes.io/cluster-service") == "true"
        || cluster.label(object, "eks.amazonaws.com/component") != "";
    const bool isCritical = std::ranges::any_of(workload.specs, [&](const cluster::PodSpecUse& use) {
        return cluster.text(cluster.podSpec(use.spec).priorityClassName).starts_with("system-");
    });
    return workload.isStatic || isNamed || isLabelled || isCritical;
}

// Who a workload belongs to, by the first of these labels that it or its namespace has.
std::string_view teamOf(const Cluster& cluster, const cluster::Object& object)
{
    constexpr std::array<std::string_view, 5> keys { "team", "owner", "app.kubernetes.io/owner",
        "app.kubernetes.io/team", "tenant" };
    for (const std::string_view key : keys) {
        if (const std::string_view value = cluster.label(object, key); !value.empty())
            return value;
    }
    return {};
}

using WorkloadsByNamespace = std::map<StringId, std::vector<const cluster::Workload*>>;

WorkloadsByNamespace workloadsByNamespace(const Cluster& cluster)
{
    WorkloadsByNamespace out;
    for (const cluster::Workload& workload : cluster.workloads()) {
        if (!workload.specs.empty())
            out[cluster.object(workload.object).ns].push_back(&workload);
    }
    return out;
}

std::set<StringId> namespacesOf(const Cluster& cluster, std::string_view group, std::string_view kind)
{
    std::set<StringId> out;
    for (const ObjectId id : cluster.objectsOf(group, kind))
        out.insert(cluster.object(id).ns);
    return out;
}

bool isTenant(const Cluster& cluster, const cluster::Namespace& ns)
{
    return !ns.object.isNone() && !isSystemNamespace(cluster.text(ns.name));
}

// Deleting takes a while; only what does not come to an end is worth a word.
bool isFreshlyDeleted(const Context& context, ObjectId id)
{
    constexpr UnixSeconds patience = 600;
    format::Document document;
    const auto now = assessmentTime(context);
    if (!now || !context.cluster.snapshot().readRaw(context.cluster.object(id).raw, document))
        return false;
    const auto deleted = parseTime(document.root()["metadata"]["deletionTimestamp"].text());
    return deleted && *now - *deleted < patience;
}

} // namespace

// M10.
void judgeSystemNamespace(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    if (hasHiddenNames(cluster))
        return notAssessed({}, "the names of workloads are hidden in this snapshot", outcomes);
    for (const cluster::Workload& workload : cluster.workloads()) {
        if (cluster.text(cluster.object(workload.object).ns) != "kube-system" || workload.specs.empty())
            continue;
        if (isSystemWorkload(cluster, workload)) {
            pass(workload.object, outcomes);
            continue;
        }
        Outcome& outcome = fail(workload.object,
            "does not look like a part of the cluster, and stands beside its most powerful identities",
            { { workload.object, "/metadata/namespace", "kube-system" } }, outcomes);
        outcome.affected = std::max<std::uint32_t>(1, static_cast<std::uint32_t>(workload.pods.size()));
    }
}

// M11. Only labels can tell whose a workload is.
void judgeTeams(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    const WorkloadsByNamespace all = workloadsByNamespace(cluster);
    bool hasTeams = false;
    for (const cluster::Namespace& ns : cluster.namespaces()) {
        const auto own = all.find(ns.name);
        if (!isTenant(cluster, ns) || own == all.end())
            continue;
        std::map<std::string_view, ObjectId> teams;
        for (const cluster::Workload* workload : own->second) {
            if (const std::string_view team = teamOf(cluster, cluster.object(workload->object)); !team.empty())
                teams.emplace(team, workload->object);
        }
        hasTeams = hasTeams || !teams.empty();
        if (teams.size() == 1)
            pass(ns.object, outcomes);
        if (teams.size() < 2)
            continue;
        std::vector<std::string> names;
        std::vector<Evidence> evidence;
        for (const auto& [team, object] : teams) {
            names.push_back(printable(team));
            evidence.push_back({ object, "/metadata/labels", "belongs to " + printable(team) });
        }
        fail(ns.object, "workloads of " + join(names, ", ") + " share the namespace, and with it rights and policies",
            std::move(evidence), outcomes);
    }
    if (!hasTeams)
        notAssessed(
            {}, "no label says whose workloads are (team, owner, tenant): look at namespaces by hand", outcomes);
}

// M13.
void judgeLimitRange(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    const auto limited = namespacesOf(cluster, "", "LimitRange");
    for (const cluster::Namespace& ns : cluster.namespaces()) {
        if (!isTenant(cluster, ns))
            continue;
        if (limited.contains(ns.name))
            pass(ns.object, outcomes);
        else
            fail(ns.object, "no LimitRange gives containers a default and a bound",
                { { ns.object, "/metadata/name", "0 LimitRanges" } }, outcomes)
                .affected
                = std::max(podsIn(cluster, ns.name), 1u);
    }
}

// M16.
void judgePhase(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    for (const cluster::Namespace& ns : cluster.namespaces()) {
        const std::string_view phase = cluster.text(ns.phase);
        if (ns.object.isNone() || phase.empty())
            continue;
        if (phase == "Active" || isFreshlyDeleted(context, ns.object))
            pass(ns.object, outcomes);
        else
            fail(ns.object, "the namespace is " + printable(phase) + ": something in it cannot be deleted",
                { { ns.object, "/status/phase", printable(phase) } }, outcomes);
    }
}

// M17.
void judgeWalls(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    const auto quotas = namespacesOf(cluster, "", "ResourceQuota");
    const auto ranges = namespacesOf(cluster, "", "LimitRange");
    const auto policies = namespacesOf(cluster, "networking.k8s.io", "NetworkPolicy");
    for (const cluster::Namespace& ns : cluster.namespaces()) {
        if (!isTenant(cluster, ns) || podsIn(cluster, ns.name) == 0)
            continue;
        const bool isEnforced = admission::policyOf(cluster, ns).enforce.level != admission::Level::Privileged;
        const std::array<std::pair<std::string_view, bool>, 4> walls { { { "a Pod Security level", isEnforced },
            { "a NetworkPolicy", policies.contains(ns.name) }, { "a ResourceQuota", quotas.contains(ns.name) },
            { "a LimitRange", ranges.contains(ns.name) } } };
        std::vector<std::string> missing;
        std::size_t standing = 0;
        for (const auto& [name, stands] : walls) {
            if (stands)
                ++standing;
            else
                missing.emplace_back(name);
        }
        if (missing.size() <= 1) {
            pass(ns.object, outcomes);
            continue;
        }
        fail(ns.object,
            std::to_string(standing) + " of 4 walls to other namespaces stand; it lacks " + join(missing, ", "),
            { { ns.object, "/metadata/name", std::to_string(standing) + " of 4" } }, outcomes)
            .affected
            = podsIn(cluster, ns.name);
    }
}

// M18.
void judgeSharedNodes(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    if (hasHiddenNames(cluster))
        return notAssessed({}, "the names of namespaces are hidden in this snapshot", outcomes);
    std::set<std::uint32_t> exposed;
    for (const network::Exposure& exposure : context.exposures) {
        if (exposure.isPublic())
            exposed.insert(exposure.workload.index);
    }
    std::map<StringId, std::string> sensitive; // namespaces, and why
    for (const cluster::Namespace& ns : cluster.namespaces()) {
        if (std::string why = sensitivityOf(cluster, ns); !why.empty())
            sensitive.emplace(ns.name, std::move(why));
    }
    struct Guests {
        std::vector<ObjectId> open, closed; // pods
    };
    std::map<StringId, Guests> byNode;
    for (const cluster::Pod& pod : cluster.pods()) {
        if (pod.nodeName.isNone() || pod.isTerminated)
            continue;
        const cluster::WorkloadId workload = cluster.workloadOf(pod.object);
        if (!workload.isNone() && exposed.contains(workload.index))
            byNode[pod.nodeName].open.push_back(pod.object);
        else if (sensitive.contains(cluster.object(pod.object).ns))
            byNode[pod.nodeName].closed.push_back(pod.object);
    }
    for (const cluster::Node& node : cluster.nodes()) {
        const auto found = byNode.find(cluster.object(node.object).name);
        if (found == byNode.end() || found->second.open.empty() || found->second.closed.empty()) {
            pass(node.object, outcomes);
            continue;
        }
        const Guests& guests = found->second;
        Outcome& outcome = fail(node.object,
            counted(guests.open.size(), "pod that is", "pods that are") + " reached from outside and "
                + counted(guests.closed.size(), "pod", "pods")
                + " of sensitive namespaces share the node: whoever leaves one container reaches the other",
            { { guests.open.front(), "/spec/nodeName", "reached from outside" },
                { guests.closed.front(), "/spec/nodeName",
                    "sensitive: " + sensitive[cluster.object(guests.closed.front()).ns] } },
            outcomes);
        outcome.affected = static_cast<std::uint32_t>(guests.closed.size());
    }
}

// M20.
void judgeAutoscalers(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    forEachRaw(cluster, "autoscaling", "HorizontalPodAutoscaler", [&](ObjectId id, Value root) {
        const Value target = root["spec"]["scaleTargetRef"];
        const std::string kind(target["kind"].text()), name(target["name"].text());
        const std::string version(target["apiVersion"].text());
        const std::string group
            = version.find('/') == std::string::npos ? std::string() : version.substr(0, version.find('/'));
        const std::string ns(cluster.text(cluster.object(id).ns));
        if (!cluster.find(kind, ns, name).isNone())
            pass(id, outcomes);
        else if (!cluster.covers(group, kind))
            notAssessed(id, "the source does not list " + printable(kind) + 's', outcomes);
        else
            fail(id, "scales " + printable(kind + ' ' + name) + ", which does not exist",
                { { id, "/spec/scaleTargetRef/name", printable(name) } }, outcomes);
    });
}

// M21.
void judgeOwnLimits(const Context& context, std::vector<Outcome>& outcomes)
{
    static constexpr std::array<Wanted, 4> wanted { {
        { "networking.k8s.io", "networkpolicies", "", "create update patch delete" },
        { "", "resourcequotas", "", "create update patch delete" },
        { "", "limitranges", "", "create update patch delete" },
        { "policy", "poddisruptionbudgets", "", "create update patch delete" },
    } };
    constexpr std::size_t faults = 3;
    judgeDanger({ .wanted = wanted,
                    .sufficient = faults,
                    .bindings = Bindings::RoleBindings,
                    .effect = "so that who is held by these limits can lift them" },
        context, outcomes);
}

// M22.
void judgeTolerations(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    for (const cluster::Workload& workload : cluster.workloads()) {
        const cluster::Object& object = cluster.object(workload.object);
        // Agents belong on every node; the cluster's own parts on control plane nodes.
        if (workload.specs.empty() || workload.isStatic || cluster.kindName(workload.object) == "DaemonSet"
            || isSystemNamespace(cluster.text(object.ns)))
            continue;
        const auto tolerates = [&](const cluster::PodSpecUse& use) {
            return !cluster.podSpec(use.spec).controlPlaneTolerations.empty();
        };
        const auto use = std::ranges::find_if(workload.specs, tolerates);
        if (use == workload.specs.end()) {
            pass(workload.object, outcomes);
            continue;
        }
        const cluster::PodSpec& spec = cluster.podSpec(use->spec);
        const std::string what = spec.toleratesEverything ? "every taint" : "the taint of control plane nodes";
        Outcome& outcome = fail(
            workload.object, "tolerates " + what + ", so that its pods may run on control plane nodes", {}, outcomes);
        outcome.affected = std::max<std::uint32_t>(1, static_cast<std::uint32_t>(workload.pods.size()));
        outcome.patch = { use->holder, {} };
        for (const std::uint16_t index : spec.controlPlaneTolerations) {
            const std::string pointer
                = std::string(cluster.podSpecPointer(use->holder)) + "/tolerations/" + std::to_string(index);
            outcome.evidence.push_back({ use->holder, pointer, "tolerates " + what });
            outcome.patch.edits.push_back({ pointer, "" });
        }
    }
}

// M23.
void judgePriority(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    for (const cluster::Workload& workload : cluster.workloads()) {
        const std::string_view name = cluster.text(cluster.object(workload.object).ns);
        // Installers of the cluster's own parts use namespaces of this form: calico-system, gatekeeper-system.
        if (workload.specs.empty() || isSystemNamespace(name) || name.ends_with("-system")
            || name.starts_with("openshift-"))
            continue;
        const auto holdsSystem = [&](const cluster::PodSpecUse& use) {
            return cluster.text(cluster.podSpec(use.spec).priorityClassName).starts_with("system-");
        };
        const auto use = std::ranges::find_if(workload.specs, holdsSystem);
        if (use == workload.specs.end()) {
            pass(workload.object, outcomes);
            continue;
        }
        const std::string priority(cluster.text(cluster.podSpec(use->spec).priorityClassName));
        const std::string pointer = std::string(cluster.podSpecPointer(use->holder)) + "/priorityClassName";
        Outcome& outcome = fail(workload.object,
            "has the priority " + printable(priority)
                + " of the cluster's own parts: it drives others from their nodes",
            { { use->holder, pointer, printable(priority) } }, outcomes);
        outcome.affected = std::max<std::uint32_t>(1, static_cast<std::uint32_t>(workload.pods.size()));
        outcome.patch = { use->holder, { { pointer, "" } } };
    }
}

} // namespace plimsoll::control
