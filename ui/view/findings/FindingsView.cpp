// SPDX-License-Identifier: Apache-2.0
#include "ui/view/findings/FindingsView.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QHeaderView>
#include <QLineEdit>
#include <QMenu>
#include <QShowEvent>
#include <QStackedWidget>
#include <QTabBar>
#include <QVBoxLayout>

#include "ui/model/FindingsModel.h"
#include "ui/model/Text.h"
#include "ui/view/findings/FindingsDelegate.h"
#include "ui/view/findings/WaiversPage.h"
#include "ui/widget/Icons.h"
#include "ui/widget/Parts.h"
#include "ui/widget/Table.h"

namespace plimsoll::ui::view {

namespace {

using namespace widget;
using model::FindingsFilter;
using model::FindingsModel;
using Column = FindingsModel::Column;

constexpr int wideEnough = 1180; // for the column with the message

std::vector<ChoiceChip::Choice> choicesOf(const std::vector<model::FindingRows::Value>& values)
{
    std::vector<ChoiceChip::Choice> choices;
    for (const auto& value : values) {
        if (value.count > 0)
            choices.push_back({ value.id, value.id, static_cast<int>(value.count) });
    }
    return choices;
}

} // namespace

FindingsView::FindingsView(ViewContext& context, QWidget* parent)
    : View(context, parent)
    , m_model(new FindingsModel(this))
{
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(space::xl, space::l, space::xl, space::l);
    outer->setSpacing(space::m);
    outer->addWidget(buildHead());
    m_stack = new QStackedWidget(this);
    outer->addWidget(m_stack, 1);
    auto* page = new QWidget(m_stack);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::m);
    column->addWidget(buildFilterBar());
    m_pages = new QStackedWidget(page);
    m_pages->addWidget(buildTable());
    m_empty = new EmptyState(QStringLiteral("filter"), tr("Nothing matches"), {}, this);
    auto* clear = button(tr("Clear all filters"), "primary", m_empty);
    m_empty->addAction(clear);
    connect(clear, &QPushButton::clicked, &context.filter, &ReviewFilter::clear);
    m_pages->addWidget(m_empty);
    column->addWidget(m_pages, 1);
    m_stack->addWidget(page);
    m_waivers = new WaiversPage(context, m_stack);
    m_suggestions = new SuggestionsPage(m_stack);
    m_stack->addWidget(m_waivers);
    m_stack->addWidget(m_suggestions);
    connect(m_waivers, &WaiversPage::shownFindings, this, [this] { openPage(Findings); });
    connect(m_suggestions, &SuggestionsPage::waiveAsked, this, &FindingsView::waive);
    buildActions();
    connect(&context.filter, &ReviewFilter::filterChanged, this, &FindingsView::applyFilter);
    applyFilter();
}

QWidget* FindingsView::buildHead()
{
    auto* head = new QWidget(this);
    auto* layout = new QHBoxLayout(head);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(space::s);
    m_tabs = new QTabBar(head);
    m_tabs->setAccessibleName(tr("Findings and what was accepted"));
    m_tabs->setDrawBase(false);
    m_tabs->setExpanding(false);
    for (const QString& title : { tr("Findings"), tr("Waivers"), tr("Suggested waivers") })
        m_tabs->addTab(title);
    connect(m_tabs, &QTabBar::currentChanged, this, [this](int tab) {
        m_stack->setCurrentIndex(tab);
        m_tools->setVisible(tab == Findings);
    });
    layout->addWidget(m_tabs);
    m_tools = buildTools(head);
    layout->addWidget(m_tools, 1);
    layout->addStretch(0);
    return head;
}

