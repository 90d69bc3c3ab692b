// SPDX-License-Identifier: Apache-2.0
#include "ui/model/ReviewEdit.h"

#include <algorithm>

#include <QFile>
#include <QSaveFile>

#include "ui/model/Text.h"

namespace plimsoll::ui::model {

namespace {

// A file of waivers is written by hand; more than this is something else.
constexpr qint64 maxWaiverBytes = 16 << 20;

Error accessError(const std::string& what, const std::string& path, const QString& why)
{
    return { .kind = ErrorKind::Access,
        .what = what + ": " + why.toStdString(),
        .where = path,
        .advice = "check the folder's permissions, or choose another file" };
}

Result<void> appendTo(const std::string& path, const std::vector<control::Waiver>& waivers)
{
    std::string whole;
    QFile file(QString::fromStdString(path));
    if (file.exists()) {
        if (!file.open(QIODevice::ReadOnly) || file.size() > maxWaiverBytes)
            return std::unexpected(accessError("the waivers cannot be read", path, file.errorString()));
        whole = file.readAll().toStdString();
        file.close();
    }
    for (const control::Waiver& waiver : waivers) {
        auto longer = control::appendWaiver(whole, waiver);
        if (!longer) {
            longer.error().where = path;
            return std::unexpected(std::move(longer.error()));
        }
        whole = *std::move(longer);
    }
    QSaveFile target(QString::fromStdString(path)); // renamed into place: whole or not at all
    if (!target.open(QIODevice::WriteOnly) || target.write(whole.data(), static_cast<qint64>(whole.size())) < 0
        || !target.commit())
        return std::unexpected(accessError("the waivers cannot be written", path, target.errorString()));
    return {};
}

// All waivers of a review; problems, if given, takes those of broken files, else the first one ends it.
Result<std::vector<control::Waiver>> waiversOf(const control::Review& review, std::vector<Error>* problems)
{
    std::vector<control::Waiver> all;
    for (const std::string& file : review.waiverFiles) {
        auto some = control::readWaivers(review.resolved(file));
        if (!some && !problems)
            return std::unexpected(std::move(some.error()));
        if (!some) {
            problems->push_back(std::move(some.error()));
            continue;
        }
        for (control::Waiver& waiver : *some) {
            const auto same = std::ranges::find(all, waiver.id, &control::Waiver::id);
            if (same == all.end())
                all.push_back(std::move(waiver));
            else if (problems)
                problems->push_back({ .kind = ErrorKind::Format,
                    .what = "the waiver \"" + waiver.id + "\" stands in " + same->file + " too",
                    .where = waiver.file + ':' + std::to_string(waiver.line),
                    .advice = "give one of them another id" });
        }
    }
    return all;
}

} // namespace

Result<assess::Inputs> inputsOf(
    const assess::Assessment& assessment, const std::vector<std::string>& moreEvidence, TaskPool* pool)
{
    std::vector<std::string> files = assessment.evidenceFiles;
    for (const std::string& file : moreEvidence) {
        if (std::ranges::find(files, file) == files.end())
            files.push_back(file);
    }
    auto inputs = assess::readInputs({}, {}, files, pool);
    if (!inputs)
        return inputs;
    inputs->waivers = assessment.waivers;
    inputs->review = assessment.review;
    return inputs;
}

control::Review edited(control::Review review, const ReviewEdit& edit)
{
    const auto drop = [&](const std::string& framework, const std::string& requirement) {
        std::erase_if(review.verdicts,
            [&](const auto& one) { return one.framework == framework && one.requirement == requirement; });
    };
    for (const auto& [framework, requirement] : edit.withdrawn)
        drop(framework, requirement);
    for (const control::RecordedVerdict& verdict : edit.recorded) {
        drop(verdict.framework, verdict.requirement);
        review.verdicts.push_back(verdict);
    }
    if (!edit.waivers.empty() && std::ranges::find(review.waiverFiles, edit.waiverFile) == review.waiverFiles.end())
        review.waiverFiles.push_back(edit.waiverFile);
    for (const std::string& name : edit.droppedFilters)
        std::erase_if(review.filters, [&](const auto& one) { return one.first == name; });
    for (const auto& filter : edit.savedFilters) {
        const auto found = std::ranges::find(review.filters, filter.first, &std::pair<std::string, std::string>::first);
        if (found == review.filters.end())
            review.filters.push_back(filter);
        else
            found->second = filter.second;
    }
    return review;
}

Result<std::shared_ptr<const assess::Assessment>> applied(
    const assess::Assessment& assessment, const ReviewEdit& edit, TaskPool& pool, Progress& progress)
{
    auto kept = inputsOf(assessment, edit.evidenceFiles, &pool);
    if (!kept)
        return std::unexpected(std::move(kept.error()));
    assess::Inputs& inputs = *kept;
    if (!edit.evidenceFiles.empty()) // nothing is written for them
        return assess::assess(
            assessment.cluster, assessment.catalogue, assessment.settings, assessment.scope, pool, progress, inputs);
    const std::string path = assessment.review.path;
    if (path.empty()) {
        inputs.review = edited(assessment.review, edit);
        inputs.review.waiverFiles = assessment.review.waiverFiles;
        inputs.waivers.insert(inputs.waivers.end(), edit.waivers.begin(), edit.waivers.end());
    } else {
        // Read again: somebody may have changed it by hand since.
        const auto lock = control::ReviewLock::take(path);
        if (!lock)
            return std::unexpected(lock.error());
        auto review = control::readReview(path);
        if (!review)
            return std::unexpected(std::move(review.error()));
        inputs.review = edited(*std::move(review), edit);
        if (!edit.waivers.empty()) {
            if (auto done = appendTo(inputs.review.resolved(edit.waiverFile), edit.waivers); !done)
                return std::unexpected(std::move(done.error()));
        }
        if (auto done = control::writeReview(inputs.review); !done)
            return std::unexpected(std::move(done.error()));
        std::vector<Error> broken; // said when the source was opened
        inputs.waivers = *waiversOf(inputs.review, &broken);
    }
    return assess::assess(
        assessment.cluster, assessment.catalogue, assessment.settings, assessment.scope, pool, progress, inputs);
}

ReviewFiles readReviewOf(const std::string& source)
{
    ReviewFiles files;
    const std::string path = control::reviewPathFor(source);
    auto review = control::readReview(path);
    if (!review) {
        files.inputs.review.path = path; // so that changes are refused instead of written over it
        files.problems.push_back(std::move(review.error()));
        return files;
    }
    files.inputs.review = *std::move(review);
    files.inputs.waivers = *waiversOf(files.inputs.review, &files.problems);
    return files;
}

std::string defaultWaiverFile(const control::Review& review)
{
    return review.waiverFiles.empty() ? std::string("accepted-risks.yaml") : review.waiverFiles.front();
}

} // namespace plimsoll::ui::model
