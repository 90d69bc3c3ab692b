// SPDX-License-Identifier: Apache-2.0
// The frameworks are complete: every id of those with a public list, no more, each where it belongs.
#include <algorithm>
#include <charconv>
#include <set>

#include "core/base/Text.h"
#include "core/control/Catalogue.h"
#include "tests/support/Support.h"

using namespace plimsoll;
using control::Framework;
using control::Requirement;

namespace {

const control::Catalogue& catalogue()
{
    static const std::shared_ptr<const control::Catalogue> loaded = [] {
        auto result = control::loadCatalogue();
        if (!result)
            qFatal("%s", toText(result.error()).c_str());
        return *result;
    }();
    return *loaded;
}

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

int numberOf(std::string_view digits)
{
    int number = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return number;
}

std::vector<std::string> words(std::string_view text, char separator)
{
    std::vector<std::string> result;
    while (!text.empty()) {
        const auto end = std::min(text.find(separator), text.size());
        if (end > 0)
            result.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return result;
}

// "1.2.1-30 2.1-7 V-245541-245544 K01-10 5.5.1": ranges run over the digits before the last dash, and keep their width.
std::vector<std::string> expand(std::string_view ranges)
{
    std::vector<std::string> ids;
    for (const std::string& range : words(ranges, ' ')) {
        const auto dash = range.rfind('-');
        const auto isDigitAt = [&](std::size_t i) { return i < range.size() && isDigit(range[i]); };
        if (dash == std::string::npos || dash == 0 || !isDigitAt(dash - 1) || !isDigitAt(dash + 1)) {
            ids.push_back(range);
            continue;
        }
        auto first = dash;
        while (first > 0 && isDigitAt(first - 1))
            --first;
        const int last = numberOf(std::string_view(range).substr(dash + 1));
        for (int n = numberOf(std::string_view(range).substr(first, dash - first)); n <= last; ++n) {
            const std::string number = std::to_string(n);
            const std::size_t width = dash - first;
            ids.push_back(
                range.substr(0, first) + std::string(width > number.size() ? width - number.size() : 0, '0') + number);
        }
    }
    return ids;
}

// "1.2.9" comes before "1.2.10": runs of digits are compared as numbers.
bool isBefore(std::string_view a, std::string_view b)
{
    while (!a.empty() && !b.empty()) {
        if (isDigit(a[0]) && isDigit(b[0])) {
            const auto length = [](std::string_view text) {
                return static_cast<std::size_t>(std::ranges::find_if_not(text, isDigit) - text.begin());
            };
            const int x = numberOf(a), y = numberOf(b);
            if (x != y)
                return x < y;
            a.remove_prefix(length(a));
            b.remove_prefix(length(b));
            continue;
        }
        if (a[0] != b[0])
            return a[0] < b[0];
        a.remove_prefix(1);
        b.remove_prefix(1);
    }
    return a.size() < b.size();
}

// "API server 30, etcd 7", in the framework's order.
std::string sectionsOf(const Framework& framework)
{
    std::vector<std::pair<std::string, int>> counts;
    for (const Requirement& requirement : framework.requirements) {
        if (counts.empty() || counts.back().first != requirement.section)
            counts.emplace_back(requirement.section, 0);
        ++counts.back().second;
    }
    std::string text;
    for (const auto& [section, count] : counts)
        text += (text.empty() ? "" : ", ") + section + ' ' + std::to_string(count);
    return text;
}

std::string joined(const std::vector<std::string>& ids)
{
    std::string text;
    for (const std::string& id : ids)
        text += (text.empty() ? "" : " ") + id;
    return text;
}

} // namespace

class tst_Frameworks : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void hasEveryId_data();
    void hasEveryId();
    void sharesIdsWithItsPredecessor();
    void isInOrder_data();
    void isInOrder();
    void isWellFormed_data();
    void isWellFormed();
    void comparesNaturally();
};

