// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <thread>

#include <QElapsedTimer>
#include <QProcess>
#include <QStandardPaths>

#include "core/base/Text.h"
#include "core/kube/detail/ExecCredentials.h"
#include "core/kube/detail/ExecPlugin.h"
#include "core/kube/detail/KubeconfigInput.h"
#include "tests/kube/KubeFiles.h"
#include "tests/support/Support.h"

using namespace plimsoll;
using test::q;

// Programs that make credentials.
class tst_Exec : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void readsAnswers_data();
    void readsAnswers();
    void givesArgumentsAsTheyAre();
    void givesTheEnvironment();
    void tellsTheClusterAsKubectl_data();
    void tellsTheClusterAsKubectl();
    void runsOnceUntilItExpires();
    void runsAgainWhenRejected();
    void runsOnceForManyThreads();
    void showsLinesWhileItRuns();
    void hasNoInput();
    void endsWithTheCall_data();
    void endsWithTheCall();
    void doesNotWaitForWhatItLeavesBehind();
    void reportsFailures_data();
    void reportsFailures();
    void asksBeforeItRuns();
    void asksAgainWhenTheProgramChanges();
    void neverRunsForPlainHttp();
    void needsATerminalForAlways();

private:
    // A login with the plugin, a shell script.
    kube::Login login(const std::string& script, const std::string& version = "v1") const;
    Result<std::shared_ptr<kube::Credentials>> credentials(const kube::Login& login, int timeoutSeconds = 60) const;
    int runs() const { return static_cast<int>(std::ranges::count(m_folder->read("runs"), '\n')); }

    std::unique_ptr<test::Folder> m_folder;
    mutable std::vector<std::string> m_lines;
    mutable UnixSeconds m_now = 0;
};

namespace {

std::string answer(const std::string& status, const std::string& version = "v1")
{
    return R"({"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/)" + version + R"(","status":)"
        + status + '}';
}

std::string printing(const std::string& text)
{
    return "cat <<'END'\n" + text + "\nEND\n";
}

} // namespace

void tst_Exec::init()
{
    m_folder = std::make_unique<test::Folder>();
    m_lines.clear();
    m_now = 1'800'000'000;
}

kube::Login tst_Exec::login(const std::string& script, const std::string& version) const
{
    kube::Login login;
    login.contextName = "x";
    login.userName = "u";
    login.server = "https://c:6443";
    login.userFile = m_folder->path("config");
    login.auth = kube::AuthKind::Exec;
    kube::ExecPlugin plugin;
    plugin.apiVersion = "client.authentication.k8s.io/" + version;
    plugin.command
        = m_folder->write("plugin", "#!/bin/sh\necho run >> '" + m_folder->path("runs") + "'\n" + script, true);
    login.user.exec = plugin;
    return login;
}

Result<std::shared_ptr<kube::Credentials>> tst_Exec::credentials(const kube::Login& login, int timeoutSeconds) const
{
    kube::CredentialOptions options;
    options.consent = [](const kube::ExecRequest&, Progress&) { return true; };
    options.output = [this](std::string_view line) { m_lines.emplace_back(line); };
    options.environment = test::environmentOf({ { "PATH", "/usr/bin:/bin" }, { "KEPT", "yes" } }, m_folder->path());
    options.pluginTimeoutSeconds = timeoutSeconds;
    return kube::detail::makeCredentials(login, std::move(options), { [this] { return m_now; }, {} });
}

