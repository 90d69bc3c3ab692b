// SPDX-License-Identifier: Apache-2.0
#include <QFile>
#include <QTemporaryDir>

#include "core/control/Circumstances.h"
#include "core/images/Vulnerabilities.h"
#include "tests/control/RunControl.h"
#include "tests/evidence/ScanSamples.h"

using namespace plimsoll;

namespace {

using namespace plimsoll::test;

const std::string web = "registry.acme.example/shop/web";

std::string pod(const std::string& container = {}, const std::string& spec = {})
{
    return "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop, labels: {app: web}}\nspec:\n  " + spec
        + "\n  containers: [{name: web, image: '" + web + ":1.4', ports: [{containerPort: 80}]" + container + "}]\n";
}

const std::string loadBalancer = "---\napiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\nspec: "
                                 "{type: LoadBalancer, selector: "
                                 "{app: web}, ports: [{port: 80}]}\n";
const std::string denied
    = "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: none, namespace: shop}\nspec: "
      "{podSelector: {}, policyTypes: [Ingress]}\n";

std::string report(
    const std::string& faults, const std::string& metadata = "{}", const std::string& made = "2026-11-20T00:00:00Z")
{
    return R"({"SchemaVersion": 2, "ArtifactName": ")" + web
        + R"(:1.4", "ArtifactType": "container_image", "CreatedAt": ")" + made + R"(", "Metadata": )" + metadata
        + R"(, "Results": [{"Class": "os-pkgs", "Vulnerabilities": [)" + faults + "]}]}";
}

std::string fault(int number, const std::string& severity, const std::string& fixed = "2")
{
    return R"({"VulnerabilityID": "CVE-2026-)" + std::to_string(number)
        + R"(", "PkgName": "ssl", "InstalledVersion": "1", "FixedVersion": ")" + fixed + R"(", "Severity": ")"
        + severity + "\"}";
}

std::string faults(int count, const std::string& severity)
{
    std::string text;
    for (int i = 0; i < count; ++i)
        text += (i ? "," : "") + fault(1000 + i, severity);
    return text;
}

std::string configOf(const std::string& user, const std::string& created = "2026-10-01T00:00:00Z")
{
    return R"({"ImageConfig": {"created": ")" + created + R"(", "config": {"User": ")" + user + "\"}}}";
}

// Every outcome of a control, given reports.
Outcomes judged(const std::string& id, const std::string& yaml, const std::vector<std::string>& reports,
    const control::Settings& settings = {})
{
    const auto cluster = clusterFrom(yaml);
    evidence::Evidence all;
    for (const std::string& text : reports) {
        auto parsed = evidence::parseScan(text, "report.json");
        if (!parsed || !*parsed)
            qFatal("the report cannot be read");
        all.add(std::move(**parsed));
    }
    const images::ScanResults scans = images::matchScans(*cluster, std::move(all), parseTime("2026-11-23T00:00:00Z"));
    const access::Rbac rbac(cluster);
    const network::Reach reach(cluster);
    const auto exposures = network::exposures(reach);
    control::Context context { *cluster, rbac, reach, exposures, settings };
    context.scans = &scans;
    std::vector<control::Outcome> list;
    controlOf(id)->evaluate(context, list);
    Outcomes outcomes;
    for (control::Outcome& outcome : list) {
        const std::string ref = outcome.object.isNone() ? std::string() : cluster->refOf(outcome.object);
        outcomes[ref] = std::move(outcome);
    }
    return outcomes;
}

} // namespace

class tst_ImageScanControls : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void judges_data();
    void judges();
    void limitsAreSettings();
    void readsLimits();
    void saysWhatToDo();
    void notAssessedWithoutReports();
    void standings();
};

