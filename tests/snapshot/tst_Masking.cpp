// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <fstream>
#include <iterator>

#include "core/format/Format.h"
#include "core/snapshot/Masking.h"
#include "tests/snapshot/ImportSupport.h"
#include "tests/support/Support.h"

using namespace plimsoll;
using namespace plimsoll::snapshot;
using format::Document;

// Everything that looks like a credential in here is made up.
class tst_Masking : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void masksCredentials_data();
    void masksCredentials();
    void leavesOthersAlone_data();
    void leavesOthersAlone();
    void dropsAllOfASecret();
    void keepsTheFactsOfCertificates();
    void keepsFlagNames();
    void isStable();
    void readsItsOwnMasks();
    void losesEverySecretValueOfARealCluster();
};

namespace {

struct Redacted {
    std::string json;
    std::string hits; // "rule pointer length" lines
};

Redacted redacted(std::string_view yaml)
{
    Document document;
    const auto parsed = format::parseYaml(yaml, 1, document);
    if (!parsed)
        return { toText(parsed.error()), {} };
    const std::string kind(document.root()["kind"].text());
    const std::string apiVersion(document.root()["apiVersion"].text());
    Redacted result;
    for (const MaskedValue& masked : redact(document, apiVersion, kind))
        result.hits += masked.rule + ' ' + masked.pointer + ' ' + std::to_string(masked.length) + '\n';
    result.json = format::toJson(document.root());
    return result;
}

// Put together at run time, so that scanners of this repository find nothing to report.
std::string madeUp(std::string_view prefix, std::size_t length)
{
    constexpr std::string_view letters = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6";
    std::string text(prefix);
    for (std::size_t i = 0; i < length; ++i)
        text += letters[(i * 7) % letters.size()];
    return text;
}

std::string pemKey()
{
    return "-----BEGIN RSA PRIVATE" + std::string(" KEY-----\\n") + madeUp("", 64) + "\\n-----END RSA PRIVATE KEY-----";
}

} // namespace

