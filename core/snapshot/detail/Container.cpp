// SPDX-License-Identifier: Apache-2.0
#include "core/snapshot/detail/Container.h"

#include <algorithm>
#include <cerrno>
#include <set>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/Text.h"
#include "core/format/Sha256.h"
#include "core/snapshot/detail/Age.h"
#include "core/snapshot/detail/Seal.h"

namespace plimsoll::snapshot::detail {

namespace {

constexpr std::size_t maxManifestBytes = 512u << 20;
constexpr std::size_t maxSignatureBytes = 64u << 10;
constexpr std::uint64_t maxEncryptedBytes = 8ull << 30;
constexpr const char* again = "get the file once more from where it came";

constexpr std::string_view mimetypePath = "mimetype";
constexpr std::string_view manifestPath = "manifest.json";
constexpr std::size_t localHeaderBytes = 30; // in front of the path
constexpr std::size_t recognisedBytes = 256;

} // namespace

// By the path of the first entry with how its text begins, or by ZIP and its text, so that no one changed byte makes it
// an archive like any other, whose lists would be read without a look at their digests.
bool looksLikeSnapshot(std::string_view head)
{
    if (head.starts_with(ageMagic))
        return true;
    constexpr std::string_view zip = "PK\x03\x04", begin = snapshotMediaType.substr(0, 12),
                               end = snapshotMediaType.substr(12);
    if (head.size() <= localHeaderBytes + mimetypePath.size())
        return false;
    const std::string_view path = head.substr(localHeaderBytes, mimetypePath.size());
    const std::string_view text = head.substr(localHeaderBytes + mimetypePath.size());
    const bool hasPath = path == mimetypePath, hasBegin = text.starts_with(begin),
               hasEnd = text.size() > begin.size() && text.substr(begin.size()).starts_with(end);
    // Of path, beginning and end of the text any two are enough; a cut file has the beginning only.
    return (hasPath && (hasBegin || hasEnd)) || (head.starts_with(zip) && hasBegin && hasEnd);
}

std::unexpected<Error> Container::bad(std::string what, std::string_view entry) const
{
    return failure(ErrorKind::Format, "the snapshot cannot be trusted: " + std::move(what),
        entry.empty() ? m_name : m_name + '!' + printable(entry), again);
}

Container::~Container()
{
    if (m_descriptor >= 0)
        ::close(m_descriptor);
}

Result<std::shared_ptr<const Container>> Container::openFile(
    const std::string& path, const OpenKeys& keys, Progress& progress)
{
    const std::shared_ptr<Container> out(new Container);
    out->m_name = printable(path);
    out->m_descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat status { };
    if (out->m_descriptor < 0 || ::fstat(out->m_descriptor, &status) != 0)
        return failure(
            ErrorKind::NotFound, "the file cannot be opened", out->m_name, "check the path and its permissions");
    if (!S_ISREG(status.st_mode))
        return failure(ErrorKind::Format, "this is no snapshot file", out->m_name, "name a .plimsoll file");
    out->m_size = static_cast<std::uint64_t>(status.st_size);
    if (auto opened = out->open(keys, progress); !opened)
        return std::unexpected(opened.error());
    return out;
}

Result<std::shared_ptr<const Container>> Container::openBytes(
    Bytes bytes, const std::string& name, const OpenKeys& keys, Progress& progress)
{
    const std::shared_ptr<Container> out(new Container);
    out->m_name = printable(name);
    out->m_size = bytes.view.size();
    out->m_bytes = std::move(bytes);
    if (auto opened = out->open(keys, progress); !opened)
        return std::unexpected(opened.error());
    return out;
}

Result<std::string> Container::readAt(std::uint64_t offset, std::size_t size) const
{
    const auto brokenOff = [&] { return bad("it breaks off"); };
    if (offset > m_size || size > m_size - offset)
        return brokenOff();
    if (m_descriptor < 0)
        return std::string(m_bytes.view.substr(offset, size));
    std::string out(size, '\0');
    std::size_t done = 0;
    while (done < size) {
        const ssize_t count = ::pread(m_descriptor, out.data() + done, size - done, static_cast<off_t>(offset + done));
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return brokenOff();
        done += static_cast<std::size_t>(count);
    }
    return out;
}

Result<void> Container::decrypt(const OpenKeys& keys, Progress& progress)
{
    if (m_size > maxEncryptedBytes)
        return failure(ErrorKind::Limit, "the encrypted file is too large to be opened in memory", m_name,
            "decrypt it with age first");
    AgeKeys ageKeys;
    for (const std::string& file : keys.identityFiles) {
        auto identities = readIdentities(file);
        if (!identities)
            return std::unexpected(identities.error());
        ageKeys.identities.insert(ageKeys.identities.end(), identities->begin(), identities->end());
    }
    if (keys.passphrase)
        ageKeys.passphrase = [&] { return keys.passphrase(m_name); };
    const auto sealed = readAt(0, m_size);
    if (!sealed)
        return std::unexpected(sealed.error());
    auto plain = decryptAge(*sealed, ageKeys, progress);
    if (!plain) {
        Error error = std::move(plain.error());
        error.where = m_name;
        return std::unexpected(std::move(error));
    }
    const auto owner = std::make_shared<const std::string>(std::move(*plain));
    m_bytes = { *owner, owner };
    m_size = owner->size();
    if (m_descriptor >= 0)
        ::close(std::exchange(m_descriptor, -1));
    return {};
}

// A small entry that is not compressed, at the place where it must be.
Result<std::string> Container::readStored(
    std::size_t index, std::string_view path, std::size_t maxBytes, std::uint64_t& at)
{
    const auto head = readAt(at, std::min<std::uint64_t>(maxLocalHeader, m_size - std::min(at, m_size)));
    if (!head)
        return std::unexpected(head.error());
    auto header = readLocalHeader(*head);
    if (!header)
        return bad(header.error().what, path);
    const ZipEntry& entry = header->entry;
    if (entry.path != path || entry.isDeflated || entry.bytes != entry.packed || entry.bytes > maxBytes)
        return index == 2 ? Result<std::string>(std::string()) : bad("another entry stands in its place", path);
    auto text = readAt(at + header->size, entry.bytes);
    if (!text)
        return text;
    if (crc32Of(*text) != entry.crc32)
        return bad("it was changed", path);
    at += header->size + entry.bytes;
    m_front.push_back(entry);
    return text;
}

Result<void> Container::open(const OpenKeys& keys, Progress& progress)
{
    const auto head = readAt(0, std::min<std::uint64_t>(m_size, recognisedBytes));
    if (!head)
        return std::unexpected(head.error());
    if (!looksLikeSnapshot(*head))
        return failure(ErrorKind::Format, "this is no snapshot file", m_name, "name a .plimsoll file");
    const bool isEncrypted = head->starts_with(ageMagic);
    if (isEncrypted) {
        if (auto decrypted = decrypt(keys, progress); !decrypted)
            return decrypted;
    }
    std::uint64_t at = 0;
    const auto mimetype = readStored(0, mimetypePath, recognisedBytes, at);
    if (!mimetype)
        return std::unexpected(mimetype.error());
    if (*mimetype != snapshotMediaType)
        return bad("it was changed", mimetypePath);
    auto manifest = readStored(1, manifestPath, maxManifestBytes, at);
    if (!manifest)
        return std::unexpected(manifest.error());
    m_manifestText = std::move(*manifest);
    const auto signature = readStored(2, "manifest.sig", maxSignatureBytes, at);
    if (!signature)
        return std::unexpected(signature.error());
    auto read = readManifest(m_manifestText);
    if (!read) {
        Error error = std::move(read.error());
        error.where = m_name;
        return std::unexpected(std::move(error));
    }
    m_manifest = std::move(*read);
    m_manifest.origin.isEncrypted = isEncrypted;
    if (auto checked = checkLayout(); !checked)
        return checked;
    return checkSigner(*signature, keys);
}

// Works out from the manifest what must stand around the data, and compares.
Result<void> Container::checkLayout()
{
    std::vector<ZipEntry> entries = m_front;
    std::set<std::string_view> paths { mimetypePath, manifestPath, "manifest.sig" };
    for (const EntryFacts& entry : m_manifest.entries) {
        if (!paths.insert(entry.path).second)
            return bad("it names an entry twice", entry.path);
        entries.push_back({ .path = entry.path,
            .bytes = entry.bytes,
            .packed = entry.packed,
            .crc32 = entry.crc32,
            .isDeflated = true });
    }
    const ZipLayout layout = layOut(entries);
    if (layout.size() != m_size)
        return bad(layout.size() > m_size ? "it breaks off" : "there is more in it than its manifest says");
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const auto header = readAt(layout.headerOffsets[i], layout.localHeaders[i].size());
        if (!header || *header != layout.localHeaders[i])
            return bad("it was changed", entries[i].path);
    }
    const auto end = readAt(layout.endOffset, layout.end.size());
    if (!end || *end != layout.end)
        return bad("its list of entries was changed");
    for (std::size_t i = m_front.size(); i < entries.size(); ++i) {
        const EntryFacts& entry = m_manifest.entries[i - m_front.size()];
        std::uint64_t packedAt = layout.dataOffsets[i], textAt = 0;
        auto& blockOffsets = m_blockOffsets.emplace_back();
        auto& textOffsets = m_textOffsets.emplace_back();
        for (const BlockFacts& block : entry.blocks) {
            blockOffsets.push_back(packedAt);
            textOffsets.push_back(textAt);
            packedAt += block.packed;
            textAt += block.bytes;
        }
        const auto last = readAt(packedAt, endOfStream.size());
        if (!last || *last != endOfStream)
            return bad("it was changed", entry.path);
    }
    return {};
}

