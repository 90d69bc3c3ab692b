// SPDX-License-Identifier: Apache-2.0
// NetworkPolicy of networking.k8s.io/v1. Source: Kubernetes 1.36 types.go, validation.go, defaults.go of that group.
#include "core/network/detail/Read_p.h"

#include <algorithm>

#include "core/base/Text.h"

namespace plimsoll::network {

using cluster::Cluster;
using cluster::NetworkPolicy;
using cluster::Requirement;

namespace {

// Reads one policy; what is broken in it goes to the problems.
class NetworkPolicyReader {
public:
    NetworkPolicyReader(const ReadContext& context, const NetworkPolicy& policy, PolicyDefs& out)
        : m_context(context)
        , m_cluster(context.cluster)
        , m_policy(policy)
        , m_out(out)
    {
    }

    void read()
    {
        PolicyDef def;
        def.object = m_policy.object;
        def.selectsHostNetwork = true;
        def.subject.ns = namespaceOf(m_cluster, m_policy.object);
        def.subject.isNever = !readSelector(m_policy.podSelector, "/spec/podSelector", def.subject.pods);
        for (const Direction direction : { Direction::Ingress, Direction::Egress }) {
            if (!hasDirection(m_policy, direction))
                continue;
            const auto at = static_cast<std::size_t>(direction);
            def.applies[at] = def.isolates[at] = true;
            const auto rules = rulesOf(m_policy, direction);
            for (std::size_t i = 0; i < rules.size(); ++i)
                def.rules[at].push_back(readRule(rules[i], direction, i));
        }
        m_out.policies.push_back(std::move(def));
    }

private:
    void problem(std::string pointer, std::string what)
    {
        m_out.problems.push_back({ m_policy.object, std::move(pointer), std::move(what) });
    }

    bool readSelector(const cluster::LabelSelector& selector, const std::string& pointer, Selection& out)
    {
        std::string what;
        auto selection = selectionOf(m_cluster, selector, what);
        if (selection)
            out = std::move(*selection);
        else
            problem(pointer, what + ": the selector matches nothing");
        return selection.has_value();
    }

    RuleDef readRule(const cluster::NetworkPolicyRule& rule, Direction direction, std::size_t index)
    {
        RuleDef out;
        out.pointer = "/spec/" + std::string(toText(direction)) + '/' + std::to_string(index);
        out.isAnyPeer = rule.peers.empty();
        const std::string peers = out.pointer + (direction == Direction::Ingress ? "/from/" : "/to/");
        for (std::size_t p = 0; p < rule.peers.size(); ++p)
            readPeer(rule.peers[p], peers + std::to_string(p), out);
        out.ports.isAll = rule.ports.empty();
        for (std::size_t p = 0; p < rule.ports.size(); ++p)
            readPort(rule.ports[p], out.pointer + "/ports/" + std::to_string(p), out.ports);
        return out;
    }

    void readPeer(const cluster::NetworkPolicyPeer& peer, const std::string& pointer, RuleDef& rule)
    {
        const bool hasSelector = peer.podSelector || peer.namespaceSelector;
        if (peer.ipBlock ? hasSelector : !hasSelector) {
            problem(pointer,
                peer.ipBlock ? "a peer with ipBlock and a selector is refused by the API server"
                             : "an empty peer is refused by the API server");
            return;
        }
        PeerDef out;
        if (peer.ipBlock) {
            out.kind = PeerDef::Kind::Addresses;
            out.isAlsoPods = m_context.doBlocksMatchPods;
            std::vector<std::string_view> except;
            for (const StringId text : peer.ipBlock->except)
                except.push_back(m_cluster.text(text));
            std::string what;
            auto addresses = blockOf(m_cluster.text(peer.ipBlock->cidr), except, what);
            if (!what.empty())
                problem(pointer + "/ipBlock", what);
            if (!addresses)
                return;
            out.addresses = std::move(*addresses);
        } else {
            if (!peer.namespaceSelector)
                out.pods.ns = namespaceOf(m_cluster, m_policy.object);
            else if (!readSelector(*peer.namespaceSelector, pointer + "/namespaceSelector", out.pods.namespaces))
                out.pods.isNever = true;
            if (peer.podSelector && !readSelector(*peer.podSelector, pointer + "/podSelector", out.pods.pods))
                out.pods.isNever = true;
        }
        rule.peers.push_back(std::move(out));
    }

    void readPort(const cluster::NetworkPolicyPort& port, const std::string& pointer, PortTerms& terms)
    {
        const std::string_view protocol = port.protocol.isNone() ? "TCP" : m_cluster.text(port.protocol);
        const auto known = parseProtocol(protocol);
        if (!known) {
            problem(pointer, "protocol " + printable(protocol) + " is none of TCP, UDP and SCTP: it matches nothing");
            return;
        }
        PortTerm term { .protocol = *known };
        const std::string_view text = m_cluster.text(port.port);
        const auto number = toInteger(text);
        if (!text.empty() && !number) {
            term.name = text;
            if (port.endPort)
                return problem(pointer, "endPort needs a number as port: it matches nothing");
        } else if (number) {
            const std::int64_t last = port.endPort.value_or(static_cast<std::int32_t>(*number));
            if (*number < 1 || *number > 65535 || last < *number || last > 65535)
                return problem(pointer, "not a range of ports: it matches nothing");
            term.range = { static_cast<std::uint16_t>(*number), static_cast<std::uint16_t>(last) };
        } else if (port.endPort) {
            return problem(pointer, "endPort needs a port: it matches nothing");
        }
        terms.terms.push_back(std::move(term));
    }

