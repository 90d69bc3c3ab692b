// SPDX-License-Identifier: Apache-2.0
#include "core/evidence/Scan.h"

#include <QTemporaryDir>
#include <QFile>

#include "core/base/TaskPool.h"
#include "core/base/Text.h"
#include "tests/evidence/ScanSamples.h"
#include "tests/support/Support.h"

using namespace plimsoll;
using namespace plimsoll::evidence;
using namespace Qt::StringLiterals;

namespace {

using namespace plimsoll::test;

std::string yesNo(const std::optional<bool>& value)
{
    return value ? (*value ? "yes" : "no") : "?";
}

std::string line(const Vulnerability& one)
{
    std::string text
        = one.id + ' ' + one.package + ' ' + one.installed + " -> " + one.fixed + ' ' + std::string(toText(one.grade));
    if (one.score)
        text += " score=" + std::to_string(static_cast<int>(*one.score * 10 + 0.5));
    if (one.epss)
        text += " epss=" + std::to_string(static_cast<int>(*one.epss * 100 + 0.5));
    if (one.isKnownExploited)
        text += " kev";
    if (!one.aliases.empty())
        text += " aka=" + join(one.aliases, "+");
    if (one.published)
        text += " " + formatDate(*one.published);
    if (!one.statusBy.empty())
        text += " [" + std::string(toText(one.status)) + " by " + one.statusBy + ": " + one.statusReason + ']';
    return text + '\n';
}

char letter(const std::string& digest)
{
    return digest == indexDigest ? 'I' : digest == manifestDigest ? 'M' : digest == configDigest ? 'C' : '?';
}

// A scan in a few lines.
std::string lines(const ImageScan& scan)
{
    std::string text = scan.tool + ' ' + scan.toolVersion + ' ' + (scan.made ? formatTime(*scan.made) : "-") + '\n';
    text += scan.artifact + " = " + join(scan.references, " ") + '\n';
    text += "digests";
    for (const std::string& digest : scan.digests.index)
        text += std::string(" index ") + letter(digest);
    for (const std::string& digest : scan.digests.manifest)
        text += std::string(" manifest ") + letter(digest);
    for (const std::string& digest : scan.digests.config)
        text += std::string(" config ") + letter(digest);
    for (const std::string& digest : scan.digests.unknown)
        text += std::string(" some ") + letter(digest);
    text += '\n' + scan.osFamily + ' ' + scan.osName + " eol=" + yesNo(scan.isEndOfLife)
        + " user=" + (scan.configUser ? '"' + *scan.configUser + '"' : "?") + '\n';
    for (const Vulnerability& one : scan.vulnerabilities)
        text += line(one);
    return text;
}

Evidence evidenceOf(const std::string& text)
{
    auto parsed = parseScan(text, "a.json");
    if (!parsed || !*parsed)
        qFatal("%s", parsed ? "not recognised" : toText(parsed.error()).c_str());
    return std::move(**parsed);
}

std::string everything(const Evidence& evidence)
{
    std::string text = join(evidence.notes, "\n");
    for (const ImageScan& scan : evidence.scans)
        text += lines(scan) + join(scan.secretRules, " ");
    for (const PolicyResult& result : evidence.results)
        text += result.message + result.rule;
    return text;
}

const std::string web = "registry.acme.example/shop/web";

} // namespace

class tst_Scan : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void recognises_data();
    void recognises();
    void tellsNotOursFromBroken_data();
    void tellsNotOursFromBroken();
    void readsImages_data();
    void readsImages();
    void keepsNoSecrets();
    void readsTrivyOfCluster();
    void readsObjects();
    void readsPolicyReports();
    void readsStatements();
    void readsAnalysis();
    void readsSecondaryFacts();
    void readsSarifOfOthers();
    void bearsHostileText();
    void survivesDamage();
    void readsFiles();
    void readsHarbor();
};