void tst_ImageScanControls::judges_data()
{
    QTest::addColumn<std::string>("control");
    QTest::addColumn<std::string>("yaml");
    QTest::addColumn<std::string>("text");
    QTest::addColumn<std::string>("expected");
    const auto row = [](const char* situation, const char* id, const std::string& yaml, const std::string& text,
                         const std::string& expected) {
        QTest::addRow("%s: %s", id, situation) << "PLM-" + std::string(id) << yaml << text << expected;
    };
    const std::string other = replaced(report(""), "web:1.4", "api:2");

    row("a critical one with a fix", "I07", pod(), report(fault(1, "CRITICAL")), "fail");
    row("a critical one without a fix", "I07", pod(), report(fault(1, "CRITICAL", "")), "pass");
    row("as many high ones as allowed", "I07", pod(), report(faults(10, "HIGH")), "pass");
    row("one more", "I07", pod(), report(faults(11, "HIGH")), "fail");
    row("many medium ones", "I07", pod(), report(faults(50, "MEDIUM")), "pass");
    row("nothing found", "I07", pod(), report(""), "pass");
    row("a report on another image", "I07", pod(), other, "not assessed");
    row("an SBOM only", "I07", pod(), spdxSample(), "not assessed");
    row("another image of the pod has no report", "I07", pod("}, {name: side, image: 'other:1'"), report(""),
        "not assessed");
    row("another image of the pod has no report, and a fault", "I07", pod("}, {name: side, image: 'other:1'"),
        report(fault(1, "CRITICAL")), "fail");

    row("exposed, critical", "I08", pod() + loadBalancer, report(fault(1, "CRITICAL", "")), "fail");
    row("exposed, high only", "I08", pod() + loadBalancer, report(fault(1, "HIGH")), "pass");
    row("not exposed", "I08", pod(), report(fault(1, "CRITICAL")), "pass");
    row("not exposed, no report", "I08", pod(), other, "pass");
    row("a policy may keep the outside away: who enforces it is not known", "I08", pod() + loadBalancer + denied,
        report(fault(1, "CRITICAL")), "not assessed");
    row("exposed, no report", "I08", pod() + loadBalancer, other, "not assessed");
    row("exposed, known to be exploited", "I08", pod() + loadBalancer, grypeSample(), "fail");
    row("exposed, high and not exploited", "I08", pod() + loadBalancer,
        replaced(grypeSample(), "\"cve\": \"CVE-2026-1001\", \"knownRansomwareCampaignUse\": \"Known\"", ""), "fail");
    row("exposed, high and in no list", "I08", pod() + loadBalancer,
        replaced(grypeSample(), "[{\"cve\": \"CVE-2026-1001\", \"knownRansomwareCampaignUse\": \"Known\"}]", "[]"),
        "pass");

    row("scanned 3 days ago", "I09", pod(), report(""), "pass");
    row("scanned 30 days ago", "I09", pod(), report("", "{}", "2026-10-24T00:00:00Z"), "pass");
    row("scanned 31 days ago", "I09", pod(), report("", "{}", "2026-10-23T00:00:00Z"), "fail");
    row("built 365 days ago", "I09", pod(), report("", configOf("", "2025-11-23T00:00:00Z")), "pass");
    row("built 366 days ago", "I09", pod(), report("", configOf("", "2025-11-22T00:00:00Z")), "fail");
    row("built reproducibly", "I09", pod(), report("", configOf("", "0001-01-01T00:00:00Z")), "pass");
    row("a report without a time", "I09", pod(), report("", "{}", ""), "not assessed");
    row("no report", "I09", pod(), other, "not assessed");

    row("no user", "I14", pod(), report("", configOf("")), "fail");
    row("root", "I14", pod(), report("", configOf("root")), "fail");
    row("0:0", "I14", pod(), report("", configOf("0:0")), "fail");
    row("a name", "I14", pod(), report("", configOf("nginx")), "pass");
    row("a number", "I14", pod(), report("", configOf("1001:0")), "pass");
    row("runAsUser", "I14", pod(", securityContext: {runAsUser: 1000}"), report("", configOf("")), "pass");
    row("runAsNonRoot of the pod", "I14", pod("", "securityContext: {runAsNonRoot: true}"), report("", configOf("")),
        "pass");
    row("runAsNonRoot false", "I14", pod("", "securityContext: {runAsNonRoot: false}"), report("", configOf("")),
        "fail");
    row("Windows", "I14", pod("", "os: {name: windows}"), report("", configOf("")), "pass");
    row("a report without configuration", "I14", pod(), report(""), "not assessed");
    row("no report, but the pod decides", "I14", pod(", securityContext: {runAsUser: 1000}"), other, "pass");
}

void tst_ImageScanControls::judges()
{
    QFETCH(std::string, control);
    QFETCH(std::string, yaml);
    QFETCH(std::string, text);
    QFETCH(std::string, expected);
    const auto outcomes = judged(control, yaml, { text });
    QCOMPARE(verdictLines(outcomes), "pod/shop/web " + expected + '\n');
    QVERIFY(isComplete(outcomes));
}

