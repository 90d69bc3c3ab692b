// SPDX-License-Identifier: Apache-2.0
#include "core/cluster/Cluster.h"

#include "tests/support/Support.h"

using namespace plimsoll;
using namespace plimsoll::cluster;
using test::clusterFrom;

namespace {

// One line for each top workload: "Deployment shop/web pods=2 specs=1".
std::string printWorkloads(const Cluster& cluster)
{
    std::string text;
    for (const Workload& workload : cluster.workloads()) {
        text += cluster.titleOf(workload.object) + " pods=" + std::to_string(workload.pods.size())
            + " specs=" + std::to_string(workload.specs.size()) + '\n';
    }
    return text;
}

constexpr std::string_view podTail = R"(
spec:
  containers:
  - name: main
    image: registry.example.com/web:1.0
)";

std::string pod(std::string_view name, std::string_view metadata = {}, std::string_view phase = "Running")
{
    return "---\napiVersion: v1\nkind: Pod\nmetadata:\n  namespace: shop\n  name: " + std::string(name) + '\n'
        + std::string(metadata) + std::string(podTail) + "status:\n  phase: " + std::string(phase) + '\n';
}

std::string templated(
    std::string_view apiVersion, std::string_view kind, std::string_view name, std::string_view metadata = {})
{
    return "---\napiVersion: " + std::string(apiVersion) + "\nkind: " + std::string(kind)
        + "\nmetadata:\n  namespace: shop\n  name: " + std::string(name) + '\n' + std::string(metadata)
        + "spec:\n  template:\n    spec:\n      containers:\n      - name: main\n        image: "
          "registry.example.com/web:1.0\n";
}

std::string ownedBy(std::string_view apiVersion, std::string_view kind, std::string_view name)
{
    return "  ownerReferences:\n  - apiVersion: " + std::string(apiVersion) + "\n    kind: " + std::string(kind)
        + "\n    name: " + std::string(name) + "\n    controller: true\n";
}

} // namespace

class TestCluster : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void findsTopWorkloads_data();
    void findsTopWorkloads();
    void reportsCyclicOwners();
    void keepsTheNewestOfTwoVersions();
    void refusesFieldsOfTheWrongType();
    void sharesEqualPodSpecs();
    void readsHowControllersReplacePods();
    void readsWhatPodsAskFor();
    void matchesSelectors_data();
    void matchesSelectors();
    void defaultsPolicyTypes_data();
    void defaultsPolicyTypes();
    void aggregatesRulesOfManifests();
    void knowsTheServersVersion_data();
    void knowsTheServersVersion();
    void neverKeepsSecretValues();
    void readsHarbor();
};

void TestCluster::findsTopWorkloads_data()
{
    QTest::addColumn<QByteArray>("yaml");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char* name, const std::string& yaml, const char* expected) {
        QTest::addRow("%s", name) << QByteArray::fromStdString(yaml) << QByteArray(expected);
    };
    row("a bare pod is its own workload", pod("web"), "Pod shop/web pods=1 specs=1\n");
    row("pods of a ReplicaSet belong to its Deployment",
        templated("apps/v1", "Deployment", "web")
            + templated("apps/v1", "ReplicaSet", "web-1", ownedBy("apps/v1", "Deployment", "web"))
            + pod("web-1-a", ownedBy("apps/v1", "ReplicaSet", "web-1"))
            + pod("web-1-b", ownedBy("apps/v1", "ReplicaSet", "web-1")),
        "Deployment shop/web pods=2 specs=1\n");
    row("an owner that is not in the source is named all the same",
        pod("web-1-a", ownedBy("apps/v1", "ReplicaSet", "web-1")), "ReplicaSet shop/web-1 pods=1 specs=1\n");
    row("a pod of a Job belongs to the CronJob",
        "---\napiVersion: batch/v1\nkind: CronJob\nmetadata: {namespace: shop, name: report}\nspec: {jobTemplate: "
        "{spec: "
        "{template: {spec: {containers: [{name: main, image: 'registry.example.com/web:1.0'}]}}}}}\n"
            + templated("batch/v1", "Job", "report-1", ownedBy("batch/v1", "CronJob", "report"))
            + pod("report-1-x", ownedBy("batch/v1", "Job", "report-1")),
        "CronJob shop/report pods=1 specs=1\n");
    row("finished pods of a Job do not run any more",
        templated("batch/v1", "Job", "report") + pod("report-x", ownedBy("batch/v1", "Job", "report"), "Succeeded"),
        "Job shop/report pods=0 specs=1\n");
    row("static pods are their own workloads", pod("kube-proxy-node-1", ownedBy("v1", "Node", "node-1")),
        "Pod shop/kube-proxy-node-1 pods=1 specs=1\n");
    row("custom resources with a pod template are workloads", templated("argoproj.io/v1alpha1", "Rollout", "web"),
        "Rollout shop/web pods=0 specs=1\n");
    row("an old ReplicaSet adds no spec",
        templated("apps/v1", "Deployment", "web")
            + "---\napiVersion: apps/v1\nkind: ReplicaSet\nmetadata:\n  namespace: shop\n  name: web-0\n"
            + ownedBy("apps/v1", "Deployment", "web")
            + "spec:\n  replicas: 0\n  template:\n    spec:\n      hostNetwork: true\n      containers:\n      - name: "
              "main\n",
        "Deployment shop/web pods=0 specs=1\n");
}