void tst_Scan::recognises_data()
{
    QTest::addColumn<std::string>("text");
    QTest::addColumn<std::string>("format");
    const auto row = [](const char* name, const std::string& text, const char* format) {
        QTest::addRow("%s", name) << text << std::string(format);
    };
    row("trivy", trivySample(), "Trivy JSON");
    row("trivy k8s", trivyKubernetesSample(), "trivy k8s JSON");
    row("grype", grypeSample(), "Grype JSON");
    row("clair", clairSample(), "Clair");
    row("cyclonedx", cycloneSample(), "CycloneDX");
    row("spdx", spdxSample(), "SPDX");
    row("openvex", openVexSample(""), "OpenVEX");
    row("csaf", csafSample(), "CSAF");
    row("sarif", trivySarifSample(), "SARIF");
    row("operator", vulnerabilityReportSample(), "trivy-operator");
    row("a list of operator reports",
        R"({"apiVersion": "v1", "items": [)" + vulnerabilityReportSample() + R"(], "kind": "List"})", "trivy-operator");
    row("operator report as YAML", "apiVersion: aquasecurity.github.io/v1alpha1\nkind: VulnerabilityReport\n",
        "trivy-operator");
    row("policy report", policyReportSample(), "PolicyReport");
    row("cut in the middle", trivySample().substr(0, 300), "Trivy JSON");
    row("with a byte order mark", "\xEF\xBB\xBF" + trivySample(), "Trivy JSON");
    row("kube-bench", R"({"Controls": [{"node_type": "master", "tests": []}], "Totals": {}})", "");
    row("an audit event", R"({"kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Metadata"})", "");
    row("a falco alert", R"({"output": "x", "priority": "Notice", "rule": "r", "time": "t"})", "");
    row("a list of pods that speak of reports",
        R"({"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "v1", "kind": "Pod", "metadata": {"annotations": {"x": "{\"apiVersion\":\"aquasecurity.github.io/v1alpha1\"}"}}}]})",
        "");
    row("a list of pods", R"({"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "v1", "kind": "Pod"}]})",
        "");
    row("matches of something else", R"({"matches": [1, 2], "query": "x"})", "");
    row("runs of something else", R"({"runs": [1, 2], "query": "x"})", "");
    row("text", "hello", "");
    row("nothing", "", "");
    row("an array", "[]", "");
}

void tst_Scan::recognises()
{
    QFETCH(std::string, text);
    QFETCH(std::string, format);
    QCOMPARE(std::string(toText(recognise(text))), format);
}

