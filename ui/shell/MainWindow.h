// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>

#include <QMainWindow>

#include "ui/shell/Jobs.h"
#include "ui/shell/Loader.h"
#include "ui/view/ViewContext.h"

class QActionGroup;
class QButtonGroup;
class QDockWidget;
class QMenu;
class QStackedWidget;
class QToolBar;
class QVBoxLayout;

namespace plimsoll::ui::shell {

class ConnectPage;
class ErrorPage;
class Inspector;
class LoadingPage;
class StartPage;
class StatusLine;
class TopBar;

// The window: opens sources, shows the pages of ui/view/Views.cpp, and carries the parts they share.
// Owns:    everything on screen and the objects of ViewContext. The pool must outlive it.
class MainWindow : public QMainWindow {
    Q_OBJECT

public:
    explicit MainWindow(TaskPool& pool, QWidget* parent = nullptr, LiveBackend backend = LiveBackend::real());
    ~MainWindow() override;

    void open(const OpenRequest& request);
    // Lists the contexts of a kubeconfig ("" = the default ones), one of them selected. Contacts nobody.
    void openConnect(const std::string& kubeconfig, const std::string& context);
    view::ViewContext& viewContext() { return m_context; }
    Jobs& jobs() { return m_jobs; }
    view::View* viewOf(const QString& id); // created when it is not there yet
    QList<QAction*> commands() const; // every command with its shortcut, in menu order

Q_SIGNALS:
    void opened(); // an assessment is shown
    void openFailed(const QString& problem);

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void closeEvent(QCloseEvent* event) override;

private:
    enum Page : int { Start, Loading, Failed, Views, Connecting };

    void buildActions();
    void buildFileMenu();
    void buildViewMenu();
    void buildHelpMenu();
    void buildFrame();
    void fillRecentMenu();
    QAction* addCommand(QMenu* menu, const QString& text, const QKeySequence& keys, std::function<void()> run);
    void setTheme(int choice);

    void buildConnect(LiveBackend backend);
    void reload();
    void saveSnapshot();
    bool helpsToOpen(const OpenRequest& request, const Error& error, const NatureOfSource& nature);
    void unlock(const OpenRequest& request, const NatureOfSource& nature, const Error& error);
    void showBanners();

    void askForFiles();
    void askForFolder();
    struct Loaded {
        Result<std::shared_ptr<const assess::Assessment>> result;
        NatureOfSource nature; // looked at when it failed
        std::vector<Error> reviewProblems = {};
    };
    void loaded(const OpenRequest& request, Loaded loaded);
    void showAssessment(std::shared_ptr<const assess::Assessment> assessment, const OpenRequest& request);
    void showReassessed();
    void closeSource();
    void showPage(Page page);
    void showPlace(const view::Place& shown);
    void refreshView(const QString& id);
    void updateActions();
    void exportAs(std::string_view formatId);
    void showProblems();
    void showShortcuts();
    void showAbout();
    void saveState();
    void restoreLayout();

    Jobs m_jobs;
    view::Navigator m_navigator;
    view::ReviewFilter m_filter;
    view::Review m_review;
    view::ViewContext m_context;
    OpenRequest m_request; // what is shown
    std::vector<Error> m_reviewProblems; // of the files beside it
    OpenRequest m_attempt; // what is being opened, or failed
    std::map<QString, view::View*> m_views;
    std::map<QString, std::shared_ptr<const assess::Assessment>> m_shown; // what each view was last given

    QStackedWidget* m_pages = nullptr;
    QStackedWidget* m_viewPages = nullptr;
    QVBoxLayout* m_banners = nullptr;
    ConnectPage* m_connect = nullptr;
    StartPage* m_start = nullptr;
    LoadingPage* m_loading = nullptr;
    ErrorPage* m_error = nullptr;
    QToolBar* m_rail = nullptr;
    QButtonGroup* m_railButtons = nullptr;
    TopBar* m_topBar = nullptr;
    QDockWidget* m_inspectorDock = nullptr;
    Inspector* m_inspector = nullptr;
    StatusLine* m_status = nullptr;
    QMenu* m_recentMenu = nullptr;
    QAction* m_back = nullptr;
    QAction* m_forward = nullptr;
    QAction* m_inspectorAction = nullptr;
    QAction* m_undoFilter = nullptr;
    QAction* m_redoFilter = nullptr;
    QAction* m_clearFilter = nullptr;
    QAction* m_reload = nullptr;
    QAction* m_close = nullptr;
    QList<QAction*> m_needsSource; // enabled while something is open
    QList<QAction*> m_commands;
};

} // namespace plimsoll::ui::shell
