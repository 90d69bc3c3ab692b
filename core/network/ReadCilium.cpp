// SPDX-License-Identifier: Apache-2.0
// CiliumNetworkPolicy and CiliumClusterwideNetworkPolicy of cilium.io, at L3 and L4.
// Source: Cilium 1.18 pkg/policy/api (rule.go, ingress.go, egress.go, selector.go, entity.go),
// pkg/k8s/apis/cilium.io/utils, Documentation/security/policy.
//
// Rules that deny come before all that allow, NetworkPolicies included. A direction with rules denies all else, unless
// enableDefaultDeny says otherwise. CIDR rules never match pods. A rule without peers and ports ("{}") allows nothing.
#include <algorithm>
#include <array>

#include "core/base/Text.h"
#include "core/network/detail/Read_p.h"

namespace plimsoll::network {

using cluster::Cluster;
using cluster::ObjectId;
using cluster::Requirement;
using format::Value;

namespace {

constexpr std::string_view namespaceKey = "io.kubernetes.pod.namespace";
constexpr double denyPriority = 0;

// One entry of a rule's toPorts.
struct CiliumPorts {
    PortTerms terms;
    bool isL7 = false;
};

class CiliumReader {
public:
    CiliumReader(const ReadContext& context, ObjectId object, PolicyDefs& out)
        : m_cluster(context.cluster)
        , m_object(object)
        , m_isClusterwide(context.cluster.object(object).ns.isNone()
              && context.cluster.kindName(object) == "CiliumClusterwideNetworkPolicy")
        , m_out(out)
    {
    }

    void read(Value root)
    {
        if (root["spec"].isObject())
            readSpec(root["spec"], "/spec");
        std::size_t index = 0;
        for (const Value spec : root["specs"])
            readSpec(spec, "/specs/" + std::to_string(index++));
    }

private:
    void problem(std::string pointer, std::string what)
    {
        m_out.problems.push_back({ m_object, std::move(pointer), std::move(what) });
    }

    void readSpec(Value spec, const std::string& at)
    {
        if (!spec["endpointSelector"].isObject()) {
            if (spec["nodeSelector"].isObject())
                problem(at + "/nodeSelector", "the policy is about nodes: the host firewall is not computed");
            else
                problem(at, "the policy has no endpointSelector: it selects nothing");
            return;
        }
        PolicyDef allow;
        allow.object = m_object;
        auto subject = readEndpoints(spec["endpointSelector"], at + "/endpointSelector", true);
        if (subject)
            allow.subject = std::move(*subject);
        else
            allow.subject.isNever = true;
        PolicyDef deny = allow;
        deny.priority = denyPriority;
        for (const Direction direction : { Direction::Ingress, Direction::Egress }) {
            const std::string name(toText(direction));
            const std::size_t own = static_cast<std::size_t>(direction);
            const Value allowed = spec[name], denied = spec[name + "Deny"];
            const auto isSet = spec["enableDefaultDeny"][name].asBool();
            allow.applies[own] = allowed.size() > 0 || denied.size() > 0;
            allow.isolates[own] = allow.applies[own] && isSet.value_or(true);
            deny.applies[own] = denied.size() > 0;
            readRules(allowed, at + '/' + name, direction, Action::Allow, allow.rules[own]);
            readRules(denied, at + '/' + name + "Deny", direction, Action::Deny, deny.rules[own]);
        }
        if (deny.applies[0] || deny.applies[1])
            m_out.policies.push_back(deny);
        m_out.policies.push_back(std::move(allow));
    }

    void readRules(Value list, const std::string& at, Direction direction, Action action, std::vector<RuleDef>& rules)
    {
        std::size_t index = 0;
        for (const Value rule : list) {
            RuleDef pattern;
            pattern.action = action;
            pattern.pointer = at + '/' + std::to_string(index++);
            const bool hasPorts = rule["toPorts"].isArray();
            if (!hasPorts && rule["icmps"].size() > 0)
                continue; // about ICMP alone
            const bool hasPeers = readPeers(rule, direction, pattern);
            if (!hasPeers && !hasPorts)
                continue; // "{}"
            pattern.isAnyPeer = !hasPeers;
            const Value requires_ = rule[direction == Direction::Ingress ? "fromRequires" : "toRequires"];
            if (requires_.isArray()) {
                pattern.isMaybe = true;
                pattern.reason = "it has requirements, which Cilium 1.19 dropped";
            }
            if (!hasPorts) {
                rules.push_back(std::move(pattern));
                continue;
            }
            for (const CiliumPorts& ports : readPorts(rule["toPorts"], pattern.pointer + "/toPorts")) {
                RuleDef own = pattern;
                own.ports = ports.terms;
                own.isL7 = ports.isL7 && action == Action::Allow;
                rules.push_back(std::move(own));
            }
        }
    }

