// SPDX-License-Identifier: Apache-2.0
// Source: Cilium 1.19 pkg/policy/api (ingress.go, egress.go, entity.go, cidr.go, service.go, rule_validation.go) and
// pkg/policy/utils (mergeEndpointSelectors).
//
// Addresses in Cilium's policies match neither pods nor nodes: those are known by their labels and entities.
#include "core/network/detail/CiliumPeers_p.h"

#include <algorithm>
#include <array>

#include "core/base/Text.h"

namespace plimsoll::network {

using cluster::Cluster;
using cluster::ObjectId;
using cluster::Requirement;
using format::pointerTo;
using format::Value;

namespace {

bool hasLabels(const Cluster& cluster, const cluster::Object& object, const std::vector<TextRequirement>& terms)
{
    TextLabels labels;
    for (const auto& [key, value] : object.labels)
        labels.emplace_back(cluster.text(key), cluster.text(value));
    return matches(terms, labels);
}

// An address alone is the range of one.
std::optional<AddressRange> rangeOf(std::string_view text)
{
    if (const auto address = parseAddress(text))
        return AddressRange { address->bits, address->bits, address->isV6 };
    return parseCidr(text);
}

PeerDef ciliumAddresses(std::vector<AddressRange> ranges)
{
    return { .kind = PeerDef::Kind::Addresses, .addresses = joined(std::move(ranges)), .isAlsoPods = false };
}

PeerDef ciliumNodes(PeerDef::NodeScope scope)
{
    return { .kind = PeerDef::Kind::Nodes, .scope = scope };
}

// Reads the peers of one rule.
class CiliumPeerReader {
public:
    CiliumPeerReader(const CiliumPolicy& policy, Direction direction, Action action)
        : m_policy(policy)
        , m_cluster(policy.context.cluster)
        , m_side(direction == Direction::Ingress ? "from" : "to")
        , m_isDeny(action == Action::Deny)
    {
    }

    CiliumPeers read(Value rule, const std::string& pointer)
    {
        const auto field = [&](std::string_view name) { return rule[m_side + std::string(name)]; };
        const auto at = [&](std::string_view name) { return pointer + '/' + m_side + std::string(name); };
        std::size_t given = 0;
        for (const std::string_view name :
            { "Endpoints", "CIDR", "CIDRSet", "Entities", "Nodes", "Groups", "Services", "FQDNs" }) {
            const Value list = field(name);
            given += list.size() > 0 ? 1 : 0;
            const bool isNobody
                = list.isArray() && list.size() == 0 && name != "Groups" && name != "Services" && name != "FQDNs";
            m_out.isGiven = m_out.isGiven || list.size() > 0 || isNobody;
        }
        if (given > 1) {
            broken(pointer, "Cilium refuses a rule that names peers in more than one way");
            return std::move(m_out);
        }
        readEach(field("Endpoints"), at("Endpoints"), &CiliumPeerReader::readEndpoints);
        readEach(field("CIDR"), at("CIDR"), &CiliumPeerReader::readCidr);
        readEach(field("CIDRSet"), at("CIDRSet"), &CiliumPeerReader::readCidrRule);
        readEach(field("Entities"), at("Entities"), &CiliumPeerReader::readEntityOf);
        readEach(field("Nodes"), at("Nodes"), &CiliumPeerReader::readNodes);
        readEach(field("Services"), at("Services"), &CiliumPeerReader::readService);
        readDomains(field("FQDNs"), at("FQDNs"));
        if (field("Groups").size() > 0)
            doubt({ .kind = PeerDef::Kind::Outside }, "it matches the addresses of groups of a cloud provider");
        if (field("Requires").size() > 0)
            applyRequires();
        return std::move(m_out);
    }

private:
    void doubt(PeerDef peer, std::string reason)
    {
        const auto known = std::ranges::find(m_out.doubts, reason, &CiliumPeers::Doubt::reason);
        if (known == m_out.doubts.end())
            m_out.doubts.push_back({ { std::move(peer) }, std::move(reason) });
        else
            known->peers.push_back(std::move(peer));
    }

    // What is broken allows nobody, and may deny everybody.
    void broken(const std::string& pointer, const std::string& what)
    {
        m_policy.problem(pointer, what + (m_isDeny ? ": it may deny everybody" : ": it allows nobody"));
        m_out.isGiven = true;
        if (m_isDeny)
            m_out.peers.push_back({ .kind = PeerDef::Kind::Unreadable, .text = "a peer that cannot be read" });
    }

    void readEach(Value list, const std::string& pointer, void (CiliumPeerReader::*readOne)(Value, const std::string&))
    {
        std::size_t index = 0;
        for (const Value item : list)
            (this->*readOne)(item, pointerTo(pointer, index++));
    }

