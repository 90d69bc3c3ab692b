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
struct Verdicts {
    std::uint32_t failed = 0, waived = 0, passed = 0; // objects
    bool isOpen = false; // a failure that nobody accepted
    std::string undecided; // why one of them is not decided, "" when all are
};

// Behind a failure, what could not be assessed does not matter; once the failure is accepted, it does.
void addGapsOf(const Assessment& assessment, const ControlResult& result, const std::string& id, Verdicts& verdicts)
{
    const auto gap = std::ranges::lower_bound(assessment.notAssessed, result.control, {}, &NotAssessedObject::control);
    if (gap != assessment.notAssessed.end() && gap->control == result.control)
        verdicts.undecided = id + ": " + gap->reason;
}

Verdicts verdictsOf(const Assessment& assessment, const control::Requirement& requirement)
{
    Verdicts verdicts;
    if (requirement.controls.empty())
        verdicts.undecided = "no control decides it";
    for (const std::string& id : requirement.controls) {
        const ControlResult* found = resultOf(assessment, id);
        if (!found) {
            verdicts.undecided = id + " was not in the scope of this assessment";
            continue;
        }
        verdicts.failed += found->failed;
        verdicts.waived += found->waived;
        verdicts.passed += found->passed;
        verdicts.isOpen = verdicts.isOpen || found->failed > found->waived;
        if (found->verdict == Verdict::NotAssessed)
            verdicts.undecided = id + ": " + found->reason;
        else if (found->isWaived())
            addGapsOf(assessment, *found, id, verdicts);
    }
    return verdicts;
}

RequirementResult score(const Assessment& assessment, const control::Framework& framework, std::uint32_t index)
{
    const control::Requirement& requirement = framework.requirements[index];
    const Verdicts verdicts = verdictsOf(assessment, requirement);
    RequirementResult result;
    result.requirement = index;
    result.failedObjects = verdicts.failed;
    result.waivedObjects = verdicts.waived;
    result.passedObjects = verdicts.passed;
    if (const auto* recorded = assessment.review.verdictOf(framework.id, requirement.id))
        result.recorded = static_cast<std::uint32_t>(recorded - assessment.review.verdicts.data());
    if (requirement.mode == control::Requirement::Mode::Manual) {
        result.status = Status::Manual;
        result.reason = requirement.lookAt;
    } else if (verdicts.isOpen) {
        result.status = Status::Fail;
    } else if (!verdicts.undecided.empty()) {
        result.status = Status::NotAssessed;
        const bool needsNodes = requirement.mode == control::Requirement::Mode::NeedsNodeData;
        result.reason = needsNodes ? "needs data of the nodes: " + requirement.lookAt : verdicts.undecided;
    } else {
        result.status = verdicts.waived > 0 ? Status::Waived : Status::Pass;
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
