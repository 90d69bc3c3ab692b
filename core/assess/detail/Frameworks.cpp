// SPDX-License-Identifier: Apache-2.0
#include "core/assess/detail/Frameworks.h"

#include <algorithm>

namespace plimsoll::assess::detail {

namespace {

using Status = RequirementResult::Status;

RequirementResult score(const Assessment& assessment, const control::Requirement& requirement, std::uint32_t index)
{
    RequirementResult result;
    result.requirement = index;
    result.status = Status::Pass;
    bool isDecided = !requirement.controls.empty();
    for (const std::string& id : requirement.controls) {
        const control::Catalogue::Entry* entry = assessment.catalogue->find(id);
        const auto control = static_cast<std::uint32_t>(entry - assessment.catalogue->entries.data());
        const auto found = std::ranges::find(assessment.controls, control, &ControlResult::control);
        if (found == assessment.controls.end()) {
            isDecided = false;
            result.reason = id + " was not in the scope of this assessment";
            continue;
        }
        result.failedObjects += found->failed;
        result.passedObjects += found->passed;
        if (found->verdict == Verdict::Fail)
            result.status = Status::Fail;
        if (found->verdict == Verdict::NotAssessed) {
            isDecided = false;
            result.reason = id + ": " + found->reason;
        }
    }
    if (requirement.mode == control::Requirement::Mode::Manual) {
        result.status = Status::Manual;
        result.reason = requirement.lookAt;
    } else if (requirement.mode == control::Requirement::Mode::NeedsNodeData) {
        result.status = Status::NotAssessed;
        result.reason = "needs data of the nodes: " + requirement.lookAt;
    } else if (result.status == Status::Fail) {
        result.reason.clear();
    } else if (!isDecided) {
        result.status = Status::NotAssessed;
    }
    return result;
}

} // namespace

void scoreFrameworks(Assessment& assessment)
{
    const auto& wanted = assessment.scope.frameworks;
    for (std::uint32_t f = 0; f < assessment.catalogue->frameworks.size(); ++f) {
        const control::Framework& framework = assessment.catalogue->frameworks[f];
        if (!wanted.empty() && std::ranges::find(wanted, framework.id) == wanted.end())
            continue;
        FrameworkResult result;
        result.framework = f;
        for (std::uint32_t r = 0; r < framework.requirements.size(); ++r) {
            result.requirements.push_back(score(assessment, framework.requirements[r], r));
            switch (result.requirements.back().status) {
            case Status::Pass:
                ++result.passed;
                break;
            case Status::Fail:
                ++result.failed;
                break;
            case Status::Waived:
                ++result.waived;
                break;
            case Status::Manual:
                ++result.manual;
                break;
            case Status::NotAssessed:
                ++result.notAssessed;
                break;
            }
        }
        assessment.frameworks.push_back(std::move(result));
    }
}

} // namespace plimsoll::assess::detail
