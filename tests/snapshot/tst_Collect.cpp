// SPDX-License-Identifier: Apache-2.0
#include <QTest>

#include <map>
#include <set>

#include "core/base/Text.h"
#include "tests/snapshot/SnapshotSupport.h"

using namespace plimsoll;
using namespace plimsoll::snapshot;
using namespace plimsoll::test;

namespace {

using kube::Failure;
using kube::FailureReason;
using kube::ListRequest;
using kube::Resource;

const Resource pods { "", "v1", "pods", "Pod", true, true };
const Resource secrets { "", "v1", "secrets", "Secret", true, true };
const Resource namespaces { "", "v1", "namespaces", "Namespace", false, true };
const Resource nodes { "", "v1", "nodes", "Node", false, true };
const Resource ingresses { "networking.k8s.io", "v1", "ingresses", "Ingress", true, true };

// A cluster with two namespaces and rights that a test can take away.
class FakeApi final : public kube::Api {
public:
    // "secrets" = refused everywhere; "secrets@dev" = in this namespace; "secrets@*" = only all at once.
    std::set<std::string> denied;
    std::map<std::string, Failure> failures; // by plural
    std::vector<Resource> resources { ingresses, namespaces, nodes, pods, secrets };
    std::vector<kube::Discovery::Unavailable> unavailable;
    bool restartsPods = false;
    std::optional<Failure> versionFailure;

    std::expected<kube::ServerVersion, Failure> version(Progress&) override
    {
        if (versionFailure)
            return std::unexpected(*versionFailure);
        return kube::ServerVersion { "v1.36.2", "linux/amd64" };
    }
    std::expected<kube::Discovery, Failure> discover(Progress&) override
    {
        return kube::Discovery { resources, unavailable };
    }
    std::expected<kube::Identity, Failure> whoAmI(Progress&) override
    {
        return kube::Identity { "alice", "", { "system:authenticated" } };
    }
    std::expected<kube::AllowedRules, Failure> allowedRules(const std::string& ns, Progress&) override
    {
        kube::AllowedRules out;
        for (const Resource& resource : resources) {
            if (isAllowed(resource.plural, ns))
                out.rules.push_back({ { "list" }, { resource.group }, { resource.plural }, {} });
        }
        return out;
    }
    std::vector<std::expected<bool, Failure>> canList(std::span<const ListRequest> lists, Progress&) override
    {
        std::vector<std::expected<bool, Failure>> out;
        for (const ListRequest& list : lists)
            out.push_back(isAllowed(list.resource.plural, list.ns));
        return out;
    }
    std::expected<std::string, Failure> get(const std::string& path, const std::string&, Progress&) override
    {
        if (path == "/flagz")
            return std::unexpected(Failure { FailureReason::Forbidden, 403, "cannot get path /flagz" });
        return "ok\n";
    }
    void list(std::span<const ListRequest> lists, kube::ListSink& sink, Progress& progress) override
    {
        for (const ListRequest& list : lists) {
            kube::ListOutcome outcome { .resourceVersion = "7", .startedAt = 100, .endedAt = 160 };
            if (progress.isCancelled())
                outcome.failure = Failure { FailureReason::Cancelled, 0, "cancelled" };
            else if (failures.contains(list.resource.plural))
                outcome.failure = failures[list.resource.plural];
            else if (!isAllowed(list.resource.plural, list.ns))
                outcome.failure = Failure { FailureReason::Forbidden, 403,
                    "User \"alice\" cannot list resource \"" + list.resource.plural + "\"" };
            give(list, sink);
            if (restartsPods && list.resource.plural == "pods" && !outcome.failure) {
                sink.restarted(list);
                give(list, sink);
            }
            sink.finished(list, outcome);
        }
    }
    std::optional<kube::PeerCertificate> peer() const override { return std::nullopt; }

private:
    bool isAllowed(const std::string& plural, const std::string& ns) const
    {
        if (ns.empty() && denied.contains(plural + "@*"))
            return false;
        return !denied.contains(plural) && !denied.contains(plural + '@' + ns);
    }
    static std::vector<std::string> itemsOf(const std::string& plural, const std::string& ns)
    {
        if (plural == "namespaces")
            return { R"({"metadata":{"name":"dev"}})", R"({"metadata":{"name":"kube-system","uid":"u-1"}})" };
        if (plural == "nodes")
            return { R"({"metadata":{"name":"n1"}})" };
        if (plural == "ingresses")
            return {};
        std::vector<std::string> out;
        for (const char* place : { "dev", "kube-system" }) {
            if (!ns.empty() && ns != place)
                continue;
            const std::string metadata = "{\"name\":\"x\",\"namespace\":\"" + std::string(place)
                + "\",\"managedFields\":[{\"manager\":\"kubectl\"}]}";
            out.push_back(plural == "secrets"
                    ? "{\"metadata\":" + metadata + ",\"data\":{\"password\":\"TUFSS0VEVkFMVUU=\"}}"
                    : "{\"metadata\":" + metadata + ",\"spec\":{}}");
        }
        return out;
    }
    static void give(const ListRequest& list, kube::ListSink& sink)
    {
        std::string text;
        std::vector<format::JsonItem> items;
        for (const std::string& one : itemsOf(list.resource.plural, list.ns)) {
            items.push_back(
                { .role = format::JsonItem::Role::ListItem, .begin = text.size(), .size = one.size(), .list = 0 });
            text += one + ',';
        }
        const std::size_t size = text.size();
        text.append(format::jsonPadding, '\0');
        if (!items.empty())
            sink.items(list, list.resource.apiVersion(), list.resource.kind + "List",
                std::string_view(text).substr(0, size), items);
    }
};

kube::Login login()
{
    kube::Login out;
    out.contextName = "prod";
    out.server = "https://user:pass@prod.example:6443";
    out.ns = "dev";
    return out;
}

} // namespace

