// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/base/Progress.h"
#include "core/base/Result.h"
#include "core/base/TaskPool.h"
#include "core/kube/Api.h"
#include "core/snapshot/Snapshot.h"
#include "core/snapshot/SnapshotFile.h"

// Turns a live cluster, or any source, into a snapshot file.
namespace plimsoll::snapshot {

struct CollectOptions {
    std::vector<std::string> namespaces; // empty = all
    std::uint32_t redaction = 1; // 1 or 2
    std::string tool; // "plimsoll 0.1.0"
    std::string pseudonymKey = {}; // of level 2: who knows it can tell which name became which; "" = a fresh random one
};

// What these credentials can read, before anything is read.
struct Preflight {
    struct Row {
        kube::Resource resource;
        enum class Access : std::uint8_t { Allowed, SomeNamespaces, Denied, Unknown } access = Access::Unknown;
        std::string note; // "needs list secrets", "only in shop, dev"
    };
    kube::ServerVersion version;
    kube::Identity identity;
    std::vector<Row> rows; // sorted by group, plural
    std::vector<NotCollected> unavailable; // groups whose API does not answer
    std::string auditorRole; // YAML of a ClusterRole for what is missing; "" when nothing is
};
Result<Preflight> preflight(
    kube::Api& api, const kube::Login& login, const CollectOptions& options, Progress& progress);

// Progress of one resource, for a list on the screen.
struct CollectStep {
    std::string resource; // "pods", "ingresses.networking.k8s.io"
    enum class State : std::uint8_t { Waiting, Reading, Done, Partial, NotCollected } state = State::Waiting;
    std::uint64_t items = 0;
    std::string note;
};
using CollectListener = std::function<void(const std::vector<CollectStep>&)>; // at most 10 times a second, any thread

// A capture that is complete and can be saved or opened.
struct Captured {
    std::unique_ptr<SnapshotWriter> writer;
    Origin origin;
    std::vector<NotCollected> notCollected;
};
// Errors: the cluster cannot be reached or refuses who asks (401) at all; Cancelled. What single resources refuse is
// notCollected.
Result<Captured> collectCluster(kube::Api& api, const kube::Login& login, const CollectOptions& options, TaskPool& pool,
    Progress& progress, const CollectListener& listener = {});
// Any other source as a snapshot file.
Result<Captured> collectSources(std::span<const Source> sources, const CollectOptions& options, TaskPool& pool,
    Progress& progress, const ImportOptions& import = {});

// YAML of the ClusterRole a reviewer asks an administrator for: everything that a review reads, without Secrets unless
// wanted, plus what was not collected.
enum class SecretAccess : std::uint8_t { Without, WithList };
std::string auditorRoleYaml(SecretAccess secrets, std::span<const NotCollected> missing = {});

} // namespace plimsoll::snapshot
