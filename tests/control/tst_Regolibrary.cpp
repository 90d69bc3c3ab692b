// SPDX-License-Identifier: Apache-2.0
// Our verdicts against the cases that kubescape publishes with its rules (Apache-2.0), for the rules that ask the same.
// A disagreement is settled by what Kubernetes does, and stands with its reason in the table below.
#include <array>
#include <deque>
#include <map>

#include "core/base/Progress.h"
#include "core/base/Text.h"
#include "core/format/Format.h"
#include "tests/control/RunControl.h"

#include <QFile>

using namespace plimsoll;

namespace {

enum class Join : std::uint8_t { Any, All }; // the rule alerts when any, or only when all, of the controls fail

struct Rule {
    std::string_view name;
    std::string_view controls; // separated by blanks
    Join join = Join::Any;
};

constexpr std::array rules {
    Rule { "alert-any-hostpath", "W07" },
    Rule { "alert-rw-hostpath", "W08" },
    Rule { "anonymous-access-enabled", "R30" },
    Rule { "cluster-admin-role", "R01 R02" },
    Rule { "container-hostPort", "W06" },
    Rule { "container-image-repository", "I04" },
    Rule { "containers-mounting-docker-socket", "W10" },
    Rule { "csistoragecapacity-in-default-namespace", "M09" },
    Rule { "deprecated-service-account-field", "W53" },
    Rule { "duplicate-env-var", "W55" },
    Rule { "endpointslice-in-default-namespace", "M09" },
    Rule { "ensure-default-service-accounts-has-only-default-roles", "R34" },
    Rule { "ensure-network-policy-is-enabled-eks", "N08" },
    Rule { "ensure-that-the-cni-in-use-supports-network-policies", "N08" },
    Rule { "ensure_network_policy_configured_in_labels", "N01 N02", Join::All },
    Rule { "horizontalpodautoscaler-in-default-namespace", "M09" },
    Rule { "host-ipc-privileges", "W04" },
    Rule { "host-network-access", "W05" },
    Rule { "image-pull-policy-is-not-set-to-always", "I03" },
    Rule { "immutable-container-filesystem", "W16" },
    Rule { "ingress-and-egress-blocked", "N01 N02" },
    Rule { "ingress-no-tls", "T01" },
    Rule { "internal-networking", "N03" },
    Rule { "label-usage-for-resources", "W56" },
    Rule { "mismatching-selector", "W54" },
    Rule { "no-rolling-update-strategy", "W57" },
    Rule { "non-root-containers", "W12" },
    Rule { "persistentvolumeclaim-in-default-namespace", "M09" },
    Rule { "pod-security-admission-applied-1", "M02" },
    Rule { "pod-security-admission-baseline-applied-2", "M02" },
    Rule { "pods-in-default-namespace", "M09" },
    Rule { "replicationcontroller-in-default-namespace", "M09" },
    Rule { "resource-policies", "W43 W44" },
    Rule { "resources-cpu-limit-and-request", "W43 W45" },
    Rule { "resources-memory-limits", "W44" },
    Rule { "resources-sandbox-cpu-limits", "W43" },
    Rule { "role-in-default-namespace", "M09" },
    Rule { "rule-can-approve-cert-signing-request", "R19" },
    Rule { "rule-can-create-pod", "R07" },
    Rule { "rule-can-modify-admission-webhooks", "R20" },
    Rule { "rule-can-portforward-v1", "R11" },
    Rule { "rule-can-ssh-to-pod-v1", "W36" },
    Rule { "rule-deny-cronjobs", "W51" },
    Rule { "rule-list-all-cluster-admins-v1", "R01 R02" },
    Rule { "rule-secrets-in-env-var", "S01" },
    Rule { "service-in-default-namespace", "M09" },
    Rule { "serviceaccount-token-mount", "W40" },
    Rule { "set-hostprocess-true", "W30" },
    Rule { "set-seccomp-profile", "W24" },
    Rule { "sudo-in-container-entrypoint", "W37" },
};

struct Disagreement {
    std::string_view place; // rule, or rule/case
    std::string_view reason;
};

constexpr std::array disagreements {
    Disagreement { "anonymous-access-enabled/fail",
        "Kubernetes makes this binding itself; it lets anonymous callers read health and version only" },
    Disagreement { "container-image-repository/pod-passed",
        "the image \"debian-azurecr.io/\" has no name and no runtime would take it, so there is nothing to judge" },
    Disagreement { "ensure-default-service-accounts-has-only-default-roles/failed_clusterrolebinding",
        "the ClusterRole does not exist in the case: RBAC grants nothing (PLM-R35 reports the dangling binding)" },
    Disagreement {
        "ensure-default-service-accounts-has-only-default-roles/failed_clusterrolebinding_boots_none_default",
        "the ClusterRole does not exist in the case: RBAC grants nothing (PLM-R35 reports the dangling binding)" },
    Disagreement { "ensure-network-policy-is-enabled-eks",
        "the input is kubescape's own CNIInfo of a node, not an API object; the network plugin is told by its "
        "DaemonSet" },
    Disagreement { "ensure-that-the-cni-in-use-supports-network-policies",
        "the input is kubescape's own CNIInfo of a node, not an API object; the network plugin is told by its "
        "DaemonSet" },
    Disagreement { "ensure_network_policy_configured_in_labels/success_pod_cilium_label_match",
        "empty lists of rules isolate nothing in Cilium (rule.go, Sanitize: a direction without rules is allowed by "
        "default)" },
    Disagreement { "ingress-and-egress-blocked/cnp-only-egress",
        "an egress policy leaves ingress open; the rule is content with either" },
    Disagreement { "ingress-and-egress-blocked/only-egress-policy",
        "an egress policy leaves ingress open; the rule is content with either" },
    Disagreement { "ingress-and-egress-blocked/cronjob",
        "the pods use the network of the node, where policies do not apply: not assessed, PLM-W05 reports it" },
    Disagreement { "label-usage-for-resources/workload",
        "without a list the rule is content with the label app; PLM-W56 then asks for an owner" },
    Disagreement { "pods-in-default-namespace/pod",
        "the manifest names no namespace, so where it goes is not known: not assessed" },
    Disagreement { "resources-cpu-limit-and-request/pod-only-requests",
        "a limit is the request where none is set (pkg/apis/core/v1/defaults.go)" },
    Disagreement { "resources-cpu-limit-and-request/workload-exceeded",
        "the rule compares with amounts of its own settings; PLM-W43 and PLM-W45 ask whether there are any" },
    Disagreement { "resources-cpu-limit-and-request/workload-mixed-unit",
        "the rule compares with amounts of its own settings; PLM-W43 and PLM-W45 ask whether there are any" },
    Disagreement { "resources-sandbox-cpu-limits/failed-exceeded-cpu-limits",
        "the rule compares with an amount of its own settings; PLM-W43 asks whether there is any" },
    Disagreement { "resources-sandbox-cpu-limits/failed-exceeded-cpu-limits-decimal-si",
        "the rule compares with an amount of its own settings; PLM-W43 asks whether there is any" },
    Disagreement { "role-in-default-namespace/role", "the manifest names no namespace, so where it goes is not known" },
    Disagreement { "rule-can-approve-cert-signing-request/clusterrole-rolebinding",
        "certificate requests are cluster-scoped: a RoleBinding grants nothing on them" },
    Disagreement { "rule-can-approve-cert-signing-request/role-rolebinding",
        "certificate requests are cluster-scoped: a RoleBinding grants nothing on them" },
    Disagreement { "rule-can-modify-admission-webhooks/clusterrole-rolebinding",
        "webhook configurations are cluster-scoped: a RoleBinding grants nothing on them" },
    Disagreement { "rule-can-modify-admission-webhooks/role-rolebinding",
        "webhook configurations are cluster-scoped: a RoleBinding grants nothing on them" },
    Disagreement { "rule-can-portforward-v1/clusterrole-clusterrolebinding",
        "\"pods/*\" is no wildcard in RBAC: only \"*\" and \"*/portforward\" match pods/portforward" },
    Disagreement { "rule-list-all-cluster-admins-v1/clusterrole-rolebinding",
        "everything of the core API group in one namespace is not everything; PLM-R04 and PLM-R06 report the role" },
    Disagreement { "serviceaccount-token-mount/both-mount",
        "the rule asks for mounted tokens that have rights, PLM-W40 for mounted tokens that are of no use" },
    Disagreement { "serviceaccount-token-mount/both-mount-default",
        "the rule asks for mounted tokens that have rights, PLM-W40 for mounted tokens that are of no use" },
    Disagreement { "serviceaccount-token-mount/pod-mount",
        "the rule asks for mounted tokens that have rights, PLM-W40 for mounted tokens that are of no use" },
    Disagreement { "serviceaccount-token-mount/pod-mount-and-rb-bind",
        "the rule asks for mounted tokens that have rights, PLM-W40 for mounted tokens that are of no use" },
};

struct Case {
    std::map<std::string, std::string> inputs; // by file name
    std::string expected;
    std::string data;
};
using Cases = std::map<std::string, Case>; // by "rule/case"

class FileSource : public format::ByteSource {
public:
    explicit FileSource(const std::string& path)
        : m_file(QString::fromStdString(path))
    {
        m_isOpen = m_file.open(QIODevice::ReadOnly);
    }
    Result<std::size_t> read(char* buffer, std::size_t size) override
    {
        const qint64 count = m_isOpen ? m_file.read(buffer, static_cast<qint64>(size)) : -1;
        if (count < 0)
            return failure(ErrorKind::Access, "cannot read");
        return static_cast<std::size_t>(count);
    }

private:
    QFile m_file;
    bool m_isOpen = false;
};

Result<std::string> readAll(format::ByteSource& bytes)
{
    std::string text;
    std::array<char, 65536> buffer;
    for (;;) {
        const auto count = bytes.read(buffer.data(), buffer.size());
        if (!count)
            return std::unexpected(count.error());
        if (*count == 0)
            return text;
        text.append(buffer.data(), *count);
    }
}

const Rule* ruleOf(std::string_view name)
{
    const auto found = std::ranges::find(rules, name, &Rule::name);
    return found == rules.end() ? nullptr : &*found;
}

// ".../RULE/test/CASE/{input/FILE,expected.json,data.json}", wherever the archive's root is.
Result<Cases> readCases(const std::string& path)
{
    Cases cases;
    FileSource archive(path);
    const auto visited = format::unpack(
        archive, "regolibrary.tar.gz", {}, [&](std::string_view name, format::ByteSource& bytes) -> Result<void> {
            const auto parts = split(name, '/');
            const auto test = std::ranges::find(parts, "test");
            if (test == parts.begin() || parts.end() - test < 3 || !ruleOf(*(test - 1)))
                return {};
            auto text = readAll(bytes);
            if (!text)
                return std::unexpected(text.error());
            Case& one = cases[std::string(*(test - 1)) + '/' + std::string(*(test + 1))];
            if (parts.back() == "expected.json")
                one.expected = std::move(*text);
            else if (parts.back() == "data.json")
                one.data = std::move(*text);
            else if (std::ranges::find(parts, "input") != parts.end())
                one.inputs[std::string(parts.back())] = std::move(*text);
            return {};
        });
    if (!visited)
        return std::unexpected(visited.error());
    return cases;
}

// A case is the whole cluster for its rule: kinds that it has no objects of are listed as empty.
constexpr std::string_view emptyLists
    = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicyList\nitems: []\n---\n"
      "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleList\nitems: []\n---\n"
      "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleList\nitems: []\n---\n"
      "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBindingList\nitems: []\n---\n"
      "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBindingList\nitems: []\n---\n"
      "apiVersion: v1\nkind: ServiceAccountList\nitems: []\n";

std::shared_ptr<const cluster::Cluster> load(const Case& one)
{
    static std::deque<std::string> texts; // bytes in memory must outlive the snapshot
    std::vector<snapshot::Source> sources { { "empty-lists.yaml", emptyLists } };
    for (const auto& [name, text] : one.inputs) {
        texts.push_back(text);
        sources.push_back({ name, std::string_view(texts.back()) });
    }
    Progress progress;
    auto cluster = cluster::loadCluster(sources, test::pool(), progress);
    return cluster ? *cluster : nullptr;
}

control::Settings settingsOf(const Case& one)
{
    control::Settings settings;
    format::Document document;
    if (one.data.empty() || !format::parseYaml(one.data, 1, document))
        return settings;
    for (const format::Value value : document.root().at("/postureControlInputs/imageRepositoryAllowList"))
        settings.allowedRegistries.emplace_back(value.text());
    for (const format::Value value : document.root().at("/postureControlInputs/recommendedLabels"))
        settings.requiredLabels.emplace_back(value.text());
    return settings;
}

bool isAlertExpected(const Case& one)
{
    format::Document document;
    return format::parseYaml(one.expected, 1, document) && document.root().size() > 0;
}

// A case fails when one object does; it passes when something was judged, or nothing asked for a judgement.
control::Verdict worst(const test::Outcomes& outcomes)
{
    const auto has = [&](control::Verdict verdict) {
        return std::ranges::any_of(outcomes, [&](const auto& pair) { return pair.second.verdict == verdict; });
    };
    if (has(control::Verdict::Fail))
        return control::Verdict::Fail;
    return has(control::Verdict::NotAssessed) && !has(control::Verdict::Pass) ? control::Verdict::NotAssessed
                                                                              : control::Verdict::Pass;
}

control::Verdict judge(const Rule& rule, const std::shared_ptr<const cluster::Cluster>& cluster,
    const control::Settings& settings, std::string& verdicts)
{
    std::size_t failed = 0;
    std::size_t passed = 0;
    const auto ids = split(rule.controls, ' ');
    for (const std::string_view id : ids) {
        const auto outcomes = test::run("PLM-" + std::string(id), cluster, settings);
        const control::Verdict verdict = worst(outcomes);
        failed += verdict == control::Verdict::Fail ? 1 : 0;
        passed += verdict == control::Verdict::Pass ? 1 : 0;
        verdicts += std::string(id) + ":\n" + test::verdictLines(outcomes);
    }
    if (rule.join == Join::Any ? failed > 0 : failed == ids.size())
        return control::Verdict::Fail;
    return passed > 0 ? control::Verdict::Pass : control::Verdict::NotAssessed;
}

std::string_view reasonFor(const std::string& place)
{
    const std::string_view rule = std::string_view(place).substr(0, place.find('/'));
    for (const Disagreement& row : disagreements) {
        if (row.place == place || row.place == rule)
            return row.reason;
    }
    return {};
}

} // namespace

