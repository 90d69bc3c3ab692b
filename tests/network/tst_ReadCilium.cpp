// SPDX-License-Identifier: Apache-2.0
#include "core/network/Reach.h"
#include "tests/network/DefsText.h"
#include "tests/support/Support.h"

using namespace plimsoll;

namespace {

std::string read(const std::string& yaml)
{
    const auto cluster = test::clusterFrom(yaml);
    network::PolicyDefs defs;
    network::readCiliumPolicies({ *cluster, false }, defs);
    return test::textOf(*cluster, defs);
}

const std::string cnp = "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: p, namespace: shop}\n";
const std::string ccnp = "apiVersion: cilium.io/v2\nkind: CiliumClusterwideNetworkPolicy\nmetadata: {name: p}\n";

// The rules of a policy with one section, without the line of the policy.
std::string rulesOf(const std::string& head, const std::string& section, const std::string& more = {})
{
    const std::string text = read(head + "spec: {endpointSelector: {}, " + section + "}\n" + more);
    return text.substr(text.find('\n') + 1);
}

const std::string service = "---\napiVersion: v1\nkind: Service\nmetadata: {name: db, namespace: data, labels: {tier: "
                            "store}}\nspec: {selector: {app: db}, ports: [{port: 5432}]}\n---\napiVersion: v1\nkind: "
                            "Service\nmetadata: {name: legacy, namespace: data}\nspec: {ports: [{port: 80}]}\n";
const std::string config = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: cilium-config, namespace: "
                           "kube-system}\ndata: {cluster-name: east, enable-node-selector-labels: \"true\"}\n";
const std::string group
    = "---\napiVersion: cilium.io/v2\nkind: CiliumCIDRGroup\nmetadata: {name: office, labels: {use: "
      "people}}\nspec: {externalCIDRs: [192.0.2.0/25, 198.51.100.0/24]}\n";
const std::string apiServer = "---\napiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: kubernetes, "
                              "namespace: default, labels: {kubernetes.io/service-name: kubernetes}}\nendpoints: "
                              "[{addresses: [10.1.0.2]}]\n";

} // namespace

class tst_ReadCilium : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void subjects_data();
    void subjects();
    void isolation_data();
    void isolation();
    void ingressPeers_data();
    void ingressPeers();
    void egressPeers_data();
    void egressPeers();
    void ports_data();
    void ports();
    void brokenParts_data();
    void brokenParts();
    void verdicts_data();
    void verdicts();
};

