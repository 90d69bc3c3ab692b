// SPDX-License-Identifier: Apache-2.0
#include "core/evidence/KubeBench.h"

#include <QtTest/QTest>

#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>

using namespace plimsoll;
using evidence::NodeCheck;

class TestKubeBench : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void reads_data();
    void reads();
    void refuses_data();
    void refuses();
    void readsFiles();
};

namespace {

const char* const report = "{\"Controls\":[{\"id\":\"1\",\"version\":\"cis-1.12\",\"node_type\":\"master\",\"tests\":["
                           "{\"section\":\"1.1\",\"results\":["
                           "{\"test_number\":\"1.1.1\",\"status\":\"PASS\",\"actual_value\":\"permissions=600\"},"
                           "{\"test_number\":\"1.1.2\",\"status\":\"FAIL\",\"actual_value\":\"a\\nb\"},"
                           "{\"test_number\":\"1.1.9\",\"status\":\"WARN\",\"actual_value\":\"\"}]}]}],\"Totals\":{}}";

std::string print(const evidence::NodeReport& read)
{
    std::string text;
    for (const NodeCheck& check : read.checks)
        text += check.benchmark + ' ' + check.id + ' '
            + (check.status == NodeCheck::Status::Pass        ? "pass"
                    : check.status == NodeCheck::Status::Fail ? "fail"
                                                              : "undecided")
            + ' ' + check.nodeType + ' ' + check.actual + '\n';
    return text;
}

} // namespace

void TestKubeBench::reads_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QByteArray>("expected");
    QTest::addRow("a report") << QByteArray(report)
                              << QByteArray("cis-1.12 1.1.1 pass master permissions=600\n"
                                            "cis-1.12 1.1.2 fail master a\\x0ab\n"
                                            "cis-1.12 1.1.9 undecided master \n");
    QTest::addRow("the list alone") << QByteArray(
        "[{\"version\":\"eks-1.8.0\",\"node_type\":\"node\",\"tests\":[{\"results\":[{\"test_number\":"
        "\"3.1.1\",\"status\":\"PASS\"}]}]}]")
                                    << QByteArray("eks-1.8.0 3.1.1 pass node \n");
    QTest::addRow("wrong types among good ones")
        << QByteArray("{\"Controls\":[5,{\"version\":\"cis-1.12\",\"node_type\":\"node\",\"tests\":[null,{\"results\":"
                      "[\"x\",{\"status\":\"FAIL\"},{\"test_number\":\"4.1.1\",\"status\":7}]}]}]}")
        << QByteArray("cis-1.12 4.1.1 undecided node \n");
}

void TestKubeBench::reads()
{
    QFETCH(QByteArray, json);
    QFETCH(QByteArray, expected);
    const auto read = evidence::parseKubeBench(json.toStdString(), "r.json");
    QVERIFY(read.has_value());
    QCOMPARE(QByteArray::fromStdString(print(*read)), expected);
}

void TestKubeBench::refuses_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addRow("nothing") << QByteArray("{}");
    QTest::addRow("cut short") << QByteArray(report).left(100);
    QTest::addRow("no JSON") << QByteArray("[INFO] 1 Control Plane\n");
    QTest::addRow("binary") << QByteArray("\x00\xff\x01", 3);
    QTest::addRow("a list of nothing") << QByteArray("[]");
}

void TestKubeBench::refuses()
{
    QFETCH(QByteArray, json);
    const auto read = evidence::parseKubeBench(json.toStdString(), "r.json");
    QVERIFY(!read.has_value());
    QCOMPARE(read.error().kind, ErrorKind::Format);
    QVERIFY(read.error().where.starts_with("r.json"));
    QVERIFY(!read.error().advice.empty());
}

void TestKubeBench::readsFiles()
{
    QTemporaryDir folder;
    QFile file(folder.filePath(QStringLiteral("r.json")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(report);
    file.close();
    const auto read = evidence::readKubeBench(file.fileName().toStdString());
    QVERIFY(read.has_value());
    QCOMPARE(read->checks.size(), std::size_t(3));
    const auto missing = evidence::readKubeBench(file.fileName().toStdString() + "x");
    QVERIFY(!missing.has_value());
    QCOMPARE(missing.error().kind, ErrorKind::NotFound);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("{\"SchemaVersion\": 2, \"Results\": []}"); // another tool's
    file.close();
    const auto other = evidence::readKubeBench(file.fileName().toStdString());
    QVERIFY(!other.has_value());
    QCOMPARE(other.error().kind, ErrorKind::Format);
}

QTEST_GUILESS_MAIN(TestKubeBench)
#include "tst_KubeBench.moc"
