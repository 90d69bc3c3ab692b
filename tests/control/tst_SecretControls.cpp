// SPDX-License-Identifier: Apache-2.0
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

QTEST_GUILESS_MAIN(tst_SecretControls)
#include "tst_SecretControls.moc"
