// SPDX-License-Identifier: Apache-2.0
#include "ui/view/paths/GraphPicture.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include <QBuffer>
#include <QCoreApplication>
#include <QPainter>
#include <QSvgGenerator>

#include "ui/model/GraphTables.h"
#include "ui/model/Text.h"
#include "ui/widget/Theme.h"
#include "ui/widget/graph/GraphPainter.h"
#include "ui/widget/graph/Layout.h"

namespace plimsoll::ui::view {

namespace {

using attack::EntityGraph;
using attack::EntityKind;
using attack::Neighbourhood;
using widget::graph::GraphScene;
using widget::graph::Layout;

constexpr int cardWidth = 208;
constexpr int cardHeight = 42;
constexpr int looseGap = 14; // between cards that nothing links
constexpr int looseMargin = 44; // above them
constexpr int exportMargin = 24;
constexpr double mostPixels = 120e6;
// The window that a picture is made for: the split of long columns that lets it be largest there is taken. Fixed,
// so that a picture does not depend on the window of the day.
constexpr double referenceWidth = 1000;
constexpr double referenceHeight = 600;
constexpr std::array columnLengths { 8, 10, 12, 15, 19, 24, 30 };

struct Look {
    int column;
    int hue;
    int saturation;
    const char* icon;
};

// By EntityKind. One hue for a family: traffic, workloads, identities, rights, data; grey for infrastructure.
constexpr std::array<Look, attack::entityKindCount> looks { {
    { 0, 178, 150, "M2 8L9 8M6 5L9 8L6 11M12 2.500L12 13.500" }, // Ingress
    { 1, 178, 150, "O8 8 2.500M8 5.500L8 2M10.200 9.200L13.300 11M5.800 9.200L2.700 11" }, // Service
    { 1, 178, 150,
        "M8 1.500L13.500 3.500L13.500 8C13.500 11.500 11 13.500 8 14.500C5 13.500 2.500 11.500 2.500 8L2.500 3.500Z" },
    { 2, 214, 190, "R2 2 7 7M11.500 5.500L14 5.500L14 14L5.500 14L5.500 11.500" }, // Workload
    { 3, 214, 190, "M8 1.500L13.600 4.700L13.600 11.300L8 14.500L2.400 11.300L2.400 4.700Z" }, // Pod
    { 3, 262, 150,
        "R2 2 12 12O8 6.500 1.900M4.800 12C5.200 9.900 6.400 9.500 8 9.500C9.600 9.500 10.800 9.900 11.200 12" },
    { 3, 262, 150, "O8 5 3M2.500 14C3 10.500 5 9.700 8 9.700C11 9.700 13 10.500 13.500 14" }, // User
    { 4, 262, 150,
        "O5.500 5.500 2.400M1.200 13.500C1.600 10.500 3.200 9.800 5.500 9.800C7.800 9.800 9.400 10.500 9.800 "
        "13.500M10.300 3.300C12.600 3 13.600 6.500 11.300 7.700M12 10C13.700 10.300 14.500 11.300 14.800 13.500" },
    { 3, 132, 110, "R3 7 10 7M5 7L5 5C5 1 11 1 11 5L11 7M8 10L8 11.500" }, // Secret
    { 3, 132, 110, "M2 4.500L14 4.500M2 11.500L14 11.500O10.500 4.500 1.700O5.500 11.500 1.700" }, // ConfigMap
    { 3, 132, 110,
        "M2.500 4C2.500 1.500 13.500 1.500 13.500 4C13.500 6.500 2.500 6.500 2.500 4ZM2.500 4L2.500 12C2.500 14.500 "
        "13.500 14.500 13.500 12L13.500 4" },
    { 3, 210, 38, "M8 1.800L14 5L8 8.200L2 5ZM2 8L8 11.200L14 8M2 11L8 14.200L14 11" }, // Image
    { 4, 210, 38, "R2 2.500 12 4.800R2 8.700 12 4.800M4.800 4.900L4.900 4.900M4.800 11.100L4.900 11.100" }, // Node
    { 5, 316, 120,
        "M6.800 9.200C5.300 7.700 5.300 6.600 6.600 5.300L8.800 3.100C11.200 1 15 4.600 12.900 7L11.600 8.300M9.200 "
        "6.800C10.700 8.300 10.700 9.400 9.400 10.700L7.200 12.900C4.800 15 1 11.400 3.100 9L4.400 7.700" },
    { 6, 316, 120, "O8 6 4.300M5.400 9.600L4.300 14.500L8 12.600L11.700 14.500L10.600 9.600" }, // Role
    { 2, 214, 60, "R1.800 1.800 5 5R9.200 1.800 5 5R1.800 9.200 5 5R9.200 9.200 5 5" }, // Namespace
} };

EntityKind kindOf(const EntityGraph& graph, const Neighbourhood::Node& node)
{
    return node.isGroup() ? node.group.kind : graph.vertex(node.vertex).kind;
}

int columnOf(EntityKind kind, bool isOverview)
{
    const bool isSubject = kind == EntityKind::User || kind == EntityKind::Group;
    return isOverview && isSubject ? looks[static_cast<std::size_t>(EntityKind::Service)].column
                                   : looks[static_cast<std::size_t>(kind)].column;
}

double scaleOf(int width, int height)
{
    return std::min(referenceWidth / std::max(1, width), referenceHeight / std::max(1, height));
}

// What has links goes into columns; what has none in rows below, in the order of the nodes.
struct Parts {
    std::vector<widget::graph::LayoutNode> nodes;
    std::vector<widget::graph::LayoutEdge> edges;
    std::vector<std::uint32_t> linked, loose; // nodes of the neighbourhood
    int longestColumn = 0;
};

Parts partsOf(const EntityGraph& graph, const Neighbourhood& view)
{
    std::vector<bool> hasLink(view.nodes.size(), false);
    for (const Neighbourhood::Link& link : view.links)
        hasLink[link.from] = hasLink[link.to] = true;
    Parts parts;
    std::vector<std::uint32_t> newIndex(view.nodes.size(), 0);
    std::map<int, int> inColumn;
    for (std::uint32_t at = 0; at < view.nodes.size(); ++at) {
        if (!hasLink[at]) {
            parts.loose.push_back(at);
            continue;
        }
        newIndex[at] = static_cast<std::uint32_t>(parts.linked.size());
        parts.linked.push_back(at);
        const int column = columnOf(kindOf(graph, view.nodes[at]), view.isOverview);
        parts.nodes.push_back({ column, cardWidth, cardHeight });
        parts.longestColumn = std::max(parts.longestColumn, ++inColumn[column]);
    }
    for (const Neighbourhood::Link& link : view.links) {
        // Links of hubs are drawn on demand only: they shall not bend the rest. A loop keeps indices equal.
        const bool isHub = view.nodes[link.from].isHub || view.nodes[link.to].isHub;
        parts.edges.push_back({ newIndex[link.from], newIndex[isHub ? link.from : link.to] });
    }
    return parts;
}

// Adds the rows of loose cards below a layout of the linked ones.
Layout withLoose(const Layout& linked, const Parts& parts, std::size_t nodeCount)
{
    Layout all = linked;
    all.positions.assign(nodeCount, {});
    for (std::size_t at = 0; at < parts.linked.size(); ++at)
        all.positions[parts.linked[at]] = linked.positions[at];
    if (parts.loose.empty())
        return all;
    const int step = cardWidth + looseGap;
    const auto count = static_cast<int>(parts.loose.size());
    const int room = std::max(linked.width + looseGap, static_cast<int>(std::sqrt(count * 0.5) + 1) * step);
    const int perRow = std::clamp(room / step, 1, count);
    const int top = linked.height == 0 ? 0 : linked.height + looseMargin;
    for (int at = 0; at < count; ++at) {
        all.positions[parts.loose[static_cast<std::size_t>(at)]]
            = { at % perRow * step, top + at / perRow * (cardHeight + looseGap) };
    }
    all.width = std::max(all.width, perRow * step - looseGap);
    all.height = top + ((count - 1) / perRow + 1) * (cardHeight + looseGap) - looseGap;
    return all;
}

// The layout with the column length that lets the picture be largest.
Layout bestLayout(const EntityGraph& graph, const Neighbourhood& view)
{
    const Parts parts = partsOf(graph, view);
    Layout best;
    double bestScale = -1;
    for (const int rows : columnLengths) {
        widget::graph::LayoutOptions options;
        options.maxRows = rows;
        Layout layout = withLoose(widget::graph::layOut(parts.nodes, parts.edges, options), parts, view.nodes.size());
        const double scale = scaleOf(layout.width, layout.height);
        if (scale > bestScale) {
            bestScale = scale;
            best = std::move(layout);
        }
        if (rows >= parts.longestColumn)
            break;
    }
    if (best.bends.empty())
        best.bends.resize(view.links.size());
    return best;
}

QString badgeOf(const EntityGraph& graph, const Neighbourhood::Node& node, int links)
{
    if (node.isGroup())
        return {};
    if (node.isHub)
        return QCoreApplication::translate("Graph", "%1 links").arg(links);
    const bool isNamespace = graph.vertex(node.vertex).kind == EntityKind::Namespace;
    if (node.more == 0)
        return {};
    return isNamespace ? QString::number(node.more) : QStringLiteral("+%1").arg(node.more);
}

std::uint8_t flagsOf(const EntityGraph& graph, const Neighbourhood::Node& node)
{
    unsigned flags = 0;
    if (node.isFocus)
        flags |= GraphScene::Focus;
    if (node.isGroup())
        flags |= GraphScene::Group;
    if (node.isHub)
        flags |= GraphScene::Hub;
    const bool isMissing = !node.isGroup() && graph.vertex(node.vertex).isMissing;
    if (isMissing && kindOf(graph, node) != EntityKind::Namespace)
        flags |= GraphScene::Missing;
    return static_cast<std::uint8_t>(flags);
}

} // namespace

std::vector<std::uint8_t> worstSeverities(const EntityGraph& graph, const assess::Assessment& assessment)
{
    std::vector<std::uint8_t> worst(graph.vertices().size(), model::noSeverity);
    for (const assess::Finding& finding : assessment.findings) {
        if (const attack::VertexId id = graph.find(finding.object))
            worst[id.index] = std::min(worst[id.index], static_cast<std::uint8_t>(finding.severity));
    }
    for (const attack::VertexId ns : graph.ofKind(EntityKind::Namespace)) {
        for (const attack::Arc& arc : graph.out(ns))
            worst[ns.index] = std::min(worst[ns.index], worst[arc.to.index]);
    }
    return worst;
}

attack::VertexId worstWorkload(const EntityGraph& graph, const assess::Assessment& assessment)
{
    using Counts = std::array<std::uint32_t, 5>;
    std::map<attack::VertexId, Counts> byWorkload;
    for (const assess::Finding& finding : assessment.findings) {
        const attack::VertexId id = graph.find(finding.object);
        if (id && graph.vertex(id).kind == EntityKind::Workload)
            ++byWorkload.try_emplace(id, Counts {}).first->second[static_cast<std::size_t>(finding.severity)];
    }
    const auto worst = std::ranges::max_element(byWorkload, {}, [](const auto& entry) { return entry.second; });
    return worst == byWorkload.end() ? attack::VertexId::none() : worst->first;
}

std::vector<widget::graph::KindLook> kindLooks()
{
    std::vector<widget::graph::KindLook> all;
    for (std::size_t kind = 0; kind < looks.size(); ++kind) {
        all.push_back({ model::text(attack::toPlural(static_cast<EntityKind>(kind))), looks[kind].icon, looks[kind].hue,
            looks[kind].saturation });
    }
    return all;
}

std::shared_ptr<const GraphScene> pictureOf(
    const EntityGraph& graph, const Neighbourhood& view, std::span<const std::uint8_t> severity)
{
    auto scene = std::make_shared<GraphScene>();
    scene->kinds = kindLooks();
    const Layout layout = bestLayout(graph, view);
    std::vector<int> links(view.nodes.size(), 0);
    for (const Neighbourhood::Link& link : view.links) {
        ++links[link.from];
        ++links[link.to];
    }
    for (std::size_t at = 0; at < view.nodes.size(); ++at) {
        const Neighbourhood::Node& node = view.nodes[at];
        const widget::graph::LayoutPoint corner = layout.positions[at];
        const bool isRated = !node.isGroup() && node.vertex.index < severity.size();
        scene->addNode({ corner.x, corner.y, cardWidth, cardHeight }, static_cast<std::uint8_t>(kindOf(graph, node)),
            isRated ? severity[node.vertex.index] : model::noSeverity, flagsOf(graph, node),
            model::graphName(graph, node), model::graphCaption(graph, node), badgeOf(graph, node, links[at]));
    }
    for (std::size_t at = 0; at < view.links.size(); ++at) {
        std::vector<QPoint> bends;
        for (const widget::graph::LayoutPoint& bend : layout.bends[at])
            bends.emplace_back(bend.x, bend.y);
        const Neighbourhood::Link& link = view.links[at];
        QString label = model::relationsText(link.relations);
        if (view.isOverview)
            label = QCoreApplication::translate("Graph", "%1 × %2").arg(link.count).arg(label);
        scene->addEdge(link.from, link.to, std::move(label), bends);
    }
    scene->finish();
    return scene;
}

QByteArray svgOf(const GraphScene& scene, const QString& title)
{
    QByteArray bytes;
    QBuffer buffer(&bytes);
    const QRect area = scene.bounds.adjusted(-exportMargin, -exportMargin, exportMargin, exportMargin);
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setResolution(96);
    generator.setSize(area.size());
    generator.setViewBox(QRect(QPoint(0, 0), area.size()));
    generator.setTitle(title.toHtmlEscaped());
    QPainter painter(&generator);
    painter.fillRect(QRect(QPoint(0, 0), area.size()), widget::theme().window);
    paintScene(painter, scene, { 1, -QPointF(area.topLeft()) }, QRectF(QPointF(0, 0), QSizeF(area.size())));
    painter.end();
    return bytes;
}

QImage imageOf(const GraphScene& scene, int factor)
{
    const QRect area = scene.bounds.adjusted(-exportMargin, -exportMargin, exportMargin, exportMargin);
    const double units = static_cast<double>(area.width()) * area.height();
    const double scale = std::min(static_cast<double>(factor), std::sqrt(mostPixels / units));
    QImage image((QSizeF(area.size()) * scale).toSize(), QImage::Format_RGB32);
    image.fill(widget::theme().window);
    QPainter painter(&image);
    painter.scale(scale, scale);
    paintScene(painter, scene, { 1, -QPointF(area.topLeft()) }, QRectF(QPointF(0, 0), QSizeF(area.size())));
    return image;
}

} // namespace plimsoll::ui::view
