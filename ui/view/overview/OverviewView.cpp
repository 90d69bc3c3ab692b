// SPDX-License-Identifier: Apache-2.0
#include "ui/view/overview/OverviewView.h"

#include <QEvent>
#include <QGridLayout>
#include <QHeaderView>
#include <QScrollArea>
#include <QVBoxLayout>

#include "ui/model/ComplianceData.h"
#include "ui/model/ControlsModel.h"
#include "ui/model/OverviewData.h"
#include "ui/view/StatusParts.h"
#include "ui/widget/Buttons.h"
#include "ui/widget/Charts.h"
#include "ui/widget/Parts.h"
#include "ui/widget/Table.h"

namespace plimsoll::ui::view {

namespace {

using namespace widget;

constexpr std::size_t doFirstCount = 7;
constexpr std::size_t shownKinds = 18;

// A name and its value on one line; the value may be copied.
void addFact(QGridLayout* grid, const QString& name, const QString& value, TextStyle style = TextStyle::Body)
{
    if (value.isEmpty())
        return;
    const int row = grid->rowCount();
    QLabel* nameLabel = mutedLabel(name);
    nameLabel->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    auto* valueLabel = new ElidedLabel(Qt::ElideMiddle);
    valueLabel->setFont(widget::font(style));
    valueLabel->setFullText(value);
    grid->addWidget(nameLabel, row, 0);
    grid->addWidget(valueLabel, row, 1);
}

constexpr int frameworkColumns = 3;

} // namespace

OverviewView::OverviewView(ViewContext& context, QWidget* parent)
    : View(context, parent)
{
    build();
}

void OverviewView::build()
{
    auto* scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setAccessibleName(tr("Overview"));
    auto* page = new QWidget(scroll);
    auto* outer = new QVBoxLayout(page);
    outer->setContentsMargins(space::xl, space::xl, space::xl, space::xl);
    outer->setSpacing(space::l);

    m_title = new ElidedLabel(Qt::ElideRight, page);
    m_title->setFont(widget::font(TextStyle::Title));
    m_subtitle = new ElidedLabel(Qt::ElideRight, page);
    setRole(m_subtitle, "muted");
    auto* head = new QVBoxLayout;
    head->setSpacing(space::xs);
    head->addWidget(m_title);
    head->addWidget(m_subtitle);
    outer->addLayout(head);

    auto* figures = new QHBoxLayout;
    figures->setSpacing(space::m);
    for (int severity = 0; severity < 5; ++severity) {
        auto* figure = new FigureCard(severityName(severity), severity, page);
        m_figures[static_cast<std::size_t>(severity)] = figure;
        figures->addWidget(figure);
        connect(figure, &QAbstractButton::clicked, this, [this, severity] {
            model::FindingsFilter filter;
            filter.severities.fill(false);
            filter.severities[static_cast<std::size_t>(severity)] = true;
            openFindings(filter);
        });
    }
    m_notAssessed = new FigureCard(tr("Not assessed"), -1, page);
    figures->addWidget(m_notAssessed);
    connect(m_notAssessed, &QAbstractButton::clicked, this, [this] {
        model::FindingsFilter filter;
        filter.status = model::FindingsFilter::Status::NotAssessed;
        openFindings(filter);
    });
    outer->addLayout(figures);

    m_doFirst = new Card(tr("Do first"), page);
    m_frameworks = new Card(tr("Frameworks"), page);
    outer->addWidget(m_doFirst);
    outer->addWidget(m_frameworks);

    auto* strip = new Card(tr("Namespaces, worst first"), page);
    m_namespaces = new HeatStrip(strip);
    m_namespaces->setAccessibleName(tr("Namespaces, worst first"));
    strip->content()->addWidget(m_namespaces);
    connect(m_namespaces, &HeatStrip::cellClicked, this, [this](const QString& id) {
        model::FindingsFilter filter;
        filter.namespaces = { id };
        openFindings(filter);
    });
    outer->addWidget(strip);

    auto* bottom = new QHBoxLayout;
    bottom->setSpacing(space::l);
    m_coverage = new Card(tr("What the data covers"), page);
    m_source = new Card(tr("Source"), page);
    bottom->addWidget(m_coverage, 3);
    bottom->addWidget(m_source, 2);
    outer->addLayout(bottom);
    outer->addWidget(buildControls());
    outer->addStretch(1);

    scroll->setWidget(page);
    auto* own = new QVBoxLayout(this);
    own->setContentsMargins(0, 0, 0, 0);
    own->addWidget(scroll);
}

QWidget* OverviewView::buildControls()
{
    auto* card = new Card(tr("All controls"), this);
    m_controlsModel = new model::ControlsModel(this);
    m_controls = new Table(card);
    m_controls->setAccessibleName(tr("All controls"));
    m_controls->setModel(m_controlsModel);
    m_controls->setSortingEnabled(true);
    m_controls->header()->setSortIndicator(2, Qt::AscendingOrder);
    m_controls->setMinimumHeight(420);
    const int widths[] = { 120, 340, 110, 80, 80, 110 };
    for (int column = 0; column < 6; ++column)
        m_controls->setColumnWidth(column, widths[column]);
    card->content()->addWidget(m_controls);
    connect(m_controls, &QTreeView::activated, this, [this](const QModelIndex& index) {
        const model::ControlRow* row = m_controlsModel->rowAt(index);
        if (!row)
            return;
        model::FindingsFilter filter;
        filter.controls = { row->id };
        filter.status = model::FindingsFilter::Status::All;
        openFindings(filter);
    });
    return card;
}

void OverviewView::setAssessment(std::shared_ptr<const assess::Assessment> assessment)
{
    m_assessment = assessment;
    m_controlsModel->setAssessment(assessment);
    if (!assessment)
        return;
    const model::OverviewData facts = model::overviewOf(*assessment);
    m_title->setFullText(facts.clusterName);
    QStringList about { facts.version };
    if (!facts.assessedAt.isEmpty())
        about.append(tr("as of %1").arg(facts.assessedAt));
    if (facts.waived > 0)
        about.append(counted(facts.waived, tr("1 finding waived"), tr("%1 findings waived")));
    about.append(tr("%1 objects, %2 workloads, %3 pods")
                     .arg(grouped(facts.objects), grouped(facts.workloads), grouped(facts.pods)));
    m_subtitle->setFullText(about.join(QStringLiteral("  \u00b7  ")));
    for (std::size_t severity = 0; severity < m_figures.size(); ++severity)
        m_figures[severity]->setFigure(facts.counts[severity]);
    m_notAssessed->setFigure(facts.notAssessed, counted(facts.controlsNotAssessed, tr("1 control"), tr("%1 controls")));
    m_notAssessed->setToolTip(tr("Objects and controls about which the data says nothing; never counted as passed"));
    showDoFirst(facts);
    showFrameworks(facts);
    std::vector<HeatStrip::Cell> cells;
    for (const auto& line : facts.namespaces)
        cells.push_back({ line.id, line.text, line.workloads, line.worst, line.findings });
    m_namespaces->setCells(std::move(cells));
    showCoverage(facts);
    showSource(facts);
}

void OverviewView::changeEvent(QEvent* event)
{
    View::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_assessment)
        setAssessment(m_assessment); // the bars keep colours of the theme
}

