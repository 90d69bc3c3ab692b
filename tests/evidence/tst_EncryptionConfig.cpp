// SPDX-License-Identifier: Apache-2.0
#include <QTest>

#include "core/evidence/EncryptionConfig.h"
#include "tests/support/Support.h"

using namespace plimsoll;
using Level = evidence::EncryptionStrength::Level;
using Kind = evidence::EncryptionProvider::Kind;

namespace {

constexpr const char* head = "apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n";
constexpr const char* key = "bm9ib2R5IG1heSBzZWUgdGhpcyBrZXkgaGVyZSE=";

std::string keyed(const std::string& provider)
{
    return "  - " + provider + ":\n      keys:\n      - name: k1\n        secret: " + key + "\n";
}

} // namespace

class tst_EncryptionConfig : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void judges_data();
    void judges();
    void overwritesKeys_data();
    void overwritesKeys();
    void isRecognised_data();
    void isRecognised();
    void refusesOthers();
    void tellsWhatTheServerWouldRefuse();
};

void tst_EncryptionConfig::judges_data()
{
    QTest::addColumn<std::string>("resources");
    QTest::addColumn<Level>("level");
    QTest::addColumn<Kind>("kind");
    QTest::addColumn<std::string>("said");
    const std::string secrets = "- resources: [secrets]\n  providers:\n";
    const std::string identity = "  - identity: {}\n";
    const std::string kms2 = "  - kms: {apiVersion: v2, name: vault, endpoint: 'unix:///run/kms.sock'}\n";
    const auto row = [](const char* name, const std::string& resources, Level level, Kind kind, const char* said) {
        QTest::addRow("%s", name) << resources << level << kind << std::string(said);
    };
    row("identity first", secrets + identity + keyed("aescbc"), Level::Plain, Kind::Identity, "stored as they are");
    row("identity last", secrets + kms2 + identity, Level::Strong, Kind::KmsV2, "KMS v2 (vault)");
    row("aescbc", secrets + keyed("aescbc") + identity, Level::Weak, Kind::AesCbc, "aescbc");
    row("aesgcm", secrets + keyed("aesgcm"), Level::Weak, Kind::AesGcm, "aesgcm");
    row("secretbox", secrets + keyed("secretbox"), Level::Strong, Kind::SecretBox, "secretbox");
    row("KMS of the first version", secrets + "  - kms: {name: old, endpoint: 'unix:///run/kms.sock'}\n", Level::Weak,
        Kind::KmsV1, "KMS v1 (old)");
    row("other resources", "- resources: [configmaps]\n  providers:\n" + kms2, Level::Plain, Kind::Identity,
        "no entry");
    row("everything", "- resources: ['*.*']\n  providers:\n" + kms2, Level::Strong, Kind::KmsV2, "KMS v2");
    row("the core group", "- resources: ['*.']\n  providers:\n" + kms2, Level::Strong, Kind::KmsV2, "KMS v2");
    row("another group", "- resources: ['*.apps']\n  providers:\n" + kms2, Level::Plain, Kind::Identity, "no entry");
    row("the first entry counts",
        "- resources: [secrets]\n  providers:\n" + identity + "- resources: ['*.*']\n  providers:\n" + kms2,
        Level::Plain, Kind::Identity, "identity is the first");
}

void tst_EncryptionConfig::judges()
{
    QFETCH(std::string, resources);
    QFETCH(std::string, said);
    std::string text = head + resources;
    const auto config = evidence::readEncryptionConfig(text, "enc.yaml");
    VERIFY_RESULT(config);
    QVERIFY(config->problems.empty());
    const evidence::EncryptionStrength strength = evidence::strengthOf(*config);
    QTEST(strength.level, "level");
    QTEST(strength.provider, "kind");
    QVERIFY2(strength.sentence.contains(said), strength.sentence.c_str());
    QVERIFY(!text.contains(key));
}

