// SPDX-License-Identifier: Apache-2.0
#include "core/images/Images.h"
#include "tests/support/Support.h"

using namespace plimsoll;

namespace {

const std::string hex64(64, 'a');

std::string show(const std::optional<images::Reference>& reference)
{
    return reference
        ? reference->domain + ' ' + reference->path + " [" + reference->tag + "] [" + reference->digest + ']'
        : "invalid";
}

} // namespace

class tst_Reference : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void parses_data();
    void parses();
    void pullPolicy_data();
    void pullPolicy();
    void registry_data();
    void registry();
};

void tst_Reference::parses_data()
{
    QTest::addColumn<std::string>("text");
    QTest::addColumn<std::string>("expected");
    const auto row = [](const char* situation, const std::string& text, const std::string& expected) {
        QTest::addRow("%s", situation) << text << expected;
    };
    row("a name alone", "nginx", "docker.io library/nginx [] []");
    row("a tag", "nginx:1.27", "docker.io library/nginx [1.27] []");
    row("a user of Docker Hub", "acme/web", "docker.io acme/web [] []");
    row("the old name of Docker Hub", "index.docker.io/nginx", "docker.io library/nginx [] []");
    row("a registry", "ghcr.io/acme/web:v1", "ghcr.io acme/web [v1] []");
    row("a port", "registry.example.com:5000/web", "registry.example.com:5000 web [] []");
    row("a port and a tag", "localhost:5000/web:2", "localhost:5000 web [2] []");
    row("localhost", "localhost/web", "localhost web [] []");
    row("a host in upper case", "ACME/web", "ACME web [] []");
    row("an IPv6 address", "[2001:db8::1]:5000/web", "[2001:db8::1]:5000 web [] []");
    row("what looks like a port is a tag", "web:5000", "docker.io library/web [5000] []");
    row("a digest", "web@sha256:" + hex64, "docker.io library/web [] [sha256:" + hex64 + "]");
    row("a tag and a digest", "a.io/b/c:1@sha256:" + hex64, "a.io b/c [1] [sha256:" + hex64 + "]");
    row("separators", "a_b/c__d/e---f/g.h", "docker.io a_b/c__d/e---f/g.h [] []");
    row("nothing", "", "invalid");
    row("blanks", " nginx", "invalid");
    row("upper case in the path", "a.io/Web", "invalid");
    row("a bare id", hex64, "invalid");
    row("an empty tag", "nginx:", "invalid");
    row("a tag that begins with a dash", "nginx:-1", "invalid");
    row("a tag of 129 bytes", "nginx:" + std::string(129, 'x'), "invalid");
    row("a short digest", "nginx@sha256:abc", "invalid");
    row("an unknown algorithm", "nginx@md5:" + hex64, "invalid");
    row("a digest in upper case", "nginx@sha256:" + std::string(64, 'A'), "invalid");
    row("three underscores", "a___b", "invalid");
    row("a separator at the end", "a-/b", "invalid");
    row("two dots", "a..b", "invalid");
    row("an empty part", "a.io//b", "invalid");
    row("a host that ends in a dash", "a-.io/b", "invalid");
    row("a port without digits", "a.io:x/b", "invalid");
    row("a scheme", "https://a.io/b", "invalid");
    row("a template", "{{ .Values.image }}", "invalid");
    row("an environment variable", "$(IMAGE)", "invalid");
}

void tst_Reference::parses()
{
    QFETCH(std::string, text);
    QFETCH(std::string, expected);
    QCOMPARE(show(images::parseReference(text)), expected);
}

void tst_Reference::pullPolicy_data()
{
    QTest::addColumn<std::string>("text");
    QTest::addColumn<std::string>("expected");
    const auto row = [](const std::string& text, const std::string& expected) {
        QTest::addRow("%s", text.substr(0, 30).c_str()) << text << expected;
    };
    row("nginx", "Always");
    row("nginx:latest", "Always");
    row("nginx:1", "IfNotPresent");
    row("nginx@sha256:" + hex64, "IfNotPresent");
    row("nginx:latest@sha256:" + hex64, "Always");
    row("Not/Valid", "IfNotPresent");
}

void tst_Reference::pullPolicy()
{
    QFETCH(std::string, text);
    QFETCH(std::string, expected);
    QCOMPARE(std::string(images::defaultPullPolicy(text)), expected);
}

void tst_Reference::registry_data()
{
    QTest::addColumn<std::string>("image");
    QTest::addColumn<std::string>("registry");
    QTest::addColumn<bool>("expected");
    const auto row = [](const char* situation, const char* image, const char* registry, bool expected) {
        QTest::addRow("%s", situation) << std::string(image) << std::string(registry) << expected;
    };
    row("the host", "ghcr.io/acme/web", "ghcr.io", true);
    row("the host in other case", "ghcr.io/acme/web", "GHCR.io", true);
    row("another host", "ghcr.io/acme/web", "quay.io", false);
    row("a longer host", "ghcr.io.evil.example/acme/web", "ghcr.io", false);
    row("the beginning of the path", "ghcr.io/acme/web", "ghcr.io/acme", true);
    row("a slash at the end", "ghcr.io/acme/web", "ghcr.io/acme/", true);
    row("the whole path", "ghcr.io/acme/web:1", "ghcr.io/acme/web", true);
    row("half an element", "ghcr.io/acme-fork/web", "ghcr.io/acme", false);
    row("Docker Hub understood", "nginx", "docker.io", true);
    row("Docker Hub's own images", "nginx", "docker.io/library", true);
    row("users of Docker Hub are not its own images", "acme/web", "docker.io/library", false);
    row("a port is part of the host", "a.io:5000/web", "a.io", false);
}

void tst_Reference::registry()
{
    QFETCH(std::string, image);
    QFETCH(std::string, registry);
    QFETCH(bool, expected);
    const auto reference = images::parseReference(image);
    QVERIFY(reference);
    QCOMPARE(images::isFrom(*reference, registry), expected);
}

QTEST_GUILESS_MAIN(tst_Reference)
#include "tst_Reference.moc"
