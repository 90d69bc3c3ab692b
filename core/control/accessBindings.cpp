// SPDX-License-Identifier: Apache-2.0
#include "core/control/detail/Access_p.h"

#include <algorithm>
#include <array>

#include "core/base/Text.h"

// Faults of a binding that its subjects or its reference make: whom it names, and whether they exist.
namespace plimsoll::control {

using cluster::Cluster;
using cluster::PolicyRule;
using cluster::Role;
using cluster::RoleBinding;
using cluster::Subject;

namespace {

// The remedy that the binding itself decides: these subjects out. Pointers are into the object as it is.
cluster::Patch withoutSubjects(const RoleBinding& binding, std::span<const std::uint32_t> subjects)
{
    cluster::Patch patch { .target = binding.object, .edits = {} };
    for (auto index = subjects.rbegin(); index != subjects.rend(); ++index)
        patch.edits.push_back({ "/subjects/" + std::to_string(*index), "" });
    return patch;
}

// Where a binding grants its role: "in the whole cluster", "in namespace shop".
std::string whereText(const Cluster& cluster, const RoleBinding& binding)
{
    return binding.isClusterRoleBinding ? "in the whole cluster" : namespaceText(cluster, binding);
}

template <class Matches> std::vector<std::uint32_t> subjectsThat(const RoleBinding& binding, Matches matches)
{
    std::vector<std::uint32_t> found;
    for (std::uint32_t index = 0; index < binding.subjects.size(); ++index)
        if (matches(binding.subjects[index]))
            found.push_back(index);
    return found;
}

bool isGroup(const Cluster& cluster, const Subject& subject, std::string_view name)
{
    return cluster.text(subject.kind) == "Group" && cluster.text(subject.name) == name;
}

// Controls about one set of subjects: a binding that names one of them fails unless it is harmless.
template <class Matches, class IsHarmless>
void judgeSubjects(const Context& context, std::vector<Outcome>& outcomes, std::string_view consequence,
    Matches matches, IsHarmless isHarmless)
{
    const Cluster& cluster = context.cluster;
    reportMissingBindings(cluster, Bindings::Both, outcomes);
    for (const RoleBinding& binding : cluster.roleBindings()) {
        const std::vector<std::uint32_t> named
            = subjectsThat(binding, [&](const Subject& subject) { return matches(cluster, subject); });
        if (named.empty()) {
            outcomes.push_back(passed(binding.object, "It names no such subject."));
            continue;
        }
        std::vector<std::uint32_t> faulty = named;
        std::erase_if(faulty, [&](std::uint32_t index) {
            const Subject& subject = binding.subjects[index];
            return isKubernetesSubject(cluster, binding, subject) || isHarmless(cluster, binding, subject);
        });
        if (faulty.empty()) {
            outcomes.push_back(
                passed(binding.object, "It is part of Kubernetes, or grants no more than Kubernetes grants anyway."));
            continue;
        }
        std::string message = subjectsText(cluster, binding, faulty) + (faulty.size() == 1 ? " holds " : " hold ")
            + roleText(cluster, binding) + ' ' + whereText(cluster, binding);
        if (roleState(cluster, binding) == RoleState::Missing)
            message += ", a role that does not exist yet";
        message.append(": ").append(consequence).append(1, '.');
        outcomes.push_back(failed(cluster, binding, faulty, std::move(message)));
        outcomes.back().patch = withoutSubjects(binding, faulty);
    }
}

bool isAnonymous(const Cluster& cluster, const Subject& subject)
{
    return isGroup(cluster, subject, "system:unauthenticated")
        || (cluster.text(subject.kind) == "User" && cluster.text(subject.name) == "system:anonymous");
}

bool isOnly(const Cluster& cluster, std::span<const StringId> list, std::string_view text)
{
    return list.size() == 1 && cluster.text(list.front()) == text;
}

// kubeadm lets everybody read the ConfigMap with the cluster's address and CA, which `kubeadm join` needs.
bool isClusterInfo(const Cluster& cluster, const RoleBinding& binding)
{
    const Role* role = access::grantedRole(cluster, binding);
    return role && !binding.isClusterRoleBinding && cluster.text(cluster.object(binding.object).ns) == "kube-public"
        && std::ranges::all_of(role->rules, [&](const PolicyRule& rule) {
               return isOnly(cluster, rule.verbs, "get") && isOnly(cluster, rule.apiGroups, "")
                   && isOnly(cluster, rule.resources, "configmaps")
                   && isOnly(cluster, rule.resourceNames, "cluster-info");
           });
}

// Is the role known to grant nothing beyond discovery? By its rules, or by its name when the source has no such roles.
bool grantsDiscoveryOnly(const Cluster& cluster, const RoleBinding& binding, Audience audience)
{
    if (const Role* role = access::grantedRole(cluster, binding))
        return isDiscoveryOnly(cluster, *role, audience);
    if (roleState(cluster, binding) != RoleState::Unknown || cluster.text(binding.roleKind) != "ClusterRole")
        return false;
    const std::string_view name = cluster.text(binding.roleName);
    return name == "system:public-info-viewer"
        || (audience == Audience::Authenticated && (name == "system:basic-user" || name == "system:discovery"));
}

} // namespace

void judgeAnonymous(const Context& context, std::vector<Outcome>& outcomes)
{
    judgeSubjects(context, outcomes, "no login is needed", isAnonymous,
        [](const Cluster& cluster, const RoleBinding& binding, const Subject&) {
            return grantsDiscoveryOnly(cluster, binding, Audience::Anonymous) || isClusterInfo(cluster, binding);
        });
}

void judgeAuthenticated(const Context& context, std::vector<Outcome>& outcomes)
{
    judgeSubjects(
        context, outcomes, "that is every person and every pod with a token",
        [](const Cluster& cluster, const Subject& subject) {
            return isGroup(cluster, subject, "system:authenticated");
        },
        [](const Cluster& cluster, const RoleBinding& binding, const Subject&) {
            return grantsDiscoveryOnly(cluster, binding, Audience::Authenticated);
        });
}

void judgeMasters(const Context& context, std::vector<Outcome>& outcomes)
{
    judgeSubjects(
        context, outcomes, "no role or binding can restrict members of that group",
        [](const Cluster& cluster, const Subject& subject) { return isGroup(cluster, subject, "system:masters"); },
        [](const Cluster&, const RoleBinding&, const Subject&) { return false; });
}

void judgeAllServiceAccounts(const Context& context, std::vector<Outcome>& outcomes)
{
    judgeSubjects(
        context, outcomes, "that is every pod with a token there",
        [](const Cluster& cluster, const Subject& subject) {
            const std::string_view name = cluster.text(subject.name);
            return cluster.text(subject.kind) == "Group"
                && (name == "system:serviceaccounts" || name.starts_with("system:serviceaccounts:"));
        },
        [](const Cluster& cluster, const RoleBinding& binding, const Subject&) {
            return grantsDiscoveryOnly(cluster, binding, Audience::Authenticated)
                || (roleState(cluster, binding) == RoleState::Unknown
                    && cluster.text(binding.roleName) == "system:service-account-issuer-discovery");
        });
}

namespace {

bool holdsText(const Cluster& cluster, std::span<const StringId> list, std::string_view text)
{
    return std::ranges::any_of(list, [&](StringId id) { return cluster.text(id) == text; });
}

// Is one verb on one resource, name or path, taken from a rule, also granted by another rule?
struct Atom {
    std::string_view verb;
    std::string_view group;
    std::string_view resource;
    std::string_view name; // "" = all names
    std::string_view path; // then group, resource and name are empty
};

bool covers(const Cluster& cluster, const PolicyRule& rule, const Atom& atom)
{
    const auto holdsOrStar = [&](std::span<const StringId> list, std::string_view text) {
        return holdsText(cluster, list, "*") || holdsText(cluster, list, text);
    };
    if (!holdsOrStar(rule.verbs, atom.verb))
        return false;
    if (!atom.path.empty())
        return std::ranges::any_of(rule.nonResourceUrls, [&](StringId url) {
            const std::string_view text = cluster.text(url);
            return text == atom.path || (text.ends_with('*') && atom.path.starts_with(text.substr(0, text.size() - 1)));
        });
    const std::size_t slash = atom.resource.find('/');
    const bool holdsResource = holdsOrStar(rule.resources, atom.resource)
        || (slash != std::string_view::npos
            && holdsText(cluster, rule.resources, '*' + std::string(atom.resource.substr(slash))));
    return holdsOrStar(rule.apiGroups, atom.group) && holdsResource
        && (rule.resourceNames.empty() || (!atom.name.empty() && holdsText(cluster, rule.resourceNames, atom.name)));
}

// Calls visit for every atom of a rule until it answers false.
template <class Visit> bool allAtoms(const Cluster& cluster, const PolicyRule& rule, bool isNamespaced, Visit visit)
{
    const std::array<StringId, 1> noName {};
    const std::span<const StringId> names = rule.resourceNames.empty() ? std::span<const StringId>(noName)
                                                                       : std::span<const StringId>(rule.resourceNames);
    for (const StringId verb : rule.verbs) {
        for (const StringId url : rule.nonResourceUrls)
            if (!isNamespaced
                && !visit(Atom { cluster.text(verb), {}, {}, {}, cluster.text(url) })) // dead in RoleBindings
                return false;
        for (const StringId group : rule.apiGroups)
            for (const StringId resource : rule.resources)
                for (const StringId name : names)
                    if (!visit(Atom {
                            cluster.text(verb), cluster.text(group), cluster.text(resource), cluster.text(name), {} }))
                        return false;
    }
    return true;
}

// What everybody who has logged in may do anyway: cluster-wide, or in the namespace of a binding.
std::vector<const PolicyRule*> rulesOfEverybody(const Cluster& cluster, StringId ns)
{
    std::vector<const PolicyRule*> rules;
    for (const RoleBinding& binding : cluster.roleBindings()) {
        const Role* role = access::grantedRole(cluster, binding);
        if (!role || (!binding.isClusterRoleBinding && (!ns || cluster.object(binding.object).ns != ns)))
            continue;
        if (std::ranges::none_of(binding.subjects,
                [&](const Subject& subject) { return isGroup(cluster, subject, "system:authenticated"); }))
            continue;
        for (const PolicyRule& rule : role->rules)
            rules.push_back(&rule);
    }
    return rules;
}

// The first rule of a role that gives more than everybody has; the number of rules when there is none.
std::uint32_t firstRuleBeyond(const Cluster& cluster, const RoleBinding& binding, const Role& role)
{
    const StringId ns = binding.isClusterRoleBinding ? StringId::none() : cluster.object(binding.object).ns;
    const std::vector<const PolicyRule*> common = rulesOfEverybody(cluster, ns);
    std::uint32_t index = 0;
    for (; index < role.rules.size(); ++index) {
        const bool isCommon
            = allAtoms(cluster, role.rules[index], !binding.isClusterRoleBinding, [&](const Atom& atom) {
                  return std::ranges::any_of(
                      common, [&](const PolicyRule* rule) { return covers(cluster, *rule, atom); });
              });
        if (!isCommon)
            break;
    }
    return index;
}

bool isDefaultAccount(const Cluster& cluster, const Subject& subject)
{
    const std::string_view kind = cluster.text(subject.kind);
    const std::string_view name = cluster.text(subject.name);
    if (kind == "ServiceAccount")
        return name == "default" && !cluster.text(subject.ns).empty();
    return kind == "User" && name.starts_with("system:serviceaccount:") && name.ends_with(":default");
}

Outcome judgedDefaultAccount(
    const Cluster& cluster, const RoleBinding& binding, std::span<const std::uint32_t> accounts)
{
    const RoleState state = roleState(cluster, binding);
    if (state == RoleState::Missing)
        return passed(binding.object, "Its role does not exist, so it grants nothing.");
    if (state == RoleState::Unknown)
        return notAssessed(binding.object, roleText(cluster, binding) + " is not in the source.");
    const Role* role = access::grantedRole(cluster, binding);
    std::uint32_t rule = 0;
    if (role) {
        rule = firstRuleBeyond(cluster, binding, *role);
        if (rule == role->rules.size())
            return passed(binding.object, "Its role grants no more than everybody has.");
    }
    Outcome outcome = failed(cluster, binding, accounts,
        subjectsText(cluster, binding, accounts) + ", which pods get when they ask for no other identity, "
            + (accounts.size() == 1 ? "holds " : "hold ") + roleText(cluster, binding) + ' '
            + whereText(cluster, binding) + '.');
    if (role) {
        addRuleField(cluster, *role, rule, role->rules[rule].resources.empty() ? "nonResourceURLs" : "resources",
            outcome.evidence);
        addRuleField(cluster, *role, rule, "verbs", outcome.evidence);
    }
    outcome.patch = withoutSubjects(binding, accounts);
    return outcome;
}

} // namespace

void judgeDefaultAccounts(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    reportMissingBindings(cluster, Bindings::Both, outcomes);
    for (const RoleBinding& binding : cluster.roleBindings()) {
        const std::vector<std::uint32_t> accounts
            = subjectsThat(binding, [&](const Subject& subject) { return isDefaultAccount(cluster, subject); });
        outcomes.push_back(accounts.empty() ? passed(binding.object, "It names no default service account.")
                                            : judgedDefaultAccount(cluster, binding, accounts));
    }
}

namespace {

// Kubernetes makes a default account in each namespace; in manifests it, and the controllers' accounts, are never
// written.
enum class Existence : std::uint8_t { Exists, Missing, Unknown };

Existence existence(const Cluster& cluster, const RoleBinding& binding, const Subject& subject)
{
    const std::string_view ns = cluster.text(subject.ns);
    const std::string_view name = cluster.text(subject.name);
    if (cluster.text(subject.kind) != "ServiceAccount" || cluster.serviceAccount(ns, name)
        || isKubernetesSubject(cluster, binding, subject))
        return Existence::Exists;
    if (ns.empty() && binding.isClusterRoleBinding)
        return Existence::Missing; // matches nobody, whatever exists
    if (!cluster.covers("", "ServiceAccount"))
        return Existence::Unknown;
    if (hasBootstrapRoles(cluster))
        return Existence::Missing;
    if (name == "default")
        return Existence::Exists;
    return ns == "kube-system" || ns.empty() ? Existence::Unknown : Existence::Missing;
}

Outcome danglingRole(const Cluster& cluster, const RoleBinding& binding)
{
    std::vector<std::uint32_t> none;
    const bool isWrongKind = binding.isClusterRoleBinding && cluster.text(binding.roleKind) != "ClusterRole";
    Outcome outcome = failed(cluster, binding, none,
        cluster.titleOf(binding.object) + " names " + roleText(cluster, binding)
            + (isWrongKind ? ", but only a ClusterRole can be bound in the whole cluster."
                           : ", which does not exist: whoever may create it decides what the subjects get."));
    outcome.affected = std::max<std::uint32_t>(1, static_cast<std::uint32_t>(binding.subjects.size()));
    return outcome;
}

Outcome judgedDangling(const Cluster& cluster, const RoleBinding& binding)
{
    if (foreignSubjects(cluster, binding).empty() && !binding.subjects.empty())
        return passed(binding.object, "Its subjects are part of Kubernetes.");
    const RoleState state = roleState(cluster, binding);
    if (state == RoleState::Missing)
        return danglingRole(cluster, binding);
    const std::vector<std::uint32_t> missing = subjectsThat(
        binding, [&](const Subject& subject) { return existence(cluster, binding, subject) == Existence::Missing; });
    if (!missing.empty()) {
        Outcome outcome = failed(cluster, binding, missing,
            cluster.titleOf(binding.object) + " names " + subjectsText(cluster, binding, missing) + ", which "
                + (missing.size() == 1 ? "does" : "do") + " not exist: whoever may create "
                + (missing.size() == 1 ? "it" : "them") + " gets " + roleText(cluster, binding) + '.');
        outcome.patch = withoutSubjects(binding, missing);
        return outcome;
    }
    const bool isRoleKnown = state != RoleState::Unknown
        || (!hasBootstrapRoles(cluster)
            && isBootstrapRoleName(cluster.text(binding.roleKind), cluster.text(cluster.object(binding.object).ns),
                cluster.text(binding.roleName)));
    if (!isRoleKnown)
        return notAssessed(binding.object, printable(cluster.text(binding.roleKind)) + "s are not in the source.");
    const bool isUnknown = std::ranges::any_of(binding.subjects,
        [&](const Subject& subject) { return existence(cluster, binding, subject) == Existence::Unknown; });
    if (isUnknown)
        return notAssessed(binding.object, "The ServiceAccounts it names are not in the source.");
    return passed(binding.object, "Its role and its service accounts exist.");
}

} // namespace

void judgeDangling(const Context& context, std::vector<Outcome>& outcomes)
{
    reportMissingBindings(context.cluster, Bindings::Both, outcomes);
    for (const RoleBinding& binding : context.cluster.roleBindings())
        outcomes.push_back(judgedDangling(context.cluster, binding));
}

} // namespace plimsoll::control
