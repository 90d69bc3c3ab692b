// SPDX-License-Identifier: Apache-2.0
#include "core/control/Catalogue.h"
#include "tests/control/RunControl.h"

using namespace plimsoll;

namespace {

// A pod of namespace shop with one container; extra fields of the container and of the pod.
std::string pod(const std::string& container, const std::string& spec = {}, const std::string& ns = ", namespace: shop")
{
    return "---\napiVersion: v1\nkind: Pod\nmetadata: {name: web" + ns + "}\nspec: {" + spec
        + "containers: [{name: web, image: web:1" + (container.empty() ? "" : ", " + container) + "}]}\n";
}

const std::string secret = "---\napiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: shop}\ndata: {k: dg==}\n";
const std::string configMap
    = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: shop}\ndata: {k: v}\n";

const std::string lastApplied = "kubectl.kubernetes.io/last-applied-configuration";

std::string configMapWith(const std::string& key, const std::string& value)
{
    return "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: shop}\ndata: {" + key + ": \"" + value
        + "\"}\n";
}

std::string tokenSecret(const std::string& labels)
{
    return "---\napiVersion: v1\nkind: Secret\nmetadata: {name: t, namespace: shop, labels: {" + labels
        + "}, annotations: {kubernetes.io/service-account.name: robot}}\ntype: kubernetes.io/service-account-token\n";
}

} // namespace

class tst_SecretControls : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void judges_data();
    void judges();
    void pointsAtTheReference();
    void namesTheServiceAccount();
    void judgesExposed_data();
    void judgesExposed();
    void tellsRulePlaceAndLength();
    void gathersPodsOfAWorkload();
    void tellsWeakDefaultsApart();
    void saysWhatToDo();
};

void tst_SecretControls::judges_data()
{
    QTest::addColumn<std::string>("control");
    QTest::addColumn<std::string>("yaml");
    QTest::addColumn<std::string>("expected");
    const auto row = [](const char* situation, const char* id, const std::string& yaml, const std::string& expected) {
        QTest::addRow("%s: %s", id, situation) << "PLM-" + std::string(id) << yaml << expected;
    };
    const std::string web = "pod/shop/web ";
    const std::string both = secret + configMap;
    row("one key", "S01", pod("env: [{name: A, valueFrom: {secretKeyRef: {name: s, key: k}}}]"), web + "fail\n");
    row("all keys", "S01", pod("envFrom: [{secretRef: {name: s}}]"), web + "fail\n");
    row("of a ConfigMap", "S01", pod("envFrom: [{configMapRef: {name: c}}]"), web + "pass\n");
    row("as a volume", "S01", pod("", "volumes: [{name: v, secret: {secretName: s}}], "), web + "pass\n");
    row("an init container", "S01",
        pod("", "initContainers: [{name: i, image: i:1, envFrom: [{secretRef: {name: s}}]}], "), web + "fail\n");

    row("everything is there", "S06",
        pod("envFrom: [{secretRef: {name: s}}, {configMapRef: {name: c}}]", "imagePullSecrets: [{name: s}], ") + both,
        web + "pass\n");
    row("a key of a missing Secret", "S06",
        pod("env: [{name: A, valueFrom: {secretKeyRef: {name: gone, key: k}}}]") + both, web + "fail\n");
    row("an optional one", "S06",
        pod("env: [{name: A, valueFrom: {secretKeyRef: {name: gone, key: k, optional: true}}}]") + both,
        web + "pass\n");
    row("a volume of a missing ConfigMap", "S06", pod("", "volumes: [{name: v, configMap: {name: gone}}], ") + both,
        web + "fail\n");
    row("an optional volume", "S06",
        pod("", "volumes: [{name: v, secret: {secretName: gone, optional: true}}], ") + both, web + "pass\n");
    row("a projected source", "S06",
        pod("", "volumes: [{name: v, projected: {sources: [{secret: {name: s}}, {secret: {name: gone}}]}}], ") + both,
        web + "fail\n");
    row("the root certificate that Kubernetes provides", "S06",
        pod("", "volumes: [{name: v, configMap: {name: kube-root-ca.crt}}], ") + both, web + "pass\n");
    row("a pull secret", "S06", pod("", "imagePullSecrets: [{name: gone}], ") + both, web + "fail\n");
    row("the Secret of another namespace", "S06",
        pod("", "imagePullSecrets: [{name: x}], ")
            + "---\napiVersion: v1\nkind: Secret\nmetadata: {name: x, namespace: other}\n",
        web + "fail\n");
    row("Secrets are not in the source", "S06", pod("envFrom: [{secretRef: {name: s}}]") + configMap,
        web + "not assessed\n");
    row("ConfigMaps are not in the source", "S06", pod("envFrom: [{configMapRef: {name: c}}]") + secret,
        web + "not assessed\n");
    row("no namespace to look in", "S06", pod("envFrom: [{secretRef: {name: s}}]", {}, {}) + both,
        "pod/web not assessed\n");
    row("no reference needs nothing", "S06", pod(""), web + "pass\n");

    row("a token", "S08", tokenSecret(""), "secret/shop/t fail\n");
    row("a token that Kubernetes has invalidated", "S08",
        tokenSecret("kubernetes.io/legacy-token-invalid-since: '2026-01-02'"), "secret/shop/t pass\n");
    row("another type", "S08", secret, "secret/shop/s pass\n");
    row("Secrets are not in the source", "S08", pod(""), "- not assessed\n");
}

