// SPDX-License-Identifier: Apache-2.0
#include "tests/control/RunControl.h"

using namespace plimsoll;

namespace {

std::string ns(const std::string& name, const std::string& labels = {})
{
    return "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: " + name + ", labels: {" + labels + "}}\n";
}

std::string list(const std::string& kind)
{
    return "---\napiVersion: admissionregistration.k8s.io/v1\nkind: " + kind + "List\nitems: []\n";
}

const std::string nothingElse = list("ValidatingWebhookConfiguration") + list("ValidatingAdmissionPolicy");

std::string webhook(const std::string& name, const std::string& rule)
{
    return "---\napiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: {name: "
        + name + "}\nwebhooks: [{name: check.example.com, rules: [{" + rule
        + "}], clientConfig: {service: {name: s, namespace: shop}}}]\n";
}

const std::string pods = "apiGroups: [''], resources: [pods], operations: [CREATE]";

std::string policy(const std::string& actions, const std::string& resources = "pods")
{
    return "---\napiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicy\nmetadata: {name: "
           "p}\nspec: "
           "{matchConstraints: {resourceRules: [{apiGroups: [''], resources: ["
        + resources
        + "], operations: [CREATE]}]}}\n"
          "---\napiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicyBinding\nmetadata: {name: "
          "b}\n"
          "spec: {policyName: p, validationActions: ["
        + actions + "]}\n";
}

const std::string noQuotas = "---\napiVersion: v1\nkind: ResourceQuotaList\nitems: []\n";
const std::string quota = "---\napiVersion: v1\nkind: ResourceQuota\nmetadata: {name: q, namespace: shop}\n";

std::string pod(const std::string& metadata)
{
    return "---\napiVersion: v1\nkind: Pod\nmetadata: {name: web" + metadata
        + "}\nspec: {containers: [{name: a, image: b}]}\n";
}

} // namespace

class tst_AdmissionControls : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void judges_data();
    void judges();
    void remedyOfMissingLevel();
};

