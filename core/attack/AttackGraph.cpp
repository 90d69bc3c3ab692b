// SPDX-License-Identifier: Apache-2.0
#include "core/attack/AttackGraph.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "core/base/Text.h"

namespace plimsoll::attack {

namespace {

constexpr std::array<std::string_view, placeKindCount> placeTexts { "Outside", "User", "Group", "Service account",
    "Binding", "Rights of a role", "Combination of rights", "Entry", "Weakness", "Pods", "Service accounts", "Secrets",
    "ConfigMaps", "Volumes", "Users and groups", "Nodes", "Workload", "Container", "Pod network", "Node",
    "Node identity", "Secret", "Volume", "Image", "Cloud identity", "Goal" };
constexpr std::array<std::string_view, placeKindCount> placePlurals { "Outside", "Users", "Groups", "Service accounts",
    "Bindings", "Rights of roles", "Combinations of rights", "Entries", "Weaknesses", "Pods of namespaces",
    "Service accounts of namespaces", "Secrets of namespaces", "ConfigMaps of namespaces", "Volumes of namespaces",
    "Users and groups", "Pools of nodes", "Workloads", "Containers", "Pod networks", "Nodes", "Node identities",
    "Secrets", "Volumes", "Images", "Cloud identities", "Goals" };
// First part of a reference, where the kind of the object does not say it.
constexpr std::array<std::string_view, placeKindCount> placeRefs { "outside", "user", "group", "serviceaccount", "",
    "grant", "combination", "entry", "weakness", "pods", "serviceaccounts", "secrets", "configmaps", "volumes",
    "people", "nodes", "", "container", "network", "node", "kubelet", "secret", "persistentvolumeclaim", "image",
    "cloud", "goal" };
constexpr std::array<std::string_view, goalKindCount> goalTexts { "cluster-admin", "control-plane", "node",
    "namespace-admin", "secrets", "interception", "cloud-identity" };
constexpr std::array<std::string_view, goalKindCount> goalTitles { "administrator of the cluster",
    "root on the control plane", "root on a node", "administrator of namespace", "every Secret of the cluster",
    "interception of what others send", "an identity of the cloud" };
constexpr std::array<std::string_view, certaintyCount> certaintyTexts { "confirmed", "may be blocked", "needs a fact" };

std::string_view hubOf(PlaceKind kind)
{
    switch (kind) {
    case PlaceKind::PodsIn:
        return "every pod";
    case PlaceKind::AccountsIn:
        return "every service account";
    case PlaceKind::SecretsIn:
        return "every Secret";
    case PlaceKind::ConfigMapsIn:
        return "every ConfigMap";
    default:
        return "every volume";
    }
}

bool isHub(PlaceKind kind)
{
    return kind >= PlaceKind::PodsIn && kind <= PlaceKind::VolumesIn;
}

std::string joined(std::string_view ns, std::string_view name)
{
    return ns.empty() ? std::string(name) : std::string(ns).append("/").append(name);
}

} // namespace

std::string_view toText(PlaceKind kind)
{
    return placeTexts[static_cast<std::size_t>(kind)];
}

std::string_view toPlural(PlaceKind kind)
{
    return placePlurals[static_cast<std::size_t>(kind)];
}

std::string_view toText(GoalKind goal)
{
    return goalTexts[static_cast<std::size_t>(goal)];
}

std::string_view toText(Certainty certainty)
{
    return certaintyTexts[static_cast<std::size_t>(certainty)];
}

AttackGraph::~AttackGraph() = default;

PlaceId AttackGraph::origin(std::uint32_t number) const
{
    const auto after = std::ranges::upper_bound(m_outStart, number);
    return { static_cast<std::uint32_t>(after - m_outStart.begin() - 1) };
}

std::span<const PlaceId> AttackGraph::ofKind(PlaceKind kind) const
{
    return m_ofKind[static_cast<std::size_t>(kind)];
}

PlaceId AttackGraph::goal(GoalKind kind) const
{
    const auto all = ofKind(PlaceKind::Goal);
    const auto found = std::ranges::find(all, kind, [this](PlaceId id) { return place(id).goal; });
    return found == all.end() || kind == GoalKind::NamespaceAdmin ? PlaceId::none() : *found;
}

PlaceId AttackGraph::namespaceAdmin(std::string_view ns) const
{
    const auto all = ofKind(PlaceKind::Goal);
    const auto found = std::ranges::find_if(
        all, [&](PlaceId id) { return place(id).goal == GoalKind::NamespaceAdmin && place(id).ns == ns; });
    return found == all.end() ? PlaceId::none() : *found;
}

bool AttackGraph::isOrdinary(PlaceId id) const
{
    return m_ordinary[id.index] != 0;
}

std::string AttackGraph::refOf(PlaceId id) const
{
    const Place& it = place(id);
    const std::string first(placeRefs[static_cast<std::size_t>(it.kind)]);
    switch (it.kind) {
    case PlaceKind::Outside:
        return first;
    case PlaceKind::Binding:
    case PlaceKind::Workload:
        return m_cluster->refOf(it.object);
    case PlaceKind::Grant:
        return first + '/' + m_cluster->refOf(it.object) + (it.ns.empty() ? "" : '@' + std::string(it.ns));
    case PlaceKind::Combination:
    case PlaceKind::Entry:
    case PlaceKind::Weakness: {
        std::string ref = first + '/' + idOf(it.technique);
        if (!it.object.isNone())
            ref += '/' + m_cluster->refOf(it.object);
        return ref + (it.part == Place::noPart ? "" : '/' + std::to_string(it.part)) + '/' + printable(it.name);
    }
    case PlaceKind::Container:
    case PlaceKind::PodNetwork:
        return first + '/' + m_cluster->refOf(it.object)
            + (it.kind == PlaceKind::Container ? '/' + std::string(it.name) : "");
    case PlaceKind::Goal:
        return first + '/' + std::string(toText(it.goal)) + (it.ns.empty() ? "" : '/' + std::string(it.ns));
    case PlaceKind::PeopleIn:
        return it.name == "user" ? "people/users" : "people/*";
    default:
        if (isHub(it.kind) && !it.name.empty())
            return first + '/' + (it.ns.empty() ? "*" : std::string(it.ns)) + '/' + std::string(it.name);
        return isHub(it.kind) ? first + '/' + (it.ns.empty() ? "*" : std::string(it.ns))
                + (it.name.empty() ? "" : '/' + printable(it.name))
                              : first + '/' + joined(it.ns, it.name);
    }
}

PlaceId AttackGraph::find(cluster::ObjectId object) const
{
    if (object.isNone())
        return PlaceId::none();
    constexpr std::array kinds { PlaceKind::Workload, PlaceKind::Secret, PlaceKind::ServiceAccount, PlaceKind::Node,
        PlaceKind::Binding, PlaceKind::Volume };
    const cluster::WorkloadId workload = m_cluster->workloadOf(object);
    const auto& it = m_cluster->object(object);
    const std::string_view ns = m_cluster->text(it.ns);
    for (const PlaceKind kind : kinds) {
        const auto all = ofKind(kind);
        // A workload's places carry its namespace and name, whatever holds their specs.
        const std::string_view name = kind == PlaceKind::Workload && !workload.isNone()
            ? m_cluster->text(m_cluster->object(m_cluster->workloads()[workload.index].object).name)
            : m_cluster->text(it.name);
        const auto key = [this](PlaceId id) { return std::tie(place(id).ns, place(id).name); };
        PlaceId ofWorkload;
        for (const PlaceId id : std::ranges::equal_range(all, std::tie(ns, name), {}, key)) {
            if (place(id).object == object)
                return id;
            if (kind == PlaceKind::Workload && !workload.isNone() && place(id).workload == workload
                && ofWorkload.isNone())
                ofWorkload = id;
        }
        if (ofWorkload)
            return ofWorkload;
    }
    return PlaceId::none();
}

PlaceId AttackGraph::find(std::string_view ref) const
{
    constexpr std::array<std::pair<std::string_view, GoalKind>, 8> goals {
        { { "cluster-admin", GoalKind::ClusterAdmin }, { "control-plane", GoalKind::ControlPlane },
            { "node", GoalKind::NodeTakeover }, { "nodes", GoalKind::NodeTakeover },
            { "secrets", GoalKind::AllSecrets }, { "interception", GoalKind::Interception },
            { "cloud", GoalKind::CloudIdentity }, { "cloud-identity", GoalKind::CloudIdentity } }
    };
    if (ref == "internet" || ref == "outside" || ref == "external")
        return m_outside;
    if (ref == "anonymous")
        ref = "user/system:anonymous";
    for (const auto& [name, kind] : goals) {
        if (ref == name)
            return goal(kind);
    }
    const std::size_t slash = ref.find('/');
    if (slash == ref.npos)
        return PlaceId::none();
    const std::string_view first = ref.substr(0, slash);
    for (std::size_t kind = 0; kind < placeKindCount; ++kind) {
        if (placeRefs[kind] != first)
            continue;
        // In order of namespace and name, and short of these few thousand of one kind: compared as text.
        const auto all = ofKind(static_cast<PlaceKind>(kind));
        const std::string_view last = ref.substr(ref.rfind('/') + 1);
        for (const PlaceId id : all) {
            const bool isPlain = !place(id).name.empty() && static_cast<PlaceKind>(kind) > PlaceKind::NodesIn;
            if (isPlain && !place(id).name.ends_with(last))
                continue;
            if (refOf(id) == ref)
                return id;
        }
    }
    const std::string_view rest = ref.substr(slash + 1);
    const std::size_t second = rest.find('/');
    const cluster::ObjectId object = second == rest.npos
        ? m_cluster->find(first, "", rest)
        : m_cluster->find(first, rest.substr(0, second), rest.substr(second + 1));
    return find(object);
}

std::string AttackGraph::titleOf(PlaceId id) const
{
    const Place& it = place(id);
    const auto workloadTitle = [&] {
        const cluster::ObjectId top = m_cluster->workloads()[it.workload.index].object;
        return m_cluster->titleOf(top) + (top == it.object ? "" : " (" + m_cluster->titleOf(it.object) + ')');
    };
    switch (it.kind) {
    case PlaceKind::Outside:
        return "anybody outside";
    case PlaceKind::User:
        return "User " + printable(it.name);
    case PlaceKind::Group:
        return "Group " + printable(it.name);
    case PlaceKind::ServiceAccount:
        return "ServiceAccount " + printable(joined(it.ns, it.name));
    case PlaceKind::Grant:
        return m_cluster->titleOf(it.object) + (it.ns.empty() ? " everywhere" : " in " + printable(it.ns));
    case PlaceKind::Combination:
    case PlaceKind::Entry:
    case PlaceKind::Weakness:
        return std::string(it.name);
    case PlaceKind::PeopleIn:
        return "every " + std::string(it.name);
    case PlaceKind::NodesIn:
        if (it.name == "identity")
            return "the kubelet of every node";
        return "every " + std::string(it.name) + " node";
    case PlaceKind::Workload:
        return it.workload.isNone() ? m_cluster->titleOf(it.object) : workloadTitle();
    case PlaceKind::Container:
        return "container " + printable(it.name) + (it.workload.isNone() ? "" : " of " + workloadTitle());
    case PlaceKind::PodNetwork:
        return "network of " + workloadTitle();
    case PlaceKind::Node:
        return "Node " + printable(it.name);
    case PlaceKind::NodeIdentity:
        return "kubelet of Node " + printable(it.name);
    case PlaceKind::Secret:
        return "Secret " + printable(joined(it.ns, it.name));
    case PlaceKind::Volume:
        return "PersistentVolumeClaim " + printable(joined(it.ns, it.name));
    case PlaceKind::Image:
        return "image " + printable(it.name);
    case PlaceKind::Cloud:
        return "cloud identity " + printable(it.name);
    case PlaceKind::Goal:
        return std::string(goalTitles[static_cast<std::size_t>(it.goal)])
            + (it.ns.empty() ? "" : ' ' + printable(it.ns));
    case PlaceKind::Binding:
        return m_cluster->titleOf(it.object);
    default:
        if (!it.name.empty())
            return std::string(it.name);
        return std::string(hubOf(it.kind)) + (it.ns.empty() ? " of the cluster" : " of " + printable(it.ns));
    }
}

std::vector<PlaceId> AttackGraph::search(std::string_view text, std::size_t most) const
{
    const std::string needle = toLowerAscii(trimmed(text));
    std::array<std::vector<PlaceId>, 3> found;
    if (needle.empty())
        return {};
    for (std::uint32_t at = 0; at < m_places.size() && found[0].size() < most; ++at) {
        const PlaceKind kind = m_places[at].kind;
        if (kind == PlaceKind::Combination || kind == PlaceKind::Weakness)
            continue;
        const std::string name = toLowerAscii(m_places[at].name);
        const std::string title = toLowerAscii(titleOf({ at }));
        const std::size_t quality = name == needle ? 0
            : name.starts_with(needle)             ? 1
            : title.find(needle) != title.npos     ? 2
                                                   : 3;
        if (quality < found.size() && found[quality].size() < most)
            found[quality].push_back({ at });
    }
    std::vector<PlaceId> all;
    for (const auto& some : found)
        all.insert(all.end(), some.begin(), some.end());
    all.resize(std::min(all.size(), most));
    return all;
}

std::string AttackGraph::sentenceOf(std::uint32_t number) const
{
    const Step& it = step(number);
    std::string sentence = titleOf(origin(number)) + ' ' + textOf(it.technique).verb + ' ' + titleOf(it.to);
    if (const Reason* why = reasonOf(it); why && !why->condition.empty())
        sentence += it.certainty == Certainty::NeedsFact ? ", if " + why->condition : "; " + why->condition;
    return sentence;
}

} // namespace plimsoll::attack