void tst_Exec::readsAnswers_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("expected"); // token, or the fault
    const auto row = [](const char* name, const std::string& text, const char* expected) {
        QTest::addRow("%s", name) << QByteArray::fromStdString(text) << QByteArray(expected);
    };
    row("a token", answer(R"({"token":"hunter2"})"), "hunter2");
    row("YAML", "kind: ExecCredential\napiVersion: client.authentication.k8s.io/v1\nstatus: {token: hunter2}\n",
        "hunter2");
    row("a token that expires", answer(R"({"token":"hunter2","expirationTimestamp":"2040-01-02T03:04:05Z"})"),
        "hunter2@2209086245");
    row("a null time", answer(R"({"token":"hunter2","expirationTimestamp":null})"), "hunter2");
    row("nothing", "", "no ExecCredential");
    row("no JSON", "hunter2", "no ExecCredential");
    row("JSON that is cut", answer(R"({"token":"hunter2")"), "no ExecCredential");
    row("another kind",
        R"({"kind":"Secret","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"hunter2"}})",
        "no ExecCredential");
    row("another version", answer(R"({"token":"hunter2"})", "v1beta1"),
        "configured to use API version client.authentication.k8s.io/v1, plugin returned version "
        "client.authentication.k8s.io/v1beta1");
    row("no status", R"({"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1"})",
        "didn't return a status field");
    row("an empty status", answer("{}"), "didn't return a token or cert/key pair");
    row("a certificate without key", answer(R"({"token":"hunter2","clientCertificateData":"x"})"),
        "returned only certificate or key, not both");
    row("a certificate that is none", answer(R"({"clientCertificateData":"x","clientKeyData":"hunter2"})"),
        "failed parsing client key/certificate");
    row("a time that is none", answer(R"({"token":"hunter2","expirationTimestamp":"soon"})"),
        "expirationTimestamp is no time");
}

void tst_Exec::readsAnswers()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, expected);
    kube::ExecPlugin plugin;
    plugin.apiVersion = "client.authentication.k8s.io/v1";
    plugin.command = "p";
    const auto status = kube::detail::readExecStatus(text.toStdString(), plugin);
    if (status) {
        const std::string expiry = status->expiresAt ? '@' + std::to_string(*status->expiresAt) : std::string();
        QCOMPARE(q(status->credential.bearerToken + expiry), q(expected.toStdString()));
        return;
    }
    const QString shown = q(toText(status.error()));
    QVERIFY2(shown.contains(q(expected.toStdString())), qPrintable(shown));
    QVERIFY2(!shown.contains(u"hunter2"), qPrintable(shown));
}

void tst_Exec::givesArgumentsAsTheyAre()
{
    kube::Login given = login("for a in \"$@\"; do printf '<%s>\\n' \"$a\"; done > '" + m_folder->path("args") + "'\n"
        + printing(answer(R"({"token":"t"})")));
    given.user.exec->arguments
        = { "a b", "", "$(touch " + m_folder->path("pwned") + ")", "'\"`;|&", "~", "*", "--x=\\n" };
    const auto made = credentials(given);
    VERIFY_RESULT(made);
    Progress progress;
    VERIFY_RESULT((*made)->get(progress));
    std::string expected;
    for (const std::string& argument : given.user.exec->arguments)
        expected += '<' + argument + ">\n";
    QCOMPARE(q(m_folder->read("args")), q(expected));
    QVERIFY(!QFile::exists(q(m_folder->path("pwned"))));
}

void tst_Exec::givesTheEnvironment()
{
    m_folder->write("bin/tool", "");
    m_folder->write("dumper", "", true);
    kube::Login given = login("env > '" + m_folder->path("env") + "'\n" + printing(answer(R"({"token":"t"})")));
    given.user.exec->environment = { { "A", "1" }, { "A", "2" }, { "KEPT", "replaced" }, { "E", "" } };
    const auto made = credentials(given);
    VERIFY_RESULT(made);
    Progress progress;
    VERIFY_RESULT((*made)->get(progress));
    const QStringList lines = q(m_folder->read("env")).split(u'\n');
    QVERIFY(lines.contains(u"A=2"));
    QVERIFY(lines.contains(u"E="));
    QVERIFY(lines.contains(u"KEPT=replaced"));
    QVERIFY(lines.contains(
        uR"(KUBERNETES_EXEC_INFO={"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","spec":{"interactive":false}})"));
    const QStringList paths = lines.filter(u"PATH="_qs);
    QCOMPARE(paths.size(), 1);
    QVERIFY2(paths[0].startsWith(u"PATH=/usr/bin:/bin:"), qPrintable(paths[0]));
    QVERIFY2(paths[0].contains(q(m_folder->path("bin"))), qPrintable(paths[0]));
    QVERIFY2(!paths[0].contains(q(m_folder->path("go/bin"))), qPrintable(paths[0])); // is not there
}

