// SPDX-License-Identifier: Apache-2.0
#include "core/base/Text.h"
#include "tests/control/RunControl.h"

using namespace plimsoll;

class TestPodSecurityLabels : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void judges_data();
    void judges();
    void remedies();
    void namesFields();
};

namespace {

const std::string prefix = "pod-security.kubernetes.io/";

// labels: "enforce: baseline, warn-version: v1.24"
std::string ns(const std::string& labels, const std::string& name = "shop")
{
    std::string prefixed;
    for (const std::string_view part : split(labels, ',')) {
        const std::string_view label = trimmed(part);
        if (!label.empty())
            prefixed += (prefixed.empty() ? "" : ", ") + prefix + std::string(label);
    }
    return "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: " + name + ", labels: {" + prefixed + "}}\n";
}

std::string pod(const std::string& spec, const std::string& name = "shop")
{
    return "---\napiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: " + name + "}\nspec: " + spec + '\n';
}

const std::string plain = "{containers: [{name: c}]}";
const std::string hostPid = "{hostPID: true, containers: [{name: c}]}";
const std::string onNode = "---\napiVersion: v1\nkind: Node\nmetadata: {name: n1}\nstatus: {nodeInfo: {kubeletVersion: "
                           "v1.36.1}}\n";

} // namespace

void TestPodSecurityLabels::judges_data()
{
    QTest::addColumn<QString>("control");
    QTest::addColumn<QString>("yaml");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* name, const char* control, const std::string& yaml, const char* expected) {
        QTest::addRow("%s %s", control, name)
            << QString::fromLatin1(control) << test::q(yaml) << QString::fromLatin1(expected);
    };
    row("no labels", "PLM-M03", ns(""), "");
    row("latest", "PLM-M03", ns("enforce: baseline, enforce-version: latest"), "namespace/shop pass\n");
    row("no version", "PLM-M03", ns("enforce: restricted"), "namespace/shop pass\n");
    row("pinned to an old one", "PLM-M03", ns("enforce: baseline, enforce-version: v1.24"), "namespace/shop fail\n");
    row("pinned, nothing stricter since", "PLM-M03", ns("enforce: baseline, enforce-version: v1.34"),
        "namespace/shop pass\n");
    row("restricted became stricter", "PLM-M03", ns("enforce: restricted, enforce-version: v1.22"),
        "namespace/shop fail\n");
    row("privileged has no rules", "PLM-M03", ns("enforce: privileged, enforce-version: v1.0"),
        "namespace/shop pass\n");
    row("an old pin of warnings", "PLM-M03", ns("warn: baseline, warn-version: v1.3"), "namespace/shop fail\n");
    row("no level", "PLM-M03", ns("enforce: strict"), "namespace/shop fail\n");
    row("no version of ours", "PLM-M03", ns("enforce: baseline, enforce-version: v2.0"), "namespace/shop fail\n");
    row("warns less than it enforces", "PLM-M03", ns("enforce: restricted, warn: baseline"), "namespace/shop fail\n");
    row("audits more than it enforces", "PLM-M03", ns("enforce: baseline, audit: restricted"), "namespace/shop pass\n");
    row("namespaces are not there", "PLM-M03", pod(plain), "- not assessed\n");

    row("refused by baseline", "PLM-M04", ns("") + pod(hostPid), "namespace/shop fail\n");
    row("baseline is enough where nothing is enforced", "PLM-M04", ns("") + pod(plain), "namespace/shop pass\n");
    row("refused by what is enforced", "PLM-M04", ns("enforce: restricted") + pod(plain), "namespace/shop fail\n");
    row("refused by the version that is pinned", "PLM-M04",
        ns("enforce: baseline, enforce-version: v1.30")
            + pod("{containers: [{name: c, livenessProbe: {httpGet: {host: a, port: 1}}}]}"),
        "namespace/shop pass\n");
    row("without the pin", "PLM-M04",
        onNode + ns("enforce: baseline")
            + pod("{containers: [{name: c, livenessProbe: {httpGet: {host: a, port: 1}}}]}"),
        "namespace/shop fail\n");
    row("the cluster's own", "PLM-M04", ns("", "kube-system") + pod(hostPid, "kube-system"), "");
    row("no pods", "PLM-M04", ns("enforce: restricted"), "");
    row("namespaces are not in the source", "PLM-M04", pod(hostPid), "- not assessed\n");
}

void TestPodSecurityLabels::judges()
{
    QFETCH(QString, control);
    QFETCH(QString, yaml);
    QFETCH(QString, expected);
    const auto outcomes = test::run(control.toStdString(), test::clusterFrom(yaml.toStdString()));
    QCOMPARE(test::q(test::verdictLines(outcomes)), expected);
    QVERIFY(test::isComplete(outcomes));
}

void TestPodSecurityLabels::remedies()
{
    const auto outcomes
        = test::run("PLM-M03", test::clusterFrom(ns("enforce: restricted, enforce-version: v1.20, warn: baseline")));
    const auto& outcome = outcomes.at("namespace/shop");
    QCOMPARE(outcome.patch.edits.size(), std::size_t(2));
    QCOMPARE(
        outcome.patch.edits[0].pointer, std::string("/metadata/labels/pod-security.kubernetes.io~1enforce-version"));
    QCOMPARE(outcome.patch.edits[0].json, std::string("\"latest\""));
    QCOMPARE(outcome.patch.edits[1].json, std::string("\"restricted\""));
}

void TestPodSecurityLabels::namesFields()
{
    const auto outcomes = test::run("PLM-M04", test::clusterFrom(ns("enforce: baseline") + pod(hostPid)));
    const auto& outcome = outcomes.at("namespace/shop");
    QVERIFY(outcome.message.find("1 of 1 workload run although the namespace enforces baseline") == 0);
    QCOMPARE(outcome.evidence[0].pointer, std::string("/spec/hostPID"));
    QCOMPARE(outcome.affected, 1u);
}

QTEST_GUILESS_MAIN(TestPodSecurityLabels)
#include "tst_PodSecurityLabels.moc"
