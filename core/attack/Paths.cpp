// SPDX-License-Identifier: Apache-2.0
#include "core/attack/Paths.h"

#include <algorithm>
#include <map>

#include "core/attack/detail/Search_p.h"

namespace plimsoll::attack {

Distances Distances::towards(const AttackGraph& graph, std::span<const PlaceId> goals, const PathFilter& filter)
{
    auto tree = shortestTree(graph, goals, StepCosts(filter), gonePlaces(graph, filter), SearchDirection::Backward);
    Distances out;
    out.m_graph = &graph;
    out.m_filter = filter;
    out.m_lengths = std::move(tree.lengths);
    out.m_next = std::move(tree.next);
    return out;
}

Distances Distances::from(const AttackGraph& graph, std::span<const PlaceId> starts, const PathFilter& filter)
{
    auto tree = shortestTree(graph, starts, StepCosts(filter), gonePlaces(graph, filter), SearchDirection::Forward);
    Distances out;
    out.m_graph = &graph;
    out.m_isForward = true;
    out.m_filter = filter;
    out.m_lengths = std::move(tree.lengths);
    out.m_next = std::move(tree.next);
    return out;
}

Distance Distances::of(PlaceId place) const
{
    return distanceOf(m_lengths[place.index]);
}

Path Distances::path(PlaceId place) const
{
    Path out { place, {}, of(place) };
    PlaceId at = place;
    while (m_next[at.index] != noStep) {
        const std::uint32_t number = m_next[at.index];
        out.steps.push_back(number);
        at = m_isForward ? m_graph->origin(number) : m_graph->step(number).to;
    }
    if (m_isForward) {
        std::ranges::reverse(out.steps);
        out.start = at;
    }
    return out;
}

// Calls take(number, other end) for the steps of shortest ways that touch the place on the side of the ends.
template <class Take> void Distances::eachShortestStep(PlaceId place, const StepCosts& costs, Take&& take) const
{
    const auto steps = m_isForward ? m_graph->in(place) : m_graph->out(place);
    const std::uint32_t first = m_isForward ? m_graph->firstInStep(place) : m_graph->firstStep(place);
    for (std::uint32_t i = 0; i < steps.size(); ++i) {
        const WayLength cost = costs.of(steps[i]), rest = m_lengths[steps[i].to.index];
        if (cost == noWay || rest == noLength || rest + cost != m_lengths[place.index])
            continue;
        take(m_isForward ? m_graph->numberOfIn(first + i) : first + i, steps[i].to);
    }
}

// The places on shortest ways of a place, the nearest to the ends first: every step leads to an earlier one.
std::vector<PlaceId> Distances::shortestDag(PlaceId place) const
{
    std::vector<PlaceId> out;
    if (!reaches(place))
        return out;
    const StepCosts costs(m_filter);
    std::vector<std::uint8_t> seen(m_lengths.size(), 0);
    out.push_back(place);
    seen[place.index] = 1;
    for (std::size_t i = 0; i < out.size(); ++i) {
        eachShortestStep(out[i], costs, [&](std::uint32_t, PlaceId to) {
            if (seen[to.index] == 0)
                out.push_back(to);
            seen[to.index] = 1;
        });
    }
    std::ranges::sort(out, {}, [this](PlaceId id) { return std::pair(m_lengths[id.index], id); });
    return out;
}

std::uint64_t Distances::count(PlaceId place) const
{
    constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
    if (!reaches(place))
        return 0;
    const StepCosts costs(m_filter);
    std::vector<std::uint64_t> counts(m_lengths.size(), 0);
    for (const PlaceId at : shortestDag(place)) {
        std::uint64_t& count = counts[at.index];
        if (m_lengths[at.index] == 0)
            count = 1;
        eachShortestStep(at, costs, [&](std::uint32_t, PlaceId to) {
            count = counts[to.index] > most - count ? most : count + counts[to.index];
        });
    }
    return counts[place.index];
}

std::vector<std::uint32_t> Distances::stepsOf(PlaceId place) const
{
    const StepCosts costs(m_filter);
    std::vector<std::uint32_t> out;
    for (const PlaceId at : shortestDag(place))
        eachShortestStep(at, costs, [&](std::uint32_t number, PlaceId) { out.push_back(number); });
    std::ranges::sort(out);
    return out;
}

BlastRadius blastRadius(const AttackGraph& graph, std::span<const PlaceId> starts, const PathFilter& filter)
{
    BlastRadius out;
    out.countByKind.resize(placeKindCount, 0);
    const Distances distances = Distances::from(graph, starts, filter);
    std::map<std::uint32_t, std::vector<PlaceId>> rings;
    for (std::uint32_t i = 0; i < graph.places().size(); ++i) {
        const PlaceId place { i };
        if (!distances.reaches(place))
            continue;
        rings[distances.of(place).steps].push_back(place);
        ++out.countByKind[static_cast<std::size_t>(graph.place(place).kind)];
        if (graph.place(place).kind == PlaceKind::Goal)
            out.goals.push_back(place);
    }
    for (auto& [steps, places] : rings)
        out.rings.push_back({ steps, std::move(places) });
    return out;
}

std::vector<PlaceId> StartSets::all() const
{
    std::vector<PlaceId> out = outside;
    out.insert(out.end(), identities.begin(), identities.end());
    out.insert(out.end(), containers.begin(), containers.end());
    return out;
}

StartSets ordinaryStarts(const AttackGraph& graph)
{
    StartSets out;
    if (!graph.outside().isNone())
        out.outside.push_back(graph.outside());
    for (const PlaceKind kind : { PlaceKind::User, PlaceKind::Group, PlaceKind::ServiceAccount }) {
        std::ranges::copy_if(graph.ofKind(kind), std::back_inserter(out.identities),
            [&](PlaceId place) { return graph.isOrdinary(place); });
    }
    const auto containers = graph.ofKind(PlaceKind::Container);
    out.containers.assign(containers.begin(), containers.end());
    return out;
}

std::vector<PlaceId> clusterGoals(const AttackGraph& graph)
{
    std::vector<PlaceId> out;
    std::ranges::copy_if(graph.ofKind(PlaceKind::Goal), std::back_inserter(out),
        [&](PlaceId place) { return graph.place(place).goal != GoalKind::NamespaceAdmin; });
    return out;
}

} // namespace plimsoll::attack
