// SPDX-License-Identifier: Apache-2.0
#include <QTest>

#include "core/base/Text.h"
#include "core/snapshot/Masking.h"
#include "core/snapshot/detail/Zip.h"
#include "tests/snapshot/SnapshotSupport.h"

using namespace plimsoll;
using namespace plimsoll::snapshot;
using namespace plimsoll::test;

// The .plimsoll file: written, read, verified, changed.
class tst_SnapshotFile : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void givesBackWhatWasPutIn()
    {
        const std::string bytes = smallSnapshot();
        const Import read = importBytes("x.plimsoll", bytes);
        QCOMPARE(read.error, std::string());
        QCOMPARE(
            read.titles(), std::string("apps/v1 Deployment ns/web\nv1 ConfigMap ns/m\nv1 Pod ns/a\nv1 Pod ns/b\n"));
        QCOMPARE(read.problems(), std::string());
        QCOMPARE(read.listed(), std::string("core/Pod apps/Deployment networking.k8s.io/NetworkPolicy "));
        QCOMPARE(read.snapshot->serverVersion(), std::string("v1.36.2"));
        QVERIFY(read.snapshot->notCollected() == someMissing());
        QCOMPARE(read.snapshot->partialKinds().size(), 1u);
        QCOMPARE(read.snapshot->partialKinds()[0].kind, std::string("ConfigMap"));
        Origin expected = someOrigin();
        expected.kind = Origin::Kind::SnapshotFile;
        expected.integrity = Integrity::Unsigned;
        QVERIFY(read.snapshot->origin() == expected);
    }

    void readsSingleObjectsAgainWithTheirPlace()
    {
        const std::string bytes = smallSnapshot();
        const Import read = importBytes("x.plimsoll", bytes);
        const Imported& pod = read.objects[3];
        format::Document document;
        VERIFY_RESULT(read.snapshot->readRaw(pod.raw, document));
        QCOMPARE(format::toJson(document.root()), item("b"));
        const auto place = read.snapshot->locate(pod.raw, "/spec/nodeName");
        QVERIFY(place);
        QCOMPARE(place->file, std::string("resources/core/v1/pods.json"));
        QCOMPARE(place->line, 3u); // the list begins in the first line, each item has one
    }

    void doesNotDependOnThreadsOrOnHowItemsCame()
    {
        std::string first;
        for (const unsigned threads : { 1u, 2u, 5u }) {
            TaskPool threadPool(threads);
            SnapshotWriter writer(threadPool);
            // Several blocks: more than one megabyte.
            for (int i = 0; i < 30'000; ++i)
                writer.resource(podKey).append(item("pod-" + std::to_string(i)));
            Progress progress;
            const auto bytes = writer.toBytes(someOrigin(), {}, progress);
            VERIFY_RESULT(bytes);
            if (first.empty())
                first = *bytes;
            QVERIFY(first == *bytes);
        }
        const Import read = importBytes("x.plimsoll", first);
        QCOMPARE(read.objects.size(), 30'000u);
        QCOMPARE(read.objects.back().title, std::string("v1 Pod ns/pod-29999"));
        const auto place = read.snapshot->locate(read.objects.back().raw, "");
        QVERIFY(place);
        QCOMPARE(place->line, 30'001u);
    }

    void forgetsAListThatBeginsAgain()
    {
        SnapshotWriter writer(pool());
        auto& pods = writer.resource(podKey);
        pods.append(item("old"));
        pods.clear();
        pods.append(item("new"));
        Progress progress;
        const auto bytes = writer.toBytes(someOrigin(), {}, progress);
        VERIFY_RESULT(bytes);
        QCOMPARE(importBytes("x.plimsoll", *bytes).titles(), std::string("v1 Pod ns/new\n"));
    }

    void staysMaskedWhenReadAgain()
    {
        const std::string secret
            = R"({"metadata":{"name":"s","namespace":"ns"},"data":{"password":"<masked: 24 bytes, secret-data>"},"type":"Opaque"})";
        SnapshotWriter writer(pool());
        writer.resource(secretKey).append(secret);
        Progress progress;
        const auto bytes = writer.toBytes(someOrigin(), {}, progress);
        VERIFY_RESULT(bytes);
        const Import read = importBytes("x.plimsoll", *bytes);
        QCOMPARE(read.objects.size(), 1u);
        QCOMPARE(read.objects[0].json, secret);
        QCOMPARE(read.objects[0].maskedCount, 1u);
    }

    void opensWithAnArchiveTool()
    {
        const Folder folder;
        folder.put("x.plimsoll", smallSnapshot());
        int status = 1;
        const QString path = q(folder.at("x.plimsoll"));
        if (!outputOf(QStringLiteral("unzip"), { QStringLiteral("-tq"), path }, &status))
            QSKIP("unzip is not installed");
        QCOMPARE(status, 0);
        const auto pods = outputOf(
            QStringLiteral("unzip"), { QStringLiteral("-p"), path, QStringLiteral("resources/core/v1/pods.json") });
        QCOMPARE(*pods,
            "{\"apiVersion\":\"v1\",\"kind\":\"PodList\",\"items\":[\n" + item("a") + ",\n" + item("b")
                + "\n],\"metadata\":{}}\n");
    }

    // Every byte matters: none can be changed, and none can be missing.
    void refusesEveryChangedByte()
    {
        const std::string bytes = smallSnapshot();
        std::string accepted;
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            std::string changed = bytes;
            changed[i] = static_cast<char>(changed[i] ^ (1 << (i % 8)));
            const Import read = importBytes("x.plimsoll", changed);
            if (read.error.empty())
                accepted += std::to_string(i) + ' ';
        }
        QCOMPARE(accepted, std::string());
    }

    void refusesEveryTruncation()
    {
        const std::string bytes = smallSnapshot();
        const Folder folder;
        for (std::size_t size = 0; size < bytes.size(); ++size) {
            const Import read = importBytes("x.plimsoll", std::string_view(bytes).substr(0, size));
            QVERIFY2(!read.error.empty(), std::to_string(size).c_str());
        }
        const Import longer = importBytes("x.plimsoll", bytes + 'x');
        QVERIFY(!longer.error.empty());
    }

    void saysWhatIsWrong_data()
    {
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("to");
        QTest::addColumn<QString>("error"); // contains
        QTest::addRow("newer version") << "plimsoll/snapshot/v1"
                                       << "plimsoll/snapshot/v9"
                                       << "newer format";
        QTest::addRow("other sizes") << "\"items\": 2"
                                     << "\"items\": 3"
                                     << "contradicts itself";
        QTest::addRow("entry of another place") << "resources/core/v1/pods.json"
                                                << "resources/core/v1/podz.json"
                                                << "contradicts itself";
        QTest::addRow("field of another type") << "\"redaction\": 1"
                                               << "\"redaction\": a"
                                               << "no JSON";
        QTest::addRow("flag that is a text") << "\"namespaced\": true"
                                             << "\"namespaced\": \"no\""
                                             << "contradicts itself";
    }

    // A manifest that somebody changed together with its checksum in the ZIP.
    void saysWhatIsWrong()
    {
        QFETCH(const QString, from);
        QFETCH(const QString, to);
        QFETCH(const QString, error);
        std::string bytes = smallSnapshot();
        const std::size_t begin = bytes.find('{');
        const std::size_t end = bytes.find("\n}\n", begin) + 3;
        std::string manifest = bytes.substr(begin, end - begin);
        const std::uint32_t before = detail::crc32Of(manifest);
        const std::size_t place = manifest.find(from.toStdString());
        QVERIFY(place != std::string::npos);
        manifest.replace(place, static_cast<std::size_t>(from.size()), to.toStdString());
        manifest.resize(end - begin, '\n'); // offsets stay what they were
        const auto numberOf = [](std::uint32_t crc) {
            std::string out(4, '\0');
            for (unsigned i = 0; i < 4; ++i)
                out[i] = static_cast<char>((crc >> (8 * i)) & 0xFF);
            return out;
        };
        bytes.replace(begin, end - begin, manifest);
        for (std::size_t at = bytes.find(numberOf(before)); at != std::string::npos; at = bytes.find(numberOf(before)))
            bytes.replace(at, 4, numberOf(detail::crc32Of(manifest)));
        const Import read = importBytes("x.plimsoll", bytes);
        QVERIFY2(read.error.contains(error.toStdString()), read.error.c_str());
    }

    void isWrittenWholeOrNotAtAll()
    {
        const Folder folder;
        SnapshotWriter writer(pool());
        fillSnapshot(writer);
        Progress cancelled;
        cancelled.cancel();
        folder.put("x.plimsoll", "what was there before");
        const auto written = writer.toFile(folder.at("x.plimsoll"), someOrigin(), {}, {}, cancelled);
        QVERIFY(!written);
        QCOMPARE(written.error().kind, ErrorKind::Cancelled);
        QCOMPARE(fileBytes(folder.at("x.plimsoll")), std::string("what was there before"));
        QCOMPARE(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
    }

    void namesTheFolderThatIsNotThere()
    {
        SnapshotWriter writer(pool());
        Progress progress;
        const auto written = writer.toFile("/nowhere/at/all.plimsoll", someOrigin(), {}, {}, progress);
        QVERIFY(!written);
        QCOMPARE(written.error().where, std::string("/nowhere/at/all.plimsoll"));
    }

    void hashesTheSameHoweverItIsSaved()
    {
        const std::string bytes = smallSnapshot();
        const Folder folder;
        Progress progress;
        SealOptions seal;
        seal.passphrase = "correct horse";
        VERIFY_RESULT(saveSnapshotBytes(bytes, folder.at("plain.plimsoll"), {}, progress));
        VERIFY_RESULT(saveSnapshotBytes(bytes, folder.at("sealed.plimsoll"), seal, progress));
        QCOMPARE(fileBytes(folder.at("plain.plimsoll")), bytes);
        QVERIFY(!fileBytes(folder.at("sealed.plimsoll")).contains("manifest"));
        ImportOptions options;
        options.keys.passphrase = [](const std::string&) { return std::optional<std::string>("correct horse"); };
        const Import plain = importPath(folder.at("plain.plimsoll"));
        const Import sealed = importPath(folder.at("sealed.plimsoll"), options);
        QCOMPARE(sealed.error, std::string());
        QCOMPARE(plain.snapshot->sourceHash(), importBytes("x", bytes).snapshot->sourceHash());
        QCOMPARE(plain.snapshot->sourceHash(), sealed.snapshot->sourceHash());
        QVERIFY(sealed.snapshot->origin().isEncrypted);
        options.keys.passphrase = [](const std::string&) { return std::optional<std::string>("wrong"); };
        QVERIFY(importPath(folder.at("sealed.plimsoll"), options).error.contains("passphrase"));
    }

    void isSignedByAKeyThatOpensslKnows()
    {
        const Folder folder;
        const QString key = q(folder.at("key.pem"));
        int status = 1;
        if (!outputOf(QStringLiteral("openssl"),
                { QStringLiteral("genpkey"), QStringLiteral("-algorithm"), QStringLiteral("ed25519"),
                    QStringLiteral("-out"), key },
                &status)
            || status != 0)
            QSKIP("openssl is not installed");
        const auto openssl = [&](const QString& line) {
            QString filled = line;
            filled.replace(QStringLiteral("FOLDER"), q(folder.path()));
            outputOf(QStringLiteral("openssl"), filled.split(QLatin1Char(' ')), &status);
        };
        openssl(QStringLiteral("pkey -in FOLDER/key.pem -pubout -out FOLDER/pub.pem"));
        openssl(QStringLiteral("genpkey -algorithm ed25519 -out FOLDER/key2.pem"));
        openssl(QStringLiteral("pkey -in FOLDER/key2.pem -pubout -out FOLDER/other.pem"));
        const auto signing = readSigningKey(folder.at("key.pem"));
        VERIFY_RESULT(signing);
        Progress progress;
        SealOptions seal;
        seal.sign = *signing;
        VERIFY_RESULT(saveSnapshotBytes(smallSnapshot(), folder.at("x.plimsoll"), seal, progress));
        ImportOptions options;
        options.keys.trustedSigner = folder.at("pub.pem");
        const Import read = importPath(folder.at("x.plimsoll"), options);
        QCOMPARE(read.error, std::string());
        QCOMPARE(read.snapshot->origin().integrity, Integrity::Signed);
        QVERIFY(read.snapshot->origin().signer.starts_with("SHA256:"));
        options.keys.trustedSigner = folder.at("other.pem");
        QVERIFY(importPath(folder.at("x.plimsoll"), options).error.contains("another key"));
        const auto report = verifySnapshotFile(folder.at("x.plimsoll"), {}, pool(), progress);
        VERIFY_RESULT(report);
        QCOMPARE(report->objects, 4u);
        // The recipe of README.txt.
        const auto part = [&](const char* name) {
            return *outputOf(
                QStringLiteral("unzip"), { QStringLiteral("-p"), q(folder.at("x.plimsoll")), QString::fromUtf8(name) });
        };
        folder.put("manifest.json", part("manifest.json"));
        const std::string signature = part("manifest.sig");
        const std::size_t at = signature.find("\"signature\": \"") + 14;
        folder.put("sig", QByteArray::fromBase64(QByteArray::fromStdString(signature.substr(at, 88))).toStdString());
        openssl(QStringLiteral(
            "pkeyutl -verify -pubin -inkey FOLDER/pub.pem -rawin -in FOLDER/manifest.json -sigfile FOLDER/sig"));
        QCOMPARE(status, 0);
    }

    void readsFromStandardArchivesAndFolders()
    {
        const Folder folder;
        folder.put("deep/x.plimsoll", smallSnapshot());
        QCOMPARE(importPath(folder.path()).objects.size(), 4u);
        const std::string packed = archiveOf({ { "x.plimsoll", smallSnapshot() } }, ArchiveKind::TarGz);
        QCOMPARE(importBytes("y.tar.gz", packed).objects.size(), 4u);
    }
};

QTEST_GUILESS_MAIN(tst_SnapshotFile)
#include "tst_SnapshotFile.moc"