void tst_ReadCilium::subjects_data()
{
    QTest::addColumn<std::string>("policy");
    QTest::addColumn<std::string>("expected");
    const auto row = [](const char* situation, const std::string& policy, const std::string& expected) {
        QTest::addRow("%s", situation) << policy << expected;
    };
    const auto selected = [](const std::string& selector) {
        return "spec: {endpointSelector: " + selector + ", ingress: [{fromEntities: [all]}]}\n";
    };
    const std::string rule = "  /spec/ingress/0: allow anyone on all\n";
    const std::string own = "ciliumnetworkpolicy/shop/p NetworkPolicy 10000 ";
    const std::string wide = "ciliumclusterwidenetworkpolicy/p NetworkPolicy 10000 ";
    row("all of the namespace", cnp + selected("{}"), own + "[ns shop] ingress!\n" + rule);
    row("by label, with and without source", cnp + selected("{matchLabels: {app: web, 'k8s:tier': a, 'any:x': z}}"),
        own + "[ns shop app=web,tier=a,x=z] ingress!\n" + rule);
    row("by expressions",
        cnp + selected("{matchExpressions: [{key: app, operator: NotIn, values: [a, b]}, {key: x, operator: Exists}]}"),
        own + "[ns shop app!=a|b,x] ingress!\n" + rule);
    row("its own namespace, whatever it says",
        cnp + selected("{matchLabels: {'k8s:io.kubernetes.pod.namespace': other}}"),
        own + "[ns shop] ingress!\n" + rule);
    row("labels of the namespace do not count in a namespaced policy",
        cnp + selected("{matchLabels: {io.cilium.k8s.namespace.labels.team: a}}"), own + "[ns shop] ingress!\n" + rule);
    row("by service account", cnp + selected("{matchLabels: {io.cilium.k8s.policy.serviceaccount: web}}"),
        own + "[ns shop @serviceaccount=web] ingress!\n" + rule);
    row("the cluster", ccnp + selected("{}"), wide + "[] ingress!\n" + rule);
    row("the cluster, by namespace", ccnp + selected("{matchLabels: {'k8s:io.kubernetes.pod.namespace': shop}}"),
        wide + "[@namespace=shop] ingress!\n" + rule);
    row("the cluster, by labels of namespaces",
        ccnp + selected("{matchExpressions: [{key: 'k8s:io.cilium.k8s.namespace.labels.team', operator: Exists}]}"),
        wide + "[@namespace/team] ingress!\n" + rule);
    row("no pod has reserved labels", ccnp + selected("{matchLabels: {'reserved:health': ''}}"),
        wide + "[never] ingress!\n" + rule);
    row("every pod lacks reserved labels",
        ccnp + selected("{matchExpressions: [{key: 'reserved:host', operator: DoesNotExist}]}"),
        wide + "[] ingress!\n" + rule);
    row("several specs",
        cnp
            + "specs:\n- {endpointSelector: {}, ingress: [{fromEntities: [all]}]}\n- {endpointSelector: {matchLabels: "
              "{app: a}}, egress: [{toEntities: [world]}]}\n",
        own + "[ns shop] ingress!\n  /specs/0/ingress/0: allow anyone on all\n" + own
            + "[ns shop app=a] egress!\n  /specs/1/egress/0: allow outside on all\n");
    row("nodes", ccnp + "spec: {nodeSelector: {}, ingress: [{fromEntities: [all]}]}\n",
        "problem /spec/nodeSelector: restricts nodes where Cilium's host firewall is on: it is not evaluated here\n");
    row("nothing", cnp + "spec: {ingress: [{}]}\n",
        "problem /spec: needs either endpointSelector or nodeSelector: Cilium refuses it\n");
    row("no spec", cnp, "problem : has neither spec nor specs: it restricts nothing\n");
    row("broken", cnp + selected("{matchExpressions: [{key: app, operator: In}]}"),
        own + "[never] ingress!\n" + rule
            + "problem /spec/endpointSelector: a requirement on app has no values: the selector matches nothing\n");
}

void tst_ReadCilium::subjects()
{
    QFETCH(std::string, policy);
    QFETCH(std::string, expected);
    QCOMPARE(read(policy), expected);
}

void tst_ReadCilium::isolation_data()
{
    QTest::addColumn<std::string>("sections");
    QTest::addColumn<std::string>("expected");
    const auto row = [](const char* situation, const char* sections, const std::string& expected) {
        QTest::addRow("%s", situation) << std::string(sections) << expected;
    };
    const std::string allow = "ciliumnetworkpolicy/shop/p NetworkPolicy 10000 [ns shop]";
    const std::string deny = "ciliumnetworkpolicy/shop/p NetworkPolicy 0 [ns shop]";
    const std::string none = "problem /spec: has no rules: it restricts nothing\n";
    row("an empty rule allows nobody", "ingress: [{}]", allow + " ingress!\n  /spec/ingress/0: allow nobody on all\n");
    row("an empty list is none", "ingress: []", none);
    row("null is none", "egress: null", none);
    row("both directions", "ingress: [{fromEntities: [all]}], egress: [{toEntities: [all]}]",
        allow + " ingress! egress!\n  /spec/ingress/0: allow anyone on all\n  /spec/egress/0: allow anyone on all\n");
    row("told not to", "enableDefaultDeny: {ingress: false}, ingress: [{fromEntities: [all]}]",
        allow + " ingress\n  /spec/ingress/0: allow anyone on all\n");
    row("told to, without rules", "enableDefaultDeny: {egress: true}, ingress: [{fromEntities: [all]}]",
        allow + " ingress! egress!\n  /spec/ingress/0: allow anyone on all\n");
    row("denying rules alone isolate", "ingressDeny: [{fromEntities: [world]}]",
        deny + " ingress!\n  /spec/ingressDeny/0: deny outside on all\n");
    row("denying rules alone, told not to",
        "enableDefaultDeny: {ingress: false}, ingressDeny: [{fromEntities: [world]}]",
        deny + " ingress\n  /spec/ingressDeny/0: deny outside on all\n");
    row("denying rules come first", "ingress: [{fromEntities: [all]}], ingressDeny: [{fromEntities: [world]}]",
        deny + " ingress\n  /spec/ingressDeny/0: deny outside on all\n" + allow
            + " ingress!\n  /spec/ingress/0: allow anyone on all\n");
    row("an empty denying rule denies nobody", "egressDeny: [{}]",
        deny + " egress!\n  /spec/egressDeny/0: deny nobody on all\n");
}

