// SPDX-License-Identifier: Apache-2.0
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "tests/support/Support.h"
#include "ui/model/NetworkData.h"

using namespace plimsoll;
using namespace plimsoll::ui;
using namespace Qt::StringLiterals;
using network::Answer;
using network::Sides;

namespace {

// Two namespaces: "data" admits only shop's web on 5432, and a rule that matches nobody; "shop" is open; "bare" is
// empty of policies and pods talk freely.
constexpr auto twoNamespaces = R"(
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {team: a}}
---
apiVersion: v1
kind: Namespace
metadata: {name: data}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {containers: [{name: c, image: web}]}
status: {phase: Running, podIP: 10.0.0.1}
---
apiVersion: v1
kind: Pod
metadata: {name: job, namespace: shop, labels: {app: job}}
spec: {containers: [{name: c, image: job}]}
status: {phase: Running, podIP: 10.0.0.2}
---
apiVersion: v1
kind: Pod
metadata: {name: db, namespace: data, labels: {app: db}}
spec: {containers: [{name: c, image: db, ports: [{containerPort: 5432, name: sql}]}]}
status: {phase: Running, podIP: 10.0.0.3}
---
apiVersion: v1
kind: Service
metadata: {name: sql, namespace: data}
spec: {selector: {app: db}, type: NodePort, ports: [{port: 5432, targetPort: sql, nodePort: 30432}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: only-web, namespace: data}
spec:
  podSelector: {matchLabels: {app: db}}
  policyTypes: [Ingress]
  ingress:
  - from: [{namespaceSelector: {matchLabels: {team: a}}, podSelector: {matchLabels: {app: web}}}]
    ports: [{port: 5432}]
  - from: [{podSelector: {matchLabels: {app: gone}}}]
)";

model::Network networkFrom(const char* yaml)
{
    static const auto catalogue = control::loadCatalogue();
    Progress progress;
    const auto made = assess::assess(test::clusterFrom(yaml), *catalogue, {}, {}, test::pool(), progress);
    if (!made)
        qFatal("%s", toText(made.error()).c_str());
    return model::networkOf(*made);
}

const model::Network& small()
{
    static const model::Network made = networkFrom(twoNamespaces);
    return made;
}

QString flat(const std::vector<model::ConnectionRow>& rows)
{
    QStringList out;
    for (const auto& row : rows)
        out.append(row.source + u' ' + row.destination + u' ' + row.protocol + u' ' + row.ports + u' ' + row.verdict);
    return out.join(u'\n');
}

} // namespace

class NetworkDataTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void questions_data()
    {
        QTest::addColumn<QString>("written");
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("to");
        QTest::addColumn<QString>("port");
        QTest::addColumn<int>("protocol");
        const auto add = [](const char* written, const char* from, const char* to, const char* port, int protocol = 0) {
            QTest::addRow("%s", written) << QString::fromUtf8(written) << QString::fromUtf8(from)
                                         << QString::fromUtf8(to) << QString::fromUtf8(port) << protocol;
        };
        add("a -> b:443", "a", "b", "443");
        add("shop/web->data/db:5432/tcp", "shop/web", "data/db", "5432");
        add("shop/web \u2192 data/db:53/UDP", "shop/web", "data/db", "53", 1);
        add("* -> payments", "*", "payments", "");
        add("internet -> *", "internet", "*", "");
        add("prod/* -> dev/*", "prod/*", "dev/*", "");
        add("a -> b:https", "a", "b", "https");
        add("a -> 10.0.0.0/8", "a", "10.0.0.0/8", "");
        add("a -> fd00::/8", "a", "fd00::/8", "");
        add("a -> [fd00::1]:443", "a", "fd00::1", "443");
        add("a, b -> c", "a, b", "c", "");
        add("who can reach payments?", "*", "payments", "");
        add("what can shop/web reach", "shop/web", "*", "");
    }
    void questions()
    {
        QFETCH(QString, written);
        QFETCH(int, protocol);
        const model::NetworkQuestion question = model::networkQuestion(written);
        QCOMPARE(question.problem, QString());
        QTEST(question.from, "from");
        QTEST(question.to, "to");
        QTEST(question.port, "port");
        QCOMPARE(static_cast<int>(question.protocol), protocol);
        // What it writes means the same.
        const model::NetworkQuestion again = model::networkQuestion(question.text());
        QCOMPARE(again.to, question.to);
        QCOMPARE(again.port, question.port);
        QCOMPARE(again.protocol, question.protocol);
    }

    void notQuestions_data()
    {
        QTest::addColumn<QString>("written");
        for (const char* written : { "", "a", "a b", "a -> ", " -> b", "a -> b -> c", "a -> b:", "a -> b:80/icmp",
                 "a b -> c", "a -> [::1]80" })
            QTest::addRow("'%s'", written) << QString::fromUtf8(written);
    }
    void notQuestions()
    {
        QFETCH(QString, written);
        QVERIFY(!model::networkQuestion(written).problem.isEmpty());
    }

    void unknownEndIsToldInPlace()
    {
        Progress progress;
        const auto answer = model::answerOf(small(), u"shop/web -> data/nothing:80"_s, Sides::Combined, progress);
        QVERIFY(answer.problem.contains(u"nothing"));
        QVERIFY(answer.rows.empty() && !answer.explanation);
    }

    void pairWithPortIsExplained()
    {
        Progress progress;
        const auto yes = model::answerOf(small(), u"shop/web -> data/db:5432"_s, Sides::Combined, progress);
        QVERIFY(yes.explanation);
        QCOMPARE(yes.explanation->answer, Answer::Allowed);
        QCOMPARE(yes.explanation->sides.size(), 2u);
        QCOMPARE(yes.explanation->sides[1].policy, u"NetworkPolicy data/only-web"_s);
        QCOMPARE(yes.explanation->sides[1].pointer, u"/spec/ingress/0"_s);
        const auto no = model::answerOf(small(), u"shop/job -> data/sql:5432"_s, Sides::Combined, progress);
        QVERIFY(no.explanation);
        QCOMPARE(no.explanation->answer, Answer::Denied);
        QVERIFY(!no.explanation->misses.empty());
        QVERIFY(no.explanation->asText().contains(u"only-web"));
        const auto json = QJsonDocument::fromJson(no.explanation->asJson()).object();
        QCOMPARE(json.value(u"allowed"_s).toString(), u"false"_s);
        QVERIFY(!json.value(u"nearMisses"_s).toArray().isEmpty());
    }

    void setsAreListed()
    {
        Progress progress;
        const auto all = model::answerOf(small(), u"* -> data"_s, Sides::Combined, progress);
        QCOMPARE(all.problem, QString());
        QVERIFY(flat(all.rows).contains(u"shop/web[Pod] data/db[Pod] TCP 5432 allowed"));
        QVERIFY(flat(all.rows).contains(u"shop/job[Pod] data/db[Pod]   denied"));
        for (const auto& row : all.rows) {
            if (row.source == u"shop/job[Pod]"_s)
                QVERIFY2(row.decidedBy.contains(u"only-web"), qPrintable(row.decidedBy));
        }
        const auto two = model::answerOf(small(), u"shop/web, shop/job -> data/db"_s, Sides::Combined, progress);
        QCOMPARE(two.rows.size(), 2u);
        const auto onPort = model::answerOf(small(), u"shop/* -> data/*:80"_s, Sides::Combined, progress);
        QCOMPARE(onPort.rows.size(), 2u);
        QVERIFY(std::ranges::all_of(onPort.rows, [](const auto& row) { return row.answer == Answer::Denied; }));
        // Only what the source's side says: nothing selects shop.
        const auto egress = model::answerOf(small(), u"shop/* -> data/*"_s, Sides::EgressOnly, progress);
        QVERIFY(std::ranges::all_of(egress.rows, [](const auto& row) { return row.answer == Answer::Allowed; }));
    }

    void completesEnds()
    {
        Progress progress;
        const QStringList names = model::networkNames(small(), progress);
        QVERIFY(names.contains(u"shop/*"_s) && names.contains(u"data/sql"_s) && names.contains(u"shop/web"_s));
        QCOMPARE(model::networkCompletions(names, u"shop/w"_s).value(0), u"shop/web"_s);
        QCOMPARE(model::networkCompletions(names, u"sql"_s), QStringList { u"data/sql"_s });
        QCOMPARE(model::networkCompletions(names, u"shop/web "_s), QStringList { u"->"_s });
        QVERIFY(model::networkCompletions(names, u"shop/web -> da"_s).contains(u"data/db"_s));
        QVERIFY(model::networkCompletions(names, u"a -> data/db:"_s).isEmpty());
    }

    void cellStates_data()
    {
        QTest::addColumn<quint64>("pairs");
        QTest::addColumn<quint64>("allowed");
        QTest::addColumn<quint64>("unknown");
        QTest::addColumn<quint64>("open");
        QTest::addColumn<int>("state");
        using model::CellState;
        const auto add
            = [](const char* name, quint64 pairs, quint64 allowed, quint64 unknown, quint64 open, CellState state) {
                  QTest::addRow("%s", name) << pairs << allowed << unknown << open << static_cast<int>(state);
              };
        add("no pods", 0, 0, 0, 0, CellState::Empty);
        add("none", 4, 0, 0, 0, CellState::None);
        add("some", 4, 3, 0, 3, CellState::Some);
        add("all, by policy", 4, 4, 0, 3, CellState::All);
        add("all, and no policy has a say", 4, 4, 0, 4, CellState::Open);
        add("none for sure", 4, 0, 1, 0, CellState::Unknown);
        add("some for sure", 4, 1, 3, 0, CellState::Some);
    }
    void cellStates()
    {
        QFETCH(quint64, pairs);
        QFETCH(quint64, allowed);
        QFETCH(quint64, unknown);
        QFETCH(quint64, open);
        QFETCH(int, state);
        QCOMPARE(static_cast<int>(model::stateOf({ pairs, allowed, unknown, open })), state);
    }

    void matrixAndItsCsv()
    {
        Progress progress;
        QCOMPARE(model::namespaceLabels(small()), (QStringList { u"data"_s, u"shop"_s }));
        auto order = model::clusteredOrder(small(), Sides::Combined, progress);
        std::ranges::sort(order);
        QCOMPARE(order, (std::vector<std::uint32_t> { 0, 1 }));
        const QString csv
            = model::matrixCsv(small(), order, std::vector<std::uint32_t> { 0 }, Sides::Combined, progress);
        QCOMPARE(csv.count(u"\r\n"_s), 3);
        QVERIFY2(csv.contains(u"\"shop\",\"data\",\"some allowed\",\"2\",\"1\",\"0\",\"0\",\"\""), qPrintable(csv));
        const auto shop = model::workloadAxis(small(), 1), data = model::workloadAxis(small(), 0);
        QCOMPARE(shop.labels, (QStringList { u"job"_s, u"web"_s }));
        const auto cells = model::workloadRow(small(), shop.workloads[1], data, Sides::Combined);
        QCOMPARE(cells.ports, QStringList { u"5432"_s });
        QVERIFY(model::workloadsCsv(small(), shop, data, Sides::Combined, progress)
                    .contains(u"\"shop/web[Pod]\",\"data/db[Pod]\",\"all allowed\",\"1\",\"1\",\"0\",\"0\",\"5432\""));
        const auto facts = model::cellFacts(small(), 1, 0, small().reach->row(1, Sides::Combined)[0]);
        QCOMPARE(facts.question, u"shop/* -> data/*"_s);
        QCOMPARE(facts.ingress.size(), 1u);
        QVERIFY(facts.egress.empty());
    }

    void graphStaysWithinItsBudget()
    {
        Progress progress;
        const auto near = model::focusGraph(small(), u"data/db"_s, progress);
        QCOMPARE(near.problem, QString());
        QVERIFY(std::ranges::any_of(near.edges, [&](const auto& edge) {
            return near.nodes[edge.from].title == u"web"_s && edge.style == model::FocusEdge::Style::Policy
                && edge.label == u"TCP 5432"_s;
        }));
        QVERIFY(std::ranges::none_of(
            near.nodes, [](const auto& node) { return node.title == u"job"_s && node.column == 0; }));
        std::string many = "apiVersion: v1\nkind: Pod\nmetadata: {name: hub, namespace: a}\nspec: {containers: []}\n";
        for (int at = 0; at < 200; ++at)
            many += "---\napiVersion: v1\nkind: Pod\nmetadata: {name: p" + std::to_string(at) + ", namespace: n"
                + std::to_string(at / 2) + "}\nspec: {containers: []}\n";
        const auto crowded = model::focusGraph(networkFrom(many.c_str()), u"a/hub"_s, progress);
        QVERIFY(!crowded.edges.empty() && crowded.edges.size() <= model::mostFocusEdges);
        QVERIFY(std::ranges::any_of(crowded.nodes, [](const auto& node) { return node.title.contains(u" more"); }));
        QVERIFY(!model::focusGraph(small(), u"no/thing"_s, progress).problem.isEmpty());
    }

    void coverage()
    {
        Progress progress;
        const auto rows = model::coverageRows(small(), progress);
        QCOMPARE(rows.size(), 2u);
        QCOMPARE(rows[0].ns, u"data"_s);
        QCOMPARE(rows[0].isolated[0], 1u);
        QCOMPARE(rows[0].isolated[1], 0u);
        QCOMPARE(rows[0].policies, 1u);
        QCOMPARE(rows[1].isolated[0], 0u);
        QVERIFY(!model::networkNotice(small()).isEmpty()); // nothing tells which plugin runs
    }

    void exposure()
    {
        Progress progress;
        const auto rows = model::exposureRows(small(), progress);
        QCOMPARE(rows.size(), 1u);
        QVERIFY(rows[0].target.startsWith(u"data/"));
        QVERIFY2(rows[0].answer != Answer::Allowed, qPrintable(rows[0].reason)); // only web is let in
    }

    void policyAndPodPages()
    {
        Progress progress;
        auto policies = model::policyRows(small(), progress);
        QCOMPARE(policies.size(), 1u);
        QVERIFY(!policies[0].isCounted);
        policies = model::countedPolicies(small(), policies, progress);
        QCOMPARE(policies[0].directions, u"in"_s);
        QVERIFY(!policies[0].found.empty()); // a rule of it matches nobody
        QCOMPARE(policies[0].pods, 1u);
        QCOMPARE(policies[0].title(), u"NetworkPolicy data/only-web"_s);
        const auto detail = model::policyDetail(small(), policies[0].object);
        QCOMPARE(detail.rules.size(), 2u);
        QVERIFY(!detail.rules[0].matchesNobody);
        QVERIFY(detail.rules[1].matchesNobody);
        QCOMPARE(detail.pods.size(), 1u);
        QCOMPARE(model::podRows(small(), u"shop/w"_s, 10).size(), 1u);
        QCOMPARE(model::podRows(small(), {}, 2).size(), 2u);
        const auto web = model::podRows(small(), u"shop/web"_s, 10).front();
        const auto named = model::podPolicyRows(small(), web.pod);
        QCOMPARE(named.size(), 1u);
        QCOMPARE(named[0].relation, u"a rule names it"_s);
        const auto db = model::podPolicyRows(small(), model::podRows(small(), u"data/db"_s, 1).front().pod);
        QVERIFY(std::ranges::any_of(db, [](const auto& row) { return row.relation == u"selects it"_s; }));
    }

    void whatIfOneIsDropped()
    {
        Progress progress;
        const auto policy = model::policyRows(small(), progress).front().object;
        const auto result = model::whatIf(small(), { {}, { policy } }, progress);
        QCOMPARE(result.problem, QString());
        QVERIFY(std::ranges::any_of(result.rows, [](const auto& row) {
            return row.order == 1 && row.source == u"shop/job[Pod]"_s && row.destination == u"data/db[Pod]"_s;
        }));
        QVERIFY(std::ranges::none_of(result.rows, [](const auto& row) { return row.order == 0; }));
    }

    void whatIfTextReplacesItsNamesake()
    {
        Progress progress;
        const auto policy = model::policyRows(small(), progress).front().object;
        QString yaml = model::policyYaml(small(), policy);
        QVERIFY2(yaml.startsWith(u"apiVersion: networking.k8s.io/v1"), qPrintable(yaml));
        QVERIFY(model::whatIf(small(), { yaml, {} }, progress).rows.empty());
        yaml.replace(u"app: web"_s, u"app: job"_s);
        const auto result = model::whatIf(small(), { yaml, {} }, progress);
        QCOMPARE(result.problem, QString());
        QVERIFY(std::ranges::any_of(
            result.rows, [](const auto& row) { return row.order == 0 && row.source == u"shop/web[Pod]"_s; }));
        QVERIFY(std::ranges::any_of(
            result.rows, [](const auto& row) { return row.order == 1 && row.source == u"shop/job[Pod]"_s; }));
        QVERIFY(!model::whatIf(small(), { u"kind: [\n"_s, {} }, progress).problem.isEmpty());
    }

    void suggestionIsTextToTry()
    {
        Progress progress;
        const auto suggested = model::suggestedFor(small(), u"data"_s, progress);
        QCOMPARE(suggested.problem, QString());
        QVERIFY2(suggested.yaml.contains(u"kind: NetworkPolicy"_s), qPrintable(suggested.yaml));
        const auto tried = model::whatIf(small(), { suggested.yaml, suggested.replaced }, progress);
        QCOMPARE(tried.problem, QString());
        QVERIFY(!model::suggestedFor(small(), u"no/thing"_s, progress).problem.isEmpty());
    }

    void textOfAPolicyIsWhatSomebodyWrote()
    {
        const auto network = networkFrom(R"(
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: |
      {"kind": "NetworkPolicy"}
  creationTimestamp: "2026-01-01T00:00:00Z"
  managedFields:
  - manager: kubectl
    operation: Update
  name: p
  namespace: a
  uid: x
spec:
  podSelector: {}
)");
        Progress progress;
        QCOMPARE(model::policyYaml(network, model::policyRows(network, progress).front().object),
            u"apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: p\n  namespace: a\nspec:\n"
            "  podSelector: {}"_s);
    }

    void hostileNamesAreNoFormulas()
    {
        model::FocusGraph graph;
        graph.nodes.push_back({ model::FocusNode::Kind::Workload, u"=cmd|'/C calc'!A0"_s, {}, {}, {}, 1 });
        graph.nodes.push_back({ model::FocusNode::Kind::Workload, u"a \"b\""_s, {}, {}, {}, 2 });
        graph.edges.push_back({ 0, 1, model::FocusEdge::Style::Open, u"all ports"_s });
        QVERIFY(
            model::focusCsv(graph).endsWith(u"\"'=cmd|'/C calc'!A0\",\"a \"\"b\"\"\",\"all ports\",\"open\"\r\n"_s));
    }

    void everyConnectionAsCsv()
    {
        Progress progress;
        const QString csv = model::connectionsCsv(small(), progress);
        QVERIFY2(csv.contains(u"\"shop/web[Pod]\",\"data/db[Pod]\",\"TCP\",\"5432\""), qPrintable(csv));
    }
};

QTEST_GUILESS_MAIN(NetworkDataTest)
#include "tst_NetworkData.moc"
