// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/assess/Assessment.h"
#include "core/report/Report.h"

// What several writers say about an assessment, put together once. Private to core/report.
namespace plimsoll::report {

// The open findings of one control, in the order of the assessment.
struct ControlGroup {
    std::uint32_t control = 0; // index into Catalogue::entries
    std::vector<const assess::Finding*> findings; // open ones
    std::uint32_t affected = 0;
    std::uint32_t waived = 0; // further findings of the control, that a waiver accepts
};
// Those with something open, most severe first, as the findings are.
std::vector<ControlGroup> groupedByControl(const assess::Assessment& assessment);

// What cannot be told, grouped by control.
struct NotAssessedGroup {
    std::uint32_t control = 0;
    std::vector<const assess::NotAssessedObject*> rows; // the whole control first (object none)
};
std::vector<NotAssessedGroup> notAssessedByControl(const assess::Assessment& assessment);

// The cluster's name; where it is only known as the path of its source, the last part of that.
std::string displayName(const cluster::Cluster& model);
// Where a capture comes from and how far it can be trusted, as rows of name and value; of plain files only what they
// were recognised as.
std::vector<std::pair<std::string, std::string>> originFacts(const snapshot::Snapshot& snapshot);
// "secrets: forbidden; needs the permission list secrets".
std::string notCollectedText(const snapshot::NotCollected& one);
std::string scopeText(const assess::Assessment& assessment); // "everything", "namespaces shop, web; ..."
std::string settingsText(const control::Settings& settings); // one line
// For an assessment without findings, which is no "all clear" when nothing could be assessed.
std::string noFindingsText(const assess::Assessment& assessment);
std::string assessedAtText(const assess::Assessment& assessment); // time stamp or "not known"
// 12 hex digits that name this report: of the source, the scope, the settings, the date and the tool's version.
std::string reportId(const assess::Assessment& assessment);
std::size_t distinctObjects(const assess::Assessment& assessment); // with at least one open finding
std::uint32_t openCount(const assess::Assessment& assessment); // findings
std::uint32_t waivedCount(const assess::Assessment& assessment);

// Controls by what they came to; they add up to all that ran. Waived: all that failed is waived.
struct ControlCounts {
    std::uint32_t failed = 0, waived = 0, passed = 0, notAssessed = 0;
};
ControlCounts countControls(const assess::Assessment& assessment);

// "high here: reached from outside"; "" when the severity in context is the fixed one. Printable.
std::string inContextText(const assess::Finding& finding);
std::string untilText(const control::Waiver& waiver); // the last day on which it holds
std::string coverageText(const control::Waiver& waiver); // "DaemonSet in monitoring, logging named *-agent"; printable
// "expired, 2 findings are open again; too broad: ..."; printable.
std::string waiverStateText(const assess::Assessment& assessment, std::size_t waiver);
// "pass, by Jane Doe on 2026-11-20: the note (evidence: a, b)"; printable.
std::string recordedText(const control::RecordedVerdict& verdict);

// "3 Deployments of 2 namespaces", or the title of the only one.
std::string objectsInWords(const assess::Assessment& assessment, const ControlGroup& group);

// file:line of evidence. Reads and parses each object once, however many findings name it.
class Places {
public:
    Places(const assess::Assessment& assessment, std::span<const assess::Finding* const> findings, Progress& progress);
    // File "" when it is not known.
    snapshot::Snapshot::Place of(const assess::Finding& finding, std::size_t evidence) const;

private:
    struct Known {
        std::uint32_t file = 0; // index into m_files; 0 = not known
        std::uint32_t line = 0;
    };
    std::vector<std::string> m_files { {} };
    std::vector<Known> m_known;
    std::unordered_map<const assess::Finding*, std::size_t> m_first; // into m_known; never iterated
};

} // namespace plimsoll::report
