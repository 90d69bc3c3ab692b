// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>

namespace plimsoll {

// What a long call reports while it works and how it is told to stop.
// Threads: every member may be called from any thread; the listener is called on the thread that reports, at most
//          about 20 times a second, never concurrently with itself.
class Progress {
public:
    struct State {
        std::string stage; // in the user's words: "Reading pods.json"
        std::uint64_t done = 0; // in the stage's own unit
        std::uint64_t total = 0; // 0 = not known
    };
    using Listener = std::function<void(const State&)>;

    Progress() = default;
    explicit Progress(Listener listener);

    void enter(std::string stage, std::uint64_t total = 0);
    void advance(std::uint64_t by);
    State state() const;

    void cancel() { m_cancelled = true; }
    bool isCancelled() const { return m_cancelled; }

private:
    void tell(bool always);

    mutable std::mutex m_mutex;
    State m_state;
    std::int64_t m_toldAtMs = 0;
    std::atomic<std::uint64_t> m_done = 0;
    std::atomic<bool> m_cancelled = false;
    Listener m_listener;
};

} // namespace plimsoll
