// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>
#include <vector>

#include "core/report/Content.h"
#include "core/report/pdf/Flow.h"

// The parts of the PDF report, in order. Each writes itself onto a Flow and computes nothing that differs between the
// two passes: what is costly is in Material, made once.
namespace plimsoll::report::pdf {

// A piece of an object's YAML with the deciding lines marked.
struct Excerpt {
    std::string caption;
    std::vector<CodeLine> lines;
};

struct PatchText {
    std::string target;
    std::vector<CodeLine> yaml;
    std::vector<CodeLine> command;
};

struct GroupMaterial {
    std::vector<Excerpt> excerpts;
    std::optional<PatchText> patch;
};

struct Material {
    const assess::Assessment& assessment;
    std::string id; // of the report
    std::string clusterName; // printable
    std::vector<ControlGroup> groups;
    std::vector<GroupMaterial> texts; // beside groups
    std::vector<NotAssessedGroup> notAssessed;
    Places places; // of the findings that are shown with evidence
};

constexpr std::size_t maxObjectsOfControl = 50;

Material gather(const assess::Assessment& assessment, Progress& progress);

void writeCover(Flow& flow, const Material& material);
void writeSummary(Flow& flow, const Material& material);
void writeContents(Flow& flow, std::span<const Bookmark> bookmarks);
void writeScope(Flow& flow, const Material& material);
void writeFrameworks(Flow& flow, const Material& material);
void writeFindings(Flow& flow, const Material& material, Progress& progress);
void writeWaivers(Flow& flow, const Material& material);
void writeNotAssessed(Flow& flow, const Material& material);
void writeAppendix(Flow& flow, const Material& material, Progress& progress);

// Shared by the parts.
inline constexpr std::array severities { control::Severity::Critical, control::Severity::High,
    control::Severity::Medium, control::Severity::Low, control::Severity::Info };
std::string titled(control::Severity severity); // "Critical"
Colour colourOf(assess::RequirementResult::Status status);
std::string controlDestination(const control::ControlText& text);
// Name, bar and the five counts of the first so many frameworks, one line each.
void frameworkRows(Flow& flow, const assess::Assessment& assessment, std::size_t limit);
void factTable(Flow& flow, std::span<const std::pair<std::string, std::string>> facts);

} // namespace plimsoll::report::pdf
