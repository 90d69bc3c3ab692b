// SPDX-License-Identifier: Apache-2.0
// Which permissions make which technique possible.
// Source: Kubernetes documentation "RBAC good practices", privilege escalation risks; Kubernetes 1.36 sources of the
//         registries and authorizers named beside rows.
#include <algorithm>

#include "core/attack/detail/Rights_p.h"

namespace plimsoll::attack {

namespace {

using access::Permission;

constexpr std::string_view rbac = "rbac.authorization.k8s.io";
constexpr std::string_view admissionApi = "admissionregistration.k8s.io";
constexpr std::string_view certificates = "certificates.k8s.io";

// Every verb with every resource: resources as "pods", "pods/exec", "deployments.apps", "nodes/proxy".
std::vector<Permission> permissions(
    std::initializer_list<std::string_view> verbs, std::initializer_list<std::string_view> resources)
{
    std::vector<Permission> all;
    for (const std::string_view resource : resources) {
        const std::size_t slash = resource.find('/');
        const std::string_view sub = slash == resource.npos ? std::string_view() : resource.substr(slash + 1);
        const std::string_view first = resource.substr(0, slash);
        const std::size_t dot = first.find('.');
        const std::string_view group = dot == first.npos ? std::string_view() : first.substr(dot + 1);
        for (const std::string_view verb : verbs)
            all.push_back({ verb, group, first.substr(0, dot), sub });
    }
    return all;
}

std::vector<AtomRow> makeAtoms()
{
    using enum Atom;
    constexpr auto here = AtomScope::Anywhere, whole = AtomScope::Cluster, self = AtomScope::NamespaceItself;
    const std::initializer_list<std::string_view> write { "create", "update", "patch" }, edit { "update", "patch" },
        read { "get", "list", "watch" };
    std::vector<AtomRow> rows {
        { Everything, whole, { { "*", "*", "*", "" } } },
        { EverythingHere, here, { { "*", "*", "*", "" } } },
        { Exec, here, permissions({ "create" }, { "pods/exec" }) },
        { ExecByGet, here, permissions({ "get" }, { "pods/exec" }) },
        { Attach, here, permissions({ "create" }, { "pods/attach" }) },
        { Forward, here, permissions({ "create" }, { "pods/portforward" }) },
        { AttachByGet, here, permissions({ "get" }, { "pods/attach", "pods/portforward" }) },
        { CreateWorkload, here,
            permissions({ "create" },
                { "pods", "replicationcontrollers", "deployments.apps", "daemonsets.apps", "statefulsets.apps",
                    "replicasets.apps", "jobs.batch", "cronjobs.batch" }) },
        { EditWorkload, here,
            permissions(edit,
                { "replicationcontrollers", "deployments.apps", "daemonsets.apps", "statefulsets.apps",
                    "replicasets.apps", "cronjobs.batch" }) },
        { EditDaemonSet, here, permissions(edit, { "daemonsets.apps" }) },
        { EditPod, here, permissions(edit, { "pods" }) },
        { EphemeralContainer, here, permissions(edit, { "pods/ephemeralcontainers" }) },
        { EditRevision, here, permissions(edit, { "controllerrevisions.apps" }) },
        { BindPod, here, permissions({ "create" }, { "pods/binding", "bindings" }) },
        { ReadSecret, here, permissions(read, { "secrets" }) },
        { CreateSecret, here, permissions({ "create" }, { "secrets" }) },
        { RequestToken, here, permissions({ "create" }, { "serviceaccounts/token" }) },
        { CreateAccount, here, permissions({ "create" }, { "serviceaccounts" }) },
        { EditAccount, here, permissions(edit, { "serviceaccounts" }) },
        { ImpersonateAccount, here, permissions({ "impersonate" }, { "serviceaccounts" }) },
        { ImpersonateUser, whole, permissions({ "impersonate" }, { "users" }) },
        { ImpersonateGroup, whole, permissions({ "impersonate" }, { "groups" }) },
        { ConstrainedAccount, here,
            permissions({ "impersonate:serviceaccount" }, { "serviceaccounts.authentication.k8s.io" }) },
        { ConstrainedUser, whole, permissions({ "impersonate:user-info" }, { "users.authentication.k8s.io" }) },
        { WriteBinding, here, permissions(write, { "rolebindings.rbac.authorization.k8s.io" }) },
        { Bind, here, permissions({ "bind" }, { "clusterroles.rbac.authorization.k8s.io" }) },
        { BindLocalRole, here, permissions({ "bind" }, { "roles.rbac.authorization.k8s.io" }) },
        { WriteClusterBinding, whole, permissions(write, { "clusterrolebindings.rbac.authorization.k8s.io" }) },
        { EscalateRole, here, permissions({ "escalate" }, { "roles.rbac.authorization.k8s.io" }) },
        { EditRole, here, permissions(edit, { "roles.rbac.authorization.k8s.io" }) },
        { EscalateClusterRole, whole, permissions({ "escalate" }, { "clusterroles.rbac.authorization.k8s.io" }) },
        { EditClusterRole, whole, permissions(edit, { "clusterroles.rbac.authorization.k8s.io" }) },
        { NodesProxy, whole, permissions({ "get", "create" }, { "nodes/proxy" }) },
        { KubeletRead, whole, permissions({ "get", "create" }, { "nodes/log", "nodes/checkpoint" }) },
        { ApiProxy, here, permissions({ "get", "create", "update", "patch" }, { "pods/proxy", "services/proxy" }) },
        { EditNamespace, self, permissions(edit, { "namespaces" }) },
        { CreateNamespace, whole, permissions({ "create" }, { "namespaces" }) },
        { CreateRequest, whole, permissions({ "create" }, { "certificatesigningrequests.certificates.k8s.io" }) },
        { ApproveRequest, whole, permissions(edit, { "certificatesigningrequests.certificates.k8s.io/approval" }) },
        { ApproveSigner, whole, permissions({ "approve" }, { "signers.certificates.k8s.io" }) },
        { RequestStatus, whole, permissions(edit, { "certificatesigningrequests.certificates.k8s.io/status" }) },
        { SignSigner, whole, permissions({ "sign" }, { "signers.certificates.k8s.io" }) },
        { NodeClient, whole,
            permissions({ "create" }, { "certificatesigningrequests.certificates.k8s.io/nodeclient" }) },
        { WriteMutatingWebhook, whole,
            permissions(write, { "mutatingwebhookconfigurations.admissionregistration.k8s.io" }) },
        { WriteValidatingWebhook, whole,
            permissions(write, { "validatingwebhookconfigurations.admissionregistration.k8s.io" }) },
        { DisarmAdmission, whole,
            permissions({ "delete", "update", "patch" },
                { "validatingwebhookconfigurations.admissionregistration.k8s.io",
                    "validatingadmissionpolicies.admissionregistration.k8s.io",
                    "validatingadmissionpolicybindings.admissionregistration.k8s.io" }) },
        { WriteMutatingPolicy, whole,
            permissions(write, { "mutatingadmissionpolicies.admissionregistration.k8s.io" }) },
        { WriteMutatingPolicyBinding, whole,
            permissions(write, { "mutatingadmissionpolicybindings.admissionregistration.k8s.io" }) },
        { WriteDefinition, whole, permissions(edit, { "customresourcedefinitions.apiextensions.k8s.io" }) },
        { WriteApiService, whole, permissions(write, { "apiservices.apiregistration.k8s.io" }) },
        { CreateVolume, whole, permissions({ "create" }, { "persistentvolumes" }) },
        { CreateClaim, here, permissions({ "create" }, { "persistentvolumeclaims" }) },
        { WriteSnapshotContent, whole,
            permissions({ "create" }, { "volumesnapshotcontents.snapshot.storage.k8s.io" }) },
        { WriteStorageClass, whole, permissions({ "create" }, { "storageclasses.storage.k8s.io" }) },
        { EditConfigMap, here, permissions(edit, { "configmaps" }) },
        { WriteEndpoints, here, permissions(write, { "endpoints", "endpointslices.discovery.k8s.io" }) },
        { WriteService, here,
            [&] {
                auto all = permissions(write, { "services" });
                all.push_back({ "update", "", "services", "status" });
                all.push_back({ "patch", "", "services", "status" });
                return all;
            }() },
        { EditPodLabels, here, permissions(edit, { "pods", "pods/status" }) },
        { WriteIngress, here, permissions(write, { "ingresses.networking.k8s.io" }) },
        { ReadLogs, here, permissions({ "get" }, { "pods/log" }) },
        { RunWorkflow, here,
            permissions({ "create" },
                { "workflows.argoproj.io", "cronworkflows.argoproj.io", "taskruns.tekton.dev",
                    "pipelineruns.tekton.dev" }) },
        { WriteTrustBundle, whole, permissions(write, { "clustertrustbundles.certificates.k8s.io" }) },
        { AttestSigner, whole, permissions({ "attest" }, { "signers.certificates.k8s.io" }) },
        { CreateDeviceClaim, here,
            permissions({ "create" }, { "resourceclaims.resource.k8s.io", "resourceclaimtemplates.resource.k8s.io" }) },
        { UseConstraints, here, permissions({ "use" }, { "securitycontextconstraints.security.openshift.io" }) },
        { WriteIdentityException, here, permissions(write, { "azurepodidentityexceptions.aadpodidentity.k8s.io" }) },
    };
    return rows;
}

std::vector<RightsRow> makeRows()
{
    using enum Atom;
    constexpr std::string_view endpoint = "the API server reaches an address of the attacker";
    const std::vector<std::string_view> clientSigners { "kubernetes.io/kube-apiserver-client", "kubernetes.io/*" };
    const std::vector<std::string_view> kubeletSigners { "kubernetes.io/kube-apiserver-client-kubelet",
        "kubernetes.io/*" };
    constexpr std::uint32_t execByGetUntil = 35, mutatingPoliciesSince = 36, mutatingPoliciesBeta = 34,
                            constrainedSince = 36;
    return {
        { Technique::ClusterAdmin, { Everything }, Lead::ClusterAdmin },
        { Technique::ClusterAdmin, { EverythingHere }, Lead::NamespaceAdmin },
        { Technique::Exec, { Exec }, Lead::Pods },
        { Technique::Exec, { ExecByGet }, Lead::Pods, {}, 0, execByGetUntil },
        { Technique::AttachForward, { Attach }, Lead::Pods, "the program reads what it is given" },
        { Technique::AttachForward, { Forward }, Lead::Pods, "something listens there that asks for no password" },
        { Technique::AttachForward, { AttachByGet }, Lead::Pods, "something there asks for no password", 0,
            execByGetUntil },
        { Technique::BindRole, { WriteBinding, Bind }, Lead::NamespaceAdmin },
        { Technique::BindRole, { WriteBinding, BindLocalRole }, Lead::NamespaceAdmin },
        { Technique::BindClusterRole, { WriteClusterBinding, Bind }, Lead::ClusterAdmin },
        { Technique::EscalateRole, { EditRole, EscalateRole }, Lead::NamespaceAdmin },
        { Technique::EscalateRole, { EditClusterRole, EscalateClusterRole }, Lead::ClusterAdmin },
        { Technique::ImpersonateAccount, { ImpersonateAccount }, Lead::Accounts },
        { Technique::ImpersonateUser, { ImpersonateUser }, Lead::Users },
        { Technique::ImpersonateUser, { ImpersonateUser, ImpersonateGroup }, Lead::UsersAndGroups },
        { Technique::ImpersonateUser, { ImpersonateAccount, ImpersonateGroup }, Lead::UsersAndGroups },
        { Technique::ConstrainedImpersonation, { ConstrainedAccount }, Lead::Accounts,
            "impersonate-on verbs allow what the attacker wants to do", constrainedSince },
        { Technique::ConstrainedImpersonation, { ConstrainedUser }, Lead::Users,
            "impersonate-on verbs allow what the attacker wants to do", constrainedSince },
        { Technique::DanglingBinding, { CreateAccount, RequestToken }, Lead::MissingAccounts },
        { Technique::DanglingBinding, { CreateAccount, CreateWorkload }, Lead::MissingAccounts },
        { Technique::TokenRequest, { RequestToken }, Lead::Accounts },
        { Technique::TokenSecret, { CreateSecret, ReadSecret }, Lead::Accounts },
        { Technique::ReadSecret, { ReadSecret }, Lead::Secrets },
        { Technique::ForgeBootstrapToken, { CreateSecret }, Lead::Bootstrappers },
        { Technique::CreateWorkload, { CreateWorkload }, Lead::Accounts },
        { Technique::MountAnySecret, { CreateWorkload }, Lead::Secrets },
        { Technique::CreatePrivileged, { CreateWorkload }, Lead::Workers },
        { Technique::ChooseNode, { CreateWorkload }, Lead::ControlPlane },
        { Technique::MountAnyClaim, { CreateWorkload }, Lead::Volumes },
        { Technique::EditTemplate, { EditWorkload }, Lead::Templates },
        { Technique::SwapImage, { EditPod }, Lead::Pods },
        { Technique::EphemeralContainer, { EphemeralContainer }, Lead::Pods },
        { Technique::HijackDaemonSet, { EditDaemonSet }, Lead::DaemonSets },
        { Technique::PoisonRollback, { EditRevision }, Lead::Templates, "somebody rolls a workload back" },
        { Technique::NodesProxy, { NodesProxy }, Lead::Pods },
        { Technique::KubeletRead, { KubeletRead }, Lead::AllSecrets,
            "logs or memory dumps of the nodes hold something of worth" },
        { Technique::ApiProxy, { ApiProxy }, Lead::Pods, "something listens there that asks for no password" },
        { Technique::TamperPodSecurity, { CreateWorkload, EditNamespace }, Lead::AllNodes },
        { Technique::CreateNamespace, { CreateWorkload, CreateNamespace }, Lead::AllNodes },
        { Technique::ApproveRequest, { CreateRequest, ApproveRequest, ApproveSigner }, Lead::UsersAndGroups, {}, 0, 0,
            clientSigners },
        { Technique::ApproveRequest, { CreateRequest, ApproveRequest, ApproveSigner }, Lead::Kubelets, {}, 0, 0,
            kubeletSigners },
        { Technique::SignRequest, { CreateRequest, RequestStatus, SignSigner }, Lead::UsersAndGroups,
            "the attacker has a key that the API server trusts", 0, 0, clientSigners },
        { Technique::MutatingWebhook, { WriteMutatingWebhook }, Lead::ClusterAdmin, endpoint },
        { Technique::ValidatingWebhook, { WriteValidatingWebhook }, Lead::AllSecrets, endpoint },
        { Technique::MutatingPolicy, { WriteMutatingPolicy, WriteMutatingPolicyBinding }, Lead::ClusterAdmin, {},
            mutatingPoliciesSince },
        { Technique::MutatingPolicy, { WriteMutatingPolicy, WriteMutatingPolicyBinding }, Lead::ClusterAdmin,
            "the beta of mutating admission policies is switched on", mutatingPoliciesBeta, mutatingPoliciesSince },
        { Technique::DisarmAdmission, { CreateWorkload, DisarmAdmission }, Lead::Workers },
        { Technique::ConversionWebhook, { WriteDefinition }, Lead::AllSecrets, endpoint },
        { Technique::AggregatedApi, { WriteApiService }, Lead::Interception, endpoint },
        { Technique::WorkflowAccount, { RunWorkflow }, Lead::Accounts, "the controller of the workflows is at work" },
        { Technique::HostPathVolume, { CreateVolume, CreateClaim, CreateWorkload }, Lead::AllNodes },
        { Technique::ForeignVolume, { CreateVolume, CreateClaim, CreateWorkload }, Lead::Volumes,
            "the attacker knows the handle of the other volume" },
        { Technique::ForeignVolume, { WriteSnapshotContent, CreateClaim, CreateWorkload }, Lead::Volumes,
            "the attacker knows the handle of the other volume" },
        { Technique::StorageClass, { WriteStorageClass, CreateClaim, CreateWorkload }, Lead::AllNodes,
            "a provisioner takes paths of nodes as parameters" },
        { Technique::BootstrapNode, { CreateRequest, NodeClient }, Lead::Kubelets },
        { Technique::RewriteAccount, { EditAccount }, Lead::Cloud,
            "the trust policy of the cloud accepts the account" },
        { Technique::AwsAuth, { EditConfigMap }, Lead::AwsAuth,
            "the cluster's authentication mode still reads aws-auth" },
        { Technique::CoreDns, { EditConfigMap }, Lead::CoreDns },
        { Technique::TrustConfigMap, { EditConfigMap }, Lead::TrustMaps,
            "the API server does not put it back before somebody reads it" },
        { Technique::Endpoints, { WriteEndpoints }, Lead::Interception },
        { Technique::ExternalIps, { WriteService }, Lead::Interception },
        { Technique::CaptureLabels, { EditPodLabels }, Lead::Interception,
            "the attacker runs a pod that is given the labels" },
        { Technique::IngressAbuse, { WriteIngress }, Lead::IngressController },
        { Technique::ReadLogs, { ReadLogs }, Lead::Secrets, "programs write secrets into their logs" },
        { Technique::PoisonConfig, { EditConfigMap }, Lead::ConfigMaps, "the program runs what it reads there" },
        { Technique::TrustBundle, { WriteTrustBundle, AttestSigner }, Lead::Interception, "programs trust the bundle" },
        { Technique::DeviceAdmin, { CreateDeviceClaim, CreateWorkload }, Lead::AllNodes,
            "the namespace is labelled for administrators of devices and a driver is there" },
        { Technique::UseScc, { UseConstraints, CreateWorkload }, Lead::AllNodes,
            "the constraints admit privileged pods" },
        { Technique::PodIdentityException, { WriteIdentityException, CreateWorkload }, Lead::Cloud,
            "AAD pod identity is at work" },
    };
}

std::vector<OperatorRow> makeOperators()
{
    return {
        { { "", "kustomize.toolkit.fluxcd.io", "kustomizations", "" }, "kustomize-controller",
            "Flux kustomize-controller" },
        { { "", "helm.toolkit.fluxcd.io", "helmreleases", "" }, "helm-controller", "Flux helm-controller" },
        { { "", "argoproj.io", "applications", "" }, "argoproj/argocd", "Argo CD" },
        { { "", "argoproj.io", "applicationsets", "" }, "argoproj/argocd", "Argo CD" },
        { { "", "argoproj.io", "appprojects", "" }, "argoproj/argocd", "Argo CD" },
        { { "", "velero.io", "restores", "" }, "velero/velero", "Velero" },
        { { "", "operators.coreos.com", "subscriptions", "" }, "olm", "Operator Lifecycle Manager" },
        { { "", "operators.coreos.com", "clusterserviceversions", "" }, "olm", "Operator Lifecycle Manager" },
        { { "", "external-secrets.io", "clustersecretstores", "" }, "external-secrets", "External Secrets Operator" },
        { { "", "kyverno.io", "clusterpolicies", "" }, "kyverno", "Kyverno" },
        { { "", "kubernetes.crossplane.io", "objects", "" }, "crossplane", "Crossplane provider-kubernetes" },
        { { "", "helm.crossplane.io", "releases", "" }, "crossplane", "Crossplane provider-helm" },
        { { "", "helm.cattle.io", "helmcharts", "" }, "helm-controller", "Helm controller of k3s" },
        { { "", "fleet.cattle.io", "bundles", "" }, "fleet", "Rancher Fleet" },
        { { "", "kubevirt.io", "virtualmachines", "" }, "virt-operator", "KubeVirt" },
        { { "", "monitoring.coreos.com", "prometheuses", "" }, "prometheus-operator", "Prometheus operator" },
        { { "", "rook.io", "cephclusters", "" }, "rook/ceph", "Rook" },
        { { "", "ceph.rook.io", "cephclusters", "" }, "rook/ceph", "Rook" },
    };
}

} // namespace

std::span<const AtomRow> atomRows()
{
    static const std::vector<AtomRow> rows = makeAtoms();
    return rows;
}

std::span<const RightsRow> rightsRows()
{
    static const std::vector<RightsRow> rows = makeRows();
    return rows;
}

std::span<const OperatorRow> operatorRows()
{
    static const std::vector<OperatorRow> rows = makeOperators();
    return rows;
}

} // namespace plimsoll::attack
