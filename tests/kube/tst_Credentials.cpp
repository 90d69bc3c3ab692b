// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <thread>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/Text.h"
#include "core/kube/detail/ExecCredentials.h"
#include "core/kube/detail/KubeconfigInput.h"
#include "tests/kube/KubeFiles.h"
#include "tests/support/Support.h"

using namespace plimsoll;
using test::q;

// Credentials of files and of OpenID Connect.
class tst_Credentials : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void givesWhatTheUserHas_data();
    void givesWhatTheUserHas();
    void sendsNothingOverHttp();
    void readsTokenFilesAgain();
    void refusesFiles_data();
    void refusesFiles();
    void readsCertificatesAgain();
    void checksIdTokens_data();
    void checksIdTokens();
    void renewsIdTokens_data();
    void renewsIdTokens();
    void keepsTheNewRefreshToken();
    void goesToTheProviderOnlyOverTls_data();
    void goesToTheProviderOnlyOverTls();
    void talksToAProvider();
    void leavesAProviderWhenCancelled();

private:
    kube::Login login() const;
    kube::Login oidcLogin(const std::string& idToken) const;
    Result<std::shared_ptr<kube::Credentials>> make(
        const kube::Login& login, kube::detail::OidcTransport transport = {});

    std::unique_ptr<test::Folder> m_folder;
    UnixSeconds m_now = 0;
    std::vector<std::string> m_lines;
};

namespace {

std::string base64Url(const std::string& text)
{
    return QByteArray::fromStdString(text)
        .toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals)
        .toStdString();
}

std::string jwt(const std::string& claims)
{
    return base64Url(R"({"alg":"none"})") + '.' + base64Url(claims) + ".signature";
}

std::string jwtUntil(UnixSeconds time)
{
    return jwt(R"({"exp":)" + std::to_string(time) + '}');
}

// An HTTP server on the loopback that gives each connection one answer; an empty answer is silence.
class Server {
public:
    explicit Server(std::vector<std::string> bodies)
        : m_bodies(std::move(bodies))
        , m_socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
    {
        sockaddr_in address = {};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof(address);
        if (::bind(m_socket, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(m_socket, 8) != 0
            || ::getsockname(m_socket, reinterpret_cast<sockaddr*>(&address), &size) != 0)
            qFatal("no server on the loopback");
        m_port = ntohs(address.sin_port);
        m_thread = std::jthread([this] { serve(); });
    }
    ~Server()
    {
        ::shutdown(m_socket, SHUT_RDWR);
        m_thread.join();
        ::close(m_socket);
    }
    std::string url() const { return "http://127.0.0.1:" + std::to_string(m_port); }
    std::vector<std::string> requests;
    std::atomic<int> connections = 0;

private:
    void serve()
    {
        for (std::string body : m_bodies) {
            const int connection = ::accept(m_socket, nullptr, nullptr);
            if (connection < 0)
                return;
            ++connections;
            std::string request;
            char buffer[4096];
            const auto isWhole = [&] {
                const std::size_t end = request.find("\r\n\r\n");
                const std::size_t length = request.find("Content-Length: ");
                const std::size_t wanted
                    = length == std::string::npos ? 0 : std::strtoul(request.c_str() + length + 16, nullptr, 10);
                return end != std::string::npos && request.size() >= end + 4 + wanted;
            };
            for (ssize_t size = 1; size > 0 && (!isWhole() || body.empty());) {
                size = ::read(connection, buffer, sizeof(buffer));
                request.append(buffer, static_cast<std::size_t>(size > 0 ? size : 0));
            }
            requests.push_back(request);
            if (const std::size_t at = body.find("SELF"); at != std::string::npos)
                body.replace(at, 4, url());
            const std::string reply = "HTTP/1.1 " + std::string(body.starts_with("401") ? "401 No" : "200 OK")
                + "\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
            (void)!::write(connection, reply.data(), reply.size());
            ::close(connection);
        }
    }

    std::vector<std::string> m_bodies;
    int m_socket;
    int m_port = 0;
    std::jthread m_thread;
};

} // namespace

void tst_Credentials::init()
{
    m_folder = std::make_unique<test::Folder>();
    m_now = 1'800'000'000;
    m_lines.clear();
}

kube::Login tst_Credentials::login() const
{
    kube::Login login;
    login.server = "https://c:6443";
    login.userName = "u";
    login.auth = kube::AuthKind::Token;
    return login;
}

