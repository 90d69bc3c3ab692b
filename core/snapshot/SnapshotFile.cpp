// SPDX-License-Identifier: Apache-2.0
// Makes snapshot files: items become blocks, blocks become entries, entries the file.
#include "core/snapshot/SnapshotFile.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <set>

#include "core/base/Text.h"
#include "core/format/Sha256.h"
#include "core/snapshot/Input_p.h"
#include "core/snapshot/detail/Age.h"
#include "core/snapshot/detail/AtomicFile.h"
#include "core/snapshot/detail/Container.h"
#include "core/snapshot/detail/Manifest.h"
#include "core/snapshot/detail/Seal.h"
#include "core/snapshot/detail/Zip.h"

namespace plimsoll::snapshot {

namespace {

using detail::EntryFacts;
using detail::ZipEntry;

constexpr std::size_t blockBytes = 1u << 20; // a block is closed by the item that makes it this large
constexpr std::size_t maxWaiting = 12; // blocks whose text is still in memory
constexpr std::string_view separator = ",\n";
constexpr std::string_view mimetypePath = "mimetype";
constexpr std::string_view manifestPath = "manifest.json";
constexpr std::string_view signaturePath = "manifest.sig";

// A piece of an entry on its way from text to packed bytes. Threads: any.
class Block {
public:
    Block(std::string text, std::uint32_t itemCount)
        : m_text(std::move(text))
        , items(itemCount)
        , bytes(m_text.size())
    {
    }
    // Packs unless another thread does.
    void pack()
    {
        if (m_isTaken.exchange(true))
            return;
        std::string packedBytes = detail::deflateBlock(m_text);
        const std::uint32_t crc = detail::crc32Of(m_text);
        std::string digest = format::sha256Hex(packedBytes);
        const std::lock_guard lock(m_mutex);
        packed = std::move(packedBytes);
        crc32 = crc;
        sha256 = std::move(digest);
        m_text = {};
        m_isDone = true;
        m_done.notify_all();
    }
    void wait()
    {
        pack();
        std::unique_lock lock(m_mutex);
        m_done.wait(lock, [this] { return m_isDone; });
    }
    bool isDone()
    {
        const std::lock_guard lock(m_mutex);
        return m_isDone;
    }

private:
    std::atomic<bool> m_isTaken = false;
    std::mutex m_mutex;
    std::condition_variable m_done;
    std::string m_text;
    bool m_isDone = false;

public:
    const std::uint32_t items;
    const std::uint64_t bytes;
    // Once done:
    std::string packed, sha256;
    std::uint32_t crc32 = 0;
};

// Which blocks still hold their text. Bounds memory: who would add one more packs one first.
class Backlog {
public:
    explicit Backlog(TaskPool& pool)
        : m_pool(pool)
    {
    }
    void add(const std::shared_ptr<Block>& block)
    {
        std::shared_ptr<Block> oldest;
        {
            const std::lock_guard lock(m_mutex);
            m_waiting.push_back(block);
            while (!m_waiting.empty() && m_waiting.front()->isDone())
                m_waiting.pop_front();
            if (m_waiting.size() > maxWaiting) {
                oldest = m_waiting.front();
                m_waiting.pop_front();
            }
        }
        m_pool.post([block] { block->pack(); });
        if (oldest)
            oldest->wait();
    }

private:
    TaskPool& m_pool;
    std::mutex m_mutex;
    std::deque<std::shared_ptr<Block>> m_waiting;
};

// An entry whose blocks are done: what stands in the manifest, and the bytes.
struct FinishedEntry {
    EntryFacts facts;
    std::vector<std::shared_ptr<Block>> blocks;
};

FinishedEntry finishedEntry(EntryFacts facts, std::vector<std::shared_ptr<Block>> blocks)
{
    facts.packed = detail::endOfStream.size();
    for (const auto& block : blocks) {
        block->wait();
        facts.crc32 = facts.bytes == 0 ? block->crc32 : detail::crc32Combined(facts.crc32, block->crc32, block->bytes);
        facts.bytes += block->bytes;
        facts.packed += block->packed.size();
        facts.items += block->items;
        facts.blocks.push_back(
            { .packed = block->packed.size(), .bytes = block->bytes, .items = block->items, .sha256 = block->sha256 });
    }
    return { std::move(facts), std::move(blocks) };
}

class ResourceWriter final : public SnapshotWriter::Resource {
public:
    ResourceWriter(const ResourceKey& key, TaskPool& pool, Backlog& backlog)
        : m_key(key)
        , m_pool(pool)
        , m_backlog(backlog)
    {
        clear();
    }

