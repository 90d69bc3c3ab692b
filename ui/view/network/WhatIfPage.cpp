// SPDX-License-Identifier: Apache-2.0
#include "ui/view/network/WhatIfPage.h"

#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "ui/model/AccessData.h"
#include "ui/widget/Parts.h"
#include "ui/widget/Table.h"
#include "ui/widget/YamlView.h"

namespace plimsoll::ui::view {

using namespace widget;

namespace {

constexpr int restMs = 350;
constexpr int mostListed = 2'000; // policies to drop; the filter finds the others

// YAML to be written: the same colours and numbers as where it is read.
class YamlEditor final : public YamlView {
public:
    explicit YamlEditor(QWidget* parent)
        : YamlView(parent)
    {
        setReadOnly(false);
        setTextInteractionFlags(Qt::TextEditorInteraction);
        setUndoRedoEnabled(true);
        setTabChangesFocus(true); // YAML knows no tabs
        setViewportMargins(gutterWidth(), 0, 0, 0);
        connect(this, &QPlainTextEdit::blockCountChanged, this, [this] { setViewportMargins(gutterWidth(), 0, 0, 0); });
    }
};

} // namespace

WhatIfPage::WhatIfPage(ViewContext& context, QWidget* parent)
    : NetworkPage(context, parent)
    , m_rows(new model::DifferenceModel(this))
{
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, space::s, 0, 0);
    auto* all = new QSplitter(Qt::Vertical, this);
    all->setChildrenCollapsible(false);
    auto* inputs = new QSplitter(Qt::Horizontal, all);
    inputs->setChildrenCollapsible(false);
    inputs->addWidget(buildEditor());
    inputs->addWidget(buildDrops());
    inputs->setStretchFactor(0, 3);
    inputs->setStretchFactor(1, 2);
    all->addWidget(inputs);
    all->addWidget(buildResult());
    all->setSizes({ 330, 300 });
    outer->addWidget(all, 1);
    m_rest.setSingleShot(true);
    m_rest.setInterval(restMs);
    connect(&m_rest, &QTimer::timeout, this, &WhatIfPage::compute);
}

QWidget* WhatIfPage::buildEditor()
{
    auto* side = new QWidget(this);
    auto* layout = new QVBoxLayout(side);
    layout->setContentsMargins(0, 0, space::s, 0);
    layout->setSpacing(space::xs);
    auto* head = new QHBoxLayout;
    head->addWidget(
        label(tr("Policies to add, or to put in the place of those of the same name"), TextStyle::Strong, side), 1);
    auto* reset = button(tr("Start again"), "", side);
    connect(reset, &QPushButton::clicked, this, [this] {
        m_dropped.clear();
        m_editor->setPlainText({});
        filterDrops();
        start();
    });
    head->addWidget(reset);
    layout->addLayout(head);
    m_editor = new YamlEditor(side);
    m_editor->setAccessibleName(tr("Policies as YAML"));
    m_editor->setPlaceholderText(tr("apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n\u2026"));
    connect(m_editor, &QPlainTextEdit::textChanged, this, &WhatIfPage::start);
    layout->addWidget(m_editor, 1);
    return side;
}

QWidget* WhatIfPage::buildDrops()
{
    auto* side = new QWidget(this);
    auto* layout = new QVBoxLayout(side);
    layout->setContentsMargins(space::s, 0, 0, 0);
    layout->setSpacing(space::xs);
    auto* head = new QHBoxLayout;
    head->addWidget(label(tr("Policies to drop"), TextStyle::Strong, side), 1);
    m_filter = new QLineEdit(side);
    m_filter->setPlaceholderText(tr("Filter policies  ( / )"));
    m_filter->setAccessibleName(tr("Filter the policies to drop"));
    m_filter->setClearButtonEnabled(true);
    m_filter->setFixedWidth(200);
    connect(m_filter, &QLineEdit::textChanged, this, &WhatIfPage::filterDrops);
    head->addWidget(m_filter);
    layout->addLayout(head);
    m_drops = new QListWidget(side);
    m_drops->setAccessibleName(tr("Policies to drop"));
    m_drops->setUniformItemSizes(true);
    m_drops->setTextElideMode(Qt::ElideMiddle);
    m_drops->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_drops->setToolTip(tr("Tick those that shall not be there; Enter starts the text with one"));
    const auto policyOf = [](const QListWidgetItem* item) {
        return cluster::ObjectId { static_cast<std::uint32_t>(item->data(Qt::UserRole).toUInt()) };
    };
    connect(m_drops, &QListWidget::itemChanged, this,
        [this, policyOf](QListWidgetItem* item) { setDropped(policyOf(item), item->checkState() == Qt::Checked); });
    connect(m_drops, &QListWidget::itemActivated, this,
        [this, policyOf](QListWidgetItem* item) { editPolicy(policyOf(item)); });
    layout->addWidget(m_drops, 1);
    return side;
}

