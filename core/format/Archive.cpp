// SPDX-License-Identifier: Apache-2.0
#include "core/format/Archive.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>

#include <archive.h>
#include <archive_entry.h>

#include "core/base/Text.h"

namespace plimsoll::format {

namespace {

constexpr std::size_t packedChunk = 256 * 1024;
constexpr std::uint64_t ratioFrom = 64u << 20;

struct ArchiveDeleter {
    void operator()(archive* handle) const { archive_read_free(handle); }
};
using ArchiveHandle = std::unique_ptr<archive, ArchiveDeleter>;

// What is shared between libarchive's callback and the entries.
struct Unpacking {
    ByteSource& packed;
    std::string name;
    const Limits& limits;
    ArchiveHandle handle;
    std::array<char, packedChunk> buffer;
    std::optional<Error> sourceError; // reading the packed bytes failed
    std::uint64_t packedBytes = 0;
    std::uint64_t unpackedBytes = 0;
};

la_ssize_t readPacked(archive* handle, void* data, const void** bytes)
{
    auto& unpacking = *static_cast<Unpacking*>(data);
    const auto count = unpacking.packed.read(unpacking.buffer.data(), unpacking.buffer.size());
    if (!count) {
        unpacking.sourceError = count.error();
        archive_set_error(handle, EIO, "reading failed");
        return ARCHIVE_FATAL;
    }
    unpacking.packedBytes += *count;
    *bytes = unpacking.buffer.data();
    return static_cast<la_ssize_t>(*count);
}

std::unexpected<Error> archiveFailure(Unpacking& unpacking)
{
    if (unpacking.sourceError)
        return std::unexpected(*unpacking.sourceError);
    const char* reason = archive_error_string(unpacking.handle.get());
    return failure(ErrorKind::Format, "the archive is damaged: " + printable(reason ? reason : "it breaks off"),
        unpacking.name, "make it again or unpack it and open the folder");
}

class EntrySource final : public ByteSource {
public:
    explicit EntrySource(Unpacking& unpacking)
        : m_unpacking(unpacking)
    {
    }

    // By blocks and not with archive_read_data(), which drops what precedes an error.
    Result<std::size_t> read(char* buffer, std::size_t size) override
    {
        while (m_gap == 0 && m_block.empty() && !m_isEnd) {
            const void* bytes = nullptr;
            std::size_t length = 0;
            la_int64_t offset = 0;
            const int status = archive_read_data_block(m_unpacking.handle.get(), &bytes, &length, &offset);
            m_isEnd = status == ARCHIVE_EOF;
            if (status < ARCHIVE_WARN) {
                auto failed = archiveFailure(m_unpacking);
                m_failure = failed.error();
                return failed;
            }
            if (m_isEnd)
                break;
            m_block = { static_cast<const char*>(bytes), length };
            m_gap
                = static_cast<std::uint64_t>(offset) > m_position ? static_cast<std::uint64_t>(offset) - m_position : 0;
        }
        std::size_t count = 0;
        if (m_gap > 0) { // a hole of a sparse file
            count = static_cast<std::size_t>(std::min<std::uint64_t>(m_gap, size));
            std::memset(buffer, 0, count);
            m_gap -= count;
        } else {
            count = m_block.copy(buffer, size);
            m_block.remove_prefix(count);
        }
        m_position += count;
        return counted(count);
    }

    const std::optional<Error>& failed() const { return m_failure; }

private:
    Result<std::size_t> counted(std::size_t count)
    {
        auto& total = m_unpacking.unpackedBytes;
        const Limits& limits = m_unpacking.limits;
        total += count;
        const bool isBomb = total > ratioFrom && total / limits.maxCompressionRatio > m_unpacking.packedBytes;
        if (total > limits.maxUnpackedBytes || isBomb) {
            m_failure = Error { ErrorKind::Limit, "the archive unpacks to far more than it should", m_unpacking.name,
                "unpack it yourself if you trust it, and open the folder" };
            return std::unexpected(*m_failure);
        }
        return count;
    }

    Unpacking& m_unpacking;
    std::string_view m_block; // of libarchive, until the next one
    std::uint64_t m_position = 0;
    std::uint64_t m_gap = 0;
    bool m_isEnd = false;
    std::optional<Error> m_failure;
};

// Names are labels: bytes that are no UTF-8 or control characters are made harmless, nothing else is changed.
std::string entryName(archive_entry* entry, std::string_view archiveName, bool isRaw)
{
    if (isRaw) {
        std::string_view name = archiveName.substr(archiveName.find_last_of("/!") + 1);
        if (name.ends_with(".gz"))
            name.remove_suffix(3);
        return std::string(name);
    }
    const char* path = archive_entry_pathname(entry);
    std::string_view name = path ? std::string_view(path) : std::string_view();
    while (name.starts_with("./"))
        name.remove_prefix(2);
    return printable(name.empty() ? "unnamed" : name);
}

Result<void> open(Unpacking& unpacking)
{
    archive* handle = unpacking.handle.get();
    archive_read_support_filter_gzip(handle);
    archive_read_support_format_tar(handle);
    archive_read_support_format_zip(handle);
    archive_read_support_format_raw(handle);
    if (archive_read_open(handle, &unpacking, nullptr, readPacked, nullptr) != ARCHIVE_OK)
        return archiveFailure(unpacking);
    return {};
}

Result<void> visitEntries(Unpacking& unpacking, const EntryVisitor& visit)
{
    archive* handle = unpacking.handle.get();
    for (std::size_t count = 0;; ++count) {
        if (count > unpacking.limits.maxArchiveEntries)
            return failure(ErrorKind::Limit, "the archive has too many entries", unpacking.name);
        archive_entry* entry = nullptr;
        const int status = archive_read_next_header(handle, &entry);
        if (status == ARCHIVE_EOF)
            return {};
        if (status != ARCHIVE_OK && status != ARCHIVE_WARN)
            return archiveFailure(unpacking);
        const bool isRaw = archive_format(handle) == ARCHIVE_FORMAT_RAW;
        const bool isLink = archive_entry_hardlink(entry) != nullptr || archive_entry_symlink(entry) != nullptr;
        if (!isRaw && (archive_entry_filetype(entry) != AE_IFREG || isLink))
            continue;
        if (archive_entry_is_encrypted(entry) != 0)
            return failure(ErrorKind::Access, "the archive is protected by a password", unpacking.name,
                "unpack it yourself and open the folder");
        EntrySource bytes(unpacking);
        auto visited = visit(entryName(entry, unpacking.name, isRaw), bytes);
        if (!visited)
            return visited;
        if (bytes.failed())
            return std::unexpected(*bytes.failed());
    }
}

} // namespace

Packing recognisePacking(std::string_view head)
{
    if (head.starts_with("\x1F\x8B"))
        return Packing::Gzip;
    if (head.starts_with(std::string_view("PK\x03\x04", 4)) || head.starts_with(std::string_view("PK\x05\x06", 4)))
        return Packing::Zip;
    if (head.size() >= 262 && head.substr(257, 5) == "ustar")
        return Packing::Tar;
    return Packing::None;
}

Result<void> unpack(ByteSource& packed, std::string_view name, const Limits& limits, const EntryVisitor& visit)
{
    const auto unpacking
        = std::make_unique<Unpacking>(packed, std::string(name), limits, ArchiveHandle(archive_read_new()));
    if (!unpacking->handle)
        return failure(ErrorKind::Internal, "the archive library did not start", std::string(name));
    auto opened = open(*unpacking);
    if (!opened)
        return opened;
    return visitEntries(*unpacking, visit);
}

} // namespace plimsoll::format
