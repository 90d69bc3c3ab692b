// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QStandardPaths>

#include "core/base/Text.h"
#include "tests/kube/KubeFiles.h"
#include "tests/support/Support.h"

using namespace plimsoll;
using test::q;

// Loading and merging files.
class tst_Kubeconfig : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void decodes_data();
    void decodes();
    void refuses_data();
    void refuses();
    void readsEveryField();
    void resolvesPaths();
    void readsUtf16_data();
    void readsUtf16();
    void warnsOfFurtherDocuments();
    void choosesFiles_data();
    void choosesFiles();
    void goesOnBesideABadFile();
    void saysThatNothingIsThere();
    void survivesBeingCut();
    void mergesAsKubectl_data();
    void mergesAsKubectl();
};

namespace {

constexpr const char* small = R"(
apiVersion: v1
kind: Config
clusters:
- name: c
  cluster: {server: "https://c:6443"}
users:
- name: u
  user: {token: tok}
contexts:
- name: x
  context: {cluster: c, user: u}
current-context: x
)";

std::string summary(const kube::Kubeconfig& config)
{
    std::string text;
    for (const auto& cluster : config.clusters)
        text += "cluster " + cluster.name + ' ' + cluster.server + '\n';
    for (const auto& user : config.users)
        text += "user " + user.name + ' ' + user.token + '\n';
    for (const auto& context : config.contexts)
        text += "context " + context.name + ' ' + context.cluster + '/' + context.user + '/' + context.ns + '\n';
    return text + "current " + config.currentContext + '\n';
}

} // namespace

void tst_Kubeconfig::decodes_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char* name, const QByteArray& text, const char* expected) {
        QTest::addRow("%s", name) << text << QByteArray(expected);
    };
    const char* smallSummary = "cluster c https://c:6443\nuser u tok\ncontext x c/u/\ncurrent x\n";
    const char* nothing = "current \n";
    row("a plain file", small, smallSummary);
    row("zero bytes", "", nothing);
    row("comments only", "# nothing\n", nothing);
    row("null lists", "clusters: null\nusers:\ncontexts: ~\n", nothing);
    row("no kind and apiVersion", "current-context: a\n", "current a\n");
    row("unknown fields", "current-context: a\nflavour: {x: [1]}\npreferences: {colors: true}\n", "current a\n");
    row("other case is another key", "Current-Context: b\ncurrent-context: a\nClusters: 5\n", "current a\n");
    row("the last of equal keys", "current-context: a\ncurrent-context: b\n", "current b\n");
    row("a byte order mark", QByteArray("\xEF\xBB\xBF") + small, smallSummary);
    row("Windows line ends", QByteArray(small).replace("\n", "\r\n"), smallSummary);
    row("JSON", R"({"clusters":[{"name":"c","cluster":{"server":"https://c"}}],"current-context":"a"})",
        "cluster c https://c\ncurrent a\n");
    row("JSON with tabs", "{\n\t\"current-context\": \"a\"\n}", "current a\n");
    row("anchors and merge keys", "x: &a {server: https://c}\nclusters:\n- name: c\n  cluster: {<<: *a}\n",
        "cluster c https://c\ncurrent \n");
    row("an entry without content", "clusters:\n- name: c\nusers:\n- name: u\n  user: null\n",
        "cluster c \nuser u \ncurrent \n");
    row("a leading separator", "---\ncurrent-context: a\n", "current a\n");
    row("the first of two documents", "current-context: a\n---\ncurrent-context: b\n", "current a\n");
}

void tst_Kubeconfig::decodes()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, expected);
    const test::Folder folder;
    const std::string file = folder.write("config", text.toStdString());
    const auto config = kube::loadKubeconfig(file, test::environmentOf({}, folder.path()));
    VERIFY_RESULT(config);
    QCOMPARE(q(summary(*config)), QString::fromUtf8(expected));
}

