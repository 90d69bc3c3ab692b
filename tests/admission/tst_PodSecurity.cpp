// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <map>
#include <set>

#include "core/admission/Admission.h"
#include "core/format/Csv.h"
#include "tests/support/PodSecurityFixtures.h"

using namespace plimsoll;
using namespace plimsoll::admission;

class TestPodSecurity : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void agreesWithTheReference_data();
    void agreesWithTheReference();
    void agreesWithARealApiServer();
    void decides_data();
    void decides();
    void namesPlaces();
    void coversEveryKindOfTemplate();
    void readsVersions_data();
    void readsVersions();
    void choosesVersion();
    void readsLabels();
    void tellsWhatBecameStricter();
};

namespace {

std::string podOf(const std::string& spec, const std::string& metadata = {})
{
    return "apiVersion: v1\nkind: Pod\nmetadata: {name: p" + metadata + "}\nspec: " + spec + '\n';
}

std::vector<Violation> judge(const std::string& yaml, Level level, std::uint32_t minor)
{
    const auto cluster = test::clusterFrom(yaml);
    const auto objects = podObjects(*cluster);
    if (objects.size() != 1)
        qFatal("%zu objects instead of one", objects.size());
    const cluster::PodSpec& spec = cluster->podSpec(cluster->podSpecOf(objects[0]));
    const auto found = violations(cluster->strings(), spec, level, minor);
    if (found.empty() != admits(cluster->strings(), spec, level, minor))
        qFatal("the short answer differs from the long one");
    return found;
}

std::string checksOf(const std::vector<Violation>& found)
{
    std::string text;
    for (const Violation& violation : found)
        text += (text.empty() ? "" : " ") + std::string(violation.check);
    return text;
}

// Restricted has its own form of some checks of baseline, and one changed its name.
bool isSame(std::string_view check, std::string_view fixture)
{
    static const std::multimap<std::string_view, std::string_view> others { { "hostpathvolumes", "restrictedvolumes" },
        { "capabilities_baseline", "capabilities_restricted" },
        { "seccompprofile_baseline", "seccompprofile_restricted" }, { "procmount", "procmount_restricted" },
        { "procmount_baseline", "procmount_restricted" }, { "procmount_baseline", "procmount" } };
    const auto [begin, end] = others.equal_range(fixture);
    return check == fixture || std::any_of(begin, end, [&](const auto& other) { return other.second == check; });
}

const std::string hardened = "allowPrivilegeEscalation: false, runAsNonRoot: true, capabilities: {drop: [ALL]}, "
                             "seccompProfile: {type: RuntimeDefault}";

std::string withContainer(const std::string& more)
{
    return podOf("{containers: [{name: c, image: i, securityContext: {" + hardened + more + "}}]}");
}

std::string withPod(const std::string& more, const std::string& metadata = {})
{
    return podOf("{containers: [{name: c, image: i, securityContext: {" + hardened + "}}], " + more + '}', metadata);
}

} // namespace

void TestPodSecurity::agreesWithTheReference_data()
{
    QTest::addColumn<QString>("folder");
    const auto path = test::sharedPath("conformance/pod-security-admission.tar.gz");
    if (!path)
        QSKIP("the conformance data are not there");
    std::set<std::string> folders;
    for (const auto& fixture : test::podSecurityFixtures(*path))
        folders.insert(fixture.level + '/' + fixture.version);
    for (const std::string& folder : folders)
        QTest::addRow("%s", folder.c_str()) << test::q(folder);
}

// Every fixture of the folder, with the check that its name says.
void TestPodSecurity::agreesWithTheReference()
{
    QFETCH(QString, folder);
    static const auto fixtures
        = test::podSecurityFixtures(*test::sharedPath("conformance/pod-security-admission.tar.gz"));
    std::string wrong;
    int compared = 0;
    for (const auto& fixture : fixtures) {
        if (test::q(fixture.level + '/' + fixture.version) != folder)
            continue;
        const auto level = levelFromText(fixture.level);
        const auto version = versionFromText(fixture.version);
        QVERIFY(level && version && version->minor);
        const auto found = judge(fixture.text, *level, *version->minor);
        const bool isNamed = std::ranges::any_of(
            found, [&](const Violation& violation) { return isSame(toLowerAscii(violation.check), fixture.check); });
        ++compared;
        if (found.empty() != (fixture.verdict == "pass") || (!found.empty() && !isNamed))
            wrong += fixture.verdict + '/' + fixture.check + ": " + toText(found) + '\n' + fixture.text;
    }
    QCOMPARE(wrong, std::string());
    QVERIFY(compared > 10);
}

