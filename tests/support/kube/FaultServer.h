// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/kube/Certificates.h"
#include "tests/support/kube/Connection.h"

// An HTTP/1.1 server that answers what a test wants, in ways that a healthy API server never does.
namespace plimsoll::test {

struct Seen {
    std::string method, target; // "/api/v1/pods?limit=500"
    std::vector<std::pair<std::string, std::string>> headers; // names as they came
    std::string body;
    std::string serverName; // SNI
    std::string clientName; // common name of the client's certificate
    std::string header(std::string_view name) const; // values joined with ", "; names in any case
    bool has(std::string_view name) const;
};

struct Answer {
    int status = 200;
    std::string body = {};
    std::string contentType = "application/json";
    std::vector<std::pair<std::string, std::string>> headers = {};
    bool isChunked = false;
    bool isGzip = false;
    bool hasBadChunk = false;
    int delayMs = 0;
    std::size_t dripBytes = 0; // so many at a time, dripMs apart; 0 = all at once
    int dripMs = 0;
    std::optional<std::size_t> cutAfter = {}; // bytes of head and body; then the connection ends
    bool isReset = false; // ends with a reset where it is cut
    // Instead of body, chunk by chunk: appends the next, false = no more.
    std::function<bool(std::string&)> generator = {};
};

// Called on the threads of connections, one call at a time.
using Script = std::function<Answer(const Seen&)>;

class FaultServer {
public:
    struct Options {
        std::optional<Identity> identity = {}; // nothing = no TLS
        std::string clientAuthority = {}; // asks for certificates of it
        int maxTlsVersion = 0; // TLS1_1_VERSION ...
    };
    FaultServer(Options options, Script script);
    ~FaultServer();

    std::uint16_t port() const;
    std::string url(std::string_view host = "127.0.0.1") const;
    std::vector<Seen> seen() const;
    int connections() const;
    void stop();

private:
    struct Private;
    std::unique_ptr<Private> m_private;
};

std::string gzipped(std::string_view text);
// A Status as the API server answers it.
Answer statusAnswer(int code, std::string_view reason, std::string_view message);
// {"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":..,"continue":..},"items":[..]}
std::string listText(std::string_view kind, std::string_view resourceVersion, std::string_view continueToken,
    const std::vector<std::string>& items);

} // namespace plimsoll::test
