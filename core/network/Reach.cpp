// SPDX-License-Identifier: Apache-2.0
#include "core/network/Reach.h"

#include <algorithm>
#include <array>

#include "core/base/Text.h"
#include "core/network/detail/Read_p.h"
#include "core/network/detail/ReachModel_p.h"

namespace plimsoll::network {

using cluster::Cluster;
using cluster::ObjectId;

std::string_view toText(Answer answer)
{
    switch (answer) {
    case Answer::Denied:
        return "false";
    case Answer::Allowed:
        return "true";
    case Answer::Unknown:
        return "unknown";
    }
    std::unreachable();
}

std::string_view toText(Basis basis)
{
    constexpr std::array<std::string_view, 14> names { "policy", "default-open", "outside", "spec-exception",
        "undefined-hostnetwork", "undefined-snat", "ipblock-on-pod", "not-enforced", "unevaluated", "unreadable",
        "ambiguous-priority", "l7-restricted", "needs-dns", "no-such-port" };
    return names[static_cast<std::size_t>(basis)];
}

std::string_view toText(Layer layer)
{
    constexpr std::array<std::string_view, layerCount> names { "egress", "ingress", "mesh" };
    return names[indexOf(layer)];
}

const Side* Verdict::side(Layer layer) const
{
    return layer == Layer::Egress ? &egress : layer == Layer::Ingress ? &ingress : mesh ? &*mesh : nullptr;
}

PolicyDefs readPolicies(const ReadContext& context)
{
    PolicyDefs out;
    readNetworkPolicies(context, out);
    readAdminPolicies(context, out);
    readCiliumPolicies(context, out);
    readCalicoPolicies(context, out);
    readMeshPolicies(context, out);
    return out;
}

namespace {

struct UnevaluatedKind {
    std::string_view group, kind;
    bool isAboutLeaving;
};
constexpr std::array<UnevaluatedKind, 4> unevaluatedKinds { {
    { "crd.antrea.io", "ClusterNetworkPolicy", false },
    { "crd.antrea.io", "NetworkPolicy", false },
    { "k8s.ovn.org", "EgressFirewall", true },
    { "network.openshift.io", "EgressNetworkPolicy", true },
} };

EnforcementState enforcementOf(const Cluster& cluster)
{
    using Enforcement = Plugin::Enforcement;
    EnforcementState out;
    const auto plugins = networkPlugins(cluster);
    const auto with
        = [&](Enforcement enforcement) { return std::ranges::find(plugins, enforcement, &Plugin::enforcement); };
    if (const auto yes = with(Enforcement::Yes); yes != plugins.end()) {
        out.state = Enforcement::Yes;
        out.plugin = yes->name;
        out.sentence = yes->name + " enforces NetworkPolicies";
    } else if (const auto unknown = with(Enforcement::Unknown); unknown != plugins.end()) {
        out.plugin = unknown->name;
        out.sentence = unknown->reason;
    } else if (!plugins.empty()) {
        out.state = Enforcement::No;
        out.plugin = plugins.front().name;
        out.sentence = plugins.front().reason;
    } else {
        out.sentence = cluster.covers("apps", "DaemonSet")
            ? "no network plugin that Plimsoll knows runs here: whether policies are enforced is not known"
            : "the source does not list DaemonSets: whether policies are enforced is not known";
    }
    return out;
}

bool isCilium(const EnforcementState& state)
{
    return state.plugin == "Cilium";
}

// Why the policies of a namespace could not be read. A source that just holds none is taken at its word.
std::string unreadableReason(const Cluster& cluster, std::string_view ns)
{
    const std::vector<std::string> only { std::string(ns) };
    const std::string gap = cluster.gap("networking.k8s.io", "NetworkPolicy", only);
    return gap.starts_with("the source does not list") ? std::string() : gap;
}

void findUnevaluated(Reach::Private& model)
{
    const Cluster& cluster = *model.f().cluster;
    for (const UnevaluatedKind& row : unevaluatedKinds) {
        for (const ObjectId id : cluster.objectsOf(row.group, row.kind)) {
            if (cluster.object(id).isMissing)
                continue;
            model.unevaluated.push_back(id);
            const StringId ns = cluster.object(id).ns;
            const auto found = model.f().namespaceByName.find(std::string(cluster.text(ns)));
            const bool isAll = ns.isNone() || found == model.f().namespaceByName.end();
            model.unevaluatedIn.push_back({ id, isAll ? noIndex : found->second, row.isAboutLeaving });
        }
    }
}

PolicyDefs policiesAddedBy(const PolicyChanges& changes, bool doBlocksMatchPods)
{
    return changes.added ? readPolicies({ *changes.added, doBlocksMatchPods }) : PolicyDefs();
}

// Whether classes and addresses that were told apart for others suffice for these policies.
class Fitting {
public:
    explicit Fitting(const Foundation& foundation)
        : m_foundation(foundation)
    {
    }
    bool fits(const PolicyDefs& defs) const
    {
        return std::ranges::all_of(defs.policies, [&](const PolicyDef& policy) {
            return fits(policy.subject.pods) && std::ranges::all_of(policy.rules, [&](const auto& rules) {
                return std::ranges::all_of(rules, [&](const RuleDef& rule) { return fits(rule); });
            });
        });
    }

private:
    bool fits(const Selection& selection) const
    {
        std::vector<std::string> keys;
        for (const TextRequirement& term : selection.terms)
            keys.push_back(term.key);
        if (selection.expression)
            selection.expression->collectKeys(keys);
        return std::ranges::all_of(keys, [&](const std::string& key) { return m_foundation.isMentioned(key); });
    }
    bool fits(const RuleDef& rule) const
    {
        const bool hasNames = std::ranges::any_of(rule.ports.terms,
            [&](const PortTerm& term) { return !term.name.empty() && !m_foundation.portNames.contains(term.name); });
        return !hasNames && std::ranges::all_of(rule.peers, [&](const PeerDef& peer) {
            if (peer.kind == PeerDef::Kind::Nodes || !fits(peer.pods.pods))
                return false;
            // Without any block so far, classes were not told apart by addresses at all.
            const bool hasCuts = !m_foundation.cuts[0].empty() || !m_foundation.cuts[1].empty();
            if (peer.isAlsoPods && !peer.addresses.empty() && !hasCuts)
                return false;
            return !peer.isAlsoPods || std::ranges::all_of(peer.addresses, [&](const AddressRange& range) {
                return isCut(range.first, range.isV6)
                    && (range.last == everyAddress(range.isV6).last || isCut(range.last + 1, range.isV6));
            });
        });
    }
    bool isCut(Uint128 bits, bool isV6) const
    {
        return std::ranges::binary_search(m_foundation.cuts[isV6 ? 1 : 0], bits)
            || !m_foundation.classesByAtom.contains(m_foundation.atomOf({ bits, isV6 }));
    }
    const Foundation& m_foundation;
};

// Does a policy select a pod without labels in a namespace?
bool selectsAnyPod(const PolicyDef& policy, const std::string& name, const TextLabels& ofNamespace)
{
    if (policy.subject.isNever || (policy.subject.ns && *policy.subject.ns != name))
        return false;
    TextLabels labels { { "@namespace", name } };
    for (const auto& [key, value] : ofNamespace)
        labels.emplace_back("@namespace/" + key, value);
    const auto holds = [](const Selection& selection, const TextLabels& own) {
        const auto lookup = [&](std::string_view key) -> std::optional<std::string_view> {
            const auto found = std::ranges::find(own, key, &std::pair<std::string, std::string>::first);
            return found == own.end() ? std::nullopt : std::optional<std::string_view>(found->second);
        };
        return matches(selection.terms, own) && (!selection.expression || selection.expression->matches(lookup));
    };
    return holds(policy.subject.namespaces, ofNamespace) && holds(policy.subject.pods, labels);
}

std::vector<bool> concernedNamespaces(const Foundation& f, const PolicyDefs& defs)
{
    std::vector<const PolicyDef*> ofCluster;
    for (const PolicyDef& policy : defs.policies) {
        if (f.cluster->object(policy.object).ns.isNone()
            && f.cluster->text(f.cluster->kindOf(f.cluster->object(policy.object)).group) != "networking.k8s.io")
            ofCluster.push_back(&policy);
    }
    std::vector<bool> out(f.namespaces.size(), false);
    for (std::uint32_t ns = 0; ns < out.size() && !ofCluster.empty(); ++ns) {
        TextLabels labels;
        for (const SymbolLabel& label : f.namespaces[ns].labels)
            labels.emplace_back(f.symbols.text(label.key), f.symbols.text(label.value));
        out[ns] = std::ranges::any_of(
            ofCluster, [&](const PolicyDef* policy) { return selectsAnyPod(*policy, f.namespaceNames[ns], labels); });
    }
    return out;
}

void build(Reach::Private& model, const PolicyDefs& own, const PolicyDefs& added)
{
    findUnevaluated(model);
    const Cluster& cluster = *model.f().cluster;
    model.policiesIn.resize(model.f().namespaceNames.size());
    for (std::uint32_t i = 0; i < cluster.networkPolicies().size(); ++i) {
        const StringId ns = cluster.object(cluster.networkPolicies()[i].object).ns;
        const auto found = model.f().namespaceByName.find(std::string(ns.isNone() ? "default" : cluster.text(ns)));
        if (found != model.f().namespaceByName.end())
            model.policiesIn[found->second].push_back(i);
    }
    for (const std::string& ns : model.f().namespaceNames)
        model.unreadable.push_back(unreadableReason(*model.f().cluster, ns));
    model.isConcerned = concernedNamespaces(model.f(), own);
    compile(model, own, added);
}

std::shared_ptr<Reach::Private> whole(std::shared_ptr<const Cluster> cluster, PolicyChanges changes)
{
    EnforcementState enforcement = enforcementOf(*cluster);
    const bool doBlocksMatchPods = !isCilium(enforcement);
    PolicyDefs own = readPolicies({ *cluster, doBlocksMatchPods });
    std::erase_if(own.policies, [&](const PolicyDef& policy) {
        return std::ranges::find(changes.dropped, policy.object) != changes.dropped.end();
    });
    const PolicyDefs added = policiesAddedBy(changes, doBlocksMatchPods);
    const std::array<const PolicyDefs*, 2> all { &own, &added };
    auto model = std::make_shared<Reach::Private>(makeFoundation(std::move(cluster), all));
    model->enforcement = std::move(enforcement);
    model->doBlocksMatchPods = doBlocksMatchPods;
    model->changes = std::move(changes);
    build(*model, own, added);
    return model;
}

} // namespace

Reach::Reach(std::shared_ptr<const Cluster> cluster, PolicyChanges changes)
    : m(whole(std::move(cluster), std::move(changes)))
{
}

Reach::Reach(const Reach& other, PolicyChanges changes)
{
    const std::shared_ptr<const Private> base = other.m->base ? other.m->base : other.m;
    const PolicyDefs added = policiesAddedBy(changes, base->doBlocksMatchPods);
    const bool isPlain = !base->changes.added && base->changes.dropped.empty();
    if (!isPlain || !Fitting(base->f()).fits(added)) {
        m = whole(base->f().cluster, std::move(changes));
        return;
    }
    m = std::make_shared<Private>(base->pods);
    m->base = base;
    m->enforcement = base->enforcement;
    m->doBlocksMatchPods = base->doBlocksMatchPods;
    m->policiesIn = base->policiesIn;
    m->isConcerned = base->isConcerned;
    m->unreadable = base->unreadable;
    m->unevaluated = base->unevaluated;
    m->unevaluatedIn = base->unevaluatedIn;
    m->changes = std::move(changes);
    compile(*m, {}, added);
}

Reach::~Reach() = default;

bool Reach::isVariantOf(const Reach& other) const
{
    return m->base && m->base == other.m;
}
const Cluster& Reach::cluster() const
{
    return *m->f().cluster;
}
const EnforcementState& Reach::enforcement() const
{
    return m->enforcement;
}
std::span<const ReachPod> Reach::pods() const
{
    return m->f().pods;
}
std::span<const std::string> Reach::namespaceNames() const
{
    return m->f().namespaceNames;
}
std::size_t Reach::classCount() const
{
    return m->f().classes.size();
}
std::size_t Reach::profileCount() const
{
    return m->profileCount();
}
std::span<const Reach::Problem> Reach::problems() const
{
    return m->problems;
}
std::span<const ObjectId> Reach::unevaluated() const
{
    return m->unevaluated;
}
std::span<const std::uint32_t> Reach::podsOf(cluster::WorkloadId workload) const
{
    return m->f().podsByWorkload[workload.index];
}
std::span<const std::uint32_t> Reach::podsOfNamespace(std::uint32_t ns) const
{
    return m->f().namespaces[ns].pods;
}

std::string workloadNameOf(const Cluster& cluster, cluster::WorkloadId workload)
{
    const cluster::Object& object = cluster.object(cluster.workloads()[workload.index].object);
    const std::string_view ns = object.ns.isNone() ? "default" : cluster.text(object.ns);
    return std::string(ns) + '/' + std::string(cluster.text(object.name)) + '['
        + std::string(cluster.text(cluster.kindOf(object).kind)) + ']';
}

std::string Reach::workloadName(cluster::WorkloadId workload) const
{
    return workloadNameOf(cluster(), workload);
}

} // namespace plimsoll::network