void TestPodSecurity::agreesWithARealApiServer()
{
    const auto path = test::sharedPath("snapshots/harbor-truth/pod-security.csv");
    const auto source = test::sharedPath("snapshots/harbor");
    if (!path || !source)
        QSKIP("the snapshot is not there");
    const auto cluster = test::clusterFromPath(*source);
    const std::uint32_t minor = decidingMinor({}, cluster->version());
    QCOMPARE(minor, 36u);
    std::map<std::string, cluster::PodSpecId> specs; // as the file names them: "ns,pod" or "ns,deployment/web"
    for (const cluster::ObjectId id : podObjects(*cluster)) {
        const cluster::Object& object = cluster->object(id);
        const std::string kind = toLowerAscii(cluster->kindName(id));
        const std::string name = (kind == "pod" ? "" : kind + '/') + std::string(cluster->text(object.name));
        specs[std::string(cluster->text(object.ns)) + ',' + name] = cluster->podSpecOf(id);
    }
    std::ifstream file(*path);
    std::string line, wrong;
    std::getline(file, line); // the names of the columns
    std::size_t rows = 0;
    while (std::getline(file, line)) {
        const auto columns = split(line, ',');
        QVERIFY(columns.size() >= 4);
        const auto spec = specs.find(std::string(columns[0]) + ',' + std::string(columns[1]));
        QVERIFY2(spec != specs.end(), line.c_str());
        const auto isAllowed
            = [&](Level level) { return admits(cluster->strings(), cluster->podSpec(spec->second), level, minor); };
        if (isAllowed(Level::Baseline) != (columns[2] == "true")
            || isAllowed(Level::Restricted) != (columns[3] == "true"))
            wrong += line + '\n';
        ++rows;
    }
    QCOMPARE(wrong, std::string());
    QCOMPARE(rows, specs.size()); // every pod and template of the cluster was asked about
}

