// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/base/Text.h"
#include "core/kube/detail/KubeconfigInput.h"
#include "tests/kube/KubeFiles.h"
#include "tests/support/Support.h"

using namespace plimsoll;
using test::q;

// What a context says, complete and valid, or everything that is wrong with it.
class tst_Login : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void namesAllFaults_data();
    void namesAllFaults();
    void readsServers_data();
    void readsServers();
    void tellsHowItProvesItself_data();
    void tellsHowItProvesItself();
    void warns_data();
    void warns();
    void readsAuthorities();
    void takesThePodsServiceAccount();
    void keepsUserInfoOutOfUrls();

private:
    // Replaces CA, CERT, KEY (base64) and DIR in a template.
    std::string filled(const QByteArray& text, const test::Folder& folder) const;
    Result<kube::Login> resolve(
        const QByteArray& text, const test::Folder& folder, const std::string& context = {}) const;

    test::KeyPair m_pair;
};

void tst_Login::initTestCase()
{
    m_pair = test::makeKeyPair();
}

std::string tst_Login::filled(const QByteArray& text, const test::Folder& folder) const
{
    QByteArray copy = text;
    copy.replace("@CERT@", QByteArray::fromStdString(test::base64(m_pair.certificate)));
    copy.replace("@KEY@", QByteArray::fromStdString(test::base64(m_pair.key)));
    copy.replace("@DIR@", QByteArray::fromStdString(folder.path()));
    return copy.toStdString();
}

Result<kube::Login> tst_Login::resolve(
    const QByteArray& text, const test::Folder& folder, const std::string& context) const
{
    const auto environment = test::environmentOf({}, folder.path());
    const auto config = kube::loadKubeconfig(folder.write("kube/config", filled(text, folder)), environment);
    if (!config)
        return std::unexpected(config.error());
    return kube::resolveLogin(*config, context, environment);
}

