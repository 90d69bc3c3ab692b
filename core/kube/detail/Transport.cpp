// SPDX-License-Identifier: Apache-2.0
#include "core/kube/detail/Transport.h"

#include <algorithm>
#include <array>
#include <curl/curl.h>
#include <fstream>
#include <map>
#include <openssl/crypto.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sstream>
#include <vector>

#include "core/base/Text.h"
#include "core/kube/detail/Curl.h"
#include "core/kube/detail/KubeconfigInput.h"
#include "core/kube/detail/Peer.h"

namespace plimsoll::kube::detail {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::int64_t maxRetryAfterSeconds = 120; // who is told to wait longer had better be told that
constexpr int pollMs = 100; // how late a cancellation may be noticed
constexpr long connectionsWithoutMultiplexing = 4;
constexpr std::size_t streamsOfConnection = 64; // servers allow 100; more would open another connection

struct FreeEasy {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct FreeMulti {
    void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
struct FreeList {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Easy = std::unique_ptr<CURL, FreeEasy>;
using Multi = std::unique_ptr<CURLM, FreeMulti>;
using Headers = std::unique_ptr<curl_slist, FreeList>;

// The parts of "https://host:port/prefix", the port always given and the prefix without a slash at its end.
Url addressOf(const std::string& server)
{
    Url out = parseUrl(server).value_or(Url {});
    if (out.port.empty())
        out.port = out.scheme == "http" ? "80" : "443";
    while (out.path.ends_with('/'))
        out.path.pop_back();
    return out;
}

bool isSecure(const Url& address)
{
    return address.scheme == "https";
}

Ended::Cause causeOf(CURLcode code)
{
    switch (code) {
    case CURLE_OK:
        return Ended::Cause::Answered;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
    case CURLE_PROXY:
        return Ended::Cause::Unreachable;
    case CURLE_OPERATION_TIMEDOUT:
        return Ended::Cause::Timeout;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_ENGINE_INITFAILED:
        return Ended::Cause::Tls;
    case CURLE_FILESIZE_EXCEEDED:
        return Ended::Cause::TooLarge;
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_SSL_SHUTDOWN_FAILED:
        return Ended::Cause::Broken;
    default:
        return Ended::Cause::Other;
    }
}

std::string mediaType(const char* contentType)
{
    const std::string_view text = contentType ? contentType : "";
    return toLowerAscii(trimmed(text.substr(0, text.find(';'))));
}

// One exchange under way.
struct Transfer {
    Exchange* exchange = nullptr;
    Headers headers; // these two outlive the handle
    Headers routes;
    Easy easy;
    std::string body;
    std::string url;
    std::uint64_t received = 0;
    std::uint64_t maxBytes = 0;
    std::optional<int> retryAfter;
    bool isTooLarge = false;
    char error[CURL_ERROR_SIZE] = {};
};

std::size_t takeBody(char* bytes, std::size_t size, std::size_t count, void* user)
{
    auto& transfer = *static_cast<Transfer*>(user);
    transfer.received += size * count;
    if (transfer.received > transfer.maxBytes) {
        transfer.isTooLarge = true;
        return 0;
    }
    long status = 0;
    curl_easy_getinfo(transfer.easy.get(), CURLINFO_RESPONSE_CODE, &status);
    const bool goesOn = transfer.exchange->take(static_cast<int>(status), { bytes, size * count });
    return goesOn ? size * count : 0;
}

std::size_t takeHeader(char* bytes, std::size_t size, std::size_t count, void* user)
{
    auto& transfer = *static_cast<Transfer*>(user);
    const std::string_view line(bytes, size * count);
    constexpr std::string_view name = "retry-after:";
    if (toLowerAscii(line.substr(0, name.size())) == name) {
        const auto seconds = toInteger(trimmed(line.substr(name.size())));
        if (seconds && *seconds >= 0 && *seconds <= maxRetryAfterSeconds)
            transfer.retryAfter = static_cast<int>(*seconds);
    }
    return size * count;
}

void setBlob(CURL* easy, CURLoption option, const std::string& text)
{
    // Copied by libcurl for the lifetime of the handle.
    curl_blob blob { const_cast<char*>(text.data()), text.size(), CURL_BLOB_COPY };
    curl_easy_setopt(easy, option, &blob);
}

} // namespace

Request Request::get(std::string path, std::string accept)
{
    Request out;
    out.m_path = std::move(path);
    out.m_accept = std::move(accept);
    return out;
}

Request Request::review(Review review, std::string_view version, std::string body)
{
    Request out;
    switch (review) {
    case Review::SelfSubject:
        out.m_path = "/apis/authentication.k8s.io/" + std::string(version) + "/selfsubjectreviews";
        break;
    case Review::SelfSubjectRules:
        out.m_path = "/apis/authorization.k8s.io/" + std::string(version) + "/selfsubjectrulesreviews";
        break;
    case Review::SelfSubjectAccess:
        out.m_path = "/apis/authorization.k8s.io/" + std::string(version) + "/selfsubjectaccessreviews";
        break;
    }
    out.m_accept = "application/json";
    out.m_body = std::move(body);
    return out;
}

struct Transport::Private {
    Login login;
    ApiOptions options;
    Url address;
    std::string proxy;
    Credential credential;
    PeerFacts peerFacts;
    std::optional<PeerCertificate> peer;
    Multi multi;
    std::map<CURL*, std::unique_ptr<Transfer>> transfers;
    struct Waiting {
        Request request;
        Exchange* exchange;
    };
    std::multimap<Clock::time_point, Waiting> waiting;
    bool isCancelled = false;
    bool hasAnswered = false;
    // Exchanges under way at most. One until the protocol is known; then as many as there are connections or streams:
    // in libcurl the time to connect runs for those that wait for a connection as well.
    std::size_t maxTransfers = 1;

