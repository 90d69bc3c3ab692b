// SPDX-License-Identifier: Apache-2.0
// AuthorizationPolicy of security.istio.io, at L4. Source: Istio 1.27 pilot/pkg/security/authz (builder, model) and
// pilot/pkg/serviceregistry/kube/controller/ambient/authorization.go; security.istio.io reference.
//
// What a rule says of requests: allowing rules are allowed at L4 and limited above; denying ones let the connection be
// made. (A proxy that does not read the port as HTTP leaves out what is about requests, and denies the connection.)
#include <algorithm>
#include <array>

#include "core/base/Text.h"
#include "core/network/detail/Mesh_p.h"

namespace plimsoll::network {

using cluster::Cluster;
using cluster::ObjectId;
using format::Value;

namespace {

constexpr auto ingressIndex = static_cast<std::size_t>(Direction::Ingress);

std::vector<AddressRange> everywhere()
{
    return joined({ everyAddress(false), everyAddress(true) });
}

// Sources or operations of a rule with the same limits.
struct MeshSources {
    bool isL7 = false;
    bool isAny = false;
    std::vector<PeerDef> peers {};
};
struct MeshOperations {
    bool isL7 = false;
    PortSet ports {};
};

// What the conditions of a rule (when) and one of its sources or operations say together.
struct SourceLimits {
    std::vector<MeshIdentity::List> identities {};
    std::optional<std::vector<AddressRange>> addresses {};
    bool isL7 = false;
};
struct OperationLimits {
    PortSet ports = PortSet::of(Protocol::TCP, {});
    bool isL7 = false;
    bool isMaybe = false; // by the address of the destination
};

class AuthorizationRuleReader {
public:
    AuthorizationRuleReader(const MeshConfig& config, std::string ns)
        : m_config(config)
        , m_ns(std::move(ns))
    {
    }

    std::vector<MeshSources> sources;
    std::vector<MeshOperations> operations;
    bool isMaybe = false;
    std::vector<std::string> broken; // "" is never in it

    void read(Value rule)
    {
        SourceLimits source;
        OperationLimits operation;
        for (const Value condition : rule["when"])
            addCondition(condition, source, operation);
        isMaybe = operation.isMaybe;
        for (const Value from : rule["from"])
            addSource(withSource(source, from["source"]));
        if (rule["from"].size() == 0)
            addSource(source);
        for (const Value to : rule["to"])
            addOperation(withOperation(operation, to["operation"]));
        if (rule["to"].size() == 0)
            addOperation(operation);
    }

private:
    static std::vector<std::string> texts(Value list)
    {
        std::vector<std::string> out;
        for (const Value item : list)
            out.emplace_back(item.text());
        return out;
    }

    void addIdentity(SourceLimits& limits, MeshIdentity::Kind kind, bool isNot, Value values) const
    {
        if (values.size() == 0)
            return;
        MeshIdentity::List list { kind, isNot, texts(values) };
        if (kind == MeshIdentity::Kind::ServiceAccount) {
            for (std::string& account : list.patterns)
                account = account.find('/') == std::string::npos ? m_ns + '/' + account : account;
        }
        limits.identities.push_back(std::move(list));
    }

    void addAddresses(SourceLimits& limits, bool isNot, Value values)
    {
        if (values.size() == 0)
            return;
        std::vector<AddressRange> ranges;
        for (const Value value : values) {
            const auto address = parseAddress(value.text());
            if (const auto range = address ? std::optional(AddressRange { address->bits, address->bits, address->isV6 })
                                           : parseCidr(value.text()))
                ranges.push_back(*range);
            else
                broken.push_back(printable(value.text()) + " is neither an address nor a CIDR");
        }
        ranges = joined(std::move(ranges));
        const std::vector<AddressRange> all = limits.addresses.value_or(everywhere());
        limits.addresses = without(all, isNot ? ranges : without(everywhere(), ranges));
    }

    void addPorts(OperationLimits& limits, bool isNot, Value values)
    {
        if (values.size() == 0)
            return;
        PortSet ports;
        for (const Value value : values) {
            const auto number = toInteger(value.text());
            if (number && *number >= 1 && *number <= 65535)
                ports.add(PortSet::of(
                    Protocol::TCP, { static_cast<std::uint16_t>(*number), static_cast<std::uint16_t>(*number) }));
            else
                broken.push_back(printable(value.text()) + " is no port");
        }
        limits.ports = isNot ? limits.ports.without(ports) : limits.ports.intersection(ports);
    }

