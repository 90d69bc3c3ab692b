// SPDX-License-Identifier: Apache-2.0
#include <QFile>
#include <QRegularExpression>
#include <QTemporaryDir>

#include "tests/report/ReportSupport.h"

using namespace plimsoll;
using namespace plimsoll::test;

class tst_Pdf : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    QString m_path;
    std::string m_bytes;
    std::optional<QString> m_text;

private Q_SLOTS:
    void initTestCase()
    {
        const auto bytes = written("pdf", *assessmentOf(faultyCluster, {}, reviewedInputs()));
        VERIFY_RESULT(bytes);
        m_bytes = *bytes;
        m_path = m_folder.filePath(QStringLiteral("report.pdf"));
        QFile file(m_path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(m_bytes.data(), qint64(m_bytes.size())), qint64(m_bytes.size()));
        file.close();
        if (const auto text
            = toolOutput(QStringLiteral("pdftotext"), { QStringLiteral("-layout"), m_path, QStringLiteral("-") }))
            m_text = QString::fromUtf8(*text);
    }

    void isTheSameOnEveryRun()
    {
        const auto again = written("pdf", *assessmentOf(faultyCluster, {}, reviewedInputs()));
        VERIFY_RESULT(again);
        QVERIFY(*again == m_bytes);
    }

    void hasTheStructureOfAnArchivableDocument_data()
    {
        QTest::addColumn<QByteArray>("part");
        QTest::addRow("PDF 1.4") << QByteArray("%PDF-1.4");
        QTest::addRow("tags") << QByteArray("/StructTreeRoot");
        QTest::addRow("bookmarks") << QByteArray("/Outlines");
        QTest::addRow("page labels") << QByteArray("/PageLabels");
        QTest::addRow("language") << QByteArray("/Lang (en)");
        QTest::addRow("title shown") << QByteArray("/DisplayDocTitle true");
        QTest::addRow("metadata") << QByteArray("<dc:title>");
        QTest::addRow("links within the document") << QByteArray("/Subtype /Link");
        QTest::addRow("date of the assessment, not of today") << QByteArray("/CreationDate (D:20261102100000Z)");
    }

    void hasTheStructureOfAnArchivableDocument()
    {
        QFETCH(const QByteArray, part);
        QVERIFY(QByteArray::fromStdString(m_bytes).contains(part));
    }

    void passesTheCheckOfQpdf()
    {
        int status = -1;
        const auto output = toolOutput(QStringLiteral("qpdf"), { QStringLiteral("--check"), m_path }, &status);
        if (!output)
            QSKIP("qpdf is not installed");
        QVERIFY2(status == 0, output->constData());
    }

    void everyPartIsThere_data()
    {
        QTest::addColumn<QString>("part");
        QTest::addRow("name of the cluster") << "test.yaml";
        QTest::addRow("UID of kube-system") << "11111111-2222-3333-4444-555555555555";
        QTest::addRow("scope") << "everything";
        QTest::addRow("date") << "2026-11-02T10:00:00Z";
        QTest::addRow("tool") << QStringLiteral("Plimsoll ") + q(report::toolVersion());
        QTest::addRow("SHA-256 in full") << q(assessmentOf(faultyCluster)->cluster->snapshot().sourceHash());
        QTest::addRow("summary") << "Executive summary";
        QTest::addRow("risks") << "What to look at first";
        QTest::addRow("contents") << "Contents";
        QTest::addRow("method") << "Scope and method";
        QTest::addRow("kinds that are missing") << "Kinds that are not in the source";
        QTest::addRow("frameworks") << "Kubernetes Pod Security Standards";
        QTest::addRow("findings by severity") << "Critical findings";
        QTest::addRow("finding") << "PLM-W05  ";
        QTest::addRow("evidence") << "hostNetwork: true";
        QTest::addRow("waived findings") << "Waived findings";
        QTest::addRow("state of a waiver") << "expired, 1 finding";
        QTest::addRow("count of what is waived") << "+1 waived";
        QTest::addRow("recorded verdict") << "1 verdict was recorded by a person: 1 pass";
        QTest::addRow("reason as it was written") << "<b>the</b>";
        QTest::addRow("remediation") << "Remediation";
        QTest::addRow("patch") << "kubectl patch deployment web -n shop";
        QTest::addRow("what was not assessed") << "Not assessed, and why";
        QTest::addRow("all findings") << "Appendix A: all findings";
        QTest::addRow("controls") << "Appendix B: controls";
        QTest::addRow("files") << "Appendix C: files read";
        QTest::addRow("page numbers") << "page 2 of ";
        QTest::addRow("markup as it was written") << "<i>markup</i> & more";
        QTest::addRow("text that reads backwards by number") << "\\u202ereversed";
    }

    void everyPartIsThere()
    {
        if (!m_text)
            QSKIP("pdftotext is not installed");
        QFETCH(const QString, part);
        const auto squeezed = [](QString text) {
            return text.replace(QRegularExpression(QStringLiteral("\\s+")), QStringLiteral(" "));
        };
        QVERIFY2(squeezed(*m_text).contains(squeezed(part)), qPrintable(part));
    }

    void writesTheOtherFormsOfNothingToo()
    {
        const auto nothing = written("pdf", *assessmentOf(faultyCluster, onlyControl("PLM-W30")));
        VERIFY_RESULT(nothing);
        QVERIFY(nothing->starts_with("%PDF-1.4"));
    }
};

QTEST_GUILESS_MAIN(tst_Pdf)
#include "tst_Pdf.moc"