void tst_Exec::tellsTheClusterAsKubectl_data()
{
    QTest::addColumn<QByteArray>("cluster");
    QTest::addColumn<QByteArray>("version");
    QTest::addColumn<bool>("isAsked");
    QTest::addRow("not asked for") << QByteArray("server: 'https://127.0.0.1:1'") << QByteArray("v1") << false;
    QTest::addRow("little") << QByteArray("server: 'https://127.0.0.1:1/prefix'") << QByteArray("v1") << true;
    QTest::addRow("v1beta1") << QByteArray("server: 'https://127.0.0.1:1', tls-server-name: sni")
                             << QByteArray("v1beta1") << true;
    QTest::addRow("all") << QByteArray(
        "server: 'https://127.0.0.1:1', tls-server-name: sni, certificate-authority: ca.crt, "
        "proxy-url: 'http://127.0.0.1:2', disable-compression: true, extensions: "
        "[{name: client.authentication.k8s.io/exec, extension: {audience: a, list: [1, true, null]}}]")
                         << QByteArray("v1") << true;
    QTest::addRow("insecure") << QByteArray("server: 'https://127.0.0.1:1', insecure-skip-tls-verify: true")
                              << QByteArray("v1") << true;
}

void tst_Exec::tellsTheClusterAsKubectl()
{
    QFETCH(QByteArray, cluster);
    QFETCH(QByteArray, version);
    QFETCH(bool, isAsked);
    const QString kubectl = QStandardPaths::findExecutable(u"kubectl"_qs);
    if (kubectl.isEmpty())
        QSKIP("kubectl is not installed");
    m_folder->write("ca.crt", test::makeKeyPair().certificate);
    m_folder->write("plugin",
        "#!/bin/sh\nprintf '%s' \"$KUBERNETES_EXEC_INFO\" > '" + m_folder->path("info") + "'\nexit 1\n", true);
    const std::string file = m_folder->write("config",
        "clusters: [{name: c, cluster: {" + cluster.toStdString() + "}}]\n"
            + "users: [{name: u, user: {exec: {command: ./plugin, interactiveMode: Never, provideClusterInfo: "
            + (isAsked ? "true" : "false") + ", apiVersion: client.authentication.k8s.io/" + version.toStdString()
            + "}}}]\ncontexts: [{name: x, context: {cluster: c, user: u}}]\ncurrent-context: x\n");
    QProcess process;
    process.start(kubectl, { u"--kubeconfig"_qs, q(file), u"get"_qs, u"--raw"_qs, u"/version"_qs });
    QVERIFY(process.waitForFinished());
    const QString theirs = q(m_folder->read("info")).trimmed();
    QVERIFY(!theirs.isEmpty());
    const auto environment = test::environmentOf({}, m_folder->path());
    const auto config = kube::loadKubeconfig(file, environment);
    VERIFY_RESULT(config);
    const auto given = kube::resolveLogin(*config, "", environment);
    VERIFY_RESULT(given);
    QCOMPARE(q(kube::detail::execInfo(*given, *given->user.exec, false)), theirs);
}

void tst_Exec::runsOnceUntilItExpires()
{
    const kube::Login given
        = login(printing(answer(R"({"token":"t","expirationTimestamp":")" + formatTime(m_now + 100) + R"("})")));
    const auto made = credentials(given);
    VERIFY_RESULT(made);
    QCOMPARE(runs(), 0);
    Progress progress;
    for (const int later : { 0, 50, 50 }) {
        m_now += later;
        VERIFY_RESULT((*made)->get(progress));
        QCOMPARE(runs(), 1);
    }
    m_now += 1;
    const auto renewed = (*made)->get(progress);
    VERIFY_RESULT(renewed);
    QCOMPARE(runs(), 2);
}

