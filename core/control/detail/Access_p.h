// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/access/Access.h"
#include "core/control/Control.h"

// What the controls on roles and bindings share.
namespace plimsoll::control {

constexpr std::string_view rbacGroup = "rbac.authorization.k8s.io";

// What is known of the role a binding names.
enum class RoleState : std::uint8_t {
    Present, // its rules are in the source
    KnownAdmin, // cluster-admin, not in the source: Kubernetes always has it, with every right
    Missing, // it does not exist: nothing is granted
    Unknown, // the source cannot tell
};
RoleState roleState(const cluster::Cluster& cluster, const cluster::RoleBinding& binding);
// Does the source hold the ClusterRoles that Kubernetes makes itself? Manifests do not, and then nothing can be said
// about bindings that name them.
bool hasBootstrapRoles(const cluster::Cluster& cluster);
// A name that Kubernetes gives to a role of its own.
bool isBootstrapRoleName(std::string_view kind, std::string_view ns, std::string_view name);

// Is the role one that Kubernetes makes itself (label rbac-defaults and a name of its own)?
bool isKubernetesRole(const cluster::Cluster& cluster, const cluster::Role& role);
// Is this subject in this binding as Kubernetes itself put it there? The binding must carry the label rbac-defaults and
// a name of Kubernetes, name a role of Kubernetes, and the subject be an identity of Kubernetes' own components.
bool isKubernetesSubject(
    const cluster::Cluster& cluster, const cluster::RoleBinding& binding, const cluster::Subject& subject);
// Has this identity every right by itself, so that no binding adds any (system:masters, the controller manager)?
bool isControlPlane(const cluster::Cluster& cluster, const cluster::Subject& subject);
// Does a role let its holders do no more than Kubernetes allows everybody (API discovery, health, questions about
// oneself)? For identities that have not logged in: only health, version and the token issuer's keys.
enum class Audience : std::uint8_t { Authenticated, Anonymous };
bool isDiscoveryOnly(const cluster::Cluster& cluster, const cluster::Role& role, Audience audience);

// "ServiceAccount ci/deployer", "User alice", "Group dev".
std::string subjectText(const cluster::Cluster& cluster, const cluster::Subject& subject);
// The first three joined: "User a, User b, User c and 4 more".
std::string subjectsText(
    const cluster::Cluster& cluster, const cluster::RoleBinding& binding, std::span<const std::uint32_t> subjects);
// "a, b and c"; at most limit pieces, then "and 4 more".
std::string listText(std::span<const std::string> pieces, std::size_t limit);
// "ClusterRole edit" as the binding names it.
std::string roleText(const cluster::Cluster& cluster, const cluster::RoleBinding& binding);
// "in namespace shop", "in every namespace".
std::string namespaceText(const cluster::Cluster& cluster, const cluster::RoleBinding& binding);
std::string joinTexts(const cluster::Cluster& cluster, std::span<const StringId> ids);

Outcome passed(cluster::ObjectId object, std::string message);
Outcome notAssessed(cluster::ObjectId object, std::string missing); // none = the whole control
// A failing binding: its subjects at fault and its role reference as evidence.
Outcome failed(const cluster::Cluster& cluster, const cluster::RoleBinding& binding,
    std::span<const std::uint32_t> subjects, std::string message);

// Evidence: the subjects and the role reference of a binding, and the fields of a rule. Long lists are cut, the message
// and Outcome::affected tell how many there are.
void addSubjects(const cluster::Cluster& cluster, const cluster::RoleBinding& binding,
    std::span<const std::uint32_t> subjects, std::vector<Evidence>& evidence);
void addRoleRef(const cluster::Cluster& cluster, const cluster::RoleBinding& binding, std::vector<Evidence>& evidence);
void addRuleField(const cluster::Cluster& cluster, const cluster::Role& role, std::uint32_t rule,
    std::string_view field, std::vector<Evidence>& evidence);

// Subjects of a binding that are neither Kubernetes' own there nor all-powerful anyway.
std::vector<std::uint32_t> foreignSubjects(const cluster::Cluster& cluster, const cluster::RoleBinding& binding);

// Whether a pod with this spec in this namespace gets a token; nothing when the source does not tell.
std::optional<bool> holdsToken(const cluster::Cluster& cluster, std::string_view ns, const cluster::PodSpec& spec);

enum class Bindings : std::uint8_t { ClusterRoleBindings, RoleBindings, Both };
// Appends "not assessed" for the kinds of binding that the source cannot tell about.
void reportMissingBindings(const cluster::Cluster& cluster, Bindings bindings, std::vector<Outcome>& outcomes);
bool isIn(const cluster::RoleBinding& binding, Bindings bindings);

// One resource and verbs of a dangerous permission.
struct Wanted {
    std::string_view group;
    std::string_view resource;
    std::string_view subresource;
    std::string_view verbs; // separated by blanks
};

// A permission that must not be given away lightly, as one value.
struct Danger {
    std::span<const Wanted> wanted;
    std::size_t sufficient = 0; // how many of wanted are a fault alone; the others are only told with them. 0 = all
    Bindings bindings = Bindings::Both;
    bool countsNamed = true; // also when limited to resourceNames
    std::string_view effect; // ends the sentence: "which is a shell in every one of them"
    std::string_view ns = {}; // RoleBindings of this namespace only; "" = of every one
    std::span<const std::string_view> names = {}; // when limited to resourceNames: those that matter; empty = any
};
void judgeDanger(const Danger& danger, const Context& context, std::vector<Outcome>& outcomes);

// The controls, one function each; declared here for the list in access.cpp.
void judgeFullAdmin(const Context& context, std::vector<Outcome>& outcomes); // R01
void judgeNamespaceAdmin(const Context& context, std::vector<Outcome>& outcomes); // R02
void judgeWildcardVerb(const Context& context, std::vector<Outcome>& outcomes); // R03
void judgeWildcardResource(const Context& context, std::vector<Outcome>& outcomes); // R04
void judgeSigning(const Context& context, std::vector<Outcome>& outcomes); // R19
void judgeAnonymous(const Context& context, std::vector<Outcome>& outcomes); // R30
void judgeAuthenticated(const Context& context, std::vector<Outcome>& outcomes); // R31
void judgeMasters(const Context& context, std::vector<Outcome>& outcomes); // R32
void judgeAllServiceAccounts(const Context& context, std::vector<Outcome>& outcomes); // R33
void judgeDefaultAccounts(const Context& context, std::vector<Outcome>& outcomes); // R34
void judgeDangling(const Context& context, std::vector<Outcome>& outcomes); // R35
void judgeExecByGet(const Context& context, std::vector<Outcome>& outcomes); // R09
void judgeAwsAuth(const Context& context, std::vector<Outcome>& outcomes); // R26
void judgeDashboard(const Context& context, std::vector<Outcome>& outcomes); // R29
void judgeUnused(const Context& context, std::vector<Outcome>& outcomes); // R36
void judgeAggregation(const Context& context, std::vector<Outcome>& outcomes); // R38
void judgeWorkloadIdentity(const Context& context, std::vector<Outcome>& outcomes); // R39
void judgeTokenSecrets(const Context& context, std::vector<Outcome>& outcomes); // R40
void judgeForeignAccounts(const Context& context, std::vector<Outcome>& outcomes); // R42
void judgeLogins(const Context& context, std::vector<Outcome>& outcomes); // R44

} // namespace plimsoll::control
