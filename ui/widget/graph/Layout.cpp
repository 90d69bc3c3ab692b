// SPDX-License-Identifier: Apache-2.0
#include "ui/widget/graph/Layout.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <numeric>

namespace plimsoll::ui::widget::graph {

namespace {

constexpr int settleRounds = 12;
constexpr std::int64_t fraction = 1024; // of a row, so that barycentres are whole numbers

// A node, or the place where an edge passes a layer.
struct Cell {
    std::uint32_t layer = 0;
    int height = 0;
    int width = 0;
    bool isLane = false;
    std::vector<std::uint32_t> before, after; // neighbours in the layers next to it
    std::vector<std::uint32_t> beside; // and in its own
    std::int64_t y = 0; // of its middle
};

class Layers {
public:
    Layers(std::span<const LayoutNode> nodes, std::span<const LayoutEdge> edges, const LayoutOptions& options)
        : m_edges(edges)
        , m_options(options)
    {
        makeLayers(nodes);
        m_lanes.resize(edges.size());
        for (std::uint32_t edge = 0; edge < edges.size(); ++edge)
            addEdge(edge);
    }

    Layout run()
    {
        sweep();
        settle();
        return result();
    }

private:
    void makeLayers(std::span<const LayoutNode> nodes)
    {
        std::map<int, std::vector<std::uint32_t>> columns;
        for (std::uint32_t node = 0; node < nodes.size(); ++node)
            columns[nodes[node].column].push_back(node);
        m_cells.resize(nodes.size());
        for (const auto& [column, members] : columns) {
            const auto most = static_cast<std::size_t>(std::max(1, m_options.maxRows));
            const std::size_t parts = (members.size() + most - 1) / most;
            const std::size_t share = (members.size() + parts - 1) / parts;
            for (std::size_t at = 0; at < members.size(); ++at) {
                if (at % share == 0) {
                    m_layers.emplace_back();
                    m_isSplit.push_back(at > 0);
                }
                Cell& cell = m_cells[members[at]];
                cell.layer = static_cast<std::uint32_t>(m_layers.size() - 1);
                cell.height = nodes[members[at]].height;
                cell.width = nodes[members[at]].width;
                m_layers.back().push_back(members[at]);
            }
        }
        m_nodeCount = static_cast<std::uint32_t>(nodes.size());
    }

    void addEdge(std::uint32_t edge)
    {
        std::uint32_t left = m_edges[edge].from;
        std::uint32_t right = m_edges[edge].to;
        if (m_cells[left].layer > m_cells[right].layer)
            std::swap(left, right);
        if (m_cells[left].layer == m_cells[right].layer) { // drawn beside the column
            if (left != right) {
                m_cells[left].beside.push_back(right);
                m_cells[right].beside.push_back(left);
            }
            return;
        }
        std::uint32_t last = left;
        for (std::uint32_t layer = m_cells[left].layer + 1; layer < m_cells[right].layer; ++layer) {
            const auto lane = static_cast<std::uint32_t>(m_cells.size());
            Cell cell;
            cell.layer = layer;
            cell.height = m_options.laneHeight;
            cell.isLane = true;
            m_cells.push_back(std::move(cell));
            m_layers[layer].push_back(lane);
            m_lanes[edge].push_back(lane);
            connect(last, lane);
            last = lane;
        }
        connect(last, right);
    }

    void connect(std::uint32_t left, std::uint32_t right)
    {
        m_cells[left].after.push_back(right);
        m_cells[right].before.push_back(left);
    }

    void indexRows()
    {
        m_row.resize(m_cells.size());
        for (const std::vector<std::uint32_t>& layer : m_layers) {
            for (std::uint32_t row = 0; row < layer.size(); ++row)
                m_row[layer[row]] = row;
        }
    }

    // Without neighbours on a side a cell follows the one it belongs to in its own layer, or stays.
    std::int64_t besideKey(const Cell& cell, std::uint32_t row) const
    {
        const bool isTied = cell.before.empty() && cell.after.empty() && !cell.beside.empty();
        return isTied ? m_row[cell.beside.front()] * fraction + 1 : row * fraction;
    }