void tst_ReadCilium::isolation()
{
    QFETCH(std::string, sections);
    QFETCH(std::string, expected);
    QCOMPARE(read(cnp + "spec: {endpointSelector: {}, " + sections + "}\n"), expected);
}

void tst_ReadCilium::ingressPeers_data()
{
    QTest::addColumn<std::string>("head");
    QTest::addColumn<std::string>("rule");
    QTest::addColumn<std::string>("more");
    QTest::addColumn<std::string>("expected");
    const auto row = [](const char* situation, const std::string& head, const char* rule, const std::string& expected,
                         const std::string& more = {}) {
        QTest::addRow("%s", situation) << head << std::string(rule) << more << expected;
    };
    const std::string pointer = "  /spec/ingress/0: ";
    row("endpoints of the own namespace", cnp, "fromEndpoints: [{}]", pointer + "allow pods[ns shop] on all\n");
    row("endpoints by label", cnp, "fromEndpoints: [{matchLabels: {app: a}}, {matchLabels: {app: b}}]",
        pointer + "allow pods[ns shop app=a] or pods[ns shop app=b] on all\n");
    row("endpoints of another namespace", cnp,
        "fromEndpoints: [{matchLabels: {'k8s:io.kubernetes.pod.namespace': x, app: a}}]",
        pointer + "allow pods[@namespace=x,app=a] on all\n");
    row("endpoints of every namespace", cnp,
        "fromEndpoints: [{matchExpressions: [{key: io.kubernetes.pod.namespace, operator: Exists}]}]",
        pointer + "allow pods[@namespace] on all\n");
    row("endpoints by labels of namespaces", cnp,
        "fromEndpoints: [{matchLabels: {'k8s:io.cilium.k8s.namespace.labels.team': a}}]",
        pointer + "allow pods[@namespace/team=a] on all\n");
    row("endpoints of the cluster", ccnp, "fromEndpoints: [{}]", pointer + "allow pods[] on all\n");
    row("no endpoints", cnp, "fromEndpoints: []", pointer + "allow nobody on all\n");
    row("no endpoints, a port", cnp, "fromEndpoints: [], toPorts: [{ports: [{port: '80', protocol: TCP}]}]",
        pointer + "allow nobody on TCP 80\n");
    row("a reserved label is an entity", cnp, "fromEndpoints: [{matchLabels: {'reserved:host': ''}}]",
        pointer + "allow own node on all\n");
    row("absence of a reserved label", cnp,
        "fromEndpoints: [{matchExpressions: [{key: 'reserved:world', operator: DoesNotExist}]}]",
        pointer
            + "allow unreadable[reserved labels of Cilium] on all maybe: it selects by the absence of reserved "
              "labels\n");
    row("own cluster", cnp, "fromEndpoints: [{matchLabels: {io.cilium.k8s.policy.cluster: east}}]",
        pointer + "allow pods[ns shop] on all\n", config);
    row("another cluster", cnp, "fromEndpoints: [{matchLabels: {io.cilium.k8s.policy.cluster: west}}]",
        pointer + "allow pods[never] on all\n", config);
    row("a cluster that is not known", cnp, "fromEndpoints: [{matchLabels: {io.cilium.k8s.policy.cluster: west}}]",
        pointer + "allow pods[ns shop] on all maybe: it selects by the name of the cluster, which is not known\n");
    row("entities", cnp, "fromEntities: [world, cluster, host, remote-node]",
        pointer + "allow outside or pods[] or nodes or own node or other nodes on all\n");
    row("one family of the world", cnp, "fromEntities: [world-ipv4]", pointer + "allow addresses[0.0.0.0/0] on all\n");
    row("entities that nothing here is", cnp, "fromEntities: [ingress, health, init]",
        pointer + "allow nobody on all\n");
    row("unmanaged pods", cnp, "fromEntities: [unmanaged]",
        pointer + "allow pods[] on all maybe: it matches pods that Cilium does not manage\n");
    row("API servers", cnp, "fromEntities: [kube-apiserver]", pointer + "allow addresses[10.1.0.2/32]+pods on all\n",
        apiServer);
    row("API servers that are not known", cnp, "fromEntities: [kube-apiserver, host]",
        pointer + "allow own node on all\n" + pointer
            + "allow nodes or outside on all maybe: it matches the API servers, whose addresses the source does not "
              "tell\n");
    row("addresses", cnp, "fromCIDR: [10.0.0.0/8, 192.0.2.1, '2001:db8::/32']",
        pointer + "allow addresses[10.0.0.0/8] or addresses[192.0.2.1/32] or addresses[2001:db8::/32] on all\n");
    row("addresses with a hole", cnp, "fromCIDRSet: [{cidr: 10.0.0.0/8, except: [10.128.0.0/9]}]",
        pointer + "allow addresses[10.0.0.0/9] on all\n");
    row("groups of addresses", cnp, "fromCIDRSet: [{cidrGroupRef: office, except: [192.0.2.0/26]}]",
        pointer + "allow addresses[192.0.2.64/26,198.51.100.0/24] on all\n", group);
    row("groups of addresses by label", cnp, "fromCIDRSet: [{cidrGroupSelector: {matchLabels: {use: people}}}]",
        pointer + "allow addresses[192.0.2.0/25,198.51.100.0/24] on all\n", group);
    row("a group that there is not", cnp, "fromCIDRSet: [{cidrGroupRef: gone}]", pointer + "allow addresses[] on all\n",
        group);
    row("a group that is not in the source", cnp, "fromCIDRSet: [{cidrGroupRef: office}]",
        pointer + "allow outside on all maybe: it names a CiliumCIDRGroup that is not in the source\n");
    row("nodes by label", cnp, "fromNodes: [{matchLabels: {role: edge}}]", pointer + "allow nodes[role=edge] on all\n",
        config);
    row("nodes by label, without the setting", cnp, "fromNodes: [{matchLabels: {role: edge}}]",
        pointer
            + "allow nodes[role=edge] on all maybe: Cilium matches nodes by label only with "
              "enable-node-selector-labels\n");
    row("requirements", cnp, "fromEndpoints: [{}], fromRequires: [{matchLabels: {a: b}}]",
        pointer
            + "allow pods[ns shop] on all maybe: it has fromRequires, which limits all rules for its pods and which "
              "Cilium 1.19 ignores\n");
}

