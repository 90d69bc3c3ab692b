// SPDX-License-Identifier: Apache-2.0
#include <QAccessible>
#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QDir>
#include <QLineEdit>
#include <QSettings>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTreeView>

#include "tests/support/Support.h"
#include "tests/ui/Accessible.h"
#include "ui/shell/MainWindow.h"
#include "ui/view/Views.h"
#include "ui/view/report/Export.h"
#include "ui/widget/Icons.h"
#include "ui/widget/Parts.h"
#include "ui/widget/Theme.h"

using namespace plimsoll;
using ui::shell::MainWindow;
using ui::shell::OpenRequest;

namespace {

bool opens(MainWindow& window, const OpenRequest& request)
{
    QSignalSpy opened(&window, &MainWindow::opened);
    QSignalSpy failed(&window, &MainWindow::openFailed);
    window.open(request);
    for (int i = 0; i < 600 && opened.isEmpty() && failed.isEmpty(); ++i)
        QTest::qWait(50);
    return !opened.isEmpty();
}

} // namespace

class WindowTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_settings.isValid());
        QSettings::setDefaultFormat(QSettings::IniFormat);
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_settings.path());
        QCoreApplication::setOrganizationName(QStringLiteral("plimsoll-test"));
        QCoreApplication::setApplicationName(QStringLiteral("plimsoll-test"));
        ui::widget::applyTheme(*qApp, ui::widget::ThemeChoice::Light);
    }

    void showsEveryViewOfTheSampleWithoutWarnings_data()
    {
        QTest::addColumn<int>("theme");
        QTest::addColumn<QSize>("size");
        QTest::addRow("light, 1440 by 900") << 1 << QSize(1440, 900);
        QTest::addRow("dark, 1440 by 900") << 2 << QSize(1440, 900);
        QTest::addRow("light, 1920 by 1080") << 1 << QSize(1920, 1080);
        QTest::addRow("dark, 1920 by 1080") << 2 << QSize(1920, 1080);
    }
    void showsEveryViewOfTheSampleWithoutWarnings()
    {
        // Qt's offscreen plugin says of each window that it cannot do what nobody sees.
        QTest::failOnWarning(
            QRegularExpression(QStringLiteral("^(?!This plugin does not support propagateSizeHints)")));
        QFETCH(int, theme);
        QFETCH(QSize, size);
        ui::widget::applyTheme(*qApp, static_cast<ui::widget::ThemeChoice>(theme));
        MainWindow window(test::pool());
        window.resize(size);
        window.show();
        QTest::qWait(50);
        grab(window, QStringLiteral("start"));
        OpenRequest request { .paths = {}, .isSample = true };
        if (qEnvironmentVariableIsSet("PLIMSOLL_GRAB_SOURCE"))
            request = { .paths = { qEnvironmentVariable("PLIMSOLL_GRAB_SOURCE").toStdString() }, .isSample = false };
        QVERIFY(opens(window, request));
        QTest::qWait(50);
        const auto assessment = window.viewContext().review.assessment();
        QVERIFY(!assessment->findings.empty());
        for (const ui::view::ViewRow& row : ui::view::rows()) {
            window.viewContext().navigator.openView(row.idText());
            if (row.idText() == QLatin1String("findings"))
                window.viewContext().navigator.openFinding(0, assessment->findings[0].object, row.idText());
            if (row.idText() == QLatin1String("paths"))
                window.viewContext().navigator.open(assessment->findings[0].object, row.idText());
            QTest::qWait(300);
            const QImage image = grab(window, row.idText());
            QCOMPARE(image.size(), size);
            QVERIFY(distinctColours(image) > 20);
        }
        window.viewContext().navigator.openFinding(0, assessment->findings[0].object, QStringLiteral("findings"));
        for (const int tab : { 2, 3 }) {
            trigger(window, QKeySequence(Qt::ALT | static_cast<Qt::Key>(Qt::Key_0 + tab)));
            QTest::qWait(200);
            grab(window, QStringLiteral("tab%1").arg(tab));
        }
    }

    void namesEveryInteractiveControl()
    {
        QAccessible::setActive(true);
        MainWindow window(test::pool());
        window.show();
        QStringList unnamed;
        test::collectUnnamed(QAccessible::queryAccessibleInterface(&window), unnamed);
        QVERIFY(opens(window, { .paths = {}, .isSample = true }));
        const auto object = window.viewContext().review.assessment()->findings[0].object;
        for (const ui::view::ViewRow& row : ui::view::rows()) {
            window.viewContext().navigator.openFinding(0, object, row.idText());
            for (const int tab : { 1, 2, 3 }) {
                trigger(window, QKeySequence(Qt::ALT | static_cast<Qt::Key>(Qt::Key_0 + tab)));
                QTest::qWait(20);
                test::collectUnnamed(QAccessible::queryAccessibleInterface(&window), unnamed);
            }
        }
        unnamed.removeDuplicates();
        QVERIFY2(unnamed.isEmpty(), qPrintable(unnamed.join(QStringLiteral(", "))));
        QAccessible::setActive(false);
    }

    void noticesAControlWithoutAName()
    {
        QWidget planted;
        QLineEdit edit(&planted);
        planted.show();
        QStringList unnamed;
        test::collectUnnamed(QAccessible::queryAccessibleInterface(&planted), unnamed);
        QCOMPARE(unnamed.size(), 1);
    }

    void saysWhatIsWrongWithASourceThatIsNotThere()
    {
        MainWindow window(test::pool());
        window.show();
        QSignalSpy failed(&window, &MainWindow::openFailed);
        QVERIFY(!opens(window, { .paths = { "/nonexistent/dump.json" }, .isSample = false }));
        QCOMPARE(failed.size(), 1);
        const QString problem = failed[0][0].toString();
        QVERIFY2(problem.contains(QStringLiteral("/nonexistent/dump.json")), qPrintable(problem));
        grab(window, QStringLiteral("error"));
        QVERIFY(opens(window, { .paths = {}, .isSample = true })); // and goes on
    }

    void searchGoesToAnObject()
    {
        MainWindow window(test::pool());
        window.resize(1440, 900);
        window.show();
        QVERIFY(opens(window, { .paths = {}, .isSample = true }));
        const auto assessment = window.viewContext().review.assessment();
        const auto& object = assessment->cluster->object(assessment->findings[0].object);
        trigger(window, QKeySequence(Qt::CTRL | Qt::Key_K));
        auto* field = qobject_cast<QLineEdit*>(QApplication::focusWidget());
        QVERIFY(field);
        QTest::keyClicks(field, test::q(assessment->cluster->text(object.name)));
        QTest::qWait(20);
        grab(window, QStringLiteral("search"));
        QTest::keyClick(field, Qt::Key_Return);
        QCOMPARE(window.viewContext().navigator.place().view, QStringLiteral("paths"));
        QVERIFY(window.viewContext().navigator.place().object);
    }

    void showsTheFindingThatWasAskedFor()
    {
        MainWindow window(test::pool());
        window.show();
        QVERIFY(opens(window, { .paths = {}, .isSample = true }));
        ui::view::Navigator& navigator = window.viewContext().navigator;
        const auto& findings = window.viewContext().review.assessment()->findings;
        navigator.openFinding(7, findings[7].object, QStringLiteral("findings")); // the page does not exist yet
        QCOMPARE(navigator.place().finding, std::optional<std::uint32_t>(7));
        navigator.openView(QStringLiteral("overview"));
        navigator.openView(QStringLiteral("findings"));
        QCOMPARE(navigator.place().finding, std::optional<std::uint32_t>(7)); // still selected
        ui::model::FindingsFilter hiding;
        hiding.text = QStringLiteral("no such thing anywhere");
        window.viewContext().filter.setFilter(hiding);
        navigator.openFinding(9, findings[9].object, QStringLiteral("findings"));
        QCOMPARE(navigator.place().finding, std::optional<std::uint32_t>(9));
    }

    void groupsAndFiltersTheFindings()
    {
        MainWindow window(test::pool());
        window.resize(1440, 900);
        window.show();
        QVERIFY(opens(window, { .paths = {}, .isSample = true }));
        window.viewContext().navigator.openView(QStringLiteral("findings"));
        ui::view::View* view = window.viewOf(QStringLiteral("findings"));
        QTreeView* table = tableOf(view);
        auto* grouping = view->findChildren<QComboBox*>().at(1);
        const int all = table->model()->rowCount();
        for (int group = 1; group < grouping->count(); ++group) {
            grouping->setCurrentIndex(group);
            QVERIFY(table->model()->rowCount() < all);
            table->expand(table->model()->index(0, 0));
            QTest::qWait(20);
            grab(window, QStringLiteral("group%1").arg(group));
        }
        grouping->setCurrentIndex(0);
        ui::model::FindingsFilter filter;
        filter.text = QStringLiteral("no such thing anywhere");
        window.viewContext().filter.setFilter(filter);
        QCOMPARE(table->model()->rowCount(), 0);
        QTest::qWait(20);
        grab(window, QStringLiteral("empty"));
        trigger(window, QKeySequence::Undo);
        QCOMPARE(table->model()->rowCount(), all);
    }

    void cancelsLoadingAtOnce()
    {
        MainWindow window(test::pool());
        window.resize(1440, 900);
        window.show();
        QSignalSpy opened(&window, &MainWindow::opened);
        window.open({ .paths = {}, .isSample = true });
        QVERIFY(window.jobs().shown().has_value());
        grab(window, QStringLiteral("loading"));
        window.jobs().cancel(window.jobs().shown()->id);
        QVERIFY(!window.jobs().shown().has_value());
        QTest::qWait(100);
        QCOMPARE(opened.size(), 0);
        QVERIFY(!window.viewContext().review.assessment());
    }

    void exportsThePdfInTheBackground()
    {
        QTemporaryDir folder;
        MainWindow window(test::pool());
        window.show();
        QVERIFY(opens(window, { .paths = {}, .isSample = true }));
        const QString path = folder.filePath(QStringLiteral("report.pdf"));
        std::optional<ui::view::ExportOutcome> outcome;
        ui::view::exportReportTo(window.viewContext(), &window, *report::findFormat("pdf"), {}, path,
            [&](const ui::view::ExportOutcome& result) { outcome = result; });
        QTRY_VERIFY_WITH_TIMEOUT(outcome.has_value(), 60000);
        QCOMPARE(outcome->problem, QString());
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray bytes = file.readAll();
        QVERIFY(bytes.startsWith("%PDF-"));
        // The estimate must be of the right size, not exact.
        const auto pages = static_cast<int>(bytes.count("/Type /Page") - bytes.count("/Type /Pages"));
        const int estimate = ui::view::estimatedPages(*window.viewContext().review.assessment());
        QVERIFY2(pages > 0 && estimate < 2 * pages && pages < 2 * estimate,
            qPrintable(QStringLiteral("%1 pages, estimated %2").arg(pages).arg(estimate)));
        ui::view::exportReportTo(window.viewContext(), &window, *report::findFormat("pdf"), {},
            folder.filePath(QStringLiteral("not/there.pdf")),
            [&](const ui::view::ExportOutcome& result) { outcome = result; });
        QTRY_VERIFY_WITH_TIMEOUT(!outcome->problem.isEmpty(), 60000);
    }

    void everyCommandHasAnOwnShortcut()
    {
        MainWindow window(test::pool());
        QStringList keys;
        const auto commands = window.commands();
        QVERIFY(commands.size() > 20);
        for (const QAction* action : commands) {
            QVERIFY(!action->text().isEmpty());
            if (!action->shortcut().isEmpty())
                keys.append(action->shortcut().toString());
        }
        QCOMPARE(keys.removeDuplicates(), 0);
    }

    void everyViewHasAnIcon()
    {
        QStringList missing;
        for (const ui::view::ViewRow& row : ui::view::rows()) {
            if (!ui::widget::iconNames().contains(QString::fromLatin1(row.icon)))
                missing.append(row.idText());
        }
        QCOMPARE(missing, QStringList());
    }

