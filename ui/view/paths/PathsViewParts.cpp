// SPDX-License-Identifier: Apache-2.0
// How PathsView is put together, its menus and its export.
#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QCompleter>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QInputDialog>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMessageBox>
#include <QSaveFile>
#include <QScrollArea>
#include <QSpinBox>
#include <QSplitter>
#include <QStackedWidget>
#include <QStandardItemModel>
#include <QTabWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/model/Text.h"
#include "ui/view/ViewParts.h"
#include "ui/view/paths/GraphPicture.h"
#include "ui/view/paths/GraphView.h"
#include "ui/view/paths/PathsView.h"
#include "ui/widget/Parts.h"
#include "ui/widget/Table.h"
#include "ui/widget/YamlView.h"
#include "ui/widget/graph/GraphLegend.h"

namespace plimsoll::ui::view {

using attack::PlaceId;
using model::PathMode;
using widget::graph::GraphCanvas;

namespace {

constexpr std::size_t mostFound = 40;

QStringList idsOf(quint32 bits, std::size_t count)
{
    QStringList ids;
    for (std::size_t at = 0; at < count; ++at) {
        if ((bits >> at & 1u) != 0)
            ids += QString::number(at);
    }
    return ids;
}

quint32 bitsOf(const QStringList& ids, std::size_t count)
{
    quint32 bits = 0;
    for (const QString& id : ids)
        bits |= 1u << id.toUInt();
    return ids.isEmpty() ? (1u << count) - 1 : bits; // nothing ticked = no filter
}

} // namespace

PathsView::PathsView(ViewContext& context, QWidget* parent)
    : View(context, parent)
    , m_answer(std::make_shared<const model::PathAnswer>())
{
    auto* page = new QVBoxLayout(this);
    page->setContentsMargins(0, 0, 0, 0);
    page->setSpacing(0);
    m_groups = new model::PathGroupsModel(this);
    m_chokes = new model::ChokePointsModel(this);
    m_reached = new model::ReachedModel(this);
    m_namespaces = new model::NamespaceWaysModel(this);
    m_steps = new model::PathStepsModel(this);
    m_objects = new model::GraphObjectsModel(this);
    m_links = new model::GraphLinksModel(this);
    m_canvas = new GraphCanvas(this);
    m_legend = new widget::graph::GraphLegend(this);
    m_objectsView = new GraphView(context, this);
    buildActions();
    buildModeRow(page);
    buildQuestionRow(page);
    m_empty = new widget::EmptyState(
        QStringLiteral("graph"), tr("Nothing is open"), tr("Open a cluster to see how it could be attacked."), this);
    m_stack = new QStackedWidget(this);
    m_stack->addWidget(buildBody());
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_objectsView);
    m_stack->setCurrentIndex(1);
    page->addWidget(m_stack, 1);
    connectCanvas();
    updateControls();
}

PathsView::~PathsView() = default;

QAction* PathsView::addCommand(const QString& text, const QKeySequence& keys, void (PathsView::*slot)())
{
    auto* action = new QAction(text, this);
    action->setShortcut(keys);
    action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    action->setToolTip(keys.isEmpty() ? text : tr("%1 (%2)").arg(text, keys.toString(QKeySequence::NativeText)));
    connect(action, &QAction::triggered, this, slot);
    m_canvas->addAction(action); // single letters are for the picture, not for fields of text
    m_actions += action;
    return action;
}

void PathsView::buildActions()
{
    m_undo = addCommand(tr("Previous graph"), QKeySequence::Undo, &PathsView::undo);
    m_redo = addCommand(tr("Next graph"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Z), &PathsView::redo);
    addCommand(tr("Paths from the selected place"), QKeySequence(Qt::Key_P), &PathsView::fromSelection);
    addCommand(tr("Paths to the selected place"), QKeySequence(Qt::SHIFT | Qt::Key_P), &PathsView::toSelection);
    addCommand(tr("Blast radius of the selected place"), QKeySequence(Qt::Key_B), &PathsView::blastSelection);
    addCommand(tr("Who reaches the selected place"), QKeySequence(Qt::Key_R), &PathsView::reachSelection);
    addCommand(tr("Pin the selected place"), QKeySequence(Qt::Key_I), &PathsView::pinSelection);
    addCommand(tr("Note on the selected place"), QKeySequence(Qt::Key_N), &PathsView::noteSelection);
    addCommand(tr("Show everything"), QKeySequence(Qt::CTRL | Qt::Key_0), &PathsView::fitPicture);
    auto* back = new QAction(tr("Back"), this);
    back->setShortcut(QKeySequence(Qt::Key_Escape));
    back->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(back, &QAction::triggered, this, &PathsView::undo);
    m_canvas->addAction(back);
}

