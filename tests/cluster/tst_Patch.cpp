// SPDX-License-Identifier: Apache-2.0
#include "core/cluster/Patch.h"

#include <QProcess>

#include "tests/support/Support.h"

using namespace plimsoll;
using namespace plimsoll::cluster;
using test::clusterFrom;

namespace {

// Hostile names are put in later: moc loses its way in raw strings with odd quotes.
constexpr std::string_view objects = R"(
apiVersion: apps/v1
kind: Deployment
metadata: {namespace: shop, name: web}
spec:
  template:
    spec:
      containers:
      - name: main
        image: web
        ports: [{containerPort: 80, hostPort: 80}]
        env: [{name: MODE, value: x}]
        securityContext: {privileged: true, capabilities: {add: [CHOWN, SYS_ADMIN]}, seccompProfile: {type: Localhost, localhostProfile: p}}
        volumeMounts: [{name: sock, mountPath: /run/docker.sock}, {name: data, mountPath: /data}]
      - name: CONTAINER
        image: db
        ports: [{containerPort: 53, protocol: TCP}, {containerPort: 53, protocol: UDP, hostPort: 53}]
      securityContext: {sysctls: [{name: kernel.msgmax, value: '1'}]}
      volumes: [{name: sock, hostPath: {path: /run/docker.sock}}, {name: data, emptyDir: {}}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: everyone}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
subjects: [{kind: User, name: alice}, {kind: Group, name: 'system:authenticated'}, {kind: User, name: bob}]
---
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {namespace: shop, name: api}
spec: {template: {spec: {containers: [{name: main, image: api}]}}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: QUOTE}
rules: []
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: OPTION}
rules: []
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: ESCAPE}
rules: []
---
apiVersion: v1
kind: ServiceAccount
metadata: {namespace: shop, name: web}
)";

const Cluster& cluster()
{
    static const auto loaded = [] {
        std::string yaml(objects);
        const auto put
            = [&](std::string_view mark, std::string_view name) { yaml.replace(yaml.find(mark), mark.size(), name); };
        put("CONTAINER", "\"it's: a #hostile 'name'\"");
        put("QUOTE", "\"x'; rm -rf / #\"");
        put("OPTION", "\"-o=yaml\"");
        put("ESCAPE", "\"a\\eb\"");
        return clusterFrom(yaml);
    }();
    return *loaded;
}

struct Situation {
    std::string kind, ns, name;
    std::vector<Patch::Edit> edits;
    std::string type;
    std::string yaml;
};

Result<RenderedPatch> renderFor(const Situation& situation)
{
    return render(cluster(), { cluster().find(situation.kind, situation.ns, situation.name), situation.edits });
}

std::string spec(std::string_view rest)
{
    return "/spec/template/spec" + std::string(rest);
}

} // namespace

Q_DECLARE_METATYPE(Situation)

class TestPatch : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void writesThePatch_data();
    void writesThePatch();
    void quotesTheCommand_data();
    void quotesTheCommand();
    void survivesAShell_data();
    void survivesAShell();
    void refuses_data();
    void refuses();
};

