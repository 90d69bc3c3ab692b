// SPDX-License-Identifier: Apache-2.0
#include <QApplication>
#include <QFile>
#include <QLineEdit>
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QToolButton>

#include "tests/support/Support.h"
#include "tests/ui/Accessible.h"
#include "ui/shell/MainWindow.h"
#include "ui/view/secrets/ReadersPicture.h"
#include "ui/view/secrets/SecretPanel.h"
#include "ui/view/secrets/SecretsView.h"
#include "ui/widget/ChainView.h"
#include "ui/widget/Table.h"
#include "ui/widget/Theme.h"
#include "ui/widget/TimeLine.h"
#include "ui/widget/YamlView.h"

using namespace plimsoll;
using namespace plimsoll::ui;
using namespace Qt::StringLiterals;
using view::SecretsView;

namespace {

// By what a screen reader is told.
template <class Widget> Widget* named(QWidget* root, const QString& name)
{
    for (Widget* one : root->findChildren<Widget*>()) {
        if (one->accessibleName() == name)
            return one;
    }
    return nullptr;
}

} // namespace

class SecretsViewTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QSettings::setDefaultFormat(QSettings::IniFormat);
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_folder.path());
        QCoreApplication::setOrganizationName(u"plimsoll-test"_s);
        QCoreApplication::setApplicationName(u"plimsoll-test"_s);
        widget::applyTheme(*qApp, widget::ThemeChoice::Light);
        m_window = std::make_unique<shell::MainWindow>(test::pool());
        m_window->resize(1440, 900);
        m_window->show();
        QSignalSpy opened(m_window.get(), &shell::MainWindow::opened);
        m_window->open({ .paths = { test::sourcePath("resources/sample") }, .isSample = true });
        QTRY_VERIFY_WITH_TIMEOUT(!opened.isEmpty(), 30'000);
        m_window->viewContext().navigator.openView(u"secrets"_s);
        m_page = m_window->findChild<SecretsView*>();
        QVERIFY(m_page);
        QTRY_VERIFY_WITH_TIMEOUT(m_page->isComputed(), 30'000);
        m_table = named<widget::Table>(m_page, u"Secrets"_s);
        QVERIFY(m_table);
    }
    void cleanupTestCase() { m_window.reset(); }

    void chosenSecretIsExplained()
    {
        QVERIFY(m_table->model()->rowCount() > 1);
        for (int row = 0; row < m_table->model()->rowCount(); ++row) {
            const QModelIndex index = m_table->model()->index(row, 0);
            m_table->setCurrentIndex(index);
            const QString title = index.data().toString() + u'/' + index.siblingAtColumn(1).data().toString();
            QTRY_COMPARE(m_page->panel()->shown().title, title);
            QVERIFY(!m_page->panel()->shown().headline.isEmpty());
        }
    }

    void readersAreWalkedByKeysAndLeadToTheirYaml()
    {
        m_table->setCurrentIndex(m_table->model()->index(0, 0));
        const QString name = m_table->model()->index(0, 1).data().toString();
        QTRY_VERIFY(m_page->panel()->shown().title.endsWith(u'/' + name));
        view::ReadersPicture* picture = m_page->panel()->picture();
        QTRY_VERIFY(!m_page->panel()->shown().readers.empty());
        QTRY_COMPARE(picture->current(), 0);
        auto* chain = m_page->panel()->findChild<widget::ChainView*>();
        const QStringList first = chain->parts();
        QVERIFY(first.size() >= 2);
        QVERIFY(m_page->panel()->shown().readers.size() > 1);
        QTest::keyClick(picture, Qt::Key_Down);
        QVERIFY(picture->current() != 0);
        QVERIFY(chain->parts() != first);
        QTest::keyClick(picture, Qt::Key_Up);
        QCOMPARE(chain->parts(), first);
        // A step that is an object is shown with the place that says so.
        const auto& steps = m_page->panel()->shown().readers.front().routes.front().steps;
        auto* yaml = named<widget::YamlView>(m_page->panel(), u"The object of the chosen step as YAML"_s);
        for (std::size_t step = 0; step < steps.size(); ++step) {
            if (steps[step].object.isNone() || steps[step].pointer.isEmpty())
                continue;
            chain->setCurrent(static_cast<int>(step));
            QTRY_VERIFY(!yaml->marks().empty());
            return;
        }
        QFAIL("no step leads to an object");
    }

    // A way with many readers opens when one of the hidden ones is chosen.
    void closedWaysOpen()
    {
        view::ReadersPicture picture;
        picture.resize(700, 300);
        std::vector<model::SecretWay> ways { { u"Read it"_s, u"12"_s, {}, 12 } };
        std::vector<model::SecretReader> readers;
        for (int at = 0; at < 12; ++at) {
            model::SecretReader reader;
            reader.who = u"User %1"_s.arg(at);
            reader.routes = { { u"get"_s, { { reader.who, {}, {} } } } };
            readers.push_back(reader);
        }
        picture.setReaders(u"db"_s, ways, readers);
        picture.show();
        QVERIFY(picture.shownReaders() < 12);
        picture.setCurrent(11);
        QCOMPARE(picture.shownReaders(), 12);
        QCOMPARE(picture.current(), 11);
    }

    void filtersLeaveWhatFits()
    {
        const int all = m_table->model()->rowCount();
        auto* filter = named<QLineEdit>(m_page, u"Filter the Secrets by text"_s);
        filter->setText(m_table->model()->index(0, SecretsView::List + 1).data().toString());
        QVERIFY(m_table->model()->rowCount() >= 1 && m_table->model()->rowCount() < all);
        filter->setText(u"no secret is called so"_s);
        QCOMPARE(m_table->model()->rowCount(), 0);
        QVERIFY(!m_table->isVisible()); // an empty state instead
        filter->clear();
        QCOMPARE(m_table->model()->rowCount(), all);
    }

    void objectIsShownFromElsewhere()
    {
        const cluster::Cluster& cluster = *m_window->viewContext().review.assessment()->cluster;
        const cluster::ObjectId last = cluster.secrets().back().object;
        m_window->viewContext().navigator.open(last, u"secrets"_s);
        QTRY_VERIFY(m_page->panel()->shown().object == last);
    }

    void missingReferencesAreListedWithTheirPlace()
    {
        m_page->openPage(SecretsView::Missing);
        auto* missing = named<widget::Table>(m_page, u"References to missing Secrets"_s);
        QVERIFY(missing->model()->rowCount() > 0);
        QString problem = u"not done"_s;
        const QString path = m_folder.filePath(u"missing.csv"_s);
        m_page->exportTo(path, [&](const QString& told) { problem = told; });
        QTRY_COMPARE(problem, QString());
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll().count("\r\n"), missing->model()->rowCount() + 1);
        m_page->openPage(SecretsView::List);
    }

    void timeLineIsWalkedByKeys()
    {
        widget::TimeLine line;
        line.resize(900, 300);
        constexpr qint64 now = 1'790'000'000, day = 86'400;
        std::vector<widget::TimeLine::Item> items(20);
        for (int at = 0; at < 20; ++at) {
            items[static_cast<std::size_t>(at)].title = u"certificate %1"_s.arg(at);
            items[static_cast<std::size_t>(at)].to = now + (at - 5) * 40 * day;
        }
        items[19].to = now + 9'000 * day; // far beyond what is drawn
        line.setItems(items, now, u"today"_s);
        line.show();
        QSignalSpy chosen(&line, &widget::TimeLine::chosen);
        QTest::keyClick(&line, Qt::Key_Down);
        QCOMPARE(line.current(), 0);
        QTest::keyClick(&line, Qt::Key_End);
        QCOMPARE(line.current(), 19);
        QVERIFY(line.accessibleDescription().contains(u"certificate 19"_s));
        QCOMPARE(chosen.size(), 2);
        line.grab(); // draws without a mark inside the axis
        line.setItems({}, {}, {});
        QCOMPARE(line.current(), -1);
        line.grab();
    }

    void everyControlHasAName()
    {
        for (int page = 0; page < SecretsView::pageCount; ++page) {
            m_page->openPage(static_cast<SecretsView::Page>(page));
            QTest::qWait(30);
            QStringList unnamed;
            test::collectUnnamed(QAccessible::queryAccessibleInterface(m_page), unnamed);
            QCOMPARE(unnamed, QStringList());
        }
        m_page->openPage(SecretsView::List);
    }

    // Nothing is left of a cluster when another is opened.
    void anotherClusterReplacesAll()
    {
        m_page->setAssessment(nullptr);
        QVERIFY(!m_page->isComputed());
        for (widget::Table* table : m_page->findChildren<widget::Table*>())
            QCOMPARE(table->model()->rowCount(), 0);
        QVERIFY(m_page->panel()->shown().title.isEmpty());
    }

private:
    QTemporaryDir m_folder;
    std::unique_ptr<shell::MainWindow> m_window;
    SecretsView* m_page = nullptr;
    widget::Table* m_table = nullptr;
};

QTEST_MAIN(SecretsViewTest)
#include "tst_SecretsView.moc"
