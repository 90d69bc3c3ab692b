// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/attack/detail/Search_p.h"

namespace plimsoll::attack {

namespace {

// Tarjan's strongly connected components, without recursion. They are complete in an order in which whatever one leads
// to is complete before it, so that the goals of a component are known when it is.
class GoalSearch {
public:
    GoalSearch(const AttackGraph& graph, std::span<const PlaceId> goals, const PathFilter& filter)
        : m_graph(graph)
        , m_costs(filter)
        , m_gone(gonePlaces(graph, filter))
        , m_numbers(graph.places().size(), unvisited)
        , m_lows(graph.places().size(), 0)
        , m_goals(graph.places().size(), 0)
    {
        for (std::size_t i = 0; i < std::min<std::size_t>(goals.size(), 64); ++i) {
            if (!goals[i].isNone() && m_gone[goals[i].index] == 0)
                m_goals[goals[i].index] |= std::uint64_t { 1 } << i;
        }
    }

    std::vector<std::uint64_t> run()
    {
        for (std::uint32_t i = 0; i < m_numbers.size(); ++i) {
            if (m_numbers[i] == unvisited && m_gone[i] == 0)
                searchFrom(i);
        }
        return std::move(m_goals);
    }

private:
    static constexpr std::uint32_t unvisited = 0xFFFFFFFFu, finished = 0xFFFFFFFEu;
    struct Frame {
        std::uint32_t place, position;
    };

    void visit(std::uint32_t place)
    {
        m_numbers[place] = m_lows[place] = m_nextNumber++;
        m_open.push_back(place);
        m_frames.push_back({ place, 0 });
    }

    void searchFrom(std::uint32_t root)
    {
        visit(root);
        while (!m_frames.empty()) {
            const std::uint32_t place = m_frames.back().place;
            const auto steps = m_graph.out({ place });
            if (m_frames.back().position < steps.size()) {
                follow(place, steps[m_frames.back().position++]);
                continue;
            }
            m_frames.pop_back();
            if (m_lows[place] == m_numbers[place])
                finish(place);
            if (!m_frames.empty()) {
                const std::uint32_t before = m_frames.back().place;
                m_goals[before] |= m_goals[place];
                if (m_numbers[place] != finished)
                    m_lows[before] = std::min(m_lows[before], m_lows[place]);
            }
        }
    }

    void follow(std::uint32_t place, const Step& step)
    {
        const std::uint32_t to = step.to.index;
        if (m_gone[to] != 0 || m_costs.of(step) == noWay)
            return;
        if (m_numbers[to] == unvisited)
            visit(to);
        else if (m_numbers[to] == finished)
            m_goals[place] |= m_goals[to];
        else
            m_lows[place] = std::min(m_lows[place], m_numbers[to]);
    }

    // The component whose first place it is: all of it come to the same goals.
    void finish(std::uint32_t first)
    {
        std::size_t begin = m_open.size();
        std::uint64_t goals = 0;
        do {
            --begin;
            goals |= m_goals[m_open[begin]];
        } while (m_open[begin] != first);
        for (std::size_t i = begin; i < m_open.size(); ++i) {
            m_goals[m_open[i]] = goals;
            m_numbers[m_open[i]] = finished;
        }
        m_open.resize(begin);
    }

    const AttackGraph& m_graph;
    StepCosts m_costs;
    std::vector<std::uint8_t> m_gone;
    std::vector<std::uint32_t> m_numbers, m_lows, m_open;
    std::vector<std::uint64_t> m_goals;
    std::vector<Frame> m_frames;
    std::uint32_t m_nextNumber = 0;
};

} // namespace

std::vector<std::uint64_t> goalMatrix(
    const AttackGraph& graph, std::span<const PlaceId> goals, const PathFilter& filter)
{
    return GoalSearch(graph, goals, filter).run();
}

} // namespace plimsoll::attack