void tst_Scan::tellsNotOursFromBroken_data()
{
    QTest::addColumn<std::string>("text");
    QTest::addColumn<std::string>("outcome"); // "read", "not ours" or a part of the error
    const auto row = [](const char* name, const std::string& text, const char* outcome) {
        QTest::addRow("%s", name) << text << std::string(outcome);
    };
    row("whole", trivySample(), "read");
    row("not ours", R"({"kind": "Pod"})", "not ours");
    row("trivy, cut", trivySample().substr(0, 900), "not whole: Trivy JSON");
    row("grype, cut", grypeSample().substr(0, grypeSample().size() - 5), "not whole: Grype JSON");
    row("cyclonedx, cut", cycloneSample().substr(0, 600), "not whole: CycloneDX");
    row("a later schema of trivy", replaced(trivySample(), "\"SchemaVersion\": 2", "\"SchemaVersion\": 3"),
        "of a version that is not read");
    row("SPDX 3", R"({"spdxVersion": "SPDX-3.0", "packages": []})", "of a version that is not read");
    row("sarif without runs", R"({"$schema": "https://x/sarif-2.1.0.json", "version": "2.1.0"})", "has not what");
    row("statements that are no list", R"({"@context": "https://openvex.dev/ns/v0.2.0", "statements": 1})",
        "has not what");
    row("nested too deep",
        R"({"@context": "https://openvex.dev/ns", "statements": )" + std::string(2000, '[') + std::string(2000, ']')
            + "}",
        "not whole: OpenVEX");
    row("an operator object of a kind that is not read",
        R"({"apiVersion": "aquasecurity.github.io/v1alpha1", "kind": "ClusterComplianceReport", "spec": {}})",
        "has not what");
}

void tst_Scan::tellsNotOursFromBroken()
{
    QFETCH(std::string, text);
    QFETCH(std::string, outcome);
    const auto parsed = parseScan(text, "reports/a.json");
    if (outcome == "read" || outcome == "not ours") {
        VERIFY_RESULT(parsed);
        QCOMPARE(parsed->has_value(), outcome == "read");
        return;
    }
    QVERIFY(!parsed);
    const std::string error = toText(parsed.error());
    QVERIFY2(error.find(outcome) != std::string::npos, error.c_str());
    QVERIFY2(error.find("reports/a.json") != std::string::npos, error.c_str());
    QVERIFY(!parsed.error().advice.empty());
}

void tst_Scan::readsImages_data()
{
    QTest::addColumn<std::string>("text");
    QTest::addColumn<std::string>("expected");
    const auto row = [](const char* name, const std::string& text, const std::string& expected) {
        QTest::addRow("%s", name) << text << expected;
    };
    row("trivy", trivySample(),
        "trivy 0.69.1 2026-11-20T07:30:00Z\n" + web + ":1.4 = " + web + ":1.4 " + web + '@' + indexDigest
            + "\ndigests index I config C\ndebian 11.9 eol=yes user=\"\"\n"
              "CVE-2026-1001 openssl 3.0.1-1 -> 3.0.2-1 critical score=98 aka=DSA-1-1 2026-01-02\n"
              "CVE-2026-1002 zlib1g 1:1.2 ->  low\n"
              "CVE-2026-1003 bash 5 ->  high [not affected by the scanner, from OpenVEX: code_not_reachable]\n");
    row("grype", grypeSample(),
        "grype 0.100.0 2026-11-20T09:00:00Z\n" + web + ":1.4 = " + web + ":1.4 " + web + '@' + indexDigest
            + "\ndigests index I manifest M config C\nalpine 3.20.1 eol=? user=\"1001\"\n"
              "CVE-2026-1001 left-pad 1.2.3 -> 1.2.4, 2.0.1 high score=75 epss=62 kev aka=GHSA-aaaa-bbbb-cccc\n"
              "CVE-2026-1005 bash 5 ->  low [not affected by the scanner, from VEX given to it: "
              "component_not_present]\n");
    row("clair", clairSample(),
        "clair  -\n" + manifestDigest
            + " = \ndigests some M\nubuntu 22.04 eol=? user=?\n"
              "CVE-2026-1001 openssl 3.0.1 -> 3.0.2 high 2026-01-02\n");
    row("cyclonedx", cycloneSample(),
        "trivy 0.69.1 2026-11-20T10:00:00Z\n" + web + ":1.4 = " + web + ":1.4 " + web + '@' + indexDigest
            + "\ndigests index I config C some I\ndebian 12.5 eol=? user=?\n"
              "CVE-2026-1001 openssl 3.0.1-1 -> 3.0.2-1 critical score=98 2026-01-02\n");
    row("spdx", spdxSample(),
        "trivy-0.69.1  2026-11-20T10:00:00Z\n" + web + ":1.4 = " + web + ":1.4 " + web + '@' + indexDigest
            + "\ndigests index I config C\ndebian 12.5 eol=? user=?\n");
    row("sarif of trivy", trivySarifSample(),
        "trivy 0.69.1 -\n" + web + ":1.4 = " + web + ":1.4 " + web + '@' + indexDigest
            + "\ndigests index I config C\n  eol=? user=?\n"
              "CVE-2026-1001 openssl 3.0.1-1 -> 3.0.2-1 critical score=98\n");
    row("sarif of grype", grypeSarifSample(),
        "grype 0.100.0 -\n" + web + ":1.4 = " + web
            + ":1.4\ndigests some M\n  eol=? user=?\nCVE-2026-1001 openssl 3.0.1-r0 -> 3.0.2-r0 high score=75\n");
    row("operator", vulnerabilityReportSample(),
        "trivy 0.69.1 2026-11-20T07:00:00Z\n" + web + ":1.4 = " + web
            + ":1.4\ndigests some C\ndebian 11.9 eol=yes user=?\n"
              "CVE-2026-1001 openssl 3.0.1-1 -> 3.0.2-1 critical score=98 2026-01-02\n");
}

void tst_Scan::readsImages()
{
    QFETCH(std::string, text);
    QFETCH(std::string, expected);
    const Evidence evidence = evidenceOf(text);
    QCOMPARE(evidence.scans.size(), std::size_t { 1 });
    QCOMPARE(lines(evidence.scans[0]), expected);
    QCOMPARE(evidence.scans[0].file, std::string("a.json"));
}

void tst_Scan::keepsNoSecrets()
{
    for (const std::string& text : { trivySample(), trivySarifSample() }) {
        const Evidence evidence = evidenceOf(text);
        QCOMPARE(evidence.scans.at(0).secretCount, 1u);
        QVERIFY(evidence.scans[0].hasSecrets);
        QVERIFY(everything(evidence).find("marked") == std::string::npos);
    }
}

void tst_Scan::readsTrivyOfCluster()
{
    const Evidence evidence = evidenceOf(trivyKubernetesSample());
    QCOMPARE(evidence.scans.size(), std::size_t { 2 });
    // What is found in files of an image belongs to the image named before.
    QCOMPARE(evidence.scans[0].vulnerabilities.size(), std::size_t { 2 });
    QCOMPARE(evidence.scans[0].ownerName, std::string("web"));
    QCOMPARE(evidence.scans[1].artifact, std::string("registry.acme.example/shop/proxy:2"));
    QVERIFY(evidence.scans[1].hasVulnerabilities);
    QVERIFY(evidence.scans[1].vulnerabilities.empty());
    QCOMPARE(evidence.results.size(), std::size_t { 1 });
    QCOMPARE(evidence.results[0].policy, std::string("KSV001"));
    QCOMPARE(evidence.notes, std::vector<std::string> { "a.json: Deployment old was not scanned: scan failed" });
}

void tst_Scan::readsObjects()
{
    const std::string secrets = R"({"apiVersion": "aquasecurity.github.io/v1alpha1", "kind": "ExposedSecretReport",
      "metadata": {"name": "s", "namespace": "shop"}, "report": {"artifact": {"repository": "library/app", "tag": "1"},
      "registry": {"server": "index.docker.io"}, "scanner": {"name": "Trivy"}, "secrets": [
      {"ruleID": "stripe", "match": "key: marked-value"}, {"ruleID": "stripe", "match": "x"}]}})";
    const std::string sbom = R"({"apiVersion": "aquasecurity.github.io/v1alpha1", "kind": "SbomReport",
      "metadata": {"name": "b", "namespace": "shop"}, "report": {"artifact": {"repository": "app", "tag": "1"},
      "components": {"bomFormat": "CycloneDX", "components": [{"bom-ref": "1", "type": "library", "name": "a"}]}}})";
    const std::string audit = R"({"apiVersion": "aquasecurity.github.io/v1alpha1", "kind": "ConfigAuditReport",
      "metadata": {"name": "c", "namespace": "shop", "labels": {"trivy-operator.resource.kind": "ReplicaSet",
      "trivy-operator.resource.name": "web-1"}}, "report": {"checks": [
      {"checkID": "KSV001", "severity": "MEDIUM", "success": false, "messages": ["m"]}, {"checkID": "KSV002", "success": true}]}})";
    const std::string other = R"({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}})";
    const Evidence evidence = evidenceOf(
        R"({"kind": "List", "apiVersion": "v1", "items": [)" + secrets + ',' + sbom + ',' + audit + ',' + other + "]}");
    QCOMPARE(evidence.scans.size(), std::size_t { 2 });
    QCOMPARE(evidence.scans[0].secretCount, 2u);
    QVERIFY(!evidence.scans[0].hasVulnerabilities);
    QCOMPARE(evidence.scans[0].artifact, std::string("docker.io/library/app:1"));
    QCOMPARE(evidence.scans[0].file, std::string("a.json (ExposedSecretReport shop/s)"));
    QCOMPARE(evidence.scans[1].packageCount, 1u);
    QVERIFY(!evidence.scans[1].hasVulnerabilities); // a list of packages is no report on vulnerabilities
    QCOMPARE(evidence.results.size(), std::size_t { 2 });
    QCOMPARE(evidence.results[0].name, std::string("web-1"));
    QVERIFY(evidence.results[1].result == PolicyResult::Kind::Pass);
    QCOMPARE(evidence.notes.size(), std::size_t { 1 });
    QVERIFY(everything(evidence).find("marked") == std::string::npos);

    const Evidence yaml
        = evidenceOf("---\napiVersion: aquasecurity.github.io/v1alpha1\nkind: VulnerabilityReport\n"
                     "metadata: {name: a, namespace: b}\nreport:\n  artifact: {repository: x, tag: '1'}\n"
                     "  vulnerabilities:\n  - {vulnerabilityID: CVE-2026-1, severity: HIGH}\n");
    QCOMPARE(yaml.scans.at(0).vulnerabilities.at(0).id, std::string("CVE-2026-1"));
}

