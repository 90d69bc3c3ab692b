// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "core/base/Result.h"
#include "core/format/Limits.h"

namespace plimsoll::format {

// Where bytes come from: a file, standard input, memory, an entry of an archive.
// Shape:  read() fills at most size bytes and gives how many; 0 = end. Threads: one.
class ByteSource {
public:
    virtual ~ByteSource() = default;
    virtual Result<std::size_t> read(char* buffer, std::size_t size) = 0;
};

enum class Packing : std::uint8_t { None, Gzip, Tar, Zip };
// By content (gzip and ZIP signatures, "ustar" at 257), from the first bytes; 512 are enough.
Packing recognisePacking(std::string_view head);

// Unpacks a gzip, tar, tar.gz or ZIP stream entry by entry, never to disk. Entries that are not regular files (links,
// devices) are passed over; names are only labels and are never opened, so ".." and absolute paths do no harm.
// visit gets each entry's name (a single gzip: the name without .gz) and its bytes; it need not read them to the end.
// Errors: Format when the archive breaks off (entries before it have been visited), Limit for bombs.
using EntryVisitor = std::function<Result<void>(std::string_view name, ByteSource& bytes)>;
Result<void> unpack(ByteSource& packed, std::string_view name, const Limits& limits, const EntryVisitor& visit);

} // namespace plimsoll::format