void tst_ReadCilium::ingressPeers()
{
    QFETCH(std::string, head);
    QFETCH(std::string, rule);
    QFETCH(std::string, more);
    QFETCH(std::string, expected);
    QCOMPARE(rulesOf(head, "ingress: [{" + rule + "}]", more), expected);
}

void tst_ReadCilium::egressPeers_data()
{
    QTest::addColumn<std::string>("rule");
    QTest::addColumn<std::string>("expected");
    const auto row = [](const char* situation, const char* rule, const std::string& expected) {
        QTest::addRow("%s", situation) << std::string(rule) << "  /spec/egress/0: " + expected + '\n';
    };
    row("a Service by name", "toServices: [{k8sService: {serviceName: db, namespace: data}}]",
        "allow pods[ns data app=db] on all");
    row("a Service of another namespace", "toServices: [{k8sService: {serviceName: db, namespace: shop}}]",
        "allow nobody on all");
    row("Services by label", "toServices: [{k8sServiceSelector: {selector: {matchLabels: {tier: store}}}}]",
        "allow pods[ns data app=db] on all");
    row("a Service without selector", "toServices: [{k8sService: {serviceName: legacy, namespace: data}}]",
        "allow outside on all maybe: it matches the addresses of a Service without selector");
    row("names", "toFQDNs: [{matchName: example.com}, {matchPattern: '*.example.org'}]",
        "allow domains[example.com, *.example.org] on all");
    row("groups of a provider", "toGroups: [{aws: {securityGroupsIds: [sg-1]}}]",
        "allow outside on all maybe: it matches the addresses of groups of a cloud provider");
    row("endpoints", "toEndpoints: [{matchLabels: {app: a}}]", "allow pods[ns shop app=a] on all");
}