void TestPatch::writesThePatch_data()
{
    QTest::addColumn<Situation>("situation");
    const auto web = [](const char* situation, std::vector<Patch::Edit> edits, std::string type, std::string yaml) {
        QTest::addRow("%s", situation) << Situation { "Deployment", "shop", "web", std::move(edits), std::move(type),
            std::move(yaml) };
    };
    const std::string head = "spec:\n  template:\n    spec:\n";
    web("a field of a container by its name", { { spec("/containers/0/securityContext/privileged"), "false" } },
        "strategic",
        head + "      containers:\n      - name: main\n        securityContext:\n          privileged: false\n");
    web("parents that do not exist are made",
        { { spec("/containers/1/securityContext/capabilities/drop"), "[\"ALL\"]" } }, "strategic",
        head
            + "      containers:\n      - name: 'it''s: a #hostile ''name'''\n        securityContext:\n"
              "          capabilities:\n            drop:\n            - ALL\n");
    web("a primitive list as a whole", { { spec("/containers/0/securityContext/capabilities/add"), "[\"CHOWN\"]" } },
        "strategic",
        head
            + "      containers:\n      - name: main\n        securityContext:\n          capabilities:\n"
              "            add:\n            - CHOWN\n");
    web("a removed field is null", { { spec("/containers/0/ports/0/hostPort"), "" } }, "strategic",
        head
            + "      containers:\n      - name: main\n        ports:\n        - containerPort: 80\n"
              "          hostPort: null\n");
    web("removed elements are deleted by key",
        { { spec("/volumes/0"), "" }, { spec("/containers/0/volumeMounts/0"), "" } }, "strategic",
        head
            + "      containers:\n      - name: main\n        volumeMounts:\n        - $patch: delete\n"
              "          mountPath: /run/docker.sock\n      volumes:\n      - $patch: delete\n        name: sock\n");
    web("what a replaced object had before is nulled",
        { { spec("/containers/0/securityContext/seccompProfile"), "{\"type\":\"RuntimeDefault\"}" } }, "strategic",
        head
            + "      containers:\n      - name: main\n        securityContext:\n          seccompProfile:\n"
              "            type: RuntimeDefault\n            localhostProfile: null\n");
    web("a list without a key", { { spec("/securityContext/sysctls/0"), "" } }, "json",
        "- op: test\n  path: /spec/template/spec/securityContext/sysctls/0/name\n  value: kernel.msgmax\n"
        "- op: remove\n  path: /spec/template/spec/securityContext/sysctls/0\n");
    web("two ports of one number cannot be told apart", { { spec("/containers/1/ports/1/hostPort"), "" } }, "json",
        "- op: test\n  path: /spec/template/spec/containers/1/name\n  value: 'it''s: a #hostile ''name'''\n"
        "- op: remove\n  path: /spec/template/spec/containers/1/ports/1/hostPort\n");
    QTest::addRow("subjects from the end") << Situation { "ClusterRoleBinding", "", "everyone",
        { { "/subjects/0", "" }, { "/subjects/1", "" } }, "json",
        "- op: test\n  path: /subjects/0/kind\n  value: User\n- op: test\n  path: /subjects/0/name\n  value: alice\n"
        "- op: test\n  path: /subjects/1/kind\n  value: Group\n- op: test\n  path: /subjects/1/name\n"
        "  value: system:authenticated\n- op: remove\n  path: /subjects/1\n- op: remove\n  path: /subjects/0\n" };
    QTest::addRow("a custom resource") << Situation { "Rollout", "shop", "api",
        { { spec("/securityContext/runAsNonRoot"), "true" }, { spec("/securityContext/runAsUser"), "5" } }, "json",
        "- op: add\n  path: /spec/template/spec/securityContext\n  value:\n    runAsNonRoot: true\n"
        "    runAsUser: 5\n" };
    QTest::addRow("a new top-level field") << Situation { "ServiceAccount", "shop", "web",
        { { "/automountServiceAccountToken", "false" } }, "strategic", "automountServiceAccountToken: false\n" };
}

void TestPatch::writesThePatch()
{
    QFETCH(Situation, situation);
    const auto rendered = renderFor(situation);
    VERIFY_RESULT(rendered);
    QCOMPARE(rendered->yaml, situation.yaml);
    QCOMPARE(rendered->type, situation.type);
}

void TestPatch::quotesTheCommand_data()
{
    QTest::addColumn<Situation>("situation");
    QTest::addColumn<QString>("command");
    QTest::addRow("namespaced") << Situation { "ServiceAccount", "shop", "web",
        { { "/automountServiceAccountToken", "false" } }, {}, {} }
                                << QStringLiteral("kubectl patch serviceaccount web -n shop --type strategic --patch "
                                                  "'automountServiceAccountToken: false'");
    QTest::addRow("a custom resource by kind, version and group")
        << Situation { "Rollout", "shop", "api", { { "/spec/paused", "true" } }, {}, {} }
        << QStringLiteral("kubectl patch Rollout.v1alpha1.argoproj.io api -n shop --type json --patch "
                          "'- op: add\n  path: /spec/paused\n  value: true'");
    QTest::addRow("a name that would end the quotes")
        << Situation { "ClusterRole", "", "x'; rm -rf / #", { { "/metadata/labels/a", "\"it's\"" } }, {}, {} }
        << QStringLiteral("kubectl patch clusterrole 'x'\\''; rm -rf / #' --type strategic --patch "
                          "'metadata:\n  labels:\n    a: it'\\''s'");
    QTest::addRow("a name that looks like an option") << Situation {
        "ClusterRole", "", "-o=yaml", { { "/metadata/labels/a", "\"b\"" } }, {}, {}
    } << QStringLiteral("kubectl patch clusterrole/-o=yaml --type strategic --patch 'metadata:\n  labels:\n    a: b'");
}

