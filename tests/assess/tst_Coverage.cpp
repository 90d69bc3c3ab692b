// SPDX-License-Identifier: Apache-2.0
#include "core/assess/Assessment.h"
#include "core/snapshot/SnapshotFile.h"
#include "tests/support/Support.h"

using namespace plimsoll;
using namespace plimsoll::test;

namespace {

constexpr const char* cleanPod
    = R"({"metadata":{"name":"web","namespace":"shop"},"spec":{"containers":[{"name":"main","image":"r.io/web:1"}]}})";
constexpr const char* privilegedPod
    = R"({"metadata":{"name":"web","namespace":"shop"},"spec":{"containers":[{"name":"main","image":"r.io/web:1",)"
      R"("securityContext":{"privileged":true}}]}})";
constexpr const char* adminRole
    = R"({"metadata":{"name":"everything"},"rules":[{"apiGroups":["*"],"resources":["*"],"verbs":["*"]}]})";

// A capture: what was read of each resource, where, and what was denied.
struct Capture {
    QString pods = QString::fromLatin1(cleanPod); // "" = an empty list
    bool podsDenied = false;
    std::vector<std::string> podsOnlyIn = {};
    bool bindingsDenied = false;
    bool secretsDenied = false;
};

constexpr const char* rbac = "rbac.authorization.k8s.io";

snapshot::NotCollected denied(std::string group, std::string plural, std::string kind)
{
    const std::string permission = "list " + plural + (group.empty() ? "" : '.' + group);
    return { .group = std::move(group),
        .version = "v1",
        .plural = std::move(plural),
        .kind = std::move(kind),
        .ns = {},
        .reason = "forbidden",
        .httpStatus = 403,
        .message = "no",
        .missingPermission = permission };
}

std::shared_ptr<const assess::Assessment> assessmentOf(
    const Capture& capture, const QString& control, const assess::Scope& given = {})
{
    snapshot::SnapshotWriter writer(pool());
    std::vector<snapshot::NotCollected> missing;
    writer.resource({ "", "v1", "namespaces", "Namespace", false }).append(R"({"metadata":{"name":"shop"}})");
    writer.resource({ "", "v1", "namespaces", "Namespace", false }).append(R"({"metadata":{"name":"bank"}})");
    if (capture.podsDenied) {
        missing.push_back(denied("", "pods", "Pod"));
    } else {
        auto& pods = writer.resource({ "", "v1", "pods", "Pod", true });
        if (!capture.pods.isEmpty())
            pods.append(capture.pods.toStdString());
        if (!capture.podsOnlyIn.empty()) {
            pods.setFacts({ .isComplete = false, .namespaces = capture.podsOnlyIn });
            missing.push_back(denied("", "pods", "Pod"));
            missing.back().ns = "bank";
        }
    }
    for (const auto& [group, plural, kind] :
        { std::tuple("apps", "deployments", "Deployment"), std::tuple("apps", "daemonsets", "DaemonSet"),
            std::tuple("apps", "statefulsets", "StatefulSet"), std::tuple("apps", "replicasets", "ReplicaSet"),
            std::tuple("batch", "jobs", "Job"), std::tuple("batch", "cronjobs", "CronJob"),
            std::tuple("", "replicationcontrollers", "ReplicationController") })
        writer.resource({ group, "v1", plural, kind, true });
    writer.resource({ rbac, "v1", "clusterroles", "ClusterRole", false }).append(adminRole);
    writer.resource({ rbac, "v1", "roles", "Role", true });
    writer.resource({ rbac, "v1", "rolebindings", "RoleBinding", true });
    if (capture.bindingsDenied)
        missing.push_back(denied(rbac, "clusterrolebindings", "ClusterRoleBinding"));
    else
        writer.resource({ rbac, "v1", "clusterrolebindings", "ClusterRoleBinding", false });
    if (capture.secretsDenied)
        missing.push_back(denied("", "secrets", "Secret"));
    else
        writer.resource({ "", "v1", "secrets", "Secret", true });

    snapshot::Origin origin;
    origin.kind = snapshot::Origin::Kind::Live;
    Progress progress;
    const auto bytes = writer.toBytes(origin, missing, progress);
    if (!bytes)
        qFatal("%s", toText(bytes.error()).c_str());
    const snapshot::Source source { .path = "capture", .bytes = *bytes };
    auto cluster = cluster::loadCluster(std::span(&source, 1), pool(), progress);
    if (!cluster)
        qFatal("%s", toText(cluster.error()).c_str());
    const auto catalogue = control::loadCatalogue();
    assess::Scope scope = given;
    scope.controls = { control.toStdString() };
    auto assessment = assess::assess(*cluster, *catalogue, {}, scope, pool(), progress);
    if (!assessment)
        qFatal("%s", toText(assessment.error()).c_str());
    return *assessment;
}

const assess::ControlResult& resultOf(const assess::Assessment& assessment, const QString& control)
{
    for (const assess::ControlResult& result : assessment.controls) {
        if (q(assessment.catalogue->entries[result.control].text.id) == control)
            return result;
    }
    qFatal("no result");
}

} // namespace

