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
#include "core/attack/AttackGraph.h"
#include "core/base/Progress.h"
#include "core/base/Result.h"
#include "core/base/TaskPool.h"
#include "core/cluster/Cluster.h"
#include "core/components/Components.h"
#include "core/components/Observed.h"
#include "core/secrets/Inventory.h"
#include "core/control/Catalogue.h"
#include "core/evidence/AuditFindings.h"
#include "core/evidence/AuditPolicy.h"
#include "core/evidence/Falco.h"
#include "core/evidence/KubeBench.h"
#include "core/evidence/Scan.h"
#include "core/images/Inventory.h"
#include "core/images/Vulnerabilities.h"
#include "core/network/Exposure.h"
#include "core/control/Control.h"
#include "core/control/Review.h"
#include "core/control/Waivers.h"

// The front of core/assess: everything a person sees or exports is computed here, once, as one immutable value.
namespace plimsoll::assess {

using control::Evidence;
using control::Severity;
using control::Verdict;

// One failed control on one object; waived ones too (see isWaived).
struct Finding {
    std::string id; // "PLM-W01-0123456789abcdef", stable between runs (decisions.md)
    std::uint32_t control = 0; // index into Catalogue::entries
    Severity severity = Severity::Medium; // fixed for the control
    // The same seen with what fails: whether it is reached from outside, runs privileged, holds a powerful identity, or
    // nothing of it runs. Reasons say each step, empty when it is the fixed one.
    Severity effectiveSeverity = Severity::Medium;
    std::vector<std::string> severityReasons;
    std::optional<std::uint32_t> waiver; // index into Assessment::waivers: accepted, not open
    cluster::ObjectId object;
    cluster::WorkloadId owner; // the top workload, when the object belongs to one
    std::string message;
    std::vector<Evidence> evidence;
    std::uint32_t affected = 1;
    cluster::Patch patch; // may be empty

    bool isWaived() const { return waiver.has_value(); }
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
    std::uint32_t failed = 0; // objects, waived ones included
    std::uint32_t waived = 0; // of failed
    std::uint32_t passed = 0;
    std::uint32_t notAssessed = 0;
    std::string reason; // why not assessed as a whole, or "no object of this kind in scope"