void tst_Login::namesAllFaults_data()
{
    QTest::addColumn<QByteArray>("cluster");
    QTest::addColumn<QByteArray>("user");
    QTest::addColumn<QByteArray>("fault"); // "" = none
    const auto cluster = [](const char* name, const char* text, const char* fault) {
        QTest::addRow("%s", name) << QByteArray(text) << QByteArray("{token: hunter2}") << QByteArray(fault);
    };
    const auto user = [](const char* name, const char* text, const char* fault) {
        QTest::addRow("%s", name) << QByteArray("{server: 'https://c'}") << QByteArray(text) << QByteArray(fault);
    };
    cluster("a good cluster", "{server: 'https://c:6443'}", "");
    cluster("no server", "{tls-server-name: x}", "no server found for cluster \"c\"");
    cluster("an authority twice",
        "{server: 'https://c', certificate-authority: ca.crt, certificate-authority-data: @CERT@}",
        "certificate-authority-data and certificate-authority are both specified for c. certificate-authority-data "
        "will override.");
    cluster("an authority that is not there", "{server: 'https://c', certificate-authority: gone}",
        "unable to read certificate-authority @DIR@/kube/gone for c due to open @DIR@/kube/gone: no such file or "
        "directory");
    cluster("an authority that is a folder", "{server: 'https://c', certificate-authority: .}", "is a directory");
    cluster("an authority that never ends", "{server: 'https://c', certificate-authority: /dev/zero}",
        "is not a regular file");
    cluster("an authority and insecure",
        "{server: 'https://c', certificate-authority-data: @CERT@, insecure-skip-tls-verify: true}",
        "specifying a root certificates file with the insecure flag is not allowed");
    cluster("an authority without a certificate", "{server: 'https://c', certificate-authority-data: aHVudGVyMg==}",
        "Unable to load root certificates");
    cluster("a proxy of another kind", "{server: 'https://c', proxy-url: 'ftp://p'}",
        "invalid 'proxy-url' \"ftp://p\" for cluster \"c\": unsupported scheme \"ftp\", must be http, https, or "
        "socks5");
    cluster(
        "a proxy of curl's kind", "{server: 'https://c', proxy-url: 'socks5h://p'}", "unsupported scheme \"socks5h\"");
    cluster("a proxy without scheme", "{server: 'https://c', proxy-url: 'p:3128'}", "invalid 'proxy-url' \"p:3128\"");
    cluster("a proxy with a password", "{server: 'https://c', proxy-url: 'ftp://me:hunter2@p'}",
        "invalid 'proxy-url' \"ftp://p\"");
    cluster("a server of another kind", "{server: 'ftp://c'}", "unsupported protocol scheme \"ftp\"");
    cluster("a host with a path", "{server: 'c:6443/x'}", "host must be a URL or a host:port pair: \"c:6443/x\"");
    cluster("a port that is none", "{server: 'https://c:99999'}", "invalid port after host");
    cluster("a host with a new line", "{server: \"https://c\\nHost: d\"}", "control character in URL");

    user("nobody", "{}", "");
    user("token and basic", "{token: hunter2, username: n0, password: hunter2}",
        "more than one authentication method found for u; found [token basicAuth], only one is allowed");
    user("a token file is not counted", "{tokenFile: t, username: n0, password: hunter2}", "");
    user("token and certificate", "{token: hunter2, client-certificate-data: @CERT@, client-key-data: @KEY@}", "");
    user("a certificate without key", "{client-certificate-data: @CERT@}",
        "client-key-data or client-key must be specified for u to use the clientCert authentication method.");
    user("a certificate twice", "{client-certificate: cert, client-certificate-data: @CERT@, client-key-data: @KEY@}",
        "client-cert-data and client-cert are both specified for u. client-cert-data will override.");
    user("a key twice", "{client-certificate: cert, client-key: key, client-key-data: @KEY@}",
        "client-key-data and client-key are both specified for u; client-key-data will override");
    user("files that are not there", "{client-certificate: gone.crt, client-key: gone.key}",
        "[unable to read client-cert @DIR@/kube/gone.crt for u due to open @DIR@/kube/gone.crt: no such file or "
        "directory, "
        "unable to read client-key @DIR@/kube/gone.key for u due to open @DIR@/kube/gone.key: no such file or "
        "directory]");
    user("a plugin and a provider",
        "{auth-provider: {name: oidc}, exec: {command: x, apiVersion: client.authentication.k8s.io/v1, "
        "interactiveMode: Never}}",
        "authProvider cannot be provided in combination with an exec plugin for u");
    user("a plugin without anything", "{exec: {env: [{value: v}]}}",
        "[command must be specified for u to use exec authentication plugin, apiVersion must be specified for u to use "
        "exec "
        "authentication plugin, env variable name must be specified for u to use exec authentication plugin, "
        "interactiveMode must "
        "be specified for u to use exec authentication plugin]");
    user("v1 says how it asks", "{exec: {command: x, apiVersion: client.authentication.k8s.io/v1}}",
        "interactiveMode must be specified for u to use exec authentication plugin");
    user("v1beta1 need not", "{exec: {command: x, apiVersion: client.authentication.k8s.io/v1beta1}}", "");
    user("an unknown way to ask",
        "{exec: {command: x, apiVersion: client.authentication.k8s.io/v1, interactiveMode: Maybe}}",
        "invalid interactiveMode for u: \"Maybe\"");
    user("impersonation", "{as: root, as-groups: [g], as-uid: '1', as-user-extra: {k: [v]}}", "");
    for (const char* what : { "as-groups: [g]", "as-uid: '1'", "as-user-extra: {k: [v]}" })
        user(what, ('{' + QByteArray(what) + '}').constData(),
            "requesting uid, groups or user-extra for u without impersonating a user");
    user("gcp", "{auth-provider: {name: gcp}}",
        "The gcp auth plugin has been removed: user \"u\": Install gke-gcloud-auth-plugin");
    user("azure", "{auth-provider: {name: azure}}",
        "The azure auth plugin has been removed: user \"u\": Install kubelogin");
    user("a provider nobody knows", "{auth-provider: {name: \"x\\u001b\"}}",
        "No auth provider found for name \"x\\x1b\"");
    user("a provider nobody needs", "{token: hunter2, auth-provider: {name: gcp}}", "");
    QTest::addRow("faults of both") << QByteArray("{}") << QByteArray("{as-uid: '1'}")
                                    << QByteArray(
                                           "Invalid configuration: [requesting uid, groups or user-extra for u without "
                                           "impersonating a user, no server found for cluster \"c\"]");
}