void tst_Scan::readsPolicyReports()
{
    const Evidence evidence = evidenceOf(policyReportSample());
    std::string text;
    for (const PolicyResult& one : evidence.results)
        text += one.tool + ' ' + one.policy + ' ' + std::string(toText(one.result)) + ' '
            + std::string(toText(one.grade)) + ' ' + one.kind + ' ' + one.ns + '/' + one.name + '\n';
    QCOMPARE(text,
        std::string(
            "kyverno require-labels fail medium Deployment shop/web\n"
            "kyverno require-labels pass unknown Pod shop/a\nkyverno require-labels pass unknown Pod shop/b\n"));
    QCOMPARE(evidence.results[0].made, std::optional<UnixSeconds>(1795000000));
}

void tst_Scan::readsStatements()
{
    Evidence evidence = evidenceOf(openVexSample(R"(
      {"vulnerability": {"@id": "https://x/CVE-2026-1001", "name": "CVE-2026-1001", "aliases": ["GHSA-1"]},
       "products": [{"@id": "pkg:oci/web@$I", "subcomponents": [{"@id": "pkg:deb/debian/openssl"}]},
                    {"@id": "x", "identifiers": {"purl": "pkg:npm/%40acme/web@1"}}],
       "status": "not_affected", "justification": "inline_mitigations_already_exist"},
      {"vulnerability": "CVE-2026-1002", "products": ["pkg:oci/web"], "status": "affected", "action_statement": "update",
       "timestamp": "2026-11-01T00:00:00Z"},
      {"vulnerability": {"name": "CVE-2026-1003"}, "status": "fixed"})"));
    QCOMPARE(evidence.statements.size(), std::size_t { 2 });
    QCOMPARE(evidence.statements[0].ids, (std::vector<std::string> { "CVE-2026-1001", "GHSA-1" }));
    QCOMPARE(evidence.statements[0].products.size(), std::size_t { 2 });
    QCOMPARE(evidence.statements[0].products[0].packages, std::vector<std::string> { "pkg:deb/debian/openssl" });
    QCOMPARE(evidence.statements[0].products[1].id, std::string("pkg:npm/%40acme/web@1"));
    QVERIFY(evidence.statements[0].status == VexStatus::NotAffected);
    QCOMPARE(formatDate(*evidence.statements[0].time), std::string("2026-10-01")); // of the document
    QCOMPARE(formatDate(*evidence.statements[1].time), std::string("2026-11-01"));
    QCOMPARE(evidence.notes.size(), std::size_t { 1 }); // a statement without a product

    evidence = evidenceOf(csafSample());
    QCOMPARE(evidence.statements.size(), std::size_t { 2 });
    QCOMPARE(evidence.statements[0].author, std::string("Acme"));
    QCOMPARE(evidence.statements[0].products[0].id,
        std::string("pkg:oci/web?repository_url=registry.acme.example/shop/web"));
    QCOMPARE(
        evidence.statements[0].products[0].packages, std::vector<std::string> { "pkg:deb/debian/openssl@3.0.1-1" });
    QCOMPARE(evidence.statements[0].justification, std::string("vulnerable_code_not_in_execute_path"));
    QVERIFY(evidence.statements[1].status == VexStatus::UnderInvestigation);
}

void tst_Scan::readsAnalysis()
{
    // In a bill of materials the analysis is about its own parts.
    const Evidence own
        = evidenceOf(cycloneSample(R"("analysis": {"state": "not_affected", "justification": "code_not_reachable"},)"));
    QVERIFY(own.scans.at(0).vulnerabilities.at(0).status == VexStatus::NotAffected);
    QVERIFY(own.statements.empty());
    // A document without parts states something about another one.
    const Evidence elsewhere = evidenceOf(R"({"bomFormat": "CycloneDX", "specVersion": "1.5", "vulnerabilities": [
      {"id": "CVE-2026-1001", "analysis": {"state": "false_positive", "lastUpdated": "2026-09-01T00:00:00Z"},
       "affects": [{"ref": "urn:cdx:aaaa/1#pkg:deb/debian/openssl@3.0.1-1%3Fdistro%3Ddebian-11"}]}]})");
    QVERIFY(elsewhere.scans.empty());
    QCOMPARE(elsewhere.statements.size(), std::size_t { 1 });
    QCOMPARE(elsewhere.statements[0].products[0].id, std::string("pkg:deb/debian/openssl@3.0.1-1?distro=debian-11"));
    QVERIFY(elsewhere.statements[0].status == VexStatus::NotAffected);
    QCOMPARE(formatDate(*elsewhere.statements[0].time), std::string("2026-09-01"));
}