void TestCluster::findsTopWorkloads()
{
    QFETCH(QByteArray, yaml);
    QFETCH(QByteArray, expected);
    QCOMPARE(printWorkloads(*clusterFrom(yaml.toStdString())), expected.toStdString());
}

void TestCluster::reportsCyclicOwners()
{
    const auto cluster = clusterFrom(templated("apps/v1", "Deployment", "a", ownedBy("apps/v1", "Deployment", "b"))
        + templated("apps/v1", "Deployment", "b", ownedBy("apps/v1", "Deployment", "a")));
    QCOMPARE(cluster->workloads().size(), std::size_t { 1 });
    QCOMPARE(cluster->problems().size(), std::size_t { 1 });
    QVERIFY(cluster->problems()[0].error.what.contains("circle"));
}

void TestCluster::keepsTheNewestOfTwoVersions()
{
    const std::string object
        = "---\napiVersion: v1\nkind: Service\nmetadata: {namespace: shop, name: web, resourceVersion: '";
    const auto cluster = clusterFrom(object + "90'}\nspec: {type: NodePort}\n" + object
        + "200'}\nspec: {type: ClusterIP}\n" + object + "100'}\nspec: {type: LoadBalancer}\n");
    QCOMPARE(cluster->services().size(), std::size_t { 1 });
    QCOMPARE(cluster->text(cluster->services()[0].type), std::string_view("ClusterIP"));
    QCOMPARE(cluster->problems().size(), std::size_t { 1 });
}

void TestCluster::refusesFieldsOfTheWrongType()
{
    const auto cluster
        = clusterFrom("apiVersion: v1\nkind: Pod\nmetadata: {namespace: shop, name: bad}\nspec: {hostPID: 'yes', "
                      "containers: []}\n"
            + pod("good"));
    QCOMPARE(printWorkloads(*cluster), std::string("Pod shop/good pods=1 specs=1\n"));
    QCOMPARE(cluster->problems().size(), std::size_t { 1 });
    const std::string problem = toText(cluster->problems()[0].error);
    QVERIFY2(problem.starts_with("Pod shop/bad: hostPID is not a boolean; the object is not assessed: test.yaml:1"),
        problem.c_str());
    QVERIFY(!cluster->find("Pod", "shop", "bad").isNone());
}

void TestCluster::sharesEqualPodSpecs()
{
    const auto cluster = clusterFrom(pod("a") + pod("b") + pod("c"));
    QCOMPARE(cluster->pods().size(), std::size_t { 3 });
    QCOMPARE(cluster->podSpecs().size(), std::size_t { 1 });
}

