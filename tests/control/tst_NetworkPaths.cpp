// SPDX-License-Identifier: Apache-2.0
// Controls on what the engine computes and on what leads in from outside: each with what fails and what almost does.
#include "tests/control/RunControl.h"

using namespace plimsoll;

namespace {

// One pod of a workload of its own.
std::string pod(
    const std::string& ns, const std::string& name, const std::string& extra = {}, const std::string& image = "web:1")
{
    return "---\napiVersion: v1\nkind: Pod\nmetadata: {name: " + name + ", namespace: " + ns + ", labels: {app: " + name
        + "}}\nspec: {" + extra + "containers: [{name: c, image: '" + image
        + "', ports: [{name: http, containerPort: 8080}]}]}\nstatus: {phase: Running, podIP: 10.0.0.7}\n";
}

std::string policy(const std::string& spec, const std::string& ns = "shop")
{
    return "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: pol, namespace: " + ns
        + "}\nspec: {" + spec + "}\n";
}

std::string service(const std::string& spec, const std::string& more = {})
{
    return "---\napiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop" + more + "}\nspec: {" + spec
        + "}\n";
}

std::string ns(const std::string& name, const std::string& labels = {})
{
    return "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: " + name + ", labels: {" + labels + "}}\n";
}

std::string ingress(const std::string& spec, const std::string& nsName = "shop")
{
    return "---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web, namespace: " + nsName
        + "}\nspec: {" + spec + "}\n";
}

std::string gateway(const std::string& from)
{
    return "---\napiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: gw, namespace: shop}\nspec: "
           "{gatewayClassName: x, listeners: [{name: http, port: 80, protocol: HTTP, allowedRoutes: {namespaces: {"
        + from + "}}}]}\n";
}

const std::string noPolicies = "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicyList\nitems: []\n";
const std::string noServices = "---\napiVersion: v1\nkind: ServiceList\nitems: []\n";
const std::string node
    = "---\napiVersion: v1\nkind: Node\nmetadata: {name: n1}\nstatus: {addresses: [{type: InternalIP, "
      "address: 192.168.0.1}]}\n";
const std::string lb
    = "type: LoadBalancer, selector: {app: web}, ports: [{port: 80, targetPort: 8080, nodePort: 30080}]";

} // namespace

class tst_NetworkPaths : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void judges_data();
    void judges();
};

