// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <QString>

#include "core/assess/Assessment.h"
#include "ui/shell/connect/Live.h"

// From what a person opens to the assessment: the work of a job, free of any window.
namespace plimsoll::ui::shell {

struct OpenRequest {
    std::vector<std::string> paths; // empty with isSample and live
    bool isSample = false;
    std::shared_ptr<const LiveCapture> live = {}; // what Connect collected
    // For an encrypted snapshot file.
    std::optional<std::string> passphrase = {};
    std::string identityFile = {};

    bool operator==(const OpenRequest&) const = default;
};

// Reads, models and assesses. Errors: those of cluster::loadCluster, control::loadCatalogue and assess::assess.
// reviewProblems, if given, takes what is wrong with the review file beside the source and its waivers; the assessment
// is made without what is broken.
Result<std::shared_ptr<const assess::Assessment>> load(
    const OpenRequest& request, TaskPool& pool, Progress& progress, std::vector<Error>* reviewProblems = nullptr);

// What load() reads, and how.
std::vector<snapshot::Source> sourcesOf(const OpenRequest& request);
snapshot::ImportOptions importOptionsOf(const OpenRequest& request);

// What a file is besides data of a cluster, told from its first bytes.
enum class FileNature : std::uint8_t { Other, PassphraseEncrypted, KeyEncrypted, Kubeconfig };
// Of the first path that is something else than Other. Reads files: for a worker thread.
struct NatureOfSource {
    FileNature nature = FileNature::Other;
    std::string path;
};
NatureOfSource natureOf(const OpenRequest& request);

// "pods.json", "sample cluster", "context prod", "3 sources": for titles.
QString titleOf(const OpenRequest& request);

} // namespace plimsoll::ui::shell