kube::Login tst_Credentials::oidcLogin(const std::string& idToken) const
{
    kube::Login given = login();
    given.auth = kube::AuthKind::Oidc;
    kube::OidcProvider provider;
    provider.issuerUrl = "https://idp/realm/";
    provider.clientId = "kube";
    provider.clientSecret = "s&c ret";
    provider.idToken = idToken;
    provider.refreshToken = "refresh+1";
    given.user.oidc = provider;
    return given;
}

Result<std::shared_ptr<kube::Credentials>> tst_Credentials::make(
    const kube::Login& login, kube::detail::OidcTransport transport)
{
    kube::CredentialOptions options;
    options.environment = test::environmentOf({}, m_folder->path());
    options.output = [this](std::string_view line) { m_lines.emplace_back(line); };
    return kube::detail::makeCredentials(login, std::move(options), { [this] { return m_now; }, std::move(transport) });
}

void tst_Credentials::givesWhatTheUserHas_data()
{
    QTest::addColumn<QByteArray>("token");
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<bool>("isBasic");
    QTest::addColumn<bool>("isCertificate");
    QTest::addColumn<QByteArray>("bearer");
    const auto row = [](const char* name, const char* token, const char* file, bool isBasic, bool isCertificate,
                         const char* bearer) {
        QTest::addRow("%s", name) << QByteArray(token) << QByteArray(file) << isBasic << isCertificate
                                  << QByteArray(bearer);
    };
    row("nothing", "", "", false, false, "");
    row("a token", "t", "", false, false, "t");
    row("a token file, trimmed", "", " f\n", false, false, "f");
    row("the file before the token", "t", "f", false, false, "f");
    row("the token when the file is empty", "t", " \n", false, false, "t");
    row("a password", "", "", true, false, "");
    row("a certificate", "", "", false, true, "");
    row("a certificate and a token", "t", "", false, true, "t");
}

void tst_Credentials::givesWhatTheUserHas()
{
    QFETCH(QByteArray, token);
    QFETCH(QByteArray, file);
    QFETCH(bool, isBasic);
    QFETCH(bool, isCertificate);
    QFETCH(QByteArray, bearer);
    const test::KeyPair pair = test::makeKeyPair();
    kube::Login given = login();
    given.user.token = token.toStdString();
    if (!file.isEmpty())
        given.user.tokenFile = m_folder->write("token", file.toStdString());
    given.user.username = isBasic ? "n" : "";
    given.user.password = isBasic ? "p" : "";
    given.user.clientCertificateData = isCertificate ? pair.certificate : "";
    given.user.clientKey = isCertificate ? m_folder->write("key", pair.key) : "";
    const auto made = make(given);
    VERIFY_RESULT(made);
    Progress progress;
    const auto credential = (*made)->get(progress);
    VERIFY_RESULT(credential);
    QCOMPARE(q(credential->bearerToken), q(bearer.toStdString()));
    QCOMPARE(q(credential->basicUser + credential->basicPassword), q(isBasic ? "np" : ""));
    QCOMPARE(q(credential->clientCertificatePem), q(isCertificate ? pair.certificate : ""));
    QCOMPARE(q(credential->clientKeyPem), q(isCertificate ? pair.key : ""));
}

void tst_Credentials::sendsNothingOverHttp()
{
    kube::Login given = login();
    given.server = "http://c";
    given.user.token = "t";
    given.user.tokenFile = "/nowhere";
    const auto made = make(given);
    VERIFY_RESULT(made);
    Progress progress;
    const auto credential = (*made)->get(progress);
    VERIFY_RESULT(credential);
    QVERIFY(*credential == kube::Credential());
}

void tst_Credentials::readsTokenFilesAgain()
{
    kube::Login given = login();
    given.user.tokenFile = m_folder->write("token", "one");
    const auto made = make(given);
    VERIFY_RESULT(made);
    QVERIFY((*made)->canRenew());
    Progress progress;
    const auto token = [&] { return q((*made)->get(progress)->bearerToken); };
    m_folder->write("token", "two");
    m_now += 49;
    QCOMPARE(token(), q("one"));
    m_now += 1;
    QCOMPARE(token(), q("two"));
    m_folder->write("token", "three");
    kube::Credential used;
    used.bearerToken = "two";
    (*made)->rejected(used);
    QCOMPARE(token(), q("three"));
    QVERIFY(QFile::remove(q(m_folder->path("token"))));
    m_now += 1000;
    QCOMPARE(token(), q("three")); // the last good one
}

