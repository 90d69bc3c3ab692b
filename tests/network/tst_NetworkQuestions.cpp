// SPDX-License-Identifier: Apache-2.0
#include "core/network/Questions.h"
#include "tests/support/Support.h"

#include "core/base/Text.h"

using namespace plimsoll;
using namespace plimsoll::network;

namespace {

// shop/web may reach shop/db on 5432 only; nobody else may. lab/host is in the network of its node.
const std::string world = R"(
{apiVersion: v1, kind: Namespace, metadata: {name: shop}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: lab}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: empty}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web-1, namespace: shop, labels: {app: web}}, spec: {containers: [{name: c, image: i}]}, status: {podIP: 10.0.0.1}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web-2, namespace: shop, labels: {app: web}}, spec: {containers: [{name: c, image: i}]}, status: {podIP: 10.0.0.2}}
---
{apiVersion: v1, kind: Pod, metadata: {name: db, namespace: shop, labels: {app: db}}, spec: {containers: [{name: c, image: i, ports: [{name: sql, containerPort: 5432}]}]}, status: {podIP: 10.0.0.3}}
---
{apiVersion: v1, kind: Pod, metadata: {name: probe, namespace: lab}, spec: {containers: [{name: c, image: i}]}, status: {podIP: 10.0.1.1}}
---
{apiVersion: v1, kind: Pod, metadata: {name: host, namespace: lab, labels: {app: web}}, spec: {hostNetwork: true, nodeName: n9, containers: [{name: c, image: i}]}, status: {podIP: 192.168.0.9}}
---
{apiVersion: v1, kind: Service, metadata: {name: sql, namespace: shop}, spec: {selector: {app: db}, ports: [{name: main, port: 1, targetPort: sql}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: outer, namespace: shop}, spec: {ports: [{port: 80}]}}
---
{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: outer-1, namespace: shop, labels: {kubernetes.io/service-name: outer}}, ports: [{port: 8443}], endpoints: [{addresses: [198.51.100.4]}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: shop}
spec:
  podSelector: {matchLabels: {app: db}}
  ingress: [{from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 5432}]}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  ingress: [{from: [{ipBlock: {cidr: 203.0.113.0/24}}], ports: [{port: 443}]}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: probe, namespace: lab}
spec: {podSelector: {}, ingress: [{from: [{podSelector: {}}]}]}
)";

std::string textOf(const Statement& statement)
{
    return join(statement.from, "+") + " > " + join(statement.to, "+") + " "
        + (statement.protocol ? std::string(toText(*statement.protocol)) : "-") + " "
        + (statement.port.empty() ? "-" : statement.port);
}

} // namespace

class tst_NetworkQuestions : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void statements_data();
    void statements();
    void counts_data();
    void counts();
    void invariantFiles_data();
    void invariantFiles();
    void invariantsAsWritten();
    void checks_data();
    void checks();
};

void tst_NetworkQuestions::statements_data()
{
    QTest::addColumn<std::string>("text");
    QTest::addColumn<std::string>("expected"); // "" = an error
    const auto row = [](const char* text, const char* expected) {
        QTest::addRow("%s", text) << std::string(text) << std::string(expected);
    };
    row("a/b -> c/d", "a/b > c/d - -");
    row("a/b->c/d", "a/b > c/d - -");
    row("a/b -> c/d:80", "a/b > c/d - 80");
    row("a/b -> c/d:http", "a/b > c/d - http");
    row("a/b -> c/d:80/UDP", "a/b > c/d UDP 80");
    row("a/b -> c/d:80/udp", "a/b > c/d UDP 80");
    row("a/b -> c/d/SCTP", "a/b > c/d SCTP -");
    row("a/b -> c/d:1", "a/b > c/d - 1");
    row("a/b -> c/d:65535", "a/b > c/d - 65535");
    row("prod, ci/* -> 10.0.0.0/8:443/TCP", "prod+ci/* > 10.0.0.0/8 TCP 443");
    row("a, ,b -> c", "a+b > c - -");
    row("a -> b, c:80", "a > b+c - 80");
    row("* -> [::1]:53/UDP", "* > ::1 UDP 53");
    row("* -> ::1", "* > ::1 - -");
    row("* -> 2001:db8::/32", "* > 2001:db8::/32 - -");
    row("* -> [2001:db8::/32]:443", "* > 2001:db8::/32 - 443");
    row("a -> b/c[Deployment]", "a > b/c[Deployment] - -");
    row("a -> b/c[Deployment]:80", "a > b/c[Deployment] - 80");
    row("internet -> *", "internet > * - -");
    row("a/b", "");
    row("", "");
    row("->", "");
    row("-> b", "");
    row("a ->", "");
    row("a -> :80", "");
    row("a -> b:", "");
    row("a -> b:0", "");
    row("a -> b:65536", "");
    row("a -> b:-1", "");
    row("a -> b:/TCP", "");
    row(", -> b", "");
    row("a => b", "");
}

