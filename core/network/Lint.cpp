// SPDX-License-Identifier: Apache-2.0
#include "core/network/Lint.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>

#include "core/base/Text.h"
#include "core/network/Difference.h"
#include "core/network/Services.h"
#include "core/network/detail/ReachModel_p.h"
#include "core/network/detail/Read_p.h"

namespace plimsoll::network {

using cluster::Cluster;
using cluster::NetworkPolicy;
using cluster::NetworkPolicyRule;
using cluster::ObjectId;

namespace {

constexpr std::size_t mostPoliciesToDrop = 2'000; // above, the question what each adds is not asked

struct PolicyLint {
    const Reach& reach;
    const Cluster& cluster;
    const NetworkPolicy& policy;
    std::vector<LintFinding>& out;

    void add(std::string_view rule, LintLevel level, std::string pointer, std::string text)
    {
        out.push_back({ std::string(rule), level, policy.object, std::move(pointer), std::move(text) });
    }

    void run()
    {
        lintSubject();
        for (const Direction direction : bothDirections)
            lintDirection(direction);
    }

    void lintSubject()
    {
        std::set<std::uint32_t> selected;
        for (const Direction direction : bothDirections) {
            for (const std::uint32_t pod : reach.selectedBy(policy.object, direction))
                selected.insert(pod);
        }
        const auto hosts
            = std::ranges::count_if(selected, [&](std::uint32_t pod) { return reach.pods()[pod].isHostNetwork; });
        if (selected.empty())
            add("selects-nothing", LintLevel::Warning, "/spec/podSelector", "the policy selects no pod that is here");
        if (hosts > 0)
            add("selects-host-network", LintLevel::Warning, "/spec/podSelector",
                counted(static_cast<std::uint64_t>(hosts), "pod it selects is", "pods it selects are")
                    + " in the network of the node, where policies commonly do not apply");
        format::Document document;
        if (cluster.snapshot().readRaw(cluster.object(policy.object).raw, document)
            && document.root()["spec"]["policyTypes"].size() == 0)
            add("no-policy-types", LintLevel::Note, "/spec/policyTypes",
                policy.hasEgress ? "policyTypes is missing: the policy restricts ingress and egress"
                                 : "policyTypes is missing: the policy restricts ingress alone");
    }

    void lintDirection(Direction direction)
    {
        const std::string list = "/spec/" + std::string(toText(direction));
        const auto rules = rulesOf(policy, direction);
        if (!hasDirection(policy, direction)) {
            if (!rules.empty())
                add("ignored-direction", LintLevel::Error, list,
                    "the rules do nothing: policyTypes does not name "
                        + std::string(direction == Direction::Ingress ? "Ingress" : "Egress"));
            return;
        }
        const auto selected = reach.selectedBy(policy.object, direction);
        const auto peers = reach.peersOf(policy.object, direction);
        for (std::size_t i = 0; i < rules.size(); ++i) {
            const std::string at = list + '/' + std::to_string(i);
            std::vector<std::uint32_t> named; // pods that the rule names
            bool isEverybody = rules[i].peers.empty();
            for (const Reach::RulePeers& own : peers) {
                if (own.pointer == at) {
                    named.insert(named.end(), own.pods.begin(), own.pods.end());
                    if (own.matchesNothing() && !rules[i].peers.empty())
                        add("matches-nobody", LintLevel::Warning, at,
                            "no pod and no address matches the peers of the rule");
                }
            }
            lintPeers(rules[i], direction, at);
            const auto& destinations = direction == Direction::Ingress ? selected : named;
            if (direction == Direction::Ingress || !isEverybody)
                lintPorts(rules[i], at, destinations);
            if (rules[i].peers.empty() && rules[i].ports.empty())
                add("allows-all", LintLevel::Warning, at,
                    direction == Direction::Ingress ? "the rule lets everybody in on every port"
                                                    : "the rule lets the pods go everywhere on every port");
        }
    }

