// SPDX-License-Identifier: Apache-2.0
// How GraphView is put together, its menus and its export.
#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QCompleter>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMessageBox>
#include <QSaveFile>
#include <QSplitter>
#include <QStackedWidget>
#include <QStandardItemModel>
#include <QTabWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/model/Text.h"
#include "ui/view/paths/GraphPicture.h"
#include "ui/view/paths/GraphView.h"
#include "ui/widget/Icons.h"
#include "ui/widget/Parts.h"
#include "ui/widget/Table.h"
#include "ui/widget/graph/GraphLegend.h"

namespace plimsoll::ui::view {

using widget::graph::GraphCanvas;
using widget::graph::GraphScene;

namespace {

constexpr double zoomStep = 1.25;

QToolButton* actionButton(QAction* action, QWidget* parent)
{
    auto* button = new QToolButton(parent);
    button->setDefaultAction(action);
    button->setAutoRaise(true);
    button->setToolButtonStyle(Qt::ToolButtonIconOnly); // of an action without an icon the text is shown
    button->setAccessibleName(action->text());
    return button;
}

QFrame* separator(QWidget* parent)
{
    auto* line = new QFrame(parent);
    line->setFrameShape(QFrame::VLine);
    line->setFrameShadow(QFrame::Plain);
    line->setFixedHeight(20);
    QPalette palette = line->palette();
    palette.setColor(QPalette::WindowText, widget::theme().border);
    line->setPalette(palette);
    return line;
}

} // namespace

GraphView::GraphView(ViewContext& context, QWidget* parent)
    : View(context, parent)
{
    auto* page = new QVBoxLayout(this);
    page->setContentsMargins(0, 0, 0, 0);
    page->setSpacing(0);
    m_canvas = new GraphCanvas(this);
    m_legend = new widget::graph::GraphLegend(this);
    buildActions();
    buildToolBar(page);
    buildTables();
    auto* splitter = new QSplitter(Qt::Vertical, this);
    splitter->addWidget(m_canvas);
    splitter->addWidget(m_tables);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 1);
    splitter->setCollapsible(0, false);
    splitter->setSizes({ 600, 190 });
    m_empty = new widget::EmptyState(
        QStringLiteral("graph"), tr("Nothing is open"), tr("Open a cluster to see how its objects connect."), this);
    m_stack = new QStackedWidget(this);
    m_stack->addWidget(splitter);
    m_stack->addWidget(m_empty);
    m_stack->setCurrentIndex(1);
    page->addWidget(m_stack, 1);
    connect(m_canvas, &GraphCanvas::selectionChanged, this, &GraphView::select);
    connect(m_canvas, &GraphCanvas::activated, this, &GraphView::activate);
    connect(m_canvas, &GraphCanvas::hideRequested, this, &GraphView::hideNode);
    connect(m_canvas, &GraphCanvas::backRequested, this, &GraphView::back);
    connect(m_canvas, &GraphCanvas::contextMenuRequested, this, &GraphView::openMenu);
    connect(m_canvas, &GraphCanvas::zoomChanged, this,
        [this](double zoom) { m_zoom->setText(tr("%1 %").arg(qRound(zoom * 100))); });
    connect(m_legend, &widget::graph::GraphLegend::kindToggled, this, &GraphView::toggleKind);
    updateTexts();
}

GraphView::~GraphView() = default;

QAction* GraphView::addCommand(const QString& text, const QKeySequence& shortcut, void (GraphView::*slot)())
{
    auto* action = new QAction(text, this);
    action->setShortcut(shortcut);
    action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    action->setToolTip(
        shortcut.isEmpty() ? text : tr("%1 (%2)").arg(text, shortcut.toString(QKeySequence::NativeText)));
    connect(action, &QAction::triggered, this, slot);
    addAction(action);
    m_actions += action;
    return action;
}

