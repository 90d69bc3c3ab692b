// SPDX-License-Identifier: Apache-2.0
// Controls on NetworkPolicies and Services.
#include "core/network/Network.h"

#include <algorithm>
#include <array>
#include <set>

#include "core/base/Text.h"
#include "core/control/detail/Families_p.h"
#include "core/control/detail/Network_p.h"
#include "core/control/detail/Outcomes_p.h"
#include "core/network/Reach.h"

namespace plimsoll::control {

using cluster::Cluster;
using cluster::ObjectId;
using network::Direction;

namespace {

constexpr std::array<Need, 1> policyNeeds { { { "networking.k8s.io", "NetworkPolicy" } } };
constexpr std::array<Need, 2> defaultDenyNeeds { { { "networking.k8s.io", "NetworkPolicy" }, { "", "Namespace" } } };
constexpr std::array<Need, 1> serviceNeeds { { { "", "Service" } } };
constexpr std::array<Need, 1> daemonSetNeeds { { { "apps", "DaemonSet" } } };

std::string nameOf(const Cluster& cluster, StringId ns)
{
    return ns.isNone() ? "the manifests" : "namespace " + printable(cluster.text(ns));
}

constexpr std::string_view noPolicyList = "the source does not list NetworkPolicy.networking.k8s.io";

// Without NetworkPolicies in the source nothing is known to be open; policies of other APIs may still close it.
bool isUnknown(const Context& context, std::vector<Outcome>& outcomes)
{
    if (context.cluster.covers("networking.k8s.io", "NetworkPolicy") || !context.reach.policies().empty())
        return false;
    notAssessed({}, std::string(noPolicyList), outcomes);
    return true;
}

// How the pods of a workload stand to the policies. Without live pods, its template counts as one pod.
struct Isolation {
    std::uint32_t pods = 0, hostNetwork = 0, isolated = 0;
    bool isTemplate = false;
    std::string doubt; // why it cannot be told

