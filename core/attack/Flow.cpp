// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <numeric>

#include "core/attack/detail/Flow_p.h"

namespace plimsoll::attack {

void FlowNetwork::makeArcs()
{
    m_start.assign(m_nodes + 1, 0);
    for (const Raw& raw : m_raw) {
        ++m_start[raw.from + 1];
        ++m_start[raw.to + 1];
    }
    std::partial_sum(m_start.begin(), m_start.end(), m_start.begin());
    m_arcs.resize(m_raw.size() * 2);
    std::vector<std::uint32_t> next(m_start.begin(), m_start.end() - 1);
    for (const Raw& raw : m_raw) {
        const std::uint32_t there = next[raw.from]++, back = next[raw.to]++;
        m_arcs[there] = { raw.to, back, raw.capacity };
        m_arcs[back] = { raw.from, there, 0 };
    }
    m_raw = {};
}

// By node, how many arcs with something left lead to the sink. Stops when the source is found: what is further away
// is on no shortest way.
bool FlowNetwork::findLevels(std::uint32_t source, std::uint32_t sink)
{
    m_levels.assign(m_nodes, unseen);
    m_levels[sink] = 0;
    std::vector<std::uint32_t> queue { sink };
    for (std::size_t i = 0; i < queue.size(); ++i) {
        const std::uint32_t node = queue[i];
        for (std::uint32_t arc = m_start[node]; arc < m_start[node + 1]; ++arc) {
            const std::uint32_t from = m_arcs[arc].to;
            if (m_levels[from] != unseen || m_arcs[m_arcs[arc].twin].left == 0)
                continue;
            m_levels[from] = m_levels[node] + 1;
            if (from == source)
                return true;
            queue.push_back(from);
        }
    }
    return false;
}

// One more way along falling levels; 0 = there is none.
FlowNetwork::Amount FlowNetwork::augment(std::uint32_t source, std::uint32_t sink)
{
    m_way.clear();
    std::uint32_t node = source;
    while (node != sink) {
        std::uint32_t& arc = m_next[node];
        while (arc < m_start[node + 1]
            && (m_arcs[arc].left == 0 || m_levels[m_arcs[arc].to] == unseen
                || m_levels[m_arcs[arc].to] + 1 != m_levels[node]))
            ++arc;
        if (arc < m_start[node + 1]) {
            m_way.push_back(arc);
            node = m_arcs[arc].to;
            continue;
        }
        if (m_way.empty())
            return 0;
        node = m_arcs[m_arcs[m_way.back()].twin].to;
        ++m_next[node];
        m_way.pop_back();
    }
    Amount amount = unlimited;
    for (const std::uint32_t arc : m_way)
        amount = std::min(amount, m_arcs[arc].left);
    for (const std::uint32_t arc : m_way) {
        m_arcs[arc].left -= amount;
        m_arcs[m_arcs[arc].twin].left += amount;
    }
    return amount;
}

Result<FlowNetwork::Amount> FlowNetwork::run(std::uint32_t source, std::uint32_t sink, Progress& progress)
{
    makeArcs();
    Amount total = 0;
    while (findLevels(source, sink)) {
        m_next.assign(m_start.begin(), m_start.end() - 1);
        while (const Amount amount = augment(source, sink)) {
            total += amount;
            progress.advance(1);
            if (progress.isCancelled())
                return failure(ErrorKind::Cancelled, "cancelled");
        }
        if (progress.isCancelled())
            return failure(ErrorKind::Cancelled, "cancelled");
    }
    return total;
}

} // namespace plimsoll::attack
