// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "core/base/Progress.h"
#include "core/base/Result.h"
#include "core/format/Archive.h"

// Logs as a stream of pieces, each to be one JSON value: lines, elements of an array, documents on many lines.
namespace plimsoll::evidence {

struct JsonPiece {
    std::string_view text; // trimmed, not empty; jsonPadding readable bytes follow
    std::uint64_t line = 0; // 1-based
    bool isUnended = false; // the last line, without a line break: it may be one that is being written
    bool isTooLong = false; // passed over; without text
};
using PieceVisitor = std::function<void(const JsonPiece&)>;

// Of JSON lines each line; of one big document the elements of its array ("records", "events", "logEvents", "results",
// or the document itself). Memory: one piece, 64 MB at the most.
Result<void> readPieces(format::ByteSource& bytes, Progress& progress, const PieceVisitor& visit);

// The log itself, or what is in the archive: gzip, tar, ZIP.
using StreamVisitor = std::function<Result<void>(const std::string& title, format::ByteSource& bytes)>;
Result<void> readUnpacked(format::ByteSource& bytes, const std::string& name, const StreamVisitor& visit);

// Opens a file and gives it to a reader, with progress by its bytes.
using FileReader = std::function<Result<void>(const std::string& name, format::ByteSource& bytes)>;
Result<void> readLogFile(const std::string& path, Progress& progress, const FileReader& read);

// Overwrites a text and what is left of it behind its end: logs may hold values of Secrets.
void wipeText(std::string& text);

// The first bytes as text: of a packed head what comes out of it.
std::string plainHead(std::string_view head);

} // namespace plimsoll::evidence
