// SPDX-License-Identifier: Apache-2.0
#include <QTest>

#include "core/base/Text.h"
#include "core/snapshot/detail/Age.h"
#include "core/snapshot/detail/AgeCrypto.h"
#include "tests/snapshot/SnapshotSupport.h"

using namespace plimsoll;
using namespace plimsoll::snapshot::detail;
using namespace plimsoll::test;

// Encryption as age does it, against the tool itself where it is installed.
class tst_Age : public QObject {
    Q_OBJECT

    std::string m_identity, m_recipient;

    static std::string encrypted(std::string_view plain, const std::vector<std::string>& recipients,
        const std::optional<std::string>& passphrase = std::nullopt)
    {
        std::string out;
        auto encryptor = AgeEncryptor::create(recipients, passphrase, [&](std::string_view bytes) {
            out += bytes;
            return Result<void>();
        });
        if (!encryptor || !encryptor->write(plain) || !encryptor->finish())
            return {};
        return out;
    }
    Result<std::string> decrypted(std::string_view file) const
    {
        Progress progress;
        return decryptAge(file, { { m_identity }, {} }, progress);
    }

private Q_SLOTS:
    void initTestCase()
    {
        const std::string secret = randomBytes(32);
        m_recipient = bech32("age", x25519Public(secret));
        m_identity = bech32("age-secret-key-", secret);
        for (char& c : m_identity)
            c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    }

    void givesBackThePlaintext_data()
    {
        QTest::addColumn<int>("size");
        for (const int size : { 0, 1, 65'535, 65'536, 65'537, 131'072, 200'000 })
            QTest::addRow("%d bytes", size) << size;
    }

    void givesBackThePlaintext()
    {
        QFETCH(const int, size);
        const std::string plain(static_cast<std::size_t>(size), 'x');
        const std::string file = encrypted(plain, { m_recipient });
        QVERIFY(file.starts_with(ageMagic));
        const auto back = decrypted(file);
        VERIFY_RESULT(back);
        QVERIFY(*back == plain);
        if (size == 0)
            return;
        for (const std::size_t cut : { file.size() - 1, file.size() / 2, std::size_t(200), std::size_t(50) })
            QVERIFY(!decrypted(std::string_view(file).substr(0, cut)));
        for (std::size_t at = 0; at < file.size(); at += std::max<std::size_t>(1, file.size() / 97)) {
            std::string changed = file;
            changed[at] = static_cast<char>(changed[at] ^ 4);
            QVERIFY2(!decrypted(changed), std::to_string(at).c_str());
        }
    }

    void understandsTheToolAndTheOtherWayRound()
    {
        const Folder folder;
        const std::string plain(100'000, 'p');
        folder.put("plain", plain);
        folder.put("id", m_identity + '\n');
        int status = 1;
        if (!outputOf(QStringLiteral("age"),
                { QStringLiteral("-r"), q(m_recipient), QStringLiteral("-o"), q(folder.at("theirs")),
                    q(folder.at("plain")) },
                &status))
            QSKIP("age is not installed");
        QCOMPARE(status, 0);
        const auto theirs = decrypted(fileBytes(folder.at("theirs")));
        VERIFY_RESULT(theirs);
        QVERIFY(*theirs == plain);
        folder.put("ours", encrypted(plain, { m_recipient }));
        const auto ours = outputOf(QStringLiteral("age"),
            { QStringLiteral("-d"), QStringLiteral("-i"), q(folder.at("id")), q(folder.at("ours")) }, &status);
        QCOMPARE(status, 0);
        QVERIFY(*ours == plain);
    }

    void opensWithThePassphraseAlone()
    {
        Progress progress;
        const std::string file = encrypted("text", {}, "pass");
        const auto with = [&](const char* passphrase) {
            return decryptAge(file, { {}, [=] { return std::optional<std::string>(passphrase); } }, progress);
        };
        QCOMPARE(with("pass").value(), std::string("text"));
        QCOMPARE(with("other").error().kind, ErrorKind::Access);
        QCOMPARE(decrypted(file).error().kind, ErrorKind::Access);
    }

    void refusesToWorkForEver()
    {
        std::string file = encrypted("text", {}, "pass");
        const std::size_t at = file.find(" 18\n");
        QVERIFY(at != std::string::npos);
        file.replace(at, 4, " 30\n");
        Progress progress;
        const auto opened = decryptAge(file, { {}, [] { return std::optional<std::string>("pass"); } }, progress);
        QCOMPARE(opened.error().kind, ErrorKind::Limit);
    }

    void refusesWhatIsNoRecipient_data()
    {
        QTest::addColumn<QString>("recipient");
        QTest::addRow("nothing") << QString();
        QTest::addRow("another prefix") << q(bech32("aged", std::string(32, 'a')));
        QTest::addRow("too short") << q(bech32("age", std::string(31, 'a')));
        QTest::addRow("low order") << q(bech32("age", std::string(32, '\0')));
        QTest::addRow("ssh key") << QStringLiteral("ssh-ed25519 AAAA");
    }

    void refusesWhatIsNoRecipient()
    {
        QFETCH(const QString, recipient);
        const auto made = AgeEncryptor::create(
            { recipient.toStdString() }, std::nullopt, [](std::string_view) { return Result<void>(); });
        QVERIFY(!made);
        QCOMPARE(made.error().kind, ErrorKind::Usage);
    }

    // RFC 7748 section 6.1, RFC 5869 test case 1 cut to 32 bytes, BIP 173.
    void agreesWithPublishedVectors()
    {
        const auto bytes = [](const char* hex) { return QByteArray::fromHex(hex).toStdString(); };
        const std::string secret = bytes("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
        QCOMPARE(x25519Public(secret), bytes("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"));
        QCOMPARE(hkdf(bytes("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"), bytes("000102030405060708090a0b0c"),
                     bytes("f0f1f2f3f4f5f6f7f8f9")),
            bytes("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"));
        QCOMPARE(fromBech32("a", "A12UEL5L"), std::optional<std::string>(""));
        QCOMPARE(fromBech32("a", "A12UEL5M"), std::optional<std::string>());
    }
};

QTEST_GUILESS_MAIN(tst_Age)
#include "tst_Age.moc"
