// SPDX-License-Identifier: Apache-2.0
#include "ui/model/PathsTables.h"

#include "ui/model/TableParts.h"
#include "ui/model/Text.h"

namespace plimsoll::ui::model {

using attack::AttackGraph;

namespace {

using ListRow = PathListRow;
const TableColumn<ListRow> groupColumns[] = {
    number<ListRow, &ListRow::figure>(
        QT_TRANSLATE_NOOP("Paths", "Steps"), QT_TRANSLATE_NOOP("Paths", "Steps of an attacker")),
    words<ListRow, &ListRow::title>(
        QT_TRANSLATE_NOOP("Paths", "Way"), QT_TRANSLATE_NOOP("Paths", "What is done, one after the other")),
    number<ListRow, &ListRow::second>(
        QT_TRANSLATE_NOOP("Paths", "Starts"), QT_TRANSLATE_NOOP("Paths", "Places that have this way")),
    words<ListRow, &ListRow::where>(QT_TRANSLATE_NOOP("Paths", "To"), QT_TRANSLATE_NOOP("Paths", "Where it ends")),
    words<ListRow, &ListRow::note>(
        QT_TRANSLATE_NOOP("Paths", "Certainty"), QT_TRANSLATE_NOOP("Paths", "Of the least sure step"), true),
};
const TableColumn<ListRow> chokeColumns[] = {
    number<ListRow, &ListRow::figure>(QT_TRANSLATE_NOOP("Paths", "Closes"),
        QT_TRANSLATE_NOOP("Paths", "Starts that lose all their ways when this alone is repaired")),
    words<ListRow, &ListRow::title>(QT_TRANSLATE_NOOP("Paths", "Change"), QT_TRANSLATE_NOOP("Paths", "What to repair")),
    number<ListRow, &ListRow::second>(QT_TRANSLATE_NOOP("Paths", "Crossed by"),
        QT_TRANSLATE_NOOP("Paths", "Starts whose shortest way leads through it")),
    words<ListRow, &ListRow::where>(
        QT_TRANSLATE_NOOP("Paths", "Where"), QT_TRANSLATE_NOOP("Paths", "The object to edit"), true),
};
const TableColumn<ListRow> reachedColumns[] = {
    number<ListRow, &ListRow::figure>(QT_TRANSLATE_NOOP("Paths", "Steps"), QT_TRANSLATE_NOOP("Paths", "How far it is")),
    words<ListRow, &ListRow::title>(QT_TRANSLATE_NOOP("Paths", "Name"), QT_TRANSLATE_NOOP("Paths", "The place")),
    words<ListRow, &ListRow::note>(QT_TRANSLATE_NOOP("Paths", "Kind"), QT_TRANSLATE_NOOP("Paths", "What it is"), true),
    words<ListRow, &ListRow::where>(
        QT_TRANSLATE_NOOP("Paths", "Namespace"), QT_TRANSLATE_NOOP("Paths", "Where it is"), true),
};
const TableColumn<ListRow> namespaceColumns[] = {
    number<ListRow, &ListRow::figure>(
        QT_TRANSLATE_NOOP("Paths", "Starts"), QT_TRANSLATE_NOOP("Paths", "Places in it from which a goal is reached")),
    words<ListRow, &ListRow::title>(
        QT_TRANSLATE_NOOP("Paths", "Namespace"), QT_TRANSLATE_NOOP("Paths", "The namespace")),
    words<ListRow, &ListRow::note>(QT_TRANSLATE_NOOP("Paths", "Containers with a way"),
        QT_TRANSLATE_NOOP("Paths", "Of its containers, and how many the outside reaches"), true),
};
const TableColumn<PathStepRow> pathStepColumns[] = {
    number<PathStepRow, &PathStepRow::number>(
        QT_TRANSLATE_NOOP("Paths", "#"), QT_TRANSLATE_NOOP("Paths", "The order of the steps")),
    words<PathStepRow, &PathStepRow::from>(
        QT_TRANSLATE_NOOP("Paths", "From"), QT_TRANSLATE_NOOP("Paths", "Where the step starts")),
    words<PathStepRow, &PathStepRow::title>(
        QT_TRANSLATE_NOOP("Paths", "Step"), QT_TRANSLATE_NOOP("Paths", "What is done")),
    words<PathStepRow, &PathStepRow::to>(
        QT_TRANSLATE_NOOP("Paths", "To"), QT_TRANSLATE_NOOP("Paths", "Where the step leads")),
    words<PathStepRow, &PathStepRow::technique>(
        QT_TRANSLATE_NOOP("Paths", "Technique"), QT_TRANSLATE_NOOP("Paths", "Its number in the catalogue"), true),
    words<PathStepRow, &PathStepRow::certainty>(
        QT_TRANSLATE_NOOP("Paths", "Certainty"), QT_TRANSLATE_NOOP("Paths", "How sure the step is"), true),
};

} // namespace

std::vector<PathListRow> groupRows(const AttackGraph& graph, const PathAnswer& answer)
{
    std::vector<PathListRow> rows;
    for (const PathGroup& group : answer.groups) {
        PathListRow row;
        row.index = static_cast<int>(rows.size());
        row.figure = group.sample.length.steps;
        row.second = static_cast<quint32>(group.starts.size());
        row.title = techniquesText(group.techniques);
        if (group.starts.size() == 1)
            row.title = placeName(graph, group.starts.front()) + QStringLiteral(": ") + row.title;
        row.where = placeName(graph, group.end);
        row.note = certaintyText(group.certainty);
        rows.push_back(std::move(row));
    }
    return rows;
}

std::vector<PathListRow> chokeRows(const AttackGraph& graph, const PathAnswer& answer)
{
    std::vector<PathListRow> rows;
    for (const attack::ChokePoint& point : answer.chokes) {
        const attack::Fact& fact = graph.fact(point.fact);
        PathListRow row;
        row.index = static_cast<int>(rows.size());
        row.figure = point.closed;
        row.second = point.crossing;
        row.title = lineText(fact.fix.empty() ? fact.text : fact.fix);
        row.where = fact.object ? lineText(graph.cluster().refOf(fact.object)) : QString();
        rows.push_back(std::move(row));
    }
    return rows;
}

std::vector<PathListRow> reachedRows(const AttackGraph& graph, const PathAnswer& answer)
{
    std::vector<PathListRow> rows;
    for (std::size_t at = 0; at < answer.reached.size(); ++at) {
        const attack::Place& place = graph.place(answer.reached[at]);
        PathListRow row;
        row.index = static_cast<int>(at);
        row.figure = answer.reachedSteps[at];
        row.title = placeName(graph, answer.reached[at]);
        row.note = text(attack::toText(place.kind));
        row.where = lineText(place.ns);
        rows.push_back(std::move(row));
    }
    return rows;
}

std::vector<PathListRow> namespaceRows(const PathAnswer& answer)
{
    std::vector<PathListRow> rows;
    for (std::size_t at = 0; at < answer.picture.nodes.size(); ++at) {
        const PathNode& node = answer.picture.nodes[at];
        if (node.area.isEmpty())
            continue;
        PathListRow row;
        row.index = static_cast<int>(at);
        row.figure = node.badge.toUInt();
        row.title = node.area;
        row.note = node.caption;
        rows.push_back(std::move(row));
    }
    std::ranges::stable_sort(rows, std::greater {}, &PathListRow::figure);
    return rows;
}

std::vector<PathStepRow> stepRows(const AttackGraph& graph, const attack::Path& path)
{
    std::vector<PathStepRow> rows;
    quint32 count = 0;
    for (const std::uint32_t number : path.steps) {
        const attack::Step& step = graph.step(number);
        const attack::TechniqueText& technique = attack::textOf(step.technique);
        PathStepRow row;
        row.number = ++count;
        row.step = number;
        row.technique = text(technique.id);
        row.title = text(technique.title);
        row.from = placeName(graph, graph.origin(number));
        row.to = placeName(graph, step.to);
        row.certainty = certaintyText(step.certainty);
        rows.push_back(std::move(row));
    }
    return rows;
}

std::vector<GraphObjectRow> pictureObjectRows(const AttackGraph& graph, const PathPicture& picture)
{
    std::vector<int> links(picture.nodes.size(), 0);
    for (const PathEdge& edge : picture.edges) {
        ++links[edge.from];
        ++links[edge.to];
    }
    std::vector<GraphObjectRow> rows;
    for (std::size_t at = 0; at < picture.nodes.size(); ++at) {
        const PathNode& node = picture.nodes[at];
        GraphObjectRow row;
        row.node = static_cast<int>(at);
        row.kind = text(attack::toText(node.kind));
        row.name = node.title;
        row.note = node.caption;
        row.links = links[at];
        if (!node.isFolded())
            row.ns = lineText(graph.place(node.places.front()).ns);
        rows.push_back(std::move(row));
    }
    return rows;
}

std::vector<GraphLinkRow> pictureLinkRows(const PathPicture& picture)
{
    std::vector<GraphLinkRow> rows;
    for (const PathEdge& edge : picture.edges) {
        GraphLinkRow row;
        row.fromNode = static_cast<int>(edge.from);
        row.toNode = static_cast<int>(edge.to);
        row.from = picture.nodes[edge.from].title;
        row.to = picture.nodes[edge.to].title;
        row.relation = edge.label;
        row.count = static_cast<int>(edge.count);
        rows.push_back(std::move(row));
    }
    return rows;
}

PathGroupsModel::PathGroupsModel(QObject* parent)
    : TableModel("Paths", groupColumns, parent)
{
}

ChokePointsModel::ChokePointsModel(QObject* parent)
    : TableModel("Paths", chokeColumns, parent)
{
}

ReachedModel::ReachedModel(QObject* parent)
    : TableModel("Paths", reachedColumns, parent)
{
}

NamespaceWaysModel::NamespaceWaysModel(QObject* parent)
    : TableModel("Paths", namespaceColumns, parent)
{
}

PathStepsModel::PathStepsModel(QObject* parent)
    : TableModel("Paths", pathStepColumns, parent)
{
}

} // namespace plimsoll::ui::model
