// SPDX-License-Identifier: Apache-2.0
// Checks of whole snapshot files.
#include <algorithm>
#include <optional>

#include "core/base/Text.h"
#include "core/format/Sha256.h"
#include "core/snapshot/SnapshotFile.h"
#include "core/snapshot/detail/Container.h"

namespace plimsoll::snapshot {

namespace {

using detail::Container;
using detail::EntryFacts;

// Every byte of one entry, as an archive tool would see it.
Result<void> verifyEntry(const Container& container, std::size_t index, const std::string& name, Progress& progress)
{
    const EntryFacts& entry = container.manifest().entries[index];
    const auto changed = [&](const char* what) {
        return failure(ErrorKind::Format, std::string("the snapshot cannot be trusted: ") + what,
            name + '!' + printable(entry.path), "get the file once more from where it came");
    };
    format::Sha256 hash;
    std::uint32_t crc = 0;
    std::uint64_t items = 0;
    for (std::size_t block = 0; block < entry.blocks.size(); ++block) {
        if (progress.isCancelled())
            return failure(ErrorKind::Cancelled, "cancelled");
        std::string text(entry.blocks[block].bytes, '\0');
        if (auto read = container.readBlock(index, block, text.data()); !read)
            return read;
        hash.update(text);
        crc = block == 0 ? detail::crc32Of(text) : detail::crc32Combined(crc, detail::crc32Of(text), text.size());
        const bool isHead = entry.isResource && block == 0;
        const bool isTail = entry.isResource && block + 1 == entry.blocks.size();
        if ((isHead && text != detail::listHead(entry.key)) || (isTail && text != detail::listTail(entry.items == 0)))
            return changed("its list is enclosed by something else than the manifest says");
        // One a line; a block that goes on with a list begins with the end of the line before.
        if (entry.isResource && !isHead && !isTail)
            items += static_cast<std::uint64_t>(std::ranges::count(text, '\n')) + (block == 1 ? 1 : 0);
        progress.advance(text.size());
    }
    if (hash.finishHex() != entry.sha256)
        return changed("its content has another SHA-256 than the manifest says");
    if (crc != entry.crc32 || items != entry.items)
        return changed("its content is not what the manifest says");
    return {};
}

} // namespace

Result<VerifyReport> verifySnapshotFile(
    const std::string& path, const OpenKeys& keys, TaskPool& pool, Progress& progress)
{
    const auto container = Container::openFile(path, keys, progress);
    if (!container)
        return std::unexpected(container.error());
    const detail::Manifest& manifest = (*container)->manifest();
    VerifyReport report;
    report.origin = manifest.origin;
    report.notCollected = manifest.notCollected;
    report.entries = static_cast<std::uint32_t>(manifest.entries.size());
    report.manifestSha256 = format::sha256Hex((*container)->manifestText());
    for (const EntryFacts& entry : manifest.entries) {
        report.objects += entry.items;
        report.bytes += entry.bytes;
    }
    progress.enter("Verifying the snapshot", report.bytes);
    std::vector<std::optional<Error>> errors(manifest.entries.size());
    pool.parallelFor(manifest.entries.size(), 1, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
            if (auto verified = verifyEntry(**container, i, printable(path), progress); !verified)
                errors[i] = std::move(verified.error());
        }
    });
    for (std::optional<Error>& error : errors) {
        if (error)
            return std::unexpected(std::move(*error));
    }
    return report;
}

} // namespace plimsoll::snapshot
