// SPDX-License-Identifier: Apache-2.0
// AuthorizationPolicy and PeerAuthentication of security.istio.io, at L4: a further layer in front of pods that are in
// the mesh. Source: Istio's reference of both, istio/istio pilot/pkg/security, istio/ztunnel.
//
// DENY comes before ALLOW; where an ALLOW policy selects a pod, what none of them allows is denied. A rule that looks
// at requests (methods, paths, hosts, tokens) does not deny connections, and an ALLOW rule that does allows them for
// some.
#include <algorithm>
#include <array>
#include <set>

#include "core/base/Text.h"
#include "core/network/detail/Read_p.h"

namespace plimsoll::network {

using cluster::Cluster;
using cluster::ObjectId;
using cluster::Requirement;
using format::Value;

namespace {

constexpr std::string_view securityGroup = "security.istio.io";
constexpr double strictPriority = 0, customPriority = 1, denyingPriority = 2, allowingPriority = 3;

// "*", "prefix*", "*suffix", or the text itself.
bool fitsPattern(std::string_view text, std::string_view pattern)
{
    if (pattern == "*")
        return !text.empty();
    if (pattern.ends_with('*'))
        return text.starts_with(pattern.substr(0, pattern.size() - 1));
    return pattern.starts_with('*') ? text.ends_with(pattern.substr(1)) : text == pattern;
}

struct IdentityTest {
    bool isPrincipal = false; // else of the namespace
    bool isNegated = false;
    std::vector<std::string> patterns; // any of them
};

// Identities are those of the mesh: who is not in it has none.
class IdentityExpression : public Expression {
public:
    explicit IdentityExpression(std::vector<IdentityTest> tests)
        : m_tests(std::move(tests))
    {
    }
    bool matches(const LabelLookup& labels) const override
    {
        const bool hasIdentity = labels("@mesh").has_value();
        const std::string ns(hasIdentity ? labels("@namespace").value_or("") : "");
        const std::string principal = hasIdentity
            ? "cluster.local/ns/" + ns + "/sa/" + std::string(labels("@serviceaccount").value_or(""))
            : std::string();
        return std::ranges::all_of(m_tests, [&](const IdentityTest& test) {
            const std::string& text = test.isPrincipal ? principal : ns;
            const bool isFound = std::ranges::any_of(
                test.patterns, [&](const std::string& pattern) { return fitsPattern(text, pattern); });
            return isFound != test.isNegated;
        });
    }
    void collectKeys(std::vector<std::string>& keys) const override
    {
        keys.insert(keys.end(), { "@mesh", "@namespace", "@serviceaccount" });
    }
    std::string text() const override
    {
        std::vector<std::string> parts;
        for (const IdentityTest& test : m_tests)
            parts.push_back(std::string(test.isPrincipal ? "principal" : "mesh namespace")
                + (test.isNegated ? " none of " : " ") + join(test.patterns, " or "));
        return join(parts, ", ");
    }

private:
    std::vector<IdentityTest> m_tests;
};

// Pods that none of some selections takes: those have settings of their own.
struct Scope {
    std::string ns; // "" = every namespace
    std::vector<TextRequirement> terms;
};
class NoneOfExpression : public Expression {
public:
    explicit NoneOfExpression(std::vector<Scope> scopes)
        : m_scopes(std::move(scopes))
    {
    }
    bool matches(const LabelLookup& labels) const override
    {
        return std::ranges::none_of(m_scopes, [&](const Scope& scope) {
            return (scope.ns.empty() || labels("@namespace") == scope.ns)
                && std::ranges::all_of(
                    scope.terms, [&](const TextRequirement& term) { return labels(term.key) == term.values.front(); });
        });
    }
    void collectKeys(std::vector<std::string>& keys) const override
    {
        keys.emplace_back("@namespace");
        for (const Scope& scope : m_scopes) {
            for (const TextRequirement& term : scope.terms)
                keys.push_back(term.key);
        }
    }
    std::string text() const override
    {
        std::string out = "without settings of their own";
        for (const Scope& scope : m_scopes) {
            out += ' ' + scope.ns;
            for (const TextRequirement& term : scope.terms)
                out += '/' + term.key + '=' + term.values.front();
        }
        return out;
    }

private:
    std::vector<Scope> m_scopes;
};

std::vector<TextRequirement> matchLabelsOf(Value selector)
{
    std::vector<TextRequirement> out;
    for (const Value label : selector["matchLabels"])
        out.push_back({ std::string(label.key()), Requirement::Operator::In, { std::string(label.text()) } });
    return out;
}

std::vector<std::string> textsOf(Value list)
{
    std::vector<std::string> out;
    for (const Value one : list)
        out.emplace_back(one.text());
    return out;
}

// The namespace whose policies hold everywhere.
std::string rootNamespace(const Cluster& cluster)
{
    const ObjectId object = cluster.find("ConfigMap", "istio-system", "istio");
    format::Document document;
    if (!object.isNone() && cluster.snapshot().readRaw(cluster.object(object).raw, document)) {
        for (const std::string_view line : split(document.root()["data"]["mesh"].text(), '\n')) {
            if (line.starts_with("rootNamespace:"))
                return std::string(trimmed(line.substr(14)));
        }
    }
    return "istio-system";
}

TextRequirement inMesh()
{
    return { "@mesh", Requirement::Operator::In, { "true" } };
}

class AuthorizationReader {
public:
    AuthorizationReader(const ReadContext& context, ObjectId object, std::string root, PolicyDefs& out)
        : m_cluster(context.cluster)
        , m_object(object)
        , m_root(std::move(root))
        , m_out(out)
    {
    }

