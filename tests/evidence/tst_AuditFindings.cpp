// SPDX-License-Identifier: Apache-2.0
#include "core/base/Text.h"
#include "core/evidence/AuditFindings.h"
#include "tests/evidence/Text.h"
#include "tests/support/Support.h"

using namespace plimsoll;
using namespace plimsoll::test;
using evidence::AuditFindings;
using evidence::AuditLog;

namespace {

struct Ask {
    std::string user = "ann", verb = "get", resource = "pods", subresource = "", group = "", ns = "shop", name = "web";
    int code = 200;
    bool isAllowed = true;
    std::string time = "2026-11-23T03:00:00Z", path = "", message = "", source = "203.0.113.7", as = "";
};

std::string lineOf(const Ask& ask)
{
    const std::string object = ask.path.empty()
        ? R"("objectRef":{"resource":")" + ask.resource + R"(","subresource":")" + ask.subresource + R"(","apiGroup":")"
            + ask.group + R"(","namespace":")" + ask.ns + R"(","name":")" + ask.name + R"("},)"
        : std::string();
    const std::string as = ask.as.empty() ? std::string() : R"("impersonatedUser":{"username":")" + ask.as + R"("},)";
    return R"({"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"","stage":"ResponseComplete","requestURI":")"
        + (ask.path.empty() ? "/api/v1/x" : ask.path) + R"(","verb":")" + ask.verb + R"(","user":{"username":")"
        + ask.user + R"(","groups":["system:authenticated"]},)" + as + R"("sourceIPs":[")" + ask.source + R"("],)"
        + object + R"("responseStatus":{"code":)" + std::to_string(ask.code) + R"(,"message":)"
        + jsonQuoted(ask.message) + R"(},"requestReceivedTimestamp":")" + ask.time
        + R"(","annotations":{"authorization.k8s.io/decision":")" + (ask.isAllowed ? "allow" : "forbid") + "\"}}\n";
}

AuditLog logOf(const std::vector<Ask>& asks)
{
    std::string text;
    for (const Ask& ask : asks)
        text += lineOf(ask);
    TextSource source(text);
    Progress progress;
    auto log = evidence::readAuditLog(source, "audit.log", progress);
    return log ? std::move(*log) : AuditLog {};
}

std::string print(const AuditFindings& found)
{
    std::string out;
    for (const auto& one : found.findings)
        out += std::string(idOf(one.act)) + " | " + one.user + " | " + one.what() + " | " + std::to_string(one.count)
            + " -" + std::to_string(one.refused) + '\n';
    return out;
}

} // namespace

class TestAuditFindings : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void acts_data();
    void acts();
    void leavesTheControlPlaneOut();
    void tellsTries();
    void escalations();
    void merges();
    void bursts();
    void burstsOfTwoLogs();
    void windowsAreBounded();
    void callers_data();
    void callers();
    void realLog();
};

