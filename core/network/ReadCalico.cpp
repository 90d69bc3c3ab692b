// SPDX-License-Identifier: Apache-2.0
// NetworkPolicy and GlobalNetworkPolicy of projectcalico.org (and as they are stored, crd.projectcalico.org), with
// their tiers and network sets. Source: projectcalico/calico api/pkg/apis/projectcalico/v3, felix/calc, Calico's
// reference.
//
// Policies of a tier are asked in their order, NetworkPolicies of Kubernetes in the default tier at 1,000; rules in
// order, Log goes on, Pass leaves the tier. At the end of a tier that selects the pod its default action decides.
// Staged policies are never enforced and are not read.
#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <set>

#include "core/base/Text.h"
#include "core/network/detail/CalicoSelector_p.h"
#include "core/network/detail/Read_p.h"

namespace plimsoll::network {

using cluster::Cluster;
using cluster::ObjectId;
using format::Value;

namespace {

constexpr std::array<std::string_view, 2> calicoGroups { "projectcalico.org", "crd.projectcalico.org" };

struct CalicoTier {
    Tier tier;
    bool denies = true; // at its end
    bool isKnown = true;
};

double numberOf(Value value, double otherwise)
{
    // Orders may be fractions; whole numbers are what people write.
    const std::string text(value.text());
    if (text.empty())
        return otherwise;
    char* end = nullptr;
    const double number = std::strtod(text.c_str(), &end);
    return end && *end == '\0' ? number : otherwise;
}

struct NetworkSet {
    std::string ns; // "" = global
    TextLabels labels;
    std::vector<AddressRange> nets;
};

// Calls visit(object, root) for each object of a kind, once when both groups hold it.
template <class Visit> void forEachCalico(const Cluster& cluster, std::string_view kind, Visit visit)
{
    std::set<std::pair<StringId, StringId>> known;
    for (const std::string_view group : calicoGroups) {
        for (const ObjectId id : cluster.objectsOf(group, kind)) {
            format::Document document;
            const cluster::Object& object = cluster.object(id);
            if (!object.isMissing && known.insert({ object.ns, object.name }).second
                && cluster.snapshot().readRaw(object.raw, document))
                visit(id, document.root());
        }
    }
}

class CalicoWorld {
public:
    explicit CalicoWorld(const Cluster& cluster)
        : m_cluster(cluster)
    {
        m_tiers["default"] = { standardTier, true, true };
        for (const std::string_view name : { "kube-admin", "adminnetworkpolicy" })
            m_tiers[std::string(name)] = { adminTier, false, true };
        for (const std::string_view name : { "kube-baseline", "baselineadminnetworkpolicy" })
            m_tiers[std::string(name)] = { baselineTier, false, true };
        forEachCalico(cluster, "Tier", [&](ObjectId id, Value root) {
            const std::string name(cluster.text(cluster.object(id).name));
            const bool denies = root["spec"]["defaultAction"].text() != "Pass";
            const double order = numberOf(root["spec"]["order"], std::numeric_limits<double>::max());
            const Tier tier = name == "default" ? standardTier : Tier { order, name };
            m_tiers[name] = { tier, denies, true };
        });
        for (const std::string_view kind : { "NetworkSet", "GlobalNetworkSet" })
            forEachCalico(cluster, kind, [&](ObjectId id, Value root) { addSet(id, kind == "NetworkSet", root); });
    }

    CalicoTier tierNamed(const std::string& name) const
    {
        const auto found = m_tiers.find(name.empty() ? std::string("default") : name);
        return found != m_tiers.end() ? found->second : CalicoTier { { standardTier.order - 1, name }, true, false };
    }

    const std::vector<NetworkSet>& sets() const { return m_sets; }

private:
    void addSet(ObjectId id, bool isNamespaced, Value root)
    {
        NetworkSet own;
        if (isNamespaced)
            own.ns = namespaceOf(m_cluster, id);
        for (const auto& [key, value] : m_cluster.object(id).labels)
            own.labels.emplace_back(m_cluster.text(key), m_cluster.text(value));
        for (const Value net : root["spec"]["nets"]) {
            if (const auto range = parseCidr(net.text()))
                own.nets.push_back(*range);
        }
        own.nets = joined(std::move(own.nets));
        m_sets.push_back(std::move(own));
    }