void PathsView::buildModeRow(QVBoxLayout* page)
{
    auto* row = new QHBoxLayout;
    row->setContentsMargins(widget::space::l, widget::space::m, widget::space::l, widget::space::xs);
    row->setSpacing(widget::space::xs);
    const QStringList names { tr("Paths"), tr("Blast radius"), tr("Who reaches it"), tr("Choke points"),
        tr("Namespaces"), tr("Objects") };
    for (int at = 0; at < names.size(); ++at) {
        QToolButton* chip = toggleChip(names[at], this);
        m_modeChips.push_back(chip);
        connect(chip, &QToolButton::clicked, this, [this, at] {
            if (at == 5)
                showObjects({});
            else
                setMode(static_cast<PathMode>(at));
        });
        row->addWidget(chip);
    }
    row->addSpacing(widget::space::l);
    m_title = widget::label({}, widget::TextStyle::Heading, this);
    m_title->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    row->addWidget(m_title, 1);
    m_status = widget::mutedLabel({}, this);
    m_status->setMinimumWidth(40);
    row->addWidget(m_status);
    page->addLayout(row);
}

QWidget* PathsView::buildEnd(QComboBox*& combo, QLineEdit*& search, const QString& name, bool isFrom)
{
    auto* box = new QWidget(this);
    auto* row = new QHBoxLayout(box);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(widget::space::xs);
    QLabel* caption = widget::mutedLabel(name, box);
    caption->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Preferred);
    row->addWidget(caption);
    combo = widget::comboBox(name, box);
    combo->setMinimumWidth(84); // a narrow window cuts it rather than grows
    row->addWidget(combo);
    search = new QLineEdit(box);
    search->setPlaceholderText(tr("or search…"));
    search->setAccessibleName(isFrom ? tr("Search where ways start") : tr("Search where ways end"));
    search->setClearButtonEnabled(true);
    search->setMinimumWidth(70);
    search->setMaximumWidth(220);
    row->addWidget(search, 1);
    row->addStretch(0);
    connect(search, &QLineEdit::textEdited, this, [this, search](const QString& text) { complete(search, text); });
    connect(search, &QLineEdit::returnPressed, this, [this, search, isFrom] {
        if (graph() == nullptr || search->text().isEmpty())
            return;
        const std::vector<PlaceId> found = graph()->search(search->text().toStdString(), 1);
        if (!found.empty())
            chooseEnd(isFrom, found.front());
        search->clear();
    });
    auto* completer = new QCompleter(m_completions, search);
    completer->setCompletionMode(QCompleter::UnfilteredPopupCompletion);
    completer->setMaxVisibleItems(14);
    search->setCompleter(completer);
    connect(
        completer, qOverload<const QString&>(&QCompleter::activated), this,
        [this, search, isFrom](const QString& title) {
            const QList<QStandardItem*> found = m_completions->findItems(title);
            search->clear();
            if (!found.isEmpty())
                chooseEnd(isFrom, PlaceId { found.front()->data(Qt::UserRole).toUInt() });
            m_canvas->setFocus();
        },
        Qt::QueuedConnection); // after the completer has written into the line
    return box;
}

