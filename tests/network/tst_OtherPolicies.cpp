// SPDX-License-Identifier: Apache-2.0
// Policies of Cilium, Calico and Istio, from their YAML to answers.
#include "core/network/Reach.h"
#include "core/network/detail/CalicoSelector_p.h"
#include "tests/support/Support.h"

using namespace plimsoll;

namespace {

std::string pod(const std::string& ns, const std::string& name, const std::string& labels, const std::string& address,
    const std::string& extra = "")
{
    return "---\napiVersion: v1\nkind: Pod\nmetadata: {name: " + name + ", namespace: " + ns + ", labels: {" + labels
        + "}}\nspec: {" + extra + "containers: [{name: c, image: i, ports: [{name: http, containerPort: 8080}]}"
        + (labels.find("mesh") != std::string::npos ? ", {name: istio-proxy, image: p}" : "")
        + "]}\nstatus: {phase: Running, podIP: " + address + "}\n";
}

std::string world()
{
    return "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {team: a}}\n---\n"
           "apiVersion: v1\nkind: Namespace\nmetadata: {name: data, labels: {team: b}}\n---\n"
           "apiVersion: v1\nkind: Node\nmetadata: {name: n1}\nstatus: {addresses: [{type: InternalIP, address: "
           "192.168.0.1}]}\n"
        + pod("shop", "web", "app: web", "10.0.0.1", "serviceAccountName: web, nodeName: n1, ")
        + pod("shop", "api", "app: api", "10.0.0.2") + pod("data", "db", "app: db", "10.0.1.1")
        + pod("data", "web", "app: web", "10.0.1.2")
        + pod("shop", "meshed", "app: meshed, mesh: yes1", "10.0.0.3", "serviceAccountName: meshed, ")
        + pod("data", "meshed", "app: meshed, mesh: yes1", "10.0.1.3");
}

std::string cilium(const std::string& spec)
{
    return "---\napiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: p, namespace: data}\nspec: "
        + spec + "\n";
}

std::string calico(const std::string& spec, const std::string& kind = "NetworkPolicy")
{
    return "---\napiVersion: projectcalico.org/v3\nkind: " + kind + "\nmetadata: {name: p"
        + (kind == "NetworkPolicy" ? std::string(", namespace: data") : std::string()) + "}\nspec: " + spec + "\n";
}

std::string istio(const std::string& spec, const std::string& ns = "data")
{
    return "---\napiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: p, namespace: " + ns
        + "}\nspec: " + spec + "\n";
}

} // namespace

class tst_OtherPolicies : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void answers_data();
    void answers();
    void selectors_data();
    void selectors();
    void brokenSelectors_data();
    void brokenSelectors();
};

