// SPDX-License-Identifier: Apache-2.0
#include "core/evidence/detail/JsonStream.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>

#include "core/base/Text.h"
#include "core/evidence/Head.h"
#include "core/format/Json.h"

namespace plimsoll::evidence {

namespace {

constexpr std::size_t readBytes = 1u << 20;
constexpr std::size_t maxLineBytes = 64u << 20;
constexpr std::size_t envelopeBytes = 64u << 10; // within which the array of a wrapper begins

// Where the array of a wrapper begins: of {"records":[ the bracket. npos when the text is no wrapper.
std::size_t wrappedArray(std::string_view text)
{
    constexpr std::array<std::string_view, 5> names { "records", "events", "logEvents", "results", "items" };
    text = text.substr(0, envelopeBytes);
    std::size_t depth = 0;
    std::string_view last; // string at depth 1
    bool isNamed = false; // behind its colon
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '"') {
            const std::size_t begin = ++i;
            while (i < text.size() && text[i] != '"')
                i += text[i] == '\\' ? 2 : 1;
            last = depth == 1 && !isNamed && i < text.size() ? text.substr(begin, i - begin) : std::string_view();
        } else if (c == ':') {
            isNamed = true;
        } else if (c == ',') {
            isNamed = false;
        } else if (c == '[' && depth == 1 && isNamed && std::ranges::count(names, last) > 0) {
            return i;
        } else if (c == '{' || c == '[') {
            ++depth;
            isNamed = false;
        } else if (c == '}' || c == ']') {
            if (depth-- <= 1)
                return std::string_view::npos;
        }
    }
    return std::string_view::npos;
}

class PieceReader {
public:
    PieceReader(format::ByteSource& bytes, Progress& progress, const PieceVisitor& visit)
        : m_bytes(bytes)
        , m_progress(progress)
        , m_visit(visit)
    {
        m_buffer.reserve(2 * readBytes + format::jsonPadding); // longer lines are rare
    }
    ~PieceReader() { wipeText(m_buffer); }
    PieceReader(const PieceReader&) = delete;
    PieceReader& operator=(const PieceReader&) = delete;
    Result<void> read();

private:
    Result<std::size_t> fill();
    void growTo(std::size_t size);
    bool isOfLines();
    void takeLines(bool isLast);
    Result<void> readLines(std::size_t count);
    Result<void> readArray(std::size_t count);

    format::ByteSource& m_bytes;
    Progress& m_progress;
    const PieceVisitor& m_visit;
    std::string m_buffer; // whole lines and the beginning of one
    std::size_t m_scanned = 0; // of it without a line break
    std::uint64_t m_line = 0;
    bool m_isTooLong = false; // the line that is being read
    bool m_isWrapped = false;
};

// Makes room, also for the bytes behind a text that the parser may look at, and leaves no copy of the text behind.
void PieceReader::growTo(std::size_t size)
{
    if (size <= m_buffer.capacity())
        return;
    std::string larger;
    larger.reserve(2 * size);
    larger = m_buffer;
    wipeText(m_buffer);
    m_buffer = std::move(larger);
}

// Reads on until a megabyte has come or nothing comes any more.
Result<std::size_t> PieceReader::fill()
{
    const std::size_t before = m_buffer.size();
    growTo(before + readBytes + format::jsonPadding);
    m_buffer.resize(before + readBytes);
    std::size_t got = 0;
    while (got < readBytes) {
        const auto count = m_bytes.read(m_buffer.data() + before + got, readBytes - got);
        if (!count)
            return std::unexpected(count.error());
        if (*count == 0)
            break;
        got += *count;
    }
    m_buffer.resize(before + got);
    return got;
}

// From the first megabyte. Cuts the head of a wrapper off.
bool PieceReader::isOfLines()
{
    const std::size_t begin = m_buffer.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
    if (begin == std::string::npos)
        return true;
    if (m_buffer[begin] == '[')
        return false;
    if (m_buffer[begin] != '{')
        return true;
    const std::size_t end = m_buffer.find('\n', begin);
    const std::string_view first = trimmed(std::string_view(m_buffer).substr(begin, end - begin));
    const bool isWhole = end == std::string::npos && m_buffer.size() < readBytes;
    if (isWhole || (end != std::string::npos && format::jsonLength(first) > 0))
        return true;
    if (const std::size_t array = wrappedArray(m_buffer); array != std::string::npos) {
        m_isWrapped = true;
        m_buffer.erase(0, array);
        return false;
    }
    return first != "{"; // else documents on many lines
}