    void orderLayer(std::size_t at, std::vector<std::uint32_t> Cell::*side)
    {
        std::vector<std::uint32_t>& layer = m_layers[at];
        std::vector<std::pair<std::int64_t, std::uint32_t>> keyed;
        for (std::uint32_t row = 0; row < layer.size(); ++row) {
            const std::vector<std::uint32_t>& neighbours = m_cells[layer[row]].*side;
            std::int64_t sum = 0;
            for (const std::uint32_t neighbour : neighbours)
                sum += m_row[neighbour] * fraction;
            const auto count = static_cast<std::int64_t>(neighbours.size());
            keyed.emplace_back(count == 0 ? besideKey(m_cells[layer[row]], row) : sum / count, layer[row]);
        }
        std::ranges::stable_sort(keyed, {}, [](const auto& entry) { return entry.first; });
        for (std::uint32_t row = 0; row < layer.size(); ++row) {
            layer[row] = keyed[row].second;
            m_row[layer[row]] = row;
        }
    }

    std::int64_t crossings() const
    {
        std::int64_t count = 0;
        for (std::size_t at = 0; at + 1 < m_layers.size(); ++at) {
            // Edges in order of their left end; of the right ends, every inversion is a crossing.
            std::vector<std::int64_t> tree(m_layers[at + 1].size() + 1, 0);
            std::int64_t total = 0;
            for (const std::uint32_t cell : m_layers[at]) {
                std::vector<std::uint32_t> rows;
                for (const std::uint32_t right : m_cells[cell].after)
                    rows.push_back(m_row[right]);
                for (const std::uint32_t row : rows) {
                    std::int64_t notBelow = 0;
                    for (std::uint32_t node = row + 1; node > 0; node &= node - 1)
                        notBelow += tree[node];
                    count += total - notBelow;
                }
                for (const std::uint32_t row : rows) {
                    for (std::uint32_t node = row + 1; node < tree.size(); node += node & (~node + 1))
                        ++tree[node];
                    ++total;
                }
            }
        }
        return count;
    }

    void sweep()
    {
        indexRows();
        auto best = m_layers;
        std::int64_t fewest = crossings();
        for (int round = 0; round < m_options.sweeps && fewest > 0; ++round) {
            if (round % 2 == 0) {
                for (std::size_t at = 1; at < m_layers.size(); ++at)
                    orderLayer(at, &Cell::before);
            } else {
                for (std::size_t at = m_layers.size(); at-- > 1;)
                    orderLayer(at - 1, &Cell::after);
            }
            if (const std::int64_t now = crossings(); now < fewest) {
                fewest = now;
                best = m_layers;
            }
        }
        m_layers = std::move(best);
    }

    int gapBetween(const Cell& above, const Cell& below) const
    {
        return above.isLane && below.isLane ? 2 : m_options.rowGap;
    }

    // Distance of the middle of a cell from that of the first in its layer when all are packed.
    std::vector<std::int64_t> packedOffsets(const std::vector<std::uint32_t>& layer) const
    {
        std::vector<std::int64_t> offset(layer.size(), 0);
        for (std::size_t row = 1; row < layer.size(); ++row) {
            const Cell& above = m_cells[layer[row - 1]];
            const Cell& below = m_cells[layer[row]];
            offset[row] = offset[row - 1] + (above.height + below.height) / 2 + gapBetween(above, below);
        }
        return offset;
    }

    // The middles nearest to what is wanted that keep order and distance: pool adjacent violators.
    void placeLayer(const std::vector<std::uint32_t>& layer, const std::vector<std::int64_t>& wanted,
        const std::vector<std::int64_t>& weight)
    {
        struct Block {
            std::int64_t sum = 0, weight = 0;
            std::size_t rows = 0;
            std::int64_t mean() const { return sum >= 0 ? sum / weight : -((-sum + weight - 1) / weight); }
        };
        const std::vector<std::int64_t> offset = packedOffsets(layer);
        std::vector<Block> blocks;
        for (std::size_t row = 0; row < layer.size(); ++row) {
            blocks.push_back({ (wanted[row] - offset[row]) * weight[row], weight[row], 1 });
            while (blocks.size() > 1 && blocks[blocks.size() - 2].mean() >= blocks.back().mean()) {
                const Block last = blocks.back();
                blocks.pop_back();
                blocks.back().sum += last.sum;
                blocks.back().weight += last.weight;
                blocks.back().rows += last.rows;
            }
        }
        std::size_t row = 0;
        for (const Block& block : blocks) {
            for (std::size_t taken = 0; taken < block.rows; ++taken, ++row)
                m_cells[layer[row]].y = block.mean() + offset[row];
        }
    }

