// SPDX-License-Identifier: Apache-2.0
#include <map>

#include "core/network/Reach.h"
#include "core/network/detail/Mesh_p.h"
#include "tests/network/DefsText.h"
#include "tests/support/Support.h"

using namespace plimsoll;

namespace {

std::string read(const std::string& yaml)
{
    const auto cluster = test::clusterFrom(yaml);
    network::PolicyDefs defs;
    network::readMeshPolicies({ *cluster, true }, defs);
    return test::textOf(*cluster, defs);
}

std::string authorization(const std::string& spec, const std::string& ns = "shop", const std::string& more = {})
{
    return "apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: p, namespace: " + ns + more
        + "}\nspec: {" + spec + "}\n";
}

std::string authentication(
    const std::string& name, const std::string& ns, const std::string& spec, const std::string& created = "2026-01-01")
{
    return "---\napiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: " + name
        + ", namespace: " + ns + ", creationTimestamp: \"" + created + "T00:00:00Z\"}\nspec: {" + spec + "}\n";
}

const std::string own = "authorizationpolicy/shop/p mesh ";
const std::string rule = "  /spec/rules/0: ";
const std::string strict = "deny pods[!@mesh] or outside or nodes on TCP ";
const std::string meshConfig
    = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio, namespace: mesh}\ndata:\n  mesh: |\n    "
      "rootNamespace: mesh\n    trustDomain: example.org\n";

} // namespace

class tst_ReadMesh : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void policies_data();
    void policies();
    void sources_data();
    void sources();
    void operations_data();
    void operations();
    void mtls_data();
    void mtls();
    void identities_data();
    void identities();
    void whoIsInTheMesh_data();
    void whoIsInTheMesh();
    void verdicts_data();
    void verdicts();
};

void tst_ReadMesh::policies_data()
{
    QTest::addColumn<std::string>("yaml");
    QTest::addColumn<std::string>("expected");
    const auto row = [](const char* situation, const std::string& yaml, const std::string& expected) {
        QTest::addRow("%s", situation) << yaml << expected;
    };
    row("an empty policy allows nothing", authorization(""), own + "20 [ns shop @mesh=true] ingress!\n");
    row("an empty rule allows all", authorization("rules: [{}]"),
        own + "20 [ns shop @mesh=true] ingress!\n" + rule + "allow anyone on TCP all\n");
    row("of some pods", authorization("selector: {matchLabels: {app: web}}, rules: [{}]"),
        own + "20 [ns shop app=web,@mesh=true] ingress!\n" + rule + "allow anyone on TCP all\n");
    row("of the mesh", authorization("action: DENY, rules: [{}]", "istio-system"),
        "authorizationpolicy/istio-system/p mesh 10 [@mesh=true] ingress\n" + rule + "deny anyone on TCP all\n");
    row("of the mesh, elsewhere", authorization("action: DENY, rules: [{}]", "mesh") + meshConfig,
        "authorizationpolicy/mesh/p mesh 10 [@mesh=true] ingress\n" + rule + "deny anyone on TCP all\n");
    row("where the root namespace is elsewhere",
        authorization("action: DENY, rules: [{}]", "istio-system") + meshConfig,
        "authorizationpolicy/istio-system/p mesh 10 [ns istio-system @mesh=true] ingress\n" + rule
            + "deny anyone on TCP all\n");
    row("denying nothing", authorization("action: DENY"), "");
    row("an audit", authorization("action: AUDIT, rules: [{}]"), "");
    row("an external authorizer", authorization("action: CUSTOM, provider: {name: x}, rules: [{}]"),
        own + "5 [ns shop @mesh=true] ingress\n" + rule
            + "deny anyone on TCP all maybe: an external authorizer decides\n");
    row("a dry run", authorization("rules: [{}]", "shop", ", annotations: {istio.io/dry-run: \"true\"}"), "");
    row("of a waypoint", authorization("targetRefs: [{kind: Gateway, name: w}], rules: [{}]"),
        "problem /spec/targetRefs: binds to a gateway or waypoint, not to pods: it is not evaluated here\n");
    row("no action", authorization("action: MAYBE"),
        "problem /spec/action: MAYBE is no action: the policy is refused\n");
}

