// SPDX-License-Identifier: Apache-2.0
#include "ui/shell/MainWindow.h"

#include <QActionGroup>
#include <QApplication>
#include <QButtonGroup>
#include <QCloseEvent>
#include <QDockWidget>
#include <QFileDialog>
#include <QFileInfo>
#include <QMimeData>
#include <QSettings>
#include <QStackedWidget>
#include <QToolBar>
#include <QVBoxLayout>

#include "ui/model/Text.h"
#include "ui/shell/Dialogs.h"
#include "ui/shell/Inspector.h"
#include "ui/shell/Recents.h"
#include "ui/shell/StartPage.h"
#include "ui/shell/StatusLine.h"
#include "ui/shell/TopBar.h"
#include "ui/shell/connect/ConnectPage.h"
#include "ui/view/Views.h"
#include "ui/view/report/Export.h"
#include "ui/widget/Buttons.h"
#include "ui/widget/Icons.h"
#include "ui/widget/Parts.h"

namespace plimsoll::ui::shell {

namespace {

using namespace widget;

// Raise it when toolbars or docks change, so that an old layout is not restored into a new window.
constexpr int layoutVersion = 1;

QString settingsKey(const char* name)
{
    return QStringLiteral("window/") + QString::fromLatin1(name);
}

// A capture that was denied everything is no review.
bool hasReadNothing(const assess::Assessment& assessment)
{
    return assessment.cluster->objects().empty() && !assessment.cluster->snapshot().notCollected().empty();
}

Error nothingReadable()
{
    return { .kind = ErrorKind::Access,
        .what = "these credentials can read nothing of this cluster",
        .where = {},
        .advice = "\"What can be read\" has a ClusterRole to give to an administrator; or choose another context" };
}

QString openSlot()
{
    return QStringLiteral("open");
}

} // namespace

MainWindow::MainWindow(TaskPool& pool, QWidget* parent, LiveBackend backend)
    : QMainWindow(parent)
    , m_jobs(pool)
    , m_context { m_navigator, m_filter, m_jobs, m_review, &pool }
{
    setWindowTitle(tr("Plimsoll"));
    setWindowIcon(applicationIcon());
    setAcceptDrops(true);
    setContextMenuPolicy(Qt::NoContextMenu); // toolbars and docks are not for hiding by accident
    buildActions();
    buildFrame();
    buildConnect(std::move(backend));
    connect(&m_navigator, &view::Navigator::placeChanged, this, &MainWindow::showPlace);
    connect(&m_navigator, &view::Navigator::historyChanged, this, &MainWindow::updateActions);
    connect(&m_filter, &view::ReviewFilter::filterChanged, this, &MainWindow::updateActions);
    connect(&m_review, &view::Review::reassessed, this, &MainWindow::showReassessed);
    connect(&m_jobs, &Jobs::changed, this, [this] {
        if (const auto job = m_jobs.running(this, openSlot()); job && m_pages->currentIndex() == Loading)
            m_loading->showProgress(job->state, job->elapsedMs);
    });
    restoreLayout();
    closeSource();
}

MainWindow::~MainWindow() = default;

void MainWindow::buildFrame()
{
    m_rail = new QToolBar(tr("Pages"), this);
    m_rail->setObjectName(QStringLiteral("rail"));
    m_rail->setMovable(false);
    m_rail->setAccessibleName(tr("Pages"));
    auto* body = new QWidget(m_rail);
    auto* column = new QVBoxLayout(body);
    column->setContentsMargins(0, space::m, 0, space::m);
    column->setSpacing(2);
    auto* sign = new QLabel(body);
    sign->setPixmap(applicationIcon().pixmap(QSize(36, 36), devicePixelRatioF()));
    sign->setAlignment(Qt::AlignCenter);
    column->addWidget(sign);
    column->addSpacing(space::m);
    m_railButtons = new QButtonGroup(this);
    for (const view::ViewRow& row : view::rows()) {
        auto* entry = new RailButton(row.titleText(), QString::fromLatin1(row.icon), body);
        entry->setToolTip(
            row.titleText() + QStringLiteral("  (") + QString::fromLatin1(row.shortcut) + QLatin1Char(')'));
        entry->setProperty("view", row.idText());
        m_railButtons->addButton(entry);
        column->addWidget(entry);
        connect(entry, &QAbstractButton::clicked, this, [this, id = row.idText()] { m_navigator.openView(id); });
    }
    column->addStretch(1);
    body->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Expanding);
    m_rail->addWidget(body);
    addToolBar(Qt::LeftToolBarArea, m_rail);

