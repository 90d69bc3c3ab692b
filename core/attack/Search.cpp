// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <bit>
#include <numeric>

#include "core/attack/detail/Search_p.h"

namespace plimsoll::attack {

namespace {

// A queue for lengths that never fall below the last one taken: constant cost a step, whatever the lengths are.
class RadixQueue {
public:
    struct Item {
        WayLength length;
        std::uint32_t place;
    };

    bool isEmpty() const { return m_count == 0; }

    void push(WayLength length, std::uint32_t place)
    {
        m_buckets[bucketOf(length)].push_back({ length, place });
        ++m_count;
    }

    Item pop()
    {
        if (m_buckets[0].empty())
            refill();
        const Item item = m_buckets[0].back();
        m_buckets[0].pop_back();
        --m_count;
        return item;
    }

private:
    std::size_t bucketOf(WayLength length) const { return static_cast<std::size_t>(std::bit_width(length ^ m_last)); }

    void refill()
    {
        std::size_t first = 1;
        while (m_buckets[first].empty())
            ++first;
        m_last = std::ranges::min(m_buckets[first], {}, &Item::length).length;
        for (const Item& item : m_buckets[first])
            m_buckets[bucketOf(item.length)].push_back(item);
        m_buckets[first].clear();
    }

    std::array<std::vector<Item>, 65> m_buckets;
    WayLength m_last = 0;
    std::size_t m_count = 0;
};

// By PlaceId: 1 = some way of allowed steps leads there from the ends (Forward) or from there to them (Backward).
// Nothing is searched beyond places in `stops`.
std::vector<std::uint8_t> reached(const AttackGraph& graph, std::span<const PlaceId> ends, const StepCosts& costs,
    const std::vector<std::uint8_t>& gone, SearchDirection direction, const std::vector<std::uint8_t>& stops)
{
    std::vector<std::uint8_t> seen(graph.places().size(), 0);
    std::vector<std::uint32_t> queue;
    const auto see = [&](PlaceId place) {
        if (gone[place.index] == 0 && seen[place.index] == 0) {
            seen[place.index] = 1;
            queue.push_back(place.index);
        }
    };
    for (const PlaceId end : ends) {
        if (!end.isNone())
            see(end);
    }
    for (std::size_t i = 0; i < queue.size(); ++i) {
        const PlaceId place { queue[i] };
        if (direction == SearchDirection::Forward && stops[place.index] != 0)
            continue;
        for (const Step& step : direction == SearchDirection::Forward ? graph.out(place) : graph.in(place)) {
            if ((direction == SearchDirection::Backward && stops[step.to.index] != 0) || costs.of(step) == noWay)
                continue;
            see(step.to);
        }
    }
    return seen;
}

void invert(LivePart& part)
{
    const std::uint32_t count = part.size();
    part.inStart.assign(count + 1, 0);
    for (const std::uint32_t to : part.out)
        ++part.inStart[to + 1];
    std::partial_sum(part.inStart.begin(), part.inStart.end(), part.inStart.begin());
    part.in.resize(part.out.size());
    std::vector<std::uint32_t> next(part.inStart.begin(), part.inStart.end() - 1);
    for (std::uint32_t from = 0; from < count; ++from) {
        for (const std::uint32_t to : part.outOf(from))
            part.in[next[to]++] = from;
    }
}

} // namespace

Distance distanceOf(WayLength length)
{
    if (length == noWay)
        return {};
    return { static_cast<std::uint32_t>(length >> (hopBits + uncertainBits)),
        static_cast<std::uint32_t>(length >> hopBits & ((1U << uncertainBits) - 1)) };
}

StepCosts::StepCosts(const PathFilter& filter)
{
    m_costs.fill(noWay);
    for (std::size_t number = 1; number <= techniqueCount; ++number) {
        const bool isStructure = textOf(static_cast<Technique>(number)).techniqueClass == TechniqueClass::Structure;
        for (std::size_t certainty = 0; certainty < certaintyCount; ++certainty) {
            if (!filter.techniques[number] || !filter.certainties[certainty])
                continue;
            m_costs[number * certaintyCount + certainty] = WayLength { 1 }
                + (certainty == static_cast<std::size_t>(Certainty::Confirmed) ? 0 : WayLength { 1 } << hopBits)
                + (isStructure ? 0 : WayLength { 1 } << (hopBits + uncertainBits));
        }
    }
}

std::vector<std::uint8_t> gonePlaces(const AttackGraph& graph, const PathFilter& filter)
{
    std::vector<std::uint8_t> gone(graph.places().size(), 0);
    for (const FactId fact : filter.without) {
        for (const PlaceId place : graph.placesOf(fact))
            gone[place.index] = 1;
    }
    return gone;
}

ShortestTree shortestTree(const AttackGraph& graph, std::span<const PlaceId> ends, const StepCosts& costs,
    const std::vector<std::uint8_t>& gone, SearchDirection direction)
{
    ShortestTree tree;
    tree.lengths.assign(graph.places().size(), noWay);
    tree.next.assign(graph.places().size(), Distances::noStep);
    RadixQueue queue;
    for (const PlaceId end : ends) {
        if (end.isNone() || gone[end.index] != 0 || tree.lengths[end.index] == 0)
            continue;
        tree.lengths[end.index] = 0;
        queue.push(0, end.index);
    }
    const bool isForward = direction == SearchDirection::Forward;
    while (!queue.isEmpty()) {
        const auto [length, index] = queue.pop();
        if (tree.lengths[index] != length)
            continue; // found a shorter way since
        const PlaceId place { index };
        const auto steps = isForward ? graph.out(place) : graph.in(place);
        const std::uint32_t first = isForward ? graph.firstStep(place) : graph.firstInStep(place);
        for (std::uint32_t i = 0; i < steps.size(); ++i) {
            const WayLength cost = costs.of(steps[i]);
            const std::uint32_t to = steps[i].to.index;
            if (cost == noWay || gone[to] != 0 || length + cost > tree.lengths[to])
                continue;
            const std::uint32_t number = isForward ? first + i : graph.numberOfIn(first + i);
            if (length + cost < tree.lengths[to]) {
                tree.lengths[to] = length + cost;
                tree.next[to] = number;
                queue.push(length + cost, to);
            } else {
                tree.next[to] = std::min(tree.next[to], number);
            }
        }
    }
    return tree;
}

LivePart livePart(
    const AttackGraph& graph, std::span<const PlaceId> starts, std::span<const PlaceId> goals, const PathFilter& filter)
{
    const StepCosts costs(filter);
    const auto gone = gonePlaces(graph, filter);
    std::vector<std::uint8_t> isGoal(graph.places().size(), 0);
    for (const PlaceId goal : goals) {
        if (!goal.isNone())
            isGoal[goal.index] = 1;
    }
    std::vector<PlaceId> others;
    std::ranges::copy_if(
        starts, std::back_inserter(others), [&](PlaceId start) { return !start.isNone() && isGoal[start.index] == 0; });
    std::ranges::sort(others);
    others.erase(std::ranges::unique(others).begin(), others.end());
    const auto fromStarts = reached(graph, others, costs, gone, SearchDirection::Forward, isGoal);
    const auto toGoals = reached(graph, goals, costs, gone, SearchDirection::Backward, isGoal);

    LivePart part;
    part.local.assign(graph.places().size(), LivePart::absent);
    for (std::uint32_t i = 0; i < graph.places().size(); ++i) {
        if (fromStarts[i] == 0 || toGoals[i] == 0)
            continue;
        part.local[i] = part.size();
        part.places.push_back({ i });
        part.isGoal.push_back(isGoal[i]);
    }
    part.outStart.push_back(0);
    for (std::uint32_t from = 0; from < part.size(); ++from) {
        for (const Step& step : graph.out(part.places[from])) {
            const std::uint32_t to = part.local[step.to.index];
            const bool isKnown = part.out.size() > part.outStart.back() && part.out.back() == to;
            if (part.isGoal[from] == 0 && to != LivePart::absent && !isKnown && costs.of(step) != noWay)
                part.out.push_back(to);
        }
        part.outStart.push_back(static_cast<std::uint32_t>(part.out.size()));
    }
    invert(part);
    for (const PlaceId start : others) {
        if (part.local[start.index] != LivePart::absent)
            part.starts.push_back(part.local[start.index]);
    }
    return part;
}

std::vector<LiveFact> liveFacts(const AttackGraph& graph, const LivePart& part)
{
    std::vector<LiveFact> out;
    for (std::uint32_t i = 0; i < graph.facts().size(); ++i) {
        LiveFact fact { { i }, {} };
        for (const PlaceId place : graph.placesOf(fact.fact)) {
            if (part.local[place.index] != LivePart::absent)
                fact.places.push_back(part.local[place.index]);
        }
        if (fact.places.empty())
            continue;
        std::ranges::sort(fact.places);
        out.push_back(std::move(fact));
    }
    return out;
}

} // namespace plimsoll::attack
