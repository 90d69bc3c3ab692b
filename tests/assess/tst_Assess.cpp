// SPDX-License-Identifier: Apache-2.0
#include "core/assess/Assessment.h"

#include "core/base/Text.h"
#include "tests/support/Support.h"

using namespace plimsoll;
using namespace plimsoll::assess;
using test::clusterFrom;

namespace {

std::shared_ptr<const control::Catalogue> catalogue()
{
    static const auto loaded = control::loadCatalogue();
    if (!loaded)
        qFatal("%s", toText(loaded.error()).c_str());
    return *loaded;
}

Result<std::shared_ptr<const Assessment>> run(
    std::shared_ptr<const cluster::Cluster> cluster, const Scope& scope = {}, unsigned threads = 2)
{
    TaskPool pool(threads);
    Progress progress;
    return assess::assess(std::move(cluster), catalogue(), {}, scope, pool, progress);
}

// One line for each finding: "PLM-W01-… critical deployment/shop/web ×2 message [object#pointer=value ...]".
std::string print(const Assessment& assessment)
{
    std::string text;
    for (const Finding& finding : assessment.findings) {
        text += finding.id + ' ' + std::string(control::toText(finding.severity)) + ' '
            + assessment.cluster->refOf(finding.object) + " x" + std::to_string(finding.affected) + ' '
            + finding.message;
        for (const Evidence& evidence : finding.evidence)
            text += ' ' + assessment.cluster->refOf(evidence.object) + '#' + evidence.pointer + '=' + evidence.value;
        text += '\n';
    }
    for (const NotAssessedObject& gap : assessment.notAssessed) {
        text += assessment.catalogue->entries[gap.control].text.id + " not assessed "
            + (gap.object.isNone() ? std::string("at all") : assessment.cluster->refOf(gap.object)) + ": " + gap.reason
            + '\n';
    }
    return text;
}

// A Deployment of two privileged pods through a ReplicaSet.
constexpr std::string_view privilegedShop = R"(
apiVersion: apps/v1
kind: Deployment
metadata: {namespace: shop, name: web}
spec: {template: {spec: {containers: [{name: main, image: 'registry.example.com/web:1', securityContext: {privileged: true}}]}}}
---
apiVersion: apps/v1
kind: ReplicaSet
metadata: {namespace: shop, name: web-1, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, controller: true}]}
spec: {template: {spec: {containers: [{name: main, image: 'registry.example.com/web:1', securityContext: {privileged: true}}]}}}
---
apiVersion: v1
kind: Pod
metadata: {namespace: shop, name: web-1-a, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-1, controller: true}]}
spec: {containers: [{name: main, image: 'registry.example.com/web:1', securityContext: {privileged: true}}]}
status: {phase: Running}
---
apiVersion: v1
kind: Pod
metadata: {namespace: shop, name: web-1-b, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-1, controller: true}]}
spec: {containers: [{name: main, image: 'registry.example.com/web:1', securityContext: {privileged: true}}]}
status: {phase: Running}
---
apiVersion: v1
kind: Pod
metadata: {namespace: other, name: quiet}
spec: {containers: [{name: main, image: 'registry.example.com/web:1', securityContext: {privileged: false}}]}
)";

} // namespace

Q_DECLARE_METATYPE(plimsoll::assess::Scope)

class TestAssess : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void namesTheTopWorkloadOnce();
    void findsWhatOnlyThePodHas();
    void keepsToTheScope_data();
    void keepsToTheScope();
    void refusesUnknownScope_data();
    void refusesUnknownScope();
    void saysWhatItCouldNotAssess();
    void neverPassesARequirementWithoutData();
    void givesTheSameResultForAnyNumberOfThreads();
    void stopsWhenCancelled();
    void agreesBetweenFolderAndYaml();
};

void TestAssess::namesTheTopWorkloadOnce()
{
    const auto assessment = run(clusterFrom(privilegedShop),
        { .namespaces = {}, .frameworks = {}, .controls = { "PLM-W01" }, .leastSeverity = {} });
    VERIFY_RESULT(assessment);
    QCOMPARE((*assessment)->findings.size(), std::size_t { 1 });
    const Finding& finding = (*assessment)->findings[0];
    QCOMPARE(finding.id, std::string("PLM-W01-f9619453820f6489"));
    QCOMPARE((*assessment)->cluster->refOf(finding.object), std::string("deployment/shop/web"));
    QCOMPARE(finding.affected, 2u);
    QCOMPARE(finding.evidence[0].pointer, std::string("/spec/template/spec/containers/0/securityContext/privileged"));
    QCOMPARE(
        finding.evidence.size(), std::size_t { 1 }); // the pods repeat the template and are no evidence of their own
    QCOMPARE((*assessment)->controls[0].passed, 1u);
}

void TestAssess::findsWhatOnlyThePodHas()
{
    std::string yaml(privilegedShop);
    // Both templates are clean; something changed the pods on their way in.
    for (int i = 0; i < 2; ++i)
        yaml.replace(yaml.find("privileged: true"), 16, "privileged: null");
    const auto assessment
        = run(clusterFrom(yaml), { .namespaces = {}, .frameworks = {}, .controls = { "W01" }, .leastSeverity = {} });
    VERIFY_RESULT(assessment);
    QCOMPARE((*assessment)->findings.size(), std::size_t { 1 });
    const Finding& finding = (*assessment)->findings[0];
    QCOMPARE((*assessment)->cluster->refOf(finding.object), std::string("deployment/shop/web"));
    QCOMPARE((*assessment)->cluster->refOf(finding.evidence[0].object), std::string("pod/shop/web-1-a"));
    QVERIFY(finding.patch.isEmpty()); // a pod of a Deployment is not what a person edits
}

