// SPDX-License-Identifier: Apache-2.0
#include "ui/view/compliance/ComplianceView.h"

#include <QAction>
#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QEvent>
#include <QHeaderView>
#include <QLineEdit>
#include <QMenu>
#include <QShowEvent>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "ui/model/Text.h"
#include "ui/view/StatusParts.h"
#include "ui/view/compliance/ComplianceDelegates.h"
#include "ui/view/compliance/RequirementPanel.h"
#include "ui/widget/Icons.h"
#include "ui/widget/Parts.h"

namespace plimsoll::ui::view {

using namespace widget;
using model::ComplianceModel;

ComplianceView::ComplianceView(ViewContext& context, QWidget* parent)
    : View(context, parent)
    , m_model(new ComplianceModel(this))
    , m_otherModel(new ComplianceModel(this))
{
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(space::xl, space::l, space::xl, space::l);
    auto* columns = new QSplitter(Qt::Horizontal, this);
    columns->setChildrenCollapsible(false);
    columns->setHandleWidth(space::l);
    columns->setStyleSheet(QStringLiteral("QSplitter::handle { background: transparent; }")); // the gap is enough
    columns->addWidget(buildList());
    auto* body = new QWidget(columns);
    auto* middle = new QVBoxLayout(body);
    middle->setContentsMargins(0, 0, 0, 0);
    middle->setSpacing(space::s);
    middle->addWidget(buildHead());
    middle->addWidget(buildFilters());
    middle->addWidget(buildTrees(), 1);
    columns->addWidget(body);
    m_panel = new RequirementPanel(columns);
    m_panel->setMinimumWidth(240);
    columns->addWidget(m_panel);
    columns->setStretchFactor(1, 1);
    columns->setSizes({ 330, 600, 360 });
    outer->addWidget(columns);
    connect(m_panel, &RequirementPanel::recordAsked, this, &ComplianceView::record);
    connect(m_panel, &RequirementPanel::withdrawAsked, this, &ComplianceView::withdraw);
    connect(m_panel, &RequirementPanel::controlAsked, this, [this](const QString& id) { openFindings({}, { id }); });
    connect(m_panel, &RequirementPanel::objectAsked, this, [this] { openIndex(m_table->currentIndex()); });
    connect(m_panel, &RequirementPanel::findingsAsked, this, [this] {
        if (!m_requirement)
            return;
        const auto detail = model::detailOf(*m_assessment, m_model->framework(), *m_requirement);
        openFindings({ detail.framework + QLatin1Char(' ') + detail.id }, {});
    });
    connect(&context.review, &Review::frameworkChosen, this, [this] {
        for (const model::FrameworkLine& line : m_lines) {
            if (line.id == this->context().review.framework())
                chooseFramework(line.index);
        }
    });
    buildActions();
    updateShown();
}

QWidget* ComplianceView::buildList()
{
    m_listBox = new QWidget(this);
    m_listBox->setMinimumWidth(200);
    auto* column = new QVBoxLayout(m_listBox);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::s);
    column->addWidget(label(tr("Frameworks"), TextStyle::Title, m_listBox));
    m_list = new FrameworkList(m_listBox);
    m_list->setAccessibleName(tr("Frameworks"));
    column->addWidget(m_list, 1);
    connect(m_list, &QListWidget::currentRowChanged, this, [this] {
        if (m_list->chosen() >= 0)
            chooseFramework(static_cast<std::uint32_t>(m_list->chosen()));
    });
    return m_listBox;
}