void tst_Login::namesAllFaults()
{
    QFETCH(QByteArray, cluster);
    QFETCH(QByteArray, user);
    QFETCH(QByteArray, fault);
    const test::Folder folder;
    folder.write("kube/ca.crt", m_pair.certificate);
    folder.write("kube/cert", m_pair.certificate);
    folder.write("kube/key", m_pair.key);
    const auto login = resolve("clusters: [{name: c, cluster: " + cluster + "}]\nusers: [{name: u, user: " + user
            + "}]\ncontexts: [{name: x, context: {cluster: c, user: u}}]\ncurrent-context: x\n",
        folder);
    if (fault.isEmpty()) {
        VERIFY_RESULT(login);
        return;
    }
    QVERIFY(!login);
    const QString shown = q(toText(login.error()));
    QVERIFY2(shown.contains(q(filled(fault, folder))), qPrintable(shown));
    QVERIFY2(!shown.contains(u"hunter2"), qPrintable(shown));
}

void tst_Login::readsServers_data()
{
    QTest::addColumn<QByteArray>("context");
    QTest::addColumn<QByteArray>("expected"); // server and namespace, or the error
    const auto row = [](const char* name, const char* context, const char* expected) {
        QTest::addRow("%s", name) << QByteArray(context) << QByteArray(expected);
    };
    row("the current one", "", "https://plain:6443 default");
    row("another", "prefix", "https://rancher/k8s/clusters/c-1 team-a");
    row("query and fragment are dropped", "query", "https://q/p default");
    row("a host and port", "hostport", "http://host:8080 default");
    row("a host and port, insecure", "insecure", "https://host:8443 default");
    row("a host and port with authority", "authority", "https://10.0.0.1:6443 default");
    row("IPv6", "v6", "https://[fd00::1]:6443 default");
    row("upper case scheme", "upper", "https://H default");
    row("without a user", "anonymous", "https://plain:6443 default");
    row("no such context", "gone", "Context \"gone\" does not exist");
    row("no such cluster", "nocluster",
        "Invalid configuration: cluster \"gone\" was not found for context \"nocluster\"");
    row("no such user", "nouser", "Invalid configuration: user \"gone\" was not found for context \"nouser\"");
    row("no cluster said", "bare", "Invalid configuration: cluster was not specified for context \"bare\"");
    row("a namespace that is none", "badns",
        "Invalid configuration: namespace \"A_b\" for context \"badns\" does not conform to the kubernetes DNS_LABEL "
        "rules");
}

void tst_Login::readsServers()
{
    QFETCH(QByteArray, context);
    QFETCH(QByteArray, expected);
    const test::Folder folder;
    const auto login = resolve(R"(
clusters:
- {name: plain, cluster: {server: "https://plain:6443/"}}
- {name: prefix, cluster: {server: "https://rancher/k8s/clusters/c-1/"}}
- {name: query, cluster: {server: "https://q/p?a=b#c"}}
- {name: hostport, cluster: {server: "host:8080"}}
- {name: insecure, cluster: {server: "host:8443", insecure-skip-tls-verify: true}}
- {name: authority, cluster: {server: "10.0.0.1:6443", certificate-authority-data: @CERT@}}
- {name: v6, cluster: {server: "https://[fd00::1]:6443"}}
- {name: upper, cluster: {server: "HTTPS://H"}}
users: [{name: u, user: {token: t}}]
contexts:
- {name: plain, context: {cluster: plain, user: u}}
- {name: prefix, context: {cluster: prefix, user: u, namespace: team-a}}
- {name: query, context: {cluster: query, user: u}}
- {name: hostport, context: {cluster: hostport, user: u}}
- {name: insecure, context: {cluster: insecure, user: u}}
- {name: authority, context: {cluster: authority, user: u}}
- {name: v6, context: {cluster: v6, user: u}}
- {name: upper, context: {cluster: upper, user: u}}
- {name: anonymous, context: {cluster: plain}}
- {name: nocluster, context: {cluster: gone, user: u}}
- {name: nouser, context: {cluster: plain, user: gone}}
- {name: bare, context: {user: u}}
- {name: badns, context: {cluster: plain, user: u, namespace: A_b}}
current-context: plain
)",
        folder, context.toStdString());
    QCOMPARE(q(login ? login->server + ' ' + login->ns : login.error().what), q(expected.toStdString()));
}

