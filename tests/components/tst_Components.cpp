// SPDX-License-Identifier: Apache-2.0
#include "core/components/Components.h"
#include "core/base/Text.h"
#include "tests/support/Support.h"

using namespace plimsoll;
using namespace plimsoll::components;

class TestComponents : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsFlags_data();
    void readsFlags();
    void finds_data();
    void finds();
    void readsMaps();
    void prefersWhatRuns();
    void saysWhatIsMissing();
};

namespace {

std::string pod(const std::string& name, const std::string& container, const std::string& ns = "kube-system")
{
    return "---\napiVersion: v1\nkind: Pod\nmetadata: {name: " + name + ", namespace: " + ns + "}\nspec: {containers: ["
        + container + "]}\n";
}

std::string map(const std::string& name, const std::string& key, const std::string& yaml)
{
    return "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + name + ", namespace: kube-system}\ndata: {" + key
        + ": " + jsonQuoted(yaml) + "}\n";
}

} // namespace

void TestComponents::readsFlags_data()
{
    QTest::addColumn<QString>("container");
    QTest::addColumn<QString>("flag");
    QTest::addColumn<QString>("expected"); // value and pointer; "" = not set
    const auto row = [](const char* name, const char* container, const char* flag, const char* expected) {
        QTest::addRow("%s", name) << QString::fromLatin1(container) << QString::fromLatin1(flag)
                                  << QString::fromLatin1(expected);
    };
    row("with equals", "{name: c, command: [kube-apiserver, --a=b]}", "a", "b /spec/containers/0/command/1");
    row("in two words", "{name: c, command: [kube-apiserver, --a, b]}", "a", "b /spec/containers/0/command/1");
    row("alone", "{name: c, command: [kube-apiserver, --a, --b=1]}", "a", "true /spec/containers/0/command/1");
    row("empty", "{name: c, command: [kube-apiserver, --a=]}", "a", " /spec/containers/0/command/1");
    row("with one dash", "{name: c, command: [kube-apiserver, -a=b]}", "a", "b /spec/containers/0/command/1");
    row("with underscores", "{name: c, command: [kube-apiserver, --a_b=c]}", "a-b", "c /spec/containers/0/command/1");
    row("the last counts", "{name: c, command: [kube-apiserver, --a=1, --a=2]}", "a", "2 /spec/containers/0/command/2");
    row("values with equals", "{name: c, command: [kube-apiserver, '--a=b=c']}", "a",
        "b=c /spec/containers/0/command/1");
    row("in args", "{name: c, command: [/usr/bin/kube-apiserver], args: [--a=b]}", "a", "b /spec/containers/0/args/0");
    row("of the entrypoint", "{name: kube-apiserver, args: [--a=b]}", "a", "b /spec/containers/0/args/0");
    row("behind a wrapper", "{name: c, command: [/go-runner, --a=1, /usr/local/bin/kube-apiserver, --b=2]}", "a", "");
    row("of what is wrapped", "{name: c, command: [/go-runner, --a=1, /usr/local/bin/kube-apiserver, --b=2]}", "b",
        "2 /spec/containers/0/command/3");
    row("a switch takes no word", "{name: c, command: [kube-apiserver, --profiling, 'false']}", "profiling",
        "true /spec/containers/0/command/1");
    row("lists add up",
        "{name: c, command: [kube-apiserver, --enable-admission-plugins=A, --enable-admission-plugins=B]}",
        "enable-admission-plugins", "A,B /spec/containers/0/command/2");
    row("a path that ends like a program",
        "{name: c, command: [kube-apiserver, --a=1, --data-dir, /var/lib/etcd, --b=2]}", "a",
        "1 /spec/containers/0/command/1");
    row("another one", "{name: c, command: [kube-apiserver, --ab=c]}", "a", "");
}

void TestComponents::readsFlags()
{
    QFETCH(QString, container);
    QFETCH(QString, flag);
    QFETCH(QString, expected);
    const auto cluster = test::clusterFrom(pod("kube-apiserver-a", container.toStdString()));
    const Components components(*cluster);
    QCOMPARE(components.of(Component::ApiServer).size(), std::size_t(1));
    const Setting* setting = components.of(Component::ApiServer)[0].find(flag.toStdString());
    QCOMPARE(setting ? test::q(setting->value + ' ' + setting->pointer) : QString(), expected);
}

