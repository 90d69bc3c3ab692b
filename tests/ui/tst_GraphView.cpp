// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QDir>
#include <QFile>
#include <QLineEdit>
#include <QSignalSpy>
#include <QSvgRenderer>
#include <QTemporaryDir>
#include <QTest>
#include <QXmlStreamReader>

#include "core/assess/Assessment.h"
#include "tests/support/Support.h"
#include "ui/model/GraphTables.h"
#include "ui/view/paths/GraphPicture.h"
#include "ui/view/paths/GraphView.h"
#include "ui/widget/Table.h"
#include "ui/widget/Theme.h"
#include "ui/widget/graph/GraphLegend.h"

using namespace plimsoll;
using namespace plimsoll::ui;
using plimsoll::test::q;
using widget::graph::GraphCanvas;
using widget::graph::GraphScene;

namespace {

// Runs jobs at once, on the thread that asks: a test need not wait.
class AtOnce : public view::JobRunner {
public:
    void cancel(QObject*, const QString&) override { }

protected:
    void start(QObject*, Spec, std::function<void(Progress&)> work, std::function<void()> done) override
    {
        Progress progress;
        work(progress);
        done();
    }
};

const char* const shop = R"(
{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}, spec: {selector: {app: web}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    metadata: {labels: {app: web}}
    spec: {serviceAccountName: web, containers: [{name: c, image: nginx, envFrom: [{secretRef: {name: db}}]}]}
---
{apiVersion: v1, kind: ServiceAccount, metadata: {name: web, namespace: shop}}
---
{apiVersion: v1, kind: Secret, metadata: {name: db, namespace: shop}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: web-edits, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: edit}
subjects: [{kind: ServiceAccount, name: web, namespace: shop}, {kind: User, name: "<b>eve</b>"}]
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: edit, namespace: shop}, rules: []}
)";

std::shared_ptr<const assess::Assessment> assessmentOf(std::shared_ptr<const cluster::Cluster> cluster)
{
    auto assessment = std::make_shared<assess::Assessment>();
    assessment->cluster = std::move(cluster);
    if (!assessment->cluster->workloads().empty()) {
        assess::Finding finding;
        finding.severity = control::Severity::Critical;
        finding.object = assessment->cluster->workloads().front().object;
        assessment->findings.push_back(finding);
    }
    return assessment;
}

// A view with all that it is given.
struct Bench {
    view::Navigator navigator;
    view::ReviewFilter filter;
    AtOnce jobs;
    view::Review review;
    view::ViewContext context { navigator, filter, jobs, review };
    view::GraphView view { context };

    explicit Bench(std::shared_ptr<const assess::Assessment> assessment)
    {
        view.resize(1100, 800);
        view.setAssessment(std::move(assessment));
        view.show();
    }
    QStringList shown() const
    {
        QStringList refs;
        for (const attack::Neighbourhood::Node& node : view.neighbourhood().nodes)
            refs += node.isGroup() ? model::graphName(*view.graph(), node) : q(view.graph()->refOf(node.vertex));
        return refs;
    }
    int node(const char* ref) const { return static_cast<int>(shown().indexOf(QString::fromLatin1(ref))); }
};

} // namespace

class tst_GraphView : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void modelsKeepTheRulesOfModels();
    void opensAtTheWorstWorkload();
    void showsAnObjectThatIsAskedFor();
    void clickSelectsAndInspects();
    void tableAndCanvasHaveOneSelection();
    void keysWalkHideAndGoBack();
    void legendHidesAKind();
    void overviewLeadsIntoANamespace();
    void searchCompletesAndFocuses();
    void findCountsAndSelects();
    void zoomKeepsThePlaceUnderThePointer();
    void exportsBothForms_data();
    void exportsBothForms();
    void exportIsTheSameTwice();
    void clusterTextStaysText();
    void picturesDoNotDependOnChance_data();
    void picturesDoNotDependOnChance();
    void emptyStates();
    void showsHugeScenes();

private:
    std::shared_ptr<const assess::Assessment> m_assessment;
};

void tst_GraphView::initTestCase()
{
    widget::applyTheme(*qApp, widget::ThemeChoice::Light);
    m_assessment = assessmentOf(test::clusterFrom(shop));
}

void tst_GraphView::init()
{
    // What the platform plugin of the tests says about itself is no fault of ours.
    QTest::failOnWarning(QRegularExpression(QStringLiteral("^(?!This plugin does not support)")));
}