void tst_Exec::runsAgainWhenRejected()
{
    const kube::Login given = login("n=$(wc -l < '" + m_folder->path("runs") + "')\n"
        + R"(printf '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"t%s"}}' "$n")");
    const auto made = credentials(given);
    VERIFY_RESULT(made);
    QVERIFY((*made)->canRenew());
    Progress progress;
    const auto first = (*made)->get(progress);
    VERIFY_RESULT(first);
    m_now += 10'000'000;
    QCOMPARE(q((*made)->get(progress)->bearerToken), q("t1"));
    (*made)->rejected(*first);
    QCOMPARE(q((*made)->get(progress)->bearerToken), q("t2"));
    (*made)->rejected(*first); // somebody who still had the old one
    QCOMPARE(q((*made)->get(progress)->bearerToken), q("t2"));
}

void tst_Exec::runsOnceForManyThreads()
{
    const kube::Login given = login("sleep 0.3\n" + printing(answer(R"({"token":"t"})")));
    const auto made = credentials(given);
    VERIFY_RESULT(made);
    std::atomic<int> good = 0;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 6; ++i)
            threads.emplace_back([&] {
                Progress progress;
                const auto credential = (*made)->get(progress);
                good += credential && credential->bearerToken == "t" ? 1 : 0;
            });
    }
    QCOMPARE(good.load(), 6);
    QCOMPARE(runs(), 1);
}

void tst_Exec::showsLinesWhileItRuns()
{
    // The script ends only when the line it wrote was seen.
    kube::Login given
        = login("echo 'open https://idp/device and enter ABCD' >&2\nwhile [ ! -e '" + m_folder->path("seen")
            + "' ]; do sleep 0.05; done\nprintf 'rest\\033[31m' >&2\n" + printing(answer(R"({"token":"t"})")));
    kube::CredentialOptions options;
    options.consent = [](const kube::ExecRequest&, Progress&) { return true; };
    options.output = [this](std::string_view line) {
        m_lines.emplace_back(line);
        m_folder->write("seen", "");
    };
    options.environment = test::environmentOf({ { "PATH", "/usr/bin:/bin" } }, m_folder->path());
    options.pluginTimeoutSeconds = 60;
    const auto made = kube::makeCredentials(given, options);
    VERIFY_RESULT(made);
    Progress progress;
    VERIFY_RESULT((*made)->get(progress));
    QCOMPARE(m_lines, (std::vector<std::string> { "open https://idp/device and enter ABCD", "rest\\x1b[31m" }));
}

void tst_Exec::hasNoInput()
{
    const auto made = credentials(login("cat\n" + printing(answer(R"({"token":"t"})"))));
    VERIFY_RESULT(made);
    Progress progress;
    VERIFY_RESULT((*made)->get(progress));
}

void tst_Exec::endsWithTheCall_data()
{
    QTest::addColumn<QByteArray>("how");
    for (const char* how : { "cancelled", "timed out", "wrote too much" })
        QTest::addRow("%s", how) << QByteArray(how);
    QTest::addRow("cancelled, though it does not listen") << QByteArray("deaf");
}

