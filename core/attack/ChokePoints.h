// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/attack/Paths.h"
#include "core/base/Progress.h"

// Which changes close the most ways.
namespace plimsoll::attack {

// What one change does: exactly.
struct ChokePoint {
    FactId fact;
    std::uint32_t closed = 0; // starts that lose all their ways to all goals when it alone is repaired
    std::uint32_t crossing = 0; // starts whose shortest way leads through it; of closed == 0: others grant the same
};

// All facts on ways from starts to goals, those that close most first, then those that are crossed most, then in order
// of facts. Facts with isFixed included (callers leave them out of proposals). Starts that are goals themselves, or
// have no way, do not count. Method: dominators of the reversed graph (Semi-NCA: Georgiadis, Tarjan and Werneck 2006;
// Boost.Graph's Lengauer and Tarjan recurses as deep as the longest way, which a cluster decides) for facts that hold
// up one place; search with 256 removals at a time for those that hold up several. Cost: about linear in steps, times
// facts of several places / 256. Errors: Cancelled.
Result<std::vector<ChokePoint>> chokePoints(const AttackGraph& graph, std::span<const PlaceId> starts,
    std::span<const PlaceId> goals, const PathFilter& filter, Progress& progress);

// Starts that have a way, and that would have none without the facts. Plain search: what everything else must equal.
struct Effect {
    std::uint32_t open = 0; // starts with a way now
    std::uint32_t closed = 0; // of these, those without one afterwards
    std::vector<PlaceId> stillOpen; // in order
};
Effect effectOf(const AttackGraph& graph, std::span<const PlaceId> starts, std::span<const PlaceId> goals,
    std::span<const FactId> facts, const PathFilter& filter = {});
// Why repairing a fact closes nothing, or less than crosses it: other facts on the shortest ways that remain for the
// starts whose shortest way led through it; in order of how many use them.
std::vector<FactId> alternativesTo(const AttackGraph& graph, std::span<const PlaceId> starts,
    std::span<const PlaceId> goals, FactId fact, const PathFilter& filter = {});

// The smallest set of changes after which no start reaches any goal.
struct Cut {
    std::vector<FactId> facts; // in order
    bool isPossible = true; // false: some ways lead through nothing that can be changed; then facts cut the others
    std::vector<PlaceId> uncut; // starts with such a way
    bool isMinimum = true; // false: facts hold up several places, so a smaller one may exist (an upper bound)
};
// Errors: Cancelled.
Result<Cut> smallestCut(const AttackGraph& graph, std::span<const PlaceId> starts, std::span<const PlaceId> goals,
    const PathFilter& filter, Progress& progress);

// One change after the other, each the one that closes most of what is left. Where no single one closes anything, the
// plan goes on with changes of the smallest cut, which close nothing (and say so) until the last of them.
struct FixPlan {
    struct Row {
        FactId fact;
        std::uint32_t closed = 0; // by this one, on top of those before
        std::uint32_t remaining = 0; // starts that still have a way
    };
    std::uint32_t open = 0; // starts with a way before all of them
    std::vector<Row> rows; // at most `most`; fewer when nothing is left that changes close
};
// Errors: Cancelled.
Result<FixPlan> bestFixes(const AttackGraph& graph, std::span<const PlaceId> starts, std::span<const PlaceId> goals,
    std::size_t most, const PathFilter& filter, Progress& progress);

} // namespace plimsoll::attack