void PieceReader::takeLines(bool isLast)
{
    std::size_t begin = 0;
    while (true) {
        const std::size_t end = m_buffer.find('\n', std::max(begin, m_scanned));
        if (end == std::string::npos)
            break;
        ++m_line;
        const std::string_view line = trimmed(std::string_view(m_buffer).substr(begin, end - begin));
        if (m_isTooLong)
            m_visit({ {}, m_line, false, true });
        else if (!line.empty())
            m_visit({ line, m_line, false, false });
        m_isTooLong = false;
        begin = end + 1;
    }
    const std::string_view rest = trimmed(std::string_view(m_buffer).substr(begin));
    if (isLast && !rest.empty() && !m_isTooLong)
        m_visit({ rest, ++m_line, true, false });
    m_buffer.erase(0, begin);
    m_scanned = m_buffer.size();
    if (m_buffer.size() > maxLineBytes) {
        m_isTooLong = true;
        m_buffer.clear();
        m_scanned = 0;
    }
}

Result<void> PieceReader::readLines(std::size_t count)
{
    while (true) {
        takeLines(count == 0);
        if (count == 0)
            return {};
        if (m_progress.isCancelled())
            return failure(ErrorKind::Cancelled, "cancelled");
        const auto next = fill();
        if (!next)
            return std::unexpected(next.error());
        count = *next;
    }
}

Result<void> PieceReader::readArray(std::size_t count)
{
    format::JsonSplitter splitter;
    std::vector<format::JsonItem> items;
    while (true) {
        do {
            items.clear();
            const std::size_t done = splitter.scan(m_buffer, count == 0, items);
            for (const format::JsonItem& item : items) {
                const std::string_view text = trimmed(std::string_view(m_buffer).substr(item.begin, item.size));
                if (item.role == format::JsonItem::Role::TooLarge)
                    m_visit({ {}, item.line, false, true });
                else if (item.role == format::JsonItem::Role::Stray ? !m_isWrapped && !text.empty() : true)
                    m_visit({ text, item.line, false, false });
            }
            m_buffer.erase(0, done);
        } while (splitter.isPaused());
        if (count == 0)
            return {};
        if (m_progress.isCancelled())
            return failure(ErrorKind::Cancelled, "cancelled");
        const auto next = fill();
        if (!next)
            return std::unexpected(next.error());
        count = *next;
    }
}

Result<void> PieceReader::read()
{
    const auto count = fill();
    if (!count)
        return std::unexpected(count.error());
    return isOfLines() ? readLines(*count) : readArray(*count);
}

// A source whose first bytes were looked at.
class HeadedSource final : public format::ByteSource {
public:
    HeadedSource(std::string head, format::ByteSource& rest)
        : m_head(std::move(head))
        , m_rest(rest)
    {
    }
    ~HeadedSource() override { wipeText(m_head); }
    HeadedSource(const HeadedSource&) = delete;
    HeadedSource& operator=(const HeadedSource&) = delete;
    Result<std::size_t> read(char* buffer, std::size_t size) override
    {
        if (m_at == m_head.size())
            return m_rest.read(buffer, size);
        const std::size_t count = std::min(size, m_head.size() - m_at);
        std::memcpy(buffer, m_head.data() + m_at, count);
        m_at += count;
        return count;
    }

private:
    std::string m_head;
    std::size_t m_at = 0;
    format::ByteSource& m_rest;
};

