// SPDX-License-Identifier: Apache-2.0
#include "tests/support/Support.h"

#include <cstdlib>
#include <deque>
#include <filesystem>
#include <mutex>

namespace plimsoll::test {

namespace {

std::shared_ptr<const cluster::Cluster> load(const snapshot::Source& source)
{
    Progress progress;
    auto loaded = cluster::loadCluster(std::span(&source, 1), pool(), progress);
    if (!loaded)
        qFatal("%s", toText(loaded.error()).c_str());
    return *loaded;
}

} // namespace

TaskPool& pool()
{
    static TaskPool tasks(2);
    return tasks;
}

std::shared_ptr<const cluster::Cluster> clusterFrom(std::string_view yaml)
{
    static std::mutex mutex;
    static std::deque<std::string> texts; // bytes in memory must outlive the snapshot
    const std::string* text = nullptr;
    {
        const std::lock_guard lock(mutex);
        text = &texts.emplace_back(yaml);
    }
    return load({ .path = "test.yaml", .bytes = *text });
}

std::shared_ptr<const cluster::Cluster> clusterFromPath(const std::string& path)
{
    return load({ .path = path, .bytes = std::nullopt });
}

std::optional<std::string> sharedPath(std::string_view relative)
{
    const char* given = std::getenv("PLIMSOLL_SHARED");
    const std::string path = (given ? std::string(given) : sourcePath("../shared")) + '/' + std::string(relative);
    std::error_code error;
    if (!std::filesystem::exists(path, error))
        return std::nullopt;
    return path;
}

std::string sourcePath(std::string_view relative)
{
    const char* root = std::getenv("PLIMSOLL_SOURCE");
    return std::string(root ? root : ".") + '/' + std::string(relative);
}

} // namespace plimsoll::test