void PathsView::buildQuestionRow(QVBoxLayout* page)
{
    m_completions = new QStandardItemModel(this);
    m_questionRow = new QWidget(this);
    auto* row = new QHBoxLayout(m_questionRow);
    row->setContentsMargins(widget::space::l, widget::space::xs, widget::space::l, widget::space::s);
    row->setSpacing(widget::space::s);
    m_fromBox = buildEnd(m_from, m_fromSearch, tr("From"), true);
    m_from->addItems({ tr("anyone"), tr("internet"), tr("ordinary identities"), tr("any container"), tr("chosen") });
    m_toBox = buildEnd(m_to, m_toSearch, tr("To"), false);
    m_to->addItems({ tr("cluster-admin"), tr("nodes"), tr("control plane"), tr("all Secrets"), tr("any goal"),
        tr("crown jewels"), tr("chosen") });
    row->addWidget(m_fromBox, 1);
    row->addWidget(m_toBox, 1);
    connect(m_from, qOverload<int>(&QComboBox::activated), this, [this](int index) {
        State next = state();
        next.from = static_cast<model::FromPreset>(index);
        next.group = -1;
        take(std::move(next));
    });
    connect(m_to, qOverload<int>(&QComboBox::activated), this, [this](int index) {
        State next = state();
        next.to = static_cast<model::ToPreset>(index);
        next.group = -1;
        take(std::move(next));
    });
    m_maxSteps = new QSpinBox(this);
    m_maxSteps->setRange(0, 30);
    m_maxSteps->setPrefix(tr("max "));
    m_maxSteps->setSuffix(tr(" steps"));
    m_maxSteps->setSpecialValueText(tr("any length"));
    m_maxSteps->setAccessibleName(tr("Most steps"));
    connect(m_maxSteps, qOverload<int>(&QSpinBox::valueChanged), this, [this](int steps) {
        State next = state();
        if (m_isFilling)
            return;
        next.maxSteps = static_cast<quint32>(steps);
        next.group = -1;
        take(std::move(next));
    });
    row->addWidget(m_maxSteps);
    const auto chip = [&](const QString& name, std::vector<widget::ChoiceChip::Choice> choices, auto State::*member,
                          std::size_t count) {
        auto* made = new widget::ChoiceChip(name, this);
        made->setChoices(std::move(choices));
        connect(made, &widget::ChoiceChip::chosenChanged, this, [this, member, count](const QStringList& ids) {
            State next = state();
            next.*member = bitsOf(ids, count);
            next.group = -1;
            take(std::move(next));
        });
        row->addWidget(made);
        return made;
    };
    std::vector<widget::ChoiceChip::Choice> classes, certainties;
    for (std::size_t at = 0; at < attack::techniqueClassCount; ++at)
        classes.push_back(
            { QString::number(at), model::text(attack::toText(static_cast<attack::TechniqueClass>(at))) });
    for (std::size_t at = 0; at < attack::certaintyCount; ++at)
        certainties.push_back({ QString::number(at), model::certaintyText(static_cast<attack::Certainty>(at)) });
    m_classes = chip(tr("Techniques"), std::move(classes), &State::classes, attack::techniqueClassCount);
    m_certainties = chip(tr("Certainty"), std::move(certainties), &State::certainties, attack::certaintyCount);
    m_repair = toggleChip(tr("What if repaired"), this);
    connect(m_repair, &QToolButton::toggled, this, &PathsView::setRepaired);
    row->addWidget(m_repair);
    row->addStretch(0);
    const auto button = [&](QAction* action, const QString& iconName) {
        auto* made = widget::flatButton(iconName, action->text(), this);
        made->setToolTip(action->toolTip());
        connect(made, &QToolButton::clicked, action, &QAction::trigger);
        row->addWidget(made);
        return made;
    };
    button(m_undo, QStringLiteral("undo"));
    QToolButton* exporter = widget::flatButton(QStringLiteral("export"), tr("Export the graph"), this);
    exporter->setPopupMode(QToolButton::InstantPopup);
    auto* menu = new QMenu(exporter);
    buildExportMenu(menu);
    exporter->setMenu(menu);
    row->addWidget(exporter);
    page->addWidget(m_questionRow);
}

void PathsView::buildExportMenu(QMenu* menu)
{
    menu->addAction(tr("SVG…"), this, [this] { chooseExport(QStringLiteral("svg"), 1); });
    for (const int factor : { 1, 2, 4 }) {
        menu->addAction(
            tr("PNG, %1×…").arg(factor), this, [this, factor] { chooseExport(QStringLiteral("png"), factor); });
    }
    for (const char* suffix : { "graphml", "dot", "json" }) {
        const QString name = QString::fromLatin1(suffix);
        menu->addAction(tr("%1…").arg(name == QLatin1String("graphml") ? QStringLiteral("GraphML") : name.toUpper()),
            this, [this, name] { chooseExport(name, 1); });
    }
    menu->addAction(tr("Copy as image"), this, [this] {
        if (m_scene)
            QApplication::clipboard()->setImage(imageOf(*m_scene, 2));
    });
}

