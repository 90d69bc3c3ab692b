// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <mutex>
#include <set>
#include <thread>

#include "tests/kube/ApiSupport.h"
#include "tests/support/Support.h"

using namespace plimsoll;
using namespace plimsoll::test;
using kube::FailureReason;

namespace {

std::string parameter(const Seen& seen, const std::string& name)
{
    const std::size_t at = seen.target.find(name + '=');
    if (at == std::string::npos)
        return {};
    const std::string rest = seen.target.substr(at + name.size() + 1);
    return rest.substr(0, rest.find('&'));
}

Answer pageAnswer(int from, int count, std::string_view next, std::string_view version = "10")
{
    return { .body = listText("PodList", version, next, podTexts(from, count)) };
}

// Twelve pods in pages of four: tokens "4" and "8".
Answer thirdsAnswer(const Seen& seen)
{
    const std::string token = parameter(seen, "continue");
    const int from = token.empty() ? 0 : std::stoi(token);
    return pageAnswer(from, 4, from < 8 ? std::to_string(from + 4) : "");
}

FaultServer plainServer(Script script)
{
    return { {}, std::move(script) };
}

QString names(const KeepingSink::Kept& kept)
{
    QStringList out;
    for (const std::string& item : kept.items)
        out << q(item.substr(item.find("pod-") + 4, item.rfind('"') - item.find("pod-") - 4));
    return out.join(QLatin1Char(' '));
}

QString allTwelve()
{
    return QStringLiteral("0 1 2 3 4 5 6 7 8 9 10 11");
}

kube::ApiOptions pagesOfFour()
{
    kube::ApiOptions options = quickOptions();
    options.pageLimit = 4;
    return options;
}

// Everything or a failure: nothing in between is ever taken for whole.
void verifyWhole(const KeepingSink::Kept& kept)
{
    QVERIFY(kept.outcome);
    QVERIFY2(!kept.outcome->failure, kept.outcome->failure ? kept.outcome->failure->message.c_str() : "");
    QCOMPARE(names(kept), allTwelve());
    QCOMPARE(kept.outcome->items, 12u);
}

QString reasonOf(const KeepingSink::Kept& kept)
{
    if (!kept.outcome || !kept.outcome->failure)
        return QStringLiteral("none");
    return q(std::string(kube::toText(kept.outcome->failure->reason)));
}

} // namespace

