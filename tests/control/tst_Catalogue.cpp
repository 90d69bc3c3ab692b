// SPDX-License-Identifier: Apache-2.0
// The catalogue is whole: code, texts and frameworks match one to one.
#include <set>

#include "core/base/Text.h"
#include "core/control/Catalogue.h"
#include "core/control/Settings.h"
#include "tests/support/Support.h"

#include <QTemporaryDir>

using namespace plimsoll;
using control::Requirement;

namespace {

constexpr std::string_view firstControls
    = "W01 W02 W03 W04 W05 W06 W07 W08 W09 W10 W11 W12 W13 W14 W15 W16 W17 W18 W19 W20 W21 W22 W23 W24 W25 W26 W27 W28 "
      "W29 W30 W31 W32 W33 W34 W35 W36 W37 W38 W39 W40 W41 W42 W43 W44 W45 W46 W47 W48 W49 W50 W51 W52 W53 W54 W55 W56 "
      "W57 W58 W59 W60 "
      "R01 R02 R03 R04 R05 R06 R07 R08 R10 R11 R13 R14 R15 R16 R17 R18 R19 R20 R22 R30 "
      "R31 R32 R33 R34 R35 N01 N02 N03 N04 N07 N08 N10 N11 S01 S06 S08 I01 I02 I03 I04 M01 M02 M09 M12 T01";

std::shared_ptr<const control::Catalogue> catalogue()
{
    auto loaded = control::loadCatalogue();
    if (!loaded)
        qFatal("%s", toText(loaded.error()).c_str());
    return *loaded;
}

std::string idsOf(const control::Framework& framework)
{
    std::string ids;
    for (const Requirement& requirement : framework.requirements)
        ids += (ids.empty() ? "" : " ") + requirement.id;
    return ids;
}

} // namespace

class tst_Catalogue : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void loads();
    void holdsTheFirstControls_data();
    void holdsTheFirstControls();
    void declaresEachControlOnce();
    void hasEveryIdOfAFramework_data();
    void hasEveryIdOfAFramework();
    void saysWhatAPersonLooksAt();
    void findsById();
    void settings_data();
    void settings();
};

void tst_Catalogue::loads()
{
    const auto loaded = control::loadCatalogue();
    VERIFY_RESULT(loaded);
    QCOMPARE((*loaded)->entries.size(), control::controls().size());
    QVERIFY((*loaded)->frameworks.size() >= 10); // each is held by tst_Frameworks
}

void tst_Catalogue::holdsTheFirstControls_data()
{
    QTest::addColumn<std::string>("id");
    for (const std::string_view id : split(firstControls, ' '))
        QTest::addRow("%s", std::string(id).c_str()) << std::string(id);
}

void tst_Catalogue::holdsTheFirstControls()
{
    QFETCH(std::string, id);
    const auto loaded = catalogue();
    const auto* entry = loaded->find(id);
    QVERIFY(entry);
    QCOMPARE(entry->text.id, "PLM-" + id);
    QVERIFY(!entry->text.references.empty());
}

void tst_Catalogue::declaresEachControlOnce()
{
    std::set<std::string_view> ids;
    std::string families;
    for (const control::Control& control : control::controls()) {
        QVERIFY2(ids.insert(control.id).second, std::string(control.id).c_str());
        QVERIFY2(!control.checkSpec || !control.evaluate, std::string(control.id).c_str());
        const char letter = control.id[4];
        const char family = letter >= '0' && letter <= '9' ? '1' : letter;
        if (families.empty() || families.back() != family)
            families += family;
    }
    QCOMPARE(families, std::string("WRNSIMT1XG"));
}

void tst_Catalogue::hasEveryIdOfAFramework_data()
{
    QTest::addColumn<std::string>("framework");
    QTest::addColumn<std::string>("ids");
    QTest::addRow("Pod Security Standards")
        << std::string("pss")
        << std::string("windowsHostProcess hostNamespaces privileged capabilities_baseline hostPathVolumes hostPorts "
                       "hostProbesAndHostLifecycle appArmorProfile seLinuxOptions procMount seccompProfile_baseline "
                       "sysctls restrictedVolumes allowPrivilegeEscalation runAsNonRoot runAsUser "
                       "seccompProfile_restricted capabilities_restricted procMount_restricted");
}

