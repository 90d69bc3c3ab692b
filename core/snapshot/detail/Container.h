// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/Progress.h"
#include "core/base/Result.h"
#include "core/snapshot/detail/Manifest.h"
#include "core/snapshot/detail/Zip.h"

namespace plimsoll::snapshot::detail {

// Whether a file begins as a snapshot does, or as an age file, which holds one here.
bool looksLikeSnapshot(std::string_view head);

// A snapshot file, opened and checked as far as the manifest reaches: every byte between the data is the one that must
// stand there. Data is checked block by block when it is read.
// Owns: the open file, or the bytes. Threads: any.
class Container {
public:
    struct Bytes {
        std::string_view view;
        std::shared_ptr<const std::string> owner; // may be empty when whoever gave the view keeps it
    };
    // Errors: Format (entry and reason), Access (the file, no key opens it), Cancelled.
    static Result<std::shared_ptr<const Container>> openFile(
        const std::string& path, const OpenKeys& keys, Progress& progress);
    static Result<std::shared_ptr<const Container>> openBytes(
        Bytes bytes, const std::string& name, const OpenKeys& keys, Progress& progress);
    ~Container();

    const Manifest& manifest() const { return m_manifest; } // origin with integrity, signer and encryption filled in
    const std::string& name() const { return m_name; } // printable
    const std::string& manifestText() const { return m_manifestText; }

    // One block, unpacked into out (blocks[block].bytes bytes). Errors: Format.
    Result<void> readBlock(std::size_t entry, std::size_t block, char* out) const;
    Result<std::string> readEntry(std::size_t entry) const;
    // Its bytes as they lie in the file, with the end of their stream.
    Result<std::string> readPacked(std::size_t entry) const;
    // Text of an entry at an offset, within one block.
    Result<std::string> readText(std::size_t entry, std::uint64_t offset, std::size_t length) const;

private:
    Container() = default;
    Result<void> open(const OpenKeys& keys, Progress& progress);
    Result<void> decrypt(const OpenKeys& keys, Progress& progress);
    Result<std::string> readAt(std::uint64_t offset, std::size_t size) const;
    Result<std::string> readStored(std::size_t index, std::string_view path, std::size_t maxBytes, std::uint64_t& at);
    Result<void> checkLayout();
    Result<void> checkSigner(const std::string& signature, const OpenKeys& keys);
    std::unexpected<Error> bad(std::string what, std::string_view entry = {}) const;

    std::string m_name; // for messages
    int m_descriptor = -1;
    Bytes m_bytes;
    std::uint64_t m_size = 0;
    Manifest m_manifest;
    std::string m_manifestText;
    std::vector<ZipEntry> m_front; // mimetype, manifest.json, perhaps manifest.sig
    std::vector<std::uint64_t> m_dataOffsets; // parallel to manifest().entries
    std::vector<std::vector<std::uint64_t>> m_blockOffsets, m_textOffsets; // of each block: in the file, in the entry

    // The block read last: objects of one list are looked at one after the other.
    mutable std::mutex m_mutex;
    mutable std::size_t m_recentEntry = 0, m_recentBlock = 0;
    mutable std::shared_ptr<const std::string> m_recent;
};

} // namespace plimsoll::snapshot::detail
