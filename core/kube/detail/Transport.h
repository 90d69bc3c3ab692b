// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/Progress.h"
#include "core/base/Result.h"
#include "core/kube/Api.h"

// Exchanges with one API server over libcurl: many at once, over one HTTP/2 connection where the server can.
namespace plimsoll::kube::detail {

// The reviews with which one asks for one's own rights: the only requests with a body.
enum class Review : std::uint8_t { SelfSubject, SelfSubjectRules, SelfSubjectAccess };

// What can be sent. Nothing but a GET or a self-review can be made, so that the program cannot change a cluster.
class Request {
public:
    static Request get(std::string path, std::string accept);
    static Request review(Review review, std::string_view version, std::string body);

    const std::string& path() const { return m_path; } // with query, below the server's prefix
    const std::string& accept() const { return m_accept; }
    const std::optional<std::string>& body() const { return m_body; } // of a review; nothing = GET

private:
    Request() = default;
    std::string m_path, m_accept;
    std::optional<std::string> m_body;
};

// How an exchange ended.
struct Ended {
    enum class Cause : std::uint8_t {
        Answered, // with any status
        Broken, // the connection was lost; another try may succeed
        Timeout,
        Unreachable,
        Tls,
        TooLarge,
        Cancelled,
        Other,
    };
    Cause cause = Cause::Other;
    std::string message; // of the transport, when it is not Answered
    int status = 0;
    std::string contentType; // lower case, without parameters
    std::optional<int> retryAfterSeconds;
    bool isFinal = false; // not reached, and there is no sign that it could be: another try is of no use
};

// Receives one exchange. Must live until ended().
class Exchange {
public:
    virtual ~Exchange() = default;
    virtual bool take(int status, std::string_view bytes) = 0; // false = enough, ends as Other
    virtual void ended(const Ended& end) = 0; // may start() others, and itself again
};

// Threads: one.
class Transport {
public:
    Transport(const Login& login, const ApiOptions& options);
    ~Transport();

    // Errors: Usage, when the server or proxy address cannot be used.
    Result<void> check() const;
    // Of exchanges from now on; another client certificate closes the connections.
    void setCredential(const Credential& credential);
    // Reads the file of the certificate authority again; whether it changed.
    bool reloadAuthority();

    void start(const Request& request, Exchange& exchange);
    void startAfter(std::chrono::milliseconds delay, const Request& request, Exchange& exchange);
    // Works until no exchange is left. When cancelled, all end as Cancelled within a fraction of a second.
    void run(Progress& progress);
    // Closes the connections; their buffers, which held answers, go with them. The next exchange connects again.
    void disconnect();
    const std::optional<PeerCertificate>& peer() const;

private:
    struct Private;
    std::unique_ptr<Private> m_private;
};

// An HTTP header value or key may hold these characters only; others are percent-escaped (client-go transport/
// round_trippers.go, headerKeyEscape).
std::string escapedHeaderKey(std::string_view key);

} // namespace plimsoll::kube::detail
