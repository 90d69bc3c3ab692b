// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/support/kube/Connection.h"

namespace plimsoll::test {

// A proxy that leads every connection to one port of loopback and notes what it was asked for.
class FaultProxy {
public:
    enum class Kind { HttpConnect, Socks5 };
    FaultProxy(Kind kind, std::uint16_t target, int refusal = 0); // refusal: HTTP status instead of a connection
    ~FaultProxy();

    std::string url() const;
    // "CONNECT api.test:6443", "name api.test:6443", "address 10.0.0.1:6443".
    std::vector<std::string> asked() const;

private:
    void serve(int socket);
    bool greetHttp(int socket);
    bool greetSocks(int socket);
    void note(std::string text);

    Kind m_kind;
    std::uint16_t m_target;
    int m_refusal;
    mutable std::mutex m_mutex;
    std::vector<std::string> m_asked;
    std::unique_ptr<Listener> m_listener;
};

} // namespace plimsoll::test