void tst_Credentials::refusesFiles_data()
{
    QTest::addColumn<QByteArray>("what");
    QTest::addColumn<QByteArray>("message");
    const auto row = [](const char* what, const char* message) {
        QTest::addRow("%s", what) << QByteArray(what) << QByteArray(message);
    };
    row("a token file that is missing", "no such file or directory");
    row("a token file that is empty", "Read empty token from file");
    row("a token file that never ends", "is not a regular file");
    row("a key of another certificate", "the client key does not belong to the client certificate");
    row("a key with a passphrase", "the client key is protected by a passphrase");
    row("a key that is none", "no PEM private key can be read");
    row("a certificate that is none", "no PEM certificate can be read");
}

void tst_Credentials::refusesFiles()
{
    QFETCH(QByteArray, what);
    QFETCH(QByteArray, message);
    const test::KeyPair pair = test::makeKeyPair();
    kube::Login given = login();
    given.user.clientCertificateData = pair.certificate;
    given.user.clientKeyData = pair.key;
    if (what == "a token file that is missing")
        given.user.tokenFile = m_folder->path("gone");
    else if (what == "a token file that is empty")
        given.user.tokenFile = m_folder->write("token", " \n");
    else if (what == "a token file that never ends")
        given.user.tokenFile = "/dev/zero";
    else if (what == "a key of another certificate")
        given.user.clientKeyData = test::makeKeyPair().key;
    else if (what == "a key with a passphrase")
        given.user.clientKeyData = test::makeKeyPair("hunter2").key;
    else if (what == "a key that is none")
        given.user.clientKeyData = "hunter2";
    else
        given.user.clientCertificateData = "hunter2";
    const auto made = make(given);
    QVERIFY(!made);
    const QString shown = q(toText(made.error()));
    QVERIFY2(shown.contains(q(message.toStdString())), qPrintable(shown));
    QVERIFY2(!shown.contains(u"hunter2"), qPrintable(shown));
}

void tst_Credentials::readsCertificatesAgain()
{
    const test::KeyPair first = test::makeKeyPair();
    const test::KeyPair second = test::makeKeyPair();
    kube::Login given = login();
    given.user.clientCertificate = m_folder->write("cert", first.certificate);
    given.user.clientKey = m_folder->write("key", first.key);
    const auto made = make(given);
    VERIFY_RESULT(made);
    Progress progress;
    m_folder->write("cert", second.certificate); // half of a rotation
    m_now += 100;
    QCOMPARE(q((*made)->get(progress)->clientCertificatePem), q(first.certificate));
    m_folder->write("key", second.key);
    m_now += 100;
    QCOMPARE(q((*made)->get(progress)->clientCertificatePem), q(second.certificate));
    QCOMPARE(q((*made)->get(progress)->clientKeyPem), q(second.key));
}

void tst_Credentials::checksIdTokens_data()
{
    QTest::addColumn<QByteArray>("token");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char* name, const std::string& token, const char* expected) {
        QTest::addRow("%s", name) << QByteArray::fromStdString(token) << QByteArray(expected);
    };
    row("eleven seconds left", jwtUntil(1011), "valid");
    row("ten seconds left", jwtUntil(1010), "expired");
    row("over", jwtUntil(900), "expired");
    row("a fraction", jwt(R"({"exp":1010.5})"), "valid");
    row("an exponent", jwt(R"({"exp":1.7e9})"), "valid");
    row("no time", jwt(R"({"sub":"x"})"), "The id-token says no time of expiry");
    row("two parts", "a.b", "The id-token is not a valid JWT");
    row("no base64", "a.***.c", "The id-token is not a valid JWT");
}

void tst_Credentials::checksIdTokens()
{
    QFETCH(QByteArray, token);
    QFETCH(QByteArray, expected);
    const auto valid = kube::detail::isIdTokenValid(token.toStdString(), 1000);
    QCOMPARE(q(valid ? std::string(*valid ? "valid" : "expired") : valid.error().what), q(expected.toStdString()));
}

