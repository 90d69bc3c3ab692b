// SPDX-License-Identifier: Apache-2.0
#include "ui/model/GraphTables.h"

#include <array>

#include <QCoreApplication>

#include "ui/model/Text.h"

namespace plimsoll::ui::model {

namespace {

using attack::EntityGraph;
using attack::Neighbourhood;

QString tr(const char* source)
{
    return QCoreApplication::translate("Graph", source);
}

QVariant countText(int count)
{
    return count == 0 ? QString() : QString::number(count);
}

constexpr std::array<TableColumn<GraphObjectRow>, 5> objectColumns { {
    { QT_TRANSLATE_NOOP("Graph", "Name"), QT_TRANSLATE_NOOP("Graph", "Name of the object"),
        [](const GraphObjectRow& row) -> QVariant { return row.name; },
        [](const GraphObjectRow& row) { return std::pair<qint64, QString>(0, row.name); } },
    { QT_TRANSLATE_NOOP("Graph", "Kind"), QT_TRANSLATE_NOOP("Graph", "Kind of the object"),
        [](const GraphObjectRow& row) -> QVariant { return row.kind; },
        [](const GraphObjectRow& row) { return std::pair<qint64, QString>(0, row.kind); } },
    { QT_TRANSLATE_NOOP("Graph", "Namespace"), QT_TRANSLATE_NOOP("Graph", "Namespace of the object"),
        [](const GraphObjectRow& row) -> QVariant { return row.ns; },
        [](const GraphObjectRow& row) { return std::pair<qint64, QString>(0, row.ns); },
        Qt::AlignLeft | Qt::AlignVCenter, true },
    { QT_TRANSLATE_NOOP("Graph", "Links"), QT_TRANSLATE_NOOP("Graph", "Connections to what is shown"),
        [](const GraphObjectRow& row) -> QVariant { return countText(row.links); },
        [](const GraphObjectRow& row) { return std::pair<qint64, QString>(row.links, row.name); },
        Qt::AlignRight | Qt::AlignVCenter },
    { QT_TRANSLATE_NOOP("Graph", "Note"), QT_TRANSLATE_NOOP("Graph", "What else is to be known"),
        [](const GraphObjectRow& row) -> QVariant { return row.note; },
        [](const GraphObjectRow& row) { return std::pair<qint64, QString>(0, row.note); },
        Qt::AlignLeft | Qt::AlignVCenter, true },
} };

constexpr std::array<TableColumn<GraphLinkRow>, 3> linkColumns { {
    { QT_TRANSLATE_NOOP("Graph", "From"), QT_TRANSLATE_NOOP("Graph", "The object that says so"),
        [](const GraphLinkRow& row) -> QVariant { return row.from; },
        [](const GraphLinkRow& row) { return std::pair<qint64, QString>(0, row.from); } },
    { QT_TRANSLATE_NOOP("Graph", "Relation"), QT_TRANSLATE_NOOP("Graph", "What it says"),
        [](const GraphLinkRow& row) -> QVariant { return row.relation; },
        [](const GraphLinkRow& row) { return std::pair<qint64, QString>(0, row.relation); },
        Qt::AlignLeft | Qt::AlignVCenter, true },
    { QT_TRANSLATE_NOOP("Graph", "To"), QT_TRANSLATE_NOOP("Graph", "The object it says it about"),
        [](const GraphLinkRow& row) -> QVariant { return row.to; },
        [](const GraphLinkRow& row) { return std::pair<qint64, QString>(0, row.to); } },
} };

QString noteOf(const EntityGraph& graph, const Neighbourhood::Node& node)
{
    if (node.isGroup())
        return {};
    QStringList notes;
    if (node.isFocus)
        notes += tr("focus");
    if (graph.vertex(node.vertex).isMissing)
        notes += tr("not in the source");
    if (node.more > 0 && graph.vertex(node.vertex).kind != attack::EntityKind::Namespace)
        notes += tr("%1 more around it").arg(node.more);
    return notes.join(QStringLiteral(", "));
}

} // namespace

QString graphName(const EntityGraph& graph, const Neighbourhood::Node& node)
{
    if (node.isGroup()) {
        const QString kind
            = text(node.count == 1 ? attack::toText(node.group.kind) : attack::toPlural(node.group.kind));
        const bool isRest = !node.group.of.isNone() && node.group.kind != attack::EntityKind::Pod;
        return (isRest ? QStringLiteral("+%1 %2") : QStringLiteral("%1 %2")).arg(node.count).arg(kind);
    }
    const attack::Vertex& vertex = graph.vertex(node.vertex);
    if (vertex.kind == attack::EntityKind::Image) // what tells images apart stands at the end
        return lineText(vertex.name.substr(vertex.name.rfind('/') + 1));
    return lineText(vertex.name);
}

QString graphCaption(const EntityGraph& graph, const Neighbourhood::Node& node)
{
    if (node.isGroup())
        return tr("double-click to show");
    const attack::Vertex& vertex = graph.vertex(node.vertex);
    QString caption = lineText(vertex.kindName);
    if (!vertex.ns.empty())
        caption += QStringLiteral(" · ") + lineText(vertex.ns);
    if (vertex.kind == attack::EntityKind::Image && vertex.name.find('/') != vertex.name.npos)
        caption += QStringLiteral(" · ") + lineText(vertex.name.substr(0, vertex.name.rfind('/')));
    if (vertex.isMissing && vertex.kind != attack::EntityKind::Namespace)
        caption = tr("%1 · not in the source").arg(lineText(vertex.kindName));
    return caption;
}

QString graphTitle(const EntityGraph& graph, const Neighbourhood::Node& node)
{
    return node.isGroup() ? graphName(graph, node) : lineText(graph.titleOf(node.vertex));
}

QString relationsText(std::uint32_t relations)
{
    QStringList texts;
    for (std::size_t relation = 0; relation < attack::relationCount; ++relation) {
        if ((relations >> relation & 1u) != 0)
            texts += text(attack::toText(static_cast<attack::Relation>(relation)));
    }
    return texts.join(QStringLiteral(", "));
}

std::vector<GraphObjectRow> graphObjectRows(
    const EntityGraph& graph, const Neighbourhood& view, std::span<const std::uint8_t> severity)
{
    std::vector<int> links(view.nodes.size(), 0);
    for (const Neighbourhood::Link& link : view.links) {
        ++links[link.from];
        ++links[link.to];
    }
    std::vector<GraphObjectRow> rows;
    for (std::size_t at = 0; at < view.nodes.size(); ++at) {
        const Neighbourhood::Node& node = view.nodes[at];
        GraphObjectRow row;
        row.node = static_cast<int>(at);
        row.name = graphName(graph, node);
        row.links = links[at];
        row.note = noteOf(graph, node);
        if (node.isGroup()) {
            row.kind = text(attack::toText(node.group.kind));
        } else {
            row.name = lineText(graph.vertex(node.vertex).name);
            row.kind = lineText(graph.vertex(node.vertex).kindName);
            row.ns = lineText(graph.vertex(node.vertex).ns);
            if (node.vertex.index < severity.size())
                row.severity = severity[node.vertex.index];
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

std::vector<GraphLinkRow> graphLinkRows(const EntityGraph& graph, const Neighbourhood& view)
{
    std::vector<GraphLinkRow> rows;
    for (const Neighbourhood::Link& link : view.links) {
        GraphLinkRow row;
        row.fromNode = static_cast<int>(link.from);
        row.toNode = static_cast<int>(link.to);
        row.from = graphTitle(graph, view.nodes[link.from]);
        row.to = graphTitle(graph, view.nodes[link.to]);
        row.relation = relationsText(link.relations);
        row.count = static_cast<int>(link.count);
        if (row.count > 1 && view.isOverview)
            row.relation += QStringLiteral(" (×%1)").arg(row.count);
        rows.push_back(std::move(row));
    }
    return rows;
}

GraphObjectsModel::GraphObjectsModel(QObject* parent)
    : TableModel("Graph", objectColumns, parent)
{
}

QVariant GraphObjectsModel::severityOf(const GraphObjectRow& row) const
{
    return row.severity < noSeverity ? QVariant(row.severity) : QVariant();
}

GraphLinksModel::GraphLinksModel(QObject* parent)
    : TableModel("Graph", linkColumns, parent)
{
}

} // namespace plimsoll::ui::model
