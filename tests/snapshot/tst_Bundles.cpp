// SPDX-License-Identifier: Apache-2.0
#include <set>

#include "core/cluster/Cluster.h"
#include "tests/snapshot/ImportSupport.h"

using namespace plimsoll;
using namespace plimsoll::test;

namespace {

std::string metadataOf(std::string_view ns, std::string_view name)
{
    std::string out = "\"metadata\":{\"name\":\"" + std::string(name) + '"';
    if (!ns.empty())
        out += ",\"namespace\":\"" + std::string(ns) + '"';
    return out + '}';
}

std::string object(std::string_view apiVersion, std::string_view kind, std::string_view ns, std::string_view name,
    std::string_view more = {})
{
    return "{\"apiVersion\":\"" + std::string(apiVersion) + "\",\"kind\":\"" + std::string(kind) + "\","
        + metadataOf(ns, name) + std::string(more) + '}';
}

std::string pod(std::string_view ns, std::string_view name)
{
    return object("v1", "Pod", ns, name, ",\"spec\":{\"containers\":[]}");
}

// As typed clients write it: the list and its items may leave out what they are.
std::string bareList(const std::vector<std::string>& items)
{
    std::string out = "{\"metadata\":{},\"items\":[";
    for (const std::string& item : items)
        out += (&item == items.data() ? "" : ",") + item;
    return out + "]}";
}

std::string list(std::string_view apiVersion, std::string_view kind, const std::vector<std::string>& items)
{
    return "{\"apiVersion\":\"" + std::string(apiVersion) + "\",\"kind\":\"" + std::string(kind) + "List\","
        + bareList(items).substr(1);
}

const std::string secretValue = "c3VwZXItc2VjcmV0LXZhbHVlLTQy"; // of "super-secret-value-42"

std::string secret(std::string_view ns, std::string_view name)
{
    return object("v1", "Secret", ns, name, ",\"data\":{\"password\":\"" + secretValue + "\"}");
}

using Files = std::vector<Entry>;

Files supportBundle()
{
    const std::string top = "support-bundle-2026-11-23/";
    return { { top + "version.yaml",
                 "apiVersion: troubleshoot.sh/v1beta2\nkind: SupportBundle\nspec:\n  versionNumber: '1'\n" },
        { top + "cluster-info/cluster_version.json", R"({"info":{"gitVersion":"v1.30.1"},"string":"v1.30.1"})" },
        { top + "cluster-resources/nodes.json", list("v1", "Node", { object("v1", "Node", "", "n1") }) },
        { top + "cluster-resources/clusterroles.json", bareList({ "{" + metadataOf("", "admin") + ",\"rules\":[]}" }) },
        { top + "cluster-resources/pods/shop.json", list("v1", "Pod", { pod("shop", "web"), pod("shop", "db") }) },
        { top + "cluster-resources/pods/bank.json", list("v1", "Pod", { pod("bank", "vault") }) },
        { top + "cluster-resources/network-policy/shop.json",
            bareList({ "{" + metadataOf("shop", "deny") + ",\"spec\":{}}" }) },
        { top + "cluster-resources/services/shop.json", list("v1", "Service", {}) },
        { top + "cluster-resources/roles-errors.json",
            R"(["roles.rbac.authorization.k8s.io is forbidden: User \"x\" cannot list"])" },
        { top + "cluster-resources/ingress/shop-errors.json", R"(["context deadline exceeded"])" },
        { top + "cluster-resources/jobs-errors.json", "[]" },
        { top + "custom-resources/widgets.shop.example.com/shop.json",
            "[" + object("shop.example.com/v1", "Widget", "shop", "blue") + "]" },
        { top + "secrets/shop/database.json", R"({"namespace":"shop","name":"database","secretExists":true})" },
        { top + "analysis.json", R"([{"name":"cluster-version","insight":{"severity":"debug"}}])" } };
}

