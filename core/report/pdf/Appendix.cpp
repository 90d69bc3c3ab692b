// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/base/Text.h"
#include "core/report/pdf/Sections.h"

namespace plimsoll::report::pdf {

namespace {

constexpr double smallSize = 7;
constexpr std::size_t maxFiles = 2'000;

void findingTable(Flow& flow, const Material& material, Progress& progress)
{
    const assess::Assessment& assessment = material.assessment;
    flow.heading(1, "Appendix A: all findings", "appendix-findings");
    std::vector<const assess::Finding*> open;
    for (const assess::Finding& finding : assessment.findings) {
        if (!finding.isWaived())
            open.push_back(&finding);
    }
    if (open.empty())
        flow.paragraph("None.");
    if (open.size() < assessment.findings.size())
        flow.paragraph("The open ones; waived findings are listed in the chapter Waivers.", softStyle);
    const std::vector<Column> columns { { .title = "", .width = 18 }, { .title = "Control", .width = 48 },
        { .title = "Object", .width = 210 }, { .title = "What is wrong" } };
    flow.table(
        columns, open.size(),
        [&](std::size_t index) {
            const assess::Finding& finding = *open[index];
            progress.advance(1);
            const control::ControlText& text = assessment.entry(finding).text;
            return Row { { .severity = finding.severity }, { .text = text.id, .destination = controlDestination(text) },
                { .text = printable(assessment.cluster->refOf(finding.object)) },
                { .text = shortened(printable(finding.message), 52) } };
        },
        smallSize);
}

std::string verdictText(const assess::ControlResult& result)
{
    switch (result.verdict) {
    case control::Verdict::Pass:
        return "pass";
    case control::Verdict::Fail:
        return result.isWaived() ? "waived" : "fail";
    case control::Verdict::NotAssessed:
        return "not assessed";
    }
    return {};
}

Colour verdictColour(const assess::ControlResult& result)
{
    if (result.verdict == control::Verdict::Pass)
        return passColour;
    return result.verdict == control::Verdict::NotAssessed ? openColour : result.isWaived() ? waivedColour : failColour;
}

void catalogue(Flow& flow, const Material& material)
{
    const assess::Assessment& assessment = material.assessment;
    flow.heading(1, "Appendix B: controls", "appendix-controls");
    const std::vector<Column> columns { { .title = "", .width = 18 }, { .title = "Control", .width = 50 },
        { .title = "Title", .width = 136 }, { .title = "Result", .width = 66 },
        { .title = "Failed", .width = 38, .isRight = true }, { .title = "Waived", .width = 38, .isRight = true },
        { .title = "Passed", .width = 38, .isRight = true }, { .title = "Frameworks" } };
    flow.table(
        columns, assessment.controls.size(),
        [&](std::size_t index) {
            const assess::ControlResult& result = assessment.controls[index];
            const control::Catalogue::Entry& entry = assessment.catalogue->entries[result.control];
            Row row { { .severity = entry.text.severity }, { .text = entry.text.id }, { .text = entry.text.title },
                { .text = verdictText(result), .dot = verdictColour(result) }, { .text = grouped(result.failed) },
                { .text = grouped(result.waived) }, { .text = grouped(result.passed) },
                { .text = join(std::span<const std::string>(entry.frameworks), ", ") } };
            if (result.failed > result.waived)
                row[1].destination = controlDestination(entry.text);
            return row;
        },
        smallSize);
}

void files(Flow& flow, const Material& material)
{
    std::vector<const snapshot::SourceFile*> read;
    for (const snapshot::SourceFile& file : material.assessment.cluster->snapshot().files()) {
        if (file.content != snapshot::SourceFile::Content::NotKubernetes)
            read.push_back(&file);
    }
    flow.heading(1, "Appendix C: files read", "appendix-files");
    flow.paragraph("SHA-256 of the source: " + material.assessment.cluster->snapshot().sourceHash(), softStyle);
    const std::size_t count = std::min(read.size(), maxFiles);
    const std::vector<Column> columns { { .title = "File" }, { .title = "Bytes", .width = 56, .isRight = true },
        { .title = "Objects", .width = 44, .isRight = true }, { .title = "SHA-256", .width = 166, .isMono = true } };
    flow.table(
        columns, count,
        [&](std::size_t index) {
            const snapshot::SourceFile& file = *read[index];
            return Row { { .text = printable(file.name) }, { .text = grouped(file.bytes) },
                { .text = grouped(file.objects) }, { .text = file.sha256 } };
        },
        smallSize);
    if (count < read.size())
        flow.paragraph("The first " + grouped(count) + " of " + grouped(read.size()) + '.', softStyle);
}

} // namespace

void writeAppendix(Flow& flow, const Material& material, Progress& progress)
{
    flow.beginSection();
    findingTable(flow, material, progress);
    flow.endSection();
    flow.beginSection();
    catalogue(flow, material);
    flow.endSection();
    flow.beginSection();
    files(flow, material);
    flow.endSection();
}

} // namespace plimsoll::report::pdf
