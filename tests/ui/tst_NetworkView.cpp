// SPDX-License-Identifier: Apache-2.0
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QFile>
#include <QLineEdit>
#include <QListWidget>
#include <QPainter>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>

#include "tests/support/Support.h"
#include "tests/ui/Accessible.h"
#include "ui/shell/MainWindow.h"
#include "ui/view/network/ConnectionsPage.h"
#include "ui/view/network/ExplainPanel.h"
#include "ui/view/network/FocusPage.h"
#include "ui/view/network/MatrixPage.h"
#include "ui/view/network/MatrixView.h"
#include "ui/view/network/NetworkView.h"
#include "ui/view/network/PoliciesPage.h"
#include "ui/view/network/WhatIfPage.h"
#include "ui/widget/Table.h"
#include "ui/widget/Theme.h"
#include "ui/widget/YamlView.h"
#include "ui/widget/graph/GraphCanvas.h"

using namespace plimsoll;
using namespace plimsoll::ui;
using namespace Qt::StringLiterals;
using view::NetworkView;

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

class NetworkViewTest : public QObject {
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
        m_window->viewContext().navigator.openView(u"network"_s);
        m_page = m_window->findChild<NetworkView*>();
        QVERIFY(m_page);
        QTRY_VERIFY_WITH_TIMEOUT(m_page->isComputed(), 30'000);
    }
    void cleanupTestCase() { m_window.reset(); }

    void matrixWalkedByKeys()
    {
        m_page->openPage(NetworkView::Matrix);
        auto* page = m_page->findChild<view::MatrixPage*>();
        view::MatrixView* matrix = page->matrix();
        QTRY_VERIFY(matrix->shownRows() > 3);
        QCOMPARE(matrix->shownRows(), matrix->shownColumns());
        matrix->setFocus();
        QTest::keyClick(matrix, Qt::Key_Down);
        QTest::keyClick(matrix, Qt::Key_Right);
        QCOMPARE(matrix->currentRow(), 0);
        QTest::keyClick(matrix, Qt::Key_End, Qt::ControlModifier);
        QCOMPARE(matrix->currentRow(), matrix->shownRows() - 1);
        QCOMPARE(matrix->currentColumn(), matrix->shownColumns() - 1);
        QTRY_VERIFY(matrix->accessibleDescription().contains(u'\u2192'));
        // Rows and columns that a filter leaves.
        auto* filter = named<QLineEdit>(page, u"Filter the rows by name"_s);
        filter->setText(u"shop"_s);
        QVERIFY(matrix->shownRows() >= 1 && matrix->shownRows() < matrix->shownColumns());
        filter->setText(u"no such namespace"_s);
        QCOMPARE(matrix->shownRows(), 0);
        QVERIFY(!matrix->isVisible()); // an empty state instead
        filter->clear();
        // Clustered is the same names in another order.
        const int before = matrix->shownRows();
        named<QComboBox>(page, u"Order of rows and columns"_s)->setCurrentIndex(1);
        QTest::qWait(50);
        QTRY_COMPARE(matrix->shownRows(), before);
        named<QComboBox>(page, u"Order of rows and columns"_s)->setCurrentIndex(0);
        // One side alone: other cells, the same place.
        matrix->setCurrent(1, 2);
        const int row = matrix->currentRow();
        auto* sides = named<QComboBox>(m_page, u"Which sides of a connection count"_s);
        sides->setCurrentIndex(1);
        QCOMPARE(matrix->currentRow(), row);
        sides->setCurrentIndex(0);
    }

    void matrixDrillsDownAndBack()
    {
        m_page->openPage(NetworkView::Matrix);
        auto* page = m_page->findChild<view::MatrixPage*>();
        view::MatrixView* matrix = page->matrix();
        const auto names = m_page->findChild<view::FocusPage*>();
        QVERIFY(names);
        matrix->setFocus();
        matrix->setCurrent(0, 0);
        const int namespaces = matrix->shownRows();
        int shop = -1;
        for (int row = 0; row < namespaces; ++row) {
            matrix->setCurrent(row, row);
            if (matrix->accessibleDescription().startsWith(u"shop \u2192"_s))
                shop = row;
        }
        QVERIFY(shop >= 0);
        matrix->setCurrent(shop, shop);
        QTest::keyClick(matrix, Qt::Key_Return);
        QTRY_VERIFY(page->isDrilled());
        QVERIFY(matrix->shownRows() > 1);
        QTest::keyClick(matrix, Qt::Key_Backspace);
        QVERIFY(!page->isDrilled());
        QCOMPARE(matrix->shownRows(), namespaces);
        QCOMPARE(matrix->currentRow(), shop);
    }

