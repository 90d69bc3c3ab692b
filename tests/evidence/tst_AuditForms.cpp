// SPDX-License-Identifier: Apache-2.0
#include "core/base/Text.h"
#include "core/evidence/AuditLog.h"
#include "tests/evidence/Text.h"
#include "tests/support/Support.h"

using namespace plimsoll;
using namespace plimsoll::test;
using evidence::AuditLog;

namespace {

Result<AuditLog> logOf(const std::string& text, std::size_t step = 1u << 20)
{
    TextSource source(text, step);
    Progress progress;
    return evidence::readAuditLog(source, "export.json", progress);
}

// An event as an API server writes it, in one line.
std::string auditEvent(const std::string& user, const std::string& verb, const std::string& resource,
    const std::string& more = {}, const std::string& version = "v1")
{
    return R"({"kind":"Event","apiVersion":"audit.k8s.io/)" + version
        + R"(","level":"Metadata","auditID":"6a3f2c1e-4f3a-4a53-9d1c-8a1f2b3c4d5e","stage":"ResponseComplete",)"
          R"("requestURI":"/api/v1/namespaces/shop/)"
        + resource + R"(","verb":")" + verb + R"(","user":{"username":")" + user
        + R"(","groups":["system:authenticated"]},"sourceIPs":["10.0.0.9","203.0.113.7"],)"
          R"("userAgent":"kubectl/v1.36.2","objectRef":{"resource":")"
        + resource + R"(","namespace":"shop","name":"db","apiVersion":"v1"},)" + more
        + R"("responseStatus":{"metadata":{},"code":200},)"
          R"("requestReceivedTimestamp":"2026-11-23T03:00:00.500000Z","stageTimestamp":"2026-11-23T03:00:00.600000Z",)"
          R"("annotations":{"authorization.k8s.io/decision":"allow","authorization.k8s.io/reason":""}})";
}

const std::string readLine = auditEvent("ann", "get", "secrets");
const std::string listLine = auditEvent("bob", "list", "pods");

// One record of Azure: the event in a string.
std::string azureRecord(const std::string& log, const std::string& category = "kube-audit")
{
    return R"({"category":")" + category
        + R"(","ccpNamespace":"64a1b2c3d4e5f60001","Cloud":"AzureCloud","Environment":"prod",)"
          R"("operationName":"Microsoft.ContainerService/managedClusters/diagnosticLogs/Read","properties":{"log":)"
        + jsonQuoted(log + "\n")
        + R"(,"stream":"stdout","pod":"kube-apiserver-6f7b8c9d-abcde","containerID":"0123456789ab"},)"
          R"("resourceId":"/SUBSCRIPTIONS/00000000-0000-0000-0000-000000000000/RESOURCEGROUPS/RG/PROVIDERS/)"
          R"(MICROSOFT.CONTAINERSERVICE/MANAGEDCLUSTERS/PROD","time":"2026-11-23T03:00:01.000000000Z"})";
}

// One entry of CloudWatch: the event as its message.
std::string cloudWatchEvent(const std::string& message, const std::string& stream = "kube-apiserver-audit-0123456789")
{
    return R"({"logStreamName":")" + stream + R"(","timestamp":1763866800500,"message":)" + jsonQuoted(message)
        + R"(,"ingestionTime":1763866801500,"eventId":"38790123456789012345678901234567890"})";
}

std::string googleEntry(const std::string& method, const std::string& resource, const std::string& more = {},
    const std::string& who = "ann@example.com")
{
    return R"({"insertId":"0b1c2d3e-4f50-4a61-8b72-9c8d7e6f5a4b","labels":{"authorization.k8s.io/decision":"allow",)"
           R"("authorization.k8s.io/reason":"access granted by IAM permissions."},)"
           R"("logName":"projects/acme/logs/cloudaudit.googleapis.com%2Fdata_access","operation":{"first":true,)"
           R"("id":"0b1c2d3e-4f50-4a61-8b72-9c8d7e6f5a4b","last":true,"producer":"k8s.io"},"protoPayload":{)"
           R"("@type":"type.googleapis.com/google.cloud.audit.AuditLog","authenticationInfo":{"principalEmail":")"
        + who + R"("},"authorizationInfo":[{"granted":true,"permission":")" + method + R"(","resource":")" + resource
        + R"("}],"methodName":")" + method
        + R"(","request":{"@type":"core.k8s.io/v1.Secret","data":{"password":"bWFya2Vk"}},"requestMetadata":)"
          R"({"callerIp":"203.0.113.9","callerSuppliedUserAgent":"kubectl/v1.36.2"},"resourceName":")"
        + resource + R"(","serviceName":"k8s.io")" + more
        + R"(},"receiveTimestamp":"2026-11-23T03:00:02.1Z","resource":{"labels":{"cluster_name":"prod","location":)"
          R"("europe-west1","project_id":"acme"},"type":"k8s_cluster"},"timestamp":"2026-11-23T03:00:01.9Z"})";
}

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

