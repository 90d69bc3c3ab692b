// SPDX-License-Identifier: Apache-2.0
#include <fstream>

#include <QTemporaryDir>

#include "core/base/Text.h"
#include "core/control/Catalogue.h"
#include "core/control/Waivers.h"
#include "tests/support/Support.h"

using namespace plimsoll;
using namespace plimsoll::control;
using test::clusterFrom;
using test::q;
using namespace Qt::StringLiterals;

namespace {

constexpr std::string_view workloads = R"yaml(
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: node-exporter, namespace: monitoring, labels: {team: obs}}
spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {hostNetwork: true, containers: [{name: a, image: a}]}}}
)yaml";

constexpr std::string_view people
    = "    reason: It reads the network.\n    owner: team\n    approver: jane\n    created: 2026-05-04\n";

std::string oneWaiver(std::string_view controls, std::string_view objects, std::string_view expires = "2027-05-04")
{
    return "waivers:\n  - id: a\n    controls: " + std::string(controls) + "\n    objects: " + std::string(objects)
        + '\n' + std::string(people) + "    expires: " + std::string(expires) + '\n';
}

std::shared_ptr<const Catalogue> catalogue()
{
    static const auto loaded = loadCatalogue();
    if (!loaded)
        qFatal("%s", toText(loaded.error()).c_str());
    return *loaded;
}

} // namespace

class tst_Waivers : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    std::string write(std::string_view text)
    {
        const std::string path = m_folder.filePath(u"file"_s).toStdString();
        std::ofstream(path, std::ios::binary) << text;
        return path;
    }

