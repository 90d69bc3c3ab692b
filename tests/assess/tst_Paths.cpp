// SPDX-License-Identifier: Apache-2.0
// Controls on whole ways of an attacker, as an assessment runs them.
#include <QTemporaryDir>

#include "core/assess/Assessment.h"
#include "tests/support/Support.h"

using namespace plimsoll;
using namespace Qt::StringLiterals;
using control::Verdict;

namespace {

QByteArray web(const char* spec = "", const char* container = "")
{
    return QByteArray("---\napiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop, labels: {app: web}}\n"
                      "spec: {containers: [{name: c, image: 'ghcr.io/acme/web:1', ports: [{containerPort: 80}]")
        + container + "}]" + spec + "}\n";
}

QByteArray service(const char* type)
{
    return QByteArray("---\napiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\nspec: {type: ")
        + type + ", selector: {app: web}, ports: [{port: 80}]}\n";
}

QByteArray role(const char* name, const char* rules)
{
    return QByteArray("---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: ") + name
        + "}\nrules: " + rules + "\n";
}

QByteArray binding(const char* name, const char* roleName, const char* subject)
{
    return QByteArray("---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: ")
        + name + "}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: " + roleName
        + "}\nsubjects: [" + subject + "]\n";
}

// So that the kinds count as read.
QByteArray roles()
{
    return QByteArray(
               "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: r, namespace: shop}\n"
               "rules: []\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\n"
               "metadata: {name: r, namespace: shop}\n"
               "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: r}\nsubjects: []\n"
               "---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: default, namespace: shop}\n"
               "---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: boss, namespace: shop}\n")
        + role("view", "[{apiGroups: [''], resources: [pods], verbs: [get]}]")
        + binding("view", "view", "{kind: User, name: eve, apiGroup: rbac.authorization.k8s.io}");
}

constexpr const char* everything = "[{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]";
constexpr const char* boss = "{kind: ServiceAccount, name: boss, namespace: shop}";
constexpr const char* ann = "{kind: User, name: ann, apiGroup: rbac.authorization.k8s.io}";
constexpr const char* noToken = ", automountServiceAccountToken: false";
constexpr const char* critical
    = R"({"SchemaVersion":2,"CreatedAt":"2026-11-19T00:00:00Z","ArtifactName":"ghcr.io/acme/web:1","ArtifactType":"container_image","Metadata":{"RepoTags":["ghcr.io/acme/web:1"]},"Results":[{"Target":"web","Class":"os-pkgs","Type":"debian","Vulnerabilities":[{"VulnerabilityID":"CVE-2026-1","PkgName":"openssl","InstalledVersion":"1","FixedVersion":"2","Severity":"CRITICAL"}]}]})";

QByteArray lower()
{
    return QByteArray(critical).replace("CRITICAL", "LOW");
}

} // namespace

class tst_Paths : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void judges_data();
    void judges();
    void saysTheWholeWay();
    void countsWaysInSeverity();

private:
    std::shared_ptr<const assess::Assessment> assessed(
        const QByteArray& yaml, const QByteArray& report = {}, const std::vector<std::string>& controls = {})
    {
        const QTemporaryDir folder;
        std::vector<std::string> files;
        if (!report.isEmpty()) {
            QFile file(folder.filePath(u"report.json"_s));
            if (file.open(QIODevice::WriteOnly))
                file.write(report);
            files.push_back(file.fileName().toStdString());
        }
        const auto inputs = assess::readInputs({}, {}, files);
        const auto catalogue = control::loadCatalogue();
        if (!inputs || !catalogue)
            return nullptr;
        Progress progress;
        const auto done = assess::assess(test::clusterFrom(yaml.constData()), *catalogue, {}, { {}, {}, controls, {} },
            test::pool(), progress, *inputs);
        return done ? *done : nullptr;
    }
};

