// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "tests/kube/ApiSupport.h"
#include "tests/support/Support.h"

using namespace plimsoll;
using namespace plimsoll::test;
using kube::FailureReason;

namespace {

const std::string selfSubjectPath = "/apis/authentication.k8s.io/";

QString failureOf(const kube::Failure& failure)
{
    return q(std::string(kube::toText(failure.reason)));
}

} // namespace

class TestApi : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void version_data()
    {
        QTest::addColumn<QString>("body");
        QTest::addColumn<QString>("version"); // "" = failure
        QTest::addRow("known") << R"({"gitVersion":"v1.31.2+k3s1","platform":"linux/arm64"})"
                               << "v1.31.2+k3s1";
        QTest::addRow("nothing in it") << "{}"
                                       << "";
        QTest::addRow("of the wrong type") << R"({"gitVersion":7})"
                                           << "";
        QTest::addRow("text") << "ok"
                              << "";
    }
    void version()
    {
        QFETCH(QString, body);
        QFETCH(QString, version);
        FaultServer server({}, [&](const Seen&) { return Answer { .body = body.toStdString() }; });
        Progress progress;
        const auto answer = apiOf(loginTo(server.url()))->version(progress);
        QCOMPARE(answer.has_value(), !version.isEmpty());
        if (answer)
            QCOMPARE(q(answer->gitVersion), version);
        else
            QCOMPARE(answer.error().reason, FailureReason::Malformed);
    }

    void whoAmI_data()
    {
        QTest::addColumn<QString>("served"); // the only version
        QTest::addColumn<int>("requests");
        QTest::addRow("v1") << "v1" << 1;
        QTest::addRow("v1beta1") << "v1beta1" << 2;
        QTest::addRow("v1alpha1") << "v1alpha1" << 3;
        QTest::addRow("none") << "v9" << 3;
    }
    void whoAmI()
    {
        QFETCH(QString, served);
        QFETCH(int, requests);
        FaultServer server({}, [&](const Seen& seen) {
            if (seen.target != selfSubjectPath + served.toStdString() + "/selfsubjectreviews")
                return statusAnswer(404, "NotFound", "the server could not find the requested resource");
            return Answer { .status = 201,
                .body = R"({"kind":"SelfSubjectReview","status":{"userInfo":{"username":"jane","uid":"u1",)"
                        R"("groups":["dev","system:authenticated"]}}})" };
        });
        Progress progress;
        const auto identity = apiOf(loginTo(server.url()))->whoAmI(progress);
        QCOMPARE(static_cast<int>(server.seen().size()), requests);
        QCOMPARE(identity.has_value(), served != QLatin1String("v9"));
        if (!identity) {
            QCOMPARE(identity.error().reason, FailureReason::NotFound);
            return;
        }
        QCOMPARE(identity->user, std::string("jane"));
        QCOMPARE(identity->uid, std::string("u1"));
        QCOMPARE(identity->groups, (std::vector<std::string> { "dev", "system:authenticated" }));
    }
    void whoAmIForbidden()
    {
        FaultServer server({}, [](const Seen&) { return statusAnswer(403, "Forbidden", "no"); });
        Progress progress;
        const auto identity = apiOf(loginTo(server.url()))->whoAmI(progress);
        QVERIFY(!identity);
        QCOMPARE(identity.error().reason, FailureReason::Forbidden);
        QCOMPARE(server.seen().size(), 1u); // another version would say the same
    }

    void allowedRules()
    {
        FaultServer server({}, [](const Seen&) {
            return Answer { .status = 201,
                .body = R"({"status":{"incomplete":true,"evaluationError":"webhook","resourceRules":[)"
                        R"({"verbs":["get","list"],"apiGroups":[""],"resources":["pods"],"resourceNames":["a"]}]}})" };
        });
        Progress progress;
        const auto rules = apiOf(loginTo(server.url()))->allowedRules("shop\"x", progress);
        QVERIFY(rules);
        QVERIFY(rules->isIncomplete);
        QCOMPARE(rules->rules.size(), 1u);
        QCOMPARE(rules->rules[0].names, std::vector<std::string> { "a" });
        QCOMPARE(server.seen()[0].target, std::string("/apis/authorization.k8s.io/v1/selfsubjectrulesreviews"));
        QVERIFY(server.seen()[0].body.contains("\"shop\\\"x\""));
    }

    // Answers stand in the order of the questions, however late each comes.
    void canList()
    {
        FaultServer server({}, [](const Seen& seen) {
            if (seen.body.contains("\"broken\""))
                return Answer { .status = 201, .body = "{}" };
            if (seen.body.contains("\"refused\""))
                return statusAnswer(403, "Forbidden", "no");
            Answer out { .status = 201,
                .body = seen.body.contains("\"pods\"") ? R"({"status":{"allowed":true}})"
                                                       : R"({"status":{"allowed":false}})" };
            out.delayMs = seen.body.contains("\"pods\"") ? 50 : 0;
            return out;
        });
        std::vector<kube::ListRequest> questions;
        for (const char* plural : { "pods", "secrets", "broken", "refused", "nodes" }) {
            questions.push_back(podsRequest());
            questions.back().resource.plural = plural;
        }
        Progress progress;
        const auto answers = apiOf(loginTo(server.url()))->canList(questions, progress);
        QCOMPARE(answers.size(), 5u);
        QVERIFY(answers[0] && *answers[0]);
        QVERIFY(answers[1] && !*answers[1]);
        QVERIFY(!answers[2]);
        QCOMPARE(answers[2].error().reason, FailureReason::Malformed); // no answer is no "no"
        QVERIFY(!answers[3]);
        QVERIFY(answers[4] && !*answers[4]);
    }

    void get_data()
    {
        QTest::addColumn<QString>("type");
        QTest::addColumn<int>("size");
        QTest::addColumn<QString>("reason"); // "" = it is given
        QTest::addRow("text of /flagz") << "text/plain" << 2000 << "";
        QTest::addRow("structured /flagz") << "application/json;as=Flagz;v=v1beta1;g=config.k8s.io" << 2000 << "";
        QTest::addRow("web page") << "text/html; charset=utf-8" << 2000 << "no answer of an API server";
        QTest::addRow("4 MB") << "text/plain" << (4 << 20) << "";
        QTest::addRow("more") << "text/plain" << (4 << 20) + 1 << "no answer of an API server";
    }
    void get()
    {
        QFETCH(QString, type);
        QFETCH(int, size);
        QFETCH(QString, reason);
        FaultServer server({}, [&](const Seen&) {
            return Answer { .body = std::string(static_cast<std::size_t>(size), 'x'),
                .contentType = type.toStdString() };
        });
        Progress progress;
        const auto answer = apiOf(loginTo(server.url()))->get("/flagz", "text/plain", progress);
        QCOMPARE(answer.has_value(), reason.isEmpty());
        if (answer)
            QCOMPARE(answer->size(), static_cast<std::size_t>(size));
        else
            QCOMPARE(failureOf(answer.error()), reason);
        QCOMPARE(server.seen()[0].header("Accept"), std::string("text/plain"));
    }

    // By construction: whatever is called, nothing but GET and the three questions about oneself goes out.
    void onlyReads()
    {
        FaultServer server({}, [](const Seen& seen) {
            if (seen.target.contains("limit="))
                return Answer { .body = listText("PodList", "1", "", {}) };
            return Answer { .body = R"({"gitVersion":"v1","kind":"APIVersions","versions":["v1"],"status":{},)"
                                    R"("resources":[{"name":"pods","kind":"Pod","verbs":["list"]}]})" };
        });
        const auto api = apiOf(loginTo(server.url()), quickOptions());
        Progress progress;
        api->version(progress);
        api->discover(progress);
        api->whoAmI(progress);
        api->allowedRules("x", progress);
        const auto request = podsRequest();
        api->canList(std::span(&request, 1), progress);
        api->get("/readyz?verbose", "text/plain", progress);
        listPods(*api, progress);
        int posts = 0;
        for (const Seen& seen : server.seen()) {
            const bool isReview = seen.target == "/apis/authentication.k8s.io/v1/selfsubjectreviews"
                || seen.target == "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
                || seen.target == "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews";
            posts += seen.method == "POST" ? 1 : 0;
            QVERIFY2(seen.method == "GET" || (seen.method == "POST" && isReview), seen.target.c_str());
        }
        QCOMPARE(posts, 3);
        QVERIFY(std::ranges::all_of(
            server.seen(), [](const Seen& seen) { return seen.header("User-Agent").starts_with("plimsoll"); }));
    }

    // Every reason ends in a sentence that says what to do.
    void advice()
    {
        for (int i = 0; i < static_cast<int>(FailureReason::Cancelled); ++i) {
            const kube::Failure failure { static_cast<FailureReason>(i), 0, "because" };
            const Error error = failure.toError("ctx");
            QVERIFY(!error.advice.empty());
            QVERIFY(error.what.contains("because"));
            QCOMPARE(error.where, std::string("ctx"));
        }
        QCOMPARE((kube::Failure { FailureReason::Cancelled, 0, {} }.toError({}).kind), ErrorKind::Cancelled);
    }
};

QTEST_GUILESS_MAIN(TestApi)
#include "tst_Api.moc"
