// SPDX-License-Identifier: Apache-2.0
#include "core/assess/detail/Frameworks.h"

#include <algorithm>

namespace plimsoll::assess::detail {

namespace {

using Status = RequirementResult::Status;

const ControlResult* resultOf(const Assessment& assessment, std::string_view id)
{
    const control::Catalogue::Entry* entry = assessment.catalogue->find(id);
    const auto control = static_cast<std::uint32_t>(entry - assessment.catalogue->entries.data());
    const auto found = std::ranges::lower_bound(assessment.controls, control, {}, &ControlResult::control);
    return found == assessment.controls.end() || found->control != control ? nullptr : &*found;
}

// What the controls of a requirement come to.
struct Tally {
    std::uint32_t failed = 0, waived = 0, passed = 0; // objects
    bool isOpen = false; // a failure that nobody accepted
    std::string undecided; // why one of them is not decided, "" when all are
};

// Behind a failure, what could not be assessed does not matter; once the failure is accepted, it does.
void addGapsOf(const Assessment& assessment, const ControlResult& result, const std::string& id, Tally& tally)
{
    const auto gap = std::ranges::lower_bound(assessment.notAssessed, result.control, {}, &NotAssessedObject::control);
    if (gap != assessment.notAssessed.end() && gap->control == result.control)
        tally.undecided = id + ": " + gap->reason;
}

Tally verdictsOf(const Assessment& assessment, const control::Requirement& requirement)
{
    Tally tally;
    if (requirement.controls.empty())
        tally.undecided = "no control decides it";
    for (const std::string& id : requirement.controls) {
        const ControlResult* found = resultOf(assessment, id);
        if (!found) {
            tally.undecided = id + " was not in the scope of this assessment";
            continue;
        }
        tally.failed += found->failed;
        tally.waived += found->waived;
        tally.passed += found->passed;
        tally.isOpen = tally.isOpen || found->failed > found->waived;
        if (found->verdict == Verdict::NotAssessed)
            tally.undecided = id + ": " + found->reason;
        else if (found->isWaived())
            addGapsOf(assessment, *found, id, tally);
    }
    return tally;
}

RequirementResult score(const Assessment& assessment, const control::Framework& framework, std::uint32_t index)
{
    const control::Requirement& requirement = framework.requirements[index];
    const Tally tally = verdictsOf(assessment, requirement);
    RequirementResult result;
    result.requirement = index;
    result.failedObjects = tally.failed;
    result.waivedObjects = tally.waived;
    result.passedObjects = tally.passed;
    if (const auto* recorded = assessment.review.verdictOf(framework.id, requirement.id))
        result.recorded = static_cast<std::uint32_t>(recorded - assessment.review.verdicts.data());
    if (requirement.mode == control::Requirement::Mode::Manual) {
        result.status = Status::Manual;
        result.reason = requirement.lookAt;
    } else if (tally.isOpen) {
        result.status = Status::Fail;
    } else if (!tally.undecided.empty()) {
        result.status = Status::NotAssessed;
        const bool needsNodes = requirement.mode == control::Requirement::Mode::NeedsNodeData;
        result.reason = needsNodes ? "needs data of the nodes: " + requirement.lookAt : tally.undecided;
    } else {
        result.status = tally.waived > 0 ? Status::Waived : Status::Pass;
    }
    return result;
}

void count(const Assessment& assessment, const RequirementResult& requirement, FrameworkResult& result)
{
    switch (requirement.status) {
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
    if (!requirement.recorded)
        return;
    switch (assessment.review.verdicts[*requirement.recorded].verdict) {
    case control::ManualVerdict::Pass:
        ++result.recordedPass;
        break;
    case control::ManualVerdict::Fail:
        ++result.recordedFail;
        break;
    case control::ManualVerdict::NotApplicable:
        ++result.recordedNotApplicable;
        break;
    }
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
            result.requirements.push_back(score(assessment, framework, r));
            count(assessment, result.requirements.back(), result);
        }
        assessment.frameworks.push_back(std::move(result));
    }
}

} // namespace plimsoll::assess::detail
