// SPDX-License-Identifier: Apache-2.0
#include "core/control/detail/Access_p.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "core/base/Text.h"

// Who holds a dangerous permission: the finding is the binding through which it is held.
namespace plimsoll::control {

using access::Reach;
using cluster::Cluster;
using cluster::Role;
using cluster::RoleBinding;

namespace {

constexpr std::size_t maxEvidenceRules = 20;

// What a role grants of a danger when bound by one kind of binding.
struct Match {
    struct Held {
        std::size_t wanted = 0; // index into Danger::wanted
        std::vector<std::string> verbs; // granted, as wanted lists them
        std::set<std::string> names; // resourceNames; empty when not limited
    };
    std::vector<Held> held;
    std::vector<std::uint32_t> rules;
    bool isEverything = false; // one rule grants all verbs on all resources

    bool isFault(const Danger& danger) const
    {
        const std::size_t enough = danger.sufficient == 0 ? danger.wanted.size() : danger.sufficient;
        return std::ranges::any_of(held, [&](const Held& one) { return one.wanted < enough; });
    }
};

bool isFullRule(const Cluster& cluster, const cluster::PolicyRule& rule)
{
    const auto holdsStar = [&](std::span<const StringId> list) {
        return std::ranges::any_of(list, [&](StringId id) { return cluster.text(id) == "*"; });
    };
    return rule.resourceNames.empty() && holdsStar(rule.verbs) && holdsStar(rule.apiGroups)
        && holdsStar(rule.resources);
}

bool isNameThatMatters(const Cluster& cluster, const cluster::PolicyRule& rule, const Danger& danger)
{
    return danger.names.empty() || std::ranges::any_of(rule.resourceNames, [&](StringId name) {
        return std::ranges::find(danger.names, cluster.text(name)) != danger.names.end();
    });
}

// Adds what the role grants of one wanted resource.
void matchWanted(const Cluster& cluster, const RoleBinding& binding, const Role& role, const Danger& danger,
    std::size_t index, Match& match)
{
    const Wanted& wanted = danger.wanted[index];
    Match::Held limited { .wanted = index, .verbs = {}, .names = {} };
    Match::Held whole = limited;
    for (const std::string_view verb : split(wanted.verbs, ' ')) {
        const access::Permission permission { verb, wanted.group, wanted.resource, wanted.subresource };
        Reach widest = Reach::None;
        std::set<std::string> names;
        for (std::uint32_t rule = 0; rule < role.rules.size(); ++rule) {
            const Reach one = access::reach(cluster, binding, role.rules[rule], permission);
            if (one == Reach::None
                || (one == Reach::Named
                    && (!danger.countsNamed || !isNameThatMatters(cluster, role.rules[rule], danger))))
                continue;
            widest = std::max(widest, one);
            match.rules.push_back(rule);
            if (one == Reach::Named)
                for (const StringId name : role.rules[rule].resourceNames)
                    names.insert(printable(cluster.text(name)));
        }
        if (widest == Reach::All)
            whole.verbs.emplace_back(verb);
        if (widest == Reach::Named) {
            limited.verbs.emplace_back(verb);
            limited.names.merge(names);
        }
    }
    if (!whole.verbs.empty())
        match.held.push_back(std::move(whole));
    if (!limited.verbs.empty())
        match.held.push_back(std::move(limited));
}

Match matchRole(const Cluster& cluster, const RoleBinding& binding, const Role& role, const Danger& danger)
{
    Match match;
    for (std::size_t index = 0; index < danger.wanted.size(); ++index)
        matchWanted(cluster, binding, role, danger, index, match);
    std::ranges::sort(match.rules);
    const auto repeated = std::ranges::unique(match.rules);
    match.rules.erase(repeated.begin(), repeated.end());
    match.isEverything
        = std::ranges::any_of(match.rules, [&](std::uint32_t rule) { return isFullRule(cluster, role.rules[rule]); });
    return match;
}

// What cluster-admin would match, where its rules are known without being in the source.
Match matchEverything(const RoleBinding& binding, const Danger& danger)
{
    Match match;
    match.isEverything = true;
    for (std::size_t index = 0; index < danger.wanted.size(); ++index) {
        const Wanted& wanted = danger.wanted[index];
        if (!binding.isClusterRoleBinding && access::isClusterScoped(wanted.group, wanted.resource)
            && !(wanted.verbs == "bind" && wanted.resource == "clusterroles"))
            continue;
        Match::Held held { .wanted = index, .verbs = {}, .names = {} };
        for (const std::string_view verb : split(wanted.verbs, ' '))
            held.verbs.emplace_back(verb);
        match.held.push_back(std::move(held));
    }
    return match;
}

std::string resourceText(const Wanted& wanted)
{
    std::string text(wanted.resource);
    if (!wanted.subresource.empty())
        text.append(1, '/').append(wanted.subresource);
    return text;
}

// "create, update and patch pods and deployments; patch jobs (only build)".
std::string actionsText(const Danger& danger, const Match& match)
{
    struct Group {
        std::vector<std::string> verbs;
        std::set<std::string> names;
        std::vector<std::string> resources;
    };
    std::vector<Group> groups;
    for (const Match::Held& held : match.held) {
        auto group = std::ranges::find_if(
            groups, [&](const Group& one) { return one.verbs == held.verbs && one.names == held.names; });
        if (group == groups.end())
            group = groups.insert(groups.end(), { held.verbs, held.names, {} });
        std::string resource = resourceText(danger.wanted[held.wanted]);
        if (std::ranges::find(group->resources, resource) == group->resources.end()) // events are in two groups
            group->resources.push_back(std::move(resource));
    }
    std::vector<std::string> texts;
    for (const Group& group : groups) {
        std::string text = listText(group.verbs, 6) + ' ' + listText(group.resources, 4);
        if (!group.names.empty())
            text += " (only " + listText(std::vector(group.names.begin(), group.names.end()), 3) + ')';
        texts.push_back(std::move(text));
    }
    return join(texts, "; ");
}

std::string scopeText(const Cluster& cluster, const RoleBinding& binding, const Danger& danger, const Match& match)
{
    const bool isClusterWide = std::ranges::all_of(match.held, [&](const Match::Held& held) {
        return access::isClusterScoped(danger.wanted[held.wanted].group, danger.wanted[held.wanted].resource);
    });
    if (binding.isClusterRoleBinding && isClusterWide)
        return "in the whole cluster";
    return namespaceText(cluster, binding);
}

Outcome held(const Cluster& cluster, const RoleBinding& binding, const Danger& danger, const Match& match,
    std::span<const std::uint32_t> subjects)
{
    std::string message = subjectsText(cluster, binding, subjects) + " may " + actionsText(danger, match) + ' '
        + scopeText(cluster, binding, danger, match) + " through " + roleText(cluster, binding)
        + (match.isEverything ? " (which grants everything)" : "");
    if (!danger.effect.empty())
        message.append(", ").append(danger.effect);
    Outcome outcome = failed(cluster, binding, subjects, message + '.');
    const Role* role = access::grantedRole(cluster, binding);
    for (std::size_t index = 0; role && index < std::min(match.rules.size(), maxEvidenceRules); ++index) {
        const std::uint32_t rule = match.rules[index];
        addRuleField(cluster, *role, rule, "resources", outcome.evidence);
        addRuleField(cluster, *role, rule, "verbs", outcome.evidence);
        if (!role->rules[rule].resourceNames.empty())
            addRuleField(cluster, *role, rule, "resourceNames", outcome.evidence);
    }
    return outcome;
}

// The verdict on one binding, given what its role matches; nothing to match means pass.
Outcome judged(const Cluster& cluster, const RoleBinding& binding, const Danger& danger, const Match& match)
{
    if (!match.isFault(danger))
        return passed(binding.object, "Its role grants nothing of this.");
    if (binding.subjects.empty())
        return passed(binding.object, "It has no subjects.");
    const std::vector<std::uint32_t> subjects = foreignSubjects(cluster, binding);
    if (subjects.empty())
        return passed(binding.object, "Its subjects are part of Kubernetes.");
    return held(cluster, binding, danger, match, subjects);
}

Outcome unknownRole(const Cluster& cluster, const RoleBinding& binding)
{
    return notAssessed(binding.object, roleText(cluster, binding) + " is not in the source.");
}

// The role of a binding does not matter when nobody else than Kubernetes is bound to it.
bool isOnlyKubernetes(const Cluster& cluster, const RoleBinding& binding)
{
    return foreignSubjects(cluster, binding).empty();
}

// Runs over the bindings that a control reads: judge(binding, role) for those whose role is known (role is nullptr for
// a cluster-admin that is not in the source); the rest is answered here.
// ns: RoleBindings of this namespace alone, "" = of every one.
template <class Judge>
void forEachBinding(
    const Cluster& cluster, Bindings bindings, std::vector<Outcome>& outcomes, Judge judge, std::string_view ns = {})
{
    reportMissingBindings(cluster, bindings, outcomes);
    for (const RoleBinding& binding : cluster.roleBindings()) {
        if (!isIn(binding, bindings)
            || (!ns.empty() && !binding.isClusterRoleBinding && cluster.text(cluster.object(binding.object).ns) != ns))
            continue;
        switch (roleState(cluster, binding)) {
        case RoleState::Present:
        case RoleState::KnownAdmin:
            outcomes.push_back(judge(binding, access::grantedRole(cluster, binding)));
            break;
        case RoleState::Missing:
            outcomes.push_back(passed(binding.object, "Its role does not exist, so it grants nothing."));
            break;
        case RoleState::Unknown:
            outcomes.push_back(isOnlyKubernetes(cluster, binding)
                    ? passed(binding.object, "Its subjects are part of Kubernetes.")
                    : unknownRole(cluster, binding));
            break;
        }
    }
}

} // namespace

void judgeDanger(const Danger& danger, const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    // Many bindings name one role: it is matched once for each kind of binding.
    std::map<std::pair<std::uint32_t, bool>, Match> matches;
    forEachBinding(
        cluster, danger.bindings, outcomes,
        [&](const RoleBinding& binding, const Role* role) {
            if (!role)
                return judged(cluster, binding, danger, matchEverything(binding, danger));
            const std::pair key { binding.role, binding.isClusterRoleBinding };
            auto found = matches.find(key);
            if (found == matches.end())
                found = matches.emplace(key, matchRole(cluster, binding, *role, danger)).first;
            return judged(cluster, binding, danger, found->second);
        },
        danger.ns);
}

namespace {

bool isRuleOfEverything(const Cluster& cluster, const Role* role, std::uint32_t& at)
{
    if (!role)
        return true;
    const auto found
        = std::ranges::find_if(role->rules, [&](const cluster::PolicyRule& rule) { return isFullRule(cluster, rule); });
    at = static_cast<std::uint32_t>(found - role->rules.begin());
    return found != role->rules.end();
}

Outcome administrators(const Cluster& cluster, const RoleBinding& binding, const Role* role, std::uint32_t rule,
    std::string_view what, std::string_view where)
{
    const std::vector<std::uint32_t> subjects = foreignSubjects(cluster, binding);
    if (subjects.empty())
        return passed(
            binding.object, binding.subjects.empty() ? "It has no subjects." : "Its subjects are part of Kubernetes.");
    std::string message = subjectsText(cluster, binding, subjects);
    message.append(" may ").append(what).append(1, ' ').append(where);
    message.append(" through ").append(roleText(cluster, binding)).append(1, '.');
    Outcome outcome = failed(cluster, binding, subjects, std::move(message));
    if (role && rule < role->rules.size())
        for (const std::string_view field : { "verbs", "resources", "apiGroups" })
            addRuleField(cluster, *role, rule, field, outcome.evidence);
    return outcome;
}

} // namespace

void judgeFullAdmin(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    forEachBinding(cluster, Bindings::ClusterRoleBindings, outcomes, [&](const RoleBinding& binding, const Role* role) {
        std::uint32_t rule = 0;
        if (!isRuleOfEverything(cluster, role, rule))
            return passed(binding.object, "Its role does not grant everything.");
        return administrators(cluster, binding, role, rule, "do everything", "in the whole cluster");
    });
}

void judgeNamespaceAdmin(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    reportMissingBindings(cluster, Bindings::Both, outcomes);
    for (const RoleBinding& binding : cluster.roleBindings()) {
        const RoleState state = roleState(cluster, binding);
        const Role* role = access::grantedRole(cluster, binding);
        const bool namesAdmin = cluster.text(binding.roleKind) == "ClusterRole"
            && cluster.text(binding.roleName) == "admin" && (!role || isKubernetesRole(cluster, *role));
        std::uint32_t rule = 0;
        const bool isEverything = (state == RoleState::KnownAdmin || role) && isRuleOfEverything(cluster, role, rule);
        if (isEverything && binding.isClusterRoleBinding)
            outcomes.push_back(passed(binding.object, "It grants the whole cluster, which PLM-R01 reports."));
        else if (isEverything)
            outcomes.push_back(
                administrators(cluster, binding, role, rule, "do everything", namespaceText(cluster, binding)));
        else if (namesAdmin && state != RoleState::Missing) // known by its name, also when not in the source
            outcomes.push_back(administrators(cluster, binding, nullptr, 0,
                "read every Secret, run anything and hand out roles", namespaceText(cluster, binding)));
        else if (state == RoleState::Unknown && !isOnlyKubernetes(cluster, binding)
            && !isBootstrapRoleName(cluster.text(binding.roleKind), cluster.text(cluster.object(binding.object).ns),
                cluster.text(binding.roleName)))
            outcomes.push_back(unknownRole(cluster, binding));
        else
            outcomes.push_back(passed(binding.object, "Its role is not that of an administrator."));
    }
}

namespace {

// Signers whose certificates the cluster itself trusts; others are the business of whoever runs them.
bool namesKubernetesSigner(const Cluster& cluster, const cluster::PolicyRule& rule)
{
    return rule.resourceNames.empty() || std::ranges::any_of(rule.resourceNames, [&](StringId name) {
        return cluster.text(name).starts_with("kubernetes.io/");
    });
}

constexpr std::array approvalParts {
    Wanted { "certificates.k8s.io", "certificatesigningrequests", "approval", "update patch" },
    Wanted { "certificates.k8s.io", "certificatesigningrequests", "status", "update patch" },
    Wanted { "certificates.k8s.io", "signers", "", "approve" },
    Wanted { "certificates.k8s.io", "signers", "", "sign" },
};

// Which of the four parts a role holds, as bits.
unsigned partsOf(const Cluster& cluster, const RoleBinding& binding, const Role& role)
{
    unsigned parts = 0;
    for (std::size_t index = 0; index < approvalParts.size(); ++index) {
        const Wanted& wanted = approvalParts[index];
        for (const std::string_view verb : split(wanted.verbs, ' '))
            for (const cluster::PolicyRule& rule : role.rules) {
                const Reach one = access::reach(
                    cluster, binding, rule, { verb, wanted.group, wanted.resource, wanted.subresource });
                if (one == Reach::All || (one == Reach::Named && (index < 2 || namesKubernetesSigner(cluster, rule))))
                    parts |= 1u << index;
            }
    }
    return parts;
}

// Approving needs part 0 and 2, signing 1 and 3: leaves the parts that work, given all that the holder has.
unsigned workingParts(unsigned parts)
{
    constexpr unsigned approving = 0b0101;
    constexpr unsigned signing = 0b1010;
    return ((parts & approving) == approving ? approving : 0) | ((parts & signing) == signing ? signing : 0);
}

} // namespace

void judgeSigning(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    // The two rights often come through two bindings: first what each subject holds in all of them.
    std::map<std::string, unsigned> partsOfSubject;
    for (const RoleBinding& binding : cluster.roleBindings()) {
        const Role* role = binding.isClusterRoleBinding ? access::grantedRole(cluster, binding) : nullptr;
        const unsigned parts = role ? partsOf(cluster, binding, *role) : 0;
        for (std::size_t index = 0; parts != 0 && index < binding.subjects.size(); ++index)
            partsOfSubject[subjectText(cluster, binding.subjects[index])] |= parts;
    }
    const Danger danger { .wanted = approvalParts,
        .sufficient = 0,
        .bindings = Bindings::ClusterRoleBindings,
        .countsNamed = true,
        .effect = "which issues certificates that log in as others" };
    forEachBinding(cluster, danger.bindings, outcomes, [&](const RoleBinding& binding, const Role* role) {
        Match match = role ? matchRole(cluster, binding, *role, danger) : matchEverything(binding, danger);
        const unsigned own = role ? partsOf(cluster, binding, *role) : 0b1111u;
        std::vector<std::uint32_t> subjects;
        unsigned working = 0;
        for (const std::uint32_t index : foreignSubjects(cluster, binding)) {
            const auto all = partsOfSubject.find(subjectText(cluster, binding.subjects[index]));
            const unsigned held = own | (all == partsOfSubject.end() ? 0u : all->second);
            if ((workingParts(held) & own) == 0)
                continue;
            working |= workingParts(held) & own;
            subjects.push_back(index);
        }
        std::erase_if(match.held, [&](const Match::Held& held) { return ((working >> held.wanted) & 1u) == 0; });
        if (subjects.empty() || match.held.empty())
            return passed(binding.object,
                own == 0 ? "Its role grants nothing of this." : "It does not add up to issuing a certificate.");
        return held(cluster, binding, danger, match, subjects);
    });
}

} // namespace plimsoll::control
