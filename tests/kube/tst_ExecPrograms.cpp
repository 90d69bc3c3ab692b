// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/kube/detail/ExecPlugin.h"
#include "tests/kube/KubeFiles.h"
#include "tests/support/Support.h"

using namespace plimsoll;
using test::q;

// Where programs of a kubeconfig are found, how they are shown, and which of them were allowed for good.
class tst_ExecPrograms : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_folder = std::make_unique<test::Folder>(); }
    void findsPrograms_data();
    void findsPrograms();
    void saysWhereItLooked();
    void remembersConsents();
    void writesCommands_data();
    void writesCommands();
    void distinguishesRequests_data();
    void distinguishesRequests();

private:
    std::unique_ptr<test::Folder> m_folder;
};

void tst_ExecPrograms::findsPrograms_data()
{
    QTest::addColumn<QByteArray>("present"); // files, below the home folder
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QByteArray>("found"); // "" = not found
    const auto row = [](const char* name, const char* present, const char* path, const char* found) {
        QTest::addRow("%s", name) << QByteArray(present) << QByteArray(path) << QByteArray(found);
    };
    row("in PATH", "p/a/tool,p/b/tool", "~/p/a:~/p/b", "p/a/tool");
    row("in PATH before the others", ".local/bin/tool,p/b/tool", "~/p/a:~/p/b", "p/b/tool");
    for (const char* folder : { ".local/bin", "bin", "google-cloud-sdk/bin", ".krew/bin", ".asdf/shims", "go/bin" })
        row(folder, (QByteArray(folder) + "/tool").constData(), "~/p", (QByteArray(folder) + "/tool").constData());
    row("not a folder", "p/a/tool/x", "~/p/a", "");
    row("not executable", "p/a/tool-", "~/p/a", "");
    row("not through a relative PATH", "tool,p/tool", ".:p:", "");
    row("nowhere", "", "~/p", "");
}

void tst_ExecPrograms::findsPrograms()
{
    QFETCH(QByteArray, present);
    QFETCH(QByteArray, path);
    QFETCH(QByteArray, found);
    for (const QByteArray& file : present.split(',')) {
        const bool isProgram = !file.endsWith('-');
        if (!file.isEmpty())
            m_folder->write(
                QByteArray(file).replace("-", isProgram ? "-" : "").toStdString(), "#!/bin/sh\n", isProgram);
    }
    kube::ExecPlugin plugin;
    plugin.command = "tool";
    const auto environment = test::environmentOf(
        { { "PATH", path.replace("~", QByteArray::fromStdString(m_folder->path())).toStdString() } }, m_folder->path());
    const auto program = kube::detail::findProgram(plugin, environment);
    QCOMPARE(program.has_value(), !found.isEmpty());
    if (program)
        QCOMPARE(q(*program), q(m_folder->path(found.toStdString())));
}

void tst_ExecPrograms::saysWhereItLooked()
{
    kube::ExecPlugin plugin;
    plugin.command = "no-such-plugin";
    plugin.installHint = "\033[31mbrew install it\nthen run it";
    const auto environment = test::environmentOf({ { "PATH", "/usr/bin:/bin" } }, m_folder->path());
    const auto made = kube::detail::findProgram(plugin, environment);
    QVERIFY(!made);
    QCOMPARE(made.error().kind, ErrorKind::NotFound);
    const QString shown = q(toText(made.error()));
    QVERIFY2(shown.startsWith(u"Exec: executable no-such-plugin not found: looked for in /usr/bin, /bin, "),
        qPrintable(shown));
    QVERIFY2(shown.contains(q(m_folder->path(".krew/bin"))), qPrintable(shown));
    QVERIFY2(shown.endsWith(u"The kubeconfig says: \\x1b[31mbrew install it\\x0athen run it"), qPrintable(shown));
    plugin.command = m_folder->path("gone");
    const auto absolute = kube::detail::findProgram(plugin, environment);
    QVERIFY(!absolute);
    QVERIFY(q(toText(absolute.error())).contains(u"looked for at this path only"));
}

