// SPDX-License-Identifier: Apache-2.0
#include <QTest>

#include <algorithm>
#include <cstring>

#include "core/format/Archive.h"
#include "tests/snapshot/ImportSupport.h"

using namespace plimsoll;
using namespace plimsoll::format;
using namespace plimsoll::test;

namespace {

class Memory final : public ByteSource {
public:
    explicit Memory(std::string bytes)
        : m_bytes(std::move(bytes))
    {
    }
    Result<std::size_t> read(char* buffer, std::size_t size) override
    {
        const std::size_t count = std::min(size, m_bytes.size() - m_used);
        std::memcpy(buffer, m_bytes.data() + m_used, count);
        m_used += count;
        return count;
    }

private:
    std::string m_bytes;
    std::size_t m_used = 0;
};

class Failing final : public ByteSource {
public:
    Result<std::size_t> read(char*, std::size_t) override
    {
        return failure(ErrorKind::Access, "the disk is gone", "x");
    }
};

std::string listing(ByteSource& bytes, const Limits& limits = {})
{
    std::string out;
    const auto unpacked = unpack(
        bytes, "box.json.gz", limits, [&](std::string_view name, ByteSource& entry) -> Result<void> {
            std::string text;
            char buffer[1000];
            for (;;) {
                const auto count = entry.read(buffer, sizeof buffer);
                if (!count)
                    return std::unexpected(count.error());
                if (*count == 0)
                    break;
                text.append(buffer, *count);
            }
            out += std::string(name) + '=' + (text.size() > 40 ? std::to_string(text.size()) + " bytes" : text) + '\n';
            return {};
        });
    if (!unpacked)
        out += (unpacked.error().kind == ErrorKind::Limit ? "limit " : "error ") + unpacked.error().what + '\n';
    return out;
}

std::string listing(const std::string& bytes, const Limits& limits = {})
{
    Memory memory(bytes);
    return listing(memory, limits);
}

} // namespace

class TestArchive : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void recognises_data();
    void recognises();
    void unpacks_data();
    void unpacks();
    void reportsDamage_data();
    void reportsDamage();
    void stopsBombs();
    void passesOnErrorsOfTheSource();
};

void TestArchive::recognises_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("packing");
    const auto row = [](const char* situation, const std::string& bytes, Packing packing) {
        QTest::addRow("%s", situation) << QByteArray::fromStdString(bytes.substr(0, 512)) << static_cast<int>(packing);
    };
    const std::vector<Entry> one { { "a", "x" } };
    row("tar", archiveOf(one, ArchiveKind::Tar), Packing::Tar);
    row("tar.gz", archiveOf(one, ArchiveKind::TarGz), Packing::Gzip);
    row("gzip", archiveOf(one, ArchiveKind::Gzip), Packing::Gzip);
    row("zip", archiveOf(one, ArchiveKind::Zip), Packing::Zip);
    row("JSON", "{}", Packing::None);
    row("nothing", "", Packing::None);
    row("PK alone", "PK", Packing::None);
}

void TestArchive::recognises()
{
    QFETCH(QByteArray, bytes);
    QFETCH(int, packing);
    QCOMPARE(static_cast<int>(recognisePacking(bytes.toStdString())), packing);
}

void TestArchive::unpacks_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char* situation, const std::string& bytes, const char* expected) {
        QTest::addRow("%s", situation) << QByteArray::fromStdString(bytes) << QByteArray(expected);
    };
    const std::vector<Entry> two { { "a/b.json", "{}" }, { "c", "" } };
    row("tar", archiveOf(two, ArchiveKind::Tar), "a/b.json={}\nc=\n");
    row("tar.gz", archiveOf(two, ArchiveKind::TarGz), "a/b.json={}\nc=\n");
    row("zip", archiveOf(two, ArchiveKind::Zip), "a/b.json={}\nc=\n");
    row("gzip takes the archive's name", archiveOf({ { "x", "{}" } }, ArchiveKind::Gzip), "box.json={}\n");
    row("concatenated gzip",
        archiveOf({ { "x", "{" } }, ArchiveKind::Gzip) + archiveOf({ { "x", "}" } }, ArchiveKind::Gzip),
        "box.json={}\n");
    row("folders, links and devices are passed over",
        archiveOf({ { "d", "", AE_IFDIR }, { "l", "", AE_IFLNK, "/etc/passwd" }, { "p", "", AE_IFIFO },
                      { "c", "", AE_IFCHR }, { "f", "1" } },
            ArchiveKind::Tar),
        "f=1\n");
    row("names are labels",
        archiveOf({ { "../../etc/passwd", "1" }, { "/abs", "2" }, { "a\x1b[31m", "3" } }, ArchiveKind::Tar),
        "../../etc/passwd=1\n/abs=2\na\\x1b[31m=3\n");
    row("same name twice", archiveOf({ { "a", "1" }, { "a", "2" } }, ArchiveKind::Tar), "a=1\na=2\n");
}

void TestArchive::unpacks()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, expected);
    QCOMPARE(listing(bytes.toStdString()), expected.toStdString());
}

void TestArchive::reportsDamage_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("expected");
    std::string noise(20'000, '\0');
    std::uint32_t state = 1;
    for (char& c : noise)
        c = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
    const std::vector<Entry> entries { { "a", "1" }, { "b", noise } };
    const std::string tarGz = archiveOf(entries, ArchiveKind::TarGz);
    const std::string tar = archiveOf(entries, ArchiveKind::Tar);
    QTest::addRow("truncated gzip") << QByteArray::fromStdString(tarGz.substr(0, tarGz.size() / 2))
                                    << QByteArray("error the archive is damaged: ");
    QTest::addRow("truncated tar") << QByteArray::fromStdString(tar.substr(0, 4000))
                                   << QByteArray("a=1\nerror the archive is damaged: ");
    QTest::addRow("only the first bytes of a gzip")
        << QByteArray::fromStdString(tarGz.substr(0, 14)) << QByteArray("error the archive is damaged: ");
    QTest::addRow("only a ZIP header") << QByteArray("PK\x03\x04", 4) << QByteArray("error the archive is damaged: ");
}

void TestArchive::reportsDamage()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, expected);
    const std::string got = listing(bytes.toStdString());
    QVERIFY2(got.starts_with(expected.toStdString()), got.c_str());
}

void TestArchive::stopsBombs()
{
    const std::string bomb = archiveOf({ { "zeros", std::string(8u << 20, '\0') } }, ArchiveKind::TarGz);
    QVERIFY(bomb.size() < 20'000);
    QCOMPARE(listing(bomb), std::string("zeros=8388608 bytes\n"));
    QCOMPARE(listing(bomb, Limits { .maxUnpackedBytes = 1u << 20 }),
        std::string("limit the archive unpacks to far more than it should\n"));
    const std::string many = archiveOf(std::vector<Entry>(50, Entry { "a", "1" }), ArchiveKind::Zip);
    QVERIFY(listing(many, Limits { .maxArchiveEntries = 10 }).ends_with("limit the archive has too many entries\n"));
    // The ratio counts from 64 MB on.
    const std::string large = archiveOf({ { "x", std::string(90u << 20, 'x') } }, ArchiveKind::Gzip);
    QCOMPARE(listing(large, Limits { .maxCompressionRatio = 500 }),
        std::string("limit the archive unpacks to far more than it should\n"));
}

void TestArchive::passesOnErrorsOfTheSource()
{
    Failing failing;
    QCOMPARE(listing(failing), std::string("error the disk is gone\n"));
}

QTEST_GUILESS_MAIN(TestArchive)
#include "tst_Archive.moc"