class LogFileSource final : public format::ByteSource {
public:
    LogFileSource(const std::string& path, Progress& progress)
        : m_progress(progress)
    {
        m_file.rdbuf()->pubsetbuf(nullptr, 0); // a buffer of its own would keep what it read
        m_file.open(path, std::ios::binary);
    }
    bool isOpen() const { return m_file.is_open(); }
    Result<std::size_t> read(char* buffer, std::size_t size) override
    {
        m_file.read(buffer, static_cast<std::streamsize>(size));
        if (m_file.bad())
            return failure(ErrorKind::Access, "the log cannot be read to its end");
        const auto count = static_cast<std::size_t>(m_file.gcount());
        m_progress.advance(count);
        return count;
    }

private:
    std::ifstream m_file;
    Progress& m_progress;
};

class TextSource final : public format::ByteSource {
public:
    explicit TextSource(std::string_view text)
        : m_text(text)
    {
    }
    Result<std::size_t> read(char* buffer, std::size_t size) override
    {
        const std::size_t count = std::min(size, m_text.size());
        std::memcpy(buffer, m_text.data(), count);
        m_text.remove_prefix(count);
        return count;
    }

private:
    std::string_view m_text;
};

Result<void> readSome(format::ByteSource& bytes, std::string& out)
{
    std::array<char, 4096> chunk {};
    while (out.size() < 16384) {
        const auto count = bytes.read(chunk.data(), chunk.size());
        if (!count)
            return std::unexpected(count.error());
        if (*count == 0)
            break;
        out.append(chunk.data(), *count);
    }
    return {};
}

// What is broken off in the head of a file is no error here.
std::string firstEntry(format::ByteSource& packed)
{
    std::string out;
    const auto ignored = format::unpack(packed, "", {}, [&](std::string_view, format::ByteSource& inner) {
        return out.empty() ? readSome(inner, out) : Result<void> {};
    });
    static_cast<void>(ignored);
    return out;
}

} // namespace

void wipeText(std::string& text)
{
    text.resize(text.capacity()); // within what it has: no copy is made
    volatile char* byte = text.data();
    for (std::size_t i = 0; i < text.size(); ++i)
        byte[i] = 0;
    text.clear();
}

Result<void> readPieces(format::ByteSource& bytes, Progress& progress, const PieceVisitor& visit)
{
    return PieceReader(bytes, progress, visit).read();
}

Result<void> readUnpacked(format::ByteSource& bytes, const std::string& name, const StreamVisitor& visit)
{
    std::string head(512, '\0');
    std::size_t size = 0;
    while (size < head.size()) {
        const auto count = bytes.read(head.data() + size, head.size() - size);
        if (!count)
            return std::unexpected(count.error());
        if (*count == 0)
            break;
        size += *count;
    }
    head.resize(size);
    const bool isPacked = format::recognisePacking(head) != format::Packing::None;
    HeadedSource whole(std::move(head), bytes); // moved, not copied: too long for a small string
    if (!isPacked)
        return visit(name, whole);
    return format::unpack(whole, name, {}, [&](std::string_view entry, format::ByteSource& inner) {
        return visit(entry.empty() ? name : name + '!' + printable(entry), inner);
    });
}

Result<void> readLogFile(const std::string& path, Progress& progress, const FileReader& read)
{
    const std::string name = printable(path.substr(path.rfind('/') + 1));
    LogFileSource file(path, progress);
    if (!file.isOpen())
        return failure(
            ErrorKind::Access, "the log cannot be read", printable(path), "check the path and its permissions");
    progress.enter("Reading " + name);
    return read(name, file);
}

std::string plainHead(std::string_view head)
{
    if (format::recognisePacking(head) == format::Packing::None)
        return std::string(head.substr(0, 64u << 10));
    TextSource source(head);
    return firstEntry(source);
}

Result<std::string> headOfFile(const std::string& path)
{
    Progress progress;
    std::string out;
    const auto done = readLogFile(path, progress, [&](const std::string&, format::ByteSource& bytes) {
        return readUnpacked(bytes, "", [&](const std::string&, format::ByteSource& inner) -> Result<void> {
            return out.empty() ? readSome(inner, out) : Result<void> {};
        });
    });
    // Enough was read, whatever comes later.
    if (!done && out.empty())
        return std::unexpected(done.error());
    return out;
}

} // namespace plimsoll::evidence
