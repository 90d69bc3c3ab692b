// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <bit>

#include "core/attack/detail/Search_p.h"

namespace plimsoll::attack {

namespace {

// Semi-NCA on the reversed part, from a root before all goals. Nothing recurses: ways may be as long as the cluster is
// large. Everything but m_number counts places in the order of the search; 0 is the root.
class SemiNca {
public:
    explicit SemiNca(const LivePart& part)
        : m_part(part)
        , m_number(part.size(), 0)
    {
        search();
        findSemiDominators();
        findDominators();
    }

    const std::vector<std::uint32_t>& vertices() const { return m_vertices; }
    const std::vector<std::uint32_t>& dominators() const { return m_dominators; }

private:
    void search()
    {
        m_vertices.push_back(LivePart::absent);
        m_parents.push_back(0);
        std::vector<std::pair<std::uint32_t, std::uint32_t>> stack; // place, position in into()
        const auto visit = [&](std::uint32_t place, std::uint32_t parent) {
            m_number[place] = static_cast<std::uint32_t>(m_vertices.size());
            m_vertices.push_back(place);
            m_parents.push_back(parent);
            stack.emplace_back(place, 0);
        };
        for (std::uint32_t goal = 0; goal < m_part.size(); ++goal) {
            if (m_part.isGoal[goal] == 0)
                continue;
            visit(goal, 0);
            while (!stack.empty()) {
                const std::uint32_t place = stack.back().first;
                const auto steps = m_part.into(place);
                if (stack.back().second == steps.size()) {
                    stack.pop_back();
                    continue;
                }
                const std::uint32_t from = steps[stack.back().second++];
                if (m_number[from] == 0)
                    visit(from, m_number[place]);
            }
        }
    }

    // The lowest semidominator on the linked way above, with the way made short for the next time.
    std::uint32_t lowestAbove(std::uint32_t vertex, std::uint32_t firstLinked)
    {
        if (vertex < firstLinked)
            return vertex;
        m_chain.clear();
        for (std::uint32_t it = vertex; m_ancestors[it] >= firstLinked; it = m_ancestors[it])
            m_chain.push_back(it);
        for (std::size_t i = m_chain.size(); i-- > 0;) {
            const std::uint32_t it = m_chain[i], above = m_ancestors[it];
            m_labels[it] = std::min(m_labels[it], m_labels[above]);
            m_ancestors[it] = m_ancestors[above];
        }
        return m_labels[vertex];
    }

    void findSemiDominators()
    {
        const auto count = static_cast<std::uint32_t>(m_vertices.size());
        m_ancestors = m_parents;
        m_labels.resize(count);
        m_semis.resize(count, 0);
        for (std::uint32_t i = 0; i < count; ++i)
            m_labels[i] = i;
        for (std::uint32_t i = count; i-- > 1;) {
            const std::uint32_t place = m_vertices[i];
            std::uint32_t semi = m_part.isGoal[place] != 0 ? 0 : m_parents[i];
            for (const std::uint32_t to : m_part.outOf(place))
                semi = std::min(semi, lowestAbove(m_number[to], i + 1));
            m_semis[i] = m_labels[i] = semi;
        }
    }

    void findDominators()
    {
        m_dominators = m_parents;
        for (std::uint32_t i = 1; i < m_dominators.size(); ++i) {
            while (m_dominators[i] > m_semis[i])
                m_dominators[i] = m_dominators[m_dominators[i]];
        }
    }