    void readEndpoints(Value selector, const std::string& pointer)
    {
        std::string what;
        auto selection = readCiliumSelector(selector, CiliumRole::Peer, m_policy.config, what);
        if (!selection)
            return broken(pointer, what);
        if (selection->hasReserved)
            return readReserved(*selection, selector);
        PeerDef peer;
        if (m_policy.ns && !selection->hasNamespace && !selection->hasNamespaceLabels)
            peer.pods.ns = m_policy.ns;
        peer.pods.pods = std::move(selection->pods);
        peer.pods.isNever = selection->isNever;
        if (!selection->doubt.empty() && !selection->isNever)
            doubt(std::move(peer), selection->doubt);
        else
            m_out.peers.push_back(std::move(peer));
    }

    // Such a selector is not limited to a namespace. With one reserved label alone it is the entity of this name.
    void readReserved(const CiliumSelection& selection, Value selector)
    {
        if (selection.reserved.size() == 1 && selector["matchLabels"].size() == 1
            && selector["matchExpressions"].size() == 0)
            readEntity(selection.reserved.front(), {});
        else if (!selection.isNever)
            doubt({ .kind = PeerDef::Kind::Unreadable, .text = "reserved labels of Cilium" },
                "it selects by the absence of reserved labels");
    }

    void readEntityOf(Value entity, const std::string& pointer) { readEntity(entity.text(), pointer); }

    // Without pointer, unknown names are no problem: they are labels that nothing has.
    void readEntity(std::string_view name, const std::string& pointer)
    {
        if (name == "all") {
            m_out.isAnyPeer = true;
        } else if (name == "world") {
            m_out.peers.push_back({ .kind = PeerDef::Kind::Outside });
        } else if (name == "world-ipv4" || name == "world-ipv6") {
            m_out.peers.push_back(ciliumAddresses({ everyAddress(name == "world-ipv6") }));
        } else if (name == "cluster") {
            m_out.peers.push_back({ .kind = PeerDef::Kind::Pods });
            m_out.peers.push_back(ciliumNodes(PeerDef::NodeScope::All));
        } else if (name == "host") {
            m_out.peers.push_back(ciliumNodes(PeerDef::NodeScope::Own));
        } else if (name == "remote-node") {
            m_out.peers.push_back(ciliumNodes(PeerDef::NodeScope::Others));
        } else if (name == "kube-apiserver") {
            addApiServers();
        } else if (name == "unmanaged") {
            doubt({ .kind = PeerDef::Kind::Pods }, "it matches pods that Cilium does not manage");
        } else if (name == "ingress" || name == "health" || name == "init" || name == "none") {
            // Cilium's own proxies and probes, pods that have no labels yet, nothing: none of them is a pod, a node or
            // an address outside. The rule names peers all the same.
        } else if (!pointer.empty()) {
            broken(pointer, printable(name) + " is no entity that Cilium knows");
        }
    }

    void addApiServers()
    {
        if (m_policy.config.apiServers.empty()) {
            const std::string reason = "it matches the API servers, whose addresses the source does not tell";
            doubt(ciliumNodes(PeerDef::NodeScope::All), reason);
            doubt({ .kind = PeerDef::Kind::Outside }, reason);
            return;
        }
        // Nodes and what runs in their network have the label of the API server as soon as it has their address.
        PeerDef peer = ciliumAddresses(m_policy.config.apiServers);
        peer.isAlsoPods = true;
        m_out.peers.push_back(std::move(peer));
    }

    void readCidr(Value cidr, const std::string& pointer)
    {
        if (const auto range = rangeOf(cidr.text()))
            m_out.peers.push_back(ciliumAddresses({ *range }));
        else
            broken(pointer, printable(cidr.text()) + " is neither an address nor a CIDR");
    }

    void readCidrRule(Value rule, const std::string& pointer)
    {
        std::vector<std::string_view> except;
        for (const Value hole : rule["except"])
            except.push_back(hole.text());
        if (rule["cidrGroupRef"].text().empty() && !rule["cidrGroupSelector"].isObject()) {
            std::string what;
            auto ranges = blockOf(rule["cidr"].text(), except, what);
            if (!ranges)
                return broken(pointer, printable(rule["cidr"].text()) + " is not a CIDR");
            if (!what.empty())
                m_policy.problem(pointer, what);
            m_out.peers.push_back(ciliumAddresses(std::move(*ranges)));
        } else {
            readGroups(rule, except, pointer);
        }
    }

