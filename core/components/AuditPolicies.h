// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/cluster/Cluster.h"
#include "core/evidence/AuditPolicy.h"

namespace plimsoll::components {

// An audit policy in a ConfigMap. That one is there does not say that the API server reads it.
struct FoundAuditPolicy {
    evidence::AuditPolicy policy; // its name is "ConfigMap ns/name, key"
    cluster::ObjectId object;
    std::string pointer; // "/data/policy.yaml"
    // "name/key" ends the path of --audit-policy-file, as on OpenShift, whose operators write ConfigMaps to nodes.
    bool isNamedBy(std::string_view path) const;
    std::string place; // "name/key"
};
// In ConfigMaps whose name or key speaks of audit, in order of object and key.
std::vector<FoundAuditPolicy> auditPoliciesIn(const cluster::Cluster& cluster);

} // namespace plimsoll::components
