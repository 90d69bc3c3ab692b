// SPDX-License-Identifier: Apache-2.0
#include "core/components/IntrusionDetection.h"
#include "core/base/Text.h"
#include "tests/support/Support.h"

using namespace plimsoll;
using namespace plimsoll::components;
using namespace plimsoll::test;

namespace {

struct DaemonText {
    std::string image = "falcosecurity/falco:0.41.0", labels = "app: watcher", spec = "", env = "", kind = "DaemonSet",
                name = "watcher";
};

std::string daemon(const DaemonText& text)
{
    return "---\napiVersion: apps/v1\nkind: " + text.kind + "\nmetadata: {name: " + text.name
        + ", namespace: watch, uid: u-" + text.name + ", labels: {" + text.labels
        + "}}\nspec:\n  selector: {matchLabels: {app: watcher}}\n  template:\n    metadata: {labels: {app: watcher}}\n"
          "    spec:\n      containers:\n      - name: main\n        image: "
        + text.image + '\n' + (text.env.empty() ? "" : "        env: [{name: " + text.env + ", value: 'true'}]\n")
        + text.spec;
}

std::string node(const std::string& name, const std::string& labels = "kubernetes.io/os: linux",
    const std::string& spec = "{}", const std::string& os = "linux")
{
    return "---\napiVersion: v1\nkind: Node\nmetadata: {name: " + name + ", labels: {" + labels + "}}\nspec: " + spec
        + "\nstatus: {nodeInfo: {operatingSystem: " + os + "}}\n";
}

std::string pod(const std::string& onNode, const std::string& ready = "'True'", const std::string& owner = "watcher",
    const std::string& image = "falcosecurity/falco:0.41.0")
{
    return "---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: " + owner + "-" + onNode
        + "\n  namespace: watch\n  ownerReferences: [{apiVersion: apps/v1, kind: DaemonSet, name: " + owner
        + ", uid: u-" + owner + ", controller: true}]\nspec:\n  nodeName: " + onNode
        + "\n  containers: [{name: main, image: '" + image
        + "'}]\nstatus:\n  phase: Running\n"
          "  conditions: [{type: Ready, status: "
        + ready + "}]\n  containerStatuses: [{name: main, state: {waiting: {reason: CrashLoopBackOff}}}]\n";
}

// "Falco 1/2: n2 no pod", one line a product; then what nobody watches.
std::string print(const cluster::Cluster& cluster, const IntrusionDetection& found)
{
    std::string out;
    for (const auto& one : found.products) {
        out += one.product + ' ' + std::to_string(one.watched) + '/' + std::to_string(one.nodes);
        for (const auto& gap : one.gaps)
            out += "; " + std::string(cluster.text(cluster.object(gap.node).name)) + ' '
                + std::string(toText(gap.reason)) + ": " + gap.detail;
        out += '\n';
    }
    for (const auto& gap : found.unwatched)
        out += "nobody: " + std::string(cluster.text(cluster.object(gap.node).name)) + '\n';
    return out;
}

} // namespace

class TestIntrusionDetection : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void recognises_data();
    void recognises();
    void coverage_data();
    void coverage();
    void severalProducts();
    void saysWhatIsMissing();
    void harbor();
};