class tst_Collect : public QObject {
    Q_OBJECT

    struct Outcome {
        std::string error;
        std::string bytes;
        Import read;
        std::string missing; // one line each
    };

    static Outcome collected(FakeApi& api, const CollectOptions& options = {})
    {
        Progress progress;
        Outcome out;
        auto captured = collectCluster(api, login(), options, pool(), progress);
        if (!captured) {
            out.error = toText(captured.error());
            return out;
        }
        for (const NotCollected& one : captured->notCollected)
            out.missing
                += one.plural + '|' + one.group + '|' + one.ns + '|' + one.reason + '|' + one.missingPermission + '\n';
        out.bytes = captured->writer->toBytes(captured->origin, captured->notCollected, progress).value();
        out.read = importBytes("live", out.bytes);
        return out;
    }

private Q_SLOTS:
    void collectsEverythingThatCanBeListed()
    {
        FakeApi api;
        const Outcome all = collected(api);
        QCOMPARE(all.error, std::string());
        QCOMPARE(all.read.titles(),
            std::string(
                "v1 Namespace /dev\nv1 Namespace /kube-system\nv1 Node /n1\nv1 Pod dev/x\nv1 Pod kube-system/x\n"
                "v1 Secret dev/x\nv1 Secret kube-system/x\n"));
        QCOMPARE(
            all.read.listed(), std::string("core/Namespace core/Node core/Pod core/Secret networking.k8s.io/Ingress "));
        QCOMPARE(all.missing, std::string("/flagz|||forbidden|get /flagz\n"));
        const Origin& origin = all.read.snapshot->origin();
        QCOMPARE(origin.user, std::string("alice"));
        QCOMPARE(origin.server, std::string("https://prod.example:6443"));
        QCOMPARE(origin.clusterUid, std::string("u-1"));
        QCOMPARE(*origin.capturedFrom, 100);
        QCOMPARE(*origin.capturedTo, 160);
    }

    void keepsNoValueOfASecret()
    {
        FakeApi api;
        const Outcome all = collected(api);
        for (const Imported& object : all.read.objects)
            QVERIFY2(!object.json.contains("TUFSS0VE"), object.title.c_str());
        // When it was last written is evidence; of other kinds nobody asks.
        Progress progress;
        const Folder folder;
        VERIFY_RESULT(saveSnapshotBytes(all.bytes, folder.at("x.plimsoll"), {}, progress));
        const auto list = [&](const char* path) {
            return outputOf(
                QStringLiteral("unzip"), { QStringLiteral("-p"), q(folder.at("x.plimsoll")), QString::fromUtf8(path) });
        };
        const auto secretList = list("resources/core/v1/secrets.json");
        if (!secretList)
            QSKIP("unzip is not installed");
        QVERIFY(secretList->contains("managedFields"));
        QVERIFY(!list("resources/core/v1/pods.json")->contains("managedFields"));
    }

