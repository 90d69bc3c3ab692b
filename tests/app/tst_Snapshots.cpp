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

// Snapshot files and kubeconfigs from the command line.
class tst_Snapshots : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    QProcessEnvironment m_environment;

    QString write(const QString& name, const QByteArray& content)
    {
        const QString path = m_folder.filePath(name);
        QFile file(path);
        if (file.open(QIODevice::WriteOnly))
            file.write(content);
        return path;
    }

    // FOLDER/ in a line stands for the test's own folder.
    Run runLine(const QString& line, const QByteArray& input = {}) const
    {
        QStringList arguments = line.split(QLatin1Char(' '), Qt::SkipEmptyParts);
        arguments.replaceInStrings(QStringLiteral("FOLDER"), m_folder.path());
        return run(arguments, input, m_environment);
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_environment.insert(QStringLiteral("KUBECONFIG"), m_folder.filePath(QStringLiteral("config")));
        m_environment.insert(QStringLiteral("XDG_CONFIG_HOME"), m_folder.path());
        write(QStringLiteral("pod.yaml"), privilegedPod);
        write(QStringLiteral("notes.txt"), "nothing of Kubernetes here\n");
        write(QStringLiteral("pass"), "a long and calm passphrase\n");
        write(QStringLiteral("config"),
            "apiVersion: v1\n"
            "kind: Config\n"
            "current-context: prod\n"
            "clusters:\n"
            "- name: c\n"
            "  cluster: {server: 'https://127.0.0.1:1'}\n"
            "users:\n"
            "- name: token\n"
            "  user: {token: not-shown-anywhere}\n"
            "- name: plugin\n"
            "  user:\n"
            "    exec: {apiVersion: client.authentication.k8s.io/v1, command: ./login, args: [--region, x],"
            " interactiveMode: Never}\n"
            "contexts:\n"
            "- name: prod\n"
            "  context: {cluster: c, user: token, namespace: shop}\n"
            "- name: cloud\n"
            "  context: {cluster: c, user: plugin}\n"
            "- name: broken\n"
            "  context: {cluster: nowhere, user: token}\n");
        const QString login = write(QStringLiteral("login"), "#!/bin/sh\ntouch \"$0.ran\"\nexit 1\n");
        QFile::setPermissions(login, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    }

    void statusAndMessage_data()
    {
        QTest::addColumn<QString>("line");
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("errors"); // what standard error contains
        const auto row = [](const char* situation, const char* line, int status, const char* errors = "") {
            QTest::addRow("%s", situation) << QString::fromUtf8(line) << status << QString::fromUtf8(errors);
        };
        row("contexts", "contexts", 0);
        row("kubeconfig that is not there", "contexts --kubeconfig FOLDER/none", 3, "none");
        row("context that is not there", "assess cluster:dev", 3, "dev");
        row("context without its cluster", "assess cluster:broken", 3, "nowhere");
        row("server that nobody runs", "assess cluster:prod", 3, "127.0.0.1");
        row("plugin without consent", "collect cluster:cloud -o FOLDER/c.plimsoll", 3, "login --region x");
        row("plugin with consent that fails", "assess cluster:cloud --allow-exec", 3, "exit code 1");
        row("snapshot to nowhere", "collect FOLDER/pod.yaml", 2, "plimsoll: a snapshot needs a file to go to");
        row("snapshot of another name", "collect FOLDER/pod.yaml -o FOLDER/x.zip", 2, "always named so");
        row("level of redaction that is none", "collect FOLDER/pod.yaml -o FOLDER/x.plimsoll --redact 3", 2,
            "unknown level of redaction: --redact 3");
        row("recipient and passphrase", "collect FOLDER/pod.yaml -o FOLDER/x.plimsoll --recipient age1 --passphrase", 2,
            "--recipient and --passphrase");
        row("recipient that is none", "collect FOLDER/pod.yaml -o FOLDER/x.plimsoll --recipient age1", 2, "age1");
        row("key that is not there", "collect FOLDER/pod.yaml -o FOLDER/x.plimsoll --sign FOLDER/none.pem", 2,
            "none.pem");
        row("folder that is not there", "collect FOLDER/pod.yaml -o FOLDER/a/b/x.plimsoll", 3, "FOLDER/a/b");
        row("pre-flight of a file", "collect FOLDER/pod.yaml --preflight", 2, "only a live cluster");
        row("what is no snapshot", "verify FOLDER/notes.txt", 3, "notes.txt");
        row("role of nothing", "auditor-role", 0);
    }

    void statusAndMessage()
    {
        QFETCH(const QString, line);
        QFETCH(const int, status);
        QFETCH(QString, errors);
        errors.replace(QStringLiteral("FOLDER"), m_folder.path());
        const Run result = runLine(line);
        QVERIFY2(result.status == status, qPrintable(QStringLiteral("%1: %2").arg(result.status).arg(result.errors)));
        QVERIFY2(result.errors.contains(errors), qPrintable(result.errors));
        QVERIFY2(!(result.output + result.errors).contains(QStringLiteral("not-shown-anywhere")), "the token is shown");
        QVERIFY(!QFile::exists(m_folder.filePath(QStringLiteral("x.plimsoll"))));
    }

    void runsNoProgramWithoutConsent()
    {
        const QString trace = m_folder.filePath(QStringLiteral("login.ran"));
        QFile::remove(trace);
        QCOMPARE(runLine(QStringLiteral("assess cluster:cloud")).status, 3);
        QVERIFY(!QFile::exists(trace));
        QCOMPARE(runLine(QStringLiteral("assess cluster:cloud --allow-exec")).status, 3);
        QVERIFY(QFile::exists(trace));
    }

    void listsContexts()
    {
        const Run result = runLine(QStringLiteral("contexts -o json"));
        const QJsonArray rows = QJsonDocument::fromJson(result.output.toUtf8())[QStringLiteral("contexts")].toArray();
        QCOMPARE(rows.size(), 3);
        QCOMPARE(rows[0][QStringLiteral("name")].toString(), QStringLiteral("broken"));
        QVERIFY(rows[0][QStringLiteral("problem")].toString().contains(QStringLiteral("nowhere")));
        QCOMPARE(rows[2][QStringLiteral("current")].toBool(), true);
        QCOMPARE(rows[2][QStringLiteral("server")].toString(), QStringLiteral("https://127.0.0.1:1"));
        QVERIFY(rows[1][QStringLiteral("login")].toString().startsWith(QStringLiteral("exec plugin")));
    }

    void makesASnapshotThatSaysTheSame_data()
    {
        QTest::addColumn<QString>("making");
        QTest::addColumn<QString>("opening");
        QTest::addRow("plain") << QString() << QString();
        QTest::addRow("with a passphrase") << QStringLiteral(" --passphrase --passphrase-file FOLDER/pass")
                                           << QStringLiteral(" --passphrase-file FOLDER/pass");
    }

    void makesASnapshotThatSaysTheSame()
    {
        QFETCH(const QString, making);
        QFETCH(const QString, opening);
        const Run made = runLine(QStringLiteral("collect FOLDER/pod.yaml -o FOLDER/s.plimsoll") + making);
        QVERIFY2(made.status == 0, qPrintable(made.errors));
        const Run verified = runLine(QStringLiteral("verify FOLDER/s.plimsoll") + opening);
        QVERIFY2(verified.status == 0, qPrintable(verified.errors));
        QVERIFY2(verified.output.contains(QStringLiteral("whole, unsigned")), qPrintable(verified.output));
        const auto findings = [&](const QString& line) {
            QStringList ids;
            const Run result = runLine(line);
            const auto json = QJsonDocument::fromJson(result.output.toUtf8());
            for (const QJsonValue finding : json[QStringLiteral("findings")].toArray())
                ids.append(finding[QStringLiteral("id")].toString());
            return ids;
        };
        const QStringList ofFile = findings(QStringLiteral("assess FOLDER/pod.yaml --format json"));
        QVERIFY(!ofFile.isEmpty());
        QCOMPARE(findings(QStringLiteral("assess FOLDER/s.plimsoll --format json") + opening), ofFile);
        QFile::remove(m_folder.filePath(QStringLiteral("s.plimsoll")));
    }

    // Level 2 hides whose cluster it is, and nothing of what is wrong with it.
    void pseudonymsChangeNoVerdict_data()
    {
        QTest::addColumn<QString>("source");
        QTest::addColumn<QStringList>("hidden"); // names that may not be left
        QTest::addRow("sample") << plimsoll::test::q(plimsoll::test::sourcePath("resources/sample"))
                                << QStringList { QStringLiteral("lakeside"), QStringLiteral("payments") };
        QTest::addRow("harbor") << plimsoll::test::q(
            plimsoll::test::sharedPath("snapshots/harbor").value_or("/nowhere"))
                                << QStringList { QStringLiteral("payments-dev"),
                                       QStringLiteral("argocd-application-controller") };
    }
    void pseudonymsChangeNoVerdict()
    {
        QFETCH(QString, source);
        QFETCH(QStringList, hidden);
        if (!QDir(source).exists())
            QSKIP("there is no such source here");
        const QString file = m_folder.filePath(QStringLiteral("shared.plimsoll"));
        const Run made = run({ QStringLiteral("collect"), source, QStringLiteral("--redact"), QStringLiteral("2"),
                                 QStringLiteral("-o"), file },
            {}, m_environment);
        QVERIFY2(made.status == 0, qPrintable(made.errors));
        const auto counts = [&](const QString& path, QString& text) {
            text = run({ QStringLiteral("assess"), path, QStringLiteral("--format"), QStringLiteral("json"),
                           QStringLiteral("--as-of"), QStringLiteral("2027-01-01") },
                {}, m_environment)
                       .output;
            QMap<QString, int> out;
            const auto json = QJsonDocument::fromJson(text.toUtf8());
            for (const QJsonValue finding : json[QStringLiteral("findings")].toArray())
                ++out[finding[QStringLiteral("control")].toString()];
            // Judged by images, addresses and names, which are hidden: not assessed then.
            for (const QString& byName : { QStringLiteral("PLM-N13"), QStringLiteral("PLM-N16"),
                     QStringLiteral("PLM-N18"), QStringLiteral("PLM-T04"), QStringLiteral("PLM-I05"),
                     QStringLiteral("PLM-I07"), QStringLiteral("PLM-I08"), QStringLiteral("PLM-I09"),
                     QStringLiteral("PLM-I11"), QStringLiteral("PLM-G5"), QStringLiteral("PLM-G6") })
                out.remove(byName);
            return out;
        };
        QString plain, shared;
        const auto expected = counts(source, plain);
        QVERIFY(expected.size() > 30);
        QCOMPARE(counts(file, shared), expected);
        for (const QString& name : hidden) {
            QVERIFY2(plain.contains(name), qPrintable(name));
            QVERIFY2(!shared.contains(name), qPrintable(name));
        }
    }

    void refusesAChangedSnapshot()
    {
        QCOMPARE(runLine(QStringLiteral("collect FOLDER/pod.yaml -o FOLDER/t.plimsoll")).status, 0);
        QFile file(m_folder.filePath(QStringLiteral("t.plimsoll")));
        QVERIFY(file.open(QIODevice::ReadWrite));
        QByteArray bytes = file.readAll();
        const qsizetype middle = bytes.size() / 2;
        bytes[middle] = static_cast<char>(bytes[middle] ^ 1);
        file.seek(0);
        file.write(bytes);
        file.close();
        for (const char* line : { "verify FOLDER/t.plimsoll", "assess FOLDER/t.plimsoll" }) {
            const Run result = runLine(QString::fromUtf8(line));
            QVERIFY2(result.status == 3, qPrintable(result.errors));
            QVERIFY2(result.errors.contains(QStringLiteral("t.plimsoll")), qPrintable(result.errors));
        }
    }
};

QTEST_GUILESS_MAIN(tst_Snapshots)
#include "tst_Snapshots.moc"