    auto* top = new QToolBar(tr("Source and search"), this);
    top->setObjectName(QStringLiteral("top"));
    top->setMovable(false);
    m_topBar = new TopBar(m_context, m_back, m_forward, m_inspectorAction, top);
    top->addWidget(m_topBar);
    addToolBar(Qt::TopToolBarArea, top);

    m_pages = new QStackedWidget(this);
    m_start = new StartPage(m_pages);
    m_loading = new LoadingPage(m_pages);
    m_error = new ErrorPage(m_pages);
    auto* views = new QWidget(m_pages);
    auto* viewColumn = new QVBoxLayout(views);
    viewColumn->setContentsMargins(0, 0, 0, 0);
    viewColumn->setSpacing(0);
    m_banners = new QVBoxLayout;
    m_banners->setSpacing(space::xs);
    viewColumn->addLayout(m_banners);
    m_viewPages = new QStackedWidget(views);
    viewColumn->addWidget(m_viewPages, 1);
    for (QWidget* page :
        { static_cast<QWidget*>(m_start), static_cast<QWidget*>(m_loading), static_cast<QWidget*>(m_error), views })
        m_pages->addWidget(page);
    setCentralWidget(m_pages);
    connect(m_start, &StartPage::openFilesAsked, this, &MainWindow::askForFiles);
    connect(m_start, &StartPage::openFolderAsked, this, &MainWindow::askForFolder);
    connect(m_start, &StartPage::openAsked, this, &MainWindow::open);
    connect(m_loading, &LoadingPage::cancelAsked, this, [this] {
        if (const auto job = m_jobs.running(this, openSlot()))
            m_jobs.cancel(job->id);
    });
    connect(m_error, &ErrorPage::openFilesAsked, this, &MainWindow::askForFiles);
    connect(m_error, &ErrorPage::openFolderAsked, this, &MainWindow::askForFolder);
    connect(m_error, &ErrorPage::retryAsked, this, [this] { open(m_attempt); });
    connect(m_error, &ErrorPage::startAsked, this, [this] { showPage(m_review.assessment() ? Views : Start); });

    m_inspector = new Inspector(m_context, this);
    m_inspectorDock = new QDockWidget(tr("Details"), this);
    m_inspectorDock->setObjectName(QStringLiteral("inspector"));
    m_inspectorDock->setFeatures(QDockWidget::NoDockWidgetFeatures);
    m_inspectorDock->setTitleBarWidget(new QWidget(m_inspectorDock)); // its head says what it is
    m_inspectorDock->setWidget(m_inspector);
    m_inspector->setMinimumWidth(340);
    addDockWidget(Qt::RightDockWidgetArea, m_inspectorDock);

    m_status = new StatusLine(m_context, m_jobs, this);
    setStatusBar(m_status);
    connect(m_status, &StatusLine::problemsAsked, this, &MainWindow::showProblems);
}

void MainWindow::askForFiles()
{
    const QStringList files = QFileDialog::getOpenFileNames(this, tr("Open files"), {},
        tr("Kubernetes data (*.plimsoll *.json *.yaml *.yml *.gz *.tgz *.tar *.zip);;All files (*)"));
    OpenRequest request;
    for (const QString& file : files)
        request.paths.push_back(file.toStdString());
    if (!request.paths.empty())
        open(request);
}

void MainWindow::askForFolder()
{
    const QString folder = QFileDialog::getExistingDirectory(this, tr("Open folder"));
    if (!folder.isEmpty())
        open({ .paths = { folder.toStdString() }, .isSample = false });
}