Result<void> Container::checkSigner(const std::string& signature, const OpenKeys& keys)
{
    Origin& origin = m_manifest.origin;
    origin.integrity = Integrity::Unsigned;
    if (!signature.empty()) {
        const auto signer = checkSignature(signature, m_manifestText);
        if (!signer)
            return bad(signer.error().what, "manifest.sig");
        origin.integrity = Integrity::Signed;
        origin.signer = signer->fingerprint;
    }
    if (keys.trustedSigner.empty())
        return {};
    const auto trusted = fingerprintOfFile(keys.trustedSigner);
    if (!trusted)
        return std::unexpected(trusted.error());
    if (origin.signer != *trusted)
        return bad(origin.signer.empty() ? "it is not signed" : "it was signed with another key, " + origin.signer);
    return {};
}

Result<void> Container::readBlock(std::size_t entry, std::size_t block, char* out) const
{
    const EntryFacts& facts = m_manifest.entries[entry];
    const BlockFacts& wanted = facts.blocks[block];
    const auto packed = readAt(m_blockOffsets[entry][block], wanted.packed);
    if (!packed)
        return std::unexpected(packed.error());
    if (format::sha256Hex(*packed) != wanted.sha256)
        return bad("it was changed", facts.path);
    if (const auto inflated = inflateBlock(*packed, out, wanted.bytes); !inflated)
        return bad(inflated.error().what, facts.path);
    return {};
}

