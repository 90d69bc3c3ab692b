// SPDX-License-Identifier: Apache-2.0
#include "ui/view/network/MatrixPage.h"

#include <algorithm>
#include <numeric>

#include <QComboBox>
#include <QElapsedTimer>
#include <QGridLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "ui/view/network/MatrixView.h"
#include "ui/widget/Icons.h"
#include "ui/widget/Parts.h"

namespace plimsoll::ui::view {

namespace {

using namespace widget;

constexpr int namespaceCell = 28;
constexpr int workloadCell = 132;
constexpr std::size_t mostKeptCells = 2'000'000; // 64 MB
constexpr std::size_t mostExportedCells = 1'000'000;
constexpr qint64 batchMs = 60; // rows are delivered in pieces so that the first are seen soon

bool matchesFilter(const QString& name, const QString& filter)
{
    return filter.isEmpty() || name.contains(filter, Qt::CaseInsensitive);
}

} // namespace

MatrixPage::MatrixPage(ViewContext& context, QWidget* parent)
    : NetworkPage(context, parent)
{
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, space::s, 0, 0);
    outer->setSpacing(space::s);
    outer->addWidget(buildBar());
    auto* splitter = new QSplitter(Qt::Horizontal, this);
    splitter->setChildrenCollapsible(false);
    m_pages = new QStackedWidget(splitter);
    m_matrix = new MatrixView(m_pages);
    m_matrix->setAccessibleName(tr("Who may reach whom, by namespace"));
    m_pages->addWidget(m_matrix);
    m_pages->addWidget(new EmptyState(QStringLiteral("network"), tr("Nothing to compare"),
        tr("No namespace with pods is in the source, or the filter leaves none."), m_pages));
    connect(m_matrix, &MatrixView::visibleRowsChanged, this, &MatrixPage::requestRows);
    connect(m_matrix, &MatrixView::currentChanged, this, &MatrixPage::showFacts);
    connect(m_matrix, &MatrixView::activated, this, &MatrixPage::activateCell);
    connect(m_matrix, &MatrixView::backRequested, this, &MatrixPage::leaveDrill);
    splitter->addWidget(m_pages);
    splitter->addWidget(buildFacts());
    splitter->setStretchFactor(0, 1);
    splitter->setStretchFactor(1, 0);
    splitter->setSizes({ 980, 330 });
    outer->addWidget(splitter, 1);
    auto* foot = new QHBoxLayout;
    foot->addWidget(new MatrixLegend(this), 1);
    m_count = mutedLabel({}, this);
    foot->addWidget(m_count);
    outer->addLayout(foot);
}

QWidget* MatrixPage::buildBar()
{
    auto* bar = new QWidget(this);
    auto* layout = new QHBoxLayout(bar);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(space::s);
    m_back = button(tr("All namespaces"), "link", bar);
    setIconName(m_back, QStringLiteral("back"));
    connect(m_back, &QPushButton::clicked, this, &MatrixPage::leaveDrill);
    layout->addWidget(m_back);
    auto* where = new ElidedLabel(Qt::ElideMiddle, bar);
    where->setFont(widget::font(TextStyle::Strong));
    m_where = where;
    layout->addWidget(where, 1);
    const auto filterOf = [&](const QString& hint, const QString& name) {
        auto* edit = new QLineEdit(bar);
        edit->setPlaceholderText(hint);
        edit->setAccessibleName(name);
        edit->setClearButtonEnabled(true);
        edit->setFixedWidth(190);
        connect(edit, &QLineEdit::textChanged, this, &MatrixPage::applyOrder);
        layout->addWidget(edit);
        return edit;
    };
    m_rowFilter = filterOf(tr("Filter sources  ( / )"), tr("Filter the rows by name"));
    m_columnFilter = filterOf(tr("Filter destinations"), tr("Filter the columns by name"));
    m_orderBox = comboBox(tr("Order of rows and columns"), bar);
    m_orderBox->addItems({ tr("By name"), tr("Clustered") });
    m_orderBox->setToolTip(tr("Clustered puts namespaces with a like pattern beside each other"));
    connect(m_orderBox, &QComboBox::currentIndexChanged, this, &MatrixPage::reorder);
    layout->addWidget(m_orderBox);
    return bar;
}