void MainWindow::open(const OpenRequest& request)
{
    m_attempt = request;
    m_loading->begin(tr("Opening %1").arg(titleOf(request)));
    showPage(Loading);
    m_jobs.run<Loaded>(
        this,
        { .slot = openSlot(),
            .title = tr("Opening %1").arg(titleOf(request)),
            .isCancellable = true,
            .cancelled = [this] { showPage(m_review.assessment() ? Views : Start); } },
        [request, &pool = m_jobs.pool()](Progress& progress) {
            std::vector<Error> problems;
            Loaded loaded { .result = load(request, pool, progress, &problems), .nature = {} };
            loaded.reviewProblems = std::move(problems);
            if (!loaded.result)
                loaded.nature = natureOf(request);
            return loaded;
        },
        [this, request](Loaded found) { loaded(request, std::move(found)); });
}

void MainWindow::loaded(const OpenRequest& request, Loaded found)
{
    if (request.live && found.result && hasReadNothing(**found.result))
        found.result = std::unexpected(nothingReadable());
    if (!found.result) {
        const Error& error = found.result.error();
        if (request.live) {
            m_connect->captureFailed(*request.live, error);
            showPage(Connecting);
        } else if (!helpsToOpen(request, error, found.nature)) {
            m_error->showError(tr("%1 cannot be opened").arg(titleOf(request)), error);
            showPage(Failed);
        }
        Q_EMIT openFailed(model::errorText(error));
        return;
    }
    m_reviewProblems = std::move(found.reviewProblems);
    showAssessment(std::move(*found.result), request);
    addRecent(request, *m_review.assessment());
    Q_EMIT opened();
}

void MainWindow::showAssessment(std::shared_ptr<const assess::Assessment> assessment, const OpenRequest& request)
{
    m_request = request;
    m_inspector->setAssessment(assessment); // before the navigator is reset: its ids are the new ones then
    m_topBar->setAssessment(assessment, titleOf(request));
    m_status->setAssessment(assessment);
    m_review.setAssessment(std::move(assessment));
    m_status->setOrigin(m_topBar->origin());
    showBanners();
    m_filter.reset();
    setWindowTitle(tr("%1 \u2013 Plimsoll").arg(titleOf(request)));
    showPage(Views);
    m_navigator.reset(view::rows().front().idText());
    updateActions();
}

// The same cluster with other waivers or verdicts: the person stays where they are.
void MainWindow::showReassessed()
{
    const auto assessment = m_review.assessment();
    const view::Place place = m_navigator.place();
    m_inspector->setAssessment(assessment);
    m_topBar->setAssessment(assessment, titleOf(m_request));
    m_status->setAssessment(assessment);
    m_status->setOrigin(m_topBar->origin());
    if (m_views.contains(place.view))
        refreshView(place.view);
    m_inspector->show(m_navigator.place());
    updateActions();
}

void MainWindow::closeSource()
{
    m_jobs.cancel(this, openSlot());
    m_request = {};
    m_reviewProblems.clear();
    m_inspector->setAssessment(nullptr);
    m_topBar->setAssessment(nullptr, {});
    m_status->setAssessment(nullptr);
    m_review.setAssessment(nullptr);
    showBanners();
    m_filter.reset();
    for (const auto& [id, page] : m_views)
        page->setAssessment(nullptr);
    m_shown.clear();
    setWindowTitle(tr("Plimsoll"));
    m_start->showRecents();
    showPage(Start);
    updateActions();
}

void MainWindow::showPage(Page page)
{
    m_pages->setCurrentIndex(page);
    const bool hasViews = page == Views;
    const auto entries = m_railButtons->buttons();
    for (QAbstractButton* entry : entries)
        entry->setEnabled(hasViews);
    const view::ViewRow* row = view::findRow(m_navigator.place().view);
    m_inspectorDock->setVisible(hasViews && m_inspectorAction->isChecked() && row && row->hasInspector);
    updateActions();
}

view::View* MainWindow::viewOf(const QString& id)
{
    if (const auto found = m_views.find(id); found != m_views.end())
        return found->second;
    for (const view::ViewRow& row : view::rows()) {
        if (row.idText() != id)
            continue;
        view::View* page = row.create(m_context, m_viewPages);
        m_viewPages->addWidget(page);
        m_views.emplace(id, page);
        return page;
    }
    return nullptr;
}

