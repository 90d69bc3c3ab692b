// SPDX-License-Identifier: Apache-2.0
#include "ui/view/network/ConnectionsPage.h"

#include <QAction>
#include <QComboBox>
#include <QLineEdit>
#include <QSplitter>
#include <QVBoxLayout>

#include "ui/model/AccessData.h"
#include "ui/view/network/ExplainPanel.h"
#include "ui/widget/Parts.h"
#include "ui/widget/Table.h"

namespace plimsoll::ui::view {

using namespace widget;

ConnectionsPage::ConnectionsPage(ViewContext& context, QWidget* parent)
    : NetworkPage(context, parent)
    , m_rows(new model::ConnectionsModel(this))
{
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, space::s, 0, 0);
    m_splitter = new QSplitter(Qt::Vertical, this);
    m_splitter->setChildrenCollapsible(false);
    m_list = new QWidget(m_splitter);
    auto* layout = new QVBoxLayout(m_list);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(space::s);
    auto* bar = new QHBoxLayout;
    bar->setSpacing(space::s);
    auto* headline = new ElidedLabel(Qt::ElideRight, m_list);
    m_headline = headline;
    bar->addWidget(headline, 1);
    m_filter = new QLineEdit(m_list);
    m_filter->setPlaceholderText(tr("Filter connections  ( / )"));
    m_filter->setAccessibleName(tr("Filter the connections by text"));
    m_filter->setClearButtonEnabled(true);
    m_filter->setFixedWidth(230);
    connect(m_filter, &QLineEdit::textChanged, this, &ConnectionsPage::applyFilter);
    bar->addWidget(m_filter);
    m_verdicts = comboBox(tr("Which verdicts to show"), m_list);
    m_verdicts->addItems({ tr("All verdicts"), tr("Allowed"), tr("Denied"), tr("Unknown") });
    connect(m_verdicts, &QComboBox::currentIndexChanged, this, &ConnectionsPage::applyFilter);
    bar->addWidget(m_verdicts);
    layout->addLayout(bar);
    m_table = networkTable(m_rows, tr("Connections"), { 310, 310, 104, 84, 150 }, m_list);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& at) {
        if (const auto* row = m_rows->rowAt(at))
            explain(*row);
    });
    const auto addAction = [this](const QString& text, auto chosen) {
        auto* action = new QAction(text, m_table);
        connect(action, &QAction::triggered, this, [this, chosen] {
            if (const auto* row = m_rows->rowAt(m_table->currentIndex()))
                chosen(*row);
        });
        m_table->addAction(action);
    };
    addAction(tr("Show this connection alone"), [this](const model::ConnectionRow& row) {
        const QString port = row.port == 0 || row.isPartial ? QString() : QLatin1Char(':') + QString::number(row.port);
        Q_EMIT asked(row.source + QStringLiteral(" -> ") + row.destination + port);
    });
    addAction(
        tr("Graph around the source"), [this](const model::ConnectionRow& row) { Q_EMIT focusAsked(row.source); });
    addAction(tr("Graph around the destination"),
        [this](const model::ConnectionRow& row) { Q_EMIT focusAsked(row.destination); });
    layout->addWidget(m_table, 1);
    m_splitter->addWidget(m_list);
    m_explain = new ExplainPanel(context, m_splitter);
    connect(m_explain, &ExplainPanel::policyAsked, this, &NetworkPage::policyAsked);
    m_splitter->addWidget(m_explain);
    m_splitter->setSizes({ 260, 380 });
    outer->addWidget(m_splitter, 1);
}

void ConnectionsPage::clear()
{
    m_all.clear();
    m_rows->setRows({});
    static_cast<ElidedLabel*>(m_headline)->setFullText({});
    m_list->show();
    m_explain->showNothing(
        tr("Choose a connection"), tr("Here stands which policy decides it on either side, by which rule."));
}

void ConnectionsPage::fill()
{
    ask(m_question);
}

void ConnectionsPage::ask(const QString& question)
{
    m_question = question;
    if (!network()) {
        outdate();
        return;
    }
    static_cast<ElidedLabel*>(m_headline)->setFullText(tr("Asking\u2026"));
    context().jobs.run<model::NetworkAnswer>(
        this, { .slot = QStringLiteral("network-question"), .title = tr("Asking what can talk to what") },
        [shared = network(), question, side = sides()](
            Progress& progress) { return model::answerOf(shared, question, side, progress); },
        [this](model::NetworkAnswer answer) { showAnswer(std::move(answer)); });
}

void ConnectionsPage::showAnswer(model::NetworkAnswer answer)
{
    static_cast<ElidedLabel*>(m_headline)->setFullText(answer.headline);
    m_list->setVisible(!answer.explanation && answer.problem.isEmpty());
    m_all = std::move(answer.rows);
    if (answer.explanation) {
        m_rows->setRows({});
        m_explain->showExplained(network(), std::move(*answer.explanation));
    } else {
        if (answer.problem.isEmpty())
            m_explain->showNothing(
                tr("Choose a connection"), tr("Here stands which policy decides it on either side, by which rule."));
        else
            m_explain->showNothing(tr("No answer"), answer.problem);
        applyFilter();
    }
    Q_EMIT answered(answer.problem);
}

void ConnectionsPage::applyFilter()
{
    const QString text = m_filter->text().trimmed();
    const int wanted = m_verdicts->currentIndex();
    std::vector<model::ConnectionRow> shown;
    for (const model::ConnectionRow& row : m_all) {
        const bool hasVerdict = wanted == 0 || (wanted == 1 && row.answer == network::Answer::Allowed)
            || (wanted == 2 && row.answer == network::Answer::Denied)
            || (wanted == 3 && row.answer == network::Answer::Unknown);
        if (hasVerdict
            && (text.isEmpty() || row.source.contains(text, Qt::CaseInsensitive)
                || row.destination.contains(text, Qt::CaseInsensitive) || row.ports.contains(text)
                || row.decidedBy.contains(text, Qt::CaseInsensitive)))
            shown.push_back(row);
    }
    m_rows->setRows(std::move(shown));
    if (m_rows->rowCount() > 0)
        m_table->setCurrentIndex(m_rows->index(0, 0));
    else if (!m_all.empty())
        m_explain->showNothing(tr("Nothing found"), tr("No connection of the list matches the filter."));
}

void ConnectionsPage::explain(const model::ConnectionRow& row)
{
    context().jobs.run<model::Explained>(
        this, { .slot = QStringLiteral("network-explain"), .title = {} },
        [shared = network(), row](Progress&) { return model::explained(shared, row); },
        [this](model::Explained explained) { m_explain->showExplained(network(), std::move(explained)); });
}

void ConnectionsPage::focusFilter()
{
    m_filter->setFocus();
    m_filter->selectAll();
}

std::function<QString(Progress&)> ConnectionsPage::csvMaker() const
{
    if (m_rows->rowCount() == 0)
        return {};
    return [rows = m_rows->rows()](Progress&) {
        model::ConnectionsModel table;
        table.setRows(rows);
        return model::csvOf(table);
    };
}

} // namespace plimsoll::ui::view
