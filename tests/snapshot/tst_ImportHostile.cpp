// SPDX-License-Identifier: Apache-2.0
#include <QTest>

#include <algorithm>
#include <functional>
#include <random>

#include "tests/snapshot/ImportSupport.h"

using namespace plimsoll;
using namespace plimsoll::snapshot;
using namespace plimsoll::test;

namespace {

const std::string podA = "v1 Pod ns/a\n";
const std::string podB = "v1 Pod ns/b\n";

std::string listOf(const std::string& items)
{
    return "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[\n" + items + "]}";
}

} // namespace

Q_DECLARE_METATYPE(std::function<std::string()>)

// Input made to hurt: whatever it is, the import ends with a clear word and the good objects beside it are there.
class TestImportHostile : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void survives_data();
    void survives();
    void tooLargeObjectsArePassedOver_data();
    void tooLargeObjectsArePassedOver();
    void archives_data();
    void archives();
    void everyTruncationIsSurvived_data();
    void everyTruncationIsSurvived();
    void everyChangedByteIsSurvived_data();
    void everyChangedByteIsSurvived();
    void manyProblemsAreCutShort();
};

void TestImportHostile::survives_data()
{
    QTest::addColumn<std::function<std::string()>>("make");
    QTest::addColumn<QByteArray>("problem"); // begin of the first one
    const auto row = [](const char* situation, const char* problem, std::function<std::string()> make) {
        QTest::addRow("%s", situation) << std::move(make) << QByteArray(problem);
    };
    row("a million brackets", "the JSON breaks off",
        [] { return podJson("a") + "{\"apiVersion\":" + std::string(1'000'000, '['); });
    row("a million brackets, closed", "the value is nested too deeply", [] {
        return podJson("a") + "{\"apiVersion\":" + std::string(1'000'000, '[') + std::string(1'000'000, ']') + "}";
    });
    row("deep YAML", "", [] {
        return podYaml("a") + "---\napiVersion: v1\nkind: Pod\nx: " + std::string(10'000, '[')
            + std::string(10'000, ']') + "\n";
    });
    row("alias bomb", "", [] {
        std::string text
            = podYaml("a") + "---\napiVersion: v1\nkind: Pod\nmetadata: {name: x}\na0: &a0 [x,x,x,x,x,x,x,x,x]\n";
        for (int i = 1; i < 12; ++i) {
            const std::string last = "*a" + std::to_string(i - 1);
            text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + last;
            for (int j = 0; j < 8; ++j)
                text += "," + last;
            text += "]\n";
        }
        return text;
    });
    row("gigantic string", nullptr, [] {
        return podJson("a")
            + R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"b","namespace":"ns","annotations":{"x":")"
            + std::string(30'000'000, 'x') + "\"}}}";
    });
    row("gigantic key", nullptr, [] { return podJson("a") + "{\"" + std::string(30'000'000, 'k') + "\":1}"; });
    row("string of backslashes", nullptr,
        [] { return podJson("a") + "{\"x\":\"" + std::string(10'000'000, '\\') + "\"}"; });
    row("megabytes of white space", nullptr, [] { return podJson("a") + std::string(30'000'000, ' ') + podJson("b"); });
    row("megabytes of braces", nullptr, [] {
        std::string text = podJson("a");
        for (int i = 0; i < 1'000'000; ++i)
            text += "{}";
        return text;
    });
    row("many empty lists", nullptr, [] {
        std::string text = podJson("a");
        for (int i = 0; i < 20'000; ++i)
            text += "{\"items\":[]}";
        return text;
    });
    row("NUL bytes behind", "", [] { return podJson("a") + std::string(10'000, '\0'); });
    row("wrong types everywhere", "", [] {
        return listOf(podJson("a")
            + R"(,{"apiVersion":[],"kind":{},"metadata":1},{"apiVersion":"v1","kind":"Pod","metadata":[1]},null,true,-1,"x",[{}])");
    });
    row("list of lists of lists", nullptr, [] {
        std::string text = podJson("a");
        for (int i = 0; i < 200; ++i)
            text = R"({"apiVersion":"v1","kind":"List","items":[)" + text + "]}";
        return podJson("a") + text;
    });
}

void TestImportHostile::survives()
{
    QFETCH(std::function<std::string()>, make);
    QFETCH(QByteArray, problem);
    const std::string text = make();
    const Import result = importBytes("f", text);
    QCOMPARE(result.error, std::string());
    QVERIFY2(result.titles().starts_with(podA), result.titles().substr(0, 1000).c_str());
    if (!problem.isNull())
        QVERIFY(!result.problems().empty());
    QVERIFY2(result.problems().starts_with(problem.toStdString()), result.problems().substr(0, 1000).c_str());
}

void TestImportHostile::tooLargeObjectsArePassedOver_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("problem");
    const std::string large
        = R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"x"},"a":")" + std::string(9'000'000, 'x') + "\"}";
    QTest::addRow("in a list") << QByteArray::fromStdString(listOf(podJson("a") + ",\n" + large + ",\n" + podJson("b")))
                               << QByteArray("an object is larger than 1 MB and was passed over: f:3\n");
    QTest::addRow("alone") << QByteArray::fromStdString(podJson("a") + "\n" + large + "\n" + podJson("b"))
                           << QByteArray("an object is larger than 1 MB and was passed over: f:2\n");
    QTest::addRow("YAML") << QByteArray::fromStdString(
        podYaml("a") + "---\n" + podYaml("x") + "a: " + std::string(9'000'000, 'x') + "\n---\n" + podYaml("b"))
                          << QByteArray("a document is too large and was passed over: f:7\n");
    QTest::addRow("YAML at the end") << QByteArray::fromStdString(
        podYaml("a") + "---\n" + podYaml("b") + "---\n" + podYaml("x") + "a: " + std::string(9'000'000, 'x') + "\n")
                                     << QByteArray("a document is too large and was passed over: f:14\n");
}

void TestImportHostile::tooLargeObjectsArePassedOver()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, problem);
    const std::string text = bytes.toStdString();
    const Import result = importBytes("f", text, { .limits = { .maxObjectBytes = 1u << 20 } });
    QCOMPARE(result.error, std::string());
    QCOMPARE(result.titles(), podA + podB);
    QCOMPARE(result.problems(), problem.toStdString());
}

void TestImportHostile::archives_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("titles");
    QTest::addColumn<QByteArray>("problem");
    const auto row
        = [](const char* situation, const std::string& bytes, const std::string& titles, const char* problem) {
              QTest::addRow("%s", situation)
                  << QByteArray::fromStdString(bytes) << QByteArray::fromStdString(titles) << QByteArray(problem);
          };
    const std::string inner = archiveOf({ { "b.json", podJson("b") } }, ArchiveKind::TarGz);
    const std::string innermost = archiveOf({ { "in.tar.gz", inner } }, ArchiveKind::Zip);
    const Entry podFile { "a.json", podJson("a") };
    row("nested once", archiveOf({ podFile, { "in.tar.gz", inner } }, ArchiveKind::Tar), podA + podB, "");
    row("nested twice is passed over", archiveOf({ podFile, { "in.zip", innermost } }, ArchiveKind::Tar), podA, "");
    row("link out of the archive", archiveOf({ podFile, { "l.json", "", AE_IFLNK, "/etc/passwd" } }, ArchiveKind::Tar),
        podA, "");
    row("path out of the archive", archiveOf({ podFile, { "../../../b.json", podJson("b") } }, ArchiveKind::Zip),
        podA + podB, "");
    row("damaged entry archive",
        archiveOf({ podFile, { "in.tar.gz", inner.substr(0, 40) }, { "b.json", podJson("b") } }, ArchiveKind::Tar),
        podA + podB, "the archive is damaged");
    row("bomb inside",
        archiveOf(
            { podFile,
                { "zeros",
                    archiveOf({ { "z", "{\"apiVersion\":\"" + std::string(9u << 20, ' ') } }, ArchiveKind::Gzip) },
                { "b.json", podJson("b") } },
            ArchiveKind::Tar),
        podA + podB, "the archive unpacks to far more than it should");
    const std::string whole
        = archiveOf({ podFile, { "b.json", podJson("b") + std::string(100'000, ' ') } }, ArchiveKind::Tar);
    row("archive breaks off", whole.substr(0, whole.size() - 60'000), podA + podB, "the archive is damaged");
}

void TestImportHostile::archives()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, titles);
    QFETCH(QByteArray, problem);
    Folder folder;
    folder.put("box", bytes.toStdString());
    const Import result = importPath(folder.path(), { .limits = { .maxUnpackedBytes = 4u << 20 } });
    QCOMPARE(result.error, std::string());
    QCOMPARE(result.titles(), titles.toStdString());
    QVERIFY2(result.problems().starts_with(problem.toStdString()), result.problems().c_str());
    QCOMPARE(result.problems().empty(), problem.isEmpty());
    QCOMPARE(std::distance(std::filesystem::directory_iterator(folder.path()), {}), std::ptrdiff_t(1));
}

void TestImportHostile::everyTruncationIsSurvived_data()
{
    QTest::addColumn<QByteArray>("bytes");
    const std::string list
        = R"({"kind":"PodList","apiVersion":"v1","items":[{"metadata":{"name":"b"},"data":{"a":"\u00e9"}}]})";
    QTest::addRow("JSON") << QByteArray::fromStdString(podJson("a") + "\n" + list);
    QTest::addRow("YAML") << QByteArray::fromStdString(
        podYaml("a") + "---\n" + podYaml("b") + "a: \"x\\u00e9\"\nb: |\n  x\n");
    QTest::addRow("ZIP") << QByteArray::fromStdString(
        archiveOf({ { "a.json", podJson("a") }, { "b.yaml", podYaml("b") } }, ArchiveKind::Zip));
    QTest::addRow("tar.gz") << QByteArray::fromStdString(
        archiveOf({ { "a.json", podJson("a") }, { "b.yaml", podYaml("b") } }, ArchiveKind::TarGz));
}

// Nothing but "it ends, and tells" is demanded; the sanitizers see the rest.
void TestImportHostile::everyTruncationIsSurvived()
{
    QFETCH(QByteArray, bytes);
    const std::string text = bytes.toStdString();
    std::size_t withoutWord = 0;
    for (std::size_t size = 0; size < text.size(); ++size) {
        const Import result = importBytes("f", std::string_view(text).substr(0, size));
        withoutWord += result.objects.empty() && result.error.empty() ? 1 : 0;
    }
    QCOMPARE(withoutWord, std::size_t(0));
}

void TestImportHostile::everyChangedByteIsSurvived_data()
{
    everyTruncationIsSurvived_data();
}

void TestImportHostile::everyChangedByteIsSurvived()
{
    QFETCH(QByteArray, bytes);
    std::mt19937 random(7);
    std::size_t withoutWord = 0;
    for (qsizetype place = 0; place < bytes.size(); ++place) {
        std::string text = bytes.toStdString();
        text[static_cast<std::size_t>(place)] = static_cast<char>(random());
        const Import result = importBytes("f", text);
        withoutWord += result.objects.empty() && result.error.empty() ? 1 : 0;
    }
    QCOMPARE(withoutWord, std::size_t(0));
}

void TestImportHostile::manyProblemsAreCutShort()
{
    std::string items = podJson("a");
    for (int i = 0; i < 5000; ++i)
        items += ",\n{\"apiVersion\":}";
    const std::string text = listOf(items);
    const Import result = importBytes("f", text);
    QCOMPARE(result.titles(), podA);
    QCOMPARE(result.snapshot->problems().size(), std::size_t(201));
    QCOMPARE(result.snapshot->problems().back().error.what, std::string("there are more problems in this file"));
}

QTEST_GUILESS_MAIN(TestImportHostile)
#include "tst_ImportHostile.moc"