void tst_ReadCilium::egressPeers()
{
    QFETCH(std::string, rule);
    QFETCH(std::string, expected);
    QCOMPARE(rulesOf(cnp, "egress: [{" + rule + "}]", service), expected);
}

void tst_ReadCilium::ports_data()
{
    QTest::addColumn<std::string>("rule");
    QTest::addColumn<std::string>("expected");
    const auto row = [](const char* situation, const char* rule, const std::string& expected) {
        QTest::addRow("%s", situation) << std::string(rule) << expected;
    };
    const std::string pointer = "  /spec/egress/0: allow anyone on ";
    row("of every protocol", "toPorts: [{ports: [{port: '53'}, {port: '54', protocol: ANY}]}]",
        pointer + "any 53,any 54\n");
    row("of a protocol", "toPorts: [{ports: [{port: '53', protocol: UDP}, {port: 80, protocol: tcp}]}]",
        pointer + "UDP 53,TCP 80\n");
    row("a range", "toPorts: [{ports: [{port: '80', endPort: 90, protocol: TCP}]}]", pointer + "TCP 80-90\n");
    row("an end before the begin", "toPorts: [{ports: [{port: '80', endPort: 9, protocol: TCP}]}]",
        pointer + "TCP 80\n");
    row("zero is every port", "toPorts: [{ports: [{port: '0', protocol: SCTP}]}]", pointer + "SCTP all\n");
    row("a name", "toPorts: [{ports: [{port: Web, protocol: TCP}]}]", pointer + "TCP web\n");
    row("several lists", "toPorts: [{ports: [{port: '1', protocol: TCP}]}, {ports: [{port: '2', protocol: TCP}]}]",
        pointer + "TCP 1,TCP 2\n");
    row("no ports in a list", "toPorts: [{}]", pointer + "none\n");
    row("peers as well", "toEndpoints: [{}], toPorts: [{ports: [{port: '1', protocol: TCP}]}]",
        "  /spec/egress/0: allow pods[ns shop] on TCP 1\n");
    row("ICMP alone", "icmps: [{fields: [{type: 8}]}]", pointer + "none\n");
    row("requests", "toPorts: [{ports: [{port: '80', protocol: TCP}], rules: {http: [{method: GET}]}}]",
        pointer + "TCP 80 (L7)\n");
    row("requests on one of two",
        "toPorts: [{ports: [{port: '80', protocol: TCP}], rules: {http: [{}]}}, {ports: [{port: '81', protocol: "
        "TCP}]}]",
        pointer + "TCP 81\n" + pointer + "TCP 80 (L7)\n");
    row("some names", "toPorts: [{ports: [{port: '53'}], rules: {dns: [{matchName: example.com}]}}]",
        pointer + "any 53 (L7)\n");
    row("every name", "toPorts: [{ports: [{port: '53'}], rules: {dns: [{matchPattern: '*'}]}}]", pointer + "any 53\n");
    row("names of servers", "toPorts: [{ports: [{port: '443', protocol: TCP}], serverNames: [example.com]}]",
        pointer + "TCP 443 (L7)\n");
}

void tst_ReadCilium::ports()
{
    QFETCH(std::string, rule);
    QFETCH(std::string, expected);
    QCOMPARE(rulesOf(cnp, "egress: [{" + rule + "}]"), expected);
}

