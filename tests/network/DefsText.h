// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/base/Text.h"
#include "core/network/detail/PolicyDef_p.h"

// What readers of policies made of objects, as compact text: one line for each policy, rule and problem.
namespace plimsoll::test {

inline std::string textOf(const network::Selection& selection)
{
    using Operator = cluster::Requirement::Operator;
    std::vector<std::string> parts;
    for (const network::TextRequirement& term : selection.terms) {
        const std::string values = join(term.values, "|");
        parts.push_back(term.op == Operator::In     ? term.key + '=' + values
                : term.op == Operator::NotIn        ? term.key + "!=" + values
                : term.op == Operator::Exists       ? term.key
                : term.op == Operator::DoesNotExist ? '!' + term.key
                                                    : "invalid");
    }
    if (selection.expression)
        parts.push_back('{' + selection.expression->text() + '}');
    return join(parts, ",");
}

inline std::string textOf(const network::PodSelection& pods)
{
    if (pods.isNever)
        return "[never]";
    std::string out = "[";
    if (pods.ns)
        out += "ns " + *pods.ns + (pods.namespaces.isEmpty() && pods.pods.isEmpty() ? "" : " ");
    if (!pods.namespaces.isEmpty())
        out += "nss " + textOf(pods.namespaces) + (pods.pods.isEmpty() ? "" : " ");
    return out + textOf(pods.pods) + ']';
}

inline std::string textOf(const network::PeerDef& peer)
{
    using Kind = network::PeerDef::Kind;
    using Scope = network::PeerDef::NodeScope;
    switch (peer.kind) {
    case Kind::Pods:
        return "pods" + textOf(peer.pods);
    case Kind::Addresses: {
        std::vector<std::string> cidrs;
        for (const network::AddressRange& range : peer.addresses) {
            for (std::string& cidr : network::cidrsOf(range))
                cidrs.push_back(std::move(cidr));
        }
        return "addresses[" + join(cidrs, ",") + ']' + (peer.isAlsoPods ? "+pods" : "")
            + (peer.hasPodLimit ? textOf(peer.pods) : std::string()) + (peer.isOnlyPods ? " alone" : "");
    }
    case Kind::Nodes:
        return std::string(peer.scope == Scope::Own  ? "own node"
                       : peer.scope == Scope::Others ? "other nodes"
                                                     : "nodes")
            + (peer.nodes.isEmpty() ? std::string() : '[' + textOf(peer.nodes) + ']');
    case Kind::Outside:
        return "outside";
    case Kind::Domains:
        return "domains[" + peer.text + ']';
    case Kind::Unreadable:
        return "unreadable[" + peer.text + ']';
    }
    return {};
}

inline std::string textOf(const network::PortTerms& ports)
{
    if (ports.isAll)
        return "all";
    std::vector<std::string> out;
    for (const network::PortTerm& term : ports.terms) {
        const std::string protocol = term.isAnyProtocol ? "any" : std::string(network::toText(term.protocol));
        out.push_back(protocol + ' ' + (term.name.empty() ? network::toText(std::vector { term.range }) : term.name));
    }
    return out.empty() ? "none" : join(out, ",");
}

inline std::string textOf(const network::RuleDef& rule)
{
    std::vector<std::string> peers;
    for (const network::PeerDef& peer : rule.peers)
        peers.push_back(textOf(peer));
    const std::string_view action = rule.action == network::Action::Allow ? "allow"
        : rule.action == network::Action::Deny                            ? "deny"
                                                                          : "pass";
    return rule.pointer + ": " + std::string(action) + ' '
        + (rule.isAnyPeer       ? "anyone"
                : peers.empty() ? "nobody"
                                : join(peers, " or "))
        + " on " + textOf(rule.ports) + (rule.isL7 ? " (L7)" : "") + (rule.isMaybe ? " maybe: " + rule.reason : "");
}

inline std::string textOf(const cluster::Cluster& cluster, const network::PolicyDefs& defs)
{
    std::string out;
    for (const network::PolicyDef& def : defs.policies) {
        const auto number = [](double value) { return std::to_string(static_cast<int>(value * 10)); };
        out += cluster.refOf(def.object) + ' ' + def.tier.name + ' ' + number(def.priority) + ' ' + textOf(def.subject);
        for (const auto direction : { network::Direction::Ingress, network::Direction::Egress }) {
            const auto at = static_cast<std::size_t>(direction);
            if (def.applies[at])
                out += ' ' + std::string(network::toText(direction)) + (def.isolates[at] ? "!" : "");
        }
        out += '\n';
        for (const auto& rules : def.rules) {
            for (const network::RuleDef& rule : rules)
                out += "  " + textOf(rule) + '\n';
        }
    }
    for (const network::PolicyProblem& problem : defs.problems)
        out += "problem " + problem.pointer + ": " + problem.what + '\n';
    return out;
}

} // namespace plimsoll::test