    void openMulti();
    void setTls(CURL* easy);
    void setRoute(Transfer& transfer);
    void setHeaders(Transfer& transfer, const Request& request);
    void start(const Request& request, Exchange& exchange);
    void finish(CURL* easy, CURLcode code);
    Ended endOf(Transfer& transfer, CURLcode code) const;
    void cancelAll();
    int startDue();
};

namespace {

// Called by OpenSSL while a certificate chain is verified.
int verifyPeer(int isGood, X509_STORE_CTX* store)
{
    auto* ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
    auto* facts = static_cast<PeerFacts*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
    return noteVerification(*facts, isGood, store);
}

CURLcode prepareTls(CURL*, void* context, void* user)
{
    auto* tls = static_cast<SSL_CTX*>(context);
    SSL_CTX_set_app_data(tls, user);
    SSL_CTX_set_verify(tls, SSL_CTX_get_verify_mode(tls), verifyPeer);
    SSL_CTX_set_options(tls, SSL_OP_CLEANSE_PLAINTEXT); // answers may hold Secrets
    return CURLE_OK;
}

} // namespace

namespace {

bool canBeHeaders(const Impersonation& as)
{
    const auto isPlain = [](const std::string& text) {
        return std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
    };
    return isPlain(as.user) && isPlain(as.uid) && std::ranges::all_of(as.groups, isPlain)
        && std::ranges::all_of(as.extra, [&](const auto& extra) { return std::ranges::all_of(extra.second, isPlain); });
}

} // namespace

Transport::Transport(const Login& login, const ApiOptions& options)
    : m_private(std::make_unique<Private>())
{
    startCurl();
    m_private->login = login;
    m_private->options = options;
    m_private->address = addressOf(login.server);
    m_private->proxy = login.proxyUrl.empty() ? proxyFor(login.server, options.environment) : login.proxyUrl;
    // The proxy resolves names in Go; libcurl's socks5:// would do it here and fail for private clusters.
    if (m_private->proxy.starts_with("socks5://"))
        m_private->proxy.replace(0, std::string_view("socks5").size(), "socks5h");
    m_private->openMulti();
}

Transport::~Transport()
{
    m_private->cancelAll();
}

Result<void> Transport::check() const
{
    const Url& address = m_private->address;
    if (address.scheme != "https" && address.scheme != "http")
        return failure(ErrorKind::Usage, "the server's address is no https or http URL",
            printable(withoutUserInfo(m_private->login.server)), "correct 'server' of the cluster in the kubeconfig");
    const auto& authority = m_private->login.certificateAuthorityPem;
    if (isSecure(address) && !m_private->login.skipsTlsVerify && authority && !authority->contains("-----BEGIN"))
        return failure(ErrorKind::Format, "the certificate authority holds no PEM certificate",
            printable(m_private->login.clusterName), "correct certificate-authority of the cluster in the kubeconfig");
    const std::string& proxy = m_private->proxy;
    constexpr std::array schemes { "http://", "https://", "socks5://", "socks5h://" };
    if (!proxy.empty() && std::ranges::none_of(schemes, [&](const char* known) { return proxy.starts_with(known); }))
        return failure(ErrorKind::Usage, "the proxy's address is no http, https or socks5 URL",
            printable(withoutUserInfo(proxy)), "correct proxy-url of the cluster, or HTTPS_PROXY");
    // Left out, the requests would go out with more rights than the kubeconfig wants.
    if (!canBeHeaders(m_private->login.impersonation))
        return failure(ErrorKind::Usage, "the identity to impersonate holds control characters",
            printable(m_private->login.userName), "correct as, as-uid, as-groups and as-user-extra in the kubeconfig");
    return {};
}

void Transport::Private::openMulti()
{
    multi.reset(curl_multi_init());
    PLIMSOLL_ASSERT(multi != nullptr);
    maxTransfers = 1;
    curl_multi_setopt(multi.get(), CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_MULTIPLEX));
    curl_multi_setopt(multi.get(), CURLMOPT_MAX_HOST_CONNECTIONS, connectionsWithoutMultiplexing);
}

void Transport::setCredential(const Credential& credential)
{
    const bool isSameCertificate = credential.clientCertificatePem == m_private->credential.clientCertificatePem
        && credential.clientKeyPem == m_private->credential.clientKeyPem;
    m_private->credential = credential;
    if (!isSameCertificate && m_private->transfers.empty())
        m_private->openMulti();
}

bool Transport::reloadAuthority()
{
    Login& login = m_private->login;
    if (login.certificateAuthorityFile.empty())
        return false;
    std::ifstream file(login.certificateAuthorityFile, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    if (!file || text.str().empty() || text.str() == login.certificateAuthorityPem)
        return false;
    login.certificateAuthorityPem = text.str();
    return true;
}

void Transport::Private::setTls(CURL* easy)
{
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, login.skipsTlsVerify ? 0L : 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, login.skipsTlsVerify ? 0L : 2L);
    // The system's authorities may lie elsewhere, as for every Go program.
    if (const auto file = options.environment.variable("SSL_CERT_FILE"); file && !file->empty())
        curl_easy_setopt(easy, CURLOPT_CAINFO, file->c_str());
    if (const auto folder = options.environment.variable("SSL_CERT_DIR"); folder && !folder->empty())
        curl_easy_setopt(easy, CURLOPT_CAPATH, folder->c_str());
    if (login.certificateAuthorityPem && !login.skipsTlsVerify) {
        setBlob(easy, CURLOPT_CAINFO_BLOB, *login.certificateAuthorityPem);
        // The blob replaces the system's file but not its folder: every public authority could vouch for the server.
        curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
    }
    if (!credential.clientCertificatePem.empty()) {
        setBlob(easy, CURLOPT_SSLCERT_BLOB, credential.clientCertificatePem);
        curl_easy_setopt(easy, CURLOPT_SSLCERTTYPE, "PEM");
        setBlob(easy, CURLOPT_SSLKEY_BLOB, credential.clientKeyPem);
        curl_easy_setopt(easy, CURLOPT_SSLKEYTYPE, "PEM");
        curl_easy_setopt(easy, CURLOPT_KEYPASSWD, ""); // an encrypted key fails instead of asking at the terminal
    }
    curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, prepareTls);
    curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, &peerFacts);
}