    // CiliumCIDRGroups, by name or by label.
    void readGroups(Value rule, const std::vector<std::string_view>& except, const std::string& pointer)
    {
        const std::string_view name = rule["cidrGroupRef"].text();
        std::string what;
        const auto selection
            = readCiliumSelector(rule["cidrGroupSelector"], CiliumRole::Subject, m_policy.config, what);
        if (!selection)
            return broken(pointer, what);
        std::vector<AddressRange> ranges;
        bool isFound = false;
        for (const ObjectId id : m_cluster.objectsOf("cilium.io", "CiliumCIDRGroup")) {
            const cluster::Object& group = m_cluster.object(id);
            format::Document document;
            if (name.empty() ? !hasLabels(m_cluster, group, selection->pods.terms) : m_cluster.text(group.name) != name)
                continue;
            if (!m_cluster.snapshot().readRaw(group.raw, document))
                continue;
            isFound = true;
            for (const Value cidr : document.root()["spec"]["externalCIDRs"]) {
                if (const auto range = rangeOf(cidr.text()))
                    ranges.push_back(*range);
            }
        }
        if (!isFound && !m_cluster.covers("cilium.io", "CiliumCIDRGroup"))
            return doubt({ .kind = PeerDef::Kind::Outside }, "it names a CiliumCIDRGroup that is not in the source");
        std::vector<AddressRange> holes;
        for (const std::string_view text : except) {
            if (const auto hole = rangeOf(text))
                holes.push_back(*hole);
        }
        m_out.peers.push_back(ciliumAddresses(without(joined(std::move(ranges)), joined(std::move(holes)))));
    }

    void readNodes(Value selector, const std::string& pointer)
    {
        std::string what;
        auto selection = readCiliumSelector(selector, CiliumRole::Subject, m_policy.config, what);
        if (!selection)
            return broken(pointer, what);
        if (selection->isNever)
            return;
        PeerDef peer = ciliumNodes(PeerDef::NodeScope::All);
        peer.nodes = std::move(selection->pods);
        if (m_policy.config.doesMatchNodeLabels)
            m_out.peers.push_back(std::move(peer));
        else
            doubt(std::move(peer), "Cilium matches nodes by label only with enable-node-selector-labels");
    }

    void readService(Value service, const std::string& pointer)
    {
        const Value byName = service["k8sService"];
        const Value bySelector = service["k8sServiceSelector"];
        std::string what;
        const auto selection = readCiliumSelector(bySelector["selector"], CiliumRole::Subject, m_policy.config, what);
        if (!selection)
            return broken(pointer, what);
        const std::string_view ns = byName.isObject() ? byName["namespace"].text() : bySelector["namespace"].text();
        for (const cluster::Service& candidate : m_cluster.services()) {
            const cluster::Object& object = m_cluster.object(candidate.object);
            if (!ns.empty() && ns != namespaceOf(m_cluster, candidate.object))
                continue;
            const bool isNamed = byName.isObject() && m_cluster.text(object.name) == byName["serviceName"].text();
            if (isNamed || (bySelector.isObject() && hasLabels(m_cluster, object, selection->pods.terms)))
                addService(candidate);
        }
    }

    void addService(const cluster::Service& service)
    {
        if (m_cluster.text(service.type) == "ExternalName")
            return;
        if (service.selector.empty())
            return doubt({ .kind = PeerDef::Kind::Outside }, "it matches the addresses of a Service without selector");
        PeerDef peer;
        peer.pods.ns = namespaceOf(m_cluster, service.object);
        for (const auto& [key, value] : service.selector)
            peer.pods.pods.terms.push_back({ std::string(m_cluster.text(key)), Requirement::Operator::In,
                { std::string(m_cluster.text(value)) } });
        m_out.peers.push_back(std::move(peer));
    }

    void readDomains(Value domains, const std::string& pointer)
    {
        std::vector<std::string> names;
        std::size_t index = 0;
        for (const Value domain : domains) {
            const bool isName = !domain["matchName"].text().empty();
            const std::string_view name = isName ? domain["matchName"].text() : domain["matchPattern"].text();
            if (name.empty())
                broken(pointerTo(pointer, index), "names neither a name nor a pattern");
            else
                names.emplace_back(name);
            ++index;
        }
        if (!names.empty())
            m_out.peers.push_back({ .kind = PeerDef::Kind::Domains, .text = join(names, ", ") });
    }

    void applyRequires()
    {
        const std::string reason
            = "it has " + m_side + "Requires, which limits all rules for its pods and which Cilium 1.19 ignores";
        for (PeerDef& peer : m_out.peers)
            doubt(std::move(peer), reason);
        m_out.peers.clear();
    }

    const CiliumPolicy& m_policy;
    const Cluster& m_cluster;
    std::string m_side; // "from" or "to"
    bool m_isDeny;
    CiliumPeers m_out;
};

} // namespace

CiliumPeers readCiliumPeers(
    const CiliumPolicy& policy, Value rule, const std::string& pointer, Direction direction, Action action)
{
    return CiliumPeerReader(policy, direction, action).read(rule, pointer);
}

} // namespace plimsoll::network