QWidget* FindingsView::buildTools(QWidget* parent)
{
    auto* head = new QWidget(parent);
    auto* layout = new QHBoxLayout(head);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(space::s);
    m_count = mutedLabel({}, head);
    layout->addWidget(m_count);
    m_clear = button(tr("Clear filters"), "link", head);
    connect(m_clear, &QPushButton::clicked, &context().filter, &ReviewFilter::clear);
    layout->addWidget(m_clear);
    layout->addStretch(1);
    m_status = comboBox(tr("Which results to show"), head);
    m_status->addItems({ tr("Open"), tr("Waived"), tr("Not assessed"), tr("All") });
    layout->addWidget(m_status);
    m_grouping = comboBox(tr("Group the findings"), head);
    m_grouping->addItems({ tr("No groups"), tr("Group by control"), tr("Group by object"), tr("Group by namespace"),
        tr("Group by severity"), tr("Group by team"), tr("Group by workload") });
    layout->addWidget(m_grouping);
    m_teamLabel = comboBox(tr("The label that names the team"), head);
    m_teamLabel->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_teamLabel->setMinimumContentsLength(16);
    m_teamLabel->hide();
    layout->addWidget(m_teamLabel);
    connect(m_teamLabel, &QComboBox::activated, this, [this](int index) {
        m_model->setTeamLabel(m_teamLabel->itemData(index).toString());
        m_teams->setChoices(choicesOf(m_model->findingRows()->teamValues()));
    });
    QToolButton* saved = flatButton(QStringLiteral("filter"), tr("Saved filters"), head);
    saved->setPopupMode(QToolButton::InstantPopup);
    m_filterMenu = new QMenu(saved);
    saved->setMenu(m_filterMenu);
    layout->addWidget(saved);
    connect(m_filterMenu, &QMenu::aboutToShow, this, &FindingsView::fillFilterMenu);
    connect(m_status, &QComboBox::currentIndexChanged, this, [this](int index) {
        FindingsFilter next = this->context().filter.filter();
        next.status = static_cast<FindingsFilter::Status>(index);
        changeFilter(next);
    });
    connect(m_grouping, &QComboBox::currentIndexChanged, this, &FindingsView::setGrouping);
    return head;
}

QWidget* FindingsView::buildFilterBar()
{
    auto* bar = new QWidget(this);
    auto* flow = new FlowLayout(space::s, bar);
    m_search = new QLineEdit(bar);
    m_search->setPlaceholderText(tr("Filter by text  ( / )"));
    m_search->setAccessibleName(tr("Filter the findings by text"));
    m_search->setClearButtonEnabled(true);
    m_search->setFixedWidth(180);
    m_search->addAction(icon(QStringLiteral("search"), theme().textMuted), QLineEdit::LeadingPosition);
    flow->addWidget(m_search);
    connect(
        m_search, &QLineEdit::textEdited, this, [this](const QString& text) { this->context().filter.setText(text); });
    connect(m_search, &QLineEdit::textChanged, this, [this](const QString& text) {
        if (text.isEmpty() && !m_isShowing) // the clear button does not count as an edit
            this->context().filter.setText({});
    });
    connect(m_search, &QLineEdit::returnPressed, this, [this] { m_table->setFocus(); });
    for (int severity = 0; severity < 5; ++severity) {
        auto* chip = new SeverityChip(severity, bar);
        m_severities[static_cast<std::size_t>(severity)] = chip;
        flow->addWidget(chip);
        connect(chip, &QToolButton::toggled, this, [this, severity](bool isOn) {
            FindingsFilter next = this->context().filter.filter();
            next.severities[static_cast<std::size_t>(severity)] = isOn;
            changeFilter(next);
        });
    }
    const auto addChip = [&](const QString& name, QStringList FindingsFilter::*field) {
        auto* chip = new ChoiceChip(name, bar);
        flow->addWidget(chip);
        connect(chip, &ChoiceChip::chosenChanged, this, [this, field](const QStringList& ids) {
            FindingsFilter next = this->context().filter.filter();
            next.*field = ids;
            changeFilter(next);
        });
        return chip;
    };
    m_inContext = new ChoiceChip(tr("In context"), bar);
    m_inContext->setToolTip(tr("By the severity that the finding has for this workload"));
    std::vector<ChoiceChip::Choice> severities;
    for (int severity = 0; severity < 5; ++severity)
        severities.push_back({ QString::number(severity), severityName(severity), -1 });
    m_inContext->setChoices(std::move(severities));
    flow->addWidget(m_inContext);
    connect(m_inContext, &ChoiceChip::chosenChanged, this, [this](const QStringList& ids) {
        FindingsFilter next = this->context().filter.filter();
        for (std::size_t severity = 0; severity < next.inContext.size(); ++severity)
            next.inContext[severity] = ids.isEmpty() || ids.contains(QString::number(severity));
        changeFilter(next);
    });
    m_namespaces = addChip(tr("Namespace"), &FindingsFilter::namespaces);
    m_kinds = addChip(tr("Kind"), &FindingsFilter::kinds);
    m_controls = addChip(tr("Control"), &FindingsFilter::controls);
    m_teams = addChip(tr("Team"), &FindingsFilter::teams);
    m_frameworks = addChip(tr("Framework"), &FindingsFilter::frameworks);
    m_requirements = addChip(tr("Requirement"), &FindingsFilter::requirements);
    return bar;
}

