// SPDX-License-Identifier: Apache-2.0
#include "tests/control/RunControl.h"

using namespace plimsoll;

namespace {

const std::string secret = "---\napiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: shop}\ntype: Opaque\n"
                           "data: {a: dg==, b: dg==}\n";
const std::string accounts = "---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: robot, namespace: shop}\n";

std::string pod(const std::string& name, const std::string& container, const std::string& spec = {})
{
    return "---\napiVersion: v1\nkind: Pod\nmetadata: {name: " + name + ", namespace: shop, labels: {app: " + name
        + "}}\nspec: {" + spec + "containers: [{name: c, image: web:1, ports: [{containerPort: 80}]"
        + (container.empty() ? "" : ", " + container) + "}]}\nstatus: {phase: Running, podIP: 10.0.0.1}\n";
}

// A right on Secrets by a RoleBinding in shop, and roles of both sorts so that all kinds are there.
std::string right(const std::string& rule, const std::string& subject)
{
    return "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: r, namespace: shop}\nrules: ["
        + rule
        + "]\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: b, namespace: shop}\n"
          "roleRef: {kind: Role, name: r}\nsubjects: ["
        + subject
        + "]\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: none}\nrules: []\n"
          "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: none}\n"
          "roleRef: {kind: ClusterRole, name: none}\nsubjects: []\n";
}

std::string bootstrap(const std::string& data)
{
    return "---\napiVersion: v1\nkind: Secret\nmetadata: {name: bootstrap-token-abcdef, namespace: kube-system}\n"
           "type: bootstrap.kubernetes.io/token\ndata: {"
        + data + "}\n";
}

std::string claim()
{
    return "---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data, namespace: shop}\nspec: {}\n";
}

const std::string claimVolume = "volumes: [{name: v, persistentVolumeClaim: {claimName: data}}], ";
const std::string readSecrets = "{verbs: [get], apiGroups: [''], resources: [secrets]}";

} // namespace

class tst_SecretUse : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void judges_data();
    void judges();
    void saysWhoComesToIt();
    void saysWhatWasSearched();
};

