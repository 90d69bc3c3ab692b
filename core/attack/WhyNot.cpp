// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/attack/detail/Search_p.h"

namespace plimsoll::attack {

std::vector<Refusal> whyNot(const AttackGraph& graph, std::span<const PlaceId> from, std::span<const PlaceId> to,
    std::size_t most, const PathFilter& filter)
{
    const StepCosts costs(filter);
    const auto gone = gonePlaces(graph, filter);
    const auto before = shortestTree(graph, from, costs, gone, SearchDirection::Forward).lengths;
    const bool hasWay
        = std::ranges::any_of(to, [&](PlaceId place) { return !place.isNone() && before[place.index] != noWay; });
    if (hasWay)
        return {};
    const auto after = shortestTree(graph, to, costs, gone, SearchDirection::Backward).lengths;
    std::vector<std::pair<WayLength, const Refusal*>> found;
    for (const Refusal& refusal : graph.refusals()) {
        const WayLength cost = costs.of(refusal.technique, Certainty::Confirmed);
        const WayLength first = before[refusal.from.index], rest = after[refusal.to.index];
        if (cost != noWay && first != noWay && rest != noWay)
            found.emplace_back(first + cost + rest, &refusal);
    }
    // Refusals of one length stay in their order: by from, to, technique.
    std::ranges::stable_sort(found, {}, &std::pair<WayLength, const Refusal*>::first);
    std::vector<Refusal> out;
    for (std::size_t i = 0; i < std::min(most, found.size()); ++i)
        out.push_back(*found[i].second);
    return out;
}

} // namespace plimsoll::attack