QWidget* WhatIfPage::buildResult()
{
    auto* side = new QWidget(this);
    auto* layout = new QVBoxLayout(side);
    layout->setContentsMargins(0, space::xs, 0, 0);
    layout->setSpacing(space::xs);
    m_headline = label({}, TextStyle::Heading, side);
    layout->addWidget(m_headline);
    m_notes = wrappedLabel({}, side);
    setRole(m_notes, "muted");
    layout->addWidget(m_notes);
    m_pages = new QStackedWidget(side);
    m_nothing = new EmptyState(QStringLiteral("network"), tr("Nothing is changed"),
        tr("Write a policy, or tick one to drop: the connections that would change stand here."), m_pages);
    m_pages->addWidget(m_nothing);
    m_table = networkTable(m_rows, tr("Connections that would change"), { 120, 330, 330, 90, 150 }, m_pages);
    connect(m_table, &QTreeView::activated, this, [this](const QModelIndex& at) {
        if (const auto* row = m_rows->rowAt(at))
            Q_EMIT asked(row->source + QStringLiteral(" -> ") + row->destination);
    });
    m_pages->addWidget(m_table);
    layout->addWidget(m_pages, 1);
    return side;
}

void WhatIfPage::clear()
{
    m_rest.stop();
    context().jobs.cancel(this, QStringLiteral("network-what-if"));
    m_dropped.clear();
    m_suggestionText.clear();
    m_suggestionNotes.clear();
    m_all.clear();
    m_drops->clear();
    m_rows->setRows({});
    m_headline->clear();
    m_notes->clear();
    m_notes->hide();
    m_pages->setCurrentIndex(0);
    const QSignalBlocker quiet(m_editor);
    m_editor->setPlainText({});
}

void WhatIfPage::fill()
{
    context().jobs.run<std::vector<model::PolicyRow>>(
        this, { .slot = QStringLiteral("network-policies"), .title = {} },
        [shared = network()](Progress& progress) { return model::policyRows(shared, progress); },
        [this](std::vector<model::PolicyRow> rows) {
            m_all = std::move(rows);
            filterDrops();
        });
    if (!m_wanted.isNone())
        editPolicy(m_wanted);
    else if (!m_wantedEnd.isEmpty())
        suggest(m_wantedEnd);
    start();
}

void WhatIfPage::filterDrops()
{
    const QSignalBlocker quiet(m_drops);
    const QString text = m_filter->text().trimmed();
    m_drops->clear();
    for (const model::PolicyRow& row : m_all) {
        if (m_drops->count() >= mostListed)
            break;
        if (!text.isEmpty() && !row.title().contains(text, Qt::CaseInsensitive))
            continue;
        auto* item
            = new QListWidgetItem(row.kind == QLatin1String("NetworkPolicy") ? row.path() : row.title(), m_drops);
        item->setToolTip(QLatin1String("<qt>") + row.title().toHtmlEscaped());
        item->setData(Qt::UserRole, row.object.index);
        item->setFlags(item->flags() | Qt::ItemIsUserCheckable);
        item->setCheckState(m_dropped.contains(row.object) ? Qt::Checked : Qt::Unchecked);
    }
}

void WhatIfPage::suggest(const QString& end)
{
    m_wantedEnd = end;
    if (!network())
        return;
    m_wantedEnd.clear();
    m_headline->setText(tr("Looking for what it declares\u2026"));
    context().jobs.run<model::SuggestedPolicies>(
        this, { .slot = QStringLiteral("network-edit"), .title = tr("Suggesting policies") },
        [shared = network(), end](Progress& progress) { return model::suggestedFor(shared, end, progress); },
        [this](const model::SuggestedPolicies& suggested) { startWith(suggested); });
}