QWidget* FindingsView::buildTable()
{
    m_table = new Table(this);
    m_table->setAccessibleName(tr("Findings"));
    m_table->setItemDelegate(new FindingsDelegate(m_table));
    m_table->setModel(m_model);
    m_table->setSortingEnabled(true);
    m_table->header()->setSortIndicator(Column::Severity, Qt::AscendingOrder);
    m_table->header()->setStretchLastSection(false);
    fitColumns();
    connect(m_table->selectionModel(), &QItemSelectionModel::currentChanged, this,
        [this](const QModelIndex& current) { selectionMoved(current); });
    connect(m_table, &QWidget::customContextMenuRequested, this, &FindingsView::openMenu);
    connect(m_table, &Table::copyRequested, this, [this] { m_copyRows->trigger(); });
    connect(m_model, &QAbstractItemModel::modelReset, this, &FindingsView::updateCounts);
    return m_table;
}

// In a narrow window the message gives way: the inspector shows it in full.
void FindingsView::fitColumns()
{
    const bool isWide = width() >= wideEnough;
    m_table->setColumnHidden(Column::Message, !isWide);
    updateColumns();
    m_table->header()->setSectionResizeMode(Column::Title, isWide ? QHeaderView::Interactive : QHeaderView::Stretch);
    m_table->header()->setSectionResizeMode(Column::Message, isWide ? QHeaderView::Stretch : QHeaderView::Interactive);
    const std::pair<Column, int> widths[] = { { Column::Severity, severityWidth() },
        { Column::InContext, isWide ? 104 : 96 }, { Column::Control, isWide ? 88 : 80 }, { Column::Status, 168 },
        { Column::Title, 260 }, { Column::Kind, isWide ? 148 : 104 }, { Column::Namespace, isWide ? 124 : 96 },
        { Column::Name, isWide ? 200 : 140 }, { Column::Affected, isWide ? 82 : 76 } };
    for (const auto& [column, pixels] : widths)
        m_table->setColumnWidth(column, pixels);
}

// The status is told by a column where it differs from row to row.
void FindingsView::updateColumns()
{
    const FindingsFilter::Status status = context().filter.filter().status;
    const bool hasStatus = status == FindingsFilter::Status::All || status == FindingsFilter::Status::Waived;
    m_table->setColumnHidden(Column::Status, !hasStatus);
    // In a narrow window it takes the room of what the inspector tells as well.
    const bool isTight = hasStatus && width() < wideEnough;
    m_table->setColumnHidden(Column::Affected, isTight);
    m_table->setColumnHidden(Column::Kind, isTight);
}

int FindingsView::severityWidth() const
{
    return m_model->grouping() == FindingsModel::Grouping::None ? 104 : 134; // room for the arrow of a group
}

void FindingsView::resizeEvent(QResizeEvent* event)
{
    View::resizeEvent(event);
    if ((width() >= wideEnough) == m_table->isColumnHidden(Column::Message))
        fitColumns();
}

