// SPDX-License-Identifier: Apache-2.0
#include "core/components/Observed.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "core/base/Text.h"

namespace plimsoll::components {

using cluster::Cluster;
using cluster::ObjectId;
using cluster::WorkloadId;

namespace {

// The letters of generated names. Source: apimachinery pkg/util/rand SafeEncodeString.
bool isGenerated(std::string_view text)
{
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return std::string_view("bcdfghjklmnpqrstvwxz2456789").contains(c);
    });
}

bool areDigitsOnly(std::string_view text)
{
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::string_view withoutLast(std::string_view name)
{
    const std::size_t dash = name.rfind('-');
    return dash == std::string_view::npos ? std::string_view() : name.substr(0, dash);
}

std::string_view lastOf(std::string_view name)
{
    return name.substr(name.rfind('-') + 1);
}

WorkloadId workloadNamed(const Cluster& cluster, std::string_view kind, std::string_view ns, std::string_view name)
{
    if (name.empty())
        return {};
    const ObjectId found = cluster.find(kind, ns, name);
    return found ? cluster.workloadOf(found) : WorkloadId();
}

WorkloadId anyNamed(
    const Cluster& cluster, std::initializer_list<std::string_view> kinds, std::string_view ns, std::string_view name)
{
    for (const std::string_view kind : kinds) {
        if (const WorkloadId found = workloadNamed(cluster, kind, ns, name))
            return found;
    }
    return {};
}

// Of a pod that is gone: what its name says of the workload that made it.
WorkloadId workloadOfName(const Cluster& cluster, std::string_view ns, std::string_view pod)
{
    const std::string_view one = withoutLast(pod), two = withoutLast(one);
    if (areDigitsOnly(lastOf(pod))) {
        if (const WorkloadId found = workloadNamed(cluster, "StatefulSet", ns, one))
            return found;
    }
    if (lastOf(pod).size() != 5 || !isGenerated(lastOf(pod)))
        return {};
    if (isGenerated(lastOf(one))) {
        if (const WorkloadId found = anyNamed(cluster, { "Deployment", "Rollout" }, ns, two))
            return found;
    }
    if (areDigitsOnly(lastOf(one))) {
        if (const WorkloadId found = workloadNamed(cluster, "CronJob", ns, two))
            return found;
    }
    return anyNamed(cluster, { "DaemonSet", "Job", "ReplicaSet", "ReplicationController" }, ns, one);
}

// "Deployment/web" as the tools write it; of a ReplicaSet that is gone the Deployment.
WorkloadId workloadOfOwner(const Cluster& cluster, std::string_view ns, std::string_view owner)
{
    const std::size_t slash = owner.find('/');
    if (slash == std::string_view::npos || slash == 0)
        return {};
    const std::string_view kind = owner.substr(0, slash), name = owner.substr(slash + 1);
    if (const WorkloadId found = workloadNamed(cluster, kind, ns, name))
        return found;
    if (kind == "ReplicaSet" && isGenerated(lastOf(name)))
        return workloadNamed(cluster, "Deployment", ns, withoutLast(name));
    if (kind == "Job" && areDigitsOnly(lastOf(name)))
        return workloadNamed(cluster, "CronJob", ns, withoutLast(name));
    return {};
}

// A node by the name that a tool gave: the node's, or that of the tool's own pod on it.
ObjectId nodeNamed(
    const Cluster& cluster, std::string_view name, const std::map<std::string_view, const cluster::Pod*>& podsByName)
{
    if (name.empty())
        return {};
    if (const ObjectId node = cluster.find("Node", "", name))
        return node;
    const auto pod = podsByName.find(name);
    if (pod == podsByName.end() || !pod->second)
        return {};
    return cluster.find("Node", "", cluster.text(pod->second->nodeName));
}

std::string_view kindOfResource(std::string_view resource)
{
    constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kinds { {
        { "clusterrolebindings", "ClusterRoleBinding" },
        { "clusterroles", "ClusterRole" },
        { "configmaps", "ConfigMap" },
        { "mutatingwebhookconfigurations", "MutatingWebhookConfiguration" },
        { "nodes", "Node" },
        { "pods", "Pod" },
        { "rolebindings", "RoleBinding" },
        { "roles", "Role" },
        { "secrets", "Secret" },
        { "serviceaccounts", "ServiceAccount" },
        { "services", "Service" },
        { "validatingwebhookconfigurations", "ValidatingWebhookConfiguration" },
    } };
    resource = resource.substr(0, resource.find('/'));
    const auto found = std::ranges::find(kinds, resource, &std::pair<std::string_view, std::string_view>::first);
    return found == kinds.end() ? std::string_view() : found->second;
}

// Workloads by the account that they run as, "shop/default".
std::map<std::string, std::vector<WorkloadId>> workloadsByAccount(const Cluster& cluster)
{
    std::map<std::string, std::vector<WorkloadId>> out;
    for (std::uint32_t i = 0; i < cluster.workloads().size(); ++i) {
        const cluster::Workload& workload = cluster.workloads()[i];
        std::set<std::string> accounts;
        for (const cluster::PodSpecUse& use : workload.specs) {
            const std::string_view name = cluster.text(cluster.podSpec(use.spec).serviceAccountName);
            accounts.insert(std::string(cluster.text(cluster.object(workload.object).ns)) + '/'
                + std::string(name.empty() ? "default" : name));
        }
        for (const std::string& account : accounts)
            out[account].push_back(WorkloadId { i });
    }
    return out;
}

} // namespace

