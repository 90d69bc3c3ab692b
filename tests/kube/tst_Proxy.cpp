// SPDX-License-Identifier: Apache-2.0
#include "tests/kube/KubeFiles.h"
#include "tests/support/Support.h"

using namespace plimsoll;

class tst_Proxy : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void choosesAsGo_data();
    void choosesAsGo();
};

// Rows after golang.org/x/net/http/httpproxy proxy_test.go, by behaviour.
void tst_Proxy::choosesAsGo_data()
{
    QTest::addColumn<QByteArray>("url");
    QTest::addColumn<QByteArray>("environment");
    QTest::addColumn<QByteArray>("proxy");
    const auto row = [](const char* name, const char* url, const char* environment, const char* proxy) {
        QTest::addRow("%s", name) << QByteArray(url) << QByteArray(environment) << QByteArray(proxy);
    };
    row("nothing set", "https://api.example.com", "", "");
    row("upper case", "https://api.example.com", "HTTPS_PROXY=http://p:1", "http://p:1");
    row("lower case", "https://api.example.com", "https_proxy=http://p:1", "http://p:1");
    row("upper case before lower case", "https://api.example.com", "https_proxy=http://l:1 HTTPS_PROXY=http://u:1",
        "http://u:1");
    row("the empty upper case does not hide", "https://api.example.com", "HTTPS_PROXY= https_proxy=http://l:1",
        "http://l:1");
    row("ALL_PROXY means nothing", "https://api.example.com", "ALL_PROXY=http://p:1 all_proxy=http://p:1", "");
    row("HTTP_PROXY is not for https", "https://api.example.com", "HTTP_PROXY=http://p:1", "");
    row("HTTP_PROXY for http", "http://api.example.com", "HTTP_PROXY=http://p:1 HTTPS_PROXY=http://s:1", "http://p:1");
    row("no HTTP_PROXY for CGI programs", "http://api.example.com", "HTTP_PROXY=http://p:1 REQUEST_METHOD=GET", "");
    row("without a scheme", "https://api.example.com", "HTTPS_PROXY=p:3128", "http://p:3128");
    row("a host alone", "https://api.example.com", "HTTPS_PROXY=p", "http://p");
    row("socks5", "https://api.example.com", "HTTPS_PROXY=socks5://p:1080", "socks5://p:1080");
    row("https proxy", "https://api.example.com", "HTTPS_PROXY=https://p:1", "https://p:1");
    row("with a password", "https://api.example.com", "HTTPS_PROXY=http://u:x@p:1", "http://u:x@p:1");
    row("localhost", "https://localhost:6443", "HTTPS_PROXY=http://p:1", "");
    row("127.0.0.1", "https://127.0.0.1:6443", "HTTPS_PROXY=http://p:1", "");
    row("all of 127.0.0.0/8", "https://127.3.4.5", "HTTPS_PROXY=http://p:1", "");
    row("::1", "https://[::1]:6443", "HTTPS_PROXY=http://p:1", "");
    row("not a name that begins alike", "https://localhost.example.com", "HTTPS_PROXY=http://p:1", "http://p:1");
    const char* all = "HTTPS_PROXY=http://p:1 NO_PROXY=";
    const auto excluded = [&](const char* name, const char* url, const char* list, bool isProxied) {
        row(name, url, (QByteArray(all) + list).constData(), isProxied ? "http://p:1" : "");
    };
    excluded("the name itself", "https://example.com", "example.com", false);
    excluded("a name below", "https://api.example.com", "example.com", false);
    excluded("not a name that ends alike", "https://notexample.com", "example.com", true);
    excluded("a dot: only below", "https://example.com", ".example.com", true);
    excluded("a dot: below", "https://api.example.com", ".example.com", false);
    excluded("a star and a dot: below", "https://api.example.com", "*.example.com", false);
    excluded("a star and a dot: only below", "https://example.com", "*.example.com", true);
    excluded("a star", "https://api.example.com", "other,*", false);
    excluded("case does not matter", "https://API.Example.COM", "example.com", false);
    excluded("case of the entry does not matter", "https://api.example.com", "EXAMPLE.com", false);
    excluded("the right port", "https://example.com:6443", "example.com:6443", false);
    excluded("another port", "https://example.com:6443", "example.com:443", true);
    excluded("the default port", "https://example.com", "example.com:443", false);
    excluded("an address", "https://10.1.2.3:6443", "10.1.2.3", false);
    excluded("an address and port", "https://10.1.2.3:6443", "10.1.2.3:6443", false);
    excluded("an address and another port", "https://10.1.2.3:6443", "10.1.2.3:443", true);
    excluded("another address", "https://10.1.2.3", "10.1.2.4", true);
    excluded("a network", "https://10.1.2.3", "10.0.0.0/8", false);
    excluded("another network", "https://11.1.2.3", "10.0.0.0/8", true);
    excluded("a network with odd bits", "https://10.1.2.200", "10.1.2.128/25", false);
    excluded("beside a network with odd bits", "https://10.1.2.100", "10.1.2.128/25", true);
    excluded("all of IPv4", "https://10.1.2.100", "0.0.0.0/0", false);
    excluded("all of IPv4 is not IPv6", "https://[fd00::1]", "0.0.0.0/0", true);
    excluded("an IPv6 address", "https://[fd00::1]:6443", "fd00::1", false);
    excluded("an IPv6 address in another form", "https://[fd00:0::1]:6443", "fd00::1", false);
    excluded("an IPv6 address and port", "https://[fd00::1]:6443", "[fd00::1]:6443", false);
    excluded("an IPv6 network", "https://[fd00::1]:6443", "fd00::/8", false);
    excluded("a name is no network", "https://ten.example.com", "10.0.0.0/8", true);
    excluded("too many bits", "https://10.1.2.3", "10.0.0.0/33", true);
    excluded("spaces", "https://example.com", "\tx.org\t,\texample.com\t", false);
    excluded("empty entries", "https://example.com", ",,", true);
    excluded("a port alone", "https://example.com:80", ":80", true);
    row("lower case no_proxy", "https://example.com", "HTTPS_PROXY=http://p:1 no_proxy=example.com", "");
    row("upper case NO_PROXY first", "https://example.com",
        "HTTPS_PROXY=http://p:1 NO_PROXY=x.org no_proxy=example.com", "http://p:1");
    row("no URL", "example.com", "HTTPS_PROXY=http://p:1", "");
}

void tst_Proxy::choosesAsGo()
{
    QFETCH(QByteArray, url);
    QFETCH(QByteArray, environment);
    QFETCH(QByteArray, proxy);
    std::vector<std::pair<std::string, std::string>> variables;
    for (const QByteArray& variable : environment.split(' ')) {
        const auto equals = variable.indexOf('=');
        if (equals > 0)
            variables.emplace_back(variable.left(equals).toStdString(), variable.mid(equals + 1).toStdString());
    }
    QCOMPARE(QByteArray::fromStdString(kube::proxyFor(url.toStdString(), test::environmentOf(variables, "/"))), proxy);
}

QTEST_GUILESS_MAIN(tst_Proxy)
#include "tst_Proxy.moc"
