// SPDX-License-Identifier: Apache-2.0
// Prints how long the window takes and what it weighs: start, the sample (or a source given as argument) opened and
// painted, each page first shown, filtering and sorting. Run with QT_QPA_PLATFORM=offscreen.
#include <cstdio>

#include <QApplication>
#include <QElapsedTimer>
#include <QFile>
#include <QSettings>
#include <QTemporaryDir>
#include <QTimer>

#include "ui/model/FindingsModel.h"
#include "ui/shell/MainWindow.h"
#include "ui/view/Views.h"
#include "ui/widget/Theme.h"

using namespace plimsoll;

namespace {

void printMemory(const char* when)
{
    QFile status(QStringLiteral("/proc/self/status"));
    if (!status.open(QIODevice::ReadOnly))
        return;
    const QList<QByteArray> lines = status.readAll().split('\n');
    for (const QByteArray& line : lines) {
        if (line.startsWith("RssAnon") || line.startsWith("VmHWM") || line.startsWith("VmRSS"))
            std::printf("%s: %s\n", when, line.simplified().constData());
    }
}

} // namespace

int main(int argc, char** argv)
{
    QElapsedTimer timer;
    timer.start();
    QApplication application(argc, argv);
    QTemporaryDir settings;
    QSettings::setDefaultFormat(QSettings::IniFormat);
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, settings.path());
    QCoreApplication::setOrganizationName(QStringLiteral("plimsoll-bench"));
    ui::widget::applyTheme(application, ui::widget::ThemeChoice::Light);
    TaskPool pool(2);
    ui::shell::MainWindow window(pool);
    window.resize(1440, 900);
    window.show();
    window.grab();
    std::printf("window shown: %lld ms\n", static_cast<long long>(timer.elapsed()));
    QObject::connect(&window, &ui::shell::MainWindow::openFailed, &application, [] { QApplication::exit(1); });
    QObject::connect(&window, &ui::shell::MainWindow::opened, &application, [&] {
        window.grab();
        std::printf("source opened and painted: %lld ms\n", static_cast<long long>(timer.elapsed()));
        printMemory("opened");
        QElapsedTimer step;
        for (const ui::view::ViewRow& row : ui::view::rows()) {
            step.start();
            window.viewContext().navigator.openView(row.idText());
            window.grab();
            std::printf("page %s first shown: %lld ms\n", row.id, static_cast<long long>(step.elapsed()));
        }
        ui::model::FindingsModel model;
        step.start();
        model.setAssessment(window.viewContext().review.assessment());
        std::printf("%d findings into the table: %lld ms\n", model.rowCount(), static_cast<long long>(step.elapsed()));
        for (const char* typed : { "a", "ad", "adm" }) {
            ui::model::FindingsFilter filter;
            filter.text = QString::fromLatin1(typed);
            step.start();
            model.setFilter(filter);
            std::printf(
                "filter '%s' leaves %d: %lld ms\n", typed, model.rowCount(), static_cast<long long>(step.elapsed()));
        }
        model.setFilter({});
        step.start();
        model.sort(ui::model::FindingsModel::Name, Qt::AscendingOrder);
        std::printf("sort by name, first: %lld ms\n", static_cast<long long>(step.elapsed()));
        step.start();
        model.sort(ui::model::FindingsModel::Name, Qt::DescendingOrder);
        std::printf("sort by name, again: %lld ms\n", static_cast<long long>(step.elapsed()));
        printMemory("all pages");
        QApplication::exit(0);
    });
    ui::shell::OpenRequest request { .paths = {}, .isSample = argc < 2 };
    for (int i = 1; i < argc; ++i)
        request.paths.emplace_back(argv[i]);
    QTimer::singleShot(0, &window, [&] { window.open(request); });
    return QApplication::exec();
}
