// SPDX-License-Identifier: Apache-2.0
#include "core/format/Json.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <vector>

#include <emmintrin.h>
#include <simdjson.h>

#include "core/base/Text.h"

namespace plimsoll::format {

namespace {

using Index = std::uint32_t;

struct Failure {
    const char* what = nullptr;
    std::size_t offset = 0;
    ErrorKind kind = ErrorKind::Format;
};

struct Frame {
    Index node;
    Index last; // child added last
    bool isObject;
};

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

// RFC 8259 number grammar; the text itself is kept, so that no digit is lost.
bool isNumber(std::string_view text)
{
    std::size_t at = text.starts_with('-') ? 1 : 0;
    const auto digits = [&] {
        const std::size_t begin = at;
        while (at < text.size() && isDigit(text[at]))
            ++at;
        return at > begin;
    };
    if (at < text.size() && text[at] == '0')
        ++at;
    else if (!digits())
        return false;
    if (at < text.size() && text[at] == '.') {
        ++at;
        if (!digits())
            return false;
    }
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        ++at;
        if (at < text.size() && (text[at] == '+' || text[at] == '-'))
            ++at;
        if (!digits())
            return false;
    }
    return at == text.size();
}

void appendUtf8(std::string& out, std::uint32_t code)
{
    const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
    if (code < 0x80) {
        put(code);
    } else if (code < 0x800) {
        put(0xC0 | (code >> 6));
        put(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        put(0xE0 | (code >> 12));
        put(0x80 | ((code >> 6) & 0x3F));
        put(0x80 | (code & 0x3F));
    } else {
        put(0xF0 | (code >> 18));
        put(0x80 | ((code >> 12) & 0x3F));
        put(0x80 | ((code >> 6) & 0x3F));
        put(0x80 | (code & 0x3F));
    }
}

// Four hexadecimal digits; more than 0xFFFF when they are not.
std::uint32_t hexUnit(std::string_view text)
{
    constexpr std::uint32_t bad = 0x10000;
    if (text.size() < 4)
        return bad;
    std::uint32_t unit = 0;
    for (const char c : text.substr(0, 4)) {
        const char lower = static_cast<char>(c | 0x20);
        if (isDigit(c))
            unit = unit * 16 + static_cast<std::uint32_t>(c - '0');
        else if (lower >= 'a' && lower <= 'f')
            unit = unit * 16 + static_cast<std::uint32_t>(lower - 'a' + 10);
        else
            return bad;
    }
    return unit;
}

char simpleEscape(char c)
{
    switch (c) {
    case '"':
    case '\\':
    case '/':
        return c;
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    default:
        return '\0';
    }
}

// A lone surrogate becomes U+FFFD, as Go's decoder has it.
bool unescape(std::string_view raw, std::string& out)
{
    // No text gets longer. Growing step by step would leave beginnings of it, which may be secret, in freed memory.
    if (out.capacity() < raw.size()) {
        ::explicit_bzero(out.data(), out.capacity());
        out.clear();
        out.reserve(raw.size());
    }
    out.clear();
    for (std::size_t at = 0; at < raw.size();) {
        if (raw[at] != '\\') {
            const std::size_t next = std::min(raw.find('\\', at), raw.size());
            out.append(raw, at, next - at);
            at = next;
            continue;
        }
        if (at + 1 >= raw.size())
            return false;
        if (raw[at + 1] != 'u') {
            const char c = simpleEscape(raw[at + 1]);
            if (c == '\0')
                return false;
            out += c;
            at += 2;
            continue;
        }
        std::uint32_t code = hexUnit(raw.substr(at + 2));
        if (code > 0xFFFF)
            return false;
        at += 6;
        if (code >= 0xD800 && code < 0xDC00 && raw.substr(at).starts_with("\\u")) {
            const std::uint32_t low = hexUnit(raw.substr(at + 2));
            if (low >= 0xDC00 && low < 0xE000) {
                code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
                at += 6;
            }
        }
        appendUtf8(out, code >= 0xD800 && code < 0xE000 ? 0xFFFD : code);
    }
    return true;
}

const char* reasonOf(simdjson::error_code code)
{
    switch (code) {
    case simdjson::UTF8_ERROR:
        return "the text is not valid UTF-8";
    case simdjson::UNESCAPED_CHARS:
        return "a string holds an unescaped control character";
    case simdjson::UNCLOSED_STRING:
        return "a string is not closed";
    case simdjson::EMPTY:
        return "there is no value";
    case simdjson::MEMALLOC:
        return "there is not enough memory";
    default:
        return "the text is not valid JSON";
    }
}

} // namespace

// Builds the nodes from simdjson's list of structural characters. Iterative: nesting cannot overflow the stack.
struct JsonParser::Private {
    Limits limits;
    std::unique_ptr<simdjson::internal::dom_parser_implementation> index;
    std::vector<Frame> frames;
    std::string scratch;