void GraphView::buildActions()
{
    m_backAction = addCommand(tr("Previous graph"), QKeySequence(Qt::CTRL | Qt::Key_Z), &GraphView::back);
    addCommand(tr("All namespaces"), QKeySequence(Qt::CTRL | Qt::Key_Home), &GraphView::showOverview);
    addCommand(tr("Expand all"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_E), &GraphView::expandAll);
    addCommand(tr("Collapse"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_W), &GraphView::collapseAll);
    auto* find = new QAction(tr("Find in graph"), this);
    find->setShortcut(QKeySequence::Find);
    find->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(find, &QAction::triggered, this, [this] {
        m_find->show();
        m_find->setFocus(Qt::ShortcutFocusReason);
        m_find->selectAll();
    });
    addAction(find);
    m_actions += find;
    const auto shownSwitch = [this](const QString& text, bool isOn, auto apply) {
        auto* action = new QAction(text, this);
        action->setCheckable(true);
        action->setChecked(isOn);
        connect(action, &QAction::toggled, this, apply);
        m_actions += action;
    };
    shownSwitch(tr("Legend"), true, [this](bool on) { m_legendRow->setVisible(on); });
    shownSwitch(tr("Overview map"), true, [this](bool on) { m_canvas->setMinimapShown(on); });
    shownSwitch(tr("Table"), true, [this](bool on) { m_tables->setVisible(on); });
}

void GraphView::buildToolBar(QVBoxLayout* page)
{
    auto* head = new QHBoxLayout;
    head->setContentsMargins(widget::space::l, widget::space::m, widget::space::l, 0);
    head->setSpacing(widget::space::m);
    m_title = widget::label({}, widget::TextStyle::Heading, this);
    m_title->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_status = widget::mutedLabel({}, this);
    head->addWidget(m_title, 1);
    head->addWidget(m_status);
    page->addLayout(head);

    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(widget::space::l, widget::space::s, widget::space::l, widget::space::s);
    bar->setSpacing(widget::space::xs);
    bar->addWidget(actionButton(m_actions[0], this));
    bar->addWidget(actionButton(m_actions[1], this));
    m_search = new QLineEdit(this);
    m_search->setPlaceholderText(tr("Show the graph around…"));
    m_search->setAccessibleName(tr("Show the graph around"));
    m_search->setClearButtonEnabled(true);
    m_search->setMinimumWidth(170);
    m_search->setMaximumWidth(340);
    m_completions = new QStandardItemModel(this);
    m_completer = new QCompleter(m_completions, this);
    m_completer->setCompletionMode(QCompleter::UnfilteredPopupCompletion);
    m_completer->setMaxVisibleItems(14);
    m_search->setCompleter(m_completer);
    connect(m_search, &QLineEdit::textEdited, this, &GraphView::completeSearch);
    connect(m_completer, qOverload<const QString&>(&QCompleter::activated), this, &GraphView::searchChosen,
        Qt::QueuedConnection); // after the completer has written into the line
    connect(m_search, &QLineEdit::returnPressed, this, [this] {
        if (m_completions->rowCount() > 0 && !m_search->text().isEmpty())
            searchChosen(m_completions->item(0)->text());
    });
    bar->addWidget(m_search, 1);
    bar->addWidget(separator(this));
    bar->addWidget(actionButton(m_actions[2], this));
    bar->addWidget(actionButton(m_actions[3], this));
    bar->addStretch(1);
    m_find = new QLineEdit(this);
    m_find->setPlaceholderText(tr("Find in graph"));
    m_find->setAccessibleName(tr("Find in graph"));
    m_find->setClearButtonEnabled(true);
    m_find->setMaximumWidth(180);
    m_find->hide();
    m_find->installEventFilter(this);
    connect(m_find, &QLineEdit::textChanged, this, [this] { findInGraph(false); });
    connect(m_find, &QLineEdit::returnPressed, this, [this] { findInGraph(true); });
    auto* leave = new QAction(m_find);
    leave->setShortcut(QKeySequence(Qt::Key_Escape));
    leave->setShortcutContext(Qt::WidgetShortcut);
    connect(leave, &QAction::triggered, this, [this] {
        m_find->hide();
        m_canvas->setFocus();
    });
    m_find->addAction(leave);
    bar->addWidget(m_find);

    const auto zoomButton = [&](const QString& text, const QString& name, auto pressed) {
        auto* button = new QToolButton(this);
        button->setText(text);
        button->setToolTip(name);
        button->setAccessibleName(name);
        button->setAutoRaise(true);
        connect(button, &QToolButton::clicked, this, pressed);
        bar->addWidget(button);
    };
    zoomButton(QStringLiteral("−"), tr("Zoom out (−)"), [this] { m_canvas->zoomBy(1 / zoomStep); });
    m_zoom = widget::mutedLabel(tr("100 %"), this);
    m_zoom->setMinimumWidth(m_zoom->fontMetrics().horizontalAdvance(QStringLiteral("1000 %")));
    m_zoom->setAlignment(Qt::AlignCenter);
    bar->addWidget(m_zoom);
    zoomButton(QStringLiteral("+"), tr("Zoom in (+)"), [this] { m_canvas->zoomBy(zoomStep); });
    zoomButton(tr("Fit"), tr("Show everything (F)"), [this] { m_canvas->fit(); });
    bar->addWidget(separator(this));

    auto* shown = m_shownButton = new QToolButton(this);
    shown->setToolTip(tr("What is shown beside the graph"));
    shown->setAccessibleName(shown->toolTip());
    shown->setPopupMode(QToolButton::InstantPopup);
    shown->setAutoRaise(true);
    auto* shownMenu = new QMenu(shown);
    for (QAction* action : m_actions.mid(m_actions.size() - 3))
        shownMenu->addAction(action);
    shown->setMenu(shownMenu);
    bar->addWidget(shown);

    auto* exporter = m_exportButton = new QToolButton(this);
    exporter->setToolTip(tr("Export the graph"));
    exporter->setAccessibleName(exporter->toolTip());
    exporter->setPopupMode(QToolButton::InstantPopup);
    exporter->setAutoRaise(true);
    auto* exportMenu = new QMenu(exporter);
    exportMenu->addAction(tr("SVG…"), this, [this] { chooseExport(QStringLiteral("svg"), 1); });
    for (const int factor : { 1, 2, 3, 4 }) {
        exportMenu->addAction(
            tr("PNG, %1×…").arg(factor), this, [this, factor] { chooseExport(QStringLiteral("png"), factor); });
    }
    exportMenu->addAction(tr("Copy as image"), this, [this] {
        if (m_picture.scene)
            QApplication::clipboard()->setImage(imageOf(*m_picture.scene, 2));
    });
    exporter->setMenu(exportMenu);
    bar->addWidget(exporter);
    page->addLayout(bar);

    m_legendRow = new QWidget(this);
    auto* legendLayout = new QVBoxLayout(m_legendRow);
    legendLayout->setContentsMargins(widget::space::l, 0, widget::space::l, widget::space::s);
    legendLayout->addWidget(m_legend);
    page->addWidget(m_legendRow);
    setIcons();
}