void tst_ReadMesh::policies()
{
    QFETCH(std::string, yaml);
    QFETCH(std::string, expected);
    QCOMPARE(read(yaml), expected);
}

void tst_ReadMesh::sources_data()
{
    QTest::addColumn<std::string>("source");
    QTest::addColumn<std::string>("expected");
    const auto row = [](const char* situation, const char* source, const std::string& expected) {
        QTest::addRow("%s", situation) << std::string(source) << expected;
    };
    row("a principal", "from: [{source: {principals: [cluster.local/ns/a/sa/b]}}]",
        "allow pods[{principal one of cluster.local/ns/a/sa/b}] on TCP all");
    row("namespaces and accounts", "from: [{source: {namespaces: [a, b], serviceAccounts: [c, d/e]}}]",
        "allow pods[{namespace one of a b, service account one of shop/c d/e}] on TCP all");
    row("everybody but", "from: [{source: {notNamespaces: [a]}}]",
        "allow outside or nodes or pods[{namespace none of a}] on TCP all");
    row("either", "from: [{source: {namespaces: [a]}}, {source: {ipBlocks: [10.0.0.0/8, 192.0.2.1]}}]",
        "allow pods[{namespace one of a}] or addresses[10.0.0.0/8,192.0.2.1/32]+pods on TCP all");
    row("addresses but", "from: [{source: {ipBlocks: [10.0.0.0/8], notIpBlocks: [10.128.0.0/9]}}]",
        "allow addresses[10.0.0.0/9]+pods on TCP all");
    row("all other addresses", "from: [{source: {notIpBlocks: [0.0.0.0/1, '::/0']}}]",
        "allow addresses[128.0.0.0/1]+pods on TCP all");
    row("identity and address", "from: [{source: {namespaces: [a], ipBlocks: [10.0.0.0/8]}}]",
        "allow addresses[10.0.0.0/8]+pods[{namespace one of a}] alone on TCP all");
    row("address, but not some", "from: [{source: {notNamespaces: [a], ipBlocks: [10.0.0.0/8]}}]",
        "allow addresses[10.0.0.0/8]+pods[{namespace none of a}] on TCP all");
    row("who the request is from", "from: [{source: {requestPrincipals: ['*']}}]", "allow anyone on TCP all (L7)");
    row("a condition on the identity", "when: [{key: source.namespace, values: [a], notValues: [b]}]",
        "allow pods[{namespace one of a, namespace none of b}] on TCP all");
    row("a condition besides",
        "from: [{source: {ipBlocks: [10.0.0.0/8]}}], when: [{key: source.ip, values: [10.1.0.0/16]}]",
        "allow addresses[10.1.0.0/16]+pods on TCP all");
    row("a condition on the request", "when: [{key: 'request.headers[x]', values: [a]}]",
        "allow anyone on TCP all (L7)");
}

void tst_ReadMesh::sources()
{
    QFETCH(std::string, source);
    QFETCH(std::string, expected);
    QCOMPARE(read(authorization("rules: [{" + source + "}]")),
        own + "20 [ns shop @mesh=true] ingress!\n" + rule + expected + '\n');
}