void tst_Kubeconfig::refuses_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("message");
    const auto row = [](const char* name, const char* text, const char* message) {
        QTest::addRow("%s", name) << QByteArray(text) << QByteArray(message);
    };
    row("another kind", "kind: Pod\napiVersion: v1\n", "No kind \"Pod\" is registered for version \"v1\": FILE:1");
    row("another version", "kind: Config\napiVersion: v2\n", "No kind \"Config\" is registered for version \"v2\"");
    row("a list", "- a\n", "The file is a list, not a kubeconfig");
    row("text", "hunter2\n", "The file is a string, not a kubeconfig");
    row("a number as token", "users:\n- name: u\n  user:\n    token: 5550123\n",
        "users[0].user.token is a number, not a string: FILE:4: Put the value into quotes");
    row("a number as token, JSON", "{\"users\":[{\"name\":\"u\",\n\"user\":{\"token\":5550123}}]}",
        "users[0].user.token is a number, not a string: FILE:2");
    row("a number as server", "clusters:\n- name: u\n  cluster: {server: 5}\n",
        "clusters[0].cluster.server is a number, not a string");
    row("a number as name", "clusters:\n- name: 12\n", "clusters[0].name is a number, not a string");
    row("text as flag", "clusters:\n- name: u\n  cluster: {insecure-skip-tls-verify: \"true\"}\n",
        "clusters[0].cluster.insecure-skip-tls-verify is a string, not a boolean");
    row("an object as list", "clusters: {a: b}\n", "clusters is an object, not a list");
    row("a string as entry", "users: [hunter2]\n", "users[0] is a string, not an object");
    row("bad base64", "clusters:\n- name: u\n  cluster: {certificate-authority-data: 'AAAA*hunter2'}\n",
        "clusters[0].cluster.certificate-authority-data: illegal base64 data at input byte 4");
    row("base64 that was cut", "users:\n- name: u\n  user: {client-key-data: 'AAAAA'}\n",
        "illegal base64 data at input byte");
    row("equal cluster names", "clusters:\n- name: c\n- name: c\n", "Duplicate name \"c\" in clusters: FILE:3");
    row("equal user names", "users:\n- name: c\n  user: {token: hunter2}\n- name: c\n  user: {token: hunter2}\n",
        "Duplicate name \"c\" in users");
    row("equal context names", "contexts:\n- name: c\n- name: c\n", "Duplicate name \"c\" in contexts");
    row("equal extension names", "clusters:\n- name: c\n  cluster: {extensions: [{name: e}, {name: e}]}\n",
        "Duplicate name \"e\" in the extensions of a cluster");
    row("tabs", "users:\n\t- name: hunter2\n", "No YAML: ");
    row("an unknown anchor", "users:\n- name: u\n  user: {token: *hunter2}\n", "No YAML: ");
    row("no YAML", "users: [\n", "No YAML: ");
    row("numbers in args", "users:\n- name: u\n  user: {exec: {args: [a, 5]}}\n",
        "users[0].user.args holds a number, not a string");
    row("a terminal's control characters", "kind: \"P\\u001b[31m\"\n", "No kind \"P\\x1b[31m\"");
}

void tst_Kubeconfig::refuses()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, message);
    const test::Folder folder;
    const std::string file = folder.write("config", text.toStdString());
    const auto config = kube::loadKubeconfig(file, test::environmentOf({}, folder.path()));
    QVERIFY(!config);
    const QString shown = q(toText(config.error())).replace(q(file), u"FILE"_qs);
    QVERIFY2(shown.contains(QString::fromUtf8(message)), qPrintable(shown));
    QCOMPARE(config.error().kind, ErrorKind::Format);
    QVERIFY2(!shown.contains(u"hunter2") && !shown.contains(u"5550123"), qPrintable(shown));
}

