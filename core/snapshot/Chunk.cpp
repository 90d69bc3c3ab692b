// SPDX-License-Identifier: Apache-2.0
#include "core/snapshot/Chunk_p.h"

#include <algorithm>
#include <cstring>

#include "core/format/Json.h"
#include "core/snapshot/Input_p.h"

namespace plimsoll::snapshot {

Chunk nextChunk(BufferPool& buffers, format::ByteSource& source, std::string_view carried, std::size_t wanted)
{
    Chunk chunk;
    const std::size_t capacity = std::max(wanted, carried.size() * 2);
    chunk.buffer = buffers.take(capacity + format::jsonPadding);
    carried.copy(chunk.buffer.bytes.get(), carried.size());
    chunk.size = carried.size();
    while (chunk.size < capacity && !chunk.isEnd) {
        auto count = source.read(chunk.buffer.bytes.get() + chunk.size, capacity - chunk.size);
        if (!count)
            chunk.failed = std::move(count.error());
        chunk.isEnd = !count || *count == 0;
        chunk.size += count.value_or(0);
    }
    std::memset(chunk.buffer.bytes.get() + chunk.size, 0, format::jsonPadding);
    return chunk;
}

Chunk restOf(BufferPool& buffers, const Chunk& chunk, std::size_t used)
{
    MemorySource none({});
    Chunk rest = nextChunk(buffers, none, chunk.text().substr(used), chunk.size - used);
    rest.isEnd = chunk.isEnd;
    rest.failed = chunk.failed;
    return rest;
}

std::size_t lastDocument(std::string_view text)
{
    const std::size_t found = text.rfind("\n---");
    return found == std::string_view::npos ? 0 : found + 1;
}

YamlList measureItems(std::string_view text, std::size_t begin)
{
    YamlList list { begin, begin, text.size() };
    for (std::size_t line = begin; line < text.size(); line = std::min(text.find('\n', line), text.size() - 1) + 1) {
        const std::string_view rest = text.substr(line);
        if (rest.starts_with("- ")) {
            list.last = line;
        } else if (!std::string_view(" \n\r#").contains(rest.front())) {
            list.end = line;
            break;
        }
    }
    return list;
}

std::optional<YamlList> listIn(std::string_view text)
{
    constexpr std::string_view key = "\nitems:\n- ";
    const std::size_t found = text.substr(0, 4096).find(key);
    if (found == std::string_view::npos || text.substr(0, found).contains("\n- "))
        return std::nullopt;
    const YamlList list = measureItems(text, found + key.size() - 2);
    const std::size_t second = text.find("\n- ", list.begin);
    const std::string_view first
        = text.substr(list.begin, second == std::string_view::npos ? second : second - list.begin);
    if (second == std::string_view::npos || !first.contains("apiVersion: ") || !first.contains("\n  kind: "))
        return std::nullopt;
    return list;
}

} // namespace plimsoll::snapshot