    const Cluster& m_cluster;
    std::map<std::string, CalicoTier> m_tiers;
    std::vector<NetworkSet> m_sets;
};

// Both hold.
class AllExpression : public Expression {
public:
    explicit AllExpression(std::vector<std::shared_ptr<const Expression>> parts)
        : m_parts(std::move(parts))
    {
    }
    bool matches(const LabelLookup& labels) const override
    {
        return std::ranges::all_of(m_parts, [&](const auto& part) { return part->matches(labels); });
    }
    void collectKeys(std::vector<std::string>& keys) const override
    {
        for (const auto& part : m_parts)
            part->collectKeys(keys);
    }
    std::string text() const override
    {
        std::vector<std::string> texts;
        for (const auto& part : m_parts)
            texts.push_back(part->text());
        return join(texts, " && ");
    }

private:
    std::vector<std::shared_ptr<const Expression>> m_parts;
};

class NotExpression : public Expression {
public:
    explicit NotExpression(std::shared_ptr<const Expression> inner)
        : m_inner(std::move(inner))
    {
    }
    bool matches(const LabelLookup& labels) const override { return !m_inner->matches(labels); }
    void collectKeys(std::vector<std::string>& keys) const override { m_inner->collectKeys(keys); }
    std::string text() const override { return "!(" + m_inner->text() + ')'; }

private:
    std::shared_ptr<const Expression> m_inner;
};

void add(Selection& selection, std::shared_ptr<const Expression> expression)
{
    if (!expression)
        return;
    selection.expression = selection.expression
        ? std::make_shared<AllExpression>(std::vector { selection.expression, std::move(expression) })
        : std::move(expression);
}

class CalicoReader {
public:
    CalicoReader(const CalicoWorld& world, const Cluster& cluster, ObjectId object, bool isGlobal, PolicyDefs& out)
        : m_world(world)
        , m_cluster(cluster)
        , m_object(object)
        , m_isGlobal(isGlobal)
        , m_ns(isGlobal ? std::string() : namespaceOf(cluster, object))
        , m_out(out)
    {
    }

    void read(Value spec)
    {
        for (const std::string_view key : { "doNotTrack", "preDNAT", "applyOnForward" }) {
            if (spec[key].asBool().value_or(false))
                return problem(
                    "/spec/" + std::string(key), "the policy is about host endpoints, which are not computed");
        }
        PolicyDef def;
        def.object = m_object;
        const CalicoTier tier = m_world.tierNamed(std::string(spec["tier"].text()));
        m_isTierKnown = tier.isKnown;
        if (!tier.isKnown)
            problem("/spec/tier",
                "Tier " + printable(spec["tier"].text()) + " is not in the source: its order is not known");
        def.tier = tier.tier;
        def.priority = numberOf(spec["order"], std::numeric_limits<double>::max());
        def.tieBreak = "calico/" + m_ns + '/' + std::string(m_cluster.text(m_cluster.object(m_object).name));
        readSubject(spec, def.subject);
        for (const Direction direction : { Direction::Ingress, Direction::Egress }) {
            const std::size_t at = static_cast<std::size_t>(direction);
            def.applies[at] = hasType(spec, direction);
            def.isolates[at] = def.applies[at] && tier.denies;
            const std::string list(toText(direction));
            std::size_t index = 0;
            for (const Value rule : spec[list]) {
                const std::string pointer = "/spec/" + list + '/' + std::to_string(index++);
                if (def.applies[at])
                    readRule(rule, pointer, direction, def.rules[at]);
            }
        }
        m_out.policies.push_back(std::move(def));
    }

private:
    void problem(std::string pointer, std::string what)
    {
        m_out.problems.push_back({ m_object, std::move(pointer), std::move(what) });
    }

    static bool hasType(Value spec, Direction direction)
    {
        const std::string_view name = direction == Direction::Ingress ? "Ingress" : "Egress";
        if (spec["types"].size() == 0) {
            const bool hasIngress = spec["ingress"].size() > 0, hasEgress = spec["egress"].size() > 0;
            return direction == Direction::Egress ? hasEgress : hasIngress || !hasEgress;
        }
        return std::ranges::any_of(spec["types"], [&](Value type) { return type.text() == name; });
    }

