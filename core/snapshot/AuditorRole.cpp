// SPDX-License-Identifier: Apache-2.0
// The least rights a review needs, as a ClusterRole to ask an administrator for.
#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <span>

#include "core/base/Text.h"
#include "core/snapshot/Collect.h"

namespace plimsoll::snapshot {

namespace {

struct Grant {
    const char* group;
    std::initializer_list<const char*> resources;
    const char* why;
};

// What the controls of a review look at. Only "list": it reads all at once, and neither get nor watch adds anything.
const std::array builtIn {
    Grant { "",
        { "configmaps", "endpoints", "limitranges", "namespaces", "nodes", "persistentvolumeclaims",
            "persistentvolumes", "pods", "podtemplates", "replicationcontrollers", "resourcequotas", "serviceaccounts",
            "services" },
        "what runs, as whom, and how it is reached" },
    Grant { "admissionregistration.k8s.io",
        { "mutatingadmissionpolicies", "mutatingadmissionpolicybindings", "mutatingwebhookconfigurations",
            "validatingadmissionpolicies", "validatingadmissionpolicybindings", "validatingwebhookconfigurations" },
        "what is checked or changed on the way in" },
    Grant { "apiextensions.k8s.io", { "customresourcedefinitions" }, "which further APIs there are" },
    Grant { "apiregistration.k8s.io", { "apiservices" }, "which other servers answer for the API" },
    Grant {
        "apps", { "controllerrevisions", "daemonsets", "deployments", "replicasets", "statefulsets" }, "workloads" },
    Grant { "autoscaling", { "horizontalpodautoscalers" }, "workloads" },
    Grant { "batch", { "cronjobs", "jobs" }, "workloads" },
    Grant {
        "certificates.k8s.io", { "certificatesigningrequests", "clustertrustbundles" }, "issued identities and trust" },
    Grant { "coordination.k8s.io", { "leases" }, "which control-plane instances are alive" },
    Grant { "discovery.k8s.io", { "endpointslices" }, "which pods a Service reaches" },
    Grant { "flowcontrol.apiserver.k8s.io", { "flowschemas", "prioritylevelconfigurations" },
        "protection of the API server" },
    Grant { "networking.k8s.io", { "ingressclasses", "ingresses", "ipaddresses", "networkpolicies", "servicecidrs" },
        "what may talk to what, and what is reached from outside" },
    Grant { "node.k8s.io", { "runtimeclasses" }, "sandboxes of containers" },
    Grant { "policy", { "poddisruptionbudgets", "podsecuritypolicies" }, "what pods may ask for" },
    Grant { "rbac.authorization.k8s.io", { "clusterrolebindings", "clusterroles", "rolebindings", "roles" },
        "who may do what" },
    Grant { "resource.k8s.io", { "deviceclasses", "resourceclaims", "resourceclaimtemplates", "resourceslices" },
        "devices, and who has administrative access to them" },
    Grant { "scheduling.k8s.io", { "priorityclasses" }, "what may push out what" },
    Grant { "storage.k8s.io",
        { "csidrivers", "csinodes", "csistoragecapacities", "storageclasses", "volumeattachments" }, "volumes" },
};

// Add-ons that decide or tell about security. Their kinds differ from version to version.
constexpr std::array addOns { "acme.cert-manager.io", "aquasecurity.github.io", "argoproj.io", "bitnami.com",
    "cert-manager.io", "cilium.io", "config.gatekeeper.sh", "config.openshift.io", "constraints.gatekeeper.sh",
    "crd.projectcalico.org", "external-secrets.io", "gateway.networking.k8s.io", "helm.toolkit.fluxcd.io",
    "k8s.ovn.org", "kustomize.toolkit.fluxcd.io", "kyverno.io", "networking.istio.io", "openreports.io",
    "operator.tigera.io", "policies.kyverno.io", "policy.networking.k8s.io", "policy.sigstore.dev", "projectcalico.org",
    "route.openshift.io", "secrets-store.csi.x-k8s.io", "security.istio.io", "security.openshift.io",
    "source.toolkit.fluxcd.io", "spdx.softwarecomposition.kubescape.io", "status.gatekeeper.sh",
    "templates.gatekeeper.sh", "wgpolicyk8s.io" };

std::string ruleFor(
    std::span<const std::string> groups, const std::vector<std::string>& resources, std::string_view why)
{
    const auto quoted = [](std::span<const std::string> values) {
        std::vector<std::string> out;
        for (const std::string& value : values)
            out.push_back(jsonQuoted(value));
        return join(out, ", ");
    };
    return "  # " + std::string(why) + "\n  - apiGroups: [" + quoted(groups) + "]\n    resources: [" + quoted(resources)
        + "]\n    verbs: [\"list\"]\n";
}

bool isAddOn(const std::string& group)
{
    return std::ranges::find(addOns, group) != addOns.end();
}

bool isGranted(const std::string& group, const std::string& plural)
{
    if (isAddOn(group))
        return true;
    const auto grant = std::ranges::find(builtIn, group, [](const Grant& one) { return std::string(one.group); });
    return grant != builtIn.end()
        && std::ranges::any_of(grant->resources, [&](const char* resource) { return resource == plural; });
}

// A name of an API group or resource: what came from a server must not be able to write YAML of its own.
bool isPlainName(std::string_view text)
{
    return text.size() <= 253 && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
    });
}

} // namespace

