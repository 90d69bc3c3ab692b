// SPDX-License-Identifier: Apache-2.0
// AdminNetworkPolicy and BaselineAdminNetworkPolicy (v1alpha1) and ClusterNetworkPolicy (v1alpha2) of
// policy.networking.k8s.io. Source: network-policy-api v0.1.5 and v0.2.0, apis/ and site-src/api-overview.md.
//
// What of a rule cannot be read fails closed: an allow rule matches nothing, a deny or pass rule denies everybody.
#include "core/network/detail/Read_p.h"

#include "core/base/Text.h"

namespace plimsoll::network {

using cluster::Cluster;
using cluster::ObjectId;
using format::Value;

namespace {

class AdminPolicyReader {
public:
    AdminPolicyReader(const ReadContext& context, ObjectId object, Value spec, PolicyDefs& out)
        : m_context(context)
        , m_object(object)
        , m_spec(spec)
        , m_out(out)
    {
    }

    void read(std::string_view kind)
    {
        PolicyDef def;
        def.object = m_object;
        const bool isBaseline = kind == "BaselineAdminNetworkPolicy" || m_spec["tier"].text() == "Baseline";
        def.tier = isBaseline ? baselineTier : adminTier;
        def.priority = static_cast<double>(m_spec["priority"].asInteger().value_or(0));
        if (auto subject = readPods(m_spec["subject"], "/spec/subject"))
            def.subject = std::move(*subject);
        else
            def.subject.isNever = true;
        for (const Direction direction : { Direction::Ingress, Direction::Egress }) {
            const std::string name(toText(direction));
            const auto at = static_cast<std::size_t>(direction);
            std::size_t index = 0;
            for (const Value rule : m_spec[name]) {
                def.applies[at] = true;
                readRule(rule, "/spec/" + name + '/' + std::to_string(index++), direction, def.rules[at]);
            }
        }
        m_out.policies.push_back(std::move(def));
    }

private:
    void problem(std::string pointer, std::string what)
    {
        m_out.problems.push_back({ m_object, std::move(pointer), std::move(what) });
    }

    std::optional<Selection> readSelector(Value selector, const std::string& pointer)
    {
        std::string what;
        auto selection = readLabelSelector(selector, what);
        if (!selection)
            problem(pointer, what + ": the selector matches nothing");
        return selection;
    }

    // Of subjects and peers: exactly one of namespaces and pods.
    std::optional<PodSelection> readPods(Value parent, const std::string& pointer)
    {
        const Value namespaces = parent["namespaces"];
        const Value pods = parent["pods"];
        if (namespaces.isPresent() == pods.isPresent()) {
            problem(pointer, "needs exactly one of namespaces and pods");
            return std::nullopt;
        }
        PodSelection out;
        const bool isPods = pods.isPresent();
        auto ofNamespaces = isPods ? readSelector(pods["namespaceSelector"], pointer + "/pods/namespaceSelector")
                                   : readSelector(namespaces, pointer + "/namespaces");
        auto ofPods = isPods ? readSelector(pods["podSelector"], pointer + "/pods/podSelector") : Selection();
        if (!ofNamespaces || !ofPods)
            return std::nullopt;
        out.namespaces = std::move(*ofNamespaces);
        out.pods = std::move(*ofPods);
        return out;
    }

    void readRule(Value rule, std::string pointer, Direction direction, std::vector<RuleDef>& rules)
    {
        RuleDef out;
        out.pointer = pointer;
        const std::string_view action = rule["action"].text();
        bool isReadable = true;
        if (action == "Allow" || action == "Accept")
            out.action = Action::Allow;
        else if (action == "Pass")
            out.action = Action::Pass;
        else
            out.action = Action::Deny;
        if (action != "Allow" && action != "Accept" && action != "Pass" && action != "Deny") {
            problem(pointer + "/action", printable(action) + " is no action: the rule denies");
            isReadable = false;
        }
        const std::string_view list = direction == Direction::Ingress ? "from" : "to";
        std::size_t index = 0;
        for (const Value peer : rule[list])
            isReadable
                = readPeer(peer, pointer + '/' + std::string(list) + '/' + std::to_string(index++), out) && isReadable;
        if (index == 0) {
            problem(pointer, "has no \"" + std::string(list) + "\", which must name at least one peer");
            isReadable = false;
        }
        isReadable = readPorts(rule, pointer, out.ports) && isReadable;
        if (!isReadable && out.action != Action::Allow) {
            out.action = Action::Deny;
            out.isAnyPeer = true;
            out.peers.clear();
            out.ports = {};
        }
        rules.push_back(std::move(out));
    }