    std::optional<CalicoSelector> parsed(Value text, bool ofNamespaces, const std::string& pointer)
    {
        std::string what;
        auto out = parseCalicoSelector(text.text(), ofNamespaces, what);
        if (!out)
            problem(pointer, what + ": the selector matches nothing");
        return out;
    }

    void readSubject(Value spec, PodSelection& subject)
    {
        if (!m_isGlobal)
            subject.ns = m_ns;
        const auto pods = parsed(spec["selector"], false, "/spec/selector");
        const auto namespaces = parsed(spec["namespaceSelector"], true, "/spec/namespaceSelector");
        const auto accounts = accountSelector(spec["serviceAccountSelector"], "/spec/serviceAccountSelector");
        if (!pods || !namespaces || !accounts) {
            subject.isNever = true;
            return;
        }
        add(subject.pods, pods->expression);
        add(subject.pods, namespaces->expression);
        add(subject.pods, *accounts);
    }

    // Labels of service accounts are looked up as pcsa. ones.
    std::optional<std::shared_ptr<const Expression>> accountSelector(Value text, const std::string& pointer)
    {
        std::shared_ptr<const Expression> none;
        if (text.text().empty())
            return none;
        std::string what;
        const auto own = parseCalicoSelector(text.text(), false, what);
        if (!own) {
            problem(pointer, what + ": the selector matches nothing");
            return std::nullopt;
        }
        // Keys of service accounts: each is put behind the prefix by a lookup of its own.
        class OfAccount : public Expression {
        public:
            explicit OfAccount(std::shared_ptr<const Expression> inner)
                : m_inner(std::move(inner))
            {
            }
            bool matches(const LabelLookup& labels) const override
            {
                return m_inner->matches(
                    [&](std::string_view key) { return labels("@serviceaccount/" + std::string(key)); });
            }
            void collectKeys(std::vector<std::string>& keys) const override
            {
                std::vector<std::string> inner;
                m_inner->collectKeys(inner);
                for (const std::string& key : inner)
                    keys.push_back("@serviceaccount/" + key);
            }
            std::string text() const override { return "service account with " + m_inner->text(); }

        private:
            std::shared_ptr<const Expression> m_inner;
        };
        return own->expression ? std::make_shared<OfAccount>(own->expression) : none;
    }

    void readRule(Value rule, const std::string& pointer, Direction direction, std::vector<RuleDef>& rules)
    {
        const std::string_view action = rule["action"].text();
        if (action == "Log")
            return;
        RuleDef out;
        out.pointer = pointer;
        out.action = action == "Allow" ? Action::Allow : action == "Pass" ? Action::Pass : Action::Deny;
        const bool isIngress = direction == Direction::Ingress;
        const Value peer = rule[isIngress ? "source" : "destination"];
        const Value self = rule[isIngress ? "destination" : "source"];
        if (!readPorts(rule, rule["destination"], out.ports))
            return; // about another protocol
        readPeer(peer, pointer + (isIngress ? "/source" : "/destination"), out);
        const auto doubt = [&](std::string reason) {
            out.isMaybe = true;
            out.reason = std::move(reason);
        };
        if (!m_isTierKnown)
            doubt("the order of its tier is not known");
        if (rule["source"]["ports"].size() > 0 || rule["source"]["notPorts"].size() > 0)
            doubt("it looks at the port of the source");
        for (const std::string_view key : { "selector", "notSelector", "nets", "notNets", "namespaceSelector" }) {
            if (self[key].isPresent() && !self[key].text().empty())
                doubt("it limits the selected pods once more");
            else if (self[key].size() > 0)
                doubt("it limits the selected pods once more");
        }
        out.isL7 = rule["http"].isObject() && out.action == Action::Allow;
        if (rule["http"].isObject() && out.action != Action::Allow)
            doubt("it looks at requests");
        if (rule["ipVersion"].asInteger())
            doubt("it is about one family of addresses");
        rules.push_back(std::move(out));
    }

    static std::optional<Protocol> protocolOf(Value value)
    {
        const std::string_view text = value.text();
        constexpr std::array<std::pair<std::string_view, Protocol>, 3> numbers { { { "6", Protocol::TCP },
            { "17", Protocol::UDP }, { "132", Protocol::SCTP } } };
        for (const auto& [number, protocol] : numbers) {
            if (text == number)
                return protocol;
        }
        return parseProtocol(text);
    }