void FindingsView::buildActions()
{
    const auto add = [this](const QString& text, const QString& iconName, const QKeySequence& keys, auto&& run) {
        auto* action = new QAction(text, this);
        if (!iconName.isEmpty())
            setIconName(action, iconName);
        action->setShortcut(keys);
        action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        connect(action, &QAction::triggered, this, run);
        addAction(action);
        return action;
    };
    m_showInGraph = add(tr("Show in graph"), QStringLiteral("graph"), QKeySequence(Qt::CTRL | Qt::Key_G), [this] {
        if (const cluster::ObjectId object = m_model->object(m_table->currentIndex()); object)
            this->context().navigator.open(object, QStringLiteral("paths"));
    });
    const auto asking = [this, add](const QString& text, const QString& question) {
        return add(text, {}, {}, [this, question] {
            if (const cluster::ObjectId object = m_model->object(m_table->currentIndex()); object)
                this->context().navigator.ask(object, QStringLiteral("paths"), question);
        });
    };
    m_pathsFrom = asking(tr("Paths from"), QStringLiteral("from"));
    m_pathsTo = asking(tr("Paths to"), QStringLiteral("to"));
    m_copyRows = add(tr("Copy rows"), QStringLiteral("copy"), {},
        [this] { QApplication::clipboard()->setText(m_table->selectionAsText()); });
    m_waive = add(tr("Accept the risk (waive)\u2026"), QStringLiteral("check"), QKeySequence(Qt::Key_W),
        [this] { waive(m_model->findingsOf(m_table->selectionModel()->selectedRows())); });
    m_waive->setShortcutContext(Qt::WindowShortcut); // as soon as this page is seen, wherever the focus is
    m_next = add(tr("Next finding"), {}, QKeySequence(Qt::CTRL | Qt::Key_Down),
        [this] { select(m_table->indexBelow(m_table->currentIndex())); });
    m_previous = add(tr("Previous finding"), {}, QKeySequence(Qt::CTRL | Qt::Key_Up),
        [this] { select(m_table->indexAbove(m_table->currentIndex())); });
}

QList<QAction*> FindingsView::viewActions() const
{
    return { m_waive, m_showInGraph, m_pathsFrom, m_pathsTo, m_copyRows, m_next, m_previous };
}

void FindingsView::setAssessment(std::shared_ptr<const assess::Assessment> assessment)
{
    const bool isSameCluster = m_assessment && assessment && m_assessment->cluster == assessment->cluster;
    const QModelIndex current = m_table->currentIndex();
    const std::optional<std::uint32_t> kept = m_model->finding(current);
    const int row = current.row();
    const QString team = isSameCluster && m_model->findingRows() ? m_model->findingRows()->teamLabel() : QString();
    m_assessment = assessment;
    m_model->setAssessment(assessment);
    if (!team.isEmpty())
        m_model->setTeamLabel(team);
    m_waivers->setAssessment(assessment);
    m_suggestions->setAssessment(assessment);
    updateChoices();
    updateTabs();
    showFilter();
    if (!isSameCluster) {
        openPage(Findings);
        return;
    }
    // What was waived has gone: the person goes on with what took its place.
    QModelIndex next = kept ? m_model->indexOfFinding(*kept) : QModelIndex();
    if (!next.isValid() && m_model->grouping() == FindingsModel::Grouping::None)
        next = m_model->index(std::min(row, m_model->rowCount() - 1), 0);
    select(next);
}

void FindingsView::openPage(Page page)
{
    m_tabs->setCurrentIndex(page);
}

void FindingsView::updateTabs()
{
    const std::size_t waivers = m_assessment ? m_assessment->waivers.size() : 0;
    const std::size_t suggested = m_assessment ? m_assessment->waiverSuggestions.size() : 0;
    m_tabs->setTabText(Waivers, waivers == 0 ? tr("Waivers") : tr("Waivers (%1)").arg(waivers));
    m_tabs->setTabText(
        Suggestions, suggested == 0 ? tr("Suggested waivers") : tr("Suggested waivers (%1)").arg(suggested));
}

void FindingsView::updateChoices()
{
    if (!m_assessment || !m_model->findingRows())
        return;
    const model::FindingRows& rows = *m_model->findingRows();
    m_namespaces->setChoices(choicesOf(rows.namespaceValues()));
    m_kinds->setChoices(choicesOf(rows.kindValues()));
    std::vector<ChoiceChip::Choice> controls = choicesOf(rows.controlValues());
    for (ChoiceChip::Choice& choice : controls) {
        if (const auto* entry = m_assessment->catalogue->find(choice.id.toStdString()))
            choice.text = choice.id + QStringLiteral("  ") + model::text(entry->text.title);
    }
    m_controls->setChoices(std::move(controls));
    std::vector<ChoiceChip::Choice> frameworks;
    for (const auto& framework : m_assessment->catalogue->frameworks)
        frameworks.push_back({ model::text(framework.id), model::text(framework.title), -1 });
    m_frameworks->setChoices(std::move(frameworks));
    m_teams->setChoices(choicesOf(rows.teamValues()));
    m_teamLabel->clear();
    for (const auto& value : rows.teamLabels())
        m_teamLabel->addItem(tr("by label %1").arg(value.id), value.id);
    m_teamLabel->setCurrentIndex(m_teamLabel->findData(rows.teamLabel()));
    updateRequirements();
}