void tst_Catalogue::hasEveryIdOfAFramework()
{
    QFETCH(std::string, framework);
    QFETCH(std::string, ids);
    const auto loaded = catalogue();
    QVERIFY(loaded->findFramework(framework));
    QCOMPARE(idsOf(*loaded->findFramework(framework)), ids);
}

void tst_Catalogue::saysWhatAPersonLooksAt()
{
    const auto loaded = catalogue(); // a temporary would not live as long as the loop
    for (const control::Framework& framework : loaded->frameworks) {
        for (const Requirement& requirement : framework.requirements) {
            const bool isDecided = requirement.mode == Requirement::Mode::Automated;
            QVERIFY2(isDecided ? !requirement.controls.empty() : !requirement.lookAt.empty(), requirement.id.c_str());
        }
    }
}

void tst_Catalogue::findsById()
{
    const auto loaded = catalogue();
    QVERIFY(loaded->find("PLM-N03"));
    QCOMPARE(loaded->find("PLM-N03"), loaded->find("N03"));
    QVERIFY(!loaded->find("X99"));
    QVERIFY(!loaded->findFramework("cis"));
    const auto& rows = loaded->find("N03")->frameworks;
    QVERIFY(std::ranges::find(rows, "cis-2.0.1 5.3.2") != rows.end());
}

void tst_Catalogue::settings_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<std::string>("expected"); // the registries, or "error: " and the sentence
    QTest::addRow("a list") << QByteArray("allowedRegistries: [registry.example.com, ghcr.io/acme]\n")
                            << std::string("registry.example.com ghcr.io/acme");
    QTest::addRow("an empty file") << QByteArray("# nothing yet\n") << std::string();
    QTest::addRow("JSON") << QByteArray("{\"allowedRegistries\": [\"a.io\"]}") << std::string("a.io");
    QTest::addRow("an unknown key") << QByteArray("allowedRegistry: []\n")
                                    << std::string("error: unknown setting \"allowedRegistry\"");
    QTest::addRow("no list") << QByteArray("allowedRegistries: docker.io\n")
                             << std::string("error: allowedRegistries is not a list");
    QTest::addRow("a number in the list")
        << QByteArray("allowedRegistries: [5]\n")
        << std::string("error: allowedRegistries holds something that is not the name of a registry");
    QTest::addRow("a URL") << QByteArray("allowedRegistries: ['https://a.io']\n")
                           << std::string("error: a registry is written without a scheme: https://a.io");
    QTest::addRow("a release and labels")
        << QByteArray("targetRelease: '1.30'\nrequiredLabels: [team, acme.example/owner]\n")
        << std::string(" for 1.30 with team acme.example/owner");
    QTest::addRow("a number") << QByteArray("targetRelease: 1.30\n")
                              << std::string("error: targetRelease is not in quotes");
    QTest::addRow("no release") << QByteArray("targetRelease: '1.30.2'\n")
                                << std::string("error: targetRelease is not a release such as \"1.37\"");
    QTest::addRow("a label with a value")
        << QByteArray("requiredLabels: [team=shop]\n")
        << std::string("error: requiredLabels holds something that is not the key of a label");
    QTest::addRow("no list of labels") << QByteArray("requiredLabels: team\n")
                                       << std::string("error: requiredLabels is not a list");
    QTest::addRow("no map") << QByteArray("- a\n") << std::string("error: the settings are not a map");
}

void tst_Catalogue::settings()
{
    QFETCH(QByteArray, text);
    QFETCH(std::string, expected);
    QTemporaryDir folder;
    QFile file(folder.filePath(QStringLiteral("settings.yaml")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(text);
    file.close();
    const auto read = control::readSettings(file.fileName().toStdString());
    if (!read) {
        QCOMPARE("error: " + read.error().what, expected);
        return;
    }
    std::string settings = join(read->allowedRegistries, " ");
    if (!read->targetRelease.empty())
        settings += " for " + read->targetRelease + " with " + join(read->requiredLabels, " ");
    QCOMPARE(settings, expected);
}

QTEST_GUILESS_MAIN(tst_Catalogue)
#include "tst_Catalogue.moc"