    void lintPeers(const NetworkPolicyRule& rule, Direction direction, const std::string& at)
    {
        const std::string list = at + (direction == Direction::Ingress ? "/from/" : "/to/");
        bool hasAllV4 = false, hasAllV6 = false;
        for (std::size_t p = 0; p < rule.peers.size(); ++p) {
            const cluster::NetworkPolicyPeer& peer = rule.peers[p];
            const std::string place = list + std::to_string(p);
            if (peer.namespaceSelector) {
                const bool isThere = std::ranges::any_of(cluster.namespaces(),
                    [&](const cluster::Namespace& ns) { return peer.namespaceSelector->matches(ns.labels); });
                if (!isThere)
                    add("no-namespace", LintLevel::Warning, place + "/namespaceSelector",
                        "no namespace has these labels");
            }
            if (p > 0)
                lintNeighbours(rule.peers[p - 1], peer, place);
            if (peer.ipBlock) {
                lintBlock(*peer.ipBlock, direction, place + "/ipBlock");
                hasAllV4 = hasAllV4 || cluster.text(peer.ipBlock->cidr) == "0.0.0.0/0";
                hasAllV6 = hasAllV6 || cluster.text(peer.ipBlock->cidr) == "::/0";
            }
        }
        if (hasAllV4 != hasAllV6 && reach.model().f().hasIpv6)
            add("one-family", LintLevel::Warning, at,
                std::string("the rule is about every address of ") + (hasAllV4 ? "IPv4" : "IPv6")
                    + " and says nothing about the other family, which pods here have as well");
    }

    void lintNeighbours(
        const cluster::NetworkPolicyPeer& a, const cluster::NetworkPolicyPeer& b, const std::string& place)
    {
        const auto isOnly = [](const auto& one, const auto& other) {
            return one.namespaceSelector && !one.podSelector && other.podSelector && !other.namespaceSelector;
        };
        if (isOnly(a, b) || isOnly(b, a))
            add("and-or", LintLevel::Warning, place,
                "two items of the list: all pods of these namespaces, or these pods of the own namespace; if only "
                "these "
                "pods of these namespaces are meant, make them one item");
    }

    void lintBlock(const cluster::IpBlock& block, Direction direction, const std::string& place)
    {
        const auto range = parseCidr(cluster.text(block.cidr));
        if (!range)
            return; // a problem of the policy
        std::vector<AddressRange> holes;
        for (std::size_t e = 0; e < block.except.size(); ++e) {
            const auto hole = parseCidr(cluster.text(block.except[e]));
            if (hole && !(range->contains({ hole->first, hole->isV6 }) && range->contains({ hole->last, hole->isV6 })))
                add("except-outside", LintLevel::Error, place + "/except/" + std::to_string(e),
                    "the exception is not within the range");
            if (hole)
                holes.push_back(*hole);
        }
        const auto allowed = without(std::vector { *range }, joined(std::move(holes)));
        const auto isIn = [&](const Address& address) {
            return std::ranges::any_of(allowed, [&](const AddressRange& one) { return one.contains(address); });
        };
        const Foundation& f = reach.model().f();
        const auto countIn = [&](const auto& map) {
            return static_cast<std::uint64_t>(std::ranges::count_if(map, [&](const auto& entry) {
                return isIn({ entry.first.second, entry.first.first });
            }));
        };
        if (const auto pods = countIn(f.podByAddress); pods > 0)
            add("covers-pods", LintLevel::Note, place,
                "the range holds addresses of " + counted(pods, "pod", "pods")
                    + ": most plugins match them, Cilium does not");
        if (const auto nodes = countIn(f.nodeByAddress); nodes > 0 && direction == Direction::Egress)
            add("covers-nodes", LintLevel::Warning, place,
                "the range holds " + counted(nodes, "address", "addresses")
                    + " of nodes: kubelets and what else listens there");
        const auto metadata = parseAddress("169.254.169.254");
        if (direction == Direction::Egress && isIn(*metadata))
            add("covers-metadata", LintLevel::Warning, place,
                "the range holds 169.254.169.254, where clouds hand out credentials");
        const bool isNarrow
            = range->first != everyAddress(range->isV6).first || range->last != everyAddress(range->isV6).last;
        const bool hasService = std::ranges::any_of(cluster.services(), [&](const cluster::Service& service) {
            const auto address = parseAddress(cluster.text(service.clusterIp));
            return address && isIn(*address);
        });
        if (isNarrow && hasService)
            add("covers-services", LintLevel::Warning, place,
                "the range holds addresses of Services: policies see the address of the pod behind them");
    }

    void lintPorts(const NetworkPolicyRule& rule, const std::string& at, const std::vector<std::uint32_t>& pods)
    {
        for (std::size_t p = 0; p < rule.ports.size(); ++p) {
            const cluster::NetworkPolicyPort& port = rule.ports[p];
            const std::string place = at + "/ports/" + std::to_string(p);
            const std::string_view text = cluster.text(port.port);
            if (port.protocol.isNone())
                add("no-protocol", LintLevel::Note, place, "protocol is missing: TCP alone is meant");
            const auto protocol = port.protocol.isNone() ? Protocol::TCP : parseProtocol(cluster.text(port.protocol));
            if (!protocol || text.empty() || pods.empty())
                continue;
            if (const auto number = toInteger(text))
                lintNumber(*number, *protocol, place, pods);
            else
                lintName(text, *protocol, place, pods);
        }
    }