void TestComponents::finds_data()
{
    QTest::addColumn<QString>("yaml");
    QTest::addColumn<QString>("expected"); // component, source, has a gap
    const auto row = [](const char* name, const std::string& yaml, const char* expected) {
        QTest::addRow("%s", name) << test::q(yaml) << QString::fromLatin1(expected);
    };
    row("an API server", pod("a", "{name: c, command: [kube-apiserver]}"), "kube-apiserver: the flags of its pod\n");
    row("a scheduler with a file", pod("a", "{name: c, command: [kube-scheduler, --config=/f]}"),
        "kube-scheduler: the flags of its pod, with a gap\n");
    row("etcd with a file", pod("a", "{name: c, command: [etcd, --config-file=/f]}"),
        "etcd: the flags of its pod, with a gap\n");
    row("a script", pod("a", "{name: etcd, command: [/bin/sh, -c, 'exec etcd']}"),
        "etcd: the flags of its pod, with a gap\n");
    row("in another namespace", pod("a", "{name: c, command: [kube-apiserver]}", "shop"), "");
    row("something else", pod("a", "{name: c, command: [kube-apiserver-proxy]}"), "");
    row("kube-proxy's pods say little", pod("a", "{name: c, command: [kube-proxy, --config=/f]}"), "");
    row("/flagz", "apiVersion: config.k8s.io/v1beta1\nkind: Flagz\nmetadata: {name: kube-apiserver}\nflags: {a: b}\n",
        "kube-apiserver: /flagz of the API server\n");
    row("/flagz of another",
        "apiVersion: config.k8s.io/v1beta1\nkind: Flagz\nmetadata: {name: kube-scheduler}\nflags: {a: b}\n", "");
    row("no YAML in a map", map("kubelet-config", "kubelet", "{"), "");
}

void TestComponents::finds()
{
    QFETCH(QString, yaml);
    QFETCH(QString, expected);
    const auto cluster = test::clusterFrom(yaml.toStdString());
    const Components components(*cluster);
    std::string found;
    for (const Component component : { Component::ApiServer, Component::ControllerManager, Component::Scheduler,
             Component::Etcd, Component::Kubelet, Component::KubeProxy }) {
        for (const Instance& instance : components.of(component))
            found += std::string(toText(component)) + ": " + std::string(toText(instance.source))
                + (instance.gap.empty() ? "" : ", with a gap") + '\n';
        QCOMPARE(components.absence(component).empty(), !components.of(component).empty());
    }
    QCOMPARE(test::q(found), expected);
}

void TestComponents::readsMaps()
{
    const auto cluster = test::clusterFrom(
        map("kubelet-config", "kubelet",
            "authentication:\n  anonymous: {enabled: false}\ntlsCipherSuites: [A, B]\nreadOnlyPort: 0\n")
        + map("kube-proxy", "config.conf", "metricsBindAddress: 0.0.0.0:10249\n")
        + map("kubeadm-config", "ClusterConfiguration",
            "apiServer:\n  extraArgs:\n  - {name: a_b, value: c}\ncontrollerManager:\n  extraArgs: {profiling: "
            "\"false\"}\n"));
    const Components components(*cluster);
    const auto value = [&](Component component, std::string_view name) {
        const auto instances = components.of(component);
        const Setting* setting = instances.empty() ? nullptr : instances[0].find(name);
        return setting ? setting->value + ' ' + setting->pointer : std::string("-");
    };
    QCOMPARE(value(Component::Kubelet, "authentication.anonymous.enabled"), std::string("false /data/kubelet"));
    QCOMPARE(value(Component::Kubelet, "tlsCipherSuites"), std::string("A,B /data/kubelet"));
    QCOMPARE(value(Component::Kubelet, "readOnlyPort"), std::string("0 /data/kubelet"));
    QCOMPARE(value(Component::KubeProxy, "metricsBindAddress"), std::string("0.0.0.0:10249 /data/config.conf"));
    QCOMPARE(value(Component::ApiServer, "a-b"), std::string("c /data/ClusterConfiguration")); // since v1beta4
    QCOMPARE(value(Component::ControllerManager, "profiling"), std::string("false /data/ClusterConfiguration"));
    QVERIFY(!components.of(Component::ApiServer)[0].gap.empty()); // kubeadm adds flags of its own
    QVERIFY(components.of(Component::Scheduler).empty());
}

void TestComponents::prefersWhatRuns()
{
    const auto cluster = test::clusterFrom(pod("a", "{name: c, command: [kube-apiserver, --a=pod]}")
        + "---\napiVersion: config.k8s.io/v1beta1\nkind: Flagz\nmetadata: {name: kube-apiserver}\nflags: {a: flagz}\n"
        + map("kubeadm-config", "ClusterConfiguration", "apiServer:\n  extraArgs: {a: kubeadm}\n"));
    const Components components(*cluster);
    QCOMPARE(components.of(Component::ApiServer).size(), std::size_t(1));
    QCOMPARE(components.of(Component::ApiServer)[0].find("a")->value, std::string("pod"));
}

void TestComponents::saysWhatIsMissing()
{
    const std::string node = "apiVersion: v1\nkind: Node\nmetadata: {name: one}\nstatus: {nodeInfo: {kubeletVersion: ";
    const auto eks = test::clusterFrom(node + "v1.31.2-eks-1a2b}}\n");
    QCOMPARE(managedProvider(*eks), std::string("Amazon EKS"));
    QVERIFY(Components(*eks).absence(Component::ApiServer).find("provider runs kube-apiserver") != std::string::npos);
    const auto own = test::clusterFrom(node + "v1.31.2}}\n");
    QCOMPARE(managedProvider(*own), std::string());
    QVERIFY(Components(*own).absence(Component::ApiServer).find("kube-bench") != std::string::npos);
    QVERIFY(Components(*own).absence(Component::Kubelet).find("kubelet-config") != std::string::npos);
}

QTEST_GUILESS_MAIN(TestComponents)
#include "tst_Components.moc"
