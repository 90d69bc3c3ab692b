// SPDX-License-Identifier: Apache-2.0
// The checks of the Pod Security Standards, one function each, named as in the reference implementation.
#include "core/admission/detail/Checks.h"

#include <algorithm>
#include <array>

#include "core/base/Text.h"
#include "core/cluster/Effective.h"

namespace plimsoll::admission::detail {

using cluster::Container;

void Inspection::add(std::string who, std::string_view what, std::string pointer, std::string value)
{
    m_isRefused = true;
    if (!m_violation)
        return;
    std::string clause = printable(std::move(who) + ' ' + std::string(what));
    if (!m_violation->message.empty())
        m_violation->message += ", ";
    m_violation->message += clause;
    m_violation->places.push_back({ std::move(pointer), printable(value) });
}

void Inspection::refuse(const Container& container, std::string_view what, std::string_view pointer, std::string value)
{
    if (isEnough())
        return;
    const std::string_view role = container.role == cluster::ContainerRole::Init ? "init container "
        : container.role == cluster::ContainerRole::Ephemeral                    ? "ephemeral container "
                                                                                 : "container ";
    add(std::string(role) + std::string(text(container.name)), what, container.pointer() + std::string(pointer),
        std::move(value));
}

void Inspection::refusePod(std::string_view what, std::string pointer, std::string value)
{
    if (!isEnough())
        add("the pod", what, std::move(pointer), std::move(value));
}

namespace {

constexpr std::uint32_t seccompFieldMinor = 19; // the field replaces the annotations
constexpr std::uint32_t windowsMinor = 25; // spec.os.name windows exempts from what Windows cannot have
constexpr std::uint32_t userNamespaceMinor = 35; // hostUsers: false relaxes

bool isRelaxedForUserNamespace(const Inspection& in)
{
    return in.minor >= userNamespaceMinor && in.spec.hostUsers == false;
}

bool isExemptWindows(const Inspection& in)
{
    return in.minor >= windowsMinor && cluster::isWindows(in.strings, in.spec);
}

void allowPrivilegeEscalation(Inspection& in)
{
    if (isExemptWindows(in))
        return;
    for (const Container& container : in.spec.containers) {
        const auto& context = container.securityContext;
        if (context && context->allowPrivilegeEscalation == false)
            continue;
        const bool isSet = context && context->allowPrivilegeEscalation;
        in.refuse(container, "must set allowPrivilegeEscalation to false", "/securityContext/allowPrivilegeEscalation",
            isSet ? "true" : "not set");
    }
}

bool isConfining(std::string_view type)
{
    return type == "RuntimeDefault" || type == "Localhost";
}

void appArmorProfile(Inspection& in)
{
    const auto& pod = in.spec.securityContext;
    if (pod && pod->appArmorProfile && !isConfining(in.text(pod->appArmorProfile->type)))
        in.refusePod("sets a forbidden AppArmor profile", "/securityContext/appArmorProfile/type",
            std::string(in.text(pod->appArmorProfile->type)));
    for (const Container& container : in.spec.containers) {
        const auto& own = container.securityContext;
        if (own && own->appArmorProfile && !isConfining(in.text(own->appArmorProfile->type)))
            in.refuse(container, "sets a forbidden AppArmor profile", "/securityContext/appArmorProfile/type",
                std::string(in.text(own->appArmorProfile->type)));
    }
    for (const auto& [key, value] : in.spec.securityAnnotations) {
        const std::string_view name = in.text(key);
        const std::string_view profile = in.text(value);
        if (name.starts_with(cluster::appArmorAnnotationPrefix) && !profile.empty() && profile != "runtime/default"
            && !profile.starts_with("localhost/"))
            in.refusePod("has an annotation with a forbidden AppArmor profile", "",
                std::string(name) + '=' + std::string(profile));
    }
}

constexpr std::array<std::string_view, 13> defaultCapabilities { "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER",
    "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT" };

template <class IsAllowed> void judgeAddedCapabilities(Inspection& in, IsAllowed isAllowed)
{
    for (const Container& container : in.spec.containers) {
        if (!container.securityContext || !container.securityContext->capabilities)
            continue;
        const auto& added = container.securityContext->capabilities->add;
        for (std::size_t i = 0; i < added.size(); ++i) {
            const std::string name(in.text(added[i]));
            if (!isAllowed(name))
                in.refuse(container, "must not add the capability " + name,
                    "/securityContext/capabilities/add/" + std::to_string(i), name);
        }
    }
}

void capabilitiesBaseline(Inspection& in)
{
    judgeAddedCapabilities(in, [](std::string_view name) {
        return std::ranges::find(defaultCapabilities, name) != defaultCapabilities.end();
    });
}

void capabilitiesRestricted(Inspection& in)
{
    if (isExemptWindows(in))
        return;
    for (const Container& container : in.spec.containers) {
        const auto& own = container.securityContext;
        const bool dropsAll = own && own->capabilities
            && std::ranges::any_of(own->capabilities->drop, [&](StringId id) { return in.text(id) == "ALL"; });
        if (dropsAll)
            continue;
        std::vector<std::string_view> dropped;
        if (own && own->capabilities) {
            for (const StringId id : own->capabilities->drop)
                dropped.push_back(in.text(id));
        }
        in.refuse(container, "must drop ALL capabilities", "/securityContext/capabilities/drop",
            dropped.empty() ? std::string("not set") : join(dropped, ", "));
    }
    judgeAddedCapabilities(in, [](std::string_view name) { return name == "NET_BIND_SERVICE"; });
}

void hostNamespaces(Inspection& in)
{
    if (in.spec.hostNetwork)
        in.refusePod("must not use the node's network", "/hostNetwork", "true");
    if (in.spec.hostPid)
        in.refusePod("must not use the node's process namespace", "/hostPID", "true");
    if (in.spec.hostIpc)
        in.refusePod("must not use the node's IPC namespace", "/hostIPC", "true");
}

void hostPathVolumes(Inspection& in)
{
    for (const cluster::Volume& volume : in.spec.volumes) {
        if (in.text(volume.source) == "hostPath")
            in.refusePod("must not have the hostPath volume " + std::string(in.text(volume.name)),
                volume.pointer() + "/hostPath", std::string(in.text(volume.hostPath)));
    }
}

void hostPorts(Inspection& in)
{
    for (const Container& container : in.spec.containers) {
        for (std::size_t i = 0; i < container.ports.size(); ++i) {
            const std::int32_t port = container.ports[i].hostPort;
            if (port != 0)
                in.refuse(container, "must not use host port " + std::to_string(port),
                    "/ports/" + std::to_string(i) + "/hostPort", std::to_string(port));
        }
    }
}

void hostProbesAndHostLifecycle(Inspection& in)
{
    for (const Container& container : in.spec.containers) {
        for (const cluster::HostHandler& handler : container.hostHandlers) {
            const std::string host(in.text(handler.host));
            if (!host.empty())
                in.refuse(
                    container, "must not aim a probe or lifecycle handler at host " + host, handler.pointer, host);
        }
    }
}

void privileged(Inspection& in)
{
    for (const Container& container : in.spec.containers) {
        if (container.securityContext && container.securityContext->privileged == true)
            in.refuse(container, "must not run privileged", "/securityContext/privileged", "true");
    }
}

void judgeProcMount(Inspection& in)
{
    for (const Container& container : in.spec.containers) {
        if (!container.securityContext || container.securityContext->procMount.isNone())
            continue;
        const std::string type(in.text(container.securityContext->procMount));
        if (type != "Default")
            in.refuse(container, "must not set procMount to " + type, "/securityContext/procMount", type);
    }
}

void procMountBaseline(Inspection& in)
{
    if (!isRelaxedForUserNamespace(in))
        judgeProcMount(in);
}

void restrictedVolumes(Inspection& in)
{
    constexpr std::array<std::string_view, 9> allowed { "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral",
        "image", "persistentVolumeClaim", "projected", "secret" };
    for (const cluster::Volume& volume : in.spec.volumes) {
        const std::string source(in.text(volume.source));
        if (std::ranges::find(allowed, source) == allowed.end())
            in.refusePod("must not have the volume " + std::string(in.text(volume.name)) + " of type " + source,
                volume.pointer() + '/' + source, source);
    }
}

// A pod that says false is refused even when every container says true.
void runAsNonRoot(Inspection& in)
{
    if (isRelaxedForUserNamespace(in))
        return;
    const auto ofPod = in.spec.securityContext ? in.spec.securityContext->runAsNonRoot : std::nullopt;
    if (ofPod == false)
        in.refusePod("must not set runAsNonRoot to false", "/securityContext/runAsNonRoot", "false");
    for (const Container& container : in.spec.containers) {
        const auto own = container.securityContext ? container.securityContext->runAsNonRoot : std::nullopt;
        if (own == false)
            in.refuse(container, "must not set runAsNonRoot to false", "/securityContext/runAsNonRoot", "false");
        else if (!own && ofPod != true)
            in.refuse(container, "must set runAsNonRoot to true", "/securityContext/runAsNonRoot", "not set");
    }
}

void runAsUser(Inspection& in)
{
    if (isRelaxedForUserNamespace(in))
        return;
    if (in.spec.securityContext && in.spec.securityContext->runAsUser == 0)
        in.refusePod("must not run as user 0", "/securityContext/runAsUser", "0");
    for (const Container& container : in.spec.containers) {
        if (container.securityContext && container.securityContext->runAsUser == 0)
            in.refuse(container, "must not run as user 0", "/securityContext/runAsUser", "0");
    }
}

void judgeSeLinux(Inspection& in, const cluster::SeLinuxOptions& options, const Container* container)
{
    constexpr std::array<std::string_view, 4> types { "", "container_t", "container_init_t", "container_kvm_t" };
    constexpr std::uint32_t engineMinor = 31;
    const auto refuse = [&](std::string_view field, StringId id) {
        const std::string value(in.text(id));
        const std::string what = "must not set the SELinux " + std::string(field) + ' ' + value;
        const std::string pointer = "/securityContext/seLinuxOptions/" + std::string(field);
        if (container)
            in.refuse(*container, what, pointer, value);
        else
            in.refusePod(what, pointer, value);
    };
    const std::string_view type = in.text(options.type);
    const bool isAllowed
        = std::ranges::find(types, type) != types.end() || (type == "container_engine_t" && in.minor >= engineMinor);
    if (!isAllowed)
        refuse("type", options.type);
    if (!in.text(options.user).empty())
        refuse("user", options.user);
    if (!in.text(options.role).empty())
        refuse("role", options.role);
}

void seLinuxOptions(Inspection& in)
{
    if (in.spec.securityContext && in.spec.securityContext->seLinuxOptions)
        judgeSeLinux(in, *in.spec.securityContext->seLinuxOptions, nullptr);
    for (const Container& container : in.spec.containers) {
        if (container.securityContext && container.securityContext->seLinuxOptions)
            judgeSeLinux(in, *container.securityContext->seLinuxOptions, &container);
    }
}

// The annotation of the pod, and those of containers that there are.
void judgeSeccompAnnotations(Inspection& in)
{
    for (const auto& [key, value] : in.spec.securityAnnotations) {
        const std::string_view name = in.text(key);
        const std::string_view profile = in.text(value);
        const bool isOfContainer = name.starts_with(cluster::seccompContainerAnnotationPrefix)
            && std::ranges::any_of(in.spec.containers, [&](const Container& container) {
                   return name.substr(cluster::seccompContainerAnnotationPrefix.size()) == in.text(container.name);
               });
        const bool counts = name == cluster::seccompPodAnnotation || isOfContainer;
        const bool isAllowed
            = profile == "runtime/default" || profile == "docker/default" || profile.starts_with("localhost/");
        if (counts && !isAllowed)
            in.refusePod("has an annotation with a forbidden seccomp profile", "",
                std::string(name) + '=' + std::string(profile));
    }
}

void judgeSeccompFields(Inspection& in, bool isRequired)
{
    constexpr std::string_view pointer = "/securityContext/seccompProfile/type";
    const auto& pod = in.spec.securityContext;
    const bool isSetByPod = pod && pod->seccompProfile;
    const bool isConfinedByPod = isSetByPod && isConfining(in.text(pod->seccompProfile->type));
    if (isSetByPod && !isConfinedByPod)
        in.refusePod(
            "sets a forbidden seccomp profile", std::string(pointer), std::string(in.text(pod->seccompProfile->type)));
    for (const Container& container : in.spec.containers) {
        const auto& own = container.securityContext;
        if (own && own->seccompProfile) {
            if (!isConfining(in.text(own->seccompProfile->type)))
                in.refuse(container, "sets a forbidden seccomp profile", pointer,
                    std::string(in.text(own->seccompProfile->type)));
        } else if (isRequired && !isConfinedByPod) {
            in.refuse(container, "must set the seccomp profile RuntimeDefault or Localhost", pointer, "not set");
        }
    }
}

void seccompBaseline(Inspection& in)
{
    if (in.minor < seccompFieldMinor)
        judgeSeccompAnnotations(in);
    else
        judgeSeccompFields(in, false);
}

void seccompRestricted(Inspection& in)
{
    if (!isExemptWindows(in))
        judgeSeccompFields(in, true);
}

void sysctls(Inspection& in)
{
    if (!in.spec.securityContext)
        return;
    const auto& list = in.spec.securityContext->sysctls;
    for (std::size_t i = 0; i < list.size(); ++i) {
        const std::string name(in.text(list[i].name));
        if (!isSafeSysctl(name, in.minor))
            in.refusePod(
                "must not set the sysctl " + name, "/securityContext/sysctls/" + std::to_string(i) + "/name", name);
    }
}

void windowsHostProcess(Inspection& in)
{
    constexpr std::string_view pointer = "/securityContext/windowsOptions/hostProcess";
    const auto& pod = in.spec.securityContext;
    if (pod && pod->windowsOptions && pod->windowsOptions->hostProcess == true)
        in.refusePod("must not be a Windows HostProcess pod", std::string(pointer), "true");
    for (const Container& container : in.spec.containers) {
        const auto& own = container.securityContext;
        if (own && own->windowsOptions && own->windowsOptions->hostProcess == true)
            in.refuse(container, "must not be a Windows HostProcess container", pointer, "true");
    }
}

using enum Level;

constexpr std::array table {
    Check { "appArmorProfile", Baseline, 0, Check::never, appArmorProfile },
    Check { "capabilities_baseline", Baseline, 0, 22, capabilitiesBaseline },
    Check { "hostNamespaces", Baseline, 0, Check::never, hostNamespaces },
    Check { "hostPathVolumes", Baseline, 0, 0, hostPathVolumes },
    Check { "hostPorts", Baseline, 0, Check::never, hostPorts },
    Check { "hostProbesAndHostLifecycle", Baseline, 34, Check::never, hostProbesAndHostLifecycle },
    Check { "privileged", Baseline, 0, Check::never, privileged },
    Check { "procMount", Baseline, 0, 35, procMountBaseline },
    Check { "seLinuxOptions", Baseline, 0, Check::never, seLinuxOptions },
    Check { "seccompProfile_baseline", Baseline, 0, 19, seccompBaseline },
    Check { "sysctls", Baseline, 0, Check::never, sysctls },
    Check { "windowsHostProcess", Baseline, 0, Check::never, windowsHostProcess },
    Check { "allowPrivilegeEscalation", Restricted, 8, Check::never, allowPrivilegeEscalation },
    Check { "capabilities_restricted", Restricted, 22, Check::never, capabilitiesRestricted },
    Check { "procMount_restricted", Restricted, 35, Check::never, judgeProcMount },
    Check { "restrictedVolumes", Restricted, 0, Check::never, restrictedVolumes },
    Check { "runAsNonRoot", Restricted, 0, Check::never, runAsNonRoot },
    Check { "runAsUser", Restricted, 23, Check::never, runAsUser },
    Check { "seccompProfile_restricted", Restricted, 19, Check::never, seccompRestricted },
};

} // namespace

std::span<const Check> checks()
{
    return table;
}

} // namespace plimsoll::admission::detail
