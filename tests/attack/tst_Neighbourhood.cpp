// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>

#include "core/attack/Attack.h"
#include "tests/support/Support.h"

using namespace plimsoll;
using namespace plimsoll::attack;
using plimsoll::test::q;

namespace {

// A shop: ingress -> service -> deployment -> account -> binding -> role, a second deployment apart from it, and a
// DaemonSet with thirty pods.
std::string shop()
{
    std::string yaml = R"(
{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: front, namespace: shop}, spec: {defaultBackend: {service: {name: web, port: {number: 80}}}}}
---
{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}, spec: {selector: {app: web}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    metadata: {labels: {app: web}}
    spec: {serviceAccountName: web, containers: [{name: c, image: nginx, envFrom: [{secretRef: {name: db}}]}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: other, namespace: shop}
spec:
  template:
    metadata: {labels: {app: other}}
    spec: {serviceAccountName: other, containers: [{name: c, image: redis, envFrom: [{secretRef: {name: db}}]}]}
---
{apiVersion: v1, kind: ServiceAccount, metadata: {name: web, namespace: shop}}
---
{apiVersion: v1, kind: Secret, metadata: {name: db, namespace: shop}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: web-edits, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: edit}
subjects: [{kind: ServiceAccount, name: web, namespace: shop}, {kind: User, name: alice}]
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: edit, namespace: shop}, rules: []}
---
{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: agent, namespace: ops, uid: d1}, spec: {template: {metadata: {labels: {app: agent}}, spec: {containers: [{name: c, image: agent}]}}}}
)";
    for (int pod = 10; pod < 40; ++pod) {
        yaml += "---\n{apiVersion: v1, kind: Pod, metadata: {name: agent-" + std::to_string(pod)
            + ", namespace: ops, labels: {app: agent}, ownerReferences: [{apiVersion: apps/v1, kind: DaemonSet, name: "
              "agent, uid: d1, "
              "controller: true}]}, spec: {nodeName: n"
            + std::to_string(pod) + ", containers: [{name: c, image: agent}]}}\n";
    }
    return yaml;
}

QString nodeText(const EntityGraph& graph, const Neighbourhood::Node& node)
{
    return node.isGroup() ? QStringLiteral("+%1 %2").arg(node.count).arg(q(toPlural(node.group.kind)))
                          : q(graph.refOf(node.vertex));
}

QStringList nodesOf(const EntityGraph& graph, const Neighbourhood& view)
{
    QStringList lines;
    for (const Neighbourhood::Node& node : view.nodes)
        lines += nodeText(graph, node);
    return lines;
}

} // namespace

class tst_Neighbourhood : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void showsWhatLeadsToAndFrom_data();
    void showsWhatLeadsToAndFrom();
    void groupsPodsUntilExpanded();
    void opensAGroup();
    void hidesKindsAndCountsThem();
    void hidesSingleNodes();
    void mergesParallelLinks();
    void putsTheWorstFirst();
    void namespaceStandsForItsMembers();
    void overviewLinksNamespaces();
    void staysWithinTheBudget_data();
    void staysWithinTheBudget();

private:
    std::unique_ptr<EntityGraph> m_graph;
};

void tst_Neighbourhood::initTestCase()
{
    m_graph = std::make_unique<EntityGraph>(test::clusterFrom(shop()));
}

void tst_Neighbourhood::showsWhatLeadsToAndFrom_data()
{
    QTest::addColumn<QString>("focus");
    QTest::addColumn<QStringList>("nodes");
    const auto texts = [](std::initializer_list<const char*> all) {
        QStringList list;
        for (const char* text : all)
            list += QString::fromLatin1(text);
        return list;
    };
    QTest::addRow("of a workload: traffic before, identity and rights behind, no sibling by the shared secret")
        << QStringLiteral("deployment/shop/web")
        << texts({ "ingress/shop/front", "service/shop/web", "deployment/shop/web", "serviceaccount/shop/web",
               "secret/shop/db", "image/nginx", "rolebinding/shop/web-edits", "role/shop/edit" });
    QTest::addRow("of a secret: everything that reads it")
        << QStringLiteral("secret/shop/db")
        << texts({ "ingress/shop/front", "service/shop/web", "deployment/shop/other", "deployment/shop/web",
               "secret/shop/db" });
    QTest::addRow("of a role: who has it")
        << QStringLiteral("role/shop/edit")
        << texts({ "ingress/shop/front", "service/shop/web", "deployment/shop/web", "serviceaccount/shop/web",
               "user/alice", "rolebinding/shop/web-edits", "role/shop/edit" });
    QTest::addRow("of a user: what is granted")
        << QStringLiteral("user/alice") << texts({ "user/alice", "rolebinding/shop/web-edits", "role/shop/edit" });
}