void tst_NetworkQuestions::statements()
{
    QFETCH(const std::string, text);
    QFETCH(const std::string, expected);
    const auto statement = parseStatement(text);
    QCOMPARE(statement ? textOf(*statement) : std::string(), expected);
    if (statement)
        QCOMPARE(statement->text, text);
    else
        QCOMPARE(statement.error().kind, ErrorKind::Usage);
}

void tst_NetworkQuestions::counts_data()
{
    QTest::addColumn<std::string>("text");
    QTest::addColumn<std::string>("expected"); // allowed, denied, unknown; "error"
    const auto row = [](const char* text, const char* expected) {
        QTest::addRow("%s", text) << std::string(text) << std::string(expected);
    };
    row("shop/web-1 -> shop/db:5432", "1 0 0");
    row("shop/web-1 -> shop/db:5433", "0 1 0");
    row("shop/web-1 -> shop/db:5432/UDP", "0 1 0");
    row("shop/web-1 -> shop/db", "1 0 0");
    row("shop/web-1 -> shop/db/UDP", "0 1 0");
    row("shop/web-1 -> shop/db:sql", "1 0 0");
    row("shop/web-1 -> shop/db:gone", "0 1 0");
    row("shop/web-1 -> shop/sql:1", "1 0 0");
    row("shop/web-1 -> shop/sql:main", "1 0 0");
    row("lab/probe -> shop/sql:1", "0 1 0");
    row("lab/probe -> shop/sql:5432", "error"); // of the pod, not of the Service
    row("lab/probe -> shop/outer:80", "1 0 0");
    row("shop/web-1, shop/web-2, lab/probe -> shop/db:5432", "2 1 0");
    row("shop/web-1, shop/web-1 -> shop/db:5432", "1 0 0"); // counted once
    row("shop -> shop", "2 4 0"); // three pods, none with itself
    row("lab/probe -> lab/probe", "0 0 0");
    row("lab/probe -> lab/host", "1 0 0");
    row("empty -> shop", "0 0 0");
    row("internet -> shop/web-1:443", "1 2 0"); // three ranges
    row("203.0.113.0/24 -> shop/web-1:443", "1 0 0");
    row("203.0.113.0/25 -> shop/web-1:443", "1 0 0");
    row("203.0.112.0/23 -> shop/web-1:443", "1 1 0");
    row("203.0.113.0/24 -> shop/web-1:80", "0 1 0");
    row("shop/db -> 198.51.100.7:443", "1 0 0");
    row("lab/host -> lab/probe:80", "0 0 1"); // whether the rule means pods of the node's network is open
    row("gone/pod -> shop/db", "error");
    row("shop/web-1 -> gone", "error");
}

