// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/Progress.h"
#include "core/base/TaskPool.h"
#include "core/network/Difference.h"
#include "core/network/Questions.h"
#include "core/network/Reach.h"

// Least-privilege policies from what the objects declare, held against the engine before they are shown.
namespace plimsoll::network {

// What a workload says it talks to: a Service named in its environment, arguments or ConfigMaps.
struct Dependency {
    cluster::WorkloadId from;
    std::uint32_t service = noIndex; // into Cluster::services()
    std::optional<std::size_t> port; // of the Service; nothing = it names none
    cluster::ObjectId object; // where it stands
    std::string pointer;
};
std::vector<Dependency> declaredDependencies(const Reach& reach);

struct SuggestOptions {
    std::vector<Statement> keep; // connections that must stay, whatever is declared
    bool withEgress = true;
};

struct SuggestedPolicy {
    std::string ns, name;
    cluster::WorkloadId workload;
    std::string yaml; // one document
};
// One connection that the policies allow, and why.
struct KeptConnection {
    std::string workload; // "NS/NAME[KIND]"
    Direction direction = Direction::Ingress;
    std::string other; // who: "pods of shop/web[Deployment]", "10.0.0.0/8"
    std::string ports; // "TCP 8080"
    std::string reason; // "env DB_HOST names Service data/db"
};
struct Suggestion {
    std::vector<SuggestedPolicy> policies;
    std::vector<cluster::ObjectId> replaced; // policies that select nobody else
    std::vector<KeptConnection> kept;
    std::vector<FlowChange> changes; // of the whole cluster, when they are applied and the replaced ones deleted
    std::vector<std::string> notes; // what a person should know: probes, API server, selectors that match more
};

// For the workloads, each one policy. Verified: `changes` is what the engine says of them.
// Errors: Usage (a kept connection names nothing), Cancelled.
Result<Suggestion> suggest(const Reach& reach, std::span<const cluster::WorkloadId> workloads,
    const SuggestOptions& options, TaskPool& pool, Progress& progress);

// Labels that select exactly the pods of a workload in its namespace, as few and as stable ones as there are. When no
// labels do, `others` names workloads that they select as well.
struct StableSelector {
    TextLabels labels;
    std::vector<cluster::WorkloadId> others;
};
StableSelector stableSelector(const Reach& reach, cluster::WorkloadId workload);

} // namespace plimsoll::network