void tst_Exec::endsWithTheCall()
{
    QFETCH(QByteArray, how);
    const bool isCancelled = how == "cancelled" || how == "deaf";
    const std::string flood = how == "wrote too much" ? "yes hunter2\n" : "";
    const auto made
        = credentials(login((how == "deaf" ? "trap '' TERM INT HUP\n" : std::string()) + "sleep 1000 &\necho $! > '"
                          + m_folder->path("child") + "'\n" + flood + "while :; do sleep 1000; done\n"),
            how == "timed out" ? 1 : 60);
    VERIFY_RESULT(made);
    Progress progress;
    QElapsedTimer timer;
    std::jthread canceller([&] {
        for (int i = 0; isCancelled && i < 1000 && m_folder->read("child").empty(); ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        timer.start();
        if (isCancelled)
            progress.cancel();
    });
    const auto credential = (*made)->get(progress);
    canceller.join();
    QVERIFY(!credential);
    QCOMPARE(credential.error().kind, isCancelled ? ErrorKind::Cancelled : ErrorKind::Limit);
    if (isCancelled)
        QVERIFY2(timer.elapsed() < 1000, qPrintable(QString::number(timer.elapsed())));
    QVERIFY(!q(toText(credential.error())).contains(u"hunter2"));
    // What it started is gone too (a zombie until init takes it is gone enough).
    const int child = q(m_folder->read("child")).trimmed().toInt();
    QVERIFY(child > 0);
    const auto isGone = [child] {
        QFile status(u"/proc/%1/stat"_qs.arg(child));
        return ::kill(child, 0) != 0 || !status.open(QIODevice::ReadOnly) || status.readAll().contains(") Z");
    };
    QTRY_VERIFY(isGone());
}

void tst_Exec::doesNotWaitForWhatItLeavesBehind()
{
    const auto made = credentials(
        login("sleep 30 &\necho $! > '" + m_folder->path("child") + "'\n" + printing(answer(R"({"token":"t"})"))));
    VERIFY_RESULT(made);
    Progress progress;
    QElapsedTimer timer;
    timer.start();
    VERIFY_RESULT((*made)->get(progress));
    QVERIFY(timer.elapsed() < 20'000);
    const int child = q(m_folder->read("child")).trimmed().toInt();
    QVERIFY(child > 0 && ::kill(child, SIGKILL) == 0); // it goes on, as after kubectl
}

void tst_Exec::reportsFailures_data()
{
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QByteArray>("message");
    const auto row = [](const char* name, const char* script, const char* message) {
        QTest::addRow("%s", name) << QByteArray(script) << QByteArray(message);
    };
    row("an exit code", "exit 3\n", "plugin failed with exit code 3: ");
    row("its last words", "echo first >&2\necho 'session expired, log in' >&2\nexit 1\n",
        "failed with exit code 1: session expired, log in");
    row("words as long as a token",
        "echo 'debug eyJhbGciOiJIUzI1NiJ9.hunter2.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa x' >&2\nexit 1\n",
        "failed with exit code 1: debug [...] x");
    row("a signal", "kill -9 $$\n", "failed with exit code 137");
    row("a token on failure", "echo hunter2\nexit 1\n", "failed with exit code 1");
    row("a missing interpreter", "", "");
}

void tst_Exec::reportsFailures()
{
    QFETCH(QByteArray, script);
    QFETCH(QByteArray, message);
    kube::Login given = login(script.toStdString());
    if (script.isEmpty()) {
        m_folder->write("plugin", "#!/no/such/interpreter\n", true);
        message = "The program cannot be started";
    }
    const auto made = credentials(given);
    VERIFY_RESULT(made);
    Progress progress;
    const auto credential = (*made)->get(progress);
    QVERIFY(!credential);
    const QString shown = q(toText(credential.error()));
    QVERIFY2(shown.contains(q(message.toStdString())), qPrintable(shown));
    QVERIFY2(!shown.contains(u"hunter2"), qPrintable(shown));
}

void tst_Exec::asksBeforeItRuns()
{
    kube::Login given = login(printing(answer(R"({"token":"t"})")));
    given.user.exec->arguments = { "get token", "--x=1" };
    given.user.exec->environment = { { "PROFILE", "a b" } };
    kube::CredentialOptions options;
    options.environment = test::environmentOf({ { "PATH", "/usr/bin:/bin" } }, m_folder->path());
    Progress progress;
    const auto silent = kube::makeCredentials(given, options);
    VERIFY_RESULT(silent);
    const auto refused = (*silent)->get(progress);
    QVERIFY(!refused);
    QCOMPARE(refused.error().kind, ErrorKind::Access);
    const QString command = q("PROFILE='a b' " + m_folder->path("plugin") + " 'get token' --x=1");
    QVERIFY2(q(toText(refused.error())).endsWith(command), qPrintable(q(toText(refused.error()))));
    QCOMPARE(runs(), 0);

    std::vector<kube::ExecRequest> asked;
    bool isAllowed = false;
    options.consent = [&](const kube::ExecRequest& request, Progress&) {
        asked.push_back(request);
        return isAllowed;
    };
    const auto no = kube::makeCredentials(given, options);
    VERIFY_RESULT(no);
    QVERIFY(!(*no)->get(progress));
    QVERIFY(!(*no)->get(progress));
    QCOMPARE(asked.size(), 1u); // not for every request
    QCOMPARE(runs(), 0);
    isAllowed = true;
    const auto yes = kube::makeCredentials(given, options);
    VERIFY_RESULT(yes);
    VERIFY_RESULT((*yes)->get(progress));
    (*yes)->rejected(*(*yes)->get(progress));
    VERIFY_RESULT((*yes)->get(progress));
    QCOMPARE(runs(), 2);
    QCOMPARE(asked.size(), 2u);
    QCOMPARE(q(asked[1].path), q(m_folder->path("plugin")));
    QCOMPARE(asked[1].arguments, given.user.exec->arguments);
    QCOMPARE(asked[1].environmentNames, (std::vector<std::string> { "PROFILE=a b" }));
    QCOMPARE(q(asked[1].kubeconfig + asked[1].context + asked[1].user), q(m_folder->path("config") + "xu"));
    QCOMPARE(asked[1].sha256.size(), 64u);
}

void tst_Exec::asksAgainWhenTheProgramChanges()
{
    const kube::Login given = login(printing(answer(R"({"token":"t"})")));
    kube::CredentialOptions options;
    options.environment = test::environmentOf({ { "PATH", "/usr/bin:/bin" } }, m_folder->path());
    int asked = 0;
    options.consent = [&](const kube::ExecRequest&, Progress&) { return ++asked == 1; };
    const auto made = kube::makeCredentials(given, options);
    VERIFY_RESULT(made);
    Progress progress;
    const auto first = (*made)->get(progress);
    VERIFY_RESULT(first);
    login("echo something else\n");
    (*made)->rejected(*first);
    QVERIFY(!(*made)->get(progress));
    QCOMPARE(asked, 2);
    QCOMPARE(runs(), 1);
}

void tst_Exec::neverRunsForPlainHttp()
{
    kube::Login given = login(printing(answer(R"({"token":"t"})")));
    given.server = "http://c:8080";
    const auto made = credentials(given);
    VERIFY_RESULT(made);
    Progress progress;
    const auto credential = (*made)->get(progress);
    VERIFY_RESULT(credential);
    QVERIFY(*credential == kube::Credential());
    QVERIFY(!(*made)->canRenew());
    QCOMPARE(runs(), 0);
}

void tst_Exec::needsATerminalForAlways()
{
    kube::Login given = login(printing(answer(R"({"token":"t"})")));
    given.user.exec->interactiveMode = kube::ExecPlugin::InteractiveMode::Always;
    const auto made = credentials(given);
    QVERIFY(!made);
    QVERIFY(q(toText(made.error()))
                .startsWith(u"Exec plugin cannot support interactive mode: standard input is not a terminal"));
    auto environment = test::environmentOf({}, m_folder->path());
    environment.isTerminal = true;
    QVERIFY(kube::detail::isInteractive(*given.user.exec, environment));
    given.user.exec->interactiveMode = kube::ExecPlugin::InteractiveMode::Never;
    QVERIFY(!kube::detail::isInteractive(*given.user.exec, environment));
    given.user.exec->apiVersion = "client.authentication.k8s.io/v1alpha1";
    const auto old = credentials(given);
    QVERIFY(!old);
    QVERIFY(q(toText(old.error()))
                .startsWith(u"Exec plugin: invalid apiVersion \"client.authentication.k8s.io/v1alpha1\""));
}

QTEST_GUILESS_MAIN(tst_Exec)
#include "tst_Exec.moc"