void TestPodSecurity::decides_data()
{
    QTest::addColumn<QString>("yaml");
    QTest::addColumn<QString>("level");
    QTest::addColumn<int>("minor");
    QTest::addColumn<QString>("checks");
    const auto row = [](const char* name, const std::string& yaml, const char* level, int minor, const char* checks) {
        QTest::addRow("%s", name) << test::q(yaml) << QString::fromLatin1(level) << minor
                                  << QString::fromLatin1(checks);
    };
    row("nothing wrong", withContainer(""), "restricted", 37, "");
    row("privileged allows all", podOf("{hostPID: true, containers: [{name: c}]}"), "privileged", 37, "");
    const std::string noEscalation = withContainer(", allowPrivilegeEscalation: true");
    row("escalation before 1.8", podOf("{containers: [{name: c}]}"), "restricted", 7, "runAsNonRoot");
    row("escalation since 1.8", podOf("{securityContext: {runAsNonRoot: true}, containers: [{name: c}]}"), "restricted",
        8, "allowPrivilegeEscalation");
    const std::string lowat = withPod("securityContext: {sysctls: [{name: net.ipv4.tcp_notsent_lowat, value: '1'}]}");
    row("a sysctl before 1.37", lowat, "baseline", 36, "sysctls");
    row("the sysctl since 1.37", lowat, "baseline", 37, "");
    const std::string rmem = withPod("securityContext: {sysctls: [{name: net.ipv4.tcp_rmem, value: '1'}]}");
    row("a sysctl before 1.32", rmem, "baseline", 31, "sysctls");
    row("the sysctl since 1.32", rmem, "baseline", 32, "");
    const std::string engine = withPod("securityContext: {seLinuxOptions: {type: container_engine_t}}");
    row("an SELinux type before 1.31", engine, "baseline", 30, "seLinuxOptions");
    row("the SELinux type since 1.31", engine, "baseline", 31, "");
    const std::string probe = podOf("{containers: [{name: c, livenessProbe: {httpGet: {host: 10.0.0.1, port: 80}}}]}");
    row("a probe's host before 1.34", probe, "baseline", 33, "");
    row("a probe's host since 1.34", probe, "baseline", 34, "hostProbesAndHostLifecycle");
    row("an empty host is the pod",
        podOf("{containers: [{name: c, livenessProbe: {tcpSocket: {host: '', port: 80}}}]}"), "baseline", 36, "");
    row("a hook's host",
        podOf("{initContainers: [{name: i, lifecycle: {preStop: {tcpSocket: {host: a.example, port: 1}}}}], "
              "containers: [{name: c}]}"),
        "baseline", 36, "hostProbesAndHostLifecycle");
    const std::string root = withPod("hostUsers: false, securityContext: {runAsUser: 0, runAsNonRoot: false}");
    row("root in a user namespace before 1.35", root, "restricted", 34, "runAsNonRoot runAsUser");
    row("root in a user namespace since 1.35", root, "restricted", 35, "");
    row("root in the node's user namespace",
        withPod("hostUsers: true, securityContext: {runAsUser: 0, runAsNonRoot: false}"), "restricted", 35,
        "runAsNonRoot runAsUser");
    const std::string unmasked = podOf("{hostUsers: false, containers: [{name: c, securityContext: {procMount: "
                                       "Unmasked, "
        + hardened + "}}]}");
    row("/proc unmasked at baseline before 1.35", unmasked, "baseline", 34, "procMount");
    row("/proc unmasked at baseline since 1.35", unmasked, "baseline", 35, "");
    row("/proc unmasked is never restricted", unmasked, "restricted", 36, "procMount_restricted");
    row("/proc unmasked at restricted before 1.35", unmasked, "restricted", 34, "procMount");
    const std::string windows = podOf("{os: {name: windows}, securityContext: {runAsNonRoot: true}, containers: "
                                      "[{name: c}]}");
    row("Windows before 1.25", windows, "restricted", 24,
        "allowPrivilegeEscalation capabilities_restricted seccompProfile_restricted");
    row("Windows since 1.25", windows, "restricted", 25, "");
    row("HostProcess", podOf("{containers: [{name: c, securityContext: {windowsOptions: {hostProcess: true}}}]}"),
        "baseline", 36, "windowsHostProcess");
    row("a restricted image volume", withPod("volumes: [{name: v, image: {reference: i}}]"), "restricted", 36, "");
    row("a volume without source is an emptyDir", withPod("volumes: [{name: v}]"), "restricted", 36, "");
    row("an NFS volume", withPod("volumes: [{name: v, nfs: {server: s, path: /}}]"), "restricted", 36,
        "restrictedVolumes");
    row("a hostPath is told once", withPod("volumes: [{name: v, hostPath: {path: /}}]"), "restricted", 36,
        "restrictedVolumes");
    row("a hostPath at baseline", withPod("volumes: [{name: v, hostPath: {path: /}}]"), "baseline", 36,
        "hostPathVolumes");
    row("ephemeral containers count",
        podOf("{containers: [{name: c}], ephemeralContainers: [{name: e, securityContext: {privileged: true}}]}"),
        "baseline", 36, "privileged");
    const std::string annotated
        = withPod("hostPID: false", ", annotations: {seccomp.security.alpha.kubernetes.io/pod: unconfined}");
    row("the seccomp annotation before 1.19", annotated, "restricted", 18, "seccompProfile_baseline");
    row("the seccomp annotation since 1.19", annotated, "restricted", 19, "");
    row("an annotation for a container that is not there",
        withPod("hostPID: false", ", annotations: {container.seccomp.security.alpha.kubernetes.io/other: unconfined}"),
        "baseline", 18, "");
    row("an AppArmor annotation counts for any container",
        withPod("hostPID: false", ", annotations: {container.apparmor.security.beta.kubernetes.io/other: unconfined}"),
        "baseline", 36, "appArmorProfile");
    row("a capability of the default set", withContainer(", capabilities: {add: [CHOWN], drop: [ALL]}"), "restricted",
        36, "capabilities_restricted");
    row("in upper case only", podOf("{containers: [{name: c, securityContext: {capabilities: {add: [chown]}}}]}"),
        "baseline", 36, "capabilities_baseline");
    row("a pod that says false loses",
        podOf("{securityContext: {runAsNonRoot: false}, containers: [{name: c, "
              "securityContext: {"
            + hardened + "}}]}"),
        "restricted", 36, "runAsNonRoot");
    row("escalation allowed", noEscalation, "restricted", 36, "allowPrivilegeEscalation");
}

void TestPodSecurity::decides()
{
    QFETCH(QString, yaml);
    QFETCH(QString, level);
    QFETCH(int, minor);
    QFETCH(QString, checks);
    const auto found
        = judge(yaml.toStdString(), *levelFromText(level.toStdString()), static_cast<std::uint32_t>(minor));
    QCOMPARE(test::q(checksOf(found)), checks);
}

void TestPodSecurity::namesPlaces()
{
    const auto found = judge(podOf("{hostNetwork: true, containers: [{name: \"a\\nb\", ports: [{containerPort: 1}, "
                                   "{containerPort: 2, hostPort: 80}]}]}"),
        Level::Baseline, 36);
    QCOMPARE(toText(found),
        std::string(
            "hostNamespaces: the pod must not use the node's network; hostPorts: container a\\x0ab must not use "
            "host port 80"));
    QCOMPARE(found[1].places.size(), std::size_t(1));
    QCOMPARE(found[1].places[0].pointer, std::string("/containers/0/ports/1/hostPort"));
    QCOMPARE(found[1].places[0].value, std::string("80"));
}

