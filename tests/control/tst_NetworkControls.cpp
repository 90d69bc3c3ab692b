// SPDX-License-Identifier: Apache-2.0
#include "tests/control/RunControl.h"

using namespace plimsoll;

namespace {

const std::string noPolicies = "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicyList\nitems: []\n";

std::string ns(const std::string& name)
{
    return "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: " + name + "}\n";
}

std::string deployment(const std::string& extra = {}, const std::string& labels = "{app: web}")
{
    return "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\nspec:\n  template:\n"
           "    metadata: {labels: "
        + labels + "}\n    spec: {" + extra + "containers: [{name: web, image: web:1}]}\n";
}

std::string policy(const std::string& spec, const std::string& nsName = "shop", const std::string& name = "p")
{
    return "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: " + name
        + ", namespace: " + nsName + "}\nspec: {" + spec + "}\n";
}

std::string service(const std::string& spec)
{
    return "---\napiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\nspec: {" + spec + "}\n";
}

std::string daemonSet(const std::string& containers)
{
    return "---\napiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: cni, namespace: kube-system}\nspec:\n  "
           "template:\n"
           "    metadata: {labels: {app: cni}}\n    spec: {containers: ["
        + containers + "]}\n";
}

} // namespace

class tst_NetworkControls : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void judges_data();
    void judges();
    void countsPodsThatAreOpen();
    void remedyOfNodePort();
};