void MainWindow::refreshView(const QString& id)
{
    auto& shown = m_shown[id];
    if (shown == m_review.assessment())
        return;
    shown = m_review.assessment();
    viewOf(id)->setAssessment(shown);
}

void MainWindow::showPlace(const view::Place& shown)
{
    const view::Place place = shown; // a copy: what the view selects while it appears changes the navigator's
    view::View* page = m_review.assessment() ? viewOf(place.view) : nullptr;
    if (!page)
        return;
    refreshView(place.view);
    m_viewPages->setCurrentWidget(page);
    if (m_pages->currentIndex() == Views)
        showPage(Views);
    const auto entries = m_railButtons->buttons();
    for (QAbstractButton* entry : entries)
        entry->setChecked(entry->property("view").toString() == place.view);
    if (place.finding)
        page->showFinding(*place.finding);
    else if (place.object && !place.question.isEmpty())
        page->askAbout(place.object, place.question);
    else if (place.object)
        page->showObject(place.object);
}

void MainWindow::updateActions()
{
    const bool isOpen = m_review.assessment() != nullptr;
    for (QAction* action : std::as_const(m_needsSource))
        action->setEnabled(isOpen);
    m_back->setEnabled(isOpen && m_navigator.canGoBack());
    m_forward->setEnabled(isOpen && m_navigator.canGoForward());
    m_undoFilter->setEnabled(isOpen && m_filter.canUndo());
    m_redoFilter->setEnabled(isOpen && m_filter.canRedo());
    m_clearFilter->setEnabled(isOpen && !m_filter.isDefault());
}

void MainWindow::exportAs(std::string_view formatId)
{
    const report::Format* format = report::findFormat(formatId);
    if (!format)
        return;
    view::exportReport(m_context, this, *format, {},
        [this](const view::ExportOutcome& outcome) { showExportOutcome(this, outcome.path, outcome.problem); });
}

void MainWindow::setTheme(int choice)
{
    applyTheme(*qApp, static_cast<ThemeChoice>(choice));
    refreshIcons(this);
    QSettings().setValue(settingsKey("theme"), choice);
}

void MainWindow::showProblems()
{
    showProblemsDialog(this, m_review.assessment());
}

void MainWindow::showShortcuts()
{
    QList<QAction*> all = m_commands;
    if (view::View* page = qobject_cast<view::View*>(m_viewPages->currentWidget()))
        all += page->viewActions();
    showShortcutsDialog(this, all);
}

void MainWindow::showAbout()
{
    showAboutDialog(this);
}

QList<QAction*> MainWindow::commands() const
{
    return m_commands;
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event)
{
    const auto urls = event->mimeData()->urls();
    if (std::ranges::any_of(urls, [](const QUrl& url) { return url.isLocalFile(); })) {
        event->acceptProposedAction();
        m_start->setDropActive(true);
    }
}

void MainWindow::dragLeaveEvent(QDragLeaveEvent*)
{
    m_start->setDropActive(false);
}

void MainWindow::dropEvent(QDropEvent* event)
{
    m_start->setDropActive(false);
    OpenRequest request;
    const auto urls = event->mimeData()->urls();
    for (const QUrl& url : urls) {
        if (url.isLocalFile())
            request.paths.push_back(url.toLocalFile().toStdString());
    }
    if (!request.paths.empty())
        open(request);
    event->acceptProposedAction();
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    saveState();
    QMainWindow::closeEvent(event);
}

void MainWindow::saveState()
{
    QSettings settings;
    settings.setValue(settingsKey("geometry"), saveGeometry());
    settings.setValue(settingsKey("layout"), QMainWindow::saveState(layoutVersion));
    settings.setValue(settingsKey("inspector"), m_inspectorAction->isChecked());
}

void MainWindow::restoreLayout()
{
    QSettings settings;
    if (!restoreGeometry(settings.value(settingsKey("geometry")).toByteArray()))
        resize(1440, 900);
    restoreState(settings.value(settingsKey("layout")).toByteArray(), layoutVersion);
    m_inspectorAction->setChecked(settings.value(settingsKey("inspector"), true).toBool());
    resizeDocks({ m_inspectorDock }, { 400 }, Qt::Horizontal);
}

} // namespace plimsoll::ui::shell

#include "moc_MainWindow.cpp"