void WhatIfPage::startWith(const model::SuggestedPolicies& suggested)
{
    if (!suggested.problem.isEmpty()) {
        m_rest.stop();
        model::WhatIfResult none;
        none.problem = suggested.problem;
        showResult(std::move(none));
        m_headline->setText(tr("Nothing can be suggested"));
        return;
    }
    m_suggestionNotes = suggested.notes;
    m_suggestionText = suggested.yaml;
    m_dropped = { suggested.replaced.begin(), suggested.replaced.end() };
    filterDrops();
    m_editor->setPlainText(suggested.yaml);
    m_editor->setFocus();
    start();
}

void WhatIfPage::setDropped(cluster::ObjectId policy, bool isDropped)
{
    if (isDropped == m_dropped.contains(policy))
        return;
    if (isDropped)
        m_dropped.insert(policy);
    else
        m_dropped.erase(policy);
    for (int row = 0; row < m_drops->count(); ++row) {
        QListWidgetItem* item = m_drops->item(row);
        if (item->data(Qt::UserRole).toUInt() == policy.index)
            item->setCheckState(isDropped ? Qt::Checked : Qt::Unchecked);
    }
    start();
}

void WhatIfPage::setText(const QString& yaml)
{
    m_editor->setPlainText(yaml);
}

void WhatIfPage::editPolicy(cluster::ObjectId policy)
{
    m_wanted = policy;
    if (!network())
        return;
    m_wanted = {};
    context().jobs.run<QString>(
        this, { .slot = QStringLiteral("network-edit"), .title = {} },
        [shared = network(), policy](Progress&) { return model::policyYaml(shared, policy); },
        [this](const QString& yaml) {
            m_editor->setPlainText(yaml);
            m_editor->setFocus();
        });
}

void WhatIfPage::start()
{
    m_rest.start();
}

void WhatIfPage::compute()
{
    model::WhatIf change { m_editor->toPlainText(), { m_dropped.begin(), m_dropped.end() } };
    if (!network() || change.isEmpty()) {
        context().jobs.cancel(this, QStringLiteral("network-what-if"));
        showResult({});
        m_headline->clear();
        m_nothing->setTexts(tr("Nothing is changed"),
            tr("Write a policy, or tick one to drop: the connections that would change stand here."));
        return;
    }
    m_headline->setText(tr("Computing\u2026"));
    context().jobs.run<model::WhatIfResult>(
        this, { .slot = QStringLiteral("network-what-if"), .title = {} },
        [shared = network(), change = std::move(change)](
            Progress& progress) { return model::whatIf(shared, change, progress); },
        [this](model::WhatIfResult result) { showResult(std::move(result)); });
}

void WhatIfPage::showResult(model::WhatIfResult result)
{
    m_headline->setText(result.problem.isEmpty() ? result.headline : tr("The text cannot be read"));
    if (m_editor->toPlainText() == m_suggestionText)
        result.notes = m_suggestionNotes + result.notes;
    m_notes->setText(result.notes.join(QStringLiteral("  \u00b7  ")));
    m_notes->setVisible(!result.notes.isEmpty());
    m_pages->setCurrentIndex(result.rows.empty() ? 0 : 1);
    m_nothing->setTexts(result.problem.isEmpty() ? tr("No difference") : tr("The text cannot be read"),
        result.problem.isEmpty() ? tr("Every connection between workloads stays as it is.") : result.problem);
    m_rows->setRows(std::move(result.rows));
}

QString WhatIfPage::headline() const
{
    return m_headline->text();
}

void WhatIfPage::focusFilter()
{
    m_filter->setFocus();
    m_filter->selectAll();
}

std::function<QString(Progress&)> WhatIfPage::csvMaker() const
{
    if (m_rows->rowCount() == 0)
        return {};
    return [rows = m_rows->rows()](Progress&) {
        model::DifferenceModel table;
        table.setRows(rows);
        return model::csvOf(table);
    };
}

} // namespace plimsoll::ui::view
