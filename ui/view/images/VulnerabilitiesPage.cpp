// SPDX-License-Identifier: Apache-2.0
#include "ui/view/images/VulnerabilitiesPage.h"

#include <QHeaderView>
#include <QLineEdit>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabBar>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/model/AccessData.h"
#include "ui/view/ViewParts.h"
#include "ui/widget/Parts.h"
#include "ui/widget/Table.h"

namespace plimsoll::ui::view {

using namespace widget;

VulnerabilitiesPage::VulnerabilitiesPage(ViewContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_rankedRows(new model::VulnerabilitiesModel(this))
    , m_updateRows(new model::UpdatesModel(this))
    , m_fixRows(new model::FixesModel(this))
{
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    m_pages = new QStackedWidget(this);
    outer->addWidget(m_pages);
    auto* page = new QWidget(m_pages);
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(space::s);
    layout->addLayout(buildBar(page));
    auto* splitter = new QSplitter(Qt::Vertical, page);
    splitter->setChildrenCollapsible(false);
    m_stack = new QStackedWidget(splitter);
    m_tables[Ranked] = viewTable(m_rankedRows, tr("Vulnerabilities, worst for this cluster first"),
        { 170, 60, 150, 120, 120, 230, 190, 84 }, m_stack);
    m_tables[ByImage]
        = viewTable(m_updateRows, tr("Images to update, worst first"), { 420, 70, 60, 76, 66, 124 }, m_stack);
    m_tables[ByFix] = viewTable(m_fixRows, tr("Packages to update, worst first"), { 220, 180, 76, 76 }, m_stack);
    for (Table* table : m_tables)
        m_stack->addWidget(table);
    splitter->addWidget(m_stack);
    QWidget* why = buildReasons(splitter);
    splitter->addWidget(why);
    splitter->setSizes({ 480, 170 });
    layout->addWidget(splitter, 1);
    m_pages->addWidget(page);
    m_empty = new EmptyState(QStringLiteral("import"), {}, {}, m_pages);
    auto* importer = button(tr("Import a report\u2026"), "primary", m_empty);
    connect(importer, &QPushButton::clicked, this, &VulnerabilitiesPage::importAsked);
    m_empty->addAction(importer);
    m_pages->addWidget(m_empty);
    connect(m_groups, &QTabBar::currentChanged, this, [this, why](int group) {
        m_stack->setCurrentIndex(group);
        m_onlyFixable->setVisible(group == Ranked);
        why->setVisible(group != ByFix);
        showCurrent();
    });
    connect(m_tables[Ranked]->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
        [this](const QModelIndex& current) {
            if (const model::VulnerabilityRow* row = m_rankedRows->rowAt(current))
                showReasons(*row);
        });
    connect(m_tables[ByImage]->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
        [this](const QModelIndex& current) {
            if (const model::UpdateRow* row = m_updateRows->rowAt(current))
                showUpdate(*row);
        });
    connect(m_tables[Ranked], &QTreeView::activated, this, [this](const QModelIndex& index) {
        const model::VulnerabilityRow* row = m_rankedRows->rowAt(index);
        if (row && row->object)
            m_context.navigator.open(row->object, QStringLiteral("paths"));
    });
}

QLayout* VulnerabilitiesPage::buildBar(QWidget* page)
{
    auto* bar = new QHBoxLayout;
    bar->setSpacing(space::s);
    m_groups = new QTabBar(page);
    m_groups->setAccessibleName(tr("How vulnerabilities are grouped"));
    m_groups->setDrawBase(false);
    m_groups->setExpanding(false);
    for (const QString& name : { tr("Ranked"), tr("By image to update"), tr("By package to fix") })
        m_groups->addTab(name);
    bar->addWidget(m_groups);
    m_headline = new ElidedLabel(Qt::ElideRight, page);
    widget::setRole(m_headline, "muted");
    bar->addWidget(m_headline, 1);
    m_onlyFixable = toggleChip(tr("With a fix"), page);
    m_onlyExploited = toggleChip(tr("Known exploited"), page);
    for (QToolButton* chip : { m_onlyFixable, m_onlyExploited }) {
        connect(chip, &QToolButton::toggled, this, &VulnerabilitiesPage::applyFilter);
        bar->addWidget(chip);
    }
    m_filter = filterField(tr("Filter  ( / )"), tr("Filter the vulnerabilities by text"), page);
    connect(m_filter, &QLineEdit::textChanged, this, &VulnerabilitiesPage::applyFilter);
    bar->addWidget(m_filter);
    return bar;
}

QWidget* VulnerabilitiesPage::buildReasons(QWidget* parent)
{
    auto* why = new QFrame(parent);
    widget::setRole(why, "card");
    auto* inside = new QVBoxLayout(why);
    inside->setContentsMargins(space::l, space::m, space::l, space::m);
    inside->setSpacing(space::xs);
    m_reasonTitle = label({}, TextStyle::Strong, why);
    m_reasons = wrappedLabel({}, why);
    m_reasons->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    inside->addWidget(m_reasonTitle);
    inside->addWidget(m_reasons, 1);
    return why;
}

void VulnerabilitiesPage::showReasons(const model::VulnerabilityRow& row)
{
    QString title = row.id + QStringLiteral("  ") + row.package + QLatin1Char(' ') + row.installed;
    if (!row.aliases.isEmpty())
        title += QStringLiteral("  (%1)").arg(row.aliases.join(QStringLiteral(", ")));
    m_reasonTitle->setText(title);
    QStringList lines { tr("Rank %1 in %2:").arg(row.points).arg(row.where.isEmpty() ? row.image : row.where) };
    lines += row.steps;
    lines.append(row.isFixable ? tr("Fixed in %1. Status: %2.").arg(row.fixed, row.status)
                               : tr("There is no fix yet. Status: %1.").arg(row.status));
    m_reasons->setText(lines.join(QLatin1Char('\n')));
}

void VulnerabilitiesPage::showUpdate(const model::UpdateRow& row)
{
    m_reasonTitle->setText(row.image);
    m_reasons->setText(row.words + QLatin1Char('\n') + row.packages);
}

void VulnerabilitiesPage::showCurrent()
{
    m_reasonTitle->setText({});
    m_reasons->setText(tr("Choose a row to see what decides its rank."));
    if (m_groups->currentIndex() == Ranked) {
        if (const model::VulnerabilityRow* row = m_rankedRows->rowAt(m_tables[Ranked]->currentIndex()))
            showReasons(*row);
    } else if (const model::UpdateRow* row = m_updateRows->rowAt(m_tables[ByImage]->currentIndex())) {
        showUpdate(*row);
    }
}

void VulnerabilitiesPage::setTables(const model::Images& images, const model::ImageTables& tables)
{
    m_images = images;
    m_ranked = tables.ranked;
    m_updates = tables.updates;
    m_fixes = tables.fixes;
    m_headline->setFullText(tables.vulnerabilitiesSummary);
    m_groups->setTabText(ByImage, tr("By image to update %1").arg(m_updates.size()));
    m_groups->setTabText(ByFix, tr("By package to fix %1").arg(m_fixes.size()));
    const bool isReady = static_cast<bool>(images);
    m_pages->setCurrentIndex(isReady && m_ranked.empty() ? 1 : 0);
    if (tables.scanned == 0)
        m_empty->setTexts(tr("No report was imported"),
            tr("Plimsoll does not scan images itself. Import what Trivy, Grype or Clair wrote: it is joined to what "
               "runs, and ranked by what is exposed and powerful."));
    else
        m_empty->setTexts(tr("No vulnerability is open"),
            tr("%1 of %2 images have a report.").arg(tables.scanned).arg(tables.images.size()));
    applyFilter();
}

void VulnerabilitiesPage::applyFilter()
{
    const QString text = m_filter->text().trimmed();
    const auto fits = [&](std::initializer_list<QString> parts) {
        return text.isEmpty() || std::ranges::any_of(parts, [&](const QString& part) {
            return part.contains(text, Qt::CaseInsensitive);
        });
    };
    std::vector<model::VulnerabilityRow> ranked;
    for (const model::VulnerabilityRow& row : m_ranked) {
        if ((m_onlyFixable->isChecked() && !row.isFixable) || (m_onlyExploited->isChecked() && !row.isKnownExploited))
            continue;
        if (fits({ row.id, row.package, row.image, row.where, row.aliases.join(QLatin1Char(' ')) }))
            ranked.push_back(row);
    }
    std::vector<model::UpdateRow> updates;
    for (const model::UpdateRow& row : m_updates) {
        if ((!m_onlyExploited->isChecked() || row.knownExploited > 0) && fits({ row.image, row.packages }))
            updates.push_back(row);
    }
    std::vector<model::FixRow> fixes;
    for (const model::FixRow& row : m_fixes) {
        if (fits({ row.package, row.images, row.ids }))
            fixes.push_back(row);
    }
    m_rankedRows->setRows(std::move(ranked));
    m_updateRows->setRows(std::move(updates));
    m_fixRows->setRows(std::move(fixes));
    for (Table* table : { m_tables[ByImage], m_tables[Ranked] }) {
        if (table->model()->rowCount() > 0)
            table->setCurrentIndex(table->model()->index(0, 0));
    }
    showCurrent();
}

void VulnerabilitiesPage::openGroup(Group group)
{
    m_groups->setCurrentIndex(group);
}

void VulnerabilitiesPage::focusFilter()
{
    m_filter->setFocus();
    m_filter->selectAll();
}

std::function<QString(Progress&)> VulnerabilitiesPage::csvMaker() const
{
    switch (m_groups->currentIndex()) {
    case Ranked:
        return csvOfRows(*m_rankedRows);
    case ByImage:
        return csvOfRows(*m_updateRows);
    default:
        return csvOfRows(*m_fixRows);
    }
}

} // namespace plimsoll::ui::view

#include "moc_VulnerabilitiesPage.cpp"
