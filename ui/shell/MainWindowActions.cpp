// SPDX-License-Identifier: Apache-2.0
// The menus of the main window. Every command is an action here, so that the sheet of shortcuts knows it.
#include "ui/shell/MainWindow.h"

#include <QActionGroup>
#include <QApplication>
#include <QDockWidget>
#include <QFileInfo>
#include <QMenuBar>

#include "core/report/Report.h"
#include "ui/model/Text.h"
#include "ui/shell/Inspector.h"
#include "ui/shell/Recents.h"
#include "ui/shell/StartPage.h"
#include "ui/shell/TopBar.h"
#include "ui/view/Views.h"
#include "ui/widget/Parts.h"

namespace plimsoll::ui::shell {

QAction* MainWindow::addCommand(QMenu* menu, const QString& text, const QKeySequence& keys, std::function<void()> run)
{
    auto* action = new QAction(text, this);
    action->setShortcut(keys);
    connect(action, &QAction::triggered, this, [call = std::move(run)] { call(); });
    menu->addAction(action);
    m_commands.append(action);
    return action;
}

void MainWindow::buildActions()
{
    buildFileMenu();
    buildViewMenu();
    buildHelpMenu();
}

void MainWindow::buildFileMenu()
{
    QMenu* file = menuBar()->addMenu(tr("&File"));
    widget::setIconName(addCommand(file, tr("&Open files\u2026"), QKeySequence::Open, [this] { askForFiles(); }),
        QStringLiteral("file"));
    widget::setIconName(addCommand(file, tr("Co&nnect\u2026"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_O),
                            [this] { openConnect({}, {}); }),
        QStringLiteral("cluster"));
    widget::setIconName(addCommand(file, tr("Open &folder\u2026"), QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_O),
                            [this] { askForFolder(); }),
        QStringLiteral("folder"));
    widget::setIconName(
        addCommand(file, tr("Open &sample cluster"), {}, [this] { open({ .paths = {}, .isSample = true }); }),
        QStringLiteral("sample"));
    m_recentMenu = file->addMenu(tr("Open &recent"));
    connect(m_recentMenu, &QMenu::aboutToShow, this, &MainWindow::fillRecentMenu);
    m_reload = addCommand(file, tr("Read &again"), QKeySequence(Qt::Key_F5), [this] { reload(); });
    file->addSeparator();
    QAction* save = addCommand(file, tr("&Save snapshot\u2026"), QKeySequence::Save, [this] { saveSnapshot(); });
    widget::setIconName(save, QStringLiteral("save"));
    m_needsSource.append(save);
    QMenu* exports = file->addMenu(tr("&Export"));
    for (const report::Format& format : report::formats()) {
        const QKeySequence keys = format.id == "pdf" ? QKeySequence(Qt::CTRL | Qt::Key_E) : QKeySequence();
        m_needsSource.append(addCommand(exports, tr("Export as %1\u2026").arg(model::text(format.title)), keys,
            [this, id = format.id] { exportAs(id); }));
    }
    m_needsSource.append(exports->menuAction());
    file->addSeparator();
    m_close = addCommand(file, tr("&Close source"), QKeySequence(Qt::CTRL | Qt::Key_W), [this] { closeSource(); });
    addCommand(file, tr("&Quit"), QKeySequence(Qt::CTRL | Qt::Key_Q), [this] { close(); });
    m_needsSource.append({ m_reload, m_close });
}

void MainWindow::fillRecentMenu()
{
    m_recentMenu->clear();
    for (const Recent& recent : recents()) {
        if (!recent.context.isEmpty()) {
            QString name = contextText(recent);
            connect(m_recentMenu->addAction(name.replace(QLatin1Char('&'), QStringLiteral("&&"))), &QAction::triggered,
                this, [this, recent] { openConnect(recent.kubeconfig.toStdString(), recent.context.toStdString()); });
            continue;
        }
        QString text = (recent.cluster.isEmpty() ? QString() : recent.cluster + QStringLiteral("    "))
            + recent.paths.join(QStringLiteral(", "));
        text.replace(QLatin1Char('&'), QStringLiteral("&&"));
        connect(m_recentMenu->addAction(text), &QAction::triggered, this, [this, paths = recent.paths] {
            OpenRequest request;
            for (const QString& path : paths)
                request.paths.push_back(path.toStdString());
            open(request);
        });
    }
    if (m_recentMenu->isEmpty()) {
        m_recentMenu->addAction(tr("Nothing yet"))->setEnabled(false);
        return;
    }
    m_recentMenu->addSeparator();
    connect(m_recentMenu->addAction(tr("Forget all")), &QAction::triggered, this, [this] {
        clearRecents();
        m_start->showRecents();
    });
}