class TestAuditForms : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void forms_data();
    void forms();
    void google_data();
    void google();
    void cutMessages();
    void refusals_data();
    void refusals();
    void recognises_data();
    void recognises();
    void bodiesAreDropped();
    void tellsOfBodies();
    void manyRecordsInOneDocument();
    void sourcesAndOutcomes();
};

void TestAuditForms::forms_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("form");
    QTest::addColumn<int>("others");
    const auto row = [](const char* name, const std::string& text, const char* form, int others = 0) {
        QTest::addRow("%s", name) << q(text) << QString::fromUtf8(form) << others;
    };
    const char* const eks = "Amazon EKS (CloudWatch)";
    const char* const aks = "Azure AKS (resource logs)";
    row("lines", readLine + '\n' + listLine + '\n', "Kubernetes");
    row("v1beta1",
        auditEvent("ann", "get", "secrets", {}, "v1beta1") + '\n' + auditEvent("bob", "list", "pods", {}, "v1beta1")
            + '\n',
        "Kubernetes");
    row("an array on many lines", "[\n  " + readLine + ",\n  " + listLine + "\n]\n", "Kubernetes");
    row("an EventList of a webhook",
        R"({"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[)" + readLine + ',' + listLine
            + "]}\n",
        "Kubernetes");
    row("log of a container",
        R"({"log":)" + jsonQuoted(readLine + '\n') + R"(,"stream":"stdout"})" + '\n' + listLine + '\n', "Kubernetes");
    row("syslog",
        "Nov 23 03:00:00 cp1 kube-apiserver[812]: " + readLine
            + "\nNov 23 03:00:01 cp1 kube-apiserver[812]: " + listLine + '\n',
        "Kubernetes");
    const std::string klog = "I1123 03:00:00.123456      10 httplog.go:132] \"HTTP\" verb=\"GET\"";
    row("CloudWatch, one document",
        R"({"events":[)" + cloudWatchEvent(readLine) + ',' + cloudWatchEvent(klog, "kube-apiserver-0123") + ','
            + cloudWatchEvent(listLine) + R"(],"searchedLogStreams":[]})",
        eks, 1);
    row("CloudWatch, on many lines",
        "{\n    \"events\": [\n        " + cloudWatchEvent(readLine) + ",\n        " + cloudWatchEvent(listLine)
            + "\n    ],\n    \"searchedLogStreams\": [],\n    \"nextToken\": \"f/38\"\n}\n",
        eks);
    row("CloudWatch, one event a line", cloudWatchEvent(readLine) + '\n' + cloudWatchEvent(listLine) + '\n', eks);
    row("CloudWatch, subscription",
        R"({"messageType":"DATA_MESSAGE","owner":"123456789012","logGroup":"/aws/eks/prod/cluster",)"
        R"("logStream":"kube-apiserver-audit-0123","subscriptionFilters":["all"],"logEvents":[)"
            + cloudWatchEvent(readLine) + ',' + cloudWatchEvent(listLine) + "]}\n",
        eks);
    row("CloudWatch, Insights",
        R"({"results":[[{"field":"@timestamp","value":"2026-11-23 03:00:00.500"},{"field":"@message","value":)"
            + jsonQuoted(readLine) + R"(},{"field":"@ptr","value":"CmEK"}],[{"field":"@message","value":)"
            + jsonQuoted(listLine) + R"(}]],"statistics":{"recordsMatched":2.0},"status":"Complete"})",
        eks);
    row("CloudWatch, export to S3",
        "2026-11-23T03:00:00.500Z " + readLine + "\n2026-11-23T03:00:00.600Z " + klog + "\n2026-11-23T03:00:00.700Z "
            + listLine + '\n',
        "Amazon EKS (CloudWatch export)", 1);
    row("Azure, records",
        R"({"records":[)" + azureRecord(readLine) + ',' + azureRecord(klog, "kube-apiserver") + ','
            + azureRecord(listLine, "kube-audit-admin") + "]}",
        aks, 1);
    row("Azure, a record a line", azureRecord(readLine) + '\n' + azureRecord(listLine) + '\n', aks);
    row("Azure, records on many lines",
        "{\n  \"records\": [\n    " + azureRecord(readLine) + ",\n    " + azureRecord(listLine) + "\n  ]\n}\n", aks);
    row("Azure, Log Analytics",
        R"([{"TimeGenerated":"2026-11-23T03:00:00Z","Category":"kube-audit","log_s":)" + jsonQuoted(readLine)
            + R"(},{"Category":"guard","log_s":"x"},{"Category":"kube-audit-admin","log_s":)" + jsonQuoted(listLine)
            + "}]",
        aks, 1);
    const auto tableRow = [](const std::string& user, const std::string& verb, const std::string& resource) {
        return R"({"TimeGenerated":"2026-11-23T03:00:01Z","Level":"Metadata","AuditId":"6a3f","Stage":"ResponseComplete",)"
               R"("RequestUri":"/api/v1/x","Verb":")"
            + verb + R"(","User":)" + jsonQuoted(R"({"username":")" + user + R"(","groups":["system:authenticated"]})")
            + R"(,"ImpersonatedUser":null,"SourceIps":"[\"203.0.113.7\"]","ObjectRef":{"resource":")" + resource
            + R"(","namespace":"shop","name":"db"},"ResponseStatus":{"code":200},"RequestReceivedTime":)"
              R"("2026-11-23T03:00:00.5Z","Annotations":{"authorization.k8s.io/decision":"allow"},"Type":"AKSAudit"})";
    };
    row("Azure, the table of its own",
        "[" + tableRow("ann", "get", "secrets") + ",\n" + tableRow("bob", "list", "pods") + "]\n", aks);
    const std::string properties = R"({"log":)" + jsonQuoted(listLine) + "}";
    row("Azure, properties in a string",
        azureRecord(readLine) + '\n' + R"({"category":"kube-audit","properties":)" + jsonQuoted(properties) + "}\n",
        aks);
}

