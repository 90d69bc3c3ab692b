// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <span>

#include "core/base/Text.h"
#include "core/evidence/AuditPolicy.h"

// Flaws are found by asking the policy about requests, as the API server would, and not by comparing its text: the
// order of the rules decides.
namespace plimsoll::evidence {

namespace {

using FlawKind = AuditPolicyFlaw::Kind;

// What must be known afterwards.
struct NeededRecord {
    std::string_view what; // "exec, attach and port-forward"
    std::string_view apiGroup;
    std::vector<std::string_view> resources, verbs;
};

const std::vector<NeededRecord>& neededRecords()
{
    static const std::vector<std::string_view> writes { "create", "update", "patch", "delete", "deletecollection" };
    static const std::vector<NeededRecord> all {
        { "reads of Secrets", "", { "secrets" }, { "get", "list", "watch" } },
        { "changes to Secrets", "", { "secrets" }, writes },
        { "changes to ConfigMaps", "", { "configmaps" }, writes },
        // A session is asked for with create, by newer clients with get.
        { "sessions in pods (exec, attach, port-forward, proxy)", "",
            { "pods/exec", "pods/attach", "pods/portforward", "pods/proxy", "services/proxy" }, { "create", "get" } },
        { "containers put into running pods", "", { "pods/ephemeralcontainers" }, { "update", "patch" } },
        { "requests to kubelets through the API server", "", { "nodes/proxy" }, { "create", "get" } },
        { "tokens of service accounts that are asked for", "", { "serviceaccounts/token" }, { "create" } },
        { "reviews of tokens", "authentication.k8s.io", { "tokenreviews" }, { "create" } },
        { "changes of RBAC", "rbac.authorization.k8s.io",
            { "roles", "rolebindings", "clusterroles", "clusterrolebindings" }, writes },
        { "approvals of certificates", "certificates.k8s.io", { "certificatesigningrequests/approval" },
            { "update", "patch" } },
        { "changes to admission webhooks", "admissionregistration.k8s.io",
            { "validatingwebhookconfigurations", "mutatingwebhookconfigurations" }, writes },
        { "changes to pods", "", { "pods" }, writes },
        { "changes to workloads", "apps", { "deployments", "daemonsets", "statefulsets" }, writes },
    };
    return all;
}

// Bodies that hold credentials. At level Request only what is sent is logged, at RequestResponse the answer as well.
struct SecretBody {
    std::string_view what, apiGroup, resource;
    bool isSent, isAnswered, isGrave;
};
constexpr auto secretBodies = std::to_array<SecretBody>({
    { "values of Secrets", "", "secrets", true, true, true },
    { "tokens that are reviewed", "authentication.k8s.io", "tokenreviews", true, true, true },
    { "new tokens of service accounts", "", "serviceaccounts/token", false, true, true },
    { "values of ConfigMaps, which often hold credentials", "", "configmaps", true, true, false },
});

struct Asker {
    std::string_view who; // "members of system:masters"
    std::string user;
    std::vector<std::string> groups;
    bool isGrave = false;
};

const Asker& ordinaryAsker()
{
    static const Asker one { "users", "plimsoll:anyone", { "system:authenticated" }, true };
    return one;
}

const std::vector<Asker>& powerfulAskers()
{
    static const std::vector<Asker> all {
        { "members of system:masters", "plimsoll:admin", { "system:masters", "system:authenticated" }, true },
        { "cluster administrators of kubeadm", "kubernetes-admin", { "kubeadm:cluster-admins", "system:authenticated" },
            true },
        { "service accounts", "system:serviceaccount:plimsoll:any",
            { "system:serviceaccounts", "system:serviceaccounts:plimsoll", "system:authenticated" }, true },
        { "anonymous users", "system:anonymous", { "system:unauthenticated" }, true },
        { "nodes", "system:node:any", { "system:nodes", "system:authenticated" }, false },
    };
    return all;
}

AuditRequest requestOf(
    const Asker& asker, std::string_view verb, std::string_view group, std::string_view resource, const std::string& ns)
{
    const bool isNamed = verb != "list" && verb != "watch" && verb != "create" && verb != "deletecollection";
    const bool isClusterWide = resource.starts_with("clusterrole") || resource.ends_with("webhookconfigurations")
        || resource == "tokenreviews" || resource.starts_with("nodes") || resource.starts_with("certificate");
    return { asker.user, asker.groups, std::string(verb), std::string(group), std::string(resource),
        isClusterWide ? "" : ns, isNamed || resource.contains('/') ? "any" : "", "" };
}

std::string decidingPointer(const AuditPolicy& policy, const AuditDecision& decision)
{
    return decision.rule < 0 ? std::string() : policy.rules[static_cast<std::size_t>(decision.rule)].pointer;
}

void addTextOnce(std::vector<std::string>& list, std::string text)
{
    if (std::ranges::find(list, text) == list.end())
        list.push_back(std::move(text));
}

bool isUnconditional(const AuditPolicyRule& rule)
{
    return rule.users.empty() && rule.userGroups.empty() && rule.verbs.empty() && rule.namespaces.empty()
        && rule.nonResourceUrls.empty() && rule.resources.empty();
}

// Whether what one list of conditions lets through, another does: an empty one lets everything through.
bool coversTexts(const std::vector<std::string>& wide, const std::vector<std::string>& narrow)
{
    return wide.empty() || (!narrow.empty() && std::ranges::all_of(narrow, [&](const std::string& one) {
        return std::ranges::find(wide, one) != wide.end();
    }));
}

bool coversResource(std::string_view wide, std::string_view narrow)
{
    if (wide == "*" || wide == narrow)
        return true;
    if (wide.ends_with("/*"))
        return narrow.substr(0, narrow.find('/')) == wide.substr(0, wide.size() - 2) && !narrow.starts_with('*');
    return wide.starts_with("*/") && narrow.contains('/') && !narrow.ends_with("/*")
        && narrow.substr(narrow.find('/') + 1) == wide.substr(2);
}

bool coversResources(const AuditPolicyRule& wide, const AuditPolicyRule& narrow)
{
    if (wide.resources.empty())
        return true;
    return !narrow.resources.empty()
        && std::ranges::all_of(narrow.resources, [&](const AuditPolicyRule::Resources& one) {
               return std::ranges::any_of(wide.resources, [&](const AuditPolicyRule::Resources& other) {
                   if (other.group != one.group)
                       return false;
                   if (other.resources.empty())
                       return true;
                   if (one.resources.empty())
                       return std::ranges::find(other.resources, "*") != other.resources.end()
                           && other.resourceNames.empty();
                   return coversTexts(other.resourceNames, one.resourceNames)
                       && std::ranges::all_of(one.resources, [&](const std::string& narrowOne) {
                              return std::ranges::any_of(other.resources,
                                  [&](const std::string& wideOne) { return coversResource(wideOne, narrowOne); });
                          });
               });
           });
}

bool coversPath(std::string_view wide, std::string_view narrow)
{
    if (wide == "*" || wide == narrow)
        return true;
    return wide.ends_with('*') && narrow.starts_with(wide.substr(0, wide.size() - 1));
}

bool coversRule(const AuditPolicyRule& wide, const AuditPolicyRule& narrow)
{
    if (!coversTexts(wide.users, narrow.users) || !coversTexts(wide.userGroups, narrow.userGroups)
        || !coversTexts(wide.verbs, narrow.verbs))
        return false;
    const bool isWideOfResources = !wide.namespaces.empty() || !wide.resources.empty();
    const bool isNarrowOfResources = !narrow.namespaces.empty() || !narrow.resources.empty();
    if (isWideOfResources)
        return isNarrowOfResources && coversTexts(wide.namespaces, narrow.namespaces) && coversResources(wide, narrow);
    if (wide.nonResourceUrls.empty())
        return true;
    return !isNarrowOfResources && !narrow.nonResourceUrls.empty()
        && std::ranges::all_of(narrow.nonResourceUrls, [&](const std::string& one) {
               return std::ranges::any_of(
                   wide.nonResourceUrls, [&](const std::string& other) { return coversPath(other, one); });
           });
}

void findShadowed(const AuditPolicy& policy, std::vector<AuditPolicyFlaw>& out)
{
    for (std::size_t i = 1; i < policy.rules.size(); ++i) {
        for (std::size_t before = 0; before < i; ++before) {
            const AuditPolicyRule& wide = policy.rules[before];
            if (!coversRule(wide, policy.rules[i]))
                continue;
            const bool isCatchAll = isUnconditional(wide) && wide.level == AuditLevel::None;
            AuditPolicyFlaw flaw;
            flaw.kind = isCatchAll ? FlawKind::CatchAllNone : FlawKind::Shadowed;
            flaw.isGrave = isCatchAll;
            flaw.what = "Rule " + std::to_string(i + 1) + " (" + std::string(toText(policy.rules[i].level))
                + ") is never reached: rule " + std::to_string(before + 1) + " (" + std::string(toText(wide.level))
                + ") matches the same requests before it.";
            flaw.pointers = { policy.rules[i].pointer, wide.pointer };
            out.push_back(std::move(flaw));
            break;
        }
    }
}

// The namespaces that rules tell apart, and one that none names.
std::vector<std::string> namespacesOf(const AuditPolicy& policy)
{
    std::vector<std::string> out { "plimsoll-any" };
    for (const AuditPolicyRule& rule : policy.rules) {
        for (const std::string& ns : rule.namespaces) {
            if (!ns.empty())
                addTextOnce(out, ns);
        }
    }
    return out;
}

std::vector<Asker> askersOf(const AuditPolicy& policy)
{
    std::vector<Asker> out { ordinaryAsker() };
    for (const AuditPolicyRule& rule : policy.rules) {
        for (const std::string& user : rule.users)
            out.push_back({ "", user, { "system:authenticated" }, true });
        for (const std::string& group : rule.userGroups)
            out.push_back({ "", "plimsoll:anyone", { group, "system:authenticated" }, true });
    }
    return out;
}

void findSecrets(const AuditPolicy& policy, std::vector<AuditPolicyFlaw>& out)
{
    constexpr auto verbs = std::to_array<std::string_view>(
        { "get", "list", "watch", "create", "update", "patch", "delete", "deletecollection" });
    const std::vector<std::string> namespaces = namespacesOf(policy);
    const std::vector<Asker> askers = askersOf(policy);
    for (const SecretBody& body : secretBodies) {
        AuditPolicyFlaw flaw { FlawKind::SecretsLogged, "", {}, body.isGrave };
        AuditLevel worst = AuditLevel::None;
        for (const Asker& asker : askers) {
            for (const std::string& ns : namespaces) {
                for (const std::string_view verb : verbs) {
                    const auto decision = decide(policy, requestOf(asker, verb, body.apiGroup, body.resource, ns));
                    const bool hasBody = verb == "create" || verb == "update" || verb == "patch";
                    const bool isLeak = decision.level == AuditLevel::RequestResponse
                        ? body.isAnswered
                        : decision.level == AuditLevel::Request && body.isSent && hasBody;
                    if (!isLeak)
                        continue;
                    worst = std::max(worst, decision.level);
                    addTextOnce(flaw.pointers, decidingPointer(policy, decision));
                }
            }
        }
        if (flaw.pointers.empty())
            continue;
        flaw.what = "The log receives " + std::string(body.what) + ": level " + std::string(toText(worst))
            + " records the bodies of requests. Use Metadata for them.";
        out.push_back(std::move(flaw));
    }
}

struct PolicySilence {
    std::vector<std::string> what; // kinds of requests that are not logged
    std::vector<std::string> pointers;
};

PolicySilence silenceFor(const AuditPolicy& policy, const Asker& asker)
{
    PolicySilence out;
    for (const NeededRecord& need : neededRecords()) {
        for (const std::string_view resource : need.resources) {
            for (const std::string_view verb : need.verbs) {
                const auto decision = decide(policy, requestOf(asker, verb, need.apiGroup, resource, "plimsoll-any"));
                if (decision.level != AuditLevel::None)
                    continue;
                addTextOnce(out.what, std::string(need.what));
                addTextOnce(out.pointers, decidingPointer(policy, decision));
            }
        }
    }
    return out;
}

void findSilence(const AuditPolicy& policy, std::vector<AuditPolicyFlaw>& out)
{
    const PolicySilence ordinary = silenceFor(policy, ordinaryAsker());
    if (!ordinary.what.empty())
        out.push_back({ FlawKind::NotLogged, "Not logged, or not in every form: " + join(ordinary.what, "; ") + '.',
            ordinary.pointers, true });
    for (const Asker& asker : powerfulAskers()) {
        PolicySilence theirs = silenceFor(policy, asker);
        std::erase_if(theirs.what, [&](const std::string& one) { return std::ranges::count(ordinary.what, one) > 0; });
        if (theirs.what.empty())
            continue;
        const bool isNode = !asker.isGrave;
        out.push_back({ FlawKind::AdminsLeftOut,
            "What " + std::string(asker.who) + " do is left out: " + join(theirs.what, "; ") + '.', theirs.pointers,
            !isNode });
    }
    const auto other = decide(policy,
        { "plimsoll:anyone", { "system:authenticated" }, "create", "plimsoll.example", "anythings", "plimsoll-any", "",
            "" });
    if (other.level == AuditLevel::None)
        out.push_back({ FlawKind::NothingByDefault,
            "Requests that no rule names are not logged, so those of new kinds and custom resources are not. End with "
            "a "
            "rule of level Metadata.",
            { decidingPointer(policy, other) }, false });
}

void findStages(const AuditPolicy& policy, std::vector<AuditPolicyFlaw>& out)
{
    AuditPolicyFlaw flaw { FlawKind::StageLeftOut,
        "The stage ResponseComplete is left out, so the outcome of requests is not logged.", {}, true };
    const auto isLeftOut = [](const std::vector<std::string>& stages) {
        return std::ranges::find(stages, "ResponseComplete") != stages.end();
    };
    if (isLeftOut(policy.omitStages))
        flaw.pointers.emplace_back("/omitStages");
    for (const AuditPolicyRule& rule : policy.rules) {
        if (rule.level != AuditLevel::None && isLeftOut(rule.omitStages))
            flaw.pointers.push_back(rule.pointer + "/omitStages");
    }
    if (!flaw.pointers.empty())
        out.push_back(std::move(flaw));
}

} // namespace

std::string_view toText(AuditPolicyFlaw::Kind kind)
{
    constexpr std::array<std::string_view, 9> names { "invalid", "logs-nothing", "catch-all-none", "nothing-by-default",
        "secrets-logged", "not-logged", "shadowed", "admins-left-out", "stage-left-out" };
    return names[static_cast<std::size_t>(kind)];
}

std::vector<AuditPolicyFlaw> flawsOf(const AuditPolicy& policy)
{
    std::vector<AuditPolicyFlaw> out;
    if (!policy.problems.empty())
        out.push_back({ FlawKind::Invalid,
            "The API server does not start with this policy: " + join(policy.problems, "; ") + '.', { "" }, true });
    if (std::ranges::all_of(policy.rules, [](const auto& rule) { return rule.level == AuditLevel::None; })) {
        out.push_back({ FlawKind::LogsNothing, "No rule logs anything.", { "/rules" }, true });
        return out;
    }
    findSecrets(policy, out);
    findSilence(policy, out);
    findShadowed(policy, out);
    findStages(policy, out);
    std::ranges::stable_sort(out, [](const AuditPolicyFlaw& a, const AuditPolicyFlaw& b) {
        return a.isGrave != b.isGrave ? a.isGrave : a.kind < b.kind;
    });
    return out;
}

} // namespace plimsoll::evidence
