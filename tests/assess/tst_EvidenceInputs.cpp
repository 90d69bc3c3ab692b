// SPDX-License-Identifier: Apache-2.0
#include <QTemporaryDir>

#include "core/assess/Assessment.h"
#include "tests/support/Support.h"

using namespace plimsoll;
using namespace Qt::StringLiterals;

namespace {

constexpr const char* pods = R"(
apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop, creationTimestamp: '2026-11-20T00:00:00Z' }
spec: { containers: [{ name: c, image: 'ghcr.io/acme/web:1' }] }
status: { phase: Running }
)";

constexpr const char* falco
    = R"({"time":"2026-11-20T10:00:00.000000001Z","rule":"Terminal shell in container","priority":"Notice","source":"syscall","hostname":"n1","output":"x","tags":["T1059"],"output_fields":{"k8s.ns.name":"shop","k8s.pod.name":"web"}}
)";

constexpr const char* audit
    = R"({"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"a","stage":"ResponseComplete","requestURI":"/api/v1/namespaces/shop/secrets/db","verb":"get","user":{"username":"ann","groups":["dev"]},"sourceIPs":["10.0.0.9"],"objectRef":{"resource":"secrets","namespace":"shop","name":"db","apiVersion":"v1"},"responseStatus":{"code":200},"requestReceivedTimestamp":"2026-11-20T10:00:00.000000Z","stageTimestamp":"2026-11-20T10:00:00.000000Z","annotations":{"authorization.k8s.io/decision":"allow"}}
)";

constexpr const char* trivy
    = R"({"SchemaVersion":2,"CreatedAt":"2026-11-19T00:00:00Z","ArtifactName":"ghcr.io/acme/web:1","ArtifactType":"container_image","Metadata":{"RepoTags":["ghcr.io/acme/web:1"]},"Results":[{"Target":"web","Class":"os-pkgs","Type":"debian","Vulnerabilities":[{"VulnerabilityID":"CVE-2026-1","PkgName":"openssl","InstalledVersion":"1","FixedVersion":"2","Severity":"CRITICAL"}]}]}
)";

} // namespace

class tst_EvidenceInputs : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void tellsFilesApartAndJoinsThem();
    void judgesEncryptionByItsConfiguration_data();
    void judgesEncryptionByItsConfiguration();
    void refusesWhatItDoesNotKnow();
    void refusesWhatIsNotThere();

private:
    std::string write(const QTemporaryDir& folder, const char* name, const char* text)
    {
        QFile file(folder.filePath(QString::fromLatin1(name)));
        if (file.open(QIODevice::WriteOnly))
            file.write(text);
        return file.fileName().toStdString();
    }
};

void tst_EvidenceInputs::judgesEncryptionByItsConfiguration_data()
{
    QTest::addColumn<QByteArray>("providers");
    QTest::addColumn<control::Verdict>("atRest");
    QTest::addColumn<control::Verdict>("weak");
    using enum control::Verdict;
    QTest::addRow("none given") << QByteArray() << NotAssessed << NotAssessed;
    QTest::addRow("identity") << QByteArray("[{identity: {}}]") << Fail << Fail;
    QTest::addRow("KMS v2") << QByteArray("[{kms: {apiVersion: v2, name: v, endpoint: 'unix:///s'}}, {identity: {}}]")
                            << Pass << Pass;
    QTest::addRow("aescbc") << QByteArray("[{aescbc: {keys: [{name: a, secret: QUJD}]}}]") << Pass << Pass;
    QTest::addRow("aesgcm") << QByteArray("[{aesgcm: {keys: [{name: a, secret: QUJD}]}}]") << Pass << Fail;
    QTest::addRow("refused") << QByteArray("[{rot13: {}}]") << NotAssessed << NotAssessed;
}

