// SPDX-License-Identifier: Apache-2.0
#include "core/secrets/Inventory.h"

#include <QTemporaryDir>

#include "tests/support/Support.h"

using namespace plimsoll;
using namespace Qt::StringLiterals;
using secrets::Age;
using secrets::Usage;

namespace {

constexpr UnixSeconds day = 86400;

std::shared_ptr<const secrets::Inventory> inventoryOf(
    const std::string& yaml, std::optional<UnixSeconds> now, const secrets::RotationPolicy& policy)
{
    Progress progress;
    auto taken
        = secrets::takeInventory(secrets::Readers::make(test::clusterFrom(yaml)), now, policy, test::pool(), progress);
    return taken ? *taken : nullptr;
}

std::string secret(const std::string& name, const std::string& metadata = {}, const std::string& type = "Opaque")
{
    return "---\napiVersion: v1\nkind: Secret\nmetadata: {name: " + name + ", namespace: shop"
        + (metadata.empty() ? "" : ", " + metadata) + "}\ntype: " + type + "\ndata: {k: dmFsdWU=}\n";
}

} // namespace

class tst_Inventory : public QObject {
    Q_OBJECT

private Q_SLOTS:
    // The newest write to the data counts, not that to labels.
    void tellsTheAge()
    {
        const QTemporaryDir folder;
        QFile file(folder.filePath(u"secrets.json"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(R"({"apiVersion":"v1","kind":"Secret","metadata":{"name":"a","namespace":"shop",
            "creationTimestamp":"2026-01-01T00:00:00Z","managedFields":[
            {"manager":"helm","time":"2026-02-01T00:00:00Z","fieldsV1":{"f:data":{"f:k":{}}}},
            {"manager":"labeler","time":"2026-03-01T00:00:00Z","fieldsV1":{"f:metadata":{"f:labels":{}}}}]},
            "type":"Opaque","data":{"k":"dmFsdWU="}})");
        file.close();
        Progress progress;
        const auto taken
            = secrets::takeInventory(secrets::Readers::make(test::clusterFromPath(file.fileName().toStdString())),
                parseTime("2026-02-11T00:00:00Z"), secrets::RotationPolicy::standard(), test::pool(), progress);
        VERIFY_RESULT(taken);
        const auto& inventory = *taken;
        QVERIFY(inventory);
        const Age& age = inventory->secrets.front().age;
        QVERIFY(age.strength == Age::Strength::ManagedFields);
        QCOMPARE(age.changedBy, std::string("helm"));
        QCOMPARE(age.days(inventory->now).value(), std::int64_t { 10 });
        QVERIFY(!inventory->secrets.front().isOverdue);
    }

    // What cannot be read again keeps who wrote a Secret, alone or in a list, and that of Secrets only.
    void tellsTheAgeFromYaml()
    {
        const auto item = [](const std::string& type, const std::string& name) {
            return "{" + type + "metadata: {name: " + name
                + ", namespace: shop, managedFields: [{manager: helm, time: '2026-02-01T00:00:00Z', fieldsV1: "
                  "{'f:data': {'f:k': {}}}}]}, data: {k: dg==}}";
        };
        const std::string type = "apiVersion: v1, kind: Secret, ";
        const auto cluster = test::clusterFrom(item(type, "a") + "\n---\n"
            + item("apiVersion: v1, kind: ConfigMap, ", "c") + "\n---\n{apiVersion: v1, kind: SecretList, items: ["
            + item("", "b") + "]}\n---\n{apiVersion: v1, kind: List, items: [" + item(type, "d") + "]}\n");
        QCOMPARE(cluster->secrets().size(), std::size_t { 3 });
        for (const cluster::Secret& secret : cluster->secrets()) {
            const Age age = secrets::ageOf(*cluster, secret.object);
            QVERIFY(age.strength == Age::Strength::ManagedFields);
            QCOMPARE(age.changedBy, std::string("helm"));
            QVERIFY(age.changed == parseTime("2026-02-01T00:00:00Z"));
            format::Document document;
            VERIFY_RESULT(cluster->snapshot().readRaw(cluster->object(secret.object).raw, document));
            QVERIFY(document.root().at("/metadata/managedFields").isAbsent());
        }
        const auto map = cluster->find("ConfigMap", "shop", "c");
        format::Document document;
        VERIFY_RESULT(cluster->snapshot().readRaw(cluster->object(map).raw, document, true));
        QVERIFY(document.root().at("/metadata/name").isPresent());
        QVERIFY(document.root().at("/metadata/managedFields").isAbsent());
    }

