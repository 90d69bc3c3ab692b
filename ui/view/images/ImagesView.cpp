// SPDX-License-Identifier: Apache-2.0
#include "ui/view/images/ImagesView.h"

#include <set>

#include <QAction>
#include <QHeaderView>
#include <QLineEdit>
#include <QMessageBox>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabBar>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/view/ViewParts.h"
#include "ui/view/images/EvidencePage.h"
#include "ui/view/images/ImagePanel.h"
#include "ui/view/images/VulnerabilitiesPage.h"
#include "ui/widget/Parts.h"
#include "ui/widget/Table.h"
#include "ui/widget/TimeLine.h"

namespace plimsoll::ui::view {

using namespace widget;

namespace {

TimeLine::State markOf(model::SupportState state)
{
    switch (state) {
    case model::SupportState::Supported:
        return TimeLine::State::Good;
    case model::SupportState::Maintenance:
    case model::SupportState::EndsSoon:
        return TimeLine::State::Soon;
    case model::SupportState::Ended:
        return TimeLine::State::Over;
    case model::SupportState::Unknown:
        break;
    }
    return TimeLine::State::Unknown;
}

} // namespace

ImagesView::ImagesView(ViewContext& context, QWidget* parent)
    : View(context, parent)
    , m_model(new model::ImagesModel(this))
{
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(space::xl, space::l, space::xl, space::l);
    outer->setSpacing(space::s);
    outer->addWidget(buildHead());
    outer->addWidget(buildTabs());
    m_stack = new QStackedWidget(this);
    m_stack->addWidget(buildList());
    m_vulnerabilities = new VulnerabilitiesPage(context, m_stack);
    m_stack->addWidget(m_vulnerabilities);
    m_stack->addWidget(buildSupport());
    m_evidence = new EvidencePage(context, m_stack);
    m_stack->addWidget(m_evidence);
    outer->addWidget(m_stack, 1);
    connect(m_evidence, &EvidencePage::evidenceOffered, this, &ImagesView::evidenceOffered);
    connect(this, &ImagesView::evidenceOffered, this, &ImagesView::readEvidence);
    connect(m_vulnerabilities, &VulnerabilitiesPage::importAsked, this, [this] {
        openPage(Evidence);
        m_evidence->chooseFiles();
    });
    buildActions();
    openPage(List);
    updateEmpty();
}

void ImagesView::readEvidence(const QStringList& paths)
{
    model::ReviewEdit change;
    for (const QString& path : paths)
        change.evidenceFiles.push_back(path.toStdString());
    context().review.edit(context().jobs, *context().pool, change, [this](const QString& problem) {
        if (problem.isEmpty())
            return;
        auto* box = new QMessageBox(QMessageBox::Warning, tr("Not read"), problem, QMessageBox::Ok, this);
        box->setTextFormat(Qt::PlainText);
        box->setAttribute(Qt::WA_DeleteOnClose);
        box->open();
    });
}

QWidget* ImagesView::buildHead()
{
    auto* bar = new QWidget(this);
    auto* layout = new QHBoxLayout(bar);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(space::m);
    layout->addWidget(label(tr("Images"), TextStyle::Title, bar));
    m_summary = new ElidedLabel(Qt::ElideRight, bar);
    widget::setRole(m_summary, "muted");
    layout->addWidget(m_summary, 1);
    auto* exporter = flatButton(QStringLiteral("export"), tr("Export the table as CSV"), bar);
    connect(exporter, &QToolButton::clicked, this, &ImagesView::chooseExport);
    layout->addWidget(exporter);
    return bar;
}

QWidget* ImagesView::buildTabs()
{
    auto* bar = new QWidget(this);
    auto* layout = new QHBoxLayout(bar);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(space::s);
    m_tabs = new QTabBar(bar);
    m_tabs->setAccessibleName(tr("Pages of the images"));
    m_tabs->setDrawBase(false);
    m_tabs->setExpanding(false);
    for (const QString& name : { tr("Images"), tr("Vulnerabilities"), tr("Support"), tr("Evidence") })
        m_tabs->addTab(name);
    layout->addWidget(m_tabs, 1);
    m_listTools = new QWidget(bar);
    auto* tools = new QHBoxLayout(m_listTools);
    tools->setContentsMargins(0, 0, 0, 0);
    tools->setSpacing(space::s);
    const auto chip = [&](const QString& text, const QString& hint) {
        QToolButton* made = toggleChip(text, m_listTools);
        made->setToolTip(hint);
        connect(made, &QToolButton::toggled, this, &ImagesView::applyFilter);
        tools->addWidget(made);
        return made;
    };
    m_onlyVulnerable = chip(tr("Vulnerable"), tr("Only those with open vulnerabilities"));
    m_onlyEnded = chip(tr("Support ended"), tr("Only those whose release line or base gets no fixes any more"));
    m_onlyDrifting = chip(tr("Drift"), tr("Only those whose replicas run different contents"));
    m_onlyUnpinned = chip(tr("Not pinned"), tr("Only those that are not bound to a digest"));
    m_filter = filterField(tr("Filter images  ( / )"), tr("Filter the images by text"), m_listTools);
    connect(m_filter, &QLineEdit::textChanged, this, &ImagesView::applyFilter);
    tools->addWidget(m_filter);
    layout->addWidget(m_listTools);
    connect(m_tabs, &QTabBar::currentChanged, this, [this](int page) {
        m_stack->setCurrentIndex(page);
        m_listTools->setVisible(page == List);
    });
    return bar;
}

QWidget* ImagesView::buildList()
{
    auto* splitter = new QSplitter(Qt::Vertical, this);
    splitter->setChildrenCollapsible(false);
    m_listPages = new QStackedWidget(splitter);
    m_table = viewTable(m_model, tr("Images by registry and repository"),
        { 264, 124, 52, 94, 136, 126, 104, 144, 140, 76 }, m_listPages);
    setWideColumn(m_table, model::ImagesModel::Name);
    m_table->setSortingEnabled(false); // the tree has its order
    m_table->setRootIsDecorated(true);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &ImagesView::imageChosen);
    m_listPages->addWidget(m_table);
    m_listEmpty = new EmptyState(QStringLiteral("filter"), {}, {}, m_listPages);
    m_clear = button(tr("Show all images"), "primary", m_listEmpty);
    connect(m_clear, &QPushButton::clicked, this, [this] {
        m_filter->clear();
        for (QToolButton* chip : { m_onlyVulnerable, m_onlyEnded, m_onlyDrifting, m_onlyUnpinned })
            chip->setChecked(false);
    });
    m_listEmpty->addAction(m_clear);
    m_listPages->addWidget(m_listEmpty);
    splitter->addWidget(m_listPages);
    m_panel = new ImagePanel(context(), splitter);
    connect(m_panel, &ImagePanel::imageAsked, this, &ImagesView::showImage);
    splitter->addWidget(m_panel);
    splitter->setSizes({ 360, 360 });
    return splitter;
}

