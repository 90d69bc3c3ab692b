// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <QString>

#include "core/assess/Assessment.h"

// From what a person opens to the assessment: the work of a job, free of any window.
namespace plimsoll::ui::shell {

struct OpenRequest {
    std::vector<std::string> paths; // empty with isSample
    bool isSample = false;

    bool operator==(const OpenRequest&) const = default;
};

// Reads, models and assesses. Errors: those of cluster::loadCluster, control::loadCatalogue and assess::assess.
Result<std::shared_ptr<const assess::Assessment>> load(const OpenRequest& request, TaskPool& pool, Progress& progress);

// "pods.json", "sample cluster", "3 sources": for titles.
QString titleOf(const OpenRequest& request);

} // namespace plimsoll::ui::shell