void tst_ReadMesh::operations_data()
{
    QTest::addColumn<std::string>("spec");
    QTest::addColumn<std::string>("expected");
    const auto row = [](const char* situation, const std::string& spec, const std::string& expected) {
        QTest::addRow("%s", situation) << spec << expected;
    };
    const std::string allow = own + "20 [ns shop @mesh=true] ingress!\n";
    const std::string deny = own + "10 [ns shop @mesh=true] ingress\n";
    row("ports", "rules: [{to: [{operation: {ports: ['80', '81']}}, {operation: {ports: ['9']}}]}]",
        allow + rule + "allow anyone on TCP 9,TCP 80-81\n");
    row("other ports", "rules: [{to: [{operation: {notPorts: ['80']}}]}]",
        allow + rule + "allow anyone on TCP 1-79,TCP 81-65535\n");
    row("a condition on ports",
        "rules: [{to: [{operation: {ports: ['80', '81']}}], when: [{key: destination.port, notValues: ['81']}]}]",
        allow + rule + "allow anyone on TCP 80\n");
    row("requests of one port",
        "rules: [{to: [{operation: {ports: ['80'], methods: [GET]}}, {operation: {ports: ['81']}}]}]",
        allow + rule + "allow anyone on TCP 80 (L7)\n" + rule + "allow anyone on TCP 81\n");
    row("denied requests", "action: DENY, rules: [{to: [{operation: {ports: ['80'], paths: [/admin]}}]}]", "");
    row("denied requests beside a denied port",
        "action: DENY, rules: [{to: [{operation: {paths: [/admin]}}, {operation: {ports: ['81']}}]}]",
        deny + rule + "deny anyone on TCP 81\n");
    row("denied by the address of the destination",
        "action: DENY, rules: [{when: [{key: destination.ip, values: [10.0.0.1]}]}]",
        deny + rule + "deny anyone on TCP all maybe: it looks at the address of the destination\n");
    row("no port", "rules: [{to: [{operation: {ports: [http]}}]}]",
        allow + "problem /spec/rules/0: http is no port: the rule allows nobody\n");
    row("no address, denied", "action: DENY, rules: [{from: [{source: {ipBlocks: [x]}}]}]",
        deny + rule + "deny anyone on TCP all maybe: a part of the rule cannot be read\n"
            + "problem /spec/rules/0: x is neither an address nor a CIDR: the rule may deny everybody\n");
    row("no condition", "rules: [{when: [{key: moon, values: [a]}]}]",
        allow + "problem /spec/rules/0: moon is no condition that Istio knows: the rule allows nobody\n");
}

void tst_ReadMesh::operations()
{
    QFETCH(std::string, spec);
    QFETCH(std::string, expected);
    QCOMPARE(read(authorization(spec)), expected);
}

