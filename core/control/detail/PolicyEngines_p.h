// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/cluster/Cluster.h"

namespace plimsoll::control {

// Something that may refuse pods at admission, besides Pod Security Admission.
struct PolicyEngine {
    enum class Kind : std::uint8_t {
        Engine, // a webhook of a known policy engine that sees new pods
        Policy, // a ValidatingAdmissionPolicy for pods with a binding that denies
        Unknown, // a validating webhook that sees new pods and that Plimsoll does not know
    };
    cluster::ObjectId object;
    Kind kind = Kind::Unknown;
    std::string name; // "Kyverno"; of the object for the others
};

// In order of kind. Reads the raw text of webhook configurations and policies.
std::vector<PolicyEngine> policyEngines(const cluster::Cluster& cluster);

} // namespace plimsoll::control