void tst_Kubeconfig::readsEveryField()
{
    const test::Folder folder;
    const std::string file = folder.write("config", R"(
clusters:
- name: c
  cluster:
    server: https://c/prefix
    tls-server-name: sni
    certificate-authority-data: |
      Q0FD
      QQ==
    proxy-url: socks5://p:1
    insecure-skip-tls-verify: true
    disable-compression: true
    extensions:
    - name: other
      extension: {no: 1}
    - name: client.authentication.k8s.io/exec
      extension: {audience: a, list: [1, true]}
users:
- name: u
  user:
    client-certificate-data: Q0VSVA==
    client-key-data: S0VZ
    username: nn
    password: pw
    as: root
    as-uid: "7"
    as-groups: [g2, g1]
    as-user-extra: {scopes: [b, a], acme.com/project: [p]}
    exec:
      apiVersion: client.authentication.k8s.io/v1
      command: aws
      args: [eks, get-token]
      env: [{name: A, value: b}]
      installHint: do it
      provideClusterInfo: true
      interactiveMode: Never
- name: o
  user:
    auth-provider:
      name: oidc
      config: {idp-issuer-url: "https://idp", client-id: id, client-secret: s, id-token: i, refresh-token: r, idp-certificate-authority-data: Q0E=}
- name: g
  user: {auth-provider: {name: gcp}}
contexts:
- context: {cluster: c, user: u, namespace: nn}
  name: x
)");
    const auto config = kube::loadKubeconfig(file, test::environmentOf({}, folder.path()));
    VERIFY_RESULT(config);
    const auto& cluster = config->clusters.at(0);
    QCOMPARE(q(cluster.tlsServerName + '|' + cluster.certificateAuthorityData + '|' + cluster.proxyUrl),
        q("sni|CACA|socks5://p:1"));
    QVERIFY(cluster.skipsTlsVerify && cluster.disablesCompression);
    QCOMPARE(q(cluster.execConfigJson), q(R"({"audience":"a","list":[1,true]})"));
    const auto& user = config->users.at(0);
    QCOMPARE(q(user.clientCertificateData + '|' + user.clientKeyData + '|' + user.username + '|' + user.password),
        q("CERT|KEY|nn|pw"));
    QCOMPARE(q(user.impersonation.user + user.impersonation.uid), q("root7"));
    QCOMPARE(user.impersonation.groups, (std::vector<std::string> { "g2", "g1" }));
    QCOMPARE(user.impersonation.extra.size(), 2u);
    QCOMPARE(q(user.impersonation.extra[0].first), q("acme.com/project"));
    QCOMPARE(user.impersonation.extra[1].second, (std::vector<std::string> { "b", "a" }));
    QVERIFY(user.exec);
    QCOMPARE(q(user.exec->command + join(user.exec->arguments, "+")), q("awseks+get-token"));
    QVERIFY(user.exec->providesClusterInfo);
    QCOMPARE(user.exec->interactiveMode, kube::ExecPlugin::InteractiveMode::Never);
    QVERIFY(config->users[1].oidc);
    QCOMPARE(q(config->users[1].oidc->certificateAuthorityPem), q("CA"));
    QCOMPARE(q(config->users[2].otherAuthProvider), q("gcp"));
    QCOMPARE(config->contexts.at(0).line, 45u);
    QCOMPARE(q(config->contexts[0].ns), q("nn"));
    QVERIFY(config->problems.empty());
}

void tst_Kubeconfig::resolvesPaths()
{
    const test::Folder folder;
    folder.write("sub/config", R"(
clusters: [{name: c, cluster: {certificate-authority: ../ca.crt}}]
users:
- name: u
  user: {client-certificate: ./c.crt, client-key: /abs/c.key, tokenFile: "~/token", exec: {command: bin/plugin}}
- name: p
  user: {exec: {command: plugin}}
)");
    const auto config = kube::loadKubeconfig("sub/config", test::environmentOf({}, folder.path()));
    VERIFY_RESULT(config);
    QCOMPARE(q(config->clusters.at(0).certificateAuthority), q(folder.path("ca.crt")));
    const auto& user = config->users.at(0);
    QCOMPARE(q(user.clientCertificate), q(folder.path("sub/c.crt")));
    QCOMPARE(q(user.clientKey), q("/abs/c.key"));
    QCOMPARE(q(user.tokenFile), q(folder.path("sub/~/token")));
    QCOMPARE(q(user.exec->command), q(folder.path("sub/bin/plugin")));
    QCOMPARE(q(config->users.at(1).exec->command), q("plugin"));
    QCOMPARE(q(config->files.at(0)), q(folder.path("sub/config")));
}

void tst_Kubeconfig::readsUtf16_data()
{
    QTest::addColumn<bool>("isBigEndian");
    QTest::addRow("little endian") << false;
    QTest::addRow("big endian") << true;
}

void tst_Kubeconfig::readsUtf16()
{
    QFETCH(bool, isBigEndian);
    std::string bytes = isBigEndian ? "\xFE\xFF" : "\xFF\xFE";
    for (const QChar unit : QString::fromUtf8("current-context: \"gr\u00fcn\U0001F6A2\"\n")) {
        const char low = static_cast<char>(unit.unicode() & 0xFF);
        const char high = static_cast<char>(unit.unicode() >> 8);
        bytes += isBigEndian ? std::string { high, low } : std::string { low, high };
    }
    const test::Folder folder;
    const auto config = kube::loadKubeconfig(folder.write("config", bytes), test::environmentOf({}, folder.path()));
    VERIFY_RESULT(config);
    QCOMPARE(q(config->currentContext), QString::fromUtf8("gr\u00fcn\U0001F6A2"));
}

void tst_Kubeconfig::warnsOfFurtherDocuments()
{
    const test::Folder folder;
    const std::string file = folder.write("config", "current-context: a\n---\ncurrent-context: b\n---\nx: y\n");
    const auto config = kube::loadKubeconfig(file, test::environmentOf({}, folder.path()));
    VERIFY_RESULT(config);
    QCOMPARE(config->problems.size(), 1u);
    QVERIFY(q(toText(config->problems[0])).startsWith(u"Only the first of 3 documents is read"));
}

