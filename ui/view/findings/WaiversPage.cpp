// SPDX-License-Identifier: Apache-2.0
#include "ui/view/findings/WaiversPage.h"

#include <algorithm>

#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "ui/model/Text.h"
#include "ui/model/WaiverData.h"
#include "ui/widget/Parts.h"
#include "ui/widget/Table.h"

namespace plimsoll::ui::view {

using namespace widget;
using model::WaiversModel;

namespace {

Table* tableOf(QAbstractItemModel* model, const QString& name, std::span<const int> widths, QWidget* parent)
{
    auto* table = new Table(parent);
    table->setAccessibleName(name);
    table->setModel(model);
    table->setSortingEnabled(true);
    table->header()->setSortIndicator(0, Qt::AscendingOrder);
    for (std::size_t column = 0; column < widths.size(); ++column)
        table->setColumnWidth(static_cast<int>(column), widths[column]);
    QObject::connect(
        table, &Table::copyRequested, table, [table] { QApplication::clipboard()->setText(table->selectionAsText()); });
    return table;
}

} // namespace

WaiversPage::WaiversPage(ViewContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_model(new WaiversModel(this))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::m);
    auto* head = new QHBoxLayout;
    m_summary = mutedLabel({}, this);
    head->addWidget(m_summary, 1);
    m_show = button(tr("Show its findings"), "", this);
    head->addWidget(m_show);
    column->addLayout(head);
    m_pages = new QStackedWidget(this);
    static constexpr int widths[] = { 130, 360, 80, 100, 260, 130, 150, 150, 200 };
    m_table = tableOf(m_model, tr("Waivers"), widths, m_pages);
    m_pages->addWidget(m_table);
    m_pages->addWidget(new EmptyState(QStringLiteral("check"), tr("No risk was accepted"),
        tr("Select findings and press W to accept their risk: with a reason, an owner, an approver and a date. "
           "Waivers are kept in a YAML file beside the source, made for Git."),
        m_pages));
    column->addWidget(m_pages, 1);
    m_detail = wrappedLabel({}, this);
    column->addWidget(m_detail);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentChanged, this, &WaiversPage::showSelected);
    connect(m_model, &QAbstractItemModel::modelReset, this, &WaiversPage::showSelected);
    connect(m_table, &QTreeView::activated, this, &WaiversPage::showFindings);
    connect(m_show, &QPushButton::clicked, this, &WaiversPage::showFindings);
    setAssessment(nullptr);
}

void WaiversPage::setAssessment(const std::shared_ptr<const assess::Assessment>& assessment)
{
    m_assessment = assessment;
    m_model->setAssessment(assessment);
    m_pages->setCurrentIndex(m_model->rows().empty() ? 1 : 0);
    std::array<int, 5> states {};
    int broad = 0;
    for (std::size_t i = 0; assessment && i < assessment->waiverResults.size(); ++i) {
        ++states[static_cast<std::size_t>(assessment->waiverResults[i].state)];
        broad += assessment->waiverResults[i].tooBroad.empty() ? 0 : 1;
    }
    QStringList words;
    for (std::size_t state = 0; state < states.size(); ++state) {
        if (states[state] > 0)
            words.append(QString::number(states[state]) + QLatin1Char(' ')
                + model::text(toText(static_cast<control::WaiverState>(state))));
    }
    if (broad > 0)
        words.append(tr("%1 too broad").arg(broad));
    m_summary->setText(words.join(QStringLiteral(", ")));
    m_summary->setVisible(!m_model->rows().empty());
    m_show->setVisible(!m_model->rows().empty());
    m_table->setCurrentIndex(m_model->index(0, 0)); // so that something is told about the one to look at first
    showSelected();
}

void WaiversPage::showSelected()
{
    const model::WaiverRow* row = m_model->rowAt(m_table->currentIndex());
    m_show->setEnabled(row != nullptr);
    m_detail->setVisible(row != nullptr);
    if (!row)
        return;
    QStringList lines { row->scope,
        tr("%1 \u2013 owned by %2, approved by %3, until %4").arg(row->reason, row->owner, row->approver, row->until) };
    if (!row->tooBroad.isEmpty())
        lines.append(tr("\u26a0 Too broad: %1").arg(row->tooBroad));
    m_detail->setText(lines.join(QLatin1Char('\n')));
}