void tst_ReadCilium::brokenParts_data()
{
    QTest::addColumn<std::string>("section");
    QTest::addColumn<std::string>("expected");
    const auto row = [](const char* situation, const char* section, const std::string& expected) {
        QTest::addRow("%s", situation) << std::string(section) << expected;
    };
    row("no CIDR", "ingress: [{fromCIDR: [10.0.0.0/33, 10.0.0.0/8]}]",
        "  /spec/ingress/0: allow addresses[10.0.0.0/8] on all\nproblem /spec/ingress/0/fromCIDR/0: 10.0.0.0/33 is "
        "neither an address nor a CIDR: it allows nobody\n");
    row("no CIDR, denied", "ingressDeny: [{fromCIDRSet: [{cidr: x}]}]",
        "  /spec/ingressDeny/0: deny unreadable[a peer that cannot be read] on all\nproblem "
        "/spec/ingressDeny/0/fromCIDRSet/0: x is not a CIDR: it may deny everybody\n");
    row("no entity", "ingress: [{fromEntities: [moon]}]",
        "  /spec/ingress/0: allow nobody on all\nproblem /spec/ingress/0/fromEntities/0: moon is no entity that Cilium "
        "knows: it allows nobody\n");
    row("two kinds of peers", "ingress: [{fromEntities: [all], fromCIDR: [10.0.0.0/8]}]",
        "  /spec/ingress/0: allow nobody on all\nproblem /spec/ingress/0: Cilium refuses a rule that names peers in "
        "more than one way: it allows nobody\n");
    row("two kinds of peers, denied", "ingressDeny: [{fromEntities: [all], fromCIDR: [10.0.0.0/8]}]",
        "  /spec/ingressDeny/0: deny unreadable[a peer that cannot be read] on all\nproblem /spec/ingressDeny/0: "
        "Cilium "
        "refuses a rule that names peers in more than one way: it may deny everybody\n");
    row("no port", "ingress: [{toPorts: [{ports: [{port: '70000'}, {protocol: TCP}]}]}]",
        "  /spec/ingress/0: allow anyone on none\nproblem /spec/ingress/0/toPorts/0/ports/0: 70000 is no port: it "
        "matches nothing\nproblem /spec/ingress/0/toPorts/0/ports/1: names no port: it matches nothing\n");
    row("no protocol, denied", "ingressDeny: [{toPorts: [{ports: [{port: '1', protocol: X}]}]}]",
        "  /spec/ingressDeny/0: deny anyone on any all\nproblem /spec/ingressDeny/0/toPorts/0/ports/0: X is no "
        "protocol "
        "that Cilium knows: it may deny every port\n");
    row("a selector", "ingress: [{fromEndpoints: [{matchExpressions: [{key: a, operator: Near}]}]}]",
        "  /spec/ingress/0: allow nobody on all\nproblem /spec/ingress/0/fromEndpoints/0: a requirement on a has no "
        "operator that is known: it allows nobody\n");
}

void tst_ReadCilium::brokenParts()
{
    QFETCH(std::string, section);
    QFETCH(std::string, expected);
    QCOMPARE(rulesOf(cnp, section), expected);
}