void tst_NetworkControls::judges_data()
{
    QTest::addColumn<std::string>("control");
    QTest::addColumn<std::string>("yaml");
    QTest::addColumn<std::string>("expected");
    const auto row = [](const char* situation, const char* id, const std::string& yaml, const std::string& expected) {
        QTest::addRow("%s: %s", id, situation) << "PLM-" + std::string(id) << yaml << expected;
    };
    const std::string web = "deployment/shop/web ";
    row("no policy in the cluster", "N01", deployment() + noPolicies, web + "fail\n");
    row("NetworkPolicies are not in the source", "N01", deployment(), "- not assessed\n");
    row("a missing podSelector selects every pod", "N01", deployment() + policy("policyTypes: [Ingress]"),
        web + "pass\n");
    row("policyTypes default to Ingress", "N01", deployment() + policy("podSelector: {matchLabels: {app: web}}"),
        web + "pass\n");
    row("other labels", "N01", deployment() + policy("podSelector: {matchLabels: {app: db}}"), web + "fail\n");
    row("NotIn matches a pod without the key", "N01",
        deployment() + policy("podSelector: {matchExpressions: [{key: tier, operator: NotIn, values: [db]}]}"),
        web + "pass\n");
    row("a policy of another namespace", "N01", deployment() + policy("podSelector: {}", "other"), web + "fail\n");
    row("an egress policy does not isolate ingress", "N01",
        deployment() + policy("podSelector: {}, policyTypes: [Egress]"), web + "fail\n");
    row("the network of the node", "N01", deployment("hostNetwork: true, ") + policy("podSelector: {}"),
        web + "not assessed\n");
    const auto cilium = [](const std::string& spec, const std::string& nsName = "shop") {
        return "---\napiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: c, namespace: " + nsName
            + "}\nspec: {" + spec + "}\n";
    };
    row("a Cilium policy that isolates", "N01",
        deployment() + noPolicies + cilium("endpointSelector: {matchLabels: {'k8s:app': web}}, ingress: [{}]"),
        web + "pass\n");
    row("Cilium alone, NetworkPolicies are not in the source", "N01",
        deployment() + cilium("endpointSelector: {}, ingress: [{}]"), web + "pass\n");
    row("Cilium for another direction", "N01", deployment() + noPolicies + cilium("endpointSelector: {}, egress: [{}]"),
        web + "fail\n");
    row("Cilium without default deny", "N01",
        deployment() + noPolicies + cilium("endpointSelector: {}, ingress: [{}], enableDefaultDeny: {ingress: false}"),
        web + "fail\n");
    row("Cilium for other pods, NetworkPolicies are not in the source", "N01",
        deployment() + cilium("endpointSelector: {matchLabels: {app: db}}, ingress: [{}]"), web + "not assessed\n");
    row("Cilium by another service account", "N01",
        deployment() + noPolicies
            + cilium("endpointSelector: {matchLabels: {io.cilium.k8s.policy.serviceaccount: a}}, ingress: [{}]"),
        web + "fail\n");
    row("Cilium by the service account", "N01",
        deployment() + noPolicies
            + cilium("endpointSelector: {matchLabels: {io.cilium.k8s.policy.serviceaccount: default}}, ingress: [{}]"),
        web + "pass\n");
    row("an Antrea policy in the namespace may do it", "N01",
        deployment() + noPolicies
            + "---\napiVersion: crd.antrea.io/v1beta1\nkind: NetworkPolicy\nmetadata: {name: c, namespace: shop}\n",
        web + "not assessed\n");
    row("a Calico policy in the namespace does it", "N01",
        deployment() + noPolicies
            + "---\napiVersion: crd.projectcalico.org/v1\nkind: NetworkPolicy\nmetadata: {name: c, namespace: shop}\n",
        web + "pass\n");
    row("a Cilium policy in another namespace does not", "N01",
        deployment() + noPolicies
            + "---\napiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: c, namespace: db}\nspec: "
              "{}\n",
        web + "fail\n");
    row("a ClusterNetworkPolicy about a namespace that is not there", "N01",
        deployment() + noPolicies
            + "---\napiVersion: policy.networking.k8s.io/v1alpha2\nkind: ClusterNetworkPolicy\nmetadata: {name: "
              "c}\nspec: "
              "{subject: {namespaces: {matchLabels: {kubernetes.io/metadata.name: gone}}}}\n",
        web + "fail\n");

    row("ingress rules only", "N02", deployment() + policy("podSelector: {}"), web + "fail\n");
    row("an empty list of egress rules does not default to Egress", "N02",
        deployment() + policy("podSelector: {}, egress: []"), web + "fail\n");
    row("egress rules default to Egress", "N02",
        deployment() + policy("podSelector: {}, egress: [{to: [{podSelector: {}}]}]"), web + "pass\n");
    row("NetworkPolicies are not in the source", "N02", deployment(), "- not assessed\n");

    row("with and without", "N03", ns("shop") + ns("db") + policy("podSelector: {}"),
        "namespace/db fail\nnamespace/shop pass\n");
    row("namespaces of Kubernetes without pods", "N03", ns("kube-public") + ns("kube-node-lease") + noPolicies, "");
    row("a policy of Calico is a policy", "N03",
        ns("shop") + noPolicies
            + "---\napiVersion: crd.projectcalico.org/v1\nkind: NetworkPolicy\nmetadata: {name: c, namespace: shop}\n",
        "namespace/shop pass\n");
    row("only a cluster-wide policy of Calico", "N03",
        ns("shop") + noPolicies
            + "---\napiVersion: crd.projectcalico.org/v1\nkind: GlobalNetworkPolicy\nmetadata: {name: c}\n",
        "namespace/shop pass\n");
    row("Namespaces are not in the source", "N03", deployment() + noPolicies, "- not assessed\n");

    row("one policy for both", "N04", ns("shop") + policy("podSelector: {}, policyTypes: [Ingress, Egress]"),
        "namespace/shop pass\n");
    row("ingress alone", "N04", ns("shop") + policy("podSelector: {}"), "namespace/shop fail\n");
    row("some pods only", "N04",
        ns("shop") + policy("podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress, Egress]"),
        "namespace/shop fail\n");
    row("a rule that allows everything takes it back", "N04",
        ns("shop") + policy("podSelector: {}, policyTypes: [Ingress, Egress], egress: [{}]"), "namespace/shop fail\n");
    row("two policies", "N04",
        ns("shop") + policy("podSelector: {}") + policy("podSelector: {}, policyTypes: [Egress]", "shop", "q"),
        "namespace/shop pass\n");
    row("NetworkPolicies are not in the source", "N04", ns("shop"), "- not assessed\n");

    const std::string one = "networkpolicy/shop/p ";
    row("an empty rule", "N07", policy("podSelector: {}, ingress: [{}]"), one + "fail\n");
    row("no rule denies", "N07", policy("podSelector: {}"), one + "pass\n");
    row("an empty list of peers with a port", "N07",
        policy("podSelector: {}, ingress: [{from: [], ports: [{port: 80}]}]"), one + "fail\n");
    row("named peers", "N07", policy("podSelector: {}, ingress: [{from: [{podSelector: {}}]}]"), one + "pass\n");
    row("every IPv4 address", "N07",
        policy("podSelector: {}, ingress: [{from: [{podSelector: {}}, {ipBlock: {cidr: 0.0.0.0/0}}]}]"),
        one + "fail\n");
    row("every IPv6 address", "N07", policy("podSelector: {}, egress: [{to: [{ipBlock: {cidr: '::/0'}}]}]"),
        one + "fail\n");
    row("the internet without private ranges on one port", "N07",
        policy("podSelector: {}, egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8]}}], ports: [{port: "
               "443}]}]"),
        one + "pass\n");
    row("the internet without private ranges on every port", "N07",
        policy("podSelector: {}, egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8]}}]}]"),
        one + "fail\n");
    row("a range", "N07", policy("podSelector: {}, egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8}}]}]"), one + "pass\n");
    row("rules of a direction that is not in policyTypes", "N07",
        policy("podSelector: {}, policyTypes: [Egress], ingress: [{}]"), one + "pass\n");
    row("DNS to everywhere", "N07",
        policy("podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: 53, protocol: UDP}, {port: 53}]}]"),
        one + "pass\n");
    row("NetworkPolicies are not in the source", "N07", deployment(), "- not assessed\n");

    const std::string cni = "daemonset/kube-system/cni ";
    row("Calico", "N08", daemonSet("{name: a, image: 'quay.io/calico/node:v3.30.0'}"), cni + "pass\n");
    row("Cilium by digest", "N08", daemonSet("{name: a, image: 'quay.io/cilium/cilium:v1.18.1@sha256:ab'}"),
        cni + "pass\n");
    row("Flannel", "N08", daemonSet("{name: a, image: 'ghcr.io/flannel-io/flannel:v0.26'}"), cni + "fail\n");
    row("Canal: Flannel and Calico in one", "N08",
        daemonSet("{name: a, image: 'flannel/flannel:v1'}, {name: b, image: 'rancher/mirrored-calico-node:v3'}"),
        cni + "pass\n");
    row("an old kindnet", "N08", daemonSet("{name: a, image: 'kindest/kindnetd:v20230511-dc714da8'}"), cni + "fail\n");
    row("a new kindnet", "N08", daemonSet("{name: a, image: 'kindest/kindnetd:v20240813-c6f155d6'}"), cni + "pass\n");
    row("AWS without agent", "N08", daemonSet("{name: a, image: 'x.amazonaws.com/amazon-k8s-cni:v1.18'}"),
        cni + "fail\n");
    row("AWS with agent", "N08",
        daemonSet("{name: a, image: 'x.amazonaws.com/amazon-k8s-cni:v1.18'}, {name: b, image: agent:1, args: "
                  "[--enable-network-policy=true]}"),
        cni + "pass\n");
    row("Azure depends on its mode", "N08", daemonSet("{name: a, image: 'mcr.microsoft.com/azure-cns:v1'}"),
        cni + "not assessed\n");
    row("no plugin that is known", "N08", daemonSet("{name: a, image: 'example.com/agent:1'}"), "- not assessed\n");
    row("DaemonSets are not in the source", "N08", deployment(), "- not assessed\n");

    row("NodePort", "N10", service("type: NodePort, ports: [{port: 80, nodePort: 30080}]"), "service/shop/web fail\n");
    row("ClusterIP by default", "N10", service("ports: [{port: 80}]"), "service/shop/web pass\n");
    row("Services are not in the source", "N10", deployment(), "- not assessed\n");

    row("an address", "N11", service("externalIPs: [203.0.113.7], ports: [{port: 80}]"), "service/shop/web fail\n");
    row("none", "N11", service("ports: [{port: 80}]"), "service/shop/web pass\n");
    row("Services are not in the source", "N11", deployment(), "- not assessed\n");
}

