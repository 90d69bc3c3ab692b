// SPDX-License-Identifier: Apache-2.0
#include "tests/support/kube/FaultServer.h"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <sys/socket.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <zlib.h>

namespace plimsoll::test {

namespace {

constexpr std::size_t maxHeadBytes = 64u << 10;

bool equalsIgnoringCase(std::string_view a, std::string_view b)
{
    return std::ranges::equal(a, b, [](char x, char y) {
        return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y));
    });
}

std::string hex(std::size_t number)
{
    char text[32];
    std::snprintf(text, sizeof(text), "%zx", number);
    return text;
}

using Context = std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)>;
using Session = std::unique_ptr<SSL, void (*)(SSL*)>;
using Bio = std::unique_ptr<BIO, int (*)(BIO*)>;

Bio bioOf(const std::string& text)
{
    return { BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), BIO_free };
}

int chooseHttp1(
    SSL*, const unsigned char** out, unsigned char* outSize, const unsigned char* in, unsigned inSize, void*)
{
    static constexpr unsigned char offered[] = "\x08http/1.1";
    unsigned char* chosen = nullptr;
    const int found = SSL_select_next_proto(&chosen, outSize, offered, sizeof(offered) - 1, in, inSize);
    *out = chosen;
    return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

int acceptAny(int, X509_STORE_CTX*)
{
    return 1; // the test looks at what came
}

Context contextOf(const FaultServer::Options& options)
{
    Context out(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    const std::unique_ptr<X509, void (*)(X509*)> certificate(
        PEM_read_bio_X509(bioOf(options.identity->certificatePem).get(), nullptr, nullptr, nullptr), X509_free);
    const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(
        PEM_read_bio_PrivateKey(bioOf(options.identity->keyPem).get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
    SSL_CTX_use_certificate(out.get(), certificate.get());
    SSL_CTX_use_PrivateKey(out.get(), key.get());
    SSL_CTX_set_alpn_select_cb(out.get(), chooseHttp1, nullptr);
    if (!options.clientAuthority.empty()) {
        SSL_CTX_set_verify(out.get(), SSL_VERIFY_PEER, acceptAny);
        SSL_CTX_set_session_id_context(out.get(), reinterpret_cast<const unsigned char*>("test"), 4);
    }
    if (options.maxTlsVersion != 0) {
        SSL_CTX_set_security_level(out.get(), 0);
        SSL_CTX_set_min_proto_version(out.get(), 0);
        SSL_CTX_set_max_proto_version(out.get(), options.maxTlsVersion);
    }
    return out;
}

// One connection, with TLS or without.
class Stream {
public:
    Stream(int socket, SSL_CTX* context)
        : m_socket(socket)
        , m_ssl(context ? SSL_new(context) : nullptr, SSL_free)
    {
    }
    bool accept()
    {
        if (!m_ssl)
            return true;
        SSL_set_fd(m_ssl.get(), m_socket);
        return SSL_accept(m_ssl.get()) == 1;
    }
    // Appends what came; false = the end.
    bool read(std::string& out)
    {
        char bytes[16384];
        const long got
            = m_ssl ? SSL_read(m_ssl.get(), bytes, sizeof(bytes)) : ::recv(m_socket, bytes, sizeof(bytes), 0);
        if (got <= 0)
            return false;
        out.append(bytes, static_cast<std::size_t>(got));
        return true;
    }
    bool write(std::string_view bytes)
    {
        if (!m_ssl)
            return writeAll(m_socket, bytes);
        while (!bytes.empty()) {
            const int put
                = SSL_write(m_ssl.get(), bytes.data(), static_cast<int>(std::min<std::size_t>(bytes.size(), 1 << 20)));
            if (put <= 0)
                return false;
            bytes.remove_prefix(static_cast<std::size_t>(put));
        }
        return true;
    }
    std::string serverName() const
    {
        const char* name = m_ssl ? SSL_get_servername(m_ssl.get(), TLSEXT_NAMETYPE_host_name) : nullptr;
        return name ? name : "";
    }
    std::string clientName() const
    {
        const std::unique_ptr<X509, void (*)(X509*)> certificate(
            m_ssl ? SSL_get1_peer_certificate(m_ssl.get()) : nullptr, X509_free);
        char name[256] = {};
        if (certificate)
            X509_NAME_get_text_by_NID(X509_get_subject_name(certificate.get()), NID_commonName, name, sizeof(name));
        return name;
    }
    int socket() const { return m_socket; }

private:
    int m_socket;
    Session m_ssl;
};

std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && text.front() == ' ')
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\r'))
        text.remove_suffix(1);
    return text;
}

// Reads one request; buffer keeps what came behind it.
std::optional<Seen> readRequest(Stream& stream, std::string& buffer)
{
    std::size_t end = std::string::npos;
    while ((end = buffer.find("\r\n\r\n")) == std::string::npos) {
        if (buffer.size() > maxHeadBytes || !stream.read(buffer))
            return std::nullopt;
    }
    Seen out;
    std::string_view head = std::string_view(buffer).substr(0, end + 2);
    const std::string_view first = head.substr(0, head.find("\r\n"));
    const std::size_t space = first.find(' ');
    out.method = first.substr(0, space);
    out.target = first.substr(space + 1, first.rfind(' ') - space - 1);
    head.remove_prefix(first.size() + 2);
    while (!head.empty()) {
        const std::string_view line = head.substr(0, head.find("\r\n"));
        const std::size_t colon = line.find(':');
        out.headers.emplace_back(line.substr(0, colon), trimmed(line.substr(colon + 1)));
        head.remove_prefix(line.size() + 2);
    }
    const std::string length = out.header("Content-Length");
    const std::size_t bodySize = length.empty() ? 0 : std::stoul(length);
    while (buffer.size() < end + 4 + bodySize) {
        if (!stream.read(buffer))
            return std::nullopt;
    }
    out.body = buffer.substr(end + 4, bodySize);
    buffer.erase(0, end + 4 + bodySize);
    out.serverName = stream.serverName();
    out.clientName = stream.clientName();
    return out;
}

std::string headOf(const Answer& answer, std::size_t bodySize, bool isChunked)
{
    std::string out = "HTTP/1.1 " + std::to_string(answer.status) + " Answer\r\n";
    if (!answer.contentType.empty())
        out += "Content-Type: " + answer.contentType + "\r\n";
    for (const auto& [name, value] : answer.headers)
        out += name + ": " + value + "\r\n";
    if (answer.isGzip)
        out += "Content-Encoding: gzip\r\n";
    out += isChunked ? "Transfer-Encoding: chunked\r\n" : "Content-Length: " + std::to_string(bodySize) + "\r\n";
    return out + "\r\n";
}

std::string chunkedBody(const std::string& body, bool hasBadChunk)
{
    constexpr std::size_t chunkBytes = 97;
    std::string out;
    for (std::size_t at = 0; at < body.size(); at += chunkBytes) {
        const std::string piece = body.substr(at, chunkBytes);
        out += (hasBadChunk && at > 0 ? "zz" : hex(piece.size())) + "\r\n" + piece + "\r\n";
    }
    return out + "0\r\n\r\n";
}

} // namespace

std::string Seen::header(std::string_view name) const
{
    std::string out;
    for (const auto& [known, value] : headers) {
        if (equalsIgnoringCase(known, name))
            out += (out.empty() ? "" : ", ") + value;
    }
    return out;
}

bool Seen::has(std::string_view name) const
{
    return std::ranges::any_of(headers, [&](const auto& one) { return equalsIgnoringCase(one.first, name); });
}

struct FaultServer::Private {
    Options options;
    Script script;
    Context context { nullptr, SSL_CTX_free };
    mutable std::mutex mutex;
    std::vector<Seen> seen;
    std::unique_ptr<Listener> listener; // last: its threads use the rest

    void serve(int socket);
    bool send(Stream& stream, const Answer& answer);
    bool sendGenerated(Stream& stream, const Answer& answer);
};

void FaultServer::Private::serve(int socket)
{
    Stream stream(socket, context.get());
    if (!stream.accept())
        return;
    std::string buffer;
    while (auto request = readRequest(stream, buffer)) {
        Answer answer;
        {
            const std::lock_guard lock(mutex);
            seen.push_back(*request);
            answer = script(*request);
        }
        if (!send(stream, answer))
            return;
    }
}

// false = the connection ends.
bool FaultServer::Private::send(Stream& stream, const Answer& answer)
{
    if (answer.delayMs > 0 && !listener->wait(answer.delayMs))
        return false;
    if (answer.generator)
        return sendGenerated(stream, answer);
    const std::string body = answer.isGzip ? gzipped(answer.body) : answer.body;
    const bool isChunked = answer.isChunked || answer.hasBadChunk;
    std::string bytes
        = headOf(answer, body.size(), isChunked) + (isChunked ? chunkedBody(body, answer.hasBadChunk) : body);
    const bool isCut = answer.cutAfter && *answer.cutAfter < bytes.size();
    if (isCut)
        bytes.resize(*answer.cutAfter);
    const std::size_t step = answer.dripBytes > 0 ? answer.dripBytes : std::max<std::size_t>(bytes.size(), 1);
    for (std::size_t at = 0; at < bytes.size(); at += step) {
        if (at > 0 && !listener->wait(answer.dripMs))
            return false;
        if (!stream.write(std::string_view(bytes).substr(at, step)))
            return false;
    }
    if ((isCut || answer.cutAfter) && answer.isReset)
        resetConnection(stream.socket());
    return !isCut && !answer.cutAfter && !answer.hasBadChunk;
}

bool FaultServer::Private::sendGenerated(Stream& stream, const Answer& answer)
{
    if (!stream.write(headOf(answer, 0, true)))
        return false;
    std::string piece;
    bool hasMore = true;
    while (hasMore) {
        piece.clear();
        hasMore = answer.generator(piece);
        if (!piece.empty() && !stream.write(hex(piece.size()) + "\r\n" + piece + "\r\n"))
            return false;
    }
    return stream.write("0\r\n\r\n");
}

FaultServer::FaultServer(Options options, Script script)
    : m_private(std::make_unique<Private>())
{
    m_private->options = std::move(options);
    m_private->script = std::move(script);
    if (m_private->options.identity)
        m_private->context = contextOf(m_private->options);
    m_private->listener = std::make_unique<Listener>([p = m_private.get()](int socket) { p->serve(socket); });
}

FaultServer::~FaultServer()
{
    stop();
}

void FaultServer::stop()
{
    m_private->listener->stop();
}

std::uint16_t FaultServer::port() const
{
    return m_private->listener->port();
}

std::string FaultServer::url(std::string_view host) const
{
    return (m_private->options.identity ? "https://" : "http://") + std::string(host) + ':' + std::to_string(port());
}

std::vector<Seen> FaultServer::seen() const
{
    const std::lock_guard lock(m_private->mutex);
    return m_private->seen;
}

int FaultServer::connections() const
{
    return m_private->listener->connections();
}

std::string gzipped(std::string_view text)
{
    z_stream stream {};
    deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    std::string out(deflateBound(&stream, text.size()) + 64, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

Answer statusAnswer(int code, std::string_view reason, std::string_view message)
{
    Answer out;
    out.status = code;
    out.body = "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\",\"message\":\""
        + std::string(message) + "\",\"reason\":\"" + std::string(reason) + "\",\"code\":" + std::to_string(code) + "}";
    return out;
}

std::string listText(std::string_view kind, std::string_view resourceVersion, std::string_view continueToken,
    const std::vector<std::string>& items)
{
    std::string out = "{\"kind\":\"" + std::string(kind)
        + "\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"" + std::string(resourceVersion) + '"';
    if (!continueToken.empty())
        out += ",\"continue\":\"" + std::string(continueToken) + '"';
    out += "},\"items\":[";
    for (std::size_t i = 0; i < items.size(); ++i)
        out += (i > 0 ? "," : "") + items[i];
    return out + "]}\n";
}

} // namespace plimsoll::test
