// SPDX-License-Identifier: Apache-2.0
#include "core/format/Certificate.h"

#include <QTest>

using namespace plimsoll;
using format::Certificate;

namespace {

// Made for this test; its key was thrown away.
const std::string example = R"(
-----BEGIN CERTIFICATE-----
MIIB4zCCAYqgAwIBAgIEEjSrzTAKBggqhkjOPQQDAjAsMRAwDgYDVQQKDAdFeGFt
cGxlMRgwFgYDVQQDDA93ZWIuZXhhbXBsZS5jb20wHhcNMjYxMTIzMjIxNDI5WhcN
MjcxMTIzMjIxNDI5WjAsMRAwDgYDVQQKDAdFeGFtcGxlMRgwFgYDVQQDDA93ZWIu
ZXhhbXBsZS5jb20wWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASxi8XnokYqZeNc
gB4hJmLxVenOKQgGpcoJmDvqbr2BZnkPApveYm6QgzCw/NSQ5HbaqVaxhV03d6WR
peyhSAzro4GZMIGWMB0GA1UdDgQWBBQ0lwtL46xsTR/aK1kb9Si+YlmuADAfBgNV
HSMEGDAWgBQ0lwtL46xsTR/aK1kb9Si+YlmuADBGBgNVHREEPzA9gg93ZWIuZXhh
bXBsZS5jb22CEiouc2hvcC5leGFtcGxlLmNvbYcECgAAAYcQIAENuAAAAAAAAAAA
AAAAATAMBgNVHRMBAf8EAjAAMAoGCCqGSM49BAMCA0cAMEQCIAZX1XH/IoFMUH2T
jQkSgU8JXID7NZw+kxEikt1IeqtkAiA3Sz+QgkzFLnRWamgtw3m/nIWjTh8AlTSR
wD8PZZoOmA==
-----END CERTIFICATE-----
)";

} // namespace

class tst_Certificate : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsFacts();
    void passesOtherBlocks();
    void keepsToTheLimit();
    void bearsDamage();
    void survivesAsText();
    void boundsText();
};

void tst_Certificate::readsFacts()
{
    const auto found = format::readCertificates(example);
    QCOMPARE(found.size(), std::size_t { 1 });
    const Certificate& certificate = found.front();
    QCOMPARE(certificate.subject, std::string("CN=web.example.com,O=Example"));
    QCOMPARE(certificate.issuer, certificate.subject);
    QCOMPARE(certificate.dnsNames, (std::vector<std::string> { "web.example.com", "*.shop.example.com" }));
    QCOMPARE(certificate.ipAddresses, (std::vector<std::string> { "10.0.0.1", "2001:db8:0:0:0:0:0:1" }));
    QCOMPARE(certificate.notBefore, parseTime("2026-11-23T22:14:29Z"));
    QCOMPARE(certificate.notAfter, parseTime("2027-11-23T22:14:29Z"));
    QCOMPARE(
        certificate.publicKeyHash, std::string("317b4b3969e97737ed752e3ccbb11f78f04667bcb220da89c970d54faeecc3e8"));
    QCOMPARE(certificate.keyAlgorithm, std::string("EC"));
    QCOMPARE(certificate.keyBits, 256u);
    QCOMPARE(certificate.signatureAlgorithm, std::string("ecdsa-with-SHA256"));
    QCOMPARE(certificate.serial, std::string("1234abcd"));
    QVERIFY(!certificate.isCa);
    QVERIFY(certificate.isSelfSigned);
    QVERIFY(!certificate.isCut);
}

void tst_Certificate::passesOtherBlocks()
{
    const std::string other = "-----BEGIN EXAMPLE-----\nAAAA\n-----END EXAMPLE-----\n";
    QCOMPARE(format::readCertificates(other).size(), std::size_t { 0 });
    QCOMPARE(format::readCertificates(other + example + other + example).size(), std::size_t { 2 });
}

void tst_Certificate::keepsToTheLimit()
{
    QCOMPARE(format::readCertificates(example + example + example, 2).size(), std::size_t { 2 });
    QCOMPARE(format::readCertificates(example, 0).size(), std::size_t { 0 });
}

// Every cut and many flipped bytes: nothing is read, or something is, but never beyond the text.
void tst_Certificate::bearsDamage()
{
    for (std::size_t size = 0; size + 30 < example.size(); ++size)
        QCOMPARE(format::readCertificates(std::string_view(example).substr(0, size)).size(), std::size_t { 0 });
    for (std::size_t at = 0; at < example.size(); ++at) {
        std::string damaged = example;
        damaged[at] = damaged[at] == 'A' ? 'B' : 'A';
        QVERIFY(format::readCertificates(damaged).size() <= 1);
    }
    QCOMPARE(format::readCertificates("").size(), std::size_t { 0 });
    QCOMPARE(format::readCertificates(std::string(1u << 20, '\x30')).size(), std::size_t { 0 });
}

void tst_Certificate::survivesAsText()
{
    const Certificate certificate = format::readCertificates(example).at(0);
    const std::string text = format::toText(certificate);
    QVERIFY(text.find('\n') == text.npos);
    QVERIFY(format::certificateFromText(text) == certificate);
    QVERIFY(format::certificateFromText(format::toText({})) == Certificate());
    QVERIFY(!format::certificateFromText("[]"));
    QVERIFY(!format::certificateFromText("{"));
}

void tst_Certificate::boundsText()
{
    std::string names;
    for (int i = 0; i < 200; ++i)
        names += (i ? ",\"n" : "\"n") + std::to_string(i) + '"';
    const auto many = format::certificateFromText("{\"dns\":[" + names + "]}");
    QVERIFY(many && many->isCut);
    QCOMPARE(many->dnsNames.size(), format::maxCertificateNames);
    const auto longer = format::certificateFromText("{\"subject\":\"" + std::string(1000, 'x') + "\"}");
    QVERIFY(longer && longer->isCut);
    QVERIFY(longer->subject.size() <= format::maxCertificateText);
}

QTEST_GUILESS_MAIN(tst_Certificate)
#include "tst_Certificate.moc"
