// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <thread>

#include <QAbstractItemModelTester>
#include <QAccessible>
#include <QApplication>
#include <QClipboard>
#include <QDialog>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTreeView>

#include "tests/support/Support.h"
#include "tests/ui/Accessible.h"
#include "tests/ui/ConnectSupport.h"
#include "ui/model/ConnectModels.h"
#include "ui/model/OriginData.h"
#include "ui/model/Text.h"
#include "ui/shell/MainWindow.h"
#include "ui/shell/OriginBadge.h"
#include "ui/shell/Recents.h"
#include "ui/shell/connect/AskBridge.h"
#include "ui/shell/connect/ConnectPage.h"
#include "ui/shell/connect/ConsentDialog.h"
#include "ui/shell/connect/SaveDialog.h"
#include "ui/shell/connect/UnlockDialog.h"
#include "ui/widget/Theme.h"

using namespace plimsoll;
using namespace plimsoll::ui::shell;

class ConnectTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_settings.isValid());
        qputenv("XDG_CONFIG_HOME", m_settings.path().toLocal8Bit());
        QSettings::setDefaultFormat(QSettings::IniFormat);
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_settings.path());
        QCoreApplication::setOrganizationName(QStringLiteral("plimsoll-test"));
        QCoreApplication::setApplicationName(QStringLiteral("plimsoll-connect-test"));
        ui::widget::applyTheme(*qApp, ui::widget::ThemeChoice::Light);
    }
    void init() { QSettings().clear(); }

    void tellsHowAContextLogsIn_data()
    {
        QTest::addColumn<int>("row");
        QTest::addColumn<QString>("auth");
        QTest::addRow("client certificate") << 0 << QStringLiteral("client certificate");
        QTest::addRow("program") << 1 << QStringLiteral("program aws");
        QTest::addRow("token") << 2 << QStringLiteral("token");
        QTest::addRow("nothing") << 3 << QStringLiteral("none");
    }
    void tellsHowAContextLogsIn()
    {
        QFETCH(int, row);
        QFETCH(QString, auth);
        const auto rows = ui::model::contextRows(configOf(4));
        QCOMPARE(rows[static_cast<std::size_t>(row)].auth, auth);
        QCOMPARE(rows[static_cast<std::size_t>(row)].isCurrent, row == 1);
    }

    void modelsKeepQtsRules()
    {
        ui::model::ContextsModel contexts;
        QAbstractItemModelTester first(&contexts, QAbstractItemModelTester::FailureReportingMode::QtTest);
        contexts.setRows(ui::model::contextRows(configOf(4)));
        contexts.changeRows([](ui::model::ContextRow& row) { row.note = QStringLiteral("x"); });
        contexts.sort(0, Qt::DescendingOrder);
        ui::model::StepsModel steps;
        QAbstractItemModelTester second(&steps, QAbstractItemModelTester::FailureReportingMode::QtTest);
        steps.setRows(ui::model::stepRows({ { .resource = "pods", .note = {} } }));
        QCOMPARE(steps.rowCount(), 1);
    }

    void agesAreWords_data()
    {
        QTest::addColumn<qint64>("seconds");
        QTest::addColumn<QString>("text");
        QTest::addRow("a clock that goes slow") << qint64(-5) << QStringLiteral("just now");
        QTest::addRow("under a minute") << qint64(59) << QStringLiteral("just now");
        QTest::addRow("minutes") << qint64(185) << QStringLiteral("3 min ago");
        QTest::addRow("hours") << qint64(7200) << QStringLiteral("2 h ago");
        QTest::addRow("one day") << qint64(86400) << QStringLiteral("1 day ago");
        QTest::addRow("days") << qint64(86400 * 95) << QStringLiteral("95 days ago");
    }
    void agesAreWords()
    {
        QFETCH(qint64, seconds);
        QFETCH(QString, text);
        QCOMPARE(ui::model::agoText(1000000, 1000000 + seconds), text);
    }

    void badgesCanBeReadInBothThemes_data()
    {
        QTest::addColumn<int>("theme");
        QTest::addRow("light") << 1;
        QTest::addRow("dark") << 2;
    }
    void badgesCanBeReadInBothThemes()
    {
        QFETCH(int, theme);
        ui::widget::applyTheme(*qApp, static_cast<ui::widget::ThemeChoice>(theme));
        using Kind = ui::model::OriginData::Kind;
        QVERIFY(OriginBadge::contrast(Kind::Live) >= 4.5);
        QVERIFY(OriginBadge::contrast(Kind::Snapshot) >= 4.5);
        QVERIFY(OriginBadge::contrast(Kind::Files) >= 4.5);
        ui::widget::applyTheme(*qApp, ui::widget::ThemeChoice::Light);
    }

    void filesHaveABadge()
    {
        Fake fake;
        MainWindow window(test::pool(), nullptr, backendOf(fake));
        window.show();
        QSignalSpy opened(&window, &MainWindow::opened);
        window.open({ .paths = {}, .isSample = true });
        QTRY_COMPARE_WITH_TIMEOUT(opened.size(), 1, 60000);
        OriginBadge* badge = nullptr;
        const auto widgets = window.findChildren<QWidget*>();
        for (QWidget* one : widgets)
            badge = badge ? badge : dynamic_cast<OriginBadge*>(one);
        QVERIFY(badge && badge->isVisible());
        QCOMPARE(badge->accessibleName(), QStringLiteral("FILES"));
    }

    void listsContextsAndContactsNobody()
    {
        Fake fake;
        MainWindow window(test::pool(), nullptr, backendOf(fake));
        window.resize(1440, 900);
        window.show();
        window.openConnect({}, {});
        QVERIFY(shows(window, QStringLiteral("Connect to a cluster")));
        QTreeView* table = visibleTable(window, QStringLiteral("Contexts"));
        QVERIFY(table);
        QCOMPARE(table->model()->rowCount(), 4);
        QCOMPARE(table->currentIndex().row(), 1); // the current context
        QVERIFY(shows(window, QStringLiteral("/home/me/other"))); // the problem is told
        QCOMPARE(table->model()->index(3, 0).data().toString(), QStringLiteral("<b>bold</b>"));
        QTest::qWait(100);
        QCOMPARE(fake.probes.load() + fake.connects.load(), 0);
        window.openConnect("/bad", {});
        QVERIFY(shows(window, QStringLiteral("/bad:3")));
        window.openConnect({}, "ctx-2");
        QTRY_COMPARE(table->currentIndex().row(), 2);
    }

    void triesAllWithABound()
    {
        Fake fake;
        MainWindow window(test::pool(), nullptr, backendOf(fake, 40));
        window.show();
        window.openConnect({}, {});
        QVERIFY(press(window, QStringLiteral("Try all")));
        QTRY_COMPARE_WITH_TIMEOUT(fake.probes.load(), 40, 20000);
        QTreeView* table = visibleTable(window, QStringLiteral("Contexts"));
        QTRY_VERIFY(table->model()->index(39, 1).data().toString().startsWith(QStringLiteral("reachable")));
        QVERIFY(table->model()->index(1, 1).data().toString().startsWith(QStringLiteral("needs login")));
        QVERIFY(table->model()->index(2, 1).data().toString().contains(QStringLiteral("check the VPN")));
        QVERIFY2(fake.mostProbing <= 6, qPrintable(QString::number(fake.mostProbing)));
        QCOMPARE(fake.connects.load(), 0);
        auto* search = window.findChild<QLineEdit*>(); // any; the one that is visible on the page is looked up below
        const auto edits = window.findChildren<QLineEdit*>();
        for (QLineEdit* one : edits) {
            if (one->isVisible() && one->accessibleName() == QStringLiteral("Find a context"))
                search = one;
        }
        QTest::keyClicks(search, QStringLiteral("10.0.0.39"));
        QCOMPARE(table->model()->rowCount(), 1);
    }

    void runsNoProgramWithoutConsent()
    {
        Fake fake;
        fake.exec = execRequest();
        MainWindow window(test::pool(), nullptr, backendOf(fake));
        window.show();
        window.openConnect({}, {});
        QVERIFY(press(window, QStringLiteral("Connect to ctx-1")));
        auto* dialog = dialogOf<ConsentDialog>(window);
        QVERIFY(dialog);
        QString all;
        const auto texts = dialog->findChildren<QPlainTextEdit*>();
        for (const QPlainTextEdit* one : texts)
            all += one->toPlainText() + QLatin1Char('\n');
        for (const auto& part : { "/usr/local/bin/aws", "get-token", "<b>prod</b>", "AWS_PROFILE=dev", ".kube/config" })
            QVERIFY2(all.contains(QLatin1String(part)), part);
        QTest::keyClick(dialog, Qt::Key_Escape);
        QVERIFY(shows(window, QStringLiteral("Connect to a cluster"))); // back at the list
    }

    void remembersWhatIsAlwaysAllowed()
    {
        Fake fake;
        fake.exec = execRequest();
        {
            MainWindow window(test::pool(), nullptr, backendOf(fake));
            window.show();
            window.openConnect({}, {});
            QVERIFY(press(window, QStringLiteral("Connect to ctx-1")));
            auto* dialog = dialogOf<ConsentDialog>(window);
            QVERIFY(dialog);
            QVERIFY(press(*dialog, QStringLiteral("Always")));
            QTRY_VERIFY(saysLine(window, QStringLiteral("CODE-1234")));
            QVERIFY(shows(window, QStringLiteral("Connected to ctx-1")));
        }
        MainWindow window(test::pool(), nullptr, backendOf(fake));
        window.show();
        window.openConnect({}, {});
        QVERIFY(press(window, QStringLiteral("Connect to ctx-1")));
        QVERIFY(shows(window, QStringLiteral("Connected to ctx-1"))); // not asked
        fake.exec->arguments.push_back("--other");
        QVERIFY(press(window, QStringLiteral("Other context")));
        QVERIFY(press(window, QStringLiteral("Connect to ctx-1")));
        QVERIFY(dialogOf<ConsentDialog>(window)); // something changed: asked again
    }

    void aQuestionEndsWithItsJob()
    {
        auto bridge = std::make_unique<AskBridge>(m_settings.filePath(QStringLiteral("none")).toStdString());
        QSignalSpy asked(bridge.get(), &AskBridge::asked);
        QSignalSpy withdrawn(bridge.get(), &AskBridge::withdrawn);
        const LiveAsk ask = bridge->ask();
        Progress progress;
        std::atomic<int> answer = -1;
        std::thread cancelled([&] { answer = ask.consent(execRequest(), progress) ? 1 : 0; });
        QTRY_COMPARE(asked.size(), 1);
        progress.cancel();
        cancelled.join();
        QCOMPARE(answer.load(), 0);
        QTRY_COMPARE(withdrawn.size(), 1);
        Progress other;
        std::thread orphaned([&] { answer = ask.consent(execRequest(), other) ? 1 : 0; });
        QTRY_COMPARE(asked.size(), 2);
        answer = -1;
        bridge.reset();
        orphaned.join();
        QCOMPARE(answer.load(), 0);
        QVERIFY(!ask.consent(execRequest(), other)); // nobody is there any more
    }

    void showsWhatCanBeRead()
    {
        Fake fake;
        fake.skipsTlsVerify = true;
        MainWindow window(test::pool(), nullptr, backendOf(fake));
        window.resize(1440, 900);
        window.show();
        window.openConnect({}, "ctx-0");
        QVERIFY(press(window, QStringLiteral("Connect to ctx-0")));
        QVERIFY(shows(window, QStringLiteral("Connected to ctx-0")));
        QVERIFY(shows(window, QStringLiteral("NOT verified")));
        QVERIFY(shows(window, QStringLiteral("auditor")));
        QVERIFY(shows(window, QStringLiteral("v1.31.2")));
        QVERIFY(shows(window, QStringLiteral("valid until 2027-01-15")));
        QVERIFY(shows(window, QStringLiteral("1 of 4 kinds can be read")));
        QTreeView* table = visibleTable(window, QStringLiteral("What these credentials can read"));
        QVERIFY(table);
        QCOMPARE(table->model()->index(0, 0).data().toString(), QStringLiteral("secrets")); // worst first
        QVERIFY(press(window, QStringLiteral("Copy ClusterRole")));
        QVERIFY(QApplication::clipboard()->text().contains(QStringLiteral("ClusterRole")));
        auto* some = visibleChild<QRadioButton>(window, QStringLiteral("Only these namespaces"));
        QVERIFY(some);
        some->click();
        auto* collect = visibleChild<QPushButton>(window, QStringLiteral("Collect and assess"));
        QVERIFY(!collect->isEnabled()); // which ones?
        const auto edits = window.findChildren<QLineEdit*>();
        for (QLineEdit* one : edits) {
            if (one->isVisible() && one->accessibleName().startsWith(QStringLiteral("Namespaces")))
                QTest::keyClicks(one, QStringLiteral("shop, dev"));
        }
        QVERIFY(collect->isEnabled());
        QVERIFY(press(window, QStringLiteral("Check again")));
        QTRY_COMPARE(fake.lastOptions.namespaces.size(), std::size_t(2));
    }

    void collectsAssessesAndCollectsAgain()
    {
        Fake fake;
        MainWindow window(test::pool(), nullptr, backendOf(fake));
        window.show();
        QSignalSpy opened(&window, &MainWindow::opened);
        window.openConnect({}, "ctx-0");
        QVERIFY(press(window, QStringLiteral("Connect to ctx-0")));
        QVERIFY(press(window, QStringLiteral("Collect and assess")));
        QTRY_COMPARE_WITH_TIMEOUT(opened.size(), 1, 60000);
        QVERIFY(!window.viewContext().review.assessment()->findings.empty());
        QVERIFY(window.windowTitle().contains(QStringLiteral("context ctx-0")));
        const auto recent = recents();
        QCOMPARE(recent.size(), std::size_t(1));
        QCOMPARE(recent[0].context, QStringLiteral("ctx-0"));
        trigger(window, QKeySequence(Qt::Key_F5));
        QTRY_COMPARE_WITH_TIMEOUT(opened.size(), 2, 60000);
        QCOMPARE(fake.collects.load(), 2);
        QCOMPARE(fake.connects.load(), 1); // the same login
    }

    void cancelsCollectingWithinASecond()
    {
        Fake fake;
        fake.isBlocking = true;
        MainWindow window(test::pool(), nullptr, backendOf(fake));
        window.show();
        window.openConnect({}, "ctx-0");
        QVERIFY(press(window, QStringLiteral("Connect to ctx-0")));
        QVERIFY(press(window, QStringLiteral("Collect and assess")));
        QVERIFY(shows(window, QStringLiteral("Collecting ctx-0")));
        QTreeView* table = visibleTable(window, QStringLiteral("Resources that are collected"));
        QVERIFY(table);
        QTRY_COMPARE(table->model()->rowCount(), 3);
        QVERIFY(press(window, QStringLiteral("Cancel")));
        QVERIFY(visibleChild<QLabel>(window, QStringLiteral("Connected to ctx-0"))); // at once
        QTRY_VERIFY_WITH_TIMEOUT(fake.wasCancelled.load(), 1000);
    }

    void tellsWhyAndOffersTheNextStep()
    {
        Fake fake;
        fake.connectError = Error { .kind = ErrorKind::Access,
            .what = "the certificate of the server is not trusted",
            .where = "https://10.0.0.1:6443",
            .advice = "put its authority into the kubeconfig" };
        MainWindow window(test::pool(), nullptr, backendOf(fake));
        window.show();
        window.openConnect({}, "ctx-0");
        QVERIFY(press(window, QStringLiteral("Connect to ctx-0")));
        QVERIFY(shows(window, QStringLiteral("Put its authority into the kubeconfig")));
        fake.connectError.reset();
        QVERIFY(press(window, QStringLiteral("Try again")));
        QVERIFY(shows(window, QStringLiteral("Connected to ctx-0")));
    }

    void savesALiveSource()
    {
        Fake fake;
        MainWindow window(test::pool(), nullptr, backendOf(fake));
        window.show();
        QSignalSpy opened(&window, &MainWindow::opened);
        window.openConnect({}, "ctx-0");
        QVERIFY(press(window, QStringLiteral("Connect to ctx-0")));
        QVERIFY(press(window, QStringLiteral("Collect and assess")));
        QTRY_COMPARE_WITH_TIMEOUT(opened.size(), 1, 60000);
        trigger(window, QKeySequence::Save);
        auto* dialog = dialogOf<SaveDialog>(window);
        QVERIFY(dialog);
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("a.plimsoll"));
        QFile existing(path);
        QVERIFY(existing.open(QIODevice::WriteOnly));
        existing.close();
        edit(*dialog, QStringLiteral("File to save to"))->setText(path);
        visibleChild<QRadioButton>(*dialog, QStringLiteral("With a passphrase"))->click();
        edit(*dialog, QStringLiteral("Passphrase"))->setText(QStringLiteral("one"));
        edit(*dialog, QStringLiteral("Passphrase once more"))->setText(QStringLiteral("two"));
        QVERIFY(!visibleChild<QPushButton>(*dialog, QStringLiteral("Save"))->isEnabled());
        edit(*dialog, QStringLiteral("Passphrase once more"))->setText(QStringLiteral("one"));
        QVERIFY(press(*dialog, QStringLiteral("Save")));
        QCOMPARE(fake.saves.load(), 0); // the file exists: asked first
        QVERIFY(press(*dialog, QStringLiteral("Replace the file")));
        QTRY_COMPARE(fake.saves.load(), 1);
        QVERIFY(fake.saved.starts_with(path.toStdString() + " passphrase"));
    }

    void asksForAPassphrase()
    {
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("a.plimsoll"));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("age-encryption.org/v1\n-> scrypt bm90IGEgc2FsdCBhdCBhbGw 18\nnot really\n--- nothing\n");
        file.close();
        QCOMPARE(
            natureOf({ .paths = { path.toStdString() }, .isSample = false }).nature, FileNature::PassphraseEncrypted);
    }

    void showsAChangedSnapshotAsChanged()
    {
        Progress progress;
        snapshot::SnapshotWriter writer(test::pool());
        writer.resource({ .group = "", .version = "v1", .plural = "pods", .kind = "Pod", .isNamespaced = true })
            .append(R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","namespace":"b"}})");
        auto bytes = writer.toBytes({}, {}, progress);
        VERIFY_RESULT(bytes);
        QTemporaryDir folder;
        const auto write = [&](const QString& name) {
            QFile file(folder.filePath(name));
            return file.open(QIODevice::WriteOnly) && file.write(bytes->data(), static_cast<qint64>(bytes->size())) > 0;
        };
        QVERIFY(write(QStringLiteral("whole.plimsoll")));
        (*bytes)[bytes->find("\"sha256\"") + 12] ^= 1;
        QVERIFY(write(QStringLiteral("changed.plimsoll")));
        Fake fake;
        MainWindow window(test::pool(), nullptr, backendOf(fake));
        window.show();
        window.open(
            { .paths = { folder.filePath(QStringLiteral("changed.plimsoll")).toStdString() }, .isSample = false });
        QVERIFY(shows(window, QStringLiteral("CHANGED")));
        QSignalSpy opened(&window, &MainWindow::opened);
        window.open(
            { .paths = { folder.filePath(QStringLiteral("whole.plimsoll")).toStdString() }, .isSample = false });
        QTRY_COMPARE_WITH_TIMEOUT(opened.size(), 1, 60000);
        QVERIFY(shows(window, QStringLiteral("SNAPSHOT")));
        QVERIFY(shows(window, QStringLiteral("unsigned")));
    }

    void recognisesAKubeconfigAmongSources()
    {
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("config"));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("apiVersion: v1\nkind: Config\nclusters: []\ncontexts: []\nusers: []\n");
        file.close();
        Fake fake;
        MainWindow window(test::pool(), nullptr, backendOf(fake));
        window.show();
        window.open({ .paths = { path.toStdString() }, .isSample = false });
        QVERIFY(shows(window, QStringLiteral("Connect to a cluster")));
    }

    // Every step in both themes and sizes, with every control named; written to a folder when one is given.
    void showsEveryStep_data()
    {
        QTest::addColumn<int>("theme");
        QTest::addColumn<QSize>("size");
        QTest::addRow("light, 1440 by 900") << 1 << QSize(1440, 900);
        QTest::addRow("dark, 1920 by 1080") << 2 << QSize(1920, 1080);
    }
    void showsEveryStep()
    {
        QTest::failOnWarning(
            QRegularExpression(QStringLiteral("^(?!This plugin does not support propagateSizeHints)")));
        QFETCH(int, theme);
        QFETCH(QSize, size);
        ui::widget::applyTheme(*qApp, static_cast<ui::widget::ThemeChoice>(theme));
        QAccessible::setActive(true);
        Fake fake;
        fake.exec = execRequest();
        fake.exec->arguments.push_back(QTest::currentDataTag()); // allowed by nobody yet
        fake.skipsTlsVerify = true;
        fake.missing.push_back({});
        MainWindow window(test::pool(), nullptr, backendOf(fake, 12));
        window.resize(size);
        window.show();
        QStringList unnamed;
        const auto look = [&](QWidget& what, const char* name) {
            QTest::qWait(60);
            test::collectUnnamed(QAccessible::queryAccessibleInterface(&what), unnamed);
            grab(what, QString::fromLatin1(name));
        };
        window.openConnect({}, {});
        QVERIFY(press(window, QStringLiteral("Try all")));
        QTest::qWait(300);
        look(window, "contexts");
        QVERIFY(press(window, QStringLiteral("Connect to ctx-1")));
        auto* consent = dialogOf<ConsentDialog>(window);
        QVERIFY(consent);
        look(*consent, "consent");
        QVERIFY(press(*consent, QStringLiteral("Run once")));
        QTRY_VERIFY(saysLine(window, QStringLiteral("CODE-1234")));
        look(window, "login");
        QVERIFY(shows(window, QStringLiteral("Connected to ctx-1")));
        look(window, "preflight");
        fake.isBlocking = true;
        QVERIFY(press(window, QStringLiteral("Collect and assess")));
        QTest::qWait(200);
        look(window, "collecting");
        QSignalSpy opened(&window, &MainWindow::opened);
        fake.isBlocking = false;
        QTRY_COMPARE_WITH_TIMEOUT(opened.size(), 1, 60000);
        look(window, "opened");
        trigger(window, QKeySequence::Save);
        look(*dialogOf<SaveDialog>(window), "save");
        UnlockDialog wrong(QStringLiteral("/x/prod.plimsoll"), FileNature::PassphraseEncrypted,
            QStringLiteral("this passphrase does not open it"), &window);
        wrong.setAttribute(Qt::WA_DeleteOnClose, false);
        wrong.show();
        look(wrong, "unlock");
        unnamed.removeDuplicates();
        QVERIFY2(unnamed.isEmpty(), qPrintable(unnamed.join(QStringLiteral(", "))));
        QAccessible::setActive(false);
        ui::widget::applyTheme(*qApp, ui::widget::ThemeChoice::Light);
    }

private:
    static void grab(QWidget& what, const QString& name)
    {
        const QString folder = qEnvironmentVariable("PLIMSOLL_GRAB_DIR");
        const QImage image = what.grab().toImage();
        QVERIFY(image.width() > 100);
        if (!folder.isEmpty())
            image.save(
                QStringLiteral("%1/%2-%3.png")
                    .arg(folder, name, ui::widget::theme().isDark ? QStringLiteral("dark") : QStringLiteral("light")));
    }
    static QLineEdit* edit(QWidget& parent, const QString& accessibleName)
    {
        const auto all = parent.findChildren<QLineEdit*>();
        for (QLineEdit* one : all) {
            if (one->accessibleName() == accessibleName)
                return one;
        }
        return nullptr;
    }
    static void trigger(MainWindow& window, const QKeySequence& keys)
    {
        const auto commands = window.commands();
        for (QAction* action : commands) {
            if (action->shortcut() == keys)
                action->trigger();
        }
    }
    QTemporaryDir m_settings;
};

QTEST_MAIN(ConnectTest)
#include "tst_Connect.moc"
