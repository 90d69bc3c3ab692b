// SPDX-License-Identifier: Apache-2.0
#include "tests/control/RunControl.h"

using namespace plimsoll;

namespace {

std::string ingress(const std::string& spec, const std::string& metadata = {})
{
    return "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web, namespace: shop" + metadata
        + "}\nspec: {" + spec + "}\n";
}

} // namespace

class tst_IngressControls : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void tls_data();
    void tls();
    void namesTheBareHosts();
};

void tst_IngressControls::tls_data()
{
    QTest::addColumn<std::string>("yaml");
    QTest::addColumn<std::string>("expected");
    const auto row = [](const char* situation, const std::string& yaml, const std::string& expected) {
        QTest::addRow("%s", situation) << yaml << expected;
    };
    const std::string pass = "ingress/shop/web pass\n";
    const std::string fail = "ingress/shop/web fail\n";
    row("no TLS", ingress("rules: [{host: a.example}]"), fail);
    row("the same host", ingress("rules: [{host: a.example}], tls: [{hosts: [a.example]}]"), pass);
    row("the same host in other case", ingress("rules: [{host: a.example}], tls: [{hosts: [A.Example]}]"), pass);
    row("one of two hosts", ingress("rules: [{host: a.example}, {host: b.example}], tls: [{hosts: [a.example]}]"),
        fail);
    row("a wildcard", ingress("rules: [{host: shop.a.example}], tls: [{hosts: ['*.a.example']}]"), pass);
    row("a wildcard is one label", ingress("rules: [{host: x.shop.a.example}], tls: [{hosts: ['*.a.example']}]"), fail);
    row("a wildcard is not the domain itself", ingress("rules: [{host: a.example}], tls: [{hosts: ['*.a.example']}]"),
        fail);
    row("a wildcard rule", ingress("rules: [{host: '*.a.example'}], tls: [{hosts: ['*.a.example']}]"), pass);
    row("TLS without hosts is for every host", ingress("rules: [{host: a.example}], tls: [{secretName: s}]"), pass);
    row("a rule for every host", ingress("rules: [{}], tls: [{hosts: [a.example]}]"), fail);
    row("a default backend alone", ingress("defaultBackend: {service: {name: s, port: {number: 80}}}"), fail);
    row("a default backend with TLS",
        ingress("defaultBackend: {service: {name: s, port: {number: 80}}}, tls: [{secretName: s}]"), pass);
    row("a certificate of the load balancer",
        ingress("rules: [{host: a.example}]", ", annotations: {alb.ingress.kubernetes.io/certificate-arn: 'arn:x'}"),
        pass);
    row("TLS ends in the backend",
        ingress("rules: [{host: a.example}]", ", annotations: {nginx.ingress.kubernetes.io/ssl-passthrough: 'true'}"),
        pass);
    row("Ingresses are not in the source", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: shop}\n",
        "- not assessed\n");
}

void tst_IngressControls::tls()
{
    QFETCH(std::string, yaml);
    QFETCH(std::string, expected);
    const auto outcomes = test::run("PLM-T01", test::clusterFrom(yaml));
    QCOMPARE(test::verdictLines(outcomes), expected);
    QVERIFY(test::isComplete(outcomes));
}

void tst_IngressControls::namesTheBareHosts()
{
    const auto outcomes = test::run("PLM-T01",
        test::clusterFrom(ingress("rules: [{host: a.example}, {host: b.example}], tls: [{hosts: [a.example]}]")));
    const control::Outcome& outcome = outcomes.at("ingress/shop/web");
    QCOMPARE(outcome.message, std::string("serves b.example without TLS"));
    QCOMPARE(outcome.evidence.at(0).pointer, std::string("/spec/rules/1/host"));
}

QTEST_GUILESS_MAIN(tst_IngressControls)
#include "tst_IngressControls.moc"