    // Whether the rule names peers at all; an empty list of them means nobody.
    bool readPeers(Value rule, Direction direction, RuleDef& out)
    {
        const bool isIngress = direction == Direction::Ingress;
        const std::string prefix = isIngress ? "from" : "to";
        bool hasPeers = false;
        const auto each = [&](const std::string& name, auto&& readOne) {
            const Value list = rule[prefix + name];
            if (!list.isArray())
                return;
            hasPeers = true;
            std::size_t index = 0;
            for (const Value one : list)
                readOne(one, out.pointer + '/' + prefix + name + '/' + std::to_string(index++));
        };
        each("Endpoints", [&](Value one, const std::string& at) {
            if (auto pods = readEndpoints(one, at, false))
                out.peers.push_back({ .kind = PeerDef::Kind::Pods, .pods = std::move(*pods) });
            else
                failClosed(at, out);
        });
        each("Entities", [&](Value one, const std::string& at) { readEntity(one.text(), at, out); });
        each("CIDR", [&](Value one, const std::string& at) { readBlock(one.text(), {}, at, out); });
        each("CIDRSet", [&](Value one, const std::string& at) { readCidrSet(one, at, out); });
        each("Nodes", [&](Value one, const std::string& at) {
            std::string what;
            if (auto nodes = readLabelSelector(one, what))
                out.peers.push_back({ .kind = PeerDef::Kind::Nodes, .nodes = std::move(*nodes) });
            else
                failClosed(at, out);
        });
        each("Groups", [&](Value, const std::string&) { addUnreadable("groups of a cloud provider", out); });
        if (!isIngress) {
            each("FQDNs", [&](Value one, const std::string&) {
                const std::string_view name = one["matchName"].text();
                out.peers.push_back({ .kind = PeerDef::Kind::Domains,
                    .text = std::string(name.empty() ? one["matchPattern"].text() : name) });
            });
            each("Services", [&](Value one, const std::string& at) { readService(one, at, out); });
        }
        return hasPeers;
    }

    // What a deny rule names and cannot be read may be anybody; of an allow rule it is nobody.
    void failClosed(const std::string& at, RuleDef& out)
    {
        problem(at, "the selector cannot be read: it matches nothing");
        if (out.action == Action::Deny)
            addUnreadable("a selector that cannot be read", out);
    }

    static void addUnreadable(std::string_view what, RuleDef& out)
    {
        out.peers.push_back({ .kind = PeerDef::Kind::Unreadable, .text = std::string(what) });
    }

    void readEntity(std::string_view entity, const std::string& at, RuleDef& out)
    {
        const auto add = [&](PeerDef::Kind kind) { out.peers.push_back({ .kind = kind }); };
        const auto addNodes
            = [&](PeerDef::NodeScope scope) { out.peers.push_back({ .kind = PeerDef::Kind::Nodes, .scope = scope }); };
        if (entity == "all") {
            add(PeerDef::Kind::Pods);
            add(PeerDef::Kind::Outside);
            addNodes(PeerDef::NodeScope::All);
        } else if (entity.starts_with("world")) {
            add(PeerDef::Kind::Outside);
        } else if (entity == "cluster") {
            add(PeerDef::Kind::Pods);
            addNodes(PeerDef::NodeScope::All);
        } else if (entity == "host") {
            addNodes(PeerDef::NodeScope::Own);
        } else if (entity == "remote-node") {
            addNodes(PeerDef::NodeScope::Others);
        } else if (entity == "kube-apiserver" || entity == "ingress") {
            addUnreadable("entity " + std::string(entity), out);
        } else if (entity != "health" && entity != "init" && entity != "unmanaged" && entity != "none") {
            problem(at, printable(entity) + " is no entity that is known here");
            addUnreadable("an unknown entity", out);
        }
    }