    void append(std::string_view itemJson) override
    {
        if (m_items > 0)
            m_text += separator;
        m_text += itemJson;
        ++m_items;
        ++m_itemsInText;
        if (m_text.size() >= blockBytes)
            closeBlock();
    }

    void clear() override
    {
        m_blocks.clear();
        m_text.clear();
        m_items = 0;
        m_itemsInText = 0;
        m_hash = std::make_unique<BackgroundHash>(m_pool);
        addBlock(detail::listHead(m_key), 0);
    }

    void setFacts(ResourceFacts facts) override { m_facts = std::move(facts); }
    std::uint64_t items() const override { return m_items; }

    FinishedEntry finish()
    {
        closeBlock();
        addBlock(detail::listTail(m_items == 0), 0);
        EntryFacts facts;
        facts.path = detail::pathOf(m_key);
        facts.sha256 = m_hash->finishHex();
        facts.isResource = true;
        facts.key = m_key;
        facts.facts = m_facts;
        return finishedEntry(std::move(facts), std::move(m_blocks));
    }

private:
    void closeBlock()
    {
        if (m_text.empty())
            return;
        std::string text;
        text.reserve(blockBytes + (blockBytes >> 3));
        text.swap(m_text);
        addBlock(std::move(text), m_itemsInText);
        m_itemsInText = 0;
    }
    void addBlock(std::string text, std::uint32_t itemCount)
    {
        m_hash->update(text);
        m_blocks.push_back(std::make_shared<Block>(std::move(text), itemCount));
        m_backlog.add(m_blocks.back());
    }

    ResourceKey m_key;
    TaskPool& m_pool;
    Backlog& m_backlog;
    ResourceFacts m_facts;
    std::unique_ptr<BackgroundHash> m_hash;
    std::vector<std::shared_ptr<Block>> m_blocks;
    std::string m_text;
    std::uint64_t m_items = 0;
    std::uint32_t m_itemsInText = 0;
};

constexpr std::string_view readme
    = "This is a snapshot of the security-relevant objects of a Kubernetes cluster, made by Plimsoll.\n"
      "\n"
      "manifest.json says of which cluster, when, by whom, what could not be read, and the SHA-256 of every entry.\n"
      "resources/GROUP/VERSION/RESOURCE.json are ordinary lists of objects, as kubectl writes them. Values of Secrets\n"
      "and of what looks like a credential are not in it: each is replaced by its rule and length.\n"
      "manifest.sig, when it is there, is an Ed25519 signature of manifest.json. To check it by hand, write the "
      "public\n"
      "key and the signature (base64-decoded) to files, then:\n"
      "  openssl pkeyutl -verify -pubin -inkey KEY.pem -rawin -in manifest.json -sigfile SIGNATURE\n"
      "To check everything, and to read it: plimsoll verify FILE; plimsoll assess FILE.\n";

// The entries in front, which are not compressed.
struct Front {
    std::vector<ZipEntry> entries;
    std::vector<std::string> texts;
};

Front frontOf(const std::string& manifest, const SigningKey* sign)
{
    Front out;
    const auto store = [&](std::string_view path, std::string text) {
        out.entries.push_back({ .path = std::string(path),
            .bytes = text.size(),
            .packed = text.size(),
            .crc32 = detail::crc32Of(text),
            .isDeflated = false });
        out.texts.push_back(std::move(text));
    };
    store(mimetypePath, std::string(snapshotMediaType));
    store(manifestPath, manifest);
    if (sign)
        store(signaturePath, detail::signManifest(*sign, manifest));
    return out;
}

ZipEntry zipEntryOf(const EntryFacts& facts)
{
    return {
        .path = facts.path, .bytes = facts.bytes, .packed = facts.packed, .crc32 = facts.crc32, .isDeflated = true
    };
}

} // namespace

struct SnapshotWriter::Private {
    explicit Private(TaskPool& threads)
        : pool(threads)
        , backlog(threads)
    {
    }
    TaskPool& pool;
    Backlog backlog;
    std::mutex mutex;
    std::map<ResourceKey, std::unique_ptr<ResourceWriter>> resources;
    std::map<std::string, std::string> extras;