void tst_Login::tellsHowItProvesItself_data()
{
    QTest::addColumn<QByteArray>("user");
    QTest::addColumn<QByteArray>("kind");
    const auto row = [](const char* name, const char* user, const char* kind) {
        QTest::addRow("%s", name) << QByteArray(user) << QByteArray(kind);
    };
    const char* exec = "exec: {command: x, apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never}";
    const auto with = [&](const char* before) { return '{' + QByteArray(before) + exec + '}'; };
    row("nothing", "{}", "none");
    row("a token", "{token: t}", "token");
    row("a token and its file", "{token: t, tokenFile: f}", "token file");
    row("a password", "{username: a, password: b}", "user name and password");
    row("a certificate", "{client-certificate-data: @CERT@, client-key-data: @KEY@}", "client certificate");
    row("a certificate beats a token", "{token: t, client-certificate-data: @CERT@, client-key-data: @KEY@}",
        "client certificate");
    row("a plugin", with("").constData(), "exec plugin");
    row("a token beats a plugin", with("token: t, ").constData(), "token");
    row("a password beats a plugin", with("username: a, ").constData(), "user name and password");
    row("a certificate beats a plugin", with("client-certificate-data: @CERT@, client-key-data: @KEY@, ").constData(),
        "client certificate");
    row("OpenID Connect", "{auth-provider: {name: oidc}}", "OpenID Connect");
    row("a token beats OpenID Connect", "{token: t, auth-provider: {name: oidc}}", "token");
}

void tst_Login::tellsHowItProvesItself()
{
    QFETCH(QByteArray, user);
    QFETCH(QByteArray, kind);
    const test::Folder folder;
    const auto login = resolve("clusters: [{name: c, cluster: {server: 'https://c'}}]\nusers: [{name: u, user: " + user
            + "}]\ncontexts: [{name: x, context: {cluster: c, user: u}}]\ncurrent-context: x\n",
        folder);
    VERIFY_RESULT(login);
    QCOMPARE(q(toText(login->auth)), q(kind.toStdString()));
}

void tst_Login::warns_data()
{
    QTest::addColumn<QByteArray>("cluster");
    QTest::addColumn<QByteArray>("user");
    QTest::addColumn<QByteArray>("warning"); // "" = none
    const auto row = [](const char* name, const char* cluster, const char* user, const char* warning) {
        QTest::addRow("%s", name) << QByteArray(cluster) << QByteArray(user) << QByteArray(warning);
    };
    const char* good = "{server: 'https://c'}";
    row("nothing to warn of", good, "{tokenFile: sub/token}", "");
    row("insecure", "{server: 'https://c', insecure-skip-tls-verify: true}", "{}", "identity is not verified");
    row("http with a token", "{server: 'http://c'}", "{token: t}", "credentials are not sent over it");
    row("a token file elsewhere", good, "{tokenFile: /etc/passwd}",
        "The token file lies outside the folder of its kubeconfig: /etc/passwd");
    row("a token file above", good, "{tokenFile: ../token}", "The token file lies outside");
    row("a token file beside with like name", good, "{tokenFile: ../kube2/token}", "The token file lies outside");
    row("a link that leads out", good, "{tokenFile: link}", "The token file lies outside");
    row("a certificate elsewhere", good, "{client-certificate: ../cert, client-key-data: @KEY@}",
        "The client certificate lies outside");
    row("a key elsewhere", good, "{client-certificate-data: @CERT@, client-key: ../key}",
        "The client key lies outside");
}

void tst_Login::warns()
{
    QFETCH(QByteArray, cluster);
    QFETCH(QByteArray, user);
    QFETCH(QByteArray, warning);
    const test::Folder folder;
    folder.write("cert", m_pair.certificate);
    folder.write("key", m_pair.key);
    folder.write("kube/config", "");
    QVERIFY(QFile::link(QString::fromStdString(folder.path("key")), QString::fromStdString(folder.path("kube/link"))));
    const auto login = resolve("clusters: [{name: c, cluster: " + cluster + "}]\nusers: [{name: u, user: " + user
            + "}]\ncontexts: [{name: x, context: {cluster: c, user: u}}]\ncurrent-context: x\n",
        folder);
    VERIFY_RESULT(login);
    const QString shown = q(join(login->warnings, "\n"));
    QCOMPARE(login->warnings.empty(), warning.isEmpty());
    QVERIFY2(shown.contains(q(warning.toStdString())), qPrintable(shown));
}

