// SPDX-License-Identifier: Apache-2.0
#include "ui/widget/graph/GraphScene.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace plimsoll::ui::widget::graph {

namespace {

constexpr int maxGridSide = 512; // cells; a huge scene gets larger cells, not more

void indexEdges(const std::vector<std::uint32_t>& ends, std::size_t nodeCount, std::vector<std::uint32_t>& start,
    std::vector<std::uint32_t>& edges)
{
    start.assign(nodeCount + 1, 0);
    for (const std::uint32_t end : ends)
        ++start[end + 1];
    std::partial_sum(start.begin(), start.end(), start.begin());
    edges.resize(ends.size());
    std::vector<std::uint32_t> next(start.begin(), start.end() - 1);
    for (std::uint32_t edge = 0; edge < ends.size(); ++edge)
        edges[next[ends[edge]]++] = edge;
}

} // namespace

void GraphScene::addNode(const QRect& place, std::uint8_t nodeKind, std::uint8_t nodeSeverity, std::uint8_t nodeFlags,
    QString nodeTitle, QString nodeCaption, QString nodeBadge)
{
    x.push_back(place.x());
    y.push_back(place.y());
    width.push_back(place.width());
    height.push_back(place.height());
    kind.push_back(nodeKind);
    severity.push_back(nodeSeverity);
    flags.push_back(nodeFlags);
    title.push_back(std::move(nodeTitle));
    caption.push_back(std::move(nodeCaption));
    badge.push_back(std::move(nodeBadge));
}

void GraphScene::addEdge(std::uint32_t source, std::uint32_t target, QString edgeLabel, std::span<const QPoint> via)
{
    if (bendStart.empty())
        bendStart.push_back(0);
    from.push_back(source);
    to.push_back(target);
    label.push_back(std::move(edgeLabel));
    bends.insert(bends.end(), via.begin(), via.end());
    bendStart.push_back(static_cast<std::uint32_t>(bends.size()));
}

void GraphScene::finish()
{
    indexEdges(from, x.size(), outStart, outEdge);
    indexEdges(to, x.size(), inStart, inEdge);
    bounds = {};
    for (int node = 0; node < nodeCount(); ++node)
        bounds |= rect(node);
    for (const QPoint& bend : bends)
        bounds |= QRect(bend, QSize(1, 1));
    cell = std::max({ 256, bounds.width() / maxGridSide + 1, bounds.height() / maxGridSide + 1 });
    gridColumns = bounds.width() / cell + 1;
    gridRows = bounds.height() / cell + 1;
    std::vector<std::uint32_t> cells, nodes;
    for (int node = 0; node < nodeCount(); ++node) {
        const QRect covered = cellsOf(rect(node));
        for (int row = covered.top(); row <= covered.bottom(); ++row) {
            for (int column = covered.left(); column <= covered.right(); ++column) {
                cells.push_back(static_cast<std::uint32_t>(row * gridColumns + column));
                nodes.push_back(static_cast<std::uint32_t>(node));
            }
        }
    }
    std::vector<std::uint32_t> order;
    indexEdges(cells, static_cast<std::size_t>(gridColumns) * static_cast<std::size_t>(gridRows), gridStart, order);
    gridNode.clear();
    gridNode.reserve(order.size());
    for (const std::uint32_t at : order)
        gridNode.push_back(nodes[at]);
}

QRect GraphScene::cellsOf(const QRectF& area) const
{
    const auto index = [this](double at, int most) {
        return static_cast<int>(std::clamp(std::floor(at / cell), 0.0, static_cast<double>(most - 1)));
    };
    const QPoint first(index(area.left() - bounds.left(), gridColumns), index(area.top() - bounds.top(), gridRows));
    const QPoint last(index(area.right() - bounds.left(), gridColumns), index(area.bottom() - bounds.top(), gridRows));
    return { first, last };
}

int GraphScene::nodeAt(QPointF point) const
{
    if (nodeCount() == 0 || !QRectF(bounds).contains(point))
        return none;
    const QPoint at = cellsOf(QRectF(point, QSizeF(0, 0))).topLeft();
    const auto index = static_cast<std::size_t>(at.y() * gridColumns + at.x());
    int found = none;
    for (std::uint32_t entry = gridStart[index]; entry < gridStart[index + 1]; ++entry) {
        const int node = static_cast<int>(gridNode[entry]);
        if (QRectF(rect(node)).contains(point))
            found = std::max(found, node);
    }
    return found;
}

std::vector<int> GraphScene::nodesIn(const QRectF& area) const
{
    std::vector<int> found;
    if (nodeCount() == 0 || !QRectF(bounds).intersects(area))
        return found;
    if (area.contains(QRectF(bounds))) {
        found.resize(x.size());
        std::iota(found.begin(), found.end(), 0);
        return found;
    }
    const QRect covered = cellsOf(area);
    for (int row = covered.top(); row <= covered.bottom(); ++row) {
        for (int column = covered.left(); column <= covered.right(); ++column) {
            const auto index = static_cast<std::size_t>(row * gridColumns + column);
            for (std::uint32_t entry = gridStart[index]; entry < gridStart[index + 1]; ++entry) {
                const int node = static_cast<int>(gridNode[entry]);
                if (area.intersects(QRectF(rect(node))))
                    found.push_back(node);
            }
        }
    }
    std::ranges::sort(found);
    const auto repeated = std::ranges::unique(found);
    found.erase(repeated.begin(), repeated.end());
    return found;
}

std::vector<QPoint> GraphScene::route(int edge) const
{
    const auto at = static_cast<std::size_t>(edge);
    const QRect source = rect(static_cast<int>(from[at]));
    const QRect target = rect(static_cast<int>(to[at]));
    std::vector<QPoint> points;
    const int sourceY = source.center().y();
    const int targetY = target.center().y();
    const bool isLevel = source.left() == target.left(); // the same column: beside it, on the right
    const bool isForward = source.left() <= target.left();
    points.emplace_back(isForward ? source.right() + 1 : source.left(), sourceY);
    points.insert(points.end(), bends.begin() + bendStart[at], bends.begin() + bendStart[at + 1]);
    points.emplace_back(isLevel || !isForward ? target.right() + 1 : target.left(), targetY);
    return points;
}

} // namespace plimsoll::ui::widget::graph
