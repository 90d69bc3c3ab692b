// SPDX-License-Identifier: Apache-2.0
#include "ui/shell/Shell.h"

#include <QApplication>
#include <QSettings>
#include <QTimer>

#include "ui/shell/MainWindow.h"
#include "ui/widget/Icons.h"
#include "ui/widget/Theme.h"

namespace plimsoll::ui::shell {

int runWindow(int& argc, char** argv, std::span<const std::string> sources)
{
    QApplication application(argc, argv);
    QApplication::setApplicationName(QStringLiteral("plimsoll"));
    QApplication::setOrganizationName(QStringLiteral("plimsoll"));
    QApplication::setApplicationDisplayName(QStringLiteral("Plimsoll"));
    QApplication::setDesktopFileName(QStringLiteral("io.github.plimsoll.Plimsoll"));
#ifdef PLIMSOLL_VERSION
    QApplication::setApplicationVersion(QStringLiteral(PLIMSOLL_VERSION));
#endif
    QSettings::setDefaultFormat(QSettings::IniFormat);
    const int choice = std::clamp(QSettings().value(QStringLiteral("window/theme"), 0).toInt(), 0, 2);
    widget::applyTheme(application, static_cast<widget::ThemeChoice>(choice));
    TaskPool pool; // outlives the window: tasks may still be ending
    MainWindow window(pool);
    window.show();
    if (!sources.empty()) {
        OpenRequest request { .paths = { sources.begin(), sources.end() }, .isSample = false };
        QTimer::singleShot(0, &window, [&window, request] { window.open(request); });
    }
    return QApplication::exec();
}

} // namespace plimsoll::ui::shell