void tst_Login::readsAuthorities()
{
    const test::Folder folder;
    folder.write("kube/ca.crt", m_pair.certificate);
    folder.write("kube/empty.crt", "");
    const QByteArray text = R"(
clusters:
- {name: system, cluster: {server: "https://c"}}
- {name: file, cluster: {server: "https://c", certificate-authority: ca.crt}}
- {name: data, cluster: {server: "https://c", certificate-authority-data: @CERT@}}
- {name: empty, cluster: {server: "https://c", certificate-authority: empty.crt}}
contexts:
- {name: system, context: {cluster: system}}
- {name: file, context: {cluster: file}}
- {name: data, context: {cluster: data}}
- {name: empty, context: {cluster: empty}}
)";
    const auto system = resolve(text, folder, "system");
    VERIFY_RESULT(system);
    QVERIFY(!system->certificateAuthorityPem);
    const auto file = resolve(text, folder, "file");
    VERIFY_RESULT(file);
    QCOMPARE(q(file->certificateAuthorityPem.value_or("")), q(m_pair.certificate));
    QCOMPARE(q(file->certificateAuthorityFile), q(folder.path("kube/ca.crt")));
    const auto data = resolve(text, folder, "data");
    VERIFY_RESULT(data);
    QCOMPARE(q(data->certificateAuthorityPem.value_or("")), q(m_pair.certificate));
    QCOMPARE(q(data->certificateAuthorityFile), q(""));
    const auto empty = resolve(text, folder, "empty");
    VERIFY_RESULT(empty);
    QVERIFY(empty->certificateAuthorityPem && empty->certificateAuthorityPem->empty());
}

void tst_Login::takesThePodsServiceAccount()
{
    const test::Folder folder;
    const std::string account = "var/run/secrets/kubernetes.io/serviceaccount/";
    const auto environment = test::environmentOf(
        { { "KUBERNETES_SERVICE_HOST", "fd00::1" }, { "KUBERNETES_SERVICE_PORT", "443" } }, folder.path());
    const auto without = kube::detail::inClusterLogin(test::environmentOf({}, folder.path()), folder.path());
    QVERIFY(!without && without.error().kind == ErrorKind::NotFound);
    const auto noToken = kube::detail::inClusterLogin(environment, folder.path());
    QVERIFY(!noToken && noToken.error().kind == ErrorKind::NotFound);
    folder.write(account + "token", "tok\n");
    const auto noAuthority = kube::detail::inClusterLogin(environment, folder.path());
    VERIFY_RESULT(noAuthority);
    QCOMPARE(noAuthority->warnings.size(), 1u);
    folder.write(account + "ca.crt", m_pair.certificate);
    folder.write(account + "namespace", "kube-audit");
    const auto login = kube::detail::inClusterLogin(environment, folder.path());
    VERIFY_RESULT(login);
    QCOMPARE(q(login->server + ' ' + login->ns), q("https://[fd00::1]:443 kube-audit"));
    QVERIFY(login->certificateAuthorityPem && login->warnings.empty());
    QCOMPARE(login->auth, kube::AuthKind::InCluster);
}

void tst_Login::keepsUserInfoOutOfUrls()
{
    const test::Folder folder;
    const auto login = resolve("clusters: [{name: c, cluster: {server: 'https://me:hunter%32@c:1'}}]\n"
                               "contexts: [{name: x, context: {cluster: c}}]\ncurrent-context: x\n",
        folder);
    VERIFY_RESULT(login);
    QCOMPARE(q(login->server), q("https://c:1"));
    QCOMPARE(login->auth, kube::AuthKind::Basic);
    QCOMPARE(q(login->user.username + '/' + login->user.password), q("me/hunter2"));
    QVERIFY(!q(join(login->warnings, "")).contains(u"hunter"));
}

QTEST_GUILESS_MAIN(tst_Login)
#include "tst_Login.moc"