    // false: the rule is about no TCP, UDP or SCTP.
    bool readPorts(Value rule, Value destination, PortTerms& terms)
    {
        std::vector<Protocol> protocols(allProtocols.begin(), allProtocols.end());
        if (rule["protocol"].isPresent() && !rule["protocol"].text().empty()) {
            const auto own = protocolOf(rule["protocol"]);
            if (!own)
                return false;
            protocols = { *own };
        }
        if (const auto other = protocolOf(rule["notProtocol"]))
            std::erase(protocols, *other);
        if (rule["icmp"].isObject() && rule["protocol"].text().empty())
            return false;
        const bool hasPorts = destination["ports"].size() > 0, hasNot = destination["notPorts"].size() > 0;
        if (!hasPorts && !hasNot && protocols.size() == allProtocols.size())
            return true;
        terms.isAll = false;
        for (const Protocol protocol : protocols) {
            PortSet set = hasPorts ? PortSet() : PortSet::of(protocol, {});
            for (const Value port : destination["ports"]) {
                if (const auto range = rangeOf(port.text()))
                    set.add(PortSet::of(protocol, *range));
                else
                    terms.terms.push_back({ .protocol = protocol, .name = std::string(port.text()) });
            }
            for (const Value port : destination["notPorts"]) {
                if (const auto range = rangeOf(port.text()))
                    set = set.without(PortSet::of(protocol, *range));
            }
            for (const PortRange range : set.ranges(protocol))
                terms.terms.push_back({ .protocol = protocol, .range = range });
        }
        return true;
    }

    static std::optional<PortRange> rangeOf(std::string_view text)
    {
        const auto colon = text.find(':');
        const auto first = toInteger(text.substr(0, colon));
        const auto last = colon == std::string_view::npos ? first : toInteger(text.substr(colon + 1));
        if (!first || !last || *first < 0 || *last > 65535 || *last < *first)
            return std::nullopt;
        return PortRange { static_cast<std::uint16_t>(std::max<std::int64_t>(*first, 1)),
            static_cast<std::uint16_t>(*last) };
    }

    std::vector<AddressRange> rangesOf(Value list, const std::string& pointer)
    {
        std::vector<AddressRange> out;
        for (const Value net : list) {
            const auto range = parseCidr(net.text());
            const auto address = range ? std::nullopt : parseAddress(net.text());
            if (range)
                out.push_back(*range);
            else if (address)
                out.push_back({ address->bits, address->bits, address->isV6 });
            else
                problem(pointer, printable(net.text()) + " is not a CIDR: it matches nothing");
        }
        return joined(std::move(out));
    }

    void unreadable(RuleDef& out)
    {
        if (out.action != Action::Allow)
            out.peers.push_back({ .kind = PeerDef::Kind::Unreadable, .text = "a selector that cannot be read" });
    }

    void readPeer(Value peer, const std::string& at, RuleDef& out)
    {
        const bool hasNets = peer["nets"].size() > 0, hasNotNets = peer["notNets"].size() > 0;
        const bool hasPositive = !peer["selector"].text().empty() || !peer["namespaceSelector"].text().empty()
            || peer["serviceAccounts"].isObject();
        const bool hasNegative = !peer["notSelector"].text().empty();
        if (peer["services"].isObject() || peer["domains"].size() > 0) {
            out.peers.push_back({ .kind = PeerDef::Kind::Unreadable,
                .text = peer["services"].isObject() ? "the endpoints of a Service" : "names of domains" });
            return;
        }
        if (!hasNets && !hasNotNets && !hasPositive && !hasNegative) {
            out.isAnyPeer = true;
            return;
        }
        PodSelection pods;
        bool isGlobal = false;
        if (!readPods(peer, at, pods, isGlobal))
            return unreadable(out);
        if (!hasNets && !hasNotNets) {
            out.peers.push_back({ .kind = PeerDef::Kind::Pods, .pods = pods });
            addSets(peer, pods, isGlobal, out);
            if (!hasPositive) { // everybody but these
                out.peers.push_back({ .kind = PeerDef::Kind::Outside });
                out.peers.push_back({ .kind = PeerDef::Kind::Nodes });
            }
            return;
        }
        std::vector<AddressRange> ranges { everyAddress(false), everyAddress(true) };
        if (hasNets)
            ranges = rangesOf(peer["nets"], at + "/nets");
        ranges = without(ranges, rangesOf(peer["notNets"], at + "/notNets"));
        out.peers.push_back({ .kind = PeerDef::Kind::Addresses,
            .pods = pods,
            .addresses = std::move(ranges),
            .hasPodLimit = hasPositive || hasNegative,
            .isOnlyPods = hasPositive });
    }

