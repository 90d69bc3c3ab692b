// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

// Sockets of the servers that tests talk to.
namespace plimsoll::test {

// Accepts connections on loopback and serves each on a thread of its own, until it is destroyed.
class Listener {
public:
    using Serve = std::function<void(int socket)>;
    explicit Listener(Serve serve);
    ~Listener();
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    std::uint16_t port() const { return m_port; }
    int connections() const { return m_connections; } // so far
    bool isStopping() const { return m_isStopping; }
    // Sleeps; false when it is to stop.
    bool wait(int milliseconds);
    // A socket that is to be shut down when it stops, besides those accepted.
    void add(int socket);
    void remove(int socket);
    void stop();

private:
    void accept();

    Serve m_serve;
    int m_socket = -1;
    std::uint16_t m_port = 0;
    std::atomic<int> m_connections = 0;
    std::atomic<bool> m_isStopping = false;
    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::set<int> m_open;
    std::vector<std::thread> m_threads;
    std::thread m_acceptor;
};

bool readExactly(int socket, char* bytes, std::size_t size);
bool writeAll(int socket, std::string_view bytes);
// Closes with a reset instead of an end.
void resetConnection(int socket);
int connectTo(std::uint16_t port);

} // namespace plimsoll::test
