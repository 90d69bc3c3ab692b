// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/access/Access.h"
#include "core/base/Progress.h"
#include "core/base/Result.h"
#include "core/base/TaskPool.h"
#include "core/cluster/Cluster.h"
#include "core/control/Catalogue.h"
#include "core/network/Exposure.h"
#include "core/control/Control.h"

// The front of core/assess: everything a person sees or exports is computed here, once, as one immutable value.
namespace plimsoll::assess {

using control::Evidence;
using control::Severity;
using control::Verdict;

// One failed control on one object.
struct Finding {
    std::string id; // "PLM-W01-0123456789abcdef", stable between runs (decisions.md)
    std::uint32_t control = 0; // index into Catalogue::entries
    Severity severity = Severity::Medium;
    cluster::ObjectId object;
    cluster::WorkloadId owner; // the top workload, when the object belongs to one
    std::string message;
    std::vector<Evidence> evidence;
    std::uint32_t affected = 1;
    cluster::Patch patch; // may be empty
};

struct NotAssessedObject {
    std::uint32_t control = 0;
    cluster::ObjectId object; // none = the whole control
    std::string reason;
};

// What one control came to over the whole scope.
struct ControlResult {
    std::uint32_t control = 0; // index into Catalogue::entries
    Verdict verdict = Verdict::Pass; // Fail if anything failed; else NotAssessed if anything was not; Pass needs passes
    std::uint32_t failed = 0; // objects
    std::uint32_t passed = 0;
    std::uint32_t notAssessed = 0;
    std::string reason; // why not assessed as a whole, or "no object of this kind in scope"
};

struct RequirementResult {
    enum class Status : std::uint8_t { Pass, Fail, Manual, NotAssessed };
    std::uint32_t requirement = 0; // index into Framework::requirements
    Status status = Status::Manual;
    std::uint32_t failedObjects = 0;
    std::uint32_t passedObjects = 0;
    std::string reason;
};
std::string_view toText(RequirementResult::Status status); // "pass", "fail", "manual", "not assessed"

struct FrameworkResult {
    std::uint32_t framework = 0; // index into Catalogue::frameworks
    std::vector<RequirementResult> requirements;
    std::uint32_t passed = 0, failed = 0, manual = 0, notAssessed = 0;
};

// What was asked to be assessed; empty = everything.
struct Scope {
    std::vector<std::string> namespaces; // cluster-scoped objects are left out when set
    std::vector<std::string> frameworks;
    std::vector<std::string> controls;
    std::optional<Severity> leastSeverity;
};

struct Assessment {
    std::shared_ptr<const cluster::Cluster> cluster;
    std::shared_ptr<const control::Catalogue> catalogue;
    std::shared_ptr<const access::Rbac> rbac;
    std::shared_ptr<const network::Reach> reach;
    std::vector<network::Exposure> exposures;
    control::Settings settings;
    Scope scope;
    std::optional<UnixSeconds>
        assessedAt; // --as-of, else the time of capture, else Cluster::newestTime(); nothing when no time is known

    std::vector<Finding> findings; // most severe first, then control id, namespace, kind, name
    std::vector<ControlResult> controls; // those in scope, in catalogue order
    std::vector<FrameworkResult> frameworks; // those in scope, in catalogue order
    std::vector<NotAssessedObject> notAssessed; // in control order; whole controls first
    std::array<std::uint32_t, 5> countBySeverity {}; // by Severity

    const control::Catalogue::Entry& entry(const Finding& finding) const { return catalogue->entries[finding.control]; }
    const Finding* find(std::string_view id) const;
};

// Runs every control in scope over the cluster, in parallel; same result for any number of threads.
// Errors: Usage (unknown framework, control or namespace in the scope), Cancelled.
Result<std::shared_ptr<const Assessment>> assess(std::shared_ptr<const cluster::Cluster> cluster,
    std::shared_ptr<const control::Catalogue> catalogue, const control::Settings& settings, const Scope& scope,
    TaskPool& pool, Progress& progress);

} // namespace plimsoll::assess