void tst_ReadMesh::mtls_data()
{
    QTest::addColumn<std::string>("yaml");
    QTest::addColumn<std::string>("expected");
    const auto row = [](const char* situation, const std::string& yaml, const std::string& expected) {
        QTest::addRow("%s", situation) << yaml << expected;
    };
    const std::string mode = "  /spec/mtls/mode: " + strict;
    const std::string mesh = authentication("m", "istio-system", "mtls: {mode: STRICT}");
    const std::string ofMesh = "peerauthentication/istio-system/m mesh 0 ";
    row("of the mesh", mesh, ofMesh + "[@mesh=true,{no gateway}] ingress\n" + mode + "all\n");
    row("permissive", authentication("m", "istio-system", "mtls: {mode: PERMISSIVE}"), "");
    row("of a namespace", authentication("own", "shop", "mtls: {mode: STRICT}"),
        "peerauthentication/shop/own mesh 0 [ns shop @mesh=true,{no gateway}] ingress\n" + mode + "all\n");
    row("a namespace less than the mesh", mesh + authentication("own", "shop", "mtls: {mode: PERMISSIVE}"),
        ofMesh + "[@mesh=true,{no gateway, none of shop}] ingress\n" + mode + "all\n");
    row("a namespace that leaves it to the mesh", mesh + authentication("own", "shop", "mtls: {mode: UNSET}"),
        ofMesh + "[@mesh=true,{no gateway, none of shop}] ingress\n" + mode + "all\n" + ofMesh
            + "[ns shop @mesh=true,{no gateway}] ingress\n" + mode + "all\n");
    row("pods less than their namespace",
        authentication("own", "shop", "mtls: {mode: STRICT}")
            + authentication("w", "shop", "selector: {matchLabels: {app: a}}, mtls: {mode: DISABLE}"),
        "peerauthentication/shop/own mesh 0 [ns shop @mesh=true,{no gateway, none of app=a}] ingress\n" + mode
            + "all\n");
    row("pods more than the mesh",
        mesh + authentication("w", "shop", "selector: {matchLabels: {app: a}}, mtls: {mode: STRICT}"),
        ofMesh + "[@mesh=true,{no gateway, none of shop/app=a}] ingress\n" + mode
            + "all\npeerauthentication/shop/w mesh 0 [ns shop app=a,@mesh=true,{no gateway}] ingress\n" + mode
            + "all\n");
    row("a port less than its pod",
        authentication("w", "shop",
            "selector: {matchLabels: {app: a}}, mtls: {mode: STRICT}, portLevelMtls: {8080: {mode: PERMISSIVE}}"),
        "peerauthentication/shop/w mesh 0 [ns shop app=a,@mesh=true,{no gateway}] ingress\n" + mode
            + "1-8079,TCP 8081-65535\n");
    row("a port more than its pod",
        authentication("w", "shop", "selector: {matchLabels: {app: a}}, portLevelMtls: {8080: {mode: STRICT}}"),
        "peerauthentication/shop/w mesh 0 [ns shop app=a,@mesh=true,{no gateway}] ingress\n  /spec/portLevelMtls/8080: "
            + strict + "8080\n");
    row("a port less than the mesh",
        mesh + authentication("w", "shop", "selector: {matchLabels: {app: a}}, portLevelMtls: {8080: {mode: DISABLE}}"),
        ofMesh + "[@mesh=true,{no gateway, none of shop/app=a}] ingress\n" + mode + "all\n" + ofMesh
            + "[ns shop app=a,@mesh=true,{no gateway}] ingress\n" + mode + "1-8079,TCP 8081-65535\n");
    row("the older of two",
        authentication("a", "shop", "mtls: {mode: STRICT}", "2026-02-01")
            + authentication("b", "shop", "mtls: {mode: PERMISSIVE}", "2026-01-01"),
        "problem : is not in force: peerauthentication/shop/b of the same level is older\n");
    row("the older of two that share pods",
        authentication("a", "shop", "selector: {matchLabels: {app: a}}, mtls: {mode: STRICT}", "2026-02-01")
            + authentication("b", "shop", "selector: {matchLabels: {tier: t}}, mtls: {mode: PERMISSIVE}", "2026-01-01"),
        "peerauthentication/shop/a mesh 0 [ns shop app=a,@mesh=true,{no gateway, none of tier=t}] ingress\n" + mode
            + "all\n");
    row("a selector in the root namespace",
        authentication("w", "istio-system", "selector: {matchLabels: {app: a}}, mtls: {mode: STRICT}"),
        "problem /spec/selector: policies of the root namespace with a selector are not in force\n");
    row("ports without a selector", authentication("own", "shop", "portLevelMtls: {8080: {mode: STRICT}}"),
        "problem /spec/portLevelMtls: counts only beside a selector: it sets nothing\n");
    row("no mode", authentication("own", "shop", "mtls: {mode: HARD}"),
        "problem /spec/mtls/mode: HARD is no mode of mTLS: it sets none\n");
}

void tst_ReadMesh::mtls()
{
    QFETCH(std::string, yaml);
    QFETCH(std::string, expected);
    QCOMPARE(read(yaml), expected);
}

void tst_ReadMesh::identities_data()
{
    using Kind = network::MeshIdentity::Kind;
    QTest::addColumn<int>("kind");
    QTest::addColumn<bool>("isNot");
    QTest::addColumn<std::string>("pattern");
    QTest::addColumn<bool>("isInMesh");
    QTest::addColumn<bool>("expected");
    const auto row
        = [](const char* situation, Kind kind, bool isNot, const char* pattern, bool isInMesh, bool expected) {
              QTest::addRow("%s", situation)
                  << static_cast<int>(kind) << isNot << std::string(pattern) << isInMesh << expected;
          };
    row("exact", Kind::Principal, false, "cluster.local/ns/shop/sa/web", true, true);
    row("of the own trust domain", Kind::Principal, false, "example.org/ns/shop/sa/web", true, true);
    row("of another trust domain", Kind::Principal, false, "example.com/ns/shop/sa/web", true, false);
    row("exact, longer", Kind::Principal, false, "cluster.local/ns/shop/sa/webs", true, false);
    row("prefix", Kind::Principal, false, "cluster.local/ns/shop/*", true, true);
    row("prefix of another", Kind::Principal, false, "cluster.local/ns/sho/*", true, false);
    row("suffix", Kind::Principal, false, "*/sa/web", true, true);
    row("suffix of another", Kind::Principal, false, "*/sa/we", true, false);
    row("any", Kind::Principal, false, "*", true, true);
    row("any, but outside the mesh", Kind::Principal, false, "*", false, false);
    row("not any, outside the mesh", Kind::Principal, true, "*", false, true);
    row("not any, in the mesh", Kind::Principal, true, "*", true, false);
    row("namespace", Kind::Namespace, false, "shop", true, true);
    row("namespace outside the mesh", Kind::Namespace, false, "shop", false, false);
    row("namespace by prefix", Kind::Namespace, false, "sh*", true, true);
    row("namespace by suffix", Kind::Namespace, false, "*op", true, true);
    row("namespace by its middle", Kind::Namespace, false, "s*p", true, true);
    row("part of a namespace", Kind::Namespace, false, "sho", true, false);
    row("service account", Kind::ServiceAccount, false, "shop/web", true, true);
    row("service account of another namespace", Kind::ServiceAccount, false, "data/web", true, false);
}