void tst_GraphView::modelsKeepTheRulesOfModels()
{
    model::GraphObjectsModel objects;
    model::GraphLinksModel links;
    const QAbstractItemModelTester objectTester(&objects, QAbstractItemModelTester::FailureReportingMode::QtTest);
    const QAbstractItemModelTester linkTester(&links, QAbstractItemModelTester::FailureReportingMode::QtTest);
    const attack::EntityGraph graph(m_assessment->cluster);
    const auto view = attack::neighbourhood(graph, { .focus = { graph.find("deployment/shop/web") } });
    const auto severity = view::worstSeverities(graph, *m_assessment);
    objects.setRows(model::graphObjectRows(graph, view, severity));
    links.setRows(model::graphLinkRows(graph, view));
    QCOMPARE(objects.rowCount(), static_cast<int>(view.nodes.size()));
    QCOMPARE(links.rowCount(), static_cast<int>(view.links.size()));
    objects.sort(3, Qt::DescendingOrder);
    QCOMPARE(objects.index(0, 0).data().toString(), QStringLiteral("web")); // the deployment has most links
    QCOMPARE(objects.index(0, 0).data(model::SeverityRole).toInt(), 0);
    objects.setRows({});
    QCOMPARE(objects.rowCount(), 0);
}

void tst_GraphView::opensAtTheWorstWorkload()
{
    const Bench bench(m_assessment);
    QCOMPARE(bench.shown(),
        QStringList({ QStringLiteral("service/shop/web"), QStringLiteral("deployment/shop/web"),
            QStringLiteral("serviceaccount/shop/web"), QStringLiteral("secret/shop/db"), QStringLiteral("image/nginx"),
            QStringLiteral("rolebinding/shop/web-edits"), QStringLiteral("role/shop/edit") }));
    QCOMPARE(bench.view.canvas()->selected(), bench.node("deployment/shop/web"));
}

void tst_GraphView::showsAnObjectThatIsAskedFor()
{
    Bench bench(m_assessment);
    bench.view.showObject(m_assessment->cluster->find("Role", "shop", "edit"));
    QVERIFY(bench.node("user/<b>eve</b>") >= 0);
    QCOMPARE(bench.view.canvas()->selected(), bench.node("role/shop/edit"));
    bench.view.back();
    QVERIFY(bench.node("user/<b>eve</b>") < 0);
}

void tst_GraphView::clickSelectsAndInspects()
{
    Bench bench(m_assessment);
    QSignalSpy inspected(&bench.navigator, &view::Navigator::inspected);
    GraphCanvas* canvas = bench.view.canvas();
    const int secret = bench.node("secret/shop/db");
    const QPointF at = canvas->transform().toView(QRectF(canvas->scene()->rect(secret)).center());
    QTest::mouseClick(canvas->viewport(), Qt::LeftButton, {}, at.toPoint());
    QCOMPARE(canvas->selected(), secret);
    QCOMPARE(inspected.count(), 1);
    QCOMPARE(bench.navigator.place().object, m_assessment->cluster->find("Secret", "shop", "db"));
    QVERIFY(canvas->accessibleDescription().contains(QStringLiteral("db")));
}

void tst_GraphView::tableAndCanvasHaveOneSelection()
{
    Bench bench(m_assessment);
    auto tables = bench.view.findChildren<widget::Table*>();
    QCOMPARE(tables.size(), 2);
    if (tables[0]->accessibleName() != QStringLiteral("Objects"))
        std::swap(tables[0], tables[1]);
    const int secret = bench.node("secret/shop/db");
    bench.view.canvas()->select(secret);
    QCOMPARE(tables[0]->selectionModel()->selectedRows().size(), 1);
    QCOMPARE(tables[0]->selectionModel()->selectedRows().front().data().toString(), QStringLiteral("db"));
    QCOMPARE(tables[1]->selectionModel()->selectedRows().size(), 1);
    const QModelIndex service = tables[0]->model()->index(bench.node("service/shop/web"), 0);
    tables[0]->setCurrentIndex(service);
    QCOMPARE(bench.view.canvas()->selected(), bench.node("service/shop/web"));
}

void tst_GraphView::keysWalkHideAndGoBack()
{
    Bench bench(m_assessment);
    GraphCanvas* canvas = bench.view.canvas();
    QTest::keyClick(canvas, Qt::Key_Left);
    QCOMPARE(canvas->selected(), bench.node("service/shop/web"));
    QTest::keyClick(canvas, Qt::Key_Backspace);
    QCOMPARE(bench.node("service/shop/web"), -1);
    bench.view.back();
    QVERIFY(bench.node("service/shop/web") >= 0);
    canvas->select(bench.node("rolebinding/shop/web-edits"));
    QTest::keyClick(canvas, Qt::Key_Return); // expands: the other subject comes
    QVERIFY(bench.node("user/<b>eve</b>") >= 0);
    QTest::keyClick(canvas, Qt::Key_Return); // collapses
    QVERIFY(bench.node("user/<b>eve</b>") < 0);
}