QWidget* MatrixPage::buildFacts()
{
    auto* scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setMinimumWidth(260);
    auto* side = new QWidget(scroll);
    auto* layout = new QVBoxLayout(side);
    layout->setContentsMargins(space::l, space::s, space::s, space::s);
    layout->setSpacing(space::s);
    m_factTitle = label({}, TextStyle::Heading, side);
    m_factTitle->setWordWrap(true);
    layout->addWidget(m_factTitle);
    m_factState = wrappedLabel({}, side);
    layout->addWidget(m_factState);
    m_factLines = new QVBoxLayout;
    m_factLines->setSpacing(space::xs);
    layout->addLayout(m_factLines);
    m_openDrill = button(tr("Show its workloads"), "", side);
    connect(m_openDrill, &QPushButton::clicked, this,
        [this] { activateCell(m_matrix->currentRow(), m_matrix->currentColumn()); });
    layout->addWidget(m_openDrill);
    m_openList = button(tr("List the connections"), "", side);
    connect(m_openList, &QPushButton::clicked, this, [this] { Q_EMIT asked(m_question); });
    layout->addWidget(m_openList);
    layout->addStretch(1);
    scroll->setWidget(side);
    return scroll;
}

void MatrixPage::clear()
{
    m_drill.reset();
    m_shown.reset();
    m_order.clear();
    forgetRows();
    m_rowLabels.clear();
    m_columnLabels.clear();
    m_matrix->setAxes({}, {}, {}, namespaceCell);
    fillFacts({});
    applyOrder();
}

void MatrixPage::fill()
{
    m_order.clear();
    forgetRows();
    if (m_shown != network().reach) {
        m_shown = network().reach;
        showAxes();
    } else { // other sides of the same: the place stays
        m_isWaiting = m_matrix->currentRow() >= 0;
        m_matrix->cellsChanged();
    }
    reorder();
}

void MatrixPage::showAxes()
{
    if (m_drill) {
        m_rowLabels = m_drill->rows.labels;
        m_columnLabels = m_drill->columns.labels;
    } else {
        m_rowLabels = m_columnLabels = model::namespaceLabels(network());
    }
    const MatrixView::Source source {
        [this](std::uint32_t row, std::uint32_t column) -> const network::Cell* {
            const Row* known = rowAt(row);
            return known && column < known->cells.size() ? &known->cells[column] : nullptr;
        },
        [this](std::uint32_t row, std::uint32_t column) {
            const Row* known = rowAt(row);
            return known ? known->ports.value(static_cast<qsizetype>(column)) : QString();
        },
        [this](std::uint32_t row, std::uint32_t column) {
            const Row* known = rowAt(row);
            const QString ports = known ? known->ports.value(static_cast<qsizetype>(column)) : QString();
            return ports.isEmpty() ? QString() : tr("Ports: %1").arg(ports);
        },
    };
    m_matrix->setAxes(m_rowLabels, m_columnLabels, source, m_drill ? workloadCell : namespaceCell);
    m_matrix->setAccessibleName(
        m_drill ? tr("Who may reach whom, by workload") : tr("Who may reach whom, by namespace"));
    fillFacts({});
    applyOrder();
}

void MatrixPage::applyOrder()
{
    m_back->setVisible(m_drill.has_value());
    m_orderBox->setVisible(!m_drill);
    const auto orderOf = [&](const QStringList& labels, const QString& filter) {
        std::vector<std::uint32_t> all = m_order;
        if (m_drill || all.size() != static_cast<std::size_t>(labels.size())) {
            all.resize(static_cast<std::size_t>(labels.size()));
            std::iota(all.begin(), all.end(), 0U);
        }
        std::erase_if(all,
            [&](std::uint32_t at) { return !matchesFilter(labels[static_cast<qsizetype>(at)], filter.trimmed()); });
        return all;
    };
    m_matrix->setOrder(orderOf(m_rowLabels, m_rowFilter->text()), orderOf(m_columnLabels, m_columnFilter->text()));
    const bool isEmpty = m_matrix->shownRows() == 0 || m_matrix->shownColumns() == 0;
    m_pages->setCurrentIndex(isEmpty && network() ? 1 : 0);
    const QString name = m_drill ? tr("workloads") : tr("namespaces");
    m_count->setText(network() ? tr("%1 \u00d7 %2 %3")
                                     .arg(grouped(static_cast<quint64>(m_matrix->shownRows())),
                                         grouped(static_cast<quint64>(m_matrix->shownColumns())), name)
                               : QString());
    static_cast<ElidedLabel*>(m_where)->setFullText(m_drill
            ? tr("%1 \u2192 %2")
                  .arg(model::namespaceLabels(network()).value(m_drill->from),
                      model::namespaceLabels(network()).value(m_drill->to))
            : QString());
}

void MatrixPage::reorder()
{
    if (m_orderBox->currentIndex() == 0 || !network()) {
        m_order.clear();
        applyOrder();
        return;
    }
    context().jobs.run<std::vector<std::uint32_t>>(
        this, { .slot = QStringLiteral("network-order"), .title = tr("Comparing namespaces") },
        [shared = network(), side = sides()](
            Progress& progress) { return model::clusteredOrder(shared, side, progress); },
        [this](std::vector<std::uint32_t> order) {
            m_order = std::move(order);
            applyOrder();
        });
}

