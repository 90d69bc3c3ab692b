// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/cluster/PodSpec.h"

// What holds for a container once its own security context and that of its pod are combined.
// Source: Kubernetes 1.36 pkg/securitycontext/util.go (DetermineEffectiveSecurityContext), pkg/security/apparmor/
//         helpers.go (GetProfile): the container's field replaces the pod's as a whole, windowsOptions field by field.
//         privileged, allowPrivilegeEscalation, readOnlyRootFilesystem, capabilities and procMount exist on containers
//         only; sysctls, fsGroup and supplementalGroups on pods only.
namespace plimsoll::cluster {

// Which level decides.
enum class Origin : std::uint8_t { NotSet, Container, Annotation, Pod };

template <class T> struct Effective {
    std::optional<T> value;
    Origin origin = Origin::NotSet;

    bool operator==(const Effective&) const = default;
};

Effective<bool> effectiveRunAsNonRoot(const PodSpec& spec, const Container& container);
Effective<std::int64_t> effectiveRunAsUser(const PodSpec& spec, const Container& container);
Effective<std::int64_t> effectiveRunAsGroup(const PodSpec& spec, const Container& container);
Effective<SeccompProfile> effectiveSeccompProfile(const PodSpec& spec, const Container& container);
Effective<SeLinuxOptions> effectiveSeLinuxOptions(const PodSpec& spec, const Container& container);
Effective<bool> effectiveHostProcess(const PodSpec& spec, const Container& container);

// A profile as its type ("RuntimeDefault", "Localhost", "Unconfined"), whether a field or a beta annotation names it.
Effective<std::string> effectiveAppArmorType(
    const StringPool& strings, const PodSpec& spec, const Container& container);
// As the API server understood seccomp annotations until 1.26: the container's, else the pod's.
Effective<std::string> annotatedSeccompType(const StringPool& strings, const PodSpec& spec, const Container& container);

constexpr std::string_view appArmorAnnotationPrefix = "container.apparmor.security.beta.kubernetes.io/";
constexpr std::string_view seccompPodAnnotation = "seccomp.security.alpha.kubernetes.io/pod";
constexpr std::string_view seccompContainerAnnotationPrefix = "container.seccomp.security.alpha.kubernetes.io/";

// Can a process of the container get more rights than its parent (no_new_privs is not set)? Privileged containers and
// those with SYS_ADMIN always can.
bool allowsPrivilegeEscalation(const StringPool& strings, const Container& container);

// Windows as Pod Security Admission decides it: spec.os.name alone.
bool isWindows(const StringPool& strings, const PodSpec& spec);

// Where a field of the security context stands, relative to the pod spec: on the level that decides; when none does,
// where the container would have it. Of an annotation: "" (it stands beside the spec).
std::string securityPointer(Origin origin, const Container& container, std::string_view field);

} // namespace plimsoll::cluster
