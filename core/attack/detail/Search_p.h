// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "core/attack/Paths.h"

// Private to core/attack: searches over the whole graph, and the part of it that ways lead through.
namespace plimsoll::attack {

// Steps that count, uncertain ones and all of them in one number, so that lengths are added and compared as numbers.
// A way of more than two million steps would carry from one field into the next: a wrong length, nothing worse.
using WayLength = std::uint64_t;
inline constexpr WayLength noWay = std::numeric_limits<WayLength>::max();
inline constexpr unsigned hopBits = 22, uncertainBits = 21;
Distance distanceOf(WayLength length);

// What a step costs by technique and certainty; noWay = the filter leaves it out.
class StepCosts {
public:
    explicit StepCosts(const PathFilter& filter);
    WayLength of(Technique technique, Certainty certainty) const
    {
        return m_costs[static_cast<std::size_t>(technique) * certaintyCount + static_cast<std::size_t>(certainty)];
    }
    WayLength of(const Step& step) const { return of(step.technique, step.certainty); }

private:
    std::array<WayLength, (techniqueCount + 1) * certaintyCount> m_costs {};
};

// By PlaceId: 1 = it stands on a fact that the filter takes away.
std::vector<std::uint8_t> gonePlaces(const AttackGraph& graph, const PathFilter& filter);

enum class SearchDirection : std::uint8_t { Forward, Backward };

struct ShortestTree {
    std::vector<WayLength> lengths; // by PlaceId
    std::vector<std::uint32_t>
        next; // by PlaceId: the first step towards an end, the lowest number of equally good ones
};
ShortestTree shortestTree(const AttackGraph& graph, std::span<const PlaceId> ends, const StepCosts& costs,
    const std::vector<std::uint8_t>& gone, SearchDirection direction);

// The places on ways from starts to goals, with numbers of their own in the same order. Nothing leads on from a goal.
struct LivePart {
    static constexpr std::uint32_t absent = std::numeric_limits<std::uint32_t>::max();
    std::vector<PlaceId> places;
    std::vector<std::uint32_t> local; // by PlaceId: number, or absent
    std::vector<std::uint32_t> outStart, out, inStart, in; // neighbours, parallel steps once
    std::vector<std::uint8_t> isGoal;
    std::vector<std::uint32_t> starts; // that are no goals, each once, in order

    std::uint32_t size() const { return static_cast<std::uint32_t>(places.size()); }
    std::span<const std::uint32_t> outOf(std::uint32_t place) const
    {
        return std::span(out).subspan(outStart[place], outStart[place + 1] - outStart[place]);
    }
    std::span<const std::uint32_t> into(std::uint32_t place) const
    {
        return std::span(in).subspan(inStart[place], inStart[place + 1] - inStart[place]);
    }
};
LivePart livePart(const AttackGraph& graph, std::span<const PlaceId> starts, std::span<const PlaceId> goals,
    const PathFilter& filter);

// What a fact holds up within a part.
struct LiveFact {
    FactId fact;
    std::vector<std::uint32_t> places; // ascending, not empty
};
std::vector<LiveFact> liveFacts(const AttackGraph& graph, const LivePart& part); // in order of facts

// For each set of places, how many starts lose all their ways without it. 256 sets at a time. Errors: Cancelled.
Result<std::vector<std::uint32_t>> closedWithout(
    const LivePart& part, std::span<const std::vector<std::uint32_t>> sets, Progress& progress);

// The nearest place that every way of a place leads through, by number; absent = there is none. `order` receives all
// places, each after its own such place.
std::vector<std::uint32_t> postDominators(const LivePart& part, std::vector<std::uint32_t>& order);

// A forest with weights, to ask how much hangs below some of its nodes together.
class WeightedForest {
public:
    // order: every node after its parent (absent = a root).
    WeightedForest(std::span<const std::uint32_t> parents, std::span<const std::uint32_t> order,
        std::span<const std::uint32_t> weights);
    std::uint32_t below(std::uint32_t node) const { return m_sums[node]; } // itself included
    std::uint32_t below(std::span<const std::uint32_t> nodes) const; // each node of the forest counted once

private:
    std::vector<std::uint32_t> m_begins, m_sizes, m_sums; // by node: its place in a tour, nodes and weight below
};

} // namespace plimsoll::attack
