// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "core/format/Limits.h"
#include "core/snapshot/Batch_p.h"
#include "core/snapshot/Kept_p.h"

namespace plimsoll::snapshot {

// Turns batches into redacted objects.
// Threads: any; each call works with parsers of its own.
class ObjectReader {
public:
    ObjectReader(const format::Limits& limits, ObjectSink& sink, BlockStore& kept, BufferPool& buffers);
    ~ObjectReader();

    void read(Batch& batch);

private:
    struct Tools;
    class Work;

    format::Limits m_limits;
    ObjectSink& m_sink;
    BlockStore& m_kept;
    BufferPool& m_buffers;
    std::mutex m_mutex;
    std::vector<std::unique_ptr<Tools>> m_idle;
};

} // namespace plimsoll::snapshot
