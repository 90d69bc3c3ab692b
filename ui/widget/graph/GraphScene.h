// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <QPoint>
#include <QRect>
#include <QRectF>
#include <QString>

// What the canvas draws: a finished picture as arrays, made in a worker, immutable from then on.
namespace plimsoll::ui::widget::graph {

struct KindLook {
    QString name; // "ServiceAccounts", for the legend
    const char* icon = ""; // path of paintIcon(), in a square of 16
    int hue = 0; // of QColor::fromHsl; severities keep red to yellow for themselves
    int saturation = 0;
};

// Shape: nodes and edges are indices into the arrays; finish() derives the rest from x ... bends.
struct GraphScene {
    enum Flag : std::uint8_t { Focus = 1, Group = 2, Hub = 4, Missing = 8 };
    static constexpr int none = -1;
    static constexpr std::uint8_t noSeverity = 5;

    std::vector<KindLook> kinds;

    std::vector<int> x, y, width, height;
    std::vector<std::uint8_t> kind;
    std::vector<std::uint8_t> severity; // 0 critical ... 4 info, noSeverity
    std::vector<std::uint8_t> flags;
    std::vector<QString> title; // plain text
    std::vector<QString> caption; // second line: kind and namespace
    std::vector<QString> badge; // "+3", or empty

    std::vector<std::uint32_t> from, to;
    std::vector<QString> label; // "mounts Secret"
    std::vector<std::uint32_t> bendStart; // edgeCount + 1
    std::vector<QPoint> bends;
    std::vector<std::uint8_t> stroke; // by edge: 0 solid, 1 dashed, 2 dotted; empty = all solid

    // Derived by finish().
    std::vector<std::uint32_t> outStart, outEdge, inStart, inEdge;
    QRect bounds;
    int cell = 256; // of the grid, in scene units
    int gridColumns = 0, gridRows = 0;
    std::vector<std::uint32_t> gridStart, gridNode;

    int nodeCount() const { return static_cast<int>(x.size()); }
    int edgeCount() const { return static_cast<int>(from.size()); }
    bool has(int node, Flag flag) const { return (flags[static_cast<std::size_t>(node)] & flag) != 0; }
    QRect rect(int node) const
    {
        const auto at = static_cast<std::size_t>(node);
        return { x[at], y[at], width[at], height[at] };
    }
    std::span<const std::uint32_t> edgesFrom(int node) const { return slice(outStart, outEdge, node); }
    std::span<const std::uint32_t> edgesTo(int node) const { return slice(inStart, inEdge, node); }
    bool isHubEdge(int edge) const
    {
        const auto at = static_cast<std::size_t>(edge);
        return has(static_cast<int>(from[at]), Hub) || has(static_cast<int>(to[at]), Hub);
    }
    // The points an edge runs through, ends included.
    std::vector<QPoint> route(int edge) const;

    // The node at a point, none between them. Of several (they do not overlap in our layouts) the last.
    int nodeAt(QPointF point) const;
    // Nodes that touch a rectangle, in order, each once.
    std::vector<int> nodesIn(const QRectF& area) const;

    void addNode(const QRect& place, std::uint8_t nodeKind, std::uint8_t nodeSeverity, std::uint8_t nodeFlags,
        QString nodeTitle, QString nodeCaption, QString nodeBadge = {});
    void addEdge(std::uint32_t source, std::uint32_t target, QString edgeLabel, std::span<const QPoint> via = {});
    void finish();

private:
    static std::span<const std::uint32_t> slice(
        const std::vector<std::uint32_t>& start, const std::vector<std::uint32_t>& items, int node)
    {
        const auto at = static_cast<std::size_t>(node);
        return std::span(items).subspan(start[at], start[at + 1] - start[at]);
    }
    QRect cellsOf(const QRectF& area) const; // columns and rows of the grid, clipped to it
};

} // namespace plimsoll::ui::widget::graph