// tls-server-name replaces the name that is verified and sent as SNI, not the one that is connected to or asked for.
void Transport::Private::setRoute(Transfer& transfer)
{
    CURL* easy = transfer.easy.get();
    curl_easy_setopt(easy, CURLOPT_URL, transfer.url.c_str());
    curl_easy_setopt(easy, CURLOPT_PROXY, proxy.c_str()); // "" also keeps libcurl from asking the environment
    curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "https,http");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
    curl_easy_setopt(easy, CURLOPT_UNRESTRICTED_AUTH, 0L);
    if (login.tlsServerName.empty() || !isSecure(address))
        return;
    transfer.routes.reset(
        curl_slist_append(nullptr, (login.tlsServerName + ':' + address.port + ':' + address.authority()).c_str()));
    curl_easy_setopt(easy, CURLOPT_CONNECT_TO, transfer.routes.get());
}

void Transport::Private::start(const Request& request, Exchange& exchange)
{
    if (transfers.empty())
        peerFacts.problem.clear();
    auto transfer = std::make_unique<Transfer>();
    transfer->exchange = &exchange;
    transfer->maxBytes = options.maxResponseBytes;
    transfer->easy.reset(curl_easy_init());
    PLIMSOLL_ASSERT(transfer->easy != nullptr);
    CURL* easy = transfer->easy.get();
    Url shown = address;
    if (!login.tlsServerName.empty() && isSecure(address))
        shown.host = login.tlsServerName;
    transfer->url = shown.scheme + "://" + shown.authority() + address.path + request.path();
    if (request.body())
        transfer->body = *request.body();

    setRoute(*transfer);
    setTls(easy);
    setHeaders(*transfer, request);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
        static_cast<long>(isSecure(address) ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1));
    curl_easy_setopt(easy, CURLOPT_PIPEWAIT, 1L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L); // a resource called ".." leads nowhere else
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L); // does not wait for a name that does not resolve
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, static_cast<long>(options.connectTimeoutSeconds));
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, static_cast<long>(options.stallTimeoutSeconds));
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 256L << 10);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, options.userAgent.c_str());
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, takeBody);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer.get());
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, takeHeader);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer.get());
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->error);
    if (request.body()) {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(transfer->body.size()));
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, transfer->body.c_str());
    }
    // Compressing costs more than it saves where no wire is between.
    if (!login.disablesCompression && !isLoopback(address.host))
        curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
    curl_multi_add_handle(multi.get(), easy);
    transfers.emplace(easy, std::move(transfer));
}