void tst_Masking::masksCredentials_data()
{
    QTest::addColumn<QByteArray>("object");
    QTest::addColumn<QByteArray>("planted"); // must be gone
    QTest::addColumn<QByteArray>("hit"); // rule and pointer
    const auto row = [](const char* situation, const std::string& object, const std::string& planted, const char* hit) {
        QTest::addRow("%s", situation) << QByteArray::fromStdString(object) << QByteArray::fromStdString(planted)
                                       << QByteArray(hit);
    };
    const auto env = [&](const char* name, const std::string& value, const char* rule) {
        const std::string hit = std::string(rule) + " /spec/containers/0/env/0/value ";
        row(name,
            "{kind: Pod, spec: {containers: [{env: [{name: " + std::string(name) + ", value: \"" + value + "\"}]}]}}",
            value, hit.c_str());
    };
    env("DB_PASSWORD", "hunter22", "env-password");
    env("MYSQL_ROOT_PASSWORD", "12345678", "weak-default");
    env("REDIS_PASSWORD", "84736251", "env-password");
    env("SMTP_PASS", "swordfish", "env-password");
    env("PGPASSWORD", "changeme", "weak-default");
    env("API_TOKEN", "abc123def", "env-token");
    env("STRIPE_API_KEY", "whatever-1", "env-key");
    env("AWS_SECRET_ACCESS_KEY", madeUp("", 40), "env-key");
    env("CLIENT_SECRET", "s3cr3t-Kite", "env-secret");
    env("DATABASE_DSN", "shop:pw123456@tcp(db:3306)/shop", "env-connection");
    env("DATABASE_URL", "postgres://shop:orange-Kite7@db:5432/shop", "url-password");
    env("PLAIN", madeUp("ghp_", 36), "github-token");
    env("ACCESS", madeUp("AKIA", 0) + "IOSFODNN7EXAMPLE", "aws-access-key");
    env("SOME_TEXT", pemKey(), "private-key");

    const auto config
        = [&](const char* situation, const std::string& line, const std::string& planted, const char* rule) {
              row(situation, "{kind: ConfigMap, data: {app.conf: \"" + line + "\"}}", planted,
                  (std::string(rule) + " /data/app.conf ").c_str());
          };
    config("properties", "db.user=shop\\ndb.password=hunter22\\n", "hunter22", "config-password");
    config("JSON in a file", R"({\"db\": {\"password\": \"hunter22\"}})", "hunter22", "config-password");
    config("a random token in a file", "api_token: 9f8e7d6c5b4a39281706abcd\\n", "9f8e7d6c5b4a39281706abcd",
        "config-credential");
    config("a kubeconfig", "users:\\n- user:\\n    client-key-data: TFMwdExTMUNSVWRKVGlCU1UwRWc=\\n", "TFMwdExT",
        "kubeconfig");
    config("a JSON Web Token", madeUp("eyJ", 20) + '.' + madeUp("eyJ", 30) + '.' + madeUp("", 43), "eyJ",
        "json-web-token");
    config("htpasswd", "admin:$apr1$abcdefgh$0123456789abcdefghijkl", "$apr1$", "password-hash");
    config("a registry login", R"({\"auths\":{\"r.example\":{\"auth\":\"c2hvcDpodW50ZXIyMg==\"}}})", "c2hvcDpo",
        "registry-login");
    config("base64 of a configuration", "ZGIudXNlcj1zaG9wCmRiLnBhc3N3b3JkPW9yYW5nZS1LaXRlNwo=", "ZGIudXNl",
        "config-password");
    config("base64 of gzip", "H4sIAAAAAAACA0tJ0istTi2yLc7IL+BKSdIrSCwuLs8vSrHNL0rMS0/V9c4sSTXnAgAQKpn+JgAAAA==", "H4sI",
        "config-password");
    config("netrc", "machine r.example login u password orange-Kite7", "orange", "config-password");
    config("SQL", "CREATE USER a IDENTIFIED BY 'orange-Kite7';", "orange", "config-password");
    config("XML", "<user><password>orange-Kite7</password></user>", "orange", "config-password");
    config("redis.conf", "port 6379\\nrequirepass orange-Kite7\\n", "orange", "config-password");
    config("a manifest of a Secret", "kind: Secret\\ndata:\\n  x: aHVudGVyMjI=\\n", "aHVudGVyMjI=", "secret-manifest");
    row("a ConfigMap key named so", "{kind: ConfigMap, data: {DB_PASSWORD: hunter22}}", "hunter22",
        "config-password /data/DB_PASSWORD 8");

    row("two arguments", "{kind: Pod, spec: {containers: [{args: [--password, hunter22]}]}}", "hunter22",
        "arg-password /spec/containers/0/args/1 8");
    row("an argument with =", "{kind: Pod, spec: {containers: [{args: ['--db-password=hunter22']}]}}", "hunter22",
        "arg-password /spec/containers/0/args/0 8");
    row("a shell command", "{kind: Pod, spec: {containers: [{command: [sh, -c, 'export PASSWORD=hunter22; run']}]}}",
        "hunter22", "config-password /spec/containers/0/command/2 ");
    const auto command = [&](const char* situation, const char* words, const char* hit) {
        row(situation, "{kind: Pod, spec: {containers: [{command: [" + std::string(words) + "]}]}}", "orange-Kite7",
            hit);
    };
    command("-p and a blank", "mongosh, -u, root, -p, orange-Kite7", "arg-password /spec/containers/0/command/4 12");
    command("-p without one", "/usr/bin/mysql, -uroot, -porange-Kite7", "arg-password /spec/containers/0/command/2 12");
    command("curl -u", "curl, -u, 'admin:orange-Kite7', 'http://a/'", "arg-login /spec/containers/0/command/2 18");
    command("mysql in a shell", "sh, -c, 'mysql -u root -porange-Kite7 -e x'", "shell-password ");
    command("redis-cli in a shell", "sh, -c, 'redis-cli -h r -a orange-Kite7 ping'", "shell-password ");
    row("a default of a CRD",
        "{kind: CustomResourceDefinition, spec: {properties: {password: {type: string, default: orange-Kite7}}}}",
        "orange-Kite7", "field-password /spec/properties/password/default 12");
    row("a field of a custom resource", "{kind: Database, spec: {adminPassword: hunter22}}", "hunter22",
        "field-password /spec/adminPassword 8");
    row("an annotation", "{kind: Pod, metadata: {annotations: {a.example/hook: 'https://u:hunter22@h.example/'}}}",
        "hunter22", "url-password /metadata/annotations/a.example~1hook ");
    row("a Secret inside of a template", "{kind: Template, objects: [{kind: Secret, data: {a: aHVudGVyMjI=}}]}",
        "aHVudGVyMjI=", "secret-data /objects/0/data/a 12");
    row("a Helm release in a ConfigMap", "{kind: ConfigMap, data: {release: H4sIAAAAAAAAA0tMSgYAwkEkNQMAAAA=}}", "H4sI",
        "helm-release /data/release ");
    row("the copy that kubectl apply leaves",
        R"yaml({kind: Deployment, metadata: {annotations: {kubectl.kubernetes.io/last-applied-configuration: '{"kind":"Deployment","spec":{"template":{"spec":{"containers":[{"env":[{"name":"DB_PASSWORD","value":"hunter22"}]}]}}}}'}}})yaml",
        "hunter22", "last-applied /metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration ");
    row("an object of no kind", "{data: {a: aHVudGVyMjI=}}", "aHVudGVyMjI=", "secret-data /data/a 12");
    row("stringData of another kind", "{kind: SecretLike, stringData: {a: plain}}", "plain",
        "secret-data /stringData/a 5");
}

