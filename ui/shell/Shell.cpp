// SPDX-License-Identifier: Apache-2.0
#include "ui/shell/Shell.h"

#include <optional>

#include <QApplication>
#include <QFileInfo>
#include <QSettings>
#include <QTimer>

#include "ui/shell/MainWindow.h"
#include "ui/widget/Icons.h"
#include "ui/widget/Theme.h"

namespace plimsoll::ui::shell {

namespace {

// "cluster" or "cluster:CONTEXT", as on the command line: listed and selected, and contacted when the person says so.
std::optional<std::string> contextOf(std::span<const std::string> sources)
{
    constexpr std::string_view word = "cluster";
    if (sources.size() != 1 || !sources[0].starts_with(word) || QFileInfo::exists(QString::fromStdString(sources[0])))
        return std::nullopt;
    const std::string_view rest = std::string_view(sources[0]).substr(word.size());
    if (rest.empty())
        return std::string();
    return rest.starts_with(':') ? std::optional<std::string>(rest.substr(1)) : std::nullopt;
}

} // namespace

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
    if (const auto context = contextOf(sources)) {
        QTimer::singleShot(0, &window, [&window, name = *context] { window.openConnect({}, name); });
    } else if (!sources.empty()) {
        OpenRequest request { .paths = { sources.begin(), sources.end() }, .isSample = false };
        QTimer::singleShot(0, &window, [&window, request] { window.open(request); });
    }
    return QApplication::exec();
}

} // namespace plimsoll::ui::shell
