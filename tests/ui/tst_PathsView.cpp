// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QFile>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include "core/assess/Assessment.h"
#include "core/control/Catalogue.h"
#include "tests/support/Support.h"
#include "ui/view/paths/GraphView.h"
#include "ui/view/paths/PathsView.h"
#include "ui/widget/Theme.h"

using namespace plimsoll;
using namespace plimsoll::ui;
using namespace Qt::StringLiterals;
using model::PathMode;
using view::PathsView;

namespace {

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

// A web shop whose pod is exposed, holds a token, and is bound to cluster-admin; ten more pods beside it.
std::string shop()
{
    std::string yaml = R"(
{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop},
 spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80}]}}
---
{apiVersion: v1, kind: ServiceAccount, metadata: {name: web, namespace: shop}}
---
{apiVersion: v1, kind: Secret, metadata: {name: db, namespace: shop}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: web-admin}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: everything}
subjects: [{kind: ServiceAccount, name: web, namespace: shop}]
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: everything},
 rules: [{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}]}
)";
    for (int at = 0; at < 11; ++at) {
        const std::string name = at == 0 ? "web" : "side" + std::to_string(at);
        yaml += "---\n{apiVersion: apps/v1, kind: Deployment, metadata: {name: " + name
            + ", namespace: shop}, spec: {template: {metadata: {labels: {app: " + name
            + "}}, spec: {serviceAccountName: web, containers: [{name: c, image: nginx, ports: [{containerPort: "
              "80}]}]}}}}\n";
    }
    return yaml;
}

struct Bench {
    view::Navigator navigator;
    view::ReviewFilter filter;
    AtOnce jobs;
    view::Review review;
    view::ViewContext context { navigator, filter, jobs, review };
    PathsView view { context };

    explicit Bench(std::shared_ptr<const assess::Assessment> assessment)
    {
        view.resize(1300, 800);
        view.setAssessment(std::move(assessment));
        view.show();
    }
    int node(const QString& title) const
    {
        const auto& nodes = view.answer().picture.nodes;
        const auto found = std::ranges::find(nodes, title, &model::PathNode::title);
        return found == nodes.end() ? -1 : static_cast<int>(found - nodes.begin());
    }
    attack::PlaceId find(const char* ref) const { return view.graph()->find(ref); }
};

} // namespace

class tst_PathsView : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void modelsKeepTheRulesOfModels();
    void opensWithWaysFromTheInternet();
    void stepsAreTold();
    void waysOfManyStartsFold();
    void foldedNodesOpenAndUndo();
    void blastRadiusCountsEveryPlace();
    void whoReachesEndsAtTheGoal();
    void chokePointIsMarkedAndTried();
    void classesTakeWaysAway();
    void namespacesLeadIntoWays();
    void notesAndPinsAreSeen();
    void exportsEveryForm_data();
    void exportsEveryForm();
    void objectsAreAsked();
    void emptyStates();

private:
    std::shared_ptr<const assess::Assessment> m_assessment;
};

void tst_PathsView::initTestCase()
{
    widget::applyTheme(*qApp, widget::ThemeChoice::Light);
    const auto catalogue = control::loadCatalogue();
    Progress progress;
    const auto made = assess::assess(test::clusterFrom(shop().c_str()), *catalogue, {}, {}, test::pool(), progress);
    VERIFY_RESULT(made);
    m_assessment = *made;
    QVERIFY(m_assessment->attack != nullptr);
}

void tst_PathsView::init()
{
    // What the platform plugin of the tests says about itself is no fault of ours.
    QTest::failOnWarning(QRegularExpression(u"^(?!This plugin does not support)"_qs));
}

void tst_PathsView::modelsKeepTheRulesOfModels()
{
    const Bench bench(m_assessment);
    model::PathGroupsModel groups;
    model::PathStepsModel steps;
    const QAbstractItemModelTester groupTester(&groups, QAbstractItemModelTester::FailureReportingMode::QtTest);
    const QAbstractItemModelTester stepTester(&steps, QAbstractItemModelTester::FailureReportingMode::QtTest);
    groups.setRows(model::groupRows(*bench.view.graph(), bench.view.answer()));
    steps.setRows(model::stepRows(*bench.view.graph(), bench.view.answer().groups.front().sample));
    QCOMPARE(groups.rowCount(), static_cast<int>(bench.view.answer().groups.size()));
    QVERIFY(steps.rowCount() >= 3);
    groups.sort(0, Qt::DescendingOrder);
    steps.setRows({});
    QCOMPARE(steps.rowCount(), 0);
}

