// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace plimsoll {

// The one pool of threads of a process. Made by main, passed down; results never depend on the number of threads.
// Threads: post() and parallelFor() may be called from any thread, also from inside a task (parallelFor works on the
//          calling thread too, so nesting cannot dead-lock).
// Errors:  tasks must not throw; expected failures are values in what they fill.
class TaskPool {
public:
    // 0 = as many threads as the machine has cores.
    explicit TaskPool(unsigned threadCount = 0);
    ~TaskPool(); // waits for running tasks; tasks not yet begun are dropped
    TaskPool(const TaskPool&) = delete;
    TaskPool& operator=(const TaskPool&) = delete;

    unsigned threadCount() const;
    void post(std::function<void()> task);

    // Calls body(begin, end) for consecutive ranges of at most grain indices that cover [0, count); returns when all
    // are done. Ranges run in any order, so a body writes only to places that belong to its own indices.
    void parallelFor(std::size_t count, std::size_t grain, const std::function<void(std::size_t, std::size_t)>& body);

private:
    struct Private;
    std::unique_ptr<Private> m_private;
};

} // namespace plimsoll
