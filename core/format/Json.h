// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/base/Result.h"
#include "core/format/Document.h"
#include "core/format/Limits.h"

namespace plimsoll::format {

// Bytes that must be readable (any content) behind every text given to JsonParser::parse().
constexpr std::size_t jsonPadding = 64;

// Parses one JSON value into a Document, on simdjson. Keep one per thread; it reuses its memory.
// Errors: Format with the byte offset in Error::where as "offset N"; Limit when nesting exceeds Limits::maxDepth.
class JsonParser {
public:
    explicit JsonParser(const Limits& limits = {});
    ~JsonParser();
    JsonParser(JsonParser&&) noexcept;

    // Text must be followed by jsonPadding readable bytes and outlive the document. Members for which skip answers
    // true are passed over without a node (metadata.managedFields); depth is that of the member's object, root = 0.
    using Skip = bool (*)(std::size_t depth, std::string_view key);
    Result<void> parse(std::string_view paddedText, Document& document, Skip skip = nullptr);
    // Copies the text into the document first; for small texts.
    Result<void> parseCopy(std::string_view text, Document& document);

private:
    struct Private;
    std::unique_ptr<Private> m_private;
};

// Compact JSON of a value: members in source order, strings re-escaped.
std::string toJson(Value value);
void appendJson(std::string& out, Value value);

// What the splitter found at the outermost level of a JSON text.
struct JsonItem {
    std::string_view text;     // one complete object, padded with jsonPadding bytes
    std::uint64_t offset = 0;  // of its first byte in the whole input
    std::uint32_t line = 1;    // 1-based, of its first byte
    bool isListItem = false;   // element of the "items" of an enclosing List (or of a bare array)
};

// Cuts a stream of JSON into objects without parsing them: the elements of a List's "items", of a bare array, of
// concatenated values and of NDJSON. What encloses the items ({"kind":"PodList",...}) comes as an item of its own, in
// the end, with "items" left empty.
// Shape:  feed() in order, then finish(). Items come in input order and stay valid until the next feed().
// Errors: a text that breaks off or does not balance is reported once by finish(); everything whole before it has
//         been delivered.
class JsonSplitter {
public:
    using Sink = std::function<void(const JsonItem&)>;
    explicit JsonSplitter(Sink sink, const Limits& limits = {});
    ~JsonSplitter();

    Result<void> feed(std::string_view bytes);
    Result<void> finish();

private:
    struct Private;
    std::unique_ptr<Private> m_private;
};

} // namespace plimsoll::format
