// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/Result.h"
#include "core/format/Document.h"
#include "core/format/Limits.h"

namespace plimsoll::format {

// Bytes that must be readable (any content) behind every text given to JsonParser::parse().
constexpr std::size_t jsonPadding = 64;

// Parses one JSON value into a Document, on the structural index of simdjson (which also checks UTF-8). Strict RFC
// 8259. Keep one per thread; it reuses its memory. Errors: Format with the byte offset in Error::where as "offset N";
// Limit when nesting exceeds Limits::maxDepth.
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
    // Overwrites what is left of the texts: those with escapes pass through a buffer of the parser.
    void wipe();

private:
    struct Private;
    std::unique_ptr<Private> m_private;
};

// Compact JSON of a value: members in source order, strings re-escaped.
std::string toJson(Value value);
void appendJson(std::string& out, Value value);

// One complete value that the splitter cut out.
struct JsonItem {
    enum class Role : std::uint8_t {
        Object, // stands alone at the outermost level
        ListItem, // element of a List's "items" or of a bare array
        Stray, // text that belongs to no value: no JSON
        TooLarge, // over Limits::maxObjectBytes: passed over; has no text
    };
    static constexpr std::uint32_t noList = 0xFFFFFFFFu;

    Role role = Role::Object;
    std::size_t begin = 0; // in the text given to scan()
    std::size_t size = 0;
    std::uint64_t offset = 0; // of its first byte in the whole input
    std::uint32_t line = 1; // 1-based, of its first byte
    std::uint32_t list = noList; // index into envelopes(), for elements of a List
};

// What encloses the items of a List: {"kind":"PodList",...,"items":[ and, once it is closed, what follows them. The
// text is complete JSON with "items" left empty at any time.
struct JsonEnvelope {
    std::string head; // up to and including the [ of "items"
    std::string tail; // from ] on; empty while the list is open
    std::uint64_t offset = 0; // of its first byte in the whole input
    std::uint32_t line = 1;
    bool isClosed = false;

    std::string text() const { return head + (isClosed ? tail : std::string("]}")); }
};

// Cuts a stream of JSON into objects without parsing them: the elements of a List's "items", of a bare array, of
// concatenated values and of NDJSON.
// Shape:  scan() gets a text that begins with what the last scan() did not consume and goes on with new bytes, so that
//         items can be parsed where they lie. Items come in input order.
// Errors: finish() says, once, that the text breaks off or does not balance; all whole items before it have been given.
// Cost:   reads each byte once, 64 at a time; more only near the level of the items.
class JsonSplitter {
public:
    explicit JsonSplitter(const Limits& limits = {});
    ~JsonSplitter();

    // Appends to items and says how many bytes of text are done with; the rest must begin the next text. The text must
    // be followed by jsonPadding readable bytes. With last, nothing follows.
    std::size_t scan(std::string_view text, bool last, std::vector<JsonItem>& items);
    // The last scan() stopped because it had found very many items: scan() the rest before reading on.
    bool isPaused() const;
    Result<void> finish();
    const std::vector<JsonEnvelope>& envelopes() const;

private:
    struct Private;
    std::unique_ptr<Private> m_private;
};

// Length of the object or array that begins a text, up to its matching bracket; 0 when it does not end.
std::size_t jsonLength(std::string_view text);

} // namespace plimsoll::format
