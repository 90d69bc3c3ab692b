// SPDX-License-Identifier: Apache-2.0
#include "ui/view/paths/GraphView.h"

#include <algorithm>
#include <utility>

#include <QAction>
#include <QCompleter>
#include <QEvent>
#include <QLabel>
#include <QLineEdit>
#include <QStackedWidget>
#include <QStandardItemModel>
#include <QTabWidget>
#include <QToolButton>

#include "ui/model/Text.h"
#include "ui/view/paths/GraphPicture.h"
#include "ui/widget/Parts.h"
#include "ui/widget/Table.h"
#include "ui/widget/graph/GraphLegend.h"

namespace plimsoll::ui::view {

using attack::EntityKind;
using attack::Neighbourhood;
using attack::VertexId;
using widget::graph::GraphScene;

namespace {

constexpr std::size_t maxSteps = 100;
constexpr std::size_t maxFocus = 120; // of a group that the overview opens
constexpr std::uint32_t maxExpanded = 24; // more around one node are a matter of their own: a system group, a node
constexpr int widestName = 380;
constexpr int badgeRoom = 30; // that a column's contents do not count in
constexpr int canvasPage = 0;
constexpr int emptyPage = 1;

template <class T> void toggle(std::vector<T>& all, const T& one)
{
    if (const auto found = std::ranges::find(all, one); found != all.end())
        all.erase(found);
    else
        all.push_back(one);
}

} // namespace

GraphView::Data::Data(std::shared_ptr<const assess::Assessment> from)
    : assessment(std::move(from))
    , graph(assessment->cluster)
    , severity(worstSeverities(graph, *assessment))
{
}

void GraphView::setAssessment(std::shared_ptr<const assess::Assessment> assessment)
{
    context().jobs.cancel(this, QStringLiteral("graph-picture")); // its nodes would be those of another cluster
    m_data.reset();
    m_steps.clear();
    m_picture = {};
    m_shownFocus = { VertexId::none() }; // none that one could ask for
    m_wanted = {};
    m_kinds = attack::allKinds;
    m_canvas->setScene(nullptr);
    m_objects->setRows({});
    m_links->setRows({});
    m_stack->setCurrentIndex(emptyPage);
    updateTexts();
    if (!assessment) {
        context().jobs.cancel(this, QStringLiteral("graph"));
        m_empty->setTexts(tr("Nothing is open"), tr("Open a cluster to see how its objects connect."));
        return;
    }
    m_empty->setTexts(tr("Connecting the objects"), tr("This takes a moment."));
    context().jobs.run<std::shared_ptr<const Data>>(
        this, { .slot = QStringLiteral("graph"), .title = tr("Connecting the objects") },
        [assessment](Progress&) { return std::make_shared<const Data>(assessment); },
        [this](std::shared_ptr<const Data> made) { dataReady(std::move(made)); });
}

void GraphView::dataReady(std::shared_ptr<const Data> made)
{
    m_data = std::move(made);
    if (m_data->graph.vertices().empty()) {
        m_empty->setTexts(tr("No entities"), tr("The source holds none of the kinds that the graph shows."));
        return;
    }
    m_stack->setCurrentIndex(canvasPage);
    const VertexId wanted = m_wanted ? m_data->graph.find(m_wanted) : VertexId::none();
    const VertexId first = wanted ? wanted : worstWorkload(m_data->graph, *m_data->assessment);
    take({ .focus = first ? std::vector { first } : std::vector<VertexId> {},
        .expanded = {},
        .hidden = {},
        .opened = {} });
}

void GraphView::showObject(cluster::ObjectId object)
{
    m_wanted = object;
    if (!m_data || !object)
        return;
    const VertexId vertex = m_data->graph.find(object);
    if (!vertex)
        return;
    if (const int node = nodeOf(vertex); node != GraphScene::none && node == m_canvas->selected())
        return; // it is where the person already is
    focusOn({ vertex });
}

void GraphView::focusOn(std::vector<VertexId> focus)
{
    take({ .focus = std::move(focus), .expanded = {}, .hidden = {}, .opened = {} });
}

void GraphView::showOverview()
{
    focusOn({});
}

void GraphView::back()
{
    if (m_steps.size() < 2)
        return;
    const VertexId keep = vertexOf(m_canvas->selected());
    m_steps.pop_back();
    refresh(keep);
}

void GraphView::expandAll()
{
    if (m_steps.empty() || m_steps.back().focus.empty())
        return;
    Step step = m_steps.back();
    for (const Neighbourhood::Node& node : m_picture.view.nodes) {
        if (node.isGroup()) {
            if (node.count <= maxExpanded)
                step.opened.push_back(node.group);
        } else if (node.more > 0 && node.more <= maxExpanded
            && std::ranges::find(step.expanded, node.vertex) == step.expanded.end()) {
            step.expanded.push_back(node.vertex);
        }
    }
    take(std::move(step));
}

void GraphView::collapseAll()
{
    if (!m_steps.empty())
        focusOn(m_steps.back().focus);
}

void GraphView::take(Step step)
{
    if (!m_data)
        return;
    const VertexId keep = vertexOf(m_canvas->selected());
    if (m_steps.empty() || step != m_steps.back()) {
        m_steps.push_back(std::move(step));
        if (m_steps.size() > maxSteps)
            m_steps.erase(m_steps.begin());
    }
    refresh(keep);
}

void GraphView::refresh(VertexId keep)
{
    const Step& step = m_steps.back();
    attack::Question question;
    question.focus = step.focus;
    question.expanded = step.expanded;
    question.hidden = step.hidden;
    question.opened = step.opened;
    question.kinds = m_kinds;
    context().jobs.run<Picture>(
        this, { .slot = QStringLiteral("graph-picture"), .title = {} },
        [from = m_data, question](Progress&) mutable {
            question.rank = from->severity;
            Picture picture;
            picture.view = question.focus.empty() ? attack::overview(from->graph, question)
                                                  : attack::neighbourhood(from->graph, question);
            picture.scene = pictureOf(from->graph, picture.view, from->severity);
            return picture;
        },
        [this, keep](Picture picture) { showPicture(std::move(picture), keep); });
}

void GraphView::showPicture(Picture picture, VertexId keep)
{
    const int oldNode = nodeOf(keep);
    m_picture = std::move(picture);
    const int newNode = nodeOf(keep);
    m_isSelecting = true; // what follows is no choice of the person
    const std::vector<VertexId>& focus = m_steps.back().focus;
    if (focus == m_shownFocus)
        m_canvas->setSceneKeeping(m_picture.scene, oldNode, newNode);
    else {
        m_canvas->setScene(m_picture.scene);
        m_canvas->fitLegibly(focus.size() == 1 ? nodeOf(focus.front()) : GraphScene::none);
    }
    m_objects->setRows(model::graphObjectRows(m_data->graph, m_picture.view, m_data->severity));
    m_links->setRows(model::graphLinkRows(m_data->graph, m_picture.view));
    for (widget::Table* table : { m_objectTable, m_linkTable }) {
        for (int column = 0; column + 1 < table->model()->columnCount(); ++column)
            table->resizeColumnToContents(column);
        table->setColumnWidth(0, std::min(widestName, table->columnWidth(0) + badgeRoom));
    }
    m_isSelecting = false;
    const bool isSameFocus = focus == std::exchange(m_shownFocus, focus);
    const int middle = focus.size() == 1 ? nodeOf(focus.front()) : GraphScene::none;
    m_canvas->select(isSameFocus && newNode != GraphScene::none ? newNode : middle);
    updateLegend();
    updateTexts();
    Q_EMIT pictureShown();
}

void GraphView::select(int node)
{
    if (m_isSelecting)
        return;
    m_isSelecting = true;
    selectInTables(node);
    m_canvas->select(node);
    m_isSelecting = false;
    const VertexId vertex = vertexOf(node);
    if (vertex && m_data->graph.vertex(vertex).object)
        context().navigator.inspect(m_data->graph.vertex(vertex).object);
}

void GraphView::activate(int node)
{
    if (!m_data || node < 0 || m_steps.empty())
        return;
    const Neighbourhood::Node& shown = m_picture.view.nodes[static_cast<std::size_t>(node)];
    if (shown.isGroup() && shown.group.of.isNone()) {
        std::vector<VertexId> all;
        for (const VertexId id : m_data->graph.ofKind(shown.group.kind)) {
            if (m_data->graph.vertex(id).ns.empty())
                all.push_back(id);
        }
        std::ranges::stable_sort(all, {}, [this](VertexId id) { return m_data->severity[id.index]; });
        all.resize(std::min(all.size(), maxFocus));
        focusOn(std::move(all));
        return;
    }
    Step step = m_steps.back();
    if (shown.isGroup())
        step.opened.push_back(shown.group);
    else if (m_data->graph.vertex(shown.vertex).kind == EntityKind::Namespace)
        step = { .focus = { shown.vertex }, .expanded = {}, .hidden = {}, .opened = {} };
    else
        toggle(step.expanded, shown.vertex);
    take(std::move(step));
}

void GraphView::hideNode(int node)
{
    const VertexId vertex = vertexOf(node);
    if (!vertex || m_steps.empty())
        return;
    Step step = m_steps.back();
    if (std::ranges::find(step.focus, vertex) != step.focus.end())
        return; // there would be nothing to stand on
    step.hidden.push_back(vertex);
    std::erase(step.expanded, vertex);
    take(std::move(step));
}

void GraphView::toggleKind(int kind, bool on)
{
    const std::uint32_t bit = attack::kindBit(static_cast<EntityKind>(kind));
    m_kinds = on ? m_kinds | bit : m_kinds & ~bit;
    if (!m_steps.empty())
        refresh(vertexOf(m_canvas->selected()));
}

void GraphView::completeSearch(const QString& text)
{
    m_completions->clear();
    if (!m_data)
        return;
    for (const VertexId id : m_data->graph.search(text.toStdString(), 40)) {
        auto* item = new QStandardItem(model::lineText(m_data->graph.titleOf(id)));
        item->setData(id.index, Qt::UserRole);
        item->setEditable(false);
        m_completions->appendRow(item);
    }
    m_completer->complete();
}

void GraphView::searchChosen(const QString& title)
{
    const QList<QStandardItem*> found = m_completions->findItems(title);
    if (found.isEmpty())
        return;
    m_search->clear();
    focusOn({ VertexId { found.front()->data(Qt::UserRole).toUInt() } });
    m_canvas->setFocus();
}

void GraphView::findInGraph(bool next)
{
    const int count = m_canvas->find(m_find->text(), next);
    m_find->setAccessibleDescription(tr("%n node(s) found", nullptr, count));
    m_find->setToolTip(m_find->accessibleDescription());
}

QString GraphView::headline() const
{
    if (!m_data || m_steps.empty())
        return tr("Graph");
    const std::vector<VertexId>& focus = m_steps.back().focus;
    if (focus.empty())
        return tr("Namespaces and the cluster");
    if (focus.size() > 1)
        return model::text(attack::toPlural(m_data->graph.vertex(focus.front()).kind));
    const QString title = model::lineText(m_data->graph.titleOf(focus.front()));
    return m_data->graph.vertex(focus.front()).kind == EntityKind::Namespace ? title : tr("Around %1").arg(title);
}

void GraphView::updateTexts()
{
    m_title->setText(headline());
    const bool canGoBack = m_steps.size() > 1;
    m_backAction->setEnabled(canGoBack);
    const Neighbourhood& view = m_picture.view;
    if (!m_picture.scene) {
        m_status->clear();
        return;
    }
    QStringList parts {
        tr("%1 of %2 entities shown").arg(widget::grouped(view.shown), widget::grouped(view.entities))
    };
    if (view.grouped > 0)
        parts += tr("%1 in groups").arg(widget::grouped(view.grouped));
    if (view.filtered > 0)
        parts += tr("%1 hidden").arg(widget::grouped(view.filtered));
    m_status->setText(parts.join(QStringLiteral(" · ")));
}

void GraphView::updateLegend()
{
    std::vector<int> counts(attack::entityKindCount, 0);
    for (int node = 0; node < m_picture.scene->nodeCount(); ++node) {
        const Neighbourhood::Node& shown = m_picture.view.nodes[static_cast<std::size_t>(node)];
        counts[m_picture.scene->kind[static_cast<std::size_t>(node)]] += static_cast<int>(shown.count);
    }
    std::vector<widget::graph::GraphLegend::Row> rows;
    for (std::size_t kind = 0; kind < attack::entityKindCount; ++kind) {
        const bool isOn = (m_kinds & attack::kindBit(static_cast<EntityKind>(kind))) != 0;
        if (counts[kind] > 0 || !isOn)
            rows.push_back({ static_cast<int>(kind), counts[kind], isOn });
    }
    m_legend->setRows(m_picture.scene->kinds, rows);
}

bool GraphView::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_find && event->type() == QEvent::Hide)
        m_canvas->find({}, false);
    return View::eventFilter(watched, event);
}