    void tellsTheAgeByCreation()
    {
        const auto inventory = inventoryOf(secret("a", "creationTimestamp: '2026-01-01T00:00:00Z'") + secret("b"),
            *parseTime("2026-01-01T00:00:00Z") + 400 * day, secrets::RotationPolicy::standard());
        QVERIFY(inventory);
        QVERIFY(inventory->secrets[0].age.strength == Age::Strength::Creation);
        QVERIFY(inventory->secrets[0].isOverdue);
        QVERIFY(inventory->secrets[1].age.strength == Age::Strength::Unknown);
        QVERIFY(!inventory->secrets[1].age.days(inventory->now));
        QVERIFY(!inventory->secrets[1].isOverdue);
    }

    void limitsAgeByType()
    {
        const secrets::RotationPolicy policy { { { "kubernetes.io/basic-auth", 30 }, { "*", 60 } } };
        QCOMPARE(policy.daysFor("kubernetes.io/basic-auth").value(), 30u);
        QCOMPARE(policy.daysFor("").value(), 60u);
        QVERIFY(!secrets::RotationPolicy().daysFor("Opaque"));
        QVERIFY(!secrets::RotationPolicy::standard().daysFor("kubernetes.io/tls"));
    }

    void tellsTheUse_data()
    {
        QTest::addColumn<std::string>("yaml");
        QTest::addColumn<int>("usage");
        const auto row
            = [](const char* name, const std::string& yaml, Usage usage) { QTest::newRow(name) << yaml << int(usage); };
        row("nothing", secret("a"), Usage::Unused);
        row("a token", secret("a", "", "kubernetes.io/service-account-token"), Usage::ByType);
        row("a release", secret("a", "", "helm.sh/release.v1"), Usage::ByType);
        row("a label of Argo CD", secret("a", "labels: {argocd.argoproj.io/secret-type: repository}"), Usage::ByType);
        row("an owner that is there",
            secret("a", "ownerReferences: [{apiVersion: v1, kind: ConfigMap, name: c, uid: u}]")
                + "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: shop, uid: u}\n",
            Usage::Owned);
        row("an Ingress",
            secret("a", "", "kubernetes.io/tls")
                + "---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i, namespace: shop}\n"
                  "spec: {tls: [{hosts: [a.example], secretName: a}]}\n",
            Usage::Referenced);
        row("a Gateway",
            secret("a", "", "kubernetes.io/tls")
                + "---\napiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: g, namespace: shop}\n"
                  "spec: {listeners: [{name: l, tls: {certificateRefs: [{name: a}]}}]}\n",
            Usage::Referenced);
        row("a storage class",
            secret("a")
                + "---\napiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: sc}\n"
                  "parameters: {csi.storage.k8s.io/node-stage-secret-name: a, "
                  "csi.storage.k8s.io/node-stage-secret-namespace: shop}\n",
            Usage::Referenced);
        row("a storage class, elsewhere",
            secret("a")
                + "---\napiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: sc}\n"
                  "parameters: {csi.storage.k8s.io/node-stage-secret-name: a, "
                  "csi.storage.k8s.io/node-stage-secret-namespace: bank}\n",
            Usage::Unused);
        row("a service account",
            secret("a", "", "kubernetes.io/dockerconfigjson")
                + "---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: sa, namespace: shop}\n"
                  "imagePullSecrets: [{name: a}]\n",
            Usage::Referenced);
    }

    void tellsTheUse()
    {
        QFETCH(std::string, yaml);
        QFETCH(int, usage);
        const auto readers = secrets::Readers::make(test::clusterFrom(yaml));
        QCOMPARE(int(secrets::usageOf(*readers, 0).usage), usage);
    }

    // One for the workload, not one for each pod; optional ones are none.
    void findsWhatIsMissing()
    {
        const std::string yaml = secret("a")
            + "---\napiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {containers: [{name: c, "
              "image: i, env: [{name: A, valueFrom: {secretKeyRef: {name: gone, key: k}}}, {name: B, valueFrom: "
              "{secretKeyRef: {name: gone, key: l}}}, {name: C, valueFrom: {secretKeyRef: {name: perhaps, key: k, "
              "optional: true}}}]}]}\n";
        const secrets::References references(test::clusterFrom(yaml));
        const auto missing = secrets::missingReferences(references);
        QCOMPARE(missing.size(), std::size_t { 1 });
        QCOMPARE(missing.front().reference.name, std::string("gone"));
        // Without a list of Secrets nothing is known to be missing.
        const secrets::References blind(
            test::clusterFrom("apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {containers: "
                              "[{name: c, image: i, envFrom: [{secretRef: {name: gone}}]}]}\n"));
        QVERIFY(secrets::missingReferences(blind).empty());
    }

    void countsReaders()
    {
        const auto inventory = inventoryOf(secret("a"), std::nullopt, {});
        QVERIFY(inventory);
        QCOMPARE(inventory->secrets.front().readers, 1u); // system:masters
        QVERIFY(!inventory->secrets.front().gap.empty()); // no RBAC in the source
    }
};

QTEST_GUILESS_MAIN(tst_Inventory)
#include "tst_Inventory.moc"
