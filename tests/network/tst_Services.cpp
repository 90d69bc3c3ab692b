// SPDX-License-Identifier: Apache-2.0
#include "core/network/Services.h"
#include "tests/support/Support.h"

#include "core/base/Text.h"

using namespace plimsoll;
using namespace plimsoll::network;

namespace {

const std::string world = R"(
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: Namespace
metadata: {name: empty}
---
apiVersion: v1
kind: Pod
metadata: {name: web-a, namespace: shop, labels: {app: web}}
spec:
  containers: [{name: c, image: i, ports: [{name: http, containerPort: 8080}, {name: dns, containerPort: 53, protocol: UDP}]}]
status: {phase: Running, podIP: 10.0.0.1, podIPs: [{ip: 10.0.0.1}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web-b, namespace: shop, labels: {app: web, track: canary}}
spec:
  containers: [{name: c, image: i, ports: [{name: http, containerPort: 9090}]}]
status: {phase: Running, podIP: 10.0.0.2, podIPs: [{ip: 10.0.0.2}]}
---
apiVersion: v1
kind: Pod
metadata: {name: side, namespace: shop, labels: {app: side}}
spec:
  initContainers:
    - {name: once, image: i, ports: [{name: early, containerPort: 1111}]}
    - {name: proxy, image: i, restartPolicy: Always, ports: [{name: proxied, containerPort: 15001}, {name: http, containerPort: 15002}]}
  containers: [{name: c, image: i, ports: [{name: http, containerPort: 8081}]}]
status: {phase: Running, podIP: 10.0.0.3, podIPs: [{ip: 10.0.0.3}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: default, labels: {app: web}}
spec: {containers: [{name: c, image: i}]}
status: {phase: Running, podIP: 10.0.1.1, podIPs: [{ip: 10.0.1.1}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec: {containers: [{name: c, image: i, ports: [{name: grpc, containerPort: 9000}]}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: api, namespace: shop}
spec:
  selector: {matchLabels: {app: api-set}}
  template:
    metadata: {labels: {app: api-set}}
    spec: {containers: [{name: c, image: i}]}
)";

std::string serviceYaml(const std::string& spec)
{
    return "\n---\napiVersion: v1\nkind: Service\nmetadata: {name: svc, namespace: shop}\nspec: " + spec + "\n";
}

std::string slice(const std::string& ports, const std::string& endpoints, const std::string& ns = "shop")
{
    return "---\napiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: svc-1, namespace: " + ns
        + ", labels: {kubernetes.io/service-name: svc}}\naddressType: IPv4\nports: [" + ports + "]\nendpoints: ["
        + endpoints + "]\n";
}

std::uint32_t indexOfService(const Reach& reach, std::string_view name)
{
    for (std::uint32_t i = 0; i < reach.cluster().services().size(); ++i) {
        if (serviceName(reach, i) == name)
            return i;
    }
    return noIndex;
}

// "selector: shop/web-a:8080 shop/web-b:9090"; a backend that is not ready ends with "?".
std::string textOf(const Reach& reach, const Backends& backends)
{
    constexpr std::array<std::string_view, 3> sources { "slices", "selector", "nothing" };
    std::string out(sources[static_cast<std::size_t>(backends.source)]);
    for (const Backend& backend : backends.list)
        out += ' ' + reach.nameOf(backend.point) + ':' + std::to_string(backend.port) + (backend.isReady ? "" : "?");
    return out + (backends.problem.empty() ? "" : " (" + backends.problem + ')');
}

} // namespace

class tst_Services : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void backends_data();
    void backends();
    void namedPorts_data();
    void namedPorts();
    void endpoints_data();
    void endpoints();
    void questions_data();
    void questions();
    void policySeesThePod();
};

void tst_Services::backends_data()
{
    QTest::addColumn<std::string>("yaml");
    QTest::addColumn<std::string>("expected");
    const auto row = [](const char* name, const std::string& yaml, const char* expected) {
        QTest::addRow("%s", name) << yaml << std::string(expected);
    };
    row("number", serviceYaml("{selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}"),
        "selector shop/web-a:8080 shop/web-b:8080");
    row("no target port", serviceYaml("{selector: {app: web}, ports: [{port: 80}]}"),
        "selector shop/web-a:80 shop/web-b:80");
    row("name, of each pod its own number",
        serviceYaml("{selector: {app: web}, ports: [{port: 80, targetPort: http}]}"),
        "selector shop/web-a:8080 shop/web-b:9090");
    row("name of the other protocol", serviceYaml("{selector: {app: web}, ports: [{port: 80, targetPort: dns}]}"),
        "selector shop/web-a:0 shop/web-b:0");
    row("name of UDP", serviceYaml("{selector: {app: web}, ports: [{port: 80, targetPort: dns, protocol: UDP}]}"),
        "selector shop/web-a:53 shop/web-b:0");
    row("all labels are needed", serviceYaml("{selector: {app: web, track: canary}, ports: [{port: 80}]}"),
        "selector shop/web-b:80");
    row("port of a sidecar", serviceYaml("{selector: {app: side}, ports: [{port: 80, targetPort: proxied}]}"),
        "selector shop/side:15001");
    row("a container is before a sidecar",
        serviceYaml("{selector: {app: side}, ports: [{port: 80, targetPort: http}]}"), "selector shop/side:8081");
    row("a container that ends has no port",
        serviceYaml("{selector: {app: side}, ports: [{port: 80, targetPort: early}]}"), "selector shop/side:0");
    row("template", serviceYaml("{selector: {app: api}, ports: [{port: 80, targetPort: grpc}]}"),
        "selector shop/api:9000");
    row("headless",
        serviceYaml("{clusterIP: None, selector: {app: web, track: canary}, ports: [{port: 80, targetPort: http}]}"),
        "selector shop/web-b:9090");
    row("nobody has the label", serviceYaml("{selector: {app: gone}, ports: [{port: 80}]}"),
        "nothing (no pod has its labels)");
    row("alias", serviceYaml("{type: ExternalName, externalName: db.example.com, ports: [{port: 80}]}"),
        "nothing (it is an alias of db.example.com)");
    row("an alias with a selector",
        serviceYaml("{type: ExternalName, externalName: a.example, selector: {app: web}, ports: [{port: 80}]}"),
        "nothing (it is an alias of a.example)");
    row("no selector", serviceYaml("{ports: [{port: 80}]}"), "nothing (it has no selector and no endpoints)");
    row("no selector, with a slice",
        serviceYaml("{ports: [{port: 80, targetPort: 443}]}") + slice("{port: 443}", "{addresses: [203.0.113.9]}"),
        "slices 203.0.113.9/32:443");
    row("a slice is before the selector",
        serviceYaml("{selector: {app: web}, ports: [{port: 80}]}")
            + slice("{port: 7000}", "{addresses: [10.0.0.2], targetRef: {kind: Pod, name: web-b, namespace: shop}}"),
        "slices shop/web-b:7000");
    row("an address of a pod is the pod",
        serviceYaml("{ports: [{port: 80}]}") + slice("{port: 80}", "{addresses: [10.0.0.1]}"), "slices shop/web-a:80");
    row("not ready",
        serviceYaml("{ports: [{port: 80}]}")
            + slice("{port: 80}",
                "{addresses: [10.0.0.1], conditions: {ready: false}}, {addresses: [10.0.0.2], conditions: {}}"),
        "slices shop/web-a:80? shop/web-b:80");
    row("a slice of another port",
        serviceYaml("{selector: {app: side}, ports: [{name: b, port: 81}]}")
            + slice("{name: a, port: 80}", "{addresses: [10.0.0.1]}"),
        "selector shop/side:81");
    row("of several ports that of the name",
        serviceYaml("{ports: [{name: b, port: 81}]}")
            + slice("{name: a, port: 80}, {name: b, port: 8181}", "{addresses: [10.0.0.1]}"),
        "slices shop/web-a:8181");
    row("a slice of another namespace",
        serviceYaml("{selector: {app: side}, ports: [{port: 80}]}")
            + slice("{port: 80}", "{addresses: [10.0.0.1]}", "default"),
        "selector shop/side:80");
    row("a slice with text for an address",
        serviceYaml("{selector: {app: side}, ports: [{port: 80}]}") + slice("{port: 80}", "{addresses: [not-one, '']}"),
        "selector shop/side:80");
    row("a slice with a port that is none",
        serviceYaml("{selector: {app: side}, ports: [{port: 80}]}") + slice("{port: 70000}", "{addresses: [10.0.0.1]}"),
        "selector shop/side:80");
}

void tst_Services::backends()
{
    QFETCH(const std::string, yaml);
    QFETCH(const std::string, expected);
    const Reach reach(test::clusterFrom(world + yaml));
    const std::uint32_t service = indexOfService(reach, "shop/svc");
    QVERIFY(service != noIndex);
    QCOMPARE(textOf(reach, backendsOf(reach, service, 0)), expected);
}

void tst_Services::namedPorts_data()
{
    QTest::addColumn<std::string>("pod");
    QTest::addColumn<std::string>("name");
    QTest::addColumn<std::string>("protocol");
    QTest::addColumn<int>("expected");
    const auto row = [](const char* pod, const char* name, const char* protocol, int expected) {
        QTest::addRow("%s of %s, %s", name, pod, protocol)
            << std::string(pod) << std::string(name) << std::string(protocol) << expected;
    };
    row("shop/web-a", "http", "TCP", 8080);
    row("shop/web-a", "http", "UDP", 0);
    row("shop/web-a", "dns", "UDP", 53);
    row("shop/web-a", "HTTP", "TCP", 0);
    row("shop/web-a", "", "TCP", 0);
    row("shop/side", "proxied", "TCP", 15001);
    row("shop/side", "early", "TCP", 0);
}

void tst_Services::namedPorts()
{
    QFETCH(const std::string, pod);
    QFETCH(const std::string, name);
    QFETCH(const std::string, protocol);
    QFETCH(const int, expected);
    const Reach reach(test::clusterFrom(world));
    const auto end = reach.endpoint("pod/" + pod);
    VERIFY_RESULT(end);
    QCOMPARE(int(namedPort(reach, end->points.front().pod, name, parseProtocol(protocol).value())), expected);
}

void tst_Services::endpoints_data()
{
    QTest::addColumn<std::string>("text");
    QTest::addColumn<int>("kind"); // -1 = an error
    QTest::addColumn<std::string>("points");
    const auto row = [](const char* text, int kind, const char* points) {
        QTest::addRow("'%s'", text) << std::string(text) << kind << std::string(points);
    };
    const int pod = int(Endpoint::Kind::Pod), workload = int(Endpoint::Kind::Workload);
    const int service = int(Endpoint::Kind::Service), all = int(Endpoint::Kind::All);
    const int addresses = int(Endpoint::Kind::Addresses), external = int(Endpoint::Kind::External);
    row("shop/web-a", pod, "shop/web-a");
    row(" shop/web-a ", pod, "shop/web-a");
    row("pod/shop/web-a", pod, "shop/web-a");
    row("Pod/shop/web-a", pod, "shop/web-a");
    row("shop/web-a[Pod]", workload, "shop/web-a");
    row("web", pod, "default/web");
    row("shop/svc", service, "shop/web-a shop/web-b");
    row("service/shop/svc", service, "shop/web-a shop/web-b");
    row("shop/api[Deployment]", workload, "shop/api");
    row("shop/api[statefulset]", workload, "shop/api");
    row("deployment/shop/api", workload, "shop/api");
    row("shop/*", all, "shop/side shop/web-a shop/web-b shop/api shop/api");
    row("shop", all, "shop/side shop/web-a shop/web-b shop/api shop/api");
    row("empty", all, "");
    row("empty/*", all, "");
    row("*", all, "default/web shop/side shop/web-a shop/web-b shop/api shop/api");
    row("10.0.0.2", pod, "shop/web-b");
    row("10.0.0.2/32", pod, "shop/web-b");
    row("10.0.0.0/30", addresses, "10.0.0.0/30");
    row("203.0.113.5", addresses, "203.0.113.5/32");
    row("2001:db8::/32", addresses, "2001:db8::/32");
    row("external", external, "0.0.0.0/0");
    row("Internet", external, "0.0.0.0/0");
    row("", -1, "");
    row("shop/gone", -1, "");
    row("gone/*", -1, "");
    row("gone", -1, "");
    row("shop/web-a[Deployment]", -1, "");
    row("shop/api[DaemonSet]", -1, "");
    row("shop/api[", -1, "");
    row("deployment/shop/web-a", -1, "");
    row("nonsense/shop/web-a", -1, "");
    row("a/b/c/d", -1, "");
    row("shop/", -1, "");
    row("/web", -1, "");
    row("10.0.0.0/33", -1, "");
    row("10.0.0.256", -1, "");
}

void tst_Services::endpoints()
{
    QFETCH(const std::string, text);
    QFETCH(const int, kind);
    QFETCH(const std::string, points);
    const Reach reach(
        test::clusterFrom(world + serviceYaml("{selector: {app: web}, ports: [{port: 80}, {port: 81}]}")));
    const auto endpoint = reach.endpoint(text);
    QCOMPARE(endpoint ? int(endpoint->kind) : -1, kind);
    if (!endpoint) {
        QCOMPARE(endpoint.error().kind, ErrorKind::Usage);
        QVERIFY(!endpoint.error().advice.empty());
        return;
    }
    std::vector<std::string> names;
    for (const Point& point : endpoint->points)
        names.push_back(reach.nameOf(point));
    QCOMPARE(join(names, " "), points);
}

void tst_Services::questions_data()
{
    QTest::addColumn<std::string>("to");
    QTest::addColumn<std::string>("protocol");
    QTest::addColumn<std::string>("port");
    QTest::addColumn<std::string>("expected"); // answer and a part of the reason; "error"
    const auto row = [](const char* to, const char* protocol, const char* port, const char* expected) {
        QTest::addRow("%s %s %s", to, protocol, port)
            << std::string(to) << std::string(protocol) << std::string(port) << std::string(expected);
    };
    row("shop/svc", "TCP", "80", "true");
    row("shop/svc", "TCP", "main", "true");
    row("shop/svc", "TCP", "", "true");
    row("shop/svc", "TCP", "8080", "false Service shop/svc has no port TCP 8080");
    row("shop/svc", "UDP", "80", "false Service shop/svc has no port UDP 80");
    row("shop/svc", "TCP", "http", "false Service shop/svc has no port TCP http");
    row("shop/none", "TCP", "80", "false Service shop/none leads nowhere: no pod has its labels");
    row("shop/misnamed", "TCP", "80", "false Service shop/misnamed leads nowhere: its port is none of the pods'");
    row("shop/alias", "TCP", "80", "false Service shop/alias leads nowhere: it is an alias of x.example");
    row("shop/outer", "TCP", "80", "true");
    row("shop/web-a", "TCP", "http", "true");
    row("shop/web-a", "TCP", "grpc", "false no pod has a port grpc");
    row("empty", "TCP", "80", "false there is no pod behind empty");
    row("shop/svc", "TCP", "0", "error");
    row("shop/web-a", "TCP", "65536", "error");
    row("shop/web-a", "TCP", "-1", "error");
    row("203.0.113.5", "TCP", "443", "true");
}

void tst_Services::questions()
{
    QFETCH(const std::string, to);
    QFETCH(const std::string, protocol);
    QFETCH(const std::string, port);
    QFETCH(const std::string, expected);
    const std::string more = R"(
---
{apiVersion: v1, kind: Service, metadata: {name: none, namespace: shop}, spec: {selector: {app: gone}, ports: [{port: 80}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: misnamed, namespace: shop}, spec: {selector: {app: web}, ports: [{port: 80, targetPort: nobody}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: alias, namespace: shop}, spec: {type: ExternalName, externalName: x.example, ports: [{port: 80}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: outer, namespace: shop}, spec: {ports: [{port: 80}]}}
---
{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: outer-1, namespace: shop, labels: {kubernetes.io/service-name: outer}}, ports: [{port: 8443}], endpoints: [{addresses: [198.51.100.4]}]}
)";
    const Reach reach(test::clusterFrom(
        world + serviceYaml("{selector: {app: web}, ports: [{name: main, port: 80, targetPort: http}]}") + more));
    const auto from = reach.endpoint("default/web"), target = reach.endpoint(to);
    VERIFY_RESULT(from);
    VERIFY_RESULT(target);
    const auto verdict = reach.decide(*from, *target, parseProtocol(protocol).value(), port);
    if (!verdict) {
        QCOMPARE(std::string("error"), expected);
        QCOMPARE(verdict.error().kind, ErrorKind::Usage);
        return;
    }
    const auto blank = expected.find(' ');
    QCOMPARE(std::string(toText(verdict->answer)), expected.substr(0, blank));
    if (blank == std::string::npos)
        return;
    QCOMPARE(verdict->egress.basis, Basis::NoSuchPort);
    QCOMPARE(verdict->egress.remark, expected.substr(blank + 1));
}

// A policy names the port of the pod; that of the Service means nothing to it.
void tst_Services::policySeesThePod()
{
    const std::string policy = R"(
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: p, namespace: shop}
spec: {podSelector: {matchLabels: {app: web}}, ingress: [{ports: [{port: PORT}]}]}
)";
    for (const auto& [port, answer] :
        { std::pair("8080", "true"), std::pair("80", "false"), std::pair("9090", "true") }) {
        std::string own = policy;
        own.replace(own.find("PORT"), 4, port);
        const Reach reach(test::clusterFrom(
            world + serviceYaml("{selector: {app: web}, ports: [{port: 80, targetPort: http}]}") + own));
        const auto from = reach.endpoint("default/web"), to = reach.endpoint("shop/svc");
        VERIFY_RESULT(from);
        VERIFY_RESULT(to);
        const auto verdict = reach.decide(*from, *to, Protocol::TCP, "80");
        VERIFY_RESULT(verdict);
        QCOMPARE(std::string(toText(verdict->answer)), std::string(answer));
        if (verdict->answer == Answer::Allowed) {
            QCOMPARE(std::to_string(verdict->port), std::string(port));
            QVERIFY2(verdict->note.starts_with("1 of 2 pairs of pods allowed: default/web to shop/web-"),
                verdict->note.c_str());
        }
    }
}

QTEST_GUILESS_MAIN(tst_Services)
#include "tst_Services.moc"
