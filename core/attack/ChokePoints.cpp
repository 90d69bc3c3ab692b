// SPDX-License-Identifier: Apache-2.0
#include "core/attack/ChokePoints.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "core/attack/detail/Search_p.h"

namespace plimsoll::attack {

namespace {

// The tree of the shortest ways of a part, to count the starts whose way leads through something.
WeightedForest shortestWays(
    const AttackGraph& graph, const LivePart& part, const Distances& distances, std::span<const std::uint32_t> weights)
{
    std::vector<std::uint32_t> parents(part.size(), LivePart::absent), order;
    std::vector<std::vector<std::uint32_t>> children(part.size());
    for (std::uint32_t i = 0; i < part.size(); ++i) {
        const std::uint32_t next = distances.next(part.places[i]);
        if (next == Distances::noStep)
            order.push_back(i);
        else
            children[parents[i] = part.local[graph.step(next).to.index]].push_back(i);
    }
    for (std::size_t i = 0; i < order.size(); ++i)
        order.insert(order.end(), children[order[i]].begin(), children[order[i]].end());
    return { parents, order, weights };
}

std::vector<std::uint32_t> startWeights(const LivePart& part)
{
    std::vector<std::uint32_t> weights(part.size(), 0);
    for (const std::uint32_t start : part.starts)
        weights[start] = 1;
    return weights;
}

Result<std::vector<ChokePoint>> chokePointsOf(const AttackGraph& graph, const LivePart& part,
    std::span<const PlaceId> goals, const PathFilter& filter, Progress& progress)
{
    const auto facts = liveFacts(graph, part);
    std::vector<ChokePoint> out(facts.size());
    if (facts.empty())
        return out;
    const auto weights = startWeights(part);
    std::vector<std::uint32_t> order;
    const auto parents = postDominators(part, order);
    if (progress.isCancelled())
        return failure(ErrorKind::Cancelled, "cancelled");
    const WeightedForest dominated(parents, order, weights);
    const WeightedForest crossing = shortestWays(graph, part, Distances::towards(graph, goals, filter), weights);

    std::map<std::vector<std::uint32_t>, std::vector<std::size_t>> together; // facts by the places they hold up
    for (std::size_t i = 0; i < facts.size(); ++i) {
        out[i] = { facts[i].fact, dominated.below(facts[i].places), crossing.below(facts[i].places) };
        // Several places may close together what none of them closes alone, unless nothing is left open.
        if (facts[i].places.size() > 1 && out[i].closed < part.starts.size())
            together[facts[i].places].push_back(i);
    }
    std::vector<std::vector<std::uint32_t>> sets;
    for (const auto& [places, some] : together)
        sets.push_back(places);
    const auto closed = closedWithout(part, sets, progress);
    if (!closed)
        return std::unexpected(closed.error());
    std::size_t set = 0;
    for (const auto& [places, some] : together) {
        for (const std::size_t i : some)
            out[i].closed = (*closed)[set];
        ++set;
    }
    std::ranges::sort(out, [](const ChokePoint& a, const ChokePoint& b) {
        return std::tuple(b.closed, b.crossing, a.fact) < std::tuple(a.closed, a.crossing, b.fact);
    });
    return out;
}

// Facts in the order in which the first few close most: from all of them, again and again the one is put back whose
// return reopens least, and comes last.
Result<std::vector<FactId>> orderOfCut(const AttackGraph& graph, const LivePart& part, const Cut& cut,
    std::span<const ChokePoint> points, Progress& progress)
{
    constexpr std::size_t mostOrdered = 64; // beyond that the number of ways crossed must do
    std::vector<FactId> left;
    for (const ChokePoint& point : points) {
        if (std::ranges::binary_search(cut.facts, point.fact))
            left.push_back(point.fact);
    }
    if (left.size() > mostOrdered)
        return left;
    std::vector<FactId> out;
    while (left.size() > 1) {
        std::vector<std::vector<std::uint32_t>> sets(left.size());
        for (std::size_t kept = 0; kept < left.size(); ++kept) {
            for (std::size_t other = 0; other < left.size(); ++other) {
                if (other == kept)
                    continue;
                for (const PlaceId place : graph.placesOf(left[other])) {
                    if (part.local[place.index] != LivePart::absent)
                        sets[kept].push_back(part.local[place.index]);
                }
            }
        }
        const auto closed = closedWithout(part, sets, progress);
        if (!closed)
            return std::unexpected(closed.error());
        // Of equals the last, which is crossed least.
        const auto best = std::ranges::max_element(closed->rbegin(), closed->rend());
        const auto row = static_cast<std::ptrdiff_t>(closed->size()) - 1 - (best - closed->rbegin());
        out.push_back(left[static_cast<std::size_t>(row)]);
        left.erase(left.begin() + row);
    }
    out.insert(out.end(), left.begin(), left.end());
    std::ranges::reverse(out);
    return out;
}

} // namespace

Result<std::vector<ChokePoint>> chokePoints(const AttackGraph& graph, std::span<const PlaceId> starts,
    std::span<const PlaceId> goals, const PathFilter& filter, Progress& progress)
{
    progress.enter("Finding choke points");
    return chokePointsOf(graph, livePart(graph, starts, goals, filter), goals, filter, progress);
}

Effect effectOf(const AttackGraph& graph, std::span<const PlaceId> starts, std::span<const PlaceId> goals,
    std::span<const FactId> facts, const PathFilter& filter)
{
    PathFilter without = filter;
    without.without.insert(without.without.end(), facts.begin(), facts.end());
    const LivePart before = livePart(graph, starts, goals, filter), after = livePart(graph, starts, goals, without);
    Effect out;
    out.open = static_cast<std::uint32_t>(before.starts.size());
    out.closed = out.open - static_cast<std::uint32_t>(after.starts.size());
    for (const std::uint32_t start : after.starts)
        out.stillOpen.push_back(after.places[start]);
    return out;
}

std::vector<FactId> alternativesTo(const AttackGraph& graph, std::span<const PlaceId> starts,
    std::span<const PlaceId> goals, FactId fact, const PathFilter& filter)
{
    const LivePart before = livePart(graph, starts, goals, filter);
    const Distances ways = Distances::towards(graph, goals, filter);
    std::vector<std::uint8_t> isOfFact(graph.places().size(), 0);
    for (const PlaceId place : graph.placesOf(fact))
        isOfFact[place.index] = 1;
    std::vector<PlaceId> crossing;
    for (const std::uint32_t start : before.starts) {
        PlaceId at = before.places[start];
        while (isOfFact[at.index] == 0 && ways.next(at) != Distances::noStep)
            at = graph.step(ways.next(at)).to;
        if (isOfFact[at.index] != 0)
            crossing.push_back(before.places[start]);
    }
    PathFilter without = filter;
    without.without.push_back(fact);
    const LivePart after = livePart(graph, crossing, goals, without);
    const WeightedForest uses
        = shortestWays(graph, after, Distances::towards(graph, goals, without), startWeights(after));
    std::vector<std::pair<std::uint32_t, FactId>> found;
    for (const LiveFact& other : liveFacts(graph, after)) {
        if (const std::uint32_t count = uses.below(other.places); count > 0)
            found.emplace_back(count, other.fact);
    }
    std::ranges::sort(found,
        [](const auto& a, const auto& b) { return std::tuple(b.first, a.second) < std::tuple(a.first, b.second); });
    std::vector<FactId> out;
    for (const auto& [count, other] : found)
        out.push_back(other);
    return out;
}

// What one closes may grow when others are gone, so that no gain of an earlier round bounds a later one: all are
// counted anew each time, in the part that is left.
Result<FixPlan> bestFixes(const AttackGraph& graph, std::span<const PlaceId> starts, std::span<const PlaceId> goals,
    std::size_t most, const PathFilter& filter, Progress& progress)
{
    progress.enter("Ranking changes", most);
    PathFilter now = filter;
    LivePart part = livePart(graph, starts, goals, now);
    FixPlan plan;
    plan.open = static_cast<std::uint32_t>(part.starts.size());
    std::vector<FactId> ofCut; // still to do of a smallest cut
    while (plan.rows.size() < most && !part.starts.empty()) {
        const auto points = chokePointsOf(graph, part, goals, now, progress);
        if (!points)
            return std::unexpected(points.error());
        const auto best
            = std::ranges::find_if(*points, [&](const ChokePoint& point) { return !graph.fact(point.fact).isFixed; });
        if (best == points->end())
            break;
        FactId next = best->fact;
        if (best->closed == 0) {
            const auto isLeft
                = [&](FactId fact) { return std::ranges::find(*points, fact, &ChokePoint::fact) != points->end(); };
            std::erase_if(ofCut, [&](FactId fact) { return !isLeft(fact); });
            if (ofCut.empty()) {
                const auto cut = smallestCut(graph, starts, goals, now, progress);
                if (!cut)
                    return std::unexpected(cut.error());
                auto order = orderOfCut(graph, part, *cut, *points, progress);
                if (!order)
                    return std::unexpected(order.error());
                ofCut = std::move(*order);
            }
            if (ofCut.empty())
                break; // what is left leads through nothing that can be changed
            next = ofCut.front();
        }
        std::erase(ofCut, next);
        now.without.push_back(next);
        part = livePart(graph, starts, goals, now);
        const auto remaining = static_cast<std::uint32_t>(part.starts.size());
        const std::uint32_t open = plan.rows.empty() ? plan.open : plan.rows.back().remaining;
        plan.rows.push_back({ next, open - remaining, remaining });
        progress.advance(1);
    }
    return plan;
}

} // namespace plimsoll::attack