QWidget* ComplianceView::buildHead()
{
    auto* head = new QWidget(this);
    auto* column = new QVBoxLayout(head);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::xs);
    auto* row = new QHBoxLayout;
    row->setSpacing(space::s);
    m_title = new ElidedLabel(Qt::ElideRight, head);
    m_title->setFont(widget::font(TextStyle::Heading));
    row->addWidget(m_title, 1);
    m_compare = comboBox(tr("Compare with another framework"), head);
    m_compare->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_compare->setMinimumContentsLength(24);
    row->addWidget(m_compare);
    connect(m_compare, &QComboBox::currentIndexChanged, this, [this] {
        if (!m_isFilling)
            compareWith(m_compare->currentData().toInt());
    });
    auto* exporter = flatButton(QStringLiteral("export"), tr("Export this framework"), head);
    exporter->setPopupMode(QToolButton::InstantPopup);
    auto* menu = new QMenu(exporter);
    menu->addAction(tr("As CSV\u2026"), this, [this] { chooseExport(QStringLiteral("csv")); });
    menu->addAction(tr("As JSON\u2026"), this, [this] { chooseExport(QStringLiteral("json")); });
    menu->addAction(tr("As PDF\u2026"), this, [this] { chooseExport(QStringLiteral("pdf")); });
    exporter->setMenu(menu);
    row->addWidget(exporter);
    column->addLayout(row);
    m_bar = new StackedBar(head);
    column->addWidget(m_bar);
    m_coverage = mutedLabel({}, head);
    m_coverage->setWordWrap(true);
    column->addWidget(m_coverage);
    return head;
}

QWidget* ComplianceView::buildFilters()
{
    auto* bar = new QWidget(this);
    auto* flow = new FlowLayout(space::s, bar);
    m_search = new QLineEdit(bar);
    m_search->setPlaceholderText(tr("Filter by text  ( / )"));
    m_search->setAccessibleName(tr("Filter the requirements by text"));
    m_search->setClearButtonEnabled(true);
    m_search->setFixedWidth(180);
    m_search->addAction(icon(QStringLiteral("search"), theme().textMuted), QLineEdit::LeadingPosition);
    flow->addWidget(m_search);
    connect(m_search, &QLineEdit::textChanged, this, &ComplianceView::updateFilter);
    connect(m_search, &QLineEdit::returnPressed, this, [this] { m_table->setFocus(); });
    for (int status = 0; status < 5; ++status) {
        auto* chip = new QToolButton(bar);
        widget::setRole(chip, "chip");
        chip->setCheckable(true);
        chip->setChecked(true);
        chip->setProperty("active", true);
        m_statuses[static_cast<std::size_t>(status)] = chip;
        flow->addWidget(chip);
        connect(chip, &QToolButton::toggled, this, [this, chip](bool isOn) {
            chip->setProperty("active", isOn);
            chip->style()->unpolish(chip);
            chip->style()->polish(chip);
            updateFilter();
        });
    }
    m_onlyOpen = checkBox(tr("Only what nobody decided"), bar);
    flow->addWidget(m_onlyOpen);
    connect(m_onlyOpen, &QCheckBox::toggled, this, &ComplianceView::updateFilter);
    return bar;
}

Table* ComplianceView::buildTree(ComplianceModel* model, const QString& name)
{
    auto* tree = new Table(this);
    tree->setAccessibleName(name);
    tree->setRootIsDecorated(true);
    tree->setItemDelegate(new ComplianceDelegate(tree));
    tree->setModel(model);
    tree->setSelectionMode(QAbstractItemView::SingleSelection);
    connect(tree, &Table::copyRequested, tree, [tree] { QApplication::clipboard()->setText(tree->selectionAsText()); });
    return tree;
}