    bool isWaived() const { return failed > 0 && waived == failed; } // nothing open is left of its failures
};

struct RequirementResult {
    // Waived: every failure of its controls is waived and nothing else is wrong. Manual: a person decides; whether one
    // has is told by recorded.
    enum class Status : std::uint8_t { Pass, Fail, Waived, Manual, NotAssessed };
    std::uint32_t requirement = 0; // index into Framework::requirements
    Status status = Status::Manual; // computed: a recorded verdict never changes it
    std::optional<std::uint32_t> recorded; // index into Assessment::review.verdicts: a person's verdict lies over it
    std::uint32_t failedObjects = 0; // waived ones included
    std::uint32_t waivedObjects = 0;
    std::uint32_t passedObjects = 0;
    std::string reason;
};
std::string_view toText(RequirementResult::Status status); // "pass", "fail", "waived", "manual", "not assessed"

struct FrameworkResult {
    std::uint32_t framework = 0; // index into Catalogue::frameworks
    std::vector<RequirementResult> requirements;
    // By status; they add up to all requirements. Never fold them into one number without the parts beside it.
    std::uint32_t passed = 0, failed = 0, waived = 0, manual = 0, notAssessed = 0;
    // Verdicts that a person recorded, of whatever status they lie over.
    std::uint32_t recordedPass = 0, recordedFail = 0, recordedNotApplicable = 0;
};

// What became of one waiver. Expired and not yet valid ones cover nothing; what they would cover is open.
struct WaiverResult {
    control::WaiverState state = control::WaiverState::Unused;
    std::uint32_t findings = 0; // covered; of an expired one: that it would cover
    std::string tooBroad; // why it is, "" when it is not
};

// What was asked to be assessed; empty = everything.
struct Scope {
    std::vector<std::string> namespaces; // cluster-scoped objects are left out when set
    std::vector<std::string> frameworks;
    std::vector<std::string> controls;
    std::optional<Severity> leastSeverity;
};

// What is assessed with, besides the cluster: what others know about it. All of it is printed in reports.
struct Inputs {
    std::vector<std::string> evidenceFiles; // as given, in order
    std::vector<evidence::NodeReport> nodeReports; // of kube-bench
    evidence::Evidence scans; // of scanners, bills of materials, VEX, policy reports
    std::vector<evidence::AuditPolicy> auditPolicies;
    std::vector<evidence::EncryptionConfig> encryption; // of API servers, without keys
    std::optional<evidence::AuditLog> audit; // all logs together
    std::optional<evidence::AlertLog> alerts; // of intrusion detection, all together
    std::vector<control::Waiver> waivers; // of all files, in order
    control::Review review;
};

// The review file beside a source (reviewPath; "" = none, a file that is not there is an empty review), the waivers
// that it names, and further files of waivers. Errors: those of readReview and readWaivers; Format for an id that two
// files give.
// Evidence files are told apart by what is in them; a folder stands for its files (not those of folders in it). With a
// pool, reports are read side by side. Errors besides: NotFound, Access; Format for a file that is no evidence.
Result<Inputs> readInputs(const std::string& reviewPath, const std::vector<std::string>& waiverFiles,
    const std::vector<std::string>& evidenceFiles = {}, TaskPool* pool = nullptr);

struct Assessment {
    std::shared_ptr<const cluster::Cluster> cluster;
    std::shared_ptr<const control::Catalogue> catalogue;
    std::shared_ptr<const access::Rbac> rbac;
    std::shared_ptr<const network::Reach> reach;
    std::vector<network::Exposure> exposures;
    std::shared_ptr<const components::Components> components;
    std::shared_ptr<const secrets::Readers> secrets;
    std::shared_ptr<const images::ImageInventory> images;
    std::shared_ptr<const attack::AttackGraph> attack;
    std::vector<control::NodeFact> nodeFacts; // what reports from the nodes said to controls
    std::vector<std::string> evidenceFiles; // as given
    std::vector<std::string> nodeReportFiles; // those of kube-bench
    std::vector<std::string> evidenceNotes; // what of them was left out, and why
    std::shared_ptr<const images::ScanResults> scans; // those of files and those in the cluster; never null
    std::shared_ptr<const evidence::AuditLog> audit; // null: none was given
    evidence::AuditFindings auditFindings; // what it shows
    std::vector<components::JoinedAuditFinding> joinedAudit; // one each, with the objects of the cluster
    std::shared_ptr<const evidence::AlertLog> alerts; // null: none was given
    std::vector<components::WorkloadAlert> joinedAlerts; // one each
    control::Settings settings;
    Scope scope;
    std::optional<UnixSeconds>
        assessedAt; // --as-of, else the time of capture, else Cluster::newestTime(); nothing when no time is known

    std::vector<control::Waiver> waivers; // as given
    std::vector<WaiverResult> waiverResults; // one each
    std::vector<control::WaiverSuggestion> waiverSuggestions; // from other tools' annotations
    control::Review review;

    std::vector<Finding> findings; // most severe first, then control id, namespace, kind, name
    std::vector<ControlResult> controls; // those in scope, in catalogue order
    std::vector<FrameworkResult> frameworks; // those in scope, in catalogue order
    std::vector<NotAssessedObject> notAssessed; // in control order; whole controls first
    std::array<std::uint32_t, 5> countBySeverity {}; // open findings by fixed Severity
    std::array<std::uint32_t, 5> waivedBySeverity {};

    const control::Catalogue::Entry& entry(const Finding& finding) const { return catalogue->entries[finding.control]; }
    const Finding* find(std::string_view id) const;
};

// Runs every control in scope over the cluster, in parallel; same result for any number of threads.
// Errors: Usage (unknown framework, control or namespace in the scope), Cancelled.
Result<std::shared_ptr<const Assessment>> assess(std::shared_ptr<const cluster::Cluster> cluster,
    std::shared_ptr<const control::Catalogue> catalogue, const control::Settings& settings, const Scope& scope,
    TaskPool& pool, Progress& progress, const Inputs& inputs = {});

} // namespace plimsoll::assess
