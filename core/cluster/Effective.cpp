// SPDX-License-Identifier: Apache-2.0
#include "core/cluster/Effective.h"

#include <algorithm>

#include "core/base/Text.h"

namespace plimsoll::cluster {

namespace {

template <class T>
Effective<T> combine(const PodSpec& spec, const Container& container, std::optional<T> SecurityContext::*ofContainer,
    std::optional<T> PodSecurityContext::*ofPod)
{
    if (container.securityContext && (*container.securityContext).*ofContainer)
        return { (*container.securityContext).*ofContainer, Origin::Container };
    if (spec.securityContext && (*spec.securityContext).*ofPod)
        return { (*spec.securityContext).*ofPod, Origin::Pod };
    return {};
}

std::optional<std::string_view> annotation(const StringPool& strings, const PodSpec& spec, const std::string& key)
{
    for (const auto& [name, value] : spec.securityAnnotations) {
        if (strings.text(name) == key)
            return strings.text(value);
    }
    return std::nullopt;
}

// The value of a profile annotation as the type that the field would have; unknown values stay as they are.
std::string profileType(std::string_view value)
{
    if (value == "runtime/default" || value == "docker/default")
        return "RuntimeDefault";
    if (value == "unconfined")
        return "Unconfined";
    if (value.starts_with("localhost/"))
        return "Localhost";
    return std::string(value);
}

} // namespace

Effective<bool> effectiveRunAsNonRoot(const PodSpec& spec, const Container& container)
{
    return combine(spec, container, &SecurityContext::runAsNonRoot, &PodSecurityContext::runAsNonRoot);
}

Effective<std::int64_t> effectiveRunAsUser(const PodSpec& spec, const Container& container)
{
    return combine(spec, container, &SecurityContext::runAsUser, &PodSecurityContext::runAsUser);
}

Effective<std::int64_t> effectiveRunAsGroup(const PodSpec& spec, const Container& container)
{
    return combine(spec, container, &SecurityContext::runAsGroup, &PodSecurityContext::runAsGroup);
}

Effective<SeccompProfile> effectiveSeccompProfile(const PodSpec& spec, const Container& container)
{
    return combine(spec, container, &SecurityContext::seccompProfile, &PodSecurityContext::seccompProfile);
}

Effective<SeLinuxOptions> effectiveSeLinuxOptions(const PodSpec& spec, const Container& container)
{
    return combine(spec, container, &SecurityContext::seLinuxOptions, &PodSecurityContext::seLinuxOptions);
}

Effective<bool> effectiveHostProcess(const PodSpec& spec, const Container& container)
{
    if (container.securityContext && container.securityContext->windowsOptions
        && container.securityContext->windowsOptions->hostProcess)
        return { container.securityContext->windowsOptions->hostProcess, Origin::Container };
    if (spec.securityContext && spec.securityContext->windowsOptions
        && spec.securityContext->windowsOptions->hostProcess)
        return { spec.securityContext->windowsOptions->hostProcess, Origin::Pod };
    return {};
}

Effective<std::string> effectiveAppArmorType(const StringPool& strings, const PodSpec& spec, const Container& container)
{
    if (container.securityContext && container.securityContext->appArmorProfile)
        return { std::string(strings.text(container.securityContext->appArmorProfile->type)), Origin::Container };
    if (!spec.securityAnnotations.empty()) {
        const std::string key = std::string(appArmorAnnotationPrefix) + std::string(strings.text(container.name));
        if (const auto value = annotation(strings, spec, key); value && !value->empty())
            return { profileType(*value), Origin::Annotation };
    }
    if (spec.securityContext && spec.securityContext->appArmorProfile)
        return { std::string(strings.text(spec.securityContext->appArmorProfile->type)), Origin::Pod };
    return {};
}

Effective<std::string> annotatedSeccompType(const StringPool& strings, const PodSpec& spec, const Container& container)
{
    if (spec.securityAnnotations.empty())
        return {};
    const std::string key = std::string(seccompContainerAnnotationPrefix) + std::string(strings.text(container.name));
    if (const auto value = annotation(strings, spec, key))
        return { profileType(*value), Origin::Annotation };
    if (const auto value = annotation(strings, spec, std::string(seccompPodAnnotation)))
        return { profileType(*value), Origin::Annotation };
    return {};
}

bool allowsPrivilegeEscalation(const StringPool& strings, const Container& container)
{
    if (!container.securityContext)
        return true;
    const SecurityContext& context = *container.securityContext;
    if (context.privileged.value_or(false) || context.allowPrivilegeEscalation.value_or(true))
        return true;
    return context.capabilities && std::ranges::any_of(context.capabilities->add, [&](StringId capability) {
        const std::string_view name = strings.text(capability);
        return name == "SYS_ADMIN" || name == "CAP_SYS_ADMIN";
    });
}

bool isWindows(const StringPool& strings, const PodSpec& spec)
{
    return !spec.osName.isNone() && strings.text(spec.osName) == "windows";
}

std::string securityPointer(Origin origin, const Container& container, std::string_view field)
{
    if (origin == Origin::Annotation)
        return {};
    const std::string base = origin == Origin::Pod ? std::string() : container.pointer();
    return base + "/securityContext/" + std::string(field);
}

} // namespace plimsoll::cluster