    const char* text = nullptr;
    std::size_t size = 0;
    std::size_t at = 0; // index of the current token
    std::size_t count = 0; // number of tokens
    Document* document = nullptr;
    Skip skip = nullptr;
    Failure failed;

    std::size_t offset() const { return at < count ? index->structural_indexes[at] : size; }
    char peek() const { return at < count ? text[index->structural_indexes[at]] : '\0'; }

    bool fail(const char* what, ErrorKind kind = ErrorKind::Format)
    {
        failed = { what, offset(), kind };
        return false;
    }

    // The current token up to the next one, without the white space between them.
    std::string_view token() const
    {
        const std::size_t begin = index->structural_indexes[at];
        std::size_t end = at + 1 < count ? index->structural_indexes[at + 1] : size;
        while (end > begin + 1
            && (text[end - 1] == ' ' || text[end - 1] == '\n' || text[end - 1] == '\r' || text[end - 1] == '\t'))
            --end;
        return { text + begin, end - begin };
    }

    // The first stage saw to it that every string is closed, so that looking for its end cannot run away; sixteen bytes
    // too many are in the padding.
    bool readString(std::string_view& out)
    {
        const char* const begin = text + index->structural_indexes[at] + 1;
        const char* end = begin;
        for (;; end += 16) {
            const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(end));
            const __m128i found
                = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
            const auto mask = static_cast<std::uint32_t>(_mm_movemask_epi8(found));
            if (mask == 0)
                continue;
            end += std::countr_zero(mask);
            break;
        }
        if (*end == '\\')
            return readEscaped(out);
        out = { begin, static_cast<std::size_t>(end - begin) };
        ++at;
        return true;
    }

    bool readEscaped(std::string_view& out)
    {
        std::string_view raw = token();
        if (raw.size() < 2 || raw.back() != '"')
            return fail("a string is not closed");
        if (!unescape(raw.substr(1, raw.size() - 2), scratch))
            return fail("a string holds an escape sequence that JSON does not have");
        out = document->keep(scratch);
        ++at;
        return true;
    }

    bool readKey(std::string_view& key)
    {
        if (peek() != '"')
            return fail("a member's name is missing");
        if (!readString(key))
            return false;
        if (peek() != ':')
            return fail("a colon is missing");
        ++at;
        return true;
    }

    // A number, true, false or null.
    bool readScalar(Document::Node& node)
    {
        node.text = token();
        if (node.text == "true" || node.text == "false") {
            node.type = Type::Boolean;
        } else if (node.text == "null") {
            node.type = Type::Null;
            node.text = {};
        } else if (isNumber(node.text)) {
            node.type = Type::Number;
        } else {
            return fail("a value is missing or is not JSON");
        }
        ++at;
        return true;
    }

    // Passes over a value without a node. Whatever is in it stays unread; only its brackets are counted.
    bool passOver()
    {
        std::size_t depth = 0;
        do {
            const char c = peek();
            if (c == '\0')
                return fail("the text breaks off");
            if (c == '{' || c == '[')
                ++depth;
            else if ((c == '}' || c == ']') && depth-- == 0)
                return fail("a value is missing or is not JSON");
            ++at;
        } while (depth > 0);
        return true;
    }

    bool skips(std::string_view key) const { return skip != nullptr && skip(frames.size() - 1, key); }

    // Reads the names of members until one that is not skipped. Sets closed when the object ended instead.
    bool nextMember(std::string_view& key, bool& closed)
    {
        closed = false;
        for (;;) {
            if (!readKey(key))
                return false;
            if (!skips(key))
                return true;
            if (!passOver())
                return false;
            if (peek() == '}') {
                closed = true;
                return true;
            }
            if (peek() != ',')
                return fail("a comma or closing brace is missing");
            ++at;
        }
    }

    // After a value: closes what ends here and moves to the next value. Sets done at the end of the root.
    bool advance(std::string_view& key, bool& done)
    {
        for (;;) {
            if (frames.empty()) {
                done = true;
                return at == count || fail("something follows the value");
            }
            const bool isObject = frames.back().isObject;
            const char c = peek();
            if (c == ',') {
                ++at;
                key = {};
                if (!isObject)
                    return true;
                bool closed = false;
                if (!nextMember(key, closed))
                    return false;
                if (!closed)
                    return true;
            } else if (c != (isObject ? '}' : ']')) {
                return fail(c == '\0' ? "the text breaks off" : "a comma or closing bracket is missing");
            }
            ++at; // the closing bracket
            frames.pop_back();
        }
    }