const MatrixPage::Row* MatrixPage::rowAt(std::uint32_t row) const
{
    const auto found = m_rows.find(row);
    return found == m_rows.end() ? nullptr : &found->second;
}

void MatrixPage::forgetRows()
{
    ++m_generation;
    m_rows.clear();
    m_age.clear();
    m_isAsking = false;
    context().jobs.cancel(this, QStringLiteral("network-rows"));
}

// Asks for the rows in sight that are not known, one job at a time: what comes into sight meanwhile is next.
void MatrixPage::requestRows()
{
    if (m_isAsking || !network())
        return;
    std::vector<std::uint32_t> missing = m_matrix->visibleRows();
    std::erase_if(missing, [this](std::uint32_t row) { return m_rows.contains(row); });
    if (missing.empty())
        return;
    m_isAsking = true;
    using Rows = std::vector<std::pair<std::uint32_t, Row>>;
    context().jobs.run<Rows>(
        this, { .slot = QStringLiteral("network-rows"), .title = {} },
        [shared = network(), side = sides(), missing, drill = m_drill](Progress& progress) {
            Rows out;
            QElapsedTimer clock;
            clock.start();
            for (const std::uint32_t row : missing) {
                if (progress.isCancelled() || (!out.empty() && clock.elapsed() > batchMs))
                    break;
                if (!drill) {
                    out.emplace_back(row, Row { shared.reach->row(row, side), {} });
                    continue;
                }
                model::WorkloadCells cells
                    = model::workloadRow(shared, drill->rows.workloads[row], drill->columns, side);
                out.emplace_back(row, Row { std::move(cells.cells), std::move(cells.ports) });
            }
            return out;
        },
        [this, generation = m_generation](Rows rows) {
            if (generation != m_generation)
                return;
            m_isAsking = false;
            keepRows(std::move(rows));
            m_matrix->cellsChanged();
            if (m_isWaiting)
                showFacts(m_matrix->currentRow(), m_matrix->currentColumn());
            requestRows();
        });
}

void MatrixPage::keepRows(std::vector<std::pair<std::uint32_t, Row>> rows)
{
    for (auto& [row, cells] : rows) {
        m_age.push_back(row);
        m_rows.insert_or_assign(row, std::move(cells));
    }
    const std::size_t perRow = std::max<std::size_t>(1, static_cast<std::size_t>(m_columnLabels.size()));
    const std::size_t most = std::max<std::size_t>(128, mostKeptCells / perRow);
    while (m_age.size() > most) {
        m_rows.erase(m_age.front());
        m_age.pop_front();
    }
}

void MatrixPage::showFacts(int row, int column)
{
    const Row* known = row < 0 ? nullptr : rowAt(static_cast<std::uint32_t>(row));
    m_isWaiting = row >= 0 && !known;
    if (!known || column < 0 || static_cast<std::size_t>(column) >= known->cells.size()) {
        fillFacts({});
        return;
    }
    const network::Cell cell = known->cells[static_cast<std::size_t>(column)];
    context().jobs.run<model::CellFacts>(
        this, { .slot = QStringLiteral("network-cell"), .title = {} },
        [shared = network(), drill = m_drill, row, column, cell](Progress&) {
            if (!drill)
                return model::cellFacts(
                    shared, static_cast<std::uint32_t>(row), static_cast<std::uint32_t>(column), cell);
            return model::cellFacts(shared, drill->rows.workloads[static_cast<std::size_t>(row)],
                drill->columns.workloads[static_cast<std::size_t>(column)], cell);
        },
        [this](const model::CellFacts& facts) { fillFacts(facts); });
}

