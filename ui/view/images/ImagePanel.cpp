// SPDX-License-Identifier: Apache-2.0
#include "ui/view/images/ImagePanel.h"

#include <QHeaderView>
#include <QScrollArea>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabWidget>
#include <QTableWidget>
#include <QVBoxLayout>

#include "ui/view/ViewParts.h"
#include "ui/widget/Buttons.h"
#include "ui/widget/Parts.h"
#include "ui/widget/Table.h"

namespace plimsoll::ui::view {

using namespace widget;

ImagePanel::ImagePanel(ViewContext& context, QWidget* parent)
    : QFrame(parent)
    , m_context(context)
    , m_uses(new model::ImageUsesModel(this))
    , m_vulnerabilities(new model::VulnerabilitiesModel(this))
{
    widget::setRole(this, "card");
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(1, 1, 1, 1);
    m_pages = new QStackedWidget(this);
    outer->addWidget(m_pages);
    m_nothing = new EmptyState(QStringLiteral("images"), tr("No image is chosen"),
        tr("Choose one to see its versions side by side and where each of them runs."), m_pages);
    m_pages->addWidget(m_nothing);
    auto* page = new QWidget(m_pages);
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(space::m, space::s, space::m, space::s);
    layout->setSpacing(space::xs);
    m_title = new ElidedLabel(Qt::ElideMiddle, page);
    m_title->setFont(widget::font(TextStyle::Heading));
    layout->addWidget(m_title);
    m_headline = wrappedLabel({}, page);
    layout->addWidget(m_headline);
    m_tabs = new QTabWidget(page);
    m_tabs->setAccessibleName(tr("About the image"));
    m_tabs->setDocumentMode(true);
    m_tabs->addTab(buildUses(), tr("Where it runs"));
    m_tabs->addTab(buildVersions(), tr("Versions side by side"));
    m_tabs->addTab(buildVulnerabilities(), tr("Vulnerabilities"));
    m_tabs->addTab(buildFacts(), tr("Facts"));
    layout->addWidget(m_tabs, 1);
    m_pages->addWidget(page);
}

QWidget* ImagePanel::buildUses()
{
    auto* splitter = new QSplitter(Qt::Horizontal, this);
    splitter->setChildrenCollapsible(false);
    m_useTable = viewTable(m_uses, tr("Where the image runs"), { 100, 170, 104, 52, 190, 170, 120 }, splitter);
    splitter->addWidget(m_useTable);
    m_text = new PlaceText(m_context, tr("The workload as YAML"), splitter);
    splitter->addWidget(m_text);
    splitter->setSizes({ 900, 380 });
    connect(m_useTable->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
        [this](const QModelIndex& current) {
            if (const model::ImageUseRow* row = m_uses->rowAt(current))
                m_text->showPlace(m_images.assessment, row->object, row->pointer);
        });
    connect(m_useTable, &QTreeView::activated, this, [this](const QModelIndex& index) {
        if (const model::ImageUseRow* row = m_uses->rowAt(index))
            m_context.navigator.open(row->object, QStringLiteral("paths"));
    });
    return splitter;
}

QWidget* ImagePanel::buildVersions()
{
    m_versions = new QTableWidget(this);
    m_versions->setAccessibleName(tr("Versions of the repository side by side"));
    m_versions->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_versions->setSelectionBehavior(QAbstractItemView::SelectColumns);
    m_versions->setSelectionMode(QAbstractItemView::SingleSelection);
    m_versions->setWordWrap(false);
    m_versions->setShowGrid(false);
    m_versions->setAlternatingRowColors(true);
    m_versions->setFrameShape(QFrame::NoFrame);
    m_versions->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_versions->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_versions->setCornerButtonEnabled(false);
    m_versions->setStyleSheet(QStringLiteral("QTableCornerButton::section { background: transparent; border: none; }"));
    m_versions->verticalHeader()->setDefaultSectionSize(27);
    m_versions->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_versions->verticalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    connect(m_versions, &QTableWidget::cellActivated, this, [this](int, int column) {
        if (column >= 0 && static_cast<std::size_t>(column) < m_detail.versions.versions.size())
            Q_EMIT imageAsked(m_detail.versions.versions[static_cast<std::size_t>(column)].index);
    });
    return m_versions;
}

QWidget* ImagePanel::buildVulnerabilities()
{
    auto* box = new QWidget(this);
    auto* layout = new QVBoxLayout(box);
    layout->setContentsMargins(0, space::s, 0, 0);
    layout->setSpacing(space::xs);
    m_vulnerabilityNote = wrappedLabel({}, box);
    widget::setRole(m_vulnerabilityNote, "muted");
    layout->addWidget(m_vulnerabilityNote);
    m_vulnerabilityPages = new QStackedWidget(box);
    m_vulnerabilityTable = viewTable(m_vulnerabilities, tr("Vulnerabilities of the image"),
        { 170, 60, 150, 130, 130, 0, 180, 90 }, m_vulnerabilityPages);
    m_vulnerabilityTable->setColumnHidden(5, true); // all are of this image
    m_vulnerabilityPages->addWidget(m_vulnerabilityTable);
    m_noVulnerabilities = new EmptyState(QStringLiteral("file"), {}, {}, m_vulnerabilityPages);
    m_vulnerabilityPages->addWidget(m_noVulnerabilities);
    layout->addWidget(m_vulnerabilityPages, 1);
    return box;
}

QWidget* ImagePanel::buildFacts()
{
    auto* scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setAccessibleName(tr("Facts about the image"));
    auto* body = new QWidget(scroll);
    m_facts = new QVBoxLayout(body);
    m_facts->setContentsMargins(space::xs, space::s, space::m, space::s);
    m_facts->setSpacing(space::xs);
    scroll->setWidget(body);
    return scroll;
}

void ImagePanel::showNothing(const QString& title, const QString& text)
{
    m_context.jobs.cancel(this, QStringLiteral("image"));
    m_images = {};
    m_detail = {};
    m_uses->setRows({});
    m_vulnerabilities->setRows({});
    m_text->showPlace({}, {}, {});
    m_nothing->setTexts(title, text);
    m_pages->setCurrentIndex(0);
}

void ImagePanel::showImage(const model::Images& images, std::uint32_t index)
{
    m_images = images;
    m_index = index;
    m_context.jobs.run<model::ImageDetail>(
        this, { .slot = QStringLiteral("image"), .title = {} },
        [images, index](Progress&) { return model::imageDetail(images, index); },
        [this](model::ImageDetail detail) { fill(std::move(detail)); });
}

void ImagePanel::fill(model::ImageDetail detail)
{
    m_detail = std::move(detail);
    m_pages->setCurrentIndex(1);
    m_title->setFullText(m_detail.title);
    m_headline->setText(m_detail.headline);
    m_uses->setRows(m_detail.uses);
    m_text->showPlace({}, {}, {});
    if (m_uses->rowCount() > 0)
        m_useTable->setCurrentIndex(m_uses->index(0, 0));
    m_vulnerabilities->setRows(m_detail.vulnerabilities);
    const bool hasAny = m_vulnerabilities->rowCount() > 0;
    m_vulnerabilityPages->setCurrentIndex(hasAny ? 0 : 1);
    m_vulnerabilityNote->setText(m_detail.vulnerabilitiesNote);
    m_vulnerabilityNote->setVisible(hasAny);
    if (m_detail.isScanned)
        m_noVulnerabilities->setTexts(tr("No vulnerability is open"), m_detail.vulnerabilitiesNote);
    else
        m_noVulnerabilities->setTexts(tr("No report"),
            tr("Nobody looked into this image, as far as is known. That is not the same as no vulnerability: import a "
               "report of Trivy, Grype or Clair on the Evidence tab."));
    m_tabs->setTabText(0, tr("Where it runs %1").arg(m_detail.uses.size()));
    m_tabs->setTabText(1, tr("Versions side by side %1").arg(m_detail.versions.versions.size()));
    m_tabs->setTabText(2,
        m_detail.isScanned ? tr("Vulnerabilities %1").arg(m_detail.vulnerabilities.size())
                           : tr("Vulnerabilities: no report"));
    fillVersions();
    fillFacts();
}

void ImagePanel::fillVersions()
{
    const model::VersionTable& table = m_detail.versions;
    m_versions->clear();
    m_versions->setRowCount(static_cast<int>(table.names.size()));
    m_versions->setColumnCount(static_cast<int>(table.versions.size()));
    m_versions->setVerticalHeaderLabels(table.names);
    QStringList titles;
    for (std::size_t column = 0; column < table.versions.size(); ++column) {
        const model::VersionColumn& version = table.versions[column];
        titles.append(version.title + (version.isNewest ? tr("  (newest here)") : QString()));
        for (std::size_t row = 0; row < version.cells.size(); ++row) {
            auto* item = new QTableWidgetItem(version.cells[row]);
            item->setToolTip(version.cells[row].toHtmlEscaped());
            item->setTextAlignment(Qt::AlignLeft | Qt::AlignVCenter);
            if (version.index == m_index)
                item->setFont(widget::font(TextStyle::Strong));
            m_versions->setItem(static_cast<int>(row), static_cast<int>(column), item);
        }
        if (version.index == m_index)
            m_versions->selectColumn(static_cast<int>(column));
    }
    m_versions->setHorizontalHeaderLabels(titles);
    for (int column = 0; column < m_versions->columnCount(); ++column)
        m_versions->setColumnWidth(column, 220);
}

void ImagePanel::fillFacts()
{
    clearLayout(m_facts);
    for (const model::ImageFact& fact : m_detail.facts) {
        auto* line = new QWidget(this);
        auto* layout = new QHBoxLayout(line);
        layout->setContentsMargins(0, 0, 0, 0);
        layout->setSpacing(space::m);
        QLabel* name = mutedLabel(fact.name, line);
        name->setFixedWidth(150);
        name->setAlignment(Qt::AlignTop | Qt::AlignLeft);
        layout->addWidget(name);
        layout->addWidget(wrappedLabel(fact.value, line), 1);
        m_facts->addWidget(line);
    }
    if (!m_detail.findings.empty()) {
        m_facts->addSpacing(space::s);
        m_facts->addWidget(label(tr("Findings"), TextStyle::Strong, this));
    }
    for (const model::ImageFact& finding : m_detail.findings) {
        auto* row = new LinkRow({ finding.severity, {}, finding.name, finding.value, {} }, this);
        row->setToolTip(finding.value.toHtmlEscaped());
        m_facts->addWidget(row);
        connect(row, &QAbstractButton::clicked, this, [this, finding] {
            m_context.navigator.openFinding(*finding.finding, finding.object, QStringLiteral("findings"));
        });
    }
    m_facts->addStretch(1);
}

} // namespace plimsoll::ui::view

#include "moc_ImagePanel.cpp"