void tst_ExecPrograms::remembersConsents()
{
    const std::string file = m_folder->path("new/folder/consents");
    kube::ExecRequest one;
    one.path = "/one";
    kube::ExecRequest two;
    two.path = "/two";
    kube::RememberedConsents consents(file);
    QVERIFY(!consents.has(one));
    VERIFY_RESULT(consents.add(one));
    VERIFY_RESULT(consents.add(one));
    VERIFY_RESULT(kube::RememberedConsents(file).add(two));
    QVERIFY(consents.has(one) && consents.has(two));
    QCOMPARE(std::ranges::count(m_folder->read("new/folder/consents"), '\n'), 2);
    QCOMPARE(
        QFile::permissions(q(file)) & (QFile::ReadGroup | QFile::ReadOther | QFile::WriteGroup | QFile::WriteOther),
        QFile::Permissions());
    QCOMPARE(QDir(q(m_folder->path("new/folder"))).entryList(QDir::Files).size(), 1); // nothing temporary
    m_folder->write("file", "");
    QVERIFY(!kube::RememberedConsents(m_folder->path("file/below")).add(one));
    QCOMPARE(q(kube::RememberedConsents::defaultFile(test::environmentOf({}, "/home/me"))),
        q("/home/me/.config/plimsoll/exec-consents"));
    QCOMPARE(q(kube::RememberedConsents::defaultFile(test::environmentOf({ { "XDG_CONFIG_HOME", "/x" } }, "/home/me"))),
        q("/x/plimsoll/exec-consents"));
}

void tst_ExecPrograms::writesCommands_data()
{
    QTest::addColumn<QByteArray>("arguments"); // one a line
    QTest::addColumn<QByteArray>("variables");
    QTest::addColumn<QByteArray>("line");
    const auto row = [](const char* name, const char* arguments, const char* variables, const char* line) {
        QTest::addRow("%s", name) << QByteArray(arguments) << QByteArray(variables) << QByteArray(line);
    };
    row("plain words", "get-token\n--x=1", "A=b", "A=b /p get-token --x=1");
    row("what a shell would take apart", "a b\n$(x)\n'", "A=b;c", "A='b;c' /p 'a b' '$(x)' ''\\'''");
    row("control characters", "\033[31m", "", "/p '\\x1b[31m'");
    row("a secret of a flag", "--oidc-client-secret=hunter2\n--y", "", "/p --oidc-client-secret=[...] --y");
    row("a secret behind a flag", "--client-secret\nhunter2\nx", "", "/p --client-secret [...] x");
    row("a flag behind a flag", "--get-token\n--y", "", "/p --get-token --y");
    row("a secret variable", "", "AWS_SECRET_ACCESS_KEY=hunter2", "AWS_SECRET_ACCESS_KEY=[...] /p");
    row("where a secret lies", "--token-file=/run/t", "", "/p --token-file=/run/t");
}

void tst_ExecPrograms::writesCommands()
{
    QFETCH(QByteArray, arguments);
    QFETCH(QByteArray, variables);
    QFETCH(QByteArray, line);
    kube::ExecRequest request;
    request.path = "/p";
    for (const QByteArray& argument : arguments.split('\n')) {
        if (!argument.isEmpty())
            request.arguments.push_back(argument.toStdString());
    }
    for (const QByteArray& variable : variables.split('\n')) {
        if (!variable.isEmpty())
            request.environmentNames.push_back(variable.toStdString());
    }
    QCOMPARE(q(kube::detail::commandLine(request)), q(line.toStdString()));
}

void tst_ExecPrograms::distinguishesRequests_data()
{
    QTest::addColumn<int>("field");
    const char* names[] = { "the program", "its content", "an argument", "where an argument ends", "a variable",
        "a variable as argument", "the kubeconfig" };
    for (int i = 0; i < 7; ++i)
        QTest::addRow("%s", names[i]) << i;
}

void tst_ExecPrograms::distinguishesRequests()
{
    QFETCH(int, field);
    const kube::ExecRequest request { "config", "x", "u", "/p", { "a", "b" }, { "V=1" }, "00" };
    kube::ExecRequest other = request;
    QCOMPARE(other.key(), request.key());
    if (field == 0)
        other.path = "/q";
    else if (field == 1)
        other.sha256 = "01";
    else if (field == 2)
        other.arguments[1] = "c";
    else if (field == 3)
        other.arguments = { "ab" };
    else if (field == 4)
        other.environmentNames = { "V=2" };
    else if (field == 5)
        other = { "config", "x", "u", "/p", { "a", "b", "V=1" }, {}, "00" };
    else
        other.kubeconfig = "other";
    QVERIFY(other.key() != request.key());
}

QTEST_GUILESS_MAIN(tst_ExecPrograms)
#include "tst_ExecPrograms.moc"
