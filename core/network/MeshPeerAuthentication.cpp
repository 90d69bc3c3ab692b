// SPDX-License-Identifier: Apache-2.0
// PeerAuthentication of security.istio.io: who must come with mTLS. Source: Istio 1.27
// pilot/pkg/security/authn/policy_applier.go, pilot/pkg/serviceregistry/kube/controller/ambient/authorization.go.
//
// For one pod the oldest policy of its labels decides, then that of its namespace, then that of the mesh; a policy that
// sets no mode leaves it to the next. Strict mTLS is a denial of everybody who is not in the mesh.
#include <algorithm>
#include <limits>
#include <map>
#include <tuple>

#include "core/base/Text.h"
#include "core/network/detail/Mesh_p.h"

namespace plimsoll::network {

using cluster::Cluster;
using cluster::ObjectId;
using format::Value;

namespace {

enum class MtlsMode : std::uint8_t { Unset, Strict, Open };

struct PeerAuthentication {
    ObjectId object;
    std::string ns, name;
    std::optional<UnixSeconds> created;
    std::vector<TextRequirement> labels {}; // none = of the namespace or the mesh
    MtlsMode mode = MtlsMode::Unset;
    std::vector<std::pair<std::uint16_t, MtlsMode>> ports {}; // in order of ports
};

// The mode that is in force, and the policy that set it.
struct Decision {
    MtlsMode mode = MtlsMode::Unset;
    ObjectId object;
};

class PeerAuthenticationReader {
public:
    PeerAuthenticationReader(const ReadContext& context, const MeshConfig& config, PolicyDefs& out)
        : m_cluster(context.cluster)
        , m_config(config)
        , m_out(out)
    {
    }

    void read()
    {
        std::vector<PeerAuthentication> all;
        for (const ObjectId id : m_cluster.objectsOf("security.istio.io", "PeerAuthentication"))
            all.push_back(readOne(id));
        std::ranges::stable_sort(all, [](const PeerAuthentication& a, const PeerAuthentication& b) {
            return std::tie(a.created, a.name, a.ns) < std::tie(b.created, b.name, b.ns);
        });
        for (PeerAuthentication& one : all)
            sortIn(std::move(one));
        addMesh();
        for (const auto& [ns, policy] : m_ofNamespaces)
            addNamespace(ns);
        for (const auto& [ns, policies] : m_ofWorkloads) {
            for (std::size_t i = 0; i < policies.size(); ++i)
                addWorkload(ns, i);
        }
    }

private:
    void problem(ObjectId object, std::string pointer, std::string what)
    {
        m_out.problems.push_back({ object, std::move(pointer), std::move(what) });
    }

    MtlsMode readMode(ObjectId object, Value mtls, const std::string& pointer)
    {
        const std::string_view mode = mtls["mode"].text();
        if (mode == "STRICT")
            return MtlsMode::Strict;
        if (mode == "PERMISSIVE" || mode == "DISABLE")
            return MtlsMode::Open;
        if (!mode.empty() && mode != "UNSET")
            problem(object, pointer + "/mode", printable(mode) + " is no mode of mTLS: it sets none");
        return MtlsMode::Unset;
    }

    PeerAuthentication readOne(ObjectId id)
    {
        const cluster::Object& object = m_cluster.object(id);
        PeerAuthentication out { .object = id,
            .ns = namespaceOf(m_cluster, id),
            .name = std::string(m_cluster.text(object.name)),
            .created = object.created };
        format::Document document;
        if (!m_cluster.snapshot().readRaw(object.raw, document)) {
            problem(id, {}, "cannot be read");
            return out;
        }
        const Value spec = document.root()["spec"];
        for (const Value label : spec["selector"]["matchLabels"])
            out.labels.push_back(
                { std::string(label.key()), cluster::Requirement::Operator::In, { std::string(label.text()) } });
        std::ranges::sort(out.labels, {}, &TextRequirement::key);
        out.mode = readMode(id, spec["mtls"], "/spec/mtls");
        for (const Value port : spec["portLevelMtls"]) {
            const std::string pointer = format::pointerTo("/spec/portLevelMtls", port.key());
            const auto number = toInteger(port.key());
            if (!number || *number < 1 || *number > 65535)
                problem(id, pointer, "is no port: it sets nothing");
            else
                out.ports.emplace_back(static_cast<std::uint16_t>(*number), readMode(id, port, pointer));
        }
        std::ranges::sort(out.ports);
        if (!out.ports.empty() && out.labels.empty())
            problem(id, "/spec/portLevelMtls", "counts only beside a selector: it sets nothing");
        return out;
    }

    // From the oldest on.
    void sortIn(PeerAuthentication one)
    {
        const bool isOfRoot = one.ns == m_config.rootNamespace;
        if (!one.labels.empty() && isOfRoot)
            return problem(
                one.object, "/spec/selector", "policies of the root namespace with a selector are not in force");
        if (!one.labels.empty())
            return m_ofWorkloads[one.ns].push_back(std::move(one));
        const auto isOlder = [&](const PeerAuthentication& older) {
            problem(one.object, {},
                "is not in force: " + printable(m_cluster.refOf(older.object)) + " of the same level is older");
        };
        if (isOfRoot && m_mesh)
            isOlder(*m_mesh);
        else if (isOfRoot)
            m_mesh = std::move(one);
        else if (const auto [at, isNew] = m_ofNamespaces.try_emplace(one.ns, one); !isNew)
            isOlder(at->second);
    }

