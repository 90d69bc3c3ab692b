// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace plimsoll::components {

// How one product that watches processes on nodes is recognised.
struct AgentProduct {
    std::string_view name, vendor;
    // Last elements of the repository, "falcosecurity/falco". Copies in other registries, also those that write "-"
    // for "/" (rancher/mirrored-falcosecurity-falco), are recognised.
    std::span<const std::string_view> images;
    // Repositories by their last element alone: enough of a hint, no proof.
    std::span<const std::string_view> names;
    // Values of app.kubernetes.io/name, app or k8s-app of DaemonSets.
    std::span<const std::string_view> labels;
    // Only when a container has this variable with "true": the image does other work as well.
    std::string_view switchedBy = {};
};

std::span<const AgentProduct> agentProducts(); // by name

} // namespace plimsoll::components