void tst_Masking::masksCredentials()
{
    QFETCH(QByteArray, object);
    QFETCH(QByteArray, planted);
    QFETCH(QByteArray, hit);
    const Redacted result = redacted(object.toStdString());
    QVERIFY2(result.json.find(planted.toStdString()) == std::string::npos, result.json.c_str());
    QVERIFY2(result.hits.find(hit.toStdString()) != std::string::npos, (result.hits + result.json).c_str());
}

void tst_Masking::leavesOthersAlone_data()
{
    QTest::addColumn<QByteArray>("object");
    const auto row
        = [](const char* situation, const char* object) { QTest::addRow("%s", situation) << QByteArray(object); };
    const auto env = [](const char* name, const char* value) {
        QTest::addRow("%s=%s", name, value) << "{kind: Pod, spec: {containers: [{env: [{name: " + QByteArray(name)
                + ", value: '" + QByteArray(value) + "'}]}]}}";
    };
    env("DB_PASSWORD_FILE", "/run/secrets/db");
    env("DB_PASSWORD", "/run/secrets/db-password");
    env("DB_PASSWORD", "$(SHARED_PASSWORD)");
    env("DB_PASSWORD", "${PASSWORD}");
    env("DB_PASSWORD", "{{ .Values.password }}");
    env("DB_PASSWORD", "");
    env("DB_PASSWORD", "***HIDDEN***");
    env("TOKEN_TTL", "3600s");
    env("TOKEN_ENDPOINT", "https://login.example/token");
    env("SECRET_NAME", "payments-db");
    env("TLS_SECRET", "payments-tls-secret");
    env("USE_TOKEN", "true");
    env("MAX_TOKENS", "4096");
    env("PUBLIC_KEY", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB");
    env("DATABASE_URL", "postgres://db:5432/shop");
    env("DATABASE_URL", "postgres://shop:$(DB_PASSWORD)@db:5432/shop");
    env("BYPASS", "all");
    env("PASSWORD_EXPIRE_DAYS", "9000");
    env("CACHE_KEY", "session-cache-v2");
    env("SECRET_HASH", "0123456789abcdef0123456789abcdef");
    env("DB_SECRET", "payments-db");
    env("SENTRY_DSN", "https://abcdef0123456789@sentry.example/1");
    env("VAULT_SECRET", "vault:secret/data/shop#password");
    row("image digests",
        "{kind: Pod, spec: {containers: [{image: "
        "'r.example/a@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'}]}}");
    row("checksum annotations",
        "{kind: Pod, metadata: {annotations: {checksum/secret: "
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef}}}");
    row("references to Secrets",
        "{kind: Pod, spec: {volumes: [{secret: {secretName: db-password}}], containers: [{env: [{name: PASSWORD, "
        "valueFrom: {secretKeyRef: {name: db, key: password}}}]}]}}");
    row("keys of external secrets",
        "{kind: ExternalSecret, spec: {data: [{secretKey: password, remoteRef: {key: shop/db}}]}}");
    row("roles that may read Secrets",
        "{kind: Role, rules: [{resources: [secrets, serviceaccounts/token], verbs: [get]}]}");
    row("public certificates",
        "{kind: ConfigMap, data: {ca.crt: \"-----BEGIN CERTIFICATE-----\\nMIIBszCCAVmgAwIBAgIUQ29mZmVl\\n-----END "
        "CERTIFICATE-----\\n\"}}");
    row("flags about credentials",
        "{kind: Pod, spec: {containers: [{args: [--tls-private-key-file=/certs/tls.key, "
        "--service-account-signing-key-file=/a/b, --enable-bootstrap-token-auth=true, --token-ttl=5m]}]}}");
    row("ports behind -p", "{kind: Pod, spec: {containers: [{command: [run, -u, nobody, -p, '8080', -p, '80:80']}]}}");
    row("a user and group", "{kind: Pod, spec: {containers: [{args: [-u, '1000:1000']}]}}");
    row("base64 of a public certificate",
        "{kind: X, caBundle: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJzekNDQVZtZ0F3}");
    row("base64 of a text", "{kind: ConfigMap, data: {a: bm90aGluZyB0byBzZWUgaGVyZSwgbW92ZSBvbiBwbGVhc2U=}}");
    row("descriptions", "{kind: CustomResourceDefinition, spec: {description: 'password: the password of the user'}}");
    row("uids", "{kind: Pod, metadata: {uid: 1b4e28ba-2fa1-11d2-883f-0016d3cca427}}");
    row("a copy without credentials",
        R"yaml({kind: Pod, metadata: {annotations: {kubectl.kubernetes.io/last-applied-configuration: '{"kind":"Pod","spec":{"containers":[{"image":"a:1"}]}}'}}})yaml");
    row("a configuration with a reference",
        "{kind: ConfigMap, data: {a.yaml: \"passwordSecretRef:\\n  name: db\\npassword: ${DB_PASSWORD}\\ntokenFile: "
        "/x/y\\n\"}}");
}