    bool readPeer(Value peer, const std::string& pointer, RuleDef& rule)
    {
        const std::size_t before = rule.peers.size();
        if (peer["namespaces"].isPresent() || peer["pods"].isPresent()) {
            if (auto pods = readPods(peer, pointer))
                rule.peers.push_back({ .kind = PeerDef::Kind::Pods, .pods = std::move(*pods) });
        } else if (const Value networks = peer["networks"]; networks.isArray()) {
            readNetworks(networks, pointer + "/networks", rule);
        } else if (const Value nodes = peer["nodes"]; nodes.isPresent()) {
            if (auto selection = readSelector(nodes, pointer + "/nodes"))
                rule.peers.push_back({ .kind = PeerDef::Kind::Nodes, .nodes = std::move(*selection) });
        } else if (const Value domains = peer["domainNames"]; domains.isArray()) {
            std::vector<std::string> names;
            for (const Value name : domains)
                names.emplace_back(name.text());
            rule.peers.push_back({ .kind = PeerDef::Kind::Domains, .text = join(names, ", ") });
        } else {
            problem(pointer, "the peer is of no kind that is known here");
        }
        return rule.peers.size() > before;
    }

    void readNetworks(Value networks, const std::string& pointer, RuleDef& rule)
    {
        PeerDef peer { .kind = PeerDef::Kind::Addresses };
        peer.isAlsoPods = m_context.doBlocksMatchPods;
        std::vector<AddressRange> ranges;
        std::size_t index = 0;
        for (const Value network : networks) {
            const std::string at = pointer + '/' + std::to_string(index++);
            if (const auto range = parseCidr(network.text()))
                ranges.push_back(*range);
            else
                return problem(at, printable(network.text()) + " is not a CIDR");
        }
        peer.addresses = joined(std::move(ranges));
        rule.peers.push_back(std::move(peer));
    }

    // v1alpha1 has ports[], v1alpha2 protocols[]. Neither: every port.
    bool readPorts(Value rule, const std::string& pointer, PortTerms& terms)
    {
        bool isReadable = true;
        const auto readAll = [&](std::string_view list, auto readEntry) {
            std::size_t index = 0;
            for (const Value entry : rule[list]) {
                terms.isAll = false;
                const std::string at = pointer + '/' + std::string(list) + '/' + std::to_string(index++);
                isReadable = (this->*readEntry)(entry, at, terms) && isReadable;
            }
        };
        readAll("ports", &AdminPolicyReader::readPort);
        readAll("protocols", &AdminPolicyReader::readProtocol);
        return isReadable;
    }

    bool addRange(std::string_view protocol, Value first, Value last, const std::string& pointer, PortTerms& terms)
    {
        const auto known = parseProtocol(protocol);
        const auto from = first.asInteger();
        const auto to = last.asInteger();
        if (!known || !from || !to || *from < 1 || *to < *from || *to > 65535) {
            problem(pointer, "not a port of TCP, UDP or SCTP");
            return false;
        }
        terms.terms.push_back(
            { .protocol = *known, .range = { static_cast<std::uint16_t>(*from), static_cast<std::uint16_t>(*to) } });
        return true;
    }

    bool readPort(Value port, const std::string& pointer, PortTerms& terms)
    {
        if (const Value number = port["portNumber"]; number.isObject())
            return addRange(protocolOf(number), number["port"], number["port"], pointer, terms);
        if (const Value range = port["portRange"]; range.isObject())
            return addRange(protocolOf(range), range["start"], range["end"], pointer, terms);
        return addName(port["namedPort"], pointer, terms);
    }

    static std::string_view protocolOf(Value port)
    {
        const Value protocol = port["protocol"];
        return protocol.isAbsent() ? std::string_view("TCP") : protocol.text();
    }

    bool addName(Value name, const std::string& pointer, PortTerms& terms)
    {
        if (name.text().empty()) {
            problem(pointer, "names no port");
            return false;
        }
        terms.terms.push_back({ .isAnyProtocol = true, .name = std::string(name.text()) });
        return true;
    }

    bool readProtocol(Value entry, const std::string& pointer, PortTerms& terms)
    {
        constexpr std::pair<std::string_view, std::string_view> names[]
            = { { "tcp", "TCP" }, { "udp", "UDP" }, { "sctp", "SCTP" } };
        for (const auto& [key, protocol] : names) {
            const Value port = entry[key]["destinationPort"];
            if (entry[key].isAbsent())
                continue;
            if (port.isAbsent()) { // refused by the CRD; its prose says every port
                terms.terms.push_back({ .protocol = *parseProtocol(protocol) });
                return true;
            }
            const Value range = port["range"];
            return range.isObject() ? addRange(protocol, range["start"], range["end"], pointer, terms)
                                    : addRange(protocol, port["number"], port["number"], pointer, terms);
        }
        return addName(entry["destinationNamedPort"], pointer, terms);
    }

    const ReadContext& m_context;
    ObjectId m_object;
    Value m_spec;
    PolicyDefs& m_out;
};

} // namespace

void readAdminPolicies(const ReadContext& context, PolicyDefs& out)
{
    for (const std::string_view kind : { "AdminNetworkPolicy", "BaselineAdminNetworkPolicy", "ClusterNetworkPolicy" }) {
        for (const ObjectId id : context.cluster.objectsOf("policy.networking.k8s.io", kind)) {
            format::Document document;
            if (context.cluster.object(id).isMissing
                || !context.cluster.snapshot().readRaw(context.cluster.object(id).raw, document))
                continue;
            AdminPolicyReader(context, id, document.root()["spec"], out).read(kind);
        }
    }
}

} // namespace plimsoll::network
