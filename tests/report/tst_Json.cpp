// SPDX-License-Identifier: Apache-2.0
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "tests/report/ReportSupport.h"

using namespace plimsoll;
using namespace plimsoll::test;

namespace {

QJsonObject schema()
{
    QFile file(q(sourcePath("resources/schemas/assessment-v1.schema.json")));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    return QJsonDocument::fromJson(file.readAll()).object();
}

QJsonObject parsedReport()
{
    const auto text = written("json", *assessmentOf(faultyCluster));
    return text ? QJsonDocument::fromJson(QByteArray::fromStdString(*text)).object() : QJsonObject();
}

QStringList textsOf(const QJsonArray& array)
{
    QStringList out;
    for (const QJsonValue value : array)
        out.push_back(value.toString());
    return out;
}

} // namespace

class tst_Json : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void hasTheMembersOfTheContractInOrder()
    {
        const auto text = written("json", *assessmentOf(faultyCluster));
        VERIFY_RESULT(text);
        const QStringList members = textsOf(schema()[QStringLiteral("required")].toArray());
        QCOMPARE(members.join(QLatin1Char(' ')),
            QStringLiteral("schema tool cluster assessedAt scope observed summary findings frameworks waivers "
                           "waiverSuggestions notAssessed problems"));
        QList<qsizetype> positions;
        for (const QString& member : members)
            positions.push_back(q(*text).indexOf(QStringLiteral("\n  \"%1\": ").arg(member)));
        QVERIFY(!positions.contains(-1));
        QVERIFY(std::ranges::is_sorted(positions));
        QCOMPARE(parsedReport().keys().size(), members.size());
    }

    void partsHaveWhatTheSchemaRequires_data()
    {
        QTest::addColumn<QString>("part");
        QTest::addColumn<QString>("definition");
        QTest::addRow("finding") << "findings"
                                 << "finding";
        QTest::addRow("framework") << "frameworks"
                                   << "framework";
    }

    void partsHaveWhatTheSchemaRequires()
    {
        QFETCH(const QString, part);
        QFETCH(const QString, definition);
        const QJsonObject wanted = schema()[QStringLiteral("$defs")].toObject()[definition].toObject();
        const QStringList required = textsOf(wanted[QStringLiteral("required")].toArray());
        const QStringList allowed = wanted[QStringLiteral("properties")].toObject().keys();
        const QJsonArray rows = parsedReport()[part].toArray();
        QVERIFY(!rows.isEmpty());
        QStringList wrong;
        for (const QJsonValue row : rows) {
            const QStringList keys = row.toObject().keys();
            for (const QString& key : required)
                wrong += keys.contains(key) ? QStringList() : QStringList { QStringLiteral("missing ") + key };
            for (const QString& key : keys)
                wrong += allowed.contains(key) ? QStringList() : QStringList { QStringLiteral("unknown ") + key };
        }
        QCOMPARE(wrong, QStringList());
    }

    void tellsWhereTheEvidenceStands()
    {
        const QJsonArray findings = parsedReport()[QStringLiteral("findings")].toArray();
        const auto privileged = std::ranges::find_if(findings,
            [](const QJsonValue& row) { return row[QStringLiteral("control")] == QStringLiteral("PLM-W01"); });
        QVERIFY(privileged != findings.end());
        const QJsonObject object = (*privileged)[QStringLiteral("object")].toObject();
        QCOMPARE(object[QStringLiteral("apiVersion")].toString(), QStringLiteral("apps/v1"));
        QCOMPARE(object[QStringLiteral("kind")].toString(), QStringLiteral("Deployment"));
        QCOMPARE(object[QStringLiteral("namespace")].toString(), QStringLiteral("shop"));
        QCOMPARE(object[QStringLiteral("name")].toString(), QStringLiteral("web"));
        const QJsonObject evidence = (*privileged)[QStringLiteral("evidence")].toArray()[0].toObject();
        QCOMPARE(evidence[QStringLiteral("pointer")].toString(),
            QStringLiteral("/spec/template/spec/containers/0/securityContext/privileged"));
        QCOMPARE(evidence[QStringLiteral("value")].toString(), QStringLiteral("true"));
        QCOMPARE(evidence[QStringLiteral("file")].toString(), QStringLiteral("test.yaml"));
        const QString yaml = q(faultyCluster);
        QCOMPARE(evidence[QStringLiteral("line")].toInt(),
            yaml.left(yaml.indexOf(QStringLiteral("privileged:"))).count(QLatin1Char('\n')) + 1);
        QVERIFY((*privileged)[QStringLiteral("remediation")].toString().contains(
            QStringLiteral("kubectl patch deployment")));
    }

    void setsWhatIsWaivedApart()
    {
        const auto text = written("json", *assessmentOf(faultyCluster, {}, reviewedInputs()));
        VERIFY_RESULT(text);
        const QJsonObject report = QJsonDocument::fromJson(QByteArray::fromStdString(*text)).object();
        const QJsonObject summary = report[QStringLiteral("summary")].toObject();
        QCOMPARE(summary[QStringLiteral("waived")].toInteger(), qint64(1));
        QCOMPARE(summary[QStringLiteral("open")].toInteger() + 1, summary[QStringLiteral("findings")].toInteger());
        QCOMPARE(summary[QStringLiteral("waivedBySeverity")][QStringLiteral("critical")].toInteger(), qint64(1));
        for (const QJsonValue row : report[QStringLiteral("findings")].toArray()) {
            const bool isWaived = row[QStringLiteral("control")] == QStringLiteral("PLM-W01");
            QCOMPARE(
                row[QStringLiteral("status")].toString(), isWaived ? QStringLiteral("waived") : QStringLiteral("fail"));
            QCOMPARE(row[QStringLiteral("waiver")][QStringLiteral("expires")].toString(),
                isWaived ? QStringLiteral("2026-12-31") : QString());
        }
        QStringList states;
        for (const QJsonValue row : report[QStringLiteral("waivers")].toArray())
            states.push_back(row[QStringLiteral("state")].toString());
        QCOMPARE(states.join(QLatin1Char(' ')), QStringLiteral("used expired unused"));
        int recorded = 0;
        for (const QJsonValue framework : report[QStringLiteral("frameworks")].toArray()) {
            qint64 sum = 0;
            for (const char* part : { "pass", "fail", "waived", "manual", "notAssessed" })
                sum += framework[QLatin1StringView(part)].toInteger();
            const QJsonArray rows = framework[QStringLiteral("requirements")].toArray();
            QCOMPARE(sum, qint64(rows.size()));
            for (const QJsonValue row : rows)
                recorded += row[QStringLiteral("recorded")][QStringLiteral("by")] == QStringLiteral("Jane Doe") ? 1 : 0;
        }
        QCOMPARE(recorded, 1);
    }

    void isTheSameOnEveryRun()
    {
        const auto first = written("json", *assessmentOf(faultyCluster));
        const auto second = written("json", *assessmentOf(faultyCluster));
        VERIFY_RESULT(first);
        VERIFY_RESULT(second);
        QCOMPARE(*first, *second);
    }

    void givesTheCountsOfTheAssessment()
    {
        const auto assessment = assessmentOf(faultyCluster);
        const QJsonObject summary = parsedReport()[QStringLiteral("summary")].toObject();
        QCOMPARE(summary[QStringLiteral("findings")].toInteger(), qint64(assessment->findings.size()));
        QCOMPARE(summary[QStringLiteral("bySeverity")].toObject()[QStringLiteral("critical")].toInteger(),
            qint64(assessment->countBySeverity[0]));
    }
};

QTEST_GUILESS_MAIN(tst_Json)
#include "tst_Json.moc"