void TestAuditForms::forms()
{
    QFETCH(QString, text);
    QFETCH(QString, form);
    QFETCH(int, others);
    for (const std::size_t step : { std::size_t(1u << 20), std::size_t(11) }) {
        const auto log = logOf(text.toStdString(), step);
        VERIFY_RESULT(log);
        QCOMPARE(q(print(*log)), QStringLiteral("ann get secrets shop/db +1 -0\nbob list pods shop/db +1 -0\n"));
        QCOMPARE(q(log->form), form);
        QCOMPARE(static_cast<int>(log->others), others);
        QCOMPARE(log->badLines, 0u);
        QCOMPARE(formatTime(log->from.value_or(0)), std::string("2026-11-23T03:00:00Z"));
    }
}

void TestAuditForms::google_data()
{
    QTest::addColumn<QString>("entry");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* name, const std::string& entry, const char* expected) {
        QTest::addRow("%s", name) << q(entry) << QString::fromUtf8(expected);
    };
    row("a secret", googleEntry("io.k8s.core.v1.secrets.get", "core/v1/namespaces/shop/secrets/db"),
        "ann@example.com get secrets shop/db +1 -0\n");
    row("all secrets", googleEntry("io.k8s.core.v1.secrets.list", "core/v1/secrets"),
        "ann@example.com list secrets / +1 -0\n");
    row("secrets of a namespace", googleEntry("io.k8s.core.v1.secrets.list", "core/v1/namespaces/shop/secrets"),
        "ann@example.com list secrets shop/ +1 -0\n");
    row("exec", googleEntry("io.k8s.core.v1.pods.exec.create", "core/v1/namespaces/shop/pods/web/exec"),
        "ann@example.com create pods/exec shop/web +1 -0\n");
    row("a binding",
        googleEntry("io.k8s.authorization.rbac.v1.clusterrolebindings.create",
            "rbac.authorization.k8s.io/v1/clusterrolebindings/ops"),
        "ann@example.com create clusterrolebindings.rbac.authorization.k8s.io /ops +1 -0\n");
    row("a node's proxy", googleEntry("io.k8s.core.v1.nodes.proxy.get", "core/v1/nodes/n1/proxy"),
        "ann@example.com get nodes/proxy /n1 +1 -0\n");
    row("a namespace", googleEntry("io.k8s.core.v1.namespaces.create", "core/v1/namespaces/shop"),
        "ann@example.com create namespaces shop/shop +1 -0\n");
    row("the end of a namespace",
        googleEntry("io.k8s.core.v1.namespaces.finalize.update", "core/v1/namespaces/shop/finalize"),
        "ann@example.com update namespaces/finalize shop/shop +1 -0\n");
    std::string denied = googleEntry("io.k8s.core.v1.secrets.list", "core/v1/namespaces/shop/secrets",
        R"(,"status":{"code":7,"message":"secrets is forbidden"})");
    for (const std::string_view granted : { R"("granted":true,)", R"("authorization.k8s.io/decision":"allow",)" })
        denied.erase(denied.find(granted), granted.size());
    row("denied", denied, "ann@example.com list secrets shop/ +0 -1\n");
    row("not found, which is allowed",
        googleEntry("io.k8s.core.v1.secrets.get", "core/v1/namespaces/shop/secrets/x", R"(,"status":{"code":5})"),
        "ann@example.com get secrets shop/x +1 -0\n");
}