void tst_NetworkQuestions::counts()
{
    QFETCH(const std::string, text);
    QFETCH(const std::string, expected);
    const Reach reach(test::clusterFrom(world));
    const auto statement = parseStatement(text);
    VERIFY_RESULT(statement);
    const auto count = countPairs(reach, *statement);
    const std::string found = count
        ? std::to_string(count->allowed) + ' ' + std::to_string(count->denied) + ' ' + std::to_string(count->unknown)
        : std::string("error");
    QCOMPARE(found, expected);
    if (!count)
        return;
    for (const Verdict& verdict : count->allowedExamples)
        QCOMPARE(verdict.answer, Answer::Allowed);
    for (const Verdict& verdict : count->deniedExamples)
        QCOMPARE(verdict.answer, Answer::Denied);
    QCOMPARE(count->allowedExamples.empty(), count->allowed == 0);
    QCOMPARE(count->deniedExamples.empty(), count->denied == 0);
}

void tst_NetworkQuestions::invariantFiles_data()
{
    QTest::addColumn<std::string>("yaml");
    QTest::addColumn<std::string>("where"); // of the error; "" = none
    QTest::addColumn<std::string>("what");
    const auto row = [](const char* name, const char* yaml, const char* where, const char* what) {
        QTest::addRow("%s", name) << std::string(yaml) << std::string(where) << std::string(what);
    };
    row("one", "invariants:\n- never: a -> b\n", "", "");
    row("empty", "", "f.yaml", "list of invariants");
    row("empty list", "invariants: []\n", "f.yaml:1", "list of invariants");
    row("no list", "invariants: {never: a -> b}\n", "f.yaml:1", "list of invariants");
    row("another list", "rules:\n- never: a -> b\n", "f.yaml:1", "list of invariants");
    row("text", "hello", "f.yaml:1", "list of invariants");
    row("none of the three", "invariants:\n- name: x\n", "f.yaml:2", "exactly one");
    row("two of the three", "invariants:\n- never: a -> b\n  always: a -> b\n", "f.yaml:2", "exactly one");
    row("an item that is text", "invariants:\n- never\n", "f.yaml:2", "exactly one");
    row("an item that is null", "invariants:\n-\n", "f.yaml:", "exactly one");
    row("unknown field", "invariants:\n- name: x\n  nevr: a -> b\n", "f.yaml:3", "unknown field nevr");
    row("no arrow", "invariants:\n- name: x\n  never: a b\n", "f.yaml:3", "no arrow: a b");
    row("null for a statement", "invariants:\n- never:\n", "f.yaml:2", "no arrow");
    row("a list for a statement", "invariants:\n- never: [a -> b]\n", "f.yaml:2", "no arrow");
    row("the third", "invariants:\n- never: a -> b\n- never: a -> b\n- only: a -> b:0\n", "f.yaml:4", "not a port");
    row("broken YAML", "invariants: [\n", "f.yaml", "");
    row("escapes", "invariants:\n- \"ne\\x1b[31mver\": a -> b\n", "f.yaml:2", "unknown field");
}

void tst_NetworkQuestions::invariantFiles()
{
    QFETCH(const std::string, yaml);
    QFETCH(const std::string, where);
    QFETCH(const std::string, what);
    const auto invariants = parseInvariants(yaml, "f.yaml");
    QCOMPARE(invariants.has_value(), where.empty());
    if (invariants)
        return;
    const Error& error = invariants.error();
    QCOMPARE(error.kind, ErrorKind::Format);
    QVERIFY2(error.where.starts_with(where), error.where.c_str());
    QVERIFY2(error.what.find(what) != std::string::npos, error.what.c_str());
    QVERIFY2(toText(error).find('\x1b') == std::string::npos, "a terminal would obey it");
}