    std::vector<FinishedEntry> finishAll();
    Result<void> write(const Origin& origin, const std::vector<NotCollected>& notCollected, const SigningKey* sign,
        Progress& progress, const detail::ByteWriter& out);
};

SnapshotWriter::SnapshotWriter(TaskPool& pool)
    : m_private(std::make_unique<Private>(pool))
{
}

SnapshotWriter::~SnapshotWriter() = default;

SnapshotWriter::Resource& SnapshotWriter::resource(const ResourceKey& key)
{
    const std::lock_guard lock(m_private->mutex);
    auto& place = m_private->resources[key];
    if (!place)
        place = std::make_unique<ResourceWriter>(key, m_private->pool, m_private->backlog);
    return *place;
}

void SnapshotWriter::discard(const ResourceKey& key)
{
    const std::lock_guard lock(m_private->mutex);
    m_private->resources.erase(key);
}

void SnapshotWriter::addExtra(ExtraEntry entry)
{
    const std::lock_guard lock(m_private->mutex);
    m_private->extras[entry.path] = std::move(entry.bytes);
}

// README.txt, the resources, the extras; the latter two each in order of their paths.
std::vector<FinishedEntry> SnapshotWriter::Private::finishAll()
{
    std::vector<FinishedEntry> out;
    const auto addText = [&](std::string path, std::string text) {
        EntryFacts facts;
        facts.path = std::move(path);
        facts.sha256 = format::sha256Hex(text);
        out.push_back(finishedEntry(std::move(facts), { std::make_shared<Block>(std::move(text), 0) }));
    };
    addText("README.txt", std::string(readme));
    for (const auto& [key, writer] : resources)
        out.push_back(writer->finish());
    std::ranges::sort(out.begin() + 1, out.end(), {}, [](const FinishedEntry& entry) { return entry.facts.path; });
    for (const auto& [path, bytes] : extras)
        addText(path, bytes);
    return out;
}

Result<void> SnapshotWriter::Private::write(const Origin& origin, const std::vector<NotCollected>& notCollected,
    const SigningKey* sign, Progress& progress, const detail::ByteWriter& out)
{
    progress.enter("Writing the snapshot");
    const std::vector<FinishedEntry> finished = finishAll();
    std::set<std::string_view> paths { mimetypePath, manifestPath, signaturePath };
    for (const FinishedEntry& entry : finished) {
        // Names come from the server: two that differ in strange characters only have the same path.
        if (!paths.insert(entry.facts.path).second)
            return failure(ErrorKind::Format, "two resources of the cluster have names that cannot be told apart",
                entry.facts.path, "leave the API that serves them out of the cluster");
    }
    detail::Manifest manifest { .origin = origin, .notCollected = notCollected, .entries = {} };
    for (const FinishedEntry& entry : finished)
        manifest.entries.push_back(entry.facts);
    const std::string manifestText = detail::toJson(manifest);

    Front front = frontOf(manifestText, sign);
    const std::vector<std::string>& texts = front.texts;
    std::vector<ZipEntry> entries = std::move(front.entries);
    for (const FinishedEntry& entry : finished)
        entries.push_back(zipEntryOf(entry.facts));
    const detail::ZipLayout layout = detail::layOut(entries);
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (progress.isCancelled())
            return failure(ErrorKind::Cancelled, "cancelled");
        auto written = out(layout.localHeaders[i]);
        if (written && i < texts.size())
            written = out(texts[i]);
        if (i >= texts.size()) {
            for (const auto& block : finished[i - texts.size()].blocks)
                written = written ? out(block->packed) : written;
            written = written ? out(detail::endOfStream) : written;
        }
        if (!written)
            return written;
    }
    return out(layout.end);
}