private Q_SLOTS:
    void coversWhatItNames_data()
    {
        QTest::addColumn<QByteArray>("controls");
        QTest::addColumn<QByteArray>("objects");
        QTest::addColumn<bool>("covers");
        const auto row = [](const char* situation, const char* controls, const char* objects, bool covers) {
            QTest::addRow("%s", situation) << QByteArray(controls) << QByteArray(objects) << covers;
        };
        row("kind in any case", "[W05]", "{kind: daemonset}", true);
        row("one of several kinds", "[W05]", "{kind: [Deployment, DaemonSet]}", true);
        row("another kind", "[W05]", "{kind: Deployment}", false);
        row("the full id", "PLM-W05", "{namespace: monitoring}", true);
        row("another control", "[W06]", "{namespace: monitoring}", false);
        row("all controls", "all", "{namespace: monitoring}", true);
        row("another namespace", "[W05]", "{namespace: [logging, default]}", false);
        row("a pattern", "[W05]", "{name: \"node-*\"}", true);
        row("a pattern in the middle", "[W05]", "{name: \"n*exp*r\"}", true);
        row("a pattern that needs more", "[W05]", "{name: \"node-exporter?*\"}", false);
        row("a beginning is no pattern", "[W05]", "{name: node}", false);
        row("a label", "[W05]", "{labels: {team: obs}}", true);
        row("another value of the label", "[W05]", "{labels: {team: web}}", false);
        row("a label that nothing has", "[W05]", "{labels: {tier: x}}", false);
        row("the field", "[W05]", "{field: /spec/template/spec/hostNetwork}", true);
        row("a pattern of fields", "[W05]", "{field: \"/spec/*/hostNetwork\"}", true);
        row("another field", "[W05]", "{field: /spec/template/spec/hostPID}", false);
        row("all of it must match", "[W05]", "{namespace: monitoring, name: other}", false);
    }

    void coversWhatItNames()
    {
        QFETCH(const QByteArray, controls);
        QFETCH(const QByteArray, objects);
        QFETCH(const bool, covers);
        const auto waivers = readWaivers(write(oneWaiver(controls.toStdString(), objects.toStdString())));
        VERIFY_RESULT(waivers);
        const auto cluster = clusterFrom(workloads);
        Outcome outcome;
        outcome.object = cluster->find("DaemonSet", "monitoring", "node-exporter");
        outcome.evidence.push_back({ outcome.object, "/spec/template/spec/hostNetwork", "true" });
        QCOMPARE(waivers->front().covers(*cluster, "PLM-W05", outcome), covers);
    }

    void aFieldNeedsAllEvidenceThere()
    {
        const auto waivers = readWaivers(write(oneWaiver("[W05]", "{field: /spec/a}")));
        VERIFY_RESULT(waivers);
        const auto cluster = clusterFrom(workloads);
        const cluster::ObjectId object = cluster->find("DaemonSet", "monitoring", "node-exporter");
        QVERIFY(!waivers->front().coversObject(*cluster, object, {}));
        const std::vector<Evidence> both { { object, "/spec/a", "" }, { object, "/spec/b", "" } };
        QVERIFY(waivers->front().coversObject(*cluster, object, std::span(both).first(1)));
        QVERIFY(!waivers->front().coversObject(*cluster, object, both));
    }

    void tellsWhatIsTooBroad_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("reason"); // contains; empty = not too broad
        const auto row = [](const char* situation, const std::string& text, const char* reason) {
            QTest::addRow("%s", situation) << QByteArray::fromStdString(text) << QString::fromUtf8(reason);
        };
        row("a namespace", oneWaiver("[W05]", "{namespace: shop}"), "");
        row("a name", oneWaiver("[W05]", "{name: web}"), "");
        row("labels", oneWaiver("[W05]", "{labels: {a: b}}"), "");
        row("a field", oneWaiver("[W05]", "{field: /spec/a}"), "");
        row("any control", oneWaiver("all", "{name: web}"), "every control");
        row("any namespace", oneWaiver("[W05]", "{namespace: \"*\"}"), "every object of every namespace");
        row("any field", oneWaiver("[W05]", "{field: \"*\"}"), "every object of every namespace");
        row("a kind", oneWaiver("[W05]", "{kind: DaemonSet}"), "every DaemonSet of every namespace");
        row("for ever", oneWaiver("[W05]", "{name: web}", "2099-01-01"), "more than two years");
    }

    void tellsWhatIsTooBroad()
    {
        QFETCH(const QByteArray, text);
        QFETCH(const QString, reason);
        const auto waivers = readWaivers(write(text.toStdString()));
        VERIFY_RESULT(waivers);
        const std::string told = waivers->front().tooBroad();
        QVERIFY2(reason.isEmpty() ? told.empty() : q(told).contains(reason), told.c_str());
    }

    void refusesABrokenFile_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("error"); // contains
        const auto row = [](const char* situation, const std::string& text, const char* error) {
            QTest::addRow("%s", situation) << QByteArray::fromStdString(text) << QString::fromUtf8(error);
        };
        const std::string good = oneWaiver("[W05]", "{name: web}");
        const auto without = [&](std::string_view key) {
            const std::size_t begin = good.find("    " + std::string(key) + ':');
            return good.substr(0, begin) + good.substr(good.find('\n', begin) + 1);
        };
        for (const char* key : { "reason", "owner", "approver", "created", "expires", "controls", "objects" })
            row(key, without(key), key);
        row("unknown control", oneWaiver("[W999]", "{name: web}"), "unknown control \"W999\"");
        row("no selector", oneWaiver("[W05]", "{}"), "needs kind, namespace");
        row("unknown key", good + "    why: x\n", "why");
        row("unknown key of a selector", oneWaiver("[W05]", "{uid: web}"), "uid");
        row("bad date", oneWaiver("[W05]", "{name: web}", "soon"), "expires");
        row("over before it began", oneWaiver("[W05]", "{name: web}", "2020-01-01"), "before it was created");
        row("an id twice", good + good.substr(good.find('\n') + 1), "stands twice");
        row("not YAML", "waivers: [\n", "file");
    }

    void refusesABrokenFile()
    {
        QFETCH(const QByteArray, text);
        QFETCH(const QString, error);
        const std::string path = write(text.toStdString());
        const auto waivers = readWaivers(path);
        QVERIFY(!waivers);
        const QString told = q(toText(waivers.error()));
        QVERIFY2(told.contains(error), qPrintable(told));
        QVERIFY2(q(waivers.error().where).startsWith(q(path)), waivers.error().where.c_str());
        QVERIFY(waivers.error().kind == ErrorKind::Format);
    }

    void appendsAndKeepsWhatStandsThere()
    {
        const std::string before = "# ours\n" + oneWaiver("[W05]", "{name: web}") + "  # the end\n";
        auto waiver = readWaivers(write(before));
        VERIFY_RESULT(waiver);
        Waiver next = waiver->front();
        next.id = "b";
        next.reason = "Text with \"quotes\": and # signs";
        const auto after = appendWaiver(before, next);
        VERIFY_RESULT(after);
        QVERIFY(after->starts_with(before));
        const auto both = readWaivers(write(*after));
        VERIFY_RESULT(both);
        QCOMPARE(both->size(), std::size_t(2));
        QCOMPARE(both->back().reason, next.reason);
        QVERIFY(both->back().objects == next.objects);
        QCOMPARE(both->back().expires, next.expires);
        const auto first = appendWaiver("", next);
        VERIFY_RESULT(first);
        QVERIFY(readWaivers(write(*first)).has_value());
        QVERIFY(!appendWaiver("apiVersion: v1\nkind: Pod\n", next));
    }

    void suggestsFromAnnotations()
    {
        const auto cluster = clusterFrom(R"yaml(
apiVersion: v1
kind: Pod
metadata:
  name: a
  namespace: shop
  annotations:
    ignore-check.kube-linter.io/privileged-container: "It mounts disks"
    polaris.fairwinds.com/runAsPrivileged-exempt: "true"
    polaris.fairwinds.com/runAsRootAllowed-exempt: "false"
    polaris.fairwinds.com/exempt: "true"
    checkov.io/skip1: CKV_K8S_16=needed
    example.com/exempt: "true"
spec: {containers: [{name: a, image: a}]}
)yaml");
        QStringList told;
        for (const WaiverSuggestion& one : suggestWaivers(*cluster, *catalogue()))
            told.push_back(q(one.tool + ' ' + one.rule + ' ' + join(one.controls, ",") + ' ' + one.reason));
        const QStringList expected { u"checkov CKV_K8S_16 PLM-W01 needed"_s,
            u"kube-linter privileged-container PLM-W01 It mounts disks"_s, u"polaris *  "_s,
            u"polaris runAsPrivileged PLM-W01 "_s };
        QCOMPARE(told, expected);
    }

    void readsIgnoreFiles_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QStringList>("suggestions"); // empty = refused
        QTest::addRow(".trivyignore") << QByteArray("# ours\nAVD-KSV-0017\n\nKSV017 exp:2027-01-01 # why\nCVE-2020-1\n")
                                      << QStringList { u"2 trivy AVD-KSV-0017 PLM-W01 "_s,
                                             u"4 trivy KSV017 PLM-W01 exp:2027-01-01"_s, u"5 trivy CVE-2020-1  "_s };
        QTest::addRow(".trivyignore.yaml")
            << QByteArray("misconfigurations:\n  - id: KSV-0017\n    paths: [a.yaml]\n    statement: Known\n")
            << QStringList { u"2 trivy KSV-0017 PLM-W01 Known; only in a.yaml"_s };
        QTest::addRow("exceptions of kubescape")
            << QByteArray(
                   R"([{"name": "agents", "policyType": "postureExceptionPolicy", "actions": ["alertOnly"],
  "resources": [{"designatorType": "Attributes", "attributes": {"kind": "DaemonSet", "namespace": "shop"}}],
  "posturePolicies": [{"controlID": "C-0057"}, {"controlName": "anything"}]}])")
            << QStringList { u"1 kubescape C-0057 PLM-W01 agents: kind DaemonSet, namespace shop"_s,
                   u"1 kubescape anything  agents: kind DaemonSet, namespace shop"_s };
        QTest::addRow("something else") << QByteArray("apiVersion: v1\nkind: Pod\n") << QStringList();
    }

    void readsIgnoreFiles()
    {
        QFETCH(const QByteArray, text);
        QFETCH(const QStringList, suggestions);
        const auto read = readIgnoreFile(write(text.toStdString()), *catalogue());
        QCOMPARE(read.has_value(), !suggestions.isEmpty());
        QStringList told;
        for (const WaiverSuggestion& one : read ? *read : std::vector<WaiverSuggestion>())
            told.push_back(q(one.place.substr(one.place.rfind(':') + 1) + ' ' + one.tool + ' ' + one.rule + ' '
                + join(one.controls, ",") + ' ' + one.reason));
        QCOMPARE(told, suggestions);
    }
};

QTEST_GUILESS_MAIN(tst_Waivers)
#include "tst_Waivers.moc"
