// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

// Places the nodes of a small graph in columns from left to right. No Qt, no screen: numbers in, numbers out.
namespace plimsoll::ui::widget::graph {

struct LayoutNode {
    int column = 0; // any number; columns without nodes take no room
    int width = 0;
    int height = 0;
};

struct LayoutEdge {
    std::uint32_t from = 0, to = 0;
};

struct LayoutPoint {
    int x = 0, y = 0;
    bool operator==(const LayoutPoint&) const = default;
};

struct LayoutOptions {
    int columnGap = 66;
    int splitGap = 28; // between the parts of a column that was split and have no edges between them
    int rowGap = 14;
    int laneHeight = 8; // what an edge takes that passes a column
    int maxRows = 26; // a column with more is split into several
    int sweeps = 16;
};

// Positions of top left corners, and where edges pass columns between their ends: two points for each (entering and
// leaving it), in the direction of the edge. Everything is at 0,0 or right and below of it.
struct Layout {
    std::vector<LayoutPoint> positions; // by node
    std::vector<std::vector<LayoutPoint>> bends; // by edge
    int width = 0;
    int height = 0;
};

// Layers by column; order in a layer by barycentre sweeps, the best of which (fewest crossings) is kept; heights so
// that neighbours are level where there is room. The order of the nodes decides between equals.
// Whole numbers only, so the same input gives the same picture on every machine.
// Cost: O(sweeps * edges * log nodes).
Layout layOut(std::span<const LayoutNode> nodes, std::span<const LayoutEdge> edges, const LayoutOptions& options = {});

} // namespace plimsoll::ui::widget::graph