void tst_Scan::readsSecondaryFacts()
{
    const ImageScan trivy = evidenceOf(trivySample()).scans.at(0);
    QCOMPARE(formatDate(trivy.imageCreated.value_or(0)), std::string("2025-06-01"));
    QCOMPARE(trivy.suppressed, 1u);
    QCOMPARE(
        trivy.vulnerabilities.at(0).purl, std::string("pkg:deb/debian/openssl@3.0.1-1?arch=amd64&distro=debian-11.9"));
    const ImageScan grype = evidenceOf(grypeSample()).scans.at(0);
    QCOMPARE(grype.suppressed, 1u);
    QCOMPARE(formatDate(grype.databaseMade.value_or(0)), std::string("2026-11-19"));
    QCOMPARE(formatDate(grype.imageCreated.value_or(0)), std::string("2025-06-01"));
    // Reproducible builds write no time that means anything.
    const auto early = evidenceOf(
        replaced(trivySample(), "\"created\": \"2025-06-01T00:00:00Z\"", "\"created\": \"0001-01-01T00:00:00Z\""));
    QVERIFY(!early.scans.at(0).imageCreated);
    // A file system is no image: nothing of it is matched by name.
    const auto folder
        = evidenceOf(R"({"SchemaVersion": 2, "ArtifactName": "web", "ArtifactType": "filesystem", "Results": []})");
    QVERIFY(folder.scans.at(0).references.empty());
    // A clean image has been looked at; a list of packages alone has not.
    const auto clean = evidenceOf(R"({"SchemaVersion": 2, "ArtifactName": "a:1", "ArtifactType": "container_image"})");
    QVERIFY(clean.scans.at(0).hasVulnerabilities);
    const auto notLooked = evidenceOf(R"({"SchemaVersion": 2, "ArtifactName": "a:1", "ArtifactType": "container_image",
      "Metadata": {"OS": {"Family": "debian", "Name": "12"}}})");
    QVERIFY(!notLooked.scans.at(0).hasVulnerabilities);
    QVERIFY(!evidenceOf(spdxSample()).scans.at(0).hasVulnerabilities);
    QCOMPARE(evidenceOf(spdxSample()).scans.at(0).packageCount, 2u);
}