QWidget* ImagesView::buildSupport()
{
    m_supportPages = new QStackedWidget(this);
    auto* page = new QWidget(m_supportPages);
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(space::s);
    m_supportBasis = wrappedLabel({}, page);
    widget::setRole(m_supportBasis, "muted");
    layout->addWidget(m_supportBasis);
    auto* splitter = new QSplitter(Qt::Vertical, page);
    splitter->setChildrenCollapsible(false);
    m_support = new TimeLine(splitter);
    m_support->setAccessibleName(tr("Release lines by the end of their support"));
    splitter->addWidget(m_support);
    auto* about = new QFrame(splitter);
    widget::setRole(about, "card");
    auto* inside = new QVBoxLayout(about);
    inside->setContentsMargins(space::l, space::m, space::l, space::m);
    inside->setSpacing(space::xs);
    m_supportTitle = label({}, TextStyle::Strong, about);
    inside->addWidget(m_supportTitle);
    m_supportText = wrappedLabel({}, about);
    m_supportText->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    inside->addWidget(m_supportText, 1);
    m_supportShow = button(tr("Show the images"), "link", about);
    connect(m_supportShow, &QPushButton::clicked, this, [this] {
        const int row = m_support->current();
        if (row >= 0 && !m_tables.support[static_cast<std::size_t>(row)].indices.empty())
            showImage(m_tables.support[static_cast<std::size_t>(row)].indices.front());
    });
    inside->addWidget(m_supportShow);
    splitter->addWidget(about);
    splitter->setSizes({ 500, 180 });
    layout->addWidget(splitter, 1);
    m_supportPages->addWidget(page);
    m_supportPages->addWidget(new EmptyState(QStringLiteral("clock"), tr("No release line is known"),
        tr("None of the images, nor a base that their tags name, stands in the table of ends of support."),
        m_supportPages));
    connect(m_support, &TimeLine::chosen, this, &ImagesView::showSupport);
    return m_supportPages;
}