    void read(Value spec)
    {
        const std::string_view action = spec["action"].text();
        if (action == "AUDIT")
            return;
        if (spec["targetRefs"].size() > 0 || spec["targetRef"].isObject()) {
            m_out.problems.push_back({ m_object, "/spec/targetRefs",
                "the policy is bound to a gateway or waypoint, which is not computed: pods behind it are judged "
                "without it" });
            return;
        }
        m_isAllow = action.empty() || action == "ALLOW";
        PolicyDef def;
        def.object = m_object;
        def.tier = meshTier;
        def.priority = m_isAllow ? allowingPriority : action == "DENY" ? denyingPriority : customPriority;
        const std::string ns = namespaceOf(m_cluster, m_object);
        if (ns != m_root)
            def.subject.ns = ns;
        def.subject.pods.terms = matchLabelsOf(spec["selector"]);
        def.subject.pods.terms.push_back(inMesh());
        def.applies[0] = true;
        def.isolates[0] = m_isAllow;
        std::size_t index = 0;
        for (const Value rule : spec["rules"])
            readRule(rule, "/spec/rules/" + std::to_string(index++), action == "CUSTOM", def.rules[0]);
        m_out.policies.push_back(std::move(def));
    }

private:
    void readRule(Value rule, const std::string& at, bool isCustom, std::vector<RuleDef>& rules)
    {
        RuleDef out;
        out.action = m_isAllow ? Action::Allow : Action::Deny;
        out.pointer = at;
        if (isCustom) {
            out.isMaybe = true;
            out.reason = "an external authorizer decides";
        }
        const Value from = rule["from"];
        out.isAnyPeer = from.size() == 0;
        for (const Value one : from)
            readSource(one["source"], out);
        readConditions(rule["when"], out);
        const Value to = rule["to"];
        if (to.size() == 0)
            out.ports = { false, { { .protocol = Protocol::TCP } } };
        else
            out.ports.isAll = false;
        for (const Value one : to)
            readOperation(one["operation"], out);
        // A DENY that looks at requests lets the connection be made.
        if (out.isL7 && !m_isAllow && !isCustom)
            return;
        rules.push_back(std::move(out));
    }

    void addAnybodyBut(std::vector<IdentityTest> tests, RuleDef& out)
    {
        PeerDef pods { .kind = PeerDef::Kind::Pods };
        pods.pods.pods.expression = std::make_shared<IdentityExpression>(std::move(tests));
        out.peers.push_back(std::move(pods));
    }

    void readSource(Value source, RuleDef& out)
    {
        std::vector<IdentityTest> tests;
        bool isPositive = false;
        const auto test = [&](std::string_view key, bool isPrincipal, bool isNegated) {
            if (source[key].size() == 0)
                return;
            isPositive = isPositive || !isNegated;
            tests.push_back({ isPrincipal, isNegated, textsOf(source[key]) });
        };
        test("principals", true, false);
        test("notPrincipals", true, true);
        test("namespaces", false, false);
        test("notNamespaces", false, true);
        for (const std::string_view key : { "requestPrincipals", "notRequestPrincipals", "remoteIpBlocks",
                 "notRemoteIpBlocks", "serviceAccounts", "notServiceAccounts" })
            out.isL7 = out.isL7 || source[key].size() > 0;
        const bool hasBlocks = source["ipBlocks"].size() > 0 || source["notIpBlocks"].size() > 0;
        if (!hasBlocks && tests.empty()) {
            out.isAnyPeer = true; // only of requests
            return;
        }
        PeerDef peer { .kind = hasBlocks ? PeerDef::Kind::Addresses : PeerDef::Kind::Pods };
        peer.addresses = blocksOf(source);
        peer.hasPodLimit = hasBlocks && !tests.empty();
        peer.isOnlyPods = isPositive;
        if (!tests.empty())
            peer.pods.pods.expression = std::make_shared<IdentityExpression>(tests);
        out.peers.push_back(peer);
        // Who has no identity fails no test that excludes some.
        if (!hasBlocks && !isPositive) {
            out.peers.push_back({ .kind = PeerDef::Kind::Outside });
            out.peers.push_back({ .kind = PeerDef::Kind::Nodes });
        }
    }