    void lintName(
        std::string_view name, Protocol protocol, const std::string& place, const std::vector<std::uint32_t>& pods)
    {
        std::set<std::uint16_t> numbers;
        for (const std::uint32_t pod : pods)
            numbers.insert(namedPort(reach, pod, name, protocol));
        const bool isMissing = numbers.erase(0) > 0;
        if (numbers.empty())
            add("no-such-port", LintLevel::Error, place,
                "no pod that it is about names a " + std::string(toText(protocol)) + " port " + printable(name)
                    + ": it allows nothing");
        else if (isMissing)
            add("port-not-everywhere", LintLevel::Note, place,
                "some of the pods it is about name no port " + printable(name));
        if (numbers.size() > 1)
            add("port-name-clash", LintLevel::Warning, place,
                "port " + printable(name) + " is another number on different pods; some plugins mix them up");
    }

    bool listens(std::uint32_t pod, std::int64_t number) const
    {
        const cluster::PodSpec& spec = cluster.podSpec(reach.pods()[pod].spec);
        return std::ranges::any_of(spec.containers, [&](const cluster::Container& container) {
            return std::ranges::any_of(
                container.ports, [&](const cluster::ContainerPort& own) { return own.containerPort == number; });
        });
    }

    void lintNumber(
        std::int64_t number, Protocol protocol, const std::string& place, const std::vector<std::uint32_t>& pods)
    {
        if (std::ranges::any_of(pods, [&](std::uint32_t pod) { return listens(pod, number); }))
            return;
        for (std::uint32_t s = 0; s < cluster.services().size(); ++s) {
            const auto port = servicePort(reach, s, std::to_string(number), protocol);
            const cluster::Service& service = cluster.services()[s];
            if (!port || cluster.text(service.ports[*port].targetPort).empty()
                || cluster.text(service.ports[*port].targetPort) == std::to_string(number))
                continue;
            const auto behind = podsSelectedBy(reach, service);
            const bool isMeant = std::ranges::any_of(
                behind, [&](std::uint32_t pod) { return std::ranges::find(pods, pod) != pods.end(); });
            if (!isMeant)
                continue;
            add("service-port", LintLevel::Error, place,
                std::to_string(number) + " is a port of Service " + printable(serviceName(reach, s))
                    + "; policies see that of the pod, " + printable(cluster.text(service.ports[*port].targetPort)));
            return;
        }
    }
};

class ClusterLint {
public:
    explicit ClusterLint(const Reach& reach)
        : m_reach(reach)
        , m_model(reach.model())
        , m_cluster(reach.cluster())
    {
    }

    std::vector<LintFinding> run()
    {
        for (const NetworkPolicy& policy : m_cluster.networkPolicies())
            PolicyLint { m_reach, m_cluster, policy, m_out }.run();
        lintSubsumed();
        lintUseless();
        lintDns();
        lintPriorities();
        lintStaged();
        lintAmbient();
        for (const Reach::Problem& problem : m_reach.problems())
            add(problem.what.find("not computed") == std::string::npos ? "broken" : "not-computed",
                problem.what.find("not computed") == std::string::npos ? LintLevel::Error : LintLevel::Note,
                problem.policy, problem.pointer, problem.what);
        if (m_reach.enforcement().state != Plugin::Enforcement::Yes && !m_cluster.networkPolicies().empty())
            add("not-enforced",
                m_reach.enforcement().state == Plugin::Enforcement::No ? LintLevel::Error : LintLevel::Note, {}, {},
                m_reach.enforcement().sentence);
        std::ranges::stable_sort(m_out, {}, [&](const LintFinding& one) {
            return std::tuple(one.object.isNone() ? std::string() : m_cluster.refOf(one.object), one.pointer, one.rule);
        });
        return std::move(m_out);
    }

private:
    void add(std::string_view rule, LintLevel level, ObjectId object, std::string pointer, std::string text)
    {
        m_out.push_back({ std::string(rule), level, object, std::move(pointer), std::move(text) });
    }