void tst_Credentials::renewsIdTokens_data()
{
    QTest::addColumn<QByteArray>("metadata");
    QTest::addColumn<QByteArray>("answers"); // status and body, one a line; the last one again
    QTest::addColumn<QByteArray>("expected"); // token or error
    QTest::addColumn<int>("requests");
    const auto row = [](const char* name, const char* metadata, const char* answers, const char* expected,
                         int requests) {
        QTest::addRow("%s", name) << QByteArray(metadata) << QByteArray(answers) << QByteArray(expected) << requests;
    };
    const char* good = R"({"token_endpoint":"https://idp/token"})";
    row("at once", good, R"(200 {"id_token":"new"})", "new", 2);
    row("with the client in the form", good, "401 {}\n200 {\"id_token\":\"new\"}", "new", 3);
    row("refused", good, R"(400 {"error":"invalid_grant","error_description":"hunter2"})",
        "OpenID Connect: failed to refresh token, the provider answers 400 (invalid_grant)", 3);
    row("without id_token", good, R"(200 {"access_token":"hunter2"})", "token response did not contain an id_token", 2);
    row("no metadata", "404", "", "failed to query metadata endpoint, it answers 404", 1);
    row("metadata that is none", "<html>hunter2", "", "doesn't contain a token_endpoint", 1);
    row("an endpoint in the clear", R"({"token_endpoint":"http://idp/token"})", "",
        "the token endpoint is no https address", 1);
}

void tst_Credentials::renewsIdTokens()
{
    QFETCH(QByteArray, metadata);
    QFETCH(QByteArray, answers);
    QFETCH(QByteArray, expected);
    QFETCH(int, requests);
    std::vector<kube::detail::OidcRequest> sent;
    const QList<QByteArray> lines = answers.split('\n');
    const auto transport = [&](const kube::detail::OidcRequest& request, Progress&) -> Result<kube::detail::OidcReply> {
        sent.push_back(request);
        if (sent.size() == 1)
            return kube::detail::OidcReply { metadata == "404" ? 404 : 200, metadata.toStdString() };
        const QByteArray line = lines[std::min<qsizetype>(static_cast<qsizetype>(sent.size()) - 2, lines.size() - 1)];
        return kube::detail::OidcReply { line.left(3).toInt(), line.mid(4).toStdString() };
    };
    const auto made = make(oidcLogin(jwtUntil(m_now - 1)), transport);
    VERIFY_RESULT(made);
    Progress progress;
    const auto credential = (*made)->get(progress);
    const QString shown = q(credential ? credential->bearerToken : toText(credential.error()));
    QVERIFY2(shown.contains(q(expected.toStdString())), qPrintable(shown));
    for (const char* secret : { "hunter2", "refresh+1", "s&c ret" })
        QVERIFY2(!shown.contains(QString::fromLatin1(secret)), qPrintable(shown));
    QCOMPARE(static_cast<int>(sent.size()), requests);
    QCOMPARE(q(sent[0].url), q("https://idp/realm/.well-known/openid-configuration"));
    QVERIFY(sent[0].form.empty());
    if (requests > 1) {
        QCOMPARE(q(sent[1].url), q("https://idp/token"));
        QCOMPARE(q(sent[1].form), q("grant_type=refresh_token&refresh_token=refresh%2B1"));
        QCOMPARE(q(sent[1].basicUser + ':' + sent[1].basicPassword), q("kube:s%26c%20ret"));
    }
    if (requests > 2) {
        QVERIFY(sent[2].basicUser.empty());
        QVERIFY(q(sent[2].form).endsWith(u"&client_id=kube&client_secret=s%26c%20ret"));
    }
}

