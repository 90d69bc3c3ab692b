// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>

#include "core/assess/Assessment.h"
#include "core/base/Text.h"

namespace plimsoll::assess {

Result<Inputs> readInputs(const std::string& reviewPath, const std::vector<std::string>& waiverFiles,
    const std::vector<std::string>& evidenceFiles)
{
    Inputs inputs;
    for (const std::string& file : evidenceFiles) {
        auto report = evidence::readKubeBench(file);
        if (!report)
            return std::unexpected(report.error());
        inputs.nodeReports.push_back(std::move(*report));
    }
    std::vector<std::string> files;
    if (!reviewPath.empty()) {
        auto review = control::readReview(reviewPath);
        if (!review)
            return std::unexpected(review.error());
        inputs.review = std::move(*review);
        for (const std::string& file : inputs.review.waiverFiles)
            files.push_back(inputs.review.resolved(file));
    }
    std::ranges::copy(waiverFiles, std::back_inserter(files));
    std::vector<std::string> seen;
    for (const std::string& file : files) {
        if (std::ranges::find(seen, file) != seen.end())
            continue;
        seen.push_back(file);
        auto waivers = control::readWaivers(file);
        if (!waivers)
            return std::unexpected(waivers.error());
        for (control::Waiver& waiver : *waivers) {
            const auto same = std::ranges::find(inputs.waivers, waiver.id, &control::Waiver::id);
            if (same != inputs.waivers.end())
                return failure(ErrorKind::Format,
                    "the waiver \"" + printable(waiver.id) + "\" stands in " + same->file + " too",
                    waiver.file + ':' + std::to_string(waiver.line), "give one of them another id");
            inputs.waivers.push_back(std::move(waiver));
        }
    }
    return inputs;
}

} // namespace plimsoll::assess
