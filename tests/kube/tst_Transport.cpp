// SPDX-License-Identifier: Apache-2.0
#include <openssl/ssl.h>

#include "tests/kube/ApiSupport.h"
#include "tests/support/Support.h"

using namespace plimsoll;
using namespace plimsoll::test;
using kube::FailureReason;
using namespace Qt::StringLiterals;

namespace {

Answer versionAnswer()
{
    return { .body = R"({"gitVersion":"v1.36.1","platform":"linux/amd64"})" };
}

FaultServer versionServer(std::optional<Identity> identity = serverIdentity())
{
    return { { .identity = std::move(identity) }, [](const Seen&) { return versionAnswer(); } };
}

} // namespace

class TestTransport : public QObject {
    Q_OBJECT

private Q_SLOTS:
    // Pitfalls of TLS: what of the handshake is accepted, and in which words it is refused.
    void certificates_data()
    {
        QTest::addColumn<QString>("certificate");
        QTest::addColumn<QString>("setting");
        QTest::addColumn<QString>("problem"); // "" = accepted
        QTest::addRow("the cluster's authority") << "good"
                                                 << ""
                                                 << "";
        QTest::addRow("another authority") << "foreign"
                                           << ""
                                           << "not trusted";
        QTest::addRow("another authority, verification off") << "foreign"
                                                             << "skip"
                                                             << "";
        QTest::addRow("expired") << "expired"
                                 << ""
                                 << "expired on";
        QTest::addRow("not yet valid") << "future"
                                       << ""
                                       << "valid only from";
        QTest::addRow("no alternative names") << "nameless"
                                              << ""
                                              << "subject alternative name";
        QTest::addRow("another name") << "named"
                                      << ""
                                      << "name";
        QTest::addRow("another name, tls-server-name") << "named"
                                                       << "server name"
                                                       << "";
        QTest::addRow("wrong tls-server-name") << "good"
                                               << "wrong server name"
                                               << "name";
        QTest::addRow("authority in the folder of the system") << "foreign"
                                                               << "system folder"
                                                               << "";
        QTest::addRow("authority in the folder of the system, but another one named") << "foreign"
                                                                                      << "system folder and own"
                                                                                      << "not trusted";
        QTest::addRow("authority in the file of the system") << "foreign"
                                                             << "system file"
                                                             << "";
        QTest::addRow("authority in the file of the system, but another one named") << "foreign"
                                                                                    << "system file and own"
                                                                                    << "not trusted";
    }
    void certificates()
    {
        QFETCH(QString, certificate);
        QFETCH(QString, setting);
        QFETCH(QString, problem);
        const Authority foreign("foreign authority");
        const std::vector<std::string> names { "DNS:localhost", "IP:127.0.0.1" };
        Identity identity = serverIdentity();
        if (certificate == "foreign"_L1)
            identity = foreign.issue({ .alternativeNames = names });
        else if (certificate == "expired"_L1)
            identity = clusterAuthority().issue({ .alternativeNames = names, .notAfterSeconds = -60 });
        else if (certificate == "future"_L1)
            identity = clusterAuthority().issue({ .alternativeNames = names, .notBeforeSeconds = 600 });
        else if (certificate == "nameless"_L1)
            identity = clusterAuthority().issue({ .commonName = "127.0.0.1" });
        else if (certificate == "named"_L1)
            identity = clusterAuthority().issue({ .alternativeNames = { "DNS:inner.test" } });
        FaultServer server = versionServer(identity);
        kube::Login login = loginTo(server.url());
        const Folder folder;
        std::vector<std::pair<std::string, std::string>> variables;
        if (setting.startsWith("system"_L1)) {
            QVERIFY(foreign.writeInto(folder.path()));
            if (setting.contains("folder"_L1))
                variables.emplace_back("SSL_CERT_DIR", folder.path());
            else
                variables.emplace_back("SSL_CERT_FILE", folder.write("ca.pem", foreign.pem()));
            if (!setting.endsWith("own"_L1))
                login.certificateAuthorityPem.reset();
        }
        if (setting == "skip"_L1) {
            login.skipsTlsVerify = true;
            login.certificateAuthorityPem.reset();
        }
        if (setting == "server name"_L1)
            login.tlsServerName = "inner.test";
        if (setting == "wrong server name"_L1)
            login.tlsServerName = "other.test";

        Progress progress;
        const auto api = apiOf(login, quickOptions(variables), tokens({ "the-token" }));
        const auto version = api->version(progress);
        if (problem.isEmpty()) {
            QVERIFY2(version, version ? "" : version.error().message.c_str());
            QCOMPARE(server.seen().size(), 1u);
            QCOMPARE(server.seen()[0].header("Host"), "127.0.0.1:" + std::to_string(server.port()));
            QVERIFY(api->peer());
            QVERIFY(api->peer()->notAfter > 0);
            QCOMPARE(api->peer()->issuer,
                certificate == "foreign"_L1 ? std::string("CN=foreign authority")
                                            : std::string("CN=cluster authority"));
            if (setting == "server name"_L1)
                QCOMPARE(server.seen()[0].serverName, std::string("inner.test"));
            return;
        }
        QVERIFY(!version);
        QCOMPARE(kube::toText(version.error().reason), kube::toText(FailureReason::Tls));
        QVERIFY2(version.error().message.contains(problem.toStdString()), version.error().message.c_str());
        QVERIFY(!version.error().toError("test").advice.empty());
        QVERIFY(server.seen().empty()); // no credential went to a server that was not verified
    }

