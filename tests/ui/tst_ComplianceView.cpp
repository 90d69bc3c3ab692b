// SPDX-License-Identifier: Apache-2.0
#include <QAbstractButton>
#include <QApplication>
#include <QComboBox>
#include <QDir>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QSettings>
#include <QSignalSpy>
#include <QTabBar>
#include <QTemporaryDir>

#include "core/control/Waivers.h"
#include "tests/support/Support.h"
#include "tests/ui/Accessible.h"
#include "ui/model/FindingsModel.h"
#include "ui/shell/MainWindow.h"
#include "ui/view/compliance/ComplianceView.h"
#include "ui/view/compliance/VerdictDialog.h"
#include "ui/view/findings/FindingsView.h"
#include "ui/view/findings/WaiveDialog.h"
#include "ui/widget/Table.h"
#include "ui/widget/Theme.h"

using namespace plimsoll;
using namespace plimsoll::ui;
using namespace Qt::StringLiterals;
using model::ComplianceModel;
using view::ComplianceView;
using view::FindingsView;

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

QPushButton* pushed(QWidget* root, const QString& text)
{
    for (auto* one : root->findChildren<QPushButton*>()) {
        if (one->text() == text)
            return one;
    }
    return nullptr;
}

QByteArray contentOf(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

class ComplianceViewTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QSettings::setDefaultFormat(QSettings::IniFormat);
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_folder.path());
        QCoreApplication::setOrganizationName(u"plimsoll-test"_s);
        QCoreApplication::setApplicationName(u"plimsoll-test"_s);
        widget::applyTheme(*qApp, widget::ThemeChoice::Light);
        // A copy: what a reviewer adds is written beside the source.
        const QDir sample(QString::fromStdString(test::sourcePath("resources/sample")));
        QVERIFY(QDir(m_folder.path()).mkdir(u"sample"_s));
        for (const QString& name : sample.entryList(QDir::Files))
            QVERIFY(QFile::copy(sample.filePath(name), m_folder.filePath(u"sample/"_s + name)));
    }
    void init()
    {
        for (const QString& name : QDir(m_folder.path()).entryList({ u"*.yaml"_s }, QDir::Files))
            QFile::remove(m_folder.filePath(name));
        open();
    }
    void cleanup() { m_window.reset(); }

    void showsAFrameworkRequirementByRequirement()
    {
        auto* list = named<QListWidget>(m_page, u"Frameworks"_s);
        QVERIFY(list->count() >= 3);
        for (int row = 0; row < list->count(); ++row) {
            list->setCurrentRow(row);
            const auto& result = assessment().frameworks[m_page->tree().framework()];
            QCOMPARE(static_cast<std::size_t>(m_page->tree().shownRequirements()), result.requirements.size());
            // Five counts, none of them left out.
            const QString told = list->item(row)->data(Qt::AccessibleTextRole).toString();
            for (const QString& word : { u"pass"_s, u"fail"_s, u"waived"_s, u"manual"_s, u"not assessed"_s })
                QVERIFY(told.contains(word));
        }
    }

    void filtersByStatusAndText()
    {
        const int all = m_page->tree().shownRequirements();
        auto* search = named<QLineEdit>(m_page, u"Filter the requirements by text"_s);
        search->setText(u"privileged"_s);
        QVERIFY(m_page->tree().shownRequirements() > 0);
        QVERIFY(m_page->tree().shownRequirements() < all);
        auto* table = named<widget::Table>(m_page, u"Requirements"_s);
        QVERIFY(m_page->tree().requirement(table->currentIndex())); // what is told about is one of those shown
        search->setText(u"no requirement says this"_s);
        QCOMPARE(m_page->tree().shownRequirements(), 0);
        QPushButton* clear = pushed(m_page, u"Show all requirements"_s);
        QVERIFY(clear && clear->isVisible());
        clear->click();
        QCOMPARE(m_page->tree().shownRequirements(), all);
    }

    void comparingMarksWhatSharesControls()
    {
        const std::uint32_t pss = frameworkOf("pss");
        m_page->chooseFramework(frameworkOf("nsa-cisa"));
        auto* compare = named<QComboBox>(m_page, u"Compare with another framework"_s);
        compare->setCurrentIndex(compare->findData(pss));
        auto* other = named<widget::Table>(m_page, u"Requirements of the other framework"_s);
        QVERIFY(other->isVisible());
        QCOMPARE(m_page->otherTree().framework(), pss);
        m_page->showRequirement(requirementWith("nsa-cisa", "PLM-W01"));
        QVERIFY(m_page->otherTree().relatedCount() > 0);
        QVERIFY(m_page->otherTree().controls(m_page->otherTree().firstRelated()).contains(u"PLM-W01"_s));
        compare->setCurrentIndex(0);
        QVERIFY(!other->isVisible());
        QCOMPARE(m_page->otherTree().relatedCount(), 0);
    }

    void leadsToTheFinding()
    {
        m_page->chooseFramework(frameworkOf("pss"));
        auto* table = named<widget::Table>(m_page, u"Requirements"_s);
        const std::uint32_t wanted = requirementWith("pss", "PLM-W01");
        m_page->showRequirement(wanted);
        QModelIndex index = table->currentIndex();
        QCOMPARE(m_page->tree().requirement(index), std::optional(wanted));
        while (m_page->tree().level(index) != ComplianceModel::Level::Object) {
            table->expand(index);
            index = m_page->tree().index(0, 0, index);
            QVERIFY(index.isValid());
        }
        table->setCurrentIndex(index);
        const auto finding = m_page->tree().finding(index);
        QVERIFY(finding);
        QTest::keyClick(table, Qt::Key_Return);
        QCOMPARE(m_window->viewContext().navigator.place().view, u"findings"_s);
        QCOMPARE(m_window->viewContext().navigator.place().finding, finding);
    }

    void recordsChangesAndWithdrawsAVerdict()
    {
        std::uint32_t manual = 0;
        const auto& requirements = assessment().frameworks[0].requirements;
        while (requirements[manual].status != assess::RequirementResult::Status::Manual)
            ++manual;
        m_page->chooseFramework(0);
        m_page->showRequirement(manual);
        m_page->record();
        auto* dialog = m_page->findChild<view::VerdictDialog*>();
        QVERIFY(dialog);
        QPushButton* save = pushed(dialog, u"Record"_s);
        QVERIFY(!save->isEnabled()); // nobody said anything yet
        dialog->findChildren<QRadioButton*>().first()->setChecked(true);
        named<QPlainTextEdit>(dialog, u"Note"_s)->setPlainText(u"Looked at it.\nTwice."_s);
        named<QPlainTextEdit>(dialog, u"Evidence"_s)->setPlainText(u"a.pdf\n\nhttps://example.com/1\n"_s);
        QVERIFY(!save->isEnabled());
        named<QLineEdit>(dialog, u"Your name"_s)->setText(u"Jane Doe"_s);
        QVERIFY(save->isEnabled());
        save->click();
        QTRY_COMPARE_WITH_TIMEOUT(assessment().review.verdicts.size(), 1u, 30'000);
        QCOMPARE(assessment().review.verdicts[0].evidence.size(), 2u);
        const QModelIndex row = m_page->tree().indexOfRequirement(manual).siblingAtColumn(ComplianceModel::Status);
        QVERIFY2(row.data().toString().startsWith(u"manual: pass (Jane Doe, "_s), qPrintable(row.data().toString()));
        QVERIFY(contentOf(reviewFile()).contains("Jane Doe"));
        QPushButton* back = pushed(m_page, u"Take it back"_s);
        QTRY_VERIFY(back->isVisible()); // the same requirement is shown still
        back->click();
        QTRY_COMPARE_WITH_TIMEOUT(assessment().review.verdicts.size(), 0u, 30'000);
        QVERIFY(!contentOf(reviewFile()).contains("Jane Doe"));
    }

    void waivesWhatIsSelected()
    {
        FindingsView* page = openFindings();
        auto* table = named<widget::Table>(page, u"Findings"_s);
        table->setFocus();
        table->selectionModel()->select(QItemSelection(table->model()->index(0, 0), table->model()->index(2, 0)),
            QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
        const std::size_t before = page->findingsModel().shownCount();
        const auto chosen = page->findingsModel().findingsOf(table->selectionModel()->selectedRows());
        QCOMPARE(chosen.size(), 3u);
        QTest::keyClick(table, Qt::Key_W);
        auto* dialog = page->findChild<view::WaiveDialog*>();
        QVERIFY(dialog);
        QVERIFY(dialog->edit().waivers.empty()); // not without a reason
        named<QLineEdit>(dialog, u"Reason"_s)->setText(u"Moves to its own nodes in May."_s);
        named<QLineEdit>(dialog, u"Owner"_s)->setText(u"team-platform"_s);
        named<QLineEdit>(dialog, u"Approved by"_s)->setText(u"jane.doe"_s);
        auto* until = named<QLineEdit>(dialog, u"Until (the last day)"_s);
        QPushButton* save = pushed(dialog, u"Accept the risk"_s);
        QVERIFY(save->isEnabled());
        const QString date = until->text();
        until->setText(u"2020-01-01"_s);
        QVERIFY(!save->isEnabled());
        until->setText(date);
        save->click();
        QTRY_VERIFY_WITH_TIMEOUT(!assessment().waivers.empty(), 30'000);
        for (const std::uint32_t finding : chosen)
            QVERIFY(assessment().findings[finding].isWaived());
        QCOMPARE(page->findingsModel().shownCount(), before - 3);
        QVERIFY(table->currentIndex().isValid()); // the person goes on with the next one
        const auto read = control::readWaivers(m_folder.filePath(u"accepted-risks.yaml"_s).toStdString());
        VERIFY_RESULT(read);
        QCOMPARE(read->size(), assessment().waivers.size());
        page->openPage(FindingsView::Waivers);
        auto* waivers = named<widget::Table>(page, u"Waivers"_s);
        QVERIFY(waivers->isVisible());
        QCOMPARE(static_cast<std::size_t>(waivers->model()->rowCount()), assessment().waivers.size());
        // Opened again, they are there.
        open();
        QCOMPARE(assessment().waivers.size(), read->size());
    }

    void keepsFiltersInTheReview()
    {
        FindingsView* page = openFindings();
        model::FindingsFilter filter;
        filter.text = u"privileged"_s;
        m_window->viewContext().filter.setFilter(filter);
        model::ReviewEdit edit;
        edit.savedFilters.emplace_back("Mine", model::filterText(filter).toStdString());
        view::ViewContext& context = m_window->viewContext();
        QString problem = u"not answered"_s;
        context.review.edit(context.jobs, *context.pool, edit, [&](const QString& said) { problem = said; });
        QTRY_COMPARE_WITH_TIMEOUT(problem, QString(), 30'000);
        QCOMPARE(assessment().review.filters.size(), 1u);
        QCOMPARE(context.filter.filter().text, u"privileged"_s); // what was filtered stays so
        QVERIFY(page->isVisible());
        QVERIFY(contentOf(reviewFile()).contains("Mine"));
    }

    void saysThatAReviewIsBroken()
    {
        m_window.reset();
        QFile file(reviewFile());
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("schema: plimsoll/review/v1\nwaivers: [missing.yaml]\n");
        file.close();
        open();
        QVERIFY(std::ranges::any_of(m_window->findChildren<QLabel*>(),
            [](const QLabel* one) { return one->isVisible() && one->text().contains(u"missing.yaml"_s); }));
        QVERIFY(!assessment().findings.empty()); // without what is broken
    }

    void exportsOneFramework_data()
    {
        QTest::addColumn<QString>("format");
        QTest::addColumn<QByteArray>("begins");
        QTest::addRow("csv") << u"csv"_s << QByteArray("framework,section,requirement");
        QTest::addRow("json") << u"json"_s << QByteArray("{");
        QTest::addRow("pdf") << u"pdf"_s << QByteArray("%PDF-");
    }
    void exportsOneFramework()
    {
        QFETCH(QString, format);
        QFETCH(QByteArray, begins);
        m_page->chooseFramework(frameworkOf("pss"));
        const QString path = m_folder.filePath(u"out."_s + format);
        QString problem = u"not answered"_s;
        m_page->exportTo(format, path, [&](const QString& said) { problem = said; });
        QTRY_COMPARE_WITH_TIMEOUT(problem, QString(), 60'000);
        const QByteArray content = contentOf(path);
        QVERIFY(content.startsWith(begins));
        if (format != u"pdf"_s) {
            QVERIFY(content.contains("pss"));
            QVERIFY(!content.contains("\"nsa-cisa\""));
        }
        QString refused;
        m_page->exportTo(
            format, m_folder.filePath(u"no such folder/x"_s), [&](const QString& said) { refused = said; });
        QTRY_VERIFY_WITH_TIMEOUT(!refused.isEmpty(), 60'000);
    }

    void overviewLeadsToTheFramework()
    {
        view::ViewContext& context = m_window->viewContext();
        context.review.chooseFramework(u"pss"_s);
        QCOMPARE(m_page->tree().framework(), frameworkOf("pss"));
        m_page->chooseFramework(0);
        QVERIFY(context.review.framework() != u"pss"_s);
        context.navigator.openView(u"overview"_s);
        const QString title = QString::fromStdString(assessment().catalogue->findFramework("pss")->title);
        QAbstractButton* line = nullptr;
        for (auto* one : m_window->viewOf(u"overview"_s)->findChildren<QAbstractButton*>()) {
            if (one->toolTip().startsWith(title))
                line = one;
        }
        QVERIFY(line);
        line->click();
        QCOMPARE(context.navigator.place().view, u"compliance"_s);
        QCOMPARE(m_page->tree().framework(), frameworkOf("pss"));
    }

    void namesEveryInteractiveControl()
    {
        m_page->compareWith(1);
        m_page->record();
        QStringList unnamed;
        test::collectUnnamed(QAccessible::queryAccessibleInterface(m_window.get()), unnamed);
        auto* dialog = m_page->findChild<view::VerdictDialog*>();
        QVERIFY(dialog);
        test::collectUnnamed(QAccessible::queryAccessibleInterface(dialog), unnamed);
        dialog->reject();
        FindingsView* page = openFindings();
        page->waive({ 0 });
        auto* waive = page->findChild<view::WaiveDialog*>();
        QVERIFY(waive);
        test::collectUnnamed(QAccessible::queryAccessibleInterface(waive), unnamed);
        waive->reject();
        for (const auto tab : { FindingsView::Waivers, FindingsView::Suggestions }) {
            page->openPage(tab);
            test::collectUnnamed(QAccessible::queryAccessibleInterface(m_window.get()), unnamed);
        }
        QCOMPARE(unnamed, QStringList());
    }

private:
    void open()
    {
        m_window = std::make_unique<shell::MainWindow>(test::pool());
        m_window->resize(1440, 900);
        m_window->show();
        QSignalSpy opened(m_window.get(), &shell::MainWindow::opened);
        m_window->open({ .paths = { m_folder.filePath(u"sample"_s).toStdString() }, .isSample = false });
        QTRY_VERIFY_WITH_TIMEOUT(!opened.isEmpty(), 30'000);
        m_window->viewContext().navigator.openView(u"compliance"_s);
        m_page = m_window->findChild<ComplianceView*>();
        QVERIFY(m_page);
    }
    FindingsView* openFindings()
    {
        m_window->viewContext().navigator.openView(u"findings"_s);
        return m_window->findChild<FindingsView*>();
    }
    const assess::Assessment& assessment() const { return *m_window->viewContext().review.assessment(); }
    QString reviewFile() const { return m_folder.filePath(u"sample.review.yaml"_s); }
    std::uint32_t frameworkOf(std::string_view id) const
    {
        const auto& frameworks = assessment().frameworks;
        const auto found = std::ranges::find_if(
            frameworks, [&](const auto& one) { return assessment().catalogue->frameworks[one.framework].id == id; });
        return static_cast<std::uint32_t>(found - frameworks.begin());
    }
    std::uint32_t requirementWith(std::string_view framework, std::string_view control) const
    {
        const auto& requirements = assessment().catalogue->findFramework(framework)->requirements;
        const auto found = std::ranges::find_if(requirements, [&](const control::Requirement& one) {
            return std::ranges::find(one.controls, control) != one.controls.end();
        });
        return static_cast<std::uint32_t>(found - requirements.begin());
    }

    QTemporaryDir m_folder;
    std::unique_ptr<shell::MainWindow> m_window;
    ComplianceView* m_page = nullptr;
};

QTEST_MAIN(ComplianceViewTest)
#include "tst_ComplianceView.moc"