// Icons are made in the colours of the theme of the day.
void GraphView::setIcons()
{
    m_actions[0]->setIcon(widget::icon(QStringLiteral("undo")));
    m_actions[1]->setIcon(widget::icon(QStringLiteral("namespace")));
    m_shownButton->setIcon(widget::icon(QStringLiteral("panel")));
    m_exportButton->setIcon(widget::icon(QStringLiteral("export")));
}

void GraphView::changeEvent(QEvent* event)
{
    View::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_exportButton != nullptr)
        setIcons();
}

void GraphView::buildTables()
{
    m_objects = new model::GraphObjectsModel(this);
    m_links = new model::GraphLinksModel(this);
    m_tables = new QTabWidget(this);
    m_tables->setDocumentMode(true);
    const auto addTable = [this](QAbstractItemModel* rows, const QString& title) {
        auto* table = new widget::Table(m_tables);
        table->setModel(rows);
        table->header()->setSortIndicator(-1, Qt::AscendingOrder); // begins in the order of the graph
        table->setSortingEnabled(true);
        table->setSelectionMode(QAbstractItemView::ExtendedSelection);
        table->setRootIsDecorated(false);
        table->setAccessibleName(title);
        m_tables->addTab(table, title);
        return table;
    };
    m_objectTable = addTable(m_objects, tr("Objects"));
    m_linkTable = addTable(m_links, tr("Connections"));
    connect(
        m_objectTable->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& at) {
            if (const auto* row = m_objects->rowAt(at); row != nullptr && !m_isSelecting)
                select(row->node);
        });
    connect(m_linkTable, &QAbstractItemView::clicked, this, [this](const QModelIndex& at) {
        if (const auto* row = m_links->rowAt(at))
            select(at.column() == 0 ? row->fromNode : row->toNode);
    });
    const auto activateRow = [this](const QModelIndex& at) {
        if (const auto* row = m_objects->rowAt(at))
            activate(row->node);
    };
    connect(m_objectTable, &QAbstractItemView::activated, this, activateRow);
}

