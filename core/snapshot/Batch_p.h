// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/base/TaskPool.h"
#include "core/format/Json.h"
#include "core/snapshot/Snapshot.h"
#include "core/snapshot/Snapshot_p.h"

namespace plimsoll::snapshot {

// A problem with its place in the order of the input.
struct PlacedProblem {
    std::uint32_t file = 0;
    std::uint32_t line = 0;
    bool isOnlyForKubernetes = false; // a fault in a file that turns out to be something else is nobody's business
    Problem problem;
};

// An item of a list whose kind was not known yet, because the list says it behind its items.
struct HeldItem {
    std::uint32_t file = 0;
    format::JsonItem item;
    std::string text; // only where the file cannot be read again
};

// For the text of a batch. It may hold secrets, and is overwritten before its memory is given back.
struct OverwritingDelete {
    std::size_t size = 0;
    void operator()(char* bytes) const;
};

struct Buffer {
    std::unique_ptr<char[], OverwritingDelete> bytes;
    std::size_t capacity = 0;
};

// Buffers of the usual size are used again: fresh ones would cost more in page faults than reading the file does.
// Threads: any.
class BufferPool {
public:
    static constexpr std::size_t usualBytes = 384u
        << 10; // what is read stays in the core's own cache until it is parsed

    Buffer take(std::size_t capacity);
    void give(Buffer buffer);

private:
    std::mutex m_mutex;
    std::vector<Buffer> m_idle;
};

// A piece of one file that one thread turns into objects: what goes in and, once done, what came out.
struct Batch {
    std::uint32_t file = 0;
    std::string fileName;
    bool isKept = false; // texts are kept in blocks because the file cannot be read again

    Buffer buffer; // its text is followed by format::jsonPadding bytes
    std::size_t begin = 0; // of the text in buffer
    std::size_t size = 0;
    std::vector<format::JsonItem> items; // of JSON; their begin refers to the text
    std::vector<TypeName> lists; // item kinds of the lists from firstList on
    std::uint32_t firstList = 0;
    TypeName pathType; // of objects that do not say theirs and stand in no list that does
    bool isYaml = false;
    std::function<Result<void>(Batch&)> fill; // makes text and items first: a block of a snapshot file is unpacked
    bool holdsSecrets = false; // came over the wire, or a credential was found: overwritten once it has been read
    bool keepsManagedFields = false;
    std::optional<Error> refused; // by fill: the whole file cannot be trusted
    std::uint32_t firstLine = 1; // of YAML

    std::unique_ptr<ObjectSink::Batch> objects;
    std::vector<PlacedProblem> problems;
    std::vector<HeldItem> held;
    std::vector<KindCoverage> listed;
    std::string serverVersion;
    std::uint32_t objectCount = 0;
    bool isKubernetes = false; // something in it was

    std::atomic<bool> isTaken = false;
    bool isDone = false; // guarded by the pipeline's mutex
};

// Has batches worked on by the pool and by the importing thread itself when it would have to wait; merges them in the
// order of submit(). At most a few are under way, which bounds the memory.
// Threads: one; work is called on any thread.
class Pipeline {
public:
    using Function = std::function<void(Batch&)>;
    Pipeline(TaskPool& pool, Function work, Function merge);
    ~Pipeline(); // waits for what is being worked on; drops the rest
    Pipeline(const Pipeline&) = delete;
    Pipeline& operator=(const Pipeline&) = delete;

    void submit(std::shared_ptr<Batch> batch);
    void drain();

private:
    void finishOne(); // the oldest

    struct Private;
    std::shared_ptr<Private> m_private;
};

} // namespace plimsoll::snapshot