    bool isWithin(const Rule& inner, const Rule& outer) const
    {
        const auto isNamed = [](const PortTerm& term) { return !term.name.empty(); };
        const bool isAll = m_model.terms(outer.ports).isAll;
        if (!isAll && std::ranges::any_of(m_model.terms(inner.ports).terms, isNamed) && inner.ports != outer.ports)
            return false;
        const PortSet a = m_model.resolve(m_model.terms(inner.ports), 0);
        const PortSet b = m_model.resolve(m_model.terms(outer.ports), 0);
        if (!isAll && inner.ports != outer.ports && !a.without(b).isEmpty())
            return false;
        return std::ranges::all_of(inner.peers, [&](std::uint32_t id) {
            return std::ranges::any_of(
                outer.peers, [&](std::uint32_t other) { return other == id || m_model.peer(other).isEverybody; });
        });
    }

    // A rule that another one of the same pods says as well.
    void lintSubsumed()
    {
        constexpr std::size_t mostRules = 500;
        for (std::uint32_t g = 0; g < m_model.count(&Reach::Private::groups); ++g) {
            const Group& group = m_model.group(g);
            if (!group.isAllowOnly || group.rules.size() > mostRules)
                continue;
            for (std::size_t i = 0; i < group.rules.size(); ++i) {
                const Rule& rule = group.rules[i];
                for (std::size_t j = 0; j < group.rules.size() && !rule.peers.empty(); ++j) {
                    // Of two equal ones the later is told.
                    if (i == j || !isWithin(rule, group.rules[j]) || (i < j && isWithin(group.rules[j], rule)))
                        continue;
                    add("subsumed", LintLevel::Note, m_model.policy(rule.policy).object, rule.pointer,
                        group.rules[j].pointer + " of " + m_model.policy(group.rules[j].policy).title
                            + " already allows what the rule allows");
                    break;
                }
            }
        }
    }

    // A policy without which nothing would differ.
    void lintUseless()
    {
        if (m_cluster.networkPolicies().size() > mostPoliciesToDrop)
            return;
        for (const NetworkPolicy& policy : m_cluster.networkPolicies()) {
            const bool isSelecting = std::ranges::any_of(bothDirections,
                [&](Direction direction) { return !m_reach.selectedBy(policy.object, direction).empty(); });
            if (!isSelecting)
                continue;
            PolicyChanges changes;
            changes.dropped.push_back(policy.object);
            if (difference(m_reach, Reach(m_reach, std::move(changes))).empty())
                add("adds-nothing", LintLevel::Note, policy.object, "/spec",
                    "no connection between the workloads that are here depends on the policy");
        }
    }

    void lintDns()
    {
        const auto resolvers = resolversOf(m_reach);
        if (resolvers.empty())
            return;
        std::set<std::uint32_t> seen; // classes
        std::set<std::pair<ObjectId, bool>> told;
        for (std::uint32_t pod = 0; pod < m_reach.pods().size(); ++pod) {
            if (!m_reach.isIsolated(pod, Direction::Egress) || !seen.insert(m_reach.pods()[pod].podClass).second)
                continue;
            bool udp = false, tcp = false;
            for (const Resolver& resolver : resolvers) {
                const PortSet ports = m_reach.ports(Point::ofPod(pod), Point::ofPod(resolver.pod)).possible;
                udp = udp || resolver.pod == pod || ports.contains(Protocol::UDP, resolver.udp);
                tcp = tcp || resolver.pod == pod || ports.contains(Protocol::TCP, resolver.tcp);
            }
            if (udp && tcp)
                continue;
            const auto policies = m_reach.policiesOf(pod).selecting[indexOf(Direction::Egress)];
            if (policies.empty() || !told.insert({ policies.front(), udp }).second)
                continue;
            add(udp ? "dns-without-tcp" : "dns-blocked", udp ? LintLevel::Note : LintLevel::Warning, policies.front(),
                "/spec/egress",
                m_reach.nameOf(Point::ofPod(pod))
                    + (udp ? " reaches the DNS of the cluster over UDP alone: long answers need TCP"
                           : " cannot reach the DNS of the cluster ("
                                + m_reach.nameOf(Point::ofPod(resolvers.front().pod)) + " UDP "
                                + std::to_string(resolvers.front().udp) + ')'));
        }
    }