    void oldTlsIsRefused()
    {
        FaultServer server({ .identity = serverIdentity(), .maxTlsVersion = TLS1_1_VERSION },
            [](const Seen&) { return versionAnswer(); });
        Progress progress;
        const auto version = apiOf(loginTo(server.url()))->version(progress);
        QVERIFY(!version);
        QCOMPARE(kube::toText(version.error().reason), kube::toText(FailureReason::Tls));
    }

    void clientCertificateComesFromMemory()
    {
        const Authority clients("clients");
        FaultServer server({ .identity = serverIdentity(), .clientAuthority = clients.pem() },
            [](const Seen&) { return versionAnswer(); });
        const Identity me = clients.issue({ .commonName = "alice" });
        kube::Credential credential = tokenOf("beside");
        credential.clientCertificatePem = me.certificatePem;
        credential.clientKeyPem = me.keyPem;
        const auto api = apiOf(
            loginTo(server.url()), quickOptions(), std::make_shared<ScriptedCredentials>(std::vector { credential }));
        Progress progress;
        QVERIFY(api->version(progress));
        QCOMPARE(server.seen()[0].clientName, std::string("alice"));
        QCOMPARE(server.seen()[0].header("Authorization"), std::string("Bearer beside"));
    }

    void aReplacedAuthorityFileIsReadAgain()
    {
        FaultServer server = versionServer();
        const Folder folder;
        kube::Login login = loginTo(server.url());
        login.certificateAuthorityPem = Authority("former authority").pem();
        login.certificateAuthorityFile = folder.write("ca.crt", clusterAuthority().pem());
        Progress progress;
        QVERIFY(apiOf(login)->version(progress));
        folder.write("ca.crt", "");
        QVERIFY(!apiOf(login)->version(progress));
    }

