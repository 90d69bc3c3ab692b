// SPDX-License-Identifier: Apache-2.0
#include "core/access/Groups.h"
#include "core/access/Usage.h"
#include "tests/support/Support.h"

using namespace plimsoll;
using namespace plimsoll::test;
using evidence::AuditLog;

namespace {

class Text final : public format::ByteSource {
public:
    explicit Text(std::string text, std::size_t step = 1u << 20)
        : m_text(std::move(text))
        , m_step(step)
    {
    }
    Result<std::size_t> read(char* buffer, std::size_t size) override
    {
        const std::size_t count = std::min({ size, m_step, m_text.size() - m_at });
        m_text.copy(buffer, count, m_at);
        m_at += count;
        return count;
    }

private:
    std::string m_text;
    std::size_t m_at = 0, m_step;
};

Result<AuditLog> logOf(const std::string& text, std::size_t step = 1u << 20)
{
    Text source(text, step);
    Progress progress;
    return evidence::readAuditLog(source, "audit.log", progress);
}

// An event; more: further members.
std::string eventText(const std::string& user, const std::string& verb, const std::string& object,
    const std::string& more = "\"responseStatus\":{\"code\":200}", const std::string& stage = "ResponseComplete",
    const std::string& id = "1")
{
    return "{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1\",\"level\":\"Metadata\",\"auditID\":\"" + id
        + "\",\"stage\":\"" + stage + "\",\"requestURI\":\"/version?x=1\",\"verb\":\"" + verb
        + "\",\"user\":{\"username\":\"" + user + "\",\"groups\":[\"system:authenticated\",\"dev\"]},"
        + (object.empty() ? std::string() : "\"objectRef\":" + object + ',')
        + "\"requestReceivedTimestamp\":\"2026-11-23T03:00:00.5Z\"," + more + "}\n";
}

const std::string pods = R"({"resource":"pods","namespace":"shop","name":"web","apiVersion":"v1"})";
const std::string secrets = R"({"resource":"secrets","namespace":"shop"})";

// "ann get pods shop/web +1 -0", one line for each count.
std::string print(const AuditLog& log)
{
    std::string out;
    for (const auto& one : log.counts) {
        const auto& use = one.use;
        out += use.user + ' ' + use.verb + ' '
            + (use.path.empty() ? use.resource + (use.subresource.empty() ? "" : '/' + use.subresource)
                        + (use.apiGroup.empty() ? "" : '.' + use.apiGroup) + ' ' + use.ns + '/' + use.name
                                : use.path)
            + " +" + std::to_string(one.allowed) + " -" + std::to_string(one.denied) + '\n';
    }
    return out;
}

} // namespace