QWidget* PathsView::buildList()
{
    m_lists = new QStackedWidget(this);
    m_groupTable = viewTable(m_groups, tr("Ways"), { 56, 200, 60, 96 }, m_lists);
    m_chokeTable = viewTable(m_chokes, tr("Changes that close ways"), { 62, 200, 92 }, m_lists);
    m_reachedTable = viewTable(m_reached, tr("Places"), { 60, 150, 96, 96 }, m_lists);
    m_namespaceTable = viewTable(m_namespaces, tr("Namespaces"), { 62, 130, 170 }, m_lists);
    for (widget::Table* table : { m_groupTable, m_chokeTable, m_reachedTable, m_namespaceTable }) {
        table->header()->setSortIndicator(-1, Qt::AscendingOrder); // begins in the order of the answer
        setWideColumn(table, 1);
        m_lists->addWidget(table);
    }
    m_groupTable->setColumnHidden(4, true); // what is drawn and the steps say it
    m_chokeTable->setColumnHidden(3, true);
    const auto follow = [this](widget::Table* table, auto* rows) {
        connect(table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this, rows](const QModelIndex& at) {
                if (const auto* row = rows->rowAt(at); row != nullptr && !m_isFilling)
                    QMetaObject::invokeMethod( // after the table is done: a new answer replaces its rows
                        this, [this, index = row->index] { choose(index); }, Qt::QueuedConnection);
            });
    };
    follow(m_groupTable, m_groups);
    follow(m_chokeTable, m_chokes);
    follow(m_reachedTable, m_reached);
    follow(m_namespaceTable, m_namespaces);
    return m_lists;
}

QWidget* PathsView::buildDetail()
{
    m_tabs = new QTabWidget(this);
    m_tabs->setDocumentMode(true);
    m_stepTable = viewTable(m_steps, tr("Steps of the way"), { 34, 130, 180, 130, 84, 96 }, m_tabs);
    setWideColumn(m_stepTable, 2);
    connect(m_stepTable->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
        [this](const QModelIndex& at) { showStep(at.row()); });
    auto* objects = viewTable(m_objects, tr("Places in the picture"), { 120, 220, 120 }, m_tabs);
    auto* links = viewTable(m_links, tr("Steps in the picture"), { 200, 200, 200 }, m_tabs);
    connect(objects->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& at) {
        if (const auto* row = m_objects->rowAt(at); row != nullptr && !m_isFilling)
            m_canvas->select(row->node);
    });
    connect(objects, &QAbstractItemView::activated, this, [this](const QModelIndex& at) {
        if (const auto* row = m_objects->rowAt(at))
            activate(row->node);
    });
    connect(links, &QAbstractItemView::clicked, this, [this](const QModelIndex& at) {
        if (const auto* row = m_links->rowAt(at))
            m_canvas->select(row->fromNode);
    });
    m_tabs->addTab(m_stepTable, tr("Step by step"));
    m_tabs->addTab(objects, tr("Places"));
    m_tabs->addTab(links, tr("Connections"));
    m_explanation = widget::wrappedLabel({}, this);
    m_explanation->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_explanation->setContentsMargins(widget::space::m, widget::space::s, widget::space::m, widget::space::s);
    auto* scroll = new QScrollArea(this);
    scroll->setWidget(m_explanation);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_evidence = new PlaceText(context(), tr("Evidence"), this);
    auto* detail = new QSplitter(Qt::Horizontal, this);
    detail->addWidget(m_tabs);
    detail->addWidget(scroll);
    detail->addWidget(m_evidence);
    detail->setSizes({ 700, 330, 320 });
    return detail;
}

QWidget* PathsView::buildBody()
{
    auto* picture = new QWidget(this);
    auto* column = new QVBoxLayout(picture);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(widget::space::xs);
    column->addWidget(m_canvas, 1);
    auto* legendRow = new QVBoxLayout;
    legendRow->setContentsMargins(widget::space::s, 0, widget::space::s, widget::space::s);
    legendRow->addWidget(m_legend);
    column->addLayout(legendRow);
    auto* upper = new QSplitter(Qt::Horizontal, this);
    upper->addWidget(buildList());
    upper->addWidget(picture);
    upper->setStretchFactor(1, 1);
    upper->setSizes({ 390, 950 });
    auto* body = new QSplitter(Qt::Vertical, this);
    body->addWidget(upper);
    body->addWidget(buildDetail());
    body->setStretchFactor(0, 1);
    body->setCollapsible(0, false);
    body->setSizes({ 520, 230 });
    return body;
}