void tst_Scan::readsSarifOfOthers()
{
    const Evidence evidence = evidenceOf(R"({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "Checkov",
      "rules": [{"id": "CKV_1", "shortDescription": {"text": "s"}, "defaultConfiguration": {"level": "error"}}]}},
      "results": [{"ruleId": "CKV_1", "message": {"text": "m"}, "locations": [{"physicalLocation":
      {"artifactLocation": {"uri": "a.yaml"}}}]}, {"ruleId": "CKV_1", "kind": "pass", "message": {"text": "m"}},
      {"ruleId": "CKV_1", "message": {"text": "m"}, "suppressions": [{"kind": "external"}]}]}]})");
    QVERIFY(evidence.scans.empty());
    QCOMPARE(evidence.results.size(), std::size_t { 3 });
    QVERIFY(evidence.results[0].grade == Grade::High);
    QCOMPARE(evidence.results[0].name, std::string("a.yaml"));
    QVERIFY(evidence.results[1].result == PolicyResult::Kind::Pass);
    QVERIFY(evidence.results[2].result == PolicyResult::Kind::Skip);
}

void tst_Scan::bearsHostileText()
{
    const std::string hostile = R"(\u001b[2J\u202e)" + std::string(5000, 'x');
    const Evidence evidence = evidenceOf(replaced(trivySample(), "\"openssl\"", '"' + hostile + '"'));
    const std::string& package = evidence.scans.at(0).vulnerabilities.at(0).package;
    QVERIFY(package.size() < 400);
    QVERIFY(package.find('\x1b') == std::string::npos);
    QVERIFY(package.starts_with("\\x1b"));
    // Numbers and types that are not what they should be are left out, nothing else.
    std::string odd = replaced(trivySample(), "\"V3Score\": 9.8", "\"V3Score\": \"NaN\"");
    odd = replaced(odd, "\"PublishedDate\": \"2026-01-02T03:04:05Z\"", "\"PublishedDate\": {\"a\": 1}");
    odd = replaced(odd, "\"CVE-2026-1002\"", "[1]");
    const Evidence read = evidenceOf(odd);
    QCOMPARE(read.scans.at(0).vulnerabilities.size(), std::size_t { 3 });
    QCOMPARE(*read.scans[0].vulnerabilities[0].score, 7.4);
    QVERIFY(!read.scans[0].vulnerabilities[0].published);
}