void tst_NetworkQuestions::invariantsAsWritten()
{
    const auto all = parseInvariants("invariants:\n- {name: one, never: a -> b}\n- always: c -> d:80\n\n- name: ''\n"
                                     "  only: e -> f/UDP\n- name: [x]\n  never: \"a -> b:http\"\n",
        "f.yaml");
    VERIFY_RESULT(all);
    QCOMPARE(all->size(), std::size_t { 4 });
    QCOMPARE((*all)[0].name, std::string("one"));
    QCOMPARE((*all)[0].line, 2u);
    QCOMPARE((*all)[1].name, std::string("c -> d:80")); // its own text, for want of a name
    QVERIFY((*all)[1].kind == Invariant::Kind::Always);
    QCOMPARE((*all)[1].line, 3u);
    QVERIFY((*all)[2].kind == Invariant::Kind::Only);
    QCOMPARE((*all)[2].line, 6u);
    QCOMPARE((*all)[3].name, std::string("a -> b:http"));
}

void tst_NetworkQuestions::checks_data()
{
    QTest::addColumn<std::string>("yaml");
    QTest::addColumn<std::string>("expected"); // state and pairs; "error"
    const auto row = [](const char* yaml, const char* expected) {
        QTest::addRow("%s", yaml) << std::string(yaml) << std::string(expected);
    };
    row("never: 'lab/probe -> shop/db'", "holds 0");
    row("never: 'shop/web-1 -> shop/db'", "broken 1");
    row("never: 'shop/web-1 -> shop/db:80'", "holds 0");
    row("never: '* -> shop/db:5432'", "broken 2");
    row("never: 'lab/host -> shop/db:5432'", "holds 0"); // its labels are of another namespace
    row("never: 'internet -> shop/db'", "holds 0");
    row("never: 'internet -> shop/web-1'", "broken 1");
    row("never: 'internet -> shop/web-1:80'", "holds 0");
    row("never: 'lab/probe -> shop/outer:80'", "broken 1"); // leads to an address
    row("never: 'empty -> shop'", "holds 0");
    row("never: 'gone -> shop'", "error");
    row("never: 'shop -> gone/x'", "error");
    row("always: 'shop/web-1, shop/web-2 -> shop/db:5432'", "holds 0");
    row("always: 'shop/web-1, lab/probe -> shop/db:5432'", "broken 1");
    row("always: 'shop/web-1 -> shop/db:80'", "broken 1");
    row("always: 'shop -> empty'", "broken 0"); // nothing is there that could be reached
    row("always: 'lab/probe -> shop/outer:80'", "holds 0");
    row("only: 'shop/web-1, shop/web-2 -> shop/db:5432'", "holds 0");
    row("only: 'shop/web-1 -> shop/db:5432'", "broken 1");
    row("only: 'lab/probe -> shop/db:5432'", "broken 2");
    row("only: '* -> shop/web-1:443'", "broken 1"); // a range outside may
    row("only: 'internet, shop/db -> shop/web-1:443'", "holds 0");
    row("never: 'lab/host -> lab/probe'", "unknown 1");
    row("always: 'lab/host -> lab/probe'", "unknown 1");
    row("never: 'lab/host -> lab/probe, lab/host, shop/db'", "unknown 1");
    row("never: 'lab/host, shop/web-1 -> lab/probe, shop/db'", "broken 1"); // one is sure
    row("only: 'shop -> lab/probe'", "unknown 1");
    row("only: 'gone/x -> shop/db'", "error");
}

void tst_NetworkQuestions::checks()
{
    QFETCH(const std::string, yaml);
    QFETCH(const std::string, expected);
    const Reach reach(test::clusterFrom(world));
    const auto invariants = parseInvariants("invariants:\n- " + yaml + "\n", "f.yaml");
    VERIFY_RESULT(invariants);
    const auto result = check(reach, invariants->front());
    if (!result) {
        QCOMPARE(std::string("error"), expected);
        QCOMPARE(result.error().kind, ErrorKind::Usage);
        return;
    }
    QCOMPARE(std::string(toText(result->state)) + ' ' + std::to_string(result->pairs), expected);
    QCOMPARE(result->examples.empty(), result->pairs == 0);
}

QTEST_GUILESS_MAIN(tst_NetworkQuestions)
#include "tst_NetworkQuestions.moc"