void Transport::Private::setHeaders(Transfer& transfer, const Request& request)
{
    curl_slist* list = nullptr;
    const auto add = [&](const std::string& line) {
        // A line break in a value would begin another header.
        if (line.find_first_of("\r\n") != std::string::npos)
            return;
        // libcurl sends an empty value when a semicolon ends the name.
        const bool isEmpty = trimmed(std::string_view(line).substr(line.find(':') + 1)).empty();
        list = curl_slist_append(list, isEmpty ? (line.substr(0, line.find(':')) + ';').c_str() : line.c_str());
    };
    add("Accept: " + request.accept());
    if (request.body())
        add("Content-Type: application/json");
    if (!login.tlsServerName.empty() && isSecure(address))
        add("Host: " + address.authority());
    const Impersonation& as = login.impersonation;
    if (!as.user.empty())
        add("Impersonate-User: " + as.user);
    if (!as.uid.empty())
        add("Impersonate-Uid: " + as.uid);
    for (const std::string& group : as.groups)
        add("Impersonate-Group: " + group);
    for (const auto& [key, values] : as.extra) {
        for (const std::string& value : values)
            add("Impersonate-Extra-" + escapedHeaderKey(key) + ": " + value);
    }
    CURL* easy = transfer.easy.get();
    // Credentials go over https only, as client-go has it.
    if (isSecure(address) && !credential.bearerToken.empty()) {
        std::string line = "Authorization: Bearer " + credential.bearerToken;
        add(line);
        OPENSSL_cleanse(line.data(), line.size());
    } else if (isSecure(address) && !credential.basicUser.empty()) {
        curl_easy_setopt(easy, CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
        curl_easy_setopt(easy, CURLOPT_USERNAME, credential.basicUser.c_str());
        curl_easy_setopt(easy, CURLOPT_PASSWORD, credential.basicPassword.c_str());
    }
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, list);
    transfer.headers.reset(list);
}

Ended Transport::Private::endOf(Transfer& transfer, CURLcode code) const
{
    Ended end;
    end.cause = transfer.isTooLarge ? Ended::Cause::TooLarge : causeOf(code);
    long status = 0;
    curl_easy_getinfo(transfer.easy.get(), CURLINFO_RESPONSE_CODE, &status);
    end.status = static_cast<int>(status);
    char* contentType = nullptr;
    curl_easy_getinfo(transfer.easy.get(), CURLINFO_CONTENT_TYPE, &contentType);
    end.contentType = mediaType(contentType);
    end.retryAfterSeconds = transfer.retryAfter;
    if (end.cause == Ended::Cause::Answered)
        return end;
    end.message = transfer.error[0] ? transfer.error : curl_easy_strerror(code);
    long proxyStatus = 0;
    curl_easy_getinfo(transfer.easy.get(), CURLINFO_HTTP_CONNECTCODE, &proxyStatus);
    if (proxyStatus >= 400) {
        end.cause = Ended::Cause::Unreachable;
        end.message = "the proxy refuses the connection: status " + std::to_string(proxyStatus);
        end.isFinal = true;
    }
    // A server that wants a client certificate says so in an alert after the handshake.
    if (end.cause == Ended::Cause::Broken && end.message.contains(" alert "))
        end.cause = Ended::Cause::Tls;
    end.isFinal = end.isFinal || !hasAnswered;
    // A handshake that the other side ends in the middle is a lost connection, not a matter of certificates.
    if (code == CURLE_SSL_CONNECT_ERROR && peerFacts.problem.empty() && end.message.contains("SSL_ERROR_SYSCALL"))
        end.cause = Ended::Cause::Broken;
    if (end.cause == Ended::Cause::Tls && !peerFacts.problem.empty())
        end.message = peerFacts.problem;
    return end;
}