    void saysWhatItWasDenied_data()
    {
        QTest::addColumn<QString>("denied");
        QTest::addColumn<QString>("missing"); // besides /flagz
        QTest::addColumn<QString>("listed");
        QTest::addColumn<int>("podsAndSecrets");
        QTest::addRow("a kind everywhere") << "secrets"
                                           << "secrets|||forbidden|list secrets\n"
                                           << "core/Namespace core/Node core/Pod networking.k8s.io/Ingress " << 2;
        QTest::addRow("a kind in one namespace") << "secrets@* secrets@dev"
                                                 << "secrets|||forbidden|list secrets\n"
                                                 << "core/Namespace core/Node core/Pod networking.k8s.io/Ingress " << 3;
        QTest::addRow("only all at once")
            << "secrets@*"
            << ""
            << "core/Namespace core/Node core/Pod core/Secret networking.k8s.io/Ingress " << 4;
        QTest::addRow("cluster-scoped") << "nodes"
                                        << "nodes|||forbidden|list nodes\n"
                                        << "core/Namespace core/Pod core/Secret networking.k8s.io/Ingress " << 4;
        QTest::addRow("another group") << "ingresses"
                                       << "ingresses|networking.k8s.io||forbidden|list ingresses.networking.k8s.io\n"
                                       << "core/Namespace core/Node core/Pod core/Secret " << 4;
        // Without the names of the namespaces only that of the context can be tried.
        QTest::addRow("namespaces too") << "namespaces secrets@*"
                                        << "namespaces|||forbidden|list namespaces\nsecrets|||forbidden|list secrets\n"
                                        << "core/Node core/Pod networking.k8s.io/Ingress " << 3;
    }

    void saysWhatItWasDenied()
    {
        QFETCH(const QString, denied);
        QFETCH(const QString, missing);
        QFETCH(const QString, listed);
        QFETCH(const int, podsAndSecrets);
        FakeApi api;
        for (const QString& one : denied.split(QLatin1Char(' ')))
            api.denied.insert(one.toStdString());
        const Outcome all = collected(api);
        QCOMPARE(all.error, std::string());
        QCOMPARE(q(all.missing), QStringLiteral("/flagz|||forbidden|get /flagz\n") + missing);
        QCOMPARE(q(all.read.listed()), listed);
        QCOMPARE(std::ranges::count_if(all.read.objects,
                     [](const Imported& object) {
                         return object.title.contains(" Pod ") || object.title.contains(" Secret ");
                     }),
            podsAndSecrets);
    }

    void readsOnlyTheNamespacesAskedFor()
    {
        FakeApi api;
        CollectOptions options;
        options.namespaces = { "dev" };
        const Outcome all = collected(api, options);
        QCOMPARE(all.read.titles(),
            std::string("v1 Namespace /dev\nv1 Namespace /kube-system\nv1 Node /n1\nv1 Pod dev/x\nv1 Secret dev/x\n"));
        QCOMPARE(all.read.listed(), std::string("core/Namespace core/Node "));
        QCOMPARE(all.read.snapshot->partialKinds().size(), 3u);
    }

    void forgetsWhatAListGaveBeforeItBeganAgain()
    {
        FakeApi api;
        api.restartsPods = true;
        const Outcome all = collected(api);
        QCOMPARE(std::ranges::count_if(
                     all.read.objects, [](const Imported& object) { return object.title.contains(" Pod "); }),
            2);
    }

    // What came before a list broke off is not half a list but none.
    void takesHalfAListForNone()
    {
        FakeApi api;
        api.failures["pods"] = { FailureReason::Timeout, 0, "nothing came for 60 s" };
        const Outcome all = collected(api);
        QVERIFY(!all.read.titles().contains(" Pod "));
        QVERIFY(!all.read.listed().contains("Pod"));
        QVERIFY(all.missing.contains("pods|||timeout|\n"));
    }

    void namesGroupsThatDoNotAnswer()
    {
        FakeApi api;
        api.unavailable = { { "metrics.example.com", "v1", "its API server does not answer" } };
        QVERIFY(collected(api).missing.contains("|metrics.example.com||server error|\n"));
    }

