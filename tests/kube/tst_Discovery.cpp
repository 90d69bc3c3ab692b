// SPDX-License-Identifier: Apache-2.0
#include <set>

#include "tests/kube/ApiSupport.h"
#include "tests/support/Support.h"

using namespace plimsoll;
using namespace plimsoll::test;

namespace {

std::string verbsText(std::string_view verbs)
{
    return std::string("\"verbs\":[") + std::string(verbs) + ']';
}

// "plural.group/version Kind namespaced", sorted as they came.
QString found(const kube::Discovery& discovery)
{
    QStringList out;
    for (const kube::Resource& one : discovery.resources)
        out << q(one.plural + '.' + one.group + '/' + one.version + ' ' + one.kind
            + (one.isNamespaced ? " namespaced" : ""));
    return out.join(QLatin1Char('\n'));
}

QString missing(const kube::Discovery& discovery)
{
    QStringList out;
    for (const auto& one : discovery.unavailable)
        out << q(one.group + '/' + one.version + ": " + one.message);
    return out.join(QLatin1Char('\n'));
}

std::string aggregatedResource(
    std::string_view plural, std::string_view kind, std::string_view scope, std::string_view verbs = "\"get\",\"list\"")
{
    return "{\"resource\":\"" + std::string(plural) + "\",\"responseKind\":{\"group\":\"\",\"version\":\"\",\"kind\":\""
        + std::string(kind) + "\"},\"scope\":\"" + std::string(scope) + "\"," + verbsText(verbs)
        + ",\"subresources\":[{\"subresource\":\"status\",\"verbs\":[\"get\",\"list\"]}]}";
}

std::string aggregatedVersion(
    std::string_view version, const std::vector<std::string>& resources, std::string_view freshness = "Current")
{
    std::string out = "{\"version\":\"" + std::string(version) + "\",\"freshness\":\"" + std::string(freshness)
        + "\",\"resources\":[";
    for (const std::string& resource : resources)
        out += (&resource == resources.data() ? "" : ",") + resource;
    return out + "]}";
}

std::string aggregatedGroup(std::string_view name, const std::vector<std::string>& versions)
{
    std::string out = "{\"metadata\":{\"name\":\"" + std::string(name) + "\"},\"versions\":[";
    for (const std::string& version : versions)
        out += (&version == versions.data() ? "" : ",") + version;
    return out + "]}";
}

std::string aggregated(const std::vector<std::string>& groups, std::string_view version = "v2")
{
    std::string out = "{\"kind\":\"APIGroupDiscoveryList\",\"apiVersion\":\"apidiscovery.k8s.io/" + std::string(version)
        + "\",\"metadata\":{},\"items\":[";
    for (const std::string& group : groups)
        out += (&group == groups.data() ? "" : ",") + group;
    return out + "]}";
}

std::string legacyResource(
    std::string_view name, std::string_view kind, bool isNamespaced, std::string_view verbs = "\"get\",\"list\"")
{
    return "{\"name\":\"" + std::string(name) + "\",\"kind\":\"" + std::string(kind)
        + "\",\"namespaced\":" + (isNamespaced ? "true" : "false") + ',' + verbsText(verbs) + '}';
}

std::string legacyList(std::string_view groupVersion, const std::vector<std::string>& resources)
{
    std::string out
        = "{\"kind\":\"APIResourceList\",\"groupVersion\":\"" + std::string(groupVersion) + "\",\"resources\":[";
    for (const std::string& resource : resources)
        out += (&resource == resources.data() ? "" : ",") + resource;
    return out + "]}";
}

// What an API server before 1.26 serves.
Answer legacyAnswer(const Seen& seen)
{
    if (seen.target == "/api")
        return { .body = R"({"kind":"APIVersions","versions":["v1"]})" };
    if (seen.target == "/apis")
        return { .body = R"({"kind":"APIGroupList","groups":[)"
                         R"({"name":"apps","versions":[{"groupVersion":"apps/v1","version":"v1"}],)"
                         R"("preferredVersion":{"groupVersion":"apps/v1","version":"v1"}},)"
                         R"({"name":"batch","versions":[{"version":"v1"},{"version":"v1beta1"}],)"
                         R"("preferredVersion":{"version":"v1"}},)"
                         R"({"name":"metrics.k8s.io","versions":[{"version":"v1beta1"}],)"
                         R"("preferredVersion":{"version":"v1beta1"}},)"
                         R"({"name":"shop.example.com","versions":[{"version":"v2"},{"version":"v1"}],)"
                         R"("preferredVersion":{"version":"v2"}}]})" };
    if (seen.target == "/api/v1")
        return { .body = legacyList("v1",
                     { legacyResource("pods", "Pod", true), legacyResource("pods/status", "Pod", true),
                         legacyResource("nodes", "Node", false),
                         legacyResource("bindings", "Binding", true, "\"create\"") }) };
    if (seen.target == "/apis/apps/v1")
        return { .body = legacyList("apps/v1", { legacyResource("deployments", "Deployment", true) }) };
    if (seen.target == "/apis/batch/v1")
        return { .body = legacyList("batch/v1", { legacyResource("jobs", "Job", true) }) };
    if (seen.target == "/apis/batch/v1beta1")
        return { .body = legacyList("batch/v1beta1",
                     { legacyResource("jobs", "Job", true), legacyResource("cronjobs", "CronJob", true) }) };
    if (seen.target == "/apis/shop.example.com/v2")
        return { .body = legacyList("shop.example.com/v2", { legacyResource("widgets", "Widget", true) }) };
    if (seen.target == "/apis/shop.example.com/v1")
        return { .body = legacyList("shop.example.com/v1",
                     { legacyResource("widgets", "Widget", true), legacyResource("plants", "Plant", false) }) };
    return statusAnswer(503, "ServiceUnavailable", "the server is currently unable to handle the request");
}

} // namespace

