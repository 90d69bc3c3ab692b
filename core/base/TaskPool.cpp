// SPDX-License-Identifier: Apache-2.0
#include "core/base/TaskPool.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

namespace plimsoll {

struct TaskPool::Private {
    std::mutex mutex;
    std::condition_variable wake;
    std::deque<std::function<void()>> tasks;
    bool stopping = false;
    std::vector<std::thread> threads;

    void work()
    {
        for (;;) {
            std::function<void()> task;
            {
                std::unique_lock lock(mutex);
                wake.wait(lock, [this] { return stopping || !tasks.empty(); });
                if (stopping)
                    return;
                task = std::move(tasks.front());
                tasks.pop_front();
            }
            task();
        }
    }
};

TaskPool::TaskPool(unsigned threadCount)
    : m_private(std::make_unique<Private>())
{
    if (threadCount == 0)
        threadCount = std::max(1u, std::thread::hardware_concurrency());
    for (unsigned i = 0; i < threadCount; ++i)
        m_private->threads.emplace_back([this] { m_private->work(); });
}

TaskPool::~TaskPool()
{
    {
        const std::lock_guard lock(m_private->mutex);
        m_private->stopping = true;
    }
    m_private->wake.notify_all();
    for (auto& thread : m_private->threads)
        thread.join();
}

unsigned TaskPool::threadCount() const
{
    return static_cast<unsigned>(m_private->threads.size());
}

void TaskPool::post(std::function<void()> task)
{
    {
        const std::lock_guard lock(m_private->mutex);
        m_private->tasks.push_back(std::move(task));
    }
    m_private->wake.notify_one();
}

void TaskPool::parallelFor(
    std::size_t count, std::size_t grain, const std::function<void(std::size_t, std::size_t)>& body)
{
    if (count == 0)
        return;
    grain = std::max<std::size_t>(grain, 1);
    const std::size_t rangeCount = (count + grain - 1) / grain;

    // Shared with helpers that may start after the caller has returned; they then find nothing left to do and do not
    // touch body.
    struct Shared {
        std::atomic<std::size_t> next = 0;
        std::mutex mutex;
        std::condition_variable finished;
        std::size_t done = 0;
    };
    const auto shared = std::make_shared<Shared>();
    const auto run = [shared, rangeCount, grain, count, &body] {
        std::size_t mine = 0;
        for (;;) {
            const std::size_t range = shared->next.fetch_add(1);
            if (range >= rangeCount)
                break;
            body(range * grain, std::min(count, (range + 1) * grain));
            ++mine;
        }
        if (mine == 0)
            return;
        const std::lock_guard lock(shared->mutex);
        shared->done += mine;
        shared->finished.notify_all();
    };
    const std::size_t helpers = std::min<std::size_t>(threadCount(), rangeCount) - 1;
    for (std::size_t i = 0; i < helpers; ++i)
        post(run);
    run();
    std::unique_lock lock(shared->mutex);
    shared->finished.wait(lock, [&] { return shared->done == rangeCount; });
}

} // namespace plimsoll