    void readBlock(
        std::string_view cidr, const std::vector<std::string_view>& except, const std::string& at, RuleDef& out)
    {
        // An address alone is a range of one.
        const auto address = parseAddress(cidr);
        const std::string whole = address ? std::string(cidr) + (address->isV6 ? "/128" : "/32") : std::string(cidr);
        std::string what;
        auto ranges = network::blockOf(whole, except, what);
        if (!what.empty())
            problem(at, what);
        if (ranges)
            out.peers.push_back(
                { .kind = PeerDef::Kind::Addresses, .addresses = std::move(*ranges), .isAlsoPods = false });
    }

    void readCidrSet(Value one, const std::string& at, RuleDef& out)
    {
        std::vector<std::string_view> except;
        for (const Value text : one["except"])
            except.push_back(text.text());
        if (const std::string_view group = one["cidrGroupRef"].text(); !group.empty())
            readGroup(group, except, at, out);
        else
            readBlock(one["cidr"].text(), except, at, out);
    }

    void readGroup(
        std::string_view name, const std::vector<std::string_view>& except, const std::string& at, RuleDef& out)
    {
        for (const ObjectId id : m_cluster.objectsOf("cilium.io", "CiliumCIDRGroup")) {
            format::Document document;
            if (m_cluster.text(m_cluster.object(id).name) != name
                || !m_cluster.snapshot().readRaw(m_cluster.object(id).raw, document))
                continue;
            for (const Value cidr : document.root()["spec"]["externalCIDRs"])
                readBlock(cidr.text(), except, at, out);
            return;
        }
        problem(at, "CiliumCIDRGroup " + printable(name) + " is not in the source");
        if (out.action == Action::Deny)
            addUnreadable("a CIDR group that is not here", out);
    }

    // The pods behind a Service, by its selector.
    void readService(Value one, const std::string& at, RuleDef& out)
    {
        const Value byName = one["k8sService"];
        const Value byLabels = one["k8sServiceSelector"];
        const Value reference = byName.isObject() ? byName : byLabels;
        const std::string_view ns = reference["namespace"].text();
        std::string what;
        const auto labels = readLabelSelector(byLabels["selector"], what);
        bool isFound = false;
        for (const cluster::Service& service : m_cluster.services()) {
            const cluster::Object& object = m_cluster.object(service.object);
            if (!ns.empty() && m_cluster.text(object.ns) != ns)
                continue;
            TextLabels own;
            for (const auto& [key, value] : object.labels)
                own.emplace_back(m_cluster.text(key), m_cluster.text(value));
            const bool isMeant = byName.isObject() ? m_cluster.text(object.name) == byName["serviceName"].text()
                                                   : labels && matches(labels->terms, own);
            if (!isMeant)
                continue;
            isFound = true;
            if (service.selector.empty()) {
                addUnreadable("endpoints of " + printable(m_cluster.titleOf(service.object)), out);
                continue;
            }
            PodSelection pods;
            pods.ns = namespaceOf(m_cluster, service.object);
            for (const auto& [key, value] : service.selector)
                pods.pods.terms.push_back({ std::string(m_cluster.text(key)), Requirement::Operator::In,
                    { std::string(m_cluster.text(value)) } });
            out.peers.push_back({ .kind = PeerDef::Kind::Pods, .pods = std::move(pods) });
        }
        if (!isFound)
            problem(at, "no Service that is here is meant");
    }

    // Labels have the source they come from before a colon: those of Kubernetes, any, or reserved identities.
    static std::optional<std::string> keyOf(std::string_view key)
    {
        for (const std::string_view prefix : { "k8s:", "any:", "k8s.", "any." }) {
            if (key.starts_with(prefix))
                key.remove_prefix(prefix.size());
        }
        constexpr std::string_view nsLabels = "io.cilium.k8s.namespace.labels.";
        if (key == namespaceKey)
            return "@namespace";
        if (key.starts_with(nsLabels))
            return "@namespace/" + std::string(key.substr(nsLabels.size()));
        if (key == "io.cilium.k8s.policy.serviceaccount")
            return "@serviceaccount";
        if (key.starts_with("io.cilium.") || key.find(':') != std::string_view::npos)
            return std::nullopt;
        return std::string(key);
    }