void tst_SecretControls::judges()
{
    QFETCH(std::string, control);
    QFETCH(std::string, yaml);
    QFETCH(std::string, expected);
    const auto outcomes = test::run(control, test::clusterFrom(yaml));
    QCOMPARE(test::verdictLines(outcomes), expected);
    QVERIFY(test::isComplete(outcomes));
}

void tst_SecretControls::pointsAtTheReference()
{
    const auto outcomes = test::run("PLM-S01",
        test::clusterFrom(pod("env: [{name: A, value: b}, {name: P, valueFrom: {secretKeyRef: {name: s, key: k}}}]")));
    const control::Evidence& evidence = outcomes.at("pod/shop/web").evidence.at(0);
    QCOMPARE(evidence.pointer, std::string("/spec/containers/0/env/1/valueFrom/secretKeyRef"));
    QCOMPARE(evidence.value, std::string("P from Secret s"));
}

void tst_SecretControls::namesTheServiceAccount()
{
    const auto outcomes = test::run("PLM-S08", test::clusterFrom(tokenSecret("")));
    QCOMPARE(
        outcomes.at("secret/shop/t").message, std::string("holds a token of service account robot that never expires"));
}

void tst_SecretControls::judgesExposed_data()
{
    QTest::addColumn<std::string>("control");
    QTest::addColumn<std::string>("yaml");
    QTest::addColumn<std::string>("expected");
    const auto row = [](const char* situation, const char* id, const std::string& yaml, const std::string& expected) {
        QTest::addRow("%s: %s", id, situation) << "PLM-" + std::string(id) << yaml << expected;
    };
    const std::string web = "pod/shop/web ";
    const auto env = [](const std::string& name, const std::string& value) {
        return pod("env: [{name: " + name + ", value: '" + value + "'}]");
    };
    row("a password", "S02", env("DB_PASSWORD", "orange-Kite7"), web + "fail\n");
    row("a default password", "S02", env("DB_PASSWORD", "changeme"), web + "fail\n");
    row("a URL with a password", "S02", env("DATABASE_URL", "postgres://shop:orange-Kite7@db/shop"), web + "fail\n");
    row("an init container", "S02",
        pod("", "initContainers: [{name: i, image: i:1, env: [{name: API_TOKEN, value: k7Qp2mZx94Lr}]}], "),
        web + "fail\n");
    row("a file", "S02", env("DB_PASSWORD_FILE", "/run/secrets/db"), web + "pass\n");
    row("another variable", "S02", env("DB_PASSWORD", "$(SHARED)"), web + "pass\n");
    row("a Secret", "S02", pod("env: [{name: DB_PASSWORD, valueFrom: {secretKeyRef: {name: s, key: k}}}]"),
        web + "pass\n");
    row("an argument is no variable", "S02", pod("args: [--password=orange-Kite7]"), web + "pass\n");
    row("a ConfigMap is no variable", "S02", pod("") + configMapWith("password", "orange-Kite7"), web + "pass\n");
    row("a custom resource", "S02",
        "---\napiVersion: x.example/v1\nkind: App\nmetadata: {name: a, namespace: shop}\nspec: {env: [{name: "
        "DB_PASSWORD, value: orange-Kite7}]}\n",
        "app/shop/a fail\n");
    row("there are no pods", "S02", configMap, "- not assessed\n");

    row("a key named so", "S03", configMapWith("db.password", "orange-Kite7"), "configmap/shop/c fail\n");
    row("a line in a file", "S03", configMapWith("app.conf", "user=shop\\npassword=orange-Kite7\\n"),
        "configmap/shop/c fail\n");
    row("a default", "S03", configMapWith("db.password", "changeme"), "configmap/shop/c fail\n");
    row("an ordinary value", "S03", configMap, "configmap/shop/c pass\n");
    row("a public certificate", "S03", configMapWith("ca.crt", "-----BEGIN CERTIFICATE-----\\nMIIBszCCAVmgAwIBAgIU"),
        "configmap/shop/c pass\n");
    row("the path of a file", "S03", configMapWith("password", "/run/secrets/db"), "configmap/shop/c pass\n");
    row("its annotation is another control's", "S03",
        "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: shop, annotations: {a: "
        "'https://u:orange-Kite7@h/'}}\n",
        "configmap/shop/c pass\n");
    row("ConfigMaps are not in the source", "S03", pod(""), "- not assessed\n");

    row("an argument", "S04", pod("args: [--db-password=orange-Kite7]"), web + "fail\n");
    row("two arguments", "S04", pod("command: [run, --password, orange-Kite7]"), web + "fail\n");
    row("a default", "S04", pod("args: [--db-password=changeme]"), web + "fail\n");
    row("a variable in an argument", "S04", pod("args: [--db-password=$(DB_PASSWORD)]"), web + "pass\n");
    row("a path in an argument", "S04", pod("args: [--password-file=/run/secrets/db]"), web + "pass\n");
    row("a variable is another control's", "S04", env("DB_PASSWORD", "orange-Kite7"), web + "pass\n");
    row("the copy of kubectl apply", "S04",
        "---\napiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop, annotations: {" + lastApplied
            + ": '{\"kind\":\"Pod\",\"spec\":{\"containers\":[{\"env\":[{\"name\":\"PASSWORD\",\"value\":"
              "\"orange-Kite7\"}]}]}}'}}\nspec: {containers: [{name: web, image: web:1}]}\n",
        web + "fail\n");
    row("the copy of a Secret", "S04",
        pod("") + "---\napiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: shop, annotations: {" + lastApplied
            + ": '{\"kind\":\"Secret\",\"data\":{\"k\":\"dg==\"}}'}}\ndata: {k: dg==}\n",
        web + "pass\nsecret/shop/s fail\n");
    row("a Secret is where it belongs", "S04", pod("") + secret, web + "pass\n");
    row("a custom resource", "S04",
        pod("")
            + "---\napiVersion: x.example/v1\nkind: Database\nmetadata: {name: d, namespace: shop}\nspec: {password: "
              "orange-Kite7}\n",
        "database/shop/d fail\n" + web + "pass\n");
    row("there are no pods", "S04", configMap, "- not assessed\n");
}

