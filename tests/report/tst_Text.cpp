// SPDX-License-Identifier: Apache-2.0
#include "tests/report/ReportSupport.h"

using namespace plimsoll;
using namespace plimsoll::test;

class tst_Text : public QObject {
    Q_OBJECT

    static QStringList linesOf(const report::Options& options)
    {
        const auto text = written("text", *assessmentOf(faultyCluster), options);
        return text ? q(*text).split(QLatin1Char('\n')) : QStringList();
    }

private Q_SLOTS:
    void saysWhatWasAssessedFirst()
    {
        const QStringList lines = linesOf({});
        QCOMPARE(lines[0], QStringLiteral("Cluster test.yaml"));
        QVERIFY2(lines[1].contains(QStringLiteral("scope: everything")), qPrintable(lines[1]));
        QVERIFY2(lines[2].startsWith(QStringLiteral("Source test.yaml, sha256 ")), qPrintable(lines[2]));
    }

    void writesOneLineAFindingMostSevereFirst()
    {
        const QStringList lines = linesOf({});
        const QStringList order { QStringLiteral("critical"), QStringLiteral("high"), QStringLiteral("medium"),
            QStringLiteral("low"), QStringLiteral("info") };
        QList<qsizetype> ranks;
        for (const QString& line : lines) {
            if (line.contains(QStringLiteral("  PLM-")) && !line.startsWith(QLatin1Char(' ')))
                ranks.push_back(order.indexOf(line.section(QLatin1Char(' '), 0, 0)));
        }
        QCOMPARE(ranks.size(), qsizetype(assessmentOf(faultyCluster)->findings.size()));
        QVERIFY(ranks.size() > 5);
        QVERIFY(std::ranges::is_sorted(ranks));
        QVERIFY(!ranks.contains(-1));
        const auto privileged
            = std::ranges::find_if(lines, [](const QString& line) { return line.contains(QStringLiteral("PLM-W01")); });
        QVERIFY(privileged != lines.end());
        QVERIFY2(
            privileged->startsWith(QStringLiteral("critical  PLM-W01  deployment/shop/web ")), qPrintable(*privileged));
    }

    void keepsToTheWidth_data()
    {
        QTest::addColumn<unsigned>("width");
        QTest::addRow("a narrow terminal") << 70u;
        QTest::addRow("a usual one") << 100u;
    }

    void keepsToTheWidth()
    {
        QFETCH(const unsigned, width);
        const QStringList lines = linesOf({ .isColoured = false, .width = width });
        const auto longest = std::ranges::max_element(lines, {}, [](const QString& line) { return line.size(); });
        QVERIFY2(longest->size() <= qsizetype(width), qPrintable(*longest));
    }

    void coloursOnlyWhenAsked()
    {
        QVERIFY(!linesOf({}).join(QLatin1Char('\n')).contains(QChar(0x1b)));
        QVERIFY(linesOf({ .isColoured = true, .width = 100 })
                    .join(QLatin1Char('\n'))
                    .contains(QStringLiteral("\x1b[1;35mcritical\x1b[0m")));
    }

    void sumsUpBySeverityAndFramework()
    {
        const QString text = linesOf({}).join(QLatin1Char('\n'));
        const auto assessment = assessmentOf(faultyCluster);
        QVERIFY(text.contains(QStringLiteral("\nSummary\n")));
        QVERIFY(text.contains(QStringLiteral("%1 findings on ").arg(assessment->findings.size())));
        QVERIFY(text.contains(QStringLiteral("\nFrameworks\n")));
        QVERIFY(text.contains(q(assessment->catalogue->findFramework("pss")->title)));
        QVERIFY(text.contains(QStringLiteral("\nNot assessed\n")));
    }

    void setsWhatIsWaivedApart()
    {
        const auto bytes = written("text", *assessmentOf(faultyCluster, {}, reviewedInputs()));
        VERIFY_RESULT(bytes);
        const QString text = q(*bytes);
        const qsizetype waived = text.indexOf(QStringLiteral("\nWaived\n"));
        QVERIFY(waived > 0);
        QVERIFY(text.indexOf(QStringLiteral("  PLM-W01  deployment/shop/web")) > waived);
        for (const char* part : { "; 1 more waived", "  accepted  until 2026-12-31  used, 1 finding",
                 "  gone      until 2025-12-31  expired, 1 finding is open again",
                 "  unused; too broad: ", "it accepts every control", "recorded by a person: 1 pass, 0 fail" })
            QVERIFY2(text.contains(QLatin1StringView(part)), part);
    }

    void saysSoWhenThereIsNothing()
    {
        const auto assessment = assessmentOf(faultyCluster, onlyControl("PLM-W30"));
        const auto text = written("text", *assessment);
        VERIFY_RESULT(text);
        QVERIFY(q(*text).contains(QStringLiteral("No control that could be assessed failed in this scope")));
    }

    // Nothing found is no "all clear" when nothing was looked at.
    void saysSoWhenNothingWasAssessed()
    {
        const auto assessment
            = assessmentOf("apiVersion: v1\nkind: Event\nmetadata: {name: a, namespace: b}\n", onlyControl("PLM-W30"));
        const auto text = written("text", *assessment);
        VERIFY_RESULT(text);
        QVERIFY(q(*text).contains(QStringLiteral("Nothing could be assessed")));
    }
};

QTEST_GUILESS_MAIN(tst_Text)
#include "tst_Text.moc"
