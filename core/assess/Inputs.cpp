// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <iterator>

#include "core/assess/Assessment.h"
#include "core/base/Text.h"
#include "core/evidence/Head.h"
#include "core/format/YamlFile.h"

namespace plimsoll::assess {

namespace {

// The files of folders in the order of their names; all else as it is.
Result<std::vector<std::string>> withFolders(const std::vector<std::string>& given)
{
    std::vector<std::string> files;
    for (const std::string& path : given) {
        std::error_code error;
        if (!std::filesystem::is_directory(path, error)) {
            files.push_back(path);
            continue;
        }
        const std::size_t begin = files.size();
        for (std::filesystem::directory_iterator at(path, error), end; !error && at != end; at.increment(error)) {
            if (at->is_regular_file(error) && !at->path().filename().string().starts_with('.'))
                files.push_back(at->path().string());
        }
        if (error)
            return failure(
                ErrorKind::Access, "cannot list the folder (" + error.message() + ')', path, "check its permissions");
        std::sort(files.begin() + static_cast<std::ptrdiff_t>(begin), files.end());
    }
    return files;
}

// Everything but reports of scanners, which are read together. False: it is none of these.
Result<bool> readOther(const std::string& file, Inputs& inputs)
{
    auto head = evidence::headOfFile(file);
    if (!head)
        return std::unexpected(head.error());
    if (evidence::isEncryptionConfig(*head)) { // first: it holds keys
        ::explicit_bzero(head->data(), head->size());
        auto text = format::YamlFile::readText(file, "the encryption configuration");
        if (!text)
            return std::unexpected(text.error());
        auto config = evidence::readEncryptionConfig(*text, file); // overwrites the keys
        if (!config)
            return std::unexpected(config.error());
        inputs.encryption.push_back(std::move(*config));
        return true;
    }
    Progress silent;
    if (evidence::isAuditLog(*head)) {
        auto log = evidence::readAuditLogFile(file, silent);
        if (!log)
            return std::unexpected(log.error());
        if (inputs.audit)
            inputs.audit->add(std::move(*log));
        else
            inputs.audit = std::move(*log);
    } else if (evidence::isAlertLog(*head)) {
        auto log = evidence::readAlertLogFile(file, silent);
        if (!log)
            return std::unexpected(log.error());
        if (inputs.alerts)
            inputs.alerts->add(std::move(*log));
        else
            inputs.alerts = std::move(*log);
    } else if (evidence::isKubeBench(*head)) {
        auto report = evidence::readKubeBench(file);
        if (!report)
            return std::unexpected(report.error());
        inputs.nodeReports.push_back(std::move(*report));
    } else if (evidence::isAuditPolicy(*head)) {
        auto text = format::YamlFile::readText(file, "the audit policy");
        if (!text)
            return std::unexpected(text.error());
        auto policy = evidence::readAuditPolicyText(*text, file);
        if (!policy)
            return std::unexpected(policy.error());
        inputs.auditPolicies.push_back(std::move(*policy));
    } else {
        return false;
    }
    return true;
}

Result<void> readEvidence(const std::vector<std::string>& given, TaskPool* pool, Inputs& inputs)
{
    auto files = withFolders(given);
    if (!files)
        return std::unexpected(files.error());
    std::vector<std::string> reports;
    for (const std::string& file : *files) {
        const auto isRead = readOther(file, inputs);
        if (!isRead)
            return std::unexpected(isRead.error());
        if (!*isRead)
            reports.push_back(file);
    }
    std::vector<Result<std::optional<evidence::Evidence>>> read;
    if (pool) {
        read = evidence::readScans(reports, *pool);
    } else {
        for (const std::string& file : reports)
            read.push_back(evidence::readScan(file));
    }
    for (std::size_t i = 0; i < read.size(); ++i) {
        if (!read[i])
            return std::unexpected(read[i].error());
        if (!*read[i])
            return failure(ErrorKind::Format, "this is no evidence that Plimsoll knows", reports[i],
                "give a report of Trivy, Grype, Clair, kube-bench or a policy engine, CycloneDX, SPDX, VEX, SARIF, an "
                "audit log, an audit policy, an encryption configuration, or alerts of Falco, Tetragon or KubeArmor");
        inputs.scans.add(std::move(**read[i]));
    }
    inputs.evidenceFiles = given;
    return {};
}

} // namespace

Result<Inputs> readInputs(const std::string& reviewPath, const std::vector<std::string>& waiverFiles,
    const std::vector<std::string>& evidenceFiles, TaskPool* pool)
{
    Inputs inputs;
    if (auto read = readEvidence(evidenceFiles, pool, inputs); !read)
        return std::unexpected(read.error());
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
