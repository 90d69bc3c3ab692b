// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <unordered_map>

#include "core/attack/detail/Making_p.h"
#include "core/base/Text.h"

namespace plimsoll::attack {

using cluster::ObjectId;

Making::Making(const AttackInputs& inputs, GraphBuilder& builder)
    : in(inputs)
    , cluster(*inputs.cluster)
    , graph(builder)
    , gate(*inputs.cluster, *inputs.components)
{
    makeClasses();
}

// One class for each spec that runs. A template counts when nothing of its workload runs but may: a CronJob between
// two runs, a manifest.
void Making::makeClasses()
{
    std::unordered_map<std::string_view, std::uint32_t> nodeByName;
    for (std::uint32_t i = 0; i < cluster.nodes().size(); ++i) {
        const ObjectId object = cluster.nodes()[i].object;
        nodeByName.emplace(nameOf(object), i);
        nodes.push_back(graph.place({ .kind = PlaceKind::Node, .object = object, .name = nameOf(object) }));
    }
    classesOnNode.resize(nodes.size());
    m_ofWorkload.resize(cluster.workloads().size());
    for (std::uint32_t w = 0; w < cluster.workloads().size(); ++w) {
        const cluster::Workload& workload = cluster.workloads()[w];
        if (cluster.object(workload.object).isMissing && workload.pods.empty())
            continue;
        std::unordered_map<std::uint32_t, std::uint32_t> classOfSpec;
        for (const cluster::PodSpecUse& use : workload.specs) {
            const bool isLive = use.podCount > 0;
            if (!isLive && (!workload.pods.empty() || workload.isScaledToZero))
                continue;
            if (!classOfSpec.try_emplace(use.spec.index, static_cast<std::uint32_t>(classes.size())).second)
                continue;
            PodClass one { .workload = { w },
                .holder = use.holder,
                .named = {},
                .specId = use.spec,
                .ns = nsOf(workload.object),
                .place = {},
                .network = {},
                .containers = {},
                .nodes = {},
                .hasPods = isLive };
            // Pods differ from their template in what admission adds. The first spec stands for the workload.
            one.named = m_ofWorkload[w].empty() ? workload.object : use.holder;
            const std::string_view name = nameOf(workload.object);
            one.place = graph.place(
                { .kind = PlaceKind::Workload, .object = one.named, .workload = { w }, .ns = one.ns, .name = name });
            one.network = graph.place(
                { .kind = PlaceKind::PodNetwork, .object = one.named, .workload = { w }, .ns = one.ns, .name = name });
            m_ofWorkload[w].push_back(static_cast<std::uint32_t>(classes.size()));
            classes.push_back(std::move(one));
        }
        for (const ObjectId id : workload.pods) {
            const cluster::Pod* pod = cluster.pod(id);
            const auto found = pod ? classOfSpec.find(pod->spec.index) : classOfSpec.end();
            if (found != classOfSpec.end() && !pod->phase.isNone())
                classes[found->second].isAdmitted = true;
            const auto node = pod ? nodeByName.find(text(pod->nodeName)) : nodeByName.end();
            if (found != classOfSpec.end() && node != nodeByName.end())
                classes[found->second].nodes.push_back(node->second);
        }
    }
    for (std::uint32_t i = 0; i < classes.size(); ++i) {
        auto& on = classes[i].nodes;
        std::ranges::sort(on);
        on.erase(std::ranges::unique(on).begin(), on.end());
        for (const std::uint32_t node : on)
            classesOnNode[node].push_back(i);
        const cluster::PodSpec& podSpec = spec(classes[i]);
        classes[i].containers.resize(podSpec.containers.size());
        for (std::uint32_t c = 0; c < podSpec.containers.size(); ++c) {
            const cluster::Container& container = podSpec.containers[c];
            const bool hasEnded
                = container.role == cluster::ContainerRole::Init && text(container.restartPolicy) != "Always";
            if (!hasEnded) {
                classes[i].containers[c] = graph.place({ .kind = PlaceKind::Container,
                    .object = classes[i].named,
                    .workload = classes[i].workload,
                    .part = c,
                    .ns = classes[i].ns,
                    .name = text(container.name) });
            }
        }
    }
}

std::span<const std::uint32_t> Making::classesOf(cluster::WorkloadId workload) const
{
    return m_ofWorkload[workload.index];
}

std::string Making::titleOf(const PodClass& one) const
{
    return cluster.titleOf(cluster.workloads()[one.workload.index].object);
}

ObjectId Making::editedObject(const PodClass& one) const
{
    const ObjectId top = cluster.workloads()[one.workload.index].object;
    return cluster.podSpecPointer(top).empty() ? one.holder : top;
}

std::string Making::specPointer(const PodClass& one) const
{
    return std::string(cluster.podSpecPointer(editedObject(one)));
}

std::string Making::evidencePointer(const PodClass& one) const
{
    return std::string(cluster.podSpecPointer(one.holder));
}

const cluster::PodSpec& Making::editedSpec(const PodClass& one) const
{
    const cluster::PodSpecId edited = cluster.podSpecOf(editedObject(one));
    return edited.isNone() ? spec(one) : cluster.podSpec(edited);
}

std::string Making::containerPointer(const PodClass& one, std::uint32_t container) const
{
    const cluster::Container& wanted = spec(one).containers[container];
    for (const cluster::Container& each : editedSpec(one).containers) {
        if (each.name == wanted.name && each.role == wanted.role)
            return specPointer(one) + each.pointer();
    }
    return specPointer(one) + wanted.pointer();
}

std::string Making::volumePointer(const PodClass& one, const cluster::Volume& volume) const
{
    const auto& all = editedSpec(one).volumes;
    const auto found = std::ranges::find(all, volume.name, &cluster::Volume::name);
    return specPointer(one) + (found == all.end() ? volume.pointer() : found->pointer());
}

PlaceId Making::goal(GoalKind kind, std::string_view ns)
{
    return graph.place({ .kind = PlaceKind::Goal, .goal = kind, .ns = ns });
}

PlaceId Making::account(std::string_view ns, std::string_view name)
{
    const cluster::ServiceAccount* known = cluster.serviceAccount(ns, name);
    return graph.place({ .kind = PlaceKind::ServiceAccount,
        .object = known ? known->object : ObjectId::none(),
        .ns = ns,
        .name = name });
}

PlaceId Making::secret(std::string_view ns, std::string_view name)
{
    return graph.place(
        { .kind = PlaceKind::Secret, .object = cluster.find("Secret", ns, name), .ns = ns, .name = name });
}

PlaceId Making::user(std::string_view name)
{
    return graph.place({ .kind = PlaceKind::User, .name = name });
}

PlaceId Making::group(std::string_view name)
{
    return graph.place({ .kind = PlaceKind::Group, .name = name });
}

PlaceId Making::weakness(
    const PodClass& one, Technique technique, std::string clause, const Fact& fact, std::uint32_t part)
{
    const PlaceId id = graph.place({ .kind = PlaceKind::Weakness,
        .technique = technique,
        .object = one.named,
        .workload = one.workload,
        .part = part,
        .ns = one.ns,
        .name = graph.keep(std::move(clause)) });
    graph.standsOn(id, graph.fact(fact));
    return id;
}

void Making::leadToNodes(
    PlaceId from, const PodClass& one, Technique technique, Certainty certainty, std::uint32_t reason)
{
    const bool isOfWindows = technique == Technique::HostProcess;
    for (const std::uint32_t node : one.nodes) {
        const std::string_view system = text(cluster.nodes()[node].operatingSystem);
        if (system.empty() || (system == "windows") == isOfWindows)
            graph.step(from, nodes[node], technique, certainty, reason);
    }
    if (one.nodes.empty())
        graph.step(from, goal(GoalKind::NodeTakeover), technique, certainty, reason);
}

std::vector<std::uint32_t> Making::liveContainers(const PodClass& one) const
{
    std::vector<std::uint32_t> live;
    for (std::uint32_t i = 0; i < one.containers.size(); ++i) {
        if (one.containers[i])
            live.push_back(i);
    }
    return live;
}

void Making::confirm(
    PlaceId from, PlaceId to, Technique technique, ObjectId object, std::string pointer, std::string text)
{
    graph.step(from, to, technique, Certainty::Confirmed,
        graph.reason({ object, std::move(pointer), std::move(text), {}, {} }));
}

Result<std::shared_ptr<const AttackGraph>> AttackGraph::make(const AttackInputs& inputs, Progress& progress)
{
    constexpr std::array families { addStructure, addTokens, addEscapes, addHostPaths, addRights, addExposure,
        addCredentials };
    progress.enter("Finding attack paths", families.size());
    GraphBuilder builder(inputs.cluster);
    Making making(inputs, builder);
    for (const auto& family : families) {
        if (progress.isCancelled())
            return failure(ErrorKind::Cancelled, "cancelled");
        family(making);
        progress.advance(1);
    }
    return builder.build();
}

} // namespace plimsoll::attack