void tst_ReadMesh::identities()
{
    QFETCH(int, kind);
    QFETCH(bool, isNot);
    QFETCH(std::string, pattern);
    QFETCH(bool, isInMesh);
    QFETCH(bool, expected);
    const network::MeshIdentity identity(
        { { static_cast<network::MeshIdentity::Kind>(kind), isNot, { pattern } } }, { "cluster.local", "example.org" });
    std::map<std::string, std::string, std::less<>> labels { { "@namespace", "shop" }, { "@serviceaccount", "web" } };
    if (isInMesh)
        labels.emplace("@mesh", "true");
    const auto lookup = [&](std::string_view key) {
        const auto found = labels.find(key);
        return found == labels.end() ? std::nullopt : std::optional<std::string_view>(found->second);
    };
    QCOMPARE(identity.matches(lookup), expected);
}

void tst_ReadMesh::whoIsInTheMesh_data()
{
    QTest::addColumn<std::string>("nsLabels");
    QTest::addColumn<std::string>("podLabels");
    QTest::addColumn<std::string>("spec");
    QTest::addColumn<bool>("isTemplate");
    QTest::addColumn<bool>("expected");
    const auto row
        = [](const char* situation, const char* ns, const char* pod, const char* spec, bool isTemplate, bool expected) {
              QTest::addRow("%s", situation)
                  << std::string(ns) << std::string(pod) << std::string(spec) << isTemplate << expected;
          };
    constexpr const char* plain = "containers: [{name: a, image: b}]";
    row("a sidecar", "", "", "containers: [{name: a, image: b}, {name: istio-proxy, image: c}]", false, true);
    row("a sidecar that starts first", "", "",
        "initContainers: [{name: istio-proxy, image: c, restartPolicy: Always}], containers: [{name: a, image: b}]",
        false, true);
    row("in the network of the node", "istio.io/dataplane-mode: ambient", "",
        "hostNetwork: true, containers: [{name: a, image: b}]", false, false);
    row("a pod without sidecar where they are added", "istio-injection: enabled", "", plain, false, false);
    row("a template where they are added", "istio-injection: enabled", "", plain, true, true);
    row("a template of a revision", "istio.io/rev: stable", "", plain, true, true);
    row("a template that refuses", "istio-injection: enabled", "sidecar.istio.io/inject: \"false\"", plain, true,
        false);
    row("a template that asks", "", "sidecar.istio.io/inject: \"true\"", plain, true, true);
    row("a template that asks where none are added", "istio-injection: disabled", "sidecar.istio.io/inject: \"true\"",
        plain, true, false);
    row("a template elsewhere", "", "", plain, true, false);
    row("ambient", "istio.io/dataplane-mode: ambient", "", plain, false, true);
    row("ambient alone", "", "istio.io/dataplane-mode: ambient", plain, false, true);
    row("ambient, refused", "istio.io/dataplane-mode: ambient", "istio.io/dataplane-mode: none", plain, false, false);
}

