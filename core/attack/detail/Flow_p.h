// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/Progress.h"
#include "core/base/Result.h"

namespace plimsoll::attack {

// The largest flow from one node to another, and with it the smallest cut.
// Method: Dinitz 1970, with levels counted from the sink; nothing recurses. On capacities of one it needs at most
// about the square root of the nodes in rounds, each linear, which Boost.Graph's methods do not promise.
class FlowNetwork {
public:
    using Amount = std::int64_t;
    static constexpr Amount unlimited = Amount { 1 } << 60;

    explicit FlowNetwork(std::uint32_t nodes)
        : m_nodes(nodes)
    {
    }
    void add(std::uint32_t from, std::uint32_t to, Amount capacity) { m_raw.push_back({ from, to, capacity }); }

    // Errors: Cancelled. Precondition: no way from source to sink is unlimited.
    Result<Amount> run(std::uint32_t source, std::uint32_t sink, Progress& progress);
    // Afterwards: whether the node is on the sink's side of the smallest cut that is nearest to the sink.
    bool isBehindCut(std::uint32_t node) const { return m_levels[node] != unseen; }

private:
    static constexpr std::uint32_t unseen = 0xFFFFFFFFu;
    struct Raw {
        std::uint32_t from, to;
        Amount capacity;
    };
    struct Arc {
        std::uint32_t to, twin; // twin: the arc back
        Amount left; // capacity that is not used
    };
    void makeArcs();
    bool findLevels(std::uint32_t source, std::uint32_t sink);
    Amount augment(std::uint32_t source, std::uint32_t sink);

    std::uint32_t m_nodes;
    std::vector<Raw> m_raw;
    std::vector<std::uint32_t> m_start, m_levels, m_next, m_way;
    std::vector<Arc> m_arcs;
};

} // namespace plimsoll::attack
