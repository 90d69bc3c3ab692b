// SPDX-License-Identifier: Apache-2.0
#include "ui/view/network/TablePages.h"

#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "ui/model/AccessData.h"
#include "ui/model/Text.h"
#include "ui/widget/Parts.h"
#include "ui/widget/Table.h"

namespace plimsoll::ui::view {

using namespace widget;

namespace {

// A headline at the left, a filter at the right; returns the filter.
QLineEdit* addTableBar(QVBoxLayout* layout, QLabel* headline, const QString& hint, const QString& name, QWidget* parent)
{
    auto* bar = new QHBoxLayout;
    bar->setSpacing(space::s);
    bar->addWidget(headline, 1);
    auto* filter = new QLineEdit(parent);
    filter->setPlaceholderText(hint);
    filter->setAccessibleName(name);
    filter->setClearButtonEnabled(true);
    filter->setFixedWidth(230);
    bar->addWidget(filter);
    layout->addLayout(bar);
    return filter;
}

} // namespace

CoveragePage::CoveragePage(ViewContext& context, QWidget* parent)
    : NetworkPage(context, parent)
    , m_rows(new model::CoverageModel(this))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, space::s, 0, 0);
    layout->setSpacing(space::s);
    m_headline = new ElidedLabel(Qt::ElideRight, this);
    m_filter
        = addTableBar(layout, m_headline, tr("Filter namespaces  ( / )"), tr("Filter the namespaces by name"), this);
    connect(m_filter, &QLineEdit::textChanged, this, &CoveragePage::applyFilter);
    m_table = networkTable(m_rows, tr("Coverage by namespace"), { 230, 80, 140, 130, 130, 130, 140, 90 }, this);
    connect(m_table, &QTreeView::activated, this, [this](const QModelIndex& at) {
        if (const auto* row = m_rows->rowAt(at))
            Q_EMIT asked(QStringLiteral("* -> ") + row->ns + QStringLiteral("/*"));
    });
    layout->addWidget(m_table, 1);
}

void CoveragePage::clear()
{
    m_all.clear();
    m_rows->setRows({});
    static_cast<ElidedLabel*>(m_headline)->setFullText({});
}

void CoveragePage::fill()
{
    context().jobs.run<std::vector<model::CoverageRow>>(
        this, { .slot = QStringLiteral("network-coverage"), .title = tr("Counting what policies cover") },
        [shared = network()](Progress& progress) { return model::coverageRows(shared, progress); },
        [this](std::vector<model::CoverageRow> rows) {
            m_all = std::move(rows);
            applyFilter();
        });
}

void CoveragePage::applyFilter()
{
    std::vector<model::CoverageRow> shown;
    std::size_t open = 0, withPods = 0;
    for (const model::CoverageRow& row : m_all) {
        withPods += row.pods > 0 ? 1 : 0;
        open += row.pods > 0 && row.isolated[0] < row.pods ? 1 : 0;
        if (row.ns.contains(m_filter->text().trimmed(), Qt::CaseInsensitive))
            shown.push_back(row);
    }
    m_rows->setRows(std::move(shown));
    static_cast<ElidedLabel*>(m_headline)
        ->setFullText(tr("In %1 of %2 namespaces with pods, some pods are not isolated for ingress.")
                          .arg(grouped(open), grouped(withPods)));
}

void CoveragePage::focusFilter()
{
    m_filter->setFocus();
    m_filter->selectAll();
}

std::function<QString(Progress&)> CoveragePage::csvMaker() const
{
    if (m_rows->rowCount() == 0)
        return {};
    return [rows = m_rows->rows()](Progress&) {
        model::CoverageModel table;
        table.setRows(rows);
        return model::csvOf(table);
    };
}

ExposurePage::ExposurePage(ViewContext& context, QWidget* parent)
    : NetworkPage(context, parent)
    , m_rows(new model::ExposureModel(this))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, space::s, 0, 0);
    layout->setSpacing(space::s);
    m_headline = new ElidedLabel(Qt::ElideRight, this);
    m_filter = addTableBar(layout, m_headline, tr("Filter ways in  ( / )"), tr("Filter the ways in by text"), this);
    connect(m_filter, &QLineEdit::textChanged, this, &ExposurePage::applyFilter);
    m_pages = new QStackedWidget(this);
    m_table = networkTable(m_rows, tr("Ways in from outside"), { 290, 120, 170, 90, 110 }, m_pages);
    connect(m_table, &QTreeView::activated, this, [this](const QModelIndex& at) {
        if (const auto* row = m_rows->rowAt(at))
            Q_EMIT asked(row->question);
    });
    m_pages->addWidget(m_table);
    m_pages->addWidget(new EmptyState(QStringLiteral("check"), tr("No way in found"),
        tr("No Service, Ingress, host port or pod on the network of a node leads in from outside."), m_pages));
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& at) {
        if (const auto* row = m_rows->rowAt(at))
            showWay(*row);
    });
    auto* splitter = new QSplitter(Qt::Vertical, this);
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(m_pages);
    m_detail = buildWay();
    splitter->addWidget(m_detail);
    splitter->setSizes({ 340, 260 });
    layout->addWidget(splitter, 1);
}

