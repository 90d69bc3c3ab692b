// SPDX-License-Identifier: Apache-2.0
#include "core/kube/detail/Call.h"

#include <algorithm>

#include "core/base/Text.h"

namespace plimsoll::kube::detail {

namespace {

constexpr std::size_t maxErrorBytes = 64u << 10;
constexpr const char* webPageText
    = "a web page instead of an answer of the API: a proxy or a log-in page is in between";
constexpr int defaultRetrySeconds = 1;
constexpr std::chrono::milliseconds firstPause { 200 };

bool isSuccess(int status)
{
    return status >= 200 && status < 300;
}

FailureReason reasonOf(int status)
{
    switch (status) {
    case 401:
        return FailureReason::Unauthorized;
    case 403:
        return FailureReason::Forbidden;
    case 404:
        return FailureReason::NotFound;
    case 405:
        return FailureReason::MethodNotAllowed;
    case 410:
        return FailureReason::Expired;
    case 429:
        return FailureReason::Throttled;
    case 408:
    case 504:
        return FailureReason::Timeout;
    case 407:
        return FailureReason::Unreachable;
    default:
        return status >= 500 ? FailureReason::ServerError : FailureReason::Malformed;
    }
}

FailureReason reasonOf(Ended::Cause cause)
{
    switch (cause) {
    case Ended::Cause::Timeout:
        return FailureReason::Timeout;
    case Ended::Cause::Broken:
    case Ended::Cause::Unreachable:
        return FailureReason::Unreachable;
    case Ended::Cause::Tls:
        return FailureReason::Tls;
    case Ended::Cause::Cancelled:
        return FailureReason::Cancelled;
    case Ended::Cause::Answered:
    case Ended::Cause::TooLarge:
    case Ended::Cause::Other:
        break;
    }
    return FailureReason::Malformed;
}

// What a status other than 2xx says: the message of a Status object, or the beginning of what came instead.
std::string messageOf(const Ended& end, std::string_view body)
{
    format::Document document;
    format::JsonParser parser;
    if (parser.parseCopy(body, document)) {
        const auto message = document.root()["message"].asString();
        if (message && !message->empty())
            return shortened(printable(*message), 1000);
    }
    const std::string status = "status " + std::to_string(end.status);
    if (end.contentType == "text/html")
        return status + " with " + webPageText;
    const std::string_view text = trimmed(body);
    return text.empty() ? status : status + ": " + shortened(printable(text), 200);
}

} // namespace

std::string pathSegment(std::string_view text)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool isPlain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
            || std::string_view("-._~").contains(c);
        if (isPlain)
            out += c;
        else
            out.append({ '%', digits[byte >> 4], digits[byte & 15] });
    }
    return out;
}

Session::Session(const Login& login, std::shared_ptr<Credentials> credentials, const ApiOptions& options)
    : m_transport(login, options)
    , m_credentials(std::move(credentials))
    , m_options(options)
{
}

std::expected<void, Failure> Session::authenticate(Progress& progress)
{
    if (!m_credentials)
        return {};
    auto credential = m_credentials->get(progress);
    if (!credential) {
        const bool isCancelled = credential.error().kind == ErrorKind::Cancelled;
        return std::unexpected(Failure {
            isCancelled ? FailureReason::Cancelled : FailureReason::Unauthorized, 0, toText(credential.error()) });
    }
    if (!(m_credential == *credential))
        ++m_generation;
    m_credential = *credential;
    m_transport.setCredential(m_credential);
    return {};
}

bool Session::renew(unsigned generation)
{
    if (generation != m_generation)
        return true; // another request was refused before and has renewed them
    if (!m_credentials || !m_credentials->canRenew() || !m_progress)
        return false;
    m_credentials->rejected(m_credential);
    return authenticate(*m_progress).has_value();
}

void Session::run(Progress& progress)
{
    m_progress = &progress;
    m_transport.run(progress);
    m_progress = nullptr;
}

Failure Session::failureOf(const Ended& end, std::string_view body) const
{
    if (end.cause != Ended::Cause::Answered) {
        const std::string message
            = end.cause == Ended::Cause::TooLarge ? "the answer is larger than is sound" : end.message;
        return { reasonOf(end.cause), 0, shortened(printable(message), 1000) };
    }
    return { reasonOf(end.status), end.status, messageOf(end, body) };
}

Call::Call(Session& session, Request request)
    : m_session(session)
    , m_request(std::move(request))
{
}