Result<std::string> Container::readEntry(std::size_t entry) const
{
    const EntryFacts& facts = m_manifest.entries[entry];
    std::string out;
    for (std::size_t block = 0; block < facts.blocks.size(); ++block) {
        std::string text(facts.blocks[block].bytes, '\0');
        if (auto read = readBlock(entry, block, text.data()); !read)
            return std::unexpected(read.error());
        out += text;
    }
    return out;
}

Result<std::string> Container::readPacked(std::size_t entry) const
{
    return readAt(m_blockOffsets[entry].front(), m_manifest.entries[entry].packed);
}

Result<std::string> Container::readText(std::size_t entry, std::uint64_t offset, std::size_t length) const
{
    const auto& offsets = m_textOffsets[entry];
    const auto next = std::ranges::upper_bound(offsets, offset);
    PLIMSOLL_ASSERT(next != offsets.begin());
    const auto block = static_cast<std::size_t>(next - offsets.begin()) - 1;
    std::shared_ptr<const std::string> text;
    {
        const std::lock_guard lock(m_mutex);
        if (m_recentEntry == entry && m_recentBlock == block)
            text = m_recent;
    }
    if (!text) {
        std::string fresh(m_manifest.entries[entry].blocks[block].bytes, '\0');
        if (auto read = readBlock(entry, block, fresh.data()); !read)
            return std::unexpected(read.error());
        text = std::make_shared<const std::string>(std::move(fresh));
        const std::lock_guard lock(m_mutex);
        m_recentEntry = entry;
        m_recentBlock = block;
        m_recent = text;
    }
    const std::uint64_t begin = offset - offsets[block];
    if (begin > text->size() || length > text->size() - begin)
        return bad("an object lies across its blocks", m_manifest.entries[entry].path);
    return text->substr(begin, length);
}

} // namespace plimsoll::snapshot::detail