void tst_OtherPolicies::answers_data()
{
    QTest::addColumn<std::string>("policies");
    QTest::addColumn<std::string>("question"); // FROM TO PORT
    QTest::addColumn<std::string>("expected");
    const auto row = [](const char* name, const std::string& policies, const char* question, const char* expected) {
        QTest::addRow("%s", name) << policies << std::string(question) << std::string(expected);
    };
    const std::string db = "{endpointSelector: {matchLabels: {app: db}}, ";
    row("Cilium isolates", cilium(db + "ingress: [{}]}"), "shop/web data/db 80", "false");
    row("Cilium isolates its own pods alone", cilium(db + "ingress: [{}]}"), "shop/web data/web 80", "true");
    row("Cilium isolates one direction", cilium(db + "ingress: [{}]}"), "data/db shop/web 80", "true");
    row("Cilium without default deny", cilium(db + "enableDefaultDeny: {ingress: false}, ingress: [{}]}"),
        "shop/web data/db 80", "true");
    row("Cilium: peers are of the own namespace",
        cilium(db + "ingress: [{fromEndpoints: [{matchLabels: {app: web}}]}]}"), "data/web data/db 80", "true");
    row("Cilium: not of others", cilium(db + "ingress: [{fromEndpoints: [{matchLabels: {app: web}}]}]}"),
        "shop/web data/db 80", "false");
    const std::string ofShop
        = cilium(db + "ingress: [{fromEndpoints: [{matchLabels: {'k8s:io.kubernetes.pod.namespace': shop}}]}]}");
    row("Cilium: a namespace by its label", ofShop, "shop/web data/db 80", "true");
    row("Cilium: not another one", ofShop, "data/web data/db 80", "false");
    row("Cilium: an empty list of peers is nobody", cilium(db + "ingress: [{fromEndpoints: []}]}"),
        "data/web data/db 80", "false");
    row("Cilium: deny before allow",
        cilium(
            db + "ingress: [{fromEntities: [cluster]}], ingressDeny: [{fromEndpoints: [{matchLabels: {app: web}}]}]}"),
        "data/web data/db 80", "false");
    row("Cilium: deny of others",
        cilium(
            db + "ingress: [{fromEntities: [cluster]}], ingressDeny: [{fromEndpoints: [{matchLabels: {app: web}}]}]}"),
        "shop/web data/db 80", "true");
    row("Cilium: deny beats a NetworkPolicy",
        cilium(db + "enableDefaultDeny: {ingress: false}, ingressDeny: [{fromEntities: [cluster]}]}")
            + "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: np, namespace: "
              "data}\nspec: "
              "{podSelector: {}, ingress: [{}]}\n",
        "shop/web data/db 80", "false");
    row("Cilium: ports", cilium(db + "ingress: [{toPorts: [{ports: [{port: '80', protocol: TCP}]}]}]}"),
        "shop/web data/db 80", "true");
    row("Cilium: other ports", cilium(db + "ingress: [{toPorts: [{ports: [{port: '81', protocol: TCP}]}]}]}"),
        "shop/web data/db 80", "false");
    row("Cilium: ranges never match pods", cilium(db + "ingress: [{fromCIDR: [10.0.0.0/8]}]}"), "shop/web data/db 80",
        "false");
    row("Cilium: ranges match what is outside", cilium(db + "ingress: [{fromCIDR: [10.0.0.0/8]}]}"),
        "10.9.9.9 data/db 80", "true");
    row("Cilium: world", cilium(db + "ingress: [{fromEntities: [world]}]}"), "8.8.8.8 data/db 80", "true");
    row("Cilium: a node is not of the world", cilium(db + "ingress: [{fromEntities: [world]}]}"),
        "192.168.0.1 data/db 80", "false");
    row("Cilium: requests are limited above",
        cilium(db + "ingress: [{toPorts: [{ports: [{port: '80', protocol: TCP}], rules: {http: [{method: GET}]}}]}]}"),
        "shop/web data/db 80", "true");
    row("Cilium: names of domains", cilium("{endpointSelector: {}, egress: [{toFQDNs: [{matchName: example.com}]}]}"),
        "data/db 8.8.8.8 443", "unknown");
    row("Cilium: the service account",
        cilium(db
            + "ingress: [{fromEndpoints: [{matchLabels: {io.kubernetes.pod.namespace: shop, "
              "io.cilium.k8s.policy.serviceaccount: web}}]}]}"),
        "shop/web data/db 80", "true");

    const std::string own = "{selector: app == 'db', ";
    row("Calico isolates", calico(own + "types: [Ingress]}"), "shop/web data/db 80", "false");
    row("Calico allows by selector in its namespace",
        calico(own + "ingress: [{action: Allow, source: {selector: app == 'web'}}]}"), "data/web data/db 80", "true");
    row("Calico: not of other namespaces",
        calico(own + "ingress: [{action: Allow, source: {selector: app == 'web'}}]}"), "shop/web data/db 80", "false");
    row("Calico: by namespace", calico(own + "ingress: [{action: Allow, source: {namespaceSelector: team == 'a'}}]}"),
        "shop/web data/db 80", "true");
    row("Calico: rules in order",
        calico(own + "ingress: [{action: Deny, protocol: TCP, destination: {ports: [80]}}, {action: Allow}]}"),
        "shop/web data/db 80", "false");
    row("Calico: the next rule",
        calico(own + "ingress: [{action: Deny, protocol: TCP, destination: {ports: ['81:90']}}, {action: Allow}]}"),
        "shop/web data/db 80", "true");
    row("Calico: a lower order first",
        calico("{order: 1, selector: all(), types: [Ingress], ingress: [{action: Deny, source: {notNets: "
               "[10.0.0.0/16]}}]}",
            "GlobalNetworkPolicy")
            + calico(own + "order: 2, ingress: [{action: Allow}]}"),
        "8.8.8.8 data/db 80", "false");
    row("Calico: before a NetworkPolicy",
        calico("{order: 10, selector: app == 'db', ingress: [{action: Deny}]}", "GlobalNetworkPolicy")
            + "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: np, namespace: "
              "data}\nspec: "
              "{podSelector: {}, ingress: [{}]}\n",
        "shop/web data/db 80", "false");
    row("Calico: after a NetworkPolicy",
        calico("{order: 2000, selector: app == 'db', ingress: [{action: Deny}]}", "GlobalNetworkPolicy")
            + "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: np, namespace: "
              "data}\nspec: "
              "{podSelector: {}, ingress: [{}]}\n",
        "shop/web data/db 80", "true");
    const std::string tier
        = "---\napiVersion: projectcalico.org/v3\nkind: Tier\nmetadata: {name: sec}\nspec: {order: 10}\n";
    row("Calico: the end of a tier denies",
        tier
            + calico("{tier: sec, selector: app == 'db', ingress: [{action: Allow, source: {nets: [10.0.0.2/32]}}]}",
                "GlobalNetworkPolicy"),
        "shop/web data/db 80", "false");
    row("Calico: Pass leaves the tier",
        tier + calico("{tier: sec, selector: app == 'db', ingress: [{action: Pass}]}", "GlobalNetworkPolicy"),
        "shop/web data/db 80", "true");
    row("Calico: nets match pods", calico(own + "ingress: [{action: Allow, source: {nets: [10.0.0.1/32]}}]}"),
        "shop/web data/db 80", "true");
    row("Calico: a network set",
        calico("{selector: app == 'db', ingress: [{action: Allow, source: {selector: set == 'x'}}]}",
            "GlobalNetworkPolicy")
            + "---\napiVersion: projectcalico.org/v3\nkind: GlobalNetworkSet\nmetadata: {name: s, labels: {set: "
              "x}}\nspec: "
              "{nets: [8.8.8.0/24]}\n",
        "8.8.8.8 data/db 80", "true");
    row("Calico: a service account",
        calico(
            own + "ingress: [{action: Allow, source: {namespaceSelector: all(), serviceAccounts: {names: [web]}}}]}"),
        "shop/web data/db 80", "true");
    row("Calico: another service account",
        calico(
            own + "ingress: [{action: Allow, source: {namespaceSelector: all(), serviceAccounts: {names: [web]}}}]}"),
        "shop/api data/db 80", "false");
    row("Calico: a broken selector allows nobody",
        calico(own + "ingress: [{action: Allow, source: {selector: 'app =='}}]}"), "data/web data/db 80", "false");
    row("Calico: staged policies do nothing",
        "---\napiVersion: projectcalico.org/v3\nkind: StagedNetworkPolicy\nmetadata: {name: p, namespace: data}\nspec: "
        "{selector: all(), types: [Ingress]}\n",
        "shop/web data/db 80", "true");

    row("Istio: ALLOW that names nobody denies", istio("{}"), "shop/web data/meshed 80", "false");
    row("Istio: who is not in the mesh is not protected", istio("{}"), "shop/web data/db 80", "true");
    row("Istio: everything", istio("{rules: [{}]}"), "shop/web data/meshed 80", "true");
    const std::string ofPrincipal
        = istio("{rules: [{from: [{source: {principals: [cluster.local/ns/shop/sa/meshed]}}]}]}");
    row("Istio: a principal", ofPrincipal, "shop/meshed data/meshed 80", "true");
    row("Istio: who is outside of the mesh has none", ofPrincipal, "shop/web data/meshed 80", "false");
    row("Istio: DENY by namespace", istio("{action: DENY, rules: [{from: [{source: {namespaces: [shop]}}]}]}"),
        "shop/meshed data/meshed 80", "false");
    row("Istio: DENY of another port", istio("{action: DENY, rules: [{to: [{operation: {ports: ['81']}}]}]}"),
        "shop/web data/meshed 80", "true");
    row("Istio: DENY that looks at requests", istio("{action: DENY, rules: [{to: [{operation: {methods: [GET]}}]}]}"),
        "shop/web data/meshed 80", "true");
    row("Istio: of the root namespace", istio("{}", "istio-system"), "shop/web data/meshed 80", "false");
    const auto strict = [](const std::string& ns, const std::string& spec) {
        return "---\napiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: s, namespace: " + ns
            + "}\nspec: " + spec + "\n";
    };
    row("Istio: STRICT refuses plain text", strict("data", "{mtls: {mode: STRICT}}"), "shop/web data/meshed 80",
        "false");
    row("Istio: STRICT lets the mesh in", strict("data", "{mtls: {mode: STRICT}}"), "shop/meshed data/meshed 80",
        "true");
    row("Istio: the workload is nearer than the namespace",
        strict("data", "{mtls: {mode: STRICT}}")
            + "---\napiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: w, namespace: "
              "data}\nspec: "
              "{selector: {matchLabels: {app: meshed}}, mtls: {mode: PERMISSIVE}}\n",
        "shop/web data/meshed 80", "true");
    row("Istio: a port of its own",
        strict("data",
            "{selector: {matchLabels: {app: meshed}}, mtls: {mode: STRICT}, portLevelMtls: {80: {mode: "
            "DISABLE}}}"),
        "shop/web data/meshed 80", "true");
}

