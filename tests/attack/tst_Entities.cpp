// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/attack/Attack.h"
#include "core/base/Text.h"
#include "tests/support/Support.h"

using namespace plimsoll;
using namespace plimsoll::attack;
using plimsoll::test::q;

namespace {

// Every arc but those of namespaces as "ref -relation-> ref", in order.
QStringList arcsOf(const EntityGraph& graph)
{
    QStringList lines;
    for (std::uint32_t at = 0; at < graph.vertices().size(); ++at) {
        for (const Arc& arc : graph.out(VertexId { at })) {
            if (arc.relation != Relation::Contains)
                lines += q(graph.refOf(VertexId { at }) + " -" + std::string(toText(arc.relation)) + "-> "
                    + graph.refOf(arc.to));
        }
    }
    return lines;
}

} // namespace

class tst_Entities : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void statesWhatObjectsState_data();
    void statesWhatObjectsState();
    void leavesOutWhatIsNotStated_data();
    void leavesOutWhatIsNotStated();
    void marksWhatIsOnlyNamed();
    void pointsBothWays();
    void findsByReference_data();
    void findsByReference();
    void searchPutsEqualNamesFirst();
    void isTheSameOnEveryRun();
};

static const char* const podTemplate = R"(
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web, tier: front}}
    spec:
)";

void tst_Entities::statesWhatObjectsState_data()
{
    QTest::addColumn<QString>("yaml");
    QTest::addColumn<QString>("arc");
    const QString deployment = QString::fromLatin1(podTemplate);
    QTest::addRow("no service account named means default")
        << deployment + QStringLiteral("      containers: [{name: c, image: 'nginx:1.27'}]\n")
        << QStringLiteral("deployment/shop/web -runs as-> serviceaccount/shop/default");
    QTest::addRow("image of an init container counts")
        << deployment
            + QStringLiteral(
                "      initContainers: [{name: i, image: 'busybox:1'}]\n      containers: [{name: c, image: a}]\n")
        << QStringLiteral("deployment/shop/web -runs image-> image/busybox:1");
    QTest::addRow("secret by env") << deployment
            + QStringLiteral(
                "      containers: [{name: c, env: [{name: A, valueFrom: {secretKeyRef: {name: db, key: k}}}]}]\n")
                                   << QStringLiteral("deployment/shop/web -reads Secret in env-> secret/shop/db");
    QTest::addRow("secret by envFrom") << deployment
            + QStringLiteral("      containers: [{name: c, envFrom: [{secretRef: {name: db}}]}]\n")
                                       << QStringLiteral("deployment/shop/web -reads Secret in env-> secret/shop/db");
    QTest::addRow("config map by env") << deployment
            + QStringLiteral(
                "      containers: [{name: c, env: [{name: A, valueFrom: {configMapKeyRef: {name: cm, key: k}}}]}]\n")
                                       << QStringLiteral(
                                              "deployment/shop/web -reads ConfigMap in env-> configmap/shop/cm");
    QTest::addRow("secret by volume") << deployment
            + QStringLiteral("      volumes: [{name: v, secret: {secretName: tls}}]\n      containers: [{name: c}]\n")
                                      << QStringLiteral("deployment/shop/web -mounts Secret-> secret/shop/tls");
    QTest::addRow("secret by projected volume") << deployment
            + QStringLiteral(
                "      volumes: [{name: v, projected: {sources: [{secret: {name: tls}}]}}]\n      containers: [{name: "
                "c}]\n") << QStringLiteral("deployment/shop/web -mounts Secret-> secret/shop/tls");
    QTest::addRow("config map by volume")
        << deployment
            + QStringLiteral("      volumes: [{name: v, configMap: {name: cm}}]\n      containers: [{name: c}]\n")
        << QStringLiteral("deployment/shop/web -mounts ConfigMap-> configmap/shop/cm");
    QTest::addRow("claim by volume") << deployment
            + QStringLiteral(
                "      volumes: [{name: v, persistentVolumeClaim: {claimName: data}}]\n      containers: [{name: c}]\n")
                                     << QStringLiteral(
                                            "deployment/shop/web -mounts claim-> persistentvolumeclaim/shop/data");
    QTest::addRow("pull secret of the pod")
        << deployment + QStringLiteral("      imagePullSecrets: [{name: reg}]\n      containers: [{name: c}]\n")
        << QStringLiteral("deployment/shop/web -pulls images with-> secret/shop/reg");
    QTest::addRow("pull secret of the account") << QStringLiteral(
        "{apiVersion: v1, kind: ServiceAccount, metadata: {name: a, namespace: nn}, imagePullSecrets: [{name: reg}]}")
                                                << QStringLiteral(
                                                       "serviceaccount/nn/a -pulls images with-> secret/nn/reg");
    QTest::addRow("service selects by the template's labels when there are no pods")
        << deployment
            + QStringLiteral(
                "      containers: [{name: c}]\n---\n"
                "{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}, spec: {selector: {app: web}}}")
        << QStringLiteral("service/shop/web -selects-> deployment/shop/web");
    QTest::addRow("policy with an empty selector applies to all of its namespace")
        << deployment
            + QStringLiteral("      containers: [{name: c}]\n---\n"
                             "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: deny, "
                             "namespace: shop}, spec: {podSelector: {}}}")
        << QStringLiteral("networkpolicy/shop/deny -applies to-> deployment/shop/web");
    QTest::addRow("ingress routes to a service that is not there") << QStringLiteral(
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i, namespace: nn}\n"
        "spec: {rules: [{host: h, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: s, port: "
        "{number: 80}}}}]}}]}\n") << QStringLiteral("ingress/nn/i -routes to-> service/nn/s");
    QTest::addRow("ingress serves TLS with a secret") << QStringLiteral(
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i, namespace: nn}\nspec: {tls: "
        "[{secretName: cert, hosts: [h]}]}\n") << QStringLiteral("ingress/nn/i -serves TLS with-> secret/nn/cert");
    const QString binding = QStringLiteral(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: b, namespace: nn}\n"
        "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}\n"
        "subjects: [{kind: User, name: alice}, {kind: Group, name: 'system:serviceaccounts:nn'}, {kind: "
        "ServiceAccount, name: a, namespace: m}]\n"
        "---\n{apiVersion: v1, kind: ServiceAccount, metadata: {name: own, namespace: nn}}\n");
    QTest::addRow("user is bound") << binding << QStringLiteral("user/alice -is bound by-> rolebinding/nn/b");
    QTest::addRow("account of another namespace is bound")
        << binding << QStringLiteral("serviceaccount/m/a -is bound by-> rolebinding/nn/b");
    QTest::addRow("binding grants a role that is not in the source")
        << binding << QStringLiteral("rolebinding/nn/b -grants-> clusterrole/edit");
    QTest::addRow("account is member of the group of its namespace")
        << binding << QStringLiteral("serviceaccount/nn/own -is member of-> group/system:serviceaccounts:nn");
}

