// SPDX-License-Identifier: Apache-2.0
#include <QAbstractItemModelTester>
#include <QApplication>
#include <QDropEvent>
#include <QFile>
#include <QLineEdit>
#include <QMimeData>
#include <QSettings>
#include <QSignalSpy>
#include <QTableWidget>
#include <QTemporaryDir>
#include <QToolButton>
#include <QUrl>

#include "tests/support/Support.h"
#include "tests/ui/Accessible.h"
#include "ui/shell/MainWindow.h"
#include "ui/view/images/EvidencePage.h"
#include "ui/view/images/ImagePanel.h"
#include "ui/view/images/ImagesView.h"
#include "ui/view/images/VulnerabilitiesPage.h"
#include "ui/widget/Table.h"
#include "ui/widget/Theme.h"
#include "ui/widget/TimeLine.h"

using namespace plimsoll;
using namespace plimsoll::ui;
using namespace Qt::StringLiterals;
using model::ImagesModel;
using view::ImagesView;

namespace {

// Two versions of one repository, one of them ended; a report of trivy-operator about the older, made by digest; one
// about an image that runs nowhere; an image that nobody looked at; one that no runtime would take.
constexpr auto shop = R"(
apiVersion: v1
kind: Pod
metadata: {name: old, namespace: shop, creationTimestamp: "2026-11-01T00:00:00Z"}
spec: {containers: [{name: c, image: "postgres:13.4", securityContext: {privileged: true}}]}
status:
  phase: Running
  containerStatuses:
  - name: c
    image: docker.io/library/postgres:13.4
    imageID: docker.io/library/postgres@sha256:1111111111111111111111111111111111111111111111111111111111111111
---
apiVersion: v1
kind: Pod
metadata: {name: new, namespace: data, creationTimestamp: "2026-11-01T00:00:00Z"}
spec: {containers: [{name: c, image: "postgres:17.2"}]}
---
apiVersion: v1
kind: Pod
metadata: {name: unseen, namespace: data}
spec: {containers: [{name: c, image: ghcr.io/acme/web}]}
---
apiVersion: v1
kind: Pod
metadata: {name: refused, namespace: data}
spec: {containers: [{name: c, image: "ghcr.io/Acme/web:1"}]}
---
apiVersion: aquasecurity.github.io/v1alpha1
kind: VulnerabilityReport
metadata:
  name: pod-old-c
  namespace: shop
  labels:
    trivy-operator.container.name: c
    trivy-operator.resource.kind: Pod
    trivy-operator.resource.name: old
    trivy-operator.resource.namespace: shop
report:
  artifact:
    repository: library/postgres
    tag: "13.4"
    digest: sha256:1111111111111111111111111111111111111111111111111111111111111111
  registry: {server: index.docker.io}
  scanner: {name: Trivy, vendor: Aqua Security, version: 0.69.0}
  updateTimestamp: "2026-10-30T00:00:00Z"
  summary: {criticalCount: 1, highCount: 1, mediumCount: 0, lowCount: 0, unknownCount: 0}
  vulnerabilities:
  - {vulnerabilityID: CVE-2026-0001, resource: openssl, installedVersion: "1.0", fixedVersion: "1.1",
     severity: CRITICAL, title: t, primaryLink: "", links: [], score: 9.8}
  - {vulnerabilityID: CVE-2026-0002, resource: zlib, installedVersion: "1.0", fixedVersion: "",
     severity: HIGH, title: t, primaryLink: "", links: [], score: 7.5}
---
apiVersion: aquasecurity.github.io/v1alpha1
kind: VulnerabilityReport
metadata: {name: pod-gone-c, namespace: shop}
report:
  artifact: {repository: acme/gone, tag: "1"}
  registry: {server: ghcr.io}
  scanner: {name: Trivy, vendor: Aqua Security, version: 0.69.0}
  updateTimestamp: "2026-10-30T00:00:00Z"
  vulnerabilities: []
)";

template <class Widget> Widget* named(QWidget* root, const QString& name)
{
    for (Widget* one : root->findChildren<Widget*>()) {
        if (one->accessibleName() == name)
            return one;
    }
    return nullptr;
}

// All texts of a tree, a row each, depth first.
QStringList textsOf(const QAbstractItemModel& model, const QModelIndex& parent = {}, int depth = 0)
{
    QStringList out;
    for (int row = 0; row < model.rowCount(parent); ++row) {
        const QModelIndex index = model.index(row, 0, parent);
        out.append(QString(depth, u' ') + index.data().toString());
        out += textsOf(model, index, depth + 1);
    }
    return out;
}

} // namespace

class ImagesViewTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QSettings::setDefaultFormat(QSettings::IniFormat);
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_folder.path());
        QCoreApplication::setOrganizationName(u"plimsoll-test"_s);
        QCoreApplication::setApplicationName(u"plimsoll-test"_s);
        widget::applyTheme(*qApp, widget::ThemeChoice::Light);
        const QString path = m_folder.filePath(u"shop.yaml"_s);
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(shop) > 0);
        file.close();
        m_window = std::make_unique<shell::MainWindow>(test::pool());
        m_window->resize(1440, 900);
        m_window->show();
        QSignalSpy opened(m_window.get(), &shell::MainWindow::opened);
        m_window->open({ .paths = { path.toStdString() } });
        QTRY_VERIFY_WITH_TIMEOUT(!opened.isEmpty(), 30'000);
        m_window->viewContext().navigator.openView(u"images"_s);
        m_page = m_window->findChild<ImagesView*>();
        QVERIFY(m_page);
        QTRY_VERIFY_WITH_TIMEOUT(m_page->isComputed(), 30'000);
    }
    void cleanupTestCase() { m_window.reset(); }

    void treeIsByRegistryAndRepository()
    {
        const QStringList lines = textsOf(m_page->tree());
        QCOMPARE(lines,
            (QStringList { u"docker.io"_s, u" library/postgres"_s, u"  13.4"_s, u"  17.2"_s, u"ghcr.io"_s,
                u" acme/web"_s, u"not a valid reference"_s, u" ghcr.io/Acme/web:1"_s }));
        ImagesModel copy;
        QAbstractItemModelTester tester(&copy, QAbstractItemModelTester::FailureReportingMode::QtTest);
        copy.setRows(m_page->tables().images);
        copy.setRows({});
    }

    // "No report" is a state of its own, also where others below the same registry have one.
    void noReportIsNotNoVulnerability()
    {
        QMap<QString, QString> shown;
        for (const model::ImageRow& row : m_page->tables().images)
            shown[row.repository + u':' + row.version] = row.vulnerabilities.text();
        QCOMPARE(shown.value(u"library/postgres:13.4"_s), u"C 1  H 1"_s);
        QCOMPARE(shown.value(u"library/postgres:17.2"_s), u"no report"_s);
        const QModelIndex docker = m_page->tree().index(0, ImagesModel::Vulnerabilities);
        QVERIFY2(docker.data().toString().contains(u"1 of 2 have a report"_s), qPrintable(docker.data().toString()));
        model::VulnerabilityCounts none;
        none.isScanned = true;
        QCOMPARE(none.text(), u"none open"_s);
    }

    void versionsStandSideBySide()
    {
        const model::ImageTables& tables = m_page->tables();
        const auto old = std::ranges::find(tables.images, u"13.4"_s, &model::ImageRow::version);
        QVERIFY(old != tables.images.end());
        QVERIFY(old->newest.contains(u"17.2"_s));
        m_page->panel()->showImage(imagesOf(), old->index);
        QTRY_COMPARE(m_page->panel()->shown().versions.versions.size(), 2u);
        const auto& versions = m_page->panel()->shown().versions.versions;
        QCOMPARE(versions[0].title, u"13.4"_s);
        QVERIFY(!versions[0].isNewest && versions[1].isNewest);
        auto* table = named<QTableWidget>(m_page, u"Versions of the repository side by side"_s);
        QCOMPARE(table->columnCount(), 2);
        QCOMPARE(m_page->panel()->shown().uses.size(), 1u);
        QVERIFY(m_page->panel()->shown().uses.front().running.startsWith(u"sha256:1111"_s));
        QCOMPARE(m_page->panel()->shown().uses.front().pointer, u"/spec/containers/0/image"_s);
        QCOMPARE(m_page->panel()->shown().vulnerabilities.size(), 2u);
    }

    void rankExplainsItself()
    {
        const auto& ranked = m_page->tables().ranked;
        QCOMPARE(ranked.size(), 2u);
        QCOMPARE(ranked.front().id, u"CVE-2026-0001"_s);
        for (const model::VulnerabilityRow& row : ranked) {
            int sum = 0;
            for (const QString& step : row.steps)
                sum += step.section(u' ', 0, 0).toInt();
            QCOMPARE(sum, row.points);
        }
        QVERIFY(ranked.front().points > ranked.back().points);
        m_page->openPage(ImagesView::Vulnerabilities);
        auto* page = m_page->findChild<view::VulnerabilitiesPage*>();
        auto* table = named<widget::Table>(page, u"Vulnerabilities, worst for this cluster first"_s);
        QCOMPARE(table->model()->rowCount(), 2);
        auto* filter = named<QLineEdit>(page, u"Filter the vulnerabilities by text"_s);
        filter->setText(u"zlib"_s);
        QCOMPARE(table->model()->rowCount(), 1);
        filter->clear();
        // One image to update ends what has a fix.
        QCOMPARE(m_page->tables().updates.size(), 1u);
        QCOMPARE(m_page->tables().updates.front().fixable, 1u);
        QCOMPARE(m_page->tables().updates.front().open, 2u);
        QCOMPARE(m_page->tables().fixes.size(), 1u);
    }

    void evidenceTellsWhatMatchedAndWhatNot()
    {
        m_page->openPage(ImagesView::Evidence);
        auto* table = named<widget::Table>(m_page, u"Reports of other tools"_s);
        QCOMPARE(table->model()->rowCount(), 2);
        QMap<QString, QString> matched;
        for (int row = 0; row < 2; ++row)
            matched[table->model()->index(row, 0).data().toString()] = table->model()->index(row, 5).data().toString();
        for (auto it = matched.cbegin(); it != matched.cend(); ++it)
            QVERIFY2(
                it.value().startsWith(it.key().contains(u"gone"_s) ? u'\u25cb' : u'\u2713'), qPrintable(it.value()));
        auto* unscanned = named<widget::Table>(m_page, u"Images without a report"_s);
        QCOMPARE(unscanned->model()->rowCount(), 3);
    }

    void droppedFilesAreOffered()
    {
        auto* page = m_page->findChild<view::EvidencePage*>();
        QSignalSpy offered(m_page, &ImagesView::evidenceOffered);
        QMimeData data;
        data.setUrls({ QUrl::fromLocalFile(u"/tmp/report.json"_s), QUrl(u"https://example.com/x"_s) });
        QDragEnterEvent enter({ 10, 10 }, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(page, &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent drop({ 10, 10 }, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(page, &drop);
        QCOMPARE(offered.size(), 1);
        QCOMPARE(offered.front().front().toStringList(), QStringList { u"/tmp/report.json"_s }); // nothing is fetched
    }

    void supportEndsStandOnATimeLine()
    {
        const auto& support = m_page->tables().support;
        const auto ended = std::ranges::find(support, model::SupportState::Ended, &model::SupportRow::state);
        QVERIFY(ended != support.end());
        QCOMPARE(ended->line, u"13"_s);
        QVERIFY(ended->end.has_value());
        m_page->openPage(ImagesView::Support);
        auto* line = m_page->findChild<widget::TimeLine*>();
        QCOMPARE(line->items().size(), support.size());
        auto* onlyEnded = [&]() -> QToolButton* {
            for (auto* one : m_page->findChildren<QToolButton*>()) {
                if (one->text() == u"Support ended"_s)
                    return one;
            }
            return nullptr;
        }();
        QVERIFY(onlyEnded);
        onlyEnded->setChecked(true);
        QCOMPARE(m_page->tree().rows().size(), 1u);
        onlyEnded->setChecked(false);
    }

    void exportsWhatIsShown_data()
    {
        QTest::addColumn<int>("page");
        QTest::addColumn<int>("lines");
        QTest::addRow("images") << static_cast<int>(ImagesView::List) << 5;
        QTest::addRow("vulnerabilities") << static_cast<int>(ImagesView::Vulnerabilities) << 3;
        QTest::addRow("evidence") << static_cast<int>(ImagesView::Evidence) << 3;
    }
    void exportsWhatIsShown()
    {
        QFETCH(int, page);
        QFETCH(int, lines);
        m_page->openPage(static_cast<ImagesView::Page>(page));
        QString problem = u"not done"_s;
        const QString path = m_folder.filePath(u"%1.csv"_s.arg(page));
        m_page->exportTo(path, [&](const QString& told) { problem = told; });
        QTRY_COMPARE(problem, QString());
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll().count("\r\n"), lines);
    }

    void versionsAreOrderedByNumbers_data()
    {
        QTest::addColumn<QString>("older");
        QTest::addColumn<QString>("newer");
        QTest::addRow("a longer number is greater") << u"1.9"_s << u"1.10"_s;
        QTest::addRow("zeros in front do not count") << u"1.07"_s << u"1.8"_s;
        QTest::addRow("more parts are newer") << u"1.2"_s << u"1.2.1"_s;
        QTest::addRow("letters by their order") << u"1.2-alpine"_s << u"1.2-bookworm"_s;
    }
    void versionsAreOrderedByNumbers()
    {
        QFETCH(QString, older);
        QFETCH(QString, newer);
        ImagesModel tree;
        std::vector<model::ImageRow> rows(2);
        rows[0].version = newer;
        rows[1].version = older;
        rows[0].index = 1;
        tree.setRows(rows);
        QCOMPARE(tree.rows().front().version, older);
        rows[0].version = older;
        rows[1].version = newer;
        tree.setRows(rows);
        QCOMPARE(tree.rows().front().version, older);
    }

    void everyControlHasAName()
    {
        for (int page = 0; page < ImagesView::pageCount; ++page) {
            m_page->openPage(static_cast<ImagesView::Page>(page));
            QTest::qWait(30);
            QStringList unnamed;
            test::collectUnnamed(QAccessible::queryAccessibleInterface(m_page), unnamed);
            QCOMPARE(unnamed, QStringList());
        }
    }

    void anotherClusterReplacesAll()
    {
        m_page->setAssessment(nullptr);
        QVERIFY(!m_page->isComputed());
        for (widget::Table* table : m_page->findChildren<widget::Table*>())
            QCOMPARE(table->model()->rowCount(), 0);
    }

private:
    model::Images imagesOf()
    {
        Progress progress;
        return model::imagesOf(m_window->viewContext().review.assessment(), progress);
    }

    QTemporaryDir m_folder;
    std::unique_ptr<shell::MainWindow> m_window;
    ImagesView* m_page = nullptr;
};

QTEST_MAIN(ImagesViewTest)
#include "tst_ImagesView.moc"
