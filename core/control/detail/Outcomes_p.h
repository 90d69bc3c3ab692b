// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "core/control/Control.h"

// Short ways to write an outcome, for controls that judge whole objects.
namespace plimsoll::control {

inline void pass(cluster::ObjectId object, std::vector<Outcome>& outcomes)
{
    outcomes.push_back({ object, Verdict::Pass, {}, {}, 1, {} });
}

inline void notAssessed(cluster::ObjectId object, std::string missing, std::vector<Outcome>& outcomes)
{
    outcomes.push_back({ object, Verdict::NotAssessed, std::move(missing), {}, 1, {} });
}

inline Outcome& fail(
    cluster::ObjectId object, std::string message, std::vector<Evidence> evidence, std::vector<Outcome>& outcomes)
{
    return outcomes.emplace_back(Outcome { object, Verdict::Fail, std::move(message), std::move(evidence), 1, {} });
}

inline constexpr std::array<Need, 1> namespaceNeeds { { { "", "Namespace" } } };
inline constexpr std::string_view admissionGroup = "admissionregistration.k8s.io";

std::string containerText(const cluster::Cluster& cluster, const cluster::Container& container); // "container web"

inline constexpr std::string_view noPodsHere = "the source holds no pods and no workloads";
// Names and images are replaced in snapshots that were redacted at level 2: what is told by them cannot be judged.
bool hasHiddenNames(const cluster::Cluster& cluster);

// Namespaces that Kubernetes makes for itself.
bool isSystemNamespace(std::string_view name); // kube-system, kube-public, kube-node-lease
// kube-public and kube-node-lease hold no pods: nothing to protect there as long as that is so.
bool isIdleSystemNamespace(const cluster::Cluster& cluster, const cluster::Namespace& ns);
// Pods that are there in each namespace, by the id of its name.
std::uint32_t podsIn(const cluster::Cluster& cluster, StringId ns);

} // namespace plimsoll::control