    void credentialsGoOverTlsOnly_data()
    {
        QTest::addColumn<bool>("isSecure");
        QTest::addColumn<bool>("isBasic");
        QTest::addColumn<QString>("header");
        QTest::addRow("token over https") << true << false << "Bearer secret";
        QTest::addRow("token over http") << false << false << "";
        QTest::addRow("basic over https") << true << true << "Basic bWU6c2VjcmV0";
        QTest::addRow("basic over http") << false << true << "";
    }
    void credentialsGoOverTlsOnly()
    {
        QFETCH(bool, isSecure);
        QFETCH(bool, isBasic);
        QFETCH(QString, header);
        FaultServer server = versionServer(isSecure ? std::optional(serverIdentity()) : std::nullopt);
        kube::Credential credential;
        if (isBasic) {
            credential.basicUser = "me";
            credential.basicPassword = "secret";
        } else {
            credential.bearerToken = "secret";
        }
        const auto api = apiOf(
            loginTo(server.url()), quickOptions(), std::make_shared<ScriptedCredentials>(std::vector { credential }));
        Progress progress;
        QVERIFY(api->version(progress));
        QCOMPARE(q(server.seen()[0].header("Authorization")), header);
    }

    void impersonation()
    {
        FaultServer server = versionServer();
        kube::Login login = loginTo(server.url());
        login.impersonation = { .user = "jane",
            .uid = "u-1",
            .groups = { "dev", "ops" },
            .extra = { { "acme.com/project", { "a", "b" } }, { "empty", { "" } } } };
        Progress progress;
        QVERIFY(apiOf(login)->version(progress));
        const Seen seen = server.seen()[0];
        QCOMPARE(seen.header("Impersonate-User"), std::string("jane"));
        QCOMPARE(seen.header("Impersonate-Uid"), std::string("u-1"));
        QCOMPARE(seen.header("Impersonate-Group"), std::string("dev, ops"));
        QCOMPARE(seen.header("Impersonate-Extra-acme.com%2Fproject"), std::string("a, b"));
        QVERIFY(seen.has("Impersonate-Extra-empty"));
        // Left out, the request would have the rights of the administrator who impersonates.
        login.impersonation.user = "jane\r\nX: y";
        const auto made = kube::makeApi(login, nullptr, quickOptions());
        QVERIFY(!made);
        QCOMPARE(made.error().kind, ErrorKind::Usage);
    }

    void proxies_data()
    {
        QTest::addColumn<QString>("kind"); // of the proxy
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("noProxy");
        QTest::addColumn<QString>("asked"); // "" = the proxy was not used
        QTest::addRow("http, kubeconfig") << "http"
                                          << "kubeconfig"
                                          << ""
                                          << "CONNECT api.test:%1";
        QTest::addRow("socks, kubeconfig: the proxy resolves") << "socks"
                                                               << "kubeconfig"
                                                               << ""
                                                               << "name api.test:%1";
        QTest::addRow("http, HTTPS_PROXY") << "http"
                                           << "HTTPS_PROXY"
                                           << ""
                                           << "CONNECT api.test:%1";
        QTest::addRow("http, https_proxy") << "http"
                                           << "https_proxy"
                                           << ""
                                           << "CONNECT api.test:%1";
        QTest::addRow("socks, HTTPS_PROXY") << "socks"
                                            << "HTTPS_PROXY"
                                            << ""
                                            << "name api.test:%1";
        QTest::addRow("NO_PROXY") << "http"
                                  << "HTTPS_PROXY"
                                  << ".test"
                                  << "";
        QTest::addRow("NO_PROXY does not concern the kubeconfig") << "http"
                                                                  << "kubeconfig"
                                                                  << ".test"
                                                                  << "CONNECT api.test:%1";
        QTest::addRow("ALL_PROXY is none") << "http"
                                           << "ALL_PROXY"
                                           << ""
                                           << "";
    }
    void proxies()
    {
        QFETCH(QString, kind);
        QFETCH(QString, from);
        QFETCH(QString, noProxy);
        QFETCH(QString, asked);
        FaultServer server = versionServer();
        FaultProxy proxy(kind == "socks"_L1 ? FaultProxy::Kind::Socks5 : FaultProxy::Kind::HttpConnect, server.port());
        kube::Login login = loginTo(server.url("api.test"));
        std::vector<std::pair<std::string, std::string>> variables;
        if (from == "kubeconfig"_L1)
            login.proxyUrl = proxy.url();
        else
            variables.emplace_back(from.toStdString(), proxy.url());
        if (!noProxy.isEmpty())
            variables.emplace_back("NO_PROXY", noProxy.toStdString());
        // libcurl itself would ask the real environment.
        qputenv("https_proxy", "http://127.0.0.1:1");
        qputenv("ALL_PROXY", "http://127.0.0.1:1");
        Progress progress;
        const auto version = apiOf(login, quickOptions(variables))->version(progress);
        qunsetenv("https_proxy");
        qunsetenv("ALL_PROXY");
        if (asked.isEmpty()) {
            QVERIFY(!version); // the name does not exist here
            QCOMPARE(kube::toText(version.error().reason), kube::toText(FailureReason::Unreachable));
            QVERIFY(proxy.asked().empty());
            return;
        }
        QVERIFY2(version, version ? "" : version.error().message.c_str());
        QCOMPARE(proxy.asked(), std::vector { asked.arg(server.port()).toStdString() });
    }

