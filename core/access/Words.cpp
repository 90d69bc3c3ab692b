// SPDX-License-Identifier: Apache-2.0
#include "core/access/Words.h"

#include <algorithm>
#include <array>

#include "core/base/Text.h"

namespace plimsoll::access {

namespace {

struct KnownGroup {
    std::string_view group, resources;
};
constexpr std::array knownGroups {
    KnownGroup { "apps", "controllerrevisions daemonsets deployments replicasets statefulsets" },
    KnownGroup { "batch", "cronjobs jobs" },
    KnownGroup { "autoscaling", "horizontalpodautoscalers" },
    KnownGroup { "networking.k8s.io", "ingressclasses ingresses networkpolicies" },
    KnownGroup { "policy", "poddisruptionbudgets" },
    KnownGroup { "rbac.authorization.k8s.io", "clusterrolebindings clusterroles rolebindings roles" },
    KnownGroup { "storage.k8s.io", "csidrivers csinodes storageclasses volumeattachments" },
    KnownGroup { "apiextensions.k8s.io", "customresourcedefinitions" },
    KnownGroup { "apiregistration.k8s.io", "apiservices" },
    KnownGroup { "admissionregistration.k8s.io",
        "mutatingadmissionpolicies mutatingwebhookconfigurations validatingadmissionpolicies "
        "validatingadmissionpolicybindings validatingwebhookconfigurations" },
    KnownGroup { "certificates.k8s.io", "certificatesigningrequests signers" },
    KnownGroup { "coordination.k8s.io", "leases" },
    KnownGroup { "discovery.k8s.io", "endpointslices" },
    KnownGroup { "authentication.k8s.io", "tokenreviews uids userextras" },
    KnownGroup { "authorization.k8s.io", "localsubjectaccessreviews subjectaccessreviews" },
};

constexpr std::string_view coreResources
    = "configmaps endpoints events limitranges namespaces nodes nodes/proxy persistentvolumeclaims persistentvolumes "
      "pods "
      "pods/attach pods/ephemeralcontainers pods/exec pods/log pods/portforward replicationcontrollers resourcequotas "
      "secrets serviceaccounts serviceaccounts/token services users groups";

} // namespace

std::string groupOfResource(std::string_view resource)
{
    for (const KnownGroup& known : knownGroups) {
        const auto resources = split(known.resources, ' ');
        if (std::ranges::find(resources, resource) != resources.end())
            return std::string(known.group);
    }
    return {};
}

Result<void> parseResource(std::string_view text, Request& request)
{
    const std::size_t slash = text.find('/');
    const std::string_view whole = text.substr(0, slash);
    if (slash != std::string_view::npos)
        request.subresource = text.substr(slash + 1);
    const std::size_t dot = whole.find('.');
    request.resource = whole.substr(0, dot);
    request.apiGroup = dot == std::string_view::npos ? groupOfResource(whole) : std::string(whole.substr(dot + 1));
    if (request.resource.empty() || (slash != std::string_view::npos && request.subresource.empty()))
        return failure(
            ErrorKind::Usage, "not a resource", printable(text), "write RESOURCE, RESOURCE.GROUP or RESOURCE/SUB");
    return {};
}

std::vector<std::string> knownResources()
{
    std::vector<std::string> out;
    for (const std::string_view one : split(coreResources, ' '))
        out.emplace_back(one);
    for (const KnownGroup& known : knownGroups) {
        for (const std::string_view one : split(known.resources, ' '))
            out.emplace_back(one);
    }
    std::ranges::sort(out);
    return out;
}

} // namespace plimsoll::access