void PathsView::connectCanvas()
{
    connect(m_canvas, &GraphCanvas::selectionChanged, this, &PathsView::select);
    connect(m_canvas, &GraphCanvas::activated, this, &PathsView::activate);
    connect(m_canvas, &GraphCanvas::hideRequested, this, &PathsView::hideNode);
    connect(m_canvas, &GraphCanvas::backRequested, this, &PathsView::undo);
    connect(m_canvas, &GraphCanvas::contextMenuRequested, this, &PathsView::openMenu);
    connect(m_legend, &widget::graph::GraphLegend::kindToggled, this, [this](int kind, bool on) {
        State next = state();
        next.hiddenKinds.set(static_cast<std::size_t>(kind), !on);
        take(std::move(next));
    });
}

// Everything that follows from the state, but for the answer.
void PathsView::updateControls()
{
    m_isFilling = true;
    const State& now = state();
    const bool isReady = graph() != nullptr && !graph()->places().empty();
    m_stack->setCurrentIndex(m_isObjects ? 2 : isReady ? 0 : 1);
    for (std::size_t at = 0; at < m_modeChips.size(); ++at)
        m_modeChips[at]->setChecked(m_isObjects ? at == 5 : at == static_cast<std::size_t>(now.mode));
    m_questionRow->setVisible(!m_isObjects);
    m_questionRow->setEnabled(isReady);
    m_fromBox->setVisible(now.mode != PathMode::ReachedBy);
    m_toBox->setVisible(now.mode != PathMode::Reach);
    m_from->setVisible(now.mode != PathMode::Reach);
    m_to->setVisible(now.mode != PathMode::ReachedBy);
    m_from->setCurrentIndex(static_cast<int>(now.from));
    m_to->setCurrentIndex(static_cast<int>(now.to));
    m_maxSteps->setValue(static_cast<int>(now.maxSteps));
    const quint32 allClasses = (1u << attack::techniqueClassCount) - 1,
                  allCertainties = (1u << attack::certaintyCount) - 1;
    m_classes->setChosen(now.classes == allClasses ? QStringList() : idsOf(now.classes, attack::techniqueClassCount));
    m_certainties->setChosen(
        now.certainties == allCertainties ? QStringList() : idsOf(now.certainties, attack::certaintyCount));
    m_repair->setVisible(now.mode == PathMode::ChokePoints);
    m_repair->setEnabled(!now.repaired.isNone());
    m_repair->setChecked(now.isRepaired);
    m_undo->setEnabled(m_at > 0);
    m_redo->setEnabled(m_at + 1 < m_states.size());
    m_title->setText(m_isObjects ? tr("Objects as they refer to each other") : headline());
    const model::PathPicture& picture = m_answer->picture;
    QString told;
    if (isReady && !m_isObjects) {
        if (now.mode == PathMode::Reach || now.mode == PathMode::ReachedBy)
            told = tr("%1 places · %2 drawn").arg(m_answer->reached.size()).arg(picture.nodes.size());
        else if (m_answer->groups.empty())
            told = tr("no way");
        else
            told = tr("%1, %2 · %3 drawn")
                       .arg(widget::counted(m_answer->open, tr("1 start"), tr("%1 starts")),
                           widget::counted(m_answer->groups.size(), tr("1 kind of way"), tr("%1 kinds of way")))
                       .arg(now.mode == PathMode::Namespaces ? m_answer->groups.size() : m_answer->shownGroups);
    }
    m_status->setText(told);
    m_isFilling = false;
}

void PathsView::complete(QLineEdit* search, const QString& text)
{
    m_completions->clear();
    if (graph() == nullptr)
        return;
    for (const PlaceId id : graph()->search(text.toStdString(), mostFound)) {
        auto* item = new QStandardItem(model::placeTitle(*graph(), id));
        item->setData(id.index, Qt::UserRole);
        item->setEditable(false);
        m_completions->appendRow(item);
    }
    search->completer()->complete();
}

void PathsView::focusSearch()
{
    if (m_isObjects) {
        m_objectsView->focusSearch();
        return;
    }
    QLineEdit* search = state().mode == PathMode::ReachedBy ? m_toSearch : m_fromSearch;
    search->setFocus(Qt::ShortcutFocusReason);
    search->selectAll();
}

QList<QAction*> PathsView::viewActions() const
{
    return m_actions;
}

