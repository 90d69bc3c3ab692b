// SPDX-License-Identifier: Apache-2.0
// Controls on what policies let pass, as the engine computes it.
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "core/base/Text.h"
#include "core/control/detail/Network_p.h"
#include "core/control/detail/Outcomes_p.h"
#include "core/network/Reach.h"

namespace plimsoll::control {

using cluster::Cluster;
using cluster::ObjectId;
using network::Direction;
using network::Point;
using network::Reach;

namespace {

constexpr std::array directions { Direction::Ingress, Direction::Egress };

// Pods of a workload that policies apply to, one of each class.
std::vector<std::uint32_t> differentPods(const Reach& reach, cluster::WorkloadId workload)
{
    std::vector<std::uint32_t> out;
    std::set<std::uint32_t> seen;
    for (const std::uint32_t pod : reach.podsOf(workload)) {
        if (!reach.pods()[pod].isHostNetwork && seen.insert(reach.pods()[pod].podClass).second)
            out.push_back(pod);
    }
    return out;
}

// What a range of addresses lets these pods reach on one of some ports: the best answer.
network::Answer answerFor(const Reach& reach, const std::vector<std::uint32_t>& pods, const network::Address& address,
    network::Protocol protocol, std::uint16_t port)
{
    network::Answer best = network::Answer::Denied;
    for (const std::uint32_t pod : pods) {
        const Point target { network::noIndex, { address.bits, address.bits, address.isV6 } };
        const network::Answer one = reach.decide(Point::ofPod(pod), target, protocol, port).egress.answer;
        if (one == network::Answer::Allowed)
            return one;
        best = one == network::Answer::Unknown ? one : best;
    }
    return best;
}

std::string policyText(const Reach& reach, std::uint32_t pod)
{
    return reach.isIsolated(pod, Direction::Egress) ? "a rule of its policies allows it"
                                                    : "no policy restricts its egress";
}

} // namespace

// N05.
void judgeSelectsNothing(const Context& context, std::vector<Outcome>& outcomes)
{
    if (context.reach.pods().empty())
        return notAssessed({}, std::string(noPodsHere), outcomes);
    for (const cluster::NetworkPolicy& policy : context.cluster.networkPolicies()) {
        const bool isSelecting = std::ranges::any_of(directions,
            [&](Direction direction) { return !context.reach.selectedBy(policy.object, direction).empty(); });
        if (isSelecting)
            pass(policy.object, outcomes);
        else
            fail(policy.object, "the policy selects no pod of its namespace and no template of a workload",
                { { policy.object, "/spec/podSelector", "0 pods" } }, outcomes);
    }
}

// N06.
void judgePeersNothing(const Context& context, std::vector<Outcome>& outcomes)
{
    if (context.reach.pods().empty())
        return notAssessed({}, std::string(noPodsHere), outcomes);
    for (const cluster::NetworkPolicy& policy : context.cluster.networkPolicies()) {
        std::vector<Evidence> evidence;
        for (const Direction direction : directions) {
            const auto rules = network::rulesOf(policy, direction);
            for (const Reach::RulePeers& peers : context.reach.peersOf(policy.object, direction)) {
                const auto index = toInteger(std::string_view(peers.pointer).substr(peers.pointer.rfind('/') + 1));
                const bool hasPeers = index && static_cast<std::size_t>(*index) < rules.size()
                    && !rules[static_cast<std::size_t>(*index)].peers.empty();
                if (hasPeers && peers.matchesNothing()
                    && std::ranges::find(evidence, peers.pointer, &Evidence::pointer) == evidence.end())
                    evidence.push_back({ policy.object, peers.pointer, "no pod, no address" });
            }
        }
        if (evidence.empty()) {
            pass(policy.object, outcomes);
            continue;
        }
        const std::string message = counted(evidence.size(), "rule is", "rules are") + " about nobody who is here";
        fail(policy.object, message, std::move(evidence), outcomes);
    }
}

// N15.
void judgeMetadata(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    const network::Address metadata = *network::parseAddress("169.254.169.254");
    for (std::uint32_t w = 0; w < cluster.workloads().size(); ++w) {
        const ObjectId object = cluster.workloads()[w].object;
        const auto pods = differentPods(context.reach, { w });
        if (pods.empty()) {
            if (!context.reach.podsOf({ w }).empty())
                notAssessed(object, "its pods use the network of the node, where policies do not apply", outcomes);
            continue;
        }
        const network::Answer answer = answerFor(context.reach, pods, metadata, network::Protocol::TCP, 80);
        if (answer == network::Answer::Denied) {
            pass(object, outcomes);
        } else if (answer == network::Answer::Unknown) {
            notAssessed(object, "whether policies let it through to 169.254.169.254 cannot be told", outcomes);
        } else {
            Outcome& outcome = fail(object,
                "its pods reach 169.254.169.254, where clouds hand out credentials of the node: "
                    + policyText(context.reach, pods.front()),
                { { object, network::labelsPointer(cluster, object), "egress to 169.254.169.254 TCP 80 is allowed" } },
                outcomes);
            outcome.affected = static_cast<std::uint32_t>(context.reach.podsOf({ w }).size());
        }
    }
}

// N16. Nodes whose addresses a policy does not tell apart are asked once.
void judgeNodePorts(const Context& context, std::vector<Outcome>& outcomes)
{
    struct Listener {
        std::string_view name;
        std::uint16_t port;
        bool isControlPlane;
    };
    constexpr std::array<Listener, 3> listeners { { { "kubelets", 10250, false }, { "etcd", 2379, true },
        { "the API server", 6443, true } } };
    const Cluster& cluster = context.cluster;
    const Reach& reach = context.reach;
    if (hasHiddenNames(cluster))
        return notAssessed({}, "addresses are replaced in this snapshot", outcomes);
    std::map<std::uint32_t, std::vector<std::string>> reachedOf; // by class
    std::set<std::uint32_t> doubtful; // classes
    const auto reachedBy = [&](std::uint32_t pod) -> const std::vector<std::string>& {
        const auto [at, isNew] = reachedOf.try_emplace(reach.pods()[pod].podClass);
        if (!isNew)
            return at->second;
        const auto parts = reach.pieces(Point::ofPod(pod), network::everyAddress(false));
        for (const Listener& listener : listeners) {
            std::set<std::size_t> asked;
            for (const cluster::Node& node : cluster.nodes()) {
                for (const StringId text : node.addresses) {
                    const auto address = network::parseAddress(cluster.text(text));
                    if (!address || address->isV6 || (listener.isControlPlane && !node.isControlPlane))
                        continue;
                    const auto part = std::ranges::find_if(
                        parts, [&](const network::AddressRange& range) { return range.contains(*address); });
                    if (!asked.insert(static_cast<std::size_t>(part - parts.begin())).second)
                        continue;
                    const network::Answer answer
                        = answerFor(reach, { pod }, *address, network::Protocol::TCP, listener.port);
                    if (answer == network::Answer::Unknown)
                        doubtful.insert(reach.pods()[pod].podClass);
                    if (answer == network::Answer::Allowed) {
                        at->second.push_back(std::string(listener.name) + " (" + std::to_string(listener.port) + ')');
                        asked.insert(parts.size());
                        break;
                    }
                }
                if (asked.contains(parts.size()))
                    break;
            }
        }
        return at->second;
    };
    for (std::uint32_t w = 0; w < cluster.workloads().size(); ++w) {
        const ObjectId object = cluster.workloads()[w].object;
        std::vector<std::string> reached;
        const auto pods = differentPods(reach, { w });
        for (const std::uint32_t pod : pods) {
            if (reached.empty())
                reached = reachedBy(pod);
        }
        if (pods.empty()) {
            if (!reach.podsOf({ w }).empty())
                notAssessed(object, "its pods are in the network of the node themselves", outcomes);
            continue;
        }
        const bool isDoubtful = std::ranges::any_of(
            pods, [&](std::uint32_t pod) { return doubtful.contains(reach.pods()[pod].podClass); });
        if (reached.empty() && isDoubtful) {
            notAssessed(object, "whether policies let it through to the nodes cannot be told", outcomes);
            continue;
        }
        if (reached.empty()) {
            pass(object, outcomes);
            continue;
        }
        Outcome& outcome = fail(object,
            "its pods reach " + join(reached, ", ") + " at addresses of nodes: " + policyText(reach, pods.front()),
            { { object, network::labelsPointer(cluster, object), "egress to nodes is allowed" } }, outcomes);
        outcome.affected = static_cast<std::uint32_t>(reach.podsOf({ w }).size());
    }
}

// N17.
void judgeEscapedPolicies(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    const Reach& reach = context.reach;
    for (std::uint32_t w = 0; w < cluster.workloads().size(); ++w) {
        const ObjectId object = cluster.workloads()[w].object;
        std::vector<Evidence> evidence;
        std::uint32_t affected = 0;
        bool hasHost = false;
        std::set<std::uint32_t> seen; // classes
        for (const std::uint32_t pod : reach.podsOf({ w })) {
            if (!reach.pods()[pod].isHostNetwork)
                continue;
            hasHost = true;
            const bool isNew = seen.insert(reach.pods()[pod].podClass).second;
            const network::PodPolicies policies = isNew ? reach.policiesOf(pod) : network::PodPolicies();
            for (const Direction direction : directions) {
                for (const ObjectId policy : policies.selecting[static_cast<std::size_t>(direction)]) {
                    if (std::ranges::find(evidence, policy, &Evidence::object) == evidence.end())
                        evidence.push_back(
                            { policy, "/spec/podSelector", "selects it for " + std::string(toText(direction)) });
                }
            }
            ++affected;
        }
        if (!hasHost)
            continue;
        if (evidence.empty()) {
            pass(object, outcomes);
            continue;
        }
        const std::string message = counted(evidence.size(), "policy selects", "policies select")
            + " its pods, which use the network of the node: plugins commonly do not apply policies there";
        evidence.insert(
            evidence.begin(), { object, std::string(cluster.podSpecPointer(object)) + "/hostNetwork", "true" });
        fail(object, message, std::move(evidence), outcomes).affected = affected;
    }
}

namespace {

// How much a namespace is trusted, by what its labels or its name say. Nothing when neither says anything.
enum class Trust : std::uint8_t { Low, High };

std::optional<Trust> trustOfWord(std::string_view word)
{
    constexpr std::array<std::string_view, 8> low { "dev", "develop", "development", "test", "testing", "staging",
        "sandbox", "qa" };
    constexpr std::array<std::string_view, 3> high { "prod", "production", "live" };
    if (std::ranges::find(low, word) != low.end())
        return Trust::Low;
    if (std::ranges::find(high, word) != high.end())
        return Trust::High;
    return std::nullopt;
}

struct NamespaceTrust {
    std::optional<Trust> trust;
    std::string why;
};

NamespaceTrust trustOf(const Cluster& cluster, const cluster::Namespace& ns)
{
    constexpr std::array<std::string_view, 5> keys { "env", "environment", "stage", "app.kubernetes.io/environment",
        "lifecycle" };
    for (const auto& [key, value] : ns.labels) {
        const std::string_view name = cluster.text(key);
        const auto trust = std::ranges::find(keys, name) != keys.end() ? trustOfWord(toLowerAscii(cluster.text(value)))
                                                                       : std::nullopt;
        if (trust)
            return { trust, "label " + std::string(name) + '=' + printable(cluster.text(value)) };
    }
    const std::string_view name = cluster.text(ns.name);
    for (const std::string_view part : { name.substr(name.rfind('-') + 1), name.substr(0, name.find('-')) }) {
        if (const auto trust = trustOfWord(part))
            return { trust, "the name" };
    }
    return {};
}

// "payments" for "payments-dev": the namespace that the name of a lower one is made from.
std::string baseName(std::string_view name)
{
    const auto dash = name.rfind('-');
    return dash != std::string_view::npos && trustOfWord(name.substr(dash + 1)) == Trust::Low
        ? std::string(name.substr(0, dash))
        : std::string();
}

} // namespace

std::string sensitivityOf(const Cluster& cluster, const cluster::Namespace& ns)
{
    const NamespaceTrust trust = trustOf(cluster, ns);
    return trust.trust == Trust::High ? trust.why : std::string();
}

// N18.
void judgeTrust(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    if (hasHiddenNames(cluster))
        return notAssessed({}, "the names of namespaces are hidden in this snapshot", outcomes);
    const Reach& reach = context.reach;
    const auto names = reach.namespaceNames();
    std::vector<std::uint32_t> low;
    std::map<std::uint32_t, std::string> high; // why
    std::set<std::string, std::less<>> bases;
    for (std::uint32_t i = 0; i < names.size(); ++i) {
        const cluster::Namespace* ns = cluster.findNamespace(names[i]);
        const NamespaceTrust trust = ns ? trustOf(cluster, *ns) : NamespaceTrust();
        if (trust.trust == Trust::Low) {
            low.push_back(i);
            bases.insert(baseName(names[i]));
        } else if (trust.trust == Trust::High) {
            high.emplace(i, trust.why);
        }
    }
    for (std::uint32_t i = 0; i < names.size(); ++i) {
        if (!names[i].empty() && bases.contains(names[i]))
            high.emplace(i, "a namespace for tests is named after it");
    }
    for (const auto& [target, why] : high) {
        const cluster::Namespace* ns = cluster.findNamespace(names[target]);
        if (!ns || ns->object.isNone() || reach.podsOfNamespace(target).empty())
            continue;
        std::vector<std::string> from;
        std::uint64_t pairs = 0, unknown = 0;
        for (const std::uint32_t source : low) {
            const network::Cell cell
                = reach.cell(reach.podsOfNamespace(source), reach.podsOfNamespace(target), network::Sides::Combined);
            if (cell.allowed > 0)
                from.push_back(printable(names[source]));
            pairs += cell.allowed;
            unknown += cell.unknown;
        }
        if (from.empty() && unknown > 0) {
            notAssessed(ns->object,
                "whether namespaces that are trusted less reach it cannot be told for "
                    + counted(unknown, "pair", "pairs"),
                outcomes);
            continue;
        }
        if (from.empty()) {
            pass(ns->object, outcomes);
            continue;
        }
        const std::size_t count = from.size();
        if (count > 5)
            from.resize(5);
        Outcome& outcome = fail(ns->object,
            "pods of " + join(from, ", ") + (count > 5 ? " and others" : "") + ", which are trusted less, reach "
                + "pods here (" + counted(pairs, "pair", "pairs") + ')',
            { { ns->object, "/metadata/name", "sensitive: " + why } }, outcomes);
        outcome.affected = static_cast<std::uint32_t>(reach.podsOfNamespace(target).size());
    }
}

// N20.
void judgeUnreadPolicies(const Context& context, std::vector<Outcome>& outcomes)
{
    for (const ObjectId object : context.reach.unevaluated())
        notAssessed(
            object, "policies of this kind are not computed: answers that it may change are told as unknown", outcomes);
    std::map<ObjectId, std::vector<Evidence>> problems;
    for (const Reach::Problem& problem : context.reach.problems())
        problems[problem.policy].push_back({ problem.policy, problem.pointer, problem.what });
    for (const ObjectId object : context.reach.policies()) {
        if (!problems.contains(object))
            pass(object, outcomes);
    }
    for (auto& [object, evidence] : problems) {
        const std::string message = evidence.front().value
            + (evidence.size() > 1 ? "; and " + counted(evidence.size() - 1, "further part", "further parts")
                                   : std::string());
        fail(object, message, std::move(evidence), outcomes);
    }
}

} // namespace plimsoll::control
