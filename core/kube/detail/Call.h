// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/kube/detail/Transport.h"

// Requests that are repeated where that helps, with the rules of client-go.
// Source: k8s.io/client-go rest/with_retry.go (429 and 5xx with Retry-After, lost connections), transport.
namespace plimsoll::kube::detail {

// What calls share: the connection and who asks.
class Session {
public:
    Session(const Login& login, std::shared_ptr<Credentials> credentials, const ApiOptions& options);

    Transport& transport() { return m_transport; }
    const std::optional<PeerCertificate>& peer() const { return m_transport.peer(); }
    const ApiOptions& options() const { return m_options; }
    // Credentials for what is started from now on. Blocks on a plugin. Failure: Unauthorized, Cancelled.
    std::expected<void, Failure> authenticate(Progress& progress);
    // Which credentials requests are started with now.
    unsigned generation() const { return m_generation; }
    // After a 401 to credentials of a generation: whether there are other ones now.
    bool renew(unsigned generation);
    void run(Progress& progress);
    Failure failureOf(const Ended& end, std::string_view body) const;
    // The file of the certificate authority was replaced since it was read.
    bool reloadAuthority() { return m_transport.reloadAuthority(); }

private:
    Transport m_transport;
    std::shared_ptr<Credentials> m_credentials;
    ApiOptions m_options;
    Credential m_credential;
    unsigned m_generation = 0;
    Progress* m_progress = nullptr;
};

// One request until it has an answer or is given up.
class Call : public Exchange {
public:
    Call(Session& session, Request request);

    void begin();
    // Other request, same call: the next page of a list.
    void begin(Request request);

protected:
    // The body of an answer with status 2xx, piece by piece. false = it cannot be used: fails as Malformed.
    virtual bool taken(std::string_view bytes) = 0;
    // What taken() got is void; the request goes out once more.
    virtual void repeated() = 0;
    // Within repeated(): what goes out instead.
    void replaceRequest(Request request) { m_request = std::move(request); }
    virtual void answered(const Ended& end) = 0;
    virtual void failed(const Failure& failure) = 0;
    // 410: the list goes on otherwise. Whether it does; else it fails.
    virtual bool resumes(std::string_view) { return false; }

private:
    bool take(int status, std::string_view bytes) final;
    void ended(const Ended& end) final;
    void send(std::chrono::milliseconds pause);
    bool repeats(const Ended& end);

    Session& m_session;
    Request m_request;
    std::string m_errorBody;
    unsigned m_tries = 0;
    unsigned m_generation = 0; // of the credentials it went out with
    bool m_isRenewed = false;
    bool m_isReloaded = false;
    bool m_isRefused = false; // taken() said no
};

// A small answer as a whole.
class SmallCall final : public Call {
public:
    SmallCall(Session& session, Request request, std::size_t maxBytes = 4u << 20);
    std::expected<std::string, Failure>& result() { return m_result; }
    const std::string& contentType() const { return m_contentType; }

private:
    bool taken(std::string_view bytes) override;
    void repeated() override { m_body.clear(); }
    void answered(const Ended& end) override;
    void failed(const Failure& failure) override { m_result = std::unexpected(failure); }

    std::size_t m_maxBytes;
    std::string m_body;
    std::string m_contentType;
    std::expected<std::string, Failure> m_result = std::unexpected(Failure {});
};

// One segment of a path, percent-escaped where it is not plain: names come from the server.
std::string pathSegment(std::string_view text);

// Runs them all at once and returns when the last has ended.
std::expected<void, Failure> runAll(
    Session& session, std::span<const std::unique_ptr<SmallCall>> calls, Progress& progress);
std::expected<std::string, Failure> runOne(Session& session, Request request, Progress& progress);
// The same for JSON. Failure: Malformed when it is none.
std::expected<void, Failure> runJson(Session& session, Request request, format::Document& document, Progress& progress);
std::expected<void, Failure> parseJson(const std::string& body, format::Document& document);

} // namespace plimsoll::kube::detail