    static std::vector<AddressRange> rangesOf(Value list)
    {
        std::vector<AddressRange> out;
        for (const Value one : list) {
            if (const auto address = parseAddress(one.text()))
                out.push_back({ address->bits, address->bits, address->isV6 });
            else if (const auto range = parseCidr(one.text()))
                out.push_back(*range);
        }
        return joined(std::move(out));
    }

    static std::vector<AddressRange> blocksOf(Value source)
    {
        std::vector<AddressRange> all { everyAddress(false), everyAddress(true) };
        if (source["ipBlocks"].size() > 0)
            all = rangesOf(source["ipBlocks"]);
        return without(all, rangesOf(source["notIpBlocks"]));
    }

    void readConditions(Value when, RuleDef& out)
    {
        for (const Value condition : when) {
            const std::string_view key = condition["key"].text();
            if (key.starts_with("request.")) {
                out.isL7 = true;
                continue;
            }
            out.isMaybe = true;
            out.reason = "it has a condition on " + printable(key);
        }
    }

    void readOperation(Value operation, RuleDef& out)
    {
        for (const std::string_view key : { "hosts", "notHosts", "methods", "notMethods", "paths", "notPaths" })
            out.isL7 = out.isL7 || operation[key].size() > 0;
        PortSet ports = PortSet::of(Protocol::TCP, {});
        const auto setOf = [](Value list) {
            PortSet set;
            for (const Value one : list) {
                const auto number = toInteger(one.text());
                if (number && *number >= 1 && *number <= 65535)
                    set.add(PortSet::of(
                        Protocol::TCP, { static_cast<std::uint16_t>(*number), static_cast<std::uint16_t>(*number) }));
            }
            return set;
        };
        if (operation["ports"].size() > 0)
            ports = setOf(operation["ports"]);
        ports = ports.without(setOf(operation["notPorts"]));
        for (const PortRange range : ports.ranges(Protocol::TCP))
            out.ports.terms.push_back({ .protocol = Protocol::TCP, .range = range });
    }

