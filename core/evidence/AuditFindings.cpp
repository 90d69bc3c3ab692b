// SPDX-License-Identifier: Apache-2.0
#include "core/evidence/AuditFindings.h"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>

#include "core/base/Text.h"
#include "core/evidence/detail/Times.h"

namespace plimsoll::evidence {

namespace {

constexpr std::string_view anonymousUser = "system:anonymous";
constexpr std::string_view accountPrefix = "system:serviceaccount:";
constexpr std::size_t maxAskedShown = 8;

struct ActText {
    std::string_view id, text;
};
constexpr std::array<ActText, auditActCount> actTexts { {
    { "anonymous-access", "anonymous requests that were answered" },
    { "secret-read", "reads of secrets" },
    { "session", "sessions in pods" },
    { "ephemeral-container", "containers put into running pods" },
    { "node-proxy", "requests to kubelets through the API server" },
    { "access-change", "changes to roles and bindings" },
    { "escalation-refused", "refused attempts to grant more than one has" },
    { "token-request", "tokens of service accounts that were asked for" },
    { "impersonation", "requests under another identity" },
    { "certificate-approval", "approvals of certificates" },
    { "webhook-change", "changes to admission webhooks and policies" },
    { "denial-burst", "many denied requests within minutes" },
} };

bool isReadVerb(std::string_view verb)
{
    return verb == "get" || verb == "list" || verb == "watch";
}

bool isWriteVerb(std::string_view verb)
{
    return verb == "create" || verb == "update" || verb == "patch" || verb == "delete" || verb == "deletecollection";
}

// What everybody may ask of a server: health, version, discovery, the keys of its tokens.
bool isPublicPath(std::string_view path)
{
    constexpr std::array<std::string_view, 9> trees { "/healthz", "/livez", "/readyz", "/version", "/api", "/apis",
        "/openapi", "/.well-known", "/openid" };
    return path == "/" || std::ranges::any_of(trees, [&](std::string_view tree) {
        return path.starts_with(tree) && (path.size() == tree.size() || path[tree.size()] == '/');
    });
}

// The accounts of the controllers in kube-controller-manager, which works under each one's own name.
// Source: Kubernetes 1.36 plugin/pkg/auth/authorizer/rbac/bootstrappolicy/controller_policy.go.
bool isControllerAccount(std::string_view name)
{
    constexpr std::array<std::string_view, 44> names { "attachdetach-controller", "bootstrap-signer",
        "certificate-controller", "clusterrole-aggregation-controller", "cronjob-controller", "daemon-set-controller",
        "deployment-controller", "device-taint-eviction-controller", "disruption-controller", "endpoint-controller",
        "endpointslice-controller", "endpointslicemirroring-controller", "ephemeral-volume-controller",
        "expand-controller", "generic-garbage-collector", "horizontal-pod-autoscaler", "job-controller",
        "legacy-service-account-token-cleaner", "namespace-controller", "node-controller", "persistent-volume-binder",
        "pod-garbage-collector", "podcertificaterequestcleaner-controller", "pv-protection-controller",
        "pvc-protection-controller", "replicaset-controller", "replication-controller", "resource-claim-controller",
        "resourcequota-controller", "root-ca-cert-publisher", "route-controller", "selinux-warning-controller",
        "service-account-controller", "service-cidrs-controller", "service-controller", "statefulset-controller",
        "storage-version-garbage-collector", "storage-version-migrator-controller", "taint-eviction-controller",
        "token-cleaner", "ttl-after-finished-controller", "ttl-controller",
        "validatingadmissionpolicy-status-controller", "volumeattributesclass-protection-controller" };
    return std::ranges::binary_search(names, name);
}

bool isControlPlaneUser(std::string_view user)
{
    constexpr std::array<std::string_view, 13> names { "acsService", "aksService", "aksprovider", "kube-apiserver",
        "kube-apiserver-kubelet-client", "masterclient", "system:addon-manager", "system:apiserver",
        "system:cloud-controller-manager", "system:kube-controller-manager", "system:kube-proxy",
        "system:kube-scheduler", "system:volume-scheduler" };
    return std::ranges::count(names, user) > 0 || user.starts_with("eks:") || user.starts_with("system:gke-")
        || user.starts_with("system:gcp-") || user.starts_with("system:konnectivity-");
}

AuditFinding findingOf(AuditAct act, const AuditCount& one)
{
    AuditFinding out;
    out.act = act;
    out.user = one.use.user;
    out.groups = one.use.groups;
    out.caller = callerOf(out.user);
    out.verb = one.use.verb;
    out.apiGroup = one.use.apiGroup;
    out.resource = one.use.resource.empty() ? one.use.path : one.use.resource;
    if (!one.use.subresource.empty())
        out.resource += '/' + one.use.subresource;
    out.ns = one.use.ns;
    out.name = one.use.name;
    out.areNamesCut = one.areNamesCut;
    out.count = one.allowed - std::min(one.allowed, one.failed);
    out.refused = one.denied + std::min(one.allowed, one.failed);
    out.first = one.first;
    out.last = one.last;
    out.sources = one.sources;
    return out;
}

// Groups differ between the credentials of one user; the reader looks for the user.
auto findingKey(const AuditFinding& one)
{
    return std::tie(one.act, one.user, one.verb, one.apiGroup, one.resource, one.ns, one.name);
}

void mergeFinding(AuditFinding& sum, const AuditFinding& one)
{
    sum.count += one.count;
    sum.refused += one.refused;
    sum.first = sum.first == 0 ? one.first : one.first == 0 ? sum.first : std::min(sum.first, one.first);
    sum.last = std::max(sum.last, one.last);
    sum.areNamesCut = sum.areNamesCut || one.areNamesCut;
    for (std::vector<std::string> AuditFinding::*list : { &AuditFinding::groups, &AuditFinding::sources }) {
        std::vector<std::string>& all = sum.*list;
        all.insert(all.end(), (one.*list).begin(), (one.*list).end());
        std::ranges::sort(all);
        all.erase(std::ranges::unique(all).begin(), all.end());
    }
}

int callerRank(AuditCaller::Kind kind)
{
    switch (kind) {
    case AuditCaller::Kind::Anonymous:
        return 0;
    case AuditCaller::Kind::Person:
        return 1;
    case AuditCaller::Kind::ServiceAccount:
        return 2;
    case AuditCaller::Kind::Node:
        return 3;
    case AuditCaller::Kind::ControlPlane:
        break;
    }
    return 4;
}

bool isFindingBefore(const AuditFinding& a, const AuditFinding& b)
{
    if (a.act != b.act)
        return a.act < b.act;
    if (a.caller.kind != b.caller.kind)
        return callerRank(a.caller.kind) < callerRank(b.caller.kind);
    if (a.count != b.count)
        return a.count > b.count;
    if (a.refused != b.refused)
        return a.refused > b.refused;
    return std::tie(a.user, a.ns, a.resource, a.name, a.verb, a.first)
        < std::tie(b.user, b.ns, b.resource, b.name, b.verb, b.first);
}

// Windows that follow one another are one burst.
std::vector<AuditFinding> burstsOf(const AuditLog& log, const AuditFindingOptions& options)
{
    std::vector<AuditFinding> out;
    const AuditDenials* before = nullptr;
    std::vector<std::string> asked;
    const auto close = [&] {
        if (asked.empty())
            return;
        std::ranges::sort(asked);
        asked.erase(std::ranges::unique(asked).begin(), asked.end());
        out.back().distinct = asked.size();
        asked.resize(std::min(asked.size(), maxAskedShown));
        out.back().asked = std::move(asked);
        asked.clear();
    };
    for (const AuditDenials& one : log.denials) {
        if (one.denied < options.burstDenied && one.asked.size() < options.burstDistinct)
            continue;
        const bool isMore = before && before->user == one.user && one.from - before->from <= AuditDenials::seconds;
        if (!isMore) {
            close();
            AuditFinding burst;
            burst.act = AuditAct::DenialBurst;
            burst.user = one.user;
            burst.caller = callerOf(one.user);
            burst.first = one.from;
            out.push_back(std::move(burst));
        }
        out.back().count += one.denied;
        out.back().last = one.from + AuditDenials::seconds - 1;
        out.back().areNamesCut = out.back().areNamesCut || one.isAskedCut;
        asked.insert(asked.end(), one.asked.begin(), one.asked.end());
        before = &one;
    }
    close();
    return out;
}

} // namespace

std::string_view toText(AuditAct act)
{
    return actTexts[static_cast<std::size_t>(act)].text;
}

std::string_view idOf(AuditAct act)
{
    return actTexts[static_cast<std::size_t>(act)].id;
}

std::string_view toText(AuditCaller::Kind kind)
{
    switch (kind) {
    case AuditCaller::Kind::Person:
        return "person or program";
    case AuditCaller::Kind::ServiceAccount:
        return "service account";
    case AuditCaller::Kind::Node:
        return "node";
    case AuditCaller::Kind::ControlPlane:
        return "control plane";
    case AuditCaller::Kind::Anonymous:
        break;
    }
    return "anonymous";
}

AuditCaller callerOf(std::string_view user)
{
    AuditCaller out;
    if (user == anonymousUser) {
        out.kind = AuditCaller::Kind::Anonymous;
    } else if (user.starts_with(accountPrefix)) {
        const std::string_view rest = user.substr(accountPrefix.size());
        out.kind = AuditCaller::Kind::ServiceAccount;
        out.ns = rest.substr(0, rest.find(':'));
        out.name = rest.substr(std::min(rest.size(), rest.find(':') + 1));
        if (out.ns == "kube-system" && isControllerAccount(out.name))
            out.kind = AuditCaller::Kind::ControlPlane;
    } else if (user.starts_with("system:node:")) {
        out.kind = AuditCaller::Kind::Node;
        out.name = user.substr(std::string_view("system:node:").size());
    } else if (isControlPlaneUser(user)) {
        out.kind = AuditCaller::Kind::ControlPlane;
    }
    return out;
}

std::optional<AuditAct> actOf(const AuditUse& use)
{
    if (use.user == anonymousUser && (!use.resource.empty() || !isPublicPath(use.path)))
        return AuditAct::AnonymousAccess;
    if (use.verb.starts_with("impersonate"))
        return AuditAct::Impersonation;
    const std::string_view resource = use.resource, sub = use.subresource;
    const bool isCore = use.apiGroup.empty();
    if (isCore && resource == "secrets" && isReadVerb(use.verb))
        return AuditAct::SecretRead;
    if (isCore && resource == "pods" && (sub == "exec" || sub == "attach" || sub == "portforward"))
        return AuditAct::Session;
    if (isCore && (resource == "pods" || resource == "services") && sub == "proxy")
        return AuditAct::Session;
    if (isCore && resource == "pods" && sub == "ephemeralcontainers" && isWriteVerb(use.verb))
        return AuditAct::EphemeralContainer;
    if (isCore && resource == "nodes" && sub == "proxy")
        return AuditAct::NodeProxy;
    if (use.apiGroup == "rbac.authorization.k8s.io" && isWriteVerb(use.verb))
        return AuditAct::AccessChange;
    if (isCore && resource == "serviceaccounts" && sub == "token" && use.verb == "create")
        return AuditAct::TokenRequest;
    if (resource == "certificatesigningrequests" && sub == "approval" && isWriteVerb(use.verb))
        return AuditAct::CertificateApproval;
    if (use.apiGroup == "admissionregistration.k8s.io" && isWriteVerb(use.verb) && sub != "status")
        return AuditAct::WebhookChange;
    return {};
}

std::string AuditFinding::what() const
{
    if (act == AuditAct::DenialBurst) {
        std::string out = counted(distinct, "different request", "different requests") + ": ";
        out += printable(join(asked, ", "));
        return distinct > asked.size() ? out + ", ..." : out;
    }
    std::string out = verb + ' ' + resource;
    if (resource.starts_with('/'))
        return printable(out);
    if (!name.empty())
        return printable(out + ' ' + (ns.empty() ? name : ns + '/' + name));
    if (areNamesCut)
        out += " (many)";
    return printable(out + (ns.empty() ? verb == "list" || verb == "watch" ? " in all namespaces" : "" : " in " + ns));
}

std::string AuditFinding::sentence() const
{
    std::string out = printable(user) + ": " + what();
    if (act == AuditAct::EscalationRefused)
        out += ", refused since it gives more than the user has";
    if (count > 0)
        out += ", " + timesText(count, first, last);
    if (count == 0 && refused > 0)
        out += ", refused " + timesText(refused, first, last);
    else if (refused > 0)
        out += ", and refused " + counted(refused, "time", "times");
    return sources.empty() ? out : out + ", from " + printable(join(sources, ", "));
}

AuditFindings auditFindings(const AuditLog& log, const AuditFindingOptions& options)
{
    AuditFindings out;
    out.from = log.from;
    out.to = log.to;
    out.events = log.events;
    std::vector<AuditFinding> all;
    for (const AuditCount& one : log.counts) {
        const auto act = actOf(one.use);
        if (!act)
            continue;
        all.push_back(findingOf(*act, one));
        if (*act != AuditAct::AccessChange || one.escalations == 0)
            continue;
        AuditFinding refused = all.back();
        refused.act = AuditAct::EscalationRefused;
        refused.count = one.escalations;
        refused.refused = 0;
        all.push_back(std::move(refused));
    }
    std::ranges::sort(all, [](const AuditFinding& a, const AuditFinding& b) {
        return std::tuple(findingKey(a), a.first) < std::tuple(findingKey(b), b.first);
    });
    for (AuditFinding& one : all) {
        if (!out.findings.empty() && findingKey(out.findings.back()) == findingKey(one))
            mergeFinding(out.findings.back(), one);
        else
            out.findings.push_back(std::move(one));
    }
    for (AuditFinding& one : burstsOf(log, options))
        out.findings.push_back(std::move(one));
    std::erase_if(out.findings, [&](const AuditFinding& one) {
        const bool isSystems
            = one.caller.kind == AuditCaller::Kind::ControlPlane || one.caller.kind == AuditCaller::Kind::Node;
        if (isSystems && !options.withControlPlane) {
            ++out.controlPlane;
            return true;
        }
        if (one.count == 0 && !options.withRefused) {
            ++out.onlyRefused;
            return true;
        }
        return false;
    });
    std::ranges::sort(out.findings, isFindingBefore);
    for (const AuditFinding& one : out.findings)
        ++out.counts[static_cast<std::size_t>(one.act)];
    return out;
}

} // namespace plimsoll::evidence
