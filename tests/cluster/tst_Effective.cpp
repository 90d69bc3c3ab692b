// SPDX-License-Identifier: Apache-2.0
#include "core/cluster/Effective.h"

#include "tests/support/Support.h"

using namespace plimsoll;
using namespace plimsoll::cluster;
using test::clusterFrom;

namespace {

std::shared_ptr<const Cluster> podWith(
    std::string_view pod, std::string_view container, std::string_view annotations = "{}")
{
    return clusterFrom("apiVersion: v1\nkind: Pod\nmetadata: {name: web, annotations: " + std::string(annotations)
        + "}\nspec:\n  securityContext: " + std::string(pod)
        + "\n  containers: [{name: web, image: web, securityContext: " + std::string(container) + "}]\n");
}

std::string_view toText(Origin origin)
{
    switch (origin) {
    case Origin::NotSet:
        return "not set";
    case Origin::Container:
        return "container";
    case Origin::Annotation:
        return "annotation";
    case Origin::Pod:
        return "pod";
    }
    return "";
}

std::string valueText(const Cluster&, bool value)
{
    return value ? "true" : "false";
}
std::string valueText(const Cluster&, std::int64_t value)
{
    return std::to_string(value);
}
std::string valueText(const Cluster&, const std::string& value)
{
    return value;
}
std::string valueText(const Cluster& cluster, const SeccompProfile& value)
{
    return std::string(cluster.text(value.type));
}
std::string valueText(const Cluster& cluster, const SeLinuxOptions& value)
{
    return std::string(cluster.text(value.type)) + ':' + std::string(cluster.text(value.level));
}

template <class T> std::string print(const Cluster& cluster, const Effective<T>& effective)
{
    if (!effective.value)
        return std::string(toText(effective.origin));
    return valueText(cluster, *effective.value) + " by " + std::string(toText(effective.origin));
}

} // namespace

class TestEffective : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void combinesLevels_data();
    void combinesLevels();
    void readsAnnotations_data();
    void readsAnnotations();
    void decidesEscalation_data();
    void decidesEscalation();
    void pointsAtTheDecidingField_data();
    void pointsAtTheDecidingField();
};

void TestEffective::combinesLevels_data()
{
    QTest::addColumn<QString>("pod");
    QTest::addColumn<QString>("container");
    QTest::addColumn<QString>("field");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* situation, const char* pod, const char* container, const char* field,
                         const char* expected) {
        QTest::addRow("%s", situation) << test::q(pod) << test::q(container) << test::q(field) << test::q(expected);
    };
    row("nothing set", "{}", "{}", "runAsNonRoot", "not set");
    row("inherited", "{runAsNonRoot: true}", "{}", "runAsNonRoot", "true by pod");
    row("the container wins", "{runAsNonRoot: true}", "{runAsNonRoot: false}", "runAsNonRoot", "false by container");
    row("user 0 is set", "{runAsUser: 1000}", "{runAsUser: 0}", "runAsUser", "0 by container");
    row("group inherited", "{runAsGroup: 7}", "{runAsUser: 1}", "runAsGroup", "7 by pod");
    row("a profile replaces", "{seccompProfile: {type: RuntimeDefault}}", "{seccompProfile: {type: Unconfined}}",
        "seccomp", "Unconfined by container");
    row("SELinux options replace as a whole", "{seLinuxOptions: {type: a, level: s0}}", "{seLinuxOptions: {type: b}}",
        "seLinux", "b: by container");
    row("Windows options merge by field", "{windowsOptions: {hostProcess: true}}",
        "{windowsOptions: {runAsUserName: u}}", "hostProcess", "true by pod");
    row("hostProcess denied below", "{windowsOptions: {hostProcess: true}}", "{windowsOptions: {hostProcess: false}}",
        "hostProcess", "false by container");
}

void TestEffective::combinesLevels()
{
    QFETCH(QString, pod);
    QFETCH(QString, container);
    QFETCH(QString, field);
    QFETCH(QString, expected);
    const auto cluster = podWith(pod.toStdString(), container.toStdString());
    const PodSpec& spec = cluster->podSpecs()[0];
    const Container& web = spec.containers[0];
    const std::string name = field.toStdString();
    const std::string actual = name == "runAsNonRoot" ? print(*cluster, effectiveRunAsNonRoot(spec, web))
        : name == "runAsUser"                         ? print(*cluster, effectiveRunAsUser(spec, web))
        : name == "runAsGroup"                        ? print(*cluster, effectiveRunAsGroup(spec, web))
        : name == "seccomp"                           ? print(*cluster, effectiveSeccompProfile(spec, web))
        : name == "seLinux"                           ? print(*cluster, effectiveSeLinuxOptions(spec, web))
                                                      : print(*cluster, effectiveHostProcess(spec, web));
    QCOMPARE(actual, expected.toStdString());
}