QWidget* ComplianceView::buildTrees()
{
    m_pages = new QStackedWidget(this);
    m_trees = new QSplitter(Qt::Horizontal, m_pages);
    m_trees->setChildrenCollapsible(false);
    m_trees->installEventFilter(this);
    m_table = buildTree(m_model, tr("Requirements"));
    m_otherBox = new QWidget(m_trees);
    auto* column = new QVBoxLayout(m_otherBox);
    column->setContentsMargins(space::s, 0, 0, 0);
    column->setSpacing(space::xs);
    m_otherCounts = new ElidedLabel(Qt::ElideRight, m_otherBox);
    m_otherCounts->setFont(widget::font(TextStyle::Strong));
    m_shared = mutedLabel({}, m_otherBox);
    m_otherTable = buildTree(m_otherModel, tr("Requirements of the other framework"));
    column->addWidget(m_otherCounts);
    column->addWidget(m_otherTable, 1);
    column->addWidget(m_shared);
    m_trees->addWidget(m_table);
    m_trees->addWidget(m_otherBox);
    m_otherBox->hide();
    m_pages->addWidget(m_trees);
    m_empty = new EmptyState(QStringLiteral("filter"), tr("Nothing matches"), {}, m_pages);
    auto* clear = button(tr("Show all requirements"), "primary", m_empty);
    m_empty->addAction(clear);
    connect(clear, &QPushButton::clicked, this, [this] {
        m_search->clear();
        m_onlyOpen->setChecked(false);
        for (QToolButton* chip : m_statuses)
            chip->setChecked(true);
    });
    m_pages->addWidget(m_empty);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentChanged, this, &ComplianceView::selectionMoved);
    connect(m_table, &QTreeView::activated, this, &ComplianceView::openIndex);
    connect(m_table, &QWidget::customContextMenuRequested, this, &ComplianceView::openMenu);
    // The other way round, choosing on the right marks the left.
    connect(
        m_otherTable->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex& current) {
            m_model->setRelated(
                current.isValid() && m_otherTable->hasFocus() ? m_otherModel->controls(current) : QStringList());
        });
    return m_pages;
}

void ComplianceView::buildActions()
{
    const auto add = [this](const QString& text, const QKeySequence& keys, auto triggered) {
        auto* action = new QAction(text, this);
        action->setShortcut(keys);
        action->setShortcutContext(Qt::WindowShortcut); // as soon as this page is seen, wherever the focus is
        connect(action, &QAction::triggered, this, triggered);
        m_actions.append(action);
    };
    add(tr("Record a verdict\u2026"), QKeySequence(Qt::Key_V), [this] { record(); });
    add(tr("Compare with another framework"), QKeySequence(Qt::CTRL | Qt::Key_D), [this] { m_compare->setFocus(); });
    add(tr("Export this framework as CSV\u2026"), {}, [this] { chooseExport(QStringLiteral("csv")); });
    add(tr("Export this framework as JSON\u2026"), {}, [this] { chooseExport(QStringLiteral("json")); });
    add(tr("Export this framework as PDF\u2026"), {}, [this] { chooseExport(QStringLiteral("pdf")); });
    addActions(m_actions);
}

QList<QAction*> ComplianceView::viewActions() const
{
    return m_actions;
}

void ComplianceView::focusSearch()
{
    m_search->setFocus();
    m_search->selectAll();
}

void ComplianceView::setAssessment(std::shared_ptr<const assess::Assessment> assessment)
{
    const bool isSameCluster = m_assessment && assessment && m_assessment->cluster == assessment->cluster;
    const bool isKept = isSameCluster && m_requirement.has_value();
    const std::uint32_t kept = m_requirement.value_or(0);
    const int other = isSameCluster && m_otherBox->isVisibleTo(this) ? static_cast<int>(m_otherModel->framework()) : -1;
    m_assessment = std::move(assessment);
    m_lines = m_assessment ? model::frameworkLines(*m_assessment) : std::vector<model::FrameworkLine>();
    std::uint32_t framework = isSameCluster ? m_model->framework() : 0;
    // The newest benchmark of Kubernetes itself, unless another one was looked at last.
    const auto isBenchmark = [](const model::FrameworkLine& line) {
        const QString prefix = QStringLiteral("cis-");
        return line.id.startsWith(prefix) && line.id.size() > prefix.size() && line.id[prefix.size()].isDigit();
    };
    for (const model::FrameworkLine& line : m_lines) {
        if (!isSameCluster && isBenchmark(line))
            framework = line.index;
    }
    for (const model::FrameworkLine& line : m_lines) {
        if (!isSameCluster && line.id == context().review.framework())
            framework = line.index;
    }
    m_isFilling = true;
    m_list->setLines(m_lines);
    m_compare->clear();
    m_compare->addItem(tr("Compare with\u2026"), -1);
    for (const model::FrameworkLine& line : m_lines)
        m_compare->addItem(line.title, line.index);
    m_compare->setCurrentIndex(other + 1);
    m_isFilling = false;
    m_model->setAssessment(m_assessment, framework);
    m_otherModel->setAssessment(m_assessment, other < 0 ? framework : static_cast<std::uint32_t>(other));
    m_requirement.reset();
    m_panel->showNothing();
    chooseFramework(framework);
    compareWith(other);
    if (isKept)
        showRequirement(kept);
}