void ImagesView::buildActions()
{
    const auto add = [this](const QString& text, const QKeySequence& keys, auto triggered) {
        auto* action = new QAction(text, this);
        action->setShortcut(keys);
        action->setShortcutContext(Qt::WindowShortcut); // as soon as this page is seen, wherever the focus is
        connect(action, &QAction::triggered, this, triggered);
        m_actions.append(action);
    };
    add(tr("Next page of the images"), QKeySequence(Qt::CTRL | Qt::Key_PageDown),
        [this] { openPage(static_cast<Page>((page() + 1) % pageCount)); });
    add(tr("Previous page of the images"), QKeySequence(Qt::CTRL | Qt::Key_PageUp),
        [this] { openPage(static_cast<Page>((page() + pageCount - 1) % pageCount)); });
    add(tr("Import reports of other tools\u2026"), QKeySequence(Qt::CTRL | Qt::Key_I), [this] {
        openPage(Evidence);
        m_evidence->chooseFiles();
    });
    add(tr("Export the table as CSV\u2026"), {}, [this] { chooseExport(); });
    addActions(m_actions);
}

ImagesView::Page ImagesView::page() const
{
    return static_cast<Page>(m_tabs->currentIndex());
}

void ImagesView::openPage(Page page)
{
    m_tabs->setCurrentIndex(page);
}

void ImagesView::setAssessment(std::shared_ptr<const assess::Assessment> assessment)
{
    m_assessment = std::move(assessment);
    computed({});
    if (!m_assessment) {
        context().jobs.cancel(this, QStringLiteral("images"));
        return;
    }
    m_summary->setFullText(tr("Listing the images\u2026"));
    context().jobs.run<Computed>(
        this, { .slot = QStringLiteral("images"), .title = tr("Joining images and reports") },
        [shared = m_assessment](Progress& progress) {
            Computed out;
            out.images = model::imagesOf(shared, progress);
            out.tables = model::imageTables(out.images, progress);
            out.evidence = model::evidenceTables(out.images);
            return out;
        },
        [this](Computed result) { computed(std::move(result)); });
}

void ImagesView::computed(Computed result)
{
    m_images = std::move(result.images);
    m_tables = std::move(result.tables);
    m_summary->setFullText(m_tables.summary);
    m_panel->showNothing(
        tr("No image is chosen"), tr("Choose one to see its versions side by side and where each of them runs."));
    std::vector<TimeLine::Item> items;
    for (const model::SupportRow& row : m_tables.support) {
        TimeLine::Item item { row.product + QLatin1Char(' ') + row.line, row.users, row.words, {}, row.end, row.softEnd,
            markOf(row.state), row.basis };
        item.isOpenBefore = row.end.has_value();
        items.push_back(std::move(item));
    }
    m_support->setItems(std::move(items), m_tables.today, m_tables.todayWords);
    m_supportBasis->setText(m_tables.supportBasis);
    m_supportTitle->setText({});
    m_supportText->setText({});
    m_supportShow->hide();
    m_supportPages->setCurrentIndex(m_images && m_tables.support.empty() ? 1 : 0);
    m_support->setCurrent(0);
    m_vulnerabilities->setTables(m_images, m_tables);
    const std::size_t reports = result.evidence.rows.size();
    m_evidence->setTables(m_images, std::move(result.evidence));
    const auto counted = [this](const QString& name, quint64 count) {
        return m_images ? name + QLatin1Char(' ') + grouped(count) : name;
    };
    m_tabs->setTabText(List, counted(tr("Images"), m_tables.images.size()));
    m_tabs->setTabText(Vulnerabilities,
        m_images && m_tables.scanned == 0 ? tr("Vulnerabilities: no report")
                                          : counted(tr("Vulnerabilities"), m_tables.rankedTotal));
    m_tabs->setTabText(Support, counted(tr("Support"), m_tables.support.size()));
    m_tabs->setTabText(Evidence, counted(tr("Evidence"), reports));
    applyFilter();
    if (m_images && !m_wanted.isNone())
        showObject(m_wanted);
}

