// SPDX-License-Identifier: Apache-2.0
#include "core/control/detail/Access_p.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>

#include "core/access/Powers.h"
#include "core/base/Text.h"

// What identities of workloads can do, whose tokens can be read, and how people log in.
namespace plimsoll::control {

using access::Reach;
using cluster::Cluster;
using cluster::Role;
using cluster::RoleBinding;
using cluster::Subject;

std::optional<bool> holdsToken(const Cluster& cluster, std::string_view ns, const cluster::PodSpec& spec)
{
    if (std::ranges::any_of(spec.volumes, [](const cluster::Volume& volume) { return volume.isKubeApiAccess(); }))
        return true;
    if (spec.automountServiceAccountToken)
        return spec.automountServiceAccountToken;
    const std::string_view name
        = spec.serviceAccountName.isNone() ? std::string_view("default") : cluster.text(spec.serviceAccountName);
    if (const cluster::ServiceAccount* account = cluster.serviceAccount(ns, name))
        return account->automountServiceAccountToken.value_or(true);
    return cluster.covers("", "ServiceAccount") ? std::optional(true) : std::nullopt;
}

namespace {

using Held = access::HeldPower;

Outcome powerful(const Cluster& cluster, const cluster::PodSpecUse& use, const cluster::Workload& workload,
    std::string_view account, std::span<const Held> held)
{
    std::vector<std::string> texts;
    for (const Held& one : held)
        texts.emplace_back(one.power->text);
    Outcome outcome = passed(workload.object,
        "Its service account " + printable(account) + " may " + listText(texts, 4)
            + ": whoever breaks into a container does so too.");
    outcome.verdict = Verdict::Fail;
    outcome.affected = std::max<std::uint32_t>(1, static_cast<std::uint32_t>(workload.pods.size()));
    outcome.evidence.push_back(
        { use.holder, std::string(cluster.podSpecPointer(use.holder)) + "/serviceAccountName", printable(account) });
    constexpr std::size_t maxGrants = 4;
    for (const Held& one : held.first(std::min(held.size(), maxGrants))) {
        const RoleBinding& binding = cluster.roleBindings()[one.grant.binding];
        addSubjects(cluster, binding, std::array { one.grant.subject }, outcome.evidence);
        addRuleField(cluster, cluster.roles()[one.grant.role], one.grant.rule, "verbs", outcome.evidence);
        addRuleField(cluster, cluster.roles()[one.grant.role], one.grant.rule, "resources", outcome.evidence);
    }
    return outcome;
}

} // namespace

void judgeWorkloadIdentity(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    std::vector<std::string> missing;
    for (const std::string_view kind : { "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding" }) {
        if (!cluster.covers(rbacGroup, kind))
            missing.push_back(std::string(kind) + 's');
    }
    std::map<std::pair<std::string_view, std::string_view>, std::vector<Held>> known;
    for (const cluster::Workload& workload : cluster.workloads()) {
        if (workload.isStatic || workload.specs.empty())
            continue; // the kubelet's own pods have no service account
        const std::string_view ns = cluster.text(cluster.object(workload.object).ns);
        Outcome outcome = passed(workload.object, "Its service account holds no right that takes over the cluster.");
        for (const cluster::PodSpecUse& use : workload.specs) {
            const cluster::PodSpec& spec = cluster.podSpec(use.spec);
            const std::string_view name = spec.serviceAccountName.isNone() ? std::string_view("default")
                                                                           : cluster.text(spec.serviceAccountName);
            const std::optional<bool> hasToken = holdsToken(cluster, ns, spec);
            if (hasToken == false)
                continue;
            const auto [found, isNew] = known.try_emplace({ ns, name });
            if (isNew)
                found->second = access::powersOf(context.rbac, access::Rbac::serviceAccountUser(ns, name));
            const std::string account = std::string(ns) + '/' + std::string(name);
            if (!found->second.empty() && hasToken) {
                outcome = powerful(cluster, use, workload, account, found->second);
                break;
            }
            if (!found->second.empty())
                outcome = notAssessed(workload.object,
                    "Service account " + printable(account)
                        + " is not in the source: whether its token is mounted "
                          "cannot be told.");
            else if (!missing.empty() && outcome.verdict == Verdict::Pass)
                outcome = notAssessed(workload.object, listText(missing, 4) + " are not in the source.");
        }
        outcomes.push_back(std::move(outcome));
    }
}

namespace {

constexpr std::array<std::string_view, 3> readVerbs { "get", "list", "watch" };

// A Secret that holds a token of a service account.
struct TokenSecret {
    std::string_view ns, name;
    std::string account; // "shop/web"
};

std::vector<TokenSecret> tokenSecrets(const Cluster& cluster)
{
    std::vector<TokenSecret> out;
    for (const cluster::Secret& secret : cluster.secrets()) {
        if (cluster.text(secret.type) != "kubernetes.io/service-account-token")
            continue;
        const cluster::Object& object = cluster.object(secret.object);
        out.push_back({ cluster.text(object.ns), cluster.text(object.name),
            std::string(cluster.text(object.ns)) + '/'
                + std::string(cluster.annotation(object, "kubernetes.io/service-account.name")) });
    }
    return out;
}

// Which of the tokens a binding lets its subjects read, and the first rule that does.
std::set<std::string> readable(const Cluster& cluster, const RoleBinding& binding, const Role* role,
    std::span<const TokenSecret> tokens, std::uint32_t& ruleOf)
{
    std::set<std::string> out;
    const std::string_view ns = cluster.text(cluster.object(binding.object).ns);
    for (const TokenSecret& token : tokens) {
        if (!binding.isClusterRoleBinding && token.ns != ns)
            continue;
        bool isReadable = role == nullptr; // cluster-admin, known by its name
        for (std::uint32_t index = 0; role && index < role->rules.size() && !isReadable; ++index) {
            for (const std::string_view verb : readVerbs) {
                const Reach reach
                    = access::reach(cluster, binding, role->rules[index], { verb, "", "secrets", std::string_view() });
                const bool isNamed = std::ranges::any_of(
                    role->rules[index].resourceNames, [&](StringId name) { return cluster.text(name) == token.name; });
                if (reach == Reach::All || (reach == Reach::Named && isNamed)) {
                    isReadable = true;
                    ruleOf = index;
                    break;
                }
            }
        }
        if (isReadable)
            out.insert(printable(token.account));
    }
    return out;
}

} // namespace

void judgeTokenSecrets(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    if (!cluster.covers("", "Secret")) {
        outcomes.push_back(notAssessed({}, "Secrets are not in the source: which of them hold tokens cannot be told."));
        return;
    }
    reportMissingBindings(cluster, Bindings::Both, outcomes);
    const std::vector<TokenSecret> tokens = tokenSecrets(cluster);
    for (const RoleBinding& binding : cluster.roleBindings()) {
        const RoleState state = roleState(cluster, binding);
        const std::vector<std::uint32_t> subjects = foreignSubjects(cluster, binding);
        if (tokens.empty() || subjects.empty() || state == RoleState::Missing) {
            outcomes.push_back(passed(binding.object, "It gives nobody a token of a service account."));
            continue;
        }
        if (state == RoleState::Unknown) {
            outcomes.push_back(notAssessed(binding.object, roleText(cluster, binding) + " is not in the source."));
            continue;
        }
        const Role* role = access::grantedRole(cluster, binding);
        std::uint32_t rule = 0;
        std::set<std::string> accounts = readable(cluster, binding, role, tokens, rule);
        if (subjects.size() == 1 && cluster.text(binding.subjects[subjects[0]].kind) == "ServiceAccount")
            accounts.erase(printable(std::string(cluster.text(binding.subjects[subjects[0]].ns)) + '/'
                + std::string(cluster.text(binding.subjects[subjects[0]].name)))); // its own
        if (accounts.empty()) {
            outcomes.push_back(passed(binding.object, "It gives nobody a token of a service account."));
            continue;
        }
        Outcome outcome = failed(cluster, binding, subjects,
            subjectsText(cluster, binding, subjects) + " may read the token of "
                + (accounts.size() == 1 ? "service account " : "the service accounts ")
                + listText(std::vector(accounts.begin(), accounts.end()), 4) + " through " + roleText(cluster, binding)
                + ", and so act as " + (accounts.size() == 1 ? "it." : "them."));
        if (role)
            addRuleField(cluster, *role, rule, "resources", outcome.evidence);
        outcomes.push_back(std::move(outcome));
    }
}

void judgeForeignAccounts(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    reportMissingBindings(cluster, Bindings::RoleBindings, outcomes);
    for (const RoleBinding& binding : cluster.roleBindings()) {
        if (binding.isClusterRoleBinding)
            continue;
        const StringId ns = cluster.object(binding.object).ns;
        std::vector<std::uint32_t> foreign;
        for (const std::uint32_t index : foreignSubjects(cluster, binding)) {
            const Subject& subject = binding.subjects[index];
            if (cluster.text(subject.kind) == "ServiceAccount" && !subject.ns.isNone() && subject.ns != ns)
                foreign.push_back(index);
        }
        if (foreign.empty()) {
            outcomes.push_back(passed(binding.object, "Its service accounts are of its own namespace."));
            continue;
        }
        outcomes.push_back(failed(cluster, binding, foreign,
            subjectsText(cluster, binding, foreign) + " of another namespace "
                + (foreign.size() == 1 ? "holds " : "hold ") + roleText(cluster, binding) + ' '
                + namespaceText(cluster, binding) + ": who runs pods there has these rights here."));
    }
}

// How people prove who they are stands in no object; what hints at it is listed for the person who decides.
void judgeLogins(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    std::set<std::string> users;
    for (const RoleBinding& binding : cluster.roleBindings()) {
        for (const std::uint32_t index : foreignSubjects(cluster, binding)) {
            const std::string_view name = cluster.text(binding.subjects[index].name);
            if (cluster.text(binding.subjects[index].kind) == "User" && !name.starts_with("system:"))
                users.insert(printable(name));
        }
    }
    const auto bootstrapTokens = std::ranges::count_if(cluster.secrets(),
        [&](const cluster::Secret& secret) { return cluster.text(secret.type) == "bootstrap.kubernetes.io/token"; });
    std::string text
        = "How people log in is no object of the cluster: ask whether they use an identity provider, and no "
          "client certificates, service account tokens or bootstrap tokens.";
    if (!users.empty())
        text += " Bound as users: " + listText(std::vector(users.begin(), users.end()), 6) + '.';
    if (bootstrapTokens > 0)
        text += ' ' + counted(static_cast<std::size_t>(bootstrapTokens), "bootstrap token is", "bootstrap tokens are")
            + " in kube-system.";
    outcomes.push_back(notAssessed({}, std::move(text)));
}

} // namespace plimsoll::control
