// SPDX-License-Identifier: Apache-2.0
#include "tests/support/kube/FaultProxy.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace plimsoll::test {

namespace {

void relay(int a, int b)
{
    char bytes[16384];
    pollfd sockets[2] = { { a, POLLIN, 0 }, { b, POLLIN, 0 } };
    while (::poll(sockets, 2, -1) > 0) {
        for (int i = 0; i < 2; ++i) {
            if (sockets[i].revents == 0)
                continue;
            const ssize_t got = ::recv(sockets[i].fd, bytes, sizeof(bytes), 0);
            if (got <= 0 || !writeAll(sockets[1 - i].fd, { bytes, static_cast<std::size_t>(got) }))
                return;
        }
    }
}

} // namespace

FaultProxy::FaultProxy(Kind kind, std::uint16_t target, int refusal)
    : m_kind(kind)
    , m_target(target)
    , m_refusal(refusal)
    , m_listener(std::make_unique<Listener>([this](int socket) { serve(socket); }))
{
}

FaultProxy::~FaultProxy()
{
    m_listener->stop();
}

std::string FaultProxy::url() const
{
    return (m_kind == Kind::Socks5 ? "socks5://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(m_listener->port());
}

std::vector<std::string> FaultProxy::asked() const
{
    const std::lock_guard lock(m_mutex);
    return m_asked;
}

void FaultProxy::note(std::string text)
{
    const std::lock_guard lock(m_mutex);
    m_asked.push_back(std::move(text));
}

void FaultProxy::serve(int socket)
{
    if (!(m_kind == Kind::Socks5 ? greetSocks(socket) : greetHttp(socket)))
        return;
    const int target = connectTo(m_target);
    if (target < 0)
        return;
    m_listener->add(target);
    relay(socket, target);
    m_listener->remove(target);
    ::close(target);
}

bool FaultProxy::greetHttp(int socket)
{
    std::string head;
    char byte = 0;
    while (!head.ends_with("\r\n\r\n")) {
        if (!readExactly(socket, &byte, 1))
            return false;
        head += byte;
    }
    note(head.substr(0, head.find(" HTTP/")));
    if (m_refusal != 0) {
        writeAll(socket, "HTTP/1.1 " + std::to_string(m_refusal) + " No\r\nContent-Length: 0\r\n\r\n");
        return false;
    }
    return writeAll(socket, "HTTP/1.1 200 Connection established\r\n\r\n");
}

// RFC 1928, without a login.
bool FaultProxy::greetSocks(int socket)
{
    char head[4] = {};
    char methods[256];
    if (!readExactly(socket, head, 2) || !readExactly(socket, methods, static_cast<unsigned char>(head[1]))
        || !writeAll(socket, std::string_view("\x05\x00", 2)) || !readExactly(socket, head, 4))
        return false;
    std::string name;
    if (head[3] == 3) {
        unsigned char size = 0;
        if (!readExactly(socket, reinterpret_cast<char*>(&size), 1))
            return false;
        name.resize(size);
        if (!readExactly(socket, name.data(), size))
            return false;
        name = "name " + name;
    } else {
        const bool isV4 = head[3] == 1;
        unsigned char address[16];
        char text[INET6_ADDRSTRLEN] = {};
        if (!readExactly(socket, reinterpret_cast<char*>(address), isV4 ? 4 : 16))
            return false;
        ::inet_ntop(isV4 ? AF_INET : AF_INET6, address, text, sizeof(text));
        name = std::string("address ") + text;
    }
    unsigned char port[2];
    if (!readExactly(socket, reinterpret_cast<char*>(port), 2))
        return false;
    note(name + ':' + std::to_string(port[0] * 256 + port[1]));
    return writeAll(socket, std::string_view("\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00", 10));
}

} // namespace plimsoll::test