    void addCondition(Value condition, SourceLimits& source, OperationLimits& operation)
    {
        using Kind = MeshIdentity::Kind;
        const std::string_view key = condition["key"].text();
        for (const bool isNot : { false, true }) {
            const Value values = condition[isNot ? "notValues" : "values"];
            if (key == "source.ip")
                addAddresses(source, isNot, values);
            else if (key == "source.namespace")
                addIdentity(source, Kind::Namespace, isNot, values);
            else if (key == "source.principal")
                addIdentity(source, Kind::Principal, isNot, values);
            else if (key == "source.serviceAccount")
                addIdentity(source, Kind::ServiceAccount, isNot, values);
            else if (key == "destination.port")
                addPorts(operation, isNot, values);
        }
        if (key == "destination.ip")
            operation.isMaybe = true;
        else if (key == "connection.sni" || key == "remote.ip" || key.starts_with("request.")
            || key.starts_with("experimental."))
            operation.isL7 = true;
        else if (key != "source.ip" && key != "source.namespace" && key != "source.principal"
            && key != "source.serviceAccount" && key != "destination.port")
            broken.push_back(printable(key) + " is no condition that Istio knows");
    }

    SourceLimits withSource(SourceLimits limits, Value source)
    {
        using Kind = MeshIdentity::Kind;
        addIdentity(limits, Kind::Principal, false, source["principals"]);
        addIdentity(limits, Kind::Principal, true, source["notPrincipals"]);
        addIdentity(limits, Kind::Namespace, false, source["namespaces"]);
        addIdentity(limits, Kind::Namespace, true, source["notNamespaces"]);
        addIdentity(limits, Kind::ServiceAccount, false, source["serviceAccounts"]);
        addIdentity(limits, Kind::ServiceAccount, true, source["notServiceAccounts"]);
        addAddresses(limits, false, source["ipBlocks"]);
        addAddresses(limits, true, source["notIpBlocks"]);
        for (const std::string_view name :
            { "requestPrincipals", "notRequestPrincipals", "remoteIpBlocks", "notRemoteIpBlocks" })
            limits.isL7 = limits.isL7 || source[name].size() > 0;
        return limits;
    }

    OperationLimits withOperation(OperationLimits limits, Value operation)
    {
        addPorts(limits, false, operation["ports"]);
        addPorts(limits, true, operation["notPorts"]);
        for (const std::string_view name : { "hosts", "notHosts", "methods", "notMethods", "paths", "notPaths" })
            limits.isL7 = limits.isL7 || operation[name].size() > 0;
        return limits;
    }

    void addSource(SourceLimits limits)
    {
        MeshSources own { .isL7 = limits.isL7 };
        if (limits.identities.empty()) {
            own.isAny = !limits.addresses;
            if (limits.addresses)
                own.peers.push_back({ .kind = PeerDef::Kind::Addresses, .addresses = std::move(*limits.addresses) });
        } else {
            const auto identity
                = std::make_shared<const MeshIdentity>(std::move(limits.identities), m_config.trustDomains);
            PeerDef pods;
            pods.pods.pods.expression = identity;
            if (limits.addresses) {
                pods.kind = PeerDef::Kind::Addresses;
                pods.addresses = std::move(*limits.addresses);
                pods.hasPodLimit = true;
                pods.isOnlyPods = identity->isPositive();
            } else if (!identity->isPositive()) {
                own.peers.push_back({ .kind = PeerDef::Kind::Outside });
                own.peers.push_back({ .kind = PeerDef::Kind::Nodes });
            }
            own.peers.push_back(std::move(pods));
        }
        const auto known = std::ranges::find(sources, own.isL7, &MeshSources::isL7);
        if (known == sources.end())
            return sources.push_back(std::move(own));
        known->isAny = known->isAny || own.isAny;
        std::ranges::move(own.peers, std::back_inserter(known->peers));
    }

    void addOperation(const OperationLimits& limits)
    {
        const auto known = std::ranges::find(operations, limits.isL7, &MeshOperations::isL7);
        if (known == operations.end())
            operations.push_back({ limits.isL7, limits.ports });
        else
            known->ports.add(limits.ports);
    }

    const MeshConfig& m_config;
    std::string m_ns; // of the policy
};

// Reads one policy.
class AuthorizationReader {
public:
    AuthorizationReader(const ReadContext& context, const MeshConfig& config, ObjectId object, PolicyDefs& out)
        : m_cluster(context.cluster)
        , m_config(config)
        , m_object(object)
        , m_out(out)
    {
    }