void tst_EncryptionConfig::overwritesKeys_data()
{
    QTest::addColumn<std::string>("text");
    const std::string begin = head + std::string("- resources: [secrets]\n  providers:\n  - aescbc:\n      keys:\n");
    const std::string value = key;
    QTest::addRow("plain") << begin + "      - name: a\n        secret: " + value + "\n";
    QTest::addRow("quoted") << begin + "      - name: a\n        secret: \"" + value + "\"\n";
    QTest::addRow("single quotes") << begin + "      - name: a\n        secret: '" + value + "'\n";
    QTest::addRow("flow") << begin + "      - {name: a, secret: " + value + "}\n";
    QTest::addRow("block") << begin + "      - name: a\n        secret: |\n          " + value + "\n";
    QTest::addRow("quoted name") << begin + "      - {\"name\": \"a\", \"secret\" : \"" + value + "\"}\n";
    QTest::addRow("JSON")
        << R"({"apiVersion":"apiserver.config.k8s.io/v1","kind":"EncryptionConfiguration",)"
           R"("resources":[{"resources":["secrets"],"providers":[{"aescbc":{"keys":[{"name":"a","secret":")"
            + value + R"("}]}}]}]})";
}

void tst_EncryptionConfig::overwritesKeys()
{
    QFETCH(std::string, text);
    QVERIFY(evidence::isEncryptionConfig(text));
    const auto config = evidence::readEncryptionConfig(text, "enc.yaml");
    VERIFY_RESULT(config);
    QVERIFY(!text.contains("bm9ib2R5"));
    QCOMPARE(config->entries.size(), 1u);
    QCOMPARE(config->entries[0].providers.size(), 1u);
    QCOMPARE(config->entries[0].providers[0].keys, 1u);
}

void tst_EncryptionConfig::isRecognised_data()
{
    QTest::addColumn<std::string>("text");
    QTest::addColumn<bool>("expected");
    QTest::addRow("YAML") << std::string(head) << true;
    QTest::addRow("kind first") << std::string("kind: EncryptionConfiguration\napiVersion: x\n") << true;
    QTest::addRow("the old kind") << std::string("kind: EncryptionConfig\napiVersion: v1\n") << true;
    QTest::addRow("in a ConfigMap") << std::string(
        "kind: ConfigMap\ndata:\n  a: |\n    kind: EncryptionConfiguration\n")
                                    << false;
    QTest::addRow("another kind") << std::string("kind: EncryptionConfigurationList\n") << false;
    QTest::addRow("an audit policy") << std::string("apiVersion: audit.k8s.io/v1\nkind: Policy\n") << false;
}

void tst_EncryptionConfig::isRecognised()
{
    QFETCH(std::string, text);
    QTEST(evidence::isEncryptionConfig(text), "expected");
}

void tst_EncryptionConfig::refusesOthers()
{
    for (const char* bad : { "", "[]", "kind: Policy\n", "{\"kind\": 1", "a: [b\n" }) {
        std::string text = bad;
        const auto config = evidence::readEncryptionConfig(text, "enc.yaml");
        QVERIFY(!config);
        QCOMPARE(config.error().kind, ErrorKind::Format);
        QVERIFY(config.error().where.starts_with("enc.yaml"));
    }
}

void tst_EncryptionConfig::tellsWhatTheServerWouldRefuse()
{
    for (const char* bad : { "- providers: [{identity: {}}]\n", "- resources: [secrets]\n",
             "- {resources: [secrets], providers: [{aescbc: {}}]}\n",
             "- {resources: [secrets], providers: [{rot13: {}}]}\n" }) {
        std::string text = std::string(head) + bad;
        const auto config = evidence::readEncryptionConfig(text, "enc.yaml");
        VERIFY_RESULT(config);
        QVERIFY2(!config->problems.empty(), bad);
    }
}

QTEST_GUILESS_MAIN(tst_EncryptionConfig)
#include "tst_EncryptionConfig.moc"