void tst_Entities::statesWhatObjectsState()
{
    QFETCH(QString, yaml);
    QFETCH(QString, arc);
    const EntityGraph graph(test::clusterFrom(yaml.toStdString()));
    const QStringList arcs = arcsOf(graph);
    QVERIFY2(arcs.contains(arc), qPrintable(arcs.join(QLatin1Char('\n'))));
}

void tst_Entities::leavesOutWhatIsNotStated_data()
{
    QTest::addColumn<QString>("yaml");
    QTest::addColumn<QString>("fragment");
    const QString deployment
        = QString::fromLatin1(podTemplate) + QStringLiteral("      containers: [{name: c}]\n---\n");
    QTest::addRow("service with another label") << deployment
            + QStringLiteral("{apiVersion: v1, kind: Service, metadata: {name: s, namespace: shop}, spec: {selector: "
                             "{app: web, tier: back}}}")
                                                << QStringLiteral("-selects->");
    QTest::addRow("service without a selector") << deployment
            + QStringLiteral("{apiVersion: v1, kind: Service, metadata: {name: s, namespace: shop}, spec: {}}")
                                                << QStringLiteral("-selects->");
    QTest::addRow("service of another namespace") << deployment
            + QStringLiteral(
                "{apiVersion: v1, kind: Service, metadata: {name: s, namespace: other}, spec: {selector: {app: web}}}")
                                                  << QStringLiteral("-selects->");
    QTest::addRow("groups that no binding names") << deployment << QStringLiteral("-is member of->");
}

