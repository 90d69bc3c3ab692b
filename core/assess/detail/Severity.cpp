// SPDX-License-Identifier: Apache-2.0
#include "core/assess/detail/Severity.h"

#include "core/control/Circumstances.h"

namespace plimsoll::assess::detail {

void weighFindings(const control::Context& context, Assessment& assessment, TaskPool& pool)
{
    if (assessment.findings.empty())
        return;
    const std::vector<control::Circumstances> all = control::circumstancesOf(context);
    constexpr std::size_t grain = 1024;
    pool.parallelFor(assessment.findings.size(), grain, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
            Finding& finding = assessment.findings[i];
            if (finding.owner.isNone())
                continue;
            auto effective = control::effectiveSeverity(
                assessment.entry(finding).text.id, finding.severity, all[finding.owner.index]);
            finding.effectiveSeverity = effective.severity;
            finding.severityReasons = std::move(effective.reasons);
        }
    });
}

} // namespace plimsoll::assess::detail