// Requirements are offered for the frameworks that are chosen: all of them together are thousands.
void FindingsView::updateRequirements()
{
    std::vector<ChoiceChip::Choice> choices;
    const QStringList& chosen = context().filter.filter().frameworks;
    const QStringList& wanted = context().filter.filter().requirements;
    for (std::size_t i = 0; m_assessment && i < m_assessment->catalogue->frameworks.size(); ++i) {
        const control::Framework& framework = m_assessment->catalogue->frameworks[i];
        const QString prefix = model::text(framework.id) + QLatin1Char(' ');
        for (const control::Requirement& requirement : framework.requirements) {
            const QString id = prefix + model::text(requirement.id);
            if (chosen.contains(model::text(framework.id)) || wanted.contains(id))
                choices.push_back({ id, model::text(requirement.id + "  " + requirement.title), -1 });
        }
    }
    m_requirements->setVisible(!choices.empty());
    m_requirements->setChoices(std::move(choices));
}

void FindingsView::applyFilter()
{
    const std::optional<std::uint32_t> kept = m_model->finding(m_table->currentIndex());
    m_model->setFilter(context().filter.filter());
    showFilter();
    if (m_model->grouping() != FindingsModel::Grouping::None && m_model->rowCount() <= 3)
        m_table->expandAll();
    if (kept)
        select(m_model->indexOfFinding(*kept));
}

void FindingsView::showFilter()
{
    m_isShowing = true;
    const FindingsFilter& filter = context().filter.filter();
    if (m_search->text() != filter.text)
        m_search->setText(filter.text);
    for (std::size_t severity = 0; severity < m_severities.size(); ++severity)
        m_severities[severity]->setChecked(filter.severities[severity]);
    m_status->setCurrentIndex(static_cast<int>(filter.status));
    m_namespaces->setChosen(filter.namespaces);
    m_kinds->setChosen(filter.kinds);
    m_controls->setChosen(filter.controls);
    m_frameworks->setChosen(filter.frameworks);
    updateRequirements();
    m_requirements->setChosen(filter.requirements);
    m_teams->setChosen(filter.teams);
    QStringList inContext;
    for (std::size_t severity = 0; severity < filter.inContext.size(); ++severity) {
        if (filter.inContext[severity])
            inContext.append(QString::number(severity));
    }
    m_inContext->setChosen(inContext.size() == 5 ? QStringList() : inContext);
    updateColumns();
    m_clear->setVisible(!context().filter.isDefault());
    m_isShowing = false;
    updateCounts();
}

void FindingsView::changeFilter(const FindingsFilter& filter)
{
    if (!m_isShowing)
        context().filter.setFilter(filter);
}

void FindingsView::updateCounts()
{
    const std::size_t shown = m_model->shownCount();
    const std::size_t total = m_model->totalCount();
    m_count->setText(shown == total ? grouped(total) : tr("%1 of %2").arg(grouped(shown), grouped(total)));
    for (std::size_t severity = 0; severity < m_severities.size(); ++severity)
        m_severities[severity]->setCount(m_model->countBySeverity()[severity]);
    m_pages->setCurrentIndex(shown == 0 ? 1 : 0);
    if (shown == 0 && total == 0)
        m_empty->setTexts(tr("No findings"),
            tr("No control failed on this source. What was not assessed is listed under \u201cNot assessed\u201d."));
    else if (shown == 0)
        m_empty->setTexts(
            tr("Nothing matches"), tr("%1 findings are hidden by the filters above.").arg(grouped(total)));
}