void tst_Masking::leavesOthersAlone()
{
    QFETCH(QByteArray, object);
    QCOMPARE(redacted(object.toStdString()).hits, std::string());
}

// The certificate's facts stay, whatever stands beside it goes; reading the result again changes nothing.
void tst_Masking::keepsTheFactsOfCertificates()
{
    const std::string pem = R"(-----BEGIN CERTIFICATE-----
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
-----BEGIN PRIVATE KEY-----
planted-1
-----END PRIVATE KEY-----
)";
    const QByteArray both = QByteArray::fromStdString(pem).toBase64();
    const std::string yaml = "apiVersion: v1\nkind: Secret\nmetadata: {name: t}\ntype: Opaque\ndata: {a: '"
        + both.toStdString() + "', b: 'cGxhbnRlZC0y'}\n";
    const Redacted result = redacted(yaml);
    QVERIFY(!result.json.contains("planted") && !result.json.contains(both.right(40).toStdString()));
    QVERIFY2(result.json.contains("web.example.com"), result.json.c_str());
    QVERIFY(result.hits.contains("certificate /data/a") || result.hits.contains("/data/a"));

    const auto facts = format::readCertificates(pem);
    const std::string mask = snapshot::maskText(facts, 7);
    QVERIFY(snapshot::isMask(mask));
    QCOMPARE(snapshot::maskedLength(mask), std::size_t { 7 });
    QVERIFY(snapshot::maskedCertificates(mask) == facts);
    QVERIFY(snapshot::isMask(snapshot::maskText("secret-data", 7)));
    // What only looks so is none: it could carry anything.
    QVERIFY(!snapshot::isMask("<masked: 7 bytes, certificate [{\"subject\":\"a\",\"note\":\"planted\"}]>"));
    QVERIFY(!snapshot::isMask("<masked: 7 bytes, certificate planted>"));
    QVERIFY(!snapshot::isMask("<masked: 7 bytes, token [{}]>"));
    QVERIFY(!snapshot::isMask("<masked: 7 bytes, certificate []>"));
}