void PathsView::openMenu(int node, const QPoint& global)
{
    const PlaceId place = placeOf(node);
    if (!place)
        return;
    const model::PathNode& shown = m_answer->picture.nodes[static_cast<std::size_t>(node)];
    QMenu menu(this);
    if (shown.isFolded())
        menu.addAction(tr("Expand"), this, [this, node] { activate(node); });
    if (!shown.isFolded()) {
        menu.addAction(tr("Paths from"), this, [this, place] { pathsFrom(place); });
        menu.addAction(tr("Paths to"), this, [this, place] { pathsTo(place); });
        menu.addAction(tr("Blast radius"), this, [this, place] { blastRadiusOf(place); });
        menu.addAction(tr("Who reaches it"), this, [this, place] { whoReaches(place); });
        menu.addSeparator();
        menu.addAction(
            m_marks.pinned.contains(place) ? tr("Unpin") : tr("Pin"), this, [this, place] { togglePin(place); });
        menu.addAction(tr("Note…"), this, [this, place] { askForNote(place); });
    }
    menu.addAction(tr("Hide"), this, [this, node] { hideNode(node); });
    const cluster::ObjectId object = graph()->place(place).object;
    if (object && !shown.isFolded()) {
        menu.addSeparator();
        menu.addAction(tr("Show its findings"), this,
            [this, object] { context().navigator.open(object, QStringLiteral("findings")); });
        menu.addAction(tr("Show as object"), this, [this, object] { showObjects(object); });
    }
    menu.addSeparator();
    menu.addAction(tr("Copy name"), this, [title = shown.title] { QApplication::clipboard()->setText(title); });
    menu.addAction(tr("Copy reference"), this,
        [ref = model::lineText(graph()->refOf(place))] { QApplication::clipboard()->setText(ref); });
    menu.exec(global);
}

void PathsView::askForNote(PlaceId place)
{
    const auto known = m_marks.notes.find(place);
    bool isOk = false;
    const QString note = QInputDialog::getText(this, tr("Note"), tr("Note on the place (until the program ends):"),
        QLineEdit::Normal, known == m_marks.notes.end() ? QString() : known->second, &isOk);
    if (isOk)
        setNote(place, note);
}

void PathsView::fromSelection()
{
    if (const PlaceId place = placeOf(m_canvas->selected()))
        pathsFrom(place);
}

void PathsView::toSelection()
{
    if (const PlaceId place = placeOf(m_canvas->selected()))
        pathsTo(place);
}

void PathsView::blastSelection()
{
    if (const PlaceId place = placeOf(m_canvas->selected()))
        blastRadiusOf(place);
}

void PathsView::reachSelection()
{
    if (const PlaceId place = placeOf(m_canvas->selected()))
        whoReaches(place);
}

void PathsView::pinSelection()
{
    if (const PlaceId place = placeOf(m_canvas->selected()))
        togglePin(place);
}

void PathsView::noteSelection()
{
    if (const PlaceId place = placeOf(m_canvas->selected()))
        askForNote(place);
}

void PathsView::fitPicture()
{
    m_canvas->fit();
}

void PathsView::chooseExport(const QString& suffix, int factor)
{
    if (!m_scene)
        return;
    QString path = QFileDialog::getSaveFileName(this, tr("Export the graph"), QStringLiteral("graph.") + suffix,
        QStringLiteral("%1 (*.%2)").arg(suffix.toUpper(), suffix));
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

bool PathsView::exportTo(const QString& path, int factor, QString* problem) const
{
    if (!m_scene || graph() == nullptr) {
        *problem = tr("There is nothing to export.");
        return false;
    }
    const model::ExportGraph exported = exportOf(*graph(), m_answer->picture, m_marks, headline());
    QSaveFile file(path);
    bool isWritten = file.open(QIODevice::WriteOnly);
    const auto write = [&](const QByteArray& bytes) { return file.write(bytes) == bytes.size(); };
    if (isWritten && path.endsWith(QLatin1String(".svg"), Qt::CaseInsensitive))
        isWritten = write(svgOf(*m_scene, headline()));
    else if (isWritten && path.endsWith(QLatin1String(".graphml"), Qt::CaseInsensitive))
        isWritten = write(model::graphMlOf(exported));
    else if (isWritten && path.endsWith(QLatin1String(".dot"), Qt::CaseInsensitive))
        isWritten = write(model::dotOf(exported));
    else if (isWritten && path.endsWith(QLatin1String(".json"), Qt::CaseInsensitive))
        isWritten = write(model::jsonOf(exported));
    else if (isWritten)
        isWritten = imageOf(*m_scene, factor).save(&file, "PNG");
    if (isWritten && file.commit())
        return true;
    *problem = tr("%1 could not be written: %2").arg(path, file.errorString());
    return false;
}

} // namespace plimsoll::ui::view