// The flag says that there is a configuration; the file, given as evidence, what it does.
void tst_EvidenceInputs::judgesEncryptionByItsConfiguration()
{
    QFETCH(QByteArray, providers);
    QFETCH(control::Verdict, atRest);
    QFETCH(control::Verdict, weak);
    const QTemporaryDir folder;
    std::vector<std::string> files;
    if (!providers.isEmpty())
        files.push_back(write(folder, "enc.yaml",
            QByteArray("apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n"
                       "- resources: [secrets]\n  providers: "
                + providers + "\n")
                .constData()));
    const auto inputs = assess::readInputs({}, {}, files);
    VERIFY_RESULT(inputs);
    const auto cluster = test::clusterFrom(R"(
apiVersion: v1
kind: Pod
metadata: { name: kube-apiserver-a, namespace: kube-system, labels: {component: kube-apiserver, tier: control-plane},
  annotations: {kubernetes.io/config.mirror: x, kubernetes.io/config.source: file} }
spec: { containers: [{ name: kube-apiserver, image: 'registry.k8s.io/kube-apiserver:v1.36.1',
  command: [kube-apiserver, --encryption-provider-config=/etc/enc.yaml] }] }
)");
    const auto catalogue = control::loadCatalogue();
    VERIFY_RESULT(catalogue);
    Progress progress;
    const auto assessed = assess::assess(cluster, *catalogue, {}, {}, test::pool(), progress, *inputs);
    VERIFY_RESULT(assessed);
    const auto verdictOf = [&](std::string_view id) {
        for (const assess::ControlResult& result : (*assessed)->controls) {
            if ((*assessed)->catalogue->entries[result.control].text.id == id)
                return result.verdict;
        }
        return control::Verdict::NotAssessed;
    };
    QCOMPARE(verdictOf("PLM-S11"), atRest);
    QCOMPARE(verdictOf("PLM-1.2.28"), weak);
}

// One folder with all kinds.
void tst_EvidenceInputs::tellsFilesApartAndJoinsThem()
{
    const QTemporaryDir folder;
    write(folder, "alerts.jsonl", falco);
    write(folder, "audit.log", audit);
    write(folder, "report.json", trivy);
    const auto inputs = assess::readInputs({}, {}, { folder.path().toStdString() }, &test::pool());
    VERIFY_RESULT(inputs);
    QCOMPARE(inputs->scans.scans.size(), std::size_t { 1 });
    QVERIFY(inputs->audit && inputs->alerts);

    const auto catalogue = control::loadCatalogue();
    VERIFY_RESULT(catalogue);
    Progress progress;
    const auto assessed = assess::assess(test::clusterFrom(pods), *catalogue, {}, {}, test::pool(), progress, *inputs);
    VERIFY_RESULT(assessed);
    const assess::Assessment& assessment = **assessed;
    QCOMPARE(assessment.evidenceFiles, std::vector { folder.path().toStdString() });
    QCOMPARE(assessment.scans->ranked.size(), std::size_t { 1 });
    QCOMPARE(assessment.joinedAlerts.size(), std::size_t { 1 });
    QVERIFY(assessment.joinedAlerts.front().match == components::AlertMatch::Pod);
    QCOMPARE(assessment.auditFindings.findings.size(), std::size_t { 1 });
    QVERIFY(assessment.auditFindings.findings.front().act == evidence::AuditAct::SecretRead);
    const bool fails = std::ranges::any_of(assessment.findings,
        [&](const assess::Finding& finding) { return assessment.entry(finding).text.id == "PLM-I07"; });
    QVERIFY(fails);
}

void tst_EvidenceInputs::refusesWhatItDoesNotKnow()
{
    const QTemporaryDir folder;
    const std::string path = write(folder, "notes.txt", "hello");
    const auto inputs = assess::readInputs({}, {}, { path });
    QVERIFY(!inputs);
    QVERIFY(inputs.error().kind == ErrorKind::Format);
    QCOMPARE(inputs.error().where, path);
}

void tst_EvidenceInputs::refusesWhatIsNotThere()
{
    const auto inputs = assess::readInputs({}, {}, { "/nowhere/report.json" });
    QVERIFY(!inputs);
}

QTEST_GUILESS_MAIN(tst_EvidenceInputs)
#include "tst_EvidenceInputs.moc"
