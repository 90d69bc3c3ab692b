// SPDX-License-Identifier: Apache-2.0
// One object for each group, kind, namespace and name; ids in a fixed order; equal pod specs stored once.
#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>
#include <unordered_map>

#include "core/base/Text.h"
#include "core/cluster/detail/Model_p.h"

namespace plimsoll::cluster::detail {

namespace {

// Comparable by number: objects are compared text by text only when all else is equal.
struct SortKey {
    std::uint32_t kindRank = 0; // rank of (group, kind)
    std::uint32_t namespaceRank = 0;
    std::string_view name;
    auto operator<=>(const SortKey&) const = default;
};

// Ranks distinct values by their text.
template <class Key, class TextOf>
std::unordered_map<Key, std::uint32_t> ranksOf(const std::vector<Key>& keys, TextOf textOf)
{
    std::unordered_map<Key, std::uint32_t> ranks;
    std::vector<Key> distinct;
    for (const Key& key : keys) {
        if (ranks.try_emplace(key, 0).second)
            distinct.push_back(key);
    }
    std::ranges::sort(distinct, {}, textOf);
    for (std::uint32_t rank = 0; rank < distinct.size(); ++rank)
        ranks[distinct[rank]] = rank;
    return ranks;
}

std::vector<SortKey> sortKeys(const Cluster::Private& model)
{
    const StringPool& pool = *model.pool;
    const Parts& parts = model.parts;
    // (group, kind) as one number: both ids are 32 bits; the group is that of the apiVersion.
    std::unordered_map<StringId, std::pair<std::string_view, StringId>> groupOfVersion;
    std::vector<std::uint64_t> groupKinds;
    std::vector<StringId> namespaces;
    groupKinds.reserve(parts.kinds.size());
    for (std::size_t i = 0; i < parts.kinds.size(); ++i) {
        const auto& [apiVersion, kind] = parts.kinds[i];
        auto& group = groupOfVersion[apiVersion];
        if (group.second.isNone()) {
            group.first = groupOf(pool.text(apiVersion));
            group.second = model.pool->intern(group.first);
        }
        groupKinds.push_back(std::uint64_t { group.second.index } << 32 | kind.index);
        namespaces.push_back(parts.objects[i].ns);
    }
    const auto kindRanks = ranksOf(groupKinds, [&](std::uint64_t key) {
        return std::pair(
            pool.text({ static_cast<std::uint32_t>(key >> 32) }), pool.text({ static_cast<std::uint32_t>(key) }));
    });
    const auto namespaceRanks = ranksOf(namespaces, [&](StringId ns) { return pool.text(ns); });
    std::vector<SortKey> keys;
    keys.reserve(groupKinds.size());
    for (std::size_t i = 0; i < groupKinds.size(); ++i)
        keys.push_back(
            { kindRanks.at(groupKinds[i]), namespaceRanks.at(namespaces[i]), pool.text(parts.objects[i].name) });
    return keys;
}

// Keeps the objects of keep, in that order; typed vectors lose and renumber theirs and are sorted by object id.
void reorder(Cluster::Private& model, const std::vector<std::uint32_t>& keep)
{
    Parts& parts = model.parts;
    std::vector<ObjectId> newId(parts.objects.size());
    std::vector<Object> objects;
    std::vector<std::pair<StringId, StringId>> kinds;
    objects.reserve(keep.size());
    kinds.reserve(keep.size());
    for (const std::uint32_t old : keep) {
        newId[old] = { static_cast<std::uint32_t>(objects.size()) };
        objects.push_back(std::move(parts.objects[old]));
        kinds.push_back(parts.kinds[old]);
    }
    parts.objects = std::move(objects);
    parts.kinds = std::move(kinds);
    parts.forEachTyped([&](auto& typed) {
        for (auto& element : typed)
            element.object = element.object.isNone() ? element.object : newId[element.object.index];
        std::erase_if(typed, [](const auto& element) { return element.object.isNone(); });
        std::ranges::sort(typed, {}, [](const auto& element) { return element.object; });
    });
}

std::uint64_t versionNumber(const StringPool& pool, const Object& object)
{
    return static_cast<std::uint64_t>(toInteger(pool.text(object.resourceVersion)).value_or(0));
}

} // namespace

void resolveConflicts(Cluster::Private& model)
{
    Parts& parts = model.parts;
    const StringPool& pool = *model.pool;
    const std::vector<SortKey> keys = sortKeys(model);
    std::vector<std::uint32_t> order(parts.objects.size());
    std::iota(order.begin(), order.end(), 0u);
    std::ranges::sort(
        order, [&](std::uint32_t a, std::uint32_t b) { return std::tie(keys[a], a) < std::tie(keys[b], b); });

    // Of each run of equal keys the newest resourceVersion stays; of equally new ones the last read.
    struct Conflicts {
        std::uint32_t count = 0;
        std::uint32_t first = 0;
    };
    std::map<std::string, Conflicts> conflicts; // by kind
    std::vector<std::uint32_t> keep;
    keep.reserve(order.size());
    for (std::size_t begin = 0; begin < order.size();) {
        std::size_t end = begin + 1;
        while (end < order.size() && keys[order[end]] == keys[order[begin]])
            ++end;
        std::uint32_t best = order[begin];
        bool isConflict = false;
        for (std::size_t i = begin + 1; i < end; ++i) {
            const Object& candidate = parts.objects[order[i]];
            isConflict = isConflict || candidate.resourceVersion != parts.objects[best].resourceVersion
                || candidate.resourceVersion.isNone();
            if (versionNumber(pool, candidate) >= versionNumber(pool, parts.objects[best]))
                best = order[i];
        }
        if (isConflict) {
            auto& entry = conflicts[std::string(pool.text(parts.kinds[best].second))];
            if (entry.count++ == 0)
                entry.first = best;
        }
        keep.push_back(best);
        begin = end;
    }
    for (const auto& [kind, entry] : conflicts) {
        const Object& object = parts.objects[entry.first];
        const auto& file = model.snapshot->files()[object.raw.file];
        model.problems.push_back({ snapshot::Problem::Level::Note,
            { ErrorKind::Format,
                counted(entry.count, "object", "objects") + " of kind " + printable(kind)
                    + " found more than once with different content; the newest resourceVersion (else the last read) "
                      "is used",
                printable(file.name) + ':' + std::to_string(object.raw.line),
                "give only one dump of each point in time" } });
    }
    reorder(model, keep);
}

void sortObjects(Cluster::Private& model)
{
    const std::vector<SortKey> keys = sortKeys(model);
    std::vector<std::uint32_t> order(keys.size());
    std::iota(order.begin(), order.end(), 0u);
    std::ranges::sort(order, {}, [&](std::uint32_t i) -> const SortKey& { return keys[i]; });
    if (!std::ranges::is_sorted(order))
        reorder(model, order);
    indexKinds(model);
}

void indexKinds(Cluster::Private& model)
{
    Parts& parts = model.parts;
    const StringPool& pool = *model.pool;
    // Kinds in order of group, kind, apiVersion; ranges of ids by group and kind.
    std::map<std::tuple<std::string_view, std::string_view, std::string_view>, std::uint32_t> kindIds;
    for (const auto& [apiVersion, kind] : parts.kinds)
        kindIds.try_emplace({ groupOf(pool.text(apiVersion)), pool.text(kind), pool.text(apiVersion) }, 0);
    model.kinds.clear();
    for (auto& [key, index] : kindIds) {
        index = static_cast<std::uint32_t>(model.kinds.size());
        model.kinds.push_back({ model.pool->intern(std::get<2>(key)), model.pool->intern(std::get<0>(key)),
            model.pool->intern(std::get<1>(key)), 0 });
    }
    model.kindRanges.clear();
    model.identity.clear();
    StringId lastVersion, lastKind;
    KindId kindId;
    for (std::uint32_t i = 0; i < parts.objects.size(); ++i) {
        const auto& [apiVersion, kind] = parts.kinds[i];
        if (apiVersion != lastVersion || kind != lastKind) {
            kindId = { kindIds.at({ groupOf(pool.text(apiVersion)), pool.text(kind), pool.text(apiVersion) }) };
            lastVersion = apiVersion;
            lastKind = kind;
        }
        parts.objects[i].kind = kindId;
        if (!parts.objects[i].isMissing)
            ++model.kinds[kindId.index].objectCount;
        const Kind& row = model.kinds[kindId.index];
        if (model.kindRanges.empty() || model.kindRanges.back().group != row.group
            || model.kindRanges.back().kind != row.kind)
            model.kindRanges.push_back({ row.group, row.kind, i, i });
        model.kindRanges.back().end = i + 1;
        model.identity.push_back({ i });
    }
}

void sharePodSpecs(Cluster::Private& model)
{
    Parts& parts = model.parts;
    std::vector<PodSpec> shared;
    std::unordered_multimap<std::uint64_t, std::uint32_t> byHash;
    std::vector<PodSpecId> newId(parts.podSpecs.size());
    const auto share = [&](std::uint32_t old) {
        if (!newId[old].isNone())
            return newId[old];
        PodSpec& spec = parts.podSpecs[old];
        const std::uint64_t hash = spec.hash();
        const auto [begin, end] = byHash.equal_range(hash);
        for (auto candidate = begin; candidate != end; ++candidate) {
            if (shared[candidate->second] == spec)
                return newId[old] = { candidate->second };
        }
        const auto index = static_cast<std::uint32_t>(shared.size());
        byHash.emplace(hash, index);
        shared.push_back(std::move(spec));
        return newId[old] = { index };
    };
    // In the order of ids, so that the numbering does not depend on the order of files.
    for (Template& place : parts.templates)
        place.spec = share(place.spec).index;
    for (Pod& pod : parts.pods)
        pod.spec = share(pod.spec.index);
    parts.podSpecs = std::move(shared);
}

} // namespace plimsoll::cluster::detail