private:
    static void trigger(MainWindow& window, const QKeySequence& keys)
    {
        const auto commands = window.commands();
        for (QAction* action : commands) {
            if (action->shortcut() == keys)
                action->trigger();
        }
    }
    // The table of the findings; there are others on the pages of waivers.
    static QTreeView* tableOf(QWidget* view)
    {
        for (QTreeView* one : view->findChildren<QTreeView*>()) {
            if (one->accessibleName() == QStringLiteral("Findings"))
                return one;
        }
        return nullptr;
    }
    // Writes what is shown to a folder when one is named, to be looked at by a person.
    static QImage grab(QWidget& window, const QString& name)
    {
        const QImage image = window.grab().toImage();
        const QString folder = qEnvironmentVariable("PLIMSOLL_GRAB_DIR");
        if (!folder.isEmpty())
            image.save(
                QStringLiteral("%1/%2-%3-%4.png")
                    .arg(folder, name, ui::widget::theme().isDark ? QStringLiteral("dark") : QStringLiteral("light"))
                    .arg(image.width()));
        return image;
    }
    static int distinctColours(const QImage& image)
    {
        QSet<QRgb> colours;
        for (int y = 0; y < image.height(); y += 3) {
            for (int x = 0; x < image.width(); x += 3)
                colours.insert(image.pixel(x, y));
        }
        return static_cast<int>(colours.size());
    }
    QTemporaryDir m_settings;
};

QTEST_MAIN(WindowTest)
#include "tst_Window.moc"