void Transport::Private::finish(CURL* easy, CURLcode code)
{
    const auto found = transfers.find(easy);
    PLIMSOLL_ASSERT(found != transfers.end());
    const std::unique_ptr<Transfer> transfer = std::move(found->second);
    transfers.erase(found);
    curl_multi_remove_handle(multi.get(), easy);
    if (peerFacts.certificate)
        peer = peerFacts.certificate;
    if (code == CURLE_OK) {
        hasAnswered = true;
        long version = CURL_HTTP_VERSION_1_1;
        curl_easy_getinfo(easy, CURLINFO_HTTP_VERSION, &version);
        maxTransfers = version == CURL_HTTP_VERSION_2_0 ? streamsOfConnection : connectionsWithoutMultiplexing;
    }
    const Ended end = endOf(*transfer, code);
    transfer->exchange->ended(end);
}

void Transport::Private::cancelAll()
{
    isCancelled = true;
    Ended end;
    end.cause = Ended::Cause::Cancelled;
    end.message = "cancelled";
    while (!waiting.empty()) {
        Exchange* exchange = waiting.begin()->second.exchange;
        waiting.erase(waiting.begin());
        exchange->ended(end);
    }
    while (!transfers.empty()) {
        const auto first = transfers.begin();
        const std::unique_ptr<Transfer> transfer = std::move(first->second);
        curl_multi_remove_handle(multi.get(), first->first);
        transfers.erase(first);
        transfer->exchange->ended(end);
    }
    isCancelled = false;
}

// Starts what waited long enough; how long until the next, at most pollMs.
int Transport::Private::startDue()
{
    while (!waiting.empty() && waiting.begin()->first <= Clock::now() && transfers.size() < maxTransfers) {
        const Waiting due = std::move(waiting.begin()->second);
        waiting.erase(waiting.begin());
        start(due.request, *due.exchange);
    }
    if (waiting.empty() || transfers.size() >= maxTransfers)
        return pollMs;
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(waiting.begin()->first - Clock::now());
    return static_cast<int>(std::clamp<long long>(left.count() + 1, 1, pollMs));
}

void Transport::start(const Request& request, Exchange& exchange)
{
    startAfter({}, request, exchange);
}

void Transport::startAfter(std::chrono::milliseconds delay, const Request& request, Exchange& exchange)
{
    if (m_private->isCancelled) {
        Ended end;
        end.cause = Ended::Cause::Cancelled;
        exchange.ended(end);
        return;
    }
    m_private->waiting.emplace(Clock::now() + delay, Private::Waiting { request, &exchange });
}

void Transport::run(Progress& progress)
{
    while (!m_private->waiting.empty() || !m_private->transfers.empty()) {
        if (progress.isCancelled()) {
            m_private->cancelAll();
            return;
        }
        const int timeout = m_private->startDue();
        int running = 0;
        curl_multi_perform(m_private->multi.get(), &running);
        bool hasFinished = false;
        int left = 0;
        while (CURLMsg* message = curl_multi_info_read(m_private->multi.get(), &left)) {
            if (message->msg != CURLMSG_DONE)
                continue;
            hasFinished = true;
            m_private->finish(message->easy_handle, message->data.result);
        }
        if (!hasFinished)
            curl_multi_poll(m_private->multi.get(), nullptr, 0, timeout, nullptr);
    }
}

void Transport::disconnect()
{
    if (m_private->transfers.empty())
        m_private->openMulti();
}

const std::optional<PeerCertificate>& Transport::peer() const
{
    return m_private->peer;
}

std::string escapedHeaderKey(std::string_view key)
{
    constexpr std::string_view legal = "!#$&'*+-.^_`|~"; // RFC 7230 tchar besides letters, digits and %
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : key) {
        const auto byte = static_cast<unsigned char>(c);
        const bool isAlphanumeric = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (isAlphanumeric || legal.contains(c))
            out += c;
        else
            out.append({ '%', digits[byte >> 4], digits[byte & 15] });
    }
    return out;
}

} // namespace plimsoll::kube::detail