    const LivePart& m_part;
    std::vector<std::uint32_t> m_number, m_vertices, m_parents, m_ancestors, m_labels, m_semis, m_dominators, m_chain;
};

constexpr std::size_t laneWords = 4;
using Lanes = std::array<std::uint64_t, laneWords>;

// One search backwards from the goals for 256 removals at once: a bit of a place is set when it reaches a goal in that
// lane. Bits only ever come, so that every place is looked at again only when it has new ones.
std::vector<Lanes> reachingLanes(const LivePart& part, std::span<const std::vector<std::uint32_t>> sets)
{
    std::vector<Lanes> removed(part.size(), Lanes {}), reaching(part.size(), Lanes {});
    for (std::size_t lane = 0; lane < sets.size(); ++lane) {
        for (const std::uint32_t place : sets[lane])
            removed[place][lane / 64] |= std::uint64_t { 1 } << lane % 64;
    }
    std::vector<std::uint8_t> isQueued(part.size(), 0);
    std::vector<std::uint32_t> queue, next;
    for (std::uint32_t place = 0; place < part.size(); ++place) {
        if (part.isGoal[place] == 0)
            continue;
        for (std::size_t word = 0; word < laneWords; ++word)
            reaching[place][word] = ~removed[place][word];
        queue.push_back(place);
    }
    for (; !queue.empty(); std::swap(queue, next), next.clear()) {
        for (const std::uint32_t place : queue) {
            isQueued[place] = 0;
            const Lanes bits = reaching[place];
            for (const std::uint32_t from : part.into(place)) {
                std::uint64_t fresh = 0;
                for (std::size_t word = 0; word < laneWords; ++word) {
                    const std::uint64_t more = bits[word] & ~removed[from][word] & ~reaching[from][word];
                    reaching[from][word] |= more;
                    fresh |= more;
                }
                if (fresh != 0 && isQueued[from] == 0) {
                    isQueued[from] = 1;
                    next.push_back(from);
                }
            }
        }
    }
    return reaching;
}

} // namespace

std::vector<std::uint32_t> postDominators(const LivePart& part, std::vector<std::uint32_t>& order)
{
    const SemiNca found(part);
    order.assign(found.vertices().begin() + 1, found.vertices().end());
    std::vector<std::uint32_t> out(part.size(), LivePart::absent);
    for (std::uint32_t i = 1; i < found.vertices().size(); ++i)
        out[found.vertices()[i]] = found.vertices()[found.dominators()[i]]; // of the root: absent
    return out;
}

Result<std::vector<std::uint32_t>> closedWithout(
    const LivePart& part, std::span<const std::vector<std::uint32_t>> sets, Progress& progress)
{
    constexpr std::size_t lanes = laneWords * 64;
    std::vector<std::uint32_t> closed(sets.size(), 0);
    for (std::size_t first = 0; first < sets.size(); first += lanes) {
        if (progress.isCancelled())
            return failure(ErrorKind::Cancelled, "cancelled");
        const auto some = sets.subspan(first, std::min(lanes, sets.size() - first));
        const auto reaching = reachingLanes(part, some);
        for (const std::uint32_t start : part.starts) {
            for (std::size_t word = 0; word < laneWords; ++word) {
                for (std::uint64_t lost = ~reaching[start][word]; lost != 0; lost &= lost - 1) {
                    const std::size_t lane = word * 64 + static_cast<std::size_t>(std::countr_zero(lost));
                    if (lane < some.size())
                        ++closed[first + lane];
                }
            }
        }
        progress.advance(some.size());
    }
    return closed;
}

WeightedForest::WeightedForest(std::span<const std::uint32_t> parents, std::span<const std::uint32_t> order,
    std::span<const std::uint32_t> weights)
    : m_begins(parents.size(), 0)
    , m_sizes(parents.size(), 1)
    , m_sums(weights.begin(), weights.end())
{
    for (std::size_t i = order.size(); i-- > 0;) {
        const std::uint32_t node = order[i], parent = parents[node];
        if (parent == LivePart::absent)
            continue;
        m_sizes[parent] += m_sizes[node];
        m_sums[parent] += m_sums[node];
    }
    std::vector<std::uint32_t> next(parents.size(), 0); // where the next child of a node begins
    std::uint32_t nextRoot = 0;
    for (const std::uint32_t node : order) {
        const std::uint32_t parent = parents[node];
        std::uint32_t& place = parent == LivePart::absent ? nextRoot : next[parent];
        m_begins[node] = place;
        place += m_sizes[node];
        next[node] = m_begins[node] + 1;
    }
}

std::uint32_t WeightedForest::below(std::span<const std::uint32_t> nodes) const
{
    std::vector<std::uint32_t> sorted(nodes.begin(), nodes.end());
    std::ranges::sort(sorted, {}, [this](std::uint32_t node) { return m_begins[node]; });
    std::uint32_t sum = 0, end = 0;
    for (const std::uint32_t node : sorted) {
        if (m_begins[node] < end)
            continue; // hangs below one that is counted
        sum += m_sums[node];
        end = m_begins[node] + m_sizes[node];
    }
    return sum;
}

} // namespace plimsoll::attack