void tst_Credentials::keepsTheNewRefreshToken()
{
    std::vector<std::string> forms;
    const auto transport = [&](const kube::detail::OidcRequest& request, Progress&) -> Result<kube::detail::OidcReply> {
        if (request.form.empty())
            return kube::detail::OidcReply { 200, R"({"token_endpoint":"https://idp/token"})" };
        forms.push_back(request.form);
        return kube::detail::OidcReply { 200,
            R"({"id_token":")" + jwtUntil(m_now + 100) + R"(","refresh_token":"refresh)"
                + std::to_string(forms.size() + 1) + R"("})" };
    };
    const auto made = make(oidcLogin(""), transport);
    VERIFY_RESULT(made);
    QVERIFY((*made)->canRenew());
    Progress progress;
    const auto first = (*made)->get(progress);
    VERIFY_RESULT(first);
    QVERIFY(*first == *(*made)->get(progress));
    QCOMPARE(forms.size(), 1u);
    (*made)->rejected(*first);
    const auto second = (*made)->get(progress);
    VERIFY_RESULT(second);
    QCOMPARE(forms.size(), 2u);
    QVERIFY(q(forms[1]).endsWith(u"refresh_token=refresh2"));
    m_now += 91;
    const auto third = (*made)->get(progress);
    VERIFY_RESULT(third);
    QCOMPARE(forms.size(), 3u);
    QCOMPARE(m_lines.size(), 3u);
    QVERIFY(q(m_lines[0]).contains(u"kept in memory only") && !q(m_lines[0]).contains(u"refresh2"));

    kube::Login bare = oidcLogin(jwtUntil(m_now + 5));
    bare.user.oidc->refreshToken.clear();
    const auto cannot = make(bare, transport);
    VERIFY_RESULT(cannot);
    QVERIFY(!(*cannot)->canRenew());
    const auto none = (*cannot)->get(progress);
    QVERIFY(!none);
    QVERIFY(q(toText(none.error())).startsWith(u"No valid id-token, and cannot refresh without refresh-token"));
    bare.user.oidc->issuerUrl.clear();
    const auto incomplete = make(bare, transport);
    QVERIFY(!incomplete);
    QCOMPARE(q(incomplete.error().what), q("Must provide idp-issuer-url"));
}

void tst_Credentials::goesToTheProviderOnlyOverTls_data()
{
    QTest::addColumn<QByteArray>("issuer");
    QTest::addColumn<bool>("isAsked");
    QTest::addRow("https") << QByteArray("https://idp") << true;
    QTest::addRow("http on this machine") << QByteArray("http://127.0.0.1:5556/dex") << true;
    QTest::addRow("http elsewhere") << QByteArray("http://idp") << false;
    QTest::addRow("a file") << QByteArray("file:///etc/passwd") << false;
}

void tst_Credentials::goesToTheProviderOnlyOverTls()
{
    QFETCH(QByteArray, issuer);
    QFETCH(bool, isAsked);
    int requests = 0;
    const auto transport = [&](const kube::detail::OidcRequest&, Progress&) -> Result<kube::detail::OidcReply> {
        ++requests;
        return kube::detail::OidcReply { 500, {} };
    };
    kube::Login given = oidcLogin("");
    given.user.oidc->issuerUrl = issuer.toStdString();
    const auto made = make(given, transport);
    VERIFY_RESULT(made);
    Progress progress;
    QVERIFY(!(*made)->get(progress));
    QCOMPARE(requests > 0, isAsked);
}

void tst_Credentials::talksToAProvider()
{
    Server server(
        { R"({"token_endpoint":"SELF/token"})", "401", R"({"id_token":")" + jwtUntil(m_now + 100) + R"("})" });
    kube::Login given = oidcLogin("");
    given.user.oidc->issuerUrl = server.url();
    const auto made = make(given);
    VERIFY_RESULT(made);
    Progress progress;
    const auto credential = (*made)->get(progress);
    VERIFY_RESULT(credential);
    QCOMPARE(q(credential->bearerToken), q(jwtUntil(m_now + 100)));
    QCOMPARE(server.requests.size(), 3u);
    QVERIFY(server.requests[0].starts_with("GET /.well-known/openid-configuration HTTP/1.1\r\n"));
    QVERIFY(server.requests[1].starts_with("POST /token HTTP/1.1\r\n"));
    QVERIFY(q(server.requests[1]).contains(q("Authorization: Basic " + test::base64("kube:s%26c%20ret"))));
    QVERIFY(!q(server.requests[2]).contains(u"Authorization"));
}

void tst_Credentials::leavesAProviderWhenCancelled()
{
    Server server({ "" }); // says nothing
    kube::Login given = oidcLogin("");
    given.user.oidc->issuerUrl = server.url();
    const auto made = make(given);
    VERIFY_RESULT(made);
    Progress progress;
    std::jthread canceller([&] {
        while (server.connections == 0)
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        progress.cancel();
    });
    const auto credential = (*made)->get(progress);
    QVERIFY(!credential);
    QCOMPARE(credential.error().kind, ErrorKind::Cancelled);
}

QTEST_GUILESS_MAIN(tst_Credentials)
#include "tst_Credentials.moc"