    std::uint32_t open() const { return pods - hostNetwork - isolated; }
};

Isolation isolationOf(const network::Reach& reach, cluster::WorkloadId workload, Direction direction)
{
    Isolation out;
    for (const std::uint32_t pod : reach.podsOf(workload)) {
        const network::ReachPod& own = reach.pods()[pod];
        ++out.pods;
        out.isTemplate = own.isTemplate;
        if (own.isHostNetwork)
            ++out.hostNetwork;
        else if (reach.isIsolated(pod, direction))
            ++out.isolated;
        else if (out.doubt.empty())
            out.doubt = reach.doubtOf(own.ns, direction);
    }
    return out;
}

// N01, N02.
void judgeIsolation(const Context& context, Direction direction, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    const bool isCovered = cluster.covers("networking.k8s.io", "NetworkPolicy");
    if (isUnknown(context, outcomes))
        return;
    for (std::uint32_t w = 0; w < cluster.workloads().size(); ++w) {
        const ObjectId object = cluster.workloads()[w].object;
        const Isolation isolation = isolationOf(context.reach, { w }, direction);
        if (isolation.pods == 0)
            continue;
        if (isolation.hostNetwork == isolation.pods) {
            notAssessed(object,
                "its pods use the network of the node, where NetworkPolicies do not apply (see PLM-W05)", outcomes);
        } else if (isolation.open() == 0) {
            pass(object, outcomes);
        } else if (!isolation.doubt.empty()) {
            notAssessed(object, isolation.doubt, outcomes);
        } else if (!isCovered) {
            notAssessed(object, std::string(noPolicyList), outcomes);
        } else {
            std::string message = "no NetworkPolicy of " + nameOf(cluster, cluster.object(object).ns) + " selects "
                + (isolation.isTemplate || isolation.open() == isolation.pods
                        ? std::string("its pods")
                        : counted(isolation.open(), "of its pods", "of its pods"))
                + " for " + std::string(toText(direction))
                + (direction == Direction::Ingress ? ": everything in the cluster may connect to every port"
                                                   : ": they may connect to everything");
            Outcome& outcome = fail(object, std::move(message),
                { { object, network::labelsPointer(cluster, object),
                    "selected by no " + std::string(toText(direction)) + " policy" } },
                outcomes);
            outcome.affected = std::max(isolation.open(), 1u);
        }
    }
}

void judgeIngressIsolation(const Context& context, std::vector<Outcome>& outcomes)
{
    judgeIsolation(context, Direction::Ingress, outcomes);
}

void judgeEgressIsolation(const Context& context, std::vector<Outcome>& outcomes)
{
    judgeIsolation(context, Direction::Egress, outcomes);
}

// N03. A policy of another API in the namespace is a policy, and one of the cluster for all its pods as well.
void judgeNamespacePolicy(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    const network::Reach& reach = context.reach;
    const bool isCovered = cluster.covers("networking.k8s.io", "NetworkPolicy");
    if (isUnknown(context, outcomes))
        return;
    std::set<StringId> withPolicies;
    for (const ObjectId policy : reach.policies())
        withPolicies.insert(cluster.object(policy).ns);
    for (std::uint32_t i = 0; i < reach.namespaceNames().size(); ++i) {
        const cluster::Namespace* ns = cluster.findNamespace(reach.namespaceNames()[i]);
        if (!ns || ns->object.isNone() || isIdleSystemNamespace(cluster, *ns))
            continue;
        const std::string doubt = reach.doubtOf(i, Direction::Ingress);
        if (withPolicies.contains(ns->name) || reach.isConcerned(i)) {
            pass(ns->object, outcomes);
        } else if (!doubt.empty()) {
            notAssessed(ns->object, doubt, outcomes);
        } else if (!isCovered) {
            notAssessed(ns->object, std::string(noPolicyList), outcomes);
        } else {
            Outcome& outcome = fail(ns->object, "no network policy concerns the namespace",
                { { ns->object, "/metadata/name", "0 NetworkPolicies" } }, outcomes);
            outcome.affected = std::max(podsIn(cluster, ns->name), 1u);
        }
    }
}

// N04.
void judgeDefaultDeny(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    const network::Reach& reach = context.reach;
    const auto isOtherFor = [&](StringId ns) {
        return std::ranges::any_of(reach.policies(), [&](ObjectId policy) {
            const cluster::Object& object = cluster.object(policy);
            return (object.ns.isNone() || object.ns == ns)
                && cluster.text(cluster.kindOf(object).group) != "networking.k8s.io";
        });
    };
    for (std::uint32_t i = 0; i < reach.namespaceNames().size(); ++i) {
        const cluster::Namespace* ns = cluster.findNamespace(reach.namespaceNames()[i]);
        if (!ns || ns->object.isNone() || isIdleSystemNamespace(cluster, *ns))
            continue;
        const network::Coverage coverage = reach.coverage(i);
        const bool ingress = coverage.deniesByDefault[static_cast<std::size_t>(Direction::Ingress)];
        const bool egress = coverage.deniesByDefault[static_cast<std::size_t>(Direction::Egress)];
        if (ingress && egress) {
            pass(ns->object, outcomes);
            continue;
        }
        if (isOtherFor(ns->name) || !reach.doubtOf(i, Direction::Ingress).empty()) {
            notAssessed(ns->object,
                "policies of another API may deny by default; default deny is computed for NetworkPolicies only",
                outcomes);
            continue;
        }
        const std::string what = !ingress && !egress ? "ingress and egress" : ingress ? "egress" : "ingress";
        Outcome& outcome = fail(ns->object,
            "no NetworkPolicy denies " + what + " by default: a new pod is open until one selects it",
            { { ns->object, "/metadata/name", "no policy for " + what + " that selects every pod" } }, outcomes);
        outcome.affected = std::max(podsIn(cluster, ns->name), 1u);
    }
}

bool isDnsOnly(const Cluster& cluster, const cluster::NetworkPolicyRule& rule)
{
    return !rule.ports.empty() && std::ranges::all_of(rule.ports, [&](const cluster::NetworkPolicyPort& port) {
        const std::string_view text = cluster.text(port.port);
        return (text == "53" || text == "5353") && !port.endPort;
    });
}

struct OpenRule {
    std::string message;
    Evidence evidence;
};

// The reason why a rule lets in or out any address, if it does. DNS to anywhere is not held against egress.
std::optional<OpenRule> openRule(
    const Cluster& cluster, const cluster::NetworkPolicy& policy, Direction direction, std::size_t index)
{
    const cluster::NetworkPolicyRule& rule = rulesOf(policy, direction)[index];
    if (direction == Direction::Egress && isDnsOnly(cluster, rule))
        return std::nullopt;
    const std::string place = "/spec/" + std::string(toText(direction)) + '/' + std::to_string(index);
    const std::string_view peers = direction == Direction::Ingress ? "from" : "to";
    const std::string ports = rule.ports.empty() ? "on every port" : "on the ports of the rule";
    if (rule.peers.empty()) {
        return OpenRule { "rule " + std::to_string(index) + " allows " + std::string(toText(direction)) + ' '
                + std::string(peers) + " everywhere " + ports,
            { policy.object, place, "no \"" + std::string(peers) + "\"" } };
    }
    for (std::size_t p = 0; p < rule.peers.size(); ++p) {
        const auto& block = rule.peers[p].ipBlock;
        const std::string_view cidr = block ? cluster.text(block->cidr) : std::string_view();
        // The internet without the private ranges and on chosen ports is a decision, not an oversight.
        const bool isNarrowed = block && !block->except.empty() && !rule.ports.empty();
        if (!cidr.ends_with("/0") || isNarrowed)
            continue;
        return OpenRule { "rule " + std::to_string(index) + " allows " + std::string(toText(direction)) + ' '
                + std::string(peers) + " every address"
                + (block->except.empty() ? std::string() : " but " + counted(block->except.size(), "range", "ranges"))
                + ' ' + ports,
            { policy.object, place + '/' + std::string(peers) + '/' + std::to_string(p) + "/ipBlock/cidr",
                printable(cidr) } };
    }
    return std::nullopt;
}

// N07.
void judgeAllowAll(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    for (const cluster::NetworkPolicy& policy : cluster.networkPolicies()) {
        std::vector<std::string> messages;
        std::vector<Evidence> evidence;
        for (const Direction direction : { Direction::Ingress, Direction::Egress }) {
            // Rules of a direction that policyTypes leaves out do nothing.
            const std::size_t count = hasDirection(policy, direction) ? rulesOf(policy, direction).size() : 0;
            for (std::size_t i = 0; i < count; ++i) {
                if (auto open = openRule(cluster, policy, direction, i)) {
                    messages.push_back(std::move(open->message));
                    evidence.push_back(std::move(open->evidence));
                }
            }
        }
        if (messages.empty())
            pass(policy.object, outcomes);
        else
            fail(policy.object, join(messages, "; "), std::move(evidence), outcomes);
    }
}

// N08. One plugin that enforces is enough: Flannel with Calico's policies beside it is a common pair.
void judgePlugin(const Context& context, std::vector<Outcome>& outcomes)
{
    using Enforcement = network::Plugin::Enforcement;
    const Cluster& cluster = context.cluster;
    const auto plugins = network::networkPlugins(cluster);
    const bool isEnforced = std::ranges::any_of(
        plugins, [](const network::Plugin& plugin) { return plugin.enforcement == Enforcement::Yes; });
    ObjectId last;
    for (const network::Plugin& plugin : plugins) {
        const cluster::Workload& workload = cluster.workloads()[plugin.workload.index];
        if (isEnforced != (plugin.enforcement == Enforcement::Yes) || workload.object == last)
            continue;
        last = workload.object;
        if (isEnforced) {
            pass(workload.object, outcomes);
        } else if (plugin.enforcement == Enforcement::Unknown) {
            notAssessed(workload.object, plugin.reason, outcomes);
        } else {
            const std::string pointer
                = std::string(cluster.podSpecPointer(workload.specs.front().holder)) + plugin.imagePointer;
            Outcome& outcome = fail(workload.object,
                plugin.reason + ", and nothing else here enforces them: NetworkPolicies have no effect",
                { { workload.specs.front().holder, pointer, printable(cluster.text(plugin.image)) } }, outcomes);
            outcome.affected = std::max(static_cast<std::uint32_t>(cluster.networkPolicies().size()), 1u);
        }
    }
    if (plugins.empty())
        notAssessed({}, "no DaemonSet of a network plugin that Plimsoll knows is in the source", outcomes);
}

// N10.
void judgeNodePort(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    for (const cluster::Service& service : cluster.services()) {
        if (cluster.text(service.type) != "NodePort") {
            pass(service.object, outcomes);
            continue;
        }
        std::vector<Evidence> evidence { { service.object, "/spec/type", "NodePort" } };
        std::vector<std::string> ports;
        for (std::size_t i = 0; i < service.ports.size(); ++i) {
            if (service.ports[i].nodePort == 0)
                continue;
            ports.push_back(std::to_string(service.ports[i].nodePort));
            evidence.push_back({ service.object, "/spec/ports/" + std::to_string(i) + "/nodePort", ports.back() });
        }
        Outcome& outcome = fail(service.object,
            (ports.empty() ? "a port" : "port " + join(ports, ", ")) + " of every node leads to the Service",
            std::move(evidence), outcomes);
        outcome.patch = { service.object, { { "/spec/type", "\"ClusterIP\"" } } };
    }
}

// N11.
void judgeExternalIps(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    for (const cluster::Service& service : cluster.services()) {
        if (service.externalIps.empty()) {
            pass(service.object, outcomes);
            continue;
        }
        std::vector<Evidence> evidence;
        std::vector<std::string> addresses;
        for (std::size_t i = 0; i < service.externalIps.size(); ++i) {
            addresses.push_back(printable(cluster.text(service.externalIps[i])));
            evidence.push_back({ service.object, "/spec/externalIPs/" + std::to_string(i), addresses.back() });
        }
        Outcome& outcome = fail(service.object,
            "the Service claims " + join(addresses, ", ") + " and receives what pods of the cluster send there",
            std::move(evidence), outcomes);
        outcome.patch = { service.object, { { "/spec/externalIPs", "" } } };
    }
}

constexpr std::array<Need, 2> nodePolicyNeeds { { { "networking.k8s.io", "NetworkPolicy" }, { "", "Node" } } };

constexpr std::array<Control, 20> networkList { {
    { .id = "PLM-N01", .evaluate = judgeIngressIsolation, .needs = {} },
    { .id = "PLM-N02", .evaluate = judgeEgressIsolation, .needs = {} },
    { .id = "PLM-N03", .evaluate = judgeNamespacePolicy, .needs = namespaceNeeds },
    { .id = "PLM-N04", .evaluate = judgeDefaultDeny, .needs = defaultDenyNeeds },
    { .id = "PLM-N05", .evaluate = judgeSelectsNothing, .needs = policyNeeds },
    { .id = "PLM-N06", .evaluate = judgePeersNothing, .needs = policyNeeds },
    { .id = "PLM-N07", .evaluate = judgeAllowAll, .needs = policyNeeds },
    { .id = "PLM-N08", .evaluate = judgePlugin, .needs = daemonSetNeeds },
    { .id = "PLM-N09", .evaluate = judgeExposure, .needs = serviceNeeds },
    { .id = "PLM-N10", .evaluate = judgeNodePort, .needs = serviceNeeds },
    { .id = "PLM-N11", .evaluate = judgeExternalIps, .needs = serviceNeeds },
    { .id = "PLM-N12", .evaluate = judgeSourceRanges, .needs = serviceNeeds },
    { .id = "PLM-N13", .evaluate = judgeManagement, .needs = serviceNeeds },
    { .id = "PLM-N14", .evaluate = judgeLogin, .needs = {} },
    { .id = "PLM-N15", .evaluate = judgeMetadata, .needs = policyNeeds },
    { .id = "PLM-N16", .evaluate = judgeNodePorts, .needs = nodePolicyNeeds },
    { .id = "PLM-N17", .evaluate = judgeEscapedPolicies, .needs = policyNeeds },
    { .id = "PLM-N18", .evaluate = judgeTrust, .needs = defaultDenyNeeds },
    { .id = "PLM-N19", .evaluate = judgeDeadServices, .needs = serviceNeeds },
    { .id = "PLM-N20", .evaluate = judgeUnreadPolicies, .needs = {} },
} };

} // namespace

std::span<const Control> networkControls()
{
    return networkList;
}

} // namespace plimsoll::control
