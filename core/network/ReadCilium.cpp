// SPDX-License-Identifier: Apache-2.0
// CiliumNetworkPolicy and CiliumClusterwideNetworkPolicy of cilium.io. Source: Cilium 1.19 pkg/policy/api
// (rule.go, rule_validation.go, l4.go), pkg/policy/utils and pkg/policy/rule.go; Documentation/security/policy.
//
// What a rule denies beats what any policy allows, NetworkPolicies included: denying rules are a policy of their own
// that comes before all others of the tier. A rule without peers and ports matches nothing, unlike that of a
// NetworkPolicy; one of the two alone leaves the other open.
#include <algorithm>

#include "core/base/Text.h"
#include "core/network/detail/CiliumPeers_p.h"

namespace plimsoll::network {

using cluster::Cluster;
using cluster::ObjectId;
using format::pointerTo;
using format::Value;

namespace {

constexpr double ciliumDenyPriority = 0;

// The ports of a rule: those that are allowed as they are, and those with limits above.
struct CiliumPorts {
    bool isGiven = false;
    PortTerms open { .isAll = false, .terms = {} };
    PortTerms limited { .isAll = false, .terms = {} };
};

// Do the rules of a list of ports look at requests? DNS rules that let every name pass do not.
bool limitsRequests(Value ports)
{
    if (ports["serverNames"].size() > 0 || ports["listener"].isObject())
        return true;
    const Value rules = ports["rules"];
    if (rules["http"].size() > 0 || rules["kafka"].size() > 0 || !rules["l7proto"].text().empty())
        return true;
    bool isAnyName = rules["dns"].size() == 0;
    for (const Value name : rules["dns"])
        isAnyName = isAnyName || name["matchPattern"].text() == "*" || name["matchPattern"].text() == "**";
    return !isAnyName;
}

// Reads one spec into up to two policies.
class CiliumSpecReader {
public:
    CiliumSpecReader(const CiliumPolicy& policy, Value spec, std::string pointer)
        : m_policy(policy)
        , m_spec(spec)
        , m_pointer(std::move(pointer))
    {
    }

    void read()
    {
        PolicyDef allow { .object = m_policy.object };
        if (!readSubject(allow.subject))
            return;
        PolicyDef deny = allow;
        deny.priority = ciliumDenyPriority;
        bool hasRules = false;
        for (const Direction direction : { Direction::Ingress, Direction::Egress }) {
            const auto at = static_cast<std::size_t>(direction);
            const std::string name(toText(direction));
            readRules(name, direction, Action::Allow, allow.rules[at]);
            readRules(name + "Deny", direction, Action::Deny, deny.rules[at]);
            const bool hasAllow = !allow.rules[at].empty();
            const bool hasDeny = !deny.rules[at].empty();
            hasRules = hasRules || hasAllow || hasDeny;
            // A list without rules is as none at all.
            const bool isIsolating = m_spec["enableDefaultDeny"][name].asBool().value_or(hasAllow || hasDeny);
            deny.applies[at] = hasDeny;
            deny.isolates[at] = isIsolating && hasDeny && !hasAllow;
            allow.isolates[at] = isIsolating && !deny.isolates[at];
            allow.applies[at] = hasAllow || allow.isolates[at];
        }
        if (!hasRules)
            m_policy.problem(m_pointer, "has no rules: it restricts nothing");
        for (PolicyDef* def : { &deny, &allow }) {
            if (def->applies[0] || def->applies[1])
                m_policy.out.policies.push_back(std::move(*def));
        }
    }

private:
    // Nothing is left of a spec whose subject are no pods.
    bool readSubject(PodSelection& out)
    {
        const Value endpoints = m_spec["endpointSelector"];
        const Value nodes = m_spec["nodeSelector"];
        if (endpoints.isObject() == nodes.isObject()) {
            m_policy.problem(m_pointer, "needs either endpointSelector or nodeSelector: Cilium refuses it");
            return false;
        }
        if (nodes.isObject()) {
            m_policy.problem(m_pointer + "/nodeSelector",
                "restricts nodes where Cilium's host firewall is on: it is not evaluated here");
            return false;
        }
        std::string what;
        const auto role = m_policy.ns ? CiliumRole::NamespacedSubject : CiliumRole::Subject;
        auto selection = readCiliumSelector(endpoints, role, m_policy.config, what);
        out.ns = m_policy.ns;
        if (!selection) {
            m_policy.problem(m_pointer + "/endpointSelector", what + ": the selector matches nothing");
            out.isNever = true;
            return true;
        }
        out.pods = std::move(selection->pods);
        out.isNever = selection->isNever;
        m_doubt = std::move(selection->doubt);
        return true;
    }

    void readRules(const std::string& list, Direction direction, Action action, std::vector<RuleDef>& out)
    {
        std::size_t index = 0;
        for (const Value rule : m_spec[list])
            readRule(rule, pointerTo(m_pointer + '/' + list, index++), direction, action, out);
    }