class TestLists : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void pages()
    {
        FaultServer server = plainServer(thirdsAnswer);
        Progress progress;
        const auto kept = listPods(*apiOf(loginTo(server.url()), pagesOfFour()), progress);
        verifyWhole(kept);
        QCOMPARE(kept.restarts, 0);
        QCOMPARE(kept.outcome->resourceVersion, std::string("10"));
        QCOMPARE(kept.apiVersion, std::string("v1"));
        QCOMPARE(kept.listKind, std::string("PodList"));
        QVERIFY(kept.outcome->startedAt > 0 && kept.outcome->endedAt >= kept.outcome->startedAt);
        const auto seen = server.seen();
        QCOMPARE(seen.size(), 3u);
        QCOMPARE(seen[0].target, std::string("/api/v1/pods?limit=4"));
        QCOMPARE(seen[1].target, std::string("/api/v1/pods?limit=4&continue=4"));
        QCOMPARE(server.connections(), 1);
    }

    void tokensAreEscaped()
    {
        FaultServer server = plainServer([](const Seen& seen) {
            return parameter(seen, "continue").empty() ? pageAnswer(0, 6, "a b&c=d/e+\\u00e9==") : pageAnswer(6, 6, "");
        });
        Progress progress;
        verifyWhole(listPods(*apiOf(loginTo(server.url())), progress));
        QCOMPARE(parameter(server.seen()[1], "continue"), std::string("a%20b%26c%3Dd%2Fe%2B%C3%A9%3D%3D"));
    }

    void paths_data()
    {
        QTest::addColumn<QString>("group");
        QTest::addColumn<QString>("ns");
        QTest::addColumn<QString>("path");
        QTest::addRow("core") << ""
                              << ""
                              << "/api/v1/things?limit=500";
        QTest::addRow("core, namespace") << ""
                                         << "shop"
                                         << "/api/v1/namespaces/shop/things?limit=500";
        QTest::addRow("group") << "apps"
                               << ""
                               << "/apis/apps/v1/things?limit=500";
        QTest::addRow("hostile names") << "../x"
                                       << "a/b?c"
                                       << "/apis/..%2Fx/v1/namespaces/a%2Fb%3Fc/things?limit=500";
    }
    void paths()
    {
        QFETCH(QString, group);
        QFETCH(QString, ns);
        QFETCH(QString, path);
        FaultServer server
            = plainServer([](const Seen&) { return Answer { .body = listText("ThingList", "1", "", {}) }; });
        const kube::ListRequest request { .resource
            = { .group = group.toStdString(), .version = "v1", .plural = "things", .kind = "Thing" },
            .ns = ns.toStdString() };
        KeepingSink sink;
        Progress progress;
        apiOf(loginTo(server.url()))->list(std::span(&request, 1), sink, progress);
        QCOMPARE(server.seen()[0].target, path.toStdString());
        QVERIFY(!sink.of(request).outcome->failure);
    }

    // An expired token: from the start with larger pages, then as the server offers, and said to be of two moments.
    void expiredToken()
    {
        std::atomic<int> refusals = 1;
        FaultServer server = plainServer([&](const Seen& seen) {
            const std::string token = parameter(seen, "continue");
            if (token == "8" && refusals-- > 0)
                return statusAnswer(410, "Expired", "the token is too old");
            return thirdsAnswer(seen);
        });
        Progress progress;
        const auto kept = listPods(*apiOf(loginTo(server.url()), pagesOfFour()), progress);
        verifyWhole(kept);
        QCOMPARE(kept.restarts, 1);
        QVERIFY(!kept.outcome->isInconsistent);
        QCOMPARE(parameter(server.seen()[3], "limit"), std::string("16"));
        QVERIFY(parameter(server.seen()[3], "continue").empty());
    }
    void expiredTokenThatGoesOn()
    {
        FaultServer server = plainServer([&](const Seen& seen) {
            const std::string token = parameter(seen, "continue");
            if (token != "4")
                return token == "late" ? pageAnswer(4, 8, "", "99") : pageAnswer(0, 4, "4");
            Answer out;
            out.status = 410;
            out.body = R"({"kind":"Status","status":"Failure","reason":"Expired","code":410,)"
                       R"("metadata":{"continue":"late"},"message":"use the new token"})";
            return out;
        });
        Progress progress;
        const auto kept = listPods(*apiOf(loginTo(server.url()), pagesOfFour()), progress);
        verifyWhole(kept);
        QCOMPARE(kept.restarts, 2);
        QVERIFY(kept.outcome->isInconsistent);
    }
    void expiredForGood()
    {
        FaultServer server = plainServer([&](const Seen& seen) {
            return parameter(seen, "continue").empty() ? pageAnswer(0, 4, "4")
                                                       : statusAnswer(410, "Expired", "too old");
        });
        Progress progress;
        const auto kept = listPods(*apiOf(loginTo(server.url()), pagesOfFour()), progress);
        QCOMPARE(reasonOf(kept), QStringLiteral("expired"));
        QCOMPARE(kept.outcome->failure->httpStatus, 410);
        QVERIFY(kept.outcome->resourceVersion.empty());
    }
    void tokensThatNeverEnd()
    {
        FaultServer server = plainServer([](const Seen&) { return pageAnswer(0, 0, "again"); });
        Progress progress;
        const auto kept = listPods(*apiOf(loginTo(server.url()), pagesOfFour()), progress);
        QCOMPARE(reasonOf(kept), QStringLiteral("no answer of an API server"));
        QVERIFY(server.seen().size() < 5);
    }

    void refusals_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("reason");
        QTest::addColumn<int>("requests"); // in all
        QTest::addRow("401") << 401 << "not logged in" << 1;
        QTest::addRow("403") << 403 << "forbidden" << 1;
        QTest::addRow("404") << 404 << "not found" << 1;
        QTest::addRow("405") << 405 << "cannot be listed" << 1;
        QTest::addRow("500") << 500 << "server error" << 1;
        QTest::addRow("503") << 503 << "server error" << 1;
        QTest::addRow("301") << 301 << "no answer of an API server" << 1;
    }
    void refusals()
    {
        QFETCH(int, status);
        QFETCH(QString, reason);
        QFETCH(int, requests);
        FaultServer server = plainServer([status](const Seen&) { return statusAnswer(status, "No", "not for you"); });
        Progress progress;
        const auto kept = listPods(*apiOf(loginTo(server.url())), progress);
        QCOMPARE(reasonOf(kept), reason);
        QCOMPARE(kept.outcome->failure->httpStatus, status);
        QVERIFY(kept.items.empty());
        QCOMPARE(static_cast<int>(server.seen().size()), requests);
        if (status != 301)
            QVERIFY(kept.outcome->failure->message.contains("not for you"));
    }

    void busy_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("retryAfter");
        QTest::addColumn<int>("times");
        QTest::addColumn<bool>("isDone");
        QTest::addRow("429, at once") << 429 << "0" << 1 << true;
        QTest::addRow("503 with a time") << 503 << "0" << 2 << true;
        QTest::addRow("429 for good") << 429 << "0" << 99 << false;
    }
    void busy()
    {
        QFETCH(int, status);
        QFETCH(QString, retryAfter);
        QFETCH(int, times);
        QFETCH(bool, isDone);
        std::atomic<int> left = times;
        FaultServer server = plainServer([&](const Seen& seen) {
            if (left-- <= 0)
                return thirdsAnswer(seen);
            Answer out = statusAnswer(status, "TooManyRequests", "slow down");
            if (!retryAfter.isEmpty())
                out.headers.emplace_back("Retry-After", retryAfter.toStdString());
            return out;
        });
        Progress progress;
        const auto kept = listPods(*apiOf(loginTo(server.url()), pagesOfFour()), progress);
        if (isDone) {
            verifyWhole(kept);
            return;
        }
        QCOMPARE(reasonOf(kept), QStringLiteral("throttled"));
        QCOMPARE(server.seen().size(), 3u); // as often as allowed
    }
    // A second when it is told so, and when it is not told how long; all three wait at the same time.
    void waitsAsLongAsItIsTold()
    {
        std::mutex mutex;
        std::set<std::string> refused;
        FaultServer server = plainServer([&](const Seen& seen) {
            const std::string path = seen.target.substr(0, seen.target.find('?'));
            const std::lock_guard lock(mutex);
            if (!refused.insert(path).second)
                return thirdsAnswer(seen);
            Answer out = statusAnswer(429, "TooManyRequests", "slow down");
            if (path.ends_with("told"))
                out.headers.emplace_back("Retry-After", "1");
            if (path.ends_with("dated"))
                out.headers.emplace_back("Retry-After", "Wed, 21 Oct 2015 07:28:00 GMT");
            return out;
        });
        std::vector<kube::ListRequest> requests(3, podsRequest());
        requests[0].resource.plural = "told";
        requests[1].resource.plural = "dated";
        requests[2].resource.plural = "without";
        KeepingSink sink;
        Progress progress;
        QElapsedTimer clock;
        clock.start();
        apiOf(loginTo(server.url()), pagesOfFour())->list(requests, sink, progress);
        QVERIFY(clock.elapsed() >= 1000);
        for (const kube::ListRequest& request : requests)
            verifyWhole(sink.of(request));
        QCOMPARE(server.seen().size(), 12u);
    }

    void credentialsAreRenewedOnce()
    {
        FaultServer server({ .identity = serverIdentity() }, [](const Seen& seen) {
            return seen.header("Authorization") == "Bearer new" ? thirdsAnswer(seen)
                                                                : statusAnswer(401, "Unauthorized", "expired");
        });
        Progress progress;
        const auto renewing = tokens({ "old", "new" });
        verifyWhole(listPods(*apiOf(loginTo(server.url()), pagesOfFour(), renewing), progress));
        QCOMPARE(renewing->refusals, 1);
        const auto failing = tokens({ "old", "older", "oldest" });
        const auto kept = listPods(*apiOf(loginTo(server.url()), pagesOfFour(), failing), progress);
        QCOMPARE(reasonOf(kept), QStringLiteral("not logged in"));
        QCOMPARE(failing->refusals, 1);
    }
    void aTokenThatExpiresBetweenPages()
    {
        FaultServer server({ .identity = serverIdentity() }, [](const Seen& seen) {
            const bool isLater = parameter(seen, "continue") == "8";
            return isLater && seen.header("Authorization") != "Bearer new"
                ? statusAnswer(401, "Unauthorized", "expired")
                : thirdsAnswer(seen);
        });
        Progress progress;
        verifyWhole(listPods(*apiOf(loginTo(server.url()), pagesOfFour(), tokens({ "old", "new" })), progress));
    }

    // What a broken connection leaves: the page is asked for again, and no pod is there twice or missing.
    void brokenConnections_data()
    {
        QTest::addColumn<QString>("token"); // of the page that breaks
        QTest::addColumn<int>("cut");
        QTest::addColumn<bool>("isReset");
        QTest::addColumn<bool>("isChunked");
        for (const char* token : { "", "8" }) {
            for (const int cut : { 0, 260 }) {
                QTest::addRow("page %s cut at %d", token, cut) << token << cut << false << false;
                QTest::addRow("page %s reset at %d", token, cut) << token << cut << true << false;
                QTest::addRow("page %s chunked, cut at %d", token, cut) << token << cut << false << true;
            }
        }
    }
    void brokenConnections()
    {
        QFETCH(QString, token);
        QFETCH(int, cut);
        QFETCH(bool, isReset);
        QFETCH(bool, isChunked);
        std::atomic<int> left = 1;
        FaultServer server = plainServer([&](const Seen& seen) {
            Answer out = thirdsAnswer(seen);
            if (q(parameter(seen, "continue")) == token && left-- > 0) {
                out.cutAfter = static_cast<std::size_t>(cut);
                out.isReset = isReset;
                out.isChunked = isChunked;
            }
            return out;
        });
        Progress progress;
        verifyWhole(listPods(*apiOf(loginTo(server.url()), pagesOfFour()), progress));
        QCOMPARE(server.seen().size(), 4u);
    }

    // Pages larger than what is scanned at a time: items went on before the connection broke.
    void brokenInTheMiddleOfALargePage_data()
    {
        QTest::addColumn<bool>("isFirst");
        QTest::addRow("first page: begins anew") << true;
        QTest::addRow("a later page: goes on behind what came") << false;
    }
    void brokenInTheMiddleOfALargePage()
    {
        QFETCH(bool, isFirst);
        const std::string filler(2000, 'x');
        const auto bulky = [&](int from, std::string_view next) {
            std::vector<std::string> items;
            for (int i = from; i < from + 600; ++i)
                items.push_back("{\"metadata\":{\"name\":\"pod-" + std::to_string(i) + "\"},\"x\":\"" + filler + "\"}");
            return Answer { .body = listText("PodList", "1", next, items) };
        };
        std::atomic<int> left = 1;
        FaultServer server = plainServer([&](const Seen& seen) {
            const bool atFirst = parameter(seen, "continue").empty();
            Answer out = bulky(atFirst ? 0 : 600, atFirst ? "more" : "");
            if (atFirst == isFirst && left-- > 0)
                out.cutAfter = 900'000;
            return out;
        });
        Progress progress;
        const auto kept = listPods(*apiOf(loginTo(server.url())), progress);
        QVERIFY(!kept.outcome->failure);
        QCOMPARE(kept.items.size(), 1200u);
        for (std::size_t i = 0; i < kept.items.size(); ++i)
            QVERIFY(kept.items[i].contains("pod-" + std::to_string(i) + '"'));
        QCOMPARE(kept.restarts, isFirst ? 1 : 0);
    }

    void brokenForGood()
    {
        FaultServer server = plainServer([&](const Seen& seen) {
            Answer out = thirdsAnswer(seen);
            if (parameter(seen, "continue") == "8")
                out.cutAfter = 200;
            return out;
        });
        kube::ApiOptions options = pagesOfFour();
        options.maxRetries = 1;
        Progress progress;
        const auto kept = listPods(*apiOf(loginTo(server.url()), options), progress);
        QVERIFY(kept.outcome->failure);
        QVERIFY(kept.outcome->resourceVersion.empty());
    }

    // Cut at every byte, and never asked again: either the list is whole or it failed.
    void cutAtEveryByte_data()
    {
        QTest::addColumn<bool>("isChunked");
        QTest::addColumn<bool>("isGzip");
        QTest::addRow("with a length") << false << false;
        QTest::addRow("chunked") << true << false;
        QTest::addRow("gzip") << false << true;
        QTest::addRow("gzip, chunked") << true << true;
    }
    void cutAtEveryByte()
    {
        QFETCH(bool, isChunked);
        QFETCH(bool, isGzip);
        std::size_t cut = 0;
        FaultServer server = plainServer([&](const Seen&) {
            Answer out = pageAnswer(0, 12, "");
            out.isChunked = isChunked;
            out.isGzip = isGzip;
            out.cutAfter = cut;
            return out;
        });
        FaultProxy proxy(FaultProxy::Kind::Socks5, server.port()); // compression is asked of distant servers only
        kube::Login login = loginTo(server.url(isGzip ? "api.test" : "127.0.0.1"));
        if (isGzip)
            login.proxyUrl = proxy.url();
        kube::ApiOptions options = quickOptions();
        options.maxRetries = 0;
        int whole = 0, failed = 0;
        for (; cut < 640; ++cut) {
            Progress progress;
            const auto kept = listPods(*apiOf(login, options), progress);
            QVERIFY(kept.outcome);
            if (kept.outcome->failure) {
                ++failed;
                continue;
            }
            ++whole;
            QVERIFY2(names(kept) == allTwelve(), std::to_string(cut).c_str());
        }
        QVERIFY(whole > 0); // the last cuts are behind the end
        QVERIFY(failed > 100);
    }

    void notLists_data()
    {
        QTest::addColumn<QString>("body");
        QTest::addColumn<QString>("type");
        QTest::addRow("web page") << "<html>log in</html>"
                                  << "text/html";
        QTest::addRow("web page that says it is JSON") << "<html>log in</html>"
                                                       << "application/json";
        QTest::addRow("empty") << ""
                               << "application/json";
        QTest::addRow("text") << "hello"
                              << "text/plain";
        QTest::addRow("an array") << "[1,2]"
                                  << "application/json";
        QTest::addRow("an object") << R"({"kind":"Pod","apiVersion":"v1","metadata":{"name":"a"}})"
                                   << "application/json";
        QTest::addRow("a Status with 200") << R"({"kind":"Status","apiVersion":"v1","status":"Failure","code":500})"
                                           << "application/json";
        QTest::addRow("items that are none") << R"({"kind":"PodList","apiVersion":"v1","metadata":{},"items":"x"})"
                                             << "application/json";
        QTest::addRow("a Table") << R"({"kind":"Table","apiVersion":"meta.k8s.io/v1","metadata":{},)"
                                    R"("columnDefinitions":[],"rows":[{"cells":["a"]}]})"
                                 << "application/json";
        QTest::addRow("a list of something else") << R"({"kind":"NodeList","apiVersion":"v1","metadata":{},"items":[]})"
                                                  << "application/json";
        QTest::addRow("no kind") << R"({"apiVersion":"v1","metadata":{},"items":[]})"
                                 << "application/json";
        // Nobody knows whether there are more pages.
        QTest::addRow("no metadata") << R"({"kind":"PodList","apiVersion":"v1","items":[{"a":1}]})"
                                     << "application/json";
        QTest::addRow("breaks off") << R"({"kind":"PodList","apiVersion":"v1","metadata":{},"items":[{"a":1},)"
                                    << "application/json";
        QTest::addRow("two lists") << R"({"kind":"PodList","items":[]}{"kind":"PodList","items":[]})"
                                   << "application/json";
        QTest::addRow("nesting") << QStringLiteral(R"({"kind":"PodList","items":[)")
                + QStringLiteral("[").repeated(100'000)
                                 << "application/json";
    }
    void notLists()
    {
        QFETCH(QString, body);
        QFETCH(QString, type);
        FaultServer server = plainServer(
            [&](const Seen&) { return Answer { .body = body.toStdString(), .contentType = type.toStdString() }; });
        Progress progress;
        const auto kept = listPods(*apiOf(loginTo(server.url())), progress);
        QCOMPARE(reasonOf(kept), QStringLiteral("no answer of an API server"));
    }

    void emptyLists_data()
    {
        QTest::addColumn<QString>("body");
        QTest::addRow("no items")
            << R"({"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[]})";
        QTest::addRow("null")
            << R"({"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":null})";
        QTest::addRow("items first") << R"({"items":[],"metadata":{"resourceVersion":"1"},"kind":"PodList"})";
    }
    void emptyLists()
    {
        QFETCH(QString, body);
        FaultServer server = plainServer([&](const Seen&) { return Answer { .body = body.toStdString() }; });
        Progress progress;
        const auto kept = listPods(*apiOf(loginTo(server.url())), progress);
        QCOMPARE(reasonOf(kept), QStringLiteral("none"));
        QCOMPARE(kept.outcome->resourceVersion, std::string("1"));
    }

    void badChunks()
    {
        FaultServer server = plainServer([](const Seen& seen) {
            Answer out = thirdsAnswer(seen);
            out.hasBadChunk = true;
            return out;
        });
        kube::ApiOptions options = pagesOfFour();
        options.maxRetries = 1;
        Progress progress;
        const auto kept = listPods(*apiOf(loginTo(server.url()), options), progress);
        QVERIFY(kept.outcome->failure);
        QVERIFY(kept.outcome->failure->reason != FailureReason::Cancelled);
    }

    void slowDripIsNoStall()
    {
        FaultServer server = plainServer([](const Seen&) {
            Answer out = pageAnswer(0, 12, "");
            out.dripBytes = 10;
            out.dripMs = 40; // longer in all than a stall may last
            return out;
        });
        kube::ApiOptions options = quickOptions();
        options.stallTimeoutSeconds = 2; // libcurl measures the speed once a second
        Progress progress;
        verifyWhole(listPods(*apiOf(loginTo(server.url()), options), progress));
    }

    // 100,000 pods on one page, generated while they are sent; and the memory does not grow with them.
    void hugeList()
    {
        constexpr int count = 100'000;
        std::atomic<int> next = 0;
        const std::string filler(500, 'x');
        FaultServer server = plainServer([&](const Seen&) {
            Answer out;
            out.generator = [&](std::string& piece) {
                int i = next;
                if (i == 0)
                    piece = R"({"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[)";
                for (const int end = i + 100; i < end; ++i)
                    piece += (i > 0 ? "," : "") + ("{\"n\":" + std::to_string(i) + ",\"x\":\"" + filler + "\"}");
                next = i;
                if (i >= count)
                    piece += "]}";
                return i < count;
            };
            return out;
        });
        struct CountingSink final : kube::ListSink {
            void items(const kube::ListRequest&, std::string_view, std::string_view, std::string_view text,
                std::span<const format::JsonItem> found) override
            {
                items_ += found.size();
                longest = std::max(longest, text.size());
            }
            void restarted(const kube::ListRequest&) override { items_ = 0; }
            void finished(const kube::ListRequest&, const kube::ListOutcome& end) override { outcome = end; }
            std::size_t items_ = 0, longest = 0;
            kube::ListOutcome outcome;
        } sink;
        const kube::ListRequest request = podsRequest();
        Progress progress;
        apiOf(loginTo(server.url()))->list(std::span(&request, 1), sink, progress);
        QVERIFY(!sink.outcome.failure);
        QCOMPARE(sink.items_, static_cast<std::size_t>(count));
        QVERIFY(sink.longest < 2'000'000); // of 50 MB
    }

    void manyListsAtOnce()
    {
        FaultServer server = plainServer([](const Seen& seen) {
            if (seen.target.contains("refused"))
                return statusAnswer(403, "Forbidden", "no");
            Answer out = thirdsAnswer(seen);
            out.delayMs = 5;
            return out;
        });
        std::vector<kube::ListRequest> requests;
        for (int i = 0; i < 40; ++i) {
            kube::ListRequest request = podsRequest();
            request.resource.plural = (i % 7 == 3 ? "refused" : "things") + std::to_string(i);
            request.tag = static_cast<std::uint32_t>(i);
            requests.push_back(request);
        }
        KeepingSink sink;
        Progress progress;
        apiOf(loginTo(server.url()), pagesOfFour())->list(requests, sink, progress);
        QCOMPARE(sink.all.size(), 40u);
        for (const kube::ListRequest& request : requests) {
            if (request.resource.plural.starts_with("refused"))
                QCOMPARE(reasonOf(sink.of(request)), QStringLiteral("forbidden"));
            else
                verifyWhole(sink.of(request));
        }
        QVERIFY(server.connections() > 1); // HTTP/1.1: several connections instead of several streams
        QVERIFY(server.connections() <= 8);
    }

    void cancels_data()
    {
        QTest::addColumn<int>("delayMs"); // of each answer
        QTest::addColumn<int>("dripMs");
        QTest::addColumn<int>("status");
        QTest::addRow("while it waits for an answer") << 20'000 << 0 << 200;
        QTest::addRow("in the middle of a page") << 0 << 300 << 200;
        QTest::addRow("while it was told to wait") << 0 << 0 << 429;
    }
    void cancels()
    {
        QFETCH(int, delayMs);
        QFETCH(int, dripMs);
        QFETCH(int, status);
        FaultServer server = plainServer([&](const Seen& seen) {
            Answer out = status == 429 ? statusAnswer(429, "TooManyRequests", "slow down") : thirdsAnswer(seen);
            if (status == 429)
                out.headers.emplace_back("Retry-After", "60");
            out.delayMs = delayMs;
            out.dripMs = dripMs;
            out.dripBytes = dripMs > 0 ? 10 : 0;
            return out;
        });
        const auto api = apiOf(loginTo(server.url()), pagesOfFour());
        Progress progress;
        std::thread canceller([&] {
            QThread::msleep(250);
            progress.cancel();
        });
        QElapsedTimer clock;
        clock.start();
        const auto kept = listPods(*api, progress);
        const qint64 took = clock.elapsed();
        canceller.join();
        QCOMPARE(reasonOf(kept), QStringLiteral("cancelled"));
        QVERIFY2(took < 250 + 1000, std::to_string(took).c_str());
    }

    // At any point of a long exchange: whatever it was doing, it ends as cancelled, and soon.
    void cancelsAnywhere()
    {
        FaultServer server = plainServer([](const Seen& seen) {
            const std::string token = parameter(seen, "continue");
            return pageAnswer(0, 4, std::to_string(token.empty() ? 1 : std::stoi(token) + 1)); // never ends
        });
        for (int microseconds = 0; microseconds < 20'000; microseconds += 700) {
            const auto api = apiOf(loginTo(server.url()), pagesOfFour());
            Progress progress;
            std::atomic<qint64> cancelledAt = 0;
            QElapsedTimer clock;
            clock.start();
            std::thread canceller([&] {
                QThread::usleep(static_cast<unsigned long>(microseconds));
                cancelledAt = clock.elapsed();
                progress.cancel();
            });
            const auto kept = listPods(*api, progress);
            const qint64 ended = clock.elapsed();
            canceller.join();
            QCOMPARE(reasonOf(kept), QStringLiteral("cancelled"));
            QVERIFY(kept.outcome->resourceVersion.empty());
            QVERIFY2(ended - cancelledAt < 1000, std::to_string(microseconds).c_str());
        }
    }

    void cancelsFromTheSink()
    {
        FaultServer server = plainServer(thirdsAnswer);
        KeepingSink sink;
        Progress progress;
        sink.onItems = [&] { progress.cancel(); };
        std::vector<kube::ListRequest> requests(3, podsRequest());
        requests[1].resource.plural = "things";
        requests[2].resource.plural = "secrets"; // waits for the pods
        apiOf(loginTo(server.url()), pagesOfFour())->list(requests, sink, progress);
        for (const kube::ListRequest& request : requests)
            QCOMPARE(reasonOf(sink.of(request)), QStringLiteral("cancelled"));
    }
};

QTEST_GUILESS_MAIN(TestLists)
#include "tst_Lists.moc"