void tst_Kubeconfig::choosesFiles_data()
{
    QTest::addColumn<QByteArray>("explicitPath");
    QTest::addColumn<QByteArray>("list");
    QTest::addColumn<QByteArray>("expected"); // current-context, or the error
    const auto row = [](const char* name, const char* explicitPath, const char* list, const char* expected) {
        QTest::addRow("%s", name) << QByteArray(explicitPath) << QByteArray(list) << QByteArray(expected);
    };
    row("nothing: ~/.kube/config", "", "", "home");
    row("the list and not ~/.kube/config", "", "a", "a");
    row("the first that sets a value", "", "none:b:a", "b");
    row("missing files of a list", "", "gone:a", "a");
    row("empty and double entries", "", "::a:a::b", "a");
    row("an explicit path alone", "b", "a", "b");
    row("an explicit path that is missing", "gone", "a", "open DIR/gone: no such file or directory");
    row("an explicit path that is a folder", "sub", "a", "read DIR/sub: is a directory");
}

void tst_Kubeconfig::choosesFiles()
{
    QFETCH(QByteArray, explicitPath);
    QFETCH(QByteArray, list);
    QFETCH(QByteArray, expected);
    const test::Folder folder;
    for (const char* name : { "a", "b" })
        folder.write(name, std::string("current-context: ") + name + '\n');
    folder.write("none", "");
    folder.write("sub/file", "");
    folder.write(".kube/config", "current-context: home\n");
    const auto config = kube::loadKubeconfig(
        explicitPath.toStdString(), test::environmentOf({ { "KUBECONFIG", list.toStdString() } }, folder.path()));
    const QString shown
        = config ? q(config->currentContext) : q(toText(config.error())).replace(q(folder.path()), u"DIR"_qs);
    QVERIFY2(shown.startsWith(QString::fromUtf8(expected)), qPrintable(shown));
}

void tst_Kubeconfig::goesOnBesideABadFile()
{
    const test::Folder folder;
    folder.write("good", small);
    folder.write("bad", "users: [{name: u, user: {token: 12}}]\n");
    folder.write("sub/file", "");
    const auto config
        = kube::loadKubeconfig("", test::environmentOf({ { "KUBECONFIG", "bad:sub:good" } }, folder.path()));
    VERIFY_RESULT(config);
    QCOMPARE(q(config->currentContext), q("x"));
    QCOMPARE(config->files, (std::vector<std::string> { folder.path("good") }));
    QCOMPARE(config->problems.size(), 2u);
    QVERIFY(q(toText(config->problems[0])).contains(u"bad:1"));
    QVERIFY(q(toText(config->problems[1])).contains(u"sub: is a directory"));
}

void tst_Kubeconfig::saysThatNothingIsThere()
{
    const test::Folder folder;
    auto environment = test::environmentOf({ { "KUBECONFIG", "one:two" } }, folder.path());
    const auto config = kube::loadKubeconfig("", environment);
    VERIFY_RESULT(config);
    QCOMPARE(config->problems.size(), 1u);
    QCOMPARE(q(config->problems[0].what), q("Config not found: " + folder.path("one") + ", " + folder.path("two")));
    const auto none = kube::loadKubeconfig("", test::environmentOf({}, folder.path()));
    VERIFY_RESULT(none);
    QVERIFY(none->problems.empty());
    const auto login = kube::resolveLogin(*none, "", test::environmentOf({}, folder.path()));
    QVERIFY(!login);
    QCOMPARE(q(login.error().what), q("No configuration has been provided"));
}

void tst_Kubeconfig::survivesBeingCut()
{
    const std::string text = std::string(small) + R"(
- {name: v, user: {exec: {command: "a\x41", env: [{name: N}]}, as-user-extra: {k: [v]}, client-key-data: "QUJD"}}
extensions: [{name: e, extension: &a {b: [1, *a]}}]
)";
    const test::Folder folder;
    int refused = 0;
    for (std::size_t size = 0; size <= text.size(); ++size) {
        const auto config = kube::loadKubeconfig(
            folder.write("config", std::string_view(text).substr(0, size)), test::environmentOf({}, folder.path()));
        refused += config ? 0 : 1;
    }
    QVERIFY(refused > 0 && refused < static_cast<int>(text.size()));
}