void TestEffective::readsAnnotations_data()
{
    QTest::addColumn<QString>("pod");
    QTest::addColumn<QString>("container");
    QTest::addColumn<QString>("annotations");
    QTest::addColumn<QString>("appArmor");
    QTest::addColumn<QString>("seccomp");
    const auto row = [](const char* situation, const char* pod, const char* container, const char* annotations,
                         const char* appArmor, const char* seccomp) {
        QTest::addRow("%s", situation) << test::q(pod) << test::q(container) << test::q(annotations)
                                       << test::q(appArmor) << test::q(seccomp);
    };
    row("none", "{}", "{}", "{}", "not set", "not set");
    row("the container's AppArmor annotation beats the pod's field", "{appArmorProfile: {type: RuntimeDefault}}", "{}",
        "{container.apparmor.security.beta.kubernetes.io/web: unconfined}", "Unconfined by annotation", "not set");
    row("the container's field beats the annotation", "{}", "{appArmorProfile: {type: Localhost}}",
        "{container.apparmor.security.beta.kubernetes.io/web: unconfined}", "Localhost by container", "not set");
    row("another container's annotation", "{appArmorProfile: {type: Unconfined}}", "{}",
        "{container.apparmor.security.beta.kubernetes.io/db: runtime/default}", "Unconfined by pod", "not set");
    row("seccomp of the pod", "{}", "{}", "{seccomp.security.alpha.kubernetes.io/pod: docker/default}", "not set",
        "RuntimeDefault by annotation");
    row("seccomp of the container first", "{}", "{}",
        "{seccomp.security.alpha.kubernetes.io/pod: unconfined, "
        "container.seccomp.security.alpha.kubernetes.io/web: localhost/x}",
        "not set", "Localhost by annotation");
}

void TestEffective::readsAnnotations()
{
    QFETCH(QString, pod);
    QFETCH(QString, container);
    QFETCH(QString, annotations);
    QFETCH(QString, appArmor);
    QFETCH(QString, seccomp);
    const auto cluster = podWith(pod.toStdString(), container.toStdString(), annotations.toStdString());
    const PodSpec& spec = cluster->podSpecs()[0];
    const Container& web = spec.containers[0];
    QCOMPARE(print(*cluster, effectiveAppArmorType(cluster->strings(), spec, web)), appArmor.toStdString());
    QCOMPARE(print(*cluster, annotatedSeccompType(cluster->strings(), spec, web)), seccomp.toStdString());
}

void TestEffective::decidesEscalation_data()
{
    QTest::addColumn<QString>("container");
    QTest::addColumn<bool>("allowed");
    QTest::addRow("nothing said") << QStringLiteral("{}") << true;
    QTest::addRow("denied") << QStringLiteral("{allowPrivilegeEscalation: false}") << false;
    QTest::addRow("denied but privileged")
        << QStringLiteral("{allowPrivilegeEscalation: false, privileged: true}") << true;
    QTest::addRow("denied but SYS_ADMIN")
        << QStringLiteral("{allowPrivilegeEscalation: false, capabilities: {add: [CAP_SYS_ADMIN]}}") << true;
    QTest::addRow("denied with another capability")
        << QStringLiteral("{allowPrivilegeEscalation: false, capabilities: {add: [CHOWN]}}") << false;
}

void TestEffective::decidesEscalation()
{
    QFETCH(QString, container);
    QFETCH(bool, allowed);
    const auto cluster = podWith("{}", container.toStdString());
    QCOMPARE(allowsPrivilegeEscalation(cluster->strings(), cluster->podSpecs()[0].containers[0]), allowed);
}

void TestEffective::pointsAtTheDecidingField_data()
{
    QTest::addColumn<int>("origin");
    QTest::addColumn<QString>("pointer");
    QTest::addRow("container") << static_cast<int>(Origin::Container)
                               << QStringLiteral("/initContainers/2/securityContext/runAsUser");
    QTest::addRow("not set") << static_cast<int>(Origin::NotSet)
                             << QStringLiteral("/initContainers/2/securityContext/runAsUser");
    QTest::addRow("pod") << static_cast<int>(Origin::Pod) << QStringLiteral("/securityContext/runAsUser");
    QTest::addRow("annotation") << static_cast<int>(Origin::Annotation) << QString();
}

void TestEffective::pointsAtTheDecidingField()
{
    QFETCH(int, origin);
    QFETCH(QString, pointer);
    Container container;
    container.role = ContainerRole::Init;
    container.index = 2;
    QCOMPARE(securityPointer(static_cast<Origin>(origin), container, "runAsUser"), pointer.toStdString());
}

QTEST_GUILESS_MAIN(TestEffective)
#include "tst_Effective.moc"