    void read()
    {
        format::Document document;
        const cluster::Object& object = m_cluster.object(m_object);
        if (!m_cluster.snapshot().readRaw(object.raw, document))
            return problem({}, "cannot be read");
        const Value spec = document.root()["spec"];
        const std::string_view action = spec["action"].text();
        if (!action.empty() && action != "ALLOW" && action != "DENY" && action != "CUSTOM" && action != "AUDIT")
            return problem("/spec/action", printable(action) + " is no action: the policy is refused");
        if (action == "AUDIT" || document.root()["metadata"]["annotations"]["istio.io/dry-run"].text() == "true")
            return; // both only log
        for (const std::string_view target : { "targetRef", "targetRefs" }) {
            if (spec[target].size() > 0)
                return problem('/' + std::string("spec/") + std::string(target),
                    "binds to a gateway or waypoint, not to pods: it is not evaluated here");
        }
        PolicyDef def { .object = m_object, .tier = meshTier };
        def.applies[ingressIndex] = true;
        if (!readSubject(spec, def.subject))
            return;
        readRules(spec, action, def);
        // An empty denying policy denies nothing.
        if (def.isolates[ingressIndex] || !def.rules[ingressIndex].empty())
            m_out.policies.push_back(std::move(def));
    }

private:
    void problem(std::string pointer, std::string what)
    {
        m_out.problems.push_back({ m_object, std::move(pointer), std::move(what) });
    }

    bool readSubject(Value spec, PodSelection& out)
    {
        const std::string ns = namespaceOf(m_cluster, m_object);
        if (ns != m_config.rootNamespace)
            out.ns = ns;
        std::string what;
        auto selection = readLabelSelector(spec["selector"], what);
        if (!selection) {
            problem("/spec/selector", what + ": the policy is refused");
            return false;
        }
        out.pods = std::move(*selection);
        out.pods.terms.push_back(isMeshPod());
        return true;
    }

    void readRules(Value spec, std::string_view action, PolicyDef& def)
    {
        const bool isCustom = action == "CUSTOM";
        const bool isDeny = action == "DENY" || isCustom;
        def.priority = isCustom ? meshCustomPriority : isDeny ? meshDenyPriority : meshAllowPriority;
        def.isolates[ingressIndex] = !isDeny;
        std::size_t index = 0;
        for (const Value rule : spec["rules"])
            readRule(rule, format::pointerTo("/spec/rules", index++), isDeny ? Action::Deny : Action::Allow, isCustom,
                def.rules[ingressIndex]);
    }

    void readRule(Value value, const std::string& pointer, Action action, bool isCustom, std::vector<RuleDef>& rules)
    {
        AuthorizationRuleReader rule(m_config, namespaceOf(m_cluster, m_object));
        rule.read(value);
        for (const std::string& what : rule.broken)
            problem(pointer,
                what + (action == Action::Deny ? ": the rule may deny everybody" : ": the rule allows nobody"));
        if (!rule.broken.empty() && action == Action::Allow)
            return;
        if (!rule.broken.empty()) {
            RuleDef out { .action = action, .pointer = pointer, .isAnyPeer = true };
            out.ports = meshPorts(PortSet::of(Protocol::TCP, {}));
            out.isMaybe = true;
            out.reason = "a part of the rule cannot be read";
            return rules.push_back(std::move(out));
        }
        for (const MeshOperations& operation : rule.operations) {
            for (const MeshSources& source : rule.sources) {
                const bool isL7 = operation.isL7 || source.isL7;
                if (isL7 && action == Action::Deny && !isCustom)
                    continue;
                RuleDef out { .action = action, .pointer = pointer, .isAnyPeer = source.isAny };
                if (!source.isAny)
                    out.peers = source.peers;
                out.ports = meshPorts(operation.ports);
                out.isL7 = isL7 && action == Action::Allow;
                out.reason = isCustom ? "an external authorizer decides"
                    : rule.isMaybe    ? "it looks at the address of the destination"
                                      : "";
                out.isMaybe = !out.reason.empty();
                rules.push_back(std::move(out));
            }
        }
    }

    const Cluster& m_cluster;
    const MeshConfig& m_config;
    ObjectId m_object;
    PolicyDefs& m_out;
};

} // namespace

void readAuthorizationPolicies(const ReadContext& context, const MeshConfig& config, PolicyDefs& out)
{
    for (const ObjectId id : context.cluster.objectsOf("security.istio.io", "AuthorizationPolicy"))
        AuthorizationReader(context, config, id, out).read();
}

} // namespace plimsoll::network
