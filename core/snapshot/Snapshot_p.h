// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/snapshot/Kept_p.h"
#include "core/snapshot/Snapshot.h"
#include "core/snapshot/detail/Container.h"

namespace plimsoll::snapshot {

struct TypeName {
    std::string apiVersion;
    std::string kind;
    bool isEmpty() const { return kind.empty(); }
};

// A list whose items are of one kind and need not say it ("PodList"): where its items lie in the file.
struct TypedRange {
    std::uint64_t begin = 0;
    TypeName items;
};

// How a file is read again.
struct FileOrigin {
    std::string_view bytes; // in memory
    bool isInMemory = false;
    std::int64_t size = 0;
    std::int64_t changedNs = 0; // modification time
    std::vector<TypedRange> lists; // in order of begin
    std::shared_ptr<const detail::Container> container; // of an entry of a snapshot file
    std::size_t entry = 0; // its number there
};

struct Snapshot::Private {
    std::vector<SourceFile> files;
    std::vector<FileOrigin> origins; // parallel to files
    std::vector<Problem> problems;
    std::uint32_t passedOver = 0;
    std::vector<KindCoverage> listedKinds;
    std::string serverVersion;
    std::string sourceHash;
    std::string label;
    Origin origin;
    std::vector<NotCollected> notCollected;
    std::vector<PartialKind> partialKinds;
    BlockStore kept;
    std::vector<std::shared_ptr<const std::string>> owned; // sources in memory that are kept alive
};

// managedFields of metadata are never looked at and make up a third of a dump.
bool isManagedFields(std::size_t depth, std::string_view key);
void dropManagedFields(format::Document& document);

// The item kind of a list kind: "PodList" -> "Pod"; empty for a plain List and for what is no list.
std::string_view itemKindOf(std::string_view listKind);

// "apps" of "apps/v1", "" of "v1".
std::string groupOf(std::string_view apiVersion);

// Bytes of a file or memory at a range, followed by format::jsonPadding bytes.
Result<std::string> readRange(
    const SourceFile& file, const FileOrigin& origin, std::uint64_t offset, std::size_t length);

} // namespace plimsoll::snapshot
