// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/control/detail/Workload_p.h"

namespace plimsoll::control {

using cluster::Container;
using cluster::Effective;
using cluster::PodSpec;
using cluster::securityPointer;

namespace {

// Ids below are likely to belong to a user or group of the node as well.
constexpr std::int64_t firstHighId = 10'000;

std::string idText(const std::optional<std::int64_t>& id)
{
    return id ? std::to_string(*id) : std::string(notSet);
}

std::optional<bool> podRunAsNonRoot(const PodSpec& spec)
{
    return spec.securityContext ? spec.securityContext->runAsNonRoot : std::nullopt;
}

} // namespace

void checkPrivileged(const Context& context, const SpecSubject& subject, SpecReport& report)
{
    for (const Container& container : subject.spec.containers) {
        if (!container.securityContext || container.securityContext->privileged != true)
            continue;
        failContainer(
            context, container, "runs privileged", container.pointer() + "/securityContext/privileged", "true", report);
        editSecurity(container, "privileged", "false", report);
    }
}

namespace {

// Both would let it all the same; and the API server refuses the first together with allowPrivilegeEscalation: false.
void editImpliedEscalation(const Context& context, const Container& container, SpecReport& report)
{
    if (!container.securityContext)
        return;
    if (container.securityContext->privileged == true)
        editSecurity(container, "privileged", "false", report);
    if (!container.securityContext->capabilities)
        return;
    std::vector<StringId> kept = container.securityContext->capabilities->add;
    const auto isAdmin = [&](StringId capability) {
        const std::string_view name = context.cluster.text(capability);
        return name == "SYS_ADMIN" || name == "CAP_SYS_ADMIN";
    };
    if (std::erase_if(kept, isAdmin) > 0)
        editSecurity(container, "capabilities/add", kept.empty() ? std::string() : jsonList(context, kept), report);
}

} // namespace

void checkPrivilegeEscalation(const Context& context, const SpecSubject& subject, SpecReport& report)
{
    if (isWindows(context, subject.spec))
        return;
    for (const Container& container : subject.spec.containers) {
        if (!cluster::allowsPrivilegeEscalation(context.cluster.strings(), container))
            continue;
        const std::optional<bool> own
            = container.securityContext ? container.securityContext->allowPrivilegeEscalation : std::nullopt;
        failContainer(context, container, "may gain more privileges than it starts with",
            container.pointer() + "/securityContext/allowPrivilegeEscalation", boolText(own), report);
        editSecurity(container, "allowPrivilegeEscalation", "false", report);
        editImpliedEscalation(context, container, report);
    }
}

void checkRunAsNonRoot(const Context& context, const SpecSubject& subject, SpecReport& report)
{
    if (isUserNamespaced(context, subject.spec))
        return;
    constexpr std::string_view podPointer = "/securityContext/runAsNonRoot";
    const std::optional<bool> ofPod = podRunAsNonRoot(subject.spec);
    if (ofPod == false) { // a fault even if every container overrides it, as in the standard
        report.fail("the pod sets runAsNonRoot to false", std::string(podPointer), "false");
        report.edit(std::string(podPointer), "true");
    }
    for (const Container& container : subject.spec.containers) {
        const std::optional<bool> own
            = container.securityContext ? container.securityContext->runAsNonRoot : std::nullopt;
        if (own == true || (!own && ofPod))
            continue;
        std::string clause = own ? "sets runAsNonRoot to false" : "does not set runAsNonRoot";
        const Effective<std::int64_t> user = cluster::effectiveRunAsUser(subject.spec, container);
        if (user.value && *user.value != 0)
            clause += ", though it runs as user " + std::to_string(*user.value);
        failContainer(
            context, container, clause, container.pointer() + "/securityContext/runAsNonRoot", boolText(own), report);
        if (own)
            editSecurity(container, "runAsNonRoot", "true", report);
        else
            report.edit(std::string(podPointer), "true");
    }
}

void checkRootUser(const Context& context, const SpecSubject& subject, SpecReport& report)
{
    if (isUserNamespaced(context, subject.spec))
        return;
    if (subject.spec.securityContext && subject.spec.securityContext->runAsUser == 0) {
        report.fail("the pod sets runAsUser to 0 (root)", "/securityContext/runAsUser", "0");
        report.edit("/securityContext/runAsUser", "");
        report.edit("/securityContext/runAsNonRoot", "true");
    }
    for (const Container& container : subject.spec.containers) {
        if (!container.securityContext || container.securityContext->runAsUser != 0)
            continue;
        failContainer(context, container, "runs as user 0 (root)", container.pointer() + "/securityContext/runAsUser",
            "0", report);
        editSecurity(container, "runAsUser", "", report);
        editSecurity(container, "runAsNonRoot", "true", report);
    }
}

// No remedy as a patch here and below: which ids fit, the image and its files decide.
void checkLowUser(const Context& context, const SpecSubject& subject, SpecReport& report)
{
    if (isWindows(context, subject.spec) || isUserNamespaced(context, subject.spec))
        return;
    for (const Container& container : subject.spec.containers) {
        const Effective<std::int64_t> user = cluster::effectiveRunAsUser(subject.spec, container);
        if (user.value && *user.value >= firstHighId)
            continue;
        failContainer(context, container,
            user.value ? "runs as user " + std::to_string(*user.value) : std::string("leaves its user to the image"),
            securityPointer(user.origin, container, "runAsUser"), idText(user.value), report);
    }
}

void checkLowGroup(const Context& context, const SpecSubject& subject, SpecReport& report)
{
    if (isWindows(context, subject.spec) || isUserNamespaced(context, subject.spec))
        return;
    for (const Container& container : subject.spec.containers) {
        const Effective<std::int64_t> group = cluster::effectiveRunAsGroup(subject.spec, container);
        if (group.value && *group.value >= firstHighId)
            continue;
        failContainer(context, container,
            group.value ? "runs with group " + std::to_string(*group.value)
                        : std::string("leaves its group to the image"),
            securityPointer(group.origin, container, "runAsGroup"), idText(group.value), report);
    }
    if (!subject.spec.securityContext)
        return;
    if (subject.spec.securityContext->fsGroup == 0)
        report.fail("the pod's volumes belong to group 0", "/securityContext/fsGroup", "0");
    const auto& groups = subject.spec.securityContext->supplementalGroups;
    for (std::size_t i = 0; i < groups.size(); ++i) {
        if (groups[i] == 0)
            report.fail("the pod adds group 0", "/securityContext/supplementalGroups/" + std::to_string(i), "0");
    }
}

void checkRootFilesystem(const Context& context, const SpecSubject& subject, SpecReport& report)
{
    if (isWindows(context, subject.spec)) // not supported there
        return;
    for (const Container& container : subject.spec.containers) {
        const std::optional<bool> own
            = container.securityContext ? container.securityContext->readOnlyRootFilesystem : std::nullopt;
        if (own == true)
            continue;
        failContainer(context, container, "can write to its root filesystem",
            container.pointer() + "/securityContext/readOnlyRootFilesystem", boolText(own), report);
        editSecurity(container, "readOnlyRootFilesystem", "true", report);
    }
}

// The API server fills in an empty pod-level securityContext, so empty counts as absent.
void checkSecurityContext(const Context& context, const SpecSubject& subject, SpecReport& report)
{
    const PodSpec& spec = subject.spec;
    if (spec.securityContext && *spec.securityContext != cluster::PodSecurityContext())
        return;
    for (const Container& container : spec.containers) {
        if (container.securityContext && *container.securityContext != cluster::SecurityContext())
            continue;
        failContainer(context, container, "has no security context, nor has its pod",
            container.pointer() + "/securityContext", container.securityContext ? "{}" : std::string(notSet), report);
        if (isWindows(context, spec)) {
            report.edit("/securityContext/runAsNonRoot", "true");
            continue;
        }
        editSecurity(container, "allowPrivilegeEscalation", "false", report);
        editSecurity(container, "capabilities/drop", "[\"ALL\"]", report);
        report.edit("/securityContext/runAsNonRoot", "true");
        report.edit("/securityContext/seccompProfile", "{\"type\":\"RuntimeDefault\"}");
    }
}

} // namespace plimsoll::control