void TestPodSecurity::coversEveryKindOfTemplate()
{
    const std::string pod = "{containers: [{name: c, securityContext: {privileged: true}}]}";
    const auto object = [](const std::string& version, const std::string& kind, const std::string& rest) {
        return "---\napiVersion: " + version + "\nkind: " + kind + "\nmetadata: {name: x, namespace: shop}\n" + rest
            + '\n';
    };
    const std::string spec = "spec: {template: {spec: " + pod + "}}";
    std::string yaml = object("v1", "Pod", "spec: " + pod)
        + object("v1", "PodTemplate", "template: {spec: " + pod + '}') + object("v1", "ReplicationController", spec)
        + object("batch/v1", "CronJob", "spec: {jobTemplate: {spec: {template: {spec: " + pod + "}}}}")
        + object("batch/v1", "Job", spec);
    for (const char* kind : { "DaemonSet", "Deployment", "ReplicaSet", "StatefulSet" })
        yaml += object("apps/v1", kind, spec);
    yaml += object("argoproj.io/v1alpha1", "Rollout", spec); // admission does not look at custom resources
    const auto cluster = test::clusterFrom(yaml);
    std::string kinds;
    for (const cluster::ObjectId id : podObjects(*cluster)) {
        kinds += std::string(cluster->kindName(id)) + ' ';
        QVERIFY(!admits(cluster->strings(), cluster->podSpec(cluster->podSpecOf(id)), Level::Baseline, 36));
    }
    QCOMPARE(kinds,
        std::string("CronJob DaemonSet Deployment Job Pod PodTemplate ReplicaSet ReplicationController StatefulSet "));
}

void TestPodSecurity::readsVersions_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("expected"); // "" = refused
    for (const char* valid : { "latest", "v1.0", "v1.9", "v1.36", "v1.400" })
        QTest::addRow("%s", valid) << QString::fromLatin1(valid) << QString::fromLatin1(valid);
    for (const char* invalid :
        { "", "1.24", "v1", "v1.", "v2.3", "v1.024", "v1.-1", "v1.2.3", "Latest", "v1.99999999999" })
        QTest::addRow("not %s", invalid) << QString::fromLatin1(invalid) << QString();
}

void TestPodSecurity::readsVersions()
{
    QFETCH(QString, text);
    QFETCH(QString, expected);
    const auto version = versionFromText(text.toStdString());
    QCOMPARE(version ? test::q(toText(*version)) : QString(), expected);
}

void TestPodSecurity::choosesVersion()
{
    const cluster::Version unknown, old { 1, 28, 3, "v1.28.3" }, future { 1, 60, 0, "v1.60.0" };
    QCOMPARE(decidingMinor({}, unknown), newestMinor);
    QCOMPARE(decidingMinor({}, old), 28u); // what that server has as its latest
    QCOMPARE(decidingMinor({}, future), newestMinor);
    QCOMPARE(decidingMinor({ 24 }, unknown), 24u);
    QCOMPARE(decidingMinor({ 99 }, old), newestMinor);
}

void TestPodSecurity::readsLabels()
{
    const std::string prefix = "pod-security.kubernetes.io/";
    const auto cluster = test::clusterFrom("apiVersion: v1\nkind: Namespace\nmetadata: {name: a, labels: {" + prefix
        + "enforce: baseline, " + prefix + "enforce-version: v1.24, " + prefix + "warn: strict, " + prefix
        + "warn-version: '1.24'}}\n");
    const NamespacePolicy policy = policyOf(*cluster, *cluster->findNamespace("a"));
    QVERIFY(policy.enforce.isSet && policy.enforce.isLevelValid && policy.enforce.isVersionValid);
    QCOMPARE(policy.enforce.level, Level::Baseline);
    QCOMPARE(policy.enforce.version, PolicyVersion { 24 });
    QVERIFY(policy.warn.isSet && !policy.warn.isLevelValid && !policy.warn.isVersionValid);
    QCOMPARE(policy.warn.level, Level::Restricted); // what cannot be read is taken as the strictest
    QCOMPARE(policy.warn.version, PolicyVersion());
    QVERIFY(!policy.audit.isSet);
    QCOMPARE(policy.audit.level, Level::Privileged);
}

void TestPodSecurity::tellsWhatBecameStricter()
{
    const auto names = [](Level level, std::uint32_t from, std::uint32_t to) {
        std::string text;
        for (const Tightening& one : tighteningsAfter(level, from, to))
            text += std::string(one.check) + ' ';
        return text;
    };
    QCOMPARE(names(Level::Baseline, 24, 36), std::string("hostProbesAndHostLifecycle "));
    QCOMPARE(names(Level::Baseline, 34, 36), std::string());
    QCOMPARE(names(Level::Restricted, 21, 30), std::string("capabilities_restricted runAsUser "));
    QCOMPARE(names(Level::Privileged, 0, 36), std::string());
}

QTEST_GUILESS_MAIN(TestPodSecurity)
#include "tst_PodSecurity.moc"