void GraphView::focusSearch()
{
    m_search->setFocus(Qt::ShortcutFocusReason);
    m_search->selectAll();
}

QList<QAction*> GraphView::viewActions() const
{
    return m_actions;
}

void GraphView::openMenu(int node, const QPoint& global)
{
    const attack::VertexId vertex = vertexOf(node);
    QMenu menu(this);
    if (vertex.isNone()) {
        menu.addAction(tr("Show"), this, [this, node] { activate(node); });
        menu.exec(global);
        return;
    }
    const cluster::ObjectId object = m_data->graph.vertex(vertex).object;
    const std::vector<attack::VertexId>& expanded = m_steps.back().expanded;
    const bool isExpanded = std::ranges::find(expanded, vertex) != expanded.end();
    menu.addAction(tr("Show the graph around this"), this, [this, vertex] { focusOn({ vertex }); });
    menu.addAction(isExpanded ? tr("Collapse") : tr("Expand"), this, [this, node] { activate(node); });
    menu.addAction(tr("Hide"), this, [this, node] { hideNode(node); });
    if (object) {
        menu.addSeparator();
        menu.addAction(tr("Show its findings"), this,
            [this, object] { context().navigator.open(object, QStringLiteral("findings")); });
    }
    menu.addSeparator();
    const auto copy = [](const QString& text) { return [text] { QApplication::clipboard()->setText(text); }; };
    menu.addAction(tr("Copy name"), this, copy(model::lineText(m_data->graph.vertex(vertex).name)));
    menu.addAction(tr("Copy reference"), this, copy(model::lineText(m_data->graph.refOf(vertex))));
    menu.exec(global);
}

void GraphView::chooseExport(const QString& suffix, int factor)
{
    if (!m_picture.scene)
        return;
    const QString filter = suffix == QLatin1String("svg") ? tr("SVG image (*.svg)") : tr("PNG image (*.png)");
    QString path
        = QFileDialog::getSaveFileName(this, tr("Export the graph"), QStringLiteral("graph.") + suffix, filter);
    if (path.isEmpty())
        return;
    if (!path.endsWith(QLatin1Char('.') + suffix, Qt::CaseInsensitive))
        path += QLatin1Char('.') + suffix;
    QString problem;
    if (!exportTo(path, factor, &problem)) {
        QMessageBox box(QMessageBox::Warning, tr("Export the graph"), problem, QMessageBox::Ok, this);
        box.setTextFormat(Qt::PlainText);
        box.exec();
    }
}

bool GraphView::exportTo(const QString& path, int factor, QString* problem) const
{
    if (!m_picture.scene) {
        *problem = tr("There is nothing to export.");
        return false;
    }
    QSaveFile file(path);
    bool isWritten = file.open(QIODevice::WriteOnly);
    if (isWritten) {
        if (path.endsWith(QLatin1String(".svg"), Qt::CaseInsensitive)) {
            const QByteArray bytes = svgOf(*m_picture.scene, headline());
            isWritten = file.write(bytes) == bytes.size();
        } else {
            isWritten = imageOf(*m_picture.scene, factor).save(&file, "PNG");
        }
    }
    if (isWritten && file.commit())
        return true;
    *problem = tr("%1 could not be written: %2").arg(path, file.errorString());
    return false;
}

} // namespace plimsoll::ui::view