Files mustGather()
{
    const std::string top = "must-gather/quay-io-x-sha256-abc/";
    return { { "must-gather/timestamp", "2026-11-23\n" }, { top + "version", "must-gather\n4.17.0\n" },
        { top + "cluster-scoped-resources/core/nodes/n1.yaml", "apiVersion: v1\nkind: Node\nmetadata: {name: n1}\n" },
        { top + "cluster-scoped-resources/rbac.authorization.k8s.io/clusterroles/admin.yaml",
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: admin}\n" },
        { top + "namespaces/shop/shop.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n" },
        { top + "namespaces/shop/core/pods.yaml",
            "apiVersion: v1\nkind: PodList\nitems:\n- metadata: {name: web, namespace: shop}\n  spec: {containers: "
            "[]}\n" },
        { top + "namespaces/shop/core/secrets.yaml",
            "apiVersion: v1\nkind: SecretList\nitems:\n- apiVersion: v1\n  kind: Secret\n"
            "  metadata: {name: db, namespace: shop}\n  data: {password: "
                + secretValue + "}\n" },
        { top + "namespaces/shop/pods/web/web.yaml",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {containers: []}\n" },
        { top + "namespaces/shop/pods/web/main/main/logs/current.log", "kind: of a log\n" } };
}

Files crustGather()
{
    return { { "crust/version.yaml", "gitVersion: v1.31.0\n" }, { "crust/app-versions.yaml", "- app: x\n" },
        { "crust/cluster/v1/node/n1.yaml", "apiVersion: v1\nkind: Node\nmetadata: {name: n1}\n" },
        { "crust/cluster/rbac.authorization.k8s.io-v1/clusterrole/system-node.yaml",
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: 'system:node'}\n" },
        { "crust/namespaces/shop/v1/pod/web.yaml",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {containers: []}\n" },
        { "crust/namespaces/shop/v1/secret/db.yaml",
            "apiVersion: v1\nkind: Secret\nmetadata: {name: db, namespace: shop}\ndata: {password: " + secretValue
                + "}\n" },
        { "crust/namespaces/shop/v1/pod/web/main/current.log", "a log\n" } };
}

// Each object once as the preferred version and once in the folder of all.
Files veleroBackup()
{
    const std::string web = pod("shop", "web"),
                      role = object("rbac.authorization.k8s.io/v1", "ClusterRole", "", "admin");
    return { { "metadata/version", "1.1.0\n" }, { "resources/pods/namespaces/shop/web.json", web },
        { "resources/pods/v1-preferredversion/namespaces/shop/web.json", web },
        { "resources/clusterroles.rbac.authorization.k8s.io/cluster/admin.json", role },
        { "resources/clusterroles.rbac.authorization.k8s.io/v1-preferredversion/cluster/admin.json", role },
        { "resources/secrets/namespaces/shop/db.json", secret("shop", "db") },
        { "resources/secrets/v1-preferredversion/namespaces/shop/db.json", secret("shop", "db") },
        { "velero-backup.json", object("velero.io/v1", "Backup", "velero", "daily") } };
}

Files kubeHoundDump()
{
    return { { "nodes.json", list("v1", "Node", { object("v1", "Node", "", "n1") }) },
        { "clusterroles.rbac.authorization.k8s.io.json",
            bareList({ "{" + metadataOf("", "admin") + ",\"rules\":[]}" }) },
        { "clusterrolebindings.rbac.authorization.k8s.io.json", bareList({}) },
        { "shop/pods.json", bareList({ "{" + metadataOf("shop", "web") + ",\"spec\":{}}" }) },
        { "shop/roles.rbac.authorization.k8s.io.json", bareList({}) },
        { "metadata.json", R"({"run_id":"01ABC","cluster":"prod"})" } };
}

Files filesOf(const QString& layout)
{
    if (layout == QLatin1String("support bundle"))
        return supportBundle();
    if (layout == QLatin1String("must-gather"))
        return mustGather();
    if (layout == QLatin1String("crust-gather"))
        return crustGather();
    if (layout == QLatin1String("Velero backup"))
        return veleroBackup();
    return kubeHoundDump();
}

std::set<std::string> titlesOf(const Import& import)
{
    std::set<std::string> out;
    for (const Imported& one : import.objects)
        out.insert(one.title);
    return out;
}

std::string notCollected(const Import& import)
{
    std::string out;
    for (const auto& one : import.snapshot->notCollected())
        out += one.group + '/' + one.kind + ' ' + one.reason + ' ' + one.missingPermission + ' ' + one.message + '\n';
    return out;
}

} // namespace

class tst_Bundles : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void layouts_data()
    {
        QTest::addColumn<QString>("layout");
        QTest::addColumn<QByteArray>("titles"); // sorted, each once
        QTest::addColumn<QByteArray>("listed");
        QTest::addRow("support bundle") << "support bundle"
                                        << QByteArray("networking.k8s.io/v1 NetworkPolicy shop/deny\n"
                                                      "rbac.authorization.k8s.io/v1 ClusterRole /admin\n"
                                                      "shop.example.com/v1 Widget shop/blue\n"
                                                      "v1 Node /n1\n"
                                                      "v1 Pod bank/vault\n"
                                                      "v1 Pod shop/db\n"
                                                      "v1 Pod shop/web\n")
                                        << QByteArray("core/Node core/Pod core/Service networking.k8s.io/NetworkPolicy "
                                                      "rbac.authorization.k8s.io/ClusterRole ");
        QTest::addRow("must-gather") << "must-gather"
                                     << QByteArray("rbac.authorization.k8s.io/v1 ClusterRole /admin\n"
                                                   "v1 Namespace /shop\n"
                                                   "v1 Node /n1\n"
                                                   "v1 Pod shop/web\n"
                                                   "v1 Secret shop/db\n")
                                     << QByteArray("core/Pod core/Secret ");
        QTest::addRow("crust-gather") << "crust-gather"
                                      << QByteArray("rbac.authorization.k8s.io/v1 ClusterRole /system:node\n"
                                                    "v1 Node /n1\n"
                                                    "v1 Pod shop/web\n"
                                                    "v1 Secret shop/db\n")
                                      << QByteArray();
        QTest::addRow("Velero backup") << "Velero backup"
                                       << QByteArray("rbac.authorization.k8s.io/v1 ClusterRole /admin\n"
                                                     "v1 Pod shop/web\n"
                                                     "v1 Secret shop/db\n"
                                                     "velero.io/v1 Backup velero/daily\n")
                                       << QByteArray();
        QTest::addRow("KubeHound dump") << "KubeHound dump"
                                        << QByteArray("rbac.authorization.k8s.io/v1 ClusterRole /admin\n"
                                                      "v1 Node /n1\n"
                                                      "v1 Pod shop/web\n")
                                        << QByteArray("core/Node core/Pod rbac.authorization.k8s.io/ClusterRole "
                                                      "rbac.authorization.k8s.io/ClusterRoleBinding "
                                                      "rbac.authorization.k8s.io/Role ");
    }
    // The same from a folder, from an archive, and from an archive in a folder.
    void layouts()
    {
        QFETCH(QString, layout);
        QFETCH(QByteArray, titles);
        QFETCH(QByteArray, listed);
        const Files files = filesOf(layout);
        const Folder folder, archives;
        for (const Entry& file : files)
            folder.put(file.name, file.bytes);
        const std::string packed = archiveOf(files, ArchiveKind::TarGz);
        archives.put("it.tar.gz", packed);
        const Import fromFolder = importPath(folder.path()), fromArchive = importBytes("it.tar.gz", packed),
                     fromBoth = importPath(archives.path());
        for (const Import* import : { &fromFolder, &fromArchive, &fromBoth }) {
            QCOMPARE(import->error, std::string());
            std::string all;
            for (const std::string& title : titlesOf(*import))
                all += title + '\n';
            QCOMPARE(QByteArray::fromStdString(all), titles);
            QCOMPARE(QByteArray::fromStdString(import->listed()), listed);
            QCOMPARE(q(import->snapshot->origin().layout), layout);
            for (const Imported& one : import->objects)
                QVERIFY2(!one.json.contains(secretValue), one.title.c_str());
        }
    }

    void whatABundleCouldNotCollect()
    {
        const Import import = importBytes("bundle.tar.gz", archiveOf(supportBundle(), ArchiveKind::TarGz));
        QCOMPARE(notCollected(import),
            std::string("networking.k8s.io/Ingress error  context deadline exceeded\n"
                        "rbac.authorization.k8s.io/Role forbidden list roles.rbac.authorization.k8s.io "
                        "roles.rbac.authorization.k8s.io is forbidden: User \"x\" cannot list\n"));
    }

    // A denied kind is not listed, even when a part of it is there.
    void deniedKindsAreNotListed()
    {
        Files files = supportBundle();
        files.push_back({ "support-bundle-2026-11-23/cluster-resources/pods-errors.json", R"(["pods is forbidden"])" });
        const Import import = importBytes("bundle.tar.gz", archiveOf(files, ArchiveKind::TarGz));
        QVERIFY(!import.listed().contains("core/Pod"));
        QVERIFY(notCollected(import).contains("/Pod forbidden list pods"));
        QVERIFY(titlesOf(import).contains("v1 Pod bank/vault"));
    }

    // Velero keeps each object twice, and must-gather a pod in the list and by itself: one object for who reads it.
    void objectsThatAreThereTwice_data()
    {
        QTest::addColumn<QString>("layout");
        QTest::addRow("Velero backup") << "Velero backup";
        QTest::addRow("must-gather") << "must-gather";
    }
    void objectsThatAreThereTwice()
    {
        QFETCH(QString, layout);
        const auto model = [&] {
            const std::string packed = archiveOf(filesOf(layout), ArchiveKind::TarGz);
            const snapshot::Source source { .path = "it.tar.gz", .bytes = packed };
            Progress progress;
            auto loaded = cluster::loadCluster(std::span(&source, 1), pool(), progress);
            if (!loaded)
                qFatal("%s", toText(loaded.error()).c_str());
            return *loaded;
        }();
        QCOMPARE(model->pods().size(), 1u);
        std::set<std::string> refs;
        for (std::uint32_t i = 0; i < model->objects().size(); ++i)
            QVERIFY2(refs.insert(model->refOf(cluster::ObjectId { i })).second,
                model->refOf(cluster::ObjectId { i }).c_str());
    }

    // What a person named after a resource proves nothing.
    void otherFilesTellNothing_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("bytes");
        QTest::addRow("a configuration") << QByteArray("services.json") << QByteArray(R"({"items":[{"url":"x"}]})");
        QTest::addRow("an empty one") << QByteArray("pods.json") << QByteArray(R"({"items":[]})");
        QTest::addRow("in a folder") << QByteArray("config/secrets.json")
                                     << QByteArray(R"({"metadata":{},"items":[]})");
    }
    void otherFilesTellNothing()
    {
        QFETCH(QByteArray, name);
        QFETCH(QByteArray, bytes);
        const Folder folder;
        folder.put("pod.json", podJson("a"));
        folder.put(name.toStdString(), bytes.toStdString());
        const Import import = importPath(folder.path());
        QCOMPARE(import.error, std::string());
        QCOMPARE(import.listed(), std::string());
        QCOMPARE(import.objects.size(), 1u);
        QVERIFY(import.snapshot->origin().layout.empty());
    }

    void badOnesAmongGoodOnes()
    {
        Files files = supportBundle();
        const std::string top = "support-bundle-2026-11-23/cluster-resources/";
        files.push_back(
            { top + "services/bank.json", R"({"kind":"ServiceList","apiVersion":"v1","items":[{"apiVersion")" });
        files.push_back({ top + "secrets/bank.json", std::string("\0\1\2\3", 4) });
        files.push_back({ top + "link", {}, AE_IFLNK, "/etc/passwd" });
        files.push_back({ "../../outside.json", object("v1", "Pod", "out", "side") });
        const Import import = importBytes("bundle.tar.gz", archiveOf(files, ArchiveKind::TarGz));
        QCOMPARE(import.error, std::string());
        QVERIFY(titlesOf(import).contains("v1 Pod shop/web"));
        QVERIFY2(import.problems().contains("services/bank.json"), import.problems().c_str());
        QVERIFY(!import.problems().contains("/etc/passwd"));
    }

    void evidenceIsFound()
    {
        const Import import = importBytes("bundle.tar.gz", archiveOf(mustGather(), ArchiveKind::TarGz));
        for (const Imported& one : import.objects) {
            const auto place = import.snapshot->locate(one.raw, "/metadata/name");
            QVERIFY2(place, one.title.c_str());
            QVERIFY2(place->file.contains(".yaml"), place->file.c_str());
            QVERIFY(place->line >= 1);
        }
    }
};

QTEST_GUILESS_MAIN(tst_Bundles)
#include "tst_Bundles.moc"