std::string auditorRoleYaml(SecretAccess secrets, std::span<const NotCollected> missing)
{
    std::string out = "# What a review with Plimsoll reads. It can change nothing and run nothing.\n"
                      "#\n"
                      "# To use it for an hour, without a lasting credential:\n"
                      "#   kubectl apply -f role.yaml\n"
                      "#   kubectl create serviceaccount plimsoll-auditor -n kube-system\n"
                      "#   kubectl create clusterrolebinding plimsoll-auditor --clusterrole=plimsoll-auditor \\\n"
                      "#     --serviceaccount=kube-system:plimsoll-auditor\n"
                      "#   kubectl create token plimsoll-auditor -n kube-system --duration=1h\n"
                      "# ConfigMaps may hold credentials by mistake; they are masked when they are read.\n";
    if (secrets == SecretAccess::Without)
        out += "# Secrets are left out: RBAC cannot grant their names and types without their values. What needs them\n"
               "# is reported as not assessed.\n";
    out += "apiVersion: rbac.authorization.k8s.io/v1\n"
           "kind: ClusterRole\n"
           "metadata:\n"
           "  name: plimsoll-auditor\n"
           "rules:\n";
    for (const Grant& grant : builtIn)
        out += ruleFor(std::vector<std::string> { grant.group },
            std::vector<std::string>(grant.resources.begin(), grant.resources.end()), grant.why);
    out += ruleFor(
        std::vector<std::string>(addOns.begin(), addOns.end()), { "*" }, "add-ons that decide or tell about security");
    if (secrets == SecretAccess::WithList)
        out += ruleFor(std::vector<std::string> { "" }, { "secrets" },
            "names, types, sizes and age of Secrets; values are dropped while they are read");
    std::map<std::string, std::set<std::string>> further;
    for (const NotCollected& one : missing) {
        const bool isSecrets = one.group.empty() && one.plural == "secrets";
        if (one.missingPermission.starts_with("list ") && !isSecrets && !isGranted(one.group, one.plural)
            && isPlainName(one.group) && isPlainName(one.plural) && !one.plural.empty())
            further[one.group].insert(one.plural);
    }
    for (const auto& [group, plurals] : further)
        out += ruleFor(std::vector<std::string> { group }, std::vector<std::string>(plurals.begin(), plurals.end()),
            "asked for and refused");
    return out
        + "  # the flags and the state of the API server itself\n"
          "  - nonResourceURLs: [\"/flagz\", \"/readyz\", \"/statusz\", \"/version\"]\n"
          "    verbs: [\"get\"]\n";
}

} // namespace plimsoll::snapshot