void OverviewView::showDoFirst(const model::OverviewData& facts)
{
    QVBoxLayout* list = m_doFirst->content();
    clearLayout(list);
    list->setSpacing(0);
    for (std::size_t i = 0; i < facts.doFirst.size() && i < doFirstCount; ++i) {
        const auto& line = facts.doFirst[i];
        auto* row = new LinkRow(
            { line.severity, {}, line.title, line.reason, counted(line.objects, tr("1 object"), tr("%1 objects")) },
            m_doFirst);
        list->addWidget(row);
        connect(row, &QAbstractButton::clicked, this, [this, id = line.id] {
            model::FindingsFilter filter;
            filter.controls = { id };
            openFindings(filter);
        });
    }
    if (facts.doFirst.empty())
        list->addWidget(mutedLabel(tr("No control failed. Look at what was not assessed before you call it good.")));
    list->addStretch(1);
}

void OverviewView::showFrameworks(const model::OverviewData& facts)
{
    QVBoxLayout* list = m_frameworks->content();
    clearLayout(list);
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(space::l);
    grid->setVerticalSpacing(space::s);
    const int count = static_cast<int>(facts.frameworks.size());
    const int rows = (count + frameworkColumns - 1) / frameworkColumns;
    for (int i = 0; i < count; ++i) {
        const auto& line = facts.frameworks[static_cast<std::size_t>(i)];
        const QString counts = model::countsText(line.counts);
        auto* row = new LinkRow({ -1, {}, line.title, counts, {} }, m_frameworks);
        row->setAccessibleDescription(counts);
        row->setToolTip((line.title + QLatin1Char('\n') + line.note).toHtmlEscaped());
        auto* bar = new StackedBar(m_frameworks);
        bar->setParts(statusParts(line.counts));
        auto* cell = new QVBoxLayout;
        cell->setSpacing(0);
        cell->addWidget(row);
        auto* inset = new QVBoxLayout;
        inset->setContentsMargins(space::s, 0, space::s, 0);
        inset->addWidget(bar);
        cell->addLayout(inset);
        grid->addLayout(cell, i % rows, i / rows);
        connect(row, &QAbstractButton::clicked, this, [this, id = line.id] {
            context().review.chooseFramework(id);
            context().navigator.openView(QStringLiteral("compliance"));
        });
    }
    for (int column = 0; column < frameworkColumns; ++column)
        grid->setColumnStretch(column, 1);
    list->addLayout(grid);
    if (facts.frameworks.empty())
        list->addWidget(mutedLabel(tr("No framework is in scope.")));
}