    void loopbackIsNeverProxied()
    {
        FaultServer server = versionServer();
        FaultProxy proxy(FaultProxy::Kind::HttpConnect, server.port());
        qputenv("https_proxy", proxy.url().c_str());
        Progress progress;
        const auto version
            = apiOf(loginTo(server.url()), quickOptions({ { "HTTPS_PROXY", proxy.url() } }))->version(progress);
        qunsetenv("https_proxy");
        QVERIFY(version);
        QVERIFY(proxy.asked().empty());
    }

    void serverNameBehindAProxy()
    {
        FaultServer server = versionServer(clusterAuthority().issue({ .alternativeNames = { "DNS:inner.test" } }));
        FaultProxy proxy(FaultProxy::Kind::Socks5, server.port());
        kube::Login login = loginTo(server.url("api.test"));
        login.proxyUrl = proxy.url();
        login.tlsServerName = "inner.test";
        Progress progress;
        QVERIFY(apiOf(login)->version(progress));
        QCOMPARE(proxy.asked()[0], "name api.test:" + std::to_string(server.port()));
        QCOMPARE(server.seen()[0].serverName, std::string("inner.test"));
        QCOMPARE(server.seen()[0].header("Host"), "api.test:" + std::to_string(server.port()));
    }

    void aProxyThatRefuses()
    {
        FaultServer server = versionServer();
        FaultProxy proxy(FaultProxy::Kind::HttpConnect, server.port(), 407);
        kube::Login login = loginTo(server.url("api.test"));
        login.proxyUrl = proxy.url();
        Progress progress;
        const auto version = apiOf(login)->version(progress);
        QVERIFY(!version);
        QCOMPARE(kube::toText(version.error().reason), kube::toText(FailureReason::Unreachable));
        QVERIFY(version.error().message.contains("407"));
        QCOMPARE(proxy.asked().size(), 1u); // asking again would not help
    }

    void compression_data()
    {
        QTest::addColumn<QString>("host");
        QTest::addColumn<bool>("isDisabled");
        QTest::addColumn<bool>("isAsked");
        QTest::addRow("over a wire") << "api.test" << false << true;
        QTest::addRow("disable-compression") << "api.test" << true << false;
        QTest::addRow("loopback") << "localhost" << false << false;
    }
    void compression()
    {
        QFETCH(QString, host);
        QFETCH(bool, isDisabled);
        QFETCH(bool, isAsked);
        FaultServer server({ .identity = serverIdentity() }, [](const Seen& seen) {
            Answer out = versionAnswer();
            out.isGzip = seen.has("Accept-Encoding");
            return out;
        });
        FaultProxy proxy(FaultProxy::Kind::Socks5, server.port());
        kube::Login login = loginTo(server.url(host.toStdString()));
        login.proxyUrl = proxy.url();
        login.disablesCompression = isDisabled;
        Progress progress;
        const auto version = apiOf(login)->version(progress);
        QVERIFY2(version, version ? "" : version.error().message.c_str());
        QCOMPARE(version->gitVersion, std::string("v1.36.1"));
        QCOMPARE(server.seen()[0].has("Accept-Encoding"), isAsked);
    }

