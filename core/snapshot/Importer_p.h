// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/format/Json.h"
#include "core/snapshot/Batch_p.h"
#include "core/snapshot/Chunk_p.h"
#include "core/snapshot/Input_p.h"
#include "core/snapshot/Objects_p.h"
#include "core/snapshot/Recognise_p.h"
#include "core/snapshot/detail/Container.h"
#include "core/snapshot/import/Layout.h"

namespace plimsoll::snapshot {

// One call of importSources().
class Importer {
public:
    Importer(ObjectSink& sink, TaskPool& pool, Progress& progress, const ImportOptions& options)
        : m_sink(sink)
        , m_options(options)
        , m_pool(pool)
        , m_progress(progress)
        , m_limits(options.limits)
        , m_snapshot(new Snapshot)
        , m_reader(options.limits, sink, m_snapshot->m_private->kept, m_buffers)
        , m_pipeline(
              pool, [this](Batch& batch) { m_reader.read(batch); }, [this](Batch& batch) { merge(batch); })
    {
    }

    Result<std::shared_ptr<const Snapshot>> run(std::span<const Source> sources);

private:
    // Of the file being read.
    struct File {
        std::uint32_t index = 0;
        std::string name;
        bool isKept = false;
        std::uint64_t skipped = 0; // bytes of a byte order mark
        bool claims = false; // its first bytes name an apiVersion
        TypeName type; // of what it holds, when only its path tells
        std::vector<TypeName> lists;
        std::size_t knownLists = 0;
    };

    Snapshot::Private& out() { return *m_snapshot->m_private; }

    Result<void> readSource(const Source& source);
    // A snapshot file in a file, or in bytes that are in memory or were read into it. ImportSnapshot.cpp.
    Result<void> readSnapshot(const std::string& path, const std::string& name);
    Result<void> readSnapshot(const detail::Container::Bytes& bytes, const std::string& name);
    Result<void> readContainer(const std::shared_ptr<const detail::Container>& container);
    // Whether the file is the manifest of a snapshot that was taken apart.
    Result<bool> readLooseManifest(std::string_view head, const std::string& name, bool isPacked);
    Result<void> readResource(const std::shared_ptr<const detail::Container>& container, std::size_t entry);
    Result<void> readExtra(const detail::Container& container, std::size_t entry);
    // Whether the file tells that a kind could not be collected; then it has been read.
    Result<bool> readErrors(HeadedSource& headed, const std::string& name);
    Result<void> readFolder(const std::string& path);
    Result<void> readFile(const std::string& path, const std::string& name);
    Result<void> readArchive(HeadedSource& packed, const std::string& name, std::size_t nesting);
    void noteFailure(const std::string& name, Error error);
    Result<void> readStream(
        format::ByteSource& bytes, SourceFile file, FileOrigin origin, bool isKept, std::size_t nesting);
    Result<void> readContent(HeadedSource& headed, File& file, Content content, Encoding encoding);
    Result<void> readJson(format::ByteSource& bytes, File& file);
    Result<void> readYaml(format::ByteSource& bytes, File& file);
    struct YamlState;
    struct Range {
        std::size_t begin = 0;
        std::size_t size = 0;
    };
    Range cutYaml(const Chunk& chunk, YamlState& state, const File& file);
    void submitJson(const File& file, Chunk& chunk, std::vector<format::JsonItem> items);
    void learnLists(const format::JsonSplitter& splitter, File& file);
    void closeLists(const format::JsonSplitter& splitter, File& file);
    TypeName typeOf(const format::JsonEnvelope& envelope);
    std::shared_ptr<Batch> newBatch(const File& file, Chunk& chunk);
    void merge(Batch& batch);
    void readHeld();
    void addProblem(const File& file, std::uint32_t line, Error error, bool isOnlyForKubernetes);
    Result<void> cancelled() const;

    void finish();
    void finishFiles();
    void finishProblems();
    std::optional<Error> nothingFound() const;

    ObjectSink& m_sink;
    const ImportOptions& m_options;
    TaskPool& m_pool;
    Progress& m_progress;
    format::Limits m_limits;
    std::shared_ptr<Snapshot> m_snapshot;
    BufferPool m_buffers;
    ObjectReader m_reader;
    format::JsonParser m_parser; // for envelopes
    std::vector<bool> m_isKubernetes; // parallel to files
    std::optional<Error> m_refused; // a snapshot file that cannot be trusted: nothing is read at all
    std::vector<PlacedProblem> m_problems;
    std::vector<HeldItem> m_held;
    std::map<std::uint32_t, std::vector<TypeName>> m_lists; // of files with held items
    std::vector<KindCoverage> m_listed;
    std::vector<KindCoverage> m_listedByName; // by nothing but the name of the file
    std::uint32_t m_objectCount = 0;
    LayoutGuess m_layout;
    std::uint64_t m_unpackedBytes = 0; // of the archive at hand and those in it
    Pipeline m_pipeline; // last: its end waits for tasks that use all of the above
};

} // namespace plimsoll::snapshot