void TestAssess::keepsToTheScope_data()
{
    QTest::addColumn<Scope>("scope");
    QTest::addColumn<int>("findings");
    QTest::addRow("its namespace") << Scope { { "shop" }, {}, { "PLM-W01" }, {} } << 1;
    QTest::addRow("another namespace") << Scope { { "other" }, {}, { "PLM-W01" }, {} } << 0;
    QTest::addRow("severity above it") << Scope { {}, {}, { "PLM-W16" }, Severity::Critical } << 0;
}

void TestAssess::keepsToTheScope()
{
    QFETCH(Scope, scope);
    QFETCH(int, findings);
    const auto assessment = run(clusterFrom(privilegedShop), scope);
    VERIFY_RESULT(assessment);
    QCOMPARE(static_cast<int>((*assessment)->findings.size()), findings);
}

void TestAssess::refusesUnknownScope_data()
{
    QTest::addColumn<Scope>("scope");
    QTest::addRow("namespace") << Scope { { "nowhere" }, {}, {}, {} };
    QTest::addRow("framework") << Scope { {}, { "cis-99" }, {}, {} };
    QTest::addRow("control") << Scope { {}, {}, { "PLM-X99" }, {} };
}

void TestAssess::refusesUnknownScope()
{
    QFETCH(Scope, scope);
    const auto assessment = run(clusterFrom(privilegedShop), scope);
    QVERIFY(!assessment);
    QCOMPARE(assessment.error().kind, ErrorKind::Usage);
}

void TestAssess::saysWhatItCouldNotAssess()
{
    const auto assessment = run(clusterFrom(privilegedShop), { {}, {}, { "PLM-T01" }, {} });
    VERIFY_RESULT(assessment);
    QCOMPARE((*assessment)->controls[0].verdict, Verdict::NotAssessed);
    QVERIFY2((*assessment)->controls[0].reason.contains("Ingress"), (*assessment)->controls[0].reason.c_str());
    QCOMPARE((*assessment)->notAssessed.size(), std::size_t { 1 });
}

void TestAssess::neverPassesARequirementWithoutData()
{
    const auto assessment = run(clusterFrom("apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n"));
    VERIFY_RESULT(assessment);
    QVERIFY(!(*assessment)->frameworks.empty());
    for (const FrameworkResult& framework : (*assessment)->frameworks) {
        const auto& requirements = (*assessment)->catalogue->frameworks[framework.framework].requirements;
        for (const RequirementResult& result : framework.requirements) {
            if (result.status == RequirementResult::Status::Pass)
                QFAIL(("passed without data: " + requirements[result.requirement].id).c_str());
        }
        QCOMPARE(framework.passed + framework.failed + framework.manual + framework.notAssessed,
            static_cast<std::uint32_t>(framework.requirements.size()));
    }
}

void TestAssess::givesTheSameResultForAnyNumberOfThreads()
{
    const auto path = test::sharedPath("snapshots/harbor");
    if (!path)
        QSKIP("the shared snapshot harbor is not here");
    std::vector<std::string> texts;
    for (const unsigned threads : { 1u, 4u }) {
        TaskPool pool(threads);
        Progress progress;
        const snapshot::Source source { *path, std::nullopt };
        auto cluster = cluster::loadCluster(std::span(&source, 1), pool, progress);
        VERIFY_RESULT(cluster);
        const auto assessment = run(*cluster, {}, threads);
        VERIFY_RESULT(assessment);
        texts.push_back(print(**assessment));
    }
    QCOMPARE(texts[0], texts[1]);
    QVERIFY(texts[0].size() > 1000);
}

void TestAssess::stopsWhenCancelled()
{
    TaskPool pool(2);
    Progress progress;
    progress.cancel();
    const auto assessment = assess::assess(clusterFrom(privilegedShop), catalogue(), {}, {}, pool, progress);
    QVERIFY(!assessment);
    QCOMPARE(assessment.error().kind, ErrorKind::Cancelled);
}

void TestAssess::agreesBetweenFolderAndYaml()
{
    const auto folder = test::sharedPath("snapshots/harbor");
    const auto yaml = test::sharedPath("snapshots/harbor.yaml.gz");
    if (!folder || !yaml)
        QSKIP("the shared snapshot harbor is not here");
    // The README names what differs between the forms: events, leases, and pods of the CronJob ci/build-all (with its
    // Jobs).
    const auto lines = [](const std::string& text) {
        QStringList kept;
        for (const QString& line : QString::fromStdString(text).split(QLatin1Char('\n'))) {
            if (!line.contains(QLatin1String("build-all")))
                kept.append(line);
        }
        return kept;
    };
    const auto a = run(test::clusterFromPath(*folder));
    const auto b = run(test::clusterFromPath(*yaml));
    VERIFY_RESULT(a);
    VERIFY_RESULT(b);
    const QStringList left = lines(print(**a));
    const QStringList right = lines(print(**b));
    for (qsizetype i = 0; i < std::min(left.size(), right.size()); ++i)
        QCOMPARE(left[i], right[i]);
    QCOMPARE(left.size(), right.size());
}

QTEST_GUILESS_MAIN(TestAssess)
#include "tst_Assess.moc"