std::string_view toText(AlertMatch match)
{
    switch (match) {
    case AlertMatch::Pod:
        return "the pod is there";
    case AlertMatch::Owner:
        return "the pod is gone; the tool named its owner";
    case AlertMatch::Name:
        return "the pod is gone; matched by its name";
    case AlertMatch::Node:
        return "about a node";
    case AlertMatch::None:
        break;
    }
    return "nothing in the cluster fits";
}

std::vector<WorkloadAlert> matchAlerts(const Cluster& cluster, const evidence::AlertLog& log)
{
    std::map<std::string_view, const cluster::Pod*> podsByName;
    for (const cluster::Pod& pod : cluster.pods()) {
        const auto [found, isNew] = podsByName.try_emplace(cluster.text(cluster.object(pod.object).name), &pod);
        if (!isNew)
            found->second = nullptr; // in several namespaces: tells nothing
    }
    std::vector<WorkloadAlert> out;
    for (std::uint32_t i = 0; i < log.alerts.size(); ++i) {
        const evidence::Alert& alert = log.alerts[i];
        WorkloadAlert match;
        match.alert = i;
        if (!alert.ns.empty() && !alert.pod.empty())
            match.object = cluster.find("Pod", alert.ns, alert.pod);
        if (match.object) {
            match.workload = cluster.workloadOf(match.object);
            match.match = AlertMatch::Pod;
        } else if (!alert.ns.empty()) {
            match.workload = workloadOfOwner(cluster, alert.ns, alert.owner);
            match.match = match.workload ? AlertMatch::Owner : AlertMatch::None;
            if (!match.workload) {
                match.workload = workloadOfName(cluster, alert.ns, alert.pod);
                match.match = match.workload ? AlertMatch::Name : AlertMatch::None;
            }
        } else if (alert.pod.empty()) {
            match.object = nodeNamed(cluster, alert.node, podsByName);
            match.match = match.object ? AlertMatch::Node : AlertMatch::None;
        }
        out.push_back(match);
    }
    return out;
}

std::vector<JoinedAuditFinding> joinAuditFindings(const Cluster& cluster, const evidence::AuditFindings& findings)
{
    const auto byAccount = workloadsByAccount(cluster);
    std::vector<JoinedAuditFinding> out;
    for (std::uint32_t i = 0; i < findings.findings.size(); ++i) {
        const evidence::AuditFinding& finding = findings.findings[i];
        JoinedAuditFinding joined;
        joined.finding = i;
        if (finding.caller.kind == evidence::AuditCaller::Kind::ServiceAccount) {
            joined.account = cluster.find("ServiceAccount", finding.caller.ns, finding.caller.name);
            const auto callers = byAccount.find(finding.caller.ns + '/' + finding.caller.name);
            if (callers != byAccount.end())
                joined.callers = callers->second;
        }
        const std::string_view kind = kindOfResource(finding.resource);
        if (!kind.empty() && !finding.name.empty())
            joined.object = cluster.find(kind, finding.ns, finding.name);
        if (kind == "Pod" && !finding.name.empty())
            joined.target
                = joined.object ? cluster.workloadOf(joined.object) : workloadOfName(cluster, finding.ns, finding.name);
        out.push_back(std::move(joined));
    }
    return out;
}

} // namespace plimsoll::components
