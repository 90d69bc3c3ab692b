// SPDX-License-Identifier: Apache-2.0
#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>

#include "tests/app/ProgramRun.h"
#include "tests/support/Support.h"

using plimsoll::test::privilegedPod;
using plimsoll::test::Run;
using plimsoll::test::run;

class tst_CommandLine : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    QString m_pod;
    QString m_broken;
    QString m_text;

    QString write(const QString& name, const QByteArray& content)
    {
        const QString path = m_folder.filePath(name);
        QDir().mkpath(QFileInfo(path).path());
        QFile file(path);
        if (file.open(QIODevice::WriteOnly))
            file.write(content);
        return path;
    }

    QStringList filled(QStringList arguments) const
    {
        const auto file = [this](const char* name) { return m_folder.filePath(QString::fromUtf8(name)); };
        arguments.replaceInStrings(QStringLiteral("BADWAIVERS"), file("bad-waivers.yaml"));
        arguments.replaceInStrings(QStringLiteral("WAIVERS"), file("waivers.yaml"));
        arguments.replaceInStrings(QStringLiteral("MISREVIEWED"), file("misreviewed.yaml"));
        arguments.replaceInStrings(QStringLiteral("REVIEWED"), file("reviewed.yaml"));
        arguments.replaceInStrings(QStringLiteral("POD"), m_pod);
        arguments.replaceInStrings(QStringLiteral("BROKEN"), m_broken);
        arguments.replaceInStrings(QStringLiteral("TEXT"), m_text);
        return arguments.replaceInStrings(QStringLiteral("FOLDER"), m_folder.path());
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_pod = write(QStringLiteral("one/it.yaml"), privilegedPod);
        write(QStringLiteral("half/good.yaml"), privilegedPod);
        write(QStringLiteral("half/bad.json"), "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":");
        const QByteArray waiver = "waivers:\n  - controls: [W01]\n    objects: {name: miner}\n    reason: r\n"
                                  "    owner: o\n    approver: p\n    created: 2026-01-01\n    expires: 2026-12-31\n";
        write(QStringLiteral("waivers.yaml"), waiver);
        write(QStringLiteral("bad-waivers.yaml"), QByteArray(waiver).replace("W01", "W999"));
        write(QStringLiteral("reviewed.yaml"), privilegedPod);
        write(QStringLiteral("reviewed.yaml.review.yaml"), "schema: plimsoll/review/v1\nwaivers: [waivers.yaml]\n");
        write(QStringLiteral("misreviewed.yaml"), privilegedPod);
        write(QStringLiteral("misreviewed.yaml.review.yaml"), "schema: other\n");
        m_broken = m_folder.filePath(QStringLiteral("half"));
        m_text = write(QStringLiteral("notes/readme.txt"), "nothing of Kubernetes here\n");
    }

    void statusAndMessage_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("errors"); // what standard error contains
        const auto row = [](const char* situation, const char* line, int status, const char* errors = "") {
            QTest::addRow("%s", situation) << QString::fromUtf8(line).split(QLatin1Char(' '), Qt::SkipEmptyParts)
                                           << status << QString::fromUtf8(errors);
        };
        row("version", "--version", 0);
        row("help", "--help", 0);
        row("help of a command", "assess --help", 0);
        row("help of a command that is not built", "network --help", 0);
        row("findings do not fail by themselves", "assess POD", 0);
        row("findings at --fail-on", "assess POD --fail-on critical", 1);
        row("findings above --fail-on", "assess POD --fail-on low", 1);
        row("none at --fail-on in this scope", "assess POD --control PLM-W30 --fail-on low", 0);
        row("options before the source", "assess --fail-on critical POD", 1);
        row("value after an equals sign", "assess --fail-on=critical POD", 1);
        row("options are over after --", "assess --fail-on critical -- POD", 1);
        row("unknown command", "asess POD", 2, "plimsoll: no such command or file: asess: ");
        row("unknown option", "assess POD --fast", 2, "plimsoll: unknown option: --fast: ");
        row("option without value", "assess POD --format", 2, "plimsoll: option needs a value (F): --format");
        row("option given twice", "assess POD --fail-on low --fail-on high", 2,
            "plimsoll: option given twice: --fail-on");
        row("no source", "assess", 2, "plimsoll: argument missing: ");
        row("unknown format", "assess POD --format docx", 2, "plimsoll: unknown format: --format docx: ");
        row("format of later", "assess POD --format sarif", 2,
            "plimsoll: this format is not built yet: --format sarif: ");
        row("PDF to nowhere", "assess POD --format pdf", 2, "plimsoll: a PDF needs a file to go to: ");
        row("two formats to nowhere", "assess POD --format text --format json", 2,
            "plimsoll: several formats need a folder");
        row("unknown severity", "assess POD --fail-on grave", 2, "plimsoll: unknown severity: --fail-on grave: ");
        row("not a date", "assess POD --as-of yesterday", 2, "plimsoll: not a date: --as-of yesterday: ");
        row("unknown framework", "assess POD --framework nist", 2, "nist");
        row("unknown control", "assess POD --control PLM-X99", 2, "PLM-X99");
        row("groups are not built", "assess POD --groups g.csv", 2,
            "plimsoll: this option is not built yet: --groups: ");
        row("waived does not fail", "assess POD --control W01 --fail-on low --as-of 2026-06-01 --waivers WAIVERS", 0);
        row("what is not waived fails", "assess POD --fail-on low --as-of 2026-06-01 --waivers WAIVERS", 1);
        row("an expired waiver covers nothing",
            "assess POD --control W01 --fail-on low --as-of 2027-06-01 --waivers WAIVERS", 1,
            "waivers.yaml:2: expired, 1 finding is open again");
        row("without a date no waiver holds", "assess POD --control W01 --fail-on low --waivers WAIVERS", 1,
            "not used: no date is known, give --as-of");
        row("waivers that are not there", "assess POD --waivers FOLDER/none.yaml", 3, "none.yaml");
        row("broken waivers", "assess POD --waivers BADWAIVERS", 3, "bad-waivers.yaml:2");
        row("the review beside the source", "assess REVIEWED --control W01 --fail-on low --as-of 2026-06-01", 0);
        row("a broken review beside the source", "assess MISREVIEWED", 3, "reviewed.yaml.review.yaml:1");
        row("command of later", "fix POD", 2, "plimsoll: this command is not built yet: fix: ");
        row("grants that reach nothing", "access unused POD", 0);
        row("grants against a log that is not there", "access unused POD --evidence FOLDER/none.log", 3, "none.log");
        row("grants against what is no log", "access unused POD --evidence TEXT", 3, "no audit events were found");
        row("least without a log", "access least POD user/ann", 2,
            "plimsoll: there is nothing that tells what was used");
        row("without a binding that is there", "access without POD rolebinding/a/b", 2,
            "plimsoll: no such binding in the source: rolebinding/a/b: ");
        row("can without a user", "access can POD get pods", 2, "plimsoll: nobody is named to ask about: ");
        row("who-can", "access who-can POD get pods", 0);
        row("unknown question", "access why POD", 2, "plimsoll: unknown question: why: ");
        row("progress of another kind", "assess POD --progress loud", 2,
            "plimsoll: unknown value of --progress: loud: ");
        row("source that is not there", "assess FOLDER/none.yaml", 3, "none.yaml");
        row("source that is not Kubernetes", "assess TEXT", 3, "plimsoll: ");
        row("done in part", "assess BROKEN", 4, "bad.json");
        row("failing beats done in part", "assess BROKEN --fail-on critical", 1, "bad.json");
        row("inspect in part", "inspect BROKEN", 4, "bad.json");
        row("no such object", "inspect POD pod/other", 2, "plimsoll: no such object in the source: pod/other: ");
        row("no such kind", "inspect POD secrets", 2, "plimsoll: the source has no objects of this kind: secrets: ");
        row("no display", "POD", 2, "plimsoll: ");
        row("cannot write", "assess POD -o /nowhere/at/all.txt", 2, "plimsoll: cannot write the report");
    }

    void statusAndMessage()
    {
        QFETCH(const QStringList, arguments);
        QFETCH(const int, status);
        QFETCH(const QString, errors);
        const Run result = run(filled(arguments));
        QVERIFY2(result.status == status, qPrintable(QStringLiteral("%1: %2").arg(result.status).arg(result.errors)));
        QVERIFY2(result.errors.contains(errors), qPrintable(result.errors));
        if (errors.isEmpty())
            QCOMPARE(result.errors, QString());
    }

    void everyCommandOfTheContractIsKnown_data()
    {
        QTest::addColumn<QString>("command");
        for (const char* command : { "assess", "inspect", "controls", "frameworks", "contexts", "collect", "access",
                 "network", "pod-security", "paths", "secrets", "images", "fix", "diff", "verify", "auditor-role" })
            QTest::addRow("%s", command) << command;
    }

    void everyCommandOfTheContractIsKnown()
    {
        QFETCH(const QString, command);
        const Run result = run({ command, QStringLiteral("--help") });
        QCOMPARE(result.status, 0);
        QVERIFY2(result.output.startsWith(QStringLiteral("Usage: plimsoll ") + command), qPrintable(result.output));
    }

    void writesSeveralFormatsIntoAFolder()
    {
        const QString folder = m_folder.filePath(QStringLiteral("out/deep"));
        const Run result = run({ QStringLiteral("assess"), m_pod, QStringLiteral("--format"), QStringLiteral("text"),
            QStringLiteral("--format"), QStringLiteral("json"), QStringLiteral("--format"), QStringLiteral("pdf"),
            QStringLiteral("-o"), folder });
        QVERIFY2(result.status == 0, qPrintable(result.errors));
        QCOMPARE(QDir(folder).entryList(QDir::Files, QDir::Name).join(QLatin1Char(' ')),
            QStringLiteral("assessment.json assessment.pdf assessment.txt"));
        QCOMPARE(result.output, QString());
    }

    void readsStandardInput()
    {
        const Run result
            = run({ QStringLiteral("assess"), QStringLiteral("-"), QStringLiteral("--control"), QStringLiteral("W01") },
                privilegedPod);
        QVERIFY2(result.status == 0, qPrintable(result.errors));
        QVERIFY2(
            result.output.contains(QStringLiteral("critical  PLM-W01  pod/shop/miner")), qPrintable(result.output));
    }

    void mergesSeveralSources()
    {
        const QString second
            = write(QStringLiteral("two/ns.yaml"), "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n");
        const Run result
            = run({ QStringLiteral("inspect"), m_pod, second, QStringLiteral("-o"), QStringLiteral("json") });
        QVERIFY2(result.status == 0, qPrintable(result.errors));
        const QJsonArray kinds = QJsonDocument::fromJson(result.output.toUtf8())[QStringLiteral("kinds")].toArray();
        QCOMPARE(kinds.size(), 2);
    }

    void showsAnObject_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("output"); // contains
        QTest::addRow("one as YAML") << QString::fromUtf8("pod/miner").split(QLatin1Char(' ')) << "kind: Pod\n";
        QTest::addRow("by the one form of references")
            << QString::fromUtf8("pod/shop/miner").split(QLatin1Char(' ')) << "privileged: true\n";
        QTest::addRow("a kind as a table")
            << QString::fromUtf8("pods").split(QLatin1Char(' ')) << "Pod   shop       miner";
        QTest::addRow("by a short name") << QStringList { QStringLiteral("po") } << "Pod   shop       miner";
        QTest::addRow("a kind as JSON") << QString::fromUtf8("pods -o json").split(QLatin1Char(' '))
                                        << "\"privileged\":true";
        QTest::addRow("another namespace has none")
            << QString::fromUtf8("pods -n other").split(QLatin1Char(' ')) << "KIND  NAMESPACE";
    }

    void showsAnObject()
    {
        QFETCH(const QStringList, arguments);
        QFETCH(const QString, output);
        const Run result = run(QStringList { QStringLiteral("inspect"), m_pod } + arguments);
        QVERIFY2(result.status == 0, qPrintable(result.errors));
        QVERIFY2(result.output.contains(output), qPrintable(result.output));
    }

    void listsTheCatalogue()
    {
        const Run controls = run({ QStringLiteral("controls"), QStringLiteral("-o"), QStringLiteral("json") });
        QCOMPARE(controls.status, 0);
        const QJsonArray rows = QJsonDocument::fromJson(controls.output.toUtf8())[QStringLiteral("controls")].toArray();
        QVERIFY(rows.size() >= 80);
        const Run ofFramework
            = run({ QStringLiteral("controls"), QStringLiteral("--framework"), QStringLiteral("pss") });
        QVERIFY(ofFramework.output.contains(QStringLiteral("PLM-W01")));
        QVERIFY(!ofFramework.output.contains(QStringLiteral("PLM-R01")));
        const Run frameworks = run({ QStringLiteral("frameworks") });
        QVERIFY2(frameworks.output.contains(QStringLiteral("cis-2.0.1")), qPrintable(frameworks.output));
    }
};

QTEST_GUILESS_MAIN(tst_CommandLine)
#include "tst_CommandLine.moc"
