// SPDX-License-Identifier: Apache-2.0
#include "ui/view/secrets/SecretsView.h"

#include <QAction>
#include <QComboBox>
#include <QHeaderView>
#include <QLineEdit>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabBar>
#include <QVBoxLayout>

#include "ui/model/Text.h"
#include "ui/view/ViewParts.h"
#include "ui/view/secrets/SecretPanel.h"
#include "ui/widget/Icons.h"
#include "ui/widget/Parts.h"
#include "ui/widget/Table.h"
#include "ui/widget/TimeLine.h"

namespace plimsoll::ui::view {

using namespace widget;

namespace {

TimeLine::State stateOf(model::DueState state)
{
    switch (state) {
    case model::DueState::Good:
        return TimeLine::State::Good;
    case model::DueState::Soon:
        return TimeLine::State::Soon;
    case model::DueState::Over:
        return TimeLine::State::Over;
    case model::DueState::Unknown:
        break;
    }
    return TimeLine::State::Unknown;
}

} // namespace

SecretsView::SecretsView(ViewContext& context, QWidget* parent)
    : View(context, parent)
    , m_rows(new model::SecretsModel(this))
    , m_certificates(new model::CertificatesModel(this))
    , m_missing(new model::MissingModel(this))
    , m_stores(new model::StoresModel(this))
{
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(space::xl, space::l, space::xl, space::l);
    outer->setSpacing(space::s);
    outer->addWidget(buildHead());
    outer->addWidget(buildBanner());
    outer->addWidget(buildTabs());
    m_stack = new QStackedWidget(this);
    m_stack->addWidget(buildList());
    m_stack->addWidget(buildCertificates());
    m_stack->addWidget(buildTablePage(Missing, m_missing, tr("References to missing Secrets"), { 150, 250, 290, 190 },
        new EmptyState(QStringLiteral("check"), tr("Nothing is missing"), {}, this)));
    m_stack->addWidget(buildTablePage(Stores, m_stores, tr("Stores outside of the cluster"), { 200, 280, 220, 260 },
        new EmptyState(QStringLiteral("secrets"), tr("No external store is in use"), {}, this)));
    outer->addWidget(m_stack, 1);
    buildActions();
    openPage(List);
    showEmptyPages();
}

QWidget* SecretsView::buildHead()
{
    auto* bar = new QWidget(this);
    auto* layout = new QHBoxLayout(bar);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(space::m);
    layout->addWidget(label(tr("Secrets"), TextStyle::Title, bar));
    m_summary = new ElidedLabel(Qt::ElideRight, bar);
    widget::setRole(m_summary, "muted");
    layout->addWidget(m_summary, 1);
    auto* exporter = flatButton(QStringLiteral("export"), tr("Export the table as CSV"), bar);
    connect(exporter, &QToolButton::clicked, this, &SecretsView::chooseExport);
    layout->addWidget(exporter);
    return bar;
}

QWidget* SecretsView::buildBanner()
{
    m_banner = new QFrame(this);
    widget::setRole(m_banner, "notice");
    auto* layout = new QHBoxLayout(m_banner);
    layout->setContentsMargins(space::m, space::s, space::m, space::s);
    layout->setSpacing(space::m);
    m_bannerSign = new QLabel(m_banner);
    layout->addWidget(m_bannerSign);
    m_bannerHead = label({}, TextStyle::Strong, m_banner);
    layout->addWidget(m_bannerHead);
    m_bannerText = new ElidedLabel(Qt::ElideRight, m_banner);
    layout->addWidget(m_bannerText, 1);
    m_bannerMore = button(tr("Show the evidence"), "link", m_banner);
    connect(m_bannerMore, &QPushButton::clicked, this, &SecretsView::showEncryption);
    layout->addWidget(m_bannerMore);
    m_banner->hide();
    return m_banner;
}

QWidget* SecretsView::buildTabs()
{
    auto* bar = new QWidget(this);
    auto* layout = new QHBoxLayout(bar);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(space::s);
    m_tabs = new QTabBar(bar);
    m_tabs->setAccessibleName(tr("Pages of the Secrets"));
    m_tabs->setDrawBase(false);
    m_tabs->setExpanding(false);
    for (int page = 0; page < pageCount; ++page)
        m_tabs->addTab({});
    layout->addWidget(m_tabs, 1);
    m_listTools = new QWidget(bar);
    auto* tools = new QHBoxLayout(m_listTools);
    tools->setContentsMargins(0, 0, 0, 0);
    tools->setSpacing(space::s);
    const auto chip = [&](const QString& text, const QString& hint) {
        QToolButton* made = toggleChip(text, m_listTools);
        made->setToolTip(hint);
        connect(made, &QToolButton::toggled, this, &SecretsView::applyFilter);
        tools->addWidget(made);
        return made;
    };
    m_onlyFindings = chip(tr("With findings"), tr("Only those with open findings"));
    m_onlyOld = chip(tr("Overdue"), tr("Only those older than the limit for their type"));
    m_onlyUnused = chip(tr("Unused"), tr("Only those that no collected object refers to"));
    m_type = comboBox(tr("Type of the Secrets"), m_listTools);
    m_type->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_type->setMinimumContentsLength(18);
    connect(m_type, &QComboBox::currentIndexChanged, this, &SecretsView::applyFilter);
    tools->addWidget(m_type);
    m_filter = filterField(tr("Filter Secrets  ( / )"), tr("Filter the Secrets by text"), m_listTools);
    connect(m_filter, &QLineEdit::textChanged, this, &SecretsView::applyFilter);
    tools->addWidget(m_filter);
    layout->addWidget(m_listTools);
    connect(m_tabs, &QTabBar::currentChanged, this, [this](int page) {
        m_stack->setCurrentIndex(page);
        m_listTools->setVisible(page == List);
    });
    return bar;
}

QWidget* SecretsView::buildList()
{
    auto* splitter = new QSplitter(Qt::Vertical, this);
    splitter->setChildrenCollapsible(false);
    m_pages[List] = new QStackedWidget(splitter);
    m_shown[List] = viewTable(m_rows, tr("Secrets"), { 124, 206, 140, 136, 72, 112, 76, 186, 122, 70 }, m_pages[List]);
    setWideColumn(m_shown[List], model::SecretsModel::UsedBy);
    connect(m_shown[List]->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
        [this](const QModelIndex& current) {
            if (const model::SecretRow* row = m_rows->rowAt(current)) {
                m_panel->showSecret(m_secrets, row->index);
                context().navigator.inspect(row->object);
            }
        });
    m_pages[List]->addWidget(m_shown[List]);
    m_empty[List] = new EmptyState(QStringLiteral("filter"), {}, {}, m_pages[List]);
    m_clear = button(tr("Show all Secrets"), "primary", m_empty[List]);
    connect(m_clear, &QPushButton::clicked, this, [this] {
        m_filter->clear();
        m_type->setCurrentIndex(0);
        for (QToolButton* chip : { m_onlyFindings, m_onlyOld, m_onlyUnused })
            chip->setChecked(false);
    });
    m_empty[List]->addAction(m_clear);
    m_pages[List]->addWidget(m_empty[List]);
    splitter->addWidget(m_pages[List]);
    m_panel = new SecretPanel(context(), splitter);
    splitter->addWidget(m_panel);
    splitter->setSizes({ 250, 470 });
    return splitter;
}

QWidget* SecretsView::buildCertificates()
{
    m_pages[Certificates] = new QStackedWidget(this);
    auto* splitter = new QSplitter(Qt::Vertical, m_pages[Certificates]);
    splitter->setChildrenCollapsible(false);
    m_timeLine = new TimeLine(splitter);
    m_timeLine->setAccessibleName(tr("Certificates by the day they end"));
    splitter->addWidget(m_timeLine);
    auto* below = new QSplitter(Qt::Horizontal, splitter);
    below->setChildrenCollapsible(false);
    m_shown[Certificates] = viewTable(m_certificates, tr("Certificates"), { 230, 150, 170, 130, 90, 100 }, below);
    below->addWidget(m_shown[Certificates]);
    m_texts[Certificates] = new PlaceText(context(), tr("The object with the certificate as YAML"), below);
    below->addWidget(m_texts[Certificates]);
    below->setSizes({ 860, 440 });
    splitter->addWidget(below);
    splitter->setSizes({ 330, 330 });
    m_pages[Certificates]->addWidget(splitter);
    m_empty[Certificates] = new EmptyState(QStringLiteral("clock"), {}, {}, m_pages[Certificates]);
    m_pages[Certificates]->addWidget(m_empty[Certificates]);
    // The line and the table are the same rows; choosing in one chooses in the other.
    connect(m_timeLine, &TimeLine::chosen, this, [this](int item) {
        const auto& rows = m_certificates->rows();
        for (std::size_t at = 0; at < rows.size(); ++at) {
            if (rows[at].index == static_cast<std::uint32_t>(item))
                m_shown[Certificates]->setCurrentIndex(m_certificates->index(static_cast<int>(at), 0));
        }
    });
    connect(m_shown[Certificates]->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
        [this](const QModelIndex& current) {
            const model::CertificateRow* row = m_certificates->rowAt(current);
            if (!row)
                return;
            m_timeLine->setCurrent(static_cast<int>(row->index));
            m_texts[Certificates]->showPlace(m_assessment, row->object, row->pointer);
        });
    return m_pages[Certificates];
}

QWidget* SecretsView::buildTablePage(
    Page page, QAbstractItemModel* rows, const QString& name, std::initializer_list<int> widths, EmptyState* empty)
{
    m_pages[page] = new QStackedWidget(this);
    auto* splitter = new QSplitter(Qt::Vertical, m_pages[page]);
    splitter->setChildrenCollapsible(false);
    m_shown[page] = viewTable(rows, name, widths, splitter);
    splitter->addWidget(m_shown[page]);
    m_texts[page] = new PlaceText(context(), tr("The object of the chosen row as YAML"), splitter);
    splitter->addWidget(m_texts[page]);
    splitter->setSizes({ 360, 300 });
    m_pages[page]->addWidget(splitter);
    m_empty[page] = empty;
    m_pages[page]->addWidget(empty);
    connect(m_shown[page]->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
        [this, page](const QModelIndex& current) {
            if (const auto* missing = page == Missing ? m_missing->rowAt(current) : nullptr)
                m_texts[page]->showPlace(m_assessment, missing->object, missing->pointer);
            if (const auto* store = page == Stores ? m_stores->rowAt(current) : nullptr)
                m_texts[page]->showPlace(m_assessment, store->object, {});
        });
    return m_pages[page];
}

void SecretsView::buildActions()
{
    const auto add = [this](const QString& text, const QKeySequence& keys, auto triggered) {
        auto* action = new QAction(text, this);
        action->setShortcut(keys);
        action->setShortcutContext(Qt::WindowShortcut); // as soon as this page is seen, wherever the focus is
        connect(action, &QAction::triggered, this, triggered);
        m_actions.append(action);
    };
    add(tr("Next page of the Secrets"), QKeySequence(Qt::CTRL | Qt::Key_PageDown),
        [this] { openPage(static_cast<Page>((page() + 1) % pageCount)); });
    add(tr("Previous page of the Secrets"), QKeySequence(Qt::CTRL | Qt::Key_PageUp),
        [this] { openPage(static_cast<Page>((page() + pageCount - 1) % pageCount)); });
    add(tr("Export the table as CSV\u2026"), {}, [this] { chooseExport(); });
    addActions(m_actions);
}

SecretsView::Page SecretsView::page() const
{
    return static_cast<Page>(m_tabs->currentIndex());
}

void SecretsView::openPage(Page page)
{
    m_tabs->setCurrentIndex(page);
}

void SecretsView::setAssessment(std::shared_ptr<const assess::Assessment> assessment)
{
    m_assessment = std::move(assessment);
    computed({});
    if (!m_assessment || !context().pool) {
        context().jobs.cancel(this, QStringLiteral("secrets"));
        return;
    }
    m_summary->setFullText(tr("Computing who can read which Secret\u2026"));
    context().jobs.run<Computed>(
        this, { .slot = QStringLiteral("secrets"), .title = tr("Computing who can read which Secret") },
        [shared = m_assessment, pool = context().pool](Progress& progress) {
            Computed out;
            out.secrets = model::secretsOf(shared, *pool, progress);
            if (out.secrets) {
                out.tables = model::secretTables(out.secrets, progress);
                out.banner = model::encryptionBanner(out.secrets);
            }
            return out;
        },
        [this](Computed result) { computed(std::move(result)); });
}

void SecretsView::computed(Computed result)
{
    m_secrets = result.secrets;
    m_tables = std::move(result.tables);
    m_summary->setFullText(m_tables.summary);
    m_summary->setToolTip(m_tables.searchedKinds.toHtmlEscaped());
    fillBanner(result.banner);
    {
        const QSignalBlocker blocker(m_type);
        m_type->clear();
        m_type->addItem(tr("All types"), QString());
        for (const QString& type : m_tables.types)
            m_type->addItem(type, type);
    }
    std::vector<TimeLine::Item> items;
    for (const model::CertificateRow& row : m_tables.certificates)
        items.push_back({ row.place, row.subject, row.words, row.notBefore, row.notAfter, {}, stateOf(row.state),
            row.place + QLatin1Char('\n') + row.subject
                + (row.problems.isEmpty() ? QString() : QLatin1Char('\n') + row.problems) });
    m_timeLine->setItems(std::move(items), m_tables.today, m_tables.todayWords);
    m_certificates->setRows(m_tables.certificates);
    m_missing->setRows(m_tables.missing);
    m_stores->setRows(m_tables.stores);
    for (PlaceText* text : m_texts) {
        if (text)
            text->showPlace({}, {}, {});
    }
    m_panel->showNothing(tr("No Secret is chosen"), tr("Choose one to see who can read it, and by which steps."));
    const auto counted = [this](const QString& name, std::size_t count) {
        return m_secrets ? name + QLatin1Char(' ') + grouped(count) : name;
    };
    m_tabs->setTabText(List, counted(tr("Secrets"), m_tables.secrets.size()));
    m_tabs->setTabText(Certificates,
        m_tables.certificateGap.isEmpty() ? counted(tr("Certificates"), m_tables.certificates.size())
                                          : tr("Certificates: not assessed"));
    m_tabs->setTabText(Missing, counted(tr("Missing"), m_tables.missing.size()));
    m_tabs->setTabText(Stores, counted(tr("External stores"), m_tables.stores.size()));
    applyFilter();
    showEmptyPages();
    for (const Page page : { Certificates, Missing, Stores }) {
        if (m_shown[page]->model()->rowCount() > 0)
            m_shown[page]->setCurrentIndex(m_shown[page]->model()->index(0, 0));
    }
    if (m_secrets && !m_wanted.isNone())
        showObject(m_wanted);
}

void SecretsView::fillBanner(const model::EncryptionBanner& banner)
{
    using State = model::EncryptionBanner::State;
    m_banner->setVisible(static_cast<bool>(m_secrets));
    const bool isGood = banner.state == State::Encrypted;
    const bool isUnknown = banner.state == State::Unknown;
    const QColor colour = isGood ? theme().pass
        : isUnknown              ? theme().notAssessed
                                 : theme().severity[banner.state == State::Plain ? 1 : 2];
    const QString sign = QString::fromLatin1(isGood ? "check" : isUnknown ? "help" : "warning");
    m_bannerSign->setPixmap(iconPixmap(sign, colour, 18, devicePixelRatioF()));
    m_bannerHead->setText(banner.headline);
    m_bannerText->setFullText(banner.text);
    m_bannerMore->setVisible(!banner.evidence.empty());
    m_encryption = banner;
}

// The objects that say so, in the panel's place for evidence.
void SecretsView::showEncryption()
{
    openPage(List);
    m_panel->showFacts(m_secrets, m_encryption.headline, m_encryption.text, m_encryption.evidence);
}

void SecretsView::applyFilter()
{
    const model::SecretRow* current = m_rows->rowAt(m_shown[List]->currentIndex());
    const cluster::ObjectId kept = current ? current->object : cluster::ObjectId();
    model::SecretsFilter filter;
    filter.text = m_filter->text();
    filter.type = m_type->currentData().toString();
    filter.onlyUnused = m_onlyUnused->isChecked();
    filter.onlyOld = m_onlyOld->isChecked();
    filter.onlyFindings = m_onlyFindings->isChecked();
    std::vector<model::SecretRow> shown;
    for (const model::SecretRow& row : m_tables.secrets) {
        if (filter.matches(row))
            shown.push_back(row);
    }
    m_rows->setRows(std::move(shown));
    showEmptyPages();
    int row = 0;
    for (std::size_t at = 0; at < m_rows->rows().size(); ++at) {
        if (!kept.isNone() && m_rows->rows()[at].object == kept)
            row = static_cast<int>(at);
    }
    if (m_rows->rowCount() > 0)
        m_shown[List]->setCurrentIndex(m_rows->index(row, 0));
}

void SecretsView::showEmptyPages()
{
    const bool isReady = static_cast<bool>(m_secrets);
    const auto show = [this](Page page, bool isEmpty) { m_pages[page]->setCurrentIndex(isEmpty ? 1 : 0); };
    show(List, isReady && m_rows->rowCount() == 0);
    const bool hasAny = !m_tables.secrets.empty();
    m_clear->setVisible(hasAny);
    m_panel->setVisible(m_rows->rowCount() > 0 || !isReady);
    if (hasAny)
        m_empty[List]->setTexts(tr("Nothing matches"), tr("All Secrets are hidden by the filters."));
    else if (m_tables.gap.isEmpty())
        m_empty[List]->setTexts(tr("No Secret"), tr("The source holds the list of Secrets, and it is empty."));
    else
        m_empty[List]->setTexts(tr("Secrets are not known"), m_tables.gap);
    show(Certificates, isReady && m_tables.certificates.empty());
    m_empty[Certificates]->setTexts(tr("No certificate is known"),
        m_tables.certificateGap.isEmpty() ? tr("No object of the source holds one that can be read without keys.")
                                          : m_tables.certificateGap);
    show(Missing, isReady && m_tables.missing.empty());
    m_empty[Missing]->setTexts(m_tables.gap.isEmpty() ? tr("Nothing is missing") : tr("Not assessed"),
        m_tables.gap.isEmpty() ? QStringList { tr("Every Secret that an object refers to is there."),
            m_tables.unusedNote, m_tables.missingGap }
                                     .join(QLatin1Char(' '))
                               : m_tables.gap);
    show(Stores, isReady && m_tables.stores.empty());
    m_empty[Stores]->setTexts(tr("No external store is in use"),
        tr("No object of External Secrets, Sealed Secrets, the Secrets Store CSI driver or Vault was found."));
}

void SecretsView::showObject(cluster::ObjectId object)
{
    m_wanted = object;
    if (!m_secrets || object.isNone())
        return;
    m_wanted = {};
    const auto isIt = [&](const model::SecretRow& row) { return row.object == object; };
    if (!std::ranges::any_of(m_tables.secrets, isIt))
        return;
    openPage(List);
    if (!std::ranges::any_of(m_rows->rows(), isIt))
        m_clear->click();
    const auto row = std::ranges::find_if(m_rows->rows(), isIt) - m_rows->rows().begin();
    const QModelIndex index = m_rows->index(static_cast<int>(row), 0);
    m_shown[List]->setCurrentIndex(index);
    m_shown[List]->scrollTo(index, QAbstractItemView::PositionAtCenter);
}

void SecretsView::focusSearch()
{
    openPage(List);
    m_filter->setFocus();
    m_filter->selectAll();
}

QList<QAction*> SecretsView::viewActions() const
{
    return m_actions;
}

std::function<QString(Progress&)> SecretsView::csvMaker() const
{
    switch (page()) {
    case List:
        return csvOfRows(*m_rows);
    case Certificates:
        return csvOfRows(*m_certificates);
    case Missing:
        return csvOfRows(*m_missing);
    default:
        return csvOfRows(*m_stores);
    }
}

void SecretsView::exportTo(const QString& path, std::function<void(const QString& problem)> done)
{
    if (auto maker = csvMaker())
        writeInJob(context(), this, path, std::move(maker), std::move(done));
    else
        done(tr("There is nothing to export."));
}

void SecretsView::chooseExport()
{
    if (auto maker = csvMaker())
        chooseAndWrite(context(), this, QStringLiteral("secrets.csv"), std::move(maker));
}

} // namespace plimsoll::ui::view

#include "moc_SecretsView.cpp"
