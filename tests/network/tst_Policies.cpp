// SPDX-License-Identifier: Apache-2.0
#include "core/network/Network.h"
#include "tests/support/Support.h"

using namespace plimsoll;
using network::Direction;

namespace {

constexpr const char* deny
    = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: shop}\n"
      "spec: {podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress]}\n---\n";

} // namespace

class tst_Policies : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsLabelsOfTemplates_data();
    void readsLabelsOfTemplates();
    void policyTypesDefault_data();
    void policyTypesDefault();
};

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