void tst_Neighbourhood::showsWhatLeadsToAndFrom()
{
    QFETCH(QString, focus);
    QFETCH(QStringList, nodes);
    const Neighbourhood view = neighbourhood(*m_graph, { .focus = { m_graph->find(focus.toStdString()) } });
    QCOMPARE(nodesOf(*m_graph, view), nodes);
    QCOMPARE(view.shown, static_cast<std::uint32_t>(nodes.size()));
}

void tst_Neighbourhood::groupsPodsUntilExpanded()
{
    const VertexId agent = m_graph->find("daemonset/ops/agent");
    const Neighbourhood folded = neighbourhood(*m_graph, { .focus = { agent } });
    QVERIFY(nodesOf(*m_graph, folded).contains(QStringLiteral("+30 Pods")));
    QVERIFY(nodesOf(*m_graph, folded).contains(QStringLiteral("+26 Nodes"))); // 4 are shown
    const Neighbourhood unfolded = neighbourhood(*m_graph, { .focus = { agent }, .expanded = { agent } });
    QVERIFY(nodesOf(*m_graph, unfolded).contains(QStringLiteral("pod/ops/agent-39")));
    QVERIFY(nodesOf(*m_graph, unfolded).filter(QStringLiteral("+")).isEmpty());
}

void tst_Neighbourhood::opensAGroup()
{
    const VertexId agent = m_graph->find("daemonset/ops/agent");
    const Neighbourhood view = neighbourhood(
        *m_graph, { .focus = { agent }, .opened = { { agent, Direction::Forward, EntityKind::Node } } });
    QVERIFY(nodesOf(*m_graph, view).contains(QStringLiteral("node/n39")));
    QVERIFY(nodesOf(*m_graph, view).contains(QStringLiteral("+30 Pods")));
}

void tst_Neighbourhood::hidesKindsAndCountsThem()
{
    const VertexId web = m_graph->find("deployment/shop/web");
    const Neighbourhood view
        = neighbourhood(*m_graph, { .focus = { web }, .kinds = allKinds & ~kindBit(EntityKind::ServiceAccount) });
    QCOMPARE(nodesOf(*m_graph, view).filter(QStringLiteral("serviceaccount")), QStringList());
    QCOMPARE(nodesOf(*m_graph, view).filter(QStringLiteral("role")), QStringList()); // nothing leads there any more
    QCOMPARE(view.filtered, 1u);
}

void tst_Neighbourhood::hidesSingleNodes()
{
    const VertexId web = m_graph->find("deployment/shop/web");
    const Neighbourhood view
        = neighbourhood(*m_graph, { .focus = { web }, .hidden = { m_graph->find("image/nginx") } });
    QVERIFY(!nodesOf(*m_graph, view).contains(QStringLiteral("image/nginx")));
    QVERIFY(nodesOf(*m_graph, view).contains(QStringLiteral("secret/shop/db")));
}

void tst_Neighbourhood::mergesParallelLinks()
{
    const EntityGraph graph(test::clusterFrom("{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: nn}, spec: "
                                              "{containers: [{name: c, envFrom: [{secretRef: {name: s}}]}], "
                                              "volumes: [{name: v, secret: {secretName: s}}]}}"));
    const Neighbourhood view = neighbourhood(graph, { .focus = { graph.find("secret/nn/s") } });
    QCOMPARE(view.links.size(), std::size_t { 1 });
    QCOMPARE(view.links[0].relations,
        (1u << static_cast<unsigned>(Relation::MountsSecret)) | (1u << static_cast<unsigned>(Relation::ReadsSecret)));
}

