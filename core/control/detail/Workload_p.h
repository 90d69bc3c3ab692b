// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
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

// Takes a volume out, and the mounts of it.
void removeVolume(const cluster::PodSpec& spec, const cluster::Volume& volume, SpecReport& report);

std::string boolText(const std::optional<bool>& value); // "true", "false", "not set"
std::string joinTexts(const Context& context, std::span<const StringId> ids, std::string_view separator);
std::string jsonList(const Context& context, std::span<const StringId> ids); // ["A","B"]

bool isWindows(const Context& context, const cluster::PodSpec& spec);
// Is the server known to be older than 1.minor? An unknown version counts as the newest.
bool isOlderThan(const Context& context, std::uint32_t minor);
// Does root in the container lack root's power on the node (hostUsers: false), as the standards credit it since 1.35?
// Only on servers known to be as new: older ones drop the field or leave its effect to a feature gate.
bool isUserNamespaced(const Context& context, const cluster::PodSpec& spec);

// The labels that selectors compare: those of the pod template, else of the first pod.
std::span<const cluster::Label> podLabels(const Context& context, const cluster::Workload& workload);
// Do all pairs of a Service's selector stand in the labels?
bool isSelected(std::span<const std::pair<StringId, StringId>> selector, std::span<const cluster::Label> labels);
// Nothing says that the container runs as another user than root.
bool mayRunAsRoot(const cluster::PodSpec& spec, const cluster::Container& container);
std::string_view lastSegment(std::string_view key); // "owner" of "acme.example/owner"

// For controls that look up what all workloads share before they judge specs: the pod specs of one workload judged as
// the engine does it for checkSpec.
using SpecCheck = std::function<void(const SpecSubject&, SpecReport&)>;
Outcome judgeSpecs(const Context& context, const cluster::Workload& workload, const SpecCheck& check);

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

// workloadRuntime.cpp
CheckSpec checkSharedProcesses; // W33
CheckSpec checkSudo; // W37
CheckSpec checkPrivilegedPort; // W38
CheckSpec checkMountPropagation; // W39
CheckSpec checkGitSync; // W59
CheckSpec checkDebugContainer; // W60

// workloadResources.cpp
CheckSpec checkCpuLimit; // W43
CheckSpec checkMemoryLimit; // W44
CheckSpec checkCpuRequest; // W45
CheckSpec checkMemoryRequest; // W46
CheckSpec checkEphemeralStorage; // W47

// workloadHygiene.cpp
CheckSpec checkOldAccountField; // W53
CheckSpec checkDuplicateVariables; // W55

// workloadReliability.cpp
CheckSpec checkProbes; // W48

using Evaluate = void(const Context&, std::vector<Outcome>&);

Evaluate evaluateUserNamespaces; // W35, workloadIsolation.cpp
Evaluate evaluateSsh; // W36, workloadExposure.cpp
Evaluate evaluateNakedPods; // W49, workloadReliability.cpp
Evaluate evaluateAvailability; // W50, workloadAvailability.cpp
Evaluate evaluateScheduledJobs; // W51, workloadHygiene.cpp
Evaluate evaluateApiVersions; // W52, workloadVersions.cpp
Evaluate evaluateSelectors; // W54, workloadReliability.cpp
Evaluate evaluateLabels; // W56, workloadHygiene.cpp
Evaluate evaluateReplacement; // W57, workloadReliability.cpp
Evaluate evaluateSandboxes; // W58, workloadIsolation.cpp

} // namespace plimsoll::control