void ImagesView::applyFilter()
{
    const model::ImageRow* current = m_model->rowAt(m_table->currentIndex());
    const bool hadImage = current != nullptr;
    const std::uint32_t kept = current ? current->index : 0;
    model::ImagesFilter filter;
    filter.text = m_filter->text();
    filter.onlyVulnerable = m_onlyVulnerable->isChecked();
    filter.onlyEnded = m_onlyEnded->isChecked();
    filter.onlyDrifting = m_onlyDrifting->isChecked();
    filter.onlyUnpinned = m_onlyUnpinned->isChecked();
    std::vector<model::ImageRow> shown;
    for (const model::ImageRow& row : m_tables.images) {
        if (filter.matches(row))
            shown.push_back(row);
    }
    m_model->setRows(std::move(shown));
    m_table->expandAll();
    updateEmpty();
    QModelIndex index = hadImage ? m_model->indexOf(kept) : QModelIndex();
    if (!index.isValid() && !m_model->rows().empty())
        index = m_model->indexOf(m_model->rows().front().index);
    if (index.isValid())
        m_table->setCurrentIndex(index);
}

void ImagesView::updateEmpty()
{
    const bool isEmpty = m_images && m_model->rows().empty();
    m_listPages->setCurrentIndex(isEmpty ? 1 : 0);
    m_panel->setVisible(!isEmpty);
    const bool hasAny = !m_tables.images.empty();
    m_clear->setVisible(hasAny);
    if (hasAny)
        m_listEmpty->setTexts(tr("Nothing matches"), tr("All images are hidden by the filters."));
    else
        m_listEmpty->setTexts(tr("No image"), tr("The source holds no pod and no workload that names one."));
}

void ImagesView::imageChosen(const QModelIndex& current)
{
    if (const model::ImageRow* row = m_model->rowAt(current)) {
        m_panel->showImage(m_images, row->index);
        return;
    }
    // A registry or repository: its first image stands for it.
    QModelIndex first = current;
    while (first.isValid() && !m_model->rowAt(first))
        first = m_model->index(0, 0, first.siblingAtColumn(0));
    if (const model::ImageRow* row = m_model->rowAt(first))
        m_panel->showImage(m_images, row->index);
}

void ImagesView::showImage(std::uint32_t image)
{
    if (!m_images)
        return;
    openPage(List);
    if (!m_model->indexOf(image).isValid())
        m_clear->click();
    const QModelIndex index = m_model->indexOf(image);
    m_table->setCurrentIndex(index);
    m_table->scrollTo(index);
}

void ImagesView::showSupport(int at)
{
    const model::SupportRow& row = m_tables.support[static_cast<std::size_t>(at)];
    m_supportTitle->setText(row.product + QLatin1Char(' ') + row.line + QStringLiteral("  \u00b7  ") + row.words
        + QStringLiteral("  \u00b7  ") + row.users);
    m_supportText->setText(row.basis);
    m_supportShow->setVisible(!row.indices.empty());
}

void ImagesView::showObject(cluster::ObjectId object)
{
    m_wanted = object;
    if (!m_images || object.isNone())
        return;
    m_wanted = {};
    const cluster::WorkloadId workload = m_images.cluster().workloadOf(object);
    for (std::uint32_t image = 0; image < m_images.inventory->images.size(); ++image) {
        for (const images::ImageUse& use : m_images.image(image).uses) {
            if (use.holder != object && (workload.isNone() || use.workload != workload))
                continue;
            showImage(image);
            return;
        }
    }
}

void ImagesView::focusSearch()
{
    if (page() == Vulnerabilities) {
        m_vulnerabilities->focusFilter();
        return;
    }
    openPage(List);
    m_filter->setFocus();
    m_filter->selectAll();
}

QList<QAction*> ImagesView::viewActions() const
{
    return m_actions;
}

std::function<QString(Progress&)> ImagesView::csvMaker() const
{
    switch (page()) {
    case Vulnerabilities:
        return m_vulnerabilities->csvMaker();
    case Evidence:
        return m_evidence->csvMaker();
    case Support:
        return m_tables.support.empty() ? std::function<QString(Progress&)>()
                                        : [rows = m_tables.support](Progress&) { return model::supportCsv(rows); };
    default:
        return m_model->rows().empty() ? std::function<QString(Progress&)>()
                                       : [rows = m_model->rows()](Progress&) { return model::imagesCsv(rows); };
    }
}

void ImagesView::exportTo(const QString& path, std::function<void(const QString& problem)> done)
{
    if (auto maker = csvMaker())
        writeInJob(context(), this, path, std::move(maker), std::move(done));
    else
        done(tr("There is nothing to export."));
}

void ImagesView::chooseExport()
{
    if (auto maker = csvMaker())
        chooseAndWrite(context(), this, QStringLiteral("images.csv"), std::move(maker));
}

} // namespace plimsoll::ui::view

#include "moc_ImagesView.cpp"
