// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/Progress.h"
#include "core/base/TaskPool.h"
#include "core/format/Archive.h"
#include "core/format/Sha256.h"

namespace plimsoll::snapshot {

// An open file or standard input; reports progress by the bytes read.
class FileSource final : public format::ByteSource {
public:
    static Result<std::unique_ptr<FileSource>> open(
        const std::string& path, const std::string& name, Progress& progress);
    static std::unique_ptr<FileSource> standardInput(Progress& progress);
    ~FileSource() override;

    Result<std::size_t> read(char* buffer, std::size_t size) override;
    bool isRegular() const { return m_isRegular; } // can be read again at any place
    std::int64_t size() const { return m_size; }
    std::int64_t changedNs() const { return m_changedNs; }

private:
    FileSource(int descriptor, std::string name, Progress& progress);

    int m_descriptor;
    std::string m_name;
    Progress& m_progress;
    bool m_isRegular = false;
    std::int64_t m_size = 0;
    std::int64_t m_changedNs = 0;
};

class MemorySource final : public format::ByteSource {
public:
    explicit MemorySource(std::string_view bytes)
        : m_bytes(bytes)
    {
    }
    Result<std::size_t> read(char* buffer, std::size_t size) override;

private:
    std::string_view m_bytes;
};

// Overwrites bytes that may be secret, before their memory is given back.
void overwrite(char* bytes, std::size_t count);

// SHA-256 of what passes by, computed on the pool from copies while the caller goes on; copying is many times cheaper
// than hashing. At most a few MB wait; then the caller helps.
class BackgroundHash {
public:
    explicit BackgroundHash(TaskPool& pool);
    void update(std::string_view bytes);
    std::string finishHex(); // once; waits for the rest

private:
    struct State; // shared with tasks that may start late
    TaskPool& m_pool;
    std::shared_ptr<State> m_state;
};

// Lets the first bytes be looked at before they are read, and hashes and counts what is read.
class HeadedSource final : public format::ByteSource {
public:
    static constexpr std::size_t headBytes = 64 * 1024;

    HeadedSource(format::ByteSource& from, TaskPool& pool)
        : m_from(from)
        , m_hash(pool)
    {
    }
    ~HeadedSource() override { overwrite(m_head.data(), m_head.size()); }
    Result<void> fetchHead();
    std::string_view head() const { return m_head; }
    void skip(std::size_t count) { m_used = count; } // of the head: a byte order mark

    Result<std::size_t> read(char* buffer, std::size_t size) override;
    std::uint64_t bytes() const { return m_bytes; }
    std::string sha256() { return m_hash.finishHex(); } // once, when all is read

private:
    format::ByteSource& m_from;
    std::string m_head;
    std::size_t m_used = 0;
    bool m_isWhole = false; // the head is everything
    std::optional<Error> m_failed; // reading broke off in the head; told once that has been read
    std::uint64_t m_bytes = 0;
    BackgroundHash m_hash;
};

// All of a source. Errors: Limit, when it is more than maxBytes.
Result<std::string> readWhole(format::ByteSource& source, std::uint64_t maxBytes);

// Fills the buffer unless the source ends before.
Result<std::size_t> readFully(format::ByteSource& source, char* buffer, std::size_t size);

// The regular files below a folder, relative to it, sorted. Symbolic links are passed over: what they point to inside
// the folder is found at its own place, what lies outside was not given to us. Folders that cannot be read are told.
struct FolderListing {
    std::vector<std::string> files;
    std::vector<std::string> unreadable;
    std::uint64_t bytes = 0;
};
FolderListing listFolder(const std::string& path);

} // namespace plimsoll::snapshot