void tst_ReadMesh::whoIsInTheMesh()
{
    QFETCH(std::string, nsLabels);
    QFETCH(std::string, podLabels);
    QFETCH(std::string, spec);
    QFETCH(bool, isTemplate);
    QFETCH(bool, expected);
    const auto cluster = test::clusterFrom("apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {"
        + nsLabels + "}}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: shop, labels: {" + podLabels
        + "}}\nspec: {" + spec + "}\n");
    network::TextLabels labels;
    for (const auto& [key, value] : cluster->object(cluster->pods()[0].object).labels)
        labels.emplace_back(cluster->text(key), cluster->text(value));
    QCOMPARE(network::isInMesh(*cluster, cluster->podSpec(cluster->pods()[0].spec), labels,
                 cluster->findNamespace("shop"), isTemplate),
        expected);
}

// Through the engine: web and db are in the mesh, batch is not, and none of what is in namespace other.
void tst_ReadMesh::verdicts_data()
{
    QTest::addColumn<std::string>("policies");
    QTest::addColumn<std::string>("from");
    QTest::addColumn<std::string>("to");
    QTest::addColumn<std::string>("expected");
    const auto row = [](const char* situation, const std::string& policies, const char* from, const char* to,
                         const char* expected) {
        QTest::addRow("%s", situation) << policies << std::string(from) << std::string(to) << std::string(expected);
    };
    const std::string strictShop = authentication("own", "shop", "mtls: {mode: STRICT}");
    row("plain text from outside the mesh", strictShop, "shop/batch", "shop/db", "false");
    row("from the mesh", strictShop, "shop/web", "shop/db", "true");
    row("from addresses", strictShop, "198.51.100.7", "shop/db", "false");
    row("to a pod outside the mesh", strictShop, "other/web", "shop/batch", "true");
    row("a looser policy of the pods",
        strictShop + authentication("w", "shop", "selector: {matchLabels: {app: db}}, mtls: {mode: PERMISSIVE}"),
        "shop/batch", "shop/db", "true");
    const std::string fromWeb
        = authorization("rules: [{from: [{source: {principals: [cluster.local/ns/shop/sa/web]}}]}]");
    row("allowed by its principal", fromWeb, "shop/web", "shop/db", "true");
    row("not allowed", fromWeb, "shop/batch", "shop/db", "false");
    row("allowed to what is outside the mesh", fromWeb, "other/web", "shop/batch", "true");
    row("denied first",
        fromWeb + "---\n" + authorization("action: DENY, rules: [{to: [{operation: {ports: ['80']}}]}]"), "shop/web",
        "shop/db", "false");
    row("denied another port", authorization("action: DENY, rules: [{to: [{operation: {ports: ['81']}}]}]"), "shop/web",
        "shop/db", "true");
    row("an external authorizer", authorization("action: CUSTOM, provider: {name: x}, rules: [{}]"), "shop/web",
        "shop/db", "unknown");
}

void tst_ReadMesh::verdicts()
{
    QFETCH(std::string, policies);
    QFETCH(std::string, from);
    QFETCH(std::string, to);
    QFETCH(std::string, expected);
    const auto pod = [](const char* ns, const char* name, bool isInMesh) {
        return std::string("---\napiVersion: v1\nkind: Pod\nmetadata: {name: ") + name + ", namespace: " + ns
            + ", labels: {app: " + name + "}}\nspec: {serviceAccountName: " + name
            + ", containers: [{name: a, image: b}" + (isInMesh ? ", {name: istio-proxy, image: c}" : "")
            + "]}\nstatus: {phase: Running}\n";
    };
    const network::Reach reach(test::clusterFrom(policies + pod("shop", "web", true) + pod("shop", "db", true)
        + pod("shop", "batch", false) + pod("other", "web", false)));
    const auto source = reach.endpoint(from);
    const auto destination = reach.endpoint(to);
    VERIFY_RESULT(source);
    VERIFY_RESULT(destination);
    const auto verdict = reach.decide(*source, *destination, network::Protocol::TCP, "80");
    VERIFY_RESULT(verdict);
    QCOMPARE(std::string(toText(verdict->answer)), expected);
    // The proxies see nothing but TCP.
    const auto datagrams = reach.decide(*source, *destination, network::Protocol::UDP, "80");
    VERIFY_RESULT(datagrams);
    QCOMPARE(std::string(toText(datagrams->answer)), std::string("true"));
}

QTEST_GUILESS_MAIN(tst_ReadMesh)
#include "tst_ReadMesh.moc"