void TestIntrusionDetection::recognises_data()
{
    QTest::addColumn<QString>("yaml");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* name, const DaemonText& text, const char* expected) {
        QTest::addRow("%s", name) << q(daemon(text)) << QString::fromUtf8(expected);
    };
    const auto image = [&](const char* text, const char* expected) { row(text, { .image = text }, expected); };
    image("falcosecurity/falco:0.41.0", "Falco, image falcosecurity/falco:0.41.0 of container main");
    image("registry.example.com:5000/mirror/falcosecurity/falco-no-driver@sha256:"
          "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "Falco, image registry.example.com:5000/mirror/falcosecurity/falco-no-driver@sha256:"
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef of container main");
    image("rancher/mirrored-falcosecurity-falco:1",
        "Falco, image rancher/mirrored-falcosecurity-falco:1 of container main");
    image("registry.example.com/falco", "Falco?, image registry.example.com/falco, by the last part of its name alone");
    image("quay.io/cilium/tetragon:v1.4.0", "Tetragon, image quay.io/cilium/tetragon:v1.4.0 of container main");
    image("kubearmor/kubearmor:stable", "KubeArmor, image kubearmor/kubearmor:stable of container main");
    image("aquasec/tracee:0.23", "Tracee, image aquasec/tracee:0.23 of container main");
    image("quay.io/sysdig/agent-slim:13", "Sysdig, image quay.io/sysdig/agent-slim:13 of container main");
    image("docker.io/neuvector/enforcer:5.4", "NeuVector, image docker.io/neuvector/enforcer:5.4 of container main");
    image("registry.redhat.io/advanced-cluster-security/rhacs-collector-rhel8:4.8",
        "StackRox (RHACS) collector, image registry.redhat.io/advanced-cluster-security/rhacs-collector-rhel8:4.8 of "
        "container main");
    image("registry.aquasec.com/enforcer:2022.4",
        "Aqua Enforcer, image registry.aquasec.com/enforcer:2022.4 of container main");
    image("registry.crowdstrike.com/falcon-sensor/us-1/release/falcon-sensor:7",
        "CrowdStrike Falcon, image registry.crowdstrike.com/falcon-sensor/us-1/release/falcon-sensor:7 of container "
        "main");
    image("602401143452.dkr.ecr.eu-west-1.amazonaws.com/aws-guardduty-agent:v1.10.0",
        "Amazon GuardDuty?, image 602401143452.dkr.ecr.eu-west-1.amazonaws.com/aws-guardduty-agent:v1.10.0, by the "
        "last "
        "part of its name alone");
    image("mcr.microsoft.com/azuredefender/stable/low-level-collector:2.0",
        "Microsoft Defender, image mcr.microsoft.com/azuredefender/stable/low-level-collector:2.0 of container main");
    // Near misses: parts of the products that watch nothing, and names that only look alike.
    image("falcosecurity/falcosidekick:2", "");
    image("falcosecurity/falcoctl:0.11", "");
    image("quay.io/cilium/tetragon-operator:v1.4.0", "");
    image("notfalcosecurity/falco-exporter:1", "");
    image("neuvector/controller:5.4", "");
    image("stackrox/collectors:1", "");
    image("gcr.io/datadoghq/agent:7", "");
    row("Datadog, switched on", { .image = "gcr.io/datadoghq/agent:7", .env = "DD_RUNTIME_SECURITY_CONFIG_ENABLED" },
        "Datadog Workload Protection, image gcr.io/datadoghq/agent:7 of container main");
    row("by label", { .image = "registry.example.com/security/f:1", .labels = "app.kubernetes.io/name: falco" },
        "Falco?, label app.kubernetes.io/name=falco");
    row("by label, not on nodes", { .image = "x/f:1", .labels = "app.kubernetes.io/name: falco", .kind = "Deployment" },
        "");
    row("by name, not on nodes", { .image = "example.com/falco:1", .kind = "Deployment" }, "");
    row("not on nodes", { .kind = "Deployment" }, "Falco-, image falcosecurity/falco:0.41.0 of container main");
}

void TestIntrusionDetection::recognises()
{
    QFETCH(QString, yaml);
    QFETCH(QString, expected);
    const auto cluster = clusterFrom(yaml.toStdString());
    std::string found;
    for (const auto& product : intrusionDetection(*cluster).products) {
        for (const auto& agent : product.agents)
            found += agent.product + (agent.isWeak ? "?" : "") + (agent.isOnNodes ? "" : "-") + ", " + agent.evidence;
    }
    QCOMPARE(q(found), expected);
}

void TestIntrusionDetection::coverage_data()
{
    QTest::addColumn<QString>("yaml");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* name, const std::string& yaml, const char* expected) {
        QTest::addRow("%s", name) << q(yaml) << QString::fromUtf8(expected);
    };
    const std::string one = node("n1") + pod("n1");
    row("on every node", daemon({}) + one + node("n2") + pod("n2"), "Falco 2/2\n");
    row("no pod", daemon({}) + one + node("n2"),
        "Falco 1/2; n2 no pod: there is no pod of it on the node\nnobody: n2\n");
    row("not ready", daemon({}) + one + node("n2") + pod("n2", "'False'"),
        "Falco 1/2; n2 not ready: pod watcher-n2 is not ready, main: CrashLoopBackOff\nnobody: n2\n");
    const std::string taint = "{taints: [{key: node-role.kubernetes.io/control-plane, effect: NoSchedule}]}";
    row("a taint", daemon({}) + one + node("n2", "kubernetes.io/os: linux", taint),
        "Falco 1/2; n2 taint not tolerated: the taint node-role.kubernetes.io/control-plane:NoSchedule is not "
        "tolerated\nnobody: n2\n");
    row("a taint with a value",
        daemon({ .spec = "      tolerations: [{key: pool, operator: Equal, value: a, effect: NoSchedule}]\n" }) + one
            + node("n2", "a: b", "{taints: [{key: pool, value: b, effect: NoSchedule}]}")
            + node("n3", "a: b", "{taints: [{key: pool, value: a, effect: NoSchedule}]}"),
        "Falco 1/3; n2 taint not tolerated: the taint pool=b:NoSchedule is not tolerated; n3 no pod: there is no pod "
        "of "
        "it on the node\nnobody: n2\nnobody: n3\n");
    row("tolerates all",
        daemon({ .spec = "      tolerations: [{operator: Exists}]\n" }) + one
            + node("n2", "kubernetes.io/os: linux", taint),
        "Falco 1/2; n2 no pod: there is no pod of it on the node\nnobody: n2\n");
    row("taints that every DaemonSet tolerates, and a wish",
        daemon({}) + one
            + node("n2", "a: b",
                "{taints: [{key: node.kubernetes.io/unschedulable, effect: NoSchedule}, {key: x, effect: "
                "PreferNoSchedule}]}"),
        "Falco 1/2; n2 no pod: there is no pod of it on the node\nnobody: n2\n");
    row("not selected",
        daemon({ .spec = "      nodeSelector: {pool: watched}\n" }) + node("n1", "pool: watched") + pod("n1")
            + node("n2", "pool: other"),
        "Falco 1/2; n2 not selected: nodeSelector pool=watched leaves it out\nnobody: n2\n");
    row("affinity",
        daemon(
            { .spec = "      affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: "
                      "{nodeSelectorTerms: [{matchExpressions: [{key: pool, operator: NotIn, values: [gpu]}]}]}}}\n" })
            + one + node("n2", "pool: gpu") + node("n3", "pool: cpu"),
        "Falco 1/3; n2 not selected: the required node affinity leaves it out; n3 no pod: there is no pod of it on the "
        "node\nnobody: n2\nnobody: n3\n");
    row("Windows", daemon({}) + one + node("w1", "kubernetes.io/os: windows", "{}", "windows"),
        "Falco 1/2; w1 other operating system: the node runs Windows, the agent is for Linux\nnobody: w1\n");
    row("a Deployment watches no nodes", daemon({ .kind = "Deployment" }) + one, "Falco 0/0\n");
    row("none", node("n1"), "");
}

