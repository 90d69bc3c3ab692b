// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

#include "core/base/Id.h"

namespace plimsoll {

// An interned string. Equal text <=> equal id within one pool. The order of ids means nothing and differs from run
// to run (threads intern concurrently): sort by text before anything reaches an output.
using StringId = Id<struct StringTag>;

// Every distinct string of a cluster once.
// Owns:    the bytes; views returned by text() live as long as the pool.
// Threads: intern() and text() may be called from any thread at any time.
class StringPool {
public:
    StringPool();
    ~StringPool();
    StringPool(const StringPool&) = delete;
    StringPool& operator=(const StringPool&) = delete;

    StringId intern(std::string_view text);
    // The id of a string that was interned before; none if it never was. Use it to look up constants.
    StringId find(std::string_view text) const;
    // The text of an id of this pool; "" for none.
    std::string_view text(StringId id) const;

    static constexpr std::uint32_t shardBits = 5;

private:
    struct Shard;
    static constexpr std::uint32_t shardCount = 1u << shardBits;
    std::array<std::unique_ptr<Shard>, shardCount> m_shards;
};

} // namespace plimsoll