// Through the engine: a shop with a web pod and a database, another namespace, a node.
void tst_ReadCilium::verdicts_data()
{
    QTest::addColumn<std::string>("policy");
    QTest::addColumn<std::string>("from");
    QTest::addColumn<std::string>("to");
    QTest::addColumn<std::string>("expected");
    const auto row
        = [](const char* situation, const std::string& policy, const char* from, const char* to, const char* expected) {
              QTest::addRow("%s", situation) << policy << std::string(from) << std::string(to) << std::string(expected);
          };
    const auto db = [](const std::string& sections) {
        return cnp + "spec: {endpointSelector: {matchLabels: {app: db}}, " + sections + "}\n";
    };
    row("own namespace", db("ingress: [{fromEndpoints: [{}]}]"), "shop/web", "shop/db", "true policy");
    row("another namespace", db("ingress: [{fromEndpoints: [{}]}]"), "other/web", "shop/db", "false policy");
    row("another namespace by label",
        db("ingress: [{fromEndpoints: [{matchLabels: {'k8s:io.kubernetes.pod.namespace': other}}]}]"), "other/web",
        "shop/db", "true policy");
    row("not selected", db("ingress: [{}]"), "other/web", "shop/web", "true default-open");
    row("an empty rule", db("ingress: [{}]"), "shop/web", "shop/db", "false policy");
    row("denied before allowed", db("ingress: [{fromEntities: [all]}], ingressDeny: [{fromEndpoints: [{}]}]"),
        "shop/web", "shop/db", "false policy");
    row("not denied", db("ingress: [{fromEntities: [all]}], ingressDeny: [{fromEndpoints: [{}]}]"), "other/web",
        "shop/db", "true policy");
    row("denied what a NetworkPolicy allows",
        db("ingressDeny: [{fromEndpoints: [{}]}]")
            + "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: n1, namespace: "
              "shop}\nspec: "
              "{podSelector: {}, ingress: [{}]}\n",
        "shop/web", "shop/db", "false policy");
    row("limits above", db("ingress: [{toPorts: [{ports: [{port: '80', protocol: TCP}], rules: {http: [{}]}}]}]"),
        "other/web", "shop/db", "true l7-restricted");
    row("another port", db("ingress: [{toPorts: [{ports: [{port: '81', protocol: TCP}]}]}]"), "shop/web", "shop/db",
        "false policy");
    row("the world", db("ingress: [{fromEntities: [world]}]"), "198.51.100.7", "shop/db", "true policy");
    row("the world is no pod", db("ingress: [{fromEntities: [world]}]"), "shop/web", "shop/db", "false policy");
    row("addresses are no pods", db("ingress: [{fromCIDR: [0.0.0.0/0]}]"), "shop/web", "shop/db", "false policy");
    row("addresses outside", db("ingress: [{fromCIDR: [0.0.0.0/0]}]"), "198.51.100.7", "shop/db", "true policy");
    row("the own service account",
        db("ingress: [{fromEndpoints: [{matchLabels: {io.cilium.k8s.policy.serviceaccount: robot}}]}]"), "shop/web",
        "shop/db", "true policy");
    row("a policy of the cluster",
        ccnp
            + "spec: {endpointSelector: {matchLabels: {app: web}}, egress: [{toEndpoints: [{matchLabels: "
              "{io.cilium.k8s.namespace.labels.team: a}}]}]}\n",
        "other/web", "shop/db", "true policy");
}

void tst_ReadCilium::verdicts()
{
    QFETCH(std::string, policy);
    QFETCH(std::string, from);
    QFETCH(std::string, to);
    QFETCH(std::string, expected);
    const auto pod = [](const char* ns, const char* name, const char* ip, const char* account) {
        return std::string("---\napiVersion: v1\nkind: Pod\nmetadata: {name: ") + name + ", namespace: " + ns
            + ", labels: {app: " + name + "}}\nspec: {serviceAccountName: " + account
            + ", containers: [{name: a, image: b}]}\nstatus: {phase: Running, podIPs: [{ip: " + ip + "}]}\n";
    };
    const network::Reach reach(
        test::clusterFrom(policy + "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {team: a}}\n"
            + pod("shop", "web", "10.0.0.1", "robot") + pod("shop", "db", "10.0.0.2", "db")
            + pod("other", "web", "10.0.0.3", "web")));
    const auto source = reach.endpoint(from);
    const auto destination = reach.endpoint(to);
    VERIFY_RESULT(source);
    VERIFY_RESULT(destination);
    const auto verdict = reach.decide(*source, *destination, network::Protocol::TCP, "80");
    VERIFY_RESULT(verdict);
    const network::Side& side = policy.find("egress:") == std::string::npos ? verdict->ingress : verdict->egress;
    QCOMPARE(std::string(toText(verdict->answer)) + ' ' + std::string(toText(side.basis)), expected);
}

QTEST_GUILESS_MAIN(tst_ReadCilium)
#include "tst_ReadCilium.moc"