void ComplianceView::chooseFramework(std::uint32_t framework)
{
    if (framework >= m_lines.size()) {
        updateShown();
        return;
    }
    if (m_model->framework() != framework) {
        m_requirement.reset();
        m_panel->showNothing();
        m_model->setFramework(framework);
    }
    m_list->choose(framework);
    context().review.chooseFramework(m_lines[framework].id);
    updateHead();
    updateShown();
    expandSections(m_table, *m_model);
    if (isVisible() && !m_requirement)
        showFirst();
}

void ComplianceView::compareWith(int framework)
{
    const bool isOn = framework >= 0 && static_cast<std::size_t>(framework) < m_lines.size();
    if (m_compare->currentIndex() != framework + 1) {
        m_isFilling = true;
        m_compare->setCurrentIndex(isOn ? framework + 1 : 0);
        m_isFilling = false;
    }
    m_otherBox->setVisible(isOn);
    m_listBox->setVisible(!isOn); // two trees need the room; the choice of the first stays as it is
    if (isOn) {
        m_otherModel->setFramework(static_cast<std::uint32_t>(framework));
        const model::FrameworkLine& line = m_lines[static_cast<std::size_t>(framework)];
        m_otherCounts->setFullText(line.title + QStringLiteral("   ") + model::countsText(line.counts));
        expandSections(m_otherTable, *m_otherModel);
        m_trees->setSizes({ 500, 500 });
    }
    m_model->setRelated({});
    updateOther();
    fitColumns();
}

// Sections stay open: they are few, and what a person looks for is below them.
void ComplianceView::expandSections(Table* tree, const ComplianceModel& model)
{
    for (int row = 0; row < model.rowCount(); ++row)
        tree->expand(model.index(row, 0));
}

void ComplianceView::updateHead()
{
    const std::uint32_t at = m_model->framework();
    if (at >= m_lines.size())
        return;
    const model::FrameworkLine& line = m_lines[at];
    m_title->setFullText(line.title);
    m_bar->setParts(statusParts(line.counts));
    m_bar->setAccessibleName(model::countsText(line.counts));
    QString about = model::coverageText(line);
    const quint32 recorded = line.recordedPass + line.recordedFail + line.recordedNotApplicable;
    if (recorded > 0)
        about += tr(". Recorded: %1 pass, %2 fail, %3 not applicable")
                     .arg(line.recordedPass)
                     .arg(line.recordedFail)
                     .arg(line.recordedNotApplicable);
    m_coverage->setText(about);
    m_coverage->setToolTip(line.note.toHtmlEscaped());
    for (std::size_t status = 0; status < m_statuses.size(); ++status)
        m_statuses[status]->setText(
            model::statusName(static_cast<int>(status)) + QLatin1Char(' ') + QString::number(line.counts[status]));
}

void ComplianceView::updateFilter()
{
    model::ComplianceFilter filter;
    filter.text = m_search->text();
    filter.onlyOpen = m_onlyOpen->isChecked();
    for (std::size_t status = 0; status < m_statuses.size(); ++status)
        filter.statuses[status] = m_statuses[status]->isChecked();
    const bool wasShown = m_requirement.has_value();
    const std::uint32_t kept = m_requirement.value_or(0);
    m_model->setFilter(filter);
    expandSections(m_table, *m_model);
    updateShown();
    if (wasShown && m_model->indexOfRequirement(kept).isValid())
        showRequirement(kept);
    else
        showFirst();
}

void ComplianceView::updateShown()
{
    const bool hasFrameworks = !m_lines.empty();
    const bool isEmpty = m_model->shownRequirements() == 0;
    m_pages->setCurrentIndex(isEmpty ? 1 : 0);
    if (!hasFrameworks)
        m_empty->setTexts(tr("No framework is in scope"), tr("The assessment was made without frameworks."));
    else if (isEmpty)
        m_empty->setTexts(tr("Nothing matches"), tr("All requirements of this framework are hidden by the filters."));
}

