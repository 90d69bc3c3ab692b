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
#include <QWheelEvent>

#include "ui/model/FindingsModel.h"
#include "ui/shell/MainWindow.h"
#include "ui/view/Views.h"
#include "ui/view/paths/PathsPicture.h"
#include "ui/widget/Theme.h"
#include "ui/widget/graph/GraphCanvas.h"

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

// Panning and zooming over 5,000 items: what one frame costs, the worst and the mean.
void measureFrames()
{
    auto scene = std::make_shared<ui::widget::graph::GraphScene>();
    scene->kinds = ui::view::placeLooks();
    constexpr int count = 5000, perRow = 70;
    for (int node = 0; node < count; ++node) {
        scene->addNode({ node % perRow * 240, node / perRow * 60, 186, 42 }, static_cast<std::uint8_t>(node % 20),
            ui::widget::graph::GraphScene::noSeverity, 0, QStringLiteral("workload-%1").arg(node),
            QStringLiteral("Container"));
    }
    for (int node = 0; node < 2 * count; ++node) {
        scene->addEdge(static_cast<std::uint32_t>(node % count), static_cast<std::uint32_t>((node * 7919 + 13) % count),
            QStringLiteral("reads"));
    }
    scene->finish();
    ui::widget::graph::GraphCanvas canvas;
    canvas.resize(1440, 900);
    canvas.show();
    canvas.setScene(scene);
    QApplication::processEvents();
    QElapsedTimer frame;
    double worst = 0, sum = 0;
    constexpr int frames = 120;
    for (int at = 0; at < frames; ++at) {
        frame.start();
        const QPointF middle(720, 450);
        canvas.zoomAt(middle, at % 40 < 20 ? 1.12 : 1 / 1.12);
        QWheelEvent pan(middle, canvas.mapToGlobal(middle), {}, QPoint(0, at % 2 == 0 ? 60 : -60), Qt::NoButton,
            Qt::ShiftModifier, Qt::NoScrollPhase, false);
        QApplication::sendEvent(canvas.viewport(), &pan);
        canvas.viewport()->repaint();
        const double took = static_cast<double>(frame.nsecsElapsed()) / 1e6;
        worst = std::max(worst, took);
        sum += took;
    }
    std::printf("graph, 5000 items: frame %.1f ms, worst %.1f ms\n", sum / frames, worst);
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
    measureFrames();
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
