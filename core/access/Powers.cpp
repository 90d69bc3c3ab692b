// SPDX-License-Identifier: Apache-2.0
#include "core/access/Powers.h"

#include <array>

namespace plimsoll::access {

std::span<const Power> powers()
{
    static const std::array all {
        Power { { .verb = "*", .apiGroup = "*", .resource = "*" }, "do everything" },
        Power { { .verb = "list", .resource = "secrets" }, "read every Secret" },
        Power { { .verb = "create", .resource = "pods", .ns = "kube-system" }, "run pods in kube-system" },
        Power { { .verb = "patch", .apiGroup = "apps", .resource = "daemonsets", .ns = "kube-system" },
            "change workloads of kube-system" },
        Power { { .verb = "create", .resource = "pods", .subresource = "exec", .ns = "kube-system" },
            "run commands in pods of kube-system" },
        Power { { .verb = "create", .resource = "serviceaccounts", .subresource = "token", .ns = "kube-system" },
            "make tokens of the accounts of kube-system" },
        Power {
            { .verb = "create", .resource = "nodes", .subresource = "proxy" }, "run commands through the kubelets" },
        Power { { .verb = "impersonate", .resource = "users" }, "impersonate every user" },
        Power { { .verb = "escalate", .apiGroup = "rbac.authorization.k8s.io", .resource = "clusterroles" },
            "write any right into ClusterRoles" },
        Power { { .verb = "bind", .apiGroup = "rbac.authorization.k8s.io", .resource = "clusterroles" },
            "bind every ClusterRole" },
        Power { { .verb = "patch",
                    .apiGroup = "admissionregistration.k8s.io",
                    .resource = "mutatingwebhookconfigurations" },
            "change every object through a webhook" },
    };
    return all;
}

std::vector<HeldPower> powersOf(const Rbac& rbac, const User& user)
{
    const Principal principal = rbac.principal(user);
    std::vector<HeldPower> out;
    for (const Power& power : powers()) {
        const auto grant = rbac.allows(principal, power.request);
        if (!grant)
            continue;
        out.push_back({ &power, *grant });
        if (power.request.verb == "*")
            break;
    }
    return out;
}

} // namespace plimsoll::access
