// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "core/base/Text.h"
#include "core/control/detail/Workload_p.h"

namespace plimsoll::control {

using cluster::Container;
using cluster::Effective;
using cluster::Origin;
using cluster::PodSpec;

namespace {

constexpr std::string_view runtimeDefault = "{\"type\":\"RuntimeDefault\"}";

bool isConfining(std::string_view type)
{
    return type == "RuntimeDefault" || type == "Localhost";
}

// The field exists since 1.19; the API server read the annotations until 1.26.
bool hasSeccompField(const Context& context)
{
    return !isOlderThan(context, 19);
}
bool readsSeccompAnnotations(const Context& context)
{
    return isOlderThan(context, 27);
}

Effective<std::string> seccompType(const Context& context, const PodSpec& spec, const Container& container)
{
    if (hasSeccompField(context)) {
        const auto profile = cluster::effectiveSeccompProfile(spec, container);
        if (profile.value)
            return { std::string(context.cluster.text(profile.value->type)), profile.origin };
    }
    if (readsSeccompAnnotations(context))
        return cluster::annotatedSeccompType(context.cluster.strings(), spec, container);
    return {};
}

// Annotations stand beside the spec, so they are marked at the spec itself and a patch of the spec cannot change them.
void judgeSeccompAnnotations(const Context& context, const PodSpec& spec, SpecReport& report)
{
    constexpr std::array<std::string_view, 2> confining { "runtime/default", "docker/default" };
    for (const auto& [key, value] : spec.securityAnnotations) {
        const std::string_view name = context.cluster.text(key);
        const std::string_view profile = context.cluster.text(value);
        const bool isSeccomp
            = name == cluster::seccompPodAnnotation || name.starts_with(cluster::seccompContainerAnnotationPrefix);
        if (!isSeccomp || profile.starts_with("localhost/") || std::ranges::find(confining, profile) != confining.end())
            continue;
        report.fail("an annotation switches seccomp off", "", std::string(name) + ": " + std::string(profile));
    }
}

} // namespace

void checkSeccompOff(const Context& context, const SpecSubject& subject, SpecReport& report)
{
    const PodSpec& spec = subject.spec;
    if (readsSeccompAnnotations(context))
        judgeSeccompAnnotations(context, spec, report);
    if (!hasSeccompField(context))
        return;
    if (spec.securityContext && spec.securityContext->seccompProfile) {
        const std::string type(context.cluster.text(spec.securityContext->seccompProfile->type));
        if (!isConfining(type)) {
            report.fail("the pod switches seccomp off", "/securityContext/seccompProfile/type", type);
            report.edit("/securityContext/seccompProfile", std::string(runtimeDefault));
        }
    }
    for (const Container& container : spec.containers) {
        if (!container.securityContext || !container.securityContext->seccompProfile)
            continue;
        const std::string type(context.cluster.text(container.securityContext->seccompProfile->type));
        if (isConfining(type))
            continue;
        failContainer(context, container, "switches seccomp off",
            container.pointer() + "/securityContext/seccompProfile/type", type, report);
        editSecurity(container, "seccompProfile", std::string(runtimeDefault), report);
    }
}

void checkSeccompProfile(const Context& context, const SpecSubject& subject, SpecReport& report)
{
    const PodSpec& spec = subject.spec;
    if (isWindows(context, spec))
        return;
    if (hasSeccompField(context) && spec.securityContext && spec.securityContext->seccompProfile) {
        const std::string type(context.cluster.text(spec.securityContext->seccompProfile->type));
        if (!isConfining(type)) { // a fault even if every container overrides it, as in the standard
            report.fail("the pod's seccomp profile confines nothing", "/securityContext/seccompProfile/type", type);
            report.edit("/securityContext/seccompProfile", std::string(runtimeDefault));
        }
    }
    for (const Container& container : spec.containers) {
        const Effective<std::string> type = seccompType(context, spec, container);
        if (type.value && isConfining(*type.value))
            continue;
        if (!type.value) {
            failContainer(context, container, "has no seccomp profile",
                container.pointer() + "/securityContext/seccompProfile", std::string(notSet), report);
            report.edit("/securityContext/seccompProfile", std::string(runtimeDefault));
        } else if (type.origin != Origin::Pod) {
            failContainer(context, container, "has a seccomp profile that confines nothing",
                cluster::securityPointer(type.origin, container, "seccompProfile/type"), *type.value, report);
            if (type.origin == Origin::Container)
                editSecurity(container, "seccompProfile", std::string(runtimeDefault), report);
        }
    }
}

void checkAppArmor(const Context& context, const SpecSubject& subject, SpecReport& report)
{
    const PodSpec& spec = subject.spec;
    if (spec.securityContext && spec.securityContext->appArmorProfile) {
        const std::string type(context.cluster.text(spec.securityContext->appArmorProfile->type));
        if (!isConfining(type)) {
            report.fail("the pod switches AppArmor off", "/securityContext/appArmorProfile/type", type);
            report.edit("/securityContext/appArmorProfile", std::string(runtimeDefault));
        }
    }
    for (const Container& container : spec.containers) {
        if (!container.securityContext || !container.securityContext->appArmorProfile)
            continue;
        const std::string type(context.cluster.text(container.securityContext->appArmorProfile->type));
        if (isConfining(type))
            continue;
        failContainer(context, container, "switches AppArmor off",
            container.pointer() + "/securityContext/appArmorProfile/type", type, report);
        editSecurity(container, "appArmorProfile", std::string(runtimeDefault), report);
    }
    for (const auto& [key, value] : spec.securityAnnotations) {
        const std::string_view name = context.cluster.text(key);
        const std::string_view profile = context.cluster.text(value);
        if (!name.starts_with(cluster::appArmorAnnotationPrefix) || profile.empty() || profile == "runtime/default"
            || profile.starts_with("localhost/"))
            continue;
        report.fail("an annotation switches AppArmor off for container "
                + std::string(name.substr(cluster::appArmorAnnotationPrefix.size())),
            "", std::string(name) + ": " + std::string(profile));
    }
}

namespace {

constexpr std::array<std::string_view, 5> seLinuxTypes { "", "container_t", "container_init_t", "container_kvm_t",
    "container_engine_t" };

bool isAllowedSeLinuxType(const Context& context, std::string_view type)
{
    if (type == "container_engine_t" && isOlderThan(context, 31))
        return false;
    return std::ranges::find(seLinuxTypes, type) != seLinuxTypes.end();
}

// who begins the clause; base is the pointer of seLinuxOptions.
void judgeSeLinux(const Context& context, const cluster::SeLinuxOptions& options, const std::string& who,
    const std::string& base, bool isEditable, SpecReport& report)
{
    const std::array<std::pair<std::string_view, StringId>, 3> fields { { { "type", options.type },
        { "user", options.user }, { "role", options.role } } };
    for (const auto& [field, id] : fields) {
        const std::string value(context.cluster.text(id));
        if (value.empty() || (field == "type" && isAllowedSeLinuxType(context, value)))
            continue;
        const std::string pointer = base + '/' + std::string(field);
        report.fail(who + " sets the SELinux " + std::string(field) + ' ' + value, pointer, value);
        if (isEditable)
            report.edit(pointer, "");
    }
}

} // namespace

void checkSeLinux(const Context& context, const SpecSubject& subject, SpecReport& report)
{
    if (subject.spec.securityContext && subject.spec.securityContext->seLinuxOptions)
        judgeSeLinux(context, *subject.spec.securityContext->seLinuxOptions, "the pod",
            "/securityContext/seLinuxOptions", true, report);
    for (const Container& container : subject.spec.containers) {
        if (container.securityContext && container.securityContext->seLinuxOptions)
            judgeSeLinux(context, *container.securityContext->seLinuxOptions, containerText(context, container),
                container.pointer() + "/securityContext/seLinuxOptions",
                container.role != cluster::ContainerRole::Ephemeral, report);
    }
}

void checkLinuxHardening(const Context& context, const SpecSubject& subject, SpecReport& report)
{
    if (isWindows(context, subject.spec))
        return;
    for (const Container& container : subject.spec.containers) {
        const auto seccomp = seccompType(context, subject.spec, container);
        const auto appArmor = cluster::effectiveAppArmorType(context.cluster.strings(), subject.spec, container);
        const auto seLinux = cluster::effectiveSeLinuxOptions(subject.spec, container);
        const auto& own = container.securityContext;
        const bool dropsAll = own && own->capabilities
            && std::ranges::any_of(
                own->capabilities->drop, [&](StringId id) { return toLowerAscii(context.cluster.text(id)) == "all"; });
        if (dropsAll || (seccomp.value && isConfining(*seccomp.value))
            || (appArmor.value && isConfining(*appArmor.value))
            || (seLinux.value && *seLinux.value != cluster::SeLinuxOptions()))
            continue;
        failContainer(context, container,
            "has neither seccomp nor AppArmor nor SELinux set, and drops not all capabilities",
            container.pointer() + "/securityContext", std::string(own ? "none of them" : notSet), report);
        editSecurity(container, "capabilities/drop", "[\"ALL\"]", report);
        report.edit("/securityContext/seccompProfile", std::string(runtimeDefault));
    }
}

void checkProcMount(const Context& context, const SpecSubject& subject, SpecReport& report)
{
    if (isUserNamespaced(context, subject.spec))
        return;
    for (const Container& container : subject.spec.containers) {
        const std::string type(container.securityContext ? context.cluster.text(container.securityContext->procMount)
                                                         : std::string_view());
        if (type.empty() || type == "Default")
            continue;
        failContainer(context, container, "sees /proc unmasked", container.pointer() + "/securityContext/procMount",
            type, report);
        editSecurity(container, "procMount", "", report);
    }
}

void checkSysctls(const Context& context, const SpecSubject& subject, SpecReport& report)
{
    struct Safe {
        std::string_view name;
        std::uint32_t sinceMinor;
    };
    constexpr std::array safe {
        Safe { "kernel.shm_rmid_forced", 0 },
        Safe { "net.ipv4.ip_local_port_range", 0 },
        Safe { "net.ipv4.ip_unprivileged_port_start", 0 },
        Safe { "net.ipv4.ping_group_range", 0 },
        Safe { "net.ipv4.tcp_syncookies", 0 },
        Safe { "net.ipv4.ip_local_reserved_ports", 27 },
        Safe { "net.ipv4.tcp_fin_timeout", 29 },
        Safe { "net.ipv4.tcp_keepalive_intvl", 29 },
        Safe { "net.ipv4.tcp_keepalive_probes", 29 },
        Safe { "net.ipv4.tcp_keepalive_time", 29 },
        Safe { "net.ipv4.tcp_rmem", 32 },
        Safe { "net.ipv4.tcp_wmem", 32 },
        Safe { "net.ipv4.tcp_notsent_lowat", 37 },
        Safe { "net.ipv4.tcp_slow_start_after_idle", 37 },
    };
    if (!subject.spec.securityContext)
        return;
    const auto& sysctls = subject.spec.securityContext->sysctls;
    for (std::size_t i = 0; i < sysctls.size(); ++i) {
        const std::string_view name = context.cluster.text(sysctls[i].name);
        const auto known = std::ranges::find(safe, name, &Safe::name);
        if (known != safe.end() && !isOlderThan(context, known->sinceMinor))
            continue;
        const std::string pointer = "/securityContext/sysctls/" + std::to_string(i);
        report.fail("the pod sets the unsafe sysctl " + std::string(name), pointer + "/name", std::string(name));
        report.edit(pointer, "");
    }
}

} // namespace plimsoll::control
