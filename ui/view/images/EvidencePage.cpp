// SPDX-License-Identifier: Apache-2.0
#include "ui/view/images/EvidencePage.h"

#include <QDragEnterEvent>
#include <QFileDialog>
#include <QHeaderView>
#include <QMimeData>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QStyle>
#include <QTabBar>
#include <QUrl>
#include <QVBoxLayout>

#include "ui/view/ViewParts.h"
#include "ui/widget/Icons.h"
#include "ui/widget/Parts.h"
#include "ui/widget/Table.h"

namespace plimsoll::ui::view {

using namespace widget;

namespace {

QStringList localFiles(const QMimeData& data)
{
    QStringList paths;
    for (const QUrl& url : data.urls()) {
        if (url.isLocalFile())
            paths.append(url.toLocalFile());
    }
    return paths;
}

} // namespace

EvidencePage::EvidencePage(ViewContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_rows(new model::EvidenceModel(this))
    , m_unscanned(new model::UnscannedModel(this))
{
    setAcceptDrops(true);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(space::s);
    layout->addWidget(buildDrop());
    auto* head = new QHBoxLayout;
    m_parts = new QTabBar(this);
    m_parts->setAccessibleName(tr("Reports, or images without one"));
    m_parts->setDrawBase(false);
    m_parts->setExpanding(false);
    m_parts->addTab(tr("Reports"));
    m_parts->addTab(tr("Without a report"));
    head->addWidget(m_parts);
    m_summary = new ElidedLabel(Qt::ElideRight, this);
    widget::setRole(m_summary, "muted");
    head->addWidget(m_summary, 1);
    layout->addLayout(head);
    buildTables();
    layout->addWidget(m_stack, 1);
    m_notes = wrappedLabel({}, this);
    widget::setRole(m_notes, "muted");
    layout->addWidget(m_notes);
    const auto showPart = [this](int part) {
        m_stack->setCurrentIndex(part == 0 ? (m_rows->rowCount() > 0 ? 0 : 1) : (m_unscanned->rowCount() > 0 ? 2 : 3));
    };
    connect(m_parts, &QTabBar::currentChanged, this, showPart);
    connect(
        m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& current) {
            if (const model::EvidenceRow* row = m_rows->rowAt(current))
                showNotes(*row);
        });
    connect(m_unscannedTable, &QTreeView::activated, this, [this](const QModelIndex& index) {
        const model::UnscannedRow* row = m_unscanned->rowAt(index);
        if (row && row->object)
            m_context.navigator.open(row->object, QStringLiteral("paths"));
    });
    setTables({}, {});
}

QWidget* EvidencePage::buildDrop()
{
    m_drop = new QFrame(this);
    widget::setRole(m_drop, "notice");
    auto* bar = new QHBoxLayout(m_drop);
    bar->setContentsMargins(space::m, space::s, space::m, space::s);
    bar->setSpacing(space::m);
    bar->addWidget(label(tr("Drop reports of other tools here"), TextStyle::Strong, m_drop));
    auto* what = new ElidedLabel(Qt::ElideRight, m_drop);
    what->setFullText(tr("Trivy, Grype, Clair, CycloneDX, SPDX, VEX, SARIF, kube-bench, policy reports, Falco, audit "
                         "logs: told by what is in them, read on this computer"));
    bar->addWidget(what, 1);
    auto* importer = button(tr("Import\u2026"), "primary", m_drop);
    connect(importer, &QPushButton::clicked, this, &EvidencePage::chooseFiles);
    bar->addWidget(importer);
    return m_drop;
}

void EvidencePage::buildTables()
{
    m_stack = new QStackedWidget(this);
    auto* splitter = new QSplitter(Qt::Vertical, m_stack);
    splitter->setChildrenCollapsible(false);
    m_table = viewTable(m_rows, tr("Reports of other tools"), { 240, 110, 104, 206, 190, 240, 150 }, splitter);
    setWideColumn(m_table, 0);
    splitter->addWidget(m_table);
    auto* about = new QFrame(splitter);
    widget::setRole(about, "card");
    auto* inside = new QVBoxLayout(about);
    inside->setContentsMargins(space::l, space::m, space::l, space::m);
    m_detail = wrappedLabel({}, about);
    m_detail->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    inside->addWidget(m_detail, 1);
    splitter->addWidget(about);
    splitter->setSizes({ 470, 130 });
    m_stack->addWidget(splitter);
    m_empty = new EmptyState(QStringLiteral("import"), tr("No report was imported"),
        tr("Nothing is known about vulnerabilities: Plimsoll does not scan. Drop a report here, or give it with "
           "--evidence."),
        m_stack);
    m_stack->addWidget(m_empty);
    m_unscannedTable = viewTable(m_unscanned, tr("Images without a report"), { 460, 76 }, m_stack);
    m_stack->addWidget(m_unscannedTable);
    m_allScanned = new EmptyState(QStringLiteral("check"), tr("Every image has a report"), {}, m_stack);
    m_stack->addWidget(m_allScanned);
}

void EvidencePage::showNotes(const model::EvidenceRow& row)
{
    QStringList lines { row.source, tr("%1, made %2. %3").arg(row.kind, row.made, row.result),
        tr("Matched: %1").arg(row.match) };
    lines += row.notes;
    m_detail->setText(lines.join(QLatin1Char('\n')));
}

void EvidencePage::setTables(const model::Images& images, model::EvidenceTables tables)
{
    m_tables = std::move(tables);
    m_rows->setRows(m_tables.rows);
    m_unscanned->setRows(m_tables.unscanned);
    m_summary->setFullText(m_tables.summary);
    m_notes->setText(m_tables.notes.join(QLatin1Char('\n')));
    m_notes->setVisible(!m_tables.notes.isEmpty());
    m_detail->clear();
    const bool isReady = static_cast<bool>(images);
    m_parts->setTabText(0, isReady ? tr("Reports %1").arg(m_tables.rows.size()) : tr("Reports"));
    m_parts->setTabText(1, isReady ? tr("Without a report %1").arg(m_tables.unscanned.size()) : tr("Without a report"));
    Q_EMIT m_parts->currentChanged(m_parts->currentIndex());
    if (m_rows->rowCount() > 0)
        m_table->setCurrentIndex(m_rows->index(0, 0));
}

void EvidencePage::chooseFiles()
{
    const QStringList paths = QFileDialog::getOpenFileNames(this, tr("Import reports of other tools"), {},
        tr("Reports (*.json *.jsonl *.ndjson *.sarif *.log *.gz *.yaml *.yml *.cdx *.spdx);;All files (*)"));
    if (!paths.isEmpty())
        Q_EMIT evidenceOffered(paths);
}

void EvidencePage::setDropActive(bool isActive)
{
    // By the frame, not by its colour alone.
    m_drop->setStyleSheet(isActive
            ? QStringLiteral("QFrame[role=\"notice\"] { border: 2px dashed %1; }").arg(theme().accent.name())
            : QString());
}

void EvidencePage::dragEnterEvent(QDragEnterEvent* event)
{
    if (localFiles(*event->mimeData()).isEmpty())
        return;
    event->acceptProposedAction();
    setDropActive(true);
}

void EvidencePage::dragLeaveEvent(QDragLeaveEvent*)
{
    setDropActive(false);
}

void EvidencePage::dropEvent(QDropEvent* event)
{
    setDropActive(false);
    const QStringList paths = localFiles(*event->mimeData());
    if (paths.isEmpty())
        return;
    event->acceptProposedAction();
    Q_EMIT evidenceOffered(paths);
}

std::function<QString(Progress&)> EvidencePage::csvMaker() const
{
    return m_parts->currentIndex() == 0 ? csvOfRows(*m_rows) : csvOfRows(*m_unscanned);
}

} // namespace plimsoll::ui::view

#include "moc_EvidencePage.cpp"