void ComplianceView::updateOther()
{
    const bool isOn = m_otherBox->isVisibleTo(this);
    const QStringList controls = isOn ? m_model->controls(m_table->currentIndex()) : QStringList();
    m_otherModel->setRelated(controls);
    if (!isOn)
        return;
    if (!m_requirement) {
        m_shared->setText(tr("Choose a requirement on the left to see what shares its controls."));
        return;
    }
    m_shared->setText(controls.isEmpty()
            ? tr("No control decides this one, so nothing is shared.")
            : counted(static_cast<quint64>(m_otherModel->relatedCount()), tr("1 requirement shares a control."),
                tr("%1 requirements share a control.")));
    if (const QModelIndex first = m_otherModel->firstRelated(); first.isValid())
        m_otherTable->scrollTo(first, QAbstractItemView::PositionAtCenter);
}

void ComplianceView::selectionMoved(const QModelIndex& current)
{
    m_model->setRelated({});
    m_requirement = m_model->requirement(current);
    if (!m_requirement) {
        m_panel->showNothing();
    } else {
        m_panel->showRequirement(model::detailOf(*m_assessment, m_model->framework(), *m_requirement));
        const cluster::ObjectId object = m_model->object(current);
        const QString title = current.siblingAtColumn(ComplianceModel::Title).data().toString();
        const QString message = current.siblingAtColumn(ComplianceModel::Evidence).data().toString();
        m_panel->showObject(object ? title : QString(), message, m_model->finding(current).has_value());
    }
    updateOther();
}

void ComplianceView::showRequirement(std::uint32_t requirement)
{
    const QModelIndex index = m_model->indexOfRequirement(requirement);
    if (!index.isValid())
        return;
    m_table->setCurrentIndex(index);
    m_table->scrollTo(index);
}

void ComplianceView::changeEvent(QEvent* event)
{
    View::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_assessment)
        updateHead(); // the bar keeps colours of the theme
}

bool ComplianceView::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_trees && event->type() == QEvent::Resize)
        fitColumns();
    return View::eventFilter(watched, event);
}

// Something is chosen for the person, so that the panel has something to say.
void ComplianceView::showEvent(QShowEvent* event)
{
    View::showEvent(event);
    if (!event->spontaneous() && !m_requirement)
        showFirst();
}

void ComplianceView::showFirst()
{
    const QModelIndex first = m_model->index(0, 0, m_model->index(0, 0));
    m_table->setCurrentIndex(first);
    if (!first.isValid())
        selectionMoved(first);
}

// In a narrow tree the words give way to what they are about; the panel tells them in full.
void ComplianceView::fitColumns()
{
    const bool isCompared = m_otherBox->isVisibleTo(this);
    const int room = m_trees->width() / (isCompared ? 2 : 1);
    const bool isWide = room >= 900;
    const bool hasObjects = room >= 560;
    for (Table* tree : { m_table, m_otherTable }) {
        QHeaderView* header = tree->header();
        tree->setColumnHidden(ComplianceModel::DecidedBy, !isWide);
        tree->setColumnHidden(ComplianceModel::Evidence, !isWide);
        tree->setColumnHidden(ComplianceModel::Objects, !hasObjects);
        header->setStretchLastSection(false);
        header->setSectionResizeMode(ComplianceModel::Title, isWide ? QHeaderView::Interactive : QHeaderView::Stretch);
        header->setSectionResizeMode(
            ComplianceModel::Evidence, isWide ? QHeaderView::Stretch : QHeaderView::Interactive);
        if (isWide)
            tree->setColumnWidth(ComplianceModel::Title, room * 2 / 5);
        tree->setColumnWidth(ComplianceModel::Status, isWide ? 170 : 150);
        tree->setColumnWidth(ComplianceModel::Objects, 132);
        tree->setColumnWidth(ComplianceModel::DecidedBy, 130);
    }
}

} // namespace plimsoll::ui::view

#include "moc_ComplianceView.cpp"