void Call::begin()
{
    send({});
}

void Call::send(std::chrono::milliseconds pause)
{
    m_errorBody.clear();
    m_generation = m_session.generation();
    m_session.transport().startAfter(pause, m_request, *this);
}

void Call::begin(Request request)
{
    m_request = std::move(request);
    m_tries = 0;
    m_isRenewed = false;
    begin();
}

bool Call::take(int status, std::string_view bytes)
{
    if (isSuccess(status)) {
        m_isRefused = !taken(bytes);
        return !m_isRefused;
    }
    m_errorBody.append(bytes.substr(0, maxErrorBytes - std::min(maxErrorBytes, m_errorBody.size())));
    return true;
}

// Whether the request goes out again.
bool Call::repeats(const Ended& end)
{
    const auto again = [&](std::chrono::milliseconds pause) {
        repeated();
        send(pause);
        return true;
    };
    if (end.cause == Ended::Cause::Tls && !m_isReloaded && m_session.reloadAuthority()) {
        m_isReloaded = true;
        return again({});
    }
    if (end.cause == Ended::Cause::Answered && end.status == 401 && !m_isRenewed) {
        m_isRenewed = true;
        return m_session.renew(m_generation) && again({});
    }
    if (m_tries >= m_session.options().maxRetries)
        return false;
    if (end.cause == Ended::Cause::Broken || (end.cause == Ended::Cause::Unreachable && !end.isFinal)) {
        const auto pause = firstPause * (1 << std::min(m_tries, 4u));
        ++m_tries;
        return again(pause);
    }
    const bool isBusy
        = end.cause == Ended::Cause::Answered && (end.status == 429 || (end.status >= 500 && end.retryAfterSeconds));
    if (!isBusy)
        return false;
    ++m_tries;
    return again(std::chrono::seconds(end.retryAfterSeconds.value_or(defaultRetrySeconds)));
}

void Call::ended(const Ended& end)
{
    if (m_isRefused) {
        m_isRefused = false;
        failed({ FailureReason::Malformed, end.status,
            end.contentType == "text/html" ? webPageText : "the answer is not what an API server gives" });
        return;
    }
    if (end.cause == Ended::Cause::Answered && isSuccess(end.status)) {
        answered(end);
        return;
    }
    if (end.cause == Ended::Cause::Answered && end.status == 410) {
        const std::string body = std::move(m_errorBody);
        m_errorBody.clear();
        if (!resumes(body))
            failed(m_session.failureOf(end, body));
        return;
    }
    if (!repeats(end))
        failed(m_session.failureOf(end, m_errorBody));
}

SmallCall::SmallCall(Session& session, Request request, std::size_t maxBytes)
    : Call(session, std::move(request))
    , m_maxBytes(maxBytes)
{
}

bool SmallCall::taken(std::string_view bytes)
{
    m_body += bytes;
    return m_body.size() <= m_maxBytes;
}

void SmallCall::answered(const Ended& end)
{
    m_contentType = end.contentType;
    if (end.contentType == "text/html")
        m_result = std::unexpected(Failure { FailureReason::Malformed, end.status, webPageText });
    else
        m_result = std::move(m_body);
}

std::expected<void, Failure> runAll(
    Session& session, std::span<const std::unique_ptr<SmallCall>> calls, Progress& progress)
{
    if (auto ready = session.authenticate(progress); !ready)
        return ready;
    for (const auto& call : calls)
        call->begin();
    session.run(progress);
    return {};
}

std::expected<std::string, Failure> runOne(Session& session, Request request, Progress& progress)
{
    std::vector<std::unique_ptr<SmallCall>> calls;
    calls.push_back(std::make_unique<SmallCall>(session, std::move(request)));
    if (auto ran = runAll(session, calls, progress); !ran)
        return std::unexpected(ran.error());
    return std::move(calls.front()->result());
}

std::expected<void, Failure> parseJson(const std::string& body, format::Document& document)
{
    format::JsonParser parser;
    if (const auto parsed = parser.parseCopy(body, document); !parsed || !document.root().isObject())
        return std::unexpected(Failure { FailureReason::Malformed, 200, "the answer is no JSON object" });
    return {};
}

std::expected<void, Failure> runJson(Session& session, Request request, format::Document& document, Progress& progress)
{
    auto body = runOne(session, std::move(request), progress);
    if (!body)
        return std::unexpected(body.error());
    return parseJson(*body, document);
}

} // namespace plimsoll::kube::detail