// Cut anywhere, and with any byte replaced: an answer or an error, never a crash.
void tst_Scan::survivesDamage()
{
    std::size_t read = 0, refused = 0;
    for (const std::string& whole :
        { trivySample(), grypeSample(), clairSample(), cycloneSample(), spdxSample(), csafSample(), trivySarifSample(),
            grypeSarifSample(), trivyKubernetesSample(), vulnerabilityReportSample(), policyReportSample() }) {
        for (std::size_t at = 0; at < whole.size(); at += 7) {
            std::string damaged = whole;
            damaged[at] = "0[{\"x,:]}"[at % 9];
            for (const std::string& text : { damaged, whole.substr(0, at) })
                ++(parseScan(text, "a.json") ? read : refused);
        }
    }
    QVERIFY(read > 100);
    QVERIFY(refused > 100);
}

void tst_Scan::readsFiles()
{
    QTemporaryDir folder;
    const auto write = [&](const QString& name, const std::string& text) {
        QFile file(folder.filePath(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(text.data(), static_cast<qint64>(text.size())) < 0)
            qFatal("cannot write");
        return file.fileName().toStdString();
    };
    const std::vector<std::string> paths { write(u"trivy.json"_s, trivySample()), write(u"pod.json"_s, "{}"),
        write(u"cut.json"_s, grypeSample().substr(0, 500)), write(u"empty"_s, ""),
        folder.filePath(u"none"_s).toStdString(), write(u"grype.json"_s, grypeSample()) };
    const auto answers = readScans(paths, pool());
    QCOMPARE(answers.size(), std::size_t { 6 });
    QVERIFY(answers[0] && *answers[0] && answers[0]->value().scans.size() == 1);
    QVERIFY(answers[1] && !*answers[1]);
    QVERIFY(!answers[2]);
    QVERIFY(answers[3] && !*answers[3]);
    QVERIFY(!answers[4] && answers[4].error().kind == ErrorKind::NotFound);
    QCOMPARE(answers[5]->value().scans.at(0).tool, std::string("grype"));
}

void tst_Scan::readsHarbor()
{
    const auto path = sharedPath("snapshots/harbor/vulnerabilityreports.aquasecurity.github.io.json");
    if (!path)
        QSKIP("the shared snapshots are not here");
    const auto read = readScan(*path);
    VERIFY_RESULT(read);
    QVERIFY(read->has_value());
    QVERIFY((*read)->scans.size() > 10);
    for (const ImageScan& scan : (*read)->scans) {
        QVERIFY(scan.made && scan.hasVulnerabilities);
        QVERIFY(!scan.container.empty());
        QCOMPARE(scan.digests.unknown.size(), std::size_t { 1 });
    }
}

QTEST_GUILESS_MAIN(tst_Scan)
#include "tst_Scan.moc"