namespace {

// Gives bytes to an age encryptor when the file is to be encrypted, else straight on.
Result<void> sealed(const SealOptions& seal, const detail::ByteWriter& out,
    const std::function<Result<void>(const detail::ByteWriter&)>& produce)
{
    if (seal.recipients.empty() && !seal.passphrase)
        return produce(out);
    auto encryptor = detail::AgeEncryptor::create(seal.recipients, seal.passphrase, out);
    if (!encryptor)
        return std::unexpected(encryptor.error());
    auto produced = produce([&](std::string_view bytes) { return encryptor->write(bytes); });
    return produced ? encryptor->finish() : produced;
}

Result<void> writeSealed(const std::string& path, const SealOptions& seal,
    const std::function<Result<void>(const detail::ByteWriter&)>& produce)
{
    if (!seal.recipients.empty() && seal.passphrase)
        return failure(ErrorKind::Usage, "a snapshot is encrypted for recipients or with a passphrase", path,
            "leave one of them out");
    auto file = detail::AtomicFile::create(path);
    if (!file)
        return std::unexpected(file.error());
    auto written = sealed(
        seal, [&](std::string_view bytes) { return file->write(bytes); }, produce);
    return written ? file->commit() : written;
}

} // namespace

Result<std::string> SnapshotWriter::toBytes(
    const Origin& origin, const std::vector<NotCollected>& notCollected, Progress& progress)
{
    std::string bytes;
    auto written = m_private->write(origin, notCollected, nullptr, progress, [&](std::string_view part) {
        bytes += part;
        return Result<void>();
    });
    if (!written)
        return std::unexpected(written.error());
    return bytes;
}

Result<void> SnapshotWriter::toFile(const std::string& path, const Origin& origin,
    const std::vector<NotCollected>& notCollected, const SealOptions& seal, Progress& progress)
{
    return writeSealed(path, seal, [&](const detail::ByteWriter& out) {
        return m_private->write(origin, notCollected, seal.sign.get(), progress, out);
    });
}

Result<void> saveSnapshotBytes(
    std::string_view bytes, const std::string& path, const SealOptions& seal, Progress& progress)
{
    const auto container = detail::Container::openBytes({ bytes, {} }, path, {}, progress);
    if (!container)
        return std::unexpected(container.error());
    const Front front = frontOf((*container)->manifestText(), seal.sign.get());
    std::vector<ZipEntry> entries = front.entries;
    for (const EntryFacts& facts : (*container)->manifest().entries)
        entries.push_back(zipEntryOf(facts));
    const detail::ZipLayout layout = detail::layOut(entries);
    return writeSealed(path, seal, [&](const detail::ByteWriter& out) -> Result<void> {
        for (std::size_t i = 0; i < entries.size(); ++i) {
            if (progress.isCancelled())
                return failure(ErrorKind::Cancelled, "cancelled");
            const auto data = i < front.texts.size() ? Result<std::string>(front.texts[i])
                                                     : (*container)->readPacked(i - front.texts.size());
            if (!data)
                return std::unexpected(data.error());
            auto written = out(layout.localHeaders[i]);
            written = written ? out(*data) : written;
            if (!written)
                return written;
        }
        return out(layout.end);
    });
}

} // namespace plimsoll::snapshot
