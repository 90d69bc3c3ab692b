// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/base/Text.h"
#include "core/report/pdf/Sections.h"

// Accepted risks: who accepted what, until when, and which findings that covers.
namespace plimsoll::report::pdf {

namespace {

constexpr std::size_t maxSuggestions = 40;

Colour stateColour(control::WaiverState state)
{
    switch (state) {
    case control::WaiverState::Used:
        return waivedColour;
    case control::WaiverState::Expired:
        return failColour;
    case control::WaiverState::Unused:
    case control::WaiverState::NotYet:
    case control::WaiverState::NotChecked:
        return openColour;
    }
    return openColour;
}

void waiverTable(Flow& flow, const assess::Assessment& assessment)
{
    const std::vector<Column> columns { { .title = "Waiver", .width = 82 }, { .title = "Accepts", .width = 108 },
        { .title = "Why, and who answers for it" }, { .title = "Until", .width = 54 },
        { .title = "State", .width = 96 } };
    flow.table(
        columns, assessment.waivers.size(),
        [&](std::size_t index) {
            const control::Waiver& waiver = assessment.waivers[index];
            const std::string controls = join(std::span<const std::string>(waiver.controls), ", ");
            const std::string who = "owner " + waiver.owner + ", approved by " + waiver.approver + " on "
                + formatDate(waiver.created) + "; " + waiver.file + ':' + std::to_string(waiver.line);
            return Row { { .text = printable(waiver.id), .isBold = true },
                { .text = controls + ": " + coverageText(waiver) }, { .text = printable(waiver.reason + " — " + who) },
                { .text = untilText(waiver) },
                { .text = waiverStateText(assessment, index),
                    .dot = stateColour(assessment.waiverResults[index].state) } };
        },
        7.5);
}

// Every one of them: nothing that is accepted may be hidden by a limit.
void waivedTable(Flow& flow, const assess::Assessment& assessment)
{
    std::vector<const assess::Finding*> waived;
    for (const assess::Finding& finding : assessment.findings) {
        if (finding.isWaived())
            waived.push_back(&finding);
    }
    if (waived.empty())
        return;
    flow.heading(2, "Waived findings", "waived-findings", 60);
    const std::vector<Column> columns { { .title = "", .width = 18 }, { .title = "Control", .width = 48 },
        { .title = "Object", .width = 170 }, { .title = "What is wrong" }, { .title = "Waiver", .width = 90 } };
    flow.table(
        columns, waived.size(),
        [&](std::size_t index) {
            const assess::Finding& finding = *waived[index];
            return Row { { .severity = finding.severity }, { .text = assessment.entry(finding).text.id },
                { .text = printable(assessment.cluster->refOf(finding.object)) },
                { .text = shortened(printable(finding.message), 80) },
                { .text = printable(assessment.waivers[*finding.waiver].id) } };
        },
        7);
}

void suggestionTable(Flow& flow, const assess::Assessment& assessment)
{
    const auto& suggestions = assessment.waiverSuggestions;
    if (suggestions.empty())
        return;
    flow.heading(2, "What other tools were told to accept", "waiver-suggestions", 80);
    flow.paragraph("Annotations for other tools accept nothing here. They may be worth a waiver with an owner and an "
                   "end.",
        softStyle);
    const std::size_t count = std::min(suggestions.size(), maxSuggestions);
    const std::vector<Column> columns { { .title = "Tool", .width = 60 }, { .title = "Rule", .width = 130 },
        { .title = "Controls", .width = 80 }, { .title = "Object" }, { .title = "Reason given", .width = 100 } };
    flow.table(
        columns, count,
        [&](std::size_t index) {
            const control::WaiverSuggestion& suggestion = suggestions[index];
            return Row { { .text = suggestion.tool }, { .text = printable(suggestion.rule) },
                { .text = join(std::span<const std::string>(suggestion.controls), ", ") },
                { .text = suggestion.object.isNone() ? "" : printable(assessment.cluster->refOf(suggestion.object)) },
                { .text = shortened(printable(suggestion.reason), 120) } };
        },
        7);
    if (count < suggestions.size())
        flow.paragraph("The first " + grouped(count) + " of " + grouped(suggestions.size()) + '.', softStyle);
}

} // namespace

void writeWaivers(Flow& flow, const Material& material)
{
    const assess::Assessment& assessment = material.assessment;
    if (assessment.waivers.empty() && assessment.waiverSuggestions.empty())
        return;
    flow.beginSection();
    flow.heading(1, "Waivers", "waivers");
    std::array<std::uint64_t, 5> states {};
    std::uint64_t broad = 0;
    for (const assess::WaiverResult& result : assessment.waiverResults) {
        ++states[static_cast<std::size_t>(result.state)];
        broad += result.tooBroad.empty() ? 0 : 1;
    }
    std::vector<std::string> parts;
    for (const control::WaiverState state : { control::WaiverState::Used, control::WaiverState::Unused,
             control::WaiverState::Expired, control::WaiverState::NotYet, control::WaiverState::NotChecked }) {
        if (const std::uint64_t count = states[static_cast<std::size_t>(state)])
            parts.push_back(grouped(count) + ' ' + std::string(toText(state)));
    }
    if (assessment.waivers.empty()) {
        flow.paragraph("No risk is accepted in this review.");
    } else {
        flow.paragraph("A waiver accepts a risk: what it covers is a finding still, and counted apart from the open "
                       "ones. Of "
            + counted(assessment.waivers.size(), "waiver", "waivers") + ": "
            + join(std::span<const std::string>(parts), ", ") + "; "
            + (broad == 0        ? "none is"
                    : broad == 1 ? "1 is"
                                 : grouped(broad) + " are")
            + " too broad.");
        waiverTable(flow, assessment);
        waivedTable(flow, assessment);
    }
    suggestionTable(flow, assessment);
    flow.endSection();
}

} // namespace plimsoll::report::pdf