class TestDiscovery : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aggregatedAnswers_data()
    {
        QTest::addColumn<QString>("version");
        QTest::addRow("v2") << "v2";
        QTest::addRow("v2beta1") << "v2beta1";
    }
    void aggregatedAnswers()
    {
        QFETCH(QString, version);
        FaultServer server({}, [&](const Seen& seen) {
            const std::string v = version.toStdString();
            if (seen.target == "/api")
                return Answer { .body
                    = aggregated(
                        { aggregatedGroup("",
                            { aggregatedVersion("v1",
                                { aggregatedResource("pods", "Pod", "Namespaced"),
                                    aggregatedResource("nodes", "Node", "Cluster"),
                                    aggregatedResource("bindings", "Binding", "Namespaced", "\"create\"") }) }) },
                        v) };
            return Answer { .body
                = aggregated(
                    { aggregatedGroup("apps",
                          { aggregatedVersion(
                              "v1", { aggregatedResource("deployments", "Deployment", "Namespaced") }) }),
                        aggregatedGroup("shop.example.com",
                            { aggregatedVersion("v2", { aggregatedResource("widgets", "Widget", "Namespaced") }),
                                aggregatedVersion("v1",
                                    { aggregatedResource("widgets", "Widget", "Namespaced"),
                                        aggregatedResource("plants", "Plant", "Cluster") }) }),
                        aggregatedGroup("metrics.k8s.io", { aggregatedVersion("v1beta1", {}, "Stale") }) },
                    v) };
        });
        Progress progress;
        const auto discovery = apiOf(loginTo(server.url()))->discover(progress);
        QVERIFY(discovery);
        QCOMPARE(found(*discovery),
            QStringLiteral("nodes./v1 Node\n"
                           "pods./v1 Pod namespaced\n"
                           "deployments.apps/v1 Deployment namespaced\n"
                           "plants.shop.example.com/v1 Plant\n"
                           "widgets.shop.example.com/v2 Widget namespaced"));
        QCOMPARE(missing(*discovery), QStringLiteral("metrics.k8s.io/v1beta1: its API server does not answer"));
        QCOMPARE(server.seen().size(), 2u);
        QVERIFY(server.seen()[0].header("Accept").contains("g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"));
    }

    void legacyAnswers()
    {
        FaultServer server({}, legacyAnswer);
        Progress progress;
        const auto discovery = apiOf(loginTo(server.url()))->discover(progress);
        QVERIFY(discovery);
        QCOMPARE(found(*discovery),
            QStringLiteral("nodes./v1 Node\n"
                           "pods./v1 Pod namespaced\n"
                           "deployments.apps/v1 Deployment namespaced\n"
                           "cronjobs.batch/v1beta1 CronJob namespaced\n"
                           "jobs.batch/v1 Job namespaced\n"
                           "plants.shop.example.com/v1 Plant\n"
                           "widgets.shop.example.com/v2 Widget namespaced"));
        // One API that does not answer costs its own resources.
        QCOMPARE(discovery->unavailable.size(), 1u);
        QCOMPARE(q(discovery->unavailable[0].group), QStringLiteral("metrics.k8s.io"));
        QVERIFY(discovery->unavailable[0].message.contains("unable to handle"));
    }

    // A server in front that knows only one of the two.
    void halfAggregated()
    {
        FaultServer server({}, [](const Seen& seen) {
            if (seen.target == "/api")
                return Answer { .body
                    = aggregated({ aggregatedGroup(
                        "", { aggregatedVersion("v1", { aggregatedResource("pods", "Pod", "Namespaced") }) }) }) };
            return legacyAnswer(seen);
        });
        Progress progress;
        const auto discovery = apiOf(loginTo(server.url()))->discover(progress);
        QVERIFY(discovery);
        QVERIFY(found(*discovery).startsWith(QStringLiteral("pods./v1 Pod namespaced\ndeployments.apps/v1")));
        QVERIFY(!found(*discovery).contains(QStringLiteral("nodes")));
    }

    void failures_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("body");
        QTest::addColumn<QString>("reason");
        QTest::addRow("401") << 401 << R"({"kind":"Status","message":"who are you"})"
                             << "not logged in";
        QTest::addRow("403") << 403 << R"({"kind":"Status","message":"no"})"
                             << "forbidden";
        QTest::addRow("404") << 404 << "not here"
                             << "not found";
        QTest::addRow("text") << 200 << "hello"
                              << "no answer of an API server";
        QTest::addRow("nothing listed") << 200 << "{}"
                                        << "no answer of an API server";
        QTest::addRow("breaks off") << 200 << R"({"kind":"APIVersions","versions":["v1")"
                                    << "no answer of an API server";
    }
    void failures()
    {
        QFETCH(int, status);
        QFETCH(QString, body);
        QFETCH(QString, reason);
        FaultServer server({}, [&](const Seen&) { return Answer { .status = status, .body = body.toStdString() }; });
        Progress progress;
        const auto discovery = apiOf(loginTo(server.url()))->discover(progress);
        QVERIFY(!discovery);
        QCOMPARE(q(std::string(kube::toText(discovery.error().reason))), reason);
    }

    void hostileNames()
    {
        FaultServer server({}, [](const Seen& seen) {
            if (seen.target == "/api")
                return Answer { .body = R"({"kind":"APIVersions","versions":["v1"]})" };
            if (seen.target == "/apis")
                return Answer { .body = R"({"kind":"APIGroupList","groups":[)"
                                        R"({"name":"../../secrets?x=","versions":[{"version":"v1"}]},)"
                                        R"({"name":"..","versions":[{"version":"version"}]}]})" };
            if (seen.target == "/api/v1")
                return Answer { .body = legacyList("v1",
                                    { legacyResource("", "Empty", true), legacyResource("nokind", "", true),
                                        legacyResource("pods", "Pod", true), "7", "null", "[]" }) };
            return statusAnswer(404, "NotFound", "no");
        });
        Progress progress;
        const auto discovery = apiOf(loginTo(server.url()))->discover(progress);
        QVERIFY(discovery);
        QCOMPARE(found(*discovery), QStringLiteral("pods./v1 Pod namespaced"));
        std::set<std::string> targets;
        for (const Seen& seen : server.seen())
            targets.insert(seen.target);
        QCOMPARE(targets,
            (std::set<std::string> {
                "/api", "/api/v1", "/apis", "/apis/../version", "/apis/..%2F..%2Fsecrets%3Fx%3D/v1" }));
        QCOMPARE(discovery->unavailable.size(), 2u);
    }
};

QTEST_GUILESS_MAIN(TestDiscovery)
#include "tst_Discovery.moc"