void TestPatch::quotesTheCommand()
{
    QFETCH(Situation, situation);
    QFETCH(QString, command);
    const auto rendered = renderFor(situation);
    VERIFY_RESULT(rendered);
    QCOMPARE(rendered->command, command.toStdString());
}

// A shell must hand kubectl exactly the patch, whatever the names hold.
void TestPatch::survivesAShell_data()
{
    QTest::addColumn<Situation>("situation");
    QTest::addRow("a container's name") << Situation { "Deployment", "shop", "web",
        { { spec("/containers/1/image"), "\"it's $HOME `id` \\\\\"" } }, {}, {} };
    QTest::addRow("the object's name") << Situation { "ClusterRole", "", "x'; rm -rf / #",
        { { "/metadata/labels/a", "\"b\"" } }, {}, {} };
}

void TestPatch::survivesAShell()
{
    QFETCH(Situation, situation);
    const auto rendered = renderFor(situation);
    VERIFY_RESULT(rendered);
    // The shell's function stands for kubectl and prints its last argument.
    const std::string script = "kubectl() { for last; do :; done; printf %s \"$last\"; }\n" + rendered->command;
    QProcess shell;
    shell.start(QStringLiteral("sh"), { QStringLiteral("-c"), test::q(script) });
    QVERIFY(shell.waitForFinished());
    QCOMPARE(shell.exitCode(), 0);
    const std::string output = shell.readAllStandardOutput().toStdString();
    QCOMPARE(output + '\n', rendered->yaml);
}

void TestPatch::refuses_data()
{
    QTest::addColumn<Situation>("situation");
    QTest::addColumn<QString>("error");
    QTest::addRow("nothing to change") << Situation { "ServiceAccount", "shop", "web", {}, {}, {} }
                                       << QStringLiteral("There is nothing to change");
    QTest::addRow("already gone") << Situation { "ServiceAccount", "shop", "web", { { "/secrets/3", "" } }, {}, {} }
                                  << QStringLiteral("The object is already as the change would make it: "
                                                    "serviceaccount/shop/web");
    QTest::addRow("an element that is not there")
        << Situation { "Deployment", "shop", "web", { { spec("/containers/9/image"), "\"x\"" } }, {}, {} }
        << QStringLiteral("A change does not fit the object: /spec/template/spec/containers/9/image");
    QTest::addRow("below a string") << Situation {
        "Deployment", "shop", "web", { { spec("/containers/0/image/tag"), "\"x\"" } }, {}, {}
    } << QStringLiteral("A change does not fit the object: /spec/template/spec/containers/0/image/tag");
    QTest::addRow("no JSON") << Situation { "Deployment", "shop", "web", { { "/spec/replicas", "{" } }, {}, {} }
                             << QStringLiteral("A change does not fit the object: /spec/replicas");
    QTest::addRow("an escape sequence in the name")
        << Situation { "ClusterRole", "",
               "a\x1b"
               "b",
               { { "/metadata/labels/a", "\"b\"" } }, {}, {} }
        << QStringLiteral("The object's name has characters that a command cannot show safely: clusterrole/a\\x1bb: "
                          "Apply the patch with a client that takes the name from the cluster");
}

void TestPatch::refuses()
{
    QFETCH(Situation, situation);
    QFETCH(QString, error);
    const auto rendered = renderFor(situation);
    QVERIFY(!rendered.has_value());
    QCOMPARE(toText(rendered.error()), error.toStdString());
}

QTEST_GUILESS_MAIN(TestPatch)
#include "tst_Patch.moc"