void tst_GraphView::legendHidesAKind()
{
    Bench bench(m_assessment);
    auto* legend = bench.view.findChild<widget::graph::GraphLegend*>();
    QVERIFY(legend != nullptr);
    Q_EMIT legend->kindToggled(static_cast<int>(attack::EntityKind::Secret), false);
    QCOMPARE(bench.node("secret/shop/db"), -1);
    QCOMPARE(bench.view.neighbourhood().filtered, 1u);
    Q_EMIT legend->kindToggled(static_cast<int>(attack::EntityKind::Secret), true);
    QVERIFY(bench.node("secret/shop/db") >= 0);
}

void tst_GraphView::overviewLeadsIntoANamespace()
{
    Bench bench(m_assessment);
    bench.view.showOverview();
    QVERIFY(bench.view.neighbourhood().isOverview);
    const int shopNode = bench.node("namespace/shop");
    QVERIFY(shopNode >= 0);
    bench.view.canvas()->select(shopNode);
    QTest::keyClick(bench.view.canvas(), Qt::Key_Return);
    QVERIFY(!bench.view.neighbourhood().isOverview);
    QVERIFY(bench.node("deployment/shop/web") >= 0);
}

void tst_GraphView::searchCompletesAndFocuses()
{
    Bench bench(m_assessment);
    auto* search = bench.view.findChild<QLineEdit*>();
    QVERIFY(search != nullptr);
    QTest::keyClicks(search, QStringLiteral("eve"));
    QTest::keyClick(search, Qt::Key_Return);
    QTRY_COMPARE(bench.shown(),
        QStringList({ QStringLiteral("user/<b>eve</b>"), QStringLiteral("rolebinding/shop/web-edits"),
            QStringLiteral("role/shop/edit") }));
}

void tst_GraphView::findCountsAndSelects()
{
    Bench bench(m_assessment);
    GraphCanvas* canvas = bench.view.canvas();
    QCOMPARE(canvas->find(QStringLiteral("EDIT"), false), 2);
    const int first = canvas->selected();
    canvas->find(QStringLiteral("edit"), true);
    QVERIFY(canvas->selected() != first);
    QCOMPARE(canvas->find(QStringLiteral("no such thing"), false), 0);
}

void tst_GraphView::zoomKeepsThePlaceUnderThePointer()
{
    Bench bench(m_assessment);
    GraphCanvas* canvas = bench.view.canvas();
    const QPointF at(300, 200);
    const QPointF before = canvas->transform().toScene(at);
    canvas->zoomAt(at, 1.7);
    const QPointF after = canvas->transform().toScene(at);
    QVERIFY((before - after).manhattanLength() < 0.01);
    canvas->fit();
    QVERIFY(QRectF(canvas->viewport()->rect()).contains(canvas->transform().toView(QRectF(canvas->scene()->bounds))));
}

void tst_GraphView::exportsBothForms_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("factor");
    QTest::addRow("svg") << QStringLiteral("graph.svg") << 1;
    QTest::addRow("png at 1") << QStringLiteral("graph1.png") << 1;
    QTest::addRow("png at 4") << QStringLiteral("graph4.png") << 4;
}

void tst_GraphView::exportsBothForms()
{
    QFETCH(QString, name);
    QFETCH(int, factor);
    const QTemporaryDir folder;
    const Bench bench(m_assessment);
    QString problem;
    QVERIFY2(bench.view.exportTo(folder.filePath(name), factor, &problem), qPrintable(problem));
    if (name.endsWith(QStringLiteral(".svg"))) {
        QSvgRenderer renderer(folder.filePath(name));
        QVERIFY(renderer.isValid());
        QVERIFY(renderer.viewBox().width() > bench.view.canvas()->scene()->bounds.width());
    } else {
        const QImage image(folder.filePath(name));
        QVERIFY(image.width() >= bench.view.canvas()->scene()->bounds.width() * factor);
        QVERIFY(image.pixel(image.width() / 2, 2) != 0);
    }
    QVERIFY(!bench.view.exportTo(folder.filePath(QStringLiteral("no/such/folder.png")), 1, &problem));
    QVERIFY(!problem.isEmpty());
}

void tst_GraphView::exportIsTheSameTwice()
{
    const Bench first(m_assessment);
    const Bench second(m_assessment);
    const auto bytes
        = [](const Bench& bench) { return view::svgOf(*bench.view.canvas()->scene(), QStringLiteral("t")); };
    QVERIFY(bytes(first).size() > 2000);
    QCOMPARE(bytes(first), bytes(second));
    QCOMPARE(view::imageOf(*first.view.canvas()->scene(), 2), view::imageOf(*second.view.canvas()->scene(), 2));
}

