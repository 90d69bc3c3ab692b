// SPDX-License-Identifier: Apache-2.0
// Any source as a snapshot file: what the importers hand over goes to the writer.
#include <algorithm>
#include <set>

#include "core/base/Text.h"
#include "core/snapshot/Collect.h"
#include "core/snapshot/Pseudonym.h"
#include "core/snapshot/detail/Keeping.h"

namespace plimsoll::snapshot {

namespace {

using detail::KeepingBatch;
using detail::KeptObject;

class WritingSink final : public ObjectSink {
public:
    WritingSink(SnapshotWriter& writer, const CollectOptions& options, const Pseudonymiser& pseudonyms)
        : m_writer(writer)
        , m_options(options)
        , m_pseudonyms(pseudonyms)
    {
    }

    const std::string& clusterUid() const { return m_clusterUid; }
    std::unique_ptr<Batch> newBatch() override { return std::make_unique<KeepingBatch>(); }

    void merge(std::unique_ptr<Batch> batch) override
    {
        auto& kept = static_cast<KeepingBatch&>(*batch);
        m_plurals.merge(kept.plurals);
        if (m_clusterUid.empty())
            m_clusterUid = kept.clusterUid;
        for (KeptObject& item : kept.objects) {
            if (!isWanted(item))
                continue;
            // The plural of a custom resource may be told only after its first objects.
            if (isCustom(item))
                m_waiting.push_back(std::move(item));
            else
                write(item);
        }
    }

    // Listed kinds without objects become lists without items; of a kind that was read in part, the rest is unknown.
    void finish(const Snapshot& source)
    {
        for (const KeptObject& item : m_waiting)
            write(item);
        m_waiting.clear();
        for (const KindCoverage& kind : source.listedKinds()) {
            if (std::ranges::find(m_keys, std::pair(kind.apiGroup, kind.kind),
                    [](const ResourceKey& key) { return std::pair(key.group, key.kind); })
                == m_keys.end())
                m_keys.insert(m_plurals.keyOf(kind.apiGroup, {}, kind.kind));
        }
        for (const ResourceKey& key : m_keys) {
            ResourceFacts facts;
            const auto partial = std::ranges::find_if(source.partialKinds(),
                [&](const PartialKind& one) { return one.group == key.group && one.kind == key.kind; });
            if (partial != source.partialKinds().end())
                facts.namespaces = partial->namespaces;
            else if (key.isNamespaced)
                facts.namespaces = m_options.namespaces;
            facts.isComplete = facts.namespaces.empty() && partial == source.partialKinds().end();
            m_writer.resource(key).setFacts(std::move(facts));
        }
    }

private:
    static std::pair<std::string, std::string> groupAndVersion(const std::string& apiVersion)
    {
        const std::size_t slash = apiVersion.find('/');
        if (slash == std::string::npos)
            return { {}, apiVersion };
        return { apiVersion.substr(0, slash), apiVersion.substr(slash + 1) };
    }
    static bool isCustom(const KeptObject& item)
    {
        const auto [group, version] = groupAndVersion(item.apiVersion);
        // Groups of Kubernetes itself have no dot or end in .k8s.io, and their kinds stand in our table.
        return group.contains('.') && !group.ends_with(".k8s.io");
    }
    bool isWanted(const KeptObject& item) const
    {
        return m_options.namespaces.empty() || item.ns.empty()
            || std::ranges::find(m_options.namespaces, item.ns) != m_options.namespaces.end();
    }
    void write(const KeptObject& item)
    {
        const auto [group, version] = groupAndVersion(item.apiVersion);
        ResourceKey key = m_plurals.keyOf(group, version, item.kind);
        auto& resource = m_writer.resource(*m_keys.insert(std::move(key)).first);
        if (m_options.redaction >= 2)
            resource.append(m_pseudonyms.object(item.json, item.apiVersion, item.kind));
        else
            resource.append(item.json);
    }

    SnapshotWriter& m_writer;
    const CollectOptions& m_options;
    const Pseudonymiser& m_pseudonyms;
    detail::Plurals m_plurals;
    std::vector<KeptObject> m_waiting;
    std::set<ResourceKey> m_keys;
    std::string m_clusterUid;
};

} // namespace

Result<Captured> collectSources(std::span<const Source> sources, const CollectOptions& options, TaskPool& pool,
    Progress& progress, const ImportOptions& import)
{
    Captured out;
    out.writer = std::make_unique<SnapshotWriter>(pool);
    const Pseudonymiser pseudonyms(options.pseudonymKey);
    WritingSink sink(*out.writer, options, pseudonyms);
    const auto source = importSources(sources, sink, pool, progress, import);
    if (!source)
        return std::unexpected(source.error());
    sink.finish(**source);
    out.origin = (*source)->origin();
    out.notCollected = (*source)->notCollected();
    if (out.origin.kind == Origin::Kind::Files) {
        out.origin.tool = options.tool;
        out.origin.serverVersion = (*source)->serverVersion();
        out.origin.clusterUid = sink.clusterUid();
    }
    if (!options.namespaces.empty())
        out.origin.namespaces = options.namespaces;
    out.origin.redaction = std::max(out.origin.redaction, options.redaction);
    for (const Problem& problem : (*source)->problems()) {
        if (problem.level == Problem::Level::Error)
            out.origin.warnings.push_back(printable(toText(problem.error)));
    }
    if (options.redaction >= 2)
        hideOrigin(out.origin, out.notCollected, pseudonyms);
    return out;
}

} // namespace plimsoll::snapshot