    void readRule(Value rule, const std::string& pointer, Direction direction, Action action, std::vector<RuleDef>& out)
    {
        CiliumPeers peers = readCiliumPeers(m_policy, rule, pointer, direction, action);
        const CiliumPorts ports = readPorts(rule, pointer, action);
        peers.isAnyPeer = peers.isAnyPeer || (ports.isGiven && !peers.isGiven);
        RuleDef base { .action = action, .pointer = pointer };
        base.isMaybe = !m_doubt.empty();
        base.reason = m_doubt;
        const auto addPorts = [&](RuleDef one) {
            if (!ports.isGiven)
                return out.push_back(std::move(one));
            if (!ports.open.terms.empty() || ports.limited.terms.empty()) {
                out.push_back(one);
                out.back().ports = ports.open;
            }
            if (!ports.limited.terms.empty()) {
                one.ports = ports.limited;
                one.isL7 = true;
                out.push_back(std::move(one));
            }
        };
        if (peers.isAnyPeer || !peers.peers.empty() || peers.doubts.empty()) {
            RuleDef sure = base;
            sure.isAnyPeer = peers.isAnyPeer;
            if (!peers.isAnyPeer)
                sure.peers = std::move(peers.peers);
            addPorts(std::move(sure));
        }
        for (CiliumPeers::Doubt& doubt : peers.doubts) {
            RuleDef maybe = base;
            maybe.isMaybe = true;
            maybe.reason = std::move(doubt.reason);
            maybe.peers = std::move(doubt.peers);
            addPorts(std::move(maybe));
        }
    }

    // ICMP is beside what is decided here: a rule that names only ICMP matches nothing.
    CiliumPorts readPorts(Value rule, const std::string& pointer, Action action)
    {
        CiliumPorts out;
        out.isGiven = rule["toPorts"].size() > 0 || rule["icmps"].size() > 0;
        std::size_t index = 0;
        for (const Value list : rule["toPorts"]) {
            const std::string at = pointerTo(pointer + "/toPorts", index++);
            PortTerms& terms = action == Action::Allow && limitsRequests(list) ? out.limited : out.open;
            std::size_t port = 0;
            for (const Value one : list["ports"])
                readPort(one, pointerTo(at + "/ports", port++), action, terms);
        }
        return out;
    }

    void readPort(Value port, const std::string& pointer, Action action, PortTerms& terms)
    {
        std::string protocol(port["protocol"].text());
        std::ranges::transform(
            protocol, protocol.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
        PortTerm term;
        term.isAnyProtocol = protocol.empty() || protocol == "ANY";
        if (protocol.starts_with("ICMP") || protocol == "VRRP" || protocol == "IGMP")
            return;
        const auto known = parseProtocol(protocol);
        if (!known && !term.isAnyProtocol)
            return broken(pointer, printable(protocol) + " is no protocol that Cilium knows", action, terms);
        term.protocol = known.value_or(Protocol::TCP);
        const std::string_view text = port["port"].text();
        const auto number = toInteger(text);
        if (number && (*number < 0 || *number > 65535))
            return broken(pointer, printable(text) + " is no port", action, terms);
        if (text.empty())
            return broken(pointer, "names no port", action, terms);
        if (!number) {
            term.name = toLowerAscii(text); // names of ports are lower case, and Cilium compares so
        } else if (*number > 0) {
            const std::int64_t end = port["endPort"].asInteger().value_or(0);
            term.range.first = static_cast<std::uint16_t>(*number);
            term.range.last = static_cast<std::uint16_t>(std::clamp<std::int64_t>(end, *number, 65535));
        }
        terms.terms.push_back(std::move(term));
    }

    // Denying rules fail closed.
    void broken(const std::string& pointer, const std::string& what, Action action, PortTerms& terms)
    {
        const bool isDeny = action == Action::Deny;
        m_policy.problem(pointer, what + (isDeny ? ": it may deny every port" : ": it matches nothing"));
        if (isDeny)
            terms.terms.push_back({ .isAnyProtocol = true });
    }

    const CiliumPolicy& m_policy;
    Value m_spec;
    std::string m_pointer;
    std::string m_doubt; // why it cannot be told which pods it selects
};

void readCiliumObject(const CiliumPolicy& policy)
{
    format::Document document;
    const Cluster& cluster = policy.context.cluster;
    if (!cluster.snapshot().readRaw(cluster.object(policy.object).raw, document))
        return policy.problem({}, "cannot be read");
    const Value root = document.root();
    if (root["spec"].isObject())
        CiliumSpecReader(policy, root["spec"], "/spec").read();
    std::size_t index = 0;
    for (const Value spec : root["specs"])
        CiliumSpecReader(policy, spec, pointerTo("/specs", index++)).read();
    if (!root["spec"].isObject() && index == 0)
        policy.problem({}, "has neither spec nor specs: it restricts nothing");
}

} // namespace

void readCiliumPolicies(const ReadContext& context, PolicyDefs& out)
{
    const auto ofCluster = context.cluster.objectsOf("cilium.io", "CiliumClusterwideNetworkPolicy");
    const auto ofNamespaces = context.cluster.objectsOf("cilium.io", "CiliumNetworkPolicy");
    if (ofCluster.empty() && ofNamespaces.empty())
        return;
    const CiliumConfig config = readCiliumConfig(context.cluster);
    for (const ObjectId id : ofCluster)
        readCiliumObject({ context, config, id, std::nullopt, out });
    for (const ObjectId id : ofNamespaces)
        readCiliumObject({ context, config, id, namespaceOf(context.cluster, id), out });
}

} // namespace plimsoll::network