    const Cluster& m_cluster;
    ObjectId m_object;
    std::string m_root;
    PolicyDefs& m_out;
    bool m_isAllow = true;
};

// One PeerAuthentication. Level 0 = mesh, 1 = namespace, 2 = workload.
struct PeerSetting {
    ObjectId object;
    int level = 0;
    Scope scope;
    std::string mode; // "" = that of the level below
    std::vector<std::pair<std::uint16_t, std::string>> ports;
    std::optional<UnixSeconds> created;
    std::string name;
};

std::vector<PeerSetting> peerSettings(const Cluster& cluster, const std::string& root)
{
    std::vector<PeerSetting> out;
    for (const ObjectId id : cluster.objectsOf(securityGroup, "PeerAuthentication")) {
        format::Document document;
        const cluster::Object& object = cluster.object(id);
        if (object.isMissing || !cluster.snapshot().readRaw(object.raw, document))
            continue;
        const Value spec = document.root()["spec"];
        PeerSetting own;
        own.object = id;
        own.scope = { namespaceOf(cluster, id), matchLabelsOf(spec["selector"]) };
        own.level = !own.scope.terms.empty() ? 2 : own.scope.ns == root ? 0 : 1;
        if (own.level == 0)
            own.scope.ns.clear();
        own.mode = spec["mtls"]["mode"].text() == "UNSET" ? "" : std::string(spec["mtls"]["mode"].text());
        for (const Value port : spec["portLevelMtls"]) {
            const auto number = toInteger(port.key());
            if (number && *number > 0 && *number < 65536 && own.level == 2)
                own.ports.emplace_back(static_cast<std::uint16_t>(*number), std::string(port["mode"].text()));
        }
        own.created = object.created;
        own.name = cluster.text(object.name);
        out.push_back(std::move(own));
    }
    // Of several of one scope the oldest counts.
    std::ranges::stable_sort(out, {}, [](const PeerSetting& one) {
        return std::tuple(one.level, one.scope.ns, one.created.value_or(UnixSeconds {}), one.name);
    });
    const auto sameScope = [](const PeerSetting& a, const PeerSetting& b) {
        return a.level < 2 && a.level == b.level && a.scope.ns == b.scope.ns;
    };
    out.erase(std::ranges::unique(out, sameScope).begin(), out.end());
    return out;
}

void addStrict(const PeerSetting& own, const std::vector<PeerSetting>& all, PolicyDefs& out)
{
    PortSet ports = own.mode == "STRICT" ? PortSet::of(Protocol::TCP, {}) : PortSet();
    for (const auto& [port, mode] : own.ports) {
        const PortSet one = PortSet::of(Protocol::TCP, { port, port });
        if (mode == "STRICT")
            ports.add(one);
        else if (!mode.empty() && mode != "UNSET")
            ports = ports.without(one);
    }
    if (ports.isEmpty())
        return;
    PolicyDef def;
    def.object = own.object;
    def.tier = meshTier;
    def.priority = strictPriority;
    def.tieBreak = std::to_string(own.level);
    if (!own.scope.ns.empty())
        def.subject.ns = own.scope.ns;
    def.subject.pods.terms = own.scope.terms;
    def.subject.pods.terms.push_back(inMesh());
    std::vector<Scope> nearer;
    for (const PeerSetting& other : all) {
        if (other.level > own.level && !other.mode.empty() && (own.scope.ns.empty() || other.scope.ns == own.scope.ns))
            nearer.push_back(other.scope);
    }
    if (!nearer.empty())
        def.subject.pods.expression = std::make_shared<NoneOfExpression>(std::move(nearer));
    def.applies[0] = true;
    RuleDef deny { .action = Action::Deny, .pointer = "/spec/mtls/mode" };
    PeerDef plain { .kind = PeerDef::Kind::Pods };
    plain.pods.pods.terms.push_back({ "@mesh", Requirement::Operator::DoesNotExist, {} });
    deny.peers.push_back(std::move(plain));
    deny.peers.push_back({ .kind = PeerDef::Kind::Outside });
    deny.peers.push_back({ .kind = PeerDef::Kind::Nodes });
    deny.ports.isAll = false;
    for (const PortRange range : ports.ranges(Protocol::TCP))
        deny.ports.terms.push_back({ .protocol = Protocol::TCP, .range = range });
    def.rules[0].push_back(std::move(deny));
    out.policies.push_back(std::move(def));
}

std::string_view labelOf(const TextLabels& labels, std::string_view key)
{
    const auto found = std::ranges::find(labels, key, &std::pair<std::string, std::string>::first);
    return found == labels.end() ? std::string_view() : std::string_view(found->second);
}

std::string_view labelOf(const Cluster& cluster, const cluster::Namespace* ns, std::string_view key)
{
    const StringId id = cluster.id(key);
    if (!ns || id.isNone())
        return {};
    const auto found = std::ranges::find(ns->labels, id, &std::pair<StringId, StringId>::first);
    return found == ns->labels.end() ? std::string_view() : cluster.text(found->second);
}

} // namespace

void readMeshPolicies(const ReadContext& context, PolicyDefs& out)
{
    const Cluster& cluster = context.cluster;
    const std::string root = rootNamespace(cluster);
    const auto settings = peerSettings(cluster, root);
    for (const PeerSetting& one : settings)
        addStrict(one, settings, out);
    for (const ObjectId id : cluster.objectsOf(securityGroup, "AuthorizationPolicy")) {
        format::Document document;
        if (!cluster.object(id).isMissing && cluster.snapshot().readRaw(cluster.object(id).raw, document))
            AuthorizationReader(context, id, root, out).read(document.root()["spec"]);
    }
}

bool isInMesh(const Cluster& cluster, const cluster::PodSpec& spec, const TextLabels& podLabels,
    const cluster::Namespace* ns, bool isTemplate)
{
    if (spec.hostNetwork)
        return false;
    const bool hasProxy = std::ranges::any_of(spec.containers,
        [&](const cluster::Container& container) { return cluster.text(container.name) == "istio-proxy"; });
    if (hasProxy)
        return true;
    const std::string_view mode = labelOf(podLabels, "istio.io/dataplane-mode");
    if (mode == "ambient" || (mode.empty() && labelOf(cluster, ns, "istio.io/dataplane-mode") == "ambient"))
        return true;
    const std::string_view inject = labelOf(podLabels, "sidecar.istio.io/inject");
    if (!isTemplate || inject == "false")
        return false; // a live pod shows its proxy
    return inject == "true" || labelOf(cluster, ns, "istio-injection") == "enabled"
        || !labelOf(cluster, ns, "istio.io/rev").empty();
}

} // namespace plimsoll::network
