// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/access/Access.h"
#include "core/attack/Techniques.h"

// Private to core/attack: permissions as techniques need them.
namespace plimsoll::attack {

// A need of techniques that any one of some permissions meets.
enum class Atom : std::uint8_t {
    Everything,
    EverythingHere, // in a namespace
    Exec,
    ExecByGet, // over a websocket, before 1.35
    Attach,
    Forward,
    AttachByGet, // as ExecByGet; port forwarding too
    CreateWorkload,
    EditWorkload,
    EditDaemonSet,
    EditPod,
    EphemeralContainer,
    EditRevision,
    BindPod,
    ReadSecret,
    CreateSecret,
    RequestToken,
    CreateAccount,
    EditAccount,
    ImpersonateAccount,
    ImpersonateUser,
    ImpersonateGroup,
    ConstrainedAccount,
    ConstrainedUser,
    WriteBinding,
    Bind, // cluster roles
    BindLocalRole,
    WriteClusterBinding,
    EscalateRole,
    EditRole,
    EscalateClusterRole,
    EditClusterRole,
    NodesProxy,
    KubeletRead,
    ApiProxy,
    EditNamespace,
    CreateNamespace,
    CreateRequest,
    ApproveRequest,
    ApproveSigner,
    RequestStatus,
    SignSigner,
    NodeClient,
    WriteMutatingWebhook,
    WriteValidatingWebhook,
    DisarmAdmission,
    WriteMutatingPolicy,
    WriteMutatingPolicyBinding,
    WriteDefinition,
    WriteApiService,
    CreateVolume,
    CreateClaim,
    WriteSnapshotContent,
    WriteStorageClass,
    EditConfigMap,
    WriteEndpoints,
    WriteService,
    EditPodLabels,
    WriteIngress,
    ReadLogs,
    RunWorkflow,
    WriteTrustBundle,
    AttestSigner,
    CreateDeviceClaim,
    UseConstraints,
    WriteIdentityException,
};
inline constexpr std::size_t atomCount = static_cast<std::size_t>(Atom::WriteIdentityException) + 1;

// Where a permission has to be granted to count.
enum class AtomScope : std::uint8_t {
    Anywhere, // for the namespace it is granted in, or for all
    Cluster, // of an object without namespace: through a RoleBinding it is dead
    NamespaceItself, // of Namespace objects: through a RoleBinding of that one namespace
};

struct AtomRow {
    Atom atom;
    AtomScope scope;
    std::vector<access::Permission> any;
};
std::span<const AtomRow> atomRows(); // by Atom

// What a technique does with whoever meets its needs.
enum class Lead : std::uint8_t {
    ClusterAdmin,
    NamespaceAdmin,
    Pods,
    Accounts,
    MissingAccounts,
    Secrets,
    Volumes,
    Workers, // by a privileged pod
    ControlPlane, // by a privileged pod
    AllNodes, // whatever admission says
    Templates, // workloads of the kinds that may be changed
    DaemonSets,
    ConfigMaps,
    Users,
    UsersAndGroups,
    Kubelets,
    Bootstrappers,
    AllSecrets,
    Interception,
    Cloud,
    AwsAuth,
    CoreDns,
    TrustMaps,
    Operator,
    IngressController,
};

struct RightsRow {
    Technique technique;
    std::vector<Atom> needs; // all of them
    Lead lead;
    std::string_view condition = {}; // what must hold besides; "" = confirmed
    std::uint32_t sinceMinor = 0; // of the server, when it is known
    std::uint32_t untilMinor = 0; // gone since; 0 = still there
    // Each need by another object or not at all: only limited to one of these names it helps. Of the last need.
    std::vector<std::string_view> names = {};
};
std::span<const RightsRow> rightsRows();

// A controller that acts with its own account on what somebody writes.
struct OperatorRow {
    access::Permission permission; // verb is left out: create, update or patch
    std::string_view image; // part of the repository of the controller
    std::string_view name; // "Flux kustomize-controller"
};
std::span<const OperatorRow> operatorRows();

} // namespace plimsoll::attack
