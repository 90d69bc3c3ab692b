// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/assess/Assessment.h"

namespace plimsoll::ui::model {

// One change of what the reviewer adds to a source. Everything left empty stays as it is.
struct ReviewEdit {
    std::vector<control::RecordedVerdict> recorded; // each replaces the one of its requirement
    std::vector<std::pair<std::string, std::string>> withdrawn; // framework and requirement whose verdict is taken back
    std::vector<control::Waiver> waivers; // to be appended to waiverFile
    std::string waiverFile; // as in control::Review::waiverFiles: relative to the review file, or absolute
    std::vector<std::pair<std::string, std::string>> savedFilters; // name and text, added or replaced
    std::vector<std::string> droppedFilters; // by name
    std::vector<std::string> evidenceFiles; // to be read besides those that were; they stay until the source is closed
};

// Writes the change to the files of the review, reads them again and assesses the same cluster with them. A source
// that is no file (the sample, a live cluster) has no review file: then the change lives in the assessment alone.
// For a worker thread. Errors: those of control::readReview, writeReview, readWaivers and assess::assess; a review
// file that cannot be read is never written over.
Result<std::shared_ptr<const assess::Assessment>> applied(
    const assess::Assessment& assessment, const ReviewEdit& edit, TaskPool& pool, Progress& progress);

// What an assessment was made with, to make another of the same. Reads its evidence files again; waivers and review are
// those of the assessment. Errors: those of assess::readInputs.
Result<assess::Inputs> inputsOf(
    const assess::Assessment& assessment, const std::vector<std::string>& moreEvidence = {}, TaskPool* pool = nullptr);

// The review with the change, apart from what stands in files of waivers.
control::Review edited(control::Review review, const ReviewEdit& edit);

// What load() found beside a source. Problems: files that are broken; nothing of such a file is used.
struct ReviewFiles {
    assess::Inputs inputs;
    std::vector<Error> problems;
};
ReviewFiles readReviewOf(const std::string& source);

// The file that new waivers go to when nobody says otherwise: the first of the review, else "accepted-risks.yaml".
std::string defaultWaiverFile(const control::Review& review);

} // namespace plimsoll::ui::model
