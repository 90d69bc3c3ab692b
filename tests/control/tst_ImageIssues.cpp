// SPDX-License-Identifier: Apache-2.0
#include <set>

#include "core/control/detail/ImageFacts_p.h"
#include "core/images/KnownIssues.h"
#include "tests/control/RunControl.h"

using namespace plimsoll;
using namespace Qt::StringLiterals;

class tst_ImageIssues : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void table();
    void ranges_data();
    void ranges();
    void judges_data();
    void judges();
};

namespace {

std::string node(const std::string& version, const std::string& system = "linux")
{
    return "apiVersion: v1\nkind: Node\nmetadata: { name: n1 }\nstatus:\n  nodeInfo: { kubeletVersion: " + version
        + ", operatingSystem: " + system + " }\n---\n";
}

std::string server(const std::string& version, const std::string& flags = {})
{
    return "apiVersion: v1\nkind: Pod\nmetadata: { name: kube-apiserver-n1, namespace: kube-system, labels: { "
           "component: "
           "kube-apiserver } }\nspec:\n  nodeName: n1\n  containers:\n  - name: kube-apiserver\n    image: "
           "registry.k8s.io/kube-apiserver:"
        + version + "\n    command: [kube-apiserver" + (flags.empty() ? "" : ", " + flags)
        + "]\nstatus: { phase: Running }\n---\n";
}

std::string pod(const std::string& spec)
{
    return "apiVersion: v1\nkind: Pod\nmetadata: { name: p, namespace: shop }\nspec:\n" + spec
        + "status: { phase: Running }\n---\n";
}

std::string ingress(const std::string& image, const std::string& args = {})
{
    return pod("  containers:\n  - { name: controller, image: \"" + image + "\", args: [" + args + "] }\n");
}

const std::string plain = pod("  containers:\n  - { name: a, image: \"a:1\" }\n");

} // namespace

// Every row of the resource is whole, names a condition that is looked up, and is there once.
void tst_ImageIssues::table()
{
    const images::KnownIssues& table = images::builtInIssues();
    QVERIFY(table.issues.size() >= 40);
    QVERIFY(parseTime(table.date));
    std::set<std::string> ids;
    for (const images::KnownIssue& issue : table.issues) {
        QVERIFY2(ids.insert(issue.id).second, issue.id.c_str());
        QVERIFY2(control::severityFromText(issue.severity), issue.id.c_str());
        for (const std::string& condition : issue.conditions)
            QVERIFY2(control::isKnownCondition(condition), condition.c_str());
        for (const images::VersionRange& range : issue.ranges) {
            const auto order = [](const cluster::Version& version) {
                return std::tuple(version.major, version.minor, version.patch);
            };
            QVERIFY2(!range.fixed || order(range.introduced) < order(*range.fixed), issue.id.c_str());
        }
    }
    QVERIFY(!control::isKnownCondition("no such fact"));
}

void tst_ImageIssues::ranges_data()
{
    QTest::addColumn<std::string>("id");
    QTest::addColumn<std::string>("version");
    QTest::addColumn<std::string>("fix"); // "" = not affected
    const auto row = [](const char* id, const char* version, const char* fix) {
        QTest::addRow("%s in %s", id, version) << std::string(id) << std::string(version) << std::string(fix);
    };
    row("CVE-2018-1002105", "v1.9.6", "1.10.11");
    row("CVE-2018-1002105", "v1.12.2", "1.12.3");
    row("CVE-2018-1002105", "v1.12.3", "");
    row("CVE-2018-1002105", "v1.13.0", "");
    row("CVE-2020-8551", "v1.14.9", "");
    row("CVE-2020-8551", "v1.15.9", "1.15.10");
    row("CVE-2021-25741", "v1.22.1", "1.22.2");
    row("CVE-2021-25741", "v1.22.2", "");
    row("CVE-2023-2431", "v1.27.1+k3s1", "1.27.2");
    row("CVE-2023-2431", "v1.27.2", "");
    row("CVE-2024-9042", "v1.32.0", "1.32.1");
    row("CVE-2024-9042", "v1.33.0", "");
    row("CVE-2025-1767", "v1.35.9", "no version");
    row("CVE-2025-0426", "v1.29.1", "");
    row("CVE-2025-1974", "v1.11.4", "1.11.5");
    row("CVE-2025-1974", "v1.11.5", "");
    row("CVE-2025-1974", "v1.12.0", "1.12.1");
    row("CVE-2026-24512", "v1.13.7", "");
    row("CVE-2026-24512", "v1.14.2", "1.14.3");
}

void tst_ImageIssues::ranges()
{
    QFETCH(std::string, id);
    QFETCH(std::string, version);
    QFETCH(std::string, fix);
    const images::KnownIssue* issue = images::builtInIssues().find(id);
    QVERIFY(issue);
    const auto parsed = cluster::parseVersion(version);
    QVERIFY(parsed);
    const images::VersionRange* range = images::rangeOf(*issue, *parsed);
    QCOMPARE(range ? images::fixText(*range) : std::string(), fix);
}