VertexId GraphView::vertexOf(int node) const
{
    if (node < 0 || node >= static_cast<int>(m_picture.view.nodes.size()))
        return VertexId::none();
    return m_picture.view.nodes[static_cast<std::size_t>(node)].vertex;
}

int GraphView::nodeOf(VertexId vertex) const
{
    const auto found = std::ranges::find(m_picture.view.nodes, vertex, &Neighbourhood::Node::vertex);
    return vertex.isNone() || found == m_picture.view.nodes.end()
        ? GraphScene::none
        : static_cast<int>(found - m_picture.view.nodes.begin());
}

void GraphView::selectInTables(int node)
{
    const auto pick = [node](widget::Table* table, const auto& rows, const auto& matches) {
        QItemSelection selection;
        for (int row = 0; row < rows->rowCount(); ++row) {
            const QModelIndex index = rows->index(row, 0);
            if (node >= 0 && matches(*rows->rowAt(index)))
                selection.select(index, rows->index(row, rows->columnCount() - 1));
        }
        table->selectionModel()->select(selection, QItemSelectionModel::ClearAndSelect);
        if (!selection.isEmpty())
            table->scrollTo(selection.indexes().front());
    };
    pick(m_objectTable, m_objects, [node](const model::GraphObjectRow& row) { return row.node == node; });
    pick(m_linkTable, m_links,
        [node](const model::GraphLinkRow& row) { return row.fromNode == node || row.toNode == node; });
}

} // namespace plimsoll::ui::view

#include "moc_GraphView.cpp"