void tst_Entities::leavesOutWhatIsNotStated()
{
    QFETCH(QString, yaml);
    QFETCH(QString, fragment);
    const EntityGraph graph(test::clusterFrom(yaml.toStdString()));
    QVERIFY(!graph.vertices().empty());
    QCOMPARE(arcsOf(graph).filter(fragment), QStringList());
}

void tst_Entities::marksWhatIsOnlyNamed()
{
    const EntityGraph graph(test::clusterFrom(std::string(podTemplate)
        + "      serviceAccountName: web\n      containers: [{name: c, image: a}]\n"
          "---\n{apiVersion: v1, kind: ServiceAccount, metadata: {name: web, namespace: shop}}\n"
          "---\n{apiVersion: v1, kind: ServiceAccount, metadata: {name: x, namespace: shop}, secrets: [{name: "
          "gone}]}\n"));
    QCOMPARE(graph.vertex(graph.find("serviceaccount/shop/web")).isMissing, false);
    QCOMPARE(graph.vertex(graph.find("secret/shop/gone")).isMissing, true);
    QCOMPARE(graph.vertex(graph.find("image/a")).isMissing, false); // an image is no object
}

void tst_Entities::pointsBothWays()
{
    const EntityGraph graph(
        test::clusterFrom(std::string(podTemplate) + "      containers: [{name: c, image: a}, {name: d, image: a}]\n"));
    const VertexId web = graph.find("deployment/shop/web");
    const VertexId image = graph.find("image/a");
    QVERIFY(web);
    QVERIFY(image);
    QCOMPARE(graph.in(image).size(), std::size_t { 1 }); // both containers say the same
    QVERIFY((graph.in(image).front() == Arc { web, Relation::RunsImage }));
    std::size_t arcsIn = 0;
    for (std::uint32_t at = 0; at < graph.vertices().size(); ++at)
        arcsIn += graph.in(VertexId { at }).size();
    QCOMPARE(arcsIn, graph.arcCount());
}

void tst_Entities::findsByReference_data()
{
    QTest::addColumn<QString>("ref");
    QTest::addColumn<bool>("isThere");
    QTest::addRow("workload") << QStringLiteral("deployment/shop/web") << true;
    QTest::addRow("namespace that is only named") << QStringLiteral("namespace/shop") << true;
    QTest::addRow("image with slashes") << QStringLiteral("image/r.example/a/b:1") << true;
    QTest::addRow("another namespace") << QStringLiteral("deployment/other/web") << false;
}

void tst_Entities::findsByReference()
{
    QFETCH(QString, ref);
    QFETCH(bool, isThere);
    const EntityGraph graph(
        test::clusterFrom(std::string(podTemplate) + "      containers: [{name: c, image: 'r.example/a/b:1'}]\n"));
    const VertexId found = graph.find(ref.toStdString());
    QCOMPARE(!found.isNone(), isThere);
    QVERIFY(!isThere || q(graph.refOf(found)) == ref);
}

void tst_Entities::searchPutsEqualNamesFirst()
{
    const EntityGraph graph(
        test::clusterFrom("{apiVersion: v1, kind: Secret, metadata: {name: web, namespace: nn}}\n---\n"
                          "{apiVersion: v1, kind: ConfigMap, metadata: {name: webhook, namespace: nn}}\n---\n"
                          "{apiVersion: v1, kind: ConfigMap, metadata: {name: my-web, namespace: nn}}\n"));
    QStringList refs;
    for (const VertexId id : graph.search("WEB", 10))
        refs += q(graph.refOf(id));
    QCOMPARE(refs,
        QStringList({ QStringLiteral("secret/nn/web"), QStringLiteral("configmap/nn/webhook"),
            QStringLiteral("configmap/nn/my-web") }));
    QCOMPARE(graph.search("web", 2).size(), std::size_t { 2 });
    QVERIFY(graph.search("  ", 10).empty());
}

void tst_Entities::isTheSameOnEveryRun()
{
    const auto folder = test::sharedPath("snapshots/harbor");
    if (!folder)
        QSKIP("the shared snapshots are not here");
    const EntityGraph first(test::clusterFromPath(*folder));
    const EntityGraph second(test::clusterFromPath(*folder));
    QVERIFY(first.arcCount() > 1000);
    QCOMPARE(arcsOf(first), arcsOf(second));
}

QTEST_GUILESS_MAIN(tst_Entities)
#include "tst_Entities.moc"