void TestCluster::readsHowControllersReplacePods()
{
    const auto cluster = clusterFrom(R"(
apiVersion: apps/v1
kind: Deployment
metadata: {namespace: a, name: web}
spec:
  replicas: 2
  strategy: {type: RollingUpdate, rollingUpdate: {maxUnavailable: 1}}
  selector: {matchLabels: {app: web}}
  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c}]}}
---
apiVersion: apps/v1
kind: ReplicaSet
metadata: {namespace: a, name: web-1, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, uid: u, controller: true}]}
spec: {template: {spec: {containers: [{name: c}]}}}
---
apiVersion: batch/v1
kind: CronJob
metadata: {namespace: a, name: job}
spec:
  startingDeadlineSeconds: 30
  suspend: true
  jobTemplate: {spec: {activeDeadlineSeconds: 60, template: {metadata: {labels: {app: job}}, spec: {containers: [{name: c}]}}}}
---
apiVersion: acme.example/v1
kind: Widget
metadata: {namespace: a, name: odd}
spec: {selector: 'app=odd', replicas: 1, template: {spec: {containers: [{name: c}]}}}
)");
    const cluster::Controller* web = cluster->controller(cluster->find("Deployment", "a", "web"));
    QVERIFY(web);
    QCOMPARE(web->replicas, std::optional<std::int64_t>(2));
    QCOMPARE(cluster->text(web->strategy), std::string_view("RollingUpdate"));
    QCOMPARE(cluster->text(web->maxUnavailable), std::string_view("1"));
    QVERIFY(web->selector && web->selector->matches(web->templateLabels));
    QVERIFY(!cluster->controller(cluster->find("ReplicaSet", "a", "web-1")));
    const cluster::Controller* job = cluster->controller(cluster->find("CronJob", "a", "job"));
    QVERIFY(job && job->isSuspended && !job->selector);
    QCOMPARE(job->startingDeadline, std::optional<std::int64_t>(30));
    QCOMPARE(job->activeDeadline, std::optional<std::int64_t>(60));
    QCOMPARE(job->templateLabels.size(), std::size_t(1));
    // The field of a custom resource means what its author wants; the pods are read all the same.
    QVERIFY(cluster->controller(cluster->find("Widget", "a", "odd")));
    QCOMPARE(cluster->workloads().size(), std::size_t(3));
    QVERIFY(cluster->problems().empty());
}

void TestCluster::readsWhatPodsAskFor()
{
    const auto cluster = clusterFrom(R"(
apiVersion: v1
kind: LimitRange
metadata: {namespace: a, name: defaults}
spec: {limits: [{type: Pod, max: {memory: 1Gi}}, {type: Container, max: {cpu: 2}, defaultRequest: {memory: 8Mi}, min: {memory: 4Mi}}]}
---
apiVersion: v1
kind: Pod
metadata: {namespace: a, name: p}
spec:
  serviceAccount: old
  restartPolicy: Never
  resources: {limits: {cpu: 4}}
  affinity: {podAntiAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1}]}}
  containers:
    - name: c
      resources: {requests: {cpu: 250m, ephemeral-storage: 1Gi}, limits: {memory: 64Mi}}
      livenessProbe: {exec: {command: [a]}}
      readinessProbe: {exec: {command: [a]}, periodSeconds: 5}
)");
    const auto textOf = [&](const cluster::Amount& amount) {
        return std::string(cluster->text(amount.request)) + '/' + std::string(cluster->text(amount.limit));
    };
    const cluster::Resources& range = cluster->limitRanges()[0].container;
    QCOMPARE(textOf(range.cpu) + ' ' + textOf(range.memory), std::string("2/2 8Mi/"));
    const cluster::PodSpec& spec = cluster->podSpecs()[0];
    QVERIFY(spec.runsToCompletion && spec.hasSpread);
    QCOMPARE(cluster->text(spec.oldServiceAccount), std::string_view("old"));
    QCOMPARE(textOf(spec.resources.cpu), std::string("/4"));
    const cluster::Container& container = spec.containers[0];
    QCOMPARE(textOf(container.resources.cpu) + ' ' + textOf(container.resources.memory) + ' '
            + textOf(container.resources.ephemeralStorage),
        std::string("250m/ /64Mi 1Gi/"));
    QVERIFY(container.hasLivenessProbe && container.hasReadinessProbe);
    QVERIFY(!container.hasEqualProbes); // liveness waits 30 seconds, readiness 15
}