void TestIntrusionDetection::coverage()
{
    QFETCH(QString, yaml);
    QFETCH(QString, expected);
    const auto cluster = clusterFrom(yaml.toStdString());
    QCOMPARE(q(print(*cluster, intrusionDetection(*cluster))), expected);
}

// What one product leaves out another may watch.
void TestIntrusionDetection::severalProducts()
{
    const auto cluster
        = clusterFrom(daemon({ .image = "quay.io/cilium/tetragon:v1", .name = "tetra" }) + daemon({}) + node("n1")
            + node("n2") + node("n3") + pod("n1") + pod("n2", "'True'", "tetra", "quay.io/cilium/tetragon:v1"));
    const auto found = intrusionDetection(*cluster);
    QCOMPARE(found.products.size(), 2u);
    QCOMPARE(found.products[0].product, std::string("Falco"));
    QCOMPARE(found.products[0].gaps.size(), 2u);
    QCOMPARE(found.unwatched.size(), 1u);
    QCOMPARE(cluster->titleOf(found.unwatched[0].node), std::string("Node n3"));
    QVERIFY(found.hasNodeAgent());
}

void TestIntrusionDetection::saysWhatIsMissing()
{
    const auto found = intrusionDetection(*clusterFrom(daemon({})));
    QCOMPARE(found.products.size(), 1u);
    QVERIFY(!found.gap.empty()); // no nodes or pods: nothing is said of coverage
    QCOMPARE(found.products[0].nodes, 0u);
    QVERIFY(found.unwatched.empty());
}

// Agreed with the taints, selectors and pods of the laboratory, looked at one by one.
void TestIntrusionDetection::harbor()
{
    const auto folder = sharedPath("snapshots/harbor");
    if (!folder)
        QSKIP("the shared snapshot is not there");
    const auto cluster = clusterFromPath(*folder);
    const auto found = intrusionDetection(*cluster);
    QVERIFY(found.gap.empty());
    QCOMPARE(q(print(*cluster, found)),
        QStringLiteral(
            "Falco 10/14; harbor-edge-1 taint not tolerated: the taint edge:NoExecute is not tolerated; harbor-win-1 "
            "other operating system: the node runs Windows, the agent is for Linux; harbor-worker-6 taint not "
            "tolerated: the taint dedicated=gpu:NoSchedule is not tolerated; harbor-worker-9 node not ready: the "
            "node itself is not ready\n"
            "Sysdig 7/14; harbor-cp-1 taint not tolerated: the taint node-role.kubernetes.io/control-plane:NoSchedule "
            "is not tolerated; harbor-cp-2 taint not tolerated: the taint "
            "node-role.kubernetes.io/control-plane:NoSchedule is not tolerated; harbor-cp-3 taint not tolerated: the "
            "taint node-role.kubernetes.io/control-plane:NoSchedule is not tolerated; harbor-edge-1 taint not "
            "tolerated: the taint edge:NoExecute is not tolerated; harbor-win-1 other operating system: the node runs "
            "Windows, the agent is for Linux; harbor-worker-6 taint not tolerated: the taint dedicated=gpu:NoSchedule "
            "is not tolerated; harbor-worker-9 node not ready: the node itself is not ready\n"
            "nobody: harbor-edge-1\nnobody: harbor-win-1\nnobody: harbor-worker-6\nnobody: harbor-worker-9\n"));
}

QTEST_GUILESS_MAIN(TestIntrusionDetection)
#include "tst_IntrusionDetection.moc"