void MainWindow::buildViewMenu()
{
    QMenu* menu = menuBar()->addMenu(tr("&View"));
    for (const view::ViewRow& row : view::rows()) {
        QAction* go = addCommand(menu, row.titleText(), QKeySequence(QString::fromLatin1(row.shortcut)),
            [this, id = row.idText()] { m_navigator.openView(id); });
        widget::setIconName(go, QString::fromLatin1(row.icon));
        m_needsSource.append(go);
    }
    menu->addSeparator();
    m_back = addCommand(menu, tr("&Back"), QKeySequence(Qt::ALT | Qt::Key_Left), [this] { m_navigator.back(); });
    m_forward
        = addCommand(menu, tr("&Forward"), QKeySequence(Qt::ALT | Qt::Key_Right), [this] { m_navigator.forward(); });
    m_needsSource.append(
        addCommand(menu, tr("&Search"), QKeySequence(Qt::CTRL | Qt::Key_K), [this] { m_topBar->beginSearch(); }));
    m_needsSource.append(addCommand(menu, tr("Filter by &text"), QKeySequence(Qt::Key_Slash), [this] {
        if (auto* page = viewOf(m_navigator.place().view))
            page->focusSearch();
    }));
    menu->addSeparator();
    m_undoFilter = addCommand(menu, tr("&Undo filter step"), QKeySequence::Undo, [this] { m_filter.undo(); });
    m_redoFilter = addCommand(menu, tr("&Redo filter step"), QKeySequence::Redo, [this] { m_filter.redo(); });
    m_clearFilter = addCommand(
        menu, tr("&Clear all filters"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_F), [this] { m_filter.clear(); });
    menu->addSeparator();
    m_inspectorAction = addCommand(menu, tr("&Details panel"), QKeySequence(Qt::CTRL | Qt::Key_I), [this] {
        if (m_review.assessment())
            m_inspectorDock->setVisible(m_inspectorAction->isChecked());
    });
    m_inspectorAction->setCheckable(true);
    m_inspectorAction->setChecked(true);
    const std::pair<QString, QKeySequence> tabs[] = { { tr("Why"), QKeySequence(Qt::ALT | Qt::Key_1) },
        { tr("Evidence"), QKeySequence(Qt::ALT | Qt::Key_2) }, { tr("Fix"), QKeySequence(Qt::ALT | Qt::Key_3) } };
    for (int tab = 0; tab < 3; ++tab) {
        m_needsSource.append(addCommand(menu, tr("Details: %1").arg(tabs[tab].first), tabs[tab].second, [this, tab] {
            m_inspectorDock->show();
            m_inspector->openTab(static_cast<Inspector::Tab>(tab));
        }));
    }
    menu->addSeparator();
    QMenu* themes = menu->addMenu(tr("&Theme"));
    auto* group = new QActionGroup(this);
    const QString names[] = { tr("&System"), tr("&Light"), tr("&Dark") };
    for (int choice = 0; choice < 3; ++choice) {
        QAction* action = addCommand(themes, names[choice], {}, [this, choice] { setTheme(choice); });
        action->setCheckable(true);
        action->setChecked(static_cast<int>(widget::themeChoice()) == choice);
        group->addAction(action);
    }
    addCommand(menu, tr("F&ull screen"), QKeySequence(Qt::Key_F11),
        [this] { setWindowState(windowState() ^ Qt::WindowFullScreen); });
}

void MainWindow::buildHelpMenu()
{
    QMenu* help = menuBar()->addMenu(tr("&Help"));
    addCommand(help, tr("&Keyboard shortcuts"), QKeySequence(Qt::Key_Question), [this] { showShortcuts(); });
    m_needsSource.append(addCommand(help, tr("&Problems while reading"), {}, [this] { showProblems(); }));
    addCommand(help, tr("&About Plimsoll"), {}, [this] { showAbout(); });
}

} // namespace plimsoll::ui::shell