void tst_Neighbourhood::putsTheWorstFirst()
{
    const VertexId agent = m_graph->find("daemonset/ops/agent");
    const VertexId last = m_graph->find("node/n39");
    std::vector<std::uint8_t> rank(m_graph->vertices().size(), 5);
    rank[last.index] = 0;
    const Neighbourhood plain = neighbourhood(*m_graph, { .focus = { agent } });
    QVERIFY(!nodesOf(*m_graph, plain).contains(QStringLiteral("node/n39")));
    const Neighbourhood ranked = neighbourhood(*m_graph, { .focus = { agent }, .rank = rank });
    QVERIFY(nodesOf(*m_graph, ranked).contains(QStringLiteral("node/n39")));
}

void tst_Neighbourhood::namespaceStandsForItsMembers()
{
    const Neighbourhood view = neighbourhood(*m_graph, { .focus = { m_graph->find("namespace/shop") } });
    const QStringList nodes = nodesOf(*m_graph, view);
    QVERIFY2(nodes.contains(QStringLiteral("deployment/shop/other")), qPrintable(nodes.join(QLatin1Char(10))));
    QVERIFY(nodes.contains(QStringLiteral("user/alice"))); // comes in by a binding
    QCOMPARE(nodes.filter(QStringLiteral("namespace/")), QStringList());
    QCOMPARE(nodes.filter(QStringLiteral("/ops/")), QStringList());
}

void tst_Neighbourhood::overviewLinksNamespaces()
{
    const EntityGraph graph(test::clusterFrom(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: b, namespace: nn}\n"
        "roleRef: {kind: ClusterRole, name: edit, apiGroup: rbac.authorization.k8s.io}\n"
        "subjects: [{kind: ServiceAccount, name: a, namespace: m}, {kind: User, name: alice}]\n"));
    const Neighbourhood view = overview(graph, {});
    QCOMPARE(nodesOf(graph, view),
        QStringList({ QStringLiteral("namespace/m"), QStringLiteral("namespace/nn"), QStringLiteral("+1 Users"),
            QStringLiteral("+1 Roles") }));
    QStringList links;
    for (const Neighbourhood::Link& link : view.links)
        links += nodeText(graph, view.nodes[link.from]) + QStringLiteral(" -> ") + nodeText(graph, view.nodes[link.to]);
    QCOMPARE(links,
        QStringList({ QStringLiteral("namespace/m -> namespace/nn"), QStringLiteral("namespace/nn -> +1 Roles"),
            QStringLiteral("+1 Users -> namespace/nn") }));
}

void tst_Neighbourhood::staysWithinTheBudget_data()
{
    QTest::addColumn<int>("budget");
    QTest::addRow("10") << 10;
    QTest::addRow("60") << 60;
    QTest::addRow("300") << 300;
}

void tst_Neighbourhood::staysWithinTheBudget()
{
    QFETCH(int, budget);
    const auto folder = test::sharedPath("snapshots/harbor");
    if (!folder)
        QSKIP("the shared snapshots are not here");
    static const EntityGraph graph(test::clusterFromPath(*folder));
    std::size_t largest = 0;
    bool linksAreValid = true;
    for (std::uint32_t at = 0; at < graph.vertices().size(); at += 7) {
        Question question { .focus = { VertexId { at } }, .expanded = { VertexId { at } } };
        question.budget = static_cast<std::uint32_t>(budget);
        const Neighbourhood view = neighbourhood(graph, question);
        largest = std::max(largest, view.nodes.size());
        for (const Neighbourhood::Link& link : view.links)
            linksAreValid = linksAreValid && link.from < view.nodes.size() && link.to < view.nodes.size();
    }
    Question question;
    question.budget = static_cast<std::uint32_t>(budget);
    QVERIFY(overview(graph, question).nodes.size() <= static_cast<std::size_t>(budget));
    QVERIFY2(largest <= static_cast<std::size_t>(budget), qPrintable(QString::number(largest)));
    QVERIFY(largest > 5);
    QVERIFY(linksAreValid);
}

QTEST_GUILESS_MAIN(tst_Neighbourhood)
#include "tst_Neighbourhood.moc"