    // Opens an object or array. Sets hasValue when a value of it comes next, else it is closed again.
    bool open(Index node, bool isObject, std::string_view& key, bool& hasValue)
    {
        if (frames.size() >= limits.maxDepth)
            return fail("the value is nested too deeply", ErrorKind::Limit);
        ++at;
        frames.push_back({ node, Document::none, isObject });
        key = {};
        hasValue = true;
        bool closed = peek() == (isObject ? '}' : ']');
        if (!closed && isObject && !nextMember(key, closed))
            return false;
        if (closed) {
            ++at;
            frames.pop_back();
            hasValue = false;
        }
        return true;
    }

    bool build()
    {
        std::string_view key;
        bool done = false;
        while (!done) {
            const char c = peek();
            if (c == '\0')
                return fail("the text breaks off");
            const bool isObject = c == '{';
            const bool isContainer = isObject || c == '[';
            Document::Node node;
            node.key = key;
            node.position = static_cast<std::uint32_t>(offset());
            if (isContainer) {
                node.type = isObject ? Type::Object : Type::Array;
            } else if (c == '"') {
                node.type = Type::String;
                if (!readString(node.text))
                    return false;
            } else if (!readScalar(node)) {
                return false;
            }
            const Index parent = frames.empty() ? Document::none : frames.back().node;
            const Index last = frames.empty() ? Document::none : frames.back().last;
            const Index added = document->add(parent, last, node);
            if (!frames.empty())
                frames.back().last = added;
            bool hasValue = false;
            if (isContainer && !open(added, isObject, key, hasValue))
                return false;
            if (!hasValue && !advance(key, done))
                return false;
        }
        return true;
    }

    // simdjson's list takes four bytes for each byte of the longest text; a giant's is given back after use.
    simdjson::error_code prepare(std::size_t bytes)
    {
        constexpr std::size_t least = 256 * 1024;
        const std::size_t wanted = std::max(bytes, least);
        if (!index) {
            return simdjson::get_active_implementation()->create_dom_parser_implementation(
                wanted, limits.maxDepth, index);
        }
        return index->capacity() >= wanted ? simdjson::SUCCESS : index->allocate(wanted, limits.maxDepth);
    }

    void release()
    {
        constexpr std::size_t most = 4u << 20;
        if (index && index->capacity() > most)
            index.reset();
    }
};

JsonParser::JsonParser(const Limits& limits)
    : m_private(std::make_unique<Private>())
{
    m_private->limits = limits;
}

JsonParser::~JsonParser()
{
    if (m_private) // not moved from
        wipe();
}

JsonParser::JsonParser(JsonParser&&) noexcept = default;

Result<void> JsonParser::parse(std::string_view paddedText, Document& document, Skip skip)
{
    Private& p = *m_private;
    document.clear();
    if (paddedText.size() > p.limits.maxObjectBytes)
        return failure(ErrorKind::Limit, "the value is too large", "offset 0");
    auto error = p.prepare(paddedText.size());
    if (error == simdjson::SUCCESS) {
        const auto* bytes = reinterpret_cast<const std::uint8_t*>(paddedText.data());
        error = p.index->stage1(bytes, paddedText.size(), simdjson::stage1_mode::regular);
    }
    if (error != simdjson::SUCCESS)
        return failure(ErrorKind::Format, reasonOf(error), "offset 0");
    p.text = paddedText.data();
    p.size = paddedText.size();
    p.at = 0;
    p.count = p.index->n_structural_indexes;
    p.document = &document;
    p.skip = skip;
    p.frames.clear();
    const bool isBuilt = p.build();
    p.release();
    if (isBuilt)
        return {};
    document.clear();
    return failure(p.failed.kind, p.failed.what, "offset " + std::to_string(p.failed.offset));
}

Result<void> JsonParser::parseCopy(std::string_view text, Document& document)
{
    // The bytes of a string this long stay where they are when it moves into the document, after parse() cleared that.
    std::string copy;
    copy.reserve(text.size() + jsonPadding);
    copy = text;
    copy.append(jsonPadding, '\0');
    auto parsed = parse(std::string_view(copy).substr(0, text.size()), document);
    if (parsed)
        document.adopt(std::move(copy));
    return parsed;
}

void JsonParser::wipe()
{
    ::explicit_bzero(m_private->scratch.data(), m_private->scratch.capacity());
    m_private->scratch.clear();
}

} // namespace plimsoll::format
