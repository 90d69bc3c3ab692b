// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/Result.h"
#include "core/base/Time.h"
#include "core/cluster/Cluster.h"
#include "core/control/Control.h"

// Accepted risks: a YAML file that a team keeps in Git (schema resources/schemas/waivers-v1.schema.json):
//
//   waivers:
//     - id: node-agents                     # optional; else "waiver 1 of FILE"
//       controls: [PLM-W05, W07]            # or [all], which is always reported as too broad
//       objects:                            # what fails must match all that is given; at least one key
//         kind: DaemonSet                   # or a list; of the object of the finding
//         namespace: [monitoring, logging]  # or one; "*" matches any number of characters
//         name: node-exporter               # the same; "" and "*" alone are too broad without labels or a kind
//         labels: {app.kubernetes.io/part-of: kube-prometheus}
//         field: /spec/template/spec/hostNetwork   # JSON Pointer with "*"; every evidence must match
//       reason: The exporter reads the network of the node.
//       owner: team-observability
//       approver: jane.doe@example.com
//       created: 2026-05-04
//       expires: 2027-05-04                 # the waiver holds until the end of that day, UTC
//
// reason, owner, approver, created and expires are required: a risk that nobody answers for is not accepted.
namespace plimsoll::control {

struct WaiverSelector {
    std::vector<std::string> kinds; // as written, compared without case; empty = any
    std::vector<std::string> namespaces; // patterns; empty = any
    std::vector<std::string> names; // patterns; empty = any
    std::vector<std::pair<std::string, std::string>> labels; // of the object of the finding; all must be there
    std::vector<std::string> fields; // patterns of JSON Pointers; empty = any
    bool operator==(const WaiverSelector&) const = default;
};

struct Waiver {
    std::string id; // unique over all files that were read
    std::vector<std::string> controls; // full ids "PLM-W05"; "all"
    WaiverSelector objects;
    std::string reason;
    std::string owner;
    std::string approver;
    UnixSeconds created = 0;
    UnixSeconds expires = 0; // the first second at which it no longer holds
    std::string file; // as given on the command line or in the review file
    std::uint32_t line = 0; // 1-based

    bool matchesControl(std::string_view control) const; // full id
    // Does it cover this failure? Control and object; with fields: every evidence stands at one of them.
    bool covers(const cluster::Cluster& cluster, std::string_view control, const Outcome& outcome) const;
    bool coversObject(
        const cluster::Cluster& cluster, cluster::ObjectId object, std::span<const Evidence> evidence) const;
    // Why it says yes to more than a reviewer can have looked at: any control; neither a namespace, a name, labels nor
    // a field; more than two years. "" when it does not.
    std::string tooBroad() const;
};

// Errors: NotFound, Access, Limit, Format (with file:line: unknown key, missing reason, unknown control, bad date,
// created after expires, id twice). Nothing of a broken file is used.
Result<std::vector<Waiver>> readWaivers(const std::string& path);

// What a waiver came to in an assessment.
enum class WaiverState : std::uint8_t {
    Used,
    Unused, // covers nothing that fails
    Expired,
    NotYet, // created after the date of the assessment, or no date is known
    NotChecked, // its controls or its namespaces were not in the scope of the assessment
};
std::string_view toText(WaiverState state); // "used", "unused", "expired", "not yet valid", "not checked"

// The text of one more waiver, to be appended to a file of waivers (or a whole new file when existing is ""). Comments
// and order of what stands there are kept. Errors: Format when existing is not a file of waivers.
Result<std::string> appendWaiver(std::string_view existing, const Waiver& waiver);

// What other tools' annotations and ignore files accept, as suggestions that a person turns into waivers: annotations
// of kube-linter, polaris and checkov; files of trivy (.trivyignore, .trivyignore.yaml) and kubescape (exceptions).
struct WaiverSuggestion {
    cluster::ObjectId object; // none when a file accepts it for all
    std::string tool; // "kube-linter"
    std::string rule; // "run-as-non-root", "KSV-0012"
    std::vector<std::string> controls; // ours with that "also known as"; may be empty
    std::string reason; // as given there; may be empty
    std::string place; // annotation key or FILE:LINE
    bool operator==(const WaiverSuggestion&) const = default;
};

struct Catalogue;

// From the annotations of a cluster, in order of objects; what a pod has from its workload's template is told once, of
// the workload.
std::vector<WaiverSuggestion> suggestWaivers(const cluster::Cluster& cluster, const Catalogue& catalogue);

// From an ignore file, told apart by what is in it. Errors: NotFound, Access, Limit, Format.
Result<std::vector<WaiverSuggestion>> readIgnoreFile(const std::string& path, const Catalogue& catalogue);

} // namespace plimsoll::control