void MatrixPage::fillFacts(const model::CellFacts& facts)
{
    const bool isEmpty = facts.title.isEmpty();
    if (isEmpty)
        context().jobs.cancel(this, QStringLiteral("network-cell"));
    m_question = facts.question;
    m_factTitle->setText(isEmpty ? tr("Choose a cell") : facts.title);
    m_factState->setText(isEmpty
            ? tr("Rows are sources, columns are destinations. Enter or a double click shows the workloads behind it.")
            : facts.text);
    m_openDrill->setVisible(!isEmpty);
    m_openDrill->setText(m_drill ? tr("Explain the connection") : tr("Show its workloads"));
    m_openList->setVisible(!isEmpty && !m_drill);
    clearLayout(m_factLines);
    if (isEmpty)
        return;
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(space::m);
    grid->setVerticalSpacing(space::xs);
    int line = 0;
    for (const auto& [name, value] : facts.figures) {
        grid->addWidget(mutedLabel(name, this), line, 0);
        QLabel* shown = label(value, TextStyle::Strong, this);
        shown->setAlignment(Qt::AlignRight);
        grid->addWidget(shown, line++, 1);
    }
    grid->setColumnStretch(0, 1);
    m_factLines->addLayout(grid);
    const auto addLinks = [&](const QString& title, const std::vector<model::PolicyLink>& links) {
        m_factLines->addSpacing(space::s);
        m_factLines->addWidget(label(title, TextStyle::Strong, this));
        if (links.empty())
            m_factLines->addWidget(mutedLabel(tr("No policy selects them."), this));
        for (const model::PolicyLink& link : links) {
            QString shown = link.title;
            auto* open = button(shown.replace(QLatin1Char('&'), QLatin1String("&&")), "link", this);
            open->setToolTip(tr("Show the policy"));
            open->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
            connect(open, &QPushButton::clicked, this, [this, object = link.object] { Q_EMIT policyAsked(object); });
            m_factLines->addWidget(open);
        }
    };
    addLinks(tr("Policies on the way out"), facts.egress);
    addLinks(tr("Policies on the way in"), facts.ingress);
    m_factLines->addSpacing(space::s);
}

void MatrixPage::activateCell(int row, int column)
{
    if (row < 0 || column < 0 || !network())
        return;
    if (!m_drill) {
        drill(static_cast<std::uint32_t>(row), static_cast<std::uint32_t>(column));
        return;
    }
    // Not of the facts beside it: those may still be of the cell before.
    const network::Reach& reach = *network().reach;
    const auto nameOf = [&](const model::WorkloadAxis& axis, int at) {
        return QString::fromStdString(reach.workloadName(axis.workloads[static_cast<std::size_t>(at)]));
    };
    Q_EMIT asked(nameOf(m_drill->rows, row) + QStringLiteral(" -> ") + nameOf(m_drill->columns, column));
}

void MatrixPage::drill(std::uint32_t from, std::uint32_t to)
{
    context().jobs.run<Drill>(
        this, { .slot = QStringLiteral("network-drill"), .title = {} },
        [shared = network(), from, to](Progress&) {
            return Drill { from, to, model::workloadAxis(shared, from), model::workloadAxis(shared, to) };
        },
        [this](Drill drill) {
            m_rowFilter->clear();
            m_columnFilter->clear();
            m_drill = std::move(drill);
            forgetRows();
            showAxes();
            m_matrix->setFocus();
        });
}

void MatrixPage::leaveDrill()
{
    if (!m_drill)
        return;
    const Drill left = *m_drill;
    m_drill.reset();
    m_rowFilter->clear();
    m_columnFilter->clear();
    forgetRows();
    showAxes();
    const std::vector<std::uint32_t>& order = m_order;
    const auto placeOf = [&](std::uint32_t ns) {
        const auto found = std::ranges::find(order, ns);
        return found == order.end() ? static_cast<int>(ns) : static_cast<int>(found - order.begin());
    };
    m_matrix->setCurrent(placeOf(left.from), placeOf(left.to));
    m_matrix->setFocus();
}

void MatrixPage::focusFilter()
{
    m_rowFilter->setFocus();
    m_rowFilter->selectAll();
}

bool MatrixPage::isTooLarge() const
{
    return m_matrix->rowOrder().size() * m_matrix->columnOrder().size() > mostExportedCells;
}

QString MatrixPage::exportProblem() const
{
    return isTooLarge() ? tr("%1 cells are too many for a table: filter sources or destinations first.")
                              .arg(grouped(m_matrix->rowOrder().size() * m_matrix->columnOrder().size()))
                        : NetworkPage::exportProblem();
}

// What the filters leave, in the order of the screen.
std::function<QString(Progress&)> MatrixPage::csvMaker() const
{
    if (!network() || m_matrix->shownRows() == 0 || isTooLarge())
        return {};
    const std::vector<std::uint32_t>&rows = m_matrix->rowOrder(), &columns = m_matrix->columnOrder();
    if (!m_drill)
        return [shared = network(), side = sides(), rows, columns](
                   Progress& progress) { return model::matrixCsv(shared, rows, columns, side, progress); };
    const auto shownOf = [](const model::WorkloadAxis& axis, const std::vector<std::uint32_t>& order) {
        model::WorkloadAxis out { axis.ns, {}, {} };
        for (const std::uint32_t at : order)
            out.workloads.push_back(axis.workloads[at]);
        return out;
    };
    return [shared = network(), side = sides(), from = shownOf(m_drill->rows, rows),
               to = shownOf(m_drill->columns, columns)](
               Progress& progress) { return model::workloadsCsv(shared, from, to, side, progress); };
}

} // namespace plimsoll::ui::view