    void lintPriorities()
    {
        PolicyDefs defs;
        readAdminPolicies({ m_cluster, true }, defs);
        std::map<std::pair<double, double>, std::vector<ObjectId>> same;
        for (const PolicyDef& policy : defs.policies)
            same[{ policy.tier.order, policy.priority }].push_back(policy.object);
        for (const auto& [key, objects] : same) {
            for (std::size_t i = 1; i < objects.size(); ++i)
                add("same-priority", LintLevel::Warning, objects[i], "/spec/priority",
                    "the priority is that of " + printable(m_cluster.titleOf(objects.front()))
                        + " as well: which of them decides is not defined");
        }
    }

    void lintStaged()
    {
        for (const std::string_view group : { "projectcalico.org", "crd.projectcalico.org" }) {
            for (const std::string_view kind :
                { "StagedNetworkPolicy", "StagedGlobalNetworkPolicy", "StagedKubernetesNetworkPolicy" }) {
                for (const ObjectId object : m_cluster.objectsOf(group, kind))
                    add("staged", LintLevel::Note, object, "/spec", "a staged policy is never enforced");
            }
        }
    }

    // Ambient mesh carries pods' traffic on TCP 15008: policies with other ports cut it.
    void lintAmbient()
    {
        constexpr std::uint16_t hbone = 15008;
        std::set<std::uint32_t> seen;
        for (std::uint32_t pod = 0; pod < m_reach.pods().size(); ++pod) {
            const ReachPod& own = m_reach.pods()[pod];
            const cluster::Namespace* ns = m_cluster.findNamespace(m_reach.namespaceNames()[own.ns]);
            const cluster::Label ambient { m_cluster.id("istio.io/dataplane-mode"), m_cluster.id("ambient") };
            if (!ns || ambient.second.isNone() || std::ranges::find(ns->labels, ambient) == ns->labels.end()
                || !m_reach.isIsolated(pod, Direction::Ingress) || !seen.insert(own.podClass).second)
                continue;
            const bool isOpen = std::ranges::any_of(
                m_model.profileFor(Layer::Ingress, own.podClass).groups, [&](std::uint32_t index) {
                    return std::ranges::any_of(m_model.group(index).rules, [&](const Rule& rule) {
                        return m_model.hasPort(m_model.terms(rule.ports), 0, Protocol::TCP, hbone);
                    });
                });
            const auto policies = m_reach.policiesOf(pod).selecting[indexOf(Direction::Ingress)];
            if (!isOpen && !policies.empty())
                add("ambient-port", LintLevel::Error, policies.front(), "/spec/ingress",
                    m_reach.nameOf(Point::ofPod(pod))
                        + " is in an ambient mesh, which reaches it on TCP 15008: no rule lets that in");
        }
    }

    const Reach& m_reach;
    const Reach::Private& m_model;
    const Cluster& m_cluster;
    std::vector<LintFinding> m_out;
};

} // namespace

std::string_view toText(LintLevel level)
{
    return level == LintLevel::Error ? "error" : level == LintLevel::Warning ? "warning" : "note";
}

std::vector<Resolver> resolversOf(const Reach& reach)
{
    std::map<std::uint32_t, Resolver> found;
    const Foundation& f = reach.model().f();
    for (const std::string name : { "kube-system/kube-dns", "kube-system/coredns", "openshift-dns/dns-default" }) {
        const auto service = f.serviceByName.find(name);
        if (service == f.serviceByName.end())
            continue;
        for (const Protocol protocol : { Protocol::UDP, Protocol::TCP }) {
            const auto port = servicePort(reach, service->second, "53", protocol);
            if (!port)
                continue;
            for (const Backend& backend : backendsOf(reach, service->second, *port).list) {
                if (!backend.point.isPod() || backend.port == 0)
                    continue;
                Resolver& own = found[backend.point.pod];
                own.pod = backend.point.pod;
                (protocol == Protocol::UDP ? own.udp : own.tcp) = backend.port;
            }
        }
        if (!found.empty())
            break;
    }
    std::vector<Resolver> out;
    for (const auto& [pod, resolver] : found)
        out.push_back(resolver);
    const auto system = f.namespaceByName.find("kube-system");
    if (out.empty() && system != f.namespaceByName.end()) {
        for (const std::uint32_t pod : f.namespaces[system->second].pods) {
            const TextLabels labels = labelsOf(*f.cluster, f.pods[pod]);
            if (std::ranges::find(labels, std::pair<std::string, std::string>("k8s-app", "kube-dns")) != labels.end())
                out.push_back({ pod, 53, 53 });
        }
    }
    return out;
}

std::vector<LintFinding> lint(const Reach& reach)
{
    return ClusterLint(reach).run();
}

} // namespace plimsoll::network