void tst_ImageIssues::judges_data()
{
    QTest::addColumn<std::string>("yaml");
    QTest::addColumn<std::string>("ref");
    QTest::addColumn<std::string>("verdict");
    QTest::addColumn<std::string>("said"); // in the message
    const auto row
        = [](const char* situation, const std::string& yaml, const char* ref, const char* verdict, const char* said) {
              QTest::addRow("%s", situation) << yaml << std::string(ref) << std::string(verdict) << std::string(said);
          };
    const char* kubelet = "node/n1";
    const char* api = "pod/kube-system/kube-apiserver-n1";
    const char* web = "pod/shop/p";
    row("a version without known faults", plain + node("v1.36.1"), kubelet, "pass", "");
    row("a fault that needs nothing else", plain + node("v1.22.1"), kubelet, "fail", "CVE-2021-25741");
    row("a Windows node", plain + node("v1.28.0", "windows"), kubelet, "fail", "the node runs Windows");
    row("the same version on Linux", plain + node("v1.28.4"), kubelet, "pass", "");
    row("a gitRepo volume",
        node("v1.29.6")
            + pod("  containers:\n  - { name: a, image: \"a:1\" }\n  volumes:\n  - { name: v, gitRepo: { repository: "
                  "\"https://example.com/a\" } }\n"),
        kubelet, "fail", "CVE-2024-10220");
    row("no gitRepo volume", plain + node("v1.29.13"), kubelet, "pass", "");
    row("no pods to tell", node("v1.29.13"), kubelet, "not assessed", "CVE-2025-1767");
    row("a seccomp profile without name",
        node("v1.27.1")
            + pod("  containers:\n  - { name: a, image: \"a:1\", securityContext: { seccompProfile: { type: Localhost, "
                  "localhostProfile: \"\" } } }\n"),
        kubelet, "fail", "CVE-2023-2431");
    row("a seccomp profile with a name",
        node("v1.29.13")
            + pod("  containers:\n  - { name: a, image: \"a:1\", securityContext: { seccompProfile: { type: Localhost, "
                  "localhostProfile: a.json } } }\n"),
        kubelet, "pass", "");
    row("a provider's version", plain + node("v1.22.1-eks-9c63c4"), kubelet, "not assessed", "provider");
    row("an API server that verifies images",
        server("v1.27.2", "--enable-admission-plugins=ImagePolicyWebhook") + node("v1.36.0"), api, "fail",
        "CVE-2023-2727");
    row("what nobody can tell from objects", server("v1.25.3", "--v=2"), api, "not assessed", "if somebody");
    row("a node may set owners of itself", server("v1.33.3", "--enable-admission-plugins=NodeRestriction"), api, "fail",
        "CVE-2025-5187");
    row("a node may not set owners",
        server("v1.33.3", "\"--enable-admission-plugins=NodeRestriction,OwnerReferencesPermissionEnforcement\"")
            + "apiVersion: v1\nkind: Service\nmetadata: { name: s, namespace: shop }\nspec: { clusterIP: 10.0.0.1 }\n",
        api, "pass", "");
    row("external IPs",
        server("v1.36.0")
            + "apiVersion: v1\nkind: Service\nmetadata: { name: s, namespace: shop }\nspec: { externalIPs: [192.0.2.1] "
              "}\n",
        api, "not assessed", "CVE-2020-8554");
    row("external IPs that are refused",
        server("v1.36.0", "--enable-admission-plugins=DenyServiceExternalIPs")
            + "apiVersion: v1\nkind: Service\nmetadata: { name: s, namespace: shop }\nspec: { externalIPs: [192.0.2.1] "
              "}\n",
        api, "pass", "");
    row("an ingress controller with its webhook",
        ingress("registry.k8s.io/ingress-nginx/controller:v1.11.4", "\"--validating-webhook=:8443\""), web, "fail",
        "CVE-2025-1974");
    row("an ingress controller in another registry",
        ingress("registry.example.com/mirror/ingress-nginx/controller:v1.11.4@sha256:" + std::string(64, 'a'), ""), web,
        "fail", "CVE-2025-1097");
    row("the last fixes of the ingress controller", ingress("registry.k8s.io/ingress-nginx/controller:v1.14.4"), web,
        "pass", "");
    row("an ingress controller by digest alone",
        ingress("registry.k8s.io/ingress-nginx/controller@sha256:" + std::string(64, 'a')), web, "not assessed",
        "no tag");
    row("nothing tells a version", plain, "", "not assessed", "no version");
}

void tst_ImageIssues::judges()
{
    QFETCH(std::string, yaml);
    QFETCH(std::string, ref);
    QFETCH(std::string, verdict);
    QFETCH(std::string, said);
    const auto cluster = test::clusterFrom(yaml);
    const test::Outcomes outcomes = test::run("PLM-I12", cluster);
    QVERIFY(test::isComplete(outcomes));
    const auto found = outcomes.find(ref);
    QVERIFY2(found != outcomes.end(), test::verdictLines(outcomes).c_str());
    QVERIFY2(control::toText(found->second.verdict) == verdict, found->second.message.c_str());
    QVERIFY2(found->second.message.find(said) != std::string::npos, found->second.message.c_str());
}

QTEST_GUILESS_MAIN(tst_ImageIssues)
#include "tst_ImageIssues.moc"
