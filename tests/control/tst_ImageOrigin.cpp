// SPDX-License-Identifier: Apache-2.0
#include "tests/control/RunControl.h"

using namespace plimsoll;

namespace {

const std::string pod = "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n"
                        "---\napiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\n"
                        "spec: {containers: [{name: c, image: 'ghcr.io/acme/web:1'}]}\n";

std::string hooks(const char* name)
{
    return std::string("---\napiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\n"
                       "metadata: {name: ")
        + name + "}\nwebhooks: [{name: " + name
        + ", failurePolicy: Fail, rules: []}]\n---\napiVersion: admissionregistration.k8s.io/v1\nkind: "
          "MutatingWebhookConfiguration\nmetadata: {name: none}\nwebhooks: []\n";
}

std::string kyverno(const char* action)
{
    return std::string("---\napiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: k}\nspec: "
                       "{validationFailureAction: ")
        + action
        + ", rules: [{name: r, match: {any: [{resources: {kinds: [Pod]}}]}, verifyImages: [{imageReferences: "
          "['ghcr.io/*'], attestors: [{entries: [{keys: {}}]}]}]}]}\n";
}

std::string gatekeeper(const char* repos, const char* action = "deny")
{
    return std::string(
               "---\napiVersion: constraints.gatekeeper.sh/v1beta1\nkind: K8sAllowedRepos\nmetadata: {name: g}\n"
               "spec: {enforcementAction: ")
        + action + ", parameters: {repos: [" + repos + "]}}\n";
}

} // namespace

class tst_ImageOrigin : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void judges_data()
    {
        QTest::addColumn<std::string>("control");
        QTest::addColumn<std::string>("yaml");
        QTest::addColumn<std::string>("expected");
        const auto row
            = [](const char* situation, const char* id, const std::string& yaml, const std::string& expected) {
                  QTest::addRow("%s: %s", id, situation) << "PLM-" + std::string(id) << yaml << expected;
              };
        const std::string web = "pod/shop/web ", shop = "namespace//shop ", rule = "k8sallowedrepos//g ";
        row("no policy", "I06", pod + hooks("other"), web + "fail\n");
        row("a policy that refuses", "I06", pod + hooks("kyverno") + kyverno("Enforce"), web + "pass\n");
        row("a policy that reports", "I06", pod + hooks("kyverno") + kyverno("Audit"), web + "fail\n");
        row("an engine that is not read", "I06", pod + hooks("connaisseur-webhook"), web + "not assessed\n");
        row("no webhooks in the source", "I06", pod, "- not assessed\n");

        row("no policy", "I15", pod + hooks("other"), "namespace/shop fail\n");
        row("signatures", "I15", pod + hooks("kyverno") + kyverno("Enforce"), "namespace/shop pass\n");
        row("registries", "I15", pod + hooks("gatekeeper") + gatekeeper("ghcr.io/acme/"), "namespace/shop pass\n");
        row("registries, reported only", "I15", pod + hooks("gatekeeper") + gatekeeper("ghcr.io/acme/", "warn"),
            "namespace/shop fail\n");
        row("an engine that is not read", "I15", pod + hooks("ratify-webhook"), "namespace/shop not assessed\n");
        row("no webhooks in the source", "I15", pod, "- not assessed\n");

        row("ends at a slash", "I16", gatekeeper("registry.example.com/"), "k8sallowedrepos/g pass\n");
        row("ends at the host", "I16", gatekeeper("registry.example.com"), "k8sallowedrepos/g fail\n");
        row("ends in a name", "I16", gatekeeper("ghcr.io/acme/, ghcr.io/acme/web"), "k8sallowedrepos/g fail\n");
        row("ends in a tag", "I16", gatekeeper("'ghcr.io/acme/web:1'"), "k8sallowedrepos/g pass\n");
        row("no constraint", "I16", pod, "");
    }

    void judges()
    {
        QFETCH(std::string, control);
        QFETCH(std::string, yaml);
        QFETCH(std::string, expected);
        const test::Outcomes outcomes = test::run(control, test::clusterFrom(yaml));
        QCOMPARE(test::verdictLines(outcomes), expected);
        QVERIFY(test::isComplete(outcomes));
    }
};

QTEST_GUILESS_MAIN(tst_ImageOrigin)
#include "tst_ImageOrigin.moc"