void OverviewView::showCoverage(const model::OverviewData& facts)
{
    QVBoxLayout* list = m_coverage->content();
    clearLayout(list);
    if (!facts.missingKinds.empty()) {
        QStringList names(facts.missingKinds.begin(), facts.missingKinds.end());
        auto* notice = new QFrame(m_coverage);
        setRole(notice, "notice");
        auto* inside = new QVBoxLayout(notice);
        inside->setContentsMargins(space::m, space::s, space::m, space::s);
        inside->addWidget(wrappedLabel(
            tr("Not in the source, so what depends on it is not assessed: %1").arg(names.join(QStringLiteral(", "))),
            notice));
        list->addWidget(notice);
    }
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(space::l);
    grid->setVerticalSpacing(space::xs);
    const std::size_t shown = std::min(facts.kinds.size(), shownKinds);
    const std::size_t lines = (shown + 2) / 3;
    for (std::size_t i = 0; i < shown; ++i) {
        const int row = static_cast<int>(i % lines);
        const int column = static_cast<int>(i / lines) * 3; // name, count, a gap
        auto* kind = new ElidedLabel(Qt::ElideRight, m_coverage);
        kind->setFullText(facts.kinds[i].kind);
        QLabel* count = label(grouped(facts.kinds[i].count), TextStyle::Strong, m_coverage);
        count->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
        grid->addWidget(kind, row, column);
        grid->addWidget(count, row, column + 1);
        grid->setColumnStretch(column, 1);
        if (column > 0)
            grid->setColumnMinimumWidth(column - 1, space::l);
    }
    list->addLayout(grid);
    if (facts.kinds.size() > shown) {
        QStringList names;
        for (std::size_t i = shown; i < facts.kinds.size(); ++i)
            names.append(facts.kinds[i].kind + QLatin1Char(' ') + grouped(facts.kinds[i].count));
        QLabel* rest = mutedLabel(
            counted(static_cast<quint64>(names.size()), tr("and 1 more kind"), tr("and %1 more kinds")), m_coverage);
        rest->setToolTip(names.join(QStringLiteral(", ")).toHtmlEscaped());
        list->addWidget(rest);
    }
    list->addStretch(1);
}

void OverviewView::showSource(const model::OverviewData& facts)
{
    QVBoxLayout* list = m_source->content();
    clearLayout(list);
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(space::l);
    grid->setVerticalSpacing(space::s);
    grid->setColumnStretch(1, 1);
    addFact(grid, tr("Opened"), facts.sourceLabel);
    addFact(grid, tr("Files read"),
        facts.passedOver > 0
            ? tr("%1, and %2 that are not Kubernetes").arg(grouped(facts.files), grouped(facts.passedOver))
            : grouped(facts.files));
    addFact(grid, tr("API server"),
        facts.versionSource.isEmpty() ? facts.version : tr("%1, from %2").arg(facts.version, facts.versionSource));
    addFact(grid, tr("Kubelets"), facts.kubelets);
    addFact(grid, tr("As of"), facts.assessedAt.isEmpty() ? tr("no time is known") : facts.assessedAt);
    addFact(grid, tr("SHA-256"), facts.sourceHash, TextStyle::Code);
    addFact(grid, tr("Masked values"), facts.masked > 0 ? grouped(facts.masked) : QString());
    addFact(grid, tr("Problems"),
        facts.problems > 0 ? tr("%1 while reading, see the status bar").arg(grouped(facts.problems))
                           : tr("none while reading"));
    list->addLayout(grid);
    list->addStretch(1);
}

// A number leads to exactly the findings it counts, so the whole filter is replaced; undo brings the old one back.
void OverviewView::openFindings(model::FindingsFilter filter)
{
    context().filter.setFilter(filter);
    context().navigator.openView(QStringLiteral("findings"));
}

} // namespace plimsoll::ui::view

#include "moc_OverviewView.cpp"