void tst_Masking::dropsAllOfASecret()
{
    const Redacted result = redacted(R"(
apiVersion: v1
kind: Secret
metadata:
  name: db
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: '{"kind":"Secret","stringData":{"a":"planted-1"}}'
    openshift.io/token-secret.value: planted-2
    note: kept
type: Opaque
data:
  user: cGxhbnRlZC0z
  user: cGxhbnRlZC00
  number: 12345
  nested: {deep: [planted-5]}
data:
  again: cGxhbnRlZC02
stringData:
  plain: planted-7
other: planted-8
)");
    QVERIFY2(result.json.find("planted") == std::string::npos, result.json.c_str());
    QVERIFY2(result.json.find("cGxhbnRlZC") == std::string::npos, result.json.c_str());
    QCOMPARE(result.hits,
        "secret-copy /metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration 48\n"
        "secret-copy /metadata/annotations/openshift.io~1token-secret.value 9\n"
        "secret-data /data/user 12\n"
        "secret-data /data/user 12\n"
        "secret-data /data/number 5\n"
        "secret-data /data/nested/deep/0 9\n"
        "secret-data /data/again 12\n"
        "secret-data /stringData/plain 9\n"
        "secret-data /other 9\n");
    QVERIFY(result.json.find(R"("note":"kept")") != std::string::npos);
    QVERIFY(result.json.find(R"("type":"Opaque")") != std::string::npos);
}

void tst_Masking::keepsFlagNames()
{
    const Redacted result = redacted("{kind: Pod, spec: {containers: [{args: ['--token=abcdef12', '--v=2']}]}}");
    QVERIFY2(result.json.find(R"("--token=<masked: 8 bytes, arg-token>","--v=2")") != std::string::npos,
        result.json.c_str());
}

void tst_Masking::isStable()
{
    Document document;
    VERIFY_RESULT(format::parseYaml(
        "{kind: Pod, spec: {containers: [{args: ['--token=abcdef12'], env: [{name: PASSWORD, value: a-password}]}]}}",
        1, document));
    QCOMPARE(redact(document, "v1", "Pod").size(), std::size_t(2));
    const std::string once = format::toJson(document.root());
    // A snapshot is read again: the masks stay, and still tell what they replaced.
    const std::vector<MaskedValue> again = redact(document, "v1", "Pod");
    QCOMPARE(again.size(), std::size_t(2));
    QCOMPARE(again[0].rule, std::string("arg-token"));
    QCOMPARE(again[0].length, 8u);
    QCOMPARE(again[1].rule, std::string("env-password"));
    QCOMPARE(format::toJson(document.root()), once);
}

void tst_Masking::readsItsOwnMasks()
{
    const std::string mask = maskText("secret-data", 24);
    QCOMPARE(mask, std::string("<masked: 24 bytes, secret-data>"));
    QVERIFY(isMask(mask));
    QCOMPARE(maskedLength(mask), std::size_t(24));
    QVERIFY(!isMask("<masked: planted bytes, secret-data>"));
    QVERIFY(!isMask("<masked: 24 bytes, planted 1>"));
    QVERIFY(!isMask("masked"));
    QCOMPARE(maskedLength("masked"), std::size_t(0));
}

// Public certificates may stand elsewhere too (webhooks, issuers); short values may be words.
void tst_Masking::losesEverySecretValueOfARealCluster()
{
    const auto folder = test::sharedPath("snapshots/harbor");
    if (!folder)
        QSKIP("the shared snapshots are not there");
    std::ifstream file(*folder + "/secrets.json");
    const std::string text { std::istreambuf_iterator<char>(file), {} };
    format::JsonParser parser;
    Document secrets;
    VERIFY_RESULT(parser.parseCopy(text, secrets));
    std::vector<std::string> values;
    for (const format::Value secret : secrets.root()["items"]) {
        for (const format::Value value : secret["data"]) {
            if (value.text().size() >= 16 && !value.text().starts_with("LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS"))
                values.emplace_back(value.text());
        }
    }
    QVERIFY(values.size() > 10);

    const test::Import imported = test::importPath(*folder);
    QCOMPARE(imported.error, std::string());
    QStringList survivors;
    for (const test::Imported& object : imported.objects) {
        Document raw;
        const bool isRead = object.title.find(" Secret ") == std::string::npos
            || imported.snapshot->readRaw(object.raw, raw).has_value();
        QVERIFY2(isRead, object.title.c_str());
        const std::string again = raw.nodeCount() > 0 ? format::toJson(raw.root()) : std::string();
        const bool survives = std::ranges::any_of(values, [&](const std::string& value) {
            return object.json.find(value) != std::string::npos || again.find(value) != std::string::npos;
        });
        if (survives)
            survivors.append(test::q(object.title));
    }
    QVERIFY2(survivors.isEmpty(), qPrintable(survivors.join(u'\n')));
}

QTEST_GUILESS_MAIN(tst_Masking)
#include "tst_Masking.moc"
