// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/Result.h"
#include "core/snapshot/Origin.h"
#include "core/snapshot/SnapshotFile.h"

// manifest.json of a snapshot file, schema "plimsoll/snapshot/v1" (resources/schemas/snapshot-v1.schema.json).
namespace plimsoll::snapshot::detail {

inline constexpr std::string_view manifestSchema = "plimsoll/snapshot/v1";

// A part of an entry that can be unpacked alone: whole lines. Offsets follow from the sizes before it.
struct BlockFacts {
    std::uint64_t packed = 0;
    std::uint64_t bytes = 0;
    std::uint32_t items = 0;
    std::string sha256; // of the packed bytes: what a reader checks before it unpacks anything
};

struct EntryFacts {
    std::string path;
    std::uint64_t bytes = 0;
    std::uint64_t packed = 0;
    std::uint32_t crc32 = 0;
    std::string sha256; // of the unpacked bytes, as sha256sum says
    bool isResource = false;
    ResourceKey key; // of a resource
    ResourceFacts facts;
    std::uint64_t items = 0;
    std::vector<BlockFacts> blocks; // the first begins the list, the last ends it, those between hold the items
};

struct Manifest {
    Origin origin;
    std::vector<NotCollected> notCollected;
    std::vector<EntryFacts> entries; // in the order of the file
};

std::string toJson(const Manifest& manifest);
// Errors: Format (not ours, a newer version, or fields that contradict each other).
Result<Manifest> readManifest(std::string_view json);

std::string pathOf(const ResourceKey& key); // "resources/core/v1/pods.json"
// What encloses the items of a resource: they stand between, one a line, separated by ",\n".
std::string listHead(const ResourceKey& key);
// Without the resourceVersion, which moves on with every write to the cluster: the manifest holds it, and an entry
// whose objects did not change keeps its bytes.
std::string listTail(bool isEmpty);

} // namespace plimsoll::snapshot::detail
