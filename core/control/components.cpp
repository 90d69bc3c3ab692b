// SPDX-License-Identifier: Apache-2.0
// Controls on the API server, etcd, kubelets and the other parts of Kubernetes: one row of a table each. The numbers
// are those of CIS Kubernetes 2.0.1; X.. are what other benchmarks ask besides.
#include <algorithm>
#include <array>
#include <utility>

#include "core/base/Text.h"
#include "core/control/detail/Components_p.h"
#include "core/control/detail/Families_p.h"
#include "core/control/detail/Outcomes_p.h"

namespace plimsoll::control {

using components::Component;
using components::Instance;

namespace {

constexpr auto api = Component::ApiServer;
constexpr auto manager = Component::ControllerManager;
constexpr auto scheduler = Component::Scheduler;
constexpr auto etcd = Component::Etcd;
constexpr auto kubelet = Component::Kubelet;
constexpr std::string_view plugins = "enable-admission-plugins";
constexpr std::string_view disabled = "disable-admission-plugins";

constexpr Rule file(std::string_view id, Component component, std::string_view what)
{
    return { .id = id, .component = component, .test = Test::Node, .missing = what };
}
constexpr Rule given(std::string_view id, Component component, std::string_view setting, std::string_view second = {})
{
    return { .id = id, .component = component, .test = Test::Given, .setting = setting, .second = second };
}
constexpr Rule is(std::string_view id, Component component, std::string_view setting, std::string_view value,
    std::string_view fallback)
{
    return {
        .id = id, .component = component, .test = Test::Is, .setting = setting, .argument = value, .fallback = fallback
    };
}
constexpr Rule isNot(std::string_view id, Component component, std::string_view setting, std::string_view value,
    std::string_view fallback)
{
    return { .id = id,
        .component = component,
        .test = Test::IsNot,
        .setting = setting,
        .argument = value,
        .fallback = fallback };
}
constexpr Rule absent(std::string_view id, Component component, std::string_view setting)
{
    return { .id = id, .component = component, .test = Test::Absent, .setting = setting };
}
constexpr Rule holds(std::string_view id, std::string_view setting, std::string_view value)
{
    return { .id = id, .component = api, .test = Test::Holds, .setting = setting, .argument = value };
}
constexpr Rule holdsNot(std::string_view id, std::string_view setting, std::string_view value)
{
    return { .id = id, .component = api, .test = Test::HoldsNot, .setting = setting, .argument = value };
}
constexpr Rule loopback(std::string_view id, Component component, std::string_view setting, std::string_view fallback)
{
    return { .id = id, .component = component, .test = Test::Loopback, .setting = setting, .fallback = fallback };
}
constexpr Rule custom(std::string_view id, Component component, JudgeInstance* judge)
{
    return { .id = id, .component = component, .test = Test::Custom, .judge = judge };
}

constexpr std::string_view modeOf = "the mode of a file";
constexpr std::string_view ownerOf = "the owner of a file";

constexpr std::array tlsServers { manager, scheduler, kubelet };

constexpr std::array<Rule, 109> ruleTable { {
    file("PLM-1.1.1", api, modeOf),
    file("PLM-1.1.2", api, ownerOf),
    file("PLM-1.1.3", manager, modeOf),
    file("PLM-1.1.4", manager, ownerOf),
    file("PLM-1.1.5", scheduler, modeOf),
    file("PLM-1.1.6", scheduler, ownerOf),
    file("PLM-1.1.7", etcd, modeOf),
    file("PLM-1.1.8", etcd, ownerOf),
    file("PLM-1.1.9", api, modeOf),
    file("PLM-1.1.10", api, ownerOf),
    file("PLM-1.1.11", etcd, modeOf),
    file("PLM-1.1.12", etcd, ownerOf),
    file("PLM-1.1.13", api, modeOf),
    file("PLM-1.1.14", api, ownerOf),
    file("PLM-1.1.15", scheduler, modeOf),
    file("PLM-1.1.16", scheduler, ownerOf),
    file("PLM-1.1.17", manager, modeOf),
    file("PLM-1.1.18", manager, ownerOf),
    file("PLM-1.1.19", api, ownerOf),
    file("PLM-1.1.20", api, modeOf),
    file("PLM-1.1.21", api, modeOf),
    custom("PLM-1.2.1", api, judgeAnonymous),
    absent("PLM-1.2.2", api, "token-auth-file"),
    holds("PLM-1.2.3", plugins, "DenyServiceExternalIPs"),
    given("PLM-1.2.4", api, "kubelet-client-certificate", "kubelet-client-key"),
    given("PLM-1.2.5", api, "kubelet-certificate-authority"),
    custom("PLM-1.2.6", api, judgeModeNotOpen),
    custom("PLM-1.2.7", api, judgeModeNode),
    custom("PLM-1.2.8", api, judgeModeRbac),
    holds("PLM-1.2.9", plugins, "EventRateLimit"),
    holdsNot("PLM-1.2.10", plugins, "AlwaysAdmit"),
    holds("PLM-1.2.11", plugins, "AlwaysPullImages"),
    holdsNot("PLM-1.2.12", disabled, "ServiceAccount"),
    holdsNot("PLM-1.2.13", disabled, "NamespaceLifecycle"),
    holds("PLM-1.2.14", plugins, "NodeRestriction"),
    is("PLM-1.2.15", api, "profiling", "false", "true"),
    custom("PLM-1.2.16", api, judgeAuditPath),
    custom("PLM-1.2.17", api, judgeAuditAge),
    custom("PLM-1.2.18", api, judgeAuditBackups),
    custom("PLM-1.2.19", api, judgeAuditSize),
    custom("PLM-1.2.20", api, judgeRequestTimeout),
    isNot("PLM-1.2.21", api, "service-account-lookup", "false", "true"),
    given("PLM-1.2.22", api, "service-account-key-file"),
    given("PLM-1.2.23", api, "etcd-certfile", "etcd-keyfile"),
    given("PLM-1.2.24", api, "tls-cert-file", "tls-private-key-file"),
    given("PLM-1.2.25", api, "client-ca-file"),
    given("PLM-1.2.26", api, "etcd-cafile"),
    given("PLM-1.2.27", api, "encryption-provider-config"),
    custom("PLM-1.2.28", api, judgeEncryptionProvider),
    custom("PLM-1.2.29", api, judgeCiphers),
    is("PLM-1.2.30", api, "service-account-extend-token-expiration", "false", "true"),
    custom("PLM-1.3.1", manager, judgePodGc),
    is("PLM-1.3.2", manager, "profiling", "false", "true"),
    is("PLM-1.3.3", manager, "use-service-account-credentials", "true", "false"),
    given("PLM-1.3.4", manager, "service-account-private-key-file"),
    given("PLM-1.3.5", manager, "root-ca-file"),
    custom("PLM-1.3.6", manager, judgeRotationGate),
    loopback("PLM-1.3.7", manager, "bind-address", "0.0.0.0"),
    is("PLM-1.4.1", scheduler, "profiling", "false", "true"),
    loopback("PLM-1.4.2", scheduler, "bind-address", "0.0.0.0"),
    given("PLM-2.1", etcd, "cert-file", "key-file"),
    is("PLM-2.2", etcd, "client-cert-auth", "true", "false"),
    isNot("PLM-2.3", etcd, "auto-tls", "true", "false"),
    given("PLM-2.4", etcd, "peer-cert-file", "peer-key-file"),
    is("PLM-2.5", etcd, "peer-client-cert-auth", "true", "false"),
    isNot("PLM-2.6", etcd, "peer-auto-tls", "true", "false"),
    { .id = "PLM-2.7", .component = etcd, .test = Test::Custom, .judgeAmong = judgeEtcdCa },
    file("PLM-3.1.1", api, "how people log in"),
    file("PLM-3.1.2", api, "how people log in"),
    file("PLM-3.1.3", api, "how people log in"),
    given("PLM-3.2.1", api, "audit-policy-file"),
    { .id = "PLM-3.2.2", .component = api, .test = Test::Custom, .judgeAmong = judgeAuditPolicyContent },
    file("PLM-4.1.1", kubelet, modeOf),
    file("PLM-4.1.2", kubelet, ownerOf),
    file("PLM-4.1.3", Component::KubeProxy, modeOf),
    file("PLM-4.1.4", Component::KubeProxy, ownerOf),
    file("PLM-4.1.5", kubelet, modeOf),
    file("PLM-4.1.6", kubelet, ownerOf),
    file("PLM-4.1.7", kubelet, modeOf),
    file("PLM-4.1.8", kubelet, ownerOf),
    file("PLM-4.1.9", kubelet, modeOf),
    file("PLM-4.1.10", kubelet, ownerOf),
    is("PLM-4.2.1", kubelet, "authentication.anonymous.enabled", "false", "false"),
    isNot("PLM-4.2.2", kubelet, "authorization.mode", "AlwaysAllow", "Webhook"),
    given("PLM-4.2.3", kubelet, "authentication.x509.clientCAFile"),
    is("PLM-4.2.4", kubelet, "readOnlyPort", "0", "0"),
    custom("PLM-4.2.5", kubelet, judgeIdleTimeout),
    is("PLM-4.2.6", kubelet, "makeIPTablesUtilChains", "true", "true"),
    file("PLM-4.2.7", kubelet, "a flag of the kubelet"),
    custom("PLM-4.2.8", kubelet, judgeEventRate),
    custom("PLM-4.2.9", kubelet, judgeServingCertificate),
    is("PLM-4.2.10", kubelet, "rotateCertificates", "true", "false"),
    custom("PLM-4.2.11", kubelet, judgeServingRotation),
    custom("PLM-4.2.12", kubelet, judgeKubeletCiphers),
    custom("PLM-4.2.13", kubelet, judgePidLimit),
    is("PLM-4.2.14", kubelet, "seccompDefault", "true", "false"),
    loopback("PLM-4.3.1", Component::KubeProxy, "metricsBindAddress", "127.0.0.1:10249"),
    custom("PLM-X01", api, judgeInsecurePort),
    isNot("PLM-X02", api, "secure-port", "0", "6443"),
    absent("PLM-X03", api, "basic-auth-file"),
    isNot("PLM-X04", api, "kubelet-https", "false", "true"),
    custom("PLM-X05", api, judgeDefaultPlugins),
    holdsNot("PLM-X06", disabled, "PodSecurity"),
    custom("PLM-X07", api, judgeAlphaGates),
    custom("PLM-X08", api, judgeDynamicAuditing),
    is("PLM-X09", kubelet, "protectKernelDefaults", "true", "false"),
    file("PLM-X10", kubelet, "a setting of the node's service manager"),
    holdsNot("PLM-X11", disabled, "ValidatingAdmissionWebhook"),
    { .id = "PLM-X12", .component = api, .test = Test::Custom, .judge = judgeTlsVersion, .others = tlsServers },
} };

// The object that stands for the cluster where a report from outside decides.
cluster::ObjectId clusterObject(const cluster::Cluster& cluster)
{
    const cluster::ObjectId system = cluster.find("Namespace", "", "kube-system");
    return system.isNone() && !cluster.nodes().empty() ? cluster.nodes().front().object : system;
}

std::vector<Evidence> evidenceOf(const Instance& instance, const Judgement& judgement)
{
    std::vector<Evidence> evidence;
    for (const components::Setting& place : judgement.places)
        evidence.push_back({ instance.object, place.pointer.empty() ? instance.base : place.pointer,
            printable(place.pointer.empty() ? place.value : place.name + '=' + place.value) });
    return evidence;
}

Outcome outcomeOf(const Instance& instance, Judgement judgement)
{
    Outcome outcome;
    outcome.object = instance.object;
    outcome.verdict = judgement.verdict;
    const std::string source = " (told by " + std::string(components::toText(instance.source)) + ')';
    const std::string name(components::toText(instance.component));
    if (judgement.verdict == Verdict::Fail) {
        outcome.message = name + ": " + judgement.clause + source;
        outcome.evidence = evidenceOf(instance, judgement);
    } else if (judgement.verdict == Verdict::NotAssessed) {
        outcome.message = name + ": " + judgement.clause;
    }
    return outcome;
}

std::string reportText(const NodeFact& fact)
{
    return "kube-bench says " + fact.id + (fact.isFault ? " FAIL" : " PASS")
        + (fact.nodeType.empty() ? "" : " on a node of type " + fact.nodeType)
        + (fact.actual.empty() ? "" : ": " + fact.actual) + " (" + printable(fact.file) + ')';
}

// What reports from the nodes say; one of them that finds a fault is enough.
bool judgeByReports(const Context& context, const Rule& rule, std::vector<Outcome>& outcomes)
{
    const cluster::ObjectId subject = clusterObject(context.cluster);
    std::vector<Evidence> faults;
    bool isKnown = false;
    std::string first;
    for (const NodeFact& fact : context.nodeFacts) {
        if (fact.control != rule.id)
            continue;
        isKnown = true;
        if (!fact.isFault)
            continue;
        faults.push_back({ subject, {}, reportText(fact) });
        if (first.empty())
            first = faults.front().value;
    }
    if (!isKnown || subject.isNone())
        return false;
    if (faults.empty()) {
        pass(subject, outcomes);
    } else {
        const auto count = static_cast<std::uint32_t>(faults.size());
        fail(subject, first, std::move(faults), outcomes).affected = count;
    }
    return true;
}

std::string missingOf(const Context& context, const Rule& rule)
{
    const std::string provider = components::managedProvider(context.cluster);
    const std::string how = "run kube-bench --json there and give its output with --evidence";
    if (rule.test != Test::Node)
        return context.components ? context.components->absence(rule.component)
                                  : std::string("how components are set up was not read");
    if (rule.id.starts_with("PLM-3.1"))
        return "how people log in is not in the cluster's objects; ask who issues credentials, and see PLM-R44";
    if (!provider.empty() && rule.id.starts_with("PLM-1"))
        return provider + " runs the control plane; its files cannot be looked at";
    return std::string(rule.missing) + " on the nodes is not in the API; " + how;
}

// What a node was set up from may differ from what it has: a report from the node knows better.
bool isWeak(const Instance& instance)
{
    return instance.source == components::Source::Kubeadm || instance.source == components::Source::ConfigMap;
}

void judgeRule(const Rule& rule, const Context& context, std::vector<Outcome>& outcomes)
{
    bool isDecided = false;
    std::vector<Outcome> own;
    const auto judgeAll = [&](Component component) {
        for (const Instance& instance : context.components->of(component)) {
            Judgement judgement
                = rule.judgeAmong ? rule.judgeAmong(*context.components, instance) : judgeInstance(rule, instance);
            own.push_back(outcomeOf(instance, std::move(judgement)));
            isDecided = isDecided || (own.back().verdict != Verdict::NotAssessed && !isWeak(instance));
        }
    };
    if (context.components && rule.test != Test::Node) {
        judgeAll(rule.component);
        for (const Component other : rule.others)
            judgeAll(other);
    }
    // What runs is stronger than a report; a report is stronger than what a node was set up from.
    if (!isDecided && judgeByReports(context, rule, outcomes))
        return;
    if (own.empty())
        own.push_back({ {}, Verdict::NotAssessed, missingOf(context, rule), {}, 1, {} });
    std::ranges::move(own, std::back_inserter(outcomes));
}

// A function of its own for each row, because controls are told apart by nothing else.
template <std::size_t... Index> constexpr auto controlsOf(std::index_sequence<Index...>)
{
    return std::array { Control { .id = ruleTable[Index].id,
        .evaluate = [](const Context& context,
                        std::vector<Outcome>& outcomes) { judgeRule(ruleTable[Index], context, outcomes); },
        .needs = {} }... };
}

constexpr auto componentTable = controlsOf(std::make_index_sequence<ruleTable.size()>());

} // namespace

std::span<const Rule> componentRules()
{
    return ruleTable;
}

std::span<const Control> componentControls()
{
    return componentTable;
}

} // namespace plimsoll::control