void tst_SecretControls::judgesExposed()
{
    judges();
}

void tst_SecretControls::tellsRulePlaceAndLength()
{
    const auto cluster = test::clusterFrom(
        pod("env: [{name: A, value: b}, {name: DB_PASSWORD, value: orange-Kite7}], args: [--token=k7Qp2mZx94Lr]"));
    const auto env = test::run("PLM-S02", cluster).at("pod/shop/web");
    QCOMPARE(env.message, std::string("holds a password in DB_PASSWORD of container web"));
    QCOMPARE(env.evidence.size(), std::size_t(1));
    QCOMPARE(env.evidence[0].pointer, std::string("/spec/containers/0/env/1/value"));
    QCOMPARE(env.evidence[0].value, std::string("rule env-password, 12 bytes"));
    const auto args = test::run("PLM-S04", cluster).at("pod/shop/web");
    QCOMPARE(args.message, std::string("holds a token in the args of container web"));
    QCOMPARE(args.evidence.at(0).pointer, std::string("/spec/containers/0/args/0"));
    QCOMPARE(args.evidence.at(0).value, std::string("rule arg-token, 12 bytes"));
}

void tst_SecretControls::gathersPodsOfAWorkload()
{
    const std::string spec = "{containers: [{name: web, image: web:1, env: [{name: PASSWORD, value: orange-Kite7}]}]}";
    const std::string owner
        = "ownerReferences: [{apiVersion: apps/v1, kind: StatefulSet, name: db, uid: u, controller: "
          "true}]";
    std::string yaml = "---\napiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db, namespace: shop, uid: u}\n"
                       "spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: "
        + spec + "}}\n";
    for (const char* name : { "db-0", "db-1" })
        yaml += "---\napiVersion: v1\nkind: Pod\nmetadata: {name: " + std::string(name) + ", namespace: shop, " + owner
            + "}\nspec: " + spec + "\nstatus: {phase: Running}\n";
    const auto outcomes = test::run("PLM-S02", test::clusterFrom(yaml));
    QCOMPARE(test::verdictLines(outcomes), std::string("statefulset/shop/db fail\n"));
    const control::Outcome& outcome = outcomes.at("statefulset/shop/db");
    QCOMPARE(outcome.evidence.size(), std::size_t(1)); // the template; its pods say the same
    QCOMPARE(outcome.evidence[0].pointer, std::string("/spec/template/spec/containers/0/env/0/value"));
    QCOMPARE(outcome.affected, 3u);
}

void tst_SecretControls::tellsWeakDefaultsApart()
{
    const auto outcomes = test::run("PLM-S02", test::clusterFrom(pod("env: [{name: DB_PASSWORD, value: changeme}]")));
    const control::Outcome& outcome = outcomes.at("pod/shop/web");
    QCOMPARE(outcome.message, std::string("holds a well-known default as credential in DB_PASSWORD of container web"));
    QCOMPARE(outcome.evidence.at(0).value, std::string("rule weak-default, 8 bytes"));
}

void tst_SecretControls::saysWhatToDo()
{
    const auto catalogue = control::loadCatalogue();
    VERIFY_RESULT(catalogue);
    for (const char* id : { "PLM-S02", "PLM-S03", "PLM-S04" }) {
        const control::Catalogue::Entry* entry = (*catalogue)->find(id);
        QVERIFY(entry);
        for (const char* word : { "Secret", "external", "now" })
            QVERIFY2(entry->text.remediation.find(word) != std::string::npos, id);
    }
}

QTEST_GUILESS_MAIN(tst_SecretControls)
#include "tst_SecretControls.moc"
