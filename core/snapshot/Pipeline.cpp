// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>

#include "core/snapshot/Batch_p.h"
#include "core/snapshot/Input_p.h"

namespace plimsoll::snapshot {

void OverwritingDelete::operator()(char* bytes) const
{
    overwrite(bytes, size);
    delete[] bytes;
}

Buffer BufferPool::take(std::size_t capacity)
{
    {
        const std::lock_guard lock(m_mutex);
        if (!m_idle.empty() && m_idle.back().capacity >= capacity) {
            Buffer buffer = std::move(m_idle.back());
            m_idle.pop_back();
            return buffer;
        }
    }
    capacity = std::max(capacity, usualBytes + format::jsonPadding);
    auto bytes = std::make_unique_for_overwrite<char[]>(capacity);
    return { { bytes.release(), OverwritingDelete { capacity } }, capacity };
}

void BufferPool::give(Buffer buffer)
{
    if (buffer.capacity != usualBytes + format::jsonPadding)
        return;
    const std::lock_guard lock(m_mutex);
    m_idle.push_back(std::move(buffer));
}

struct Pipeline::Private {
    TaskPool& pool;
    Function work;
    Function merge;
    std::size_t maxUnderWay;
    std::deque<std::shared_ptr<Batch>> underWay;
    std::mutex mutex;
    std::condition_variable finished;

    // Whoever takes a batch first works on it. Says whether that was this call.
    bool take(Batch& batch)
    {
        if (batch.isTaken.exchange(true))
            return false;
        work(batch);
        const std::lock_guard lock(mutex);
        batch.isDone = true;
        finished.notify_all();
        return true;
    }

    bool isDone(const Batch& batch)
    {
        const std::lock_guard lock(mutex);
        return batch.isDone;
    }

    void wait(const Batch& batch)
    {
        std::unique_lock lock(mutex);
        finished.wait(lock, [&] { return batch.isDone; });
    }
};

Pipeline::Pipeline(TaskPool& pool, Function work, Function merge)
    : m_private(std::make_shared<Private>(pool, std::move(work), std::move(merge), pool.threadCount() + 2))
{
}

Pipeline::~Pipeline()
{
    for (const auto& batch : m_private->underWay) {
        if (batch->isTaken.exchange(true))
            m_private->wait(*batch);
    }
}

void Pipeline::submit(std::shared_ptr<Batch> batch)
{
    Private& p = *m_private;
    while (p.underWay.size() >= p.maxUnderWay)
        finishOne();
    p.underWay.push_back(batch);
    // Keeps only what outlives the import: a task that comes too late finds the batch taken.
    p.pool.post([shared = m_private, batch = std::move(batch)] { shared->take(*batch); });
    while (!p.underWay.empty() && p.isDone(*p.underWay.front()))
        finishOne();
}

void Pipeline::drain()
{
    while (!m_private->underWay.empty())
        finishOne();
}

void Pipeline::finishOne()
{
    Private& p = *m_private;
    const std::shared_ptr<Batch> oldest = p.underWay.front();
    // Rather than wait for the oldest, work on one that nobody has begun.
    for (auto next = p.underWay.begin(); next != p.underWay.end() && !p.isDone(*oldest); ++next) {
        if (p.take(**next))
            next = p.underWay.begin();
    }
    p.wait(*oldest);
    p.underWay.pop_front();
    p.merge(*oldest);
}

} // namespace plimsoll::snapshot
