// SPDX-License-Identifier: Apache-2.0
#include "tests/support/kube/Connection.h"

#include <chrono>
#include <csignal>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace plimsoll::test {

namespace {

sockaddr_in loopback(std::uint16_t port)
{
    sockaddr_in out {};
    out.sin_family = AF_INET;
    out.sin_port = htons(port);
    out.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return out;
}

// A peer that went away is an error of the write, not the end of the test; only in the server's own threads, so that
// the client is seen to cope by itself.
void ignoreBrokenPipes()
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

} // namespace

Listener::Listener(Serve serve)
    : m_serve(std::move(serve))
    , m_socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
{
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof(address);
    if (::bind(m_socket, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(m_socket, 128) != 0
        || ::getsockname(m_socket, reinterpret_cast<sockaddr*>(&address), &size) != 0)
        return;
    m_port = ntohs(address.sin_port);
    m_acceptor = std::thread([this] { accept(); });
}

Listener::~Listener()
{
    stop();
}

void Listener::stop()
{
    if (m_isStopping.exchange(true))
        return;
    ::shutdown(m_socket, SHUT_RDWR);
    if (m_acceptor.joinable())
        m_acceptor.join();
    {
        const std::lock_guard lock(m_mutex);
        for (const int socket : m_open)
            ::shutdown(socket, SHUT_RDWR);
    }
    m_wake.notify_all();
    for (std::thread& thread : m_threads)
        thread.join();
    ::close(m_socket);
}

void Listener::accept()
{
    while (!m_isStopping) {
        const int socket = ::accept4(m_socket, nullptr, nullptr, SOCK_CLOEXEC);
        if (socket < 0)
            continue;
        ++m_connections;
        add(socket);
        m_threads.emplace_back([this, socket] {
            ignoreBrokenPipes();
            m_serve(socket);
            remove(socket);
            ::close(socket);
        });
    }
}

bool Listener::wait(int milliseconds)
{
    std::unique_lock lock(m_mutex);
    return !m_wake.wait_for(lock, std::chrono::milliseconds(milliseconds), [this] { return m_isStopping.load(); });
}

void Listener::add(int socket)
{
    const std::lock_guard lock(m_mutex);
    m_open.insert(socket);
    if (m_isStopping)
        ::shutdown(socket, SHUT_RDWR);
}

void Listener::remove(int socket)
{
    const std::lock_guard lock(m_mutex);
    m_open.erase(socket);
}

bool readExactly(int socket, char* bytes, std::size_t size)
{
    while (size > 0) {
        const ssize_t got = ::recv(socket, bytes, size, 0);
        if (got <= 0)
            return false;
        bytes += got;
        size -= static_cast<std::size_t>(got);
    }
    return true;
}

bool writeAll(int socket, std::string_view bytes)
{
    while (!bytes.empty()) {
        const ssize_t put = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (put <= 0)
            return false;
        bytes.remove_prefix(static_cast<std::size_t>(put));
    }
    return true;
}

void resetConnection(int socket)
{
    const linger now { 1, 0 };
    ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
}

int connectTo(std::uint16_t port)
{
    const int out = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = loopback(port);
    if (::connect(out, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0)
        return out;
    ::close(out);
    return -1;
}

} // namespace plimsoll::test