    const ReadContext& m_context;
    const Cluster& m_cluster;
    const NetworkPolicy& m_policy;
    PolicyDefs& m_out;
};

bool isLabelCharacter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// Source: apimachinery pkg/util/validation (IsQualifiedName, IsValidLabelValue).
bool isLabelName(std::string_view text)
{
    return !text.empty() && text.size() <= 63 && isLabelCharacter(text.front()) && isLabelCharacter(text.back())
        && std::ranges::all_of(text, [](char c) { return isLabelCharacter(c) || c == '-' || c == '_' || c == '.'; });
}

bool isLabelValue(std::string_view text)
{
    return text.empty() || isLabelName(text);
}

bool isLabelKey(std::string_view text)
{
    const auto slash = text.find('/');
    if (slash == std::string_view::npos)
        return isLabelName(text);
    return slash > 0 && slash <= 253 && isLabelName(text.substr(slash + 1));
}

// "" or why the API server refuses it.
std::string wrongIn(const TextRequirement& term)
{
    if (term.op == Requirement::Operator::Invalid)
        return "a requirement on " + printable(term.key) + " has no operator that Kubernetes knows";
    const auto invalid = std::ranges::find_if_not(term.values, isLabelValue);
    if (!isLabelKey(term.key))
        return printable(shortened(term.key, 100)) + " is no key of a label";
    if (invalid != term.values.end())
        return printable(shortened(*invalid, 100)) + " is no value of a label";
    const bool needsValues = term.op == Requirement::Operator::In || term.op == Requirement::Operator::NotIn;
    if (needsValues && term.values.empty())
        return "a requirement on " + printable(term.key) + " has no values";
    return {};
}

} // namespace

Requirement::Operator operatorNamed(std::string_view text)
{
    using Known = Requirement::Operator;
    return text == "In"          ? Known::In
        : text == "NotIn"        ? Known::NotIn
        : text == "Exists"       ? Known::Exists
        : text == "DoesNotExist" ? Known::DoesNotExist
                                 : Known::Invalid;
}

bool matches(const std::vector<TextRequirement>& selector, const TextLabels& labels)
{
    return std::ranges::all_of(selector, [&](const TextRequirement& requirement) {
        const auto label = std::ranges::find(labels, requirement.key, [](const auto& pair) { return pair.first; });
        const bool hasKey = label != labels.end();
        const bool hasValue
            = hasKey && std::ranges::find(requirement.values, label->second) != requirement.values.end();
        switch (requirement.op) {
        case Requirement::Operator::In:
            return hasValue;
        case Requirement::Operator::NotIn:
            return !requirement.values.empty() && !hasValue;
        case Requirement::Operator::Exists:
            return hasKey;
        case Requirement::Operator::DoesNotExist:
            return !hasKey;
        case Requirement::Operator::Invalid:
            return false;
        }
        return false;
    });
}

std::string namespaceOf(const Cluster& cluster, cluster::ObjectId object)
{
    const StringId ns = cluster.object(object).ns;
    return ns.isNone() ? std::string("default") : std::string(cluster.text(ns));
}

std::optional<Selection> selectionOf(const Cluster& cluster, const cluster::LabelSelector& selector, std::string& what)
{
    Selection out;
    for (const Requirement& requirement : selector.requirements) {
        TextRequirement term { std::string(cluster.text(requirement.key)), requirement.op, {} };
        for (const StringId value : requirement.values)
            term.values.emplace_back(cluster.text(value));
        what = wrongIn(term);
        if (!what.empty())
            return std::nullopt;
        out.terms.push_back(std::move(term));
    }
    return out;
}

std::optional<Selection> readLabelSelector(format::Value selector, std::string& what)
{
    Selection out;
    for (const format::Value label : selector["matchLabels"]) {
        out.terms.push_back({ std::string(label.key()), Requirement::Operator::In, { std::string(label.text()) } });
        what = wrongIn(out.terms.back());
        if (!what.empty())
            return std::nullopt;
    }
    for (const format::Value expression : selector["matchExpressions"]) {
        TextRequirement term { std::string(expression["key"].text()), operatorNamed(expression["operator"].text()),
            {} };
        for (const format::Value value : expression["values"])
            term.values.emplace_back(value.text());
        what = wrongIn(term);
        if (!what.empty())
            return std::nullopt;
        out.terms.push_back(std::move(term));
    }
    return out;
}

std::optional<std::vector<AddressRange>> blockOf(
    std::string_view cidr, const std::vector<std::string_view>& except, std::string& what)
{
    const auto range = parseCidr(cidr);
    if (!range) {
        what = printable(cidr) + " is not a CIDR: it matches nothing";
        return std::nullopt;
    }
    std::vector<AddressRange> holes;
    for (const std::string_view text : except) {
        const auto hole = parseCidr(text);
        if (!hole)
            what = printable(text) + " is not a CIDR: it excepts nothing";
        else
            holes.push_back(*hole);
    }
    return without(std::vector { *range }, joined(std::move(holes)));
}

void readNetworkPolicies(const ReadContext& context, PolicyDefs& out)
{
    for (const NetworkPolicy& policy : context.cluster.networkPolicies())
        NetworkPolicyReader(context, policy, out).read();
}

} // namespace plimsoll::network