void TestAuditFindings::acts_data()
{
    QTest::addColumn<QString>("line");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* name, const Ask& ask, const char* expected) {
        QTest::addRow("%s", name) << q(lineOf(ask)) << QString::fromUtf8(expected);
    };
    row("a secret", { .resource = "secrets", .name = "db" }, "secret-read | ann | get secrets shop/db | 1 -0\n");
    row("all secrets", { .verb = "list", .resource = "secrets", .ns = "", .name = "" },
        "secret-read | ann | list secrets in all namespaces | 1 -0\n");
    row("secrets of a namespace", { .verb = "watch", .resource = "secrets", .name = "" },
        "secret-read | ann | watch secrets in shop | 1 -0\n");
    row("a write of a secret is no read", { .verb = "update", .resource = "secrets" }, "");
    row("secrets of another group", { .resource = "secrets", .group = "example.com" }, "");
    row("exec of old clients", { .verb = "create", .subresource = "exec", .code = 101 },
        "session | ann | create pods/exec shop/web | 1 -0\n");
    row("exec of new clients", { .verb = "get", .subresource = "exec", .code = 101 },
        "session | ann | get pods/exec shop/web | 1 -0\n");
    row("attach", { .verb = "create", .subresource = "attach" },
        "session | ann | create pods/attach shop/web | 1 -0\n");
    row("port-forward", { .verb = "create", .subresource = "portforward" },
        "session | ann | create pods/portforward shop/web | 1 -0\n");
    row("a proxy", { .verb = "get", .resource = "services", .subresource = "proxy" },
        "session | ann | get services/proxy shop/web | 1 -0\n");
    row("logs are no session", { .subresource = "log" }, "");
    row("ephemeral", { .verb = "patch", .subresource = "ephemeralcontainers" },
        "ephemeral-container | ann | patch pods/ephemeralcontainers shop/web | 1 -0\n");
    row("a look at ephemeral ones", { .verb = "get", .subresource = "ephemeralcontainers" }, "");
    row("a kubelet", { .resource = "nodes", .subresource = "proxy", .ns = "", .name = "n1" },
        "node-proxy | ann | get nodes/proxy n1 | 1 -0\n");
    row("a role",
        { .verb = "patch", .resource = "clusterroles", .group = "rbac.authorization.k8s.io", .ns = "", .name = "x" },
        "access-change | ann | patch clusterroles x | 1 -0\n");
    row("a look at roles", { .verb = "list", .resource = "roles", .group = "rbac.authorization.k8s.io" }, "");
    row("a token", { .verb = "create", .resource = "serviceaccounts", .subresource = "token", .name = "ci" },
        "token-request | ann | create serviceaccounts/token shop/ci | 1 -0\n");
    row("an approval",
        { .verb = "update",
            .resource = "certificatesigningrequests",
            .subresource = "approval",
            .group = "certificates.k8s.io",
            .ns = "",
            .name = "csr-1" },
        "certificate-approval | ann | update certificatesigningrequests/approval csr-1 | 1 -0\n");
    row("a webhook",
        { .verb = "delete",
            .resource = "validatingwebhookconfigurations",
            .group = "admissionregistration.k8s.io",
            .ns = "",
            .name = "guard" },
        "webhook-change | ann | delete validatingwebhookconfigurations guard | 1 -0\n");
    row("another identity", { .as = "bob" }, "impersonation | ann | impersonate users bob | 1 -0\n");
    row("another account", { .as = "system:serviceaccount:ci:bot" },
        "impersonation | ann | impersonate serviceaccounts ci/bot | 1 -0\n");
    row("nobody reads metrics", { .user = "system:anonymous", .path = "/metrics" },
        "anonymous-access | system:anonymous | get /metrics | 1 -0\n");
    row("nobody reads pods", { .user = "system:anonymous", .verb = "list", .name = "" },
        "anonymous-access | system:anonymous | list pods in shop | 1 -0\n");
    for (const char* const path : { "/healthz", "/livez/ping", "/readyz", "/version", "/api/v1", "/openapi/v2" })
        row(path, { .user = "system:anonymous", .path = path }, "");
    row("like a public path", { .user = "system:anonymous", .path = "/apiserver" },
        "anonymous-access | system:anonymous | get /apiserver | 1 -0\n");
}

void TestAuditFindings::acts()
{
    QFETCH(QString, line);
    QFETCH(QString, expected);
    TextSource source(line.toStdString());
    Progress progress;
    const auto log = evidence::readAuditLog(source, "audit.log", progress);
    VERIFY_RESULT(log);
    QCOMPARE(q(print(auditFindings(*log))), expected);
}

void TestAuditFindings::leavesTheControlPlaneOut()
{
    const AuditLog log = logOf({ { .user = "system:kube-controller-manager", .resource = "secrets" },
        { .user = "system:node:n1", .resource = "secrets" },
        { .user = "system:serviceaccount:kube-system:namespace-controller", .verb = "list", .resource = "secrets" },
        { .user = "system:serviceaccount:kube-system:sealed-secrets-controller", .resource = "secrets" } });
    const auto found = auditFindings(log);
    QCOMPARE(found.findings.size(), 1u);
    QCOMPARE(found.findings[0].caller.name, std::string("sealed-secrets-controller"));
    QCOMPARE(found.controlPlane, 3u);
    QCOMPARE(auditFindings(log, { .withControlPlane = true }).findings.size(), 4u);
}