    void settle()
    {
        for (const std::vector<std::uint32_t>& layer : m_layers) {
            const std::vector<std::int64_t> offset = packedOffsets(layer);
            for (std::size_t row = 0; row < layer.size(); ++row)
                m_cells[layer[row]].y = offset[row] - offset.back() / 2;
        }
        for (int round = 0; round < settleRounds; ++round) {
            for (std::size_t step = 0; step < m_layers.size(); ++step) {
                const std::size_t at = round % 2 == 0 ? step : m_layers.size() - 1 - step;
                pull(m_layers[at]);
            }
        }
    }

    void pull(const std::vector<std::uint32_t>& layer)
    {
        std::vector<std::int64_t> wanted, weight;
        for (const std::uint32_t at : layer) {
            const Cell& cell = m_cells[at];
            std::int64_t sum = 0;
            for (const std::uint32_t neighbour : cell.before)
                sum += m_cells[neighbour].y;
            for (const std::uint32_t neighbour : cell.after)
                sum += m_cells[neighbour].y;
            for (const std::uint32_t neighbour : cell.beside)
                sum += m_cells[neighbour].y;
            const auto count = static_cast<std::int64_t>(cell.before.size() + cell.after.size() + cell.beside.size());
            // What has no neighbours goes to the middle, lightly; an edge's lanes are kept straight.
            wanted.push_back(count == 0 ? cell.y : sum / count);
            weight.push_back(cell.isLane ? 4 : count == 0 ? 1 : 2);
        }
        placeLayer(layer, wanted, weight);
    }

    Layout result() const
    {
        std::int64_t top = 0;
        bool isFirst = true;
        for (const Cell& cell : m_cells) {
            top = isFirst ? cell.y - cell.height / 2 : std::min(top, cell.y - cell.height / 2);
            isFirst = false;
        }
        Layout layout;
        std::vector<int> x(m_layers.size()), width(m_layers.size(), 0);
        for (std::size_t at = 0; at < m_layers.size(); ++at) {
            const int gap = m_isSplit[at] && !hasEdgesBefore(at) ? m_options.splitGap : m_options.columnGap;
            x[at] = at == 0 ? 0 : x[at - 1] + width[at - 1] + gap;
            for (const std::uint32_t cell : m_layers[at])
                width[at] = std::max(width[at], m_cells[cell].width);
            layout.width = x[at] + width[at];
        }
        for (std::uint32_t node = 0; node < m_nodeCount; ++node) {
            const Cell& cell = m_cells[node];
            layout.positions.push_back({ x[cell.layer], static_cast<int>(cell.y - cell.height / 2 - top) });
            layout.height = std::max(layout.height, layout.positions.back().y + cell.height);
        }
        for (std::uint32_t edge = 0; edge < m_edges.size(); ++edge) {
            std::vector<LayoutPoint> bends;
            for (const std::uint32_t lane : m_lanes[edge]) {
                const Cell& cell = m_cells[lane];
                const int y = static_cast<int>(cell.y - top);
                bends.push_back({ x[cell.layer], y });
                bends.push_back({ x[cell.layer] + width[cell.layer], y });
                layout.height = std::max(layout.height, y);
            }
            if (m_cells[m_edges[edge].from].layer > m_cells[m_edges[edge].to].layer)
                std::ranges::reverse(bends);
            layout.bends.push_back(std::move(bends));
        }
        return layout;
    }

    bool hasEdgesBefore(std::size_t layer) const
    {
        return std::ranges::any_of(
            m_layers[layer], [this](std::uint32_t cell) { return !m_cells[cell].before.empty(); });
    }

    std::span<const LayoutEdge> m_edges;
    const LayoutOptions& m_options;
    std::uint32_t m_nodeCount = 0;
    std::vector<Cell> m_cells; // nodes first, then lanes
    std::vector<std::vector<std::uint32_t>> m_layers;
    std::vector<bool> m_isSplit; // by layer: continues the column before it
    std::vector<std::uint32_t> m_row;
    std::vector<std::vector<std::uint32_t>> m_lanes; // by edge, from left to right
};

} // namespace

Layout layOut(std::span<const LayoutNode> nodes, std::span<const LayoutEdge> edges, const LayoutOptions& options)
{
    if (nodes.empty())
        return {};
    return Layers(nodes, edges, options).run();
}

} // namespace plimsoll::ui::widget::graph
