// SPDX-License-Identifier: Apache-2.0
// Snapshot files as a source: the manifest says what there is, blocks are unpacked and read in parallel.
#include <algorithm>
#include <cstring>
#include <tuple>

#include "core/base/Text.h"
#include "core/snapshot/Importer_p.h"
#include "core/snapshot/Snapshot_p.h"
#include "core/snapshot/detail/AtomicFile.h"

namespace plimsoll::snapshot {

namespace {

using detail::BlockFacts;
using detail::Container;
using detail::EntryFacts;

// The items of a block, one a line, each followed by a comma but the last of all.
std::vector<format::JsonItem> itemsOf(std::string_view text, std::uint64_t offset, std::uint32_t line)
{
    std::vector<format::JsonItem> out;
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        std::string_view item = text.substr(at, end - at);
        if (item.ends_with(','))
            item.remove_suffix(1);
        if (!item.empty())
            out.push_back({ .role = format::JsonItem::Role::ListItem,
                .begin = at,
                .size = item.size(),
                .offset = offset + at,
                .line = line,
                .list = 0 });
        at = end + 1;
        line += end < text.size() ? 1 : 0;
    }
    return out;
}

Result<void> otherItems(const EntryFacts& entry)
{
    return failure(ErrorKind::Format, "the snapshot cannot be trusted: a list has other items than its manifest says",
        printable(entry.path), "get the file once more from where it came");
}

// What stands around the items must be what the manifest says of the list, byte for byte.
Result<void> checkEnclosure(const Container& container, std::size_t index, std::size_t block)
{
    const EntryFacts& entry = container.manifest().entries[index];
    const std::string expected = block == 0 ? detail::listHead(entry.key) : detail::listTail(entry.items == 0);
    std::string text(entry.blocks[block].bytes, '\0');
    if (text.size() == expected.size()) {
        if (auto read = container.readBlock(index, block, text.data()); !read)
            return read;
    }
    if (text != expected || (block != 0 && block + 1 != entry.blocks.size()))
        return failure(ErrorKind::Format, "the snapshot cannot be trusted: a list is not what its manifest says",
            printable(entry.path), "get the file once more from where it came");
    return {};
}

std::uint32_t linesIn(const EntryFacts& entry, std::size_t block)
{
    // Every item but the first of the list brings a line end with it; the head has one of its own.
    return block == 0 ? 1 : entry.blocks[block].items;
}

} // namespace

Result<void> Importer::readSnapshot(const std::string& path, const std::string& name)
{
    auto container = Container::openFile(path, m_options.keys, m_progress);
    if (!container && detail::AtomicFile::isPartial(name)) {
        // Lies beside the good ones and must not keep them from being read.
        noteFailure(name,
            { .kind = ErrorKind::Format,
                .what = "a collection that was interrupted left this file",
                .where = name,
                .advice = "remove it" });
        return {};
    }
    if (!container) {
        m_refused = std::move(container.error());
        return std::unexpected(*m_refused);
    }
    m_progress.enter("Reading " + printable(name));
    return readContainer(*container);
}

Result<void> Importer::readSnapshot(const Container::Bytes& bytes, const std::string& name)
{
    auto container = Container::openBytes(bytes, name, m_options.keys, m_progress);
    if (!container) {
        m_refused = std::move(container.error());
        return std::unexpected(*m_refused);
    }
    m_progress.enter("Reading " + printable(name));
    return readContainer(*container);
}

Result<void> Importer::readContainer(const std::shared_ptr<const Container>& container)
{
    const detail::Manifest& manifest = container->manifest();
    if (out().origin.kind == Origin::Kind::Files) {
        out().origin = manifest.origin;
        out().origin.kind = m_options.isLive ? Origin::Kind::Live : Origin::Kind::SnapshotFile;
    }
    out().notCollected.insert(out().notCollected.end(), manifest.notCollected.begin(), manifest.notCollected.end());
    if (out().serverVersion.empty())
        out().serverVersion = manifest.origin.serverVersion;
    std::uint64_t bytes = 0;
    for (const EntryFacts& entry : manifest.entries)
        bytes += entry.bytes;
    if (bytes > m_limits.maxUnpackedBytes) {
        m_refused = Error { .kind = ErrorKind::Limit,
            .what = "the snapshot unpacks to more than can be read",
            .where = container->name(),
            .advice = "name another file" };
        return std::unexpected(*m_refused);
    }
    m_progress.enter("Reading the snapshot", bytes);
    for (std::size_t i = 0; i < manifest.entries.size(); ++i) {
        const EntryFacts& entry = manifest.entries[i];
        auto read = entry.isResource ? readResource(container, i) : readExtra(*container, i);
        if (m_refused)
            return std::unexpected(*m_refused);
        if (!read)
            return read;
    }
    std::ranges::sort(out().notCollected, {},
        [](const NotCollected& one) { return std::tie(one.group, one.plural, one.kind, one.ns); });
    std::ranges::sort(out().partialKinds, {}, [](const PartialKind& one) { return std::tie(one.group, one.kind); });
    return {};
}