void TestAuditFindings::tellsTries()
{
    const AuditLog log = logOf({ { .resource = "secrets", .code = 403, .isAllowed = false },
        { .resource = "secrets", .name = "gone", .code = 404 },
        { .user = "system:anonymous", .code = 403, .isAllowed = false, .path = "/metrics" } });
    const auto found = auditFindings(log);
    QCOMPARE(q(print(found)), QString());
    QCOMPARE(auditFindings(log, { .withRefused = true }).findings[0].sentence(),
        std::string("system:anonymous: get /metrics, refused once, at 2026-11-23T03:00:00Z, from 203.0.113.7"));
    QCOMPARE(found.onlyRefused, 3u);
    QCOMPARE(q(print(auditFindings(log, { .withRefused = true }))),
        QStringLiteral("anonymous-access | system:anonymous | get /metrics | 0 -1\n"
                       "secret-read | ann | get secrets shop/gone | 0 -1\n"
                       "secret-read | ann | get secrets shop/web | 0 -1\n"));
}

void TestAuditFindings::escalations()
{
    const Ask grant { .verb = "create",
        .resource = "rolebindings",
        .group = "rbac.authorization.k8s.io",
        .code = 403,
        .message = "rolebindings \"x\" is forbidden: user \"ann\" (groups=[]) is attempting to grant RBAC permissions "
                   "not currently held:\n{APIGroups:[\"\"]}" };
    Ask quota = grant;
    quota.name = "other";
    quota.message = "admission webhook denied the request";
    const auto found = auditFindings(logOf({ grant, quota }));
    QCOMPARE(q(print(found)), QStringLiteral("escalation-refused | ann | create rolebindings shop/web | 1 -0\n"));
}

// Groups differ between the tokens of one user; the finding is one.
void TestAuditFindings::merges()
{
    std::string text = lineOf({ .resource = "secrets", .time = "2026-11-23T04:00:00Z", .source = "10.0.0.1" });
    std::string second = lineOf({ .resource = "secrets", .time = "2026-11-23T02:00:00Z", .source = "10.0.0.2" });
    second.replace(second.find("system:authenticated"), 20, "dev");
    TextSource source(text + second);
    Progress progress;
    const auto log = evidence::readAuditLog(source, "audit.log", progress);
    VERIFY_RESULT(log);
    const auto found = auditFindings(*log);
    QCOMPARE(found.findings.size(), 1u);
    QCOMPARE(found.findings[0].count, 2u);
    QCOMPARE(formatTime(found.findings[0].first), std::string("2026-11-23T02:00:00Z"));
    QCOMPARE(formatTime(found.findings[0].last), std::string("2026-11-23T04:00:00Z"));
    QCOMPARE(found.findings[0].sources, (std::vector<std::string> { "10.0.0.1", "10.0.0.2" }));
    QCOMPARE(found.findings[0].sentence(),
        std::string("ann: get secrets shop/web, 2 times from 2026-11-23T02:00:00Z to 2026-11-23T04:00:00Z, from "
                    "10.0.0.1, 10.0.0.2"));
    QCOMPARE(found.findings[0].groups, (std::vector<std::string> { "dev", "system:authenticated" }));
}

void TestAuditFindings::bursts()
{
    const auto many = [](int count, const char* time, bool isDifferent, const std::string& user) {
        std::vector<Ask> out;
        for (int i = 0; i < count; ++i)
            out.push_back({ .user = user,
                .verb = "list",
                .resource = isDifferent ? "r" + std::to_string(i) : "pods",
                .name = "",
                .code = 403,
                .isAllowed = false,
                .time = time });
        return out;
    };
    const auto burstsIn = [](const AuditLog& log) {
        AuditFindings found = auditFindings(log);
        std::erase_if(found.findings, [](const auto& one) { return one.act != evidence::AuditAct::DenialBurst; });
        return found.findings;
    };
    QVERIFY(burstsIn(logOf(many(19, "2026-11-23T03:01:00Z", false, "eve"))).empty());
    QVERIFY(burstsIn(logOf(many(9, "2026-11-23T03:01:00Z", true, "eve"))).empty());
    auto found = burstsIn(logOf(many(20, "2026-11-23T03:01:00Z", false, "eve")));
    QCOMPARE(found.size(), 1u);
    QCOMPARE(found[0].count, 20u);
    QCOMPARE(found[0].what(), std::string("1 different request: list pods in shop"));
    found = burstsIn(logOf(many(10, "2026-11-23T03:01:00Z", true, "eve"))); // few, and of many kinds
    QCOMPARE(found.size(), 1u);
    QCOMPARE(found[0].distinct, 10u);
    QVERIFY(q(found[0].what()).endsWith(QLatin1String(", ...")));
    // Two windows that touch are one burst, a later one and another user's are others.
    std::vector<Ask> asks = many(25, "2026-11-23T03:04:00Z", true, "eve");
    for (const auto& more : { many(25, "2026-11-23T03:06:00Z", true, "eve"),
             many(25, "2026-11-23T03:20:00Z", true, "eve"), many(25, "2026-11-23T03:04:00Z", true, "mallory") })
        asks.insert(asks.end(), more.begin(), more.end());
    found = burstsIn(logOf(asks));
    QCOMPARE(found.size(), 3u);
    QCOMPARE(found[0].count, 50u);
    QCOMPARE(found[0].distinct, 25u);
    QCOMPARE(formatTime(found[0].first), std::string("2026-11-23T03:00:00Z"));
    QCOMPARE(formatTime(found[0].last), std::string("2026-11-23T03:09:59Z"));
    QCOMPARE(found[2].user, std::string("mallory"));
}