void TestAuditForms::google()
{
    QFETCH(QString, entry);
    QFETCH(QString, expected);
    const std::string foreign = R"({"insertId":"1","protoPayload":{"serviceName":"container.googleapis.com",)"
                                R"("methodName":"google.container.v1.ClusterManager.UpdateCluster"}})";
    // As lines (a sink) and as an array (gcloud logging readLine).
    for (const std::string& text :
        { entry.toStdString() + '\n' + foreign + '\n', "[\n" + entry.toStdString() + ",\n" + foreign + "\n]\n" }) {
        const auto log = logOf(text);
        VERIFY_RESULT(log);
        QCOMPARE(q(print(*log)), expected);
        QCOMPARE(log->form, std::string("Google GKE (Cloud Audit Logs)"));
        QCOMPARE(log->others, 1u);
        QCOMPARE(log->counts[0].use.groups, std::vector<std::string> { "system:authenticated" });
        QCOMPARE(formatTime(log->from.value_or(0)), std::string("2026-11-23T03:00:01Z"));
    }
}

// What CloudWatch cut off is the end, where the bodies stand; what stands before is told.
void TestAuditForms::cutMessages()
{
    const std::string big = auditEvent(
        "ann", "create", "secrets", R"("requestObject":{"data":{"a":")" + std::string(2000, 'x') + R"("}},)");
    const std::string bodiless = auditEvent("ann", "get", "pods");
    const auto log = logOf(cloudWatchEvent(big.substr(0, 1200) + "[Truncated...]") + '\n'
        + cloudWatchEvent(bodiless.substr(0, 200) + "[Truncated...]") + '\n' + cloudWatchEvent(listLine) + '\n');
    VERIFY_RESULT(log);
    QCOMPARE(q(print(*log)), QStringLiteral("ann create secrets shop/db +1 -0\nbob list pods shop/db +1 -0\n"));
    QCOMPARE(log->cutEvents, 2u);
    QCOMPARE(log->badLines, 0u);
}

void TestAuditForms::refusals_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("word");
    QTest::addRow("legacy text") << "2018-03-01T10:00:00.000000000Z AUDIT: id=\"5c3b8227\" stage=\"RequestReceived\" "
                                    "ip=\"10.0.0.1\" method=\"get\" "
                                    "user=\"ann\" uri=\"/api/v1/pods\" response=\"<deferred>\"\n"
                                 << "legacy";
    QTest::addRow("only other logs") << q(R"({"events":[)" + cloudWatchEvent("I1123 text", "kube-scheduler-1") + "]}")
                                     << "other logs";
    QTest::addRow("only other categories")
        << q(R"({"records":[)" + azureRecord("I1123 text", "kube-scheduler") + "]}") << "other logs";
    QTest::addRow("another document") << R"({"results":[1,2],"records":"none"})"
                                      << "no audit events";
}

void TestAuditForms::refusals()
{
    QFETCH(QString, text);
    QFETCH(QString, word);
    const auto log = logOf(text.toStdString());
    QVERIFY(!log);
    QCOMPARE(log.error().kind, ErrorKind::Format);
    QVERIFY2(q(log.error().what).contains(word), log.error().what.c_str());
}

void TestAuditForms::recognises_data()
{
    QTest::addColumn<QString>("head");
    QTest::addColumn<bool>("expected");
    const auto row = [](const char* name, const std::string& text, bool expected) {
        QTest::addRow("%s", name) << q(text) << expected;
    };
    row("lines", readLine, true);
    row("CloudWatch", R"({"events":[)" + cloudWatchEvent(readLine), true);
    row("CloudWatch export", "2026-11-23T03:00:00.500Z " + readLine, true);
    row("Azure", R"({"records":[)" + azureRecord(readLine), true);
    row("Google", "[\n" + googleEntry("io.k8s.core.v1.pods.get", "core/v1/namespaces/a/pods/b"), true);
    row("Azure, the table of its own", R"({"AuditId":"1","Stage":"Panic","ObjectRef":{},"Type":"AKSAuditAdmin"})",
        true);
    row("legacy text", "2018-03-01T10:00:00Z AUDIT: id=\"5c3b8227\" stage=\"RequestReceived\"", true);
    row("its beginning only", readLine.substr(0, 160), true);
    row("an audit policy", "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- level: Metadata\n", false);
    row("an audit policy, JSON", R"({"apiVersion":"audit.k8s.io/v1","kind":"Policy","rules":[]})", false);
    row("events of the API", R"({"kind":"List","apiVersion":"v1","items":[{"kind":"Event","apiVersion":"v1"}]})",
        false);
    row("Falco", R"({"rule":"x","priority":"Notice","output_fields":{"ka.auditid":"1"}})", false);
    row("nothing", "", false);
}