void TestCluster::matchesSelectors_data()
{
    QTest::addColumn<QByteArray>("selector");
    QTest::addColumn<bool>("expected");
    QTest::addRow("empty matches everything") << QByteArray("{}") << true;
    QTest::addRow("label equal") << QByteArray("{matchLabels: {app: web}}") << true;
    QTest::addRow("label different") << QByteArray("{matchLabels: {app: db}}") << false;
    QTest::addRow("all labels must match") << QByteArray("{matchLabels: {app: web, tier: x}}") << false;
    QTest::addRow("In") << QByteArray("{matchExpressions: [{key: app, operator: In, values: [db, web]}]}") << true;
    QTest::addRow("NotIn of its value") << QByteArray(
        "{matchExpressions: [{key: app, operator: NotIn, values: [web]}]}")
                                        << false;
    QTest::addRow("NotIn matches where the key is absent")
        << QByteArray("{matchExpressions: [{key: tier, operator: NotIn, values: [web]}]}") << true;
    QTest::addRow("Exists") << QByteArray("{matchExpressions: [{key: app, operator: Exists}]}") << true;
    QTest::addRow("DoesNotExist") << QByteArray("{matchExpressions: [{key: app, operator: DoesNotExist}]}") << false;
    QTest::addRow("unknown operator matches nothing")
        << QByteArray("{matchExpressions: [{key: app, operator: Matches, values: [web]}]}") << false;
    QTest::addRow("In without values matches nothing")
        << QByteArray("{matchExpressions: [{key: app, operator: In, values: []}]}") << false;
    QTest::addRow("case counts") << QByteArray("{matchLabels: {app: Web}}") << false;
}

void TestCluster::matchesSelectors()
{
    QFETCH(QByteArray, selector);
    QFETCH(bool, expected);
    const auto cluster
        = clusterFrom("apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {namespace: shop, name: p}\n"
                      "spec: {podSelector: "
            + selector.toStdString()
            + "}\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {app: web}}\n");
    const LabelSelector& read = cluster->networkPolicies()[0].podSelector;
    QCOMPARE(read.matches(cluster->object(cluster->find("Namespace", "", "shop")).labels), expected);
}

void TestCluster::defaultsPolicyTypes_data()
{
    QTest::addColumn<QByteArray>("spec");
    QTest::addColumn<bool>("ingress");
    QTest::addColumn<bool>("egress");
    QTest::addRow("nothing given") << QByteArray("{podSelector: {}}") << true << false;
    QTest::addRow("egress rules imply Egress") << QByteArray("{podSelector: {}, egress: [{}]}") << true << true;
    QTest::addRow("empty egress list does not") << QByteArray("{podSelector: {}, egress: []}") << true << false;
    QTest::addRow("Egress alone") << QByteArray("{podSelector: {}, policyTypes: [Egress], ingress: [{}]}") << false
                                  << true;
}

void TestCluster::defaultsPolicyTypes()
{
    QFETCH(QByteArray, spec);
    QFETCH(bool, ingress);
    QFETCH(bool, egress);
    const auto cluster = clusterFrom(
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {namespace: shop, name: p}\nspec: "
        + spec.toStdString());
    QCOMPARE(cluster->networkPolicies()[0].hasIngress, ingress);
    QCOMPARE(cluster->networkPolicies()[0].hasEgress, egress);
}

void TestCluster::aggregatesRulesOfManifests()
{
    const auto cluster = clusterFrom(R"(
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: top}
aggregationRule: {clusterRoleSelectors: [{matchLabels: {to: top}}]}
rules: []
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: middle, labels: {to: top}}
aggregationRule: {clusterRoleSelectors: [{matchLabels: {to: middle}}]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: leaf, labels: {to: middle}}
rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]
)");
    for (const Role& role : cluster->roles())
        QCOMPARE(role.rules.size(), std::size_t { 1 });
}