class tst_AuditLog : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void counts_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* name, const std::string& text, const char* expected) {
            QTest::addRow("%s", name) << q(text) << QString::fromUtf8(expected);
        };
        row("twice the same", eventText("ann", "get", pods) + eventText("ann", "get", pods),
            "ann get pods shop/web +2 -0\n");
        row("a path", eventText("ann", "get", ""), "ann get /version +1 -0\n");
        row("denied by its status", eventText("ann", "list", secrets, R"("responseStatus":{"code":403})"),
            "ann list secrets shop/ +0 -1\n");
        row("denied by the authorizer",
            eventText("ann", "list", secrets,
                R"("responseStatus":{"code":404},"annotations":{"authorization.k8s.io/decision":"forbid"})"),
            "ann list secrets shop/ +0 -1\n");
        row("allowed, refused by something else",
            eventText("ann", "create", pods,
                R"("responseStatus":{"code":403},"annotations":{"authorization.k8s.io/decision":"allow"})"),
            "ann create pods shop/web +1 -0\n");
        row("who is nobody", eventText("ann", "get", pods, R"("responseStatus":{"code":401})"), "");
        row("received is not done", eventText("ann", "get", pods, R"("x":1)", "RequestReceived"), "");
        row("a watch is told twice",
            eventText("ann", "watch", pods, R"("x":1)", "ResponseStarted", "7")
                + eventText("ann", "watch", pods, R"("x":1)", "ResponseComplete", "7")
                + eventText("ann", "watch", pods, R"("x":1)", "ResponseStarted", "8"),
            "ann watch pods shop/web +2 -0\n");
        row("a panic", eventText("ann", "get", pods, R"("x":1)", "Panic"), "ann get pods shop/web +1 -0\n");
        row("impersonated",
            eventText("root", "get", pods,
                R"("impersonatedUser":{"username":"bob","groups":["ops","system:authenticated"]})"),
            "bob get pods shop/web +1 -0\nroot impersonate groups /ops +1 -0\nroot impersonate users /bob +1 -0\n");
        row("impersonated account",
            eventText("root", "get", pods,
                R"("impersonatedUser":{"username":"system:serviceaccount:ci:bot","groups":["system:serviceaccounts"]})"),
            "root impersonate serviceaccounts ci/bot +1 -0\nsystem:serviceaccount:ci:bot get pods shop/web +1 -0\n");
        const std::string one = eventText("ann", "get", pods);
        row("a list",
            R"({"kind":"EventList","apiVersion":"audit.k8s.io/v1","items":[)" + one.substr(0, one.size() - 1) + "]}",
            "ann get pods shop/web +1 -0\n");
        row("another line is being written", one + one.substr(0, 70), "ann get pods shop/web +1 -0\n");
        row("subresource and group",
            eventText("ann", "patch",
                R"({"resource":"deployments","subresource":"scale",)"
                R"("apiGroup":"apps","namespace":"a","name":"b"})"),
            "ann patch deployments/scale.apps a/b +1 -0\n");
    }
    void counts()
    {
        QFETCH(QString, text);
        QFETCH(QString, expected);
        for (const std::size_t step : { std::size_t(1u << 20), std::size_t(7) }) {
            const auto log = logOf(text.toStdString(), step);
            VERIFY_RESULT(log);
            QCOMPARE(q(print(*log)), expected);
            QCOMPARE(log->badLines, 0u);
        }
    }

    void badLinesAmongGoodOnes()
    {
        const auto log = logOf(eventText("ann", "get", pods) + "{\"half\": \n\nnot json\n"
            + R"({"kind":"Pod","apiVersion":"v1"})" + '\n' + eventText("ann", "get", pods));
        VERIFY_RESULT(log);
        QCOMPARE(q(print(*log)), QStringLiteral("ann get pods shop/web +2 -0\n"));
        QCOMPARE(log->badLines, 3u);
        QCOMPARE(log->problems[0].where, std::string("audit.log:2"));
        QCOMPARE(log->problems[2].where, std::string("audit.log:5"));
    }

    void noLogAtAll_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addRow("empty") << "";
        QTest::addRow("text") << "hello\nworld\n";
        QTest::addRow("other objects") << R"({"kind":"Pod","apiVersion":"v1"})";
    }
    void noLogAtAll()
    {
        QFETCH(QString, text);
        const auto log = logOf(text.toStdString());
        QVERIFY(!log);
        QCOMPARE(log.error().kind, ErrorKind::Format);
    }

    void manyNamesAreOne()
    {
        std::string text;
        for (int i = 0; i < 1000; ++i)
            text += eventText("ann", "get",
                "{\"resource\":\"pods\",\"namespace\":\"shop\",\"name\":\"pod-" + std::to_string(i) + "\"}");
        const auto log = logOf(text);
        VERIFY_RESULT(log);
        QVERIFY(log->counts.size() < 300);
        QVERIFY(log->counts.front().areNamesCut);
        QCOMPARE(log->counts.front().use.name, std::string());
        QCOMPARE(log->events, 1000u);
    }

    // A stranger who tries paths must not fill the memory.
    void manyPathsAreOne()
    {
        std::string text;
        for (int i = 0; i < 3000; ++i) {
            std::string one = eventText("system:anonymous", "get", "");
            text += one.replace(one.find("/version?x=1"), 12, "/try-" + std::to_string(i));
        }
        const auto log = logOf(text);
        VERIFY_RESULT(log);
        QCOMPARE(log->events, 3000u);
        QCOMPARE(log->counts.size(), 1001u);
        QCOMPARE(log->counts[0].use.path, std::string("/*"));
        QCOMPARE(log->counts[0].allowed, 2000u);
        QVERIFY(log->counts[0].areNamesCut);
    }

    void addsLogs()
    {
        auto log = logOf(eventText("ann", "get", pods));
        log->add(*logOf(eventText("ann", "get", pods) + eventText("bob", "list", secrets)));
        QCOMPARE(q(print(*log)), QStringLiteral("ann get pods shop/web +2 -0\nbob list secrets shop/ +1 -0\n"));
        QCOMPARE(log->events, 3u);
    }

    // The log of the real server: what RBAC allowed there, our evaluator allows.
    void realLog()
    {
        const auto path = sharedPath("snapshots/harbor-audit.log.gz");
        const auto folder = sharedPath("snapshots/harbor");
        if (!path || !folder)
            QSKIP("the shared log is not there");
        Progress progress;
        const auto log = evidence::readAuditLogFile(*path, progress);
        VERIFY_RESULT(log);
        QCOMPARE(log->events, 19645u);
        QCOMPARE(log->badLines, 0u);
        QCOMPARE(formatTime(*log->from), std::string("2026-11-23T03:29:27Z"));
        const auto rbac = std::make_shared<const access::Rbac>(clusterFromPath(*folder));
        const access::Authorizers authorizers(rbac);
        std::string wrong;
        std::size_t asked = 0;
        for (const auto& one : log->counts) {
            if (one.allowed == 0 || !one.use.user.starts_with("system:serviceaccount:"))
                continue; // the laboratory's own users had rights of their own
            ++asked;
            const access::Request request { one.use.verb, one.use.apiGroup, one.use.resource, one.use.subresource,
                one.use.ns, one.use.name, one.use.path };
            if (!rbac->allows(access::User { one.use.user, one.use.groups }, request))
                wrong += one.use.user + ' ' + access::textOf(request) + '\n';
        }
        QVERIFY(asked > 1000);
        QCOMPARE(wrong, std::string());
    }

    void usage()
    {
        const auto cluster = clusterFrom("apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\n"
                                         "metadata: {name: reader, namespace: shop}\n"
                                         "rules:\n- {apiGroups: [''], resources: [pods], verbs: [get, list]}\n"
                                         "- {apiGroups: [''], resources: [secrets], verbs: [get]}\n---\n"
                                         "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\n"
                                         "metadata: {name: a, namespace: shop}\n"
                                         "roleRef: {kind: Role, name: reader, apiGroup: rbac.authorization.k8s.io}\n"
                                         "subjects:\n- {kind: User, name: ann}\n---\n"
                                         "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\n"
                                         "metadata: {name: b, namespace: shop}\n"
                                         "roleRef: {kind: Role, name: reader, apiGroup: rbac.authorization.k8s.io}\n"
                                         "subjects:\n- {kind: User, name: bob}\n");
        const access::Rbac rbac(cluster);
        const auto log
            = logOf(eventText("ann", "get", pods) + eventText("bob", "get", pods, R"("responseStatus":{"code":403})")
                + eventText("ann", "get", R"({"resource":"secrets","namespace":"bank","name":"x"})"));
        const auto found = access::usageOf(rbac, *log);
        QCOMPARE(found.size(), 2u);
        QCOMPARE(found[0].requests, 1u);
        QCOMPARE(found[0].unusedRules, std::vector<std::uint32_t> { 1 });
        QVERIFY(!found[0].isUnused());
        QVERIFY(found[1].isUnused()); // what is denied uses nothing
        QCOMPARE(found[1].unusedRules.size(), 2u);
    }

    // The proposal is loaded as a cluster of its own and asked for everything that was done.
    void leastPrivilegeCoversTheUse_data()
    {
        QTest::addColumn<QString>("reference");
        QTest::addColumn<bool>("keepsNames");
        for (const bool keepsNames : { false, true }) {
            QTest::addRow("deployments%s", keepsNames ? ", names" : "")
                << "system:serviceaccount:kube-system:deployment-controller" << keepsNames;
            QTest::addRow("namespaces%s", keepsNames ? ", names" : "")
                << "system:serviceaccount:kube-system:namespace-controller" << keepsNames;
        }
    }
    void leastPrivilegeCoversTheUse()
    {
        QFETCH(QString, reference);
        QFETCH(bool, keepsNames);
        const auto path = sharedPath("snapshots/harbor-audit.log.gz");
        const auto folder = sharedPath("snapshots/harbor");
        if (!path || !folder)
            QSKIP("the shared log is not there");
        Progress progress;
        static const auto log = evidence::readAuditLogFile(*path, progress);
        static const auto real = std::make_shared<const access::Rbac>(clusterFromPath(*folder));
        const access::User user = access::userNamed(reference.toStdString());
        const auto least = access::leastPrivilege(*real, *log, user, { .keepsNames = keepsNames });
        QCOMPARE(least.refused, 0u);
        QVERIFY(least.requests > 50);
        const access::Rbac made(clusterFrom(least.yaml));
        std::size_t asked = 0;
        for (const auto& one : log->counts) {
            if (one.use.user != user.name || one.allowed == 0)
                continue;
            const access::Request request { one.use.verb, one.use.apiGroup, one.use.resource, one.use.subresource,
                one.use.ns, one.use.name, one.use.path };
            if (real->allows(access::anyoneIn("system:authenticated"), request))
                continue;
            ++asked;
            QVERIFY2(made.allows(user, request), access::textOf(request).c_str());
        }
        QCOMPARE(asked, least.requests);
        // And nothing like it that was not done.
        QVERIFY(!made.allows(user, access::Request { .verb = "impersonate", .resource = "users", .name = "x" }));
        QVERIFY(!made.allows(
            user, access::Request { .verb = "get", .resource = "secrets", .ns = "kube-system", .name = "x" }));
    }
};

QTEST_GUILESS_MAIN(tst_AuditLog)
#include "tst_AuditLog.moc"