QWidget* ExposurePage::buildWay()
{
    auto* box = new QWidget(this);
    auto* layout = new QVBoxLayout(box);
    layout->setContentsMargins(0, space::s, 0, 0);
    layout->setSpacing(space::s);
    auto* head = new QHBoxLayout;
    m_reason = wrappedLabel({}, box);
    head->addWidget(m_reason, 1);
    auto* why = button(tr("Explain"), "", box);
    why->setToolTip(tr("Ask which policy decides it"));
    connect(why, &QPushButton::clicked, this, [this] {
        if (const auto* row = m_rows->rowAt(m_table->currentIndex()))
            Q_EMIT asked(row->question);
    });
    head->addWidget(why);
    layout->addLayout(head);
    auto* parts = new QSplitter(Qt::Horizontal, box);
    parts->setChildrenCollapsible(false);
    m_hops = new QListWidget(parts);
    m_hops->setAccessibleName(tr("The way from outside to the pods"));
    m_hops->setTextElideMode(Qt::ElideMiddle);
    connect(m_hops, &QListWidget::currentRowChanged, this, [this](int hop) {
        const auto* row = m_rows->rowAt(m_table->currentIndex());
        if (!row || hop < 0 || static_cast<std::size_t>(hop) >= row->hops.size())
            return;
        const model::ExposureHop& chosen = row->hops[static_cast<std::size_t>(hop)];
        m_text->showPlace(network(), chosen.object, chosen.pointer, tr("# Not an object of the source."));
    });
    parts->addWidget(m_hops);
    m_text = new PolicyText(context(), tr("The object on the way as YAML"), parts);
    m_text->setContentsMargins(space::s, 0, 0, 0);
    parts->addWidget(m_text);
    parts->setSizes({ 480, 820 });
    layout->addWidget(parts, 1);
    return box;
}

void ExposurePage::showWay(const model::ExposureRow& row)
{
    m_detail->show();
    m_reason->setText(row.reason);
    m_hops->clear();
    m_text->showPlace({}, {}, {});
    int at = 0;
    for (const model::ExposureHop& hop : row.hops) {
        const QString title
            = hop.object.isNone() ? QString() : model::lineText(network().cluster().titleOf(hop.object));
        QStringList words;
        for (const QString& word : { title, hop.text }) {
            if (!word.isEmpty() && !words.contains(word))
                words.append(word);
        }
        m_hops->addItem(QStringLiteral("%1.  %2").arg(++at).arg(words.join(QStringLiteral(" \u00b7 "))));
    }
    if (m_hops->count() > 0)
        m_hops->setCurrentRow(0);
}

void ExposurePage::clear()
{
    m_all.clear();
    m_rows->setRows({});
    m_pages->setCurrentIndex(0);
    m_detail->hide();
    static_cast<ElidedLabel*>(m_headline)->setFullText({});
}

void ExposurePage::fill()
{
    context().jobs.run<std::vector<model::ExposureRow>>(
        this, { .slot = QStringLiteral("network-exposure"), .title = tr("Looking for ways in from outside") },
        [shared = network()](Progress& progress) { return model::exposureRows(shared, progress); },
        [this](std::vector<model::ExposureRow> rows) {
            m_all = std::move(rows);
            m_pages->setCurrentIndex(m_all.empty() ? 1 : 0);
            applyFilter();
        });
}

void ExposurePage::applyFilter()
{
    const QString text = m_filter->text().trimmed();
    std::vector<model::ExposureRow> shown;
    std::size_t open = 0;
    for (const model::ExposureRow& row : m_all) {
        open += row.isPublic ? 1 : 0;
        if (row.target.contains(text, Qt::CaseInsensitive) || row.entry.contains(text, Qt::CaseInsensitive)
            || row.way.contains(text, Qt::CaseInsensitive))
            shown.push_back(row);
    }
    m_rows->setRows(std::move(shown));
    m_detail->setVisible(m_rows->rowCount() > 0);
    if (m_rows->rowCount() > 0)
        m_table->setCurrentIndex(m_rows->index(0, 0));
    static_cast<ElidedLabel*>(m_headline)
        ->setFullText(tr("%1 of %2 ways in are open to every address.").arg(grouped(open), grouped(m_all.size())));
}

void ExposurePage::focusFilter()
{
    m_filter->setFocus();
    m_filter->selectAll();
}

std::function<QString(Progress&)> ExposurePage::csvMaker() const
{
    if (m_rows->rowCount() == 0)
        return {};
    return [rows = m_rows->rows()](Progress&) {
        model::ExposureModel table;
        table.setRows(rows);
        return model::csvOf(table);
    };
}

} // namespace plimsoll::ui::view
