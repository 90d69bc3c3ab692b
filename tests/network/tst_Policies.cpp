// SPDX-License-Identifier: Apache-2.0
#include "core/network/Network.h"
#include "tests/support/Support.h"

using namespace plimsoll;
using network::Direction;

namespace {

std::string show(const network::Isolation& isolation)
{
    return std::to_string(isolation.pods) + " pods, " + std::to_string(isolation.hostNetwork) + " on the node, "
        + std::to_string(isolation.isolated) + " isolated, " + std::to_string(isolation.open()) + " open"
        + (isolation.isTemplate ? ", template" : "");
}

constexpr const char* deny
    = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: shop}\n"
      "spec: {podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress]}\n---\n";

} // namespace

class tst_Policies : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void isolation_data();
    void isolation();
    void readsLabelsOfTemplates_data();
    void readsLabelsOfTemplates();
    void findsOtherPolicies();
    void policyTypesDefault_data();
    void policyTypesDefault();
};

void tst_Policies::isolation_data()
{
    QTest::addColumn<std::string>("yaml");
    QTest::addColumn<std::string>("expected");
    const auto row = [](const char* situation, const std::string& yaml, const char* expected) {
        QTest::addRow("%s", situation) << deny + yaml << std::string(expected);
    };
    const auto pod = [](const char* labels, const char* spec, const char* status) {
        return std::string("apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop, labels: {") + labels
            + "}}\nspec: {" + spec + "containers: [{name: a, image: b}]}\nstatus: {phase: " + status + "}\n";
    };
    row("selected", pod("app: web", "", "Running"), "1 pods, 0 on the node, 1 isolated, 0 open");
    row("not selected", pod("app: db", "", "Running"), "1 pods, 0 on the node, 0 isolated, 1 open");
    row("in the network of the node", pod("app: web", "hostNetwork: true, ", "Running"),
        "1 pods, 1 on the node, 0 isolated, 0 open");
    row("finished", pod("app: db", "", "Succeeded"), "0 pods, 0 on the node, 0 isolated, 0 open");
    row("a template without pods",
        "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: web, namespace: shop}\nspec: {jobTemplate: {spec: "
        "{template: "
        "{metadata: {labels: {app: web}}, spec: {containers: [{name: a, image: b}]}}}}}\n",
        "1 pods, 0 on the node, 1 isolated, 0 open, template");
}

void tst_Policies::isolation()
{
    QFETCH(std::string, yaml);
    QFETCH(std::string, expected);
    const auto cluster = test::clusterFrom(yaml);
    QCOMPARE(cluster->workloads().size(), std::size_t(1));
    const network::PolicyIndex index(*cluster);
    QCOMPARE(show(network::isolationOf(*cluster, index, cluster->workloads()[0], Direction::Ingress)), expected);
}

void tst_Policies::readsLabelsOfTemplates_data()
{
    QTest::addColumn<std::string>("yaml");
    QTest::addColumn<std::string>("pointer");
    QTest::addRow("Deployment") << std::string(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: w, namespace: shop}\nspec: {template: {metadata: "
        "{labels: {app: web}}, spec: {containers: []}}}\n")
                                << std::string("/spec/template/metadata/labels");
    QTest::addRow("CronJob") << std::string(
        "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: w, namespace: shop}\nspec: {jobTemplate: {spec: "
        "{template: {metadata: {labels: {app: web}}, spec: {containers: []}}}}}\n")
                             << std::string("/spec/jobTemplate/spec/template/metadata/labels");
    QTest::addRow("Pod") << std::string(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: w, namespace: shop, labels: {app: web}}\nspec: {containers: []}\n")
                         << std::string("/metadata/labels");
}

void tst_Policies::readsLabelsOfTemplates()
{
    QFETCH(std::string, yaml);
    QFETCH(std::string, pointer);
    const auto cluster = test::clusterFrom(deny + yaml);
    const cluster::ObjectId workload = cluster->workloads()[0].object;
    QCOMPARE(network::labelsPointer(*cluster, workload), pointer);
    const auto labels = network::templateLabels(*cluster, workload);
    QCOMPARE(labels.size(), std::size_t(1));
    QCOMPARE(labels[0].first + '=' + labels[0].second, std::string("app=web"));
}

void tst_Policies::findsOtherPolicies()
{
    const auto cluster = test::clusterFrom(
        "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: a, namespace: shop}\n---\n"
        "apiVersion: policy.networking.k8s.io/v1alpha2\nkind: ClusterNetworkPolicy\nmetadata: {name: b}\nspec: "
        "{subject: "
        "{namespaces: {}}}\n---\n"
        "apiVersion: policy.networking.k8s.io/v1alpha2\nkind: ClusterNetworkPolicy\nmetadata: {name: c}\nspec: "
        "{subject: "
        "{pods: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}, podSelector: {}}}}\n---\n"
        "apiVersion: policy.networking.k8s.io/v1alpha2\nkind: ClusterNetworkPolicy\nmetadata: {name: d}\nspec: "
        "{subject: "
        "{namespaces: {matchLabels: {kubernetes.io/metadata.name: gone}}}}\n");
    std::string found;
    for (const network::OtherPolicy& policy : network::otherPolicies(*cluster))
        found += cluster->refOf(policy.object) + " in " + std::string(cluster->text(policy.ns)) + '\n';
    QCOMPARE(found,
        std::string(
            "ciliumnetworkpolicy/shop/a in shop\nclusternetworkpolicy/b in \nclusternetworkpolicy/c in shop\n"));
}

void tst_Policies::policyTypesDefault_data()
{
    QTest::addColumn<std::string>("spec");
    QTest::addColumn<std::string>("expected");
    QTest::addRow("nothing") << std::string("{}") << std::string("ingress");
    QTest::addRow("egress rules") << std::string("{egress: [{}]}") << std::string("ingress egress");
    QTest::addRow("an empty list of egress rules") << std::string("{egress: []}") << std::string("ingress");
    QTest::addRow("given") << std::string("{policyTypes: [Egress], ingress: [{}]}") << std::string("egress");
}

void tst_Policies::policyTypesDefault()
{
    QFETCH(std::string, spec);
    QFETCH(std::string, expected);
    const auto cluster = test::clusterFrom(
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: shop}\nspec: " + spec
        + "\n");
    const cluster::NetworkPolicy& policy = cluster->networkPolicies()[0];
    std::string directions;
    for (const Direction direction : { Direction::Ingress, Direction::Egress }) {
        if (network::hasDirection(policy, direction))
            directions += (directions.empty() ? "" : " ") + std::string(network::toText(direction));
    }
    QCOMPARE(directions, expected);
}

QTEST_GUILESS_MAIN(tst_Policies)
#include "tst_Policies.moc"
