// SPDX-License-Identifier: Apache-2.0
#include "ui/view/paths/PathsPicture.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

#include <QCoreApplication>

#include "ui/model/Text.h"
#include "ui/view/paths/GraphPicture.h"
#include "ui/widget/graph/Layout.h"

namespace plimsoll::ui::view {

using attack::EntityKind;
using widget::graph::GraphScene;
using widget::graph::Layout;

namespace {

constexpr int placeWidth = 186;
constexpr int placeHeight = 42;
constexpr std::array rowChoices { 9, 12, 16, 22, 30 };
// As for the other graph: the split that lets the picture be largest in a window of this size is taken.
constexpr double wantedWidth = 1100;
constexpr double wantedHeight = 560;

const char* const globe = "O8 8 6.200M1.800 8L14.200 8M8 1.800C5 5 5 11 8 14.200M8 1.800C11 5 11 11 8 14.200";
const char* const flag = "M3.500 14.500L3.500 2L12.500 2L10.500 5L12.500 8L3.500 8";
const char* const warning = "M8 2L14.500 13.500L1.500 13.500ZM8 6.500L8 9.500M8 11.300L8 11.700";
const char* const cloud
    = "M4.500 12.500C1 12.500 1 8 4.300 8C4.300 3.500 11 3 11.300 7.300C15 7.300 15 12.500 11.500 12.500Z";
const char* const stack = "R2 2.500 12 3R2 6.500 12 3R2 10.500 12 3";

struct PlaceLook {
    const char* icon; // nullptr = that of a kind of entity
    EntityKind like;
    int hue, saturation;
};

// By PlaceKind. Goals are the only ones that are red.
constexpr int kindCount = static_cast<int>(attack::placeKindCount);
const std::array<PlaceLook, attack::placeKindCount>& placeTable()
{
    static const std::array<PlaceLook, attack::placeKindCount> table { {
        { globe, EntityKind::Ingress, 24, 190 },
        { nullptr, EntityKind::User, 262, 150 },
        { nullptr, EntityKind::Group, 262, 150 },
        { nullptr, EntityKind::ServiceAccount, 262, 150 },
        { nullptr, EntityKind::Binding, 316, 120 },
        { nullptr, EntityKind::Role, 316, 120 },
        { nullptr, EntityKind::Role, 316, 60 },
        { nullptr, EntityKind::Service, 178, 150 },
        { warning, EntityKind::Service, 38, 190 },
        { stack, EntityKind::Service, 214, 60 },
        { stack, EntityKind::Service, 262, 60 },
        { stack, EntityKind::Service, 132, 60 },
        { stack, EntityKind::Service, 132, 60 },
        { stack, EntityKind::Service, 132, 60 },
        { stack, EntityKind::Service, 262, 60 },
        { stack, EntityKind::Service, 210, 38 },
        { nullptr, EntityKind::Workload, 214, 190 },
        { nullptr, EntityKind::Pod, 214, 190 },
        { nullptr, EntityKind::Ingress, 178, 150 },
        { nullptr, EntityKind::Node, 210, 60 },
        { nullptr, EntityKind::ServiceAccount, 210, 60 },
        { nullptr, EntityKind::Secret, 132, 110 },
        { nullptr, EntityKind::VolumeClaim, 132, 110 },
        { nullptr, EntityKind::Image, 210, 38 },
        { cloud, EntityKind::Image, 196, 150 },
        { flag, EntityKind::Image, 356, 180 },
    } };
    return table;
}

Layout bestLayout(const model::PathPicture& picture)
{
    std::vector<widget::graph::LayoutNode> nodes;
    std::vector<widget::graph::LayoutEdge> edges;
    std::map<int, int> inColumn;
    int longest = 0;
    for (const model::PathNode& node : picture.nodes) {
        nodes.push_back({ node.column, placeWidth, placeHeight });
        longest = std::max(longest, ++inColumn[node.column]);
    }
    for (const model::PathEdge& edge : picture.edges)
        edges.push_back({ edge.from, edge.to });
    Layout best;
    double bestScale = -1;
    for (const int rows : rowChoices) {
        widget::graph::LayoutOptions options;
        options.maxRows = rows;
        options.columnGap = 48;
        Layout layout = widget::graph::layOut(nodes, edges, options);
        const double scale
            = std::min(wantedWidth / std::max(1, layout.width), wantedHeight / std::max(1, layout.height));
        if (scale > bestScale) {
            bestScale = scale;
            best = std::move(layout);
        }
        if (rows >= longest)
            break;
    }
    return best;
}

// Namespaces stand in a block, those with most starts first; what leads in is left of it, what it leads to right.
// Their connections are drawn on demand: all of them at once say nothing.
Layout blockLayout(const model::PathPicture& picture)
{
    Layout layout;
    layout.positions.resize(picture.nodes.size());
    layout.bends.resize(picture.edges.size());
    std::vector<std::uint32_t> boxes;
    for (std::uint32_t node = 0; node < picture.nodes.size(); ++node) {
        if (!picture.nodes[node].area.isEmpty())
            boxes.push_back(node);
    }
    std::ranges::stable_sort(
        boxes, std::greater {}, [&](std::uint32_t node) { return picture.nodes[node].badge.toUInt(); });
    const int perRow = std::clamp(static_cast<int>(std::sqrt(static_cast<double>(boxes.size()) * 0.6)), 1, 8);
    constexpr int stepX = placeWidth + 16, stepY = placeHeight + 16;
    const auto count = static_cast<int>(boxes.size());
    for (int at = 0; at < count; ++at) {
        layout.positions[boxes[static_cast<std::size_t>(at)]]
            = { placeWidth + 80 + at % perRow * stepX, at / perRow * stepY };
    }
    const int right = placeWidth + 80 + perRow * stepX + 64;
    int leftY = 0, rightY = 0;
    for (std::uint32_t node = 0; node < picture.nodes.size(); ++node) {
        if (!picture.nodes[node].area.isEmpty())
            continue;
        int& y = picture.nodes[node].column == 0 ? leftY : rightY;
        layout.positions[node] = { picture.nodes[node].column == 0 ? 0 : right, y };
        y += stepY;
    }
    return layout;
}

QString noteOf(const model::PathNode& node, const PathMarks& marks)
{
    const auto note = node.isFolded() ? marks.notes.end() : marks.notes.find(node.places.front());
    return note == marks.notes.end() ? QString() : note->second;
}

} // namespace

std::vector<widget::graph::KindLook> placeLooks()
{
    const std::vector<widget::graph::KindLook> entities = kindLooks();
    std::vector<widget::graph::KindLook> all;
    for (int kind = 0; kind < kindCount; ++kind) {
        const PlaceLook& look = placeTable()[static_cast<std::size_t>(kind)];
        all.push_back({ model::text(attack::toPlural(static_cast<attack::PlaceKind>(kind))),
            look.icon ? look.icon : entities[static_cast<std::size_t>(look.like)].icon, look.hue, look.saturation });
    }
    return all;
}

std::shared_ptr<const GraphScene> sceneOf(const model::PathPicture& picture, const PathMarks& marks)
{
    auto scene = std::make_shared<GraphScene>();
    scene->kinds = placeLooks();
    const bool isBlock = std::ranges::any_of(picture.nodes, [](const auto& node) { return !node.area.isEmpty(); });
    const Layout layout = isBlock ? blockLayout(picture) : bestLayout(picture);
    for (std::size_t at = 0; at < picture.nodes.size(); ++at) {
        const model::PathNode& node = picture.nodes[at];
        unsigned flags = 0;
        if (node.isStart || node.isEnd)
            flags |= GraphScene::Focus;
        if (node.isFolded() && node.area.isEmpty())
            flags |= GraphScene::Group;
        if (isBlock)
            flags |= GraphScene::Hub;
        QString badge = node.badge;
        const QString note = noteOf(node, marks);
        if (!note.isEmpty())
            badge = QCoreApplication::translate("Paths", "note");
        else if (!node.isFolded() && marks.pinned.contains(node.places.front()))
            badge = QCoreApplication::translate("Paths", "pinned");
        scene->addNode({ layout.positions[at].x, layout.positions[at].y, placeWidth, placeHeight },
            static_cast<std::uint8_t>(node.kind), GraphScene::noSeverity, static_cast<std::uint8_t>(flags), node.title,
            note.isEmpty() ? node.caption : note, badge);
    }
    for (std::size_t at = 0; at < picture.edges.size(); ++at) {
        std::vector<QPoint> bends;
        for (const widget::graph::LayoutPoint& bend : layout.bends[at])
            bends.emplace_back(bend.x, bend.y);
        const model::PathEdge& edge = picture.edges[at];
        scene->addEdge(edge.from, edge.to, edge.label, bends);
        scene->stroke.push_back(static_cast<std::uint8_t>(edge.certainty));
    }
    scene->finish();
    return scene;
}

model::ExportGraph exportOf(
    const attack::AttackGraph& graph, const model::PathPicture& picture, const PathMarks& marks, const QString& title)
{
    model::ExportGraph out;
    out.title = title;
    for (const model::PathNode& node : picture.nodes) {
        const attack::Place& place = graph.place(node.places.front());
        out.nodes.push_back({ .id = node.isFolded() ? node.title : model::lineText(graph.refOf(node.places.front())),
            .title = node.title,
            .kind = model::text(attack::toText(node.kind)),
            .ns = node.isFolded() ? node.area : model::lineText(place.ns),
            .note = noteOf(node, marks),
            .count = static_cast<int>(node.places.size()) });
    }
    for (const model::PathEdge& edge : picture.edges) {
        out.edges.push_back({ .from = static_cast<int>(edge.from),
            .to = static_cast<int>(edge.to),
            .label = edge.label,
            .technique = model::text(attack::textOf(graph.step(edge.step).technique).id),
            .certainty = model::certaintyText(edge.certainty) });
    }
    return out;
}

} // namespace plimsoll::ui::view