void tst_PathsView::opensWithWaysFromTheInternet()
{
    const Bench bench(m_assessment);
    QCOMPARE(bench.view.state().mode, PathMode::Paths);
    QCOMPARE(bench.view.answer().open, 1u);
    QVERIFY(bench.node(u"Internet"_qs) >= 0);
    QVERIFY(bench.node(u"cluster-admin"_qs) >= 0);
    QVERIFY(bench.node(u"web-admin"_qs) >= 0); // the binding is what can be changed
    for (const model::PathEdge& edge : bench.view.answer().picture.edges) {
        const auto& nodes = bench.view.answer().picture.nodes;
        QVERIFY(nodes[edge.from].column < nodes[edge.to].column); // from left to right
        QVERIFY(!edge.label.isEmpty());
    }
}

void tst_PathsView::stepsAreTold()
{
    const Bench bench(m_assessment);
    const attack::Path& path = bench.view.answer().groups.front().sample;
    bool isBindingTold = false;
    for (const std::uint32_t step : path.steps) {
        const QString told = model::stepExplanation(*bench.view.graph(), step);
        QVERIFY(told.contains(u"PLM-E"_qs));
        isBindingTold = isBindingTold || told.contains(u"web-admin"_qs);
    }
    QVERIFY(isBindingTold);
}

void tst_PathsView::waysOfManyStartsFold()
{
    Bench bench(m_assessment);
    PathsView::State state = bench.view.state();
    state.from = model::FromPreset::Containers;
    bench.view.take(state);
    QCOMPARE(bench.view.answer().open, 11u);
    QVERIFY(bench.node(u"11 Containers"_qs) >= 0);
    QVERIFY(bench.view.answer().picture.nodes.size() < 12);
}

void tst_PathsView::foldedNodesOpenAndUndo()
{
    Bench bench(m_assessment);
    PathsView::State state = bench.view.state();
    state.from = model::FromPreset::Containers;
    bench.view.take(state);
    const std::size_t before = bench.view.answer().picture.nodes.size();
    Q_EMIT bench.view.canvas()->activated(bench.node(u"11 Containers"_qs));
    QCOMPARE(bench.view.answer().picture.nodes.size(), before + 10);
    bench.view.undo();
    QCOMPARE(bench.view.answer().picture.nodes.size(), before);
    bench.view.redo();
    QCOMPARE(bench.view.answer().picture.nodes.size(), before + 10);
    const int side = bench.node(u"web-admin"_qs);
    Q_EMIT bench.view.canvas()->hideRequested(side);
    QVERIFY(bench.node(u"web-admin"_qs) < 0);
}

void tst_PathsView::blastRadiusCountsEveryPlace()
{
    Bench bench(m_assessment);
    const attack::PlaceId container = bench.find("serviceaccount/shop/web");
    QVERIFY(container);
    bench.view.blastRadiusOf(container);
    QCOMPARE(bench.view.state().mode, PathMode::Reach);
    const auto& reached = bench.view.answer().reached;
    QVERIFY(std::ranges::find(reached, bench.find("secret/shop/db")) != reached.end());
    std::size_t drawn = 0;
    for (const model::PathNode& node : bench.view.answer().picture.nodes)
        drawn += node.places.size();
    QCOMPARE(drawn, reached.size() + 1); // and itself
    QVERIFY(bench.view.answer().picture.nodes.size() <= 300);
}

void tst_PathsView::whoReachesEndsAtTheGoal()
{
    Bench bench(m_assessment);
    bench.view.whoReaches(bench.find("cluster-admin"));
    const auto& reached = bench.view.answer().reached;
    QVERIFY(std::ranges::find(reached, bench.find("serviceaccount/shop/web")) != reached.end());
    QVERIFY(std::ranges::find(reached, bench.view.graph()->outside()) != reached.end());
}

void tst_PathsView::chokePointIsMarkedAndTried()
{
    Bench bench(m_assessment);
    bench.view.setMode(PathMode::ChokePoints);
    PathsView::State state = bench.view.state();
    state.to = model::ToPreset::ClusterAdmin;
    state.from = model::FromPreset::Internet;
    bench.view.take(state);
    const auto& chokes = bench.view.answer().chokes;
    const auto binding = std::ranges::find_if(chokes, [&](const attack::ChokePoint& point) {
        return bench.view.graph()->fact(point.fact).kind == attack::Fact::Kind::Binding;
    });
    QVERIFY(binding != chokes.end());
    QCOMPARE(binding->closed, 1u);
    bench.view.choose(static_cast<int>(binding - chokes.begin()));
    bench.view.setRepaired(true);
    QCOMPARE(bench.view.answer().open, 0u);
    bench.view.setRepaired(false);
    QCOMPARE(bench.view.answer().open, 1u);
}

