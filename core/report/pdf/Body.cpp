// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include "core/base/Text.h"
#include "core/report/pdf/Sections.h"

// Scope and method, frameworks, and what was not assessed.
namespace plimsoll::report::pdf {

namespace {

constexpr std::size_t maxProblems = 100;
constexpr std::size_t maxObjectsNotAssessed = 20;
constexpr std::size_t maxNote = 180; // bytes of why a requirement is not decided

void kindTable(Flow& flow, const cluster::Cluster& model)
{
    std::vector<std::pair<std::string, std::uint32_t>> kinds;
    for (const cluster::Kind& kind : model.kinds()) {
        const std::string_view group = model.text(kind.group);
        std::string name(model.text(kind.kind));
        if (!group.empty())
            name += "." + std::string(group);
        if (kind.objectCount > 0)
            kinds.emplace_back(printable(name), kind.objectCount);
    }
    std::ranges::sort(kinds);
    // Two kinds a row: the names are short and many.
    const std::vector<Column> columns { { .title = "Kind" }, { .title = "Count", .width = 50, .isRight = true },
        { .title = "Kind" }, { .title = "Count", .width = 50, .isRight = true } };
    const std::size_t rows = (kinds.size() + 1) / 2;
    flow.table(
        columns, rows,
        [&](std::size_t row) {
            Row cells;
            for (std::size_t part = 0; part < 2; ++part) {
                const std::size_t index = part * rows + row;
                cells.push_back({ .text = index < kinds.size() ? kinds[index].first : "" });
                cells.push_back({ .text = index < kinds.size() ? grouped(kinds[index].second) : "" });
            }
            return cells;
        },
        7.5);
}

// Kinds that controls need and the source does not tell about.
std::vector<std::string> missingKinds(const assess::Assessment& assessment)
{
    std::set<std::string> missing;
    for (const control::Catalogue::Entry& entry : assessment.catalogue->entries) {
        for (const control::Need& need : entry.control->needs) {
            if (!assessment.cluster->covers(need.group, need.kind))
                missing.insert(std::string(need.kind) + (need.group.empty() ? "" : "." + std::string(need.group)));
        }
    }
    return { missing.begin(), missing.end() };
}

void problemTable(Flow& flow, const cluster::Cluster& model)
{
    const auto problems = model.problems();
    flow.heading(2, "Problems of the source", "problems");
    if (problems.empty()) {
        flow.paragraph("None: everything that looked like Kubernetes could be read.");
        return;
    }
    const std::vector<Column> columns { { .title = "", .width = 40 }, { .title = "What" },
        { .title = "Where", .width = 170 } };
    const std::size_t count = std::min(problems.size(), maxProblems);
    flow.table(columns, count, [&](std::size_t row) {
        const snapshot::Problem& problem = problems[row];
        const bool isError = problem.level == snapshot::Problem::Level::Error;
        std::string what = printable(problem.error.what);
        if (!problem.error.advice.empty())
            what += ": " + printable(problem.error.advice);
        return Row { { .text = isError ? "error" : "note", .isBold = isError }, { .text = what },
            { .text = printable(problem.error.where) } };
    });
    if (count < problems.size())
        flow.paragraph("The first " + grouped(count) + " of " + grouped(problems.size())
                + "; the JSON form of this report has them all.",
            softStyle);
}

std::string countsOf(const assess::RequirementResult& row)
{
    const std::uint32_t evaluated = row.failedObjects + row.passedObjects;
    return evaluated == 0 ? "–" : grouped(row.failedObjects) + " / " + grouped(evaluated);
}

std::string noteOf(const assess::RequirementResult& row, const control::Requirement& requirement)
{
    using Status = assess::RequirementResult::Status;
    if (row.status == Status::Pass || row.status == Status::Fail)
        return join(std::span<const std::string>(requirement.controls), ", ");
    if (row.status == Status::Waived)
        return join(std::span<const std::string>(requirement.controls), ", ") + "; waived "
            + grouped(row.waivedObjects);
    return shortened(row.reason.empty() ? requirement.lookAt : row.reason, maxNote);
}

// A person's verdict stands beside the computed status, never instead of it.
std::string statusOf(const assess::Assessment& assessment, const assess::RequirementResult& row)
{
    std::string out(assess::toText(row.status));
    if (row.recorded)
        out += "; recorded " + std::string(toText(assessment.review.verdicts[*row.recorded].verdict));
    return out;
}

std::string recordedSentence(const assess::FrameworkResult& result)
{
    const std::uint32_t count = result.recordedPass + result.recordedFail + result.recordedNotApplicable;
    if (count == 0)
        return {};
    return counted(count, "verdict was", "verdicts were") + " recorded by a person: " + grouped(result.recordedPass)
        + " pass, " + grouped(result.recordedFail) + " fail, " + grouped(result.recordedNotApplicable)
        + " not applicable. ";
}

void frameworkTable(Flow& flow, const assess::Assessment& assessment, const assess::FrameworkResult& result)
{
    const control::Framework& framework = assessment.catalogue->frameworks[result.framework];
    flow.heading(2, framework.title, "framework-" + framework.id, 90);
    flow.paragraph(grouped(result.passed) + " pass, " + grouped(result.failed) + " fail, " + grouped(result.waived)
            + " waived, " + grouped(result.manual) + " manual, " + grouped(result.notAssessed) + " not assessed, of "
            + counted(result.requirements.size(), "requirement", "requirements") + ". " + recordedSentence(result)
            + (framework.note.empty() ? std::string() : framework.note),
        softStyle);
    std::size_t longestId = 0;
    bool hasLevels = false, hasLongLevels = false;
    for (const control::Requirement& requirement : framework.requirements) {
        longestId = std::max(longestId, requirement.id.size());
        hasLevels = hasLevels || !requirement.level.empty();
        hasLongLevels = hasLongLevels || requirement.level.size() > 4;
    }
    const double idWidth = std::clamp(static_cast<double>(longestId) * 4.4 + 12, 44.0, 114.0);
    std::vector<Column> columns { { .title = "Id", .width = idWidth }, { .title = "Requirement", .width = 142 },
        { .title = "Status", .width = 66 }, { .title = "Failed / all", .width = 54, .isRight = true },
        { .title = "Decided by, or why not" } };
    if (hasLevels)
        columns.insert(columns.begin() + 2, { .title = "Level", .width = hasLongLevels ? 48.0 : 30.0 });
    flow.table(
        columns, result.requirements.size(),
        [&](std::size_t index) {
            const assess::RequirementResult& row = result.requirements[index];
            const control::Requirement& requirement = framework.requirements[row.requirement];
            Row cells { { .text = requirement.id, .isBold = true }, { .text = requirement.title },
                { .text = statusOf(assessment, row), .dot = colourOf(row.status) }, { .text = countsOf(row) },
                { .text = printable(noteOf(row, requirement)) } };
            if (row.recorded)
                cells.back().text += " — Recorded: " + recordedText(assessment.review.verdicts[*row.recorded]);
            if (hasLevels)
                cells.insert(cells.begin() + 2, Cell { .text = requirement.level });
            return cells;
        },
        7.5);
}

} // namespace

void writeScope(Flow& flow, const Material& material)
{
    const assess::Assessment& assessment = material.assessment;
    const cluster::Cluster& model = *assessment.cluster;
    const snapshot::Snapshot& snapshot = model.snapshot();
    const auto read = std::ranges::count_if(snapshot.files(),
        [](const snapshot::SourceFile& file) { return file.content != snapshot::SourceFile::Content::NotKubernetes; });
    flow.beginSection();
    flow.heading(1, "Scope and method", "scope");
    std::vector<std::pair<std::string, std::string>> facts {
        { "Scope", scopeText(assessment) },
        { "Settings", settingsText(assessment.settings) },
        { "Assessed as of", assessedAtText(assessment) },
        { "Source", shortened(printable(snapshot.label()), 400) },
        { "Files",
            counted(static_cast<std::uint64_t>(read), "file", "files") + " read (listed in the appendix), "
                + grouped(snapshot.passedOver()) + " passed over because they are not Kubernetes" },
        { "Objects",
            grouped(model.objects().size()) + " of " + counted(model.kinds().size(), "kind", "kinds") + ", "
                + counted(model.workloads().size(), "top workload", "top workloads") },
        { "Controls",
            grouped(assessment.controls.size()) + " of " + grouped(assessment.catalogue->entries.size())
                + ", rules of Plimsoll " + std::string(toolVersion()) },
    };
    if (!assessment.evidenceFiles.empty())
        facts.emplace_back(
            "Evidence", shortened(printable(join(std::span<const std::string>(assessment.evidenceFiles), ", ")), 400));
    if (!assessment.waivers.empty())
        facts.emplace_back("Waivers",
            counted(assessment.waivers.size(), "waiver", "waivers") + ", " + grouped(waivedCount(assessment)) + " of "
                + counted(assessment.findings.size(), "finding", "findings") + " waived");
    if (!assessment.review.verdicts.empty())
        facts.emplace_back("Review",
            shortened(printable(assessment.review.path), 300) + ", "
                + counted(assessment.review.verdicts.size(), "recorded verdict", "recorded verdicts"));
    const auto origin = originFacts(snapshot);
    facts.insert(facts.begin() + 3, origin.begin(), origin.end());
    factTable(flow, facts);
    flow.paragraph(
        "The review reads what the source states and nothing else: it does not contact the cluster. A finding "
        "names the top workload (a Deployment, not each of its pods), the binding that grants, or the object "
        "itself. Severity is fixed for each control by what its fault gives an attacker; where what fails is reached "
        "from outside, privileged, holds a powerful identity or does not run, its weight here is said beside it. "
        "Secret values were "
        "dropped while reading and appear nowhere. The SHA-256 of the source is taken over the sorted lines "
        "of relative path, NUL, SHA-256 of the file.");
    flow.heading(2, "Kinds in the source", "kinds", 90);
    kindTable(flow, model);
    flow.heading(2, "Kinds that are not in the source", "missing-kinds", 40);
    const std::vector<std::string> missing = missingKinds(assessment);
    flow.paragraph(missing.empty() ? "None: the source tells about every kind that a control needs. What a kind has no "
                                     "objects of is listed as empty."
                                   : "Controls that need these are not assessed: "
                + printable(join(std::span<const std::string>(missing), ", ")) + ".");
    problemTable(flow, model);
    flow.endSection();
}

void writeFrameworks(Flow& flow, const Material& material)
{
    if (material.assessment.frameworks.empty())
        return;
    flow.beginSection();
    flow.heading(1, "Frameworks", "frameworks");
    flow.paragraph(
        "Titles are our own words. Manual: a person decides. Not assessed: the data is not in the source, which "
        "is never a pass. Waived: all that fails is accepted by waivers. A recorded verdict is a person's and lies "
        "over "
        "the computed status without changing it. Objects are counted as failed of all that were evaluated.");
    frameworkRows(flow, material.assessment, material.assessment.frameworks.size());
    for (const assess::FrameworkResult& result : material.assessment.frameworks) {
        flow.beginSection();
        frameworkTable(flow, material.assessment, result);
        flow.endSection();
    }
    flow.endSection();
}

void writeNotAssessed(Flow& flow, const Material& material)
{
    const assess::Assessment& assessment = material.assessment;
    flow.beginSection();
    flow.heading(1, "Not assessed, and why", "not-assessed");
    if (material.notAssessed.empty())
        flow.paragraph("Every control in scope could be assessed on every object.");
    else
        flow.paragraph("Nothing here is a pass: the source lacks what the decision needs.");
    struct Line {
        std::string control, what, reason;
    };
    std::vector<Line> lines;
    for (const NotAssessedGroup& group : material.notAssessed) {
        const control::ControlText& text = assessment.catalogue->entries[group.control].text;
        std::size_t shown = 0;
        for (const assess::NotAssessedObject* row : group.rows) {
            if (++shown > maxObjectsNotAssessed) {
                lines.push_back(
                    { text.id, "and " + grouped(group.rows.size() - maxObjectsNotAssessed) + " more objects", "" });
                break;
            }
            lines.push_back({ text.id,
                row->object.isNone() ? "the whole control: " + text.title : assessment.cluster->titleOf(row->object),
                printable(row->reason) });
        }
    }
    const std::vector<Column> columns { { .title = "Control", .width = 54 }, { .title = "What", .width = 200 },
        { .title = "Why" } };
    flow.table(columns, lines.size(), [&](std::size_t index) {
        const Line& line = lines[index];
        return Row { { .text = line.control, .isBold = true }, { .text = line.what }, { .text = line.reason } };
    });
    flow.endSection();
}

} // namespace plimsoll::report::pdf