// One row per framework with a public list of ids: the ids, and how many each section holds.
void tst_Frameworks::hasEveryId_data()
{
    QTest::addColumn<std::string>("framework");
    QTest::addColumn<std::size_t>("count");
    QTest::addColumn<std::string>("ids");
    QTest::addColumn<std::string>("sections");
    const std::string components = "Files of the control plane 21, API server 30, Controller manager 7, Scheduler 2, "
                                   "etcd 7, Logins 3, Audit log 2, Files of the nodes 10, ";
    const std::string policies = "Network policies and plugin 2, Secrets 2, Extensible admission 1, General 4";
    QTest::addRow("OWASP 2022") << std::string("owasp-k8s-2022") << std::size_t { 10 } << std::string("K01-10")
                                << std::string("Top ten 10");
    QTest::addRow("OWASP 2025") << std::string("owasp-k8s-2025") << std::size_t { 10 } << std::string("K01-10")
                                << std::string("Top ten 10");
    QTest::addRow("NIST SP 800-190") << std::string("nist-800-190") << std::size_t { 23 }
                                     << std::string("4.1.1-5 4.2.1-3 4.3.1-5 4.4.1-5 4.5.1-5")
                                     << std::string("Images 5, Registries 3, Orchestrator 5, Containers 5, "
                                                    "Host operating system 5");
    QTest::addRow("CIS 2.0.1") << std::string("cis-2.0.1") << std::size_t { 131 }
                               << std::string("1.1.1-21 1.2.1-30 1.3.1-7 1.4.1-2 2.1-7 3.1.1-3 3.2.1-2 4.1.1-10 "
                                              "4.2.1-14 4.3.1 5.1.1-13 5.2.1-12 5.3.1-2 5.4.1-2 5.5.1 5.6.1-4")
                               << components
            + "Kubelet 14, kube-proxy 1, RBAC and service accounts 13, Pod security 12, " + policies;
    QTest::addRow("CIS 1.12") << std::string("cis-1.12") << std::size_t { 131 }
                              << std::string("1.1.1-21 1.2.1-30 1.3.1-7 1.4.1-2 2.1-7 3.1.1-3 3.2.1-2 4.1.1-10 "
                                             "4.2.1-14 4.3.1 5.1.1-13 5.2.1-12 5.3.1-2 5.4.1-2 5.5.1 5.6.1-4")
                              << components
            + "Kubelet 14, kube-proxy 1, RBAC and service accounts 13, Pod security 12, " + policies;
    QTest::addRow("CIS 1.11") << std::string("cis-1.11") << std::size_t { 133 }
                              << std::string("1.1.1-21 1.2.1-30 1.3.1-7 1.4.1-2 2.1-7 3.1.1-3 3.2.1-2 4.1.1-10 "
                                             "4.2.1-15 4.3.1 5.1.1-13 5.2.1-13 5.3.1-2 5.4.1-2 5.5.1 5.6.1-4")
                              << components
            + "Kubelet 15, kube-proxy 1, RBAC and service accounts 13, Pod security 13, " + policies;
    QTest::addRow("CIS 1.10") << std::string("cis-1.10") << std::size_t { 130 }
                              << std::string("1.1.1-21 1.2.1-29 1.3.1-7 1.4.1-2 2.1-7 3.1.1-3 3.2.1-2 4.1.1-10 "
                                             "4.2.1-13 4.3.1 5.1.1-13 5.2.1-13 5.3.1-2 5.4.1-2 5.5.1 5.7.1-4")
                              << "Files of the control plane 21, API server 29, Controller manager 7, Scheduler 2, "
                                 "etcd 7, Logins 3, Audit log 2, Files of the nodes 10, Kubelet 13, kube-proxy 1, RBAC "
                                 "and service accounts 13, Pod security 13, "
            + policies;
    QTest::addRow("EKS") << std::string("cis-eks-1.8.0") << std::size_t { 50 }
                         << std::string("2.1.1-2 3.1.1-4 3.2.1-9 4.1.1-12 4.2.1-5 4.3.1-2 4.4.1-2 4.5.1-2 5.1.1-4 "
                                        "5.2.1 5.3.1 5.4.1-5 5.5.1")
                         << std::string("Audit logs 2, Configuration files of the nodes 4, Kubelet 9, RBAC and service "
                                        "accounts 12, Pod security 5, Network policies and plugin 2, Secrets 2, "
                                        "General 2, Images and registries 4, Identity and access 1, Encryption of "
                                        "Secrets 1, Cluster network 5, Authentication and authorization 1");
    QTest::addRow("AKS") << std::string("cis-aks-1.8") << std::size_t { 51 }
                         << std::string("2.1.1 3.1.1-4 3.2.1-9 4.1.1-12 4.2.1-5 4.4.1-2 4.5.1-2 4.6.1-3 5.1.1-4 5.2.1 "
                                        "5.3.1 5.4.1-5 5.5.1-2")
                         << std::string("Audit logs 1, Configuration files of the nodes 4, Kubelet 9, RBAC and service "
                                        "accounts 12, Pod security 5, Network policies and plugin 2, Secrets 2, "
                                        "General 3, Images and registries 4, Identity and access 1, Encryption of "
                                        "Secrets 1, Cluster network 5, Authentication and authorization 2");
    QTest::addRow("GKE") << std::string("cis-gke-1.9.0") << std::size_t { 57 }
                         << std::string("3.1.1-4 4.1.1-10 4.2.1 4.3.1-2 4.4.1-2 4.5.1 4.6.1-4 5.1.1-4 5.2.1-2 5.3.1 "
                                        "5.4.1 5.5.1-7 5.6.1-7 5.7.1-2 5.8.1-3 5.9.1-2 5.10.1-4")
                         << std::string("Configuration files of the nodes 4, RBAC and service accounts 10, Pod "
                                        "security 1, Network policies and plugin 2, Secrets 2, Extensible admission 1, "
                                        "General 4, Images and registries 4, Identity and access 2, Encryption of "
                                        "Secrets 1, Node metadata 1, Nodes and their upkeep 7, Cluster network 7, "
                                        "Logging and monitoring 2, Authentication and authorization 3, Storage 2, "
                                        "Other settings of the cluster 4");
    QTest::addRow("STIG") << std::string("stig-kubernetes") << std::size_t { 98 }
                          << std::string("V-242376-242415 V-242417-242438 V-242442-242468 V-245541-245544 "
                                         "V-254800-254801 V-274882-274884")
                          << std::string("API server 16, Controller manager and scheduler 7, etcd 8, Kubelet 12, Audit "
                                         "logs 7, Nodes 3, Workloads and namespaces 4, Pod security 3, Secrets 4, "
                                         "Ports and protocols 4, Files of the control plane and the nodes 22, Versions "
                                         "and updates 2, Withdrawn from the current release 6");
}