void tst_PathsView::classesTakeWaysAway()
{
    Bench bench(m_assessment);
    PathsView::State state = bench.view.state();
    state.classes &= ~(1u << static_cast<unsigned>(attack::TechniqueClass::Network));
    bench.view.take(state);
    QCOMPARE(bench.view.answer().open, 0u);
    QVERIFY(bench.view.answer().picture.nodes.empty());
}

void tst_PathsView::namespacesLeadIntoWays()
{
    Bench bench(m_assessment);
    bench.view.setMode(PathMode::Namespaces);
    const int shopNode = bench.node(u"shop"_qs);
    QVERIFY(shopNode >= 0);
    QVERIFY(bench.view.answer().picture.nodes[static_cast<std::size_t>(shopNode)].caption.startsWith(
        u"11 of 11 containers"_qs));
    Q_EMIT bench.view.canvas()->activated(shopNode);
    QCOMPARE(bench.view.state().mode, PathMode::Paths);
    QVERIFY(bench.view.answer().open >= 11);
}

void tst_PathsView::notesAndPinsAreSeen()
{
    Bench bench(m_assessment);
    const int node = bench.node(u"web-admin"_qs);
    const attack::PlaceId place = bench.view.answer().picture.nodes[static_cast<std::size_t>(node)].places.front();
    bench.view.setNote(place, u"ask the team"_qs);
    QCOMPARE(bench.view.canvas()->scene()->caption[static_cast<std::size_t>(node)], u"ask the team"_qs);
    bench.view.setNote(place, {});
    bench.view.togglePin(place);
    QCOMPARE(bench.view.canvas()->scene()->badge[static_cast<std::size_t>(node)], u"pinned"_qs);
}

void tst_PathsView::exportsEveryForm_data()
{
    QTest::addColumn<QString>("suffix");
    QTest::addColumn<QByteArray>("start");
    QTest::addRow("svg") << u"svg"_qs << QByteArray("<?xml");
    QTest::addRow("png") << u"png"_qs << QByteArray("\x89PNG");
    QTest::addRow("graphml") << u"graphml"_qs << QByteArray("<?xml");
    QTest::addRow("dot") << u"dot"_qs << QByteArray("digraph");
    QTest::addRow("json") << u"json"_qs << QByteArray("{");
}

void tst_PathsView::exportsEveryForm()
{
    QFETCH(const QString, suffix);
    QFETCH(const QByteArray, start);
    const Bench bench(m_assessment);
    const QTemporaryDir folder;
    const QString path = folder.filePath(u"graph."_qs + suffix);
    QString problem;
    QVERIFY2(bench.view.exportTo(path, 1, &problem), qPrintable(problem));
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray bytes = file.readAll();
    QVERIFY(bytes.startsWith(start));
    if (suffix != u"png"_qs)
        QVERIFY(bytes.contains("Internet"));
}

void tst_PathsView::objectsAreAsked()
{
    Bench bench(m_assessment);
    const cluster::ObjectId account = m_assessment->cluster->find("ServiceAccount", "shop", "web");
    bench.view.showObject(account);
    QCOMPARE(bench.view.state().mode, PathMode::Reach);
    bench.view.askAbout(account, u"from"_qs);
    QCOMPARE(bench.view.state().mode, PathMode::Paths);
    QCOMPARE(bench.view.state().chosenFrom, std::vector { bench.find("serviceaccount/shop/web") });
    bench.view.askAbout(account, u"to"_qs);
    QCOMPARE(bench.view.state().chosenTo, std::vector { bench.find("serviceaccount/shop/web") });
}

void tst_PathsView::emptyStates()
{
    Bench bench(nullptr);
    QVERIFY(bench.view.answer().picture.nodes.empty());
    auto without = std::make_shared<assess::Assessment>(); // no attack graph was made
    without->cluster = m_assessment->cluster;
    bench.view.setAssessment(without);
    QCOMPARE(bench.view.graph(), nullptr);
    bench.view.showObject(m_assessment->cluster->find("ServiceAccount", "shop", "web"));
    QVERIFY(bench.view.objectsView()->isVisible());
    QString problem;
    QVERIFY(!bench.view.exportTo(u"nowhere.svg"_qs, 1, &problem));
    QVERIFY(!problem.isEmpty());
}

QTEST_MAIN(tst_PathsView)
#include "tst_PathsView.moc"