void TestCluster::knowsTheServersVersion_data()
{
    QTest::addColumn<QByteArray>("yaml");
    QTest::addColumn<QByteArray>("version");
    QTest::addColumn<QByteArray>("source");
    const QByteArray node
        = "---\napiVersion: v1\nkind: Node\nmetadata: {name: n1}\nstatus: {nodeInfo: {kubeletVersion: v1.33.4}}\n";
    const QByteArray newer
        = "---\napiVersion: v1\nkind: Node\nmetadata: {name: n2}\nstatus: {nodeInfo: {kubeletVersion: v1.34.1}}\n";
    const QByteArray apiServer
        = "---\napiVersion: v1\nkind: Pod\nmetadata: {namespace: kube-system, name: kube-apiserver-cp, "
          "annotations: {kubernetes.io/config.mirror: abc}}\nspec: {containers: [{name: kube-apiserver, "
          "image: 'registry.k8s.io/kube-apiserver:v1.35.0'}]}\n";
    QTest::addRow("newest kubelet") << node + newer << QByteArray("v1.34.1") << QByteArray("nodes");
    QTest::addRow("static pod beats kubelets")
        << node + apiServer << QByteArray("v1.35.0") << QByteArray("static pod kube-apiserver");
    QTest::addRow("nothing tells") << QByteArray("apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n")
                                   << QByteArray("") << QByteArray("");
}

void TestCluster::knowsTheServersVersion()
{
    QFETCH(QByteArray, yaml);
    QFETCH(QByteArray, version);
    QFETCH(QByteArray, source);
    const auto cluster = clusterFrom(yaml.toStdString());
    QCOMPARE(cluster->version().text, version.toStdString());
    QCOMPARE(std::string(cluster->versionSource()), source.toStdString());
}

void TestCluster::neverKeepsSecretValues()
{
    const auto cluster
        = clusterFrom("apiVersion: v1\nkind: Secret\nmetadata: {namespace: shop, name: db}\ntype: Opaque\n"
                      "data: {password: cGxhbnRlZC1zZWNyZXQ=}\n");
    QCOMPARE(cluster->secrets().size(), std::size_t { 1 });
    const Secret& secret = cluster->secrets()[0];
    QCOMPARE(secret.keys.size(), std::size_t { 1 });
    QCOMPARE(cluster->text(secret.keys[0].name), std::string_view("password"));
    QCOMPARE(secret.keys[0].length, 20u);
    QVERIFY(cluster->id("cGxhbnRlZC1zZWNyZXQ=").isNone());
    format::Document document;
    VERIFY_RESULT(cluster->snapshot().readRaw(cluster->object(secret.object).raw, document));
    QVERIFY(!document.root().at("/data/password").text().contains("cGxhbnRl"));
}

void TestCluster::readsHarbor()
{
    const auto path = test::sharedPath("snapshots/harbor");
    if (!path)
        QSKIP("the shared snapshot harbor is not here");
    const auto cluster = test::clusterFromPath(*path);
    QCOMPARE(cluster->version().text, std::string("v1.36.2"));
    // Counts of its README.
    QCOMPARE(cluster->pods().size(), std::size_t { 374 });
    QCOMPARE(cluster->objectsOf("", "ConfigMap").size(), std::size_t { 181 });
    QCOMPARE(cluster->roles().size(), std::size_t { 159 + 47 });
    QCOMPARE(cluster->roleBindings().size(), std::size_t { 129 + 61 });
    QCOMPARE(cluster->networkPolicies().size(), std::size_t { 59 });
    QCOMPARE(cluster->objectsOf("apps", "Deployment").size(), std::size_t { 85 });
    QVERIFY(cluster->covers("admissionregistration.k8s.io", "MutatingAdmissionPolicy")); // listed, and empty
    QVERIFY(!cluster->covers("security.openshift.io", "SecurityContextConstraints"));
    for (const auto& problem : cluster->problems())
        qInfo("%s", toText(problem.error).c_str());
    QVERIFY(cluster->problems().empty());
}

QTEST_GUILESS_MAIN(TestCluster)
#include "tst_Cluster.moc"