    void theServersPrefixStays()
    {
        FaultServer server = versionServer();
        Progress progress;
        QVERIFY(apiOf(loginTo(server.url() + "/k8s/clusters/c-1"))->version(progress));
        QCOMPARE(server.seen()[0].target, std::string("/k8s/clusters/c-1/version"));
    }

    void noRedirectsNoCookies()
    {
        FaultServer other = versionServer();
        FaultServer server({ .identity = serverIdentity() }, [&](const Seen&) {
            return Answer { .status = 302, .headers = { { "Location", other.url() }, { "Set-Cookie", "a=b" } } };
        });
        const auto api = apiOf(loginTo(server.url()), quickOptions(), tokens({ "t" }));
        Progress progress;
        QVERIFY(!api->version(progress));
        QVERIFY(!api->version(progress));
        QVERIFY(other.seen().empty());
        QCOMPARE(server.seen().size(), 2u);
        QVERIFY(!server.seen()[1].has("Cookie"));
    }

    void unreachable_data()
    {
        QTest::addColumn<QString>("server");
        QTest::addRow("refused") << "https://127.0.0.1:1";
        QTest::addRow("no such name") << "https://no-such-host.invalid:6443";
    }
    void unreachable()
    {
        QFETCH(QString, server);
        Progress progress;
        QElapsedTimer clock;
        clock.start();
        const auto version = apiOf(loginTo(server.toStdString()))->version(progress);
        QVERIFY(!version);
        QCOMPARE(kube::toText(version.error().reason), kube::toText(FailureReason::Unreachable));
        QVERIFY(version.error().toError("x").advice.contains("network"));
    }

    void unusableAddresses_data()
    {
        QTest::addColumn<QString>("server");
        QTest::addColumn<QString>("proxy");
        QTest::addRow("file") << "file:///etc/passwd"
                              << "";
        QTest::addRow("ftp proxy") << "https://api.test"
                                   << "ftp://proxy.test";
    }
    void unusableAddresses()
    {
        QFETCH(QString, server);
        QFETCH(QString, proxy);
        kube::Login login = loginTo(server.toStdString());
        login.proxyUrl = proxy.toStdString();
        const auto made = kube::makeApi(login, nullptr, quickOptions());
        QVERIFY(!made);
        QCOMPARE(made.error().kind, ErrorKind::Usage);
    }

    void aStallTimesOut()
    {
        FaultServer server({ .identity = serverIdentity() }, [](const Seen&) {
            Answer out = versionAnswer();
            out.delayMs = 20'000;
            return out;
        });
        kube::ApiOptions options = quickOptions();
        options.stallTimeoutSeconds = 1;
        Progress progress;
        QElapsedTimer clock;
        clock.start();
        const auto version = apiOf(loginTo(server.url()), options)->version(progress);
        QVERIFY(!version);
        QCOMPARE(kube::toText(version.error().reason), kube::toText(FailureReason::Timeout));
        QVERIFY(clock.elapsed() < 6000);
    }

    void answersThatAreTooLarge()
    {
        FaultServer server({ .identity = serverIdentity() }, [](const Seen&) {
            Answer out;
            out.generator = [](std::string& piece) {
                piece.assign(65536, ' ');
                return true;
            };
            return out;
        });
        Progress progress;
        const auto version = apiOf(loginTo(server.url()))->version(progress);
        QVERIFY(!version);
        QCOMPARE(kube::toText(version.error().reason), kube::toText(FailureReason::Malformed));
    }
};

QTEST_GUILESS_MAIN(TestTransport)
#include "tst_Transport.moc"
