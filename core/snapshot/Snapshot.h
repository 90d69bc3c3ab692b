// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/Progress.h"
#include "core/base/Result.h"
#include "core/base/TaskPool.h"
#include "core/base/Time.h"
#include "core/format/Document.h"
#include "core/format/Limits.h"
#include "core/snapshot/Origin.h"
#include "core/snapshot/SnapshotFile.h"

// The front of core/snapshot: what a person opens, whatever its form, becomes a Snapshot: the raw objects, each
// findable again, with where they came from and what could not be read. Secret values are dropped and credentials
// masked while parsing; nothing behind this room ever sees one.
namespace plimsoll::snapshot {

// What to read: files and folders of any depth, archives, "-" for standard input, or bytes in memory (the sample).
struct Source {
    std::string path; // as the person gave it; a label when bytes is set
    std::optional<std::string_view> bytes; // in memory; must outlive the snapshot
    std::shared_ptr<const std::string> owned = {}; // what bytes points into, when the snapshot is to keep it alive
};

// One file (or archive entry, or standard input) that was read.
struct SourceFile {
    enum class Content : std::uint8_t { Json, Yaml, NotKubernetes };
    std::string name; // relative to the source that held it; entries as "dump.tar.gz!pods.json"
    std::string path; // as it can be opened; empty for entries, memory and standard input
    std::string sha256; // of its bytes, hex
    std::uint64_t bytes = 0; // unpacked
    std::uint32_t objects = 0;
    Content content = Content::NotKubernetes;
};

// Where an object's raw text lies. Small enough to be kept with every object.
struct RawRef {
    std::uint32_t file = 0; // index into Snapshot::files()
    std::uint32_t block = 0; // index into the store of kept blocks, or Snapshot::inFile
    std::uint64_t offset = 0;
    std::uint32_t length = 0;
    std::uint32_t line = 1; // 1-based, of its first byte in the file
};

// Something that was bad or odd and did not stop the rest: shown to the person, never lost.
struct Problem {
    enum class Level : std::uint8_t { Error, Note };
    Level level = Level::Error;
    Error error; // where = file:line or object
    bool operator==(const Problem&) const = default;
};

// Whether the source can tell about a kind at all. Absence of objects means "none" only for a kind that was listed.
struct KindCoverage {
    std::string apiGroup; // "" = core
    std::string kind; // "NetworkPolicy"
    bool operator==(const KindCoverage&) const = default;
};

// A value that looked like a credential and was masked at import. Never a character of it.
struct MaskedValue {
    std::string rule; // id of the rule that hit: "secret-data", "env-password", "private-key" ...
    std::string pointer; // RFC 6901, in the object
    std::uint32_t length = 0;
};

// Immutable after import. Raw text is read on demand and redacted again in the same way.
class Snapshot {
public:
    static constexpr std::uint32_t inFile = 0xFFFFFFFFu;

    ~Snapshot();

    const std::vector<SourceFile>& files() const;
    const std::vector<Problem>& problems() const; // in the order of files, then lines
    std::uint32_t passedOver() const; // files that are not Kubernetes
    // Kinds the source lists completely although some have no objects: typed lists ("PodList") and files of kubectl
    // named after the plural; kinds with objects are added by the cluster. Sorted.
    const std::vector<KindCoverage>& listedKinds() const;
    // From version.json (kubectl version -o json) or a bundle's cluster_version.json: "v1.36.2".
    const std::string& serverVersion() const;
    // decisions.md: SHA-256 over the sorted lines "relative path NUL sha256 LF" of the files that were read.
    const std::string& sourceHash() const;
    // What the person opened, for titles: the paths joined by ", ".
    const std::string& label() const;
    // Where it comes from; of several sources, the first that says more than that it is files.
    const Origin& origin() const;
    // What a capture could not read, sorted by group, plural, namespace. Such a kind is never "there is none".
    const std::vector<NotCollected>& notCollected() const;
    // Kinds that a capture holds for some namespaces only. Sorted by group, kind.
    const std::vector<PartialKind>& partialKinds() const;

    // The object's redacted value again, with positions (byte offset within the object for JSON, line of the file for
    // YAML). Format/NotFound when the file has changed or gone since it was read. Threads: any.
    // withManagedFields: keeps metadata.managedFields, which kept copies (YAML, archives) have of Secrets only.
    Result<void> readRaw(const RawRef& raw, format::Document& document, bool withManagedFields = false) const;
    // file:line of the value at the pointer in the object (of its nearest ancestor that exists).
    struct Place {
        std::string file;
        std::uint32_t line = 0;
    };
    std::optional<Place> locate(const RawRef& raw, std::string_view pointer) const;
    // The same for many pointers of one object; reads and parses it once.
    std::vector<std::optional<Place>> locate(const RawRef& raw, std::span<const std::string_view> pointers) const;

private:
    friend class Importer;
    Snapshot();
    struct Private;
    std::unique_ptr<Private> m_private;
};

// One object as the importer hands it over, already redacted.
struct RawObject {
    format::Value root; // valid during the call only
    std::string_view apiVersion; // its own, or derived from the enclosing typed list
    std::string_view kind;
    RawRef raw;
    std::span<const MaskedValue> masked;
};

// Receives the objects. Batches are filled in parallel and merged one after the other in the order of the input, so
// the result does not depend on the number of threads.
class ObjectSink {
public:
    class Batch {
    public:
        virtual ~Batch() = default;
        virtual void add(const RawObject& object) = 0; // any thread, one at a time per batch
    };
    virtual ~ObjectSink() = default;
    virtual std::unique_ptr<Batch> newBatch() = 0; // any thread
    virtual void merge(std::unique_ptr<Batch> batch) = 0; // in input order, one at a time
};

struct ImportOptions {
    format::Limits limits = {};
    OpenKeys keys = {}; // for encrypted snapshot files
    bool isLive = false; // the source is a capture made just now: Origin::Kind::Live
};

// Reads all sources into the sink. Fails as a whole only when a source cannot be opened at all, nothing in it is
// Kubernetes, or the person cancelled; a bad object or file among good ones becomes a problem().
// Errors: NotFound/Access (path), Format ("no Kubernetes objects"), Cancelled.
Result<std::shared_ptr<const Snapshot>> importSources(std::span<const Source> sources, ObjectSink& sink, TaskPool& pool,
    Progress& progress, const ImportOptions& options = {});

} // namespace plimsoll::snapshot
