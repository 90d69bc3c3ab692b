// SPDX-License-Identifier: Apache-2.0
#include "core/base/StringPool.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstring>
#include <mutex>
#include <vector>

#include "core/base/Hash.h"

namespace plimsoll {

namespace {

constexpr std::size_t blockBytes = 64 * 1024;
constexpr std::uint32_t firstSegment = 256; // strings in segment 0; each next segment is twice as large
constexpr std::size_t segmentCount = 20;

struct SegmentSlot {
    std::size_t segment;
    std::size_t slot;
};

SegmentSlot slotOf(std::uint32_t index)
{
    const auto segment = static_cast<std::size_t>(std::bit_width(index / firstSegment + 1) - 1);
    const auto start = static_cast<std::size_t>(firstSegment) * ((std::size_t { 1 } << segment) - 1);
    return { segment, index - start };
}

// What a thread interned lately, so that the few hundred strings that make up most of a dump (names of fields, labels,
// images) cost neither a lock nor a walk through the shard's tables.
struct RecentString {
    std::uint64_t pool = 0; // serial number; 0 = nothing
    std::uint64_t hash = 0;
    std::string_view text; // in that pool, which is alive: its own intern() asks
    StringId id;
};
constexpr std::size_t recentCount = 2048;
thread_local std::array<RecentString, recentCount> recentStrings;

std::atomic<std::uint64_t> poolCount = 0;

} // namespace

// One lock each, so that two threads rarely meet. Views lie in segments that never move, so text() needs no lock:
// whoever holds an id got it through a synchronisation that happened after the segment was filled.
struct StringPool::Shard {
    mutable std::mutex mutex;
    std::vector<std::uint32_t> table = std::vector<std::uint32_t>(64, 0); // open addressing; 0 = empty, else index + 1
    std::vector<std::uint32_t> hashes; // by index, upper half of the hash
    std::array<std::unique_ptr<std::string_view[]>, segmentCount> segments;
    std::vector<std::unique_ptr<char[]>> blocks;
    std::size_t blockUsed = blockBytes;
    std::uint32_t count = 0;
    std::uint64_t poolSerial = 0; // tells the pool from any other of the process, also of the past; in the first shard

    std::string_view at(std::uint32_t index) const
    {
        const auto [segment, slot] = slotOf(index);
        return segments[segment][slot];
    }

    std::string_view store(std::string_view text)
    {
        if (text.empty())
            return {};
        if (text.size() > blockBytes / 4) {
            blocks.insert(blocks.begin(), std::make_unique<char[]>(text.size()));
            std::memcpy(blocks.front().get(), text.data(), text.size());
            return { blocks.front().get(), text.size() };
        }
        if (blockUsed + text.size() > blockBytes) {
            blocks.push_back(std::make_unique<char[]>(blockBytes));
            blockUsed = 0;
        }
        char* place = blocks.back().get() + blockUsed;
        std::memcpy(place, text.data(), text.size());
        blockUsed += text.size();
        return { place, text.size() };
    }

    // Index of the text, or the table position where it would go.
    std::pair<std::uint32_t, std::size_t> probe(std::string_view text, std::uint32_t hash) const
    {
        const std::size_t mask = table.size() - 1;
        for (std::size_t place = hash & mask;; place = (place + 1) & mask) {
            const std::uint32_t entry = table[place];
            if (entry == 0 || (hashes[entry - 1] == hash && at(entry - 1) == text))
                return { entry, place };
        }
    }

    void grow()
    {
        table.assign(table.size() * 2, 0);
        const std::size_t mask = table.size() - 1;
        for (std::uint32_t index = 0; index < count; ++index) {
            std::size_t place = hashes[index] & mask;
            while (table[place] != 0)
                place = (place + 1) & mask;
            table[place] = index + 1;
        }
    }

    std::uint32_t add(std::string_view text, std::uint32_t hash, std::size_t place)
    {
        const std::uint32_t index = count;
        const auto [segment, slot] = slotOf(index);
        if (!segments[segment])
            segments[segment] = std::make_unique<std::string_view[]>(static_cast<std::size_t>(firstSegment) << segment);
        segments[segment][slot] = store(text);
        hashes.push_back(hash);
        table[place] = index + 1;
        ++count;
        if (count * 2 > table.size())
            grow();
        return index;
    }
};

StringPool::StringPool()
{
    for (auto& shard : m_shards)
        shard = std::make_unique<Shard>();
    m_shards.front()->poolSerial = ++poolCount;
}

StringPool::~StringPool() = default;

StringId StringPool::intern(std::string_view text)
{
    const std::uint64_t hash = hashBytes(text);
    const std::uint64_t serial = m_shards.front()->poolSerial;
    RecentString& recent = recentStrings[(hash >> 20) % recentCount];
    if (recent.hash == hash && recent.pool == serial && recent.text == text)
        return recent.id;
    const auto shardIndex = static_cast<std::uint32_t>(hash & (shardCount - 1));
    const auto shardHash = static_cast<std::uint32_t>(hash >> 32);
    Shard& shard = *m_shards[shardIndex];
    const std::lock_guard lock(shard.mutex);
    const auto [entry, place] = shard.probe(text, shardHash);
    const std::uint32_t index = entry != 0 ? entry - 1 : shard.add(text, shardHash, place);
    const StringId id { (index << shardBits) | shardIndex };
    recent = { serial, hash, shard.at(index), id };
    return id;
}

StringId StringPool::find(std::string_view text) const
{
    const std::uint64_t hash = hashBytes(text);
    const auto shardIndex = static_cast<std::uint32_t>(hash & (shardCount - 1));
    const Shard& shard = *m_shards[shardIndex];
    const std::lock_guard lock(shard.mutex);
    const std::uint32_t entry = shard.probe(text, static_cast<std::uint32_t>(hash >> 32)).first;
    return entry == 0 ? StringId::none() : StringId { ((entry - 1) << shardBits) | shardIndex };
}

std::string_view StringPool::text(StringId id) const
{
    if (id.isNone())
        return {};
    return m_shards[id.index & (shardCount - 1)]->at(id.index >> shardBits);
}

} // namespace plimsoll