void tst_SecretUse::judges_data()
{
    QTest::addColumn<std::string>("control");
    QTest::addColumn<std::string>("yaml");
    QTest::addColumn<std::string>("expected");
    const auto row = [](const char* situation, const char* id, const std::string& yaml, const std::string& expected) {
        QTest::addRow("%s: %s", id, situation) << "PLM-" + std::string(id) << yaml << expected;
    };
    const std::string it = "secret/shop/s ";
    row("a person reads it", "S05", secret + right(readSecrets, "{kind: User, name: ann}"), it + "pass\n");
    row("all users read it", "S05", secret + right(readSecrets, "{kind: Group, name: 'system:authenticated'}"),
        it + "fail\n");
    row("all accounts of a namespace start pods", "S05",
        secret
            + right("{verbs: [create], apiGroups: [''], resources: [pods]}",
                "{kind: Group, name: 'system:serviceaccounts:shop'}"),
        it + "fail\n");
    row("the default account reads it", "S05",
        secret + right(readSecrets, "{kind: ServiceAccount, name: default, namespace: shop}"), it + "fail\n");
    row("the default account reads another", "S05",
        secret
            + right("{verbs: [get], apiGroups: [''], resources: [secrets], resourceNames: [other]}",
                "{kind: ServiceAccount, name: default, namespace: shop}"),
        it + "pass\n");
    row("no bindings in the source", "S05", secret, "- not assessed\n");

    row("a volume names it", "S07",
        secret + accounts + pod("web", "", "volumes: [{name: v, secret: {secretName: s}}], "), it + "pass\n");
    row("nothing names it", "S07", secret + accounts + pod("web", ""), it + "fail\n");
    row("an argument names it", "S07",
        "---\napiVersion: v1\nkind: Secret\nmetadata: {name: certs, namespace: shop}\ndata: {a: dg==}\n" + accounts
            + pod("web", "args: ['--secret-name=shop/certs']"),
        "secret/shop/certs pass\n");
    row("a field of another kind names it", "S07",
        secret + accounts + pod("web", "")
            + "---\napiVersion: acme.example/v1\nkind: Database\nmetadata: {name: d, namespace: shop}\n"
              "spec: {credentialsSecret: {name: s}}\n",
        it + "pass\n");
    row("the same field in another namespace", "S07",
        secret + accounts + pod("web", "")
            + "---\napiVersion: acme.example/v1\nkind: Database\nmetadata: {name: d, namespace: bank}\n"
              "spec: {credentialsSecret: {name: s}}\n",
        it + "fail\n");
    row("one of two keys is taken", "S07",
        secret + accounts + pod("web", "env: [{name: A, valueFrom: {secretKeyRef: {name: s, key: a}}}]"),
        it + "fail\n");
    row("all keys are taken", "S07",
        secret + accounts
            + pod("web",
                "env: [{name: A, valueFrom: {secretKeyRef: {name: s, key: a}}}, {name: B, valueFrom: {secretKeyRef: "
                "{name: s, key: b}}}]"),
        it + "pass\n");
    row("a program may read it through the API", "S07",
        secret + accounts + pod("web", "", "serviceAccountName: robot, ")
            + right(readSecrets, "{kind: ServiceAccount, name: robot, namespace: shop}"),
        it + "not assessed\n");
    row("no pods in the source", "S07", secret + accounts, "- not assessed\n");

    row("without expiry", "S09", bootstrap("token-id: YQ==, token-secret: YQ=="),
        "secret/kube-system/bootstrap-token-abcdef fail\n");
    row("with expiry", "S09", bootstrap("token-id: YQ==, expiration: YQ=="),
        "secret/kube-system/bootstrap-token-abcdef not assessed\n");
    row("another type", "S09", secret, it + "pass\n");
    row("no Secrets", "S09", accounts, "- not assessed\n");

    row("one workload", "S15", claim() + pod("web", "", claimVolume), "persistentvolumeclaim/shop/data pass\n");
    row("two workloads", "S15", claim() + pod("web", "", claimVolume) + pod("tool", "", claimVolume),
        "persistentvolumeclaim/shop/data fail\n");
    row("reached from outside", "S15",
        claim() + pod("web", "", claimVolume)
            + "---\napiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\nspec: {type: LoadBalancer, "
              "selector: {app: web}, ports: [{port: 80}]}\n",
        "persistentvolumeclaim/shop/data fail\n");
    row("reached from inside", "S15",
        claim() + pod("web", "", claimVolume)
            + "---\napiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\nspec: {selector: {app: "
              "web}, "
              "ports: [{port: 80}]}\n",
        "persistentvolumeclaim/shop/data pass\n");
    row("no claims in the source", "S15", pod("web", ""), "- not assessed\n");

    row("values are dropped", "S16", secret, it + "pass\n");
    row("no Secrets", "S16", accounts, "- not assessed\n");
}

void tst_SecretUse::judges()
{
    QFETCH(std::string, control);
    QFETCH(std::string, yaml);
    QFETCH(std::string, expected);
    const test::Outcomes outcomes = test::run(control, test::clusterFrom(yaml));
    QCOMPARE(test::verdictLines(outcomes), expected);
    QVERIFY(test::isComplete(outcomes));
}

void tst_SecretUse::saysWhoComesToIt()
{
    const auto outcomes = test::run(
        "PLM-S05", test::clusterFrom(secret + right(readSecrets, "{kind: Group, name: 'system:authenticated'}")));
    const control::Outcome& outcome = outcomes.at("secret/shop/s");
    QCOMPARE(outcome.message, std::string("is open to many: group system:authenticated may read it"));
    QCOMPARE(outcome.evidence.front().pointer, std::string("/subjects/0"));
    QCOMPARE(outcome.evidence.front().value, std::string("get secrets named s in namespace shop"));
}

void tst_SecretUse::saysWhatWasSearched()
{
    const auto outcomes = test::run("PLM-S07", test::clusterFrom(secret + accounts + pod("web", "")));
    QCOMPARE(outcomes.at("secret/shop/s").message,
        std::string("is not used: nothing names it in the 2 kinds that were searched"));
}

QTEST_GUILESS_MAIN(tst_SecretUse)
#include "tst_SecretUse.moc"
