// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bitset>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "core/attack/AttackGraph.h"
#include "core/base/Progress.h"

// Questions about ways through the attack graph. The same question has the same answer, on any machine.
namespace plimsoll::attack {

class StepCosts; // core/attack/detail/Search_p.h

// What counts as a way. Facts in `without` are taken away, as if they had been repaired.
struct PathFilter {
    std::bitset<techniqueCount + 1> techniques = std::bitset<techniqueCount + 1>().set(); // by number
    std::bitset<certaintyCount> certainties = std::bitset<certaintyCount>().set(); // by Certainty
    std::vector<FactId> without;

    bool allows(const Step& step) const
    {
        return techniques[static_cast<std::size_t>(step.technique)]
            && certainties[static_cast<std::size_t>(step.certainty)];
    }
};

// The length of a way: steps that an attacker takes, those of TechniqueClass::Structure are none; among equally many
// the one with fewer uncertain ones is shorter. Among ways of equal length those with fewer steps of any kind count as
// the shortest, so that no shortest way runs in circles of structure.
struct Distance {
    static constexpr std::uint32_t unreachable = std::numeric_limits<std::uint32_t>::max();
    std::uint32_t steps = unreachable, uncertain = 0;
    bool isReachable() const { return steps != unreachable; }
    auto operator<=>(const Distance&) const = default;
};

struct Path {
    PlaceId start;
    std::vector<std::uint32_t> steps; // numbers of AttackGraph::step(), in order; empty = start is a goal itself
    Distance length;
    bool operator==(const Path&) const = default;
};

// From every place to the nearest of some goals: one search backwards. Forward: from starts to every place.
// Owns: nothing of the graph, which must live longer. Threads: any.
class Distances {
public:
    static constexpr std::uint32_t noStep = std::numeric_limits<std::uint32_t>::max();
    static Distances towards(const AttackGraph& graph, std::span<const PlaceId> goals, const PathFilter& filter = {});
    static Distances from(const AttackGraph& graph, std::span<const PlaceId> starts, const PathFilter& filter = {});

    Distance of(PlaceId place) const;
    bool reaches(PlaceId place) const { return m_lengths[place.index] != noLength; }
    // The shortest way from the place to a goal (towards), or from a start to the place (from); among equally long
    // ones the first in order of places, read from the place on. Precondition: reaches(place).
    Path path(PlaceId place) const;
    // The step of path() that touches the place; noStep at a goal (towards) or start (from), or where there is no way.
    std::uint32_t next(PlaceId place) const { return m_next[place.index]; }
    // How many shortest ways there are, saturating.
    std::uint64_t count(PlaceId place) const;
    // The steps of all shortest ways of a place, as one directed graph without cycles: numbers in ascending order.
    std::vector<std::uint32_t> stepsOf(PlaceId place) const;

private:
    static constexpr std::uint64_t noLength = std::numeric_limits<std::uint64_t>::max();
    std::vector<PlaceId> shortestDag(PlaceId place) const;
    template <class Take> void eachShortestStep(PlaceId place, const StepCosts& costs, Take&& take) const;

    const AttackGraph* m_graph = nullptr;
    bool m_isForward = false;
    PathFilter m_filter;
    std::vector<std::uint64_t> m_lengths; // steps, uncertain ones and all of them in one number, by place
    std::vector<std::uint32_t> m_next; // by place
};

// The first `most` ways without cycles from one set of places to another, shortest first (Yen, with Lawler's rule),
// then those with fewer steps of any kind, then in order of places. A way ends at the first of `to` that it comes to;
// two techniques between the same two places are two ways. Errors: Cancelled.
Result<std::vector<Path>> shortestPaths(const AttackGraph& graph, std::span<const PlaceId> from,
    std::span<const PlaceId> to, std::size_t most, const PathFilter& filter, Progress& progress);

// What somebody who holds places comes to, the nearest first: rings of places by number of steps. The first ring holds
// the starts and what belongs to them.
struct BlastRadius {
    struct Ring {
        std::uint32_t steps = 0;
        std::vector<PlaceId> places;
    };
    std::vector<Ring> rings;
    std::vector<std::uint32_t> countByKind; // by PlaceKind; hubs, grants and the like included
    std::vector<PlaceId> goals; // that are reached
};
BlastRadius blastRadius(const AttackGraph& graph, std::span<const PlaceId> starts, const PathFilter& filter = {});

// For every place, which of up to 64 goals it comes to: bit i = goals[i].
std::vector<std::uint64_t> goalMatrix(
    const AttackGraph& graph, std::span<const PlaceId> goals, const PathFilter& filter = {});

// Why there is no way: steps that lack one condition, whose origin is reached and from whose end the goal is; those
// that lead to the shortest way first. Empty when there is a way, or when more than one condition is missing.
std::vector<Refusal> whyNot(const AttackGraph& graph, std::span<const PlaceId> from, std::span<const PlaceId> to,
    std::size_t most, const PathFilter& filter = {});

// The starts that a review begins with: outside; then ordinary users, groups and service accounts; then containers.
struct StartSets {
    std::vector<PlaceId> outside, identities, containers;
    std::vector<PlaceId> all() const;
};
StartSets ordinaryStarts(const AttackGraph& graph);
// Goals that stand for the whole cluster: every kind but namespace administration.
std::vector<PlaceId> clusterGoals(const AttackGraph& graph);

} // namespace plimsoll::attack