// Rotated logs: one window may lie in both.
void TestAuditFindings::burstsOfTwoLogs()
{
    std::vector<Ask> asks(12, Ask { .code = 403, .isAllowed = false });
    AuditLog log = logOf(asks);
    QVERIFY(auditFindings(log).findings.empty());
    log.add(logOf(asks));
    const auto found = auditFindings(log);
    QCOMPARE(found.findings.size(), 1u);
    QCOMPARE(found.findings[0].count, 24u);
}

void TestAuditFindings::windowsAreBounded()
{
    std::vector<Ask> asks;
    for (int day = 1; day <= 28; ++day) {
        for (int hour = 0; hour < 24; ++hour) {
            const std::string two = (hour < 10 ? "0" : "") + std::to_string(hour);
            const std::string date = std::string("2026-10-") + (day < 10 ? "0" : "") + std::to_string(day);
            const int count = day == 28 && hour == 23 ? 40 : 6;
            for (int i = 0; i < count; ++i)
                asks.push_back({ .code = 403, .isAllowed = false, .time = date + 'T' + two + ":00:00Z" });
        }
    }
    const AuditLog log = logOf(asks);
    QVERIFY(log.denials.size() <= 48);
    const auto found = auditFindings(log);
    QCOMPARE(found.counts[static_cast<std::size_t>(evidence::AuditAct::DenialBurst)], 1u);
}

void TestAuditFindings::callers_data()
{
    QTest::addColumn<QString>("user");
    QTest::addColumn<QString>("expected");
    QTest::addRow("person") << "ann@example.com"
                            << "person or program //";
    QTest::addRow("account") << "system:serviceaccount:shop:web"
                             << "service account /shop/web";
    QTest::addRow("controller") << "system:serviceaccount:kube-system:job-controller"
                                << "control plane /kube-system/job-controller";
    QTest::addRow("controller's name elsewhere") << "system:serviceaccount:shop:job-controller"
                                                 << "service account /shop/job-controller";
    QTest::addRow("node") << "system:node:n1"
                          << "node //n1";
    QTest::addRow("scheduler") << "system:kube-scheduler"
                               << "control plane //";
    QTest::addRow("EKS") << "eks:node-manager"
                         << "control plane //";
    QTest::addRow("anonymous") << "system:anonymous"
                               << "anonymous //";
}

void TestAuditFindings::callers()
{
    QFETCH(QString, user);
    QFETCH(QString, expected);
    const auto caller = evidence::callerOf(user.toStdString());
    QCOMPARE(q(std::string(toText(caller.kind)) + " /" + caller.ns + '/' + caller.name), expected);
}

// The laboratory's administrator made all that is there.
void TestAuditFindings::realLog()
{
    const auto path = sharedPath("snapshots/harbor-audit.log.gz");
    if (!path)
        QSKIP("the shared log is not there");
    Progress progress;
    const auto log = evidence::readAuditLogFile(*path, progress);
    VERIFY_RESULT(log);
    const auto found = auditFindings(*log);
    const auto countOf = [&](evidence::AuditAct act) { return found.counts[static_cast<std::size_t>(act)]; };
    QCOMPARE(countOf(evidence::AuditAct::EphemeralContainer), 1u);
    QVERIFY(countOf(evidence::AuditAct::AccessChange) > 100);
    QCOMPARE(countOf(evidence::AuditAct::AnonymousAccess), 0u);
    for (const auto& one : found.findings)
        QCOMPARE(one.sources, std::vector<std::string> { "127.0.0.1" });
}

QTEST_GUILESS_MAIN(TestAuditFindings)
#include "tst_AuditFindings.moc"