class tst_Coverage : public QObject {
    Q_OBJECT

private Q_SLOTS:
    // What was not read is never a pass; what was read and fails, fails.
    void verdicts_data()
    {
        QTest::addColumn<QString>("control");
        QTest::addColumn<QString>("pods"); // what the readable pods are
        QTest::addColumn<QString>("access");
        QTest::addColumn<QString>("scope");
        QTest::addColumn<QString>("verdict");
        QTest::addRow("all read, clean") << "PLM-W01"
                                         << "clean"
                                         << "all"
                                         << ""
                                         << "pass";
        QTest::addRow("all read, a fault") << "PLM-W01"
                                           << "privileged"
                                           << "all"
                                           << ""
                                           << "fail";
        QTest::addRow("pods denied") << "PLM-W01"
                                     << "clean"
                                     << "denied"
                                     << ""
                                     << "not assessed";
        QTest::addRow("one namespace read, clean") << "PLM-W01"
                                                   << "clean"
                                                   << "partial"
                                                   << ""
                                                   << "not assessed";
        QTest::addRow("one namespace read, a fault") << "PLM-W01"
                                                     << "privileged"
                                                     << "partial"
                                                     << ""
                                                     << "fail";
        QTest::addRow("one namespace read and asked for") << "PLM-W01"
                                                          << "clean"
                                                          << "partial"
                                                          << "shop"
                                                          << "pass";
        QTest::addRow("one namespace read, another asked for") << "PLM-W01"
                                                               << "clean"
                                                               << "partial"
                                                               << "bank"
                                                               << "not assessed";
        QTest::addRow("both asked for") << "PLM-W01"
                                        << "clean"
                                        << "partial"
                                        << "shop bank"
                                        << "not assessed";
        QTest::addRow("another kind denied") << "PLM-W01"
                                             << "clean"
                                             << "secrets"
                                             << ""
                                             << "pass";
        QTest::addRow("bindings denied") << "PLM-R01"
                                         << "clean"
                                         << "bindings"
                                         << ""
                                         << "not assessed";
    }
    void verdicts()
    {
        QFETCH(QString, control);
        QFETCH(QString, pods);
        QFETCH(QString, access);
        QFETCH(QString, scope);
        QFETCH(QString, verdict);
        Capture capture;
        capture.pods = QString::fromLatin1(pods == QLatin1String("clean") ? cleanPod : privilegedPod);
        capture.podsDenied = access == QLatin1String("denied");
        if (access == QLatin1String("partial"))
            capture.podsOnlyIn = { "shop" };
        capture.secretsDenied = access == QLatin1String("secrets");
        capture.bindingsDenied = access == QLatin1String("bindings");
        assess::Scope asked;
        for (const QString& ns : scope.split(QLatin1Char(' '), Qt::SkipEmptyParts))
            asked.namespaces.push_back(ns.toStdString());
        const auto assessment = assessmentOf(capture, control, asked);
        QCOMPARE(q(std::string(control::toText(resultOf(*assessment, control).verdict))), verdict);
    }

    void theReasonNamesThePermission()
    {
        Capture capture;
        capture.podsDenied = true;
        const auto assessment = assessmentOf(capture, QStringLiteral("PLM-W01"));
        const auto& result = resultOf(*assessment, QStringLiteral("PLM-W01"));
        std::string reasons = result.reason;
        for (const auto& gap : assessment->notAssessed)
            reasons += gap.reason;
        QVERIFY2(reasons.contains("list pods"), reasons.c_str());
    }

    // A requirement of a framework is not met by controls that could not look.
    void requirementsDoNotPass()
    {
        Capture capture;
        capture.podsDenied = capture.bindingsDenied = capture.secretsDenied = true;
        capture.pods.clear();
        for (const char* control : { "PLM-W01", "PLM-R01" }) {
            const auto assessment = assessmentOf(capture, QString::fromLatin1(control));
            for (const auto& framework : assessment->frameworks) {
                for (const auto& requirement : framework.requirements)
                    QVERIFY(requirement.status != assess::RequirementResult::Status::Pass);
            }
        }
    }

    void clusterTellsTheGaps()
    {
        Capture capture;
        capture.podsOnlyIn = { "shop" };
        capture.secretsDenied = true;
        const auto model = assessmentOf(capture, QStringLiteral("PLM-W01"))->cluster;
        const std::vector<std::string> shop { "shop" }, bank { "bank" };
        QVERIFY(!model->covers("", "Secret"));
        QVERIFY(model->covers("", "Namespace"));
        QVERIFY(!model->gap("", "Secret").empty());
        QVERIFY(!model->gap("", "Pod").empty());
        QVERIFY(model->gap("", "Pod", shop).empty());
        QVERIFY(!model->gap("", "Pod", bank).empty());
        QVERIFY(model->gap("apps", "Deployment").empty());
    }
};

QTEST_GUILESS_MAIN(tst_Coverage)
#include "tst_Coverage.moc"