    void failsAsAWholeWhenNothingAnswers()
    {
        FakeApi api;
        api.versionFailure = Failure { FailureReason::Unreachable, 0, "Connection refused" };
        const Outcome all = collected(api);
        QVERIFY(all.error.contains("Connection refused"));
        QVERIFY(all.error.contains("prod.example:6443"));
        QVERIFY(!all.error.contains("pass@"));
    }

    void givesTheSameBytesForTheSameAnswers()
    {
        FakeApi first, second;
        QVERIFY(collected(first).bytes == collected(second).bytes);
    }

    void tellsBeforehandWhatCanBeRead()
    {
        FakeApi api;
        api.denied = { "secrets@*", "secrets@dev", "nodes" };
        Progress progress;
        const auto checked = preflight(api, login(), {}, progress);
        VERIFY_RESULT(checked);
        std::string rows;
        for (const Preflight::Row& row : checked->rows)
            rows += row.resource.plural + ' ' + std::to_string(static_cast<int>(row.access)) + ' ' + row.note + '\n';
        QCOMPARE(rows,
            std::string(
                "ingresses 0 \nnamespaces 0 \nnodes 2 needs list nodes\npods 0 \nsecrets 1 only in kube-system\n"));
        QCOMPARE(checked->identity.user, std::string("alice"));
        QVERIFY(checked->auditorRole.contains("\"nodes\""));
    }

    void asksForNoMoreThanAReviewReads()
    {
        const std::string role = auditorRoleYaml(SecretAccess::Without);
        QVERIFY(!role.contains("\"secrets\""));
        QVERIFY(auditorRoleYaml(SecretAccess::WithList).contains("\"secrets\""));
        for (const char* verb : { "\"create\"", "\"update\"", "\"delete\"", "\"watch\"", "\"*\"]\n    verbs: [\"*\"" })
            QVERIFY2(!role.contains(verb), verb);
        NotCollected custom { .group = "shop.example.com", .version = "v1", .plural = "orders" };
        custom.missingPermission = "list orders.shop.example.com";
        NotCollected hostile = custom;
        hostile.plural = "x\"]\n  - apiGroups: [\"*";
        const std::vector<NotCollected> missing { custom, hostile };
        const std::string extended = auditorRoleYaml(SecretAccess::Without, missing);
        QVERIFY(extended.contains("apiGroups: [\"shop.example.com\"]\n    resources: [\"orders\"]"));
        QVERIFY(!extended.contains("apiGroups: [\"*"));
    }

    void makesASnapshotOfAnySource()
    {
        const Folder folder;
        folder.put("a.yaml", podYaml("web") + "---\n" + podYaml("db"));
        folder.put("networkpolicies.json", R"({"apiVersion":"v1","kind":"List","items":[]})");
        folder.put("crd.yaml",
            "apiVersion: example.com/v1\nkind: Fish\nmetadata: {name: f}\n---\napiVersion: apiextensions.k8s.io/v1\n"
            "kind: CustomResourceDefinition\nmetadata: {name: fishes.example.com}\n"
            "spec: {group: example.com, scope: Cluster, names: {kind: Fish, plural: fishes}, versions: []}\n");
        Progress progress;
        const std::vector<Source> sources { { .path = folder.path(), .bytes = std::nullopt } };
        const auto captured = collectSources(sources, {}, pool(), progress);
        VERIFY_RESULT(captured);
        const auto bytes = captured->writer->toBytes(captured->origin, captured->notCollected, progress);
        VERIFY_RESULT(bytes);
        const Import read = importBytes("x", *bytes);
        QCOMPARE(read.titles(),
            std::string("apiextensions.k8s.io/v1 CustomResourceDefinition /fishes.example.com\nv1 Pod ns/web\n"
                        "v1 Pod ns/db\nexample.com/v1 Fish /f\n"));
        QVERIFY(read.listed().contains("NetworkPolicy"));
        QCOMPARE(
            read.snapshot->files().back().name, std::string("resources/networking.k8s.io/v1/networkpolicies.json"));
    }
};

QTEST_GUILESS_MAIN(tst_Collect)
#include "tst_Collect.moc"
