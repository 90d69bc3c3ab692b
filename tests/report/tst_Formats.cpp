// SPDX-License-Identifier: Apache-2.0
#include <QDir>
#include <QTemporaryDir>

#include "tests/report/ReportSupport.h"

using namespace plimsoll;
using namespace plimsoll::test;

class tst_Formats : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void findsFormatsById_data()
    {
        QTest::addColumn<QString>("id");
        QTest::addColumn<QString>("suffix");
        QTest::addColumn<bool>("isText");
        QTest::addRow("text") << "text"
                              << "txt" << true;
        QTest::addRow("json") << "json"
                              << "json" << true;
        QTest::addRow("pdf may not go to a terminal") << "pdf"
                                                      << "pdf" << false;
    }

    void findsFormatsById()
    {
        QFETCH(const QString, id);
        QFETCH(const QString, suffix);
        QFETCH(const bool, isText);
        const report::Format* format = report::findFormat(id.toStdString());
        QVERIFY(format);
        QCOMPARE(q(format->suffix), suffix);
        QCOMPARE(format->isText, isText);
        QVERIFY(!report::findFormat(id.toUpper().toStdString()));
    }

    void writesAFileWhole()
    {
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("out.json"));
        Progress progress;
        const auto assessment = assessmentOf(faultyCluster);
        VERIFY_RESULT(report::writeFile(*report::findFormat("json"), *assessment, {}, progress, path.toStdString()));
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const auto expected = written("json", *assessment);
        VERIFY_RESULT(expected);
        QCOMPARE(file.readAll().toStdString(), *expected);
        QCOMPARE(QDir(folder.path()).entryList(QDir::Files), QStringList { QStringLiteral("out.json") });
    }

    void leavesTheOldFileWhenCancelled()
    {
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("out.json"));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("old");
        file.close();
        Progress progress;
        progress.cancel();
        const auto result = report::writeFile(
            *report::findFormat("json"), *assessmentOf(faultyCluster), {}, progress, path.toStdString());
        QVERIFY(!result);
        QCOMPARE(result.error().kind, ErrorKind::Cancelled);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), QByteArray("old"));
        QCOMPARE(QDir(folder.path()).entryList(QDir::Files).size(), 1);
    }

    void saysWhereItCannotWrite()
    {
        Progress progress;
        const auto result = report::writeFile(
            *report::findFormat("text"), *assessmentOf(faultyCluster), {}, progress, "/nowhere/at/all.txt");
        QVERIFY(!result);
        QCOMPARE(result.error().where, std::string("/nowhere/at/all.txt"));
        QVERIFY(!result.error().advice.empty());
    }

    void remediationEndsWithThePatch()
    {
        const auto assessment = assessmentOf(faultyCluster);
        const auto finding = std::ranges::find_if(assessment->findings,
            [&](const assess::Finding& row) { return assessment->entry(row).text.id == "PLM-W01"; });
        QVERIFY(finding != assessment->findings.end());
        const QString text = q(report::remediationText(*assessment, *finding));
        QVERIFY2(text.contains(QStringLiteral("Patch for deployment/shop/web:")), qPrintable(text));
        QVERIFY2(text.contains(QStringLiteral("kubectl patch deployment web -n shop")), qPrintable(text));
    }
};

QTEST_GUILESS_MAIN(tst_Formats)
#include "tst_Formats.moc"
