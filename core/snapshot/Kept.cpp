// SPDX-License-Identifier: Apache-2.0
#include "core/snapshot/Kept_p.h"

#include <algorithm>

#include <lz4.h>

#include "core/format/Json.h"

namespace plimsoll::snapshot {

namespace {

void appendNumber(std::string& out, std::uint64_t number)
{
    for (; number >= 0x80; number >>= 7)
        out += static_cast<char>((number & 0x7F) | 0x80);
    out += static_cast<char>(number);
}

std::uint64_t takeNumber(std::string_view& text)
{
    std::uint64_t number = 0;
    for (unsigned shift = 0; !text.empty() && shift < 64; shift += 7) {
        const auto byte = static_cast<std::uint8_t>(text.front());
        text.remove_prefix(1);
        number |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
        if (byte < 0x80)
            break;
    }
    return number;
}

// Signed differences as small numbers: a YAML anchor's line may lie before the line of what refers to it.
std::uint64_t folded(std::int64_t difference)
{
    return (static_cast<std::uint64_t>(difference) << 1) ^ static_cast<std::uint64_t>(difference >> 63);
}

std::int64_t unfolded(std::uint64_t number)
{
    return static_cast<std::int64_t>(number >> 1) ^ -static_cast<std::int64_t>(number & 1);
}

class LineWriter {
public:
    LineWriter(std::string& out, bool isLineNumbered, std::string_view source, std::uint32_t firstLine)
        : m_out(out)
        , m_isLineNumbered(isLineNumbered)
        , m_source(source)
        , m_line(firstLine)
    {
    }

    // Values in document order, so that positions in the source only grow.
    void append(format::Value value)
    {
        const std::int64_t line = m_isLineNumbered ? value.position() : lineOf(value.position());
        appendNumber(m_out, folded(line - m_previous));
        m_previous = line;
        for (const format::Value child : value)
            append(child);
    }

private:
    std::uint32_t lineOf(std::uint32_t position)
    {
        const std::string_view passed
            = m_source.substr(std::min<std::size_t>(m_at, m_source.size()), position > m_at ? position - m_at : 0);
        m_line += static_cast<std::uint32_t>(std::ranges::count(passed, '\n'));
        m_at = std::max<std::size_t>(m_at, position);
        return m_line;
    }

    std::string& m_out;
    bool m_isLineNumbered;
    std::string_view m_source;
    std::size_t m_at = 0;
    std::uint32_t m_line;
    std::int64_t m_previous = 0;
};

} // namespace

std::uint32_t BlockStore::reserve()
{
    const std::lock_guard lock(m_mutex);
    m_blocks.emplace_back();
    return static_cast<std::uint32_t>(m_blocks.size() - 1);
}

void BlockStore::fill(std::uint32_t block, std::string_view text)
{
    std::vector<char> packed(static_cast<std::size_t>(LZ4_compressBound(static_cast<int>(text.size()))));
    const int size = LZ4_compress_default(
        text.data(), packed.data(), static_cast<int>(text.size()), static_cast<int>(packed.size()));
    PLIMSOLL_ASSERT(size > 0);
    packed.resize(static_cast<std::size_t>(size));
    packed.shrink_to_fit();
    const std::lock_guard lock(m_mutex);
    m_blocks[block] = { std::move(packed), text.size() };
}

Result<std::shared_ptr<const std::string>> BlockStore::read(std::uint32_t block) const
{
    const std::lock_guard lock(m_mutex);
    if (m_recent && m_recentBlock == block)
        return m_recent;
    if (block >= m_blocks.size())
        return failure(ErrorKind::NotFound, "the object's text was not kept");
    const Block& from = m_blocks[block];
    auto text = std::make_shared<std::string>(from.unpackedBytes, '\0');
    const int size = LZ4_decompress_safe(
        from.packed.data(), text->data(), static_cast<int>(from.packed.size()), static_cast<int>(text->size()));
    if (size < 0 || static_cast<std::size_t>(size) != from.unpackedBytes)
        return failure(ErrorKind::Internal, "the object's kept text cannot be unpacked");
    m_recent = std::move(text);
    m_recentBlock = block;
    return m_recent;
}

void appendRecord(
    std::string& out, format::Value root, bool isLineNumbered, std::string_view source, std::uint32_t firstLine)
{
    std::string json;
    format::appendJson(json, root);
    appendNumber(out, json.size());
    out += json;
    LineWriter(out, isLineNumbered, source, firstLine).append(root);
}

Result<void> readRecord(std::string_view record, format::Document& document)
{
    const std::uint64_t size = takeNumber(record);
    if (size > record.size())
        return failure(ErrorKind::Internal, "the object's kept text is damaged");
    // Written by ourselves and perhaps longer than what a source may hold.
    const format::Limits limits { .maxObjectBytes = record.size(), .maxDepth = 4096 };
    format::JsonParser parser(limits);
    auto parsed = parser.parseCopy(record.substr(0, size), document);
    if (!parsed)
        return parsed;
    record.remove_prefix(size);
    std::int64_t line = 0;
    for (std::uint32_t node = 0; node < document.nodeCount(); ++node) {
        line += unfolded(takeNumber(record));
        document.node(node).position = static_cast<std::uint32_t>(line);
    }
    document.setLineNumbered(true);
    return {};
}

} // namespace plimsoll::snapshot