void TestAuditForms::recognises()
{
    QFETCH(QString, head);
    QFETCH(bool, expected);
    QCOMPARE(evidence::isAuditLog(head.toStdString()), expected);
}

// A marked value in each place that may hold a body, in each form.
void TestAuditForms::bodiesAreDropped()
{
    const std::string marked = auditEvent("ann", "create", "secrets",
        R"("requestObject":{"data":{"k":"marked-7f3a"}},"responseObject":{"data":{"k":"marked-7f3a"}},)");
    for (const std::string& text : { marked, cloudWatchEvent(marked), azureRecord(marked),
             googleEntry("io.k8s.core.v1.secrets.create", "core/v1/namespaces/shop/secrets/db",
                 R"(,"response":{"data":{"k":"marked-7f3a"}})") }) {
        const auto log = logOf(text + '\n');
        VERIFY_RESULT(log);
        QCOMPARE(log->events, 1u);
        std::string all = print(*log) + log->form;
        for (const Error& one : log->problems)
            all += toText(one);
        QVERIFY2(!q(all).contains(QLatin1String("marked")), all.c_str());
    }
}

// A log at a level that records bodies is itself a store of secrets.
void TestAuditForms::tellsOfBodies()
{
    const auto at = [](const std::string& level, const std::string& verb) {
        std::string one = auditEvent("ann", verb, "secrets");
        return one.replace(one.find("\"Metadata\""), 10, '"' + level + '"') + '\n';
    };
    const auto log = logOf(at("Metadata", "create") + at("Request", "get") + at("Request", "create")
        + at("RequestResponse", "get") + auditEvent("ann", "get", "pods") + '\n');
    VERIFY_RESULT(log);
    QCOMPARE(log->events, 5u);
    QCOMPARE(log->secretBodies, 2u);
}

void TestAuditForms::manyRecordsInOneDocument()
{
    std::string text = R"({"records":[)";
    for (int i = 0; i < 3000; ++i)
        text += (i > 0 ? "," : "") + azureRecord(i % 2 ? readLine : listLine);
    const auto log = logOf(text + "]}");
    VERIFY_RESULT(log);
    QVERIFY(text.size() > 2u << 20); // does not end in the first megabyte
    QCOMPARE(log->events, 3000u);
    QCOMPARE(log->badLines, 0u);
}

void TestAuditForms::sourcesAndOutcomes()
{
    std::string escalation = auditEvent("ann", "create", "clusterrolebindings");
    escalation.replace(
        escalation.find(R"("apiVersion":"v1"})"), 18, R"("apiGroup":"rbac.authorization.k8s.io","apiVersion":"v1"})");
    escalation.replace(escalation.find(R"("code":200)"), 10,
        R"("status":"Failure","message":"user \"ann\" is attempting to grant RBAC permissions not currently held","code":403)");
    std::string missing = auditEvent("ann", "get", "secrets");
    missing.replace(missing.find(R"("code":200)"), 10, R"("code":404)");
    std::string nobody = auditEvent("", "get", "secrets");
    nobody.replace(nobody.find(R"("code":200)"), 10, R"("code":401)");
    const auto log = logOf(escalation + '\n' + missing + '\n' + readLine + '\n' + nobody + '\n');
    VERIFY_RESULT(log);
    QCOMPARE(log->unauthenticated, 1u);
    QCOMPARE(log->counts.size(), 2u);
    QCOMPARE(log->counts[0].use.resource, std::string("clusterrolebindings"));
    QCOMPARE(log->counts[0].escalations, 1u);
    QCOMPARE(log->counts[1].failed, 1u);
    QCOMPARE(log->counts[1].allowed, 2u);
    // The first address is what the client says of itself; the last one is what the API server saw.
    QCOMPARE(log->counts[1].sources, std::vector<std::string> { "203.0.113.7" });
}

QTEST_GUILESS_MAIN(TestAuditForms)
#include "tst_AuditForms.moc"