// The controls of the waiver, in every status: of an expired one the findings are open again.
void WaiversPage::showFindings()
{
    const model::WaiverRow* row = m_model->rowAt(m_table->currentIndex());
    if (!row || !m_assessment)
        return;
    const control::Waiver& waiver = m_assessment->waivers[row->index];
    model::FindingsFilter filter;
    filter.status = m_assessment->waiverResults[row->index].state == control::WaiverState::Used
        ? model::FindingsFilter::Status::Waived
        : model::FindingsFilter::Status::All;
    for (const std::string& control : waiver.controls) {
        if (control != "all")
            filter.controls.append(model::text(control));
    }
    for (const std::string& ns : waiver.objects.namespaces) {
        if (ns.find('*') == std::string::npos)
            filter.namespaces.append(model::text(ns));
    }
    filter.controls.sort();
    filter.namespaces.sort();
    m_context.filter.setFilter(filter);
    m_context.navigator.openView(QStringLiteral("findings"));
    Q_EMIT shownFindings();
}

SuggestionsPage::SuggestionsPage(QWidget* parent)
    : QWidget(parent)
    , m_model(new model::SuggestionsModel(this))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::m);
    auto* head = new QHBoxLayout;
    QLabel* lead = mutedLabel(
        tr("Annotations of other tools that accept something. Nothing is waived by them until you say so."), this);
    lead->setWordWrap(true);
    head->addWidget(lead, 1);
    m_waive = button(tr("Make waivers\u2026"), "primary", this);
    head->addWidget(m_waive);
    column->addLayout(head);
    m_pages = new QStackedWidget(this);
    static constexpr int widths[] = { 110, 190, 160, 240, 110, 260, 260 };
    m_table = tableOf(m_model, tr("Suggested waivers"), widths, m_pages);
    m_pages->addWidget(m_table);
    m_pages->addWidget(new EmptyState(QStringLiteral("check"), tr("No suggestions"),
        tr("No object of this source carries an annotation by which kube-linter, Polaris, Trivy or Kubescape would "
           "ignore something."),
        m_pages));
    column->addWidget(m_pages, 1);
    const auto update = [this] { m_waive->setEnabled(!selectedFindings().empty()); };
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, update);
    connect(m_model, &QAbstractItemModel::modelReset, this, update);
    connect(m_waive, &QPushButton::clicked, this, [this] { Q_EMIT waiveAsked(selectedFindings()); });
    connect(m_table, &QTreeView::activated, this, [this] {
        if (const auto findings = selectedFindings(); !findings.empty())
            Q_EMIT waiveAsked(findings);
    });
    setAssessment(nullptr);
}

void SuggestionsPage::setAssessment(const std::shared_ptr<const assess::Assessment>& assessment)
{
    m_assessment = assessment;
    m_model->setAssessment(assessment);
    m_pages->setCurrentIndex(m_model->rows().empty() ? 1 : 0);
    m_waive->setVisible(!m_model->rows().empty());
    m_waive->setEnabled(false);
}

std::vector<std::uint32_t> SuggestionsPage::selectedFindings() const
{
    std::vector<std::uint32_t> result;
    const QModelIndexList rows = m_table->selectionModel()->selectedRows();
    for (const QModelIndex& index : rows) {
        const model::SuggestionRow* row = m_model->rowAt(index);
        if (!row || row->findings == 0)
            continue;
        const auto some = model::findingsOf(*m_assessment, m_assessment->waiverSuggestions[row->index]);
        result.insert(result.end(), some.begin(), some.end());
    }
    std::ranges::sort(result);
    result.erase(std::unique(result.begin(), result.end()), result.end());
    return result;
}

} // namespace plimsoll::ui::view

#include "moc_WaiversPage.cpp"
