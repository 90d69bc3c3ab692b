// SPDX-License-Identifier: Apache-2.0
#include "core/control/detail/Access_p.h"
#include "core/control/detail/Families_p.h"

#include <array>

// The controls on roles, bindings and identities (R). Texts: resources/controls/access.yaml.
// Exact semantics: core/access/Access.h. What Kubernetes binds for itself passes, see isKubernetesSubject().
namespace plimsoll::control {

namespace {

constexpr std::string_view apps = "apps";
constexpr std::string_view batch = "batch";
constexpr std::string_view admission = "admissionregistration.k8s.io";
constexpr std::string_view authentication = "authentication.k8s.io";
constexpr std::string_view writes = "create update patch";
constexpr std::string_view reads = "get list watch";

constexpr std::array secrets { Wanted { "", "secrets", "", reads } };
constexpr std::array podMakers {
    Wanted { "", "pods", "", writes },
    Wanted { apps, "deployments", "", writes },
    Wanted { apps, "statefulsets", "", writes },
    Wanted { apps, "daemonsets", "", writes },
    Wanted { apps, "replicasets", "", writes },
    Wanted { "", "replicationcontrollers", "", writes },
    Wanted { batch, "jobs", "", writes },
    Wanted { batch, "cronjobs", "", writes },
};
constexpr std::array podExec { Wanted { "", "pods", "exec", "create" } };
constexpr std::array podAttach { Wanted { "", "pods", "attach", "create" } };
constexpr std::array podForward { Wanted { "", "pods", "portforward", "create" } };
constexpr std::array impersonation {
    Wanted { "", "users", "", "impersonate" },
    Wanted { "", "serviceaccounts", "", "impersonate" },
    Wanted { "", "groups", "", "impersonate" },
    Wanted { authentication, "uids", "", "impersonate" },
};
constexpr std::array bindingRoles {
    Wanted { rbacGroup, "roles", "", "bind" },
    Wanted { rbacGroup, "clusterroles", "", "bind" },
};
constexpr std::array escalation {
    Wanted { rbacGroup, "roles", "", "escalate" },
    Wanted { rbacGroup, "clusterroles", "", "escalate" },
};
constexpr std::array rbacObjects {
    Wanted { rbacGroup, "roles", "", writes },
    Wanted { rbacGroup, "rolebindings", "", writes },
    Wanted { rbacGroup, "clusterroles", "", writes },
    Wanted { rbacGroup, "clusterrolebindings", "", writes },
};
constexpr std::array tokens { Wanted { "", "serviceaccounts", "token", "create" } };
// The verbs that HTTP methods on the kubelet come to; list and watch never reach it.
constexpr std::array nodeProxy { Wanted { "", "nodes", "proxy", "get create update patch delete" } };
constexpr std::array webhooks {
    Wanted { admission, "mutatingwebhookconfigurations", "", "create update patch delete" },
    Wanted { admission, "validatingwebhookconfigurations", "", "create update patch delete" },
};
constexpr std::array volumes { Wanted { "", "persistentvolumes", "", "create" } };

constexpr std::array debugContainers { Wanted { "", "pods", "ephemeralcontainers", "update patch" } };
constexpr std::string_view changes = "create update patch delete";
constexpr std::array admissionPolicies {
    Wanted { admission, "validatingadmissionpolicies", "", changes },
    Wanted { admission, "validatingadmissionpolicybindings", "", changes },
    Wanted { admission, "mutatingadmissionpolicies", "", changes },
    Wanted { admission, "mutatingadmissionpolicybindings", "", changes },
};
constexpr std::string_view deletes = "delete deletecollection";
// The first ones end what runs there; the others are common and only told with them.
constexpr std::array deletions {
    Wanted { "", "namespaces", "", deletes },
    Wanted { "", "persistentvolumeclaims", "", deletes },
    Wanted { apps, "deployments", "", deletes },
    Wanted { apps, "statefulsets", "", deletes },
    Wanted { apps, "daemonsets", "", deletes },
    Wanted { "", "pods", "", deletes },
    Wanted { "", "persistentvolumes", "", deletes },
    Wanted { "", "services", "", deletes },
};
constexpr std::array traces {
    Wanted { "", "events", "", deletes },
    Wanted { "events.k8s.io", "events", "", deletes },
};
constexpr std::array configMaps { Wanted { "", "configmaps", "", "update patch" } };
constexpr std::array traffic {
    Wanted { "", "services", "", writes },
    Wanted { "", "endpoints", "", writes },
    Wanted { "discovery.k8s.io", "endpointslices", "", writes },
    Wanted { "networking.k8s.io", "networkpolicies", "", changes },
    Wanted { "networking.k8s.io", "ingresses", "", writes },
    Wanted { "gateway.networking.k8s.io", "gateways", "", writes },
    Wanted { "gateway.networking.k8s.io", "httproutes", "", writes },
};
constexpr std::array serviceStatus { Wanted { "", "services", "status", "update patch" } };
constexpr std::array namespaces { Wanted { "", "namespaces", "", "update patch" } };
constexpr std::array nodeObjects {
    Wanted { "", "nodes", "", "create update patch delete" },
    Wanted { "", "nodes", "status", "update patch" },
};
constexpr std::array apis {
    Wanted { "apiextensions.k8s.io", "customresourcedefinitions", "", changes },
    Wanted { "apiregistration.k8s.io", "apiservices", "", changes },
};
// What names are resolved with in every pod.
constexpr std::array<std::string_view, 4> dnsConfigMaps { "coredns", "coredns-custom", "kube-dns", "node-local-dns" };

constexpr auto everywhere = Bindings::ClusterRoleBindings;
constexpr auto inNamespace = Bindings::RoleBindings;
constexpr auto both = Bindings::Both;

// Named Secrets are what a least-privilege role looks like, so they are no fault of R05 and R06.
constexpr Danger readsAllSecrets { secrets, 0, everywhere, false, "" };
constexpr Danger readsSecrets { secrets, 0, inNamespace, false, "" };
constexpr Danger makesPods { podMakers, 0, both, true, "and with them run code as service accounts there" };
constexpr Danger execs { podExec, 0, both, true, "which is a shell inside" };
constexpr Danger attaches { podAttach, 0, both, true, "" };
constexpr Danger forwards { podForward, 0, both, true, "past every NetworkPolicy" };
// Groups and uids can be impersonated only together with a user, so they are no fault alone.
constexpr Danger impersonates { impersonation, 2, both, true, "" };
constexpr Danger binds { bindingRoles, 0, both, true, "and so hand out rights they do not hold" };
constexpr Danger escalates { escalation, 0, both, true, "and so write rights into a role that they do not hold" };
constexpr Danger writesRbac { rbacObjects, 0, both, true, "" };
constexpr Danger mintsTokens { tokens, 0, both, true, "and so log in as these accounts" };
constexpr Danger proxiesNodes { nodeProxy, 0, everywhere, true, "which runs commands in every pod of a node" };
constexpr Danger writesWebhooks { webhooks, 0, everywhere, true, "" };
constexpr Danger makesVolumes { volumes, 0, everywhere, true,
    "and with a hostPath volume read and write files of nodes" };

constexpr Danger injectsContainers { debugContainers, 0, both, true,
    "and so run an image of their own inside of a running pod" };
constexpr Danger writesPolicies { admissionPolicies, 0, everywhere, true, "" };
constexpr Danger deletesBroadly { deletions, 5, both, false, "" };
constexpr Danger deletesTraces { traces, 0, both, false, "and with them what tells of an attack" };
constexpr Danger writesConfigMaps { configMaps, 0, both, true,
    "among them the configuration of the cluster's DNS in kube-system", "kube-system", dnsConfigMaps };
constexpr Danger writesTraffic { traffic, 0, both, true, "" };
constexpr Danger setsServiceStatus { serviceStatus, 0, both, true,
    "and so draw the traffic of other addresses to a Service of theirs" };
constexpr Danger patchesNamespaces { namespaces, 0, both, true,
    "among them the labels that Pod Security and policies go by" };
constexpr Danger writesNodes { nodeObjects, 0, everywhere, true, "" };
constexpr Danger writesApis { apis, 0, everywhere, true, "" };

template <const Danger& danger> void judge(const Context& context, std::vector<Outcome>& outcomes)
{
    judgeDanger(danger, context, outcomes);
}

// Needs are empty: which of the four kinds is missing is told by the controls themselves, so that what is certain is
// reported even when a source has only some of them.
constexpr std::array table {
    Control { .id = "PLM-R01", .evaluate = judgeFullAdmin, .needs = {} },
    Control { .id = "PLM-R02", .evaluate = judgeNamespaceAdmin, .needs = {} },
    Control { .id = "PLM-R03", .evaluate = judgeWildcardVerb, .needs = {} },
    Control { .id = "PLM-R04", .evaluate = judgeWildcardResource, .needs = {} },
    Control { .id = "PLM-R05", .evaluate = judge<readsAllSecrets>, .needs = {} },
    Control { .id = "PLM-R06", .evaluate = judge<readsSecrets>, .needs = {} },
    Control { .id = "PLM-R07", .evaluate = judge<makesPods>, .needs = {} },
    Control { .id = "PLM-R08", .evaluate = judge<execs>, .needs = {} },
    Control { .id = "PLM-R09", .evaluate = judgeExecByGet, .needs = {} },
    Control { .id = "PLM-R10", .evaluate = judge<attaches>, .needs = {} },
    Control { .id = "PLM-R11", .evaluate = judge<forwards>, .needs = {} },
    Control { .id = "PLM-R12", .evaluate = judge<injectsContainers>, .needs = {} },
    Control { .id = "PLM-R13", .evaluate = judge<impersonates>, .needs = {} },
    Control { .id = "PLM-R14", .evaluate = judge<binds>, .needs = {} },
    Control { .id = "PLM-R15", .evaluate = judge<escalates>, .needs = {} },
    Control { .id = "PLM-R16", .evaluate = judge<writesRbac>, .needs = {} },
    Control { .id = "PLM-R17", .evaluate = judge<mintsTokens>, .needs = {} },
    Control { .id = "PLM-R18", .evaluate = judge<proxiesNodes>, .needs = {} },
    Control { .id = "PLM-R19", .evaluate = judgeSigning, .needs = {} },
    Control { .id = "PLM-R20", .evaluate = judge<writesWebhooks>, .needs = {} },
    Control { .id = "PLM-R21", .evaluate = judge<writesPolicies>, .needs = {} },
    Control { .id = "PLM-R22", .evaluate = judge<makesVolumes>, .needs = {} },
    Control { .id = "PLM-R23", .evaluate = judge<deletesBroadly>, .needs = {} },
    Control { .id = "PLM-R24", .evaluate = judge<deletesTraces>, .needs = {} },
    Control { .id = "PLM-R25", .evaluate = judge<writesConfigMaps>, .needs = {} },
    Control { .id = "PLM-R26", .evaluate = judgeAwsAuth, .needs = {} },
    Control { .id = "PLM-R27", .evaluate = judge<writesTraffic>, .needs = {} },
    Control { .id = "PLM-R28", .evaluate = judge<setsServiceStatus>, .needs = {} },
    Control { .id = "PLM-R29", .evaluate = judgeDashboard, .needs = {} },
    Control { .id = "PLM-R30", .evaluate = judgeAnonymous, .needs = {} },
    Control { .id = "PLM-R31", .evaluate = judgeAuthenticated, .needs = {} },
    Control { .id = "PLM-R32", .evaluate = judgeMasters, .needs = {} },
    Control { .id = "PLM-R33", .evaluate = judgeAllServiceAccounts, .needs = {} },
    Control { .id = "PLM-R34", .evaluate = judgeDefaultAccounts, .needs = {} },
    Control { .id = "PLM-R35", .evaluate = judgeDangling, .needs = {} },
    Control { .id = "PLM-R36", .evaluate = judgeUnused, .needs = {} },
    Control { .id = "PLM-R37", .evaluate = judge<patchesNamespaces>, .needs = {} },
    Control { .id = "PLM-R38", .evaluate = judgeAggregation, .needs = {} },
    Control { .id = "PLM-R39", .evaluate = judgeWorkloadIdentity, .needs = {} },
    Control { .id = "PLM-R40", .evaluate = judgeTokenSecrets, .needs = {} },
    Control { .id = "PLM-R41", .evaluate = judge<writesNodes>, .needs = {} },
    Control { .id = "PLM-R42", .evaluate = judgeForeignAccounts, .needs = {} },
    Control { .id = "PLM-R43", .evaluate = judge<writesApis>, .needs = {} },
    Control { .id = "PLM-R44", .evaluate = judgeLogins, .needs = {} },
};

} // namespace

std::span<const Control> accessControls()
{
    return table;
}

} // namespace plimsoll::control
