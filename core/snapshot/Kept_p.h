// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/Result.h"
#include "core/format/Document.h"

namespace plimsoll::snapshot {

// Compressed texts of what cannot be read a second time from where it came: YAML, archives, standard input.
// Threads: any, also while it grows.
class BlockStore {
public:
    static constexpr std::size_t blockBytes = 256 * 1024; // a block is closed when it is larger

    std::uint32_t reserve(); // the number of a block to come
    void fill(std::uint32_t block, std::string_view text);
    Result<std::shared_ptr<const std::string>> read(std::uint32_t block) const;

private:
    struct Block {
        std::vector<char> packed;
        std::size_t unpackedBytes = 0;
    };
    mutable std::mutex m_mutex;
    std::deque<Block> m_blocks;
    // The block read last: objects of one list are looked at one after the other.
    mutable std::uint32_t m_recentBlock = 0;
    mutable std::shared_ptr<const std::string> m_recent;
};

// Appends one object as a record: compact JSON and the line of every value. Lines are taken from the document when it
// is numbered by lines, else worked out from the source text that its positions refer to.
void appendRecord(
    std::string& out, format::Value root, bool isLineNumbered, std::string_view source, std::uint32_t firstLine);
// The document of a record again; its positions are lines of the file.
Result<void> readRecord(std::string_view record, format::Document& document);

} // namespace plimsoll::snapshot
