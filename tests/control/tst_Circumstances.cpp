// SPDX-License-Identifier: Apache-2.0
#include "core/control/Circumstances.h"
#include "tests/control/RunControl.h"

using namespace plimsoll;
using control::Circumstances;
using control::Severity;

class TestCircumstances : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void weighs_data();
    void weighs();
    void finds_data();
    void finds();
};

void TestCircumstances::weighs_data()
{
    QTest::addColumn<QString>("control");
    QTest::addColumn<int>("fixed");
    QTest::addColumn<QString>("circumstances"); // letters: e exposed, n node, p powers, i idle
    QTest::addColumn<QString>("expected"); // severity and number of reasons
    const auto row = [](const char* control, Severity fixed, const char* circumstances, const char* expected) {
        QTest::addRow("%s %s", control, circumstances)
            << QString::fromLatin1(control) << static_cast<int>(fixed) << QString::fromLatin1(circumstances)
            << QString::fromLatin1(expected);
    };
    row("PLM-W16", Severity::Medium, "", "medium 0");
    row("PLM-W16", Severity::Medium, "e", "high 1");
    row("PLM-W16", Severity::Medium, "enp", "high 3"); // one step, however many reasons
    row("PLM-W01", Severity::Critical, "e", "critical 1");
    row("PLM-W01", Severity::Critical, "n", "critical 0"); // the fault itself
    row("PLM-W08", Severity::High, "e", "critical 1");
    row("PLM-W08", Severity::High, "n", "high 0");
    row("PLM-R39", Severity::High, "p", "high 0");
    row("PLM-R39", Severity::High, "e", "critical 1");
    row("PLM-W48", Severity::Low, "enp", "low 0"); // availability
    row("PLM-N01", Severity::Medium, "p", "high 1");
    row("PLM-M02", Severity::Medium, "enp", "medium 0"); // not about one workload
    row("PLM-W13", Severity::Info, "enp", "info 0");
    row("PLM-W16", Severity::Medium, "i", "low 1");
    row("PLM-W16", Severity::Low, "i", "low 0");
    row("PLM-W16", Severity::Medium, "ni", "high 1");
}

void TestCircumstances::weighs()
{
    QFETCH(QString, control);
    QFETCH(int, fixed);
    QFETCH(QString, circumstances);
    QFETCH(QString, expected);
    Circumstances given;
    if (circumstances.contains(u'e'))
        given.exposure = "load balancer";
    if (circumstances.contains(u'n'))
        given.nodeTakeover = "container web runs privileged";
    if (circumstances.contains(u'p'))
        given.identity = "create pods";
    given.isIdle = circumstances.contains(u'i');
    const auto effective = control::effectiveSeverity(control.toStdString(), static_cast<Severity>(fixed), given);
    QCOMPARE(test::q(std::string(control::toText(effective.severity)) + ' ' + std::to_string(effective.reasons.size())),
        expected);
}

void TestCircumstances::finds_data()
{
    QTest::addColumn<QString>("yaml");
    QTest::addColumn<QString>("expected");
    const auto deployment = [](const std::string& spec, const std::string& replicas = "1") {
        return "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\nspec: {replicas: "
            + replicas + ", selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: "
            + spec + "}}\n";
    };
    const std::string plain = "{containers: [{name: web, ports: [{containerPort: 80}]}]}";
    const std::string service = "---\napiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\nspec: "
                                "{type: LoadBalancer, selector: {app: web}, ports: [{port: 80}]}\n";
    const std::string pod = "---\napiVersion: v1\nkind: Pod\nmetadata: {name: web-1, namespace: shop, labels: {app: "
                            "web}, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, uid: u, "
                            "controller: true}]}\nspec: "
        + plain + "\nstatus: {phase: Running, podIP: 10.0.0.1}\n";
    const std::string admin
        = "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: all}\n"
          "rules: [{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]\n"
          "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: "
          "all}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: all}\n"
          "subjects: [{kind: ServiceAccount, name: default, namespace: shop}]\n"
          "---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: default, namespace: shop}\n";
    const auto row = [](const char* name, const std::string& yaml, const char* expected) {
        QTest::addRow("%s", name) << test::q(yaml) << QString::fromLatin1(expected);
    };
    row("nothing", deployment(plain), "");
    row("exposed", deployment(plain) + pod + service, "exposed");
    row("exposed to nothing", deployment(plain), "");
    row("privileged", deployment("{containers: [{name: web, securityContext: {privileged: true}}]}"), "node");
    row("writes to the node's programs",
        deployment("{containers: [{name: web, volumeMounts: [{name: h, mountPath: /h}]}], volumes: [{name: h, "
                   "hostPath: {path: /usr/bin}}]}"),
        "node");
    row("reads them",
        deployment("{containers: [{name: web, volumeMounts: [{name: h, mountPath: /h, readOnly: true}]}], volumes: "
                   "[{name: h, hostPath: {path: /usr/bin}}]}"),
        "");
    row("writes elsewhere",
        deployment("{containers: [{name: web, volumeMounts: [{name: h, mountPath: /h}]}], volumes: [{name: h, "
                   "hostPath: {path: /srv/data}}]}"),
        "");
    row("administrator", deployment(plain) + admin, "identity");
    row("administrator without a token",
        deployment("{automountServiceAccountToken: false, containers: [{name: web}]}") + admin, "");
    row("scaled to zero", deployment(plain, "0"), "idle");
}

void TestCircumstances::finds()
{
    QFETCH(QString, yaml);
    QFETCH(QString, expected);
    const auto cluster = test::clusterFrom(yaml.toStdString());
    const access::Rbac rbac(cluster);
    const network::Reach reach(cluster);
    const auto exposures = network::exposures(reach);
    const control::Settings settings;
    const auto all = control::circumstancesOf({ *cluster, rbac, reach, exposures, settings });
    QCOMPARE(all.size(), std::size_t(1));
    QStringList found;
    if (!all[0].exposure.empty())
        found.push_back(QStringLiteral("exposed"));
    if (!all[0].nodeTakeover.empty())
        found.push_back(QStringLiteral("node"));
    if (!all[0].identity.empty())
        found.push_back(QStringLiteral("identity"));
    if (all[0].isIdle)
        found.push_back(QStringLiteral("idle"));
    QCOMPARE(found.join(u' '), expected);
}

QTEST_GUILESS_MAIN(TestCircumstances)
#include "tst_Circumstances.moc"
