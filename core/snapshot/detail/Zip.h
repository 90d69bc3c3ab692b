// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/Result.h"

// The records of a ZIP whose every byte is determined by its entries: no dates, comments, gaps or choices. So a reader
// can work out what must stand between the data and compare it, and nothing of a file is left unchecked.
// Source: PKWARE APPNOTE 6.3.9, sections 4.3 and 4.5.3 (ZIP64). Written by hand because no library promises bytes.
namespace plimsoll::snapshot::detail {

struct ZipEntry {
    std::string path;
    std::uint64_t bytes = 0; // unpacked
    std::uint64_t packed = 0;
    std::uint32_t crc32 = 0; // of the unpacked bytes
    bool isDeflated = false;
    bool operator==(const ZipEntry&) const = default;
};

struct ZipLayout {
    std::vector<std::string> localHeaders; // of each entry, in front of its data
    std::vector<std::uint64_t> headerOffsets, dataOffsets; // of each entry
    std::string end; // central directory and what is behind it
    std::uint64_t endOffset = 0;
    std::uint64_t size() const { return endOffset + end.size(); }
};
ZipLayout layOut(std::span<const ZipEntry> entries);

// The local header that begins a text, as layOut() would write it. Errors: Format (it is another one).
struct LocalHeader {
    ZipEntry entry;
    std::size_t size = 0;
};
Result<LocalHeader> readLocalHeader(std::string_view text);
constexpr std::size_t maxLocalHeader = 30 + 1024 + 20;

std::uint32_t crc32Of(std::string_view bytes);
std::uint32_t crc32Combined(std::uint32_t first, std::uint32_t second, std::uint64_t secondBytes);

// A block of a deflate stream that can be read alone and is followed by others; endOfStream ends the last one.
// Same bytes in, same bytes out.
std::string deflateBlock(std::string_view text);
inline constexpr std::string_view endOfStream { "\x03\x00", 2 };
// Errors: Format, when packed does not unpack to exactly size bytes.
Result<void> inflateBlock(std::string_view packed, char* out, std::size_t size);

} // namespace plimsoll::snapshot::detail
