// SPDX-License-Identifier: Apache-2.0
#include "core/assess/detail/Severity.h"

#include "core/control/Circumstances.h"

namespace plimsoll::assess::detail {

void weighFindings(const control::Context& context, Assessment& assessment)
{
    if (assessment.findings.empty())
        return;
    const std::vector<control::Circumstances> all = control::circumstancesOf(context);
    for (Finding& finding : assessment.findings) {
        if (finding.owner.isNone())
            continue;
        auto effective
            = control::effectiveSeverity(assessment.entry(finding).text.id, finding.severity, all[finding.owner.index]);
        finding.effectiveSeverity = effective.severity;
        finding.severityReasons = std::move(effective.reasons);
    }
}

} // namespace plimsoll::assess::detail
