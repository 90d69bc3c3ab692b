// SPDX-License-Identifier: Apache-2.0
#include "core/assess/detail/Waivers.h"

#include <algorithm>

namespace plimsoll::assess::detail {

namespace {

using control::Waiver;
using control::WaiverState;

// Without a date nothing can be said to hold: such waivers cover nothing and are told as not yet valid.
WaiverState stateAt(const Waiver& waiver, const std::optional<UnixSeconds>& date)
{
    if (!date || *date < waiver.created)
        return WaiverState::NotYet;
    return *date >= waiver.expires ? WaiverState::Expired : WaiverState::Unused;
}

// The waivers of each control of the catalogue, in order.
std::vector<std::vector<std::uint32_t>> waiversByControl(const Assessment& assessment)
{
    std::vector<std::vector<std::uint32_t>> byControl(assessment.catalogue->entries.size());
    for (std::uint32_t w = 0; w < assessment.waivers.size(); ++w) {
        for (std::size_t c = 0; c < byControl.size(); ++c) {
            if (assessment.waivers[w].matchesControl(assessment.catalogue->entries[c].text.id))
                byControl[c].push_back(w);
        }
    }
    return byControl;
}

// A waiver can be called unused only where everything was looked at that it could cover.
bool isWhollyInScope(const Assessment& assessment, const Waiver& waiver)
{
    if (!assessment.scope.namespaces.empty())
        return false;
    std::size_t wanted = 0;
    for (const control::Catalogue::Entry& entry : assessment.catalogue->entries)
        wanted += waiver.matchesControl(entry.text.id) ? 1 : 0;
    const auto ran = std::ranges::count_if(assessment.controls, [&](const ControlResult& result) {
        return waiver.matchesControl(assessment.catalogue->entries[result.control].text.id);
    });
    return static_cast<std::size_t>(ran) == wanted;
}

} // namespace

void applyWaivers(Assessment& assessment)
{
    for (const Waiver& waiver : assessment.waivers)
        assessment.waiverResults.push_back({ stateAt(waiver, assessment.assessedAt), 0, waiver.tooBroad() });
    const auto byControl = waiversByControl(assessment);
    std::vector<ControlResult*> results(byControl.size());
    for (ControlResult& result : assessment.controls)
        results[result.control] = &result;
    for (Finding& finding : assessment.findings) {
        for (const std::uint32_t w : byControl[finding.control]) {
            WaiverResult& result = assessment.waiverResults[w];
            const bool holds = result.state == WaiverState::Unused || result.state == WaiverState::Used;
            if (finding.isWaived() && holds)
                continue; // another one came first
            if (!assessment.waivers[w].coversObject(*assessment.cluster, finding.object, finding.evidence))
                continue;
            ++result.findings;
            if (!holds)
                continue;
            result.state = WaiverState::Used;
            finding.waiver = w;
            ++results[finding.control]->waived;
        }
        auto& counts = finding.isWaived() ? assessment.waivedBySeverity : assessment.countBySeverity;
        ++counts[static_cast<std::size_t>(finding.severity)];
    }
    for (std::size_t w = 0; w < assessment.waivers.size(); ++w) {
        WaiverState& state = assessment.waiverResults[w].state;
        if (state == WaiverState::Unused && !isWhollyInScope(assessment, assessment.waivers[w]))
            state = WaiverState::NotChecked;
    }
}

} // namespace plimsoll::assess::detail
