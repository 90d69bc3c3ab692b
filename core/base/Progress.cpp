// SPDX-License-Identifier: Apache-2.0
#include "core/base/Progress.h"

#include <chrono>

namespace plimsoll {

namespace {

// Only paces the listener; no result depends on it.
std::int64_t nowMs()
{
    using namespace std::chrono;
    return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

} // namespace

Progress::Progress(Listener listener)
    : m_listener(std::move(listener))
{
}

void Progress::enter(std::string stage, std::uint64_t total)
{
    {
        const std::lock_guard lock(m_mutex);
        m_state = { std::move(stage), 0, total };
        m_done = 0;
    }
    tell(true);
}

void Progress::advance(std::uint64_t by)
{
    m_done += by;
    if (m_listener)
        tell(false);
}

Progress::State Progress::state() const
{
    const std::lock_guard lock(m_mutex);
    State state = m_state;
    state.done = m_done;
    return state;
}

void Progress::tell(bool always)
{
    if (!m_listener)
        return;
    const std::lock_guard lock(m_mutex);
    const std::int64_t now = nowMs();
    if (!always && now - m_toldAtMs < 50)
        return;
    m_toldAtMs = now;
    m_state.done = m_done;
    m_listener(m_state);
}

} // namespace plimsoll