void FindingsView::selectionMoved(const QModelIndex& current)
{
    if (const auto finding = m_model->finding(current))
        context().navigator.inspectFinding(*finding, m_model->object(current));
    else if (const cluster::ObjectId object = m_model->object(current); object)
        context().navigator.inspect(object);
    m_showInGraph->setEnabled(static_cast<bool>(m_model->object(current)));
}

void FindingsView::select(const QModelIndex& index)
{
    if (!index.isValid())
        return;
    m_table->setCurrentIndex(index.siblingAtColumn(0));
    m_table->scrollTo(index.siblingAtColumn(0));
}

// The first finding is selected for the person, so that the inspector has something to say.
void FindingsView::showEvent(QShowEvent* event)
{
    View::showEvent(event);
    if (event->spontaneous())
        return; // the window was hidden, not the page
    if (m_table->currentIndex().isValid())
        selectionMoved(m_table->currentIndex());
    else if (m_model->grouping() == FindingsModel::Grouping::None)
        select(m_model->index(0, 0));
}

void FindingsView::showFinding(std::uint32_t finding)
{
    QModelIndex index = m_model->indexOfFinding(finding);
    if (!index.isValid() && m_assessment && finding < m_assessment->findings.size()) {
        context().filter.clear(); // the person asked for this one: filters that hide it give way
        index = m_model->indexOfFinding(finding);
    }
    select(index);
}

void FindingsView::showObject(cluster::ObjectId object)
{
    QModelIndex index = m_model->firstIndexOf(object);
    if (!index.isValid() && !context().filter.isDefault()) {
        context().filter.clear();
        index = m_model->firstIndexOf(object);
    }
    select(index);
}

void FindingsView::focusSearch()
{
    m_search->setFocus();
    m_search->selectAll();
}

void FindingsView::setGrouping(int grouping)
{
    m_model->setGrouping(static_cast<FindingsModel::Grouping>(grouping));
    const bool isTree = grouping != 0;
    m_table->setRootIsDecorated(isTree);
    m_table->setColumnWidth(Column::Severity, severityWidth());
    m_teamLabel->setVisible(grouping == static_cast<int>(FindingsModel::Grouping::Team));
}

void FindingsView::addFilterActions(QMenu& menu, const QModelIndex& index)
{
    const model::FindingRows::Row* row = m_model->row(index);
    if (!row)
        return;
    const model::FindingRows& rows = *m_model->findingRows();
    const QString ns = rows.ns(*row).isEmpty() ? FindingsFilter::clusterScope : rows.ns(*row);
    const auto add = [&](const QString& text, QStringList FindingsFilter::*field, const QString& value) {
        connect(menu.addAction(text), &QAction::triggered, this, [this, field, value] {
            FindingsFilter next = context().filter.filter();
            next.*field = { value };
            changeFilter(next);
        });
    };
    add(tr("Only control %1").arg(rows.controlId(*row)), &FindingsFilter::controls, rows.controlId(*row));
    add(tr("Only namespace %1").arg(ns).replace(QLatin1Char('&'), QStringLiteral("&&")), &FindingsFilter::namespaces,
        ns);
    add(tr("Only kind %1").arg(rows.kind(*row)), &FindingsFilter::kinds, rows.kind(*row));
    menu.addSeparator();
}

void FindingsView::openMenu(const QPoint& position)
{
    const QModelIndex index = m_table->indexAt(position);
    if (!index.isValid())
        return;
    QMenu menu(this);
    menu.addAction(m_waive);
    menu.addSeparator();
    addFilterActions(menu, index);
    menu.addAction(m_showInGraph);
    menu.addAction(m_pathsFrom);
    menu.addAction(m_pathsTo);
    menu.addAction(m_copyRows);
    if (const cluster::ObjectId object = m_model->object(index); object && m_assessment) {
        const QString ref = model::lineText(m_assessment->cluster->refOf(object));
        connect(menu.addAction(icon(QStringLiteral("copy")), tr("Copy object name")), &QAction::triggered, this,
            [ref] { QApplication::clipboard()->setText(ref); });
    }
    menu.exec(m_table->viewport()->mapToGlobal(position));
}

} // namespace plimsoll::ui::view

#include "moc_FindingsView.cpp"
