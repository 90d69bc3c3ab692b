// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "core/control/detail/Workload_p.h"

namespace plimsoll::control {

using cluster::Container;
using cluster::PodSpec;

namespace {

constexpr std::string_view defaultAccount = "default";
constexpr std::string_view tokenPath = "/var/run/secrets/kubernetes.io/serviceaccount";
constexpr std::string_view bindingGroup = "rbac.authorization.k8s.io";

std::string_view accountOf(const Context& context, const PodSpec& spec)
{
    return spec.serviceAccountName.isNone() ? defaultAccount : context.cluster.text(spec.serviceAccountName);
}

std::string accountText(const Context& context, const SpecSubject& subject)
{
    const std::string name(accountOf(context, subject.spec));
    return "service account " + (subject.ns.empty() ? name : std::string(subject.ns) + '/' + name);
}

// Whether pods get the token that the ServiceAccount admission mounts, and where that is decided.
struct TokenMount {
    enum class State : std::uint8_t { Mounted, NotMounted, Unknown };
    State state = State::NotMounted;
    std::string pointer;
    std::string value;
    std::string missing;
};

// A pod as it was admitted shows its token: the projected volume, or the account's Secret before 1.21.
TokenMount admittedToken(const Context& context, const PodSpec& spec)
{
    for (const cluster::Volume& volume : spec.volumes) {
        if (volume.isKubeApiAccess())
            return { TokenMount::State::Mounted, volume.pointer(), "kube-api-access volume", {} };
        if (volume.secretName.isNone())
            continue;
        for (const Container& container : spec.containers) {
            for (const cluster::VolumeMount& mount : container.volumeMounts) {
                if (mount.name == volume.name && context.cluster.text(mount.mountPath) == tokenPath)
                    return { TokenMount::State::Mounted, volume.pointer(), "service account token Secret", {} };
            }
        }
    }
    return {};
}

// What a template or manifest will get: the pod's field decides, then the account's, then the default, which is yes.
TokenMount promisedToken(const Context& context, const SpecSubject& subject)
{
    const std::string pointer = "/automountServiceAccountToken";
    if (const auto own = subject.spec.automountServiceAccountToken) {
        if (!*own)
            return {};
        return { TokenMount::State::Mounted, pointer, "true", {} };
    }
    const std::string_view name = accountOf(context, subject.spec);
    const cluster::ServiceAccount* account = context.cluster.serviceAccount(subject.ns, name);
    if (account && account->automountServiceAccountToken == false)
        return {};
    // The controller of every cluster makes the default account, with automounting left on.
    if (account || (name == defaultAccount && context.cluster.covers("", "ServiceAccount")))
        return { TokenMount::State::Mounted, pointer, std::string(notSet), {} };
    return { TokenMount::State::Unknown, {}, {}, accountText(context, subject) + " is not in the source" };
}

// Roles that every identity of a cluster holds.
bool isEverybodysRole(std::string_view role)
{
    constexpr std::array<std::string_view, 4> roles { "system:basic-user", "system:discovery",
        "system:public-info-viewer", "system:service-account-issuer-discovery" };
    return std::ranges::find(roles, role) != roles.end();
}

// Does any binding name the account, its user name or a group of service accounts?
bool hasBinding(const Context& context, std::string_view ns, std::string_view name)
{
    const cluster::Cluster& cluster = context.cluster;
    const std::string namespacePart(ns);
    const StringId userName = cluster.id("system:serviceaccount:" + namespacePart + ':' + std::string(name));
    const StringId allAccounts = cluster.id("system:serviceaccounts");
    const StringId namespaceAccounts = cluster.id("system:serviceaccounts:" + namespacePart);
    const StringId nsId = cluster.id(ns);
    const StringId nameId = cluster.id(name);
    const StringId userKind = cluster.id("User");
    const StringId groupKind = cluster.id("Group");
    const StringId accountKind = cluster.id("ServiceAccount");
    const auto means = [&](const cluster::Subject& subject) {
        if (subject.kind == accountKind)
            return subject.ns == nsId && subject.name == nameId;
        if (subject.kind == userKind)
            return !userName.isNone() && subject.name == userName;
        return subject.kind == groupKind && !subject.name.isNone()
            && (subject.name == allAccounts || subject.name == namespaceAccounts);
    };
    return std::ranges::any_of(cluster.roleBindings(), [&](const cluster::RoleBinding& binding) {
        return !isEverybodysRole(cluster.text(binding.roleName)) && std::ranges::any_of(binding.subjects, means);
    });
}

void removeTokenVolume(const PodSpec& spec, const std::string& pointer, SpecReport& report)
{
    const auto volume = std::ranges::find(spec.volumes, pointer, &cluster::Volume::pointer);
    if (volume != spec.volumes.end())
        removeVolume(spec, *volume, report);
}

} // namespace

void checkTokenMount(const Context& context, const SpecSubject& subject, SpecReport& report)
{
    if (subject.workload.isStatic) // the kubelet's own pods have no service account
        return;
    const TokenMount token = subject.isLivePod ? admittedToken(context, subject.spec) : promisedToken(context, subject);
    switch (token.state) {
    case TokenMount::State::NotMounted:
        return;
    case TokenMount::State::Unknown:
        report.notAssessed(token.missing);
        return;
    case TokenMount::State::Mounted:
        break;
    }
    if (hasBinding(context, subject.ns, accountOf(context, subject.spec)))
        return; // the account holds rights, so its token has a use
    for (const std::string_view kind : { "ClusterRoleBinding", "RoleBinding" }) {
        if (!context.cluster.covers(bindingGroup, kind)) {
            report.notAssessed("the source holds no " + std::string(kind)
                + "s, so it cannot be said whether the mounted token has a use");
            return;
        }
    }
    report.fail("the token of " + accountText(context, subject)
            + " is mounted although no binding gives the account "
              "any right",
        token.pointer, token.value);
    report.edit("/automountServiceAccountToken", "false");
    if (subject.isLivePod) // the pod must be made anew, without what was put into it
        removeTokenVolume(subject.spec, token.pointer, report);
}

void checkDefaultAccount(const Context& context, const SpecSubject& subject, SpecReport& report)
{
    if (subject.workload.isStatic || subject.spec.automountServiceAccountToken == false
        || accountOf(context, subject.spec) != defaultAccount)
        return;
    report.fail("the pod runs as the namespace's default service account", "/serviceAccountName",
        subject.spec.serviceAccountName.isNone() ? std::string(notSet) : std::string(defaultAccount));
}

void checkMissingAccount(const Context& context, const SpecSubject& subject, SpecReport& report)
{
    const std::string_view name = accountOf(context, subject.spec);
    if (subject.workload.isStatic || name == defaultAccount
        || context.cluster.serviceAccount(subject.ns, name) != nullptr)
        return;
    if (!context.cluster.covers("", "ServiceAccount")) {
        report.notAssessed("ServiceAccounts are not in the source");
        return;
    }
    if (subject.ns.empty() && !context.cluster.serviceAccounts().empty()) {
        report.notAssessed("the manifest names no namespace, so its service account cannot be looked up");
        return;
    }
    report.fail(accountText(context, subject) + " does not exist", "/serviceAccountName", std::string(name));
}

} // namespace plimsoll::control
