// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// The kinds of step that an attacker takes. The numbers are permanent: technique 9 is PLM-E09.
namespace plimsoll::attack {

enum class Technique : std::uint8_t {
    ExposedEndpoint = 1,
    EastWest,
    ContainerOwnsPod,
    SharedProcesses,
    MountedToken,
    GroupMember,
    Binding,
    ClusterAdmin,
    Exec,
    AttachForward,
    BindRole,
    BindClusterRole,
    EscalateRole,
    ImpersonateAccount,
    ImpersonateUser,
    ConstrainedImpersonation,
    DanglingBinding,
    DeletedUser,
    TokenRequest,
    TokenSecret,
    ReadTokenSecret,
    ReadSecret,
    ReadBootstrapToken,
    ForgeBootstrapToken,
    CreateWorkload,
    MountAnySecret,
    CreatePrivileged,
    ChooseNode,
    MountAnyClaim,
    EditTemplate,
    SwapImage,
    EphemeralContainer,
    HijackDaemonSet,
    PoisonRollback,
    NodesProxy,
    KubeletRead,
    DirectKubelet,
    ApiProxy,
    TamperPodSecurity,
    CreateNamespace,
    SteerPods,
    ActAsScheduler,
    ApproveRequest,
    SignRequest,
    MutatingWebhook,
    ValidatingWebhook,
    MutatingPolicy,
    DisarmAdmission,
    KillWebhook,
    ConversionWebhook,
    AggregatedApi,
    Operator,
    WorkflowAccount,
    HostPathVolume,
    ForeignVolume,
    StorageClass,
    BootstrapNode,
    NodeOwnsPods,
    NodeReads,
    AttractPods,
    ControlPlaneRoot,
    Privileged,
    SysAdmin,
    Capability,
    HostPathRead,
    HostPathWrite,
    StaticPodPath,
    RuntimeSocket,
    VarLog,
    ProcMount,
    KubeletFolder,
    HostNetwork,
    HostPid,
    HostIpc,
    HostProcess,
    KnownVulnerability,
    VolumeTypes,
    InstanceMetadata,
    FederatedAccount,
    RewriteAccount,
    AwsAuth,
    CoreDns,
    TrustConfigMap,
    Endpoints,
    ExternalIps,
    CaptureLabels,
    TamperNetworkPolicy,
    IngressAbuse,
    RegistryCredential,
    MutableTag,
    SourceRepository,
    UseScc,
    ReadLogs,
    Destroy,
    CoverTracks,
    AnonymousGrant,
    ExposedConsole,
    TrustBundle,
    DeviceAdmin,
    EtcdAccess,
    HeldSecret,
    PoisonConfig,
    PodIdentityException,
};
inline constexpr std::size_t techniqueCount = 103; // numbers go from 1 to this
static_assert(static_cast<std::size_t>(Technique::PodIdentityException) == techniqueCount);

std::string idOf(Technique technique); // "PLM-E09"
std::optional<Technique> techniqueFromId(std::string_view id); // also "E09" and "e9"

// What kind of fault makes it possible: what a person switches on and off.
enum class TechniqueClass : std::uint8_t {
    Structure, // always holds: a group's members, a binding and its role
    Network, // reaching a port
    Rights, // a permission of the API
    Escape, // out of a container
    Token, // an identity that is at hand
    Secret, // a value that is at hand
    Cloud, // outside of the cluster
    Supply, // what is run comes from elsewhere
};
inline constexpr std::size_t techniqueClassCount = 8;
std::string_view toText(TechniqueClass techniqueClass); // "structure", "network", ...

// Texts for people; resources/techniques/*.yaml.
struct TechniqueText {
    std::string id; // "PLM-E09"
    std::string title; // "Runs commands in pods"
    std::string verb; // of a step, as a clause between two places: "runs commands in"
    TechniqueClass techniqueClass = TechniqueClass::Structure;
    std::vector<std::string> attack; // ids of MITRE ATT&CK: "T1609"
    std::string description; // what an attacker does, what must hold
    std::string fix; // how it is cut
    std::string undecided; // why no step of it is ever drawn; "" = steps are drawn
    std::vector<std::string> references; // URLs
};
// By number - 1. Empty texts only when the resource is broken, which a test holds.
std::span<const TechniqueText> techniqueTexts();
const TechniqueText& textOf(Technique technique);

} // namespace plimsoll::attack