    Decision ofMesh() const { return m_mesh ? Decision { m_mesh->mode, m_mesh->object } : Decision(); }
    Decision ofNamespace(const std::string& ns) const
    {
        const auto own = m_ofNamespaces.find(ns);
        return own != m_ofNamespaces.end() && own->second.mode != MtlsMode::Unset
            ? Decision { own->second.mode, own->second.object }
            : ofMesh();
    }

    void addMesh()
    {
        std::vector<MeshRemainder::Taken> others;
        for (const auto& [ns, policy] : m_ofNamespaces)
            others.push_back({ ns, {} });
        for (const auto& [ns, policies] : m_ofWorkloads) {
            if (m_ofNamespaces.contains(ns))
                continue;
            for (const PeerAuthentication& policy : policies)
                others.push_back({ ns, policy.labels });
        }
        addStrict(ofMesh(), {}, std::move(others));
    }

    void addNamespace(const std::string& ns)
    {
        PodSelection subject;
        subject.ns = ns;
        addStrict(ofNamespace(ns), std::move(subject), olderThan(ns, noLimit));
    }

    void addWorkload(const std::string& ns, std::size_t index)
    {
        const PeerAuthentication& policy = m_ofWorkloads.at(ns)[index];
        PodSelection subject;
        subject.ns = ns;
        subject.pods.terms = policy.labels;
        const Decision decision
            = policy.mode == MtlsMode::Unset ? ofNamespace(ns) : Decision { policy.mode, policy.object };
        PortSet strict = PortSet::of(Protocol::TCP, {});
        std::vector<RuleDef> rules;
        for (const auto& [port, mode] : policy.ports) {
            const PortSet one = PortSet::of(Protocol::TCP, { port, port });
            if (mode == MtlsMode::Open)
                strict = strict.without(one);
            else if (mode == MtlsMode::Strict)
                rules.push_back(strictRule("/spec/portLevelMtls/" + std::to_string(port), one));
        }
        if (decision.mode == MtlsMode::Strict)
            addStrict(decision, std::move(subject), olderThan(ns, index), strict);
        else if (!rules.empty())
            addDef(policy.object, std::move(subject), olderThan(ns, index), std::move(rules));
    }

    static constexpr std::size_t noLimit = std::numeric_limits<std::size_t>::max();
    // The pods of a namespace that the first `count` policies by labels have taken.
    std::vector<MeshRemainder::Taken> olderThan(const std::string& ns, std::size_t count) const
    {
        std::vector<MeshRemainder::Taken> out;
        const auto own = m_ofWorkloads.find(ns);
        for (std::size_t i = 0; own != m_ofWorkloads.end() && i < std::min(count, own->second.size()); ++i)
            out.push_back({ std::nullopt, own->second[i].labels });
        return out;
    }

    static RuleDef strictRule(std::string pointer, const PortSet& ports)
    {
        RuleDef out { .action = Action::Deny, .pointer = std::move(pointer) };
        PeerDef pods;
        pods.pods.pods.terms.push_back({ "@mesh", cluster::Requirement::Operator::DoesNotExist, {} });
        out.peers.push_back(std::move(pods));
        out.peers.push_back({ .kind = PeerDef::Kind::Outside });
        out.peers.push_back({ .kind = PeerDef::Kind::Nodes });
        out.ports = meshPorts(ports);
        return out;
    }

    void addStrict(const Decision& decision, PodSelection subject, std::vector<MeshRemainder::Taken> others,
        const PortSet& ports = PortSet::of(Protocol::TCP, {}))
    {
        if (decision.mode == MtlsMode::Strict)
            addDef(decision.object, std::move(subject), std::move(others), { strictRule("/spec/mtls/mode", ports) });
    }

    void addDef(
        ObjectId object, PodSelection subject, std::vector<MeshRemainder::Taken> others, std::vector<RuleDef> rules)
    {
        constexpr auto ingress = static_cast<std::size_t>(Direction::Ingress);
        PolicyDef def { .object = object, .tier = meshTier, .priority = meshStrictPriority };
        def.subject = std::move(subject);
        def.subject.pods.terms.push_back(isMeshPod());
        def.subject.pods.expression = std::make_shared<MeshRemainder>(std::move(others));
        def.applies[ingress] = true;
        def.rules[ingress] = std::move(rules);
        m_out.policies.push_back(std::move(def));
    }

    const Cluster& m_cluster;
    const MeshConfig& m_config;
    PolicyDefs& m_out;
    std::optional<PeerAuthentication> m_mesh;
    std::map<std::string, PeerAuthentication> m_ofNamespaces;
    std::map<std::string, std::vector<PeerAuthentication>> m_ofWorkloads; // the oldest first
};

} // namespace

void readPeerAuthentications(const ReadContext& context, const MeshConfig& config, PolicyDefs& out)
{
    PeerAuthenticationReader(context, config, out).read();
}

} // namespace plimsoll::network
