// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <numeric>

#include "core/attack/ChokePoints.h"
#include "core/attack/detail/Flow_p.h"
#include "core/attack/detail/Search_p.h"

namespace plimsoll::attack {

namespace {

// The facts of a part that may be proposed, by place.
struct Cuttable {
    std::vector<LiveFact> facts;
    std::vector<std::uint32_t> mostHeld; // by place: of its facts the most places held up by one; 0 = uncuttable
    bool hasSeveral = false; // some fact holds up several places
};

Cuttable cuttableOf(const AttackGraph& graph, const LivePart& part)
{
    Cuttable out;
    out.mostHeld.assign(part.size(), 0);
    for (LiveFact& fact : liveFacts(graph, part)) {
        if (graph.fact(fact.fact).isFixed)
            continue;
        const auto held = static_cast<std::uint32_t>(fact.places.size());
        out.hasSeveral = out.hasSeveral || held > 1;
        for (const std::uint32_t place : fact.places)
            out.mostHeld[place] = std::max(out.mostHeld[place], held);
        out.facts.push_back(std::move(fact));
    }
    return out;
}

// By place: a way of uncuttable places leads from it to a goal, itself included.
std::vector<std::uint8_t> uncutPlaces(const LivePart& part, const Cuttable& cuttable)
{
    std::vector<std::uint8_t> uncut(part.size(), 0);
    std::vector<std::uint32_t> queue;
    const auto see = [&](std::uint32_t place) {
        if (uncut[place] == 0 && cuttable.mostHeld[place] == 0) {
            uncut[place] = 1;
            queue.push_back(place);
        }
    };
    for (std::uint32_t place = 0; place < part.size(); ++place) {
        if (part.isGoal[place] != 0)
            see(place);
    }
    for (std::size_t i = 0; i < queue.size(); ++i) {
        for (const std::uint32_t from : part.into(queue[i]))
            see(from);
    }
    return uncut;
}

struct PlaceCut {
    std::vector<std::uint32_t> places;
    FlowNetwork::Amount flow = 0;
};

// What the places of one fact cost together is at most one unit: so the flow divided by the unit, rounded up, is no
// more than the facts of any cut, and places of facts that hold up many are cut first.
enum class Prices : std::uint8_t { PerPlace, PerFact };
constexpr FlowNetwork::Amount unit = FlowNetwork::Amount { 720720 } << 16; // divisible by all numbers to 16

Result<PlaceCut> cutPlaces(const LivePart& part, std::span<const std::uint32_t> starts, const Cuttable& cuttable,
    const std::vector<std::uint8_t>& uncut, Prices prices, Progress& progress)
{
    // Nodes: a place, or where one comes in; then where one leaves a place that can be cut; source, sink.
    std::vector<std::uint32_t> leaving(part.size());
    std::uint32_t nodes = part.size();
    for (std::uint32_t place = 0; place < part.size(); ++place)
        leaving[place] = cuttable.mostHeld[place] == 0 ? place : nodes++;
    const std::uint32_t source = nodes++, sink = nodes++;
    FlowNetwork network(nodes);
    for (std::uint32_t place = 0; place < part.size(); ++place) {
        if (cuttable.mostHeld[place] != 0)
            network.add(place, leaving[place], prices == Prices::PerPlace ? unit : unit / cuttable.mostHeld[place]);
        // Nothing but the other starts lies behind an uncut place: no way of theirs leads there uncut.
        for (const std::uint32_t to : part.outOf(place))
            network.add(leaving[place], to, FlowNetwork::unlimited);
        if (part.isGoal[place] != 0)
            network.add(leaving[place], sink, FlowNetwork::unlimited);
    }
    for (const std::uint32_t start : starts) {
        if (uncut[start] == 0)
            network.add(source, start, FlowNetwork::unlimited);
    }
    const auto flow = network.run(source, sink, progress);
    if (!flow)
        return std::unexpected(flow.error());
    PlaceCut out;
    out.flow = *flow;
    for (std::uint32_t place = 0; place < part.size(); ++place) {
        if (leaving[place] != place && !network.isBehindCut(place) && network.isBehindCut(leaving[place]))
            out.places.push_back(place);
    }
    return out;
}

// Few facts that hold up all the places: again and again the one that holds up most of those left (numbers in facts).
std::vector<std::size_t> factsFor(std::span<const std::uint32_t> places, const Cuttable& cuttable, std::uint32_t size)
{
    std::vector<std::uint8_t> isLeft(size, 0);
    for (const std::uint32_t place : places)
        isLeft[place] = 1;
    std::vector<std::pair<std::size_t, std::size_t>> heap; // places of those left, at most; fact
    const auto count = [&](std::size_t fact) {
        return static_cast<std::size_t>(std::ranges::count_if(
            cuttable.facts[fact].places, [&](std::uint32_t place) { return isLeft[place] != 0; }));
    };
    const auto isLess
        = [](const auto& a, const auto& b) { return a.first != b.first ? a.first < b.first : a.second > b.second; };
    for (std::size_t fact = 0; fact < cuttable.facts.size(); ++fact) {
        if (const std::size_t held = count(fact); held > 0)
            heap.emplace_back(held, fact);
    }
    std::ranges::make_heap(heap, isLess);
    std::vector<std::size_t> out;
    while (!heap.empty()) {
        std::ranges::pop_heap(heap, isLess);
        const auto [bound, fact] = heap.back();
        heap.pop_back();
        const std::size_t held = count(fact);
        if (held == 0)
            continue;
        if (held < bound) {
            heap.emplace_back(held, fact);
            std::ranges::push_heap(heap, isLess);
            continue;
        }
        out.push_back(fact);
        for (const std::uint32_t place : cuttable.facts[fact].places)
            isLeft[place] = 0;
    }
    return out;
}

std::vector<std::uint32_t> placesOf(const Cuttable& cuttable, std::span<const std::size_t> facts, std::size_t but)
{
    std::vector<std::uint32_t> out;
    for (const std::size_t fact : facts) {
        if (fact != but)
            out.insert(out.end(), cuttable.facts[fact].places.begin(), cuttable.facts[fact].places.end());
    }
    return out;
}

// Leaves out facts without which the rest closes as many starts: those chosen last first. Only such that the rest can
// do without from the beginning are tried one by one.
Result<std::vector<std::size_t>> withoutNeedless(const LivePart& part, const Cuttable& cuttable,
    std::vector<std::size_t> facts, std::uint32_t wanted, Progress& progress)
{
    constexpr std::size_t mostTried = 1000; // the square of it in memory; beyond, the list stays as long as it is
    if (facts.size() < 2 || facts.size() > mostTried)
        return facts;
    std::vector<std::vector<std::uint32_t>> sets;
    for (const std::size_t fact : facts)
        sets.push_back(placesOf(cuttable, facts, fact));
    const auto closed = closedWithout(part, sets, progress);
    if (!closed)
        return std::unexpected(closed.error());
    const std::vector<std::size_t> all = facts;
    for (std::size_t i = all.size(); i-- > 0;) {
        if ((*closed)[i] < wanted)
            continue;
        const std::vector<std::vector<std::uint32_t>> rest { placesOf(cuttable, facts, all[i]) };
        const auto closedByRest = closedWithout(part, rest, progress);
        if (!closedByRest)
            return std::unexpected(closedByRest.error());
        if (closedByRest->front() >= wanted)
            std::erase(facts, all[i]);
    }
    return facts;
}

} // namespace

Result<Cut> smallestCut(const AttackGraph& graph, std::span<const PlaceId> starts, std::span<const PlaceId> goals,
    const PathFilter& filter, Progress& progress)
{
    progress.enter("Finding the smallest cut");
    const LivePart part = livePart(graph, starts, goals, filter);
    const Cuttable cuttable = cuttableOf(graph, part);
    const auto uncut = uncutPlaces(part, cuttable);
    Cut out;
    for (const std::uint32_t start : part.starts) {
        if (uncut[start] != 0)
            out.uncut.push_back(part.places[start]);
    }
    out.isPossible = out.uncut.empty();
    const auto wanted = static_cast<std::uint32_t>(part.starts.size() - out.uncut.size());

    std::vector<std::size_t> best;
    for (const Prices prices : { Prices::PerPlace, Prices::PerFact }) {
        if (prices == Prices::PerFact && (!cuttable.hasSeveral || best.size() < 2))
            break;
        const auto cut = cutPlaces(part, part.starts, cuttable, uncut, prices, progress);
        if (!cut)
            return std::unexpected(cut.error());
        auto facts = factsFor(cut->places, cuttable, part.size());
        if (cuttable.hasSeveral) {
            auto fewer = withoutNeedless(part, cuttable, std::move(facts), wanted, progress);
            if (!fewer)
                return std::unexpected(fewer.error());
            facts = std::move(*fewer);
        }
        if (prices == Prices::PerPlace || facts.size() < best.size())
            best = std::move(facts);
        if (prices == Prices::PerFact)
            out.isMinimum = static_cast<FlowNetwork::Amount>(best.size()) <= (cut->flow + unit - 1) / unit;
    }
    for (const std::size_t fact : best)
        out.facts.push_back(cuttable.facts[fact].fact);
    std::ranges::sort(out.facts);
    return out;
}

} // namespace plimsoll::attack
