// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "core/access/Access.h"
#include "core/base/Text.h"
#include "core/control/detail/Outcomes_p.h"
#include "core/control/detail/Workload_p.h"

namespace plimsoll::control {

using cluster::Container;
using cluster::ContainerRole;
using cluster::PodSpec;

void checkOldAccountField(const Context& context, const SpecSubject& subject, SpecReport& report)
{
    const PodSpec& spec = subject.spec;
    if (spec.oldServiceAccount.isNone())
        return;
    const bool isIgnored = spec.oldServiceAccount != spec.serviceAccountName;
    report.fail(isIgnored ? "the deprecated field serviceAccount names another account than serviceAccountName, which "
                            "decides"
                          : "the pod names its service account in the deprecated field serviceAccount",
        "/serviceAccount", std::string(context.cluster.text(spec.oldServiceAccount)));
    report.edit("/serviceAccount", "");
    if (!isIgnored)
        report.edit("/serviceAccountName", jsonQuoted(context.cluster.text(spec.oldServiceAccount)));
}

namespace {

// Earlier entries may be what a later one is made of: PATH=/a, PATH=/b:$(PATH).
bool isReferenced(const Context& context, const Container& container, std::string_view name)
{
    const std::string reference = "$(" + std::string(name) + ')';
    return std::ranges::any_of(container.env, [&](const cluster::EnvVar& variable) {
        return context.cluster.text(variable.value).find(reference) != std::string_view::npos;
    });
}

} // namespace

void checkDuplicateVariables(const Context& context, const SpecSubject& subject, SpecReport& report)
{
    const bool isHidden = hasHiddenNames(context.cluster);
    for (const Container& container : subject.spec.containers) {
        const auto& env = container.env;
        for (auto variable = env.begin(); variable != env.end(); ++variable) {
            const auto later = std::find_if(
                variable + 1, env.end(), [&](const cluster::EnvVar& other) { return other.name == variable->name; });
            const std::string name(context.cluster.text(variable->name));
            if (name.empty() || later == env.end() || isReferenced(context, container, name))
                continue;
            if (isHidden) {
                report.notAssessed(
                    "values are hidden in this snapshot, so it cannot be said whether one builds on another");
                continue;
            }
            const std::string pointer = container.pointer() + "/env/" + std::to_string(variable - env.begin());
            failContainer(context, container, "sets the variable " + name + " more than once; the last one counts",
                pointer + "/name", name, report);
            if (container.role != ContainerRole::Ephemeral)
                report.edit(pointer, "");
        }
    }
}

namespace {

bool usesSecret(const PodSpec& spec)
{
    const auto ofVolume = [](const cluster::Volume& volume) {
        return !volume.secretName.isNone()
            || std::ranges::any_of(volume.projected, [](const auto& source) { return !source.secretName.isNone(); });
    };
    const auto ofContainer = [](const Container& container) {
        return std::ranges::any_of(container.env, [](const auto& variable) { return !variable.secretName.isNone(); })
            || std::ranges::any_of(container.envFrom, [](const auto& source) { return !source.secretName.isNone(); });
    };
    return std::ranges::any_of(spec.volumes, ofVolume) || std::ranges::any_of(spec.containers, ofContainer);
}

// By its own token, unless the pod says that it gets none.
bool mayReadSecrets(const Context& context, const SpecSubject& subject)
{
    if (subject.spec.automountServiceAccountToken == false)
        return false;
    const std::string_view name = context.cluster.text(subject.spec.serviceAccountName);
    const auto user = access::Rbac::serviceAccountUser(subject.ns, name.empty() ? "default" : name);
    const auto principal = context.rbac.principal(user);
    return std::ranges::any_of(std::array { "get", "list", "watch" }, [&](const char* verb) {
        return context.rbac.allows(principal, { .verb = verb, .resource = "secrets", .ns = std::string(subject.ns) })
            .has_value();
    });
}

void checkScheduledJob(const Context& context, const SpecSubject& subject, SpecReport& report)
{
    const PodSpec& spec = subject.spec;
    const auto on = [&](bool isSet, std::string_view clause, std::string pointer, std::string value) {
        if (isSet)
            report.fail("the scheduled job " + std::string(clause), std::move(pointer), std::move(value));
    };
    on(spec.hostPid, "shares the node's process namespace", "/hostPID", "true");
    on(spec.hostIpc, "shares the node's IPC namespace", "/hostIPC", "true");
    on(spec.hostNetwork, "shares the node's network", "/hostNetwork", "true");
    for (const cluster::Volume& volume : spec.volumes)
        on(!volume.hostPath.isNone(), "mounts a directory of the node", volume.pointer() + "/hostPath/path",
            std::string(context.cluster.text(volume.hostPath)));
    for (const Container& container : spec.containers) {
        const auto& own = container.securityContext;
        on(own && own->privileged == true, "runs privileged", container.pointer() + "/securityContext/privileged",
            "true");
        const auto user = cluster::effectiveRunAsUser(spec, container);
        on(!isWindows(context, spec) && !isUserNamespaced(context, spec) && mayRunAsRoot(spec, container),
            user.value ? "runs as root" : "may run as root",
            user.value ? cluster::securityPointer(user.origin, container, "runAsUser")
                       : container.pointer() + "/securityContext/runAsNonRoot",
            user.value ? "0" : boolText(cluster::effectiveRunAsNonRoot(spec, container).value));
    }
    on(usesSecret(spec), "is given a Secret", "", "secret references of the pod");
    on(mayReadSecrets(context, subject), "may read Secrets through its service account", "/serviceAccountName",
        spec.serviceAccountName.isNone() ? std::string("default")
                                         : std::string(context.cluster.text(spec.serviceAccountName)));
}

} // namespace

void evaluateScheduledJobs(const Context& context, std::vector<Outcome>& outcomes)
{
    for (const cluster::Workload& workload : context.cluster.workloads()) {
        if (context.cluster.kindName(workload.object) != "CronJob" || workload.specs.empty())
            continue;
        outcomes.push_back(judgeSpecs(context, workload,
            [&](const SpecSubject& subject, SpecReport& report) { checkScheduledJob(context, subject, report); }));
    }
}

namespace {

// Names under which an owner is usually written, after any prefix: "team", "acme.example/owner".
constexpr std::array<std::string_view, 16> ownerKeys { "business-unit", "contact", "contacts", "cost-center",
    "costcenter", "department", "maintainer", "maintainers", "owned-by", "owner", "owners", "product-owner", "squad",
    "team", "team-name", "tribe" };

bool namesOwner(const Context& context, std::span<const cluster::Label> labels)
{
    return std::ranges::any_of(labels, [&](const cluster::Label& label) {
        const std::string key = toLowerAscii(lastSegment(context.cluster.text(label.first)));
        return std::ranges::find(ownerKeys, key) != ownerKeys.end()
            && (!context.cluster.text(label.second).empty() || hasHiddenNames(context.cluster));
    });
}

void judgeOwner(const Context& context, const cluster::Workload& workload, std::vector<Outcome>& outcomes)
{
    const cluster::Cluster& cluster = context.cluster;
    const cluster::Object& object = cluster.object(workload.object);
    const std::string_view nsName = cluster.text(object.ns);
    const cluster::Namespace* ns = nsName.empty() ? nullptr : cluster.findNamespace(nsName);
    const bool isOwned = isSystemNamespace(nsName) || namesOwner(context, object.labels)
        || namesOwner(context, object.annotations) || namesOwner(context, podLabels(context, workload))
        || (ns
            && (namesOwner(context, ns->labels)
                || (!ns->object.isNone() && namesOwner(context, cluster.object(ns->object).annotations))));
    if (isOwned)
        return pass(workload.object, outcomes);
    fail(workload.object, "no label or annotation of the workload or its namespace says who owns it",
        { { workload.object, "/metadata/labels", std::string(notSet) } }, outcomes);
}

void judgeRequiredLabels(const Context& context, const cluster::Workload& workload, std::vector<Outcome>& outcomes)
{
    const cluster::Cluster& cluster = context.cluster;
    const auto has = [&](std::span<const cluster::Label> labels, const std::string& key) {
        return std::ranges::any_of(labels, [&](const cluster::Label& label) {
            return cluster.text(label.first) == key && !cluster.text(label.second).empty();
        });
    };
    std::vector<std::string> missing;
    std::vector<Evidence> evidence;
    for (const std::string& key : context.settings.requiredLabels) {
        if (has(cluster.object(workload.object).labels, key) || has(podLabels(context, workload), key))
            continue;
        missing.push_back(printable(key));
        evidence.push_back({ workload.object, format::pointerTo("/metadata/labels", key), std::string(notSet) });
    }
    if (missing.empty())
        return pass(workload.object, outcomes);
    fail(workload.object,
        "the workload lacks " + std::string(missing.size() == 1 ? "the label " : "the labels ") + join(missing, ", "),
        std::move(evidence), outcomes);
}

} // namespace

void evaluateLabels(const Context& context, std::vector<Outcome>& outcomes)
{
    for (const cluster::Workload& workload : context.cluster.workloads()) {
        if (workload.isStatic || context.cluster.object(workload.object).isMissing)
            continue;
        if (context.settings.requiredLabels.empty())
            judgeOwner(context, workload, outcomes);
        else
            judgeRequiredLabels(context, workload, outcomes);
    }
}

} // namespace plimsoll::control