void tst_AdmissionControls::judges_data()
{
    QTest::addColumn<std::string>("control");
    QTest::addColumn<std::string>("yaml");
    QTest::addColumn<std::string>("expected");
    const auto row = [](const char* situation, const char* id, const std::string& yaml, const std::string& expected) {
        QTest::addRow("%s: %s", id, situation) << "PLM-" + std::string(id) << yaml << expected;
    };
    const std::string two = ns("kube-system") + ns("shop");
    const std::string system = "namespace/kube-system ";
    row("nothing", "M01", two + nothingElse, system + "fail\n");
    row("a namespace that enforces baseline", "M01",
        two + ns("db", "pod-security.kubernetes.io/enforce: baseline") + nothingElse, system + "pass\n");
    row("privileged is no policy", "M01",
        two + ns("db", "pod-security.kubernetes.io/enforce: privileged") + nothingElse, system + "fail\n");
    row("warn alone is no policy", "M01", two + ns("db", "pod-security.kubernetes.io/warn: restricted") + nothingElse,
        system + "fail\n");
    row("a policy that denies", "M01", two + list("ValidatingWebhookConfiguration") + policy("Deny"),
        system + "pass\n");
    row("a policy that warns", "M01", two + list("ValidatingWebhookConfiguration") + policy("Warn, Audit"),
        system + "fail\n");
    row("a policy for other things", "M01", two + list("ValidatingWebhookConfiguration") + policy("Deny", "services"),
        system + "fail\n");
    row("a known engine", "M01", two + list("ValidatingAdmissionPolicy") + webhook("kyverno-resource-validating", pods),
        system + "pass\n");
    row("a known engine that does not see pods", "M01",
        two + list("ValidatingAdmissionPolicy")
            + webhook("kyverno-policy", "apiGroups: [kyverno.io], resources: ['*'], operations: [CREATE]"),
        system + "fail\n");
    row("a rule for cluster-scoped objects does not match pods", "M01",
        two + list("ValidatingAdmissionPolicy") + webhook("gatekeeper", pods + ", scope: Cluster"), system + "fail\n");
    row("an unknown webhook that sees pods", "M01", two + list("ValidatingAdmissionPolicy") + webhook("mine", pods),
        system + "not assessed\n");
    row("webhooks are not in the source", "M01", two + list("ValidatingAdmissionPolicy"), system + "not assessed\n");
    row("Namespaces are not in the source", "M01", nothingElse, "- not assessed\n");
    row("without kube-system the first namespace stands for the cluster", "M01", ns("shop") + ns("db") + nothingElse,
        "namespace/db fail\n");

    row("no label", "M02", ns("shop"), "namespace/shop fail\n");
    row("levels", "M02",
        ns("a", "pod-security.kubernetes.io/enforce: baseline")
            + ns("b", "pod-security.kubernetes.io/enforce: restricted")
            + ns("c", "pod-security.kubernetes.io/enforce: privileged")
            + ns("d", "pod-security.kubernetes.io/audit: baseline"),
        "namespace/a pass\nnamespace/b pass\nnamespace/c fail\nnamespace/d fail\n");
    row("namespaces of Kubernetes", "M02", ns("kube-system") + ns("kube-public") + ns("kube-node-lease"), "");
    row("kube-public with a pod", "M02", ns("kube-public") + pod(", namespace: kube-public"),
        "namespace/kube-public fail\n");
    row("an engine may do the same", "M02", ns("shop") + webhook("gatekeeper-validating", pods),
        "namespace/shop not assessed\n");
    row("Namespaces are not in the source", "M02", pod(", namespace: shop"), "- not assessed\n");

    row("workloads", "M09", pod(", namespace: default") + "---\n" + pod(", namespace: shop").substr(4),
        "pod/default/web fail\npod/shop/web pass\n");
    row("no namespace is named", "M09", pod(""), "pod/web not assessed\n");
    row("what Kubernetes keeps there", "M09",
        "---\napiVersion: v1\nkind: Service\nmetadata: {name: kubernetes, namespace: default}\n"
        "---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: default, namespace: default}\n"
        "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: kube-root-ca.crt, namespace: default}\n",
        "");
    row("other objects", "M09",
        "---\napiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: default}\n"
        "---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: robot, namespace: default}\n",
        "service/default/web fail\nserviceaccount/default/robot fail\n");
    row("custom resources without pods", "M09",
        "---\napiVersion: example.com/v1\nkind: Report\nmetadata: {name: r, namespace: default}\n", "");
    row("owned objects", "M09",
        "---\napiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: default, ownerReferences: [{apiVersion: v1, "
        "kind: "
        "Service, name: web, uid: u}]}\n",
        "");

    row("with and without", "M12", ns("shop") + ns("db") + quota, "namespace/db fail\nnamespace/shop pass\n");
    row("namespaces of Kubernetes", "M12", ns("kube-system") + ns("kube-public") + noQuotas, "");
    row("ResourceQuotas are not in the source", "M12", ns("shop"), "- not assessed\n");
}

void tst_AdmissionControls::judges()
{
    QFETCH(std::string, control);
    QFETCH(std::string, yaml);
    QFETCH(std::string, expected);
    const auto outcomes = test::run(control, test::clusterFrom(yaml));
    QCOMPARE(test::verdictLines(outcomes), expected);
    QVERIFY(test::isComplete(outcomes));
}

void tst_AdmissionControls::remedyOfMissingLevel()
{
    const auto outcomes = test::run("PLM-M02", test::clusterFrom(ns("shop")));
    const control::Outcome& outcome = outcomes.at("namespace/shop");
    const std::string pointer = "/metadata/labels/pod-security.kubernetes.io~1enforce";
    QCOMPARE(outcome.evidence.at(0).pointer + ' ' + outcome.evidence.at(0).value, pointer + " not set");
    QCOMPARE(outcome.patch.edits.at(0).pointer + ' ' + outcome.patch.edits.at(0).json, pointer + " \"baseline\"");
}

QTEST_GUILESS_MAIN(tst_AdmissionControls)
#include "tst_AdmissionControls.moc"
