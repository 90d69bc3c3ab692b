// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/cluster/Effective.h"
#include "core/control/Control.h"

// What the controls on pod specs share.
// Source: Kubernetes 1.36 pod-security-admission/policy/check_*.go for those that the Pod Security Standards have too.
namespace plimsoll::control {

constexpr std::string_view notSet = "not set";

// "container web", "init container setup", "ephemeral container debugger".
std::string containerText(const Context& context, const cluster::Container& container);
// Fails with "container web <clause>".
void failContainer(const Context& context, const cluster::Container& container, std::string_view clause,
    std::string pointer, std::string value, SpecReport& report);
// Sets (or with json == "" removes) a field of the container's security context. Ephemeral containers cannot be
// changed.
void editSecurity(const cluster::Container& container, std::string_view field, std::string json, SpecReport& report);

std::string boolText(const std::optional<bool>& value); // "true", "false", "not set"
std::string joinTexts(const Context& context, std::span<const StringId> ids, std::string_view separator);
std::string jsonList(const Context& context, std::span<const StringId> ids); // ["A","B"]

bool isWindows(const Context& context, const cluster::PodSpec& spec);
// Is the server known to be older than 1.minor? An unknown version counts as the newest.
bool isOlderThan(const Context& context, std::uint32_t minor);
// Does root in the container lack root's power on the node (hostUsers: false), as the standards credit it since 1.35?
// Only on servers known to be as new: older ones drop the field or leave its effect to a feature gate.
bool isUserNamespaced(const Context& context, const cluster::PodSpec& spec);

// The controls, one function each; declared here for the list in workload.cpp.
using CheckSpec = void(const Context&, const SpecSubject&, SpecReport&);

// workloadHost.cpp
CheckSpec checkHostPid; // W03
CheckSpec checkHostIpc; // W04
CheckSpec checkHostNetwork; // W05
CheckSpec checkHostPort; // W06
CheckSpec checkHostAliases; // W11
CheckSpec checkHostProcess; // W30
CheckSpec checkHostHandlers; // W32

// workloadVolumes.cpp
CheckSpec checkHostPath; // W07
CheckSpec checkWritableHostPath; // W08
CheckSpec checkSensitiveHostPath; // W09
CheckSpec checkRuntimeSocket; // W10
CheckSpec checkVolumeTypes; // W31

// workloadPrivileges.cpp
CheckSpec checkPrivileged; // W01
CheckSpec checkPrivilegeEscalation; // W02
CheckSpec checkRunAsNonRoot; // W12
CheckSpec checkRootUser; // W13
CheckSpec checkLowUser; // W14
CheckSpec checkLowGroup; // W15
CheckSpec checkRootFilesystem; // W16
CheckSpec checkSecurityContext; // W34

// workloadCapabilities.cpp
CheckSpec checkAddedCapabilities; // W17
CheckSpec checkDangerousCapabilities; // W18
CheckSpec checkNetRaw; // W19
CheckSpec checkDropAll; // W20
CheckSpec checkDropsAny; // W21
CheckSpec checkRestrictedCapabilities; // W22

// workloadProfiles.cpp
CheckSpec checkSeccompOff; // W23
CheckSpec checkSeccompProfile; // W24
CheckSpec checkAppArmor; // W25
CheckSpec checkSeLinux; // W26
CheckSpec checkLinuxHardening; // W27
CheckSpec checkProcMount; // W28
CheckSpec checkSysctls; // W29

// workloadIdentity.cpp
CheckSpec checkTokenMount; // W40
CheckSpec checkDefaultAccount; // W41
CheckSpec checkMissingAccount; // W42

} // namespace plimsoll::control
