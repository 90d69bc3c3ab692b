// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/base/Text.h"
#include "core/report/pdf/Sections.h"

// The findings, control by control.
namespace plimsoll::report::pdf {

namespace {

void objectTable(Flow& flow, const Material& material, const ControlGroup& group)
{
    const assess::Assessment& assessment = material.assessment;
    const std::size_t count = std::min(group.findings.size(), maxObjectsOfControl);
    flow.label(group.findings.size() == 1 ? "Affected object" : "Affected objects", 190);
    const bool countsPods
        = std::ranges::any_of(group.findings, [](const auto* finding) { return finding->affected > 1; });
    const bool isWeighed = std::ranges::any_of(
        group.findings, [](const auto* finding) { return finding->effectiveSeverity != finding->severity; });
    std::vector<Column> columns { { .title = "Object", .width = 150 }, { .title = "What is wrong" },
        { .title = "Where", .width = 98, .isMono = true } };
    if (countsPods)
        columns.insert(columns.begin() + 1, { .title = "Behind", .width = 46, .isRight = true });
    if (isWeighed)
        columns.insert(columns.begin(), { .title = "Here", .width = 28 });
    flow.table(
        columns, count,
        [&](std::size_t index) {
            const assess::Finding& finding = *group.findings[index];
            std::string where;
            if (const auto place = material.places.of(finding, 0); !finding.evidence.empty() && !place.file.empty())
                where = place.file + ':' + std::to_string(place.line);
            Row row { { .text = assessment.cluster->refOf(finding.object) }, { .text = printable(finding.message) },
                { .text = where } };
            if (countsPods)
                row.insert(row.begin() + 1, Cell { .text = grouped(finding.affected) });
            if (const std::string inContext = inContextText(finding); !inContext.empty())
                row[countsPods ? 2 : 1].text
                    += ". " + titled(finding.effectiveSeverity) + inContext.substr(inContext.find(' '));
            if (isWeighed)
                row.insert(row.begin(), Cell { .severity = finding.effectiveSeverity });
            return row;
        },
        7.5);
    if (count < group.findings.size())
        flow.paragraph(
            "First " + grouped(count) + " of " + grouped(group.findings.size()) + ", all in the appendix.", softStyle);
}

void prose(Flow& flow, std::string_view text)
{
    for (std::string_view part : split(text, '\n')) {
        part = trimmed(part);
        if (!part.empty())
            flow.paragraph(part, bodyStyle, 0, 4);
    }
    flow.space(2);
}

void evidence(Flow& flow, const GroupMaterial& texts)
{
    if (texts.excerpts.empty())
        return;
    flow.label("Evidence", 20 + flow.codeKeep(texts.excerpts.front().lines));
    for (const Excerpt& excerpt : texts.excerpts) {
        flow.need(20 + flow.codeKeep(excerpt.lines));
        flow.paragraph(printable(excerpt.caption), softStyle, 0, 2);
        flow.code(excerpt.lines);
    }
}

void remedy(Flow& flow, const control::ControlText& text, const GroupMaterial& texts)
{
    flow.label("Remediation");
    prose(flow, text.remediation);
    if (!texts.patch)
        return;
    flow.need(20 + flow.codeKeep(texts.patch->yaml));
    flow.paragraph("For example, for " + printable(texts.patch->target) + ":", softStyle, 0, 2);
    flow.code(texts.patch->yaml);
    flow.code(texts.patch->command);
}

void writeControl(Flow& flow, const Material& material, std::size_t index)
{
    const ControlGroup& group = material.groups[index];
    const control::Catalogue::Entry& entry = material.assessment.catalogue->entries[group.control];
    flow.heading(2, entry.text.id + "  " + entry.text.title, controlDestination(entry.text), 110, entry.text.severity);
    std::string facts = titled(entry.text.severity) + "  ·  " + counted(group.findings.size(), "object", "objects");
    if (group.waived > 0)
        facts += " and " + grouped(group.waived) + " waived";
    if (!entry.frameworks.empty())
        facts += "  ·  " + join(std::span<const std::string>(entry.frameworks), ", ");
    if (!entry.text.aka.empty())
        facts += "  ·  also " + join(std::span<const std::string>(entry.text.aka), ", ");
    flow.paragraph(facts, softStyle);
    prose(flow, entry.text.description);
    const std::vector<Span> why { { "Why " + std::string(toText(entry.text.severity)) + ": ", boldStyle },
        { std::string(trimmed(entry.text.severityReason)), bodyStyle } };
    flow.paragraph(why);
    objectTable(flow, material, group);
    evidence(flow, material.texts[index]);
    remedy(flow, entry.text, material.texts[index]);
    if (!entry.text.references.empty())
        flow.paragraph("References: " + join(std::span<const std::string>(entry.text.references), ", "), softStyle);
}

} // namespace

void writeFindings(Flow& flow, const Material& material, Progress& progress)
{
    flow.beginSection();
    if (material.groups.empty()) {
        flow.heading(1, "Findings", "findings");
        flow.paragraph(noFindingsText(material.assessment) + '.');
    }
    std::optional<control::Severity> part;
    for (std::size_t index = 0; index < material.groups.size() && !progress.isCancelled(); ++index) {
        const control::Severity severity = material.groups[index].findings.front()->severity;
        if (part != severity) {
            part = severity;
            const std::uint32_t count = material.assessment.countBySeverity[static_cast<std::size_t>(severity)];
            flow.heading(1, titled(severity) + " findings", "findings-" + std::string(toText(severity)));
            flow.paragraph(counted(count, "finding", "findings") + " of this severity, grouped by control.", softStyle);
        }
        flow.beginSection();
        writeControl(flow, material, index);
        flow.endSection();
        progress.advance(1);
    }
    flow.endSection();
}

} // namespace plimsoll::report::pdf