class tst_Regolibrary : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void agrees_data();
    void agrees();
    void cleanupTestCase();

private:
    Cases m_cases;
    int m_agreeing = 0;
};

void tst_Regolibrary::initTestCase()
{
    const auto path = test::sharedPath("conformance/regolibrary.tar.gz");
    if (!path)
        QSKIP("the shared conformance data is not here");
    auto cases = readCases(*path);
    VERIFY_RESULT(cases);
    m_cases = std::move(*cases);
    QVERIFY(m_cases.size() > 100);
}

void tst_Regolibrary::agrees_data()
{
    QTest::addColumn<std::string>("place");
    for (const auto& [place, one] : m_cases)
        QTest::addRow("%s", place.c_str()) << place;
}

void tst_Regolibrary::agrees()
{
    QFETCH(std::string, place);
    const Case& one = m_cases.at(place);
    const auto cluster = load(one);
    const Rule& rule = *ruleOf(std::string_view(place).substr(0, place.find('/')));
    std::string verdicts = cluster ? "" : "nothing could be loaded\n";
    const control::Verdict verdict
        = cluster ? judge(rule, cluster, settingsOf(one), verdicts) : control::Verdict::NotAssessed;
    const control::Verdict expected = isAlertExpected(one) ? control::Verdict::Fail : control::Verdict::Pass;
    m_agreeing += verdict == expected ? 1 : 0;
    const std::string_view reason = reasonFor(place);
    if (verdict == expected) {
        QVERIFY2(reason.empty(), "the table of disagreements is out of date");
        return;
    }
    QVERIFY2(!reason.empty(), ("expected " + std::string(control::toText(expected)) + '\n' + verdicts).c_str());
}

void tst_Regolibrary::cleanupTestCase()
{
    qInfo("%d of %d cases agree", m_agreeing, static_cast<int>(m_cases.size()));
}

QTEST_GUILESS_MAIN(tst_Regolibrary)
#include "tst_Regolibrary.moc"
