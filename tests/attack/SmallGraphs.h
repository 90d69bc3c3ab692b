// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "core/attack/Attack.h"
#include "core/attack/detail/Builder_p.h"
#include "tests/support/Support.h"

// Graphs small enough to try everything, and the slow but plain answers about them.
namespace plimsoll::test {

struct SmallGraph {
    struct Arc {
        std::uint32_t from, to;
        attack::Technique technique;
        attack::Certainty certainty;
    };
    struct Holding {
        std::vector<std::uint32_t> places;
        bool isFixed = false;
    };
    std::uint32_t places = 0;
    std::vector<Arc> arcs;
    std::vector<Holding> facts;
    std::vector<std::uint32_t> starts, goals;
};

inline std::string numbered(char letter, std::uint32_t number)
{
    std::string digits = std::to_string(number);
    digits.insert(0, digits.size() < 6 ? 6 - digits.size() : 0, '0');
    return letter + digits;
}

// The graph, with all parts put in in an order that the seed decides. Place 0 is the outside; ids are those of `small`.
inline std::shared_ptr<const attack::AttackGraph> built(const SmallGraph& small, std::uint32_t seed = 0)
{
    using namespace attack;
    static const auto cluster = clusterFrom("{apiVersion: v1, kind: Namespace, metadata: {name: a}}");
    GraphBuilder builder(cluster);
    std::mt19937 dice(seed);
    const auto shuffled = [&](std::size_t count) {
        std::vector<std::uint32_t> order(count);
        for (std::uint32_t i = 0; i < count; ++i)
            order[i] = i;
        if (seed != 0)
            std::ranges::shuffle(order, dice);
        return order;
    };
    std::vector<PlaceId> ids(small.places);
    for (const std::uint32_t i : shuffled(small.places)) {
        if (i == 0)
            ids[i] = builder.place({});
        else
            ids[i] = builder.place(
                { .kind = PlaceKind::ServiceAccount, .ns = "a", .name = builder.keep(numbered('p', i)) });
    }
    for (const std::uint32_t i : shuffled(small.arcs.size())) {
        const SmallGraph::Arc& arc = small.arcs[i];
        builder.step(ids[arc.from], ids[arc.to], arc.technique, arc.certainty);
    }
    for (const std::uint32_t i : shuffled(small.facts.size())) {
        const FactId fact = builder.fact({ .pointer = numbered('f', i), .isFixed = small.facts[i].isFixed });
        for (const std::uint32_t place : small.facts[i].places)
            builder.standsOn(ids[place], fact);
    }
    return builder.build();
}

enum class Held { OneEach, Several };

// At most 14 places and 10 facts; circles of structure, doubled steps, starts that are goals, all come up.
inline SmallGraph randomGraph(std::uint32_t seed, Held held)
{
    using attack::Technique;
    std::mt19937 dice(seed * 7919 + (held == Held::OneEach ? 1 : 2));
    const auto below = [&](std::uint32_t limit) { return static_cast<std::uint32_t>(dice() % limit); };
    constexpr Technique techniques[] = { Technique::ContainerOwnsPod, Technique::GroupMember, Technique::Exec,
        Technique::MountedToken, Technique::Privileged };
    SmallGraph out;
    out.places = 4 + below(11);
    const std::uint32_t arcs = out.places + below(out.places * 2);
    for (std::uint32_t i = 0; i < arcs; ++i) {
        const auto certainty = static_cast<attack::Certainty>(below(4) == 0 ? 1 + below(2) : 0);
        out.arcs.push_back({ below(out.places), below(out.places), techniques[below(5)], certainty });
    }
    // The builder keeps the surer of two steps of one technique: so does the description.
    const auto key
        = [](const SmallGraph::Arc& arc) { return std::tuple(arc.from, arc.to, arc.technique, arc.certainty); };
    std::ranges::sort(out.arcs, {}, key);
    const std::uint32_t facts = 1 + below(10);
    for (std::uint32_t i = 0; i < facts; ++i) {
        SmallGraph::Holding fact;
        fact.isFixed = below(5) == 0;
        const std::uint32_t places = held == Held::OneEach ? 1 : 1 + below(4);
        for (std::uint32_t j = 0; j < places; ++j)
            fact.places.push_back(below(out.places));
        out.facts.push_back(fact);
    }
    for (std::uint32_t i = 1 + below(5); i > 0; --i)
        out.starts.push_back(below(out.places));
    for (std::uint32_t i = 1 + below(2); i > 0; --i)
        out.goals.push_back(below(out.places));
    return out;
}

inline std::vector<attack::PlaceId> ids(const std::vector<std::uint32_t>& numbers)
{
    std::vector<attack::PlaceId> out;
    for (const std::uint32_t number : numbers)
        out.push_back({ number });
    return out;
}

// What a place comes to without some facts, itself included: plain search.
inline std::vector<bool> reachedFrom(
    const attack::AttackGraph& graph, attack::PlaceId start, const std::vector<attack::FactId>& without = {})
{
    std::vector<bool> gone(graph.places().size()), seen(graph.places().size());
    for (const attack::FactId fact : without) {
        for (const attack::PlaceId place : graph.placesOf(fact))
            gone[place.index] = true;
    }
    std::vector<attack::PlaceId> todo;
    const auto see = [&](attack::PlaceId place) {
        if (gone[place.index] || seen[place.index])
            return;
        seen[place.index] = true;
        todo.push_back(place);
    };
    see(start);
    while (!todo.empty()) {
        const attack::PlaceId place = todo.back();
        todo.pop_back();
        for (const attack::Step& step : graph.out(place))
            see(step.to);
    }
    return seen;
}

// The starts that are no goals and have a way, in order.
inline std::vector<attack::PlaceId> openStarts(
    const attack::AttackGraph& graph, const SmallGraph& small, const std::vector<attack::FactId>& without = {})
{
    std::vector<attack::PlaceId> out;
    for (std::uint32_t i = 0; i < small.places; ++i) {
        if (std::ranges::count(small.starts, i) == 0 || std::ranges::count(small.goals, i) > 0)
            continue;
        const auto seen = reachedFrom(graph, { i }, without);
        if (std::ranges::any_of(small.goals, [&](std::uint32_t goal) { return seen[goal]; }))
            out.push_back({ i });
    }
    return out;
}

using Length = std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>; // steps, uncertain, all

inline Length lengthOf(const attack::Step& step)
{
    const bool isStructure = attack::textOf(step.technique).techniqueClass == attack::TechniqueClass::Structure;
    return { isStructure ? 0U : 1U, step.certainty == attack::Certainty::Confirmed ? 0U : 1U, 1U };
}

inline Length plus(const Length& a, const Length& b)
{
    return { std::get<0>(a) + std::get<0>(b), std::get<1>(a) + std::get<1>(b), std::get<2>(a) + std::get<2>(b) };
}

} // namespace plimsoll::test