void tst_NetworkPaths::judges_data()
{
    QTest::addColumn<std::string>("control");
    QTest::addColumn<std::string>("yaml");
    QTest::addColumn<std::string>("object");
    QTest::addColumn<std::string>("expected");
    const auto row
        = [](const char* id, const char* situation, const std::string& yaml, const char* object, const char* expected) {
              QTest::addRow("%s: %s", id, situation)
                  << "PLM-" + std::string(id) << yaml << std::string(object) << std::string(expected);
          };
    const std::string web = pod("shop", "web");
    const char* const ofPolicy = "networkpolicy/shop/pol";
    row("N05", "selects nothing", web + policy("podSelector: {matchLabels: {app: wep}}"), ofPolicy, "fail");
    row("N05", "selects a pod", web + policy("podSelector: {matchLabels: {app: web}}"), ofPolicy, "pass");
    row("N05", "selects a template",
        "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: w, namespace: shop}\nspec: {replicas: 0, "
        "template: "
        "{metadata: {labels: {app: wep}}, spec: {containers: [{name: c, image: i}]}}}\n"
            + policy("podSelector: {matchLabels: {app: wep}}"),
        ofPolicy, "pass");
    row("N06", "nobody has the labels",
        web + policy("podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: wep}}}]}]"), ofPolicy,
        "fail");
    row("N06", "somebody has",
        web + policy("podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: web}}}]}]"), ofPolicy,
        "pass");
    row("N06", "a rule about everybody", web + policy("podSelector: {}, ingress: [{}]"), ofPolicy, "pass");
    row("N06", "addresses", web + policy("podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 203.0.113.0/24}}]}]"),
        ofPolicy, "pass");
    const char* const ofWeb = "pod/shop/web";
    row("N09", "a load balancer", web + service(lb), ofWeb, "fail");
    const std::string internal = ", annotations: {networking.gke.io/load-balancer-type: Internal}";
    row("N09", "an internal one", web + service(lb + ", allocateLoadBalancerNodePorts: false", internal), ofWeb,
        "pass");
    row("N09", "an internal one with node ports", web + service(lb, internal), ofWeb, "fail");
    row("N09", "of other pods", pod("shop", "db") + service(lb), "pod/shop/db", "pass");
    row("N09", "closed by a policy, client address kept",
        web + service(lb + ", externalTrafficPolicy: Local")
            + policy("podSelector: {}, ingress: [{from: [{podSelector: {}}]}]"),
        ofWeb, "pass");
    row("N09", "closed by a policy, client address hidden",
        web + service(lb) + policy("podSelector: {}, ingress: [{from: [{podSelector: {}}]}]"), ofWeb, "not assessed");
    row("N09", "inside alone", web + service("selector: {app: web}, ports: [{port: 80}]"), ofWeb, "pass");
    row("N12", "no ranges", web + service(lb), "service/shop/web", "fail");
    row("N12", "ranges", web + service(lb + ", loadBalancerSourceRanges: [203.0.113.0/24]"), "service/shop/web",
        "pass");
    row("N12", "ranges that are everything", web + service(lb + ", loadBalancerSourceRanges: [0.0.0.0/0]"),
        "service/shop/web", "fail");
    row("N13", "a dashboard outside", pod("shop", "web", {}, "docker.io/kubernetesui/dashboard:v2.7.0") + service(lb),
        ofWeb, "fail");
    row("N13", "a dashboard inside", pod("shop", "web", {}, "docker.io/kubernetesui/dashboard:v2.7.0") + noServices,
        ofWeb, "pass");
    row("N14", "a person has to try", web + service(lb), "", "not assessed");
    row("N15", "nothing restricts", web + noPolicies, ofWeb, "fail");
    row("N15", "denied", web + policy("podSelector: {}, policyTypes: [Egress]"), ofWeb, "pass");
    row("N15", "excepted",
        web
            + policy("podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0, except: "
                     "[169.254.169.254/32]}}]}]"),
        ofWeb, "pass");
    row("N15", "another port alone",
        web + policy("podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: 443}]}]"), ofWeb, "pass");
    row("N15", "in the network of the node", pod("shop", "web", "hostNetwork: true, ") + noPolicies, ofWeb,
        "not assessed");
    row("N16", "nothing restricts", web + node + noPolicies, ofWeb, "fail");
    row("N16", "denied", web + node + policy("podSelector: {}, policyTypes: [Egress]"), ofWeb, "pass");
    row("N16", "the nodes excepted",
        web + node
            + policy("podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0, except: "
                     "[192.168.0.0/16]}}]}]"),
        ofWeb, "pass");
    row("N17", "selected", pod("shop", "web", "hostNetwork: true, ") + policy("podSelector: {}"), ofWeb, "fail");
    row("N17", "not selected",
        pod("shop", "web", "hostNetwork: true, ") + policy("podSelector: {matchLabels: {app: db}}"), ofWeb, "pass");
    const std::string twoStages = ns("shop") + ns("shop-dev") + pod("shop", "web") + pod("shop-dev", "dev");
    row("N18", "dev reaches", twoStages + noPolicies, "namespace/shop", "fail");
    row("N18", "dev does not", twoStages + policy("podSelector: {}, ingress: [{from: [{podSelector: {}}]}]"),
        "namespace/shop", "pass");
    row("N18", "labels tell",
        ns("a", "env: prod") + ns("b", "env: test") + pod("a", "web") + pod("b", "dev") + noPolicies, "namespace/a",
        "fail");
    row("N19", "no pod has the labels", web + service("selector: {app: wep}, ports: [{port: 80}]"), "service/shop/web",
        "fail");
    row("N19", "no such port", web + service("selector: {app: web}, ports: [{port: 80, targetPort: htp}]"),
        "service/shop/web", "fail");
    row("N19", "a named port", web + service("selector: {app: web}, ports: [{port: 80, targetPort: http}]"),
        "service/shop/web", "pass");
    row("N20", "an endPort without a port", web + policy("podSelector: {}, ingress: [{ports: [{endPort: 90}]}]"),
        ofPolicy, "fail");
    row("N20", "nothing broken", web + policy("podSelector: {}, ingress: [{ports: [{port: 80, endPort: 90}]}]"),
        ofPolicy, "pass");
    row("N20", "a kind that is not computed",
        web
            + "---\napiVersion: crd.antrea.io/v1beta1\nkind: NetworkPolicy\nmetadata: {name: ant, namespace: "
              "shop}\nspec: "
              "{}\n",
        "networkpolicy/shop/ant", "not assessed");
    const std::string toWeb = "http: {paths: [{path: /, backend: {service: {name: web, port: {number: 80}}}}]}";
    const std::string inside = service("selector: {app: web}, ports: [{port: 80}]");
    const char* const ofIngress = "ingress/shop/web";
    row("T05", "no such Service", web + noServices + ingress("rules: [{host: a.example, " + toWeb + "}]"), ofIngress,
        "fail");
    row("T05", "no such port",
        web + service("selector: {app: web}, ports: [{port: 81}]")
            + ingress("rules: [{host: a.example, " + toWeb + "}]"),
        ofIngress, "fail");
    row("T05", "all there", web + inside + ingress("rules: [{host: a.example, " + toWeb + "}]"), ofIngress, "pass");
    const std::string route
        = "---\napiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: r, "
          "namespace: shop}\nspec: {parentRefs: [{name: gw}], rules: [{backendRefs: [{name: web, port: "
          "80}]}]}\n";
    row("T06", "no such port",
        web + service("selector: {app: web}, ports: [{port: 81}]") + gateway("from: Same") + route, "httproute/shop/r",
        "fail");
    row("T06", "all there", web + inside + gateway("from: Same") + route, "httproute/shop/r", "pass");
    row("T08", "every host", ingress("rules: [{" + toWeb + "}]"), ofIngress, "fail");
    row("T08", "a wildcard", ingress("rules: [{host: '*.a.example', " + toWeb + "}]"), ofIngress, "fail");
    row("T08", "two namespaces", ingress("rules: [{host: a.example}]") + ingress("rules: [{host: A.example}]", "other"),
        ofIngress, "fail");
    row("T08", "a host of its own",
        ingress("rules: [{host: a.example}]") + ingress("rules: [{host: b.example}]", "other"), ofIngress, "pass");
    row("T09", "every namespace", gateway("from: All"), "gateway/shop/gw", "fail");
    row("T09", "its own", gateway("from: Same"), "gateway/shop/gw", "pass");
    row("T09", "by labels", gateway("from: Selector, selector: {matchLabels: {a: b}}"), "gateway/shop/gw", "pass");
    const auto grant = [](const std::string& to) {
        return "---\napiVersion: gateway.networking.k8s.io/v1beta1\nkind: ReferenceGrant\nmetadata: {name: g, "
               "namespace: "
               "shop}\nspec: {from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: other}], to: [{"
            + to + "}]}\n";
    };
    row("T09", "a grant of every Service", grant("group: '', kind: Service"), "referencegrant/shop/g", "fail");
    row("T09", "a grant of one", grant("group: '', kind: Service, name: web"), "referencegrant/shop/g", "pass");
}

void tst_NetworkPaths::judges()
{
    QFETCH(std::string, control);
    QFETCH(std::string, yaml);
    QFETCH(std::string, object);
    QFETCH(std::string, expected);
    const auto outcomes = test::run(control, test::clusterFrom(yaml));
    const auto found = outcomes.find(object);
    QVERIFY2(found != outcomes.end(), "no outcome for the object");
    QVERIFY2(std::string(toText(found->second.verdict)) == expected, found->second.message.c_str());
    if (expected == "fail")
        QVERIFY(!found->second.evidence.empty());
}

QTEST_GUILESS_MAIN(tst_NetworkPaths)
#include "tst_NetworkPaths.moc"