    // What is painted follows the window, not the cluster.
    void matrixPaintsWhatIsSeen()
    {
        view::MatrixView matrix;
        matrix.resize(800, 600);
        QStringList names;
        std::vector<std::uint32_t> all;
        for (std::uint32_t at = 0; at < 10'000; ++at) {
            names.append(u"namespace-%1"_s.arg(at));
            all.push_back(at);
        }
        const network::Cell cell { 4, 2, 0, 0 };
        matrix.setAxes(names, names, { [&](std::uint32_t, std::uint32_t) { return &cell; }, {}, {} }, 28);
        matrix.setOrder(all, all);
        matrix.show();
        QVERIFY(QTest::qWaitForWindowExposed(&matrix));
        matrix.setCurrent(9'999, 9'999);
        matrix.grab();
        QVERIFY(matrix.cellsPainted() > 0);
        QVERIFY2(matrix.cellsPainted() < 1'000, qPrintable(QString::number(matrix.cellsPainted())));
        QVERIFY(matrix.visibleRows().size() < 60);
        const std::vector<std::uint32_t> seen = matrix.visibleRows();
        QVERIFY(std::ranges::find(seen, 9'999u) != seen.end());
        QVERIFY(matrix.viewport()->rect().contains(matrix.cellRect(9'999, 9'999).center()));
    }

    void signsDifferInShape()
    {
        using model::CellState;
        QSet<QByteArray> shapes;
        for (const CellState state : { CellState::None, CellState::Some, CellState::All, CellState::Open,
                 CellState::Unknown, CellState::Empty }) {
            QImage image(24, 24, QImage::Format_ARGB32);
            image.fill(Qt::transparent);
            QPainter painter(&image);
            view::paintCellSign(painter, QRectF(0, 0, 24, 24), state, 0.5);
            painter.end();
            const QImage grey = image.convertToFormat(QImage::Format_Alpha8); // no colour left
            shapes.insert(QByteArray(reinterpret_cast<const char*>(grey.constBits()), grey.sizeInBytes()));
        }
        QCOMPARE(shapes.size(), 6);
    }

    void questionInTheBar()
    {
        auto* bar = named<QLineEdit>(m_page, u"Ask what can talk to what"_s);
        bar->setText(u"shop/web"_s);
        QTest::keyClick(bar, Qt::Key_Return);
        QVERIFY(bar->accessibleDescription().contains(u"source -> destination"_s)); // told in place
        m_page->ask(u"* -> shop"_s);
        QCOMPARE(m_page->page(), NetworkView::Connections);
        QVERIFY(bar->accessibleDescription().isEmpty());
        auto* rows = named<widget::Table>(m_page, u"Connections"_s);
        QTRY_VERIFY(rows->model()->rowCount() > 3);
        auto* page = m_page->findChild<view::ConnectionsPage*>();
        QTRY_VERIFY(!page->explanation()->shown().question.isEmpty());
        const int all = rows->model()->rowCount();
        named<QComboBox>(page, u"Which verdicts to show"_s)->setCurrentIndex(1);
        const int allowed = rows->model()->rowCount();
        named<QComboBox>(page, u"Which verdicts to show"_s)->setCurrentIndex(2);
        QVERIFY(allowed + rows->model()->rowCount() <= all);
        named<QComboBox>(page, u"Which verdicts to show"_s)->setCurrentIndex(0);
        m_page->ask(u"shop/nobody -> shop/*"_s);
        QTRY_VERIFY(bar->accessibleDescription().contains(u"nobody"_s));
    }

    void pairIsExplained()
    {
        auto* page = m_page->findChild<view::ConnectionsPage*>();
        m_page->ask(u"* -> shop"_s);
        auto* rows = named<widget::Table>(m_page, u"Connections"_s);
        QTRY_VERIFY(rows->model()->rowCount() > 0);
        const QString source = rows->model()->index(0, 0).data().toString();
        const QString destination = rows->model()->index(0, 1).data().toString();
        m_page->ask(source + u" -> "_s + destination + u":443"_s);
        QTRY_VERIFY(!rows->isVisible()); // the pair has the page for itself
        QTRY_VERIFY(page->explanation()->shown().question.endsWith(u":443/TCP"_s));
        QCOMPARE(page->explanation()->shown().sides.size(), 2u);
        for (QPushButton* button : page->findChildren<QPushButton*>()) {
            if (button->text() == u"Copy as JSON"_s)
                button->click();
        }
        QVERIFY(QApplication::clipboard()->text().contains(u"\"nearMisses\""_s));
    }

    void graphOfAFocus()
    {
        m_page->openPage(NetworkView::Graph);
        auto* page = m_page->findChild<view::FocusPage*>();
        QTRY_VERIFY(page->graph().nodes.size() > 1);
        auto* canvas = page->findChild<widget::graph::GraphCanvas*>();
        QTRY_VERIFY(canvas->scene());
        QCOMPARE(canvas->scene()->nodeCount(), static_cast<int>(page->graph().nodes.size()));
        QCOMPARE(canvas->scene()->stroke.size(), page->graph().edges.size());
        // No card hides another.
        for (int a = 0; a < canvas->scene()->nodeCount(); ++a) {
            for (int b = a + 1; b < canvas->scene()->nodeCount(); ++b)
                QVERIFY(!canvas->scene()->rect(a).intersects(canvas->scene()->rect(b)));
        }
        page->look(u"no/where"_s);
        QTRY_VERIFY(!page->graph().problem.isEmpty());
        QVERIFY(!canvas->isVisible());
    }

    void tablesAreFilled_data()
    {
        QTest::addColumn<int>("page");
        QTest::addColumn<QString>("table");
        QTest::addRow("exposure") << static_cast<int>(NetworkView::Exposure) << u"Ways in from outside"_s;
        QTest::addRow("coverage") << static_cast<int>(NetworkView::Coverage) << u"Coverage by namespace"_s;
        QTest::addRow("policies") << static_cast<int>(NetworkView::Policies) << u"Policies"_s;
    }
    void tablesAreFilled()
    {
        QFETCH(int, page);
        QFETCH(QString, table);
        m_page->openPage(static_cast<NetworkView::Page>(page));
        auto* rows = named<widget::Table>(m_page->shownPage(), table);
        QVERIFY(rows);
        QTRY_VERIFY(rows->model()->rowCount() > 0);
        QString problem = u"not done"_s;
        const QString path = m_folder.filePath(u"%1.csv"_s.arg(page));
        m_page->exportTo(path, false, [&](const QString& told) { problem = told; });
        QTRY_COMPARE(problem, QString());
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll().count("\r\n"), rows->model()->rowCount() + 1);
    }

    void policyOpensItsWhatIf()
    {
        m_page->openPage(NetworkView::Policies);
        auto* page = m_page->findChild<view::PoliciesPage*>();
        auto* policies = named<widget::Table>(page, u"Policies"_s);
        QTRY_VERIFY(policies->model()->rowCount() > 0);
        policies->setCurrentIndex(policies->model()->index(0, 0));
        auto* text = named<widget::YamlView>(page, u"The policy as YAML"_s);
        QTRY_VERIFY(text->toPlainText().contains(u"kind: "_s));
        QVERIFY(!text->marks().empty());
        for (QPushButton* button : page->findChildren<QPushButton*>()) {
            if (button->text() == u"Edit in What if"_s)
                button->click();
        }
        QCOMPARE(m_page->page(), NetworkView::WhatIf);
        auto* whatIf = m_page->findChild<view::WhatIfPage*>();
        auto* editor = named<widget::YamlView>(whatIf, u"Policies as YAML"_s);
        QTRY_VERIFY(editor->toPlainText().contains(u"kind: "_s));
        QTRY_VERIFY(whatIf->headline().startsWith(u"No connection"_s)); // nothing is edited yet
        whatIf->setText(u"kind: ["_s);
        QTRY_VERIFY(whatIf->headline().contains(u"cannot be read"_s));
        whatIf->setText({});
        auto* drops = named<QListWidget>(whatIf, u"Policies to drop"_s);
        QTRY_VERIFY(drops->count() > 0);
        for (int row = 0; row < drops->count(); ++row)
            drops->item(row)->setCheckState(Qt::Checked);
        auto* rows = named<widget::Table>(whatIf, u"Connections that would change"_s);
        QTRY_VERIFY(rows->model()->rowCount() > 0);
        QVERIFY(rows->model()->index(0, 0).data().toString().contains(u"added"_s));
    }

    void everythingIsExported()
    {
        QString problem = u"not done"_s;
        const QString path = m_folder.filePath(u"all.csv"_s);
        m_page->exportTo(path, true, [&](const QString& told) { problem = told; });
        QTRY_COMPARE(problem, QString());
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(file.readAll().count('\n') > 10);
        m_page->exportTo(m_folder.filePath(u"none/all.csv"_s), true, [&](const QString& told) { problem = told; });
        QTRY_VERIFY(problem.contains(u"could not be written"_s));
    }

    void everyControlHasAName()
    {
        for (int page = 0; page < NetworkView::pageCount; ++page) {
            m_page->openPage(static_cast<NetworkView::Page>(page));
            QTest::qWait(30);
            QStringList unnamed;
            test::collectUnnamed(QAccessible::queryAccessibleInterface(m_page), unnamed);
            QCOMPARE(unnamed, QStringList());
        }
    }

    // Hostile names stay text, and nothing is left of a cluster when another is opened.
    void anotherClusterReplacesAll()
    {
        auto* matrix = m_page->findChild<view::MatrixView*>();
        QVERIFY(matrix->shownRows() > 0);
        m_page->setAssessment(nullptr);
        QVERIFY(!m_page->isComputed());
        QCOMPARE(matrix->shownRows(), 0);
        for (widget::Table* table : m_page->findChildren<widget::Table*>())
            QCOMPARE(table->model()->rowCount(), 0);
    }

private:
    QTemporaryDir m_folder;
    std::unique_ptr<shell::MainWindow> m_window;
    NetworkView* m_page = nullptr;
};

QTEST_MAIN(NetworkViewTest)
#include "tst_NetworkView.moc"