// The manifest of a snapshot as a file of its own: somebody took the snapshot apart, and nothing vouches for the rest.
// Packed up again it is refused; a folder is taken for the plain lists it is, and says so.
Result<bool> Importer::readLooseManifest(std::string_view head, const std::string& name, bool isPacked)
{
    constexpr std::string_view begin = "{\n  \"schema\": \"plimsoll/snapshot/";
    if (!head.starts_with(begin))
        return false;
    Error error { .kind = ErrorKind::Format,
        .what = "the snapshot cannot be trusted: it was taken apart",
        .where = printable(name),
        .advice = "open the .plimsoll file itself" };
    if (isPacked) {
        m_refused = error;
        return std::unexpected(std::move(error));
    }
    noteFailure(name, std::move(error));
    return true;
}

Result<void> Importer::readResource(const std::shared_ptr<const Container>& container, std::size_t index)
{
    const EntryFacts& entry = container->manifest().entries[index];
    const std::string apiVersion
        = entry.key.group.empty() ? entry.key.version : entry.key.group + '/' + entry.key.version;
    const TypeName type { apiVersion, entry.key.kind };
    const auto file = static_cast<std::uint32_t>(out().files.size());
    SourceFile source;
    source.name = printable(entry.path);
    source.sha256 = entry.sha256;
    source.bytes = entry.bytes;
    source.content = SourceFile::Content::Json;
    out().files.push_back(std::move(source));
    FileOrigin origin;
    origin.lists = { { 0, type } };
    origin.container = container;
    origin.entry = index;
    out().origins.push_back(std::move(origin));
    m_isKubernetes.push_back(true);
    m_lists[file] = { type };
    if (entry.facts.isComplete)
        m_listed.push_back({ entry.key.group, entry.key.kind });
    else
        out().partialKinds.push_back({ entry.key.group, entry.key.kind, entry.facts.namespaces });

    std::uint64_t offset = 0;
    std::uint32_t line = 1;
    for (std::size_t block = 0; block < entry.blocks.size(); ++block) {
        if (auto stop = cancelled(); !stop)
            return stop;
        const BlockFacts& facts = entry.blocks[block];
        if (facts.items == 0) {
            if (auto enclosed = checkEnclosure(*container, index, block); !enclosed) {
                m_refused = std::move(enclosed.error());
                return std::unexpected(*m_refused);
            }
        } else {
            auto batch = std::make_shared<Batch>();
            batch->file = file;
            batch->fileName = out().files[file].name;
            batch->lists = { type };
            batch->size = facts.bytes;
            // A block that does not begin the list begins with the end of the line before it.
            batch->fill
                = [this, container, index, block, offset, firstLine = line - (block > 1 ? 1 : 0)](Batch& filled) {
                      filled.buffer = m_buffers.take(filled.size + format::jsonPadding);
                      std::memset(filled.buffer.bytes.get() + filled.size, 0, format::jsonPadding);
                      auto read = container->readBlock(index, block, filled.buffer.bytes.get());
                      if (!read)
                          return read;
                      filled.items = itemsOf({ filled.buffer.bytes.get(), filled.size }, offset, firstLine);
                      const EntryFacts& listed = container->manifest().entries[index];
                      return filled.items.size() == listed.blocks[block].items ? read : otherItems(listed);
                  };
            m_pipeline.submit(batch);
        }
        m_progress.advance(facts.bytes);
        offset += facts.bytes;
        line += linesIn(entry, block);
    }
    return {};
}

// A document beside the resources is read as any file would be.
Result<void> Importer::readExtra(const Container& container, std::size_t index)
{
    const EntryFacts& entry = container.manifest().entries[index];
    const auto text = container.readEntry(index);
    if (!text) {
        m_refused = text.error();
        return std::unexpected(*m_refused);
    }
    if (entry.path == "README.txt") // for people; it only must be what it was
        return {};
    MemorySource bytes(*text);
    SourceFile source;
    source.name = printable(entry.path);
    return readStream(bytes, std::move(source), {}, true, m_limits.maxNestedArchives + 1);
}

} // namespace plimsoll::snapshot
