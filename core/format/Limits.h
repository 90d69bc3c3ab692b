// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace plimsoll::format {

// Bounds against hostile input. etcd refuses objects over 1.5 MB and Kubernetes' own decoder nests to 10,000, so
// nothing that a cluster ever stored comes near them.
struct Limits {
    std::size_t maxObjectBytes = 64u << 20; // one JSON object or YAML document
    std::size_t maxDepth = 512; // nesting of one value
    std::size_t maxYamlAliasNodes = 1'000'000; // values that aliases may expand to, in one document
    std::uint64_t maxUnpackedBytes = 64ull << 30; // of one archive or compressed file, all entries together
    std::uint64_t maxCompressionRatio = 2000; // unpacked : packed, looked at after the first 64 MB unpacked
    std::size_t maxArchiveEntries = 2'000'000;
    std::size_t maxNestedArchives = 1; // an archive in an archive is opened, a third level is not
};

} // namespace plimsoll::format