void tst_Paths::judges_data()
{
    QTest::addColumn<std::string>("control");
    QTest::addColumn<QByteArray>("yaml");
    QTest::addColumn<QByteArray>("report");
    QTest::addColumn<Verdict>("expected");
    QTest::addColumn<int>("failed");
    const auto row = [](const char* control, const char* name, const QByteArray& yaml, Verdict expected, int failed = 0,
                         const QByteArray& report = {}) {
        QTest::addRow("%s: %s", control, name) << "PLM-" + std::string(control) << yaml << report << expected << failed;
    };
    using enum Verdict;
    const char* secretVolume = ", automountServiceAccountToken: false, volumes: [{name: v, secret: {secretName: s}}]";
    const char* mount = ", volumeMounts: [{name: v, mountPath: /s}]";
    const QByteArray secret
        = "---\napiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: shop}\ndata: {k: dg==}\n";
    const QByteArray open = service("LoadBalancer"), closed = service("ClusterIP");

    row("G1", "mounted and exposed", roles() + secret + open + web(secretVolume, mount), Fail, 1);
    row("G1", "mounted, not exposed", roles() + secret + closed + web(secretVolume, mount), Pass);
    row("G1", "exposed, mounted by nobody", roles() + secret + open + web(secretVolume), Pass);
    row("G1", "read by its identity",
        roles() + secret + open + web(", serviceAccountName: boss")
            + role("reader", "[{apiGroups: [''], resources: [secrets], verbs: [get]}]") + binding("b", "reader", boss),
        Fail, 1);

    const QByteArray admin = role("all", everything) + binding("b", "all", boss);
    row("G2", "token of an administrator", roles() + open + admin + web(", serviceAccountName: boss"), Fail, 1);
    row("G2", "no token",
        roles() + open + admin + web(", serviceAccountName: boss, automountServiceAccountToken: false"), Pass);
    row("G2", "not exposed", roles() + closed + admin + web(", serviceAccountName: boss"), Pass);
    row("G2", "roles were not read", open + web(", serviceAccountName: boss"), NotAssessed);

    row("G3", "privileged", roles() + web(noToken, ", securityContext: {privileged: true}"), Fail, 1);
    row("G3", "the runtime's socket",
        roles() + web(", volumes: [{name: v, hostPath: {path: /run/containerd/containerd.sock}}]", mount), Fail, 1);
    row("G3", "an ordinary pod", roles() + web(noToken), Pass);
    row("G3", "user namespaces may hold it back",
        roles() + web(", hostUsers: false", ", securityContext: {privileged: true}"), Pass);

    const QByteArray impersonator
        = role("imp", "[{apiGroups: [''], resources: [serviceaccounts], verbs: [impersonate]}]");
    row("G4", "impersonates an administrator", roles() + admin + impersonator + binding("i", "imp", ann), Fail, 1);
    row("G4", "is an administrator", roles() + role("all", everything) + binding("i", "all", ann), Pass);
    row("G4", "reads pods", roles() + admin, Pass);

    row("G5", "no reports", roles() + web(), NotAssessed);
    const QByteArray other = "---\napiVersion: v1\nkind: Pod\nmetadata: {name: b, namespace: ci}\n"
                             "spec: {containers: [{name: c, image: 'ghcr.io/acme/ci:1'}]}\n";
    const QByteArray deny = "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
                            "metadata: {name: d, namespace: shop}\nspec: {podSelector: {}, policyTypes: [Ingress]}\n";
    row("G5", "reached from another namespace", roles() + web() + other, Fail, 1, critical);
    row("G5", "policies keep others out", roles() + web() + other + deny, Pass, 0, critical);
    row("G5", "nothing critical", roles() + web() + other, Pass, 0, lower());

    row("G6", "no reports", roles() + open + web(), NotAssessed);
    row("G6", "all at once", roles() + open + web(), Fail, 1, critical);
    row("G6", "not root", roles() + open + web(", securityContext: {runAsNonRoot: true}"), Pass, 0, critical);
    row("G6", "not exposed", roles() + closed + web(), Pass, 0, critical);
    row("G6", "nothing critical", roles() + open + web(), Pass, 0, lower());

    row("G7", "a way from outside", roles() + open + admin + web(", serviceAccountName: boss"), Fail, 1);
    row("G7", "none", roles() + closed + admin + web(", serviceAccountName: boss"), Pass);
}

void tst_Paths::judges()
{
    QFETCH(std::string, control);
    QFETCH(QByteArray, yaml);
    QFETCH(QByteArray, report);
    const auto assessment = assessed(yaml, report, { control });
    QVERIFY(assessment);
    QCOMPARE(assessment->controls.size(), 1u);
    const assess::ControlResult& result = assessment->controls.front();
    QFETCH(Verdict, expected);
    QFETCH(int, failed);
    QVERIFY2(result.verdict == expected, (std::string(toText(result.verdict)) + ": " + result.reason).c_str());
    QCOMPARE(static_cast<int>(result.failed), failed);
    for (const assess::Finding& finding : assessment->findings)
        QVERIFY(!finding.evidence.empty());
}

void tst_Paths::saysTheWholeWay()
{
    const auto assessment = assessed(roles() + service("LoadBalancer") + role("all", everything)
            + binding("b", "all", boss) + web(", serviceAccountName: boss"),
        {}, { "PLM-G2" });
    QVERIFY(assessment);
    QCOMPARE(assessment->findings.size(), 1u);
    const std::string& message = assessment->findings.front().message;
    QVERIFY2(message.contains("Service shop/web") && message.contains("holds the token of ServiceAccount shop/boss"),
        message.c_str());
}

// What a workload leads to makes its other faults worse.
void tst_Paths::countsWaysInSeverity()
{
    const QByteArray exec = role("exec", "[{apiGroups: [''], resources: [pods/exec], verbs: [create]}]")
        + "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: e, namespace: shop}\n"
          "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: exec}\n"
          "subjects: [{kind: ServiceAccount, name: default, namespace: shop}]\n"
        + role("all", everything) + binding("b", "all", boss)
        + "---\napiVersion: v1\nkind: Pod\nmetadata: {name: admin, namespace: shop}\n"
          "spec: {serviceAccountName: boss, containers: [{name: c, image: 'ghcr.io/acme/a:1'}]}\n";
    const auto assessment = assessed(roles() + exec + web(), {}, { "PLM-W12" });
    QVERIFY(assessment);
    bool isSaid = false;
    for (const assess::Finding& finding : assessment->findings) {
        for (const std::string& reason : finding.severityReasons)
            isSaid = isSaid || reason.contains("make administrator of the cluster, the first: ");
    }
    QVERIFY(!assessment->findings.empty());
    QVERIFY(isSaid);
}

QTEST_GUILESS_MAIN(tst_Paths)
#include "tst_Paths.moc"