void tst_OtherPolicies::answers()
{
    QFETCH(std::string, policies);
    QFETCH(std::string, question);
    QFETCH(std::string, expected);
    const network::Reach reach(test::clusterFrom(world() + policies));
    const QStringList words = test::q(question).split(u' ');
    const auto from = reach.endpoint(words[0].toStdString());
    const auto to = reach.endpoint(words[1].toStdString());
    VERIFY_RESULT(from);
    VERIFY_RESULT(to);
    const auto verdict = reach.decide(*from, *to, network::Protocol::TCP, words[2].toStdString());
    VERIFY_RESULT(verdict);
    QVERIFY2(network::toText(verdict->answer) == expected, reach.reason(*verdict).c_str());
    // All ports at once say the same.
    const auto port = static_cast<std::uint16_t>(words[2].toInt());
    const network::Reach::Ports ports = reach.ports(verdict->from, verdict->to);
    QCOMPARE(ports.certain.contains(network::Protocol::TCP, port), expected == "true");
    QCOMPARE(ports.possible.contains(network::Protocol::TCP, port), expected != "false");
}

void tst_OtherPolicies::selectors_data()
{
    QTest::addColumn<std::string>("selector");
    QTest::addColumn<bool>("expected"); // of {a: "x", b: "yy"}
    const auto row = [](const char* selector, bool expected) {
        QTest::addRow("%s", selector) << std::string(selector) << expected;
    };
    row("all()", true);
    row("a == 'x'", true);
    row("a=='x'", true);
    row("a == \"x\"", true);
    row("a != 'x'", false);
    row("c != 'x'", true);
    row("a in {'x', 'z'}", true);
    row("a not in {'x'}", false);
    row("c not in {'x'}", true);
    row("has(a)", true);
    row("!has(c)", true);
    row("b contains 'y'", true);
    row("b starts with 'x'", false);
    row("b ends with 'yy'", true);
    row("a == 'x' && b == 'n'", false);
    row("a == 'n' || b == 'yy'", true);
    row("!(a == 'n') && (has(b) || has(c))", true);
}