void tst_Kubeconfig::mergesAsKubectl_data()
{
    QTest::addColumn<QByteArray>("list");
    QTest::addRow("two files") << QByteArray("one:two");
    QTest::addRow("the other way round") << QByteArray("two:one");
    QTest::addRow("three with a missing and an empty one") << QByteArray("gone:three:none:one:two");
    QTest::addRow("in folders, twice") << QByteArray("sub/four:one:sub/four");
    QTest::addRow("JSON first") << QByteArray("json:one");
}

void tst_Kubeconfig::mergesAsKubectl()
{
    QFETCH(QByteArray, list);
    const QString kubectl = QStandardPaths::findExecutable(u"kubectl"_qs);
    if (kubectl.isEmpty())
        QSKIP("kubectl is not installed");
    const test::Folder folder;
    folder.write("none", "");
    folder.write("one", R"(
clusters: [{name: a, cluster: {server: "https://one", proxy-url: "http://p"}}, {name: b, cluster: {server: "https://b"}}]
users: [{name: u, user: {token: one}}]
contexts: [{name: x, context: {cluster: a, user: u}}]
)");
    folder.write("two", R"(
clusters: [{name: a, cluster: {server: "https://two", tls-server-name: t}}, {name: c, cluster: {certificate-authority: /abs/ca.crt}}]
users: [{name: u, user: {username: nn, password: p}}, {name: v, user: {tokenFile: /abs/token}}]
contexts: [{name: x, context: {cluster: c, user: v}}, {name: z, context: {cluster: b, user: u, namespace: nn}}]
current-context: z
)");
    folder.write("three",
        "current-context: x\nusers: [{name: v, user: {client-certificate: /abs/a.crt, client-key: /abs/a.key}}]\n");
    folder.write("sub/four",
        "clusters: [{name: a, cluster: {certificate-authority: /abs/ca, insecure-skip-tls-verify: true}}]\n");
    folder.write("json",
        R"({"kind":"Config","apiVersion":"v1","contexts":[{"name":"x","context":{"cluster":"j","user":"j"}}]})");
    std::string absolute;
    const std::string pieces = list.toStdString();
    for (const std::string_view piece : split(pieces, ':'))
        absolute += (absolute.empty() ? "" : ":") + folder.path(piece);

    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"KUBECONFIG"_qs, q(absolute));
    environment.insert(u"HOME"_qs, q(folder.path()));
    process.setProcessEnvironment(environment);
    process.start(kubectl, { u"config"_qs, u"view"_qs, u"--raw"_qs, u"-o"_qs, u"json"_qs });
    QVERIFY(process.waitForFinished());
    const QJsonObject expected = QJsonDocument::fromJson(process.readAllStandardOutput()).object();
    QVERIFY2(process.exitCode() == 0 && !expected.isEmpty(), process.readAllStandardError().constData());

    const auto config = kube::loadKubeconfig("", test::environmentOf({ { "KUBECONFIG", absolute } }, folder.path()));
    VERIFY_RESULT(config);
    const auto line = [](std::initializer_list<std::string_view> parts) {
        return QString::fromStdString(join(std::vector<std::string_view>(parts), "|"));
    };
    QStringList theirs;
    const auto add = [&](const QString& entries, const QString& member, std::initializer_list<const char*> keys) {
        for (const QJsonValue entry : expected[entries].toArray()) {
            QStringList parts { entries, entry[u"name"].toString() };
            for (const char* key : keys)
                parts << entry[member].toObject()[QString::fromLatin1(key)].toVariant().toString();
            theirs << parts.join(u'|');
        }
    };
    add(u"clusters"_qs, u"cluster"_qs,
        { "server", "certificate-authority", "proxy-url", "tls-server-name", "insecure-skip-tls-verify" });
    add(u"users"_qs, u"user"_qs, { "token", "tokenFile", "username", "client-certificate", "client-key" });
    add(u"contexts"_qs, u"context"_qs, { "cluster", "user", "namespace" });
    QStringList ours;
    for (const auto& c : config->clusters)
        ours << line({ "clusters", c.name, c.server, c.certificateAuthority, c.proxyUrl, c.tlsServerName,
            c.skipsTlsVerify ? "true" : "" });
    for (const auto& u : config->users)
        ours << line({ "users", u.name, u.token, u.tokenFile, u.username, u.clientCertificate, u.clientKey });
    for (const auto& c : config->contexts)
        ours << line({ "contexts", c.name, c.cluster, c.user, c.ns });
    theirs.sort(); // kubectl sorts by name
    ours.sort();
    QCOMPARE(ours, theirs);
    QCOMPARE(q(config->currentContext), expected[u"current-context"].toString());
}

QTEST_GUILESS_MAIN(tst_Kubeconfig)
#include "tst_Kubeconfig.moc"