    // Of pods alone: selectors of reserved identities and of other clusters select none.
    std::optional<PodSelection> readEndpoints(Value selector, const std::string& at, bool isSubject)
    {
        PodSelection out;
        // The prefixes are not legal in label keys: each is looked at after they are gone.
        std::vector<TextRequirement> terms;
        for (const Value label : selector["matchLabels"])
            terms.push_back({ std::string(label.key()), Requirement::Operator::In, { std::string(label.text()) } });
        for (const Value expression : selector["matchExpressions"]) {
            TextRequirement term { std::string(expression["key"].text()), operatorNamed(expression["operator"].text()),
                {} };
            for (const Value value : expression["values"])
                term.values.emplace_back(value.text());
            if (term.op == Requirement::Operator::Invalid) {
                problem(at, "a requirement on " + printable(term.key) + " has no operator that Kubernetes knows");
                return std::nullopt;
            }
            terms.push_back(std::move(term));
        }
        bool hasNamespace = false;
        for (TextRequirement& term : terms) {
            const auto key = keyOf(term.key);
            if (!key) {
                out.isNever = true;
                continue;
            }
            hasNamespace = hasNamespace || *key == "@namespace";
            term.key = *key;
            out.pods.terms.push_back(std::move(term));
        }
        // A namespaced policy is about its own pods, and its peers are those of its own namespace if they name none.
        if (!m_isClusterwide && (isSubject || !hasNamespace))
            out.ns = namespaceOf(m_cluster, m_object);
        return out;
    }

    std::vector<CiliumPorts> readPorts(Value list, const std::string& at)
    {
        std::vector<CiliumPorts> out;
        std::size_t index = 0;
        for (const Value entry : list) {
            CiliumPorts own;
            const std::string place = at + '/' + std::to_string(index++);
            own.terms.isAll = entry["ports"].size() == 0;
            for (const Value port : entry["ports"])
                readPort(port, place, own.terms);
            const Value rules = entry["rules"];
            own.isL7 = rules["http"].size() > 0 || rules["kafka"].size() > 0 || rules["l7"].size() > 0;
            out.push_back(std::move(own));
        }
        return out;
    }

    void readPort(Value port, const std::string& at, PortTerms& terms)
    {
        std::string_view protocol = port["protocol"].text();
        PortTerm term;
        term.isAnyProtocol = protocol.empty() || protocol == "ANY";
        if (!term.isAnyProtocol) {
            const auto known = parseProtocol(protocol);
            if (!known)
                return; // ICMP, VRRP and others
            term.protocol = *known;
        }
        const std::string_view text = port["port"].text();
        const auto number = toInteger(text);
        const std::int64_t last = port["endPort"].asInteger().value_or(number.value_or(0));
        if (!number && !text.empty()) {
            term.name = text;
        } else if (number.value_or(0) != 0) {
            if (*number < 1 || *number > 65535 || last > 65535 || (last != 0 && last < *number))
                return problem(at, "not a range of ports: it matches nothing");
            term.range
                = { static_cast<std::uint16_t>(*number), static_cast<std::uint16_t>(last == 0 ? *number : last) };
        }
        terms.terms.push_back(std::move(term));
    }

    const Cluster& m_cluster;
    ObjectId m_object;
    bool m_isClusterwide;
    PolicyDefs& m_out;
};

} // namespace

void readCiliumPolicies(const ReadContext& context, PolicyDefs& out)
{
    for (const std::string_view kind : { "CiliumClusterwideNetworkPolicy", "CiliumNetworkPolicy" }) {
        for (const ObjectId id : context.cluster.objectsOf("cilium.io", kind)) {
            format::Document document;
            if (!context.cluster.object(id).isMissing
                && context.cluster.snapshot().readRaw(context.cluster.object(id).raw, document))
                CiliumReader(context, id, out).read(document.root());
        }
    }
}

} // namespace plimsoll::network