void tst_GraphView::clusterTextStaysText()
{
    Bench bench(m_assessment);
    const attack::VertexId eve = bench.view.graph()->find("user/<b>eve</b>");
    QVERIFY(eve);
    bench.view.focusOn({ eve });
    const QByteArray svg = view::svgOf(*bench.view.canvas()->scene(), QStringLiteral("<b>eve</b> & co"));
    QXmlStreamReader reader(svg);
    QString all, title;
    while (!reader.atEnd()) {
        if (reader.readNext() == QXmlStreamReader::Characters)
            all += reader.text();
        if (reader.isStartElement() && reader.name() == QLatin1String("title"))
            title = reader.readElementText();
    }
    QVERIFY2(!reader.hasError(), qPrintable(reader.errorString()));
    QVERIFY(all.contains(QStringLiteral("<b>eve</b>")));
    QCOMPARE(title, QStringLiteral("<b>eve</b> & co"));
}

void tst_GraphView::picturesDoNotDependOnChance_data()
{
    QTest::addColumn<QString>("path");
    QTest::addRow("sample") << q(test::sourcePath("resources/sample"));
    QTest::addRow("harbor") << q(test::sharedPath("snapshots/harbor").value_or(""));
}

void tst_GraphView::picturesDoNotDependOnChance()
{
    QFETCH(QString, path);
    if (path.isEmpty() || !QDir(path).exists())
        QSKIP("the cluster of this row is not here");
    const auto assessment = assessmentOf(test::clusterFromPath(path.toStdString()));
    const attack::EntityGraph graph(assessment->cluster);
    const attack::EntityGraph again(test::clusterFromPath(path.toStdString()));
    const auto severity = view::worstSeverities(graph, *assessment);
    int different = 0;
    int overlapping = 0;
    for (std::uint32_t at = 0; at < graph.vertices().size(); at += 97) {
        const attack::Question question { .focus = { attack::VertexId { at } },
            .expanded = { attack::VertexId { at } } };
        const auto scene = view::pictureOf(graph, attack::neighbourhood(graph, question), severity);
        const auto second = view::pictureOf(again, attack::neighbourhood(again, question), severity);
        different += scene->x == second->x && scene->y == second->y && scene->title == second->title
                && scene->bends == second->bends
            ? 0
            : 1;
        for (int node = 0; node < scene->nodeCount(); ++node)
            overlapping += scene->nodesIn(QRectF(scene->rect(node))).size() == 1 ? 0 : 1;
    }
    QCOMPARE(different, 0);
    QCOMPARE(overlapping, 0);
}

void tst_GraphView::emptyStates()
{
    Bench bench(nullptr);
    QVERIFY(bench.view.graph() == nullptr);
    QVERIFY(!bench.view.canvas()->isVisible());
    bench.view.expandAll();
    bench.view.back();
    QString problem;
    QVERIFY(!bench.view.exportTo(QStringLiteral("nothing.svg"), 1, &problem));
    QVERIFY(!problem.isEmpty());
    bench.view.setAssessment(m_assessment);
    QVERIFY(bench.view.canvas()->isVisible());
    bench.view.setAssessment(nullptr);
    QVERIFY(!bench.view.canvas()->isVisible());
}

void tst_GraphView::showsHugeScenes()
{
    auto scene = std::make_shared<GraphScene>();
    scene->kinds = view::kindLooks();
    constexpr int side = 316; // 100,000 nodes
    for (int node = 0; node < side * side; ++node) {
        scene->addNode({ node % side * 260, node / side * 70, 184, 44 }, static_cast<std::uint8_t>(node % 15),
            static_cast<std::uint8_t>(node % 6), 0, QStringLiteral("node"), QStringLiteral("Kind"));
    }
    for (std::uint32_t edge = 0; edge + 1 < side * side; ++edge)
        scene->addEdge(edge, edge + 1, QStringLiteral("edge"));
    scene->finish();
    GraphCanvas canvas;
    canvas.resize(1600, 1000);
    canvas.setScene(scene);
    canvas.show();
    const QImage far = canvas.grab().toImage();
    QVERIFY(far.pixelColor(800, 500) != widget::theme().window || far.pixelColor(801, 501) != widget::theme().window);
    canvas.zoomBy(1 / canvas.zoom());
    QVERIFY(!canvas.grab().isNull());
    QCOMPARE(canvas.scene()->nodeAt(QRectF(scene->rect(4711)).center()), 4711);
}

QTEST_MAIN(tst_GraphView)
#include "tst_GraphView.moc"