void tst_OtherPolicies::selectors()
{
    QFETCH(std::string, selector);
    QFETCH(bool, expected);
    std::string what;
    const auto parsed = network::parseCalicoSelector(selector, false, what);
    QVERIFY2(parsed.has_value(), what.c_str());
    const auto labels = [](std::string_view key) -> std::optional<std::string_view> {
        return key == "a" ? std::optional<std::string_view>("x")
            : key == "b"  ? std::optional<std::string_view>("yy")
                          : std::nullopt;
    };
    QCOMPARE(!parsed->expression || parsed->expression->matches(labels), expected);
}

void tst_OtherPolicies::brokenSelectors_data()
{
    QTest::addColumn<std::string>("selector");
    for (const char* selector :
        { "a ==", "a", "a == x", "a in {'x'", "(a == 'x'", "a == 'x' b", "not a", "has(", "&&" })
        QTest::addRow("%s", selector) << std::string(selector);
    QTest::addRow("deep") << std::string(5000, '(') + "a == 'x'" + std::string(5000, ')');
    QTest::addRow("many negations") << std::string(100'000, '!') + "has(a)";
}

void tst_OtherPolicies::brokenSelectors()
{
    QFETCH(std::string, selector);
    std::string what;
    QVERIFY(!network::parseCalicoSelector(selector, false, what));
    QVERIFY(!what.empty());
}

QTEST_GUILESS_MAIN(tst_OtherPolicies)
#include "tst_OtherPolicies.moc"