void tst_NetworkControls::judges()
{
    QFETCH(std::string, control);
    QFETCH(std::string, yaml);
    QFETCH(std::string, expected);
    const auto outcomes = test::run(control, test::clusterFrom(yaml));
    QCOMPARE(test::verdictLines(outcomes), expected);
    QVERIFY(test::isComplete(outcomes));
}

void tst_NetworkControls::countsPodsThatAreOpen()
{
    std::string yaml = policy("podSelector: {matchLabels: {track: stable}}");
    yaml += "---\napiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db, namespace: shop, uid: u1}\n"
            "spec: {template: {spec: {containers: [{name: db, image: db:1}]}}}\n";
    for (const std::string track : { "stable", "canary", "canary2" }) {
        yaml += "---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: db-" + track
            + "\n  namespace: shop\n  labels: {track: " + track
            + "}\n  ownerReferences: [{apiVersion: apps/v1, kind: StatefulSet, name: db, uid: u1, controller: true}]\n"
            + "spec: {containers: [{name: db, image: db:1}]}\nstatus: {phase: Running}\n";
    }
    const auto outcomes = test::run("PLM-N01", test::clusterFrom(yaml));
    QCOMPARE(test::verdictLines(outcomes), std::string("statefulset/shop/db fail\n"));
    QCOMPARE(outcomes.begin()->second.affected, 2u);
    QVERIFY(outcomes.begin()->second.message.find("2 of its pods") != std::string::npos);
}

void tst_NetworkControls::remedyOfNodePort()
{
    const auto outcomes = test::run("PLM-N10", test::clusterFrom(service("type: NodePort, ports: [{port: 80}]")));
    const cluster::Patch& patch = outcomes.at("service/shop/web").patch;
    QCOMPARE(patch.edits.size(), std::size_t(1));
    QCOMPARE(patch.edits[0].pointer + ' ' + patch.edits[0].json, std::string("/spec/type \"ClusterIP\""));
}

QTEST_GUILESS_MAIN(tst_NetworkControls)
#include "tst_NetworkControls.moc"
