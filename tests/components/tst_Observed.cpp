// SPDX-License-Identifier: Apache-2.0
#include "core/components/Observed.h"
#include "core/base/Text.h"
#include "tests/support/Support.h"

using namespace plimsoll;
using namespace plimsoll::components;
using namespace plimsoll::test;

namespace {

std::string workload(const std::string& kind, const std::string& name, const std::string& account = "web")
{
    const std::string group = kind == "Job" || kind == "CronJob" ? "batch/v1" : "apps/v1";
    const std::string pod = "{metadata: {labels: {app: a}}, spec: {serviceAccountName: " + account
        + ", containers: [{name: c, image: a}]}}";
    return "---\napiVersion: " + group + "\nkind: " + kind + "\nmetadata: {name: " + name + ", namespace: shop, uid: u-"
        + name + "}\nspec: "
        + (kind == "CronJob" ? "{schedule: '* * * * *', jobTemplate: {spec: {template: " + pod + "}}}"
                             : "{selector: {matchLabels: {app: a}}, template: " + pod + "}")
        + "\n";
}

const std::string clusterText = workload("Deployment", "web") + workload("StatefulSet", "db", "db")
    + workload("DaemonSet", "log", "default") + workload("CronJob", "backup", "db") + workload("Deployment", "web-api")
    + "---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: web, namespace: shop}\n"
      "---\napiVersion: v1\nkind: Secret\nmetadata: {name: key, namespace: shop}\n"
      "---\napiVersion: v1\nkind: Node\nmetadata: {name: n1}\n"
      "---\napiVersion: v1\nkind: Pod\nmetadata: {name: log-x7k2p, namespace: shop, ownerReferences: [{apiVersion: "
      "apps/v1, kind: DaemonSet, name: log, uid: u-log, controller: true}]}\nspec: {nodeName: n1, containers: [{name: "
      "c, "
      "image: a}]}\n";

} // namespace

class TestObserved : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void alerts_data();
    void alerts();
    void findings_data();
    void findings();
};

void TestObserved::alerts_data()
{
    QTest::addColumn<QString>("ns");
    QTest::addColumn<QString>("pod");
    QTest::addColumn<QString>("owner");
    QTest::addColumn<QString>("node");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* name, const char* ns, const char* pod, const char* owner, const char* node,
                         const char* expected) {
        QTest::addRow("%s", name) << QString::fromUtf8(ns) << QString::fromUtf8(pod) << QString::fromUtf8(owner)
                                  << QString::fromUtf8(node) << QString::fromUtf8(expected);
    };
    row("the pod is there", "shop", "log-x7k2p", "", "n1", "Pod shop/log-x7k2p -> DaemonSet shop/log");
    row("of a DaemonSet", "shop", "log-b4c9z", "", "n1", "Name -> DaemonSet shop/log");
    row("of a Deployment", "shop", "web-7684c4966d-9smdm", "", "", "Name -> Deployment shop/web");
    row("of a longer name", "shop", "web-api-7684c4966d-9smdm", "", "", "Name -> Deployment shop/web-api");
    row("of a StatefulSet", "shop", "db-12", "", "", "Name -> StatefulSet shop/db");
    row("of a CronJob", "shop", "backup-29384756-x7k2p", "", "", "Name -> CronJob shop/backup");
    row("the owner was told", "shop", "strange", "Deployment/web", "", "Owner -> Deployment shop/web");
    row("its ReplicaSet was told", "shop", "strange", "ReplicaSet/web-7684c4966d", "", "Owner -> Deployment shop/web");
    row("an owner that is gone", "shop", "db-0", "Deployment/gone", "", "Name -> StatefulSet shop/db");
    row("names that only look alike", "shop", "web-tools-shell", "", "", "None");
    row("vowels are not generated", "shop", "web-7684c4966d-9aeio", "", "", "None");
    row("another namespace", "bank", "web-7684c4966d-9smdm", "", "", "None");
    row("a host", "", "", "", "n1", "Node n1");
    row("a host by the tool's own pod", "", "", "", "log-x7k2p", "Node n1");
    row("a host that is not there", "", "", "", "n9", "None");
}

void TestObserved::alerts()
{
    QFETCH(QString, ns);
    QFETCH(QString, pod);
    QFETCH(QString, owner);
    QFETCH(QString, node);
    QFETCH(QString, expected);
    const auto cluster = clusterFrom(clusterText);
    evidence::AlertLog log;
    evidence::Alert alert;
    alert.ns = ns.toStdString();
    alert.pod = pod.toStdString();
    alert.owner = owner.toStdString();
    alert.node = node.toStdString();
    log.alerts.push_back(alert);
    const auto found = matchAlerts(*cluster, log);
    QCOMPARE(found.size(), 1u);
    constexpr std::array<std::string_view, 5> names { "Pod", "Owner", "Name", "Node", "None" };
    std::string text(names[static_cast<std::size_t>(found[0].match)]);
    if (found[0].object) {
        const std::string title = cluster->titleOf(found[0].object);
        text += title.substr(title.find(' '));
    }
    if (found[0].workload)
        text += " -> " + cluster->titleOf(cluster->workloads()[found[0].workload.index].object);
    QCOMPARE(q(text), expected);
}

void TestObserved::findings_data()
{
    QTest::addColumn<QString>("user");
    QTest::addColumn<QString>("resource");
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("expected");
    QTest::addRow("an account and a secret")
        << "system:serviceaccount:shop:web"
        << "secrets"
        << "key"
        << "serviceaccount/shop/web by deployment/shop/web deployment/shop/web-api of secret/shop/key";
    QTest::addRow("an account that is gone") << "system:serviceaccount:shop:db"
                                             << "secrets"
                                             << "gone"
                                             << " by cronjob/shop/backup statefulset/shop/db of ";
    QTest::addRow("a session in a pod") << "ann"
                                        << "pods/exec"
                                        << "log-x7k2p"
                                        << " by of pod/shop/log-x7k2p in daemonset/shop/log";
    QTest::addRow("a session in a pod that is gone") << "ann"
                                                     << "pods/exec"
                                                     << "db-3"
                                                     << " by of  in statefulset/shop/db";
    QTest::addRow("all secrets") << "ann"
                                 << "secrets"
                                 << ""
                                 << " by of ";
    QTest::addRow("another kind") << "ann"
                                  << "things"
                                  << "key"
                                  << " by of ";
}

void TestObserved::findings()
{
    QFETCH(QString, user);
    QFETCH(QString, resource);
    QFETCH(QString, name);
    QFETCH(QString, expected);
    const auto cluster = clusterFrom(clusterText);
    evidence::AuditFindings found;
    evidence::AuditFinding finding;
    finding.user = user.toStdString();
    finding.caller = evidence::callerOf(finding.user);
    finding.resource = resource.toStdString();
    finding.ns = "shop";
    finding.name = name.toStdString();
    found.findings.push_back(finding);
    const auto joined = joinAuditFindings(*cluster, found);
    QCOMPARE(joined.size(), 1u);
    std::string text = joined[0].account ? cluster->refOf(joined[0].account) : "";
    text += " by";
    for (const cluster::WorkloadId caller : joined[0].callers)
        text += ' ' + cluster->refOf(cluster->workloads()[caller.index].object);
    text += " of " + (joined[0].object ? cluster->refOf(joined[0].object) : "");
    if (joined[0].target)
        text += " in " + cluster->refOf(cluster->workloads()[joined[0].target.index].object);
    QCOMPARE(q(text), expected);
}

QTEST_GUILESS_MAIN(TestObserved)
#include "tst_Observed.moc"