void tst_Frameworks::hasEveryId()
{
    QFETCH(std::string, framework);
    QFETCH(std::size_t, count);
    QFETCH(std::string, ids);
    QFETCH(std::string, sections);
    const Framework* found = catalogue().findFramework(framework);
    QVERIFY(found);
    std::vector<std::string> wanted = expand(ids), actual;
    for (const Requirement& requirement : found->requirements)
        actual.push_back(requirement.id);
    std::ranges::sort(wanted, isBefore);
    std::ranges::sort(actual, isBefore);
    QCOMPARE(joined(actual), joined(wanted));
    QCOMPARE(actual.size(), count);
    QCOMPARE(sectionsOf(*found), sections);
}

// What kept its number from CIS 1.12 to 2.0.1 kept its meaning: whoever compares the two sees no difference but ids.
void tst_Frameworks::sharesIdsWithItsPredecessor()
{
    const Framework* now = catalogue().findFramework("cis-2.0.1");
    const Framework* before = catalogue().findFramework("cis-1.12");
    QVERIFY(now && before);
    QCOMPARE(now->requirements.size(), before->requirements.size());
    for (std::size_t i = 0; i < now->requirements.size(); ++i) {
        QCOMPARE(now->requirements[i].id, before->requirements[i].id);
        QCOMPARE(now->requirements[i].title, before->requirements[i].title);
        QCOMPARE(joined(now->requirements[i].controls), joined(before->requirements[i].controls));
    }
}

// One row per framework whose ids are numbers: they rise within each section, and a section stands together.
void tst_Frameworks::isInOrder_data()
{
    QTest::addColumn<std::string>("framework");
    for (const char* framework :
        { "cis-2.0.1", "cis-1.12", "cis-1.11", "cis-1.10", "cis-eks-1.8.0", "cis-aks-1.8", "cis-gke-1.9.0",
            "stig-kubernetes", "owasp-k8s-2022", "owasp-k8s-2025", "ms-threat-matrix", "nist-800-190" })
        QTest::addRow("%s", framework) << std::string(framework);
}

void tst_Frameworks::isInOrder()
{
    QFETCH(std::string, framework);
    const Framework* found = catalogue().findFramework(framework);
    QVERIFY(found);
    std::set<std::string> sections;
    const Requirement* last = nullptr;
    for (const Requirement& requirement : found->requirements) {
        if (!last || last->section != requirement.section)
            QVERIFY2(sections.insert(requirement.section).second, requirement.section.c_str());
        else
            QVERIFY2(isBefore(last->id, requirement.id), requirement.id.c_str());
        last = &requirement;
    }
}

void tst_Frameworks::isWellFormed_data()
{
    QTest::addColumn<std::string>("framework");
    for (const Framework& framework : catalogue().frameworks)
        QTest::addRow("%s", framework.id.c_str()) << framework.id;
}

void tst_Frameworks::isWellFormed()
{
    QFETCH(std::string, framework);
    const Framework* found = catalogue().findFramework(framework);
    QVERIFY(found && !found->requirements.empty());
    QVERIFY(found->note.size() >= 60);
    std::set<std::string> ids;
    for (const Requirement& requirement : found->requirements) {
        const char* id = requirement.id.c_str();
        QVERIFY2(ids.insert(requirement.id).second, id);
        QVERIFY2(std::ranges::all_of(requirement.id,
                     [](char c) {
                         return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-'
                             || c == '_';
                     }),
            id);
        QVERIFY2(requirement.title.size() >= 10 && requirement.title.size() <= 100, id);
        QVERIFY2(requirement.title.back() != '.', id);
        if (requirement.mode != Requirement::Mode::Automated) // a sentence that names something, not a mere hint
            QVERIFY2(requirement.lookAt.size() >= 35 && requirement.lookAt.back() == '.', id);
        const std::set<std::string> controls(requirement.controls.begin(), requirement.controls.end());
        QVERIFY2(controls.size() == requirement.controls.size(), id);
    }
}

void tst_Frameworks::comparesNaturally()
{
    QVERIFY(isBefore("1.2.9", "1.2.10"));
    QVERIFY(!isBefore("1.2.10", "1.2.9"));
    QVERIFY(!isBefore("5.1.1", "5.1.1"));
    QVERIFY(isBefore("2.7", "3.1.1"));
    QCOMPARE(joined(expand("1.1.9-11 V-7-8 K09-10 5.5.1 pod-1")),
        std::string("1.1.9 1.1.10 1.1.11 V-7 V-8 K09 K10 5.5.1 pod-1"));
}

QTEST_GUILESS_MAIN(tst_Frameworks)

#include "tst_Frameworks.moc"