    bool readPods(Value peer, const std::string& at, PodSelection& out, bool& isGlobal)
    {
        const auto pods = parsed(peer["selector"], false, at + "/selector");
        const auto namespaces = parsed(peer["namespaceSelector"], true, at + "/namespaceSelector");
        const auto others = parsed(peer["notSelector"], false, at + "/notSelector");
        if (!pods || !namespaces || !others)
            return false;
        isGlobal = namespaces->isGlobal;
        // global() means what is in no namespace: host endpoints and global sets.
        out.isNever = isGlobal;
        add(out.pods, pods->expression);
        add(out.pods, namespaces->expression);
        if (!peer["notSelector"].text().empty()) {
            if (others->expression)
                add(out.pods, std::make_shared<NotExpression>(others->expression));
            else
                out.isNever = true;
        }
        const Value accounts = peer["serviceAccounts"];
        const auto byLabels = accountSelector(accounts["selector"], at + "/serviceAccounts/selector");
        if (!byLabels)
            return false;
        add(out.pods, *byLabels);
        if (accounts["names"].size() > 0) {
            TextRequirement term { "@serviceaccount", cluster::Requirement::Operator::In, {} };
            for (const Value name : accounts["names"])
                term.values.emplace_back(name.text());
            out.pods.terms.push_back(std::move(term));
        }
        const bool hasNamespaces = !peer["namespaceSelector"].text().empty();
        const bool isNegativeOnly = peer["selector"].text().empty() && !accounts.isObject() && !hasNamespaces;
        if (!m_isGlobal && !hasNamespaces && !isNegativeOnly)
            out.ns = m_ns; // a selector of a namespaced policy is about its own namespace
        return true;
    }

    // Selectors match network sets as well.
    void addSets(Value peer, const PodSelection& pods, bool isGlobal, RuleDef& out)
    {
        if (peer["serviceAccounts"].isObject() || peer["selector"].text().empty())
            return;
        for (const NetworkSet& set : m_world.sets()) {
            const bool isInReach
                = set.ns.empty() ? m_isGlobal || isGlobal : !isGlobal && (!pods.ns || *pods.ns == set.ns);
            if (!isInReach || set.nets.empty())
                continue;
            std::string what;
            const auto selector = parseCalicoSelector(peer["selector"].text(), false, what);
            const auto lookup = [&](std::string_view key) -> std::optional<std::string_view> {
                if (key == "@namespace" && !set.ns.empty())
                    return set.ns;
                const auto found = std::ranges::find(set.labels, key, &std::pair<std::string, std::string>::first);
                return found == set.labels.end() ? std::nullopt : std::optional<std::string_view>(found->second);
            };
            if (selector && (!selector->expression || selector->expression->matches(lookup)))
                out.peers.push_back({ .kind = PeerDef::Kind::Addresses, .addresses = set.nets });
        }
    }

    const CalicoWorld& m_world;
    const Cluster& m_cluster;
    ObjectId m_object;
    bool m_isGlobal;
    std::string m_ns;
    PolicyDefs& m_out;
    bool m_isTierKnown = true;
};

} // namespace

void readCalicoPolicies(const ReadContext& context, PolicyDefs& out)
{
    const Cluster& cluster = context.cluster;
    const bool hasAny = std::ranges::any_of(calicoGroups, [&](std::string_view group) {
        return !cluster.objectsOf(group, "NetworkPolicy").empty()
            || !cluster.objectsOf(group, "GlobalNetworkPolicy").empty();
    });
    if (!hasAny)
        return;
    const CalicoWorld world(cluster);
    for (const std::string_view kind : { "GlobalNetworkPolicy", "NetworkPolicy" }) {
        forEachCalico(cluster, kind, [&](ObjectId id, Value root) {
            CalicoReader(world, cluster, id, kind == "GlobalNetworkPolicy", out).read(root["spec"]);
        });
    }
}

} // namespace plimsoll::network
