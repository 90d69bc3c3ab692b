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
        : "";
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
    const std::string digest = "sha256:" + hex64;
    row("a name alone", "nginx", "docker.io library/nginx [] []");
    row("a name of one letter", "a", "docker.io library/a [] []");
    row("a name of digits", "7", "docker.io library/7 [] []");
    row("a tag", "nginx:1.27", "docker.io library/nginx [1.27] []");
    row("a tag of one letter", "nginx:a", "docker.io library/nginx [a] []");
    row("a tag that begins with an underscore", "nginx:_a", "docker.io library/nginx [_a] []");
    row("a tag in upper case", "nginx:RC1.A-B_c", "docker.io library/nginx [RC1.A-B_c] []");
    row("a tag that ends in a dot", "nginx:1.", "docker.io library/nginx [1.] []");
    row("a tag of 128 characters", "nginx:" + std::string(128, 'x'),
        "docker.io library/nginx [" + std::string(128, 'x') + "] []");
    row("a user of Docker Hub", "acme/web", "docker.io acme/web [] []");
    row("Docker Hub with its library", "docker.io/library/nginx", "docker.io library/nginx [] []");
    row("Docker Hub without its library", "docker.io/nginx", "docker.io library/nginx [] []");
    row("the old name of Docker Hub", "index.docker.io/nginx", "docker.io library/nginx [] []");
    row("the old name of Docker Hub with a user", "index.docker.io/acme/web", "docker.io acme/web [] []");
    row("the library of another registry is no other", "a.io/nginx", "a.io nginx [] []");
    row("Docker Hub with a port is another registry", "docker.io:443/nginx", "docker.io:443 nginx [] []");
    row("a registry", "ghcr.io/acme/web:v1", "ghcr.io acme/web [v1] []");
    row("a port", "registry.example.com:5000/web", "registry.example.com:5000 web [] []");
    row("a port and a tag", "localhost:5000/web:2", "localhost:5000 web [2] []");
    row("a port without dots before it", "registry:5000/web", "registry:5000 web [] []");
    row("localhost", "localhost/web", "localhost web [] []");
    row("localhost as a name", "localhost", "docker.io library/localhost [] []");
    row("localhost with a tag", "localhost:5000", "docker.io library/localhost [5000] []");
    row("a host without dots is a user", "registry/web", "docker.io registry/web [] []");
    row("a name with dots and no slash", "a.io", "docker.io library/a.io [] []");
    row("a host in upper case", "ACME/web", "ACME web [] []");
    row("a host in mixed case", "Registry.Example.com/web", "Registry.Example.com web [] []");
    row("an IPv4 address", "192.0.2.7:5000/web:1", "192.0.2.7:5000 web [1] []");
    row("an IPv6 address", "[2001:db8::1]:5000/web", "[2001:db8::1]:5000 web [] []");
    row("an IPv6 address without port", "[2001:DB8::1]/web", "[2001:DB8::1] web [] []");
    row("a host with dashes", "my--registry.a-b.io/web", "my--registry.a-b.io web [] []");
    row("a host that begins with a digit", "3.example/web", "3.example web [] []");
    row("what looks like a port is a tag", "web:5000", "docker.io library/web [5000] []");
    row("a digest", "web@" + digest, "docker.io library/web [] [" + digest + "]");
    row("a tag and a digest", "a.io/b/c:1@" + digest, "a.io b/c [1] [" + digest + "]");
    row("a port and a digest", "a.io:1/b@" + digest, "a.io:1 b [] [" + digest + "]");
    row("SHA-512", "web@sha512:" + std::string(128, '0'),
        "docker.io library/web [] [sha512:" + std::string(128, '0') + "]");
    row("SHA-384", "web@sha384:" + std::string(96, '0'),
        "docker.io library/web [] [sha384:" + std::string(96, '0') + "]");
    row("separators", "a_b/c__d/e---f/g.h", "docker.io a_b/c__d/e---f/g.h [] []");
    row("a long path", "a.io/b/c/d/e/f/g", "a.io b/c/d/e/f/g [] []");
    row("63 digits are a name", std::string(63, 'a'), "docker.io library/" + std::string(63, 'a') + " [] []");
    row("64 digits in a registry are a name", "a.io/" + hex64, "a.io " + hex64 + " [] []");
    row("64 letters that are no digits are a name", std::string(64, 'g'),
        "docker.io library/" + std::string(64, 'g') + " [] []");
    row("a path of 255 characters", "a.io/" + std::string(255, 'a'), "a.io " + std::string(255, 'a') + " [] []");
    row("a name that looks like a tag of dates", "web:20240115", "docker.io library/web [20240115] []");

    const std::string empty = "it is empty", id = "64 hexadecimal digits alone are the id of an image, not a name";
    const std::string lower = "the repository name must be in lower case";
    const std::string part = "a part of the repository name is not of letters and digits with single separators";
    const std::string emptyPart = "a part of the repository name is empty", noName = "the repository has no name";
    const std::string tag = "the tag is not of letters, digits, \"_\", \".\" and \"-\"";
    const std::string badDigest = "the digest is not of a known algorithm and length";
    const std::string host = "the registry is not a host with an optional port";
    row("nothing", "", empty);
    row("a bare id", hex64, id);
    row("blanks before", " nginx", part);
    row("blanks behind", "nginx ", part);
    row("a new line", "nginx\n", part);
    row("upper case in the path", "a.io/Web", lower);
    row("upper case in a name alone", "Nginx", lower);
    row("upper case behind a user", "acme/Web:1", lower);
    row("upper case with blanks", "a.io/My Web", lower);
    row("a path of 256 characters", "a.io/" + std::string(256, 'a'),
        "the repository name is longer than 255 characters");
    row("three underscores", "a___b", part);
    row("two dots", "a..b", part);
    row("a dot and a dash", "a.-b", part);
    row("an underscore and a dash", "a_-b", part);
    row("a separator at the end", "a-/b", part);
    row("a separator at the beginning", "-a/b", part);
    row("an underscore at the end", "a.io/b_", part);
    row("a dot at the beginning", "a.io/.b", part);
    row("a letter beyond ASCII", "a.io/caf\xc3\xa9", part);
    row("a slash", "/", emptyPart);
    row("a slash at the beginning", "/nginx", emptyPart);
    row("an empty part", "a.io//b", emptyPart);
    row("a slash at the end", "a.io/b/", emptyPart);
    row("a registry alone", "a.io/", noName);
    row("a tag alone", "a.io/:1", noName);
    row("an empty tag", "nginx:", tag);
    row("a tag that begins with a dash", "nginx:-1", tag);
    row("a tag that begins with a dot", "nginx:.1", tag);
    row("a tag with a plus", "nginx:1.0+build", tag);
    row("a tag with a slash", "a.io/b:1/c", tag);
    row("two tags", "a.io/b:1:2", tag);
    row("a tag of 129 characters", "nginx:" + std::string(129, 'x'), "the tag is longer than 128 characters");
    row("an empty digest", "nginx@", badDigest);
    row("a digest without algorithm", "nginx@" + hex64, badDigest);
    row("a short digest", "nginx@sha256:abc", badDigest);
    row("a digest of 63 digits", "nginx@sha256:" + std::string(63, 'a'), badDigest);
    row("a digest of 65 digits", "nginx@sha256:" + std::string(65, 'a'), badDigest);
    row("an unknown algorithm", "nginx@md5:" + hex64, badDigest);
    row("a digest in upper case", "nginx@sha256:" + std::string(64, 'A'), badDigest);
    row("an algorithm in upper case", "nginx@SHA256:" + hex64, badDigest);
    row("letters that are no digits", "nginx@sha256:" + std::string(64, 'g'), badDigest);
    row("two digests", "nginx@" + digest + "@" + digest, badDigest);
    row("a host that ends in a dash", "a-.io/b", host);
    row("a host that begins with a dash", "-a.io/b", host);
    row("a host with an underscore", "a_b.io/c", host);
    row("a host that ends in a dot", "a.io./b", host);
    row("a host of dots", "../b", host);
    row("a port without digits", "a.io:x/b", host);
    row("an empty port", "a.io:/b", host);
    row("a scheme", "https://a.io/b", host);
    row("an IPv6 address without its end", "[2001:db8::1/b", host);
    row("an IPv6 address with a zone", "[fe80::1%eth0]:5000/b", host);
    row("a template", "{{ .Values.image }}", lower);
    row("an environment variable", "$(IMAGE)", lower);
}

void tst_Reference::parses()
{
    QFETCH(std::string, text);
    QFETCH(std::string, expected);
    const auto reference = images::parseReference(text);
    QCOMPARE(reference.has_value(), images::refusalOf(text).empty());
    QCOMPARE(reference ? show(reference) : std::string(images::refusalOf(text)), expected);
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
