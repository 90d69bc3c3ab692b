// SPDX-License-Identifier: Apache-2.0
#include "tests/network/NetworkRows.h"
#include "tests/network/Oracle.h"
#include "tests/network/RandomCluster.h"
#include "tests/support/Support.h"

using namespace plimsoll;
using test::Oracle;

namespace {

std::string words(Oracle::Answer answer)
{
    return answer == Oracle::Answer::Yes ? "true" : answer == Oracle::Answer::No ? "false" : "unknown";
}

} // namespace

// The oracle itself: against answers that were worked out by hand.
class tst_Oracle : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void answers_data();
    void answers();
    void leavesOutFinishedPods();
    void followsRules();
    void randomClustersAreTheSameAgainAndDiffer();
};

void tst_Oracle::answers_data()
{
    QTest::addColumn<test::NetworkRow>("row");
    for (const test::NetworkRow& row : test::networkRows())
        QTest::addRow("%s", row.name.c_str()) << row;
}

void tst_Oracle::answers()
{
    QFETCH(test::NetworkRow, row);
    const auto cluster = test::clusterFrom(row.yaml);
    const Oracle oracle(*cluster);
    QVERIFY(oracle.end(row.from) && oracle.end(row.to));
    QCOMPARE(words(oracle.allows(row.from, row.to, row.protocol, row.port)), row.expected);
}

void tst_Oracle::leavesOutFinishedPods()
{
    const auto text = [](const char* phase) {
        return std::string(
                   "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: b}\nspec: {containers: [{name: c, "
                   "image: d}]}\nstatus: {phase: ")
            + phase + "}\n";
    };
    QVERIFY(!Oracle(*test::clusterFrom(text("Succeeded"))).end("b/a"));
    QVERIFY(!Oracle(*test::clusterFrom(text("Failed"))).end("b/a"));
    QVERIFY(Oracle(*test::clusterFrom(text("Pending"))).end("b/a"));
}

void tst_Oracle::followsRules()
{
    const auto cluster = test::clusterFrom(test::rowWorld()
        + "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {namespace: shop, name: p}\nspec: "
          "{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {}}]}, {ports: [{port: 81}]}]}\n");
    const Oracle oracle(*cluster);
    const cluster::ObjectId policy = cluster->find("NetworkPolicy", "shop", "p");
    const auto web = *oracle.end("shop/web");
    const auto db = *oracle.end("shop/db");
    QVERIFY(oracle.selects(policy, Oracle::Way::Ingress, web));
    QVERIFY(!oracle.selects(policy, Oracle::Way::Egress, web));
    QVERIFY(!oracle.selects(policy, Oracle::Way::Ingress, db));
    QCOMPARE(words(oracle.ruleMatches(policy, "/spec/ingress/0", web, db, "TCP", 80)), std::string("true"));
    QCOMPARE(words(oracle.ruleMatches(policy, "/spec/ingress/1", web, db, "TCP", 80)), std::string("false"));
    QCOMPARE(words(oracle.ruleMatches(policy, "/spec/ingress/2", web, db, "TCP", 80)), std::string("false"));
    QCOMPARE(oracle.portsNamed(), std::vector<int> { 81 });
}

// All three answers occur often enough for a comparison to mean something.
void tst_Oracle::randomClustersAreTheSameAgainAndDiffer()
{
    QCOMPARE(test::randomCluster(7), test::randomCluster(7));
    QVERIFY(test::randomCluster(7) != test::randomCluster(8));
    int counts[3] = { 0, 0, 0 };
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        const auto cluster = test::clusterFrom(test::randomCluster(seed));
        const Oracle oracle(*cluster);
        QVERIFY(oracle.podNames().size() >= 4);
        for (const std::string& from : oracle.podNames()) {
            for (const std::string& to : oracle.podNames())
                ++counts[static_cast<int>(oracle.allows(from, to, "TCP", 80))];
        }
    }
    qInfo("no %d, yes %d, unknown %d", counts[0], counts[1], counts[2]);
    QVERIFY(counts[0] > 500 && counts[1] > 500 && counts[2] > 50);
}

QTEST_GUILESS_MAIN(tst_Oracle)
#include "tst_Oracle.moc"