void tst_ImageScanControls::limitsAreSettings()
{
    control::Settings settings;
    settings.scans = { 1, 0, 2, 10 };
    const auto verdict
        = [&](const char* id, const std::string& text) { return verdictLines(judged(id, pod(), { text }, settings)); };
    QCOMPARE(verdict("PLM-I07", report(fault(1, "CRITICAL"))), std::string("pod/shop/web pass\n"));
    QCOMPARE(verdict("PLM-I07", report(fault(1, "HIGH"))), std::string("pod/shop/web fail\n"));
    QCOMPARE(verdict("PLM-I09", report("")), std::string("pod/shop/web fail\n"));
    settings.scans.scanDays = 0;
    QCOMPARE(verdict("PLM-I09", report("", "{}", "2020-01-01T00:00:00Z")), std::string("pod/shop/web pass\n"));
    QCOMPARE(verdict("PLM-I09", report("", configOf(""))), std::string("pod/shop/web fail\n"));
    settings.scans.imageDays = 0;
    QCOMPARE(verdict("PLM-I09", report("", configOf(""))), std::string("pod/shop/web pass\n"));
}

void tst_ImageScanControls::readsLimits()
{
    QTemporaryDir folder;
    const std::string path = folder.path().toStdString() + "/settings.yaml";
    const auto read = [&](const char* text) {
        QFile file(QString::fromStdString(path));
        if (!file.open(QIODevice::WriteOnly) || file.write(text) < 0)
            qFatal("cannot write");
        file.close();
        return control::readSettings(path);
    };
    auto settings = read("scanLimits: {fixableHigh: 3, scanDays: 7}\n");
    VERIFY_RESULT(settings);
    QVERIFY((settings->scans == control::Settings::ScanLimits { 0, 3, 7, 365 }));
    for (const char* text : { "scanLimits: 3\n", "scanLimits: {fixableHigh: -1}\n", "scanLimits: {scanDays: many}\n",
             "scanLimits: {highs: 1}\n" }) {
        settings = read(text);
        QVERIFY2(!settings, text);
        QVERIFY(settings.error().where.find("settings.yaml:1") != std::string::npos);
    }
}

void tst_ImageScanControls::saysWhatToDo()
{
    auto outcomes = judged(
        "PLM-I07", pod(), { report(fault(2, "HIGH") + ',' + fault(1, "CRITICAL") + ',' + fault(3, "HIGH", "")) });
    QCOMPARE(outcomes.at("pod/shop/web").message,
        "container web: " + web
            + ":1.4 has 1 critical and 1 high vulnerabilities that a fix ends (the limits are 0 and 10) and 1 critical "
              "or "
              "high without a fix; first CVE-2026-1 in ssl, ended by 2 (matched by tag, may be another build)");
    QCOMPARE(outcomes.at("pod/shop/web").evidence.at(0).pointer, std::string("/spec/containers/0/image"));
    outcomes = judged("PLM-I08", pod() + loadBalancer, { grypeSample() });
    const std::string& message = outcomes.at("pod/shop/web").message;
    QVERIFY2(
        message.find("CVE-2026-1001 in left-pad, known to be exploited, ended by 1.2.4, 2.0.1") != std::string::npos,
        message.c_str());
    QVERIFY2(message.find("Service shop/web") != std::string::npos, message.c_str());
}

void tst_ImageScanControls::notAssessedWithoutReports()
{
    for (const char* id : { "PLM-I07", "PLM-I08", "PLM-I09", "PLM-I14" }) {
        for (const auto& outcomes : { run(id, clusterFrom(pod())), judged(id, pod(), {}) }) {
            QCOMPARE(verdictLines(outcomes), std::string("- not assessed\n"));
            QVERIFY(outcomes.at("").message.find("--evidence") != std::string::npos);
        }
    }
}

void tst_ImageScanControls::standings()
{
    const auto cluster
        = clusterFrom(pod(", securityContext: {privileged: true}, envFrom: [{secretRef: {name: db}}]") + loadBalancer);
    const access::Rbac rbac(cluster);
    const network::Reach reach(cluster);
    const auto exposures = network::exposures(reach);
    const control::Settings settings;
    const control::Context context { *cluster, rbac, reach, exposures, settings };
    const auto standings = control::standingsOf(*cluster, control::circumstancesOf(context));
    QCOMPARE(standings.size(), cluster->workloads().size());
    QVERIFY(standings[0].exposure.find("Service shop/web") != std::string::npos);
    QVERIFY(standings[0].nodeTakeover.find("privileged") != std::string::npos);
    QCOMPARE(standings[0].secrets, std::string("1 Secret (db)"));
}

QTEST_GUILESS_MAIN(tst_ImageScanControls)
#include "tst_ImageScanControls.moc"
